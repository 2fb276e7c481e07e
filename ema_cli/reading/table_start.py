"""The beginning of a table: lines before it, its delimiter, its header, and its first rows."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from ema_cli.core.literals import is_number
from ema_cli.core.record import Record
from ema_cli.errors import DataError
from ema_cli.reading.cells import is_numeric
from ema_cli.reading.column_facts import MOST_CELLS, MOST_ROWS
from ema_cli.reading.rows import COMMENTS, Rows, delimiter_of, is_comment

if TYPE_CHECKING:
    from ema_cli.reading.source import Block

_SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""The first line of what Excel writes for itself."""


class Start(Record):
    """The lines before the first row, and how rows are cut."""

    skipped: int
    delimiter: str
    barred: bool
    comment: str
    """The last comment before the first row; empty if there is none."""

    def rows(self, source: str) -> Rows:
        """The delimiter of the table."""
        return Rows(self.delimiter, source, barred=self.barred)


def start_of(block: Block) -> Start | None:
    """Beginning of the table; None if no line of it has come yet."""
    comment, delimiter = "", ""
    first: list[str] = []
    skipped = 0
    lines = block.text().split("\n")
    lines.pop()
    for number, line in enumerate(lines):
        if not line.strip(" \t\r"):
            continue
        if first:
            first.append(line)
            break
        if match := _SEPARATOR.fullmatch(line):
            delimiter = match[1]
        elif is_comment(line):
            comment = line
        elif comment and line.startswith("@"):  # a command of Grace, in .xvg
            comment = "@"
        else:
            first, skipped = [line], number
    if not first:
        return None
    delimiter = delimiter or delimiter_of(first)
    return Start(skipped, delimiter, delimiter == "|" and first[0].lstrip().startswith("|"), comment)


def has_only_comments(block: Block) -> bool:
    """True if there is a comment and no row."""
    return block.data.strip() != b"" and start_of(block) is None


def first_rows(block: Block, rows: Rows) -> list[list[str]]:
    """Rows that begin a block, as far as they can be cut."""
    found: list[list[str]] = []
    with suppress(DataError):
        for _, row in rows.of(block):
            found.append(row)
            if len(found) == MOST_ROWS or len(found) * len(row) > MOST_CELLS:
                break
    return found


def header_of_comment(comment: str, delimiter: str, row: list[str]) -> list[str] | None:
    """The header that the comment above a first row is; None if it is none."""
    text = comment.strip()
    mark = next(filter(text.startswith, COMMENTS), "")
    if not mark:
        return None
    for parted in (delimiter, ",", ";", "\t", " "):
        bare = text.removeprefix(mark)
        cells = bare.split() if parted == " " else [cell.strip(' \t"') for cell in bare.split(parted)]
        if len(cells) == len(row) and any(cells) and not any(cell and is_numeric(cell) for cell in cells):
            return cells
    return None


def fitted(header: list[str], rows: list[list[str]], delimiter: str) -> list[str]:
    """A header with as many cells as the rows below it, where it lacks one for the names of the rows, or where either
    ends with a delimiter.
    """
    width = len(header)
    if rows and all(len(row) == width + 1 for row in rows):
        if not any(row[-1] for row in rows):
            return [*header, ""]
        counted = delimiter != "," and all(row[0] == str(number) for number, row in enumerate(rows, 1))
        if counted or not any(is_number(row[0]) for row in rows):
            return ["", *header]
    if rows and not header[-1] and all(len(row) == width - 1 for row in rows):
        return header[:-1]
    return header


def begins_later(rows: list[list[str]]) -> int:
    """The number of rows before a header and two rows that are wider than all before them; 0 if there are no such."""
    widest = len(rows[0]) if rows else 0
    for number, (first, second, third) in enumerate(zip(rows[1:], rows[2:], rows[3:], strict=False), 1):
        if len(first) == len(second) == len(third) > widest and not any(map(is_numeric, first)):
            return number
        widest = max(widest, len(first))
    return 0
