"""JSON Lines whose records are all written alike: the same keys in the same order, each with a number or a plain text.

Such lines are what CSV is, with other literals between the cells, and are read at once by the compiled core
(`reading/numeric_block.py`). Whatever differs anywhere in a block leaves it to the careful path.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.core.record import Record
from ema_cli.reading.numeric_block import compiled_batch

if TYPE_CHECKING:
    from collections.abc import Set

    from ema_cli.reading.batch import Batch
    from ema_cli.reading.file_columns import Columns
    from ema_cli.reading.source import Block
    from ema_cli.reading.where import Where

Chosen = tuple[str | None, str | None, list[str], list[str]]
"""The keys of step, runs, params, and of what is passed through."""

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


class Fitted(Record):
    """Reads blocks whose records are all written as one was."""

    alike: Alike
    columns: Columns

    def batch(self, block: Block, where: Where | None) -> Batch | None:
        """The updates of a block that meet the conditions; None if a record is written otherwise."""
        columns, unread = self.columns, {self.columns.step, *self.columns.params}
        numeric = [place for place in self.alike.numbers if place not in unread]
        if where is not None:
            keys, judged = self.alike.keys, [where.names[place] for place in where.places]
            if not where.met or not {*judged} <= {*keys}:
                return None
            columns = columns.but(kept=(*columns.kept, *map(keys.index, judged)))
        batch = compiled_batch(block, block.data, columns, self.alike.literals, numeric)
        return batch if batch is None or where is None else where.picked(batch)


def fitted(line: str, columns: Columns, chosen: Chosen, seen: Set[str]) -> Fitted | None:
    """The reader of records like that of a line; None if it lacks a cell for a param, has runs, or an unknown key."""
    found = alike(line)
    if found is None or not seen >= {*found.keys, *found.others}:
        return None
    step, runs, params, kept = chosen
    places = {key: place for place, key in enumerate(found.keys)}
    if not {step, runs}.isdisjoint(found.others) or runs in places or not places.keys() >= {*params, *kept}:
        return None
    own = columns.but(
        width=len(places),
        step=None if step is None else places.get(step),
        params=tuple(map(places.__getitem__, params)),
        kept=tuple(map(places.__getitem__, kept)),
    )
    return Fitted(found, own)
