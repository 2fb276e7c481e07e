"""A log: params, the shadows logged beside them, and the rounding of their cells."""

from __future__ import annotations

from functools import cached_property
from math import copysign, inf, isfinite
from typing import TYPE_CHECKING, Any

from ema_cli.check.tolerance import is_nearest
from ema_cli.core.dtypes import dtype
from ema_cli.identify.precision import BITS, LEAST, half_unit, held, places

if TYPE_CHECKING:
    from collections.abc import Sequence

_EDGE = 1e-9
"""Distance from half a unit of the last digit below which values are compared digit by digit."""

_ROUNDINGS = 2.5
"""Maximum rounding error of the operations of one update, in units in the last place."""


class Log:
    """A log, or a part of it.

    Args:
        params: The text of the param in each round.
        shadows: The text of the shadow after each round; empty where it was not logged.
        steps: The step of each round; None if there are none.
        times: Other columns that may say when a row was logged, by name.

    Attributes:
        params: The params.
        shadows: The logged shadows; None where there is none.
        units: Half a unit of the last digit of each shadow.
        param_units: The same of the params; zero where they have all digits of a type.
        types: The dtypes that the digits tell, the likeliest first.
        exact: Whether the shadows have all digits of the first of these types.
    """

    def __init__(
        self,
        params: Sequence[str],
        shadows: Sequence[str],
        steps: Sequence[Any] | None = None,
        times: dict[str, list[float]] | None = None,
    ) -> None:
        self.param_texts, self.texts = list(params), list(shadows)
        self.steps = None if steps is None else list(steps)
        self.times = times or {}
        self.params = list(map(float, params))
        self.shadows = [float(text) if text else None for text in shadows]
        self._places = places(self.texts)
        self.units = [half_unit(place) for place in self._places]
        told = held(self.texts, self._places)
        self.types, self.exact = told.names, told.exact
        good = places(self.param_texts)
        told = held(self.param_texts, good)
        self.param_units = [0.0 if told.exact and told.sure else half_unit(place) for place in good]
        self._in_dtype: dict[str, list[Any]] = {}

    def __len__(self) -> int:
        return len(self.params)

    @property
    def head(self) -> int:
        """The first row with a shadow."""
        return next((row for row, value in enumerate(self.shadows) if value is not None), 0)

    def part(self, first: int, last: int) -> Log:
        """Some of the rounds; what the digits say stays what all of them say."""
        other = object.__new__(Log)
        other.__dict__.update(self.__dict__)
        for name in ("compared", "_within"):
            other.__dict__.pop(name, None)
        other._in_dtype = {}
        for name in ("param_texts", "texts", "steps", "params", "shadows", "units", "param_units", "_places"):
            column = getattr(self, name)
            setattr(other, name, None if column is None else column[first:last])
        other.times = {name: column[first:last] for name, column in self.times.items()}
        return other

    def but(self, **columns: Any) -> Log:
        """Copy of the log with other columns, and without the times."""
        given = {"params": self.param_texts, "shadows": self.texts, "steps": self.steps}
        return Log(**(given | columns))

    @cached_property
    def compared(self) -> int:
        """Number of rounds with a logged shadow."""
        return sum(value is not None for value in self.shadows)

    @property
    def scale(self) -> float:
        """The largest number of the log."""
        return max((abs(x) for x in [*self.params, *self.shadows] if x is not None and isfinite(x)), default=0.0)

    def error(self, row: int, name: str) -> float:
        """The most that one update in a dtype is off by rounding."""
        known = (self.params[row], self.shadows[row] or 0.0, (self.shadows[row - 1] or 0.0) if row else 0.0)
        unit = 2.0 ** (1 - BITS[name])
        return _ROUNDINGS * unit * (max(map(abs, known)) + LEAST[name])

    def differing(self, shadows: Sequence[Any], name: str) -> list[int]:
        """The rows whose computed shadow is not the logged one: neither the value of its text, nor rounded to it.

        Args:
            shadows: The computed shadows.
            name: Their dtype. If the digits tell that it is this one, only the value of the text will do.
        """
        loaded, strict = self.loaded(name), self.exact and name in self.types
        suspect = [
            row for row, (value, own) in enumerate(zip(shadows, loaded, strict=False)) if value != own or not own
        ]
        if not strict:
            within = self._within
            suspect = [
                row for row in suspect if shadows[row] is None or not within[row][0] <= shadows[row] <= within[row][1]
            ]
        return [row for row in suspect if self.shadows[row] is not None and not self._gives(row, shadows[row], strict)]

    @cached_property
    def _within(self) -> list[tuple[float, float]]:
        """For each round the values that are rounded to the logged one beyond doubt."""
        slack = 1 - _EDGE
        return [
            (-inf, inf) if value is None else (value - unit * slack, value + unit * slack)
            for value, unit in zip(self.shadows, self.units, strict=True)
        ]

    def loaded(self, name: str) -> list[Any]:
        """The logged shadows in a dtype."""
        if name not in self._in_dtype:
            load = dtype(name).load
            self._in_dtype[name] = [None if value is None else load(value) for value in self.shadows]
        return self._in_dtype[name]

    def _gives(self, row: int, value: Any, strict: bool) -> bool:
        """True if a computed shadow gives the text of its row, though it is near the edge of what is rounded to it."""
        logged: Any = self.shadows[row]
        if value is None or value - value != 0:
            return value is not None and value != value and logged != logged
        if value == logged:
            return not strict or copysign(1, logged) == copysign(1, value)
        near = not strict and abs(value - logged) <= self.units[row] * (1 + _EDGE)
        return near and is_nearest(value, self.texts[row], self._places[row])

    def beyond(self, shadows: Sequence[Any], rows: Sequence[int], loose: Sequence[float]) -> bool:
        """True if a computed shadow of these rows is further from the logged one than its digits and `loose` allow."""
        for row in rows:
            value, logged = shadows[row], self.shadows[row]
            if value is None or logged is None or value - value != 0:
                return True
            if abs(value - logged) > (self.units[row] + loose[row]) * (1 + _EDGE):
                return True
        return False
