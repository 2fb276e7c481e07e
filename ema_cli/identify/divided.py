"""Averages from zero that were debiased in a wrong way: divided by something else than 1 - decay^k in round k."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from ema_cli.core.dtypes import dtype
from ema_cli.identify.curves import TINY
from ema_cli.identify.interval import WRITTEN, Between, Number, decays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.identify.log import Log
    from ema_cli.identify.measured import Measured

    Divisors = Callable[[float, Log], Iterator[float]]
    Say = Callable[..., str]

_EDGE = 1e-6
"""How far a decay may be from what the first round tells, beside the rounding of its cells."""

_ENOUGH = 8
"""Number of rounds that tell the decay."""


def divided(measured: Measured, say: Say) -> Iterator[str]:
    """An average from zero that was divided by something else than 1 - decay^k: the first round gives the decay."""
    log = measured.log
    if not log.shadows[0] or not all(value is not None and isfinite(value) for value in log.shadows):
        return
    for name, (told, divisors) in DIVISORS.items():
        if name == "step" and (log.steps is None or None in log.steps):
            continue
        usual = [Number(float(text), text, 1.0) for text in WRITTEN]
        for number in [*decays(_first_decay(log, divisors))[:3], *usual]:
            if 0 < number.value < 1 and _divides(measured, number.value, divisors):
                yield say(told, decay=number.text, dtype=name)
                return


def _divides(measured: Measured, decay: float, divisors: Divisors) -> bool:
    """True if the shadows times these divisors are an average from zero, as enough rounds show."""
    log, before, told = measured.log, 0.0, 0
    for row, (shadow, param, divisor) in enumerate(zip(log.shadows, log.params, divisors(decay, log), strict=True)):
        assert shadow is not None
        state, slack = shadow * divisor, measured.rounding(row) * divisor + log.param_units[row]
        if abs(state - decay * before - (1 - decay) * param) > slack:
            return False
        told += 4 * slack < (1 - decay) * abs(param)
        before = state
    return told >= _ENOUGH


def _first_decay(log: Log, divisors: Divisors) -> Between:
    """The decays by which a first shadow is (1 - decay) * param / divisor."""
    first, unit, param, unsure = log.shadows[0] or 0.0, log.units[0], abs(log.params[0]), log.param_units[0]
    ends = []
    for own in ((param - unsure) / (abs(first) + unit), (param + unsure) / max(abs(first) - unit, TINY)):
        low, high = 0.0, 1.0
        rises = next(divisors(0.5, log)) > next(divisors(0.1, log)) * 0.5 / 0.9
        for _ in range(52):
            middle = (low + high) / 2
            above = next(divisors(middle, log)) > own * (1 - middle)
            low, high = (low, middle) if above == rises else (middle, high)
        ends.append(low)
    return Between(min(ends) - _EDGE, max(ends) + _EDGE)


def _rounded_powers(name: str) -> Divisors:
    """1 - decay^k, where the power is a product that is rounded to a dtype in each round."""

    def divisors(decay: float, log: Log) -> Iterator[float]:
        held, power = dtype(name).round, 1.0
        for _ in log.params:
            power = held(power * held(decay))
            yield 1 - power

    return divisors


_OF_POWERS = (
    "a debiased average, decay {decay}, whose power of the decay is multiplied up in {dtype}: it divides by a rounded"
    " 1 - decay^k"
)

DIVISORS: dict[str, tuple[str, Divisors]] = {
    "twice": (
        "an average that was debiased twice: decay {decay}, divided by (1 - decay^k)^2 in round k",
        lambda decay, log: ((1 - decay ** (row + 1)) ** 2 for row in range(len(log))),
    ),
    "late": (
        "a debiased average, decay {decay}, with the exponent off by one: round t divides by 1 - decay^(t - 1), and"
        " round 1 by 1 - decay",
        lambda decay, log: (1 - decay ** max(row, 1) for row in range(len(log))),
    ),
    "later": (
        "a debiased average, decay {decay}, with the exponent off by one: round t divides by 1 - decay^(t - 1), and"
        " round 1 by nothing",
        lambda decay, log: (1 - decay**row or 1.0 for row in range(len(log))),
    ),
    "step": (
        "a debiased average, decay {decay}, whose exponent is the step, which does not count the updates: it divides by"
        " 1 - decay^step",
        lambda decay, log: (1 - decay ** float(step) or 1.0 for step in log.steps or ()),
    ),
    "bfloat16": (_OF_POWERS, _rounded_powers("bfloat16")),
    "float16": (_OF_POWERS, _rounded_powers("float16")),
}
"""For each mistake the sentence, and the divisor of each round by the decay."""
