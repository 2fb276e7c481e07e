"""A log that was found in a JSON document: its records, and where they stand."""

from __future__ import annotations

from typing import Any

from ema_cli.core.record import Record
from ema_cli.reading.json_record import Written

Records = list[dict[str, Any]]

FIRST = "[0]"
"""The key of a record that stands alone in a list."""


class Log(Record):
    """The records of a document."""

    records: Records
    keys: tuple[str, ...] = ()
    """The keys that they stand under."""
    named: bool = True
    """True if they have names, and not numbers, for keys."""
    sparse: bool = False
    """True if a gap is no update: each column has steps of its own."""
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
