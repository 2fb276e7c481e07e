"""Worksheets: which cells are to be filled in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.errors import UsageError, shown
from ema_cli.facts import NoBlank
from ema_cli.report.column_specs import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Hidden = Callable[[str, int], bool]
    """True if the value of a kind of column is hidden in a round."""

    Place = tuple[int, int]
    """An average, and a param: their numbers."""

    Cell = tuple[str, int, int]
    """A kind of column, and a place."""

GROUPS = (("shadow", "biased", "debiased", "exact", "logged"), ("change",), ("gap",), ("difference",))
"""Kinds whose values in one round may be the same: of one average, or of several."""

RATES = ("decay", "weight", "initial-weight")
"""Kinds whose values may be the same in any two rounds: of equal decays, or products of as many."""


class Blank:
    """One --blank, and the cells that it means.

    Attributes:
        text: As it was written.
        column: The column it names.
        ranges: First and last rounds; empty for all.
        kinds: The kinds of column it names, and of which average and param; None for all.
    """

    def __init__(self, text: str, column: str, ranges: Sequence[tuple[int, int]] = ()) -> None:
        self.text, self.column, self.ranges = text, column, ranges
        self.kinds: list[tuple[str, int | None, int | None]] = []

    def covers(self, number: int) -> bool:
        """True if it is blank in this round."""
        if not self.ranges:
            return number > 0
        return any(first <= number <= last for first, last in self.ranges)

    def cells(self, places: Iterable[Place]) -> set[Cell]:
        """The cells of a round that it names."""
        return {
            (kind, *place)
            for place in places
            for kind, average, param in self.kinds
            if average in (None, place[0]) and param in (None, place[1])
        }


class Blanks:
    """The blanks of a worksheet.

    Args:
        texts: What was asked for: `COLUMN` or `COLUMN:ROUNDS`, where ROUNDS is `2`, `2..5`, `2,4`.

    Attributes:
        decided: For the rounds that are being written, all cells that are hidden (`worksheet/hiding.py`).

    Raises:
        UsageError: ROUNDS is no such list.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.blanks = [_read(text) for text in texts]
        self.decided: dict[int, frozenset[Cell]] = {}

    def meet(self, kind: str, name: str, bare: str, place: Place, scope: str) -> None:
        """Register values of the output, which blanks may name by their kind, or by the name of their column.

        Args:
            kind: The kind of column.
            name: What the column is called.
            bare: The same but for the average that it is of.
            place: The average and the param that it is of.
            scope: What it belongs to.
        """
        number = place[0] if scope in ("average", "each") else None
        index = place[1] if scope in ("param", "each") else None
        for blank in self.blanks:
            if blank.column == kind:
                blank.kinds.append((kind, None, None))
            elif blank.column in (name, bare):
                blank.kinds.append((kind, number if blank.column == name else None, index))

    def check(self, names: Sequence[str]) -> None:
        """Check that every blank names a column.

        Raises:
            UsageError: One has none; the message lists those there are.
        """
        for blank in self.blanks:
            if not blank.kinds:
                raise UsageError(
                    f"--blank {shown(blank.column)}: the table has no such column",
                    f"it has {', '.join(names)}; --columns adds others",
                    fact=NoBlank(blank.text, tuple(names)),
                )

    @property
    def last(self) -> int:
        """The last round that a blank names; 0 if none names any."""
        return max((last for blank in self.blanks for _, last in blank.ranges), default=0)

    def check_rounds(self, count: int, every: int) -> None:
        """Check that every blank names a round that is shown.

        Args:
            count: The rounds of the script.
            every: K of --every; the last round is shown, too.

        Raises:
            UsageError: One has none.
        """
        for blank in self.blanks:
            for first, last in blank.ranges:
                if first > count:
                    raise UsageError(f"--blank {shown(blank.text)}: the script ends with round {count}")
                if last // every * every < first and not first <= count <= last:
                    raise UsageError(f"--blank {shown(blank.text)}: --every {every} shows no such round")

    def hidden(self, place: Place, kind: str) -> Hidden | None:
        """Hidden cells of one average of one param; None if a column of this kind keeps all its cells."""
        if kind != "working" and kind not in self._touched():
            return None
        return lambda kind, number: (kind, *place) in self.decided.get(number, ())

    def _touched(self) -> set[str]:
        """The kinds of column that may have a hidden cell."""
        kinds = revealing({kind for blank in self.blanks for kind, _, _ in blank.kinds})
        alike = {kind for group in GROUPS if not kinds.isdisjoint(group) for kind in group}
        return revealing(kinds | alike | ({*GROUPS[0]} if "param" in kinds else set()))


def revealing(kinds: Iterable[str]) -> set[str]:
    """The kinds of column that reveal a value of these in the same round, and these."""
    found, new = set[str](), {*kinds}
    while new:
        found |= new
        new = {name for name, column in COLUMNS.items() if not new.isdisjoint(column.reveals)} - found
    return found


def _read(text: str) -> Blank:
    column, colon, rounds = text.rpartition(":")
    if not (column if colon else text):
        raise UsageError(f"--blank {shown(text)} names no column; give COLUMN or COLUMN:ROUNDS, as in shadow:2..5")
    if not colon or not re.fullmatch(r"[0-9.,]*", rounds):  # a column's name may have a colon too
        return Blank(text, text)
    ranges = []
    for part in rounds.split(","):
        match = re.fullmatch(r"([0-9]{1,18})(?:\.\.([0-9]{1,18}))?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last:
            raise UsageError(f"--blank {shown(text)}: the rounds are counted from 1, as in 2, 2..5 or 2,4")
        ranges.append((first, last))
    return Blank(text, column, ranges)
