"""CSV, TSV and their like.

A block that holds nothing but plain numbers is split at once. Any other takes the careful path, row by row, which
accepts the same and more (quotes, spaces, empty lines, missing values), and names what it refuses.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from ema_cli.core.numerals import LAST_STEP
from ema_cli.errors import DataError
from ema_cli.fast import parsed
from ema_cli.script import logs
from ema_cli.script.batch import Batch, Lines
from ema_cli.script.builder import Builder
from ema_cli.script.cells import is_numeric
from ema_cli.script.header import Columns, absent, has_header, rewritten, with_header, without_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.script.cells import Reading
    from ema_cli.script.source import Block

DELIMITERS = ("\t", ";", ",", "|")
"""In the order in which they are looked for in the first line: a comma may stand in the names of a TSV file. Where
there is none of them, spaces may stand between numbers."""

_PLAIN = b"0123456789.eE+-"


class Delimited:
    """A reader of one file.

    Args:
        reading: How cells are read.
        name: What to call the file.
        held: The last value of each param, kept across the parts of a script.
        note: Called with what a header in the middle of the file changes.
    """

    def __init__(self, reading: Reading, name: str, held: dict[int, str], note: Callable[[str], None]) -> None:
        self.reading, self.name, self.held, self.note = reading, name, held, note
        self.columns: Columns | None = None
        self._delimiter = ","
        self._header: list[str] | None = None
        self._builder: Builder | None = None
        self._blank: list[int] = []
        self._open = ""  # a record whose quotes have not been closed yet
        self._open_line = 0
        self._awaited: tuple[str, ...] = ()  # params that no header has brought yet

    def batches(self, blocks: Iterator[Block | None]) -> Iterator[Batch | None]:
        """The updates of the file; None where nothing more has arrived."""
        first = True
        for block in blocks:
            if block is None:
                yield None
                continue
            if first and (lines := _first_lines(block)):
                self._delimiter = _delimiter(lines)
                first = False
            batch = self._plain(block)
            if batch is not None:
                yield batch
            else:
                yield from self._careful(block)
        if self._open:
            raise DataError(f"{self.name}:{self._open_line}: a quote is opened and never closed")
        if self._header is not None and self.columns is None:
            self.columns = with_header(self._header, None, self.reading, self.name)
        if self._awaited and self._header is not None:
            raise absent(self._awaited[0], self._header, self.name, "--param-column")

    def _plain(self, block: Block) -> Batch | None:
        """The batch of a block of plain numbers; None if it is anything else."""
        columns = self.columns
        if columns is None or columns.runs is not None or columns.awaited or self._open or self._blank:
            return None
        data = block.data.replace(b"\r\n", b"\n") if b"\r" in block.data else block.data
        width = columns.width
        marks = self._delimiter.encode() * (width - 1) + b"\n"
        rest = data.translate(None, _PLAIN)
        rows, odd = divmod(len(rest), width)
        if odd or rest != marks * rows:
            return None
        text = data.decode("ascii")
        numbers = parsed(data, self._delimiter) or _cells(text, self._delimiter)
        try:
            values: list[Any] = [list(map(float, numbers[index::width])) for index in columns.params]
            steps = None
            if columns.step is not None:
                steps = numbers[columns.step :: width]
                if not set(map(type, steps)) <= {int}:
                    steps = list(map(int, _cells(text, self._delimiter)[columns.step :: width]))
                if min(steps) < 0 or max(steps) > LAST_STEP:
                    return None
        except ValueError:
            return None
        # Only an exponent, or more digits than anyone writes, can go past the range of float64.
        suspicious = b"e" in data or b"E" in data or len(data) > 200 * rows
        if suspicious and any(value - value != 0 for column in values for value in column):
            return None
        name, line = self.name, block.line

        def where(row: int) -> str:
            return f"{name}:{line + row}"

        if steps is not None and (columns.step, *columns.params) == tuple(range(width)):
            batch: Batch = Lines(steps, values, where, text, self._delimiter)
        else:
            cells = _cells(text, self._delimiter)
            step_texts = None if columns.step is None else cells[columns.step :: width]
            texts = [cells[index::width] for index in columns.params]
            batch = Batch(steps, step_texts, texts, values, [cells[index::width] for index in columns.kept], where)
        if self.reading.missing == "hold":
            self.held.update((index, column[-1]) for index, column in enumerate(batch.texts))
        return batch

    def _careful(self, block: Block) -> Iterator[Batch]:
        for line, row in self._rows(block):
            if self.columns is None:
                if self._header is None and has_header(row, self.reading, f"{self.name}:{line}"):
                    self._header = row
                    self._blank = []
                    continue
                self._choose(row)
            elif self._header is not None and self._is_header(row):
                self._rewrite(row, f"{self.name}:{line}")
                continue
            yield from self._row(line, row)
        if self._builder is not None and len(self._builder):
            yield self._builder.take()

    def _choose(self, row: list[str]) -> None:
        if self._header is None:
            log = logs.of_first_row(row, self._delimiter)
            self.columns = without_header(len(row), self.reading, self.name, log)
        else:
            first = row if len(row) == len(self._header) else None
            self.columns = with_header(self._header, first, self.reading, self.name)
        self._awaited = self.columns.awaited
        self._builder = Builder(self.reading, self.name, self.columns.labels, self.columns.step_label, self.held)

    def _is_header(self, row: list[str]) -> bool:
        """Whether a row in the middle of a file is a header again: names that were seen, and no number."""
        names = self._header
        return names is not None and row[0] in names and not any(map(is_numeric, row))

    def _rewrite(self, row: list[str], place: str) -> None:
        assert self.columns is not None
        assert self._header is not None
        self.columns = rewritten(self._header, row, self.columns, place)
        self._header = row
        self._awaited = tuple(name for name in self._awaited if name in self.columns.awaited)
        if self.columns.note:
            self.note(self.columns.note)

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
        self._blank = []
        if columns.awaited:
            row.append("")  # in the place of all params that the header lacks
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
            if self._open:
                record, line = f"{self._open}\n{text}", self._open_line
            else:
                record, line = text.removesuffix("\r"), number
            if not record.strip(" \t"):
                self._blank.append(line)
                continue
            if '"' not in record:
                yield line, self._split(record)
            elif record.count('"') % 2:
                self._open, self._open_line = record, line
            else:
                self._open = ""
                yield line, self._quoted(record.removesuffix("\r"), line)

    def _split(self, record: str) -> list[str]:
        if self._delimiter == " ":
            return record.split()
        return [cell.strip(" \t") for cell in record.split(self._delimiter)]

    def _quoted(self, record: str, line: int) -> list[str]:
        import csv

        csv.field_size_limit(len(record) + 1)
        try:
            rows = list(
                csv.reader([record], delimiter=self._delimiter, strict=True, skipinitialspace=self._delimiter != "\t")
            )
        except csv.Error as error:
            raise DataError(f"{self.name}:{line}: {error}") from None
        return [cell.strip(" \t") for cell in chain.from_iterable(rows)]


def _first_lines(block: Block) -> list[str]:
    """The first two lines that are not empty, as far as they have arrived."""
    lines: list[str] = []
    for line in block.text().split("\n"):
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


def _cells(lines: str, delimiter: str) -> list[Any]:
    """The cells of plain lines, row by row."""
    cells = lines.replace("\n", delimiter).split(delimiter)
    cells.pop()
    return cells
