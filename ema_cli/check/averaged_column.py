"""Guess the column that a shadow averages: a shadow moves towards its param, but not past it."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from ema_cli.check.tolerance import unit
from ema_cli.core.numbers.literals import is_number, quoted
from ema_cli.core.record import Record

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


_STEADIER = 0.25
"""If two columns fit, one is the param only if its weights spread less than this fraction of the other's."""

_MOST_NAMES = 5


class Lean(Record):
    """Counts of the moves of a shadow towards a column."""

    name: str
    """Name of the column."""
    towards: int
    """Number of rounds in which the shadow moves towards the column, but not past it."""
    told: int
    """Number of rounds in which the shadow moves."""
    spread: float
    """Relative spread of the weights in the `towards` rounds; 0 if they are all equal."""

    def said(self, say: Callable[..., str]) -> str:
        """Suggest this column as the param."""
        return say(
            "in {count} of {told} rounds the logged shadow moves towards {column} and not past it: try --param-column"
            " {column}",
            column=quoted(self.name),
            count=self.towards,
            told=self.told,
        )

    @property
    def is_sure(self) -> bool:
        """True if the shadow may be an average of the column."""
        return self.told >= _FEWEST and self.towards >= _NEARLY_ALL * self.told


def lean(name: str, params: Sequence[str], shadows: Sequence[str]) -> Lean:
    """Count the moves of a shadow towards a column; both are given as logged texts."""
    before: float | None = None
    told = 0
    weights = []
    for text, after_text in zip(params, shadows, strict=True):
        after = float(after_text) if is_number(after_text) else None
        if before is not None and after is not None and is_number(text):
            rounding = 2 * unit(after_text) + ROUNDING * abs(after)
            moved, distance = after - before, float(text) - before
            if abs(moved) > rounding:
                told += 1
                if moved * distance > 0 and abs(moved) <= abs(distance) + rounding:
                    weights.append(abs(moved / distance))
        before = after
    middle = median(weights) if weights else 0.0
    spread = median(abs(weight - middle) for weight in weights) / middle if middle else 0.0
    return Lean(name, len(weights), told, spread)


def likeliest(script: Script, number: int) -> int | None:
    """Find the param that a logged shadow follows in the first rows; None if there is none, or no clear one."""
    batch = script.begins
    if batch is None:
        return None
    logged = batch.kept[len(script.kept) + number][:MOST_ROWS]
    leans = [(lean("", column[:MOST_ROWS], logged), index) for index, column in enumerate(batch.texts)]
    sure = sorted((one.spread, index) for one, index in leans if one.is_sure)
    if not sure or (len(sure) > 1 and not sure[0][0] < _STEADIER * sure[1][0]):
        return None
    return sure[0][1]


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
        """Suggest another column as the param if the shadow follows it better; unless `sure`, mention that there are
        others. Empty if the shadow follows its own param best, or follows it and the names pair them.
        """
        others = self.script.others
        named = all(one.place is not None for one in self.script.logged)
        if not others or not self.params:
            return ""
        own = lean("", self.params, self.logged)
        leans = [lean(name, column, self.logged) for name, column in zip(others, self._others, strict=False)]
        likely = min((one for one in leans if one.is_sure), key=lambda one: one.spread, default=own)
        if likely is not own and not (own.is_sure and (named or likely.spread >= _STEADIER * own.spread)):
            return likely.said(say)
        if sure or named or own.is_sure:
            return ""
        return say(
            "if the param is another column ({columns}), choose it with --param-column",
            columns=say(", ").join(map(quoted, others[:_MOST_NAMES])),
        )
