"""The start of a table: the lines above it, the delimiter, the header and the first rows."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import is_number
from ema_cli.core.record import Record
from ema_cli.error_facts import CutOff
from ema_cli.errors import DataError, quoted
from ema_cli.reading.cells import is_numeric
from ema_cli.reading.column_facts import MOST_CELLS, MOST_ROWS, mark_of, without_marks
from ema_cli.reading.column_names import STEP_RANKS, known_as, step_rank
from ema_cli.reading.dates import is_date
from ema_cli.reading.encoding import nul_bytes
from ema_cli.reading.numerals import is_meant
from ema_cli.reading.rows import COMMENTS, RULE, Rows, delimiter_of

if TYPE_CHECKING:
    from ema_cli.reading.cells import Reading
    from ema_cli.reading.source import Block

_SEPARATOR = r'(?i)"?sep=(.)"?\s*'
"""The line `sep=;` that Excel puts above a table to declare its delimiter."""

_EITHER = ("none", "null", "nil", "missing", "undefined", "unavailable", "unknown", "-", "--")
"""Words for a missing value that may also be in a header."""


class Start(Record):
    """The start of a file with a table: the lines above the first row, and how to cut rows."""

    block: Block
    """The first lines of the file."""
    table: Block
    """The part of `block` from the first row on."""
    delimiter: str
    barred: bool
    comments: tuple[str, ...]
    """The comments before the first row."""

    def rows(self) -> Rows:
        """An object that cuts the rows of the table."""
        return Rows(self.delimiter, self.block.source, barred=self.barred)


def start_of(block: Block) -> Start | None:
    """Find the start of the table; None if no line of it has arrived."""
    comments: list[str] = []
    delimiter = ""
    first: list[str] = []
    skipped = 0
    lines = block.text().split("\n")
    lines.pop()
    for number, line in enumerate(lines):
        if not line.strip(" \t\r") or RULE.fullmatch(line):
            continue
        if first:
            first.append(line)
            break
        if match := re.fullmatch(_SEPARATOR, line):
            delimiter = match[1]
        elif line.lstrip().startswith(COMMENTS):
            comments += [line] * (not line.startswith("#! SET "))  # constants of PLUMED
        elif comments and line.startswith("@"):  # a command of Grace, in .xvg
            comments = ["@"]
        else:
            first, skipped = [line], number
    if not first:
        return None
    delimiter = delimiter or delimiter_of(first)
    return Start(
        block, block.after(skipped), delimiter, delimiter == "|" and first[0].lstrip().startswith("|"), tuple(comments)
    )


def first_rows(block: Block, rows: Rows, most: int = MOST_ROWS) -> list[tuple[int, list[str]]]:
    """The first rows of a block, up to a row that cannot be cut, each with the number of its line."""
    found: list[tuple[int, list[str]]] = []
    with suppress(DataError):
        for line, row in rows.of(block):
            found.append((line, row))
            if len(found) == most or len(found) * len(row) > MOST_CELLS:
                break
    return found


def is_header(row: list[str], begun: Start, reading: Reading, place: str) -> bool:
    """True if the first row of a file is a header.

    Raises:
        DataError: Some of its cells are numbers and some are not, or a cell has NUL bytes.
    """
    if any("\x00" in cell for cell in row):
        raise nul_bytes(place)
    if reading.header != "auto":
        return reading.header == "yes"
    numbered = ["", *map(str, range(len(row)))]
    turned = "csv.writer(sys.stdout).writerows(zip(*csv.reader(open('FILE'))))"
    turned = f'python -c "import csv, sys; {turned}" | ema-calc turns rows into columns'
    if row == numbered[:-1] != [""] or row == numbered[1:] != numbered[1:4]:
        below = first_rows(begun.table, begun.rows(), 2)[-1][1]
        if not (is_numeric(below[0]) or is_date(below[0])):
            raise DataError(f"{place}: the columns are numbers, and each row is a series; {turned}")
        return True  # column numbers of pandas, without names
    cells = [cell for cell in row if cell] or [""]
    words = [not (is_numeric(cell) or is_date(cell) or is_meant(cell)) for cell in cells]
    if any(words) and not any(is_numeric(cell) or is_meant(cell) for cell in cells):
        return True
    if any(words):
        words = [word or cell.lower() in _EITHER for word, cell in zip(words, cells, strict=True)]
    if any(words) and not all(words) and header_of_comments(begun, row) is None:
        odd = cells[words.index(True)]
        way = "--header no reads it as data, --header yes as names"
        if step_rank(row[0]) < STEP_RANKS and words.count(True) == 1 < len(row) - 1 and begun.delimiter == ",":
            way = turned
        if marked := list(filter(mark_of, cells)):
            way = f"{without_marks(marked)} | ema-calc reads the numbers without their marks"
        column = f"{place}: column {row.index(odd) + 1}"
        raise DataError(f"{column}: {quoted(odd)} is not a number, but other cells of the first row are; {way}")
    return all(words)


def header_of_comments(begun: Start, row: list[str]) -> list[str] | None:
    """The header in the last two comments above the first row; None if neither is a header."""
    found = [_header_of_comment(comment, begun.delimiter, row) for comment in begun.comments[-2:]]
    named = [header for header in found if header and len(set(header)) == len(header)]
    return named[-1] if named else None


def _header_of_comment(comment: str, delimiter: str, row: list[str]) -> list[str] | None:
    text = comment.strip()
    mark = next(filter(text.startswith, COMMENTS), "")
    if not mark:
        return None
    names = text.removeprefix(mark).removeprefix("! FIELDS").strip(" ")
    for parted in (re.escape(delimiter.strip(" ")) or ",", ",", ";", "\t", r"\s{2,}", r"\s+"):
        cells = [cell.strip(' \t"') for cell in re.split(parted, names)]
        fits = len(row) - (not row[-1]) <= len(cells) <= len(row)
        if fits and any(cells) and not any(cell and is_numeric(cell) for cell in cells):
            return [*cells, ""][: len(row)]
    return None


def fitted(header: list[str], rows: list[list[str]], delimiter: str) -> list[str]:
    """Fit the width of a header to the rows: add an empty name for row names, and add or drop one for a delimiter at
    the end of lines.
    """
    width = len(header)
    cut = any(is_date(", ".join(row[:2])) and not is_date(row[0]) for row in rows[:1])  # Mar 1, 2024 without quotes
    if rows and not cut and all(len(row) == width + 1 for row in rows):
        if not any(row[-1] for row in rows):
            return [*header, ""]
        torn = delimiter == "," and not any("." in cell for cell in rows[0])  # decimal commas, perhaps
        steps = step_rank(header[0]) == STEP_RANKS or all(row[1].isdecimal() for row in rows)
        first = int(rows[0][0] != "0")  # pandas counts from 0, R from 1
        counted = all(row[0] == str(number) for number, row in enumerate(rows, first)) and not torn
        stamped = torn and known_as(header[0]) is not None and is_date(rows[0][0])  # time,power above a date and 30,3
        if (counted and steps) or not (stamped or any(is_number(row[0].split(" ")[-torn]) for row in rows)):
            return ["", *header]
    if rows and not header[-1] and all(len(row) == width - 1 for row in rows):
        return header[:-1]
    return header


def other_width(place: str, width: int, before: int, *, named: bool) -> DataError:
    """The error for a row with a different number of cells."""
    cells = f"{width} cell{'s' if width > 1 else ''}"
    problem = f"{place}: {cells}, but {'the header has' if named else 'the rows before it have'} {before}"
    return DataError(problem, fact=CutOff() if width < before else None)


def check_width(place: str, header: list[str], row: list[str], line: int, delimiter: str) -> None:
    """Refuse a header of another width than the first row."""
    if len(row) == len(header):
        return
    error = other_width(place, len(row), len(header), named=True)
    points = is_numeric(row[0]) and any("." in cell for cell in row)  # no decimal commas
    if len(row) > len(header) * (1 if points else 2):
        error.add_note(f"tail -n +{line} FILE | ema-calc reads the rows without the header")
    elif delimiter == "," and is_date(row[0]) and len(row) == 3 and all(map(str.isdecimal, row[1:])):
        error.add_note(r"sed -E 's/,([0-9]+)$/.\1/' FILE | ema-calc reads decimal commas")
    raise error
