"""JSON, and JSON Lines."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING, Any

from ema_cli.core.numbers.literals import is_json_number
from ema_cli.formats.record_writer import RecordWriter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink
    from ema_cli.report.output import Closing, Field, Output


class JsonLines(RecordWriter):
    """One record per line for each update. An empty cell is null."""

    way = 1
    between = "\n"

    def __init__(self, output: Output, sink: Sink, look: Look) -> None:
        first, *others = (f"{_quoted(field.name)}: " for field in output.fields)
        super().__init__(output.fields, sink, ["{" + first, *(f", {name}" for name in others), "}" + self.between])

    def cells(self, field: Field, texts: list[str]) -> list[str]:
        """JSON numbers unquoted, an empty cell as null, everything else as a string."""
        if not field.numeric:
            return list(map(_quoted, texts))
        return [text if is_json_number(text) else _quoted(text) if text else "null" for text in texts]

    @staticmethod
    def listed(columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> str:
        """A list with one object per line."""
        return "".join(dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n" for row in rows)


class Json(JsonLines):
    """One document: `{"settings": ..., "rounds": [...], "summary": ...}`."""

    between = ",\n"

    def __init__(self, output: Output, sink: Sink, look: Look) -> None:
        super().__init__(output, sink, look)
        self._begun = False
        sink.write(f'{{"settings": {_quoted(output.settings())},\n"rounds": ['.encode())

    def write_records(self, records: bytes) -> None:
        """Write records, separated from earlier ones."""
        start = b",\n" if self._begun else b"\n"
        self._begun = True
        self.sink.write(start + records.removesuffix(self.between.encode()))

    def finish(self, closing: Closing) -> None:
        """Close the list, and add the summary."""
        self.sink.write(f'\n],\n"summary": {_quoted(closing.data)}}}\n'.encode())

    @staticmethod
    def listed(columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> str:
        """A list of objects."""
        return dumps([dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False, indent=1) + "\n"


def _quoted(data: Any) -> str:
    """Data as JSON, with unprintable characters, which a terminal might interpret, as JSON escapes."""
    text = dumps(data, ensure_ascii=False)
    return text if text.isprintable() else "".join(c if c.isprintable() else dumps(c)[1:-1] for c in text)
