"""The table as drawn in the terminal, as a picture."""

from __future__ import annotations

import io
import re
from html import escape
from typing import TYPE_CHECKING

from ema_cli.errors import DataError
from ema_cli.output.document import Document

if TYPE_CHECKING:
    from ema_cli.output import Look
    from ema_cli.output.sink import Sink

_MOST_BYTES = 4_000_000  # a picture of more lines is drawn by no viewer


class Drawing(Document):
    """Keeps the text, and draws it in the end. Its fonts are those of whoever looks at it: nothing is fetched."""

    def __init__(self, sink: Sink, title: list[str], look: Look) -> None:
        super().__init__(sink, title, look)
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
        width = max(map(len, lines), default=1)
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
        self.sink.write(f"{picture}\n".encode())
