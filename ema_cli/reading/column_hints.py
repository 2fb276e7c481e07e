"""Columns that a note points out: those that tell series apart, count up, or run backwards."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from ema_cli.errors import shown
from ema_cli.reading import column_names as known

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        self._facts = sample.column
        self._known = list(map(known.known_as, heads))

    def series(self, left_out: Sequence[int]) -> tuple[str, tuple[str, ...]]:
        """The first column that seems to tell series apart, and its values."""
        filtered = {condition.partition("=")[0].removesuffix("!") for condition in self._reading.where}
        for place in left_out:
            if self._names[place] in filtered:
                continue
            if self._tells(place) and (values := self._facts(place).series):
                return self._names[place], tuple(values)
        return "", ()

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
        """Say how the first column is read whose numbers have marks, such as a unit."""
        for place in left_out:
            if not self._facts(place).is_numeric and (found := self._facts(place).marked):
                cell, command = found
                return (
                    f"{shown(self._names[place])} has numbers with marks, such as {shown(cell)}:"
                    f" {command} | ema-calc reads it"
                )
        return ""

    def sentinel(self, params: Sequence[int]) -> tuple[str, str]:
        """The first param with a number that seems to stand for a missing value, and this number."""
        found = ((self._names[place], self._facts(place).sentinel) for place in params if place < len(self._names))
        return next(filter(itemgetter(1), found), ("", ""))

    def counts_up(self, left_out: Sequence[int], params: Sequence[int]) -> str:
        """The one column that could be the step where none was found, as it counts up."""
        if self._reading.step_column is not None:
            return ""
        spare = params if len(params) > 1 and not self._reading.param_columns else ()
        places = [place for place in (*left_out, *spare) if self._may_be_step(place)]
        return self._names[places[0]] if len(places) == 1 else ""

    def _may_be_step(self, place: int) -> bool:
        entry, facts = self._known[place], self._facts(place)
        other = entry is not None and entry.role in (known.CLOCK, known.IDENTIFIER, known.DURATION)
        return facts.counts_up and not facts.is_date and not other

    def backwards(self, step: int | None, left_out: Sequence[int]) -> str:
        """The step or the clock that runs backwards from row to row."""
        clocks = [place for place in left_out if self._is_clock(place)]
        places = clocks if step is None else [step]
        return next((self._names[place] for place in places if self._facts(place).falls), "")

    def _is_clock(self, place: int) -> bool:
        entry = self._known[place]
        return self._facts(place).is_date or (entry is not None and entry.role == known.CLOCK)
