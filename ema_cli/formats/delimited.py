"""CSV and TSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.literals import printable
from ema_cli.reading.batch import Lines
from ema_cli.text.numbers import coded

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

    def __init__(self, sheet: Sheet, sink: Sink, look: Look) -> None:
        self.fields, self.sink = sheet.fields, sink
        # A terminal must not act on what stands in a cell; a file or a pipe gets the text as it is.
        self._text = (lambda text: self.cell(printable(text))) if sink.terminal else self.cell
        self._header = self.delimiter.join(self.cell(field.name) for field in self.fields) + "\n"

    def write(self, first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        """The records of a batch."""
        header, self._header = self._header, ""  # it comes with the first records, or not at all
        if isinstance(batch, Lines) and self._repeats(batch):
            self.sink.write(header.encode() + self._appended(first, batch, rounds))
            return
        columns = [field.texts(first, batch, rounds) for field in self.fields]
        columns = [
            list(map(self._text, column)) if field.free else column
            for field, column in zip(self.fields, columns, strict=True)
        ]
        lines = map(self.delimiter.join, zip(*columns, strict=True))
        self.sink.write((header + "\n".join(lines) + "\n").encode())

    def _repeats(self, batch: Batch) -> bool:
        """Whether the records start with the step and the params as the file has them, and repeat nothing later."""
        written = 1 + len(batch.values)
        sources = [field.source for field in self.fields]
        return sources == [*range(written), *[None] * (len(sources) - written)] and not any(
            field.free for field in self.fields
        )

    def _appended(self, first: int, batch: Lines, rounds: Sequence[Sequence[Rounds]]) -> bytes:
        """The lines of the file with the computed cells behind each: they are the template that is filled in."""
        rows = len(batch)
        columns = [_column(field, first, batch, rounds) for field in self.fields[1 + len(batch.values) :]]
        mark, lines = self.delimiter.encode(), batch.lines
        if batch.delimiter != self.delimiter:
            lines = lines.replace(batch.delimiter.encode(), mark)
        cells = [b"%b" if len(column) == rows else column[0] for column in columns]
        template = lines.replace(b"\n", mark.join([b"", *cells]) + b"\n")
        varying = [column for column in columns if len(column) == rows]
        doubles = [column for column in varying if isinstance(column[0], float)]
        printed = coded(_in_turn(doubles)) if doubles else []
        if len(doubles) < len(varying):
            each = (printed[place :: len(doubles)] for place in range(len(doubles)))
            printed = _in_turn([next(each) if isinstance(column[0], float) else column for column in varying])
        return template % tuple(printed)

    def flush(self) -> None:
        """Every batch is written as it comes."""

    def finish(self, closing: Closing) -> None:
        """There is no footer."""


def _column(field: Field, first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> list[Any]:
    """The cells of a column of numbers in ASCII, of equal ones one; or the values, if their `repr` is printed."""
    doubles = field.doubles and field.doubles(first, batch, rounds)
    if doubles:
        return doubles
    texts = field.texts(first, batch, rounds)
    if texts[0] is texts[-1] and texts.count(texts[0]) == len(texts):
        return [texts[0].encode()]
    return [text.encode() for text in texts]


def _in_turn(columns: Sequence[list[Any]]) -> list[Any]:
    """The cells of all columns, row by row."""
    width = len(columns)
    flat = columns[0] * width
    for place, column in enumerate(columns):
        flat[place::width] = column
    return flat


def csv_cell(text: str) -> str:
    """A cell as RFC 4180 has it: quoted if it holds a comma, a quote, or a line break."""
    if not any(mark in text for mark in ',"\n\r'):
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


class Tsv(Delimited):
    """Tab-separated values."""

    delimiter = "\t"
    cell = staticmethod(tsv_cell)
