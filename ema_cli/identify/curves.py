"""The curves that a decay may follow, each with one or two constants, and their fit to what a log says.

A fit is a question of what is possible, not of residuals: each round leaves an interval for the second constant, given
the first; the first is where these intervals have most in common. Of what is possible, the plainest numbers are taken.
"""

from __future__ import annotations

from math import cos, exp, inf, isfinite, log, log2, pi
from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record
from ema_cli.identify.interval import INFINITE, Between, Number, decays, lengths, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Points = Sequence[tuple[float, Between]]
    """The counter of a round, and what its decay may be."""

_MOST_POINTS = 40
_FEW_POINTS = 8
_STEPS = 90
"""So often a value is tried on the way to the best one."""

_PLAINEST = 5
"""Number of plain values of a constant to try."""

_DEAREST = 12.0
"""A constant that takes more digits is none that anyone wrote."""

_EPSILON = 1e-14
_NEAR = 1e-7

_TINY = 1e-300
_SLACK = 1e-12


class Curve(Record):
    """A decay as a function of the counter x and of two constants."""

    name: str
    second: Callable[[float, Between, float], Between | None]
    """The interval of the second constant, from the counter, the decay's interval, and the first constant; None where
    the round says nothing of it, and an empty interval where it excludes the first constant."""
    value: Callable[[float, float, float], float]
    """The decay, from the counter and the constants."""
    text: str
    """The decay as an expression of the counter {x} and of the constants {first} and {second}."""
    roles: tuple[str, str] = ("", "")
    """The roles of the constants, as the parameters of rules name them."""
    firsts: Callable[[Points], Sequence[float]] | None = None
    """The first constants that are tried before the best is looked for; None for a curve of one constant."""
    least: float = -inf
    """The least counter at which the curve is defined."""
    origin: bool = True
    """True if the counter's zero matters."""
    numbers: Callable[[Between], list[Number]] | None = None
    """The plain numbers of the second constant, where it is a decay."""


_NONE = Between(inf, -inf)


def _grid(low: float, high: float, count: int = 36) -> list[float]:
    return [low * (high / low) ** (k / (count - 1)) for k in range(count)]


def _weights(one: Between) -> tuple[float, float]:
    return max(1 - one.high, 0.0), max(1 - one.low, 0.0)


def _ratio(x: float, one: Between, b: float) -> Between:
    low, high = _weights(one)
    return Between(low * (b + x), high * (b + x))


def _power(x: float, one: Between, gamma: float) -> Between | None:
    low, high = _weights(one)
    bent = log(1 + x / gamma) if x > 0 else 0.0
    if not bent:
        return None if one.low <= 0 <= one.high else _NONE
    if high <= 0:
        return _NONE
    return Between(-log(high) / bent, -log(max(low, _TINY)) / bent)


def _ramp(x: float, one: Between, tau: float) -> Between | None:
    risen = 1 - exp(-x / tau) if x > 0 else 0.0
    if risen < 1e-12:
        return None if one.low <= 0 <= one.high else _NONE
    return Between(one.low / risen, one.high / risen)


def _linear(x: float, one: Between, weight: float) -> Between | None:
    if x <= 0:
        return None
    return Between((one.low - 1 + weight) / x, (one.high - 1 + weight) / x)


def _cosine(x: float, one: Between, length: float) -> Between | None:
    low, high = _weights(one)
    left = (1 + cos(pi * min(x, length) / length)) / 2
    if left < 1e-9:
        return None if low <= 0 else _NONE
    return Between(low / left, high / left)


def _half_life(x: float, one: Between, _: float) -> Between | None:
    if x <= 0:
        return None if one.low <= 0 else _NONE
    if one.high <= 0 or one.low >= 1:
        return _NONE
    low = 1 / (x * -log2(one.low)) if one.low > 0 else 0.0
    return Between(low, 1 / (x * -log2(one.high)) if one.high < 1 else inf)


def _profile(x: float, one: Between, _: float) -> Between | None:
    if x <= 1:
        return None if one.low <= 0 else _NONE
    bent = log(1 - 1 / x)
    if one.high <= 0:
        return _NONE
    return Between(log(min(one.high, 1.0)) / bent, log(one.low) / bent if one.low > 0 else inf)


def _debiased(x: float, one: Between, _: float) -> Between | None:
    if x < 1:
        return None
    if x == 1:
        return None if one.low <= 0 <= one.high else _NONE
    return Between(_of_debiased(x, one.low), _of_debiased(x, one.high, above=True))


def debiased(x: float, decay: float) -> float:
    """The decay that a debiased average of a constant decay has in its round x."""
    if decay >= 1:
        return (x - 1) / x
    return float(decay * (1 - decay ** (x - 1)) / (1 - decay**x))


def _of_debiased(x: float, decay: float, *, above: bool = False) -> float:
    if decay <= 0:
        return 0.0
    if decay >= (x - 1) / x:
        return 1.0 if above or decay == (x - 1) / x else inf
    low, high = 0.0, 1.0
    for _ in range(52):
        middle = (low + high) / 2
        low, high = (middle, high) if debiased(x, middle) < decay else (low, middle)
    return (low + high) / 2


def _elapsed(x: float, one: Between, _: float) -> Between | None:
    if x <= 0:
        return None if one.high >= 1 else _NONE
    if one.high <= 0:
        return _NONE
    return Between(-log2(min(one.high, 1.0)) / x, -log2(one.low) / x if one.low > 0 else inf)


def _spread(points: Points) -> float:
    return max((x for x, _ in points), default=1.0) or 1.0


def _near_ends(points: Points) -> list[float]:
    """Offsets b at which b + x is above zero in each round."""
    least = min(x for x, _ in points)
    return [b - least for b in _grid(0.51, 1e7)]


CURVES = (
    Curve(
        "ratio",
        _ratio,
        lambda x, b, c: 1 - c / (b + x),
        "1 - {second}/({first} + {x})",
        ("offset", ""),
        _near_ends,
        origin=False,
    ),
    Curve(
        "power",
        _power,
        lambda x, gamma, p: 1 - (1 + max(x, 0.0) / gamma) ** -p,
        "1 - (1 + {x}/{first})^-{second}",
        ("gamma", "power"),
        lambda points: sorted([1.0, *_grid(0.05, 1e5)]),
    ),
    Curve(
        "ramp",
        _ramp,
        lambda x, tau, top: top * (1 - exp(-x / tau)),
        "{second}*(1 - exp(-{x}/{first}))",
        ("tau", "decay"),
        lambda points: _grid(_spread(points) / 50, _spread(points) * 100),
        numbers=decays,
    ),
    Curve(
        "cosine",
        _cosine,
        lambda x, length, weight: 1 - weight * (1 + cos(pi * min(x, length) / length)) / 2,
        "1 - {second}*(1 + cos(pi*min({x}, {first})/{first}))/2",
        ("length", "weight"),
        lambda points: _grid(_spread(points) / 20, _spread(points) * 1000),
    ),
    Curve(
        "linear",
        _linear,
        lambda x, weight, slope: 1 - weight + slope * x,
        "{start} + {second}*{x}",
        ("", ""),
        lambda points: _grid(1e-6, 1.0),
    ),
    Curve(
        "half-life", _half_life, lambda x, _, r: 0.5 ** (1 / (r * x)) if r * x > 0 else 0.0, "0.5^(1/({second}*{x}))"
    ),
    Curve("profile", _profile, lambda x, _, e: (1 - 1 / x) ** e if x > 1 else 0.0, "(1 - 1/{x})^{second}"),
)
"""The warm-ups."""

CONSTANT = Curve(
    "constant",
    lambda x, one, _: one,
    lambda x, _, decay: decay,
    "{second}",
    ("", "decay"),
    origin=False,
    numbers=decays,
)

DEBIASED = Curve("debiased", _debiased, lambda x, _, d: debiased(x, d), "{second}", ("", "decay"), numbers=decays)

ELAPSED = Curve(
    "elapsed", _elapsed, lambda x, _, r: 0.5 ** (r * x), "0.5^(elapsed/{second})", origin=False, numbers=lengths
)


class Fit(Record):
    """A curve that gives the decays of a log, with the plainest constants that do."""

    curve: Curve
    first: Number | None
    second: Number
    range: Between
    """Of the second constant, at this first one."""
    seconds: list[Number]
    """The plain numbers in it."""
    cost: float
    """Cost of its constants."""

    def decay(self, x: float) -> float:
        """The decay at a counter."""
        return self.curve.value(x, 0.0 if self.first is None else self.first.value, self.second.value)

    def gives(self, points: Points) -> bool:
        """True if each round allows its decay."""
        return all(one.low - _SLACK <= self.decay(x) <= one.high + _SLACK for x, one in points)


def fit(curve: Curve, points: Points) -> list[Fit]:
    """The fits of a curve: the plainest constants that all rounds allow, the plainest first; none if there are none."""
    if not points:
        return []
    few = _informative(points)

    def inside(first: float, among: Points) -> Between:
        low, high = -inf, inf
        for x, one in among:
            found = curve.second(x, one, first)
            if found is not None:
                low, high = max(low, found.low), min(high, found.high)
        return Between(low - _EPSILON * abs(low), high + _EPSILON * abs(high))

    if curve.firsts is None:
        begin = inside(0.0, few[:: len(few) // _FEW_POINTS + 1])
        return _told(curve, None, inside(0.0, points)) if begin.low <= begin.high else []
    tried = list(curve.firsts(few))

    def possible(among: Points) -> Between | None:
        """The first constants that leave a second one."""

        def gap(first: float) -> float:
            whole = inside(first, among)
            if not isfinite(whole.low) or not isfinite(whole.high):
                return -inf
            return (whole.high - whole.low) / max(abs(whole.low), abs(whole.high), _TINY)

        best = max(range(len(tried)), key=lambda place: gap(tried[place]))
        low, high = tried[max(best - 1, 0)], tried[min(best + 1, len(tried) - 1)]
        middle = _highest(gap, low, high)
        near = plain(Between(middle - _NEAR * abs(middle), middle + _NEAR * abs(middle)), 1)
        if near and gap(near[0].value) >= gap(middle):  # the plain number that float64 cannot be led to
            middle = near[0].value
        return None if gap(middle) < 0 else Between(_end(gap, middle, low), _end(gap, middle, high))

    ends = None
    for among in (few[:: len(few) // _FEW_POINTS + 1], few):  # a few points refuse most curves
        ends = possible(among)
        if ends is None:
            return []
    found: list[Fit] = []
    for number in plain(ends or INFINITE, _PLAINEST):
        found += _told(curve, number, inside(number.value, points))
    return sorted((one for one in found if one.gives(points)), key=lambda one: one.cost)


def _told(curve: Curve, first: Number | None, whole: Between) -> list[Fit]:
    if not whole.low <= whole.high or whole == INFINITE:
        return []
    numbers = [one for one in (curve.numbers or plain)(whole) if one.cost <= _DEAREST] or (curve.numbers or plain)(
        whole
    )
    if not numbers or (first is not None and first.cost > _DEAREST):
        return []
    return [Fit(curve, first, numbers[0], whole, numbers, numbers[0].cost + (0.0 if first is None else first.cost))]


def _informative(points: Points) -> Points:
    """Some of the points: those that say most, and some of all parts."""
    if len(points) <= _MOST_POINTS:
        return points
    every = len(points) / (_MOST_POINTS / 2)
    some = {int(k * every) for k in range(_MOST_POINTS // 2)} | {len(points) - 1}

    def width(place: int) -> Any:
        one = points[place][1]
        return one.width / max(1 - one.middle, 1e-9)

    narrow = sorted(range(len(points)), key=width)[: _MOST_POINTS // 2]
    return [points[place] for place in sorted(some | set(narrow))]


def _highest(gap: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that rises and then falls is highest, by golden sections; early if it is above zero."""
    golden = 0.6180339887498949
    a, b = high - golden * (high - low), low + golden * (high - low)
    at_a, at_b = gap(a), gap(b)
    for _ in range(_STEPS):
        if at_a >= at_b:
            high, b, at_b = b, a, at_a
            a = high - golden * (high - low)
            at_a = gap(a)
        else:
            low, a, at_a = a, b, at_b
            b = low + golden * (high - low)
            at_b = gap(b)
        if max(at_a, at_b) >= 0 and high - low < 1e-3 * abs(high):
            break
        if high - low <= 1e-15 * abs(high):
            break
    return a if at_a >= at_b else b


def _end(gap: Callable[[float], float], inside: float, outside: float) -> float:
    """The last value on the way out at which a gap is not below zero."""
    if gap(outside) >= 0:
        return outside
    for _ in range(30):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if gap(middle) >= 0 else (inside, middle)
    return inside
