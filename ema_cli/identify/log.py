"""What a log says of the average that made it: the effective decay of each round, as far as the digits go."""

from __future__ import annotations

from math import copysign, frexp, inf, isfinite, log2
from typing import TYPE_CHECKING, Any, Self

from ema_cli.check.tolerance import is_nearest
from ema_cli.core.dtypes import dtype
from ema_cli.core.record import Record
from ema_cli.identify.precision import BITS, half_unit, held, places

if TYPE_CHECKING:
    from collections.abc import Sequence


_EDGE = 1e-9
"""What is closer than this to half a unit of the last digit is looked at digit by digit."""


class Between(Record):
    """An interval."""

    low: float
    high: float

    def meets(self, other: Between) -> bool:
        """Whether the two have a point in common."""
        return self.low <= other.high and other.low <= self.high

    def __contains__(self, x: float) -> bool:
        return self.low <= x <= self.high

    @property
    def middle(self) -> float:
        """Its middle."""
        return (self.low + self.high) / 2


class Evidence:
    """A log, or a part of it.

    Args:
        params: The value of the param in each round.
        texts: The shadow after each round, as it was logged; empty where it was not.
        steps: The step of each round; None if there are none.

    Attributes:
        values: The logged values.
        dtypes: The types that could hold all of them, the likely ones first.
        exact: Whether the log has all digits of the first of these types.
        decays: For each round the interval that its effective decay lies in; None where the round tells nothing.
        informative: How many rounds tell something.
    """

    def __init__(self, params: Sequence[float], texts: Sequence[str], steps: Sequence[Any] | None) -> None:
        self.params, self.texts, self.steps = list(params), list(texts), None if steps is None else list(steps)
        self.values = [float(text) if text else None for text in texts]
        good = places(self.texts)
        self._places = good
        self._tolerances = [half_unit(place) for place in good]
        self.dtypes = held(self.texts, good)
        self.exact = self.dtypes.exact
        # A shortest text tells the value of its type; any other only what rounds to it.
        types = [
            (2.0 ** (1 - BITS[name]), dtype(name).least) for name in self.dtypes[: 1 if self.dtypes.sure else None]
        ]
        self._error = max(error for error, _ in types)
        self._least = max(error * least for error, least in types)
        self._flushed = max((dtype(name).least for name in self.dtypes if name != "float16"), default=0.0)
        self.decays = self._decays()
        self._counted()

    def __len__(self) -> int:
        return len(self.params)

    def _counted(self) -> None:
        self.informative = sum(decay is not None for decay in self.decays)

    def compared(self, count: int | None = None) -> int:
        """How many of the first rounds, or of all, have a logged shadow."""
        return sum(value is not None for value in self.values[:count])

    def start(self, count: int) -> Self:
        """The first rounds alone: what the digits say is still what all of them say."""
        first = object.__new__(type(self))
        first.__dict__.update(self.__dict__)
        for name in ("params", "texts", "steps", "values", "decays", "_places", "_tolerances"):
            column = getattr(self, name)
            setattr(first, name, None if column is None else column[:count])
        first._counted()
        return first

    def turned(self) -> Self:
        """The same with the weights in the place of the decays."""
        other = self.start(len(self))
        other.decays = [None if one is None else Between(1 - one.high, 1 - one.low) for one in self.decays]
        return other

    def extended(self, params: Sequence[float], steps: Sequence[Any] | None) -> Self:
        """The same rounds and more, of which no shadow is known."""
        other = self.start(len(self))
        other.params = [*self.params, *params]
        other.steps = None if self.steps is None or steps is None else [*self.steps, *steps]
        return other

    @property
    def still(self) -> bool:
        """Whether the shadow never moves."""
        return len({value for value in self.values if value is not None}) == 1

    @property
    def bits(self) -> float:
        """How much the rounds tell, in bits: how unlikely it is that a decay between 0 and 1 lies in all intervals, and
        that a shadow which follows on rounds without one has its digits.
        """
        told = 0.0
        before: float | None = None
        for row, (value, interval) in enumerate(zip(self.values, self.decays, strict=True)):
            if interval is not None:
                told += min(max(-log2(max(interval.high - interval.low, 1e-300)), 0.0), 52.0)
            elif value is not None and before is None:
                scale = max(abs(self.params[row]), abs(value))
                error = self.tolerance(row) + self._error * scale + self._least
                told += min(max(log2(scale / error), 0.0), 24.0) if scale and row else 0.0
            before = value
        return told

    def tolerance(self, row: int) -> float:
        """Half a unit of the last digit that was logged."""
        return self._tolerances[row]

    def noise(self, row: int, felt: float = inf, unit: float | None = None) -> float:
        """How far a shadow that was computed in float64 may be from the logged one.

        Args:
            row: The round.
            felt: For how many rounds a rounding error is felt at the most.
            unit: A unit in the last place of 1, in the type of the shadow; None for the shortest likely one.
        """
        scale = max(abs(self.params[row]), abs(self.values[row] or 0.0))
        error = self._error if unit is None else unit
        return self.tolerance(row) + 4 * min(row + 1, felt) * (error * scale + self._least)

    def differing(self, shadows: Sequence[Any], name: str, loose: float = 0.0) -> list[int]:
        """The rows whose shadow is not the logged one: neither the value of its text, nor rounded to it.

        Args:
            shadows: The shadow of each row.
            name: Its dtype. If the digits tell that it is this one, only the value of the text will do.
            loose: What is let pass beside.
        """
        load = dtype(name).load  # a log flushes nothing
        strict = self.exact and name in self.dtypes.told
        columns = zip(shadows, self.values, self._tolerances, strict=False)
        doubtful = [
            row
            for row, (value, logged, tolerance) in enumerate(columns)
            if logged is not None
            and (value is None or not logged or strict or not abs(value - logged) < tolerance * (1 - _EDGE) + loose)
        ]
        return [row for row in doubtful if not self._agrees(row, shadows[row], load, strict, loose)]

    def _agrees(self, row: int, value: Any, load: Any, strict: bool, loose: float) -> bool:
        logged = self.values[row]
        if value is None or logged is None:
            return False
        if load(logged) == value:
            return bool(logged != 0 or not self.exact or copysign(1, logged) == copysign(1, value))
        if value - value != 0:
            return bool(value != value and logged != logged)
        if strict or not abs(value - logged) <= self._tolerances[row] * (1 + _EDGE) + loose:
            return False
        return bool(loose) or is_nearest(value, self.texts[row], self._places[row])

    def _decays(self) -> list[Between | None]:
        """(shadow' - param) / (shadow - param), with what the rounding of the log and of the dtype leaves open."""
        found: list[Between | None] = []
        before: float | None = None
        unsure = 0.0
        rounding, least = 2 * self._error, 4 * self._least
        for param, after, tolerance in zip(self.params, self.values, self._tolerances, strict=True):
            interval = None
            if before is not None and after is not None and isfinite(param - before) and isfinite(after):
                scale = max(abs(before), abs(param), abs(after))
                error = rounding * scale + tolerance + unsure + least
                if not after or not before:  # which may have been flushed
                    error += self._flushed
                distance = before - param
                if abs(distance) > 4 * error:
                    decay = (after - param) / distance
                    slack = error * (1 + abs(decay)) / (abs(distance) - error)
                    interval = Between(decay - slack, decay + slack)
            found.append(interval)
            before, unsure = after, tolerance
        return found


def common(intervals: Sequence[Between | None]) -> Between | None:
    """What all of the intervals have in common; None if that is nothing, or if there are none."""
    known = [interval for interval in intervals if interval is not None]
    if not known:
        return None
    low, high = max(one.low for one in known), min(one.high for one in known)
    return Between(low, high) if low <= high else None


def shortest_in(interval: Between) -> float | None:
    """The number of the fewest digits in an interval.

    >>> shortest_in(Between(0.98763, 0.98771))
    0.9877
    """
    middle = interval.middle
    if not -inf < middle < inf:
        return None
    for digits in range(1, 18):
        near = float(f"{middle:.{digits}g}")
        if near in interval:
            return near
        rest = 1 - float(f"{1 - middle:.{digits}g}")  # 0.9998 has as few digits as 0.0002
        if rest in interval and frexp(middle)[1] == 0:
            return float(f"{rest:.15g}")
    return middle
