"""Expressions as one writes them on a board: in plain text, in LaTeX and in MathML, and their exact value.

An expression is made from a form's or a family's text (`core/written.py`). In plain text it is a line such as
`101/110 x 0.9 + 9/110 x 10`, from which the other spellings follow: a table's cell is the only thing a writer needs.
"""

from __future__ import annotations

import ast
import operator
import re
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from ema_cli.sheet import BLANK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

_ATOM, _POWER, _SIGN, _PRODUCT, _SUM, _TEST, _CASES = 9, 8, 7, 6, 5, 4, 3
_LONGEST_POWER = 400  # an exact power beyond that is not worth its digits

_OPERATORS: dict[type, tuple[str, int]] = {
    ast.Add: (" + ", _SUM),
    ast.Sub: (" - ", _SUM),
    ast.Mult: (" x ", _PRODUCT),
    ast.Div: ("/", _PRODUCT),
    ast.FloorDiv: ("//", _PRODUCT),
    ast.Pow: ("^", _POWER),
}
_TESTS: dict[type, tuple[str, Callable[[Any, Any], bool], str]] = {
    ast.Lt: (" < ", operator.lt, "&lt;"),
    ast.LtE: (" <= ", operator.le, "&#x2264;"),
}
_FRACTION = re.compile(r"(?<![\w.)^/])(\d+)/(\d+)(?![\w.(])")
_SYMBOL = "fraction_{}_over_{}"


@lru_cache(maxsize=256)
def parsed(text: str) -> ast.expr:
    """The tree of a form's or a family's text."""
    return ast.parse(text, mode="eval").body


def chosen(tree: ast.expr, values: Mapping[str, Any]) -> ast.expr:
    """The branch that these values take, where the text has several."""
    while isinstance(tree, ast.IfExp):
        test: Any = tree.test
        holds = _TESTS[type(test.ops[0])][1](_approximate(test.left, values), _approximate(test.comparators[0], values))
        tree = tree.body if holds else tree.orelse
    return tree


def _approximate(tree: ast.expr, values: Mapping[str, Any]) -> Any:
    if isinstance(tree, ast.Name):
        return values[tree.id]
    return ast.literal_eval(tree)


def plain(tree: ast.expr, texts: Mapping[str, str]) -> str:
    """The expression with each name's text in its place."""
    return _plain(tree, texts)[0]


def _plain(tree: ast.expr, texts: Mapping[str, str]) -> tuple[str, int]:
    """The text, and how strongly it holds together."""
    match tree:
        case ast.Name(id=name):
            return _leaf(texts.get(name, name))
        case ast.Constant():
            return _leaf(ast.unparse(tree))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"-{_in_parentheses(operand, texts, _PRODUCT)}", _SIGN
        case ast.BinOp(left=left, op=op, right=right):
            if isinstance(op, ast.FloorDiv):
                return f"floor({_plain(left, texts)[0]}/{_in_parentheses(right, texts, _ATOM)})", _ATOM
            sign, rank = _OPERATORS[type(op)]
            if isinstance(op, ast.Pow):
                return f"{_in_parentheses(left, texts, _ATOM)}^{_in_parentheses(right, texts, _ATOM)}", rank
            # What stands on the right of - or / holds together more strongly than the sign itself.
            strict = isinstance(op, ast.Sub | ast.Div)
            first = _in_parentheses(left, texts, rank, leading=True)
            return f"{first}{sign}{_in_parentheses(right, texts, rank + strict)}", rank
        case ast.Call(func=ast.Name(id=name), args=args):
            return f"{name}({', '.join(_plain(arg, texts)[0] for arg in args)})", _ATOM
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return f"{_plain(body, texts)[0]} if {_plain(test, texts)[0]}, else {_plain(orelse, texts)[0]}", _CASES
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return f"{_plain(left, texts)[0]}{_TESTS[type(op)][0]}{_plain(right, texts)[0]}", _TEST
    raise TypeError(ast.dump(tree))  # pragma: no cover  a text that no test has rendered


def _leaf(text: str) -> tuple[str, int]:
    if text.startswith("-"):
        return text, _SIGN
    if " " in text:
        return text, _SUM
    return text, _PRODUCT if "/" in text else _ATOM


def _in_parentheses(tree: ast.expr, texts: Mapping[str, str], least: int, *, leading: bool = False) -> str:
    text, rank = _plain(tree, texts)
    if rank == _SIGN and not leading:
        return f"({text})"
    return text if rank >= least else f"({text})"


def exact(tree: ast.expr, texts: Mapping[str, str]) -> Fraction | None:
    """The exact value of an expression with each name's text in its place; None if fractions cannot tell it."""
    try:
        return _exact(tree, texts)  # type: ignore[no-any-return]
    except (ArithmeticError, ValueError):
        return None


def _exact(tree: ast.expr, texts: Mapping[str, str]) -> Any:
    match tree:
        case ast.Constant(value=number):
            return of_text(str(number))
        case ast.Name(id=name):
            return of_text(texts[name]) if name in texts else of_text(name)
        case ast.UnaryOp(operand=operand):
            return -_exact(operand, texts)
        case ast.BinOp(left=left, op=ast.FloorDiv(), right=right):
            return _exact(left, texts) // _exact(right, texts)
        case ast.BinOp(left=left, op=op, right=right):
            return _EXACT[type(op)](_exact(left, texts), _exact(right, texts))
        case ast.Call(func=ast.Name(id=name), args=args) if name in _EXACT_CALLS:
            return _EXACT_CALLS[name](*(_exact(arg, texts) for arg in args))
    raise ArithmeticError


@lru_cache(maxsize=4096)
def of_text(text: str) -> Fraction:
    """The value of a number's text, or of a fraction's."""
    from fractions import Fraction

    return Fraction(text)


def value(text: str) -> Fraction | None:
    """The exact value of an expression in plain text; None if it has none, or none that fractions can tell."""
    from fractions import Fraction

    def of(tree: ast.expr) -> Any:
        match tree:
            case ast.Constant():
                return Fraction(source[tree.col_offset : tree.end_col_offset])
            case ast.Name(id=name) if name.startswith("fraction_"):
                _, over, _, under = name.split("_")
                return Fraction(int(over), int(under))
            case ast.UnaryOp(operand=operand):
                return -of(operand)
            case ast.BinOp(left=left, op=op, right=right):
                return _EXACT[type(op)](of(left), of(right))
            case ast.Call(func=ast.Name(id=name), args=args) if name in _EXACT_CALLS:
                return _EXACT_CALLS[name](*map(of, args))
        raise ArithmeticError

    source = _source(text)
    try:
        return of(ast.parse(source, mode="eval").body)  # type: ignore[no-any-return]
    except (ArithmeticError, SyntaxError, ValueError):
        return None


def _exact_power(x: Any, n: Any) -> Any:
    if n.denominator != 1 or abs(n) > _LONGEST_POWER:
        raise ArithmeticError
    return x ** int(n)


_EXACT: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: _exact_power,
}

_EXACT_CALLS: dict[str, Callable[..., Any]] = {"min": min, "max": max, "floor": lambda x: x // 1}


def _source(text: str) -> str:
    """Plain text in Python's grammar; a bare fraction as one name."""
    text = _FRACTION.sub(lambda match: _SYMBOL.format(*match.groups()), text)
    return text.replace(" x ", " * ").replace("^", "**")


_PIECES = re.compile(r"; | = | ≈ | if |, else ")
_WORDS = ("copied", "skipped", "kept")


def latex(text: str) -> str:
    """A line of plain text (expressions with `=`, `≈`, `;` between them) in LaTeX's math mode."""
    return _spelled(text, _latex, _LATEX_SIGNS, r"\mbox{%s}")


def mathml(text: str) -> str:
    """The same in MathML, without the element `math` around it."""
    return _spelled(text, _mathml, _MATHML_SIGNS, "<mtext>%s</mtext>")


def _spelled(text: str, spell: Callable[[ast.expr, str], str], signs: Mapping[str, str], words: str) -> str:
    found, at = [], 0
    for match in [*_PIECES.finditer(text), None]:
        piece = text[at : match.start() if match else len(text)]
        if piece in _WORDS:
            found.append(words % piece)
        else:
            test = " < " in piece or " <= " in piece
            source = _source(piece)
            tree = ast.parse(source, mode="eval").body
            found.append(_compared(tree, source, spell, signs) if test else spell(tree, source))
        if match:
            found.append(signs[match.group()])
            at = match.end()
    return "".join(found)


def _compared(tree: Any, source: str, spell: Callable[[ast.expr, str], str], signs: Mapping[str, str]) -> str:
    sign = signs[_TESTS[type(tree.ops[0])][0]]
    return f"{spell(tree.left, source)}{sign}{spell(tree.comparators[0], source)}"


_LATEX_SIGNS = {
    "; ": r",\quad ",
    " = ": " = ",
    " ≈ ": r" \approx ",
    " if ": r"\mbox{ if }",
    ", else ": r"\mbox{, else }",
    " < ": " < ",
    " <= ": r" \le ",
}
_MATHML_SIGNS = {
    "; ": "<mo>;</mo>",
    " = ": "<mo>=</mo>",
    " ≈ ": "<mo>&#x2248;</mo>",
    " if ": "<mtext>&#xA0;if&#xA0;</mtext>",
    ", else ": "<mtext>, else&#xA0;</mtext>",
    " < ": "<mo>&lt;</mo>",
    " <= ": "<mo>&#x2264;</mo>",
}


def _rank(tree: ast.expr) -> int:
    if isinstance(tree, ast.BinOp):
        return _ATOM if isinstance(tree.op, ast.Div) else _OPERATORS[type(tree.op)][1]
    return _SIGN if isinstance(tree, ast.UnaryOp) else _ATOM


def _grouped(
    tree: ast.expr, least: int, source: str, spell: Callable[[ast.expr, str], str], group: str, leading: bool = False
) -> str:
    """A part of an expression, in parentheses where it needs them."""
    text = spell(tree, source)
    return text if _rank(tree) >= least and (leading or _rank(tree) != _SIGN) else group % text


def _number(tree: ast.expr, source: str) -> str:
    return source[tree.col_offset : tree.end_col_offset]


_LATEX_GROUP = r"\left(%s\right)"
_LATEX_NAMES = {"pi": r"\pi", "tau": r"\tau", "gamma": r"\gamma"}


def _latex(tree: ast.expr, source: str) -> str:
    def group(part: ast.expr, least: int, leading: bool = False) -> str:
        return _grouped(part, least, source, _latex, _LATEX_GROUP, leading)

    match tree:
        case ast.Constant():
            mantissa, _, exponent = _number(tree, source).lower().partition("e")
            return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa
        case ast.Name(id=name):
            if name == BLANK:
                return r"\underline{\hspace{4.5em}}"
            if name.startswith("fraction_"):
                _, over, _, under = name.split("_")
                return rf"\frac{{{over}}}{{{under}}}"
            escaped = name.replace("_", r"\_")
            return _LATEX_NAMES.get(name, name if len(name) == 1 else rf"\mathit{{{escaped}}}")
        case ast.UnaryOp(operand=operand):
            return f"-{group(operand, _PRODUCT)}"
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return rf"\frac{{{_latex(left, source)}}}{{{_latex(right, source)}}}"
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base = _latex(left, source)
            bare = isinstance(left, ast.Constant) or (isinstance(left, ast.Name) and not left.id.startswith("fraction"))
            return f"{base if bare else _LATEX_GROUP % base}^{{{_latex(right, source)}}}"
        case ast.BinOp(left=left, op=op, right=right):
            sign = {ast.Add: " + ", ast.Sub: " - ", ast.Mult: r" \times "}[type(op)]
            rank = _OPERATORS[type(op)][1]
            return f"{group(left, rank, leading=True)}{sign}{group(right, rank + isinstance(op, ast.Sub))}"
        case ast.Call(func=ast.Name(id="floor"), args=[inner]):
            return rf"\left\lfloor {_latex(inner, source)} \right\rfloor"
        case ast.Call(func=ast.Name(id=name), args=args):
            inside = ",\\, ".join(_latex(arg, source) for arg in args)
            return rf"\{name}\left({inside}\right)"
    raise TypeError(ast.dump(tree))  # pragma: no cover  a text that no test has rendered


_MATHML_GROUP = "<mrow><mo>(</mo>%s<mo>)</mo></mrow>"
_MATHML_NAMES = {"pi": "&#x3C0;", "tau": "&#x3C4;", "gamma": "&#x3B3;"}


def _mathml(tree: ast.expr, source: str) -> str:
    def group(part: ast.expr, least: int, leading: bool = False) -> str:
        return _grouped(part, least, source, _mathml, _MATHML_GROUP, leading)

    match tree:
        case ast.Constant():
            mantissa, _, exponent = _number(tree, source).lower().partition("e")
            if not exponent:
                return f"<mn>{mantissa}</mn>"
            power = f"<msup><mn>10</mn><mn>{int(exponent)}</mn></msup>"
            return f"<mrow><mn>{mantissa}</mn><mo>&#xB7;</mo>{power}</mrow>"
        case ast.Name(id=name):
            if name == BLANK:
                return '<mtext class="blank">________</mtext>'
            if name.startswith("fraction_"):
                _, over, _, under = name.split("_")
                return f"<mfrac><mn>{over}</mn><mn>{under}</mn></mfrac>"
            return f"<mi>{_MATHML_NAMES.get(name, escape(name))}</mi>"
        case ast.UnaryOp(operand=operand):
            return f"<mrow><mo>&#x2212;</mo>{group(operand, _PRODUCT)}</mrow>"
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return f"<mfrac><mrow>{_mathml(left, source)}</mrow><mrow>{_mathml(right, source)}</mrow></mfrac>"
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base = _mathml(left, source)
            bare = isinstance(left, ast.Constant) or (isinstance(left, ast.Name) and not left.id.startswith("fraction"))
            return f"<msup>{base if bare else _MATHML_GROUP % base}<mrow>{_mathml(right, source)}</mrow></msup>"
        case ast.BinOp(left=left, op=op, right=right):
            sign = {ast.Add: "+", ast.Sub: "&#x2212;", ast.Mult: "&#xD7;"}[type(op)]
            rank = _OPERATORS[type(op)][1]
            first, second = group(left, rank, leading=True), group(right, rank + isinstance(op, ast.Sub))
            return f"<mrow>{first}<mo>{sign}</mo>{second}</mrow>"
        case ast.Call(func=ast.Name(id="floor"), args=[inner]):
            return f"<mrow><mo>&#x230A;</mo>{_mathml(inner, source)}<mo>&#x230B;</mo></mrow>"
        case ast.Call(func=ast.Name(id=name), args=args):
            inside = "<mo>,</mo>".join(_mathml(arg, source) for arg in args)
            return f"<mrow><mi>{name}</mi><mo>&#x2061;</mo>{_MATHML_GROUP % inside}</mrow>"
    raise TypeError(ast.dump(tree))  # pragma: no cover  a text that no test has rendered
