"""CSV, TSV and similar files.

A block of plain numbers is read at once (`reading/numeric_block.py`). Any other block is read row by row, which also
accepts quotes, spaces, empty lines and missing values, and reports errors with their place.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import printable
from ema_cli.errors import DataError
from ema_cli.reading import table_faults as faults
from ema_cli.reading.cells import is_missing, is_numeric
from ema_cli.reading.column_facts import Sample, mark_of
from ema_cli.reading.column_roles import choose
from ema_cli.reading.dates import is_date
from ema_cli.reading.file_columns import Columns, distinct, listed, rewritten
from ema_cli.reading.numerals import is_meant
from ema_cli.reading.numeric_block import plain_batch
from ema_cli.reading.reader import Reader
from ema_cli.reading.rows import Rows, is_comment_row
from ema_cli.reading.source import LONGEST_LINE, Block
from ema_cli.reading.table_start import (
    check_width,
    first_rows,
    fitted,
    header_of_comments,
    is_header,
    other_width,
    start_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.reading.batch import Batch
    from ema_cli.reading.cells import Reading
    from ema_cli.reading.numerals import Numerals
    from ema_cli.reading.reader import Held
    from ema_cli.reading.table_start import Start

_MANY = 4
"""Fewest numbers in the only row of a file for the note that the row may be meant as a column."""


class Delimited(Reader):
    """Reader of one delimited file."""

    def __init__(self, reading: Reading, name: str, held: Held, note: Callable[[str], None]) -> None:
        super().__init__(reading, name, held, note)
        self._rows = Rows(",", name)
        self._numerals: Numerals | None = None  # the notation of numbers; None if it is plain
        self._header: list[str] | None = None
        self._is_table = False  # True if there is a column of numbers
        self._used: set[int] = set()  # places of the columns read as numbers
        self._start: Start | None = None
        self._first = 0  # the line of the first row of data
        self._commented = False  # True if there were only comments so far

    def _from_data(self, blocks: Iterator[Block | None]) -> Iterator[Block | None]:
        waiting: list[Block] = []  # blocks before the first row of data
        last: Block | None = None
        for block in blocks:
            data = block if block is None or self.columns is not None else self._begun(block, waiting)
            last = data or last
            if block is None or data is not None:
                yield data
        if self.columns is None and waiting:
            last = self._without_header(Block.of(waiting))
            yield from filter(None, [last])
        self._end(waiting, last)

    def _begun(self, block: Block, waiting: list[Block]) -> Block | None:
        """The data so far from the first row on, with this block; None if that row has not arrived."""
        waiting.append(block)
        size = sum(len(one.data) for one in waiting)
        # Don't parse the lines before the first row again with each new block.
        if b'"' not in block.data and (self._rows.opened or start_of(block) is None) and size < LONGEST_LINE:
            return None
        waiting[:] = [Block.of(waiting)]
        data = self._without_header(waiting[0])
        if data is None and size > LONGEST_LINE:
            raise DataError(f"{self.name}: there is no row of data in the first {LONGEST_LINE // 2**20} MiB")
        return data

    def _end(self, waiting: list[Block], last: Block | None) -> None:
        """Refuse a file without a table, or that ends within quotes; note a file of one row (`last`)."""
        if self.columns is None and waiting:
            from ema_cli.reading import text_log

            lines = Block.of(waiting).text().split("\n")
            if logged := text_log.error(self.name, lines, self.reading, comments=self._commented):
                raise logged
        if self._rows.opened:
            raise self._rows.never_closed()
        if self._header is not None and self.columns is None:
            self.columns = choose(Sample(self._header, [], self.name), self.reading)
        one_row = last is not None and last.lines == 1 and last.line == self._first
        if one_row and self._header is None and len(self._used) >= _MANY:
            apart = "tr -s ' '" if self._rows.delimiter == " " else f"tr '{self._rows.delimiter}'"
            self.note(f"{self.name} is one row; {apart} '\\n' < FILE | ema-calc reads one number per row")

    def found(self) -> str:
        """Say what a file without updates holds, for the error."""
        if self._where is not None and (unmet := self._where.found()):
            return unmet
        if self._first:
            return "every row lacks a value, and --missing skip leaves such rows out"
        if self._commented:
            return "it has only comments"
        if self._header is None:
            return "it has only blank lines"
        as_data = "; --header no reads it as data" if self.reading.header == "yes" else ""
        return f"it has only a header, {listed(list(map(printable, self._header)))}{as_data}"

    def _plain(self, block: Block, columns: Columns) -> Batch | None:
        if columns.runs is not None or columns.empty or self._rows.opened or self._rows.blank:
            return None
        if self._numerals is not None:
            echoed = bool(columns.kept_names) or self._where is not None  # texts stay as they are
            if self._numerals.decimal != "," or b"." in block.data or echoed:
                return None
            block = Block(block.source, block.data.replace(b",", b"."), block.line, ended=block.ended)
        return plain_batch(block, columns, self._rows.delimiter)

    def _without_header(self, start: Block) -> Block | None:
        """Choose the columns; the block from the first row of data on, or None if that row has not arrived."""
        self._header = None
        begun = start_of(start)
        self._commented = begun is None and start.data.strip() != b""
        if begun is None:
            return None
        self._start, self._rows = begun, begun.rows()
        try:
            for line, row in self._rows.of(begun.table):
                if self._header is None and is_header(row, begun, self.reading, f"{self.name}:{line}"):
                    self._header, self._rows.blank = row, range(0)
                    continue
                if is_comment_row(row):
                    raise faults.comment(self.name, line, row)
                # Blank lines before this row are already counted; the row itself is read again.
                data = start.after(line - start.line)
                self._choose(row, data, begun)
                return data
        except DataError as error:
            raise (None if self._is_table else faults.no_table(begun, self.reading)) or error from None
        return None

    def _choose(self, row: list[str], data: Block, begun: Start) -> None:
        """Choose the columns by the first rows of `data`, which starts with `row`."""
        rows, self._first = [row for _, row in first_rows(data, begun.rows())] or [row], data.line
        delimiter, auto = self._rows.delimiter, self.reading.header == "auto"
        if self._header is None and auto:
            self._header = header_of_comments(begun, row)
        if self._header is not None:
            self._header = fitted(self._header, rows, delimiter)
            check_width(f"{self.name}:{data.line}", self._header, row, data.line, delimiter)
            faults.check_prefixes(begun)
            if sum(map(is_date, self._header)) > 2:
                faults.check_times_across(begun)
        rows = [one for one in rows if len(one) == len(row) and one != self._header]
        turned = f"(head -n {data.line - 1} FILE; tail -n +{data.line} FILE | tac)" if data.line > 1 else "tac FILE"
        sample_of = partial(Sample, self._header, source=self.name, delimiter=delimiter, turned=turned)
        sample = sample_of(rows)
        columns = [(head, sample.column(place)) for place, head in enumerate(sample.heads) if head]
        self._is_table = any(facts.is_numeric or (facts.marked and not mark_of(head)) for head, facts in columns)
        if self.reading.where:
            from ema_cli.reading.where import Where

            self._where = Where(self.reading.where, sample.names, self.name, delimiter)
            rows = list(filter(self._where.keeps, rows)) or rows
            sample = sample_of(rows)
        if self._header is not None:
            faults.check_first_rows(sample, begun.block, data.line)
        faults.check_sums(sample)
        self._numerals = None if sample.numerals.usual and not any(map(is_meant, chain(*rows))) else sample.numerals
        chosen = choose(sample, self.reading)
        if self._header is not None and auto:
            faults.check_header(self._header, row, begun, self.reading)
        self._begin(chosen)
        self._use(chosen)

    def _careful(self, block: Block) -> Iterator[Batch]:
        for line, row in self._rows.of(block):
            if self._is_header(row):
                self._rewrite(row, line)
                continue
            try:
                yield from self._row(line, row)
            except DataError as error:
                first = self._start if line == self._first and not any(map(is_missing, row)) else None
                odd = faults.odd_row(block, line, row, self._rows, self.reading, first)
                if odd is None and self.columns is not None and len(row) != self.columns.width:
                    odd = faults.of_other_width(block, line, self._rows, self.columns.width, self._first, error)
                raise block.cut_off(odd or error, line) from None
        yield from self._rest()

    def _is_header(self, row: list[str]) -> bool:
        """True if a row repeats the header, or is a new header: a known name in the first cell, and no number."""
        again = self._header is not None and row[0] in self._header and not any(map(is_numeric, row))
        return again or row == self._header

    def _rewrite(self, row: list[str], line: int) -> None:
        columns = rewritten(self._known(), row, self.name, line, self.reading.computed)
        if self._where is not None:
            self._where = self._where.below(distinct(row))
        self._same = {}
        self._use(columns)
        self._header = row

    def _rows_of(self, block: Block) -> Iterator[tuple[int, list[str]]]:
        return self._rows.again().of(block)

    def _use(self, columns: Columns) -> None:
        self.columns, self._used = columns, columns.read
        if columns.note:
            self.note(columns.note)

    def _row(self, line: int, row: list[str]) -> Iterator[Batch]:
        columns = self._known()
        if self._where is not None and not self._where.keeps(row):
            return
        if len(row) != columns.width:
            raise other_width(f"{self.name}:{line}", len(row), columns.width, named=self._header is not None)
        if columns.width == 1:
            for blank in self._rows.blank:
                yield from self._add(blank, [""])
        self._rows.blank = range(0)
        if columns.empty and (filled := next(filter(row.__getitem__, columns.empty), None)) is not None:
            raise faults.filled_late(f"{self.name}:{line}", row[filled], filled, self._header)
        if self._numerals is not None:
            row = self._usually(line, row)
        yield from self._add(line, row)

    def _usually(self, line: int, row: list[str]) -> list[str]:
        """A row with its numbers rewritten in plain notation."""
        assert self._numerals is not None
        usual = [*row]
        for place in self._used:
            try:
                usual[place] = self._numerals.usually(row[place])
            except DataError as error:
                raise DataError.of(error, f"{self.name}:{line}: {self._known().label(place)}: ") from None
        return usual
