"""CSV, TSV and their like.

A block that holds only plain numbers is read at once (`reading/numeric_block.py`). Any other block is read row by row,
which accepts the same and more (quotes, spaces, empty lines, missing values) and names what it refuses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.core.literals import printable
from ema_cli.errors import DataError, shown
from ema_cli.reading import known_logs as logs
from ema_cli.reading.batch_builder import Builder
from ema_cli.reading.cells import is_numeric
from ema_cli.reading.column_roles import Columns, absent, has_header, listed, rewritten, with_header, without_header
from ema_cli.reading.numeric_block import plain_batch
from ema_cli.reading.source import LONGEST_LINE, Block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.reading.batch import Batch
    from ema_cli.reading.cells import Reading

COMMENTS = ("#", "%", "//")
"""How lines begin that other tools skip. Here they are rows like others: a value may not be lost in silence."""

DELIMITERS = ("\t", ";", ",", "|")
"""In the order in which they are looked for in the first line: a comma may stand in the names of a TSV file. Where
there is none of them, spaces may stand between numbers."""


class Delimited:
    """A reader of one file.

    Args:
        reading: How cells are read.
        name: What to call the file.
        held: The last value of each param, kept across the parts of a script.
        note: Called with each guess that was made, and what a header in the middle of the file changes.
    """

    def __init__(self, reading: Reading, name: str, held: dict[int, str], note: Callable[[str], None]) -> None:
        self.reading, self.name, self.held, self.note = reading, name, held, note
        self.columns: Columns | None = None
        self._delimiter = ","
        self._header: list[str] | None = None
        self._builder: Builder | None = None
        self._blank = range(0)  # the lines without text since the last row, which may be many
        self._open: list[str] = []  # the lines of a record whose quotes have not been closed yet
        self._open_line = self._open_size = 0
        self._commented = False  # whether there was nothing but comments so far
        self._awaited: tuple[str, ...] = ()  # params that no header has brought yet

    def batches(self, blocks: Iterator[Block | None]) -> Iterator[Batch | None]:
        """The updates of the file; None where nothing more has arrived."""
        for block in self._from_data(blocks):
            if block is None:
                yield None
                continue
            batch = self._plain(block)
            if batch is not None:
                yield batch
            else:
                yield from self._careful(block)
        if self._open:
            raise self._never_closed()
        if self._header is not None and self.columns is None:
            self.columns = with_header(self._header, None, self.reading, self.name)
        if self._awaited and self._header is not None:
            raise absent(self._awaited[0], self._header, self.name, "--param-column")

    def names(self, start: Block) -> list[str]:
        """The names of the columns of a file that starts so: by number, if it has no header.

        Raises:
            DataError: Some cells of the first row are numbers and some are not.
        """
        self._delimiter = _delimiter(_first_lines(start) or [""])
        for line, row in self._rows(start):
            named = has_header(row, self.reading, f"{self.name}:{line}")
            return row if named else [str(number) for number in range(1, len(row) + 1)]
        return []

    def _from_data(self, blocks: Iterator[Block | None]) -> Iterator[Block | None]:
        """The blocks from the first row of data on, with which the columns are chosen."""
        waiting: list[bytes] = []  # what stands before it
        size = line = 0
        for block in blocks:
            if block is None or self.columns is not None:
                yield block
                continue
            waiting.append(block.data)
            size, line = size + len(block.data), line or block.line
            # Whatever is no row and opens no quote is not looked at again each time that more of it arrives.
            idle = b'"' not in block.data and (self._open or _has_no_row(block))
            if idle and size < LONGEST_LINE:
                continue
            waiting = [b"".join(waiting)]
            data = self._without_header(Block(self.name, waiting[0], line))
            if data is not None:
                yield data
        if self.columns is None and waiting:
            data = self._without_header(Block(self.name, b"".join(waiting), line))
            if data is not None:
                yield data

    def found(self) -> str:
        """What the file holds, if no update."""
        if self._builder is not None:
            return "every row lacks a value, and --missing skip leaves such rows out"
        if self._commented or (self._header or [""])[0].startswith(COMMENTS):
            return "it has nothing but comments"
        if self._header is None:
            return "it has only blank lines"
        names = listed(list(map(printable, self._header)))
        as_data = "; --header no takes it for data" if self.reading.header == "yes" else ""
        return f"it has a header, {names}, and no row below it{as_data}"

    def _plain(self, block: Block) -> Batch | None:
        """The batch of a block of plain numbers; None if it is anything else."""
        columns = self.columns
        if columns is None or columns.runs is not None or columns.lacks or self._open or self._blank:
            return None
        batch = plain_batch(block, columns, self._delimiter)
        if batch is not None and self.reading.missing == "hold":
            self.held.update((index, column[-1]) for index, column in enumerate(batch.texts))
        return batch

    def _without_header(self, start: Block) -> Block | None:
        """What follows the header, once the columns can be chosen: when the first row of data has come."""
        lines = _first_lines(start)
        if not lines and len(start.data) < LONGEST_LINE:
            return None
        self._delimiter = _delimiter(lines or [""])
        self._header, self._open, self._blank = None, [], range(0)
        for line, row in self._rows(start):
            if self._header is None and has_header(row, self.reading, f"{self.name}:{line}"):
                self._header, self._blank = row, range(0)
                continue
            if row[0].startswith(COMMENTS) and _has_no_row(start):
                self._commented = True  # a row of data may come yet
                break
            try:
                self._choose(row)
            except DataError as error:
                raise self._as_comment(line, row) or error from None
            # The blank lines before this row are known; it comes again.
            return start.after(line - start.line)
        if len(start.data) > LONGEST_LINE:
            raise DataError(f"{self.name}: there is no row of data in the first {LONGEST_LINE // 2**20} MiB")
        return None

    def _careful(self, block: Block) -> Iterator[Batch]:
        for line, row in self._rows(block):
            if self._header is not None and self._is_header(row):
                self._rewrite(row, f"{self.name}:{line}")
                continue
            try:
                yield from self._row(line, row)
            except DataError as error:
                raise self._as_comment(line, row) or error from None
        if self._builder is not None and len(self._builder):
            yield self._builder.take()

    def _as_comment(self, line: int, row: list[str]) -> DataError | None:
        """The error of a row that is wrong because it is a comment, or because the first row was one."""
        header = self._header or [""]
        if row[0].startswith(COMMENTS):
            what, text = f"{self.name}:{line}: {shown(row[0])} is a comment", row[0]
        elif header[0].startswith(COMMENTS) and (len(header) == 1 or len(row) != len(header)):
            what, text = f"{self.name}: the first row, {shown(header[0])}, is a comment", header[0]
        else:
            return None
        mark = next(filter(text.startswith, COMMENTS))
        return DataError(f"{what}, and none is skipped; grep -v '^{mark}' FILE | ema-calc leaves them out")

    def _choose(self, row: list[str]) -> None:
        if self._header is None:
            log = logs.of_first_row(row, self._delimiter)
            columns = without_header(len(row), self.reading, self.name, log)
        else:
            first = row if len(row) == len(self._header) else None
            columns = with_header(self._header, first, self.reading, self.name)
        self._use(columns)
        self._awaited = columns.awaited
        self._builder = Builder(self.reading, self.name, columns.labels, columns.step_label, self.held)

    def _is_header(self, row: list[str]) -> bool:
        """Whether a row in the middle of a file is a header again: names that were seen, and no number."""
        names = self._header
        return names is not None and row[0] in names and not any(map(is_numeric, row))

    def _rewrite(self, row: list[str], place: str) -> None:
        assert self.columns is not None
        assert self._header is not None
        columns = rewritten(self._header, row, self.columns, place)
        self._use(columns)
        self._header = row
        self._awaited = tuple(name for name in self._awaited if name in columns.awaited)

    def _use(self, columns: Columns) -> None:
        self.columns = columns
        if columns.note:
            self.note(columns.note)

    def _row(self, line: int, row: list[str]) -> Iterator[Batch]:
        columns, builder = self.columns, self._builder
        assert columns is not None
        assert builder is not None
        if len(row) != columns.width:
            cells = f"{len(row)} cell{'s' if len(row) > 1 else ''}"
            before = "the header has" if self._header is not None else "the rows before have"
            raise DataError(f"{self.name}:{line}: {cells}, but {before} {columns.width}")
        if columns.width == 1:
            for blank in self._blank:
                yield from builder.add(blank, None, [""])
        self._blank = range(0)
        if columns.lacks:
            row.append("")  # in the place of all columns that the header lacks
            if len(columns.awaited) == len(columns.params):
                return
        yield from builder.add(
            line,
            None if columns.step is None else row[columns.step],
            [row[index] for index in columns.params],
            [row[index] for index in columns.kept],
            None if columns.runs is None else row[columns.runs],
        )

    def _rows(self, block: Block) -> Iterator[tuple[int, list[str]]]:
        """The rows of a block as stripped cells, each with the number of its first line."""
        lines = block.text().split("\n")
        lines.pop()
        for number, text in enumerate(lines, block.line):
            odd = '"' in text and text.count('"') % 2 == 1
            if self._open:
                self._open.append(text)
                self._open_size += len(text) + 1
                if self._open_size > LONGEST_LINE:
                    raise self._never_closed()
                if odd:
                    record, self._open = "\n".join(self._open), []
                    yield self._open_line, self._quoted(record.removesuffix("\r"), self._open_line)
            elif odd:
                self._open, self._open_line, self._open_size = [text], number, len(text)
            elif '"' in text:
                yield number, self._quoted(text.removesuffix("\r"), number)
            elif record := text.removesuffix("\r").strip(" \t" if self._delimiter != "\t" else " "):
                yield number, self._split(record)
            else:
                self._blank = range(self._blank.start if self._blank else number, number + 1)

    def _split(self, record: str) -> list[str]:
        if self._delimiter == " ":
            return record.split()
        return [cell.strip(" \t") for cell in record.split(self._delimiter)]

    def _quoted(self, record: str, line: int) -> list[str]:
        """The cells of a record that has quotes."""
        space = "[ ]*" if self._delimiter == "\t" else "[ \t]*"
        end = f"(?={self._delimiter}|\\Z)"
        cell = re.compile(rf'{space}"([^"]*(?:""[^"]*)*)"{space}{end}|(?!{space}")([^{self._delimiter}]*){end}')
        cells: list[str] = []
        place = 0
        while place <= len(record):
            match = cell.match(record, place)
            if match is None:
                raise DataError(
                    f"{self.name}:{line}: column {len(cells) + 1}: text stands beside the quotes of a cell;"
                    " a quote within a cell is written twice"
                )
            quoted, bare = match.groups()
            cells.append((bare if quoted is None else quoted.replace('""', '"')).strip(" \t"))
            place = match.end() + 1
        return cells

    def _never_closed(self) -> DataError:
        return DataError(f"{self.name}:{self._open_line}: a quote is opened and never closed")


def _has_no_row(block: Block) -> bool:
    """Whether each line is a comment, or blank."""
    return not block.data.strip() or all(map(_is_no_row, block.text().split("\n")))


def _is_no_row(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith(COMMENTS)


def _first_lines(block: Block) -> list[str]:
    """The first two lines that are not empty, as far as they have arrived."""
    lines: list[str] = []
    for line in block.text().split("\n") if block.data.strip() else ():
        if line.strip(" \t\r"):
            lines.append(line)
            if len(lines) == 2:
                break
    return lines


def _delimiter(lines: list[str]) -> str:
    for mark in DELIMITERS:
        if mark in _outside_quotes(lines[0]):
            return mark
    return " " if logs.separated_by_spaces(lines) else ","


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])
