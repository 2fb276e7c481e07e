"""Smooth a whole column (a list, an array, a data frame's Series) that may hold several series."""

from __future__ import annotations

from itertools import chain, compress
from typing import TYPE_CHECKING, Any

from ema_cli.core.array_likes import matching, plain, plain_times
from ema_cli.core.average import Average
from ema_cli.core.catalogue import spanned_rule
from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.literals import quoted
from ema_cli.core.typed_columns import take_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MISSING = ("error", "skip", "hold", "rule")


def smooth(
    values: Iterable[Any],
    steps: Iterable[Any] | None = None,
    times: Iterable[Any] | None = None,
    by: Iterable[Any] | None = None,
    missing: str = "error",
    **settings: Any,
) -> Any:
    """Smooth a column: the shadow after each value, in the order of the values.

    >>> smooth([1, 2, 3], rule="fixed", decay=0.5, initial="first")
    [1.0, 1.5, 2.25]
    >>> smooth([1, 10, 3, 10], by=["a", "b", "a", "b"], rule="fixed", decay=0.5, initial="first")
    [1.0, 10.0, 2.0, 10.0]

    Args:
        values: The params: a list, a numpy array, a column of pandas, polars or pyarrow, ...
        steps: The rule's counter for each value, between 0 and 2^63 - 1.
        times: The time of each value, non-decreasing within a series. The default rule is then `elapsed`.
        by: The series that each value belongs to. Each series has its own average.
        missing: The treatment of a value that is None, NaN or infinite: error; skip (no round); hold (repeat the last
            value); or rule (the rule's own treatment).
        **settings: The settings of `Average`.

    Returns:
        A numpy array for an array or a column of a data frame, with NaN where there is no shadow yet; otherwise, and
        always in exact arithmetic, a list with None there.

    Raises:
        SettingError: A setting or a value is invalid.
    """
    if missing not in _MISSING:
        raise SettingError(f"missing must be {' or '.join(_MISSING)}, not {quoted(str(missing))}")
    settings = ({} if times is None else {"rule": "elapsed"}) | settings
    column, average = plain(values), Average(**settings)
    series = _series(by, len(column))
    order = [*chain.from_iterable(series)]
    params = [*chain.from_iterable(_present([column[row] for row in rows], rows, missing) for rows in series)]
    counters = None if steps is None else take_rows(matching("steps", steps, len(column), "values"), order)
    clock = None if times is None else take_rows(plain_times(times, len(column), average), order)
    if average.rule.span:
        present = [param is not None for param in params]
        places = clock or counters
        there = range(sum(present)) if places is None else compress(places, present)
        settings["rule"] = spanned_rule(settings["rule"], there)
        average = Average(**settings)
    rounds = average.advance(params, counters, clock, rows=range(len(series)), lengths=[*map(len, series)])
    if "initial" not in settings:  # there is no shadow before the first param
        rounds.hide_gaps()
    shadows: list[Any] = [None] * len(column)
    for row, shadow in zip(order, rounds.shadows, strict=True):
        shadows[row] = shadow
    return _like(values, shadows) if average.dtype.digits is not None else shadows


def _series(by: Iterable[Any] | None, count: int) -> Sequence[Sequence[int]]:
    """The rows of each series, in order."""
    if by is None:
        return [range(count)]
    rows: dict[Any, list[int]] = {}
    for row, key in enumerate(matching("keys in by", by, count, "values")):
        rows.setdefault(None if key != key else key, []).append(row)
    return [*rows.values()] or [()]


def _present(params: list[Any], rows: Sequence[int], missing: str) -> list[Any]:
    """The params with missing values treated as asked: None skips the round."""
    last = None
    for place, param in enumerate(params):
        if param is not None and (isinstance(param, str) or not hasattr(param, "__sub__") or param - param == 0):
            last = param
        elif missing == "error":
            raise SettingError(f"value {rows[place]} is {param}", "missing= may be skip, hold or rule")
        elif missing == "hold":
            if last is None:
                raise SettingError(f"value {rows[place]} is {param}, and there is no value before it to hold")
            params[place] = last
        elif missing == "skip":
            params[place] = None
        else:
            params[place] = float("nan") if param is None else param
    return params


def _like(values: Iterable[Any], shadows: list[Any]) -> Any:
    """The shadows as a numpy array, if the values are an array or a column of a data frame."""
    if not hasattr(values, "__array__"):
        return shadows
    import numpy as np

    return np.array([float("nan") if shadow is None else shadow for shadow in shadows])
