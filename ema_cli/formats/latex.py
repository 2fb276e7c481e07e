"""A LaTeX table: booktabs, numbers aligned on the point, formulas in math mode. It needs no other package."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.core.literals import printable
from ema_cli.formats.layout import Laid
from ema_cli.formats.page import Document
from ema_cli.text.cells import BLANK
from ema_cli.text.wrap import INDENT
from ema_cli.working import notation
from ema_cli.working.notation import latex_letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ema_cli.report.table import Field

_ROWS_ON_A_PAGE = 36
"""Lines of text, beside the title and the formulas."""

_WIDE = 109
"""As many columns of a terminal fit on A4 and Letter in type that can be read."""

_FITTED = r"""\def\emafit#1{{\setbox0\hbox{\normalsize\tabcolsep6pt#1}%
  \ifdim\wd0>\linewidth\setbox0\hbox{\small\tabcolsep5pt#1}\fi
  \ifdim\wd0>\linewidth\setbox0\hbox{\footnotesize\tabcolsep4pt#1}\fi
  \ifdim\wd0>\linewidth\setbox0\hbox{\scriptsize\tabcolsep3pt#1}\fi
  \ifdim\wd0>\linewidth\setbox0\hbox{\tiny\tabcolsep2pt#1}\fi
  \makebox[\linewidth]{\box0}}}
"""

_NUMBER = re.compile(r"(-?[0-9]*)(\.[0-9]+)?(?:e([+-]?[0-9]+))?|-?[0-9]+/[0-9]+")
_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
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
_CLASS = r"\documentclass{{article}}"  # doubled braces: a language has its own
_BLANK = r"\underline{\hspace{4.5em}}"


def escaped(text: str) -> str:
    """The text with everything that TeX would act on escaped."""
    # A bracket after \\ would be read as its argument; ligatures of dashes and quotes would change the text.
    text = _GREEK.sub(lambda letter: f"${latex_letter(letter[0])}$", text.translate(_ESCAPES))
    return (
        text.replace("[", "{[}").replace("--", "-{}-").replace("``", "`{}`").replace("''", "'{}'").replace("*", "{*}")
    )


class Standalone(Document):
    """Preamble that makes a table a document by itself; without --standalone, what its document must have."""

    def beginning(self) -> str:
        """The preamble."""
        say = self.look.language.say
        fitted = f"% {say('a table in the largest type that has room')}\n{_FITTED}"
        if not self.look.standalone:
            return f"% {say('in the preamble')}: \\usepackage{{{say('booktabs')}}}\n{fitted}"
        return (
            f"% {say('compile with pdflatex, xelatex or lualatex')}\n"
            f"{say(_CLASS)}\n"
            "\\usepackage{booktabs}\n"
            "\\usepackage[margin=2cm]{geometry}\n"
            "\\pagestyle{empty}\n"
            f"{fitted}"
            "\\begin{document}\n"
        )

    def ending(self) -> str:
        """The end of the document."""
        return "\\end{document}\n" if self.look.standalone else ""


class Latex(Laid):
    """The title, the rule in symbols, and tables of as many rows as a page takes."""

    formula_width = staticmethod(notation.width)
    _titled = False

    def clean(self, cell: str) -> str:
        """The user's text; it is escaped when it is set."""
        return printable(cell)

    def whole(self, columns: list[list[str]]) -> None:
        """Draw all rows, in as many tables beside the keys as the page asks for."""
        for places in self.parts(_WIDE):
            self.squeeze(places, _WIDE)
            some = [self._folded(place, columns[place]) for place in places]
            for page in self._pages(places, some):
                self._table(places, page)

    def begin(self) -> None:
        """Each table is drawn as a whole."""
        self.squeeze(range(len(self.shapes)), _WIDE)

    def rows(self, columns: list[list[str]]) -> None:
        """Draw some rows, a table for each page."""
        places = list(range(len(columns)))
        for page in self._pages(places, [[cell.strip() for cell in column] for column in columns]):
            self._table(places, page)

    def end(self) -> None:
        """A table has its own bottom."""

    def say(self, notes: list[str]) -> None:
        """Add notes, a paragraph each."""
        start, end = "\\noindent\\begin{minipage}{\\linewidth}\\small ", "\\end{minipage}\n"
        lines = [f"{start}{escaped(printable(note))}{end}" for note in notes]
        self.sink.write_text("\n".join(lines))

    def _table(self, places: Sequence[int], columns: list[list[str]]) -> None:
        fields = [self.sheet.fields[place] for place in places]
        formulas = any(field.math for field in fields)
        kinds = "".join(map(_side, fields))
        cells = [self._column(field, column) for field, column in zip(fields, columns, strict=True)]
        gap = " \\addlinespace[5pt]" if formulas else ""
        page = ["\\clearpage"] if self.look.key and not self._titled else []
        lines = [*page, "\\begin{center}", *self._heading(), f"\\emafit{{\\begin{{tabular}}{{{kinds}}}", "\\toprule"]
        lines.append(" & ".join(map(_heading, fields)) + r" \\")
        lines.append("\\midrule")
        lines += [f"{' & '.join(row)} \\\\{gap}" for row in zip(*cells, strict=True)]
        lines += ["\\bottomrule", "\\end{tabular}}", "\\end{center}", ""]
        self.sink.write_text("\n".join(lines))

    def _heading(self) -> list[str]:
        """The title and the rule in symbols, once."""
        if self._titled or not self.sheet.title:
            return []
        self._titled = True
        titles = [f"{escaped(printable(line))}\\\\" for line in self.sheet.title]
        titles[0] = f"\\textbf{{{titles[0][:-2]}}}\\\\"
        if self.look.signed and not self.look.key:
            say, line = self.look.language.say, r"\underline{\hspace{5cm}}"
            titles.append(rf"\medskip {say('Name:')} {line}\quad {say('Date:')} {line}\\")
        formulas = [f"{escaped(one.label)}{self._math(one.text)}\\\\[4pt]" for one in self.sheet.formulas]
        return [*titles, "\\smallskip", *formulas, "\\medskip"]

    def _pages(self, places: Sequence[int], columns: list[list[str]]) -> Iterator[list[list[str]]]:
        """The rows of each page."""
        math = [self.sheet.fields[place].math for place in places]
        start, height = 0, 0.0
        for end, row in enumerate(zip(*columns, strict=True)):
            own = max(map(_height, row, math))
            if end > start and height + own > _ROWS_ON_A_PAGE:
                yield [column[start:end] for column in columns]
                start, height = end, 0.0
            height += own
        if start < len(columns[0]):
            yield [column[start:] for column in columns]

    def _folded(self, place: int, cells: list[str]) -> list[str]:
        shape = self.shapes[place]
        return cells if shape.room is None else ["\n".join(shape.lines(cell, shape.room)) for cell in cells]

    def _math(self, text: str) -> str:
        """A line of working; several, where it is folded."""
        lines = text.split("\n")
        indents = [r"\quad " if line.startswith(INDENT) else "" for line in lines]
        formulas = [notation.latex(line.strip(), self.look.language) for line in lines]
        return _stacked("l", [f"{on}$\\displaystyle {one}$" for on, one in zip(indents, formulas, strict=True)])

    def _column(self, field: Field, cells: list[str]) -> list[str]:
        """The cells as TeX has them, numbers padded so that their points stand under each other."""
        if field.math:
            return [self._math(cell) if cell else "" for cell in cells]
        if field.free or not field.numeric:
            return [_BLANK if cell == BLANK else escaped(cell) for cell in cells]
        tails = [_tail(cell) for cell in cells]
        longest = max(tails, key=len)
        return [
            _number(cell, longest[len(tail) :] if tail else longest) for cell, tail in zip(cells, tails, strict=True)
        ]


def _heading(field: Field) -> str:
    lines = [escaped(printable(line)) for line in field.heading.split("\n")]
    stack = f"\\shortstack[{_side(field)}]{{"
    return lines[0] if len(lines) == 1 else stack + r" \\ ".join(lines) + "}"


def _height(cell: str, math: bool) -> float:
    """Height of a cell in lines of text: a fraction is two, and formulas have room between them."""
    lines = cell.split("\n")
    return sum(2.2 if "/" in line else 1.1 for line in lines) + 0.4 if math else len(lines)


def _stacked(side: str, lines: list[str]) -> str:
    """Lines of one cell."""
    if len(lines) == 1:
        return lines[0]
    return f"\\begin{{tabular}}{{@{{}}{side}@{{}}}}" + r" \\[3pt] ".join(lines) + r"\end{tabular}"


def _side(field: Field) -> str:
    """Where the cells of a column stand."""
    return "l" if field.free else "r"


def _tail(cell: str) -> str:
    match = _NUMBER.fullmatch(cell)
    return (match[2] or "") if match else ""


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
