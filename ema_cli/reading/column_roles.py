"""Choose the columns of a file: the step, the params, and what is left out."""

from __future__ import annotations

from itertools import filterfalse
from typing import TYPE_CHECKING

from ema_cli.error_facts import NoParam
from ema_cli.errors import DataError, quoted
from ema_cli.reading import column_names as known
from ema_cli.reading.cells import is_numeric
from ema_cli.reading.column_note import Note, marked
from ema_cli.reading.file_columns import Columns, Logged, absent, called, listed, logged_name
from ema_cli.reading.inline import is_piece
from ema_cli.reading.known_logs import known_log

if TYPE_CHECKING:
    from ema_cli.reading.cells import Reading
    from ema_cli.reading.column_facts import Sample

NO_STEP = "none"
"""The value of --step-column for a file without a step."""


def choose(sample: Sample, reading: Reading) -> Columns:
    """Choose the columns of a file by its first rows.

    Raises:
        DataError: Two columns could be the step, or none can be the param, or the file is a table of runs.
    """
    choice = Choice(sample, reading)
    note = Note(choice)
    return Columns(
        heads=tuple(sample.names),
        named=sample.named,
        step=choice.step,
        params=choice.params,
        runs=choice.runs,
        kept=(*choice.kept, *choice.logged_places, *choice.beside, *choice.others),
        kept_names=tuple(sample.names[place] for place in choice.kept),
        note=note.text(),
        logged=choice.logged,
        others=tuple(sample.names[place] for place in choice.others),
        empty=choice.empty,
        same=note.same,
        falls=bool(note.backwards),
    )


class Choice:
    """The choice of columns by the first rows of a file; columns are places from 0.

    Attributes:
        log: The kind of log; None if it is not a known one.
        named: The params named by --param-column.
        logged: The columns of logged shadows.
        named_by: The names of logged columns that decided which params are read.
        kept: Columns passed through.
        empty: Columns without values so far, left out without a note.
        left_out: Other columns left out, which the note lists.
        others: Columns left out that could be the params of the logged shadows.
        fractions: Name of a column that would be the step if it had no fractions; may be empty.
    """

    def __init__(self, sample: Sample, reading: Reading) -> None:
        self.sample, self.reading, self.source = sample, reading, sample.source
        self.heads, self.names, self.later, self._facts = sample.heads, sample.names, sample.later, sample.column
        own_output = sample.named and known.is_own_output(self.heads)
        self.own: frozenset[str] = reading.computed if own_output else frozenset()
        self.log = known_log(sample)
        self.named = tuple(called(name, self.names) for name in reading.param_columns)
        self.fractions = ""
        self.step = self._step()
        logged = tuple(Logged(*logged_name(text, self.names)) for text in reading.logged)
        self.logged_places = tuple(self._place(one.column, reading.logged_by) for one in logged)
        by = tuple(self._place(name, "--by") for name in reading.by_columns)
        self.beside = tuple(self._place(name, option) for name, option in reading.beside)
        taken = {self.step, *self.logged_places, *by, *self.beside}
        found = self._params(taken)
        if reading.step_column is None and self.step in found:
            self.step = None
        self.params, self.logged = self._paired(logged, found, taken)
        if not self.params:
            raise self._without_param()
        self._check_runs()
        runs = next((place for place, name in enumerate(self.names) if name.lower() == "runs"), None)
        self.runs = None if runs in (self.step, *self.params) else runs
        self.named_by = [one.column for one in self.logged if one.place is not None and self.params != found]
        used = {self.step, self.runs, *self.params, *self.logged_places, *by, *self.beside}
        stays = self.named or sample.has_gaps or reading.keep
        rest = [place for place in range(len(self.names)) if place not in used]
        self.empty = tuple(place for place in rest if self._facts(place).is_blank and not (stays and self.heads[place]))
        self.left_out = [place for place in rest if place not in self.empty]
        metrics = sum(not self._facts(place).counts_up for place in self.params)
        if not self.named and not logged and (marks := marked(sample, self.left_out, metrics + 1)):
            raise DataError(f"{self.source}: {marks}")
        self.others = [place for place in self.left_out if logged and not self.beside and self._may_replace(place)]
        self.kept = (*by, *(self.left_out if reading.keep else ()))

    def _paired(
        self, logged: tuple[Logged, ...], params: tuple[int, ...], taken: set[int | None]
    ) -> tuple[tuple[int, ...], tuple[Logged, ...]]:
        """The params, changed where logged columns point to other ones, and the logged columns with their params."""
        if not logged:
            return params, ()
        from ema_cli.reading.shadow_pairs import paired

        spare = [place for place in range(len(self.names)) if place not in taken and self._facts(place).is_numeric]
        if not self.named and not any(one.param for one in logged):  # an index is hardly ever averaged
            params = tuple(place for place in params if not self._facts(place).counts_up) or params
        pool = dict(zip(self.named, params, strict=True)) if self.named else {self.names[i]: i for i in spare}
        return paired(logged, pool, params, chosen=bool(self.named))

    @property
    def _there(self) -> list[str]:
        """The names of the columns present in the sample."""
        return [name for name in self.names if name not in self.later]

    def _place(self, name: str, option: str) -> int:
        """The place of a column that an option names."""
        try:
            return self.names.index(called(name, self.names))
        except ValueError:
            raise absent(name, self._there, self.source, option) from None

    def _step(self) -> int | None:
        """The place of the step column; None for a file without a step."""
        given = self.reading.step_column
        if given == NO_STEP:
            return None
        if given is not None:
            return self._place(given, "--step-column")
        if self.log is not None:
            return self.log.step
        if not self.sample.named:
            return 0 if len(self.names) > 1 and self._may_be_first_step() else None
        return self._named_step()

    def _named_step(self) -> int | None:
        """The place of the step by the names of the columns; None if none of them is a step."""
        own = {name for name in self.names if known.is_computed(name, self.own)}.union(self.named)
        places = [place for place, name in enumerate(self.names) if name not in own]
        ranked = sorted((known.step_rank(self.heads[place]), place) for place in places)
        ranked = [(rank, place) for rank, place in ranked if rank < known.STEP_RANKS]
        there = [one for one in ranked if self.names[one[1]] not in self.later] or ranked
        good = [one for one in there if self._may_be_step(*one)]
        if not good:
            return None
        first = self._facts(good[0][1])
        if not first.never_falls or len(set(first.cells)) == 1:  # of epochs, or only one
            whole = [one for one in good if not known.NAMES[one[0]].fractional]
            good = [one for one in whole if self._facts(one[1]).counts_up] or good
        best = good[0][0]
        alike, others = [place for rank, place in good if rank == best], [place for rank, place in good if rank != best]
        better = [place for place in alike if self._facts(place).counts_up]
        alike = better or [place for place in alike if not self._facts(place).is_fraction] or alike
        counts = [self._facts(place).cells for place in alike]
        if all(cells == counts[0] for cells in counts):
            return alike[0]
        if others and all("/" in self.heads[place] for place in alike):  # train/episode and test/episode
            return others[0]
        if known.NAMES[best].weak and all(len(set(cells)) < len(cells) for cells in counts):
            return None
        both = " and ".join(quoted(self.names[place]) for place in alike)
        raise DataError(f"{self.source}: {both} could each be the step; choose it with --step-column")

    def _may_be_first_step(self) -> bool:
        """True if the first column of a file without a header is the step."""
        facts = self._facts(0)
        if facts.is_date or facts.is_stamp or not facts.is_numeric or facts.wanders:
            return False
        if not facts.is_fraction or len(facts.cells) < 2:
            return len(facts.cells) < 2 or not any(cell.startswith("-") for cell in facts.present)
        if facts.never_falls and not self.reading.fractional:
            self.fractions = self.names[0]
        return self.reading.fractional and facts.never_falls

    def _may_be_step(self, rank: int, place: int) -> bool:
        """True if the values of a column named like a step are steps."""
        entry, facts = known.NAMES[rank], self._facts(place)
        if not facts.is_numeric or (entry.fractional and facts.is_stamp):
            return False  # collectd calls its clock an epoch
        if facts.is_blank and not self.sample.has_gaps:
            return False  # updates without a step, as in ema-calc's own output
        if self.reading.fractional:
            return not entry.weak or (facts.never_falls and not any(cell.startswith("-") for cell in facts.present))
        if entry.fractional and facts.is_fraction:
            self.fractions = self.names[place]
            return False
        return not entry.weak or (facts.is_whole and facts.never_falls)

    def _params(self, taken: set[int | None]) -> tuple[int, ...]:
        """The params from --param-column or the kind of log; else from the columns' names and first values."""
        if self.named:
            return tuple(self._place(name, "--param-column") for name in self.named)
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
            facts = {place: self._facts(place) for place in params}  # a metric may begin as nan
            params = tuple(i for i in params if facts[i].present or "nan" in map(str.lower, facts[i].cells)) or params
        return params or tuple(place for place in numeric if self._may_be_alone(place))

    def _may_be_alone(self, place: int) -> bool:
        """True if a numeric column may be the param when no better column is left."""
        name = self.heads[place]
        entry = known.known_as(name)
        soft = entry.alone if entry is not None else known.is_computed(name) and not self.own
        return soft and bool(self._facts(place).present)

    def _is_no_param(self, place: int) -> bool:
        """True if a numeric column is not a param by its name and values."""
        name, facts = self.heads[place], self._facts(place)
        odd = not name or facts.is_date or facts.is_stamp or known.is_computed(name, self.own)
        if odd or self.names[place] == self.fractions:
            return True
        entry = known.known_as(name)
        if entry is None or not entry.weak:
            return entry is not None
        judged = {known.CLOCK: facts.never_falls, known.IDENTIFIER: facts.numbers_things}
        whole = not facts.is_fraction if entry.role == known.STEP else facts.is_whole  # -1 at the end of an epoch
        return judged.get(entry.role, whole or len(set(facts.present)) == 1)

    def _may_replace(self, place: int) -> bool:
        """True if a column left out could be the param of a logged shadow."""
        facts = self._facts(place)
        return facts.is_numeric and not facts.counts_up and self.sample.entry(place) is None

    def _check_runs(self) -> None:
        """Refuse a table with one row per run (each may be of 10 epochs), such as a hyperparameter sweep."""
        counts = self.step is not None and (one := self._facts(self.step)).never_falls and len({*one.cells, ""}) != 2
        if counts or self.named or self.reading.step_column is not None or len(self.sample.rows) < 2:
            return
        for place, name in enumerate(self.heads):
            entry, facts = self.sample.entry(place), self._facts(place)
            if entry is not None and entry.role == known.TRIAL and not facts.is_numeric:
                if len(set(facts.cells)) == len(facts.cells):
                    raise DataError(
                        f"{self.source}: each row is a separate run, named by {quoted(name)}, not a step of one run;"
                        " export the history of one run, or choose a column with --param-column"
                    )
                return

    def _without_param(self) -> DataError:
        """The error for a file in which no column can be the param."""
        if self.sample.header is None:
            return DataError(f"{self.source}: there is no column left for the param")
        if is_piece(self.sample.header[0]):
            problem = f"{self.source} holds pieces such as {self.sample.header[0]}, which belong on the command line"
            return DataError(problem, "xargs ema-calc --decay 0.99 < FILE")
        cells = tuple(
            (name, next(filterfalse(is_numeric, self._facts(place).cells), ""))
            for place, name in enumerate(self.names)
            if self.sample.entry(place) is None and not self._facts(place).is_numeric and self.heads[place]
        )
        there = self._there
        listing = f"the columns are {listed(there)}; give --param-column NAME" if there else "there are no columns"
        besides = listed([self.names[place] for place in self.logged_places])
        besides = besides and f" besides {besides} of {self.reading.logged_by}"
        none = f"no column{besides} looks like a param"
        if marks := marked(self.sample, range(len(there))):
            return DataError(f"{self.source}: {none}; {marks}")
        problem = f"{self.source}: {none}; {listing}"
        return DataError(problem, fact=NoParam(self.source, cells))
