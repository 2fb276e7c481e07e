"""Writer of records, one for each update.

The compiled core, if loaded, copies input cells and prints numbers; otherwise the same records are joined from texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.compiled_loops import compiled
from ema_cli.reading.batch import Lines
from ema_cli.report.output import Writer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.formats.sink import Sink
    from ema_cli.report.output import Field, Results


class RecordWriter(Writer):
    """A writer of records. Its literals are the texts before, between and after the cells of a record."""

    way: int
    """The form in which the compiled core writes a cell of the input (`native/_core.pyi`); 1 is JSON."""

    def __init__(self, fields: Sequence[Field], sink: Sink, literals: Sequence[str]) -> None:
        self.fields, self.sink = fields, sink
        self._literals = [literal.encode() for literal in literals]
        self._template = "%s".join(literal.replace("%", "%%") for literal in literals)

    def cells(self, field: Field, texts: list[str]) -> list[str]:
        """Turn the texts of a column into cells, with quotes and escapes."""
        raise NotImplementedError

    def write(self, results: Results) -> None:
        """Write the records of a batch."""
        core = compiled()
        if core is None or not core.lines(len(results), self._parts(results), self.write_records):
            columns = [self._in_order(field, results) for field in self.fields]
            self.write_records(self.joined(columns).encode())

    def _in_order(self, field: Field, results: Results) -> list[str]:
        """The cells of a column in the order of the file."""
        cells, order = self.cells(field, field.texts(results)), results.order
        return cells if order is None else [*map(cells.__getitem__, order)]

    def joined(self, columns: list[list[str]]) -> str:
        """Join columns of cells to records."""
        return "".join(map(self._template.__mod__, zip(*columns, strict=True)))

    def write_records(self, records: bytes) -> None:
        """Write whole records."""
        self.sink.write(records)

    def _parts(self, results: Results) -> tuple[Any, ...]:
        """The parts of a record, in the form that the compiled core expects."""
        batch, quoted, absent = results.batch, self.way == 1, b"null" if self.way == 1 else b""

        def part(field: Field) -> Any:
            if isinstance(batch, Lines) and field.place is not None and (place := field.place(batch)) is not None:
                way = self.way if field.free else 0  # numbers need no quotes or escapes
                return batch.data, batch.spans, place, batch.width, way
            numbers = None if field.numbers is None or results.order is not None else field.numbers(results)
            if isinstance(numbers, tuple):
                (values, mask), printed = numbers
                return values, printed, mask, absent, quoted
            if numbers is not None:
                return numbers
            return self._in_order(field, results)

        parts: list[Any] = [self._literals[0]]
        for field, literal in zip(self.fields, self._literals[1:], strict=True):
            parts += part(field), literal
        return tuple(parts)
