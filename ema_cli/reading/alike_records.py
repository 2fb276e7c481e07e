"""JSON Lines whose records are all written alike: the same keys in the same order, each with a number or a plain text.

Such lines are what CSV is, with other literals between the cells, and are read at once by the compiled core
(`reading/numeric_block.py`). Whatever differs anywhere in a block leaves it to the careful path.
"""

from __future__ import annotations

import re

from ema_cli.core.record import Record

_MEMBER = re.compile(
    r'\s*"(?P<key>[^"\\]*)"\s*:\s*(?:(?P<number>-?[0-9][0-9.eE+-]*)|"(?P<text>[^"\\]*)"|true|false|null)\s*(?P<end>[,}])'
)


class Alike(Record):
    """Template of a record."""

    literals: list[bytes]
    """Text before, between and after its cells."""
    keys: list[str]
    """The key of each cell."""
    numbers: list[int]
    """Cells that are numbers, not texts."""
    others: list[str]
    """The keys of what is the same in each record."""


def alike(line: str) -> Alike | None:
    """Template of the records of a line; None if a value is in brackets, or there is an escape in a text."""
    at = line.find("{") + 1
    literals: list[bytes] = []
    keys: list[str] = []
    numbers: list[int] = []
    others: list[str] = []
    start = 0
    end = ","
    while end == ",":
        member = _MEMBER.match(line, at)
        if member is None:
            return None
        kind = "number" if member["number"] is not None else "text"
        if member[kind] is None:
            others.append(member["key"])
        else:
            if kind == "number":
                numbers.append(len(keys))
            keys.append(member["key"])
            literals.append(line[start : member.start(kind)].encode())
            start = member.end(kind)
        at, end = member.end(), member["end"]
    literals.append(line[start:].encode() + b"\n")
    return Alike(literals, keys, numbers, others) if keys and not line[at:].strip() else None
