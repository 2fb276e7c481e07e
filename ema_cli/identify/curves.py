"""Curves that a decay may follow, each with one or two constants."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, exp, inf, log, pi
from typing import TYPE_CHECKING

from ema_cli.core.record import Record
from ema_cli.identify.interval import Between, Number, decays, lengths, plain

if TYPE_CHECKING:
    from collections.abc import Callable


TINY = 1e-300

_EPSILON = 1e-14
_NO_FACTOR = 1e-12  # below this factor, the second constant has no effect

Points = Sequence[tuple[float, Between]]
"""For each round, its counter and the interval of its decay."""


class Scale(Record):
    """An increasing function of the decay that makes a curve linear in its second constant."""

    of: Callable[[float], float]
    """From a decay, 0 to 1, to its value on the scale."""
    decay: Callable[[float], float]
    """From a value on the scale to the decay."""


def _log(x: float) -> float:
    return log(x) if x > 0 else -inf


_PLAIN = Scale(lambda decay: decay, lambda y: y)
_BY_WEIGHT = Scale(lambda decay: -_log(1 - decay), lambda y: 1 - exp(-y))
_BY_POWER = Scale(_log, exp)
_BY_HALF_LIFE = Scale(
    lambda decay: -log(2) / _log(decay) if decay < 1 else inf, lambda y: 0.5 ** (1 / y) if y > 0 else 0.0
)
_BY_ODDS = Scale(lambda decay: decay / (1 - decay) if decay < 1 else inf, lambda y: 1 - 1 / (1 + y))


class Curve(Record):
    """A decay as a function of the counter x and of two constants: on its scale, start + second * factor."""

    name: str
    factor: Callable[[float, float], float]
    """The factor, as a function of the counter and the first constant."""
    text: str
    """The decay as an expression in the counter {x} and the constants {first} and {second}."""
    roles: tuple[str, str] = ("", "")
    """The roles of both constants, by which rules' parameters take them."""
    firsts: Callable[[Points], Sequence[float]] | None = None
    """Values of the first constant that start the search for the best; None for a curve with one constant."""
    scale: Scale = _PLAIN
    start: float | None = 0.0
    """The value at factor 0; None if it is 1 minus the first constant."""
    origin: bool = True
    """True if the curve depends on the zero of the counter."""
    numbers: Callable[[Between], list[Number]] | None = None
    """Finds plain values in an interval of the second constant; None for `plain`."""

    def value(self, x: float, first: float, second: float) -> float:
        """The decay at a counter, with these constants."""
        return self.scale.decay(self._start(first) + second * self.factor(x, first))

    def placed(self, points: Points) -> Points:
        """The points with their intervals moved to the scale."""
        of = self.scale.of
        return [(x, Between(of(max(one.low, 0.0)), of(min(one.high, 1.0)))) for x, one in points]

    def seconds(self, first: float, placed: Points) -> Between:
        """Interval of the second constants that all rounds allow with this first one; low > high if there are none."""
        start, low, high = self._start(first), -inf, inf
        for x, (bottom, top) in placed:
            factor = self.factor(x, first)
            if _NO_FACTOR <= abs(factor) < inf:
                a, b = (bottom - start) / factor, (top - start) / factor
                low, high = max(low, min(a, b)), min(high, max(a, b))
            elif self.start is not None and not bottom <= start + factor <= top:
                return Between(inf, -inf)
        return Between(low - _EPSILON * abs(low), high + _EPSILON * abs(high))

    def _start(self, first: float) -> float:
        return 1 - first if self.start is None else self.start


def _grid(low: float, high: float, count: int = 36) -> list[float]:
    return [low * (high / low) ** (k / (count - 1)) for k in range(count)]


def _spread(low: float, high: float) -> Callable[[Points], list[float]]:
    """Return a function that gives lengths from `low` to `high` times the largest counter."""

    def firsts(points: Points) -> list[float]:
        most = max((x for x, _ in points), default=1.0) or 1.0
        return _grid(most * low, most * high)

    return firsts


def _near_ends(points: Points) -> list[float]:
    """Offsets b with b + x > 0 in each round."""
    least = min(x for x, _ in points)
    return [b - least for b in _grid(0.51, 1e7)]


def _powers(within: Between) -> list[Number]:
    """Plain powers in an interval; nobody types one beyond ten."""
    return [one for one in plain(within) if one.value <= 10]


def _cosine_to(top: float) -> Curve:
    """A cosine curve that ends at the decay `top`."""
    return Curve(
        "cosine",
        lambda x, length: -(1 + cos(pi * min(x, length) / length)) / 2,
        f"{top} - {{second}}*(1 + cos(pi*min({{x}}, {{first}})/{{first}}))/2",
        ("length", "weight") if top == 1 else ("", ""),
        _spread(1 / 20, 1000),
        start=top,
    )


CURVES = (
    Curve(
        "ratio",
        lambda x, b: -1 / (b + x),
        "1 - {second}/({first} + {x})",
        ("offset", ""),
        _near_ends,
        start=1,
        origin=False,
    ),
    Curve("fall", lambda x, b: 1 / (b + x), "{second}/({first} + {x})", ("offset", ""), _near_ends, origin=False),
    Curve(
        "power",
        lambda x, gamma: log(1 + max(x, 0.0) / gamma),
        "1 - (1 + {x}/{first})^-{second}",
        ("gamma", "power"),
        lambda points: sorted([1.0, *_grid(0.05, 3e3)]),
        _BY_WEIGHT,
        numbers=_powers,
    ),
    Curve(
        "ramp",
        lambda x, tau: 1 - exp(-max(x, 0.0) / tau),
        "{second}*(1 - exp(-{x}/{first}))",
        ("tau", "decay"),
        _spread(1 / 50, 100),
        numbers=decays,
    ),
    *(_cosine_to(top) for top in (1, 0.999, 0.9999, 0.9995, 0.99)),
    Curve(
        "approach",
        lambda x, tau: -exp(-x / tau),
        "1 - {second}*exp(-{x}/{first})",
        ("tau", ""),
        _spread(1 / 50, 100),
        start=1,
        origin=False,
    ),
    Curve(
        "linear",
        lambda x, _: x,
        "{start} + {second}*{x}",
        firsts=lambda points: _grid(1e-6, 1.0),
        start=None,
    ),
    Curve("half-life", lambda x, _: max(x, 0.0), "0.5^(1/({second}*{x}))", scale=_BY_HALF_LIFE),
    Curve("profile", lambda x, _: _log(1 - 1 / max(x, 1.0)), "(1 - 1/{x})^{second}", scale=_BY_POWER),
)
"""The curves of warm-ups."""

CONSTANT = Curve("constant", lambda x, _: 1.0, "{second}", ("", "decay"), origin=False, numbers=decays)

DEBIASED = CONSTANT.but(name="debiased")
"""The constant decay of a debiased average; its measured decays are not constant."""

ELAPSED = Curve(
    "elapsed", lambda x, _: -log(2) * x, "0.5^(elapsed/{second})", scale=_BY_POWER, origin=False, numbers=lengths
)

LOW_PASS = Curve(
    "low-pass", lambda x, _: 1 / x if x else inf, "{second}/({second} + elapsed)", scale=_BY_ODDS, origin=False
)

BY_TIME = (ELAPSED, LOW_PASS)
"""Curves of a decay that depends on the time between rows."""
