"""Formulas of the core without their roundings, for people.

They are derived from the formulas' syntax trees: roundings are dropped, fused operations become sums and products, and
calls become powers. Nothing here depends on a particular rule.
"""

from __future__ import annotations

import ast
from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ema_cli.core.formula import general_text, text_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType

    from ema_cli.core.average import Average
    from ema_cli.core.debias import Readout
    from ema_cli.core.schedules import Family
    from ema_cli.core.updates import Form

_ROUNDINGS = ("R", "O", "N", "f32", "flush32", "b16", "f16", "truncate", "settle")
_NAMES = {"cos_numpy": "cos"}
_POWERS = ("P", "pow64", "power_by_squares", "tensor_power", "pow_v8")


class _Bare(ast.NodeTransformer):
    """Removes roundings, and replaces special functions by operators."""

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in _ROUNDINGS:
            return node.args[0]
        if name in _POWERS:
            return ast.BinOp(node.args[0], ast.Pow(), node.args[1])
        if name == "div":
            return ast.BinOp(node.args[0], ast.Div(), node.args[1])
        if name == "at_least":
            return node.args[1]
        if name in _NAMES:
            node.func = ast.Name(_NAMES[name])
        if name == "fma":
            first, second, third = node.args
            product = ast.BinOp(first, ast.Mult(), second)
            of_shadow = isinstance(second, ast.Name) and second.id == "s"  # the term of the shadow comes first
            return self._sum(product, third) if of_shadow else self._sum(third, product)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        self.generic_visit(node)
        return self._sum(node.left, node.right) if isinstance(node.op, ast.Add) else node

    def _sum(self, left: ast.expr, right: ast.expr) -> ast.BinOp:
        """A sum, or a difference if a factor of the second term is negative."""
        if isinstance(right, ast.BinOp) and isinstance(right.op, ast.Mult):
            factors = [right.left, right.right]
            for place, factor in enumerate(factors):
                if isinstance(factor, ast.UnaryOp) and isinstance(factor.op, ast.USub):
                    factors[place] = factor.operand
                    return ast.BinOp(left, ast.Sub(), ast.BinOp(factors[0], ast.Mult(), factors[1]))
        return ast.BinOp(left, ast.Add(), right)


class _Put(ast.NodeTransformer):
    """Replaces names by trees."""

    def __init__(self, trees: Mapping[str, ast.expr]) -> None:
        self._trees = trees

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._trees.get(node.id, node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.BinOp(ast.Constant(int(whole)), ast.Sub(), ast.Constant(int(less))):
                return ast.Constant(whole - less)
        return node


@lru_cache(maxsize=512)
def parsed(text: str) -> ast.expr:
    """Parse a formula to a tree without roundings."""
    tree: ast.expr = _Bare().visit(ast.parse(text, mode="eval").body)
    return tree


def put(tree: ast.expr, **trees: ast.expr) -> ast.expr:
    """A copy of a tree with other trees in place of some names."""
    copy: ast.expr = _Put(trees).visit(ast.parse(ast.unparse(tree), mode="eval").body)
    return copy


def of_family(family: Family) -> ast.expr:
    """The tree of a decay family, with numbers in place of its inlined constants."""
    text = family.readable or family.text
    values = dict(family.names)
    numbers = {name: parsed(str(values[name]).removesuffix(".0")) for name in family.inlined}
    return put(parsed(general_text(text)), **numbers)


def printed(of: Form | Readout, average: Average, *, cases: bool = True) -> ast.expr:
    """The formula of a form or a read-out for people, with the averaged quantity, such as p*p, in place of the param;
    without `cases`, only the usual case.
    """
    tree = parsed(text_in(of.readable or of.text, average.dtype))
    tree = tree if cases else usual(tree)
    return tree if average.take == "p" else put(tree, p=parsed(text_in(average.take, average.dtype)))


def names_in(tree: ast.expr) -> list[str]:
    """The names in a formula."""
    return [part.id for part in ast.walk(tree) if isinstance(part, ast.Name)]


def has_cases(tree: ast.expr) -> bool:
    """True if a formula has conditions."""
    return any(isinstance(part, ast.IfExp) for part in ast.walk(tree))


def is_copy(tree: ast.expr) -> bool:
    """True if the value of a formula is the shadow or the param itself."""
    if isinstance(tree, ast.IfExp):
        return is_copy(tree.body) and is_copy(tree.orelse)
    return isinstance(tree, ast.Name) and tree.id in ("s", "p")


def usual(tree: ast.expr) -> ast.expr:
    """A formula without the cases whose value is the shadow or the param itself, unless the other is a constant."""
    while isinstance(tree, ast.IfExp) and (is_copy(tree.body) or is_copy(tree.orelse)):
        other = tree.orelse if is_copy(tree.body) else tree.body
        if isinstance(other, ast.Constant):
            break
        tree = other
    return tree


class _Chosen(ast.NodeTransformer):
    """Replaces each conditional by the branch that holds for some values."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        holds = eval(_condition(node.test), {}, dict(self.values))
        return self.visit(node.body if holds else node.orelse)


def resolved(tree: ast.expr, values: Mapping[str, Any]) -> ast.expr:
    """A formula with each conditional replaced by the branch that holds for these values."""
    copy: ast.expr = _Chosen(values).visit(deepcopy(tree)) if has_cases(tree) else tree
    return copy


@lru_cache(maxsize=512)
def _condition(tree: ast.expr) -> CodeType:
    return compile(ast.fix_missing_locations(ast.Expression(tree)), "<condition>", "eval")
