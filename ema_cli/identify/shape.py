"""A schedule as a log shows it: a curve, the counter that it follows, and a constant that ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.record import Record
from ema_cli.identify.curves import CONSTANT, CURVES, DEBIASED
from ema_cli.identify.custom_formula import short
from ema_cli.identify.interval import Between, Number, decays

if TYPE_CHECKING:
    from ema_cli.identify.curves import Curve
    from ema_cli.identify.fits import CurveFit

_SURE = 1e-3
"""Relative width of a constant's interval, below which only one value is meant."""


class Shape(Record):
    """A schedule."""

    fit: CurveFit
    counter: str
    """Counter the curve follows: `step`, `round` or `update` (counted from 0), or the name of a column of times."""
    origin: float
    """Number subtracted from the counter."""
    cap: list[Number] | None
    """The plain decays that end it; None if no round shows one."""
    reached: float
    """The highest decay that a round is known to have had."""
    cost: float
    lead: int = 0
    """The rounds before it, which copy or stay."""
    floor: list[Number] | None = None
    """The plain decays that it does not fall below; None if no round shows one."""
    summed: bool = False
    """True if the weights of all rounds are divided by their sum."""

    @property
    def curve(self) -> Curve:
        """The curve."""
        return self.fit.curve

    @property
    def is_constant(self) -> bool:
        """True if the decay is constant."""
        return self.curve is CONSTANT

    @property
    def is_off_by_one(self) -> bool:
        """True for a debiased average whose exponent does not count the rounds."""
        return self.curve is DEBIASED and self.origin != -1

    @property
    def falls(self) -> bool:
        """True if the decay falls: it is the weight that warms up."""
        return self.fit.decay(2 - self.origin) < self.fit.decay(1 - self.origin)

    @property
    def of_weight(self) -> Shape:
        """The warm-up of the weight that a decay falls by, (1 + n)/(offset + n)."""
        end = (
            None
            if self.floor is None
            else [Number(1 - one.value, short(1 - one.value), one.cost) for one in self.floor]
        )
        return self.but(fit=self.fit.but(curve=CURVES[0]), cap=end, floor=None)

    @property
    def is_sure(self) -> bool:
        """True if the rounds leave little choice for its constant."""
        return self.fit.range.width < _SURE * max(self.fit.range.high, -self.fit.range.low)

    @property
    def mean_from(self) -> float:
        """The counter from which on all params weigh alike, as in a running mean; below zero if there is none."""
        if self.cap is not None or self.floor is not None or self.fit.second.value != 1:
            return -1.0
        first = self.fit.first.value
        named = {"ratio": 1 - first, "power": self.origin if first == 1 else -1.0, "profile": self.origin + 1}
        return named.get(self.curve.name, -1.0)

    def constants(self) -> list[Number]:
        """The plain values of DECAY that it may have."""
        end = self.floor if self.falls else self.cap
        if end is not None:
            return end
        if self.curve.roles[1] == "weight":
            ends = [(1 - weight.value, 1e-15 * (1 - weight.value)) for weight in self.fit.seconds]
            return [one for decay, slack in ends for one in decays(Between(decay - slack, decay + slack))]
        return self.fit.seconds if self.curve.roles[1] == "decay" else []

    def role(self, name: str) -> list[Number]:
        """The values of a rule's parameter that plays this part."""
        fit, floor = self.fit, self.floor or []
        first, second = self.curve.roles
        named = {"floor": floor, second: fit.seconds, first: [fit.first]}
        one = fit.second
        more = Number(one.value + 1, f"{one.value + 1:.15g}", one.cost)
        if self.curve.name == "fall":  # (1 + n)/(offset + n) as a weight
            named = {"floor": floor, "offset": [more]}
        elif self.curve.name == "ratio":  # (1 + n)/(offset + n), or gamma/(gamma + n) as a weight, a power of one
            named = {"floor": floor, "offset": [more], "gamma": [one], "power": [Number(1.0, "1", 1.0)]}
        elif self.curve.name == "profile":
            named = {"exponent": [Number(fit.second.value - 1, f"{fit.second.value - 1:.12g}", fit.second.cost)]}
        elif self.curve.name == "linear" and self.cap:
            rounds = self.rise()
            lengths = [Number(n, str(n), 2.0) for n in (rounds + 1, rounds)]
            named = {"floor": floor, "first weight": [fit.first], "length": lengths}
        return named.get(name, [])

    def rise(self) -> int:
        """The rounds in which a line comes from the first decay to the last."""
        assert self.cap
        return round((self.fit.first.value - 1 + self.cap[0].value) / self.fit.second.value)
