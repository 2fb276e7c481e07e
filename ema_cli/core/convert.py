"""Columns from elsewhere (arrays, Series, tensors, any sequence) as lists of plain numbers.

The packages that make them are neither needed nor known here: they are asked for their own conversion. A number of
theirs must not reach the arithmetic, which would then follow their rules: numpy's int64 overflows in silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.literals import LAST_STEP, shown
from ema_cli.core.numbers.values import exact_value, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable


_CONVERSIONS = ("tolist", "to_list", "to_pylist")
"""The names that numpy and pandas, polars, and pyarrow have for it."""


def plain(column: Iterable[Any]) -> list[Any]:
    """The values of a column, each as Python's own number where it can be one.

    >>> plain(range(3))
    [0, 1, 2]
    """
    convert = next((getattr(column, name) for name in _CONVERSIONS if hasattr(column, name)), None)
    values: Any = column if convert is None else convert()
    if isinstance(values, str | bytes) or not hasattr(values, "__iter__"):
        raise SettingError(f"params and steps are columns, such as [1.0, 2.0], not {shown(str(column))}")
    return list(values) if convert else list(map(_plain, values))


def _plain(value: Any) -> Any:
    """A number of another package as Python's own."""
    if not hasattr(value, "item"):
        return value
    try:
        return value.item()
    except (ValueError, RuntimeError):  # it is an array or a tensor of more than one
        raise SettingError(
            f"a param or a step is one number, not {shown(str(value))}; each param has an Average of its own"
        ) from None


def plain_steps(column: Iterable[Any], count: int, *, fractional: bool) -> list[Any]:
    """The steps of a column, whole numbers unless `fractional`; None where there is none.

    >>> plain_steps([0, 100.0, None], 3, fractional=False)
    [0, 100, None]
    """

    def step(value: Any) -> Any:
        if isinstance(value, int | float) and 0 <= value <= LAST_STEP:
            if fractional:
                return value
            if value == value // 1:
                return int(value)
        kind = "number" if fractional else "whole number"
        raise SettingError(f"a step is a {kind} from 0 to 2^63 - 1, not {shown(str(value))}")

    return [None if value is None else step(value) for value in matching("steps", column, count)]


def plain_times(column: Iterable[Any], count: int) -> list[Any]:
    """The times of a column: exact numbers; a date or a timestamp is its nanoseconds.

    >>> plain_times([1, "2.5"], 2)
    [1, Fraction(5, 2)]
    """

    def time(value: Any) -> Any:
        if isinstance(value, str):
            return exact_value(value)
        if isinstance(value, int | float) and value - value == 0:
            return value
        raise SettingError(f"a time is a number, not {shown(str(value))}")

    return [time(value) for value in matching("times", column, count)]


def plain_decays(column: Iterable[Any], count: int, *, exact: bool) -> list[Any]:
    """The decays of a column, None where there is none."""

    def decay(value: Any) -> Any:
        try:
            found = exact_value(str(value)) if exact else value_of(value)
            if 0 <= found <= 1:
                return found
        except (TypeError, ValueError):
            pass
        raise SettingError(f"a decay is a number from 0 to 1, not {shown(str(value))}")

    return [None if value is None else decay(value) for value in matching("decays", column, count)]


def matching(name: str, column: Iterable[Any], count: int, of: str = "params") -> list[Any]:
    """The values of a column, which must have one for each value of another."""
    values = plain(column)
    if len(values) != count:
        raise SettingError(f"there are {len(values)} {name} for {count} {of}; give one for each")
    return values
