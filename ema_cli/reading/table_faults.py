"""The errors of a file that is no table, or has lines that are no rows, each with the command that leads on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.errors import DataError, shown
from ema_cli.reading import text_log
from ema_cli.reading.cells import is_numeric
from ema_cli.reading.rows import COMMENTS
from ema_cli.reading.table_start import first_rows

if TYPE_CHECKING:
    from ema_cli.reading.source import Block
    from ema_cli.reading.table_start import Start


def no_row(source: str, size: int) -> DataError:
    """The error that nothing of the beginning is a row."""
    return DataError(f"{source}: there is no row of data in the first {size // 2**20} MiB")


def comment(source: str, line: int, row: list[str]) -> DataError:
    """The error of a comment below the first row."""
    mark = next(filter(row[0].startswith, COMMENTS))
    return DataError(
        f"{source}:{line}: {shown(row[0])} is a comment, and none is skipped here;"
        f" grep -v '^{mark}' FILE | ema-calc leaves them out"
    )


def no_table(start: Block, begun: Start) -> DataError | None:
    """The error of a file that is no table, or whose table begins further down; None if it is neither."""
    source = start.source
    rows = first_rows(start.after(begun.skipped), begun.rows(source))
    later = _begins_later(rows)
    if later:
        lines = start.text().split("\n")
        first = next(line for line, row in begun.rows(source).of(start) if row == rows[later])
        return DataError(
            f"{source}: the table seems to begin in line {first}, {shown(lines[first - start.line])};"
            f" tail -n +{first} FILE | ema-calc reads it from there"
        )
    even = len(set(map(len, rows))) == 1 < len(rows[0])
    return text_log.error(source, start.text().split("\n"), even=even)


def _begins_later(rows: list[list[str]]) -> int:
    """The number of rows before a header and two rows that are wider than all before them; 0 if there are no such."""
    widest = len(rows[0]) if rows else 0
    for number, (first, second, third) in enumerate(zip(rows[1:], rows[2:], rows[3:], strict=False), 1):
        if len(first) == len(second) == len(third) > widest and not any(map(is_numeric, first)):
            return number
        widest = max(widest, len(first))
    return 0
