"""Decays and shadows as formulas of a sheet, which computes in float64."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ema_cli.core.formula import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ema_cli.core.average import Average

_ROUNDINGS = ("R", "O", "N")
_CALLS = {"min": "MIN", "max": "MAX"}
_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "="}


def in_cells(text: str, names: Mapping[str, str]) -> str:
    """A formula of the core as a sheet has it, with cells for names.

    >>> in_cells("min(DECAY, R(1 + N(n))/R(10 + N(n)))", {"DECAY": "$B$3", "n": "B7"})
    'MIN($B$3,((1+B7)/(10+B7)))'

    Raises:
        KeyError: It has something that a sheet does otherwise.
    """

    def of(tree: ast.expr) -> str:
        match tree:
            case ast.Constant(value=number):
                return str(number)
            case ast.Name(id=name):
                return names[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"(-{of(operand)})"
            case ast.BinOp(left=left, op=op, right=right):
                return f"({of(left)}{_SIGNS[type(op)]}{of(right)})"
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return f"{of(left)}{_SIGNS[type(op)]}{of(right)}"
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return f"IF({of(test)},{of(body)},{of(orelse)})"
            case ast.Call(func=ast.Name(id=name), args=[inner]) if name in _ROUNDINGS:
                return of(inner)
            case ast.Call(func=ast.Name(id=name), args=args):
                return f"{_CALLS[name]}({','.join(map(of, args))})"
        raise KeyError(ast.dump(tree))

    return of(ast.parse(text, mode="eval").body)


class Live:
    """The formulas of an average in a sheet.

    Raises:
        KeyError: It has something that a sheet does otherwise.
    """

    def __init__(self, average: Average) -> None:
        form, scalars = average.form, average.scalars
        usual = form.steps == (("s", form.text),) and average.readout is None and average.rule.start != "none"
        if average.dtype.name != "float64" or average.decay_dtype.name != "float64" or not usual or form.names:
            raise KeyError("the arithmetic of a sheet is that of float64")
        self.average = average
        self.names = {name: repr(float(value)) for name, value in average.family.names}
        self.schedule, self.form = said(average.family.text, average.decay_dtype), said(form.text, average.dtype)
        self.shown, self.weighted = scalars.written, scalars.written == "1 - v"
        self.d = None if scalars.decay is None else said(scalars.decay, average.dtype)
        self.w = said(scalars.weight, average.dtype)
        self.decay("A1", "B1")
        self.shadow("A1", "A2", "A3")

    def decay(self, constant: str, counter: str | None) -> str:
        """The decay, from the cells of DECAY and of the counter."""
        known = dict(self.names)
        if "DECAY" in known:
            known["DECAY"] = f"(1-{constant})" if self.weighted else constant
        v = known["DECAY"] if counter is None else in_cells(self.schedule, known | {"n": counter})
        return in_cells(self.shown, {"v": f"({v})" if self.shown != "v" else v})

    def shadow(self, before: str, param: str, decay: str) -> str:
        """The shadow, from the cells of the one before, of the param, and of the decay."""
        v = decay if self.shown == "v" else f"(1-{decay})"
        if self.shown not in ("v", "1 - v"):
            raise KeyError(self.shown)
        names = {"s": before, "p": param, "w": f"({in_cells(self.w, {'v': v})})"}
        return in_cells(self.form, names | {"d": in_cells(self.d or "v", {"v": v})})


def reference(line: int, place: int) -> str:
    """The name of a cell, from its row and column counted from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{line + 1}"
