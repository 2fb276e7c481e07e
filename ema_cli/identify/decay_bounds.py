"""The decay of each round of a log with its bounds, and the rounds that are not updates."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from itertools import pairwise, product
from math import gcd, isfinite, log2
from typing import TYPE_CHECKING

from ema_cli.identify.interval import Between, edge

if TYPE_CHECKING:
    from collections.abc import Collection

    from ema_cli.identify.log import Log

ENOUGH = 10.0
"""The bits that a log must tell before an average is named, beside what its settings take."""

_FEW = 3  # number of updates at equal distances that can't be an accident

_TRIED = [0.0, *(1 - 0.8**place for place in range(1, 50))]
"""Decays between which the one across several rounds is looked for."""

_HALVED = 44
_WIDER = 4.0  # roundings that may add up in these rounds


class Measured:
    """The decays of a log.

    Args:
        log: The log.
        arithmetic: The type whose rounding is allowed for in each update.
        rounded: Whether params of few digits are taken as rounded.

    Attributes:
        unsure: How far each param may be off.
        decays: For each round the interval that its decay lies in; None where the round says nothing.
        sparse: Whether few rounds are logged: then a decay is that of all rounds since the last one that is.
        rows: The rounds that say something.
        lead: How many rounds at the start copy the param.
        held: How many rounds after the first leave the shadow as it is.
        period: Every so many rounds update; 1 if nothing else is seen.
        phase: The first round of those.
        updating: The rounds among those that say something.
        start: The first round that is neither a copy nor leaves the shadow as it is.
    """

    def __init__(self, log: Log, arithmetic: str, *, rounded: bool) -> None:
        self.log, self.arithmetic, self.rounded = log, arithmetic, rounded
        self.dtype = arithmetic if log.exact else "float64"
        self.unsure = log.param_units if rounded else [0.0] * len(log)
        self.decays = [self._decay(row) for row in range(len(log))]
        self.sparse = log.compared < len(log) / 2
        if self.sparse:
            logged = [row for row, value in enumerate(log.shadows) if value is not None]
            for before, row in pairwise(logged):  # as if the decay were the same in the rounds between
                if row > before + 1:
                    self.decays[row] = self._across(before, row)
        self.rows = [row for row, one in enumerate(self.decays) if one is not None]
        self.copies = [row for row in range(len(log)) if self._copies(row)]
        self.lead = next((row for row, copy in enumerate(self.copies) if row != copy), len(self.copies))
        self.moving = [row for row in self.rows if log.shadows[row] != log.shadows[row - 1]]
        self.held = self.moving[0] - 1 - log.head if self.moving and not self.sparse else 0
        self.period, self.phase = (1, 0) if self.sparse else self._rhythm()
        self.updating = [row for row in self.rows if self.period == 1 or row % self.period == self.phase]
        copied = {*self.copies}
        self.start = next((row for row in self.moving if row not in copied), 0)

    @property
    def exact(self) -> bool:
        """True if each round must agree to the last bit."""
        return self.log.exact and not self.rounded

    def _decay(self, row: int) -> Between | None:
        """(shadow' - param) / (shadow - param), at the corners of what the cells and the dtype leave open."""
        log = self.log
        before, after, param = log.shadows[row - 1] if row else None, log.shadows[row], log.params[row]
        if before is None or after is None or not (isfinite(param - before) and isfinite(after)):
            return None
        unsure, first = self.unsure[row], 0.0 if log.exact else log.units[row - 1]
        last = log.error(row, self.arithmetic) + (0.0 if log.exact else log.units[row])
        if abs(before - param) <= max(2 * (unsure + first), last):  # the bounds would be wider than any decay
            return None
        if not unsure and not first:
            middle, slack = (after - param) / (before - param), last / abs(before - param)
            return Between(middle - slack, middle + slack)
        corners = [
            (after + a - param - c) / (before + b - param - c)
            for a, b, c in product((-last, last), (-first, first), (-unsure, unsure) if unsure else (0.0,))
        ]
        return Between(min(corners), max(corners))

    def _across(self, first: int, last: int) -> Between | None:
        """The decays that lead from one shadow to a later one; None if several do that are far apart, or none."""
        log = self.log
        start, end = log.shadows[first] or 0.0, log.shadows[last] or 0.0
        slack = _WIDER * (log.units[first] + log.units[last] + log.error(last, self.arithmetic))
        slack += max(self.unsure[first + 1 : last + 1])

        def off(decay: float) -> float:
            shadow = start
            for param in log.params[first + 1 : last + 1]:
                shadow = decay * shadow + (1 - decay) * param
            return shadow - end

        sides = [off(decay) > 0 for decay in _TRIED]
        turns = [place for place in range(1, len(_TRIED)) if sides[place] != sides[place - 1]]
        if len(turns) != 1:
            return None
        low, high = _TRIED[turns[0] - 1 : turns[0] + 1]

        def least(way: float) -> float:
            return edge(low, high, lambda decay: (off(decay) + way > 0) == sides[turns[0] - 1], _HALVED)

        ends = least(-slack), least(slack)
        return Between(min(ends), max(ends))

    def _copies(self, row: int) -> bool:
        log = self.log
        after = log.shadows[row]
        slack = self.unsure[row] + (0.0 if log.exact else log.units[row])
        return after is not None and abs(after - log.params[row]) <= slack

    def _rhythm(self) -> tuple[int, int]:
        """Every how many rounds the shadow moves, and the first of these."""
        moving = [row for row in self.moving if row > self.lead] if self.lead < len(self.log) / 2 else self.moving
        moving = moving or self.moving
        if len(moving) < _FEW or len(self.rows) - len(self.moving) < _FEW:
            return 1, 0
        period = 0
        for before, after in pairwise(moving):
            period = gcd(period, after - before)
        between = (moving[-1] - moving[0]) // max(period, 1) + 1
        # A copied round in between is one that moves as well.
        return (period, moving[0] % period) if period > 1 and len(moving) > between / 2 else (1, 0)

    def updates(self) -> list[tuple[int, Between]]:
        """The rounds that update and say something of their decay."""
        return [(row, one) for row in self.updating if (one := self.decays[row]) is not None]

    @cached_property
    def bits(self) -> float:
        """Information the rounds give about the decay."""
        shadows = self.log.shadows
        told = sum(min(max(-log2(max(one.width, 1e-300)), 0.0), 52.0) for one in self.decays if one is not None)
        return told + 10 * sum(value is not None and shadows[row] is None for row, value in enumerate(shadows[1:]))

    def rounding(self, row: int) -> float:
        """Allowed error of a round, whatever computed it."""
        name = "float32" if self.log.types[0] == "float64" else self.log.types[0]
        return 3 * self.log.units[row] + 4 * self.log.error(row, name)

    def without(self, rows: Collection[int]) -> Measured:
        """Copy in which these rounds say nothing."""
        other = copy(self)
        other.decays = [None if row in rows else one for row, one in enumerate(self.decays)]
        other.rows, other.updating, other.moving, other.copies = (
            [row for row in own if row not in rows] for own in (self.rows, self.updating, self.moving, self.copies)
        )
        return other

    def turned(self) -> Measured:
        """Copy with the weights in place of the decays."""
        other = copy(self)
        other.decays = [None if one is None else Between(1 - one.high, 1 - one.low) for one in self.decays]
        return other
