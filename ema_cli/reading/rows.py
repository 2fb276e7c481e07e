"""Cut the lines of a delimited file into rows of cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import is_number
from ema_cli.errors import DataError
from ema_cli.reading.cells import is_numeric
from ema_cli.reading.dates import is_date
from ema_cli.reading.numerals import is_meant
from ema_cli.reading.source import LONGEST_LINE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ema_cli.reading.source import Block

COMMENTS = ("#", "%", "//")
"""Marks that begin a comment. Comments above the first row of a table are skipped; below it they are an error."""

_DELIMITERS = ("\t", ";", ",", "|")
"""Delimiters by priority, as a comma may be part of a name in a TSV file. Without any of them, spaces may separate
the cells."""

RULE = re.compile(r"(?!\s*---\s*$)[\s|:+=_-]*(?:[-=_]{2}|:-|-:)[\s|:+=_-]*")
"""A line between header and rows, as in Markdown, databases and MATLAB; not three dashes alone, which R prints for rows
it leaves out.
"""

_COUNT = (
    r"\(\d+ rows?(?: affected)?\)|\d+ rows? (?:in set|selected).*|\[\d+ rows x \d+ columns\]|(?:Name: .*)?dtype: \w+"
)
"""The last line of a table printed by a database or pandas: the number of rows, or the dtype."""


class Rows:
    """Cuts blocks into rows; a quoted row may begin in one block and end in a later one.

    With a bar or space as the delimiter, header rules (`RULE`) and row counts printed by databases are skipped.

    Args:
        delimiter: The character between cells; a space stands for any spaces and tabs.
        source: The file, for errors.
        barred: True if each row begins and ends with a bar, as in Markdown.

    Attributes:
        blank: The numbers of the blank lines since the last row.
        opened: The line where an unclosed quote begins; 0 if there is none.
    """

    def __init__(self, delimiter: str, source: str, *, barred: bool = False) -> None:
        self.delimiter, self.source, self.barred = delimiter, source, barred
        self.blank = range(0)
        self.opened = 0
        self._open: list[str] = []
        self._size = 0
        # In concatenated files, a byte order mark may stand at any line.
        self._spaces = " \r\ufeff" if delimiter == "\t" else " \t\r\ufeff"
        self._ruled = delimiter in "| "

    def again(self) -> Rows:
        """A new instance with the same settings, and no open quote."""
        return Rows(self.delimiter, self.source, barred=self.barred)

    def of(self, block: Block) -> Iterator[tuple[int, list[str]]]:
        """The rows of a block as stripped cells, each with the number of its first line."""
        lines = block.text().split("\n")
        lines.pop()
        for number, text in enumerate(lines, block.line):
            odd = '"' in text and text.count('"') % 2 == 1
            if self.opened:
                self._open.append(text)
                self._size += len(text) + 1
                if self._size > LONGEST_LINE:
                    raise self.never_closed()
                if odd:
                    first, self.opened = self.opened, 0
                    yield first, self._quoted("\n".join(self._open).rstrip("\r"), first)
            elif odd:
                self._open, self.opened, self._size = [text], number, len(text)
            elif '"' in text:
                yield number, self._quoted(text.rstrip("\r"), number)
            elif record := text.strip(self._spaces):
                if not (self._ruled and (RULE.fullmatch(record) or re.fullmatch(_COUNT, record))):
                    yield number, self._split(record)
            else:
                self.blank = range(self.blank.start if self.blank else number, number + 1)

    def _split(self, record: str) -> list[str]:
        if self.delimiter == " ":
            return record.split()
        if self.barred:
            return [cell.strip(" \t*`") for cell in record.removeprefix("|").removesuffix("|").split("|")]
        return [cell.strip(" \t") for cell in record.split(self.delimiter)]

    def _quoted(self, record: str, line: int) -> list[str]:
        """Cut a record with quotes into cells."""
        if self.delimiter == " ":
            found = re.findall(r'"((?:[^"]|"")*)"(?=\s|\Z)|(\S+)', record)
            return [bare or quoted.replace('""', '"') for quoted, bare in found]
        space = "[ ]*" if self.delimiter == "\t" else "[ \t]*"
        mark = re.escape(self.delimiter)
        end = f"(?={mark}|\\Z)"
        cell = re.compile(rf'{space}"([^"]*(?:""[^"]*)*)"{space}{end}|(?!{space}")([^{mark}]*){end}')
        cells: list[str] = []
        place = 0
        while place <= len(record):
            match = cell.match(record, place)
            if match is None and record.lstrip().startswith(COMMENTS):
                return [record]
            if match is None:
                raise DataError(
                    f"{self.source}:{line}: column {len(cells) + 1}: there is text outside a cell's quotes; write a"
                    " quote inside a cell twice"
                )
            quoted, bare = match.groups()
            cells.append((bare if quoted is None else quoted.replace('""', '"')).strip(" \t"))
            place = match.end() + 1
        return cells

    def never_closed(self) -> DataError:
        """The error for a quote that is never closed."""
        return DataError(f"{self.source}:{self.opened}: a quote is opened and never closed")


def delimiter_of(lines: list[str]) -> str:
    """Guess the delimiter of a file by its first rows."""
    outside = ["".join(line.split('"')[::2]) for line in lines]
    both = [mark for mark in _DELIMITERS if all(mark in line for line in outside)]
    cells = [line.split() for line in lines]
    if both == [","] and all(all(map(is_value, row)) and any(map(is_meant, row[1:])) for row in cells):
        return " "  # 2024-03-05 2,5
    if both or not _separated_by_spaces(lines):
        return next((mark for mark in (*both, *_DELIMITERS) if mark in outside[0]), ",")
    return " "


def _separated_by_spaces(lines: Sequence[str]) -> bool:
    """True if lines are cells separated by spaces: only numbers, or a header above a row with as many cells, most of
    them numbers or dates.

    >>> _separated_by_spaces(["epoch loss", "0 1.5"]), _separated_by_spaces(["train loss", "1.5"])
    (True, False)
    """
    lines = [re.sub(r"(?<=[\d.])[dD](?=[-+]\d)", "e", line) for line in lines[:2]]  # as Fortran writes numbers
    cells = [re.findall(r'"[^"]*"|\S+', line) for line in lines]
    one = re.fullmatch(
        r"\s*(?:0\s+|1\s+(?!\d{3}\b))[-+.,\deE]+\s*", "".join(lines[1:])
    )  # row of a column that pandas prints
    if len(cells[0]) < 2 and not one:
        return False
    if all(map(is_number, cells[0])) or len(cells) < 2:
        return all(map(is_number, cells[0]))
    names, row = cells
    if len(row) == len(names) + 1:  # R and pandas print a row name first
        row = row[1:]
    numeric = [[is_number(cell) or is_date(cell) for cell in each] for each in cells]
    numbers = len(row) == len(names) and all(2 * sum(each) >= len(each) for each in numeric)
    if numbers and numeric[0][0] and any(map(is_number, names)):  # some cells may be words
        return True
    words = sum(not (is_numeric(cell) or is_meant(cell) or is_date(cell)) for cell in row)
    return len(row) == len(names) and not any(map(is_number, names)) and 3 * words <= len(row)


def is_value(cell: str) -> bool:
    """True if a cell is a number in any notation, or a date."""
    return is_number(cell) or is_meant(cell) or is_date(cell)


def is_comment_row(row: Sequence[str]) -> bool:
    """True if a row is a comment; a first cell that is only the mark (`#`) is the name of a column."""
    return row[0].startswith(COMMENTS) and not (len(row) > 1 and row[0] in COMMENTS)
