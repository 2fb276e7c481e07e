"""Convert values from the user's tests to columns: lists, arrays, tensors, frames, or a state dict for each round.

No package is imported: the methods of the values do the conversion.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.dtypes import DTYPES
from ema_cli.core.numbers.literals import quoted
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Columns(Record):
    """Columns of numbers or texts, one for each param."""

    names: list[str]
    """The name of each param; empty texts if the values have no names."""
    values: list[list[Any]]
    dtype: str | None
    """The dtype of an array or a tensor; None if an average can't have it."""


def columns(values: Any) -> Columns:
    """Convert values to columns: a single one, or one for each element of a round.

    >>> columns([1.0, 2.0]).values, columns([[1.0, 8.0], [2.0, 9.0]]).values
    ([[1.0, 2.0]], [[1.0, 2.0], [8.0, 9.0]])
    >>> columns([{"w": [1.0, 2.0], "b": 3.0}]).names
    ['w[0]', 'w[1]', 'b']

    Raises:
        SettingError: The values are not a column, or their rounds have different numbers of elements.
    """
    kind = _dtype(values)
    names = [str(name) for name in values.columns] if hasattr(values, "columns") else []
    listed = _listed(values.to_numpy() if hasattr(values, "columns") and hasattr(values, "to_numpy") else values)
    if not isinstance(listed, list):
        raise SettingError(f"values are a column, such as [1.0, 2.0], not {quoted(str(values))}")
    rows = []
    for row in listed:
        kind = kind or _dtype(row)
        found = list(_elements(row, ""))
        kind = kind or next((own for _, _, own in found if own), None)
        rows.append(found)
    if len({len(row) for row in rows}) > 1:
        raise SettingError("each round must have the same number of values")
    labels = [name for name, _, _ in rows[0]] if rows else []
    if len(names) == len(labels):
        labels = names
    return Columns(labels, [[row[k][1] for row in rows] for k in range(len(labels))], kind)


def _elements(value: Any, name: str) -> Iterator[tuple[str, Any, str | None]]:
    """The numbers of one round, each with its name and its dtype."""
    if isinstance(value, Mapping):
        for key, own in value.items():
            yield from _elements(own, f"{name}.{key}" if name else str(key))
        return
    kind, plain = _dtype(value), _listed(value)
    if isinstance(plain, list):
        for place, own in enumerate(plain):
            yield from ((label, one, kind or more) for label, one, more in _elements(own, f"{name}[{place}]"))
        return
    yield name, plain, kind


def _listed(values: Any) -> Any:
    """Convert values to nested lists of Python numbers; a single number stays as it is."""
    if hasattr(values, "detach"):  # a tensor, which may require a gradient or be on another device
        values = values.detach().cpu()
        values = values.float() if str(values.dtype).endswith("bfloat16") else values
    if str(getattr(values, "dtype", "")).startswith("datetime64["):
        values = values.astype("datetime64[us]")  # so that its items become Python dates
    if hasattr(values, "tolist"):
        values = values.tolist()
        return [None if str(one) == "<NA>" else one for one in values] if isinstance(values, list) else values
    if isinstance(values, (str, bytes, Mapping)) or not hasattr(values, "__iter__"):
        return values
    return list(values)


def _dtype(values: Any) -> str | None:
    name = str(getattr(values, "dtype", "")).rpartition(".")[2]
    return name if name in DTYPES else None


def numbers_of(values: Any) -> list[Any] | None:
    """Convert steps or times to Python numbers; dates to seconds, in UTC unless they have a time zone. None stays None.

    >>> from datetime import date
    >>> numbers_of([date(1970, 1, 2), 5])
    [86400.0, 5]
    """
    return None if values is None else [_seconds(value) for value in _listed(values)]


def _seconds(value: Any) -> Any:
    if not hasattr(value, "toordinal"):
        return value
    own = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    return (own if own.tzinfo is not None else own.replace(tzinfo=UTC)).timestamp()


def texts(column: Iterable[Any]) -> list[str]:
    """Convert numbers to texts that read back to the same value; None becomes blank."""
    return ["" if value is None else value if isinstance(value, str) else repr(value) for value in column]
