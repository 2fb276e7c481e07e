"""Columns that a note points out: those that tell series apart, count up, or run backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.errors import shown
from ema_cli.reading import column_names as known
from ema_cli.reading.column_facts import mark_of, without_marks
from ema_cli.reading.numerals import may_group

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ema_cli.reading.cells import Reading
    from ema_cli.reading.column_facts import Sample


class Hints:
    """Looks at the columns of a file once their roles are chosen.

    Args:
        sample: The first rows.
        heads: The names as they stand in the file.
        names: Those by which options know them.
        reading: What the options decide.
    """

    def __init__(self, sample: Sample, heads: Sequence[str], names: Sequence[str], reading: Reading) -> None:
        self._heads, self._names, self._reading = heads, names, reading
        self._sample, self._facts, self._named = sample, sample.column, sample.header is not None
        self._known = list(map(known.known_as, heads))

    def remarks(
        self,
        step: int | None,
        params: Sequence[int],
        left_out: Sequence[int],
        *,
        fractions: str,
        offers: bool,
        delimiter: str,
        turned: str,
    ) -> Iterator[str]:
        """Sentences on the columns.

        Args:
            step: The step.
            params: The params.
            left_out: The columns that are left out.
            fractions: A column that would be the step, but for its fractions.
            offers: True if a column that counts up may be offered for the step.
            delimiter: What parts the cells.
            turned: The command that prints the rows turned round; empty if there is none.
        """
        if fractions:
            yield f"{shown(fractions) if self._named else f'column {fractions}'} has fractions, so it is not a step"
        if offers:
            yield from self._counts_up(left_out, params)
        yield from self._series(left_out)
        yield from self._backwards(step, left_out, turned)
        yield from self._sentinel(params)
        yield from filter(None, [self.marked(left_out)])
        yield from self._numerals(params, delimiter)
        for head, name in zip(self._heads, self._names, strict=True):
            if head and head != name:
                yield f"two columns are called {shown(head)}; the second is read as {shown(name)}"
                return

    def _series(self, left_out: Sequence[int]) -> Iterator[str]:
        """The first column that seems to tell series apart."""
        filtered = {condition.partition("=")[0].removesuffix("!") for condition in self._reading.where}
        for place in left_out:
            values = self._facts(place).series if self._tells(place) and self._names[place] not in filtered else []
            if values:
                name, more = shown(self._names[place]), [f"{len(values) - 3} more"] * (len(values) > 3)
                some = " and ".join([", ".join(map(shown, values[:3])), *more])
                yield f"{name} has several values, {some}, in one average: --by {name} keeps one for each"
                return

    def same(self, left_out: Sequence[int]) -> tuple[tuple[int, str], ...]:
        """The columns that may tell series apart and have one value so far, with this value."""
        places = [] if self._reading.by else [place for place in left_out if self._tells(place)]
        return tuple((place, value) for place in places if (value := self._facts(place).same))

    def _tells(self, place: int) -> bool:
        """True if a column may tell series apart: words, or what has the name of an identifier."""
        entry, facts = self._known[place], self._facts(place)
        if entry is not None:
            return entry.role in (known.IDENTIFIER, known.TRIAL, known.INDEX)
        return not facts.is_numeric and not facts.is_date

    def marked(self, left_out: Sequence[int]) -> str:
        """Say how columns are read whose numbers have marks, such as a unit."""
        found = [(self._names[place], self._facts(place)) for place in left_out if not mark_of(self._heads[place])]
        marked = [(name, facts.marked) for name, facts in found if not facts.is_numeric and facts.marked]
        if not marked:
            return ""
        name, (cell, command) = marked[0]
        command = command or without_marks([mark_of(cell) for _, (cell, _) in marked])
        return f"{shown(name)} has numbers with marks, such as {shown(cell)}: {command} | ema-calc reads it"

    def _sentinel(self, params: Sequence[int]) -> Iterator[str]:
        """The first param with a number that seems to stand for a missing value."""
        for place in params:
            if place < len(self._names) and (number := self._facts(place).sentinel):
                name = self._names[place]
                option = f"--where {shown(f'{name}!={number}')}"
                yield f"{shown(name)} has {number}, which may stand for a missing value: {option} leaves such rows out"
                return

    def _counts_up(self, left_out: Sequence[int], params: Sequence[int]) -> Iterator[str]:
        """The one column that could be the step where none was found, as it counts up."""
        spare = params if len(params) > 1 and not self._reading.param_columns else ()
        places = [place for place in (*left_out, *spare) if self._may_be_step(place)]
        if len(places) == 1 and self._reading.step_column is None:
            name = shown(self._names[places[0]])
            yield f"{name} counts up: --step-column {name} takes it for the step"

    def _may_be_step(self, place: int) -> bool:
        entry, facts = self._known[place], self._facts(place)
        other = entry is not None and entry.role in (known.CLOCK, known.IDENTIFIER, known.DURATION)
        return facts.counts_up and not facts.is_date and not facts.is_stamp and not other

    def backwards(self, step: int | None, left_out: Sequence[int]) -> list[int]:
        """The step or the clocks that run backwards from row to row."""
        return [
            place
            for place in (filter(self._is_clock, left_out) if step is None else [step])
            if self._facts(place).falls
        ]

    def _backwards(self, step: int | None, left_out: Sequence[int], turned: str) -> Iterator[str]:
        """The first column that runs backwards."""
        for place in self.backwards(step, left_out)[:1]:
            how = f": {turned} | ema-calc reverses the file" if turned else ""
            yield f"{shown(self._names[place])} runs backwards, the newest row first{how}"

    def _is_clock(self, place: int) -> bool:
        entry, facts = self._known[place], self._facts(place)
        return facts.is_date or facts.is_stamp or (entry is not None and entry.role == known.CLOCK)

    def _numerals(self, params: Sequence[int], delimiter: str) -> Iterator[str]:
        """The marks of numbers that are not as everywhere else."""
        numerals = self._sample.numerals
        if numerals.grouped:
            yield "1,234.5 is read as 1234.5"
        elif numerals.decimal == ",":
            yield "0,5 is read as 0.5"
        cells = (cell for place in params if place < len(self._names) for cell in self._facts(place).cells)
        if delimiter == ";" and (pointed := may_group(cells)):
            yield f"{pointed} is read with a decimal point"
        if numerals.apart:
            yield "1'234 is read as 1234"
