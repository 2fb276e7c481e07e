"""A log: params, the shadows that somebody's code wrote beside them, and the rounding of their cells."""

from __future__ import annotations

from math import copysign, isfinite
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
        held: The dtypes that could hold the shadows, the likely ones first.
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
        self.held = held(self.texts, self._places)
        self.exact = self.held.exact
        good = places(self.param_texts)
        self.param_held = held(self.param_texts, good)
        told = self.param_held.exact and self.param_held.sure
        self.param_units = [0.0 if told else half_unit(place) for place in good]

    def __len__(self) -> int:
        return len(self.params)

    def part(self, first: int, last: int) -> Log:
        """Some of the rounds; what the digits say stays what all of them say."""
        other = object.__new__(Log)
        other.__dict__.update(self.__dict__)
        for name in ("param_texts", "texts", "steps", "params", "shadows", "units", "param_units", "_places"):
            column = getattr(self, name)
            setattr(other, name, None if column is None else column[first:last])
        other.times = {name: column[first:last] for name, column in self.times.items()}
        return other

    def but(self, **columns: Any) -> Log:
        """Copy of the log with other columns."""
        given = {"params": self.param_texts, "shadows": self.texts, "steps": self.steps, "times": self.times}
        return Log(**(given | columns))

    @property
    def compared(self) -> int:
        """Number of rounds with a logged shadow."""
        return sum(value is not None for value in self.shadows)

    @property
    def types(self) -> list[str]:
        """The dtypes that are tried: those that the digits tell, or that the rule is used in."""
        return list(self.held.told) if self.exact else []

    def error(self, row: int, name: str) -> float:
        """The most that one update in a dtype is off by rounding."""
        known = (self.params[row], self.shadows[row] or 0.0, (self.shadows[row - 1] or 0.0) if row else 0.0)
        unit = 2.0 ** (1 - BITS[name])
        return _ROUNDINGS * unit * (max(map(abs, known)) + LEAST[name])

    def differing(self, shadows: Sequence[Any], name: str, loose: Sequence[float] | None = None) -> list[int]:
        """The rows whose computed shadow is not the logged one: neither the value of its text, nor rounded to it.

        Args:
            shadows: The computed shadows.
            name: Their dtype. If the digits tell that it is this one, only the value of the text will do.
            loose: What each round lets pass beside.
        """
        load = dtype(name).load
        strict = self.exact and name in self.held.told
        found = []
        for row, (value, logged) in enumerate(zip(shadows, self.shadows, strict=False)):
            if logged is None or (value == logged and logged):
                continue
            if value is None or value - value != 0:
                if value is None or value == value or logged == logged:
                    found.append(row)
                continue
            distance, more = abs(value - logged), loose[row] if loose is not None else 0.0
            if strict and not more:
                if load(logged) != value or (logged == 0 and copysign(1, logged) != copysign(1, value)):
                    found.append(row)
            elif (distance > (self.units[row] + more) * (1 + _EDGE) and load(logged) != value) or (
                distance > (self.units[row] + more) * (1 - _EDGE)
                and not more
                and load(logged) != value
                and not is_nearest(value, self.texts[row], self._places[row])
            ):
                found.append(row)
        return found

    @property
    def scale(self) -> float:
        """The largest number of the log."""
        numbers = [abs(x) for x in [*self.params, *self.shadows] if x is not None and isfinite(x)]
        return max(numbers, default=0.0)
