"""JSON records: conversion of values to cells, and `JsonLog`, the log in a document."""

from __future__ import annotations

from contextlib import contextmanager
from json import JSONDecoder, dumps
from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record
from ema_cli.errors import DataError, quoted
from ema_cli.reading.cells import is_numeric
from ema_cli.reading.column_names import is_computed, known_as

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, str | None]
"""A record with its values as texts of cells; None for null."""

FIRST = "[0]"
"""The key of the record in a list of one."""


class Written(str):
    """The text of a JSON number."""

    __slots__ = ()


class JsonLog(Record):
    """A log in a JSON document."""

    records: list[dict[str, Any]]
    keys: tuple[str, ...] = ()
    """The path of keys to the records."""
    named: bool = True
    """True if the keys of the records are names; False if they are column numbers."""
    sparse: bool = False
    """True if each column has its own steps, so that a missing value is not an update."""
    others: tuple[str, ...] = ()
    """The jq filters that print the shorter logs of the document."""
    filter: str = ""
    """The jq filter that reverses the records; may be empty."""

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
        """The jq filter that prints only this log."""
        parts = [key if key == FIRST else f".{key}" if key.isidentifier() else f'."{key}"' for key in self.keys]
        return f".{''.join(parts).removeprefix('.')}"


def is_cell(value: Any) -> bool:
    """True if a value is neither a list nor a record."""
    return not isinstance(value, list | dict)


def is_number(value: Any) -> bool:
    """True if a value decoded by DECODER is a number."""
    return isinstance(value, Written)


def is_metric(key: str, value: str | None) -> bool:
    """True if a value is numeric or missing (but not empty) and its key has no other known meaning than a param."""
    return bool(value) and is_numeric(value or "") and known_as(key) is None and not is_computed(key)


def has_metrics(record: Row) -> bool:
    """True if any value of a record may be a param by its key."""
    return any(is_metric(key, value) for key, value in record.items())


@contextmanager
def located(place: str) -> Iterator[None]:
    """Put the place before the text of JSON errors, such as a key that appears twice."""
    try:
        yield
    except DataError as error:
        raise DataError.of(error, f"{place}: ") from None
    except RecursionError:
        raise DataError(f"{place}: the JSON is nested too deeply") from None


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a record of keys and values.

    Raises:
        DataError: A key appears twice.
    """
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        raise DataError(f"key {quoted(next(key for key in keys if keys.count(key) > 1))} appears twice")
    return record


def cell(value: Any) -> str | None:
    """Convert a value to the text of a cell; numbers stay as written, null becomes None."""
    if value is None or isinstance(value, Written):
        return value
    if isinstance(value, str):  # an escape may leave half a surrogate pair
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
"""Decoder that keeps numbers as texts and refuses repeated keys."""


def row_of(record: dict[str, Any]) -> Row:
    """The cells of a record; nested records are flattened, with dots between the keys.

    Raises:
        DataError: Two cells have the same name.
    """
    within = [key for key, value in record.items() if value and isinstance(value, dict)]
    row = {key: cell(value) for key, value in record.items() if key not in within}
    for key in within:
        inner = {f"{key}.{name}": text for name, text in row_of(record[key]).items()}
        for twice in inner.keys() & row.keys():
            raise DataError(f"key {quoted(twice)} appears twice")
        row |= inner
    return row
