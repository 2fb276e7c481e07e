"""Worksheets: which cells are blank, and which others would give them away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.core.records import Record
from ema_cli.errors import UsageError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.columns import Column

    Hidden = Callable[[str, int], bool]
    """Whether the value of a kind of column is hidden in a round."""

_SHOWN_BY_WORKING = ("step", "param", "decay", "weight", "shadow")

_NEARBY = ("change", "gap", "biased", "debiased", "exact", "error-ulps", "stalled", "logged", "difference", "ulps")

# What a value can be read off: for each kind of column, others, and how many rounds later.
_GIVEN_AWAY_BY: dict[str, tuple[tuple[str, int], ...]] = {
    "shadow": (*((name, 0) for name in _NEARBY), ("change", 1), ("stalled", 1)),
    "decay": (("weight", 0), ("initial-weight", 0)),
    "weight": (("initial-weight", 0),),
    "param": (("gap", 0),),
    "change": (("stalled", 0),),
    "gap": (),
    "debiased": (("biased", 0),),
    "biased": (("debiased", 0),),
    "exact": (("error-ulps", 0),),
    "difference": (("ulps", 0),),
}


class _Blank(Record):
    """One --blank, and what it turned out to mean."""

    column: str
    ranges: tuple[tuple[int, int], ...]
    """First and last rounds; empty for all."""
    kinds: list[tuple[str, int | None, int | None]]
    """The kinds of column it names, and of which average and param; None for all."""

    def covers(self, number: int) -> bool:
        """Whether it is blank in this round."""
        if not self.ranges:
            return number > 0
        return any(first <= number <= last for first, last in self.ranges)


class Blanks:
    """The blanks of a worksheet.

    Args:
        texts: What was asked for: `COLUMN` or `COLUMN:ROUNDS`, where ROUNDS is `2`, `2..5`, `2,4`.

    Raises:
        UsageError: ROUNDS is no such list.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.blanks = [_read(text) for text in texts]

    def meet(self, column: Column, name: str, bare: str, place: tuple[int, int], scope: str) -> None:
        """A column of the output: blanks may name it, by its kind or by its own name."""
        kinds = (*_SHOWN_BY_WORKING, "working") if column.opened is not None else (column.name,)
        number = place[0] if scope in ("average", "each") else None
        index = place[1] if scope in ("param", "each") else None
        for blank in self.blanks:
            for kind in kinds:
                if blank.column == kind:
                    blank.kinds.append((kind, None, None))
            if blank.column in (name, bare) and blank.column not in kinds:
                blank.kinds.append((column.name.rpartition(" ")[2], number if blank.column == name else None, index))

    def check(self, names: Sequence[str]) -> None:
        """Every blank has a column.

        Raises:
            UsageError: One has none; the message lists those there are.
        """
        for blank in self.blanks:
            if not blank.kinds:
                raise UsageError(
                    f"--blank {shown(blank.column)}: the table has no such column; it has {', '.join(names)};"
                    " --columns adds others"
                )

    def hidden(self, place: tuple[int, int], kind: str = "working") -> Hidden | None:
        """What is hidden of one average of one param; None if a column of this kind keeps all its cells."""

        def hides(kind: str, number: int) -> bool:
            return any(
                blank.covers(number - later)
                for blank in self.blanks
                for own, average, param in blank.kinds
                if average in (None, place[0]) and param in (None, place[1])
                for other, later in ((own, 0), *_GIVEN_AWAY_BY.get(own, ()))
                if other == kind
            )

        if kind != "working" and not any(
            other == kind and average in (None, place[0]) and param in (None, place[1])
            for blank in self.blanks
            for own, average, param in blank.kinds
            for other in (own, *(name for name, _ in _GIVEN_AWAY_BY.get(own, ())))
        ):
            return None
        return hides


def _read(text: str) -> _Blank:
    column, colon, rounds = text.rpartition(":")
    if not (column if colon else text):
        raise UsageError(f"--blank {shown(text)} names no column; give COLUMN or COLUMN:ROUNDS, as in shadow:2..5")
    if not colon or not re.fullmatch(r"[0-9.,]*", rounds):  # a column's name may have a colon too
        return _Blank(text, (), [])
    ranges = []
    for part in rounds.split(","):
        match = re.fullmatch(r"([0-9]{1,18})(?:\.\.([0-9]{1,18}))?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last:
            raise UsageError(f"--blank {shown(text)}: the rounds are counted from 1, as in 2, 2..5 or 2,4")
        ranges.append((first, last))
    return _Blank(column, tuple(ranges), [])
