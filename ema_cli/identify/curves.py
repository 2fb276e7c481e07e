"""The curves that a decay may follow, each with one or two constants."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, exp, inf, log, pi
from typing import TYPE_CHECKING

from ema_cli.core.record import Record
from ema_cli.identify.interval import Between, Number, decays, edge, lengths

if TYPE_CHECKING:
    from collections.abc import Callable


TINY = 1e-300


Points = Sequence[tuple[float, Between]]
"""The counter of a round, and what its decay may be."""


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
    origin: bool = True
    """True if the counter's zero matters."""
    numbers: Callable[[Between], list[Number]] | None = None
    """The plain numbers of the second constant, where it is a decay."""


_NONE = Between(inf, -inf)


def _grid(low: float, high: float, count: int = 36) -> list[float]:
    return [low * (high / low) ** (k / (count - 1)) for k in range(count)]


def _weight(one: Between) -> Between:
    return Between(max(1 - one.high, 0.0), max(1 - one.low, 0.0))


def _over(one: Between, part: float) -> Between | None:
    """The whole of which a part is in an interval."""
    if part < 1e-12:
        return None if 0 in one else _NONE
    return Between(one.low / part, one.high / part)


def _power(x: float, one: Between, gamma: float) -> Between | None:
    bent = log(1 + x / gamma) if x > 0 else 0.0
    if not bent:
        return None if 0 in one else _NONE
    return _exponent(_weight(one), -bent)


def _line(x: float, one: Between, weight: float) -> Between | None:
    return Between((one.low - 1 + weight) / x, (one.high - 1 + weight) / x) if x > 0 else None


def _cosine(x: float, length: float) -> float:
    return (1 + cos(pi * min(x, length) / length)) / 2


def _half_life(x: float, one: Between, _: float) -> Between | None:
    if x <= 0:
        return None if one.low <= 0 else _NONE
    low, high = _exponent(one, -log(2) / x)
    return Between(1 / high, 1 / low if low > 0 else inf) if high > 0 else _NONE


def _exponent(one: Between, bent: float) -> Between:
    """The exponents of e^bent, below 1, that give a number."""
    if one.high <= 0:
        return _NONE
    return Between(log(min(one.high, 1.0)) / bent, log(one.low) / bent if one.low > 0 else inf)


def _profile(x: float, one: Between, _: float) -> Between | None:
    if x <= 1:
        return None if one.low <= 0 else _NONE
    return _exponent(one, log(1 - 1 / x))


def _elapsed(x: float, one: Between, _: float) -> Between | None:
    if x <= 0:
        return None if one.high >= 1 else _NONE
    return _exponent(one, -x * log(2))


def _low_pass(x: float, one: Between, _: float) -> Between | None:
    if x <= 0 or one.high <= 0:
        return None if x <= 0 and one.high >= 1 else _NONE
    low = max(one.low, 0.0)
    return Between(x * low / (1 - low), x * one.high / (1 - one.high) if one.high < 1 else inf) if low < 1 else _NONE


def _debiased(x: float, one: Between, _: float) -> Between | None:
    if x < 1:
        return None
    if x == 1:
        return None if 0 in one else _NONE
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
    return edge(0.0, 1.0, lambda middle: debiased(x, middle) < decay)


def _spread(points: Points) -> float:
    return max((x for x, _ in points), default=1.0) or 1.0


def _near_ends(points: Points) -> list[float]:
    """Offsets b at which b + x is above zero in each round."""
    least = min(x for x, _ in points)
    return [b - least for b in _grid(0.51, 1e7)]


def _cosine_to(top: float) -> Curve:
    """A cosine that ends at a decay of one or below."""
    return Curve(
        "cosine",
        lambda x, one, length: _over(Between(max(top - one.high, 0.0), max(top - one.low, 0.0)), _cosine(x, length)),
        lambda x, length, weight: top - weight * _cosine(x, length),
        f"{top} - {{second}}*(1 + cos(pi*min({{x}}, {{first}})/{{first}}))/2",
        ("length", "weight") if top == 1 else ("", ""),
        firsts=lambda points: _grid(_spread(points) / 20, _spread(points) * 1000),
    )


CURVES = (
    Curve(
        "ratio",
        lambda x, one, b: _over(_weight(one), 1 / (b + x)),
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
        lambda x, one, tau: _over(one, 1 - exp(-x / tau) if x > 0 else 0.0),
        lambda x, tau, top: top * (1 - exp(-x / tau)),
        "{second}*(1 - exp(-{x}/{first}))",
        ("tau", "decay"),
        lambda points: _grid(_spread(points) / 50, _spread(points) * 100),
        numbers=decays,
    ),
    *(_cosine_to(top) for top in (1, 0.999, 0.9999, 0.9995, 0.99)),
    Curve(
        "approach",
        lambda x, one, tau: _over(_weight(one), exp(-x / tau)),
        lambda x, tau, weight: 1 - weight * exp(-x / tau),
        "1 - {second}*exp(-{x}/{first})",
        ("tau", ""),
        lambda points: _grid(_spread(points) / 50, _spread(points) * 100),
        origin=False,
    ),
    Curve(
        "linear",
        _line,
        lambda x, weight, slope: 1 - weight + slope * x,
        "{start} + {second}*{x}",
        firsts=lambda points: _grid(1e-6, 1.0),
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

LOW_PASS = Curve(
    "low-pass", _low_pass, lambda x, _, tau: tau / (tau + x), "{second}/({second} + elapsed)", origin=False
)

BY_TIME = (ELAPSED, LOW_PASS)
"""The decays by the time between two rows."""
