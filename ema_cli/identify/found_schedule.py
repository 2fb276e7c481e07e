"""A schedule found in a log: a curve, its counter, and the decays that limit it; and its formula for --rule custom."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ema_cli.core.record import Record
from ema_cli.identify.curves import CONSTANT, CURVES, DEBIASED
from ema_cli.identify.interval import Between, Number, decays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.identify.curves import Curve
    from ema_cli.identify.decay_bounds import Measured
    from ema_cli.identify.fits import CurveFit
    from ema_cli.identify.log import Log

_SURE = 1e-3
"""Relative width of a constant's interval below which the constant is sure."""

_KNOWN = 0.05
"""Width of the interval of a decay, as a part of the weight, below which a usual decay in it is no accident."""


class FoundSchedule(Record):
    """A schedule."""

    fit: CurveFit
    counter: str
    """Counter the curve follows: `step`, `round` or `update` (counted from 0), or the name of a column of times."""
    origin: float
    """Number subtracted from the counter."""
    cap: list[Number] | None
    """Plain values of the decay at which the curve ends; None if no round reaches one."""
    reached: float
    """The highest lower bound of the decay in any round."""
    cost: float
    lead: int = 0
    """Number of rounds before the schedule begins, which copy the param or keep the shadow."""
    floor: list[Number] | None = None
    """Plain values of the lowest decay; None if no round is at one."""
    summed: bool = False
    """True if the average is normalized by the sum of its weights."""

    @property
    def curve(self) -> Curve:
        """The curve of the fit."""
        return self.fit.curve

    @property
    def is_constant(self) -> bool:
        """True if the decay is constant."""
        return self.curve is CONSTANT

    @property
    def is_off_by_one(self) -> bool:
        """True for a debiased average with a wrong exponent."""
        return self.curve is DEBIASED and self.origin != -1

    def is_doubtful(self, log: Log) -> bool:
        """True for a debiased average that no candidate has, if digits were rounded, which many averages look like. One
        off by one is none of them if its decay is a usual one and well known.
        """
        second, width = self.fit.second, self.fit.range.width
        known = self.is_off_by_one and second.cost < 1 and width < _KNOWN * (1 - second.value)
        return self.curve is DEBIASED and not known and (not log.exact or log.round_each is not None)

    @property
    def falls(self) -> bool:
        """True if the decay falls at first, as when a warm-up is applied to the weight."""
        return self.fit.decay(2 - self.origin) < self.fit.decay(1 - self.origin)

    @property
    def of_weight(self) -> FoundSchedule:
        """The schedule of the weight, (1 + n)/(offset + n), for a decay that falls."""
        floor = self.floor
        end = floor and [Number(1 - one.value, short(1 - one.value), one.cost) for one in floor]
        return self.but(fit=self.fit.but(curve=CURVES[0]), cap=end, floor=None)

    @property
    def is_sure(self) -> bool:
        """True if the rounds determine the constant well."""
        return self.fit.range.width < _SURE * max(self.fit.range.high, -self.fit.range.low)

    @property
    def mean_from(self) -> float:
        """The counter where a running mean (all params with equal weight) begins; negative for other schedules."""
        if self.cap is not None or self.floor is not None or self.fit.second.value != 1:
            return -1.0
        first = self.fit.first.value
        named = {"ratio": 1 - first, "power": self.origin if first == 1 else -1.0, "profile": self.origin + 1}
        return named.get(self.curve.name, -1.0)

    def constants(self) -> list[Number]:
        """Plain values of DECAY for this schedule, the plainest first; empty if it shows none."""
        end = self.floor if self.falls else self.cap
        if end is not None:
            return end
        if self.curve.roles[1] == "weight":
            ends = [(1 - weight.value, 1e-15 * (1 - weight.value)) for weight in self.fit.seconds]
            return [one for decay, slack in ends for one in decays(Between(decay - slack, decay + slack))]
        return self.fit.seconds if self.curve.roles[1] == "decay" else []

    def role(self, name: str) -> list[Number]:
        """Values for a rule's parameter with this role; empty if the curve has none."""
        fit, floor = self.fit, self.floor or []
        first, second = self.curve.roles
        named = {"floor": floor, second: fit.seconds, first: [fit.first]}
        one = fit.second
        more = Number(one.value + 1, f"{one.value + 1:.15g}", one.cost)
        if self.curve.name == "fall":  # (1 + n)/(offset + n) as a weight
            named = {"floor": floor, "offset": [more]}
        elif self.curve.name == "ratio":  # (1 + n)/(offset + n), or a weight of gamma/(gamma + n) to the power 1
            named = {"floor": floor, "offset": [more], "gamma": [one], "power": [Number(1.0, "1", 1.0)]}
        elif self.curve.name == "profile":
            named = {"exponent": [Number(fit.second.value - 1, f"{fit.second.value - 1:.12g}", fit.second.cost)]}
        elif self.curve.name == "linear" and self.cap:
            rounds = self.rise()
            lengths = [Number(n, str(n), 2.0) for n in (rounds + 1, rounds)]
            named = {"floor": floor, "first weight": [fit.first], "length": lengths}
        return named.get(name, [])

    def rise(self) -> int:
        """Number of rounds of a linear rise from the first decay to the cap."""
        assert self.cap
        return round((self.fit.first.value - 1 + self.cap[0].value) / self.fit.second.value)


def short(number: float) -> str:
    """A number in few digits, at most 12.

    >>> short(20.0), short(0.98765), short(2 / 3)
    ('20', '0.98765', '0.666666666667')
    """
    return f"{number:.12g}"


def moved(counter: str, by: float, over: float = 1.0) -> str:
    """Write a counter plus `by`, divided by `over`.

    >>> moved("step", 0), moved("step", 3), moved("n", -2), moved("step", -1, 4)
    ('step', '(3 + step)', '(n - 2)', '(step - 1)/4')
    """
    text = counter if not by else f"({short(by)} + {counter})" if by > 0 else f"({counter} - {short(-by)})"
    return text if over == 1 else f"{text}/{short(over)}"


def expression(schedule: FoundSchedule, counter: str, zero: float = 0.0, stride: float = 1.0) -> str:
    """The decay as a formula.

    Args:
        schedule: The schedule.
        counter: The counter's name in the formula.
        zero: Its value where the counter of the schedule is 0.
        stride: Its change for each count of the schedule.
    """
    text = _curve(schedule, counter, zero + schedule.origin * stride, stride)
    for limit, function in ((schedule.floor, "max"), (schedule.cap, "min")):
        if limit is not None:
            text = f"{function}({limit[0].as_decay}, {text})"
    return text


def _curve(schedule: FoundSchedule, counter: str, zero: float, stride: float) -> str:
    first, second = schedule.fit.first.value, schedule.fit.second
    if schedule.curve.name == "power" and second.value == 1:  # written as a ratio
        return f"{moved(counter, -zero)}/{moved(counter, first * stride - zero)}"
    if schedule.curve.name == "ratio":
        offset = first * stride - zero
        return f"{moved(counter, offset - second.value * stride)}/{moved(counter, offset)}"
    if schedule.curve.name == "power" and first == 1:
        return f"1 - {moved(counter, stride - zero, stride)}^-{_bracketed(second.text)}"
    start = short(1 - first) if schedule.curve.name == "linear" else ""
    x = moved(counter, -zero, stride)
    return schedule.curve.text.format(first=short(first), second=_bracketed(second.as_decay), x=x, start=start)


def _bracketed(text: str) -> str:
    return f"({text})" if "/" in text else text


def by_step(measured: Measured, parts: Sequence[tuple[int, str]]) -> str:
    """A formula of the step for decays that change at given rows."""
    steps, text = measured.log.steps, parts[-1][1]
    for (_, before), (row, _) in reversed([*pairwise(parts)]):
        text = f"{before} if step < {row if steps is None else steps[row]} else {text}"
    return text
