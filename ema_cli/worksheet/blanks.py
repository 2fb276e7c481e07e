"""Worksheets: parse --blank, and find the cells to be filled in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.core.record import Record
from ema_cli.error_facts import NoBlank
from ema_cli.errors import UsageError, quoted
from ema_cli.report.column_specs import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Hidden = Callable[[str, int], bool]
    """From a kind of column and a round's number to True if the value is hidden."""

    Place = tuple[int, int]
    """The numbers of an average and of a param."""

    Cell = tuple[str, int, int]
    """A kind of column, and the numbers of an average and of a param: a cell of each round."""

GROUPS = (("shadow", "biased", "debiased", "exact", "logged"), ("change",), ("gap",), ("difference",))
"""Kinds of column whose values may be equal in the same round, within one average or across averages."""

RATES = ("decay", "weight", "initial-weight")
"""Kinds of column whose values may be equal in different rounds, because the decays are equal."""


class Blank(Record):
    """One --blank, and the cells that it hides."""

    text: str
    """The text as typed."""
    column: str
    """The column that it names."""
    ranges: Sequence[tuple[int, int]]
    """Pairs of first and last rounds; empty for all rounds."""
    kinds: list[tuple[str, int | None, int | None]]
    """The kinds of column that it hides, each with the numbers of an average and a param; None for all of them."""

    def covers(self, number: int) -> bool:
        """True if the blank applies to this round."""
        if not self.ranges:
            return number > 0
        return any(first <= number <= last for first, last in self.ranges)

    def cells(self, places: Iterable[Place]) -> set[Cell]:
        """The cells of a round that the blank hides."""
        return {
            (kind, *place)
            for place in places
            for kind, average, param in self.kinds
            if average in (None, place[0]) and param in (None, place[1])
        }


class Blanks:
    """The blanks of a worksheet.

    Args:
        texts: The values of --blank: `COLUMN` or `COLUMN:ROUNDS`, where ROUNDS is `2`, `2..5` or `2,4`.

    Attributes:
        decided: All hidden cells of each round that is being written (`worksheet/hiding.py`).

    Raises:
        UsageError: A text is not of this form.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.blanks = [_read(text) for text in texts]
        self.decided: dict[int, frozenset[Cell]] = {}

    def register(self, kind: str, name: str, bare: str, place: Place, scope: str) -> None:
        """Register a column of the output, which blanks may name by its kind or by its name, also without the label of
        its average (`bare`).
        """
        number = place[0] if scope in ("average", "each") else None
        index = place[1] if scope in ("param", "each") else None
        for blank in self.blanks:
            if blank.column == kind:
                blank.kinds.append((kind, None, None))
            elif blank.column in (name, bare):
                blank.kinds.append((kind, number if blank.column == name else None, index))

    def check(self, names: Sequence[str]) -> None:
        """Check that every blank names a column."""
        for blank in self.blanks:
            if not blank.kinds:
                raise UsageError(
                    f"--blank {quoted(blank.column)}: the table has no such column",
                    f"it has {', '.join(names)}; --columns adds others",
                    fact=NoBlank(blank.text, tuple(names)),
                )

    @property
    def last(self) -> int:
        """The last round that a blank names; 0 if none names any."""
        return max((last for blank in self.blanks for _, last in blank.ranges), default=0)

    def check_rounds(self, count: int, every: int) -> None:
        """Check that every blank names one of `count` rounds that --every K shows."""
        for blank in self.blanks:
            for first, last in blank.ranges:
                if first > count:
                    raise UsageError(f"--blank {quoted(blank.text)}: the script ends with round {count}")
                if last // every * every < first and not first <= count <= last:
                    raise UsageError(f"--blank {quoted(blank.text)}: --every {every} shows no such round")

    def hidden(self, place: Place, kind: str) -> Hidden | None:
        """Function that tests if a cell of an average and param is hidden; None if no cell of this kind can be."""
        if kind != "working" and kind not in self._affected():
            return None
        return lambda kind, number: (kind, *place) in self.decided.get(number, ())

    def _affected(self) -> set[str]:
        """The kinds of column that may have hidden cells."""
        kinds = revealing({kind for blank in self.blanks for kind, _, _ in blank.kinds})
        alike = {kind for group in GROUPS if not kinds.isdisjoint(group) for kind in group}
        return revealing(kinds | alike | ({*GROUPS[0]} if "param" in kinds else set()))


def revealing(kinds: Iterable[str]) -> set[str]:
    """These kinds of column, and all kinds that reveal their values in the same round."""
    closure, new = set[str](), {*kinds}
    while new:
        closure |= new
        new = {name for name, column in COLUMNS.items() if not new.isdisjoint(column.reveals)} - closure
    return closure


def _read(text: str) -> Blank:
    column, colon, rounds = text.rpartition(":")
    if not (column if colon else text):
        raise UsageError(f"--blank {quoted(text)} names no column; give COLUMN or COLUMN:ROUNDS, as in shadow:2..5")
    if not colon or not re.fullmatch(r"[0-9.,]*", rounds):  # a column's name may have a colon too
        return Blank(text, text, (), [])
    ranges = []
    for part in rounds.split(","):
        match = re.fullmatch(r"([0-9]{1,18})(?:\.\.([0-9]{1,18}))?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last:
            raise UsageError(f"--blank {quoted(text)}: the rounds are counted from 1, as in 2, 2..5 or 2,4")
        ranges.append((first, last))
    return Blank(text, column, ranges, [])
