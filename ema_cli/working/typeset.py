"""Typeset lines of working as formulas: the same walk over an expression serves every notation (`notation.py`)."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ema_cli.text.cell_text import BLANK, text_width
from ema_cli.text.language import ENGLISH
from ema_cli.working.expression import ATOM, INSTEAD, PRODUCT, RANKS, SIGN, as_python, fraction_of
from ema_cli.working.notation import LATEX, MARKDOWN, MATHML

if TYPE_CHECKING:
    from ema_cli.text.language import Language
    from ema_cli.working.notation import Notation

JOINTS = (" if ", ", else ")
"""Words between expressions, which languages translate."""

WORDS = (*INSTEAD.values(), "kept")
"""The texts that replace an expression in a round that is not an update, or keeps the shadow."""

_SIGNS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "x", ast.Mod: "mod",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "=", ast.NotEq: "!=",
}  # fmt: skip


def latex(text: str, language: Language = ENGLISH) -> str:
    """A line of plain text (expressions with `=`, `≈`, `;` between them) in LaTeX's math mode."""
    return _line(text, LATEX, language)


def markdown(text: str, language: Language = ENGLISH) -> str:
    """A line of plain text in math mode for Markdown, as GitHub and Jupyter render it."""
    return f"${_line(text, MARKDOWN, language).strip()}$"


def mathml(text: str, language: Language = ENGLISH) -> str:
    """A line of plain text in MathML, without the enclosing `math` element."""
    return _line(text, MATHML, language)


_OVER = re.compile(r"(\([^()]*\)|[\w.]+)/(\([^()]*\)|[\w.]+)")


def width(text: str) -> int:
    """The width of a typeset line in characters; a fraction is as wide as its longer part."""
    return text_width(_OVER.sub(lambda match: max((part.strip("()") for part in match.groups()), key=len), text))


def parts(text: str, language: Language = ENGLISH) -> list[str]:
    """Split a line into parts that are formulas by themselves, between which it may be broken.

    >>> parts("shadow = decay x shadow + (1 - decay) x param")
    ['shadow', '= decay x shadow', '+ (1 - decay) x param']
    """
    pieces, depth = [""], 0
    for word in text.split(" "):
        if pieces[-1] and not depth and (pieces[-1].endswith(";") or word in ("=", "≈", "+", "-")):
            pieces.append(word)
        else:
            pieces[-1] += f" {word}" if pieces[-1] else word
        depth += word.count("(") - word.count(")")
    joint = re.compile("|".join(f"(?<={mark})(?={word})" for mark, word in _halves(language)))
    return [part for piece in pieces for part in joint.split(piece)]


def _halves(language: Language) -> list[tuple[str, str]]:
    """Each joint split in two: the punctuation that ends a line, and the words that begin the next."""
    joints = map(language.say, JOINTS)
    return [("", joint) if joint.startswith(" ") else (joint[0], joint[1:]) for joint in joints]


_RELATION, _OPERATOR = re.compile("[=≈] "), re.compile("[-+x] ")
_NOTHING = "_"
"""A name in place of the missing left operand when a line begins with an operator."""


def _line(text: str, notation: Notation, language: Language) -> str:
    halves, words = _halves(language), [*map(language.say, WORDS)]
    joints = "|".join(part for mark, word in halves for part in (f"{mark}{word}", f"^{word}", f"{mark or '!'}$"))
    between = re.compile(f"({'|'.join(['; ', ' = ', ' ≈ ', joints])})")
    written = []
    if _RELATION.match(text):  # the line continues a broken one
        written, text = [notation.nothing, notation.signs[f" {text[0]} "]], text[2:]
    elif _OPERATOR.match(text):
        text = f"{_NOTHING} {text}"
    text, ends = text.removesuffix(";"), text.endswith(";")
    for place, piece in enumerate(between.split(text)):
        if place % 2:
            written.append(notation.signs.get(piece) or notation.words(piece))
        elif piece:
            written.append(notation.words(piece) if piece in words else _Speller(piece, notation).text)
    return "".join([*written, notation.signs[";"]] if ends else written)


class _Speller:
    """Writes one expression in a notation."""

    def __init__(self, text: str, notation: Notation) -> None:
        source = as_python(text)
        self.notation, self._octets = notation, source.encode()  # the tree's offsets count bytes
        self.text = self._spell(ast.parse(source, mode="eval").body)

    def _spell(self, tree: ast.expr) -> str:
        notation = self.notation
        match tree:
            case ast.Constant():
                text = self._octets[tree.col_offset : tree.end_col_offset].decode()
                mantissa, _, exponent = text.lower().partition("e")
                return (
                    notation.scientific.format(mantissa, int(exponent))
                    if exponent
                    else notation.number.format(mantissa)
                )
            case ast.Name(id=name) if name in (BLANK, _NOTHING):
                return notation.blank if name == BLANK else notation.nothing
            case ast.Name(id=name):
                parts = fraction_of(name)
                return notation.fraction.format(*map(notation.number.format, parts)) if parts else notation.name(name)
            case ast.UnaryOp(operand=operand):
                return notation.negative.format(self._grouped(operand, PRODUCT))
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                sides = (
                    notation.room if isinstance(side, ast.Name) and side.id == BLANK else self._spell(side)
                    for side in (left, right)
                )
                return notation.fraction.format(*sides)
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                base = self._spell(left) if _bare(left) else self._in_parentheses(left)
                return notation.power.format(base, self._raised(right))
            case ast.BinOp(left=left, op=op, right=right):
                rank = RANKS[type(op)]
                first = self._grouped(left, rank, leading=True)
                second = self._grouped(right, rank + isinstance(op, ast.Sub))
                return notation.pair.format(first, notation.sign(_SIGNS[type(op)]), second)
            case ast.Compare(left=left, ops=[test], comparators=[right]):
                return notation.pair.format(self._spell(left), notation.sign(_SIGNS[type(test)]), self._spell(right))
            case ast.Call(func=ast.Name(id=name), args=[inner]) if name in notation.calls:
                return notation.calls[name].format(self._spell(inner))
            case ast.Call(func=ast.Name(id=name), args=args):
                return notation.call.format(name, self._in_parentheses(*args))
        raise TypeError(ast.dump(tree))  # pragma: no cover  a text that no test has rendered

    def _raised(self, tree: ast.expr) -> str:
        """A part in an exponent, where fractions are written with a slash: with a bar they would be too small."""
        match tree:
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                sides = [self._grouped(left, PRODUCT), self._grouped(right, ATOM)]
            case ast.Name(id=name) if parts := fraction_of(name):
                sides = [*map(self.notation.number.format, parts)]
            case _:
                return self._spell(tree)
        return self.notation.pair.format(sides[0], self.notation.sign("/"), sides[1])

    def _grouped(self, tree: ast.expr, least: int, *, leading: bool = False) -> str:
        rank = _rank(tree)
        whole = rank >= least and (leading or rank != SIGN)
        return self._spell(tree) if whole else self._in_parentheses(tree)

    def _in_parentheses(self, *trees: ast.expr) -> str:
        around = self.notation.tall if any(map(_tall, trees)) else self.notation.group
        return around.format(self.notation.comma.join(map(self._spell, trees)))


def _rank(tree: ast.expr) -> int:
    """The precedence of an expression; a fraction is an atom because its bar groups it."""
    if isinstance(tree, ast.BinOp):
        return ATOM if isinstance(tree.op, ast.Div) else RANKS[type(tree.op)]
    return SIGN if isinstance(tree, ast.UnaryOp) else ATOM


def _tall(tree: ast.expr) -> bool:
    """True if an expression is taller than a line, because of a fraction or a power."""
    return any(
        isinstance(part, ast.Div | ast.Pow) or (isinstance(part, ast.Name) and fraction_of(part.id) is not None)
        for part in ast.walk(tree)
    )


def _bare(tree: ast.expr) -> bool:
    """True if an expression needs no parentheses as the base of a power."""
    return isinstance(tree, ast.Constant) or (isinstance(tree, ast.Name) and fraction_of(tree.id) is None)
