"""CSV and TSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import printable
from ema_cli.formats.record_writer import RecordWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink
    from ema_cli.report.output import Field, Output

_QUOTED = frozenset(',"\n\r')
"""The characters that make CSV quote a cell."""


class Delimited(RecordWriter):
    """A header, then a record for each update, ending with a newline."""

    delimiter: str
    cell: Callable[[str], str]

    def __init__(self, output: Output, sink: Sink, look: Look) -> None:
        super().__init__(output.fields, sink, ["", *[self.delimiter] * (len(output.fields) - 1), "\n"])
        # Cells are escaped for a terminal, which must not interpret them; a file or a pipe gets them unchanged.
        self._text = (lambda text: self.cell(printable(text))) if sink.terminal else self.cell
        self._header = (self.delimiter.join(self.cell(field.name) for field in self.fields) + "\n").encode()

    def write_records(self, records: bytes) -> None:
        """Write records, with the header before the first; without records there is no header."""
        header, self._header = self._header, b""
        self.sink.write(header + records)

    def joined(self, columns: list[list[str]]) -> str:
        """Join columns of cells to records, much faster than by a template."""
        return "\n".join(map(self.delimiter.join, zip(*columns, strict=True))) + "\n"

    def cells(self, field: Field, texts: list[str]) -> list[str]:
        """The texts of a column as cells; only free text needs escapes."""
        return list(map(self._text, texts)) if field.free else texts

    @classmethod
    def listed(cls, columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> str:
        """A list with its header."""
        return "".join(cls.delimiter.join(map(cls.cell, row)) + "\n" for row in [columns, *rows])


class Csv(Delimited):
    """Comma-separated values; lines end with a newline alone."""

    delimiter = ","
    way = 2

    @staticmethod
    def cell(text: str) -> str:
        """A cell as in RFC 4180: quoted if it contains a comma, a quote or a line break."""
        return text if _QUOTED.isdisjoint(text) else '"' + text.replace('"', '""') + '"'


class Tsv(Delimited):
    """Tab-separated values."""

    delimiter = "\t"
    way = 0

    @staticmethod
    def cell(text: str) -> str:
        r"""A cell with the escapes `\\`, `\t`, `\n` and `\r`, since TSV has no quotes."""
        for mark, escape in ("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"):
            text = text.replace(mark, escape)
        return text
