"""The table as drawn in the terminal, as a picture."""

from __future__ import annotations

import io
import re
from html import escape, unescape
from typing import TYPE_CHECKING

from ema_cli.errors import DataError
from ema_cli.formats.page import Document
from ema_cli.text.cells import text_width

if TYPE_CHECKING:
    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink

_MOST_BYTES = 4_000_000  # a picture of more lines is drawn by no viewer


class Drawing(Document):
    """Keeps the text, and draws it in the end. Its fonts are those of whoever looks at it: nothing is fetched."""

    def __init__(self, sink: Sink, title: list[str], look: Look) -> None:
        super().__init__(sink, title, look)
        self.picture = True
        self._text = bytearray()

    def write(self, data: bytes) -> None:
        """Some text.

        Raises:
            DataError: It is too long for a picture.
        """
        self._text += data
        if len(self._text) > _MOST_BYTES:
            raise DataError("the table is too long for a picture; use --every K, or another format")

    def close(self) -> None:
        """Draw."""
        from rich._export_format import CONSOLE_SVG_FORMAT
        from rich.console import Console
        from rich.text import Text

        text = Text.from_ansi(self._text.decode())
        lines = [line.rstrip() for line in text.plain.splitlines()]
        width = max(map(text_width, lines), default=1)
        console = Console(
            record=True, file=io.StringIO(), width=width, force_terminal=True, color_system="truecolor", emoji=False
        )
        text.no_wrap = True
        console.print(text, markup=False, highlight=False, soft_wrap=True)
        frame = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
        title = escape(" - ".join(self.title), quote=False).replace("{", "{{").replace("}", "}}")
        frame = frame.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace")
        frame = re.sub(r"<!-- .*? -->", lambda _: f"<title>{title}</title>", frame)  # a backslash in it is no group
        picture = console.export_svg(title="", code_format=frame, unique_id="ema-calc")
        self.sink.write(f"{in_columns(picture)}\n".encode())


_TEXT = re.compile(r'(<text [^>]*?x=")([\d.]+)("[^>]*?textLength=")([\d.]+)("[^>]*>)([^<]+)(</text>)')
_RUN = re.compile(r"[\u1100-\uffff]+|[^\u1100-\uffff]+")


def in_columns(picture: str) -> str:
    """Rich's picture, where it gives a wide character the room of a narrow one, with the room of two columns."""

    def spaced(match: re.Match[str]) -> str:
        text = unescape(match[6])
        if text_width(text) == len(text):
            return match[0]
        column, at, found = float(match[4]) / len(text), float(match[2]), []
        for run in _RUN.findall(text):
            width = column * text_width(run)
            found.append(f"{match[1]}{at:g}{match[3]}{width:g}{match[5]}{escape(run, quote=False)}{match[7]}")
            at += width
        return "".join(found)

    return _TEXT.sub(spaced, picture)
