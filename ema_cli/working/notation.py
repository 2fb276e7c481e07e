"""Notations of formulas, one entry each: math mode in LaTeX and in Markdown, and MathML.

An entry has a template for each kind of part; `working/typeset.py` walks over the expression and fills them.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ema_cli.core.record import Record
from ema_cli.text.cell_text import BLANK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Notation(Record):
    """Templates for the parts of a formula."""

    number: str
    scientific: str
    """A mantissa and a power of ten."""
    name: Callable[[str], str]
    words: Callable[[str], str]
    blank: str
    nothing: str
    """An empty operand before a sign, which gives the sign its spacing."""
    room: str
    """A blank as the numerator or denominator of a fraction."""
    fraction: str
    power: str
    negative: str
    pair: str
    """Two operands with a sign between them."""
    group: str
    """Parentheses."""
    tall: str
    """The parentheses around a part that is taller than a line."""
    calls: Mapping[str, str]
    """Templates for functions with special brackets or signs, such as floor."""
    call: str
    """Any other function: its name, and its arguments in parentheses."""
    comma: str
    signs: Mapping[str, str]
    """Operators that differ from plain text, and the signs between equations."""

    def sign(self, text: str) -> str:
        """An operator in this notation."""
        return self.signs.get(text, text)


def latex_letter(letter: str) -> str:
    """A Greek letter as a LaTeX command."""
    from unicodedata import name

    words = name(letter).replace("LAMDA", "LAMBDA").split()
    return "\\" + (words[-1].title() if "CAPITAL" in words else words[-1].lower())


def _latex_name(name: str) -> str:
    if len(name) == 1 and "\u0391" <= name <= "\u03c9":
        return latex_letter(name)
    if not name.isascii():
        return rf"\mbox{{{name}}}"
    return name if len(name) == 1 else rf"\mathit{{{name.replace('_', chr(92) + '_')}}}"


_GREEK = {"pi": "&#x3C0;", "tau": "&#x3C4;", "gamma": "&#x3B3;", "inf": "&#x221E;"}

LATEX = Notation(
    number="{}",
    scientific=r"{} \cdot 10^{{{}}}",
    name=lambda name: {"inf": r"\infty"}.get(name, rf"\{name}") if name in _GREEK else _latex_name(name),
    words=r"\mbox{{{}}}".format,
    blank=r"\underline{\hspace{4.5em}}",
    nothing="{}",
    room=r"\rule{0pt}{4ex}\hspace{5em}",
    fraction=r"\frac{{{}}}{{{}}}",
    power=r"{}^{{{}}}",
    negative="-{}",
    pair="{} {} {}",
    group="({})",
    tall=r"\left({}\right)",
    calls={"floor": r"\left\lfloor {} \right\rfloor", "ceil": r"\left\lceil {} \right\rceil", "sqrt": r"\sqrt{{{}}}"},
    call=r"\{}{}",
    comma=r",\, ",
    signs={
        "x": r"\times",
        "<=": r"\le",
        "mod": r"\bmod",
        ">=": r"\ge",
        "!=": r"\ne",
        ";": ",",
        "; ": r",\quad ",
        " = ": " = ",
        " ≈ ": r" \approx ",
    },
)

MARKDOWN = LATEX.but(
    # Forges read a backslash before punctuation as an escape, and an underscore as emphasis.
    name=lambda name: _latex_name(name.replace("_", " ")).replace(" ", r"\ ") if "_" in name else LATEX.name(name),
    comma=", ",
    signs={**LATEX.signs, "<": r"\lt", ">": r"\gt", ";": ";", "; ": r";\quad "},
)

MATHML = Notation(
    number="<mn>{}</mn>",
    scientific="<mrow><mn>{}</mn><mo>&#xB7;</mo><msup><mn>10</mn><mn>{}</mn></msup></mrow>",
    name=lambda name: f"<mi>{_GREEK.get(name) or escape(name)}</mi>",
    words=lambda text: f"<mtext>{escape(text).replace(' ', '&#xA0;')}</mtext>",
    blank=f'<mtext class="blank">{BLANK}</mtext>',
    nothing="<mrow></mrow>",
    room=f'<mtext class="blank">{BLANK}</mtext>',
    fraction="<mfrac>{}{}</mfrac>",
    power="<msup>{}{}</msup>",
    negative="<mrow><mo>&#x2212;</mo>{}</mrow>",
    pair="<mrow>{}<mo>{}</mo>{}</mrow>",
    group='<mrow><mo stretchy="false">(</mo>{}<mo stretchy="false">)</mo></mrow>',
    tall="<mrow><mo>(</mo>{}<mo>)</mo></mrow>",
    calls={
        "floor": "<mrow><mo>&#x230A;</mo>{}<mo>&#x230B;</mo></mrow>",
        "ceil": "<mrow><mo>&#x2308;</mo>{}<mo>&#x2309;</mo></mrow>",
        "sqrt": "<msqrt>{}</msqrt>",
    },
    call="<mrow><mi>{}</mi><mo>&#x2061;</mo>{}</mrow>",
    comma="<mo>,</mo>",
    signs={
        "-": "&#x2212;",
        "x": "&#xD7;",
        "<": "&lt;",
        "<=": "&#x2264;",
        ">": "&gt;",
        ">=": "&#x2265;",
        "!=": "&#x2260;",
        ";": "<mo>;</mo>",
        "; ": "<mo>;</mo>",
        " = ": "<mo>=</mo>",
        " ≈ ": "<mo>&#x2248;</mo>",
    },
)
