"""Fit a curve to the decays of a log.

Fits satisfy intervals and don't minimize residuals: given the first constant, each round allows an interval of the
second. The first is chosen where these intervals overlap most. Among possible values, the plainest numbers win.
"""

from __future__ import annotations

from math import inf, isfinite, nan
from typing import TYPE_CHECKING

from ema_cli.core.record import Record
from ema_cli.identify.curves import TINY, Curve, Points
from ema_cli.identify.interval import INFINITE, Between, Number, edge, plain

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_POINTS = 40
_MOST_SORTED = 1000
_FEW_POINTS = 8
_STEPS = 60  # maximum number of steps to the best value
_LOOKED_BACK = 11  # number of steps in which a negative best value must get nearer to zero by a tenth
_PLAINEST = 5  # number of plain values of a constant to try
_DEAREST = 12.0  # nobody types a constant with more digits
_NEAR, _SLACK = 1e-7, 1e-12


class CurveFit(Record):
    """A curve with the plainest constants that give the decays of a log."""

    curve: Curve
    first: Number
    """The first constant; zero for a curve with only one."""
    second: Number
    range: Between
    """Interval of the second constant, given `first`."""
    seconds: list[Number]
    """The plain numbers in `range`, the plainest first."""
    cost: float
    """Cost of the constants."""

    def decay(self, x: float) -> float:
        """The decay at a counter; NaN where the curve is undefined."""
        try:
            return self.curve.value(x, self.first.value, self.second.value)
        except ArithmeticError:
            return nan

    def gives(self, points: Points) -> bool:
        """True if each round allows its decay."""
        return all(one.low - _SLACK <= self.decay(x) <= one.high + _SLACK for x, one in points)


def fit(curve: Curve, points: Points) -> list[CurveFit]:
    """Fit a curve: constants that all rounds allow, the plainest first; empty if the curve does not fit."""
    if not points:
        return []
    few = curve.placed(_informative(points))
    some = few[:: len(few) // _FEW_POINTS + 1]  # a few points rule out most curves
    if curve.firsts is None:
        begin = curve.seconds(0.0, some)
        whole = curve.seconds(0.0, curve.placed(points)) if begin.low <= begin.high else begin
        return _told(curve, Number(0.0, "0", 0.0), whole)
    tried = list(curve.firsts(few))
    ends = _possible(curve, some, tried) and _possible(curve, few, tried)
    if ends is None:
        return []
    every = curve.placed(points)
    found = [
        one
        for number in plain(ends, _PLAINEST)
        if number.cost <= _DEAREST
        for one in _told(curve, number, curve.seconds(number.value, every))
    ]
    return sorted((one for one in found if one.gives(points)), key=lambda one: one.cost)


def _possible(curve: Curve, placed: Points, tried: list[float]) -> Between | None:
    """Interval of first constants that allow a second one, near the best of those tried; None if none does."""

    def gap(first: float) -> float:
        whole = curve.seconds(first, placed)
        if not isfinite(whole.low) or not isfinite(whole.high):
            return -inf
        return (whole.high - whole.low) / max(abs(whole.low), abs(whole.high), TINY)

    best = max(range(len(tried)), key=lambda place: gap(tried[place]))
    low, high = tried[max(best - 1, 0)], tried[min(best + 1, len(tried) - 1)]
    middle = max(tried[best], _highest(gap, low, high), key=gap)
    near = plain(Between(middle - _NEAR * abs(middle), middle + _NEAR * abs(middle)), 1)
    if near and gap(near[0].value) >= gap(middle):  # a plain number that the search misses in float64
        middle = near[0].value
    return None if gap(middle) < 0 else Between(_end(gap, middle, low), _end(gap, middle, high))


def _told(curve: Curve, first: Number, whole: Between) -> list[CurveFit]:
    if not whole.low <= whole.high or whole == INFINITE:
        return []
    every = (curve.numbers or plain)(whole)
    numbers = [one for one in every if one.cost <= _DEAREST] or every
    return [CurveFit(curve, first, numbers[0], whole, numbers, numbers[0].cost + first.cost)] if numbers else []


def _informative(points: Points) -> Points:
    """A sample of points: those with the narrowest intervals, and some evenly spaced."""
    if len(points) <= _MOST_POINTS:
        return points
    points = points[:: len(points) // _MOST_SORTED + 1]
    every = len(points) / (_MOST_POINTS / 2)
    some = {int(k * every) for k in range(_MOST_POINTS // 2)} | {len(points) - 1}

    def width(place: int) -> float:
        one = points[place][1]
        return one.width / max(1 - one.middle, 1e-9)

    return [points[place] for place in sorted(some | {*sorted(range(len(points)), key=width)[: _MOST_POINTS // 2]})]


def _highest(gap: Callable[[float], float], low: float, high: float) -> float:
    """Maximize a unimodal function by halving its interval; less accurately once the maximum is above zero."""
    middle = (low + high) / 2
    best = last = gap(middle)
    for step in range(1, _STEPS):
        quarter = (high - low) / 4
        known = {middle: best, **{x: gap(x) for x in (middle - quarter, middle + quarter)}}
        middle = max(known, key=lambda x: known[x])
        best, low, high = known[middle], middle - quarter, middle + quarter
        if step % _LOOKED_BACK == 0:
            if last > 1.1 * best:  # too slow to reach zero
                break
            last = best
        if high - low < (1e-3 if best >= 0 else 1e-15) * abs(high):
            break
    return middle


def _end(gap: Callable[[float], float], inside: float, outside: float) -> float:
    """The last value from `inside` to `outside` at which `gap` is not negative."""
    if gap(outside) >= 0:
        return outside
    return edge(inside, outside, lambda middle: gap(middle) >= 0, 30)
