"""Expressions in plain text, and their exact values.

An expression comes from a formula of the core (`working/readable_formulas.py`). In plain text it is a line such as
`101/110 x 0.9 + 9/110 x 10`. Other notations are derived from that text (`typeset.py`), so that a writer needs only the
cells of a table.
"""

from __future__ import annotations

import ast
import operator
import re
from fractions import Fraction
from functools import lru_cache
from math import floor
from typing import TYPE_CHECKING, Any

from ema_cli.core.gates import COPY, SEED, SKIP, WAIT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOGGED = "logged"

INSTEAD = {COPY: "copied", SKIP: "skipped", WAIT: "waiting", SEED: "the mean so far", LOGGED: "the logged shadow"}
"""The text that replaces an expression, by the action of a round; LOGGED is a seed without a mean."""

ATOM, POWER, SIGN, PRODUCT, SUM, TEST, CASES = 9, 8, 7, 6, 5, 4, 3
_LONGEST_POWER = 400  # with a larger exponent, an exact power has too many digits


def _power(base: Fraction, times: Fraction) -> Fraction:
    if times.denominator != 1 or abs(times) > _LONGEST_POWER:
        raise ArithmeticError
    return Fraction(base ** int(times))


_OPERATORS: dict[type, tuple[str, int, Callable[[Fraction, Fraction], Any]]] = {
    ast.Add: (" + ", SUM, operator.add),
    ast.Sub: (" - ", SUM, operator.sub),
    ast.Mult: (" x ", PRODUCT, operator.mul),
    ast.Div: ("/", PRODUCT, operator.truediv),
    ast.FloorDiv: ("//", PRODUCT, operator.floordiv),
    ast.Mod: (" mod ", PRODUCT, operator.mod),
    ast.Pow: ("^", POWER, _power),
}
"""The sign, the precedence and the function of each operator."""

RANKS = {kind: rank for kind, (_, rank, _) in _OPERATORS.items()}
_TESTS: dict[type, str] = {
    ast.Lt: " < ",
    ast.LtE: " <= ",
    ast.Gt: " > ",
    ast.GtE: " >= ",
    ast.Eq: " is ",
    ast.NotEq: " ≠ ",
}
_FRACTION = re.compile(r"(?<![\w.)^/])(?<!\de[-+])(\d+)/(\d+)(?![\w.(])")  # not an exponent
_SYMBOL, _SYMBOLIC = "fraction_{}_over_{}", re.compile(r"fraction_(\d+)_over_(\d+)")


def plain(tree: ast.expr, texts: Mapping[str, str]) -> str:
    """The expression as text, with names replaced by their texts."""
    return _plain(tree, texts)[0]


def _plain(tree: ast.expr, texts: Mapping[str, str], *, leading: bool = True) -> tuple[str, int]:
    """The text of an expression, and its precedence; unless it is `leading`, it may not begin with a sign."""
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
            sign, rank, _ = _OPERATORS[type(op)]
            if isinstance(op, ast.Pow):
                return f"{_in_parentheses(left, texts, ATOM)}^{_in_parentheses(right, texts, ATOM)}", rank
            # The right operand of - and / needs a higher precedence than the operator.
            strict = isinstance(op, ast.Sub | ast.Div)
            first = _in_parentheses(left, texts, rank, leading=leading)
            return f"{first}{sign}{_in_parentheses(right, texts, rank + strict)}", rank
        case ast.Call(func=ast.Name(id=name), args=args):
            return f"{name}({', '.join(_plain(arg, texts)[0] for arg in args)})", ATOM
        case ast.IfExp(test=test, body=body, orelse=orelse):
            holds = _plain(test, texts)[0] + ("" if isinstance(test, ast.Compare) else " ≠ 0")
            return f"{_plain(body, texts)[0]} if {holds}, else {_plain(orelse, texts)[0]}", CASES
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return f"{_plain(left, texts)[0]}{_TESTS[type(op)]}{_plain(right, texts)[0]}", TEST
    raise TypeError(ast.dump(tree))  # pragma: no cover  a text that no test has rendered


def _leaf(text: str) -> tuple[str, int]:
    if text.startswith("-"):
        return text, SIGN
    if " " in text:
        return text, SUM
    return text, PRODUCT if "/" in text else ATOM


def _in_parentheses(tree: ast.expr, texts: Mapping[str, str], least: int, *, leading: bool = False) -> str:
    text, rank = _plain(tree, texts, leading=leading)
    return text if rank >= least and (leading or rank != SIGN) else f"({plain(tree, texts)})"


def equals(tree: ast.expr, texts: Mapping[str, str], right: str) -> bool:
    """True if an expression, with names replaced by their texts, equals the number `right` exactly."""
    try:
        return _exact(tree, texts) == of_text(right)
    except (ArithmeticError, ValueError):
        return False


def _exact(tree: ast.expr, texts: Mapping[str, str]) -> Fraction:
    match tree:
        case ast.Constant(value=number):
            return of_text(str(number))
        case ast.Name(id=name):
            return of_text(texts.get(name, name))
        case ast.UnaryOp(operand=operand):
            return -_exact(operand, texts)
        case ast.BinOp(left=left, op=op, right=right):
            return Fraction(_OPERATORS[type(op)][2](_exact(left, texts), _exact(right, texts)))
        case ast.Call(func=ast.Name(id=name), args=args) if name in _EXACT_CALLS:
            return Fraction(_EXACT_CALLS[name](*(_exact(arg, texts) for arg in args)))
    raise ArithmeticError


of_text = lru_cache(maxsize=1024)(Fraction)
"""The value of a decimal number or a fraction, from its text."""


_EXACT_CALLS: dict[str, Callable[..., Any]] = {"min": min, "max": max, "floor": floor}


def as_python(text: str) -> str:
    """Plain text in Python's grammar, with each fraction of two integers as a single name."""
    text = _FRACTION.sub(lambda match: _SYMBOL.format(*match.groups()), text)
    return text.replace(" x ", " * ").replace("^", "**").replace(" ≠ ", " != ").replace(" mod ", " % ")


def fraction_of(name: str) -> tuple[str, str] | None:
    """The numerator and the denominator of a fraction that `as_python` turned into a name; None for other names."""
    match = _SYMBOLIC.fullmatch(name)
    return (match[1], match[2]) if match else None
