"""A page of HTML: one file with everything in it, for reading, for projecting and for print. Nothing is fetched."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ema_cli.core.literals import printable
from ema_cli.formats.layout import Laid
from ema_cli.formats.page import Document
from ema_cli.text.cells import BLANK
from ema_cli.text.wrap import INDENT
from ema_cli.working import notation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.report.table import Field

_WIDE = 110  # as many columns of a terminal fit on A4 and Letter, in the type that print has

_SHORT = 16
"""Rows, of a table that is not broken over pages."""

_AT_ONCE = 500  # rows; a formula in MathML is twenty times as long as in plain text

_STYLE = """
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --line: #b5b5b5; --band: #f3f5f7; --soft: #555;
  --c0: #1a1a1a; --c1: #0067a5; --c2: #b34700; --c3: #00735c; --c4: #94387f; --c5: #7a6200; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #16181b; --line: #555b61; --band: #1f2327;
  --soft: #b0b0b0; --c0: #e8e8e8; --c1: #62b5ea; --c2: #f0995b; --c3: #43c6a5; --c4: #dd92c8; --c5: #e0c554; } }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1, h2 { font-size: 1.3rem; margin: 0 0 .2rem; text-wrap: balance; }
.about, .notes { color: var(--soft); margin: .2rem 0; }
.notes { font-size: .9rem; max-width: 60rem; }
.formulas { margin: 1rem 0; padding: 0; list-style: none; overflow-x: auto; }
.formulas li { margin: .35rem 0; }
.formulas math, td math { font-size: 1.1em; }
td math { margin: .1em 0; }
.scroll { overflow-x: auto; margin: 1rem 0; }
.scroll:focus-visible { outline: 2px solid var(--c1); outline-offset: 2px; }
table { border-collapse: collapse; }
caption { text-align: left; color: var(--soft); font-size: .9rem; padding-bottom: .4rem; }
th, td { padding: .3rem .8rem; white-space: pre; text-align: left; vertical-align: middle; }
thead th { border-top: 2px solid var(--ink); border-bottom: 1px solid var(--ink); }
tr { background: var(--paper); }
tbody tr:nth-child(even) { background: var(--band); }
tr > th:first-child { position: sticky; left: 0; background: inherit; }
tbody tr:last-child > * { border-bottom: 2px solid var(--ink); }
tbody th { font-weight: 400; }
.n { text-align: right; }
tbody .n { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .95em; }
.blank { display: inline-block; min-width: 6em; border-bottom: 1px solid currentColor; color: transparent; }
mtext.blank { border-bottom: 1px solid var(--ink); color: transparent; }
figure { margin: 1.5rem 0; }
figure svg { width: 100%; max-width: 46rem; height: auto; }
figcaption { color: var(--soft); font-size: .9rem; }
.key { margin-top: 3rem; padding-top: 1.5rem; border-top: 1px dashed var(--line); }
@media (max-width: 40rem) { body { padding: .8rem; } th, td { padding: .3rem .4rem; font-size: .92rem; }
  figure svg text { font-size: 20px; } }
@page { margin: 14mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --paper: #fff; --line: #999; --band: #f3f5f7; --soft: #333;
    --c0: #000; --c1: #0067a5; --c2: #b34700; --c3: #00735c; --c4: #94387f; --c5: #7a6200; }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  .scroll { overflow: visible; }
  tr > th:first-child { position: static; }
  th, td { padding: .15rem .5rem; }
  tr, figure, .formulas, .short { break-inside: avoid; }
  figure { margin: .8rem 0; }
  figure svg { max-width: 125mm; }
  figure svg text { font-size: 15px; }
  .key { break-before: page; border: 0; margin: 0; padding: 0; }
}
"""


class Page(Document):
    """The page around tables and charts."""

    def beginning(self) -> str:
        """Up to the first table."""
        title = escape(printable(" - ".join(self.title)))
        return (
            f'<!DOCTYPE html>\n<html lang="{self.look.language.name}">\n<head>\n<meta charset="utf-8">\n'
            f"<title>{title}</title>\n"
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        )

    def ending(self) -> str:
        """What closes the page."""
        return "</main>\n</body>\n</html>\n"


class Html(Laid):
    """Title, rule in symbols, table, notes."""

    formula_width = staticmethod(notation.width)
    _titled = False

    def clean(self, cell: str) -> str:
        """The user's text; it is escaped when it is set."""
        return printable(cell)

    def whole(self, columns: list[list[str]]) -> None:
        """Draw all rows, in as many tables beside the keys as a printed page asks for."""
        for places in self.parts(_WIDE):
            self.squeeze(places, _WIDE)
            self._top(places, short=len(columns[0]) <= _SHORT)
            self._rows(places, [self.shapes[place].pad(columns[place]) for place in places])
            self.end()

    def begin(self) -> None:
        """The top of a table."""
        self.squeeze(range(len(self.shapes)), _WIDE)
        self._top(range(len(self.shapes)))

    def _top(self, places: Sequence[int], *, short: bool = False) -> None:
        fields = [self.sheet.fields[place] for place in places]
        key = self.look.key
        lines = []
        if not self._titled:
            self._titled = True
            lines += self._heading()
        caption = self.look.language.say("The key, round by round" if key else "The average, round by round")
        if not self.sheet.title:
            caption = self.sheet.fields[0].heading
        kind = "scroll short" if short else "scroll"
        lines.append(f'<div class="{kind}" role="region" aria-label="{caption}" tabindex="0">')
        heads = "".join(f'<th scope="col"{_kind(field)}>{_lines(field.heading)}</th>' for field in fields)
        lines.append(f"<table>\n<caption>{caption}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n")
        self.sink.write_text("\n".join(lines))

    def rows(self, columns: list[list[str]]) -> None:
        """Some rows."""
        self._rows(range(len(columns)), columns)

    def _rows(self, places: Sequence[int], columns: list[list[str]]) -> None:
        fields = [self.sheet.fields[place] for place in places]
        keys = [place for place, field in enumerate(fields) if field.key][:1]
        for start in range(0, len(columns[0]), _AT_ONCE):
            cells = [
                [self._cell(field, cell, head=place in keys) for cell in column[start : start + _AT_ONCE]]
                for place, (field, column) in enumerate(zip(fields, columns, strict=True))
            ]
            self.sink.write_text("".join(f"<tr>{''.join(row)}</tr>\n" for row in zip(*cells, strict=True)))

    def end(self) -> None:
        """The bottom of a table."""
        self.sink.write_text("</tbody>\n</table>\n</div>\n")

    def say(self, notes: list[str]) -> None:
        """The notes."""
        self.sink.write_text("".join(f'<p class="notes">{escape(printable(note))}</p>\n' for note in notes))

    def close(self) -> None:
        """The end of the section."""
        self.sink.write_text("</section>\n")

    def _heading(self) -> list[str]:
        """The beginning of the section; a summary has none of its own."""
        if not self.sheet.title:
            return []
        first, *others = map(printable, self.sheet.title)
        kind, heading = ("key", "h2") if self.look.key else ("table", "h1")
        return [
            f'<section class="{kind}">',
            f"<{heading}>{escape(first)}</{heading}>",
            *(f'<p class="about">{escape(line)}</p>' for line in others),
            *self._formulas(),
        ]

    def _formulas(self) -> list[str]:
        items = []
        for formula in self.sheet.formulas:
            label = escape(printable(formula.label))
            items.append(f'<li>{label}<math display="inline">{self._displayed(formula.text)}</math></li>')
        return ['<ul class="formulas">', *items, "</ul>"] if items else []

    def _displayed(self, text: str) -> str:
        return f'<mstyle displaystyle="true">{notation.mathml(text, self.look.language)}</mstyle>'

    def _math(self, line: str) -> str:
        indent = "&#x2003;" if line.startswith(INDENT) else ""
        return f"{indent}<math>{self._displayed(line.strip())}</math>"

    def _cell(self, field: Field, cell: str, *, head: bool) -> str:
        bare = cell.strip()
        if bare == BLANK:
            label = self.look.language.say("to fill in")
            inner = f'<span class="blank" role="img" aria-label="{label}">{BLANK}</span>'
        elif field.math:
            inner = "<br>".join(map(self._math, cell.split("\n"))) if bare else ""
        else:
            inner = escape(cell).replace("\n", "<br>") if bare else ""
        tag, scope = ("th", ' scope="row"') if head else ("td", "")
        return f"<{tag}{scope}{_kind(field)}>{inner}</{tag}>"


def _kind(field: Field) -> str:
    return "" if field.free or not field.numeric else ' class="n"'


def _lines(heading: str) -> str:
    return "<br>".join(escape(printable(line)) for line in heading.split("\n"))
