"""Guess the column that a shadow averages: an average moves towards its param, and not past it."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from ema_cli.check.tolerance import unit
from ema_cli.core.numbers.literals import is_number, shown
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.reading.batch import Batch
    from ema_cli.reading.script import Script

MOST_ROWS = 2000
"""The most rows that are examined."""

_FEWEST = 8
"""The fewest rounds for a guess: by chance, a shadow moves towards a column in all of them in one log of 256."""

_NEARLY_ALL = 0.95
"""The part of the rounds that must fit; a restart or a late entry may be an exception."""

ROUNDING = 2.0**-20
"""Relative distance that a shadow of a short type may be rounded past the param."""


_STEADIER = 0.25
"""If two columns fit, the one whose weights spread less than this part of the other's is the param."""

_MOST_NAMES = 5


class Lean(Record):
    """Moves of a shadow with respect to a column."""

    name: str
    """Name of the column."""
    towards: int
    """The number of rounds in which it moves towards the column, and not past it."""
    told: int
    """The number of rounds in which it moves at all."""
    spread: float
    """Relative spread of the weights in these rounds; 0 if they are all equal."""

    def said(self, say: Callable[..., str]) -> str:
        """The suggestion."""
        return say(
            "in {count} of {told} rounds the logged shadow moves towards {column} and not past it: try --param-column"
            " {column}",
            column=shown(self.name),
            count=self.towards,
            told=self.told,
        )

    @property
    def is_sure(self) -> bool:
        """True if it may be an average of the column."""
        return self.told >= _FEWEST and self.towards >= _NEARLY_ALL * self.told


def lean(name: str, params: Sequence[str], shadows: Sequence[str]) -> Lean:
    """Compare the moves of a shadow with a column, both as they were logged."""
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
    """Find the param that a logged shadow follows in the first rows; None if it follows none, or several."""
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
    """The first rows of a script, to see which column the logged shadow follows."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.params: list[str] = []
        self.logged: list[str] = []
        self._others: list[list[str]] = []  # the columns that are neither

    def follow(self, batch: Batch, index: int, logged: list[str], a: int = 0, b: int | None = None) -> None:
        """Some rows of a batch: its param of that index, what was logged, and the columns behind it."""
        others = batch.kept[len(self.script.kept) + len(self.script.logged) :]
        self._others = self._others or [[] for _ in others]
        room = MOST_ROWS - len(self.params)
        if room > 0:
            samples = self.params, self.logged, *self._others
            for sample, column in zip(samples, (batch.texts[index], logged, *others), strict=False):
                sample += column[a:b][:room]

    def said(self, say: Callable[..., str], *, sure: bool = False) -> str:
        """Evidence for another column as the param: that the shadow follows it, or, unless that is to be sure, that
        there is one. Nothing does if the shadow follows its own best, or moves towards it where the names say so.
        """
        others = self.script.others
        told = all(one.place is not None for one in self.script.logged)
        if not others or not self.params:
            return ""
        own = lean("", self.params, self.logged)
        leans = [lean(name, column, self.logged) for name, column in zip(others, self._others, strict=False)]
        likely = min((one for one in leans if one.is_sure), key=lambda one: one.spread, default=own)
        if likely is not own and not (own.is_sure and (told or likely.spread >= _STEADIER * own.spread)):
            return likely.said(say)
        if sure or told or own.is_sure:
            return ""
        return say(
            "if the param is another column ({columns}), choose it with --param-column",
            columns=say(", ").join(map(shown, others[:_MOST_NAMES])),
        )
