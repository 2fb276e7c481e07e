"""The note on the columns of a file: what was guessed, the option that decides otherwise, and what looks odd."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.record import Record
from ema_cli.errors import shown
from ema_cli.reading import column_names as known
from ema_cli.reading.column_facts import mark_of, without_marks
from ema_cli.reading.file_columns import listed
from ema_cli.reading.numerals import may_group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ema_cli.reading.cells import Reading
    from ema_cli.reading.column_facts import Sample
    from ema_cli.reading.source import Block


class Roles(Record):
    """The roles of the columns of a file, by their places."""

    log: str
    """The kind of log that was recognised; empty if none was."""
    step: int | None
    step_guessed: bool
    params: tuple[int, ...]
    chosen: tuple[str, ...]
    """The names of the params."""
    by: tuple[str, ...]
    """The logged columns whose names chose the params."""
    left_out: Sequence[int]
    another: str
    """Another column that could be the param."""
    fractions: str
    """A column that would be the step, but for its fractions."""


class Note:
    """The note on the columns of a file.

    Args:
        sample: The first rows.
        reading: What the options decide.
        roles: What the columns are taken for.

    Attributes:
        same: The columns that may tell series apart and have one value so far, with this value.
        backwards: The step or the clocks that run backwards from row to row.
    """

    def __init__(self, sample: Sample, reading: Reading, roles: Roles) -> None:
        self._sample, self._reading, self._roles = sample, reading, roles
        self._names, self._facts, self._named = sample.names, sample.column, sample.header is not None
        self._known = list(map(known.known_as, sample.heads))
        told = [] if reading.by else filter(self._tells, roles.left_out)
        self.same = tuple((place, value) for place in told if (value := self._facts(place).same))
        clocks = filter(self._is_clock, roles.left_out) if roles.step is None else [roles.step]
        self.backwards = [place for place in clocks if self._facts(place).falls]

    def text(self) -> str:
        """The note; empty where nothing was guessed and nothing is odd."""
        choice, log = self._choice(), self._roles.log
        parts = [*choice, *self._remarks()]
        what = f" is {log}" if log else "" if self._named or not choice else " has no header"
        return f"{self._sample.source}{what}: {'; '.join(parts)}" if parts else ""

    def _choice(self) -> list[str]:
        """The step, the params, and what is left out."""
        roles, called = self._roles, shown if self._named else "column {}".format
        step = "" if roles.step is None else f"step from {called(self._names[roles.step])}"
        left_out = [name for name in map(self._names.__getitem__, roles.left_out) if name not in self._sample.later]
        params_guessed = not self._reading.param_columns and "param" not in roles.chosen
        if not (params_guessed and (roles.log or roles.step_guessed or left_out or len(roles.chosen) > 1)):
            return [step] if roles.step_guessed else []
        by = f" by the name of {listed(roles.by)}" if roles.by else ""
        parts = [f"{step or 'no step'}, param from {listed(roles.chosen, called)}{by}"]
        if left_out:
            parts.append(f"left out: {listed(left_out, called)}")
        if roles.another:
            parts.append(f"--param-column {shown(roles.another)} takes another")
        return parts

    def _remarks(self) -> Iterator[str]:
        """Sentences on what looks odd."""
        roles, sample = self._roles, self._sample
        if roles.fractions:
            name = shown(roles.fractions) if self._named else f"column {roles.fractions}"
            yield f"{name} has fractions, so it is not a step"
        if roles.step is None and not roles.log:
            yield from self._counts_up()
        yield from self._series()
        for place in self.backwards[:1]:
            how = f": {sample.turned} | ema-calc reverses the file" if sample.turned else ""
            yield f"{shown(self._names[place])} runs backwards, the newest row first{how}"
        yield from self._disorder()
        yield from self._sentinel()
        yield from filter(None, [marked(sample, roles.left_out)])
        yield from self._numerals()
        for head, name in zip(sample.heads, self._names, strict=True):
            if head and head != name:
                yield f"two columns are called {shown(head)}; the second is read as {shown(name)}"
                return

    def _disorder(self) -> Iterator[str]:
        """The first clock whose dates rise and fall, where neither steps nor series put the rows in order."""
        roles, sample = self._roles, self._sample
        spare = [] if roles.step is not None or self.backwards or any(self._series()) else roles.left_out
        for place in spare:
            if self._facts(place).is_disordered:
                name, turned, number = self._names[place], sample.turned, place + 1
                parted = "" if sample.delimiter == " " else f" -t '{sample.delimiter}'"
                typed = turned.replace("tac", f"sort{parted} -k {number},{number}")
                if sample.has_gaps:
                    typed = f"jq -s 'sort_by(.{name})' FILE"
                    typed = typed if turned.startswith("tac") else turned.replace("| reverse", f"| sort_by(.{name})")
                yield f"the rows are not in the order of {shown(name)}: {typed} | ema-calc sorts them"
                return

    def _series(self) -> Iterator[str]:
        """The first column that seems to tell series apart."""
        filtered = {condition.partition("=")[0].removesuffix("!") for condition in self._reading.where}
        for place in filter(self._tells, self._roles.left_out):
            values = self._facts(place).series if self._names[place] not in filtered else []
            if values:
                name, more = shown(self._names[place]), [f"{len(values) - 3} more"] * (len(values) > 3)
                some = " and ".join([", ".join(map(shown, values[:3])), *more])
                yield f"{name} has several values, {some}, in one average: --by {name} keeps one for each"
                return

    def _tells(self, place: int) -> bool:
        """True if a column may tell series apart: words, or what has the name of an identifier."""
        entry, facts = self._known[place], self._facts(place)
        if entry is not None:
            return entry.role in (known.IDENTIFIER, known.TRIAL, known.INDEX)
        return not facts.is_numeric and not facts.is_date

    def _sentinel(self) -> Iterator[str]:
        """The first param with a number that seems to stand for a missing value."""
        for place in self._params():
            if number := self._facts(place).sentinel:
                name = self._names[place]
                option = f"--where {shown(f'{name}!={number}')}"
                yield f"{shown(name)} has {number}, which may stand for a missing value: {option} leaves such rows out"
                return

    def _params(self) -> list[int]:
        """The params that are there."""
        return [place for place in self._roles.params if place < len(self._names)]

    def _counts_up(self) -> Iterator[str]:
        """The one column that could be the step where none was found, as it counts up."""
        params = self._roles.params
        spare = params if len(params) > 1 and not self._reading.param_columns else ()
        places = [place for place in (*self._roles.left_out, *spare) if self._may_be_step(place)]
        if len(places) == 1 and self._reading.step_column is None:
            name = shown(self._names[places[0]])
            yield f"{name} counts up: --step-column {name} takes it for the step"

    def _may_be_step(self, place: int) -> bool:
        entry, facts = self._known[place], self._facts(place)
        other = entry is not None and entry.role in (known.CLOCK, known.IDENTIFIER, known.DURATION)
        return facts.counts_up and not facts.is_date and not facts.is_stamp and not other

    def _is_clock(self, place: int) -> bool:
        entry, facts = self._known[place], self._facts(place)
        return facts.is_date or facts.is_stamp or (entry is not None and entry.role == known.CLOCK)

    def _numerals(self) -> Iterator[str]:
        """The marks of numbers that are not as everywhere else."""
        numerals = self._sample.numerals
        if numerals.grouped:
            yield "1,234.5 is read as 1234.5"
        elif numerals.decimal == ",":
            yield "0,5 is read as 0.5"
        cells = (cell for place in self._params() for cell in self._facts(place).cells)
        if self._sample.delimiter == ";" and (pointed := may_group(cells)):
            yield f"{pointed} is read with a decimal point"
        if numerals.apart:
            yield "1'234 is read as 1234"


def marked(sample: Sample, places: Iterable[int]) -> str:
    """Say how columns are read whose numbers have marks, such as a unit; empty if there are none among these."""
    found = [(sample.names[place], sample.column(place)) for place in places if not mark_of(sample.heads[place])]
    told = [(name, facts.marked) for name, facts in found if not facts.is_numeric and facts.marked]
    if not told:
        return ""
    (name, cell), command = told[0], without_marks([cell for _, cell in told])
    return f"{shown(name)} has cells such as {shown(cell)}, not a number: {command} | ema-calc reads it"


class Changes:
    """Looks at the last line of each block.

    Args:
        same: The places of the columns, and their values so far.
        names: The columns by the names that options know.
        rows: Cuts a block into rows.
        note: Called once, with the first change.
    """

    def __init__(
        self,
        same: Sequence[tuple[int, str]],
        names: Sequence[str],
        rows: Callable[[Block], Iterable[tuple[int, Sequence[str]]]],
        note: Callable[[str], None],
    ) -> None:
        self._same, self._names, self._rows, self._note = same, names, rows, note

    def follow(self, block: Block) -> None:
        """The next lines of the file."""
        for line, row in self._rows(block.last()) if self._same else ():
            self.look(f"{block.source}:{line}", row)

    def look(self, where: str, row: Sequence[str]) -> None:
        """One more row."""
        for place, value in self._same:
            if place < len(row) and row[place] not in ("", value):
                name = shown(self._names[place])
                self._note(
                    f"{where}: {name} is {shown(row[place])} here and {shown(value)} in the first rows, in one average:"
                    f" --by {name} keeps one for each"
                )
                self._same = ()
