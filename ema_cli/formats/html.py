"""An HTML page for the screen, for projectors and for print: one file that loads nothing else."""

from __future__ import annotations

import re
from html import escape
from itertools import repeat
from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import printable
from ema_cli.formats.colours import variables
from ema_cli.formats.document import Document, asset
from ema_cli.formats.layout import TableWriter
from ema_cli.text.cell_text import BLANK, text_width
from ema_cli.text.wrap import INDENT
from ema_cli.working import typeset

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.report.output import Field

_WIDE = 110  # characters that fit across A4 and Letter in the print style's type

_PHONE = 20
"""Characters of a formula that fit on a phone in the page's type."""

_AT_ONCE = 500  # rows; MathML is twenty times as long as plain text


def squeezed(css: str) -> str:
    """The source without comments and indentation."""
    return re.sub(r"\n\s*", "\n", re.sub(r"/\*.*?\*/\n?", "", css, flags=re.DOTALL))


class Page(Document):
    """The HTML page around tables and charts."""

    styles: tuple[str, ...] = ("page.css",)

    def beginning(self) -> str:
        """The page up to the first table."""
        title = escape(printable(" - ".join(self.title)))
        theme = "" if self.look.theme == "auto" else f" ema-{self.look.theme}"
        styles = f".ema-page, .ema {{ {variables()} }}\n{''.join(map(squeezed, map(asset, self.styles)))}"
        return (
            f'<!DOCTYPE html>\n<html lang="{self.look.language.name}">\n<head>\n<meta charset="utf-8">\n'
            f"<title>{title}</title>\n"
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<style>\n{styles}</style>\n</head>\n<body class="ema-page{theme}">\n<main class="ema">\n'
        )

    def ending(self) -> str:
        """The end of the page."""
        return "</main>\n</body>\n</html>\n"


class Html(TableWriter):
    """Title, rule in symbols, table, notes."""

    limit = _WIDE
    formula_width = staticmethod(typeset.width)
    narrow = 36
    """Characters in a row that fit on a phone; a phone shows a wider row as a card."""
    _cards = 0
    """Characters of the longest number, if phones show each row as a card with labelled cells; else 0."""

    def head(self) -> None:
        """Open the section; a summary stays in the section of its table."""
        if not self.output.title:
            return
        first, *others = map(printable, self.output.title)
        say = self.look.language.say
        desk = f'<p class="desk"><span>{escape(say("Name:"))}</span> <span>{escape(say("Date:"))}</span></p>'
        kind, heading = ("key", "h2") if self.look.key else ("table", "h1")
        lines = [
            f'<section class="{kind}">',
            f"<{heading}>{escape(first)}</{heading}>",
            *(f'<p class="about">{escape(line)}</p>' for line in others),
            *[desk] * (self.look.signed and not self.look.key),
            *self._formulas(),
            '<div class="show">\n<div class="text">\n',
        ]
        self.sink.write_text("\n".join(lines))

    def table(self, columns: list[list[str]]) -> None:
        """Draw a whole table, as cards on a phone if it is too wide for one."""
        if self.output.title and self._narrowest() > self.narrow:
            pairs = zip(self.shapes, columns, strict=True)
            numbers = [cell for shape, column in pairs if shape.numeric for cell in column]
            self._cards = max(map(text_width, numbers), default=1)
        super().table(columns)

    def _narrowest(self) -> int:
        """Characters in a row of the table with its headings broken between words."""
        return sum(
            max(shape.left + shape.right, *map(text_width, shape.field.heading.split() or [""]))
            for shape in self.shapes
        )

    def begin(self) -> None:
        """Draw the top of a table."""
        fields = [shape.field for shape in self.shapes]
        caption = self.look.language.say("The key, round by round" if self.look.key else "The average, round by round")
        caption = escape(printable(caption if self.output.title else fields[0].heading))
        heads = "".join(_head(field, last=field is fields[-1]) for field in fields)
        kind = f' class="cards" style="--n:{self._cards}"' if self._cards else ""
        above = f"<caption>{caption}</caption>\n" if self.output.title else ""
        # A group rather than a region: several tables would be landmarks of the same name.
        self.sink.write_text(
            f'<div class="scroll" role="group" aria-label="{caption}" tabindex="0">\n'
            f"<table{kind}>\n{above}<thead><tr>{heads}</tr></thead>\n<tbody>\n"
        )

    def rows(self, columns: list[list[str]]) -> None:
        """Write some rows."""
        fields = [shape.field for shape in self.shapes]
        keys = [place for place, field in enumerate(fields) if field.key][:1]
        for start in range(0, len(columns[0]), _AT_ONCE):
            cells = [
                [
                    self._cell(field, cell, head=place in keys, last=field is fields[-1])
                    for cell in column[start : start + _AT_ONCE]
                ]
                for place, (field, column) in enumerate(zip(fields, columns, strict=True))
            ]
            self.sink.write_text("".join(f"<tr>{''.join(row)}</tr>\n" for row in zip(*cells, strict=True)))

    def end(self) -> None:
        """Close a table."""
        self.sink.write_text("</tbody>\n</table>\n</div>\n")

    def say(self, notes: list[str]) -> None:
        """Write the notes."""
        self.sink.write_text("".join(f'<p class="notes">{escape(printable(note))}</p>\n' for note in notes))

    def figure(self, draw: Callable[[], None]) -> None:
        """Draw the chart beside the table, or below it."""
        self.sink.write_text("</div>\n")
        draw()
        self.sink.write_text("<div>\n")

    def close(self) -> None:
        """End the section."""
        self.sink.write_text("</div>\n</div>\n</section>\n")

    def _formulas(self) -> list[str]:
        items = []
        for formula in self.output.formulas:
            label = escape(printable(formula.label))
            items.append(f"<li>{label}{self._math(formula.text)}</li>")
        return ['<ul class="formulas">', *items, "</ul>"] if items else []

    def _math(self, line: str) -> str:
        """Set each part of a line of working as a formula, so that a narrow screen can break between them."""
        indent = "&#x2003;" if line.startswith(INDENT) else ""
        parts = typeset.parts(line.strip(), self.look.language)
        return indent + "".join(map(_formula, parts, map(typeset.mathml, parts, repeat(self.look.language))))

    def _cell(self, field: Field, cell: str, *, head: bool, last: bool) -> str:
        bare = cell.strip()
        if bare == BLANK:
            label = self.look.language.say("to fill in")
            inner = f'<span class="blank" role="img" aria-label="{label}">{BLANK}</span>'
        elif field.math:
            inner = "<br>".join(map(self._math, cell.split("\n"))) if bare else ""
        else:
            inner = escape(cell.lstrip() if field.numeric else cell).replace("\n", "<br>") if bare else ""
        tag, scope = ("th", ' scope="row"') if head else ("td", "")
        heading = escape(printable(" ".join(field.heading.split("\n"))))
        label = f' data-label="{heading.replace(".", ".&#x200B;")}"' if self._cards and inner else ""
        return f"<{tag}{scope}{_kind(field, last=last)}{label}>{inner}</{tag}>"


def _formula(text: str, mathml: str) -> str:
    """A `math` element; a long one states its width in characters, so that a phone can set it in smaller type."""
    width = typeset.width(text)
    wide = f' style="--w:{width}"' if width > _PHONE else ""
    return f'<math{wide}><mstyle displaystyle="true">{mathml}</mstyle></math>'


def _kind(field: Field, *, last: bool) -> str:
    """The class attribute of a cell: `n` for a number, `w` for working, `last` for the last column."""
    names = [name for name, has in (("n", field.numeric and not field.free), ("w", field.math), ("last", last)) if has]
    return f' class="{" ".join(names)}"' if names else ""


def _head(field: Field, *, last: bool) -> str:
    """Write a heading; a column without one has an empty cell."""
    tag, scope = ("th", ' scope="col"') if field.heading.strip() else ("td", "")
    lines = "<br>".join(escape(printable(line)) for line in field.heading.split("\n"))
    return f"<{tag}{scope}{_kind(field, last=last)}>{lines}</{tag}>"
