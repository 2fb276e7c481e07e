"""Analysis of formula texts: the registers that depend on the params, and the degree."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROUNDINGS = ("R", "O", "N", "b16", "settle", "floor", "ceil")


def affine_registers(
    registers: Sequence[str], shadows: Sequence[str], steps: Sequence[tuple[str, str]]
) -> tuple[list[str], bool]:
    """The registers that depend on params, and True if every step is affine in them; shadows may be copied params."""
    depends = {"p", *shadows}
    trees = [(name, ast.parse(text, mode="eval").body) for name, text in steps]
    for _ in range(len(steps) + 1):
        depends |= {name for name, tree in trees if _degree(tree, depends) > 0}
    dependent = [name for name in registers if name in depends]
    return dependent, all(_degree(tree, depends) <= 1 for _, tree in trees)


def _bends(test: ast.AST, depends: set[str]) -> bool:
    """True if a condition compares a value that depends on the params with a number: the formula is then not affine."""
    return any(
        isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Name)
        and node.left.id in depends
        and any(isinstance(other, ast.Constant) for other in node.comparators)
        for node in ast.walk(test)
    )


def _degree(node: ast.AST, depends: set[str]) -> int:
    """The degree of a formula in the names that depend on the params; at least 2 if it is not affine."""

    def of(*nodes: ast.AST) -> list[int]:
        return [_degree(each, depends) for each in nodes]

    if isinstance(node, ast.Name):
        return int(node.id in depends)
    if isinstance(node, ast.IfExp):
        return 2 if _bends(node.test, depends) else max(of(node.body, node.orelse))
    if isinstance(node, ast.UnaryOp):
        return _degree(node.operand, depends)
    if isinstance(node, ast.BinOp):
        left, right = of(node.left, node.right)
        if isinstance(node.op, ast.Add | ast.Sub):
            return max(left, right)
        if isinstance(node.op, ast.Mult):
            return left + right
        return left + 2 * right
    if isinstance(node, ast.Call):
        name, degrees = getattr(node.func, "id", ""), of(*node.args)
        if name == "fma":
            return max(degrees[0] + degrees[1], degrees[2])
        if name == "div":
            return degrees[0] + 2 * degrees[1]
        return max(degrees, default=0) if name in _ROUNDINGS else 2 * max(degrees, default=0)
    return 0  # a number, or a comparison, which only chooses between formulas
