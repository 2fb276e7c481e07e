"""What a log suggests for the settings of the average that made it.

Most warm-ups become a straight line in the counter, if their decay is bent by the right function. Its slope gives the
scale of the warm-up, wherever the counter started; and where there is no line, the warm-up is another one.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from math import gcd, inf, isfinite, log2
from typing import TYPE_CHECKING

from ema_cli.identify.least_squares import fitted
from ema_cli.identify.log import Between, common, shortest_in
from ema_cli.identify.precision import BITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ema_cli.identify.log import Evidence

LEAST = 0.2
"""An estimated decay below this is no decay that anyone wants: it looks like a weight in the place of one."""

SHORT = 2.0**-24
"""How far a decay may be from its formula, where a framework computes it in float32."""

_POINTS = 8
"""The rounds that a line is drawn through."""

_PARTS = (4, 16, 64)
"""The likeliest decay is closer to the true one than errors could move it at the most: it has so many parts of that."""

Row = tuple[int, Between]


class Hints:
    """What the log suggests.

    Args:
        evidence: The log.

    Attributes:
        known: The rounds that tell something, and the interval of their decay.
        updating: Those of them that neither copy nor skip, if there are any.
        rising: Those of them whose decay is still on its way.
        copied: How many rounds copy the param, from the first on.
        period: What the distances of the rounds in which the shadow moves have in common.
        stride: How far the step moves from round to round.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.copied = _copied(evidence)
        self.period, self.phase = _period(evidence)
        self.known = [(row, interval) for row, interval in enumerate(evidence.decays) if interval is not None]
        self.updating = [(row, i) for row, i in self.known if not _copies(i) and 1.0 not in i] or self.known
        self.rising = _rising(self.updating)
        self.stride = 1
        steps = evidence.steps
        if steps is not None and len(steps) > 1 and steps[0] is not None and steps[1] is not None:
            self.stride = max(int(steps[1] - steps[0]), 1)

    def count(self, row: int) -> float:
        """The step of a round, or its number."""
        steps = self.evidence.steps
        return float(steps[row]) if steps is not None and steps[row] is not None else row + 1.0

    @property
    def lasting(self) -> Between | None:
        """The decay that all updating rounds have in common."""
        return self._lasting[0]

    @cached_property
    def _lasting(self) -> tuple[Between | None, list[float]]:
        """The same, and the simplest decays around the likeliest of these."""
        alone = common([interval for _, interval in self.updating])
        if alone is None or self.evidence.exact:
            return alone, [] if alone is None else _shortest([alone])
        found = fitted(self.evidence, alone)
        tried = [alone if found is None else found[0]]
        if (wide := fitted(self.evidence, alone, SHORT)) is not None:
            interval, best = wide
            width = interval.high - interval.low
            tried += [interval, *(Between(best - width / n, best + width / n) for n in _PARTS)]
        return tried[0], _shortest(tried)

    def constants(self) -> list[float]:
        """Decays that are suggested where none that people write fits."""
        all_of_them = [interval for _, interval in self.updating]
        some = map(common, (all_of_them[-3:], all_of_them[:2], all_of_them[:1]))
        found = [*self._lasting[1], *_shortest(interval for interval in some if interval is not None)]
        return [near for near in found if LEAST < near <= 1]

    def plausible(self, decays: list[str]) -> list[str]:
        """Of these constants those that a round shows, and the likeliest of those that no round has reached yet, from
        below or, as a cosine comes, from above.
        """
        intervals = [interval for _, interval in self.updating]
        if not intervals:
            return decays
        highest, lowest = max(one.low for one in intervals), min(one.high for one in intervals)
        numbers = [(float(text), text) for text in decays]
        met = [one for one in intervals if one.high >= highest - 1e-6 or one.low <= lowest + 1e-6] + intervals[::7]
        shown = [text for x, text in numbers if any(one.low - 1e-6 <= x <= one.high + 1e-6 for one in met)]
        above = [(x, text) for x, text in numbers if x > highest and text not in shown]
        below = [(x, text) for x, text in numbers if x < lowest and text not in shown]
        often = [text for _, text in above[:3]]
        near = [text for _, text in [*sorted(above)[:2], *sorted(below, reverse=True)[:2]]]
        return [*shown[:12], *dict.fromkeys([*often, *near])]

    def between(
        self, decay_at: Callable[[float, float], float], offset: float = 0, count: Callable[[int], float] | None = None
    ) -> Between | None:
        """Between what a setting x of a warm-up must be, so that it has the decays of the log.

        Args:
            decay_at: The decay at a counter, for an x; it rises with x between 0 and 64.
            offset: What is added to the counter.
            count: The counter of a row; by default the step.
        """
        ways = []
        for row, interval in _spread(self.rising or self.updating, 3):
            n = (count or self.count)(row) + offset
            low = _crossing(lambda x, n=n: decay_at(n, x), interval.low)  # type: ignore[misc]
            high = _crossing(lambda x, n=n: decay_at(n, x), interval.high)  # type: ignore[misc]
            ways.append(Between(low, high))
        return common(ways)

    def solved(self, decay_at: Callable[[float, float], float], offsets: Iterable[float]) -> list[float]:
        """The simplest of these settings, for each of some offsets of the counter."""
        ways = [self.between(decay_at, offset) for offset in offsets]
        found = [shortest_in(one) for one in ways if one is not None]
        return [x for x in found if x is not None and 0 < x < 64]

    def slope(self, bent: Callable[[float], float], above: float | None = None) -> Between | None:
        """How much the bent decay rises with the counter, where it is above a floor; None if that is no line."""
        points: list[tuple[float, float, float]] = []
        rows = self.rising if above is None else [(row, one) for row, one in self.rising if one.low > above + 2 * SHORT]
        for row, interval in _spread(rows, _POINTS):
            try:
                low, high = bent(interval.low - SHORT), bent(interval.high + SHORT)
            except (ValueError, ArithmeticError, TypeError):
                continue
            if isinstance(low, complex) or isinstance(high, complex) or not isfinite(high - low):
                continue
            points.append((self.count(row), min(low, high), max(low, high)))
        if len(points) < 2:
            return None
        low, high = -inf, inf
        for at, (n, low_n, high_n) in enumerate(points):
            for m, low_m, high_m in points[at + 1 :]:
                if m > n:
                    low = max(low, (low_m - high_n) / (m - n))
                    high = min(high, (high_m - low_n) / (m - n))
        return Between(max(low, 1e-18), high) if low <= high and high > 0 else None

    def scales(self, bent: Callable[[float], float], per: float = 1.0, above: float | None = None) -> list[float]:
        """The simplest of the numbers per/slope."""
        slope = self.slope(bent, above)
        return [] if slope is None else simple(Between(per / slope.high, per / slope.low))

    def whole_scales(self, bent: Callable[[float], float], per: float = 1.0) -> list[int]:
        """The same in whole numbers."""
        slope = self.slope(bent)
        if slope is None:
            return []
        low, high = per / slope.high, per / slope.low
        if not high - low < 2.0**53:
            return []
        few = range(int(-(-low // 1)), int(min(high // 1, low + 8)) + 1) if high - low < 8 else ()
        return [n for n in dict.fromkeys([*few, *(round(x) for x in simple(Between(low, high)))]) if n >= 1]

    def bends(self) -> bool:
        """Whether there are rounds enough to tell one line from another."""
        return len(self.rising) >= 3


def _shortest(intervals: Iterable[Between]) -> list[float]:
    return [near for near in map(shortest_in, intervals) if near is not None]


def simple(interval: Between) -> list[float]:
    """Numbers of few digits in an interval: the middle, and the ends if it is wide."""
    if not interval.high < inf:
        return []
    third = (interval.high - interval.low) / 3
    parts = [interval]
    if third > 0.1 * abs(interval.middle):
        parts += [Between(interval.low, interval.low + third), Between(interval.high - third, interval.high)]
    return [near for near in dict.fromkeys(map(shortest_in, parts)) if near is not None and near > 0]


def half_life_of(decay: float) -> float:
    """The half-life in rounds, as a decay has it."""
    return -1 / log2(decay)


def _copies(interval: Between) -> bool:
    return 0.0 in interval and interval.high < 1e-3


def _copied(evidence: Evidence) -> int:
    copied = 0
    error = 2.0 ** -BITS[evidence.dtypes[0]]
    for row, (param, value) in enumerate(zip(evidence.params, evidence.values, strict=True)):
        scale = max(abs(param), abs(value or 0.0))
        if value is None or not abs(param - value) <= error * scale + evidence.tolerance(row):
            break
        copied += 1
    return copied


def _period(evidence: Evidence) -> tuple[int, int]:
    """What the distances of the rounds in which the shadow moves have in common, and where the first of them is."""
    values = evidence.values
    moved = [row for row in range(1, len(values)) if values[row] is not None and values[row] != values[row - 1]]
    period = 0
    for a, b in pairwise(moved):
        period = gcd(period, b - a)
    return period, moved[0] if moved else 0


def _rising(rows: Sequence[Row]) -> list[Row]:
    """The rounds before the decay has come to its end, without those that wait for it to start."""
    if not rows:
        return []
    end = max((interval for _, interval in rows), key=lambda interval: interval.low)
    found: list[Row] = []
    for row, interval in rows:
        if interval.high >= end.low:
            if row == rows[-1][0]:
                found.append((row, interval))
            break
        found.append((row, interval))
    while len(found) > 2 and found[0][1].meets(found[1][1]) and found[0][1].meets(found[-1][1]) is False:
        del found[0]
    return found if len(found) > 1 else []


def _spread(rows: Sequence[Row], count: int) -> list[Row]:
    """Some of the rows, from the first to the last."""
    if len(rows) <= count:
        return list(rows)
    return [rows[round(k * (len(rows) - 1) / (count - 1))] for k in range(count)]


def _crossing(rising: Callable[[float], float], bound: float) -> float:
    """Where a function that rises between 0 and 64 comes to the bound."""
    low, high = 0.0, 64.0
    for _ in range(60):
        middle = (low + high) / 2
        try:
            under = rising(middle) < bound
        except (ValueError, ArithmeticError, TypeError):  # a negative number to a power is complex
            under = False
        low, high = (middle, high) if under else (low, middle)
    return (low + high) / 2
