"""Guess the column that a shadow averages: a shadow moves towards its param, but not past it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.check.tolerance import unit
from ema_cli.core.numbers.literals import is_number, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.reading.batch import Batch
    from ema_cli.reading.script import Script

MOST_ROWS = 2000
"""The most rows that are examined."""

_FEWEST = 8
"""The fewest rounds for a guess: moving towards a column in all 8 by chance has a probability of 1/256."""

_NEARLY_ALL = 0.95
"""The fraction of rounds that must fit; a restart or a late entry may be an exception."""

ROUNDING = 2.0**-20
"""Relative distance by which rounding may move a shadow past the param."""

_MOST_NAMES = 5


def _moves(params: Sequence[str], shadows: Sequence[str]) -> tuple[int, int]:
    """The number of rounds in which a shadow moves towards a column and not past it, and of those in which it moves;
    both are given as logged texts.
    """
    before: float | None = None
    towards = moves = 0
    for text, after_text in zip(params, shadows, strict=True):
        after = float(after_text) if is_number(after_text) else None
        if before is not None and after is not None and is_number(text):
            rounding = 2 * unit(after_text) + ROUNDING * abs(after)
            moved, distance = after - before, float(text) - before
            if abs(moved) > rounding:
                moves += 1
                towards += moved * distance > 0 and abs(moved) <= abs(distance) + rounding
        before = after
    return towards, moves


def _may_be(towards: int, moves: int) -> bool:
    """True if the shadow may be an average of the column."""
    return moves >= _FEWEST and towards >= _NEARLY_ALL * moves


class Sample:
    """The first rows of a script, to find the column that the logged shadow follows."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.params: list[str] = []
        self.logged: list[str] = []
        self._others: list[list[str]] = []  # the cells of `script.others`

    def follow(self, batch: Batch, index: int, logged: list[str], a: int = 0, b: int | None = None) -> None:
        """Add rows `a` up to `b` of a batch: the param at `index`, the logged shadows, and the other columns."""
        others = batch.kept[len(self.script.kept) + len(self.script.logged) :]
        self._others = self._others or [[] for _ in others]
        room = MOST_ROWS - len(self.params)
        if room > 0:
            samples = self.params, self.logged, *self._others
            for sample, column in zip(samples, (batch.texts[index], logged, *others), strict=False):
                sample += column[a:b][:room]

    def said(self, say: Callable[..., str], *, sure: bool = False) -> str:
        """Suggest the one column that the shadow follows as the param; unless `sure`, mention the others if it follows
        none or several. Empty if the shadow may be an average of its own param.
        """
        names = self.script.others
        if not names or _may_be(*_moves(self.params, self.logged)):
            return ""
        moves = [_moves(column, self.logged) for column in self._others]
        found = [(name, *each) for name, each in zip(names, moves, strict=False) if _may_be(*each)]
        if len(found) == 1:
            name, towards, told = found[0]
            return say(
                "in {count} of {told} rounds the logged shadow moves towards {column} and not past it: try"
                " --param-column {column}",
                column=quoted(name),
                count=towards,
                told=told,
            )
        if sure or all(one.place is not None for one in self.script.logged):  # the names pair them
            return ""
        return say(
            "if the param is another column ({columns}), choose it with --param-column",
            columns=say(", ").join(map(quoted, names[:_MOST_NAMES])),
        )
