"""Choose the columns of a file: the step, the params, and what is left out."""

from __future__ import annotations

from itertools import filterfalse
from typing import TYPE_CHECKING

from ema_cli.errors import DataError, shown
from ema_cli.facts import NoParam
from ema_cli.reading import column_names as known
from ema_cli.reading import known_logs as logs
from ema_cli.reading.cells import is_numeric
from ema_cli.reading.column_note import Note, marked
from ema_cli.reading.file_columns import Columns, absent, called, listed, logged_name
from ema_cli.reading.inline import is_piece

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.reading.cells import Reading
    from ema_cli.reading.column_facts import Sample
    from ema_cli.reading.shadow_names import Logged

NO_STEP = "none"
"""The --step-column of a file that has none."""


def choose(sample: Sample, reading: Reading) -> Columns:
    """The columns of a file that begins so.

    Raises:
        DataError: Two columns could be the step, or none can be the param, or the file is a table of runs.
    """
    return _Chooser(sample, reading).columns()


class _Chooser:
    def __init__(self, sample: Sample, reading: Reading) -> None:
        self.sample, self.reading, self.source = sample, reading, sample.source
        self.heads, self.names, self.later, self._facts = sample.heads, sample.names, sample.later, sample.column
        self.named = sample.named
        self.there = [name for name in self.names if name not in self.later]
        self.own = self.named and known.is_own_output(self.heads)
        self.log = logs.of_header(self.heads) if self.named else logs.of_first_row(sample.rows[0], sample.delimiter)
        self.asked = tuple(called(name, self.names) for name in reading.param_columns)
        self.fractions = ""  # a column that would be the step, but for its fractions

    def columns(self) -> Columns:
        reading, names = self.reading, self.names
        step = self._step()
        logged = self._logged()
        logged_places = tuple(self._place(one.column, reading.logged_by) for one in logged)
        by = tuple(self._place(name, "--by") for name in reading.by_columns)
        beside = tuple(self._place(name, option) for name, option in reading.beside)
        taken = {step, *logged_places, *by, *beside}
        found = self._params(taken)
        step = None if step in found and reading.step_column is None else step
        params, logged = self._paired(logged, found, taken)
        if not params:
            raise self._without_param(logged_places)
        self._check_runs(step)
        runs = next((place for place, name in enumerate(names) if name.lower() == "runs"), None)
        runs = None if runs in (step, *params) else runs
        used = {step, runs, *params, *logged_places, *by, *beside}
        stays = self.asked or self.sample.has_gaps or reading.keep
        rest = [place for place in range(len(names)) if place not in used]
        empty = [place for place in rest if self._facts(place).is_blank and not (stays and self.heads[place])]
        left_out = [place for place in rest if place not in empty]
        if not self.asked and not logged and (marks := marked(self.sample, left_out, len(params) + 1)):
            raise DataError(f"{self.source}: {marks}")
        others = tuple(place for place in left_out if logged and not beside and self._may_replace(place))
        kept = by + (tuple(left_out) if reading.keep else ())
        chosen = self.asked or tuple(names[place] for place in params)
        note = Note(
            self.sample,
            reading,
            log="" if self.log is None else self.log.name,
            step=None if step is None or names[step] in self.later else step,
            step_guessed=step is not None and reading.step_column is None and names[step].lower() != "step",
            params=params,
            chosen=chosen,
            by=tuple(one.column for one in logged if one.place is not None) if params != found else (),
            left_out=left_out,
            another=names[others[0]] if others and any(one.place is None for one in logged) else "",
            fractions=self.fractions if step is None else "",
            repeats=names[runs] if runs is not None and names[runs] not in self.later else "",
        )
        return Columns(
            width=len(names),
            step=step,
            params=params,
            names=chosen if self.named else (),
            labels=tuple(map(self._label, chosen)),
            step_label="" if step is None else self._label(names[step]),
            step_name="" if step is None or not self.named else names[step],
            runs=runs,
            kept=kept + logged_places + beside + others,
            kept_names=tuple(names[place] for place in kept),
            note=note.text(),
            logged=logged,
            others=tuple(names[place] for place in others),
            empty=tuple(empty),
            same=note.same,
            falls=bool(note.backwards),
        )

    def _paired(
        self, logged: tuple[Logged, ...], params: tuple[int, ...], taken: set[int | None]
    ) -> tuple[tuple[int, ...], tuple[Logged, ...]]:
        """The params, of which those that were logged may name others, and the logged columns with theirs."""
        if not logged:
            return params, ()
        from ema_cli.reading.shadow_names import paired

        spare = [place for place in range(len(self.names)) if place not in taken and self._facts(place).is_numeric]
        if not self.asked and not any(one.param for one in logged):  # a shadow is hardly that of an index
            params = tuple(place for place in params if not self._facts(place).counts_up) or params
        pool = dict(zip(self.asked, params, strict=True)) if self.asked else {self.names[i]: i for i in spare}
        return paired(logged, pool, params, chosen=bool(self.asked))

    def _label(self, name: str) -> str:
        """A column in errors."""
        return f"column {shown(name) if self.named else name}"

    def _place(self, name: str, option: str) -> int:
        """The place of a column that an option names.

        Raises:
            DataError: It isn't there.
        """
        try:
            return self.names.index(called(name, self.names))
        except ValueError:
            raise absent(name, self.there, self.source, option) from None

    def _logged(self) -> tuple[Logged, ...]:
        """The columns that were logged."""
        if not self.reading.logged:
            return ()
        from ema_cli.reading.shadow_names import Logged

        return tuple(Logged(*logged_name(text, self.names)) for text in self.reading.logged)

    def _step(self) -> int | None:
        """The place of the step; None if there is none."""
        asked = self.reading.step_column
        if asked == NO_STEP:
            return None
        if asked is not None:
            return self._place(asked, "--step-column")
        if self.log is not None:
            return self.log.step
        if not self.named:
            return 0 if len(self.names) > 1 and self._may_be_first_step() else None
        ranked = sorted((known.step_rank(name), place) for place, name in enumerate(self.heads))
        own = {place for place, name in enumerate(self.heads) if known.is_computed(name, own=self.own)}
        ranked = [(rank, place) for rank, place in ranked if rank < known.STEP_RANKS and place not in own]
        ranked = [one for one in ranked if self.names[one[1]] not in self.asked]
        there = [one for one in ranked if self.names[one[1]] not in self.later] or ranked
        good = [one for one in there if self._may_be_step(*one)]
        alike = [place for rank, place in good if rank == good[0][0]]
        better = [place for place in alike if self._facts(place).counts_up]
        alike = better or [place for place in alike if not self._facts(place).is_fraction] or alike
        if len(alike) > 1 and any(self._facts(place).cells != self._facts(alike[0]).cells for place in alike):
            both = " and ".join(shown(self.names[place]) for place in alike)
            raise DataError(f"{self.source}: {both} could each be the step; --step-column chooses")
        return alike[0] if alike else None

    def _may_be_first_step(self) -> bool:
        """True if the first of several columns without names is the step."""
        facts = self._facts(0)
        if facts.is_date or facts.is_stamp or not facts.is_numeric:
            return False
        if not facts.is_fraction or len(facts.cells) < 2:
            return True
        if facts.never_falls and not self.reading.fractional:
            self.fractions = self.names[0]
        return self.reading.fractional and facts.never_falls

    def _may_be_step(self, rank: int, place: int) -> bool:
        """True if a column with the name of a step holds steps."""
        entry, facts = known.NAMES[rank], self._facts(place)
        if not facts.is_numeric or (entry.fractional and facts.is_stamp):
            return False  # collectd calls its clock an epoch
        if facts.is_blank and not self.sample.has_gaps:
            return False  # updates without a step, as our own output has them
        if self.reading.fractional:
            return not entry.weak or (facts.never_falls and not facts.is_negative)
        if entry.fractional and facts.is_fraction:
            self.fractions = self.names[place]
            return False
        return not entry.weak or facts.counts

    def _params(self, taken: set[int | None]) -> tuple[int, ...]:
        """The params that an option names, or the kind of log; else those that names and first values tell."""
        if self.asked:
            return tuple(self._place(name, "--param-column") for name in self.asked)
        if self.log is not None and self.log.params:
            return tuple(place for place in self.log.params if place not in taken)
        if "param" in self.names:
            return (self.names.index("param"),)
        numeric = [
            place
            for place, name in enumerate(self.names)
            if place not in taken and name not in self.later and self._facts(place).is_numeric
        ]
        params = tuple(place for place in numeric if not self._is_no_param(place))
        if self.reading.missing == "error" and not self.sample.has_gaps:
            params = tuple(place for place in params if not self._facts(place).is_blank) or params
        return params or tuple(place for place in numeric if self._may_be_alone(place))

    def _may_be_alone(self, place: int) -> bool:
        """True if a column with numbers is the param where no other is left."""
        name = self.heads[place]
        entry = known.known_as(name)
        soft = entry.alone if entry is not None else known.is_computed(name, own=False) and not self.own
        return soft and bool(self._facts(place).present)

    def _is_no_param(self, place: int) -> bool:
        """True if a column with numbers is known not to be a param."""
        name, facts = self.heads[place], self._facts(place)
        if not name or facts.is_date or facts.is_stamp or self.names[place] == self.fractions:
            return True
        if known.is_computed(name, own=self.own):
            return True
        entry = known.known_as(name)
        if entry is None or not entry.weak:
            return entry is not None
        if entry.role == known.CLOCK:
            return facts.never_falls
        if entry.role == known.IDENTIFIER:
            return facts.numbers_things
        return facts.is_whole or len(set(facts.present)) == 1

    def _may_replace(self, place: int) -> bool:
        """True if a column that is left out could still be the param."""
        facts = self._facts(place)
        return facts.is_numeric and not facts.counts_up and self.sample.entry(place) is None

    def _check_runs(self, step: int | None) -> None:
        """Refuse a table of runs, whose rows are not a series.

        Raises:
            DataError: It is one.
        """
        counts = step is not None and len({*self._facts(step).cells, ""}) != 2  # each may be of 10 epochs
        if counts or self.asked or self.reading.step_column is not None or len(self.sample.rows) < 2:
            return
        for place, name in enumerate(self.heads):
            entry, facts = self.sample.entry(place), self._facts(place)
            if entry is not None and entry.role == known.TRIAL and not facts.is_numeric:
                if len(set(facts.cells)) == len(facts.cells):
                    raise DataError(
                        f"{self.source}: each row is a run of its own, named by {shown(name)}, and no step of one run;"
                        " export the history of a run, or let --param-column take a column all the same"
                    )
                return

    def _without_param(self, logged: Sequence[int]) -> DataError:
        """The error that none of the columns can be the param."""
        if self.sample.header is None:
            return DataError(f"{self.source}: there is no column left for the param")
        if is_piece(self.sample.header[0]):
            problem = f"{self.source} holds pieces such as {self.sample.header[0]}, which are operands"
            return DataError(problem, "xargs ema-calc --decay 0.99 < FILE")
        cells = tuple(
            (name, next(filterfalse(is_numeric, self._facts(place).cells), ""))
            for place, name in enumerate(self.names)
            if self.sample.entry(place) is None and not self._facts(place).is_numeric and self.heads[place]
        )
        listing = f"the columns are {listed(self.there)}; --param-column chooses" if self.there else "there is none"
        besides = listed([self.names[place] for place in logged])
        none = f"no column{f' besides {besides} of {self.reading.logged_by}' if logged else ''} looks like a param"
        if marks := marked(self.sample, range(len(self.there))):
            return DataError(f"{self.source}: {none}; {marks}")
        problem = f"{self.source}: {none}; {listing}"
        return DataError(problem, fact=NoParam(self.source, cells))
