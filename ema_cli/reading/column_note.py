"""The note on the columns of a file: what was guessed, the option that decides otherwise, and what looks odd."""

from __future__ import annotations

from functools import cached_property
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


class Note(Record):
    """The note on the columns of a file, which are told by their places."""

    sample: Sample
    """The first rows."""
    reading: Reading
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
    repeats: str
    """The column that says how often each row is taken; empty if there is none."""

    @property
    def same(self) -> tuple[tuple[int, str], ...]:
        """The columns that may tell series apart and have one value so far, with this value."""
        told = [] if self.reading.by else filter(self._tells, self.left_out)
        return tuple((place, value) for place in told if (value := self.sample.column(place).same))

    @cached_property
    def backwards(self) -> list[int]:
        """The step or the clocks that run backwards from row to row."""
        clocks = filter(self._is_clock, self.left_out) if self.step is None else [self.step]
        return [place for place in clocks if self.sample.column(place).falls]

    def text(self) -> str:
        """The note; empty where nothing was guessed and nothing is odd."""
        choice, log = self._choice(), self.log
        parts = [*choice, *self._remarks()]
        parts += [f"{shown(self.repeats)} repeats its row"] if parts and self.repeats else []
        what = f" is {log}" if log else "" if self.sample.named or not choice else " has no header"
        return f"{self.sample.source}{what}: {'; '.join(parts)}" if parts else ""

    def _choice(self) -> list[str]:
        """The step, the params, and what is left out."""
        called = shown if self.sample.named else "column {}".format
        step = "" if self.step is None else f"step from {called(self.sample.names[self.step])}"
        left_out = [name for name in map(self.sample.names.__getitem__, self.left_out) if name not in self.sample.later]
        params_guessed = not self.reading.param_columns and "param" not in self.chosen
        if not (params_guessed and (self.log or self.step_guessed or left_out or len(self.chosen) > 1)):
            return [step] if self.step_guessed else []
        by = f" by the name of {listed(self.by)}" if self.by else ""
        parts = [f"{step or 'no step'}, param from {listed(self.chosen, called)}{by}"]
        if left_out:
            parts.append(f"left out: {listed(left_out, called)}")
        if self.another:
            parts.append(f"--param-column {shown(self.another)} takes another")
        return parts

    def _remarks(self) -> Iterator[str]:
        """Sentences on what looks odd."""
        sample = self.sample
        if self.fractions:
            name = shown(self.fractions) if self.sample.named else f"column {self.fractions}"
            yield f"{name} has fractions, so it is not a step"
        if self.step is None and not self.log:
            yield from self._counts_up()
        yield from self._series()
        for place in self.backwards[:1]:
            how = f": {sample.turned} | ema-calc reverses the file" if sample.turned else ""
            yield f"{shown(self.sample.names[place])} runs backwards, the newest row first{how}"
        yield from self._disorder()
        yield from self._sentinel()
        yield from filter(None, [marked(sample, self.left_out)])
        yield from self._numerals()
        yield from self._names_of_pandas()
        for head, name in zip(sample.heads, self.sample.names, strict=True):
            if head and head != name:
                yield f"two columns are called {shown(head)}; the second is read as {shown(name)}"
                return

    def _names_of_pandas(self) -> Iterator[str]:
        """A first row that counts from 0 above fractions."""
        sample = self.sample
        if sample.named or self.reading.header != "auto" or sample.rows[0] != [*map(str, range(sample.width))]:
            return
        below = [cell for row in sample.rows[1:] for cell in row]
        if below and all("." in cell for cell in below):
            yield "the first row may be the names that pandas gives: --header yes takes it for the header"

    def _disorder(self) -> Iterator[str]:
        """The first clock whose dates rise and fall, where neither steps nor series put the rows in order."""
        sample = self.sample
        spare = [] if self.step is not None or self.backwards or any(self._series()) else self.left_out
        for place in spare:
            if self.sample.column(place).is_disordered:
                name, turned, number = self.sample.names[place], sample.turned, place + 1
                parted = "" if sample.delimiter == " " else f" -t '{sample.delimiter}'"
                typed = turned.replace("tac", f"sort{parted} -k {number},{number}")
                if sample.has_gaps:
                    typed = f"jq -s 'sort_by(.{name})' FILE"
                    typed = typed if turned.startswith("tac") else turned.replace("| reverse", f"| sort_by(.{name})")
                yield f"the rows are not in the order of {shown(name)}: {typed} | ema-calc sorts them"
                return

    def _series(self) -> Iterator[str]:
        """The first column that seems to tell series apart."""
        filtered = {condition.partition("=")[0].removesuffix("!") for condition in self.reading.where}
        for place in filter(self._tells, self.left_out):
            values = self.sample.column(place).series if self.sample.names[place] not in filtered else []
            if values:
                name, more = shown(self.sample.names[place]), [f"{len(values) - 3} more"] * (len(values) > 3)
                some = " and ".join([", ".join(map(shown, values[:3])), *more])
                yield f"{name} has several values, {some}, in one average: --by {name} keeps one for each"
                return

    def _tells(self, place: int) -> bool:
        """True if a column may tell series apart: words, or what has the name of an identifier."""
        entry, facts = self.sample.entry(place), self.sample.column(place)
        if entry is not None:
            return entry.role in (known.IDENTIFIER, known.TRIAL, known.INDEX)
        return not facts.is_numeric and not facts.is_date

    def _sentinel(self) -> Iterator[str]:
        """The first param with a number that seems to stand for a missing value."""
        for place in self.params:
            if number := self.sample.column(place).sentinel:
                name = self.sample.names[place]
                option = f"--where {shown(f'{name}!={number}')}"
                yield f"{shown(name)} has {number}, which may stand for a missing value: {option} leaves such rows out"
                return

    def _counts_up(self) -> Iterator[str]:
        """The one column that could be the step where none was found, as it counts up."""
        spare = self.params if len(self.params) > 1 and not self.reading.param_columns else ()
        places = [place for place in (*self.left_out, *spare) if self._may_be_step(place)]
        if len(places) == 1 and self.reading.step_column is None:
            name = shown(self.sample.names[places[0]])
            yield f"{name} counts up: --step-column {name} takes it for the step"

    def _may_be_step(self, place: int) -> bool:
        entry, facts = self.sample.entry(place), self.sample.column(place)
        other = entry is not None and entry.role in (known.CLOCK, known.IDENTIFIER, known.DURATION)
        return facts.counts_up and not facts.is_date and not facts.is_stamp and not other

    def _is_clock(self, place: int) -> bool:
        entry, facts = self.sample.entry(place), self.sample.column(place)
        return facts.is_date or facts.is_stamp or (entry is not None and entry.role == known.CLOCK)

    def _numerals(self) -> Iterator[str]:
        """The marks of numbers that are not as everywhere else."""
        numerals = self.sample.numerals
        if numerals.grouped:
            yield "1,234.5 is read as 1234.5"
        elif numerals.decimal == ",":
            yield "0,5 is read as 0.5"
        cells = (cell for place in self.params for cell in self.sample.column(place).cells)
        if self.sample.delimiter == ";" and (pointed := may_group(cells)):
            yield f"{pointed} is read with a decimal point"
        if numerals.apart:
            yield "1'234 is read as 1234"


def marked(sample: Sample, places: Iterable[int], least: int = 1) -> str:
    """Say how columns are read whose numbers have marks, such as a unit; empty if these have fewer of them."""
    found = [(sample.names[place], sample.column(place)) for place in places if not mark_of(sample.heads[place])]
    told = [(name, facts.marked) for name, facts in found if not facts.is_numeric and facts.marked]
    if len(told) < least:
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
