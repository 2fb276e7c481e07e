"""CSV and TSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import printable
from ema_cli.formats.compiled_lines import compiled_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.core.rounds import Rounds
    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink
    from ema_cli.reading.batch import Batch
    from ema_cli.report.table import Closing, Field, Sheet


class Delimited:
    """A header, then a record for each update, ending with a newline."""

    delimiter: str
    cell: Callable[[str], str]
    way: int
    """Form in which the compiled core writes a cell of the input (`native/_core.pyi`)."""

    def __init__(self, sheet: Sheet, sink: Sink, look: Look) -> None:
        self.fields, self.sink = sheet.fields, sink
        # A terminal must not act on what stands in a cell; a file or a pipe gets the text as it is.
        self._text = (lambda text: self.cell(printable(text))) if sink.terminal else self.cell
        self._header = (self.delimiter.join(self.cell(field.name) for field in self.fields) + "\n").encode()
        mark = self.delimiter.encode()
        self._literals = [b"", *[mark] * (len(self.fields) - 1), b"\n"]

    def write(self, first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        """The records of a batch."""
        if not compiled_lines(
            self.fields, first, batch, rounds, self._literals, self._cells, self.way, self._write_records
        ):
            columns = [self._cells(field, field.texts(first, batch, rounds)) for field in self.fields]
            lines = map(self.delimiter.join, zip(*columns, strict=True))
            self._write_records(("\n".join(lines) + "\n").encode())

    def _write_records(self, records: bytes) -> None:
        """Write records; the header comes with the first, or not at all."""
        header, self._header = self._header, b""
        self.sink.write(header + records)

    def _cells(self, field: Field, texts: list[str]) -> list[str]:
        """The texts of a column as cells."""
        return list(map(self._text, texts)) if field.free else texts

    def flush(self) -> None:
        """Every batch is written as it comes."""

    def finish(self, closing: Closing) -> None:
        """There is no footer."""


_QUOTED = frozenset(',"\n\r')


def csv_cell(text: str) -> str:
    """A cell as RFC 4180 has it: quoted if it holds a comma, a quote, or a line break."""
    if _QUOTED.isdisjoint(text):
        return text
    return '"' + text.replace('"', '""') + '"'


def tsv_cell(text: str) -> str:
    r"""A cell with escapes for what would end it, as TSV has no quotes: `\\`, `\t`, `\n` and `\r`."""
    for mark, escape in ("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"):
        text = text.replace(mark, escape)
    return text


class Csv(Delimited):
    """Comma-separated values; lines end with a newline alone."""

    delimiter = ","
    cell = staticmethod(csv_cell)
    way = 2


class Tsv(Delimited):
    """Tab-separated values."""

    delimiter = "\t"
    cell = staticmethod(tsv_cell)
    way = 0


def csv_list(columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> str:
    """A list as CSV."""
    return "".join(",".join(map(csv_cell, row)) + "\n" for row in [columns, *rows])


def tsv_list(columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> str:
    """A list as TSV."""
    return "".join("\t".join(map(tsv_cell, row)) + "\n" for row in [columns, *rows])
