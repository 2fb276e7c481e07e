"""Bounds of the decay in each round of a log, and the rounds that are not updates."""

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
"""Bits of information about the decay that a log must have, beyond the cost of the settings, to name an average."""

_FEW = 3  # number of equally spaced updates that can't be an accident

_TRIED = [0.0, *(1 - 0.8**place for place in range(1, 50))]
"""Grid of decays for the search across several rounds."""

_HALVED = 44
_WIDER = 4.0  # roundings that may add up across several rounds


class Measured:
    """The decays of a log.

    Args:
        log: The log.
        arithmetic: The type whose rounding is allowed for in each update.
        rounded: True if params of few digits are rounded values, False if they are exact.

    Attributes:
        complete: False if updates may be missing in some rounds.
        unsure: Possible error of each param.
        decays: The interval of the decay in each round; None if the round does not constrain it.
        sparse: True if less than half of the rounds are logged; rounds between two logged ones then share a decay.
        rows: The rounds that constrain the decay.
        copies: The rounds whose shadow is the param.
        lead: Number of rounds at the start that copy the param.
        moving: The rounds in `rows` that change the shadow.
        held: Number of rounds after the first logged one, before the shadow first changes.
        period: Number of rounds from one update to the next; 1 if no other rhythm is seen.
        phase: The first round of that rhythm.
        updating: The rounds in `rows` that belong to the rhythm.
        start: The first round that changes the shadow and does not copy the param; 0 if there is none.
    """

    def __init__(self, log: Log, arithmetic: str, *, rounded: bool) -> None:
        self.log, self.arithmetic, self.rounded, self.complete = log, arithmetic, rounded, True
        self.dtype = arithmetic if log.exact else "float64"
        self.unsure = log.param_units if rounded else [0.0] * len(log)
        self.decays = [self._decay(row) for row in range(len(log))]
        self.sparse = log.compared < len(log) / 2
        if self.sparse:
            logged = [row for row, value in enumerate(log.shadows) if value is not None]
            for before, row in pairwise(logged):  # assumes the same decay in the rounds between
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
        """Interval of (shadow' - param) / (shadow - param), given the rounding of the cells and the dtype."""
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
        """Interval of a constant decay between two logged shadows; None if there is no or no unique one."""
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
        """Find `period` and `phase`."""
        moving = [row for row in self.moving if row > self.lead] if self.lead < len(self.log) / 2 else self.moving
        moving = moving or self.moving
        moving = moving[bool(moving) and moving[0] in self.copies :]  # the copy may come between two updates
        if len(moving) < _FEW or len(self.rows) - len(self.moving) < _FEW:
            return 1, 0
        period = gcd(*(after - before for before, after in pairwise(moving)))
        between = (moving[-1] - moving[0]) // max(period, 1) + 1
        # Rounds between may copy the param, and count as moving.
        return (period, moving[0] % period) if period > 1 and len(moving) > between / 2 else (1, 0)

    @property
    def copied_between(self) -> int | None:
        """The first round that changes the shadow, if it copies the param between two rounds of the rhythm."""
        first = self.moving[0] if self.moving else 0
        return first if first in self.copies and (first - self.phase) % self.period else None

    def updates(self) -> list[tuple[int, Between]]:
        """The rounds that update and constrain the decay, with its interval."""
        return [(row, one) for row in self.updating if (one := self.decays[row]) is not None]

    @cached_property
    def bits(self) -> float:
        """Bits of information about the decay in all rounds."""
        shadows = self.log.shadows
        told = sum(min(max(-log2(max(one.width, 1e-300)), 0.0), 52.0) for one in self.decays if one is not None)
        return told + 10 * sum(value is not None and shadows[row] is None for row, value in enumerate(shadows[1:]))

    def rounding(self, row: int) -> float:
        """Generous error bound of a round, for any implementation."""
        name = "float32" if self.log.types[0] == "float64" else self.log.types[0]
        return 3 * self.log.units[row] + 4 * self.log.error(row, name)

    def without(self, rows: Collection[int]) -> Measured:
        """Copy in which these rounds do not constrain the decay."""
        other = copy(self)
        other.complete = False
        other.decays = [None if row in rows else one for row, one in enumerate(self.decays)]
        other.rows, other.updating, other.moving, other.copies = (
            [row for row in own if row not in rows] for own in (self.rows, self.updating, self.moving, self.copies)
        )
        return other

    def turned(self) -> Measured:
        """Copy with the weights (1 - decay) as the decays."""
        other = copy(self)
        other.decays = [None if one is None else Between(1 - one.high, 1 - one.low) for one in self.decays]
        return other
