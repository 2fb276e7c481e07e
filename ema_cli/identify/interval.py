"""Intervals, and the plainest numbers in them: the decays, half-lives, spans and fractions that people write."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import ceil, exp, floor, inf, isfinite, log, log10
from typing import TYPE_CHECKING, Any, NamedTuple

from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Between(NamedTuple):
    """An interval."""

    low: float
    high: float

    def __contains__(self, x: Any) -> bool:
        return bool(self.low <= x <= self.high)

    @property
    def middle(self) -> float:
        """The midpoint."""
        return (self.low + self.high) / 2

    @property
    def width(self) -> float:
        """The distance between the ends."""
        return self.high - self.low

    def wider(self, times: float) -> Between:
        """The interval, widened by this factor around its middle."""
        return Between(self.middle - self.width / 2 * times, self.middle + self.width / 2 * times)


def common(intervals: Iterable[Between]) -> Between | None:
    """The intersection of all intervals; None if it is empty or there is no interval."""
    known = list(intervals)
    low, high = max((one.low for one in known), default=inf), min((one.high for one in known), default=-inf)
    return Between(low, high) if low <= high else None


def edge(low: float, high: float, holds: Callable[[float], bool], times: int = 52) -> float:
    """Bisect for the last place where a condition holds, between `low`, where it holds, and `high`, where not.

    >>> round(edge(0.0, 2.0, lambda x: x * x < 2), 6)
    1.414214
    """
    for _ in range(times):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


class Number(Record):
    """A number with its usual notation and the cost of writing it."""

    value: float
    text: str
    cost: float
    """Roughly the number of digits, plus a charge for rarer ways to state it."""
    kind: str = "decay"

    @property
    def as_decay(self) -> str:
        """The value as text, also of a decay that is stated by a half-life or a span."""
        return self.text if self.kind == "decay" else f"{self.value:.12g}"


def digits(text: str) -> int:
    """Count the digits of a number's text without leading and trailing zeros.

    >>> digits("0.0120"), digits("500"), digits("1e-05")
    (2, 1, 1)
    """
    return len(text.lower().partition("e")[0].replace(".", "").lstrip("+-").strip("0")) or 1


def shortest(within: Between, longest: int = 17) -> str | None:
    """The number with the fewest digits in an interval, as text; None if it needs more than `longest` digits.

    >>> shortest(Between(0.98763, 0.98771)), shortest(Between(1480, 1520)), shortest(Between(-0.1, 3))
    ('0.9877', '1500', '0')
    """
    if not isfinite(within.low) or not isfinite(within.high):
        return None
    if 0 in within:
        return "0"
    middle = within.middle
    place = floor(log10(max(abs(within.low), abs(within.high))))
    for count in range(1, longest + 1):
        unit = Fraction(10) ** (place - count + 1)
        first, last = ceil(Fraction(within.low) / unit), floor(Fraction(within.high) / unit)
        if first <= last:
            near = min(max(round(Fraction(middle) / unit), first), last)
            return _written(near * unit)
    return None


def _written(value: Fraction) -> str:
    number = float(value)
    text = f"{number:.17g}" if float(f"{number:.15g}") != number else f"{number:.15g}"
    return repr(number) if "e" in text else text


WRITTEN = ("0.9", "0.99", "0.999", "0.9999", "0.95", "0.995", "0.9995", "0.99995", "0.98", "0.996", "0.9998", "0.998")
"""The most common decays, the most usual first."""

_USUAL = 0.5  # cost of a common decay
_RARER = 1.9  # extra cost a span, a half-life or a fraction must save before it is taken as the value written


def decays(within: Between) -> list[Number]:
    """Ways to state a decay in an interval, the plainest first: directly, or by a weight, a half-life, a span, a centre
    of mass, a time constant, a fraction or a power.
    """
    inside = Between(max(within.low, 0.0), min(within.high, 1.0))
    if not inside.low <= inside.high:
        return []
    found = [Number(float(text), text, _USUAL + place / 100) for place, text in enumerate(WRITTEN)]
    found = [*(one for one in found if one.value in inside), *_as_decay(inside)]
    if 0 < inside.low <= inside.high < 1:
        found += [*_by_lengths(inside), *_by_powers(inside)]
    once: dict[float, Number] = {}
    for one in sorted(found, key=lambda one: one.cost):
        once.setdefault(one.value, one)
    return list(once.values())


def _as_decay(inside: Between) -> Iterator[Number]:
    for end in (0.0, 1.0):
        if end in inside:
            yield Number(end, f"{end:.0f}", 1.0)
    own = shortest(inside)
    if own is not None:
        yield Number(float(own), own, digits(own) - (0.5 if digits(own) > 1 else 0.0))
    weight = shortest(Between(1 - inside.high, 1 - inside.low))
    if weight is not None:
        text = _written(1 - Fraction(weight))
        if float(text) in inside:
            yield Number(float(text), text, float(digits(weight)))


_LENGTHS: dict[str, tuple[Callable[[float], float], Callable[[float], float], float]] = {
    "half-life": (lambda decay: log(0.5) / log(decay), lambda x: 0.5 ** (1 / x), 0.0),
    "span": (lambda decay: 2 / (1 - decay) - 1, lambda x: 1 - 2 / (x + 1), 0.0),
    "com": (lambda decay: 1 / (1 - decay) - 1, lambda x: 1 - 1 / (1 + x), 1.5),
    "time constant": (lambda decay: -1 / log(decay), lambda x: exp(-1 / x), 1.0),
}
"""For each length that states a decay: the function from decay to length, its inverse, and the cost."""


def _by_lengths(inside: Between) -> Iterator[Number]:
    for kind, (length, decay, rare) in _LENGTHS.items():
        text = shortest(Between(length(inside.low), length(inside.high)), 5)
        if text is not None and float(text) >= 1:
            value, cost = decay(float(text)), digits(text) + _RARER + rare + 2 * ("." in text)
            yield Number(value, repr(value), cost) if kind == "time constant" else Number(value, text, cost, kind)


def _powers(near: Between) -> Iterator[tuple[float, int, str]]:
    """Powers of usual decays in an interval, as of an update every few steps, or roots, as of accumulated gradients."""
    for text in WRITTEN:
        power = log(near.middle) / log(float(text))
        for count, sign in ((round(power), 1), (round(1 / power), -1)):
            if 2 <= count <= 10_000 and (value := float(text) ** (count**sign)) in near:
                yield value, count, f"{text}^{count}" if sign > 0 else f"{text}^(1/{count})"


def _by_powers(inside: Between) -> Iterator[Number]:
    for value, count, _ in _powers(inside):
        yield Number(value, repr(value), digits(str(count)) + _RARER + 1)
    for text, unit in product(WRITTEN, (2.0**-11, 2.0**-8)):
        value = round(float(text) / unit) * unit  # rounded to a short type
        if value in inside and value != float(text):
            yield Number(value, repr(value), 1 + _RARER)
    for value in (1 - 2.0**-shift for shift in range(3, 13)):  # a weight that is a shift of bits
        if value in inside:
            yield Number(value, repr(value), 1 + _RARER)


def told_as(value: float) -> str:
    """A shorter way to write a decay with many digits, such as exp(-1/250) or 0.9995^4; empty if there is none."""
    if not 0 < value < 1:
        return ""
    near = Between(value * (1 - 1e-12), value * (1 + 1e-12))
    constant = shortest(Between(-1 / log(near.low), -1 / log(near.high)), 4)
    if constant is not None and float(constant) >= 1:
        return f"exp(-1/{constant})"
    return next((written for _, _, written in _powers(near)), "")


def plain(within: Between, most: int = 6) -> list[Number]:
    """Numbers in an interval that are whole or have few digits, the plainest first; for constants of any kind."""
    text = shortest(within)
    if text is None:
        return []
    first, last = ceil(within.low), floor(within.high)
    found: dict[float, Number] = {}
    for one in (text, f"{within.middle:.17g}", *map(str, range(first, min(last, first + 4 * most) + 1))):
        found.setdefault(float(one), Number(float(one), one, float(digits(one)) + ("." in one)))
    for part in (Fraction(2, 3), Fraction(1, 3), Fraction(4, 5), Fraction(3, 4)):
        found.setdefault(float(part), Number(float(part), str(part), 1.5))
    return sorted((one for one in found.values() if one.value in within), key=lambda one: one.cost)[:most]


def lengths(rates: Between) -> list[Number]:
    """Half-lives or time constants with a rate (half-lives per unit of time) in an interval."""
    if not 0 < rates.low <= rates.high < inf:
        return []
    found = []
    for kind, unit in (("half-life", 1.0), ("time constant", log(2))):
        near = shortest(Between(1 / (rates.high * unit), 1 / (rates.low * unit)))
        if near is not None and float(near):
            found.append(Number(1 / (float(near) * unit), near, float(digits(near)) + (kind != "half-life") / 2, kind))
    return sorted(found, key=lambda one: one.cost)


INFINITE = Between(-inf, inf)
