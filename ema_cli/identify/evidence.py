"""What a log says of the average that made it: digits, dtypes, and the effective decay of each round."""

from __future__ import annotations

from math import copysign, frexp, inf, isfinite
from typing import TYPE_CHECKING, Any

from ema_cli.core.dtypes import dtype
from ema_cli.core.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

DTYPES = ("bfloat16", "float16", "float32", "float64")
"""From the shortest on: a log whose values a short type can hold was hardly made by a longer one."""

_DIGITS = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}


class Between(Record):
    """An interval."""

    low: float
    high: float

    def meets(self, other: Between) -> bool:
        """Whether the two have a point in common."""
        return self.low <= other.high and other.low <= self.high

    def __contains__(self, x: float) -> bool:
        return self.low <= x <= self.high


class Evidence:
    """A log, or the start of it.

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
        self._places = _places(self.texts)
        self.dtypes = self._dtypes()
        self.exact = self.dtypes[0] != "float64" or max(map(_significant, self.texts), default=0) >= 14
        # A shortest text tells the value of its type; any other only what rounds to it.
        self._error = 2.0 ** (1 - _DIGITS[self.dtypes[0]])
        self._least = dtype(self.dtypes[0]).least * self._error
        self.decays = self._decays()
        self.informative = sum(decay is not None for decay in self.decays)

    def __len__(self) -> int:
        return len(self.params)

    def start(self, count: int) -> Evidence:
        """The first rounds alone."""
        return Evidence(self.params[:count], self.texts[:count], None if self.steps is None else self.steps[:count])

    def tolerance(self, row: int) -> float:
        """Half a unit of the last digit that was logged."""
        return 0.5 * 10.0 ** -self._places[row] if self._places[row] < 300 else 0.0

    def agrees(self, row: int, value: Any, load: Any, loose: float = 0.0) -> bool:
        """Whether a shadow agrees with the logged one: it is the value of its text, or rounds to it."""
        logged = self.values[row]
        if logged is None:
            return True
        if value is None:
            return False
        if bool(load(logged) == value):
            return logged != 0 or not self.exact or copysign(1, logged) == copysign(1, value)
        if value - value != 0:
            return bool(value != value and logged != logged)
        distance = abs(value - logged)
        return bool(distance <= self.tolerance(row) * (1 + 1e-9) + loose)

    def _dtypes(self) -> list[str]:
        values = [value for value in self.values if value is not None and isfinite(value)]
        found = []
        digits = max(map(_significant, self.texts), default=0)
        for name in DTYPES:
            num = dtype(name)
            whole = all(num.round(value) == value for value in values)  # as a double prints it
            # Every text of up to seven digits is the shortest one of some float32: such a log is a rounded one.
            told = name in ("float16", "bfloat16") or (name == "float32" and digits > 7)
            if whole or (told and all(map(_is_shortest(name), self.texts))):
                found.append(name)
        return found or ["float64", "float32"]

    def _decays(self) -> list[Between | None]:
        """(shadow' - param) / (shadow - param), with what the rounding of the log and of the dtype leaves open."""
        found: list[Between | None] = []
        before: float | None = None
        at = 0
        for row, (param, after) in enumerate(zip(self.params, self.values, strict=True)):
            interval = None
            if before is not None and after is not None and isfinite(param - before) and isfinite(after):
                scale = max(abs(before), abs(param), abs(after))
                error = 2 * self._error * scale + self.tolerance(row) + self.tolerance(at) + 4 * self._least
                distance = before - param
                if abs(distance) > 4 * error:
                    decay = (after - param) / distance
                    slack = error * (1 + abs(decay)) / (abs(distance) - error)
                    interval = Between(decay - slack, decay + slack)
            found.append(interval)
            before, at = after, row
        return found


def _significant(text: str) -> int:
    return len(text.lower().partition("e")[0].replace(".", "").lstrip("+-0"))


def _places(texts: Sequence[str]) -> list[int]:
    """How many places behind the point each text is good for: trailing zeros may have been dropped, so a short text
    has the places that the column has, or the significant digits.
    """
    from ema_cli.check import decimals

    numbers = [text for text in texts if text]
    if not numbers:
        return [0] * len(texts)
    most = max(map(decimals, numbers))
    digits = max(map(_significant, numbers))
    found = []
    for text in texts:
        value = float(text) if text else 0.0
        exponent = int(f"{value:e}".partition("e")[2]) if value and isfinite(value) else -most
        found.append(max(min(most, digits - 1 - exponent), decimals(text) if text else 0))
    return found


def _is_shortest(name: str) -> Any:
    """Whether a text is the shortest one of a value of the dtype."""
    from ema_cli.output.numbers import shortest

    num = dtype(name)
    write = shortest(num)
    least = {"float32": 3, "float16": 2, "bfloat16": 1}[name]

    def is_shortest(text: str) -> bool:
        if not text or _significant(text) < least:
            return True
        value = float(text)
        return isfinite(num.round(value)) and float(write(num.round(value))) == value

    return is_shortest


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
    middle = (interval.low + interval.high) / 2
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
