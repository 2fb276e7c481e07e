"""Fast path: blocks of plain numbers whose lines all have one format are read at once, column by column.

JSON Lines with the same keys in the same order are read like CSV, with other literals between the cells. A block with
anything unusual or wrong is left to the careful path of its reader (`_careful`), which accepts all that this path does
and more, and reports errors with their place.
"""

from __future__ import annotations

import re
from array import array
from typing import TYPE_CHECKING, Any

from ema_cli.core.compiled_loops import compiled
from ema_cli.core.record import Record
from ema_cli.reading.batch import Batch, Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.reading.file_columns import Columns
    from ema_cli.reading.source import Block

_PLAIN = b"0123456789.eE+-"
_PLAIN_TEXT = frozenset(_PLAIN.decode())


def plain_batch(block: Block, columns: Columns, delimiter: str) -> Batch | None:
    """Read a block of plain numbers; None if it has anything else."""
    data = block.data.replace(b"\r\n", b"\n") if b"\r" in block.data else block.data
    if delimiter == " ":  # cells may be separated by several spaces, and lines indented
        data = b"\n".join([b" ".join(line.split()) for line in data.split(b"\n")])
    first = data[: data.find(b"\n")].split(delimiter.encode())
    if len(first) != columns.width:
        return None
    found = compiled_batch(block, data, columns, _between(first, delimiter.encode()))
    return found or _split(block, data, columns, delimiter)


def _between(cells: Sequence[bytes], mark: bytes) -> tuple[bytes, ...]:
    r"""Literals before, between and after the cells of a line; some cells may be quoted.

    >>> _between([b'"a"', b"1", b'"2"'], b",")
    (b'"', b'",', b',"', b'"\n')
    """
    quotes = [b"", *(b'"' if cell[:1] == b'"' else b"" for cell in cells), b""]
    marks = [b"", *[mark] * (len(cells) - 1), b"\n"]
    return tuple(before + own + behind for before, own, behind in zip(quotes, marks, quotes[1:], strict=False))


def compiled_batch(
    block: Block, data: bytes, columns: Columns, literals: Sequence[bytes], numeric: Sequence[int] = ()
) -> Lines | None:
    """Read a block whose lines have the same literals with the compiled core; None if it cannot.

    Args:
        block: The block, for the places of its lines.
        data: The lines, which may differ from the block's in spaces and line endings.
        columns: The places of the step, the params and the columns passed through.
        literals: The text before, between and after the cells of a line.
        numeric: Other cells that must be numbers.
    """
    core = compiled(len(data))
    if core is None or columns.step in columns.params:
        return None
    rows, width = block.lines, columns.width
    empty = bytes(8 * rows)
    targets: list[Any] = [None] * width
    for place in (*columns.params, *numeric):
        targets[place] = array("d", empty)
    if columns.step is not None:
        targets[columns.step] = array("q", empty)
    spans = array("i", empty) * width
    if core.parse(data, tuple(literals), tuple(targets), spans) != rows:
        return None
    steps = None if columns.step is None else targets[columns.step]
    values = [targets[place] for place in columns.params]
    return Lines(steps, values, _places(block), data, spans, literals, columns)


def _split(block: Block, data: bytes, columns: Columns, delimiter: str) -> Batch | None:
    """Read a block in Python; columns that are not read as numbers may hold unquoted text."""
    width = columns.width
    rest = data.translate(None, _PLAIN)
    plain = rest == (delimiter.encode() * (width - 1) + b"\n") * (len(rest) // width)
    if not plain and not _is_even(data, columns, delimiter):
        return None
    cells = data.decode().replace("\n", delimiter).split(delimiter)
    cells.pop()
    step_texts = None if columns.step is None else cells[columns.step :: width]
    texts = [cells[place::width] for place in columns.params]
    if not (plain or all(_PLAIN_TEXT.issuperset("".join(column)) for column in (step_texts or (), *texts))):
        return None
    try:
        whole = [*map(int, step_texts or ())]
        steps = None if step_texts is None else array("q", whole)
        values = [array("d", map(float, column)) for column in texts]
    except (ValueError, OverflowError):  # a cell is not a number, or a step is not whole or has more than 64 bits
        return None
    if min(whole, default=0) < 0 or any(total - total != 0 for total in map(sum, values)):
        return None
    kept = [[cell.strip(" \t") for cell in cells[place::width]] for place in columns.kept]
    return Batch(steps, step_texts, texts, values, kept, _places(block), complete=True)


def _is_even(data: bytes, columns: Columns, delimiter: str) -> bool:
    """True if each line has the expected number of cells, and none is quoted or otherwise odd."""
    if columns.width == 1 or delimiter == " " or b'"' in data or not data.isascii():
        return False
    mark, count = delimiter.encode(), columns.width - 1
    return all(line.count(mark) == count for line in data.split(b"\n")[:-1])


def _places(block: Block) -> Any:
    name, first = block.source, block.line
    return lambda row: f"{name}:{first + row}"


_MEMBER = (
    r'\s*"(?P<key>[^"\\]*)"\s*:\s*(?:(?P<number>-?[0-9][0-9.eE+-]*)|"(?P<text>[^"\\]*)"|true|false|null)'
    r"\s*(?P<end>[,}])"
)


class Template(Record):
    """Format of a record; reads blocks whose records all have this format."""

    literals: list[bytes]
    """Text before, between and after the cells."""
    keys: list[str]
    """The key of each cell."""
    numbers: list[int]
    """Indices of the cells that are numbers, not texts."""
    others: list[str]
    """Keys whose value (true, false or null) is part of the literals, so the same in each record."""

    def batch(self, block: Block, columns: Columns, keys: Sequence[str]) -> Batch | None:
        """Read a block; None if a record has another format, lacks a cell for a column, or has runs. Each column has
        one of these keys.
        """
        places = {key: place for place, key in enumerate(self.keys)}
        step, runs = (None if place is None else keys[place] for place in (columns.step, columns.runs))
        if not {step, runs}.isdisjoint(self.others) or runs in places:
            return None
        if not places.keys() >= {keys[place] for place in (*columns.params, *columns.kept)}:
            return None
        own = columns.but(
            heads=tuple(self.keys),
            step=None if step is None else places.get(step),
            params=tuple(places[keys[place]] for place in columns.params),
            kept=tuple(places[keys[place]] for place in columns.kept),
        )
        numeric = [place for place in self.numbers if place not in (own.step, *own.params)]
        return compiled_batch(block, block.data, own, self.literals, numeric)


def template_of(line: str) -> Template | None:
    """Template of a line; None if a value is a list or a record, or a text has an escape."""
    at = line.find("{") + 1
    literals: list[bytes] = []
    keys: list[str] = []
    numbers: list[int] = []
    others: list[str] = []
    start, end, pattern = 0, ",", re.compile(_MEMBER)
    while end == ",":
        member = pattern.match(line, at)
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
    return Template(literals, keys, numbers, others) if keys and not line[at:].strip() else None
