"""Averages in the arithmetic of whole numbers, as on a microcontroller: (7*s + p)/8, s += (p - s) >> 3."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from math import ceil, floor, inf
from typing import TYPE_CHECKING

from ema_cli.check.tolerance import decimals
from ema_cli.core.record import Record
from ema_cli.identify.candidate import Candidate
from ema_cli.identify.curves import CONSTANT
from ema_cli.identify.decay_bounds import Measured
from ema_cli.identify.fits import CurveFit
from ema_cli.identify.found_schedule import FoundSchedule
from ema_cli.identify.interval import Between, Number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.identify.log import Log


class Rounding(Record):
    """A way to round each shadow to a whole number."""

    said: str
    """The sentence on it."""
    dropped: Callable[[float, float], tuple[float, float]]
    """The range of what it drops, by the shadow and by param - previous shadow."""


_DOWN, _UP = (0.0, 1.0), (-1.0, 0.0)

ROUNDINGS = {
    "rounded_down": Rounding(
        "each shadow is rounded down to a whole number before the next round", lambda after, change: _DOWN
    ),
    "rounded_to_zero": Rounding(
        "each shadow is rounded toward zero to a whole number before the next round",
        lambda after, change: _DOWN if after > 0 else _UP if after < 0 else (-1.0, 1.0),
    ),
    "rounded_to_shadow": Rounding(
        "each change is rounded toward zero to a whole number", lambda after, change: _DOWN if change > 0 else _UP
    ),
    "rounded_half_up": Rounding(
        "each shadow is rounded to the nearest whole number before the next round, halves up",
        lambda after, change: (-0.5, 0.5),
    ),
    "rounded_up": Rounding(
        "each shadow is rounded up to a whole number before the next round", lambda after, change: _UP
    ),
}
"""By the forms of `custom` that round so, the most usual first."""

_MOST = 2.0**40
_OPEN = 1e-9  # part of a unit by which the ends of the range of what is dropped may be off
_SURELY = 1e-6  # width of an interval that leaves nothing open
_DIVISORS = 100  # the largest divisor that is no power of two
_SHIFTS = 16
_USUAL = (*(2**k for k in range(1, _SHIFTS + 1)), 5, 10, 20, 100)

ROUNDS = {1.0: 8, 2.0: 16, 3.0: 30}
"""For each cost of a fraction, the number of rounds that can't lead to it by accident."""

_SEVERAL = 3  # maximum number of fractions to try; one at an end of the interval may not agree


def is_whole(log: Log) -> bool:
    """True if all params and shadows are whole numbers."""
    texts = [*log.param_texts, *filter(None, log.texts)]
    return not any(map(decimals, texts)) and log.scale < _MOST and log.compared == len(log)


def rounded_anyhow(log: Log) -> Measured:
    """The decays of a log of whole numbers, however its shadows were rounded."""
    return Measured(log.in_whole_numbers(), "float64", rounded=False)


def updates_of(log: Log) -> list[tuple[Measured, FoundSchedule, Candidate]]:
    """The averages in whole numbers that may lead from each logged shadow to the next, the plainest first."""
    found = []
    for form, rounding in ROUNDINGS.items():
        low, high = 0.0, 1.0
        for before, after, param in zip(log.shadows, log.shadows[1:], log.params[1:], strict=False):
            if before is None or after is None or low > high:
                continue
            if param == before:
                low, high = (low, high) if after == before else (inf, -inf)
                continue
            ends = rounding.dropped(after, param - before)
            first, last = ((after + end - param) / (before - param) for end in (ends[0] - _OPEN, ends[1] + _OPEN))
            low, high = max(low, min(first, last)), min(high, max(first, last))
        for decay, cost in islice(_fractions(low, high, nearest=form == "rounded_half_up"), _SEVERAL):
            measured = Measured(log.in_whole_numbers(form), "float64", rounded=False)
            text = repr(float(decay)) if decay == Fraction(repr(float(decay))) else str(decay)
            number = Number(float(decay), text, cost)
            within = Between(low, high) if high - low > _SURELY else Between(number.value, number.value)
            fit = CurveFit(CONSTANT, Number(0.0, "0", 0.0), number, within, [number], cost)
            led = FoundSchedule(fit, "round", 0.0, None, float(decay), cost)
            parameters = {"decay": text, "update": form}
            one = Candidate("custom", parameters, None, "float64", cost, offset=0, schedule=led)
            found.append((measured, led, one))
    return sorted(found, key=lambda one: one[1].cost)


def _fractions(low: float, high: float, *, nearest: bool) -> Iterator[tuple[Fraction, float]]:
    """The fractions in an interval, with their costs: 1 - 1/n first, then over powers of two unless `nearest`."""
    if not low <= high:
        return
    for cost, divisors in ((1.0, _USUAL), (2.0, range(2, _DIVISORS + 1))):
        yield from ((one, cost) for n in divisors if low <= (one := Fraction(n - 1, n)) <= high)
    for n in (*range(3, _DIVISORS + 1), *_USUAL) if nearest else (*_USUAL, *range(3, _DIVISORS + 1)):
        yield from ((Fraction(k, n), 3.0) for k in range(max(ceil(low * n), 1), min(floor(high * n), n - 1) + 1))
