"""CSV, TSV and their like.

A block that holds nothing but plain numbers is split at once. Any other takes the careful path, row by row, which
accepts the same and more (quotes, spaces, empty lines, missing values), and names what it refuses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ema_cli.core.numerals import LAST_STEP
from ema_cli.errors import DataError
from ema_cli.script.batch import Batch
from ema_cli.script.builder import Builder
from ema_cli.script.header import Columns, has_header, with_header, without_header
from ema_cli.script.source import LONGEST_LINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ema_cli.script.cells import Reading
    from ema_cli.script.source import Block

DELIMITERS = ("\t", ";", ",")
"""In the order in which they are looked for in the first line: a comma may stand in the names of a TSV file."""

_PLAIN = b"0123456789.eE+-"


class Delimited:
    """A reader of one file.

    Args:
        reading: How cells are read.
        name: What to call the file.
        held: The last value of each param, kept across the parts of a script.
    """

    def __init__(self, reading: Reading, name: str, held: dict[int, str]) -> None:
        self.reading, self.name, self.held = reading, name, held
        self.columns: Columns | None = None
        self._delimiter = ","
        self._header: list[str] | None = None
        self._builder: Builder | None = None
        self._blank: list[int] = []
        self._open: list[str] = []  # the lines of a record whose quotes have not been closed yet
        self._open_line = self._open_size = 0

    def batches(self, blocks: Iterator[Block | None]) -> Iterator[Batch | None]:
        """The updates of the file; None where nothing more has arrived."""
        first = True
        for block in blocks:
            if block is None:
                yield None
                continue
            if first and (line := _first_line(block)) is not None:
                self._delimiter = next((mark for mark in DELIMITERS if mark in _outside_quotes(line)), ",")
                first = False
            batch = self._plain(block)
            if batch is not None:
                yield batch
            else:
                yield from self._careful(block)
        if self._open:
            raise self._never_closed()
        if self._header is not None and self.columns is None:
            self.columns = with_header(self._header, None, self.reading, self.name)

    def _plain(self, block: Block) -> Batch | None:
        """The batch of a block of plain numbers; None if it is anything else."""
        columns = self.columns
        if columns is None or columns.runs is not None or self._open or self._blank:
            return None
        data = block.data.replace(b"\r\n", b"\n") if b"\r" in block.data else block.data
        width = columns.width
        marks = self._delimiter.encode() * (width - 1) + b"\n"
        rest = data.translate(None, _PLAIN)
        rows, odd = divmod(len(rest), width)
        if odd or rest != marks * rows:
            return None
        cells = data.decode("ascii").replace("\n", self._delimiter).split(self._delimiter)
        cells.pop()
        try:
            values: list[Any] = [list(map(float, cells[index::width])) for index in columns.params]
            steps = step_texts = None
            if columns.step is not None:
                step_texts = cells[columns.step :: width]
                steps = list(map(int, step_texts))
                if min(steps) < 0 or max(steps) > LAST_STEP:
                    return None
        except ValueError:
            return None
        if any(total - total != 0 for total in map(sum, values)):  # a number may be past the range of float64
            return None
        line = block.line
        name = self.name
        texts = [cells[index::width] for index in columns.params]
        if self.reading.missing == "hold":
            self.held.update((index, column[-1]) for index, column in enumerate(texts))
        kept = [cells[index::width] for index in columns.kept]
        return Batch(steps, step_texts, texts, values, kept, lambda row: f"{name}:{line + row}")

    def _careful(self, block: Block) -> Iterator[Batch]:
        for line, row in self._rows(block):
            if self.columns is None:
                if self._header is None and has_header(row, self.reading, f"{self.name}:{line}"):
                    self._header = row
                    self._blank = []
                    continue
                self._choose(row)
            yield from self._row(line, row)
        if self._builder is not None and len(self._builder):
            yield self._builder.take()

    def _choose(self, row: list[str]) -> None:
        if self._header is None:
            self.columns = without_header(len(row), self.reading, self.name)
        else:
            first = row if len(row) == len(self._header) else None
            self.columns = with_header(self._header, first, self.reading, self.name)
        self._builder = Builder(self.reading, self.name, self.columns.labels, self.columns.step_label, self.held)

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
                self._open_size += len(text)
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
                yield number, [cell.strip(" \t") for cell in record.split(self._delimiter)]
            else:
                self._blank.append(number)

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


def _first_line(block: Block) -> str | None:
    """The first line that is not empty."""
    return next((line for line in block.text().split("\n") if line.strip(" \t\r")), None)


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])
