"""Convert columns of other packages (arrays, Series, tensors, any sequence) to lists of plain Python numbers.

The packages are not imported here: each object is asked for its own conversion. Their numbers must not reach the
arithmetic, which would then follow their rules: numpy's int64 overflows silently.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.decay_setting import TimedHalfLife
from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.literals import LAST_STEP, fraction, is_value, quoted
from ema_cli.core.numbers.values import exact_value, value_of
from ema_cli.core.timestamps import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ema_cli.core.average import Average


_CONVERSIONS = ("tolist", "to_list", "to_pylist")
"""Names of the conversion method: in numpy and pandas, in polars, and in pyarrow."""


def plain(column: Iterable[Any]) -> list[Any]:
    """The values of a column as a list; numbers become Python numbers.

    >>> plain(range(3))
    [0, 1, 2]
    """
    convert = next((getattr(column, name) for name in _CONVERSIONS if hasattr(column, name)), None)
    values: Any = column if convert is None else convert()
    if isinstance(values, str | bytes) or not hasattr(values, "__iter__"):
        raise SettingError(f"params and steps are columns, such as [1.0, 2.0], not {quoted(str(column))}")
    numbers = list(values) if convert else list(map(_plain, values))
    if "NAType" in {kind.__name__ for kind in set(map(type, numbers))}:
        numbers = [None if str(value) == "<NA>" else value for value in numbers]
    return numbers


def _plain(value: Any) -> Any:
    """Convert a number of another package to a Python number."""
    if not hasattr(value, "item"):
        return value
    try:
        return value.item()
    except (ValueError, RuntimeError):  # an array or a tensor with several elements
        raise SettingError(
            f"a param or a step is one number, not {quoted(str(value))}; each param needs its own Average"
        ) from None


def plain_steps(column: Iterable[Any], count: int, *, fractional: bool) -> list[Any]:
    """Check a column of steps: whole numbers unless `fractional`, or None for an update without a step.

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
        raise SettingError(f"a step is a {kind} from 0 to 2^63 - 1, not {quoted(str(value))}")

    return [None if value is None else step(value) for value in matching("steps", column, count)]


def plain_times(column: Iterable[Any], count: int, average: Average) -> list[Any]:
    """Convert a column of times to exact numbers. Dates become nanoseconds, or seconds if the rule's unit is seconds.

    >>> from ema_cli import Average
    >>> plain_times([1, "2.5"], 2, Average(0.9, rule="elapsed"))
    [1, Fraction(5, 2)]
    """
    kinds: set[bool | None] = set()  # for a date, True if it has a time zone; None for a number
    own = False if str(getattr(column, "dtype", "")) == "datetime64[ns]" else None  # its dates convert to integers

    def time(value: Any) -> Any:
        text = value.isoformat() if hasattr(value, "isoformat") else value
        number_and_kind: tuple[Any, bool | None] | None
        if isinstance(text, str):
            number_and_kind = (fraction(text), None) if is_value(text) else nanoseconds(text)
        else:
            is_number = isinstance(value, float) or hasattr(value, "numerator")
            number_and_kind = (value, own) if is_number and value - value == 0 else None
        if number_and_kind is None:
            raise SettingError(f"a time is a number or a date, not {quoted(str(value))}")
        kinds.add(number_and_kind[1])
        return number_and_kind[0]

    times = [time(value) for value in matching("times", column, count)]
    if len(kinds) > 1:
        raise SettingError("times are all numbers, all dates with a time zone, or all dates without one")
    if kinds <= {None} or isinstance(average.stated, TimedHalfLife):
        return times
    if average.takes_time:
        raise SettingError("the times are dates", "give the half-life in time, such as half_life='5min'")
    return [fraction(f"{time}e-9") for time in times]


def plain_decays(column: Iterable[Any], count: int, *, exact: bool) -> list[Any]:
    """Check a column of decays: numbers from 0 to 1, or None to skip the round."""

    def decay(value: Any) -> Any:
        try:
            number = exact_value(str(value)) if exact else value_of(value)
            if 0 <= number <= 1:
                return number
        except (TypeError, ValueError):
            pass
        raise SettingError(f"a decay is a number from 0 to 1, not {quoted(str(value))}")

    return [None if value is None else decay(value) for value in matching("decays", column, count)]


def matching(name: str, column: Iterable[Any], count: int, of: str = "params") -> list[Any]:
    """The values of a column, which must number `count`: one for each of the `of`."""
    values = plain(column)
    if len(values) != count:
        raise SettingError(f"there are {len(values)} {name} for {count} {of}; give one for each")
    return values
