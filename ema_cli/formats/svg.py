"""A table as an SVG picture, for slides, pages and documents. Text stays text, and nothing else is loaded.

It uses only shapes and text with attributes, without styles, which every viewer can draw, even librsvg and LibreOffice.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import printable
from ema_cli.errors import DataError
from ema_cli.formats.colours import of_theme
from ema_cli.formats.document import Document
from ema_cli.formats.layout import TableWriter
from ema_cli.text.cell_text import BLANK, text_width, with_times
from ema_cli.text.wrap import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.formats.column_widths import Shape
    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink
    from ema_cli.report.output import Output

_SANS = "Helvetica, Arial, 'DejaVu Sans', sans-serif"  # translated: a language with another script names its fonts
_MONO = "'DejaVu Sans Mono', Menlo, 'Liberation Mono', 'Courier New', monospace"

_SIZE, _MARGIN, _GAP, _ROW, _LINE = 15, 24, 28, 27, 20
_DIGIT = 9
"""The width of a character of the monospaced fonts, at _SIZE."""
_NOTES = 13
_LEAST = 480
"""The least width of a picture, to leave room for its notes."""

_NARROW, _BROAD = re.compile(r"[ijlftI.,:;'|!()\[\] ]"), re.compile(r"[A-Zmw%@]")
_BLOCK = re.compile(r"<!--(\d+) (\d+)-->\n")


def width_of(text: str, size: float = _SIZE) -> float:
    """Estimate the width of a text in a sans-serif font, too wide rather than too narrow."""
    narrow, broad = len(_NARROW.findall(text)), len(_BROAD.findall(text))
    return size * (0.6 * text_width(text) - 0.24 * narrow + 0.2 * broad)


def block(width: int, height: int, markup: Sequence[str]) -> bytes:
    """Serialize a block of markup for `Drawing`, with its size in a comment."""
    return f"<!--{width} {height}-->\n{''.join(markup)}".encode()


class Drawing(Document):
    """A picture: blocks stacked on a background."""

    def __init__(self, sink: Sink, title: list[str], look: Look) -> None:
        super().__init__(sink, title, look)
        self._drawn: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Keep the markup of blocks until the end."""
        self._drawn.append(data)

    def close(self) -> None:
        """Write the picture."""
        _, *parts = _BLOCK.split(b"".join(self._drawn).decode())
        blocks = [(int(parts[at]), int(parts[at + 1]), parts[at + 2]) for at in range(0, len(parts), 3)]
        width = max(width for width, _, _ in blocks) + 2 * _MARGIN
        palette, y, groups = of_theme(self.look.theme), _MARGIN, []
        for _, height, markup in blocks:
            groups.append(f'<g transform="translate({_MARGIN} {y})">\n{markup}</g>\n')
            y += height
        language = self.look.language
        self.sink.write(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y + _MARGIN}"'
            f' viewBox="0 0 {width} {y + _MARGIN}" xml:lang="{language.name}" font-family="{language.say(_SANS)}"'
            f' font-size="{_SIZE}" fill="{palette["ink"]}">\n'
            f"<title>{escape(' - '.join(self.title), quote=False)}</title>\n"
            f'<rect width="100%" height="100%" fill="{palette["paper"]}"/>\n{"".join(groups)}</svg>\n'.encode()
        )


class Svg(TableWriter):
    """Writes title, rule in symbols, table and notes as blocks of markup."""

    _wide = _LEAST

    def __init__(self, output: Output, sink: Sink, look: Look) -> None:
        super().__init__(output, sink, look)
        self.limit, self.palette = look.width, of_theme(look.theme)

    def head(self) -> None:
        """Draw the title and the rule in symbols."""
        if not self.output.title:
            return
        first, *others = self.output.title
        markup, y = [f'<text y="15" font-size="17" font-weight="bold">{_text(first)}</text>\n'], 15
        for line in others:
            y += 22
            markup.append(f'<text y="{y}" fill="{self.palette["soft"]}">{_text(line)}</text>\n')
        for formula in self.output.formulas:
            y += 24
            markup.append(f'<text y="{y}">{_text(with_times(str(formula)))}</text>\n')
        lines = [*self.output.title, *map(str, self.output.formulas)]
        self._wide = max(self._wide, *(round(width_of(line, 17 if line is first else _SIZE)) for line in lines))
        self.sink.write(block(self._wide, y + 18, markup))

    def table(self, columns: list[list[str]]) -> None:
        """Draw a whole table."""
        drawn = [*map(_drawn, self.shapes, columns)]
        widths = [*map(_width, self.shapes, drawn)]
        self._wide = max(self._wide, round(sum(widths) + _GAP * len(widths)))
        self._table(drawn, widths)

    def begin(self) -> None:
        """Refuse a table that is too long to be drawn as a whole."""
        raise DataError("the table is too long for a picture; use --every K, or another format")

    def rows(self, columns: list[list[str]]) -> None:
        """Do nothing: `begin` has refused the table."""

    def say(self, notes: list[str]) -> None:
        """Draw notes, wrapped to the width of the table."""
        lines = [line for note in notes for line in self._lines(note)]
        markup = [
            f'<text y="{14 + _LINE * place}" font-size="{_NOTES}" fill="{self.palette["soft"]}">{_text(line)}</text>\n'
            for place, line in enumerate(lines)
        ]
        if markup:
            self.sink.write(block(self._wide, _LINE * len(lines) + 12, markup))

    def _lines(self, note: str) -> list[str]:
        if not note.isascii():
            from ema_cli.text.wrap import broken

            note = broken(note, int(self._wide / (_NOTES * 0.55)))
        lines = (folded(line, self._wide, lambda text: round(width_of(text, _NOTES))) for line in note.split("\n"))
        return [part.strip() for line in lines for part in line]

    def _table(self, columns: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        tall = max(len(shape.field.heading.split("\n")) for shape in self.shapes)
        top, right = _LINE * tall + 14, round(sum(widths) + _GAP * len(widths))
        ink, markup = self.palette["ink"], list[str]()
        starts = [_GAP / 2 + sum(widths[:at]) + _GAP * at for at in range(len(widths))]
        for shape, start, width in zip(self.shapes, starts, widths, strict=True):
            lines = shape.field.heading.split("\n")
            for level, line in enumerate(lines):
                y = top - 12 - _LINE * (len(lines) - 1 - level)
                at = f'x="{start + width:g}" text-anchor="end"' if shape.numeric else f'x="{start:g}"'
                markup.append(f'<text {at} y="{y}" font-weight="bold">{_text(line)}</text>\n')
        y = top
        for number, row in enumerate(zip(*columns, strict=True)):
            height = _ROW + _LINE * (max(cell.count("\n") for cell in row))
            if number % 2:
                markup.append(f'<rect y="{y}" width="{right}" height="{height}" fill="{self.palette["band"]}"/>\n')
            for shape, cell, start, width in zip(self.shapes, row, starts, widths, strict=True):
                markup += self._cell(shape, cell, start, width, y + 19)
            y += height
        for line_y, thick in (1, 2), (top, 1), (y, 2):
            markup.append(f'<path d="M0 {line_y}H{right}" stroke="{ink}" stroke-width="{thick}"/>\n')
        self.sink.write(block(right, y + 16, markup))

    def _cell(self, shape: Shape, cell: str, start: float, width: float, y: int) -> list[str]:
        field = shape.field
        if not cell:
            return []
        if cell == BLANK:
            wide = _DIGIT * len(BLANK)
            x = start + width - wide if shape.numeric else start
            return [f'<path d="M{x:g} {y + 4}h{wide}" stroke="{self.palette["ink"]}"/>\n']
        fixed = f' font-family="{_MONO}"' if shape.numeric or field.math else ""
        x = start
        if shape.numeric and shape.room is None:  # align the decimal points
            padded = shape.pad([cell])[0]
            x = start + width - _DIGIT * (shape.width - len(padded) + len(padded.lstrip()))
        bold = ' font-weight="bold"' if field.name.endswith("shadow") and not field.math else ""
        return [
            f'<text x="{x:g}" y="{y + _LINE * level}"{fixed}{bold}>{_text(line)}</text>\n'
            for level, line in enumerate(cell.split("\n"))
        ]


def _text(line: str) -> str:
    return escape(printable(line), quote=False)


def _drawn(shape: Shape, cells: list[str]) -> list[str]:
    """The cells of a column as drawn: folded if necessary, with × between factors."""
    lines = shape.folded(cells)
    return list(map(with_times, lines)) if shape.field.math else lines


def _width(shape: Shape, cells: Sequence[str]) -> float:
    headings = [1.1 * width_of(line) for line in shape.field.heading.split("\n")]
    if shape.numeric and shape.room is None:
        blank = len(BLANK) if shape.blanks else 0
        return max(*headings, _DIGIT * max(shape.left + shape.right, blank))
    lines = [line for cell in cells for line in cell.split("\n")]
    return max([*headings, *(_DIGIT * text_width(line) if shape.field.math else width_of(line) for line in lines)])
