"""Blocks that hold nothing but plain numbers: read at once, column by column.

Whatever is odd about a block, and whatever is wrong in it, is left to the careful path (`reading/delimited.py`), which
accepts the same and more, and names what it refuses.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from ema_cli.reading.batch import Batch, Lines

if TYPE_CHECKING:
    from ema_cli.reading.column_roles import Columns
    from ema_cli.reading.source import Block

MANY = 8192
"""So many bytes are worth looking for orjson."""

_PLAIN = b"0123456789.eE+-"


def plain_batch(block: Block, columns: Columns, delimiter: str, *, json: bool = False) -> Batch | None:
    """The updates of a block of plain numbers, or of numbers as JSON has them; None if it is anything else."""
    data = block.data.replace(b"\r\n", b"\n") if b"\r" in block.data else block.data
    width = columns.width
    marks = delimiter.encode() * (width - 1) + b"\n"
    rest = data.translate(None, _PLAIN)
    rows, odd = divmod(len(rest), width)
    if odd or rest != marks * rows:
        return None
    text = data.decode("ascii")
    try:
        steps, values = _numbers(data, text, columns, delimiter, json)
    except (ValueError, TypeError, OverflowError):
        return None
    if any(total - total != 0 for total in map(sum, values)):  # a number may be past the range of float64
        return None
    name, line = block.source, block.line

    def where(row: int) -> str:
        return f"{name}:{line + row}"

    if steps is not None and (columns.step, *columns.params) == tuple(range(width)):
        return Lines(steps, values, where, data, delimiter)
    cells = _cells(text, delimiter)
    step_texts = None if columns.step is None else cells[columns.step :: width]
    texts = [cells[place::width] for place in columns.params]
    kept = [cells[place::width] for place in columns.kept]
    return Batch(steps, step_texts, texts, values, kept, where, complete=True)


def _numbers(
    data: bytes, text: str, columns: Columns, delimiter: str, json: bool
) -> tuple[list[int] | None, list[Any]]:
    """The steps and the params of plain lines.

    Raises:
        ValueError: A cell is no number, or a step is not written as a whole one, or is negative.
        TypeError: The same of a step.
        OverflowError: A step has more than 64 bits.
    """
    width, place, places = columns.width, columns.step, columns.params
    numbers = None
    if len(data) >= MANY:
        from ema_cli.text.fast import parsed

        numbers = parsed(data, delimiter)
    if json and numbers is None:
        from json import loads

        numbers = loads(f"[{text[:-1].replace(chr(10), delimiter)}]")
    cells = numbers if numbers is not None else _cells(text, delimiter)
    steps = None
    if place is not None:
        steps = cells[place::width] if numbers is not None else list(map(int, cells[place::width]))
        array("q", steps)  # holds whole numbers of 64 bits alone, and takes them sooner than Python can look at each
        if min(steps) < 0:
            raise ValueError
    if numbers is not None:
        alone = len(places) + (place is not None) == width
        # With as many points as cells of params, and steps that are whole, each param has a point, and is a float.
        if alone and text.count(".") == len(places) * len(numbers) // width:
            return steps, [numbers[column::width] for column in places]
        if f"-0{delimiter}" in text or "-0\n" in text:  # read as 0, which has no sign
            cells = _cells(text, delimiter)
    return steps, [list(map(float, cells[column::width])) for column in places]


def _cells(lines: str, delimiter: str) -> list[Any]:
    """The cells of plain lines, row by row."""
    cells = lines.replace("\n", delimiter).split(delimiter)
    cells.pop()
    return cells
