"""LaTeX tables: booktabs, numbers aligned at the decimal point, formulas in math mode.

In one-column documents, `longtable` breaks a table over pages and repeats its head; in two columns, in Beamer, and
without that package, the table is cut into parts that fit. If it is too wide for one of two columns, it floats across
both, with its title and notes. If it is too wide even in the smallest type, TeX reports an overfull box.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import printable
from ema_cli.formats.document import Document, asset
from ema_cli.formats.layout import TableWriter
from ema_cli.text.cell_text import BLANK
from ema_cli.text.wrap import INDENT
from ema_cli.working import typeset
from ema_cli.working.notation import latex_letter

if TYPE_CHECKING:
    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink
    from ema_cli.report.output import Field, Output
    from ema_cli.working.rule_formulas import Formula

_WIDE = 76
"""Characters of a terminal that fit across an article or a slide in easily readable type."""

_SHORT = 30
"""Lines up to which a table is kept on one page; unlike a `longtable`, it needs no second run to get its widths."""

_NUMBER = re.compile(r"(-?[0-9]*)(\.[0-9]+)?(?:e([+-]?[0-9]+))?|-?[0-9]+/[0-9]+")
_ESCAPES = str.maketrans(
    {
        **{mark: f"\\{mark}" for mark in "{}$&#%_"},
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        '"': r"{\ttfamily\char34}",
        "≈": r"$\approx$",
    }
)
_GREEK = re.compile("[\u0391-\u03a9\u03b1-\u03c9]")
_CLASS = r"\documentclass{{article}}"  # doubled braces: the text is translated, and passed through str.format
_BLANK = r"\underline{\hspace{4.5em}}"


def escaped(text: str) -> str:
    """Escape the characters that are special in TeX."""
    # A bracket after \\ would be read as its argument; dashes and quotes would become ligatures.
    text = _GREEK.sub(lambda letter: f"${latex_letter(letter[0])}$", text.translate(_ESCAPES))
    return (
        text.replace("[", "{[}").replace("--", "-{}-").replace("``", "`{}`").replace("''", "'{}'").replace("*", "{*}")
    )


class Standalone(Document):
    """The document around the tables; without --standalone, the macros and packages that the user's document needs."""

    def beginning(self) -> str:
        """The preamble."""
        say = self.look.language.say
        macros = re.sub("(?m)^%.*\n", "", asset("fitted.tex"))
        fitted = f"% {say('a table in the largest type that fits')}\n{macros}"
        if not self.look.standalone:
            return f"% {say('in the preamble')}: \\usepackage{{{say('booktabs,longtable')}}}\n{fitted}"
        return (
            f"% {say('compile with pdflatex, xelatex or lualatex')}\n"
            f"{say(_CLASS)}\n"
            "\\usepackage{booktabs,longtable}\n"
            "\\usepackage[margin=2cm]{geometry}\n"
            "\\pagestyle{empty}\n"
            f"{fitted}"
            "\\begin{document}\n"
        )

    def ending(self) -> str:
        """The end of the document."""
        return "\\end{document}\n" if self.look.standalone else ""


class Latex(TableWriter):
    """Writes the title, the rule in symbols, tables and notes in LaTeX."""

    formula_width = staticmethod(typeset.width)

    def __init__(self, output: Output, sink: Sink, look: Look) -> None:
        super().__init__(output, sink, look)
        self.limit = look.width or _WIDE

    def head(self) -> None:
        """Draw the title and the rule in symbols; a key starts on a new page."""
        if not self.output.title:
            return
        titles = [f"{escaped(printable(line))}\\\\" for line in self.output.title]
        titles[0] = f"\\textbf{{{titles[0][:-2]}}}\\\\"
        if self.look.signed and not self.look.key:
            say, line = self.look.language.say, r"\underline{\hspace{.3\linewidth}}"
            titles.append(rf"\medskip {say('Name:')} {line}\quad {say('Date:')} {line}\\")
        page = ["\\emapage"] if self.look.key else []
        formulas = map(self._formula, self.output.formulas)
        lines = [*page, "\\ematitle{\\begin{center}", *titles, "\\smallskip", *formulas, "\\medskip", "\\end{center}}"]
        self.sink.write_text("\n".join(lines) + "\n")

    def table(self, columns: list[list[str]]) -> None:
        """Draw a whole table."""
        self._table([shape.folded(column) for shape, column in zip(self.shapes, columns, strict=True)])

    def rows(self, columns: list[list[str]]) -> None:
        """Draw some rows as a separate table."""
        self._table([[cell.strip() for cell in column] for column in columns])

    def say(self, notes: list[str]) -> None:
        """Write each note as a paragraph."""
        start, end = "\\smallskip\\noindent\\begin{minipage}{\\linewidth}\\small ", "\\end{minipage}\\par\n"
        lines = [f"{start}{escaped(printable(note))}{end}" for note in notes]
        self.sink.write_text(f"\\emanotes{{%\n{''.join(lines)}}}\n" if lines else "")

    def close(self) -> None:
        """Place the tables that float across two columns, with their notes."""
        self.sink.write_text("\\emaflush\n")

    def _table(self, columns: list[list[str]]) -> None:
        fields = [shape.field for shape in self.shapes]
        kinds = "".join(map(_side, fields))
        cells = [self._column(field, column) for field, column in zip(fields, columns, strict=True)]
        math = [field.math for field in fields]
        gap = 0.8 if any(field.blanks for field in fields) else 0.4 if any(math) else 0  # blanks have room to write
        gaps = [*[f"\\addlinespace[{gap}\\emaline]" if gap else ""] * (len(columns[0]) - 1), ""]
        heights = [gap + max(map(_height, row, math)) for row in zip(*columns, strict=True)]
        breaks = ["", *(f"\\emabreak{{{height:g}}}" for height in heights[1:])]
        short = "\\emalongfalse" if sum(heights) <= _SHORT else ""
        self.sink.write_text(
            "\n".join(
                [
                    f"{{{short}\\ematable{{{kinds}}}{{{' & '.join(map(_heading, fields))}}}{{%",
                    *(f"{cut}{' & '.join(row)} \\\\{gap}" for cut, gap, *row in zip(breaks, gaps, *cells, strict=True)),
                    "}}\n",
                ]
            )
        )

    def _formula(self, formula: Formula) -> str:
        """A line of the rule in symbols; TeX may break it between its parts, in type that fits the widest part."""
        language = self.look.language
        parts = [typeset.latex(part, language) for part in typeset.parts(formula.text, language)]
        line = "$\\emaor$\\displaystyle ".join(parts)
        return f"\\emaformula{{{escaped(formula.label)}$\\displaystyle {line}$}}"

    def _math(self, text: str) -> str:
        """A line of working; if it is folded, a stack of lines."""
        lines = text.split("\n")
        indents = [r"\quad " if line.startswith(INDENT) else "" for line in lines]
        formulas = [typeset.latex(line.strip(), self.look.language) for line in lines]
        return _stacked("l", [f"{indent}$\\displaystyle {of}$" for indent, of in zip(indents, formulas, strict=True)])

    def _column(self, field: Field, cells: list[str]) -> list[str]:
        """Set the cells of a column in TeX; numbers are padded to align their decimal points."""
        if field.math:
            return [self._math(cell) if cell else "" for cell in cells]
        if field.free or not field.numeric:
            return [_BLANK if cell == BLANK else escaped(cell) for cell in cells]
        matches = map(_NUMBER.fullmatch, cells)
        tails = [(match[2] or "") if match else "" for match in matches]
        longest = max(tails, key=len)
        return [
            _number(cell, longest[len(tail) :] if tail else longest) for cell, tail in zip(cells, tails, strict=True)
        ]


def _heading(field: Field) -> str:
    lines = [escaped(printable(line)) for line in field.heading.split("\n")]
    return _stacked(_side(field), lines, "[b]", "")


def _height(cell: str, math: bool) -> float:
    """Height of a cell in lines of text; a fraction takes about two."""
    lines = cell.split("\n")
    return sum(2.2 if "/" in line else 1.1 for line in lines) if math else len(lines)


def _stacked(side: str, lines: list[str], place: str = "", gap: str = r"\addlinespace[3pt]") -> str:
    """Stack lines in one cell."""
    if len(lines) == 1:
        return lines[0]
    return f"\\begin{{tabular}}{place}{{@{{}}{side}@{{}}}}" + rf" \\{gap} ".join(lines) + r"\end{tabular}"


def _side(field: Field) -> str:
    """Alignment of a column: left or right."""
    return "l" if field.free else "r"


def _number(cell: str, rest: str) -> str:
    if cell == BLANK:
        return _BLANK
    if not cell:
        return ""
    if "\n" in cell:
        return _stacked("r", [f"${line.strip()}$" for line in cell.split("\n")])
    match = _NUMBER.fullmatch(cell)
    if match is None:
        return escaped(cell)
    pad = rf"\phantom{{{rest}}}" if rest and match[1] is not None else ""
    if match[3] is not None:
        return rf"${match[1]}{match[2] or ''} \cdot 10^{{{int(match[3])}}}$"
    return f"${cell}{pad}$"
