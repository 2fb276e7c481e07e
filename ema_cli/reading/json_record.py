"""JSON records: their values as the texts of cells, and the log that the records of a document make."""

from __future__ import annotations

from contextlib import contextmanager
from json import JSONDecoder, dumps
from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record
from ema_cli.errors import DataError, shown
from ema_cli.reading.cells import is_numeric
from ema_cli.reading.column_names import is_computed, known_as

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, str | None]
"""A record, its values as the texts of cells; None for null."""


FIRST = "[0]"
"""The key of a record that stands alone in a list."""


class Written(str):
    """A number as it was written."""

    __slots__ = ()


class JsonLog(Record):
    """The records of a document."""

    records: list[dict[str, Any]]
    keys: tuple[str, ...] = ()
    """The keys that they stand under."""
    named: bool = True
    """True if they have names, and not numbers, for keys."""
    sparse: bool = False
    """True if a gap is not an update: each column has steps of its own."""
    others: tuple[str, ...] = ()
    """The filters of jq that print the other logs of the document."""
    filter: str = ""
    """The jq filter that reverses its records; may be empty."""

    @property
    def turned(self) -> str:
        """The command that prints the records in reverse; may be empty."""
        return f"jq '{self.path} | {self.filter}' FILE" if self.filter else ""

    @property
    def place(self) -> str:
        """The keys, for messages."""
        return ".".join(key for key in self.keys if key != FIRST)

    @property
    def path(self) -> str:
        """The filter of jq that prints the log alone."""
        parts = [key if key == FIRST else f".{key}" if key.isidentifier() else f'."{key}"' for key in self.keys]
        return f".{''.join(parts).removeprefix('.')}"


def is_cell(value: Any) -> bool:
    """True if a value is neither a list nor a record."""
    return not isinstance(value, list | dict)


def is_number(value: Any) -> bool:
    """True if a value is a number, which stands here as the text that was written."""
    return isinstance(value, Written)


def is_metric(key: str, value: str | None) -> bool:
    """True if a value is a number, and its key the name of nothing else than a param."""
    return bool(value) and is_numeric(value or "") and known_as(key) is None and not is_computed(key)


def has_metrics(record: Row) -> bool:
    """True if a record has a param, as far as names tell."""
    return any(is_metric(key, value) for key, value in record.items())


@contextmanager
def located(place: str) -> Iterator[None]:
    """Name the place in errors of JSON, such as a key that appears twice."""
    try:
        yield
    except DataError as error:
        raise DataError.of(error, f"{place}: ") from None
    except RecursionError:
        raise DataError(f"{place}: the JSON is nested too deeply") from None


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A record of these keys and values.

    Raises:
        DataError: A key appears twice.
    """
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _twice(next(key for key in keys if keys.count(key) > 1))
    return record


def _twice(key: str) -> DataError:
    return DataError(f"key {shown(key)} appears twice")


def cell(value: Any) -> str | None:
    """A value as the text of a cell, a number as it was written; None for null."""
    if value is None or isinstance(value, Written):
        return value
    if isinstance(value, str):  # half of a surrogate pair, which only an escape can bring in, cannot be encoded
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{dumps(key)}: {_json(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(map(_json, value)) + "]"


def _json(value: Any) -> str:
    """A value as JSON."""
    if isinstance(value, str) and not isinstance(value, Written):
        return dumps(value)
    return cell(value) or "null"


DECODER = JSONDecoder(parse_float=Written, parse_int=Written, parse_constant=Written, object_pairs_hook=unique)
"""Reads numbers as they were written, and no key twice."""


def row_of(record: dict[str, Any]) -> Row:
    """The cells of a record; those of a record within have the names of both, parted by a dot.

    Raises:
        DataError: Two cells have the same name.
    """
    within = [key for key, value in record.items() if value and isinstance(value, dict)]
    row = {key: cell(value) for key, value in record.items() if key not in within}
    for key in within:
        inner = {f"{key}.{name}": text for name, text in row_of(record[key]).items()}
        for twice in inner.keys() & row.keys():
            raise _twice(twice)
        row |= inner
    return row
