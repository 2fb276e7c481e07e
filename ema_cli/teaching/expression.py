"""Expressions as one writes them on a board, in plain text, and their exact value.

An expression is made from a form's or a family's text (`core/written.py`). In plain text it is a line such as
`101/110 x 0.9 + 9/110 x 10`, from which the other notations follow (`notation.py`): a table's cell is the only thing a
writer needs.
"""

from __future__ import annotations

import ast
import operator
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

ATOM, POWER, SIGN, PRODUCT, SUM, TEST, CASES = 9, 8, 7, 6, 5, 4, 3
_LONGEST_POWER = 400  # an exact power beyond that is not worth its digits

_OPERATORS: dict[type, tuple[str, int]] = {
    ast.Add: (" + ", SUM),
    ast.Sub: (" - ", SUM),
    ast.Mult: (" x ", PRODUCT),
    ast.Div: ("/", PRODUCT),
    ast.FloorDiv: ("//", PRODUCT),
    ast.Pow: ("^", POWER),
}
RANKS = {kind: rank for kind, (_, rank) in _OPERATORS.items()}
_TESTS: dict[type, tuple[str, Callable[[Any, Any], bool]]] = {
    ast.Lt: (" < ", operator.lt),
    ast.LtE: (" <= ", operator.le),
}
_FRACTION = re.compile(r"(?<![\w.)^/])(\d+)/(\d+)(?![\w.(])")
_SYMBOL, _SYMBOLIC = "fraction_{}_over_{}", re.compile(r"fraction_(\d+)_over_(\d+)")


@lru_cache(maxsize=256)
def parsed(text: str) -> ast.expr:
    """The tree of a form's or a family's text."""
    return ast.parse(text, mode="eval").body


def names_in(text: str) -> list[str]:
    """The names in a form's or a read-out's text."""
    return [part.id for part in ast.walk(parsed(text)) if isinstance(part, ast.Name)]


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
            return f"-{_in_parentheses(operand, texts, PRODUCT)}", SIGN
        case ast.BinOp(left=left, op=op, right=right):
            if isinstance(op, ast.FloorDiv):
                return f"floor({_plain(left, texts)[0]}/{_in_parentheses(right, texts, ATOM)})", ATOM
            sign, rank = _OPERATORS[type(op)]
            if isinstance(op, ast.Pow):
                return f"{_in_parentheses(left, texts, ATOM)}^{_in_parentheses(right, texts, ATOM)}", rank
            # What stands on the right of - or / holds together more strongly than the sign itself.
            strict = isinstance(op, ast.Sub | ast.Div)
            first = _in_parentheses(left, texts, rank, leading=True)
            return f"{first}{sign}{_in_parentheses(right, texts, rank + strict)}", rank
        case ast.Call(func=ast.Name(id=name), args=args):
            return f"{name}({', '.join(_plain(arg, texts)[0] for arg in args)})", ATOM
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return f"{_plain(body, texts)[0]} if {_plain(test, texts)[0]}, else {_plain(orelse, texts)[0]}", CASES
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return f"{_plain(left, texts)[0]}{_TESTS[type(op)][0]}{_plain(right, texts)[0]}", TEST
    raise TypeError(ast.dump(tree))  # pragma: no cover  a text that no test has rendered


def _leaf(text: str) -> tuple[str, int]:
    if text.startswith("-"):
        return text, SIGN
    if " " in text:
        return text, SUM
    return text, PRODUCT if "/" in text else ATOM


def _in_parentheses(tree: ast.expr, texts: Mapping[str, str], least: int, *, leading: bool = False) -> str:
    text, rank = _plain(tree, texts)
    if rank == SIGN and not leading:
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


def as_python(text: str) -> str:
    """Plain text in Python's grammar; a bare fraction as one name."""
    text = _FRACTION.sub(lambda match: _SYMBOL.format(*match.groups()), text)
    return text.replace(" x ", " * ").replace("^", "**")


def fraction_of(name: str) -> tuple[str, str] | None:
    """Both numbers of a bare fraction, from the name it has in Python's grammar."""
    match = _SYMBOLIC.fullmatch(name)
    return (match[1], match[2]) if match else None
