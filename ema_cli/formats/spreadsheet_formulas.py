"""Formulas for the decays and shadows in a spreadsheet, which computes in float64."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from ema_cli.core.formula import text_in
from ema_cli.core.gates import COPIES, SEEDS, SKIPS, UPDATES, WAITS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.report.output import Field, Output

_ROUNDINGS = ("R", "O", "N")
_CALLS = {"min": "MIN", "max": "MAX"}
_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "="}


def in_cells(text: str, names: Mapping[str, str]) -> str:
    """Translate a formula of the core to a spreadsheet formula, with cells in place of names.

    >>> in_cells("min(DECAY, R(1 + N(n))/R(10 + N(n)))", {"DECAY": "$B$3", "n": "B7"})
    'MIN($B$3,((1+B7)/(10+B7)))'

    Raises:
        KeyError: A part of the formula has no equivalent in a sheet.
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


class _Arithmetic:
    """The arithmetic of an average as spreadsheet formulas, with braces for the cells; KeyError if a sheet lacks it."""

    def __init__(self, average: Average) -> None:
        form, scalars = average.form, average.scalars
        usual = form.steps == (("s", form.text),) and average.readout is None and average.rule.start != "none"
        if average.dtype.name != "float64" or average.decay_dtype.name != "float64" or not usual or form.names:
            raise KeyError("the arithmetic of a sheet is that of float64")
        weighted = {"v": False, "1 - v": True}[scalars.written]
        names = {name: repr(float(value)) for name, value in average.family.names}
        if "DECAY" in names:
            names["DECAY"] = "(1-{DECAY})" if weighted else "{DECAY}"
        scheduled = in_cells(text_in(average.family.text, average.decay_dtype), names | {"n": "{n}"})
        self.constant, self.decay = (f"(1-({v}))" if weighted else v for v in (names.get("DECAY", ""), scheduled))
        """The decay of an update without a counter, and with one."""
        self.averaged = in_cells(text_in(average.take, average.dtype), {"p": "{p}"})
        """The averaged quantity, from the cell of the param."""
        held = {"v": "(1-{d})" if weighted else "{d}"}
        d, w = ("v" if text is None else text_in(text, average.dtype) for text in (scalars.decay, scalars.weight))
        operands = {"d": in_cells(d, held), "w": f"({in_cells(w, held)})"}
        self.shadow = in_cells(text_in(form.text, average.dtype), {"s": "{s}", "p": self.averaged} | operands)
        """The shadow, from the cells of the shadow before, the param and the decay."""


class Formulas:
    """The formulas in the cells of a table, for each average whose arithmetic a sheet can reproduce.

    Attributes:
        live: The formulas of each average; None for one whose cells are values.
        decays: The cell of DECAY of each average; empty without one.
        starts: For each average, the cell of each param's initial value; empty without one.
    """

    def __init__(self, output: Output) -> None:
        from xlsxwriter.utility import xl_rowcol_to_cell

        self.output = output
        self._cell: Callable[[int, int], str] = xl_rowcol_to_cell
        self.live = [
            None if any(field.blanks for field in output.fields) else _live(each[0]) for each in output.averages
        ]
        self.decays = [""] * len(output.averages)
        self.starts = [[""] * len(each) for each in output.averages]
        self._at = {(field.kind, field.of): place for place, field in enumerate(output.fields)}
        self._codes = [[b""] * len(each) for each in output.averages]
        self._counters: list[Any] = []
        self._numbers: list[int] = []
        self._before: list[int | None] = []

    def learn(self, rounds: Sequence[Sequence[Rounds]]) -> None:
        """Record the numbers, the actions and the counters of some rounds."""
        for codes, of_params in zip(self._codes, rounds, strict=True):
            for index, of_param in enumerate(of_params):
                codes[index] += of_param.codes or bytes([UPDATES]) * len(of_param)
        first = rounds[0][0]
        self._numbers += first.numbers
        self._counters += [None] * len(first) if first.steps is None else first.steps

    def settle(self, columns: Sequence[Sequence[Any]]) -> bool:
        """Find the previous row in the group of each row; return False if rounds are left out: all cells are values."""
        self._columns = columns
        last: dict[tuple[Any, ...], tuple[int, int]] = {}
        whole, self._before = True, [None]
        for row, number in enumerate(self._numbers, 1):
            key = tuple(column[row] for column in columns[: self.output.by])
            before, place = last.get(key, (0, 0))
            whole &= number == before + 1
            self._before.append(place)
            last[key] = number, row
        if not whole:
            self.live = [None] * len(self.live)
        return whole

    def of(self, field: Field, row: int, line: int) -> str:
        """The formula of a cell; empty for a value. `row` counts from round 0, `line` from the top of the sheet."""
        number, index = field.of
        live = self.live[number] if field.kind in ("decay", "shadow") else None
        decays, params = self._at.get(("decay", (number, 0))), self._at.get(("param", (0, index)))
        shadows = self._at.get(("shadow", field.of))
        if live is None or decays is None or params is None or shadows is None:
            return ""
        start, place = self.starts[number][index], self._before[row]
        if place is None:
            return start if field.kind == "shadow" else ""
        code, param = self._codes[number][index][row - 1], self._cell(line, params)
        if code in (WAITS, SEEDS):
            return ""  # blank, or the mean of the first params
        if field.kind == "decay":
            return "" if code in (COPIES, SKIPS) else self._decay(number, live, row, line)
        if code == COPIES:
            return live.averaged.format(p=param)
        if self._columns[shadows][place] == "" and self.output.averages[number][index].rule.start == "initial":
            return ""  # the shadow starts here, at a logged value
        before = self._cell(line - row + place, shadows)
        if code == SKIPS:
            return before
        before = before if code == UPDATES else live.averaged.format(p=param)
        return live.shadow.format(s=before, p=param, d=self._cell(line, decays))

    def _decay(self, number: int, live: _Arithmetic, row: int, line: int) -> str:
        """The formula of a decay; empty if it needs a cell of DECAY or of the step that the sheet does not have."""
        counter, counters, constant = self._counters[row - 1], self._at.get(("step", (0, 0))), self.decays[number]
        if not constant or ("{n}" in live.decay and counter is not None and counters is None):
            return ""
        if counter is None or counters is None:
            return live.constant.format(DECAY=constant)
        return live.decay.format(DECAY=constant, n=self._cell(line, counters))


def _live(average: Average) -> _Arithmetic | None:
    try:
        return _Arithmetic(average)
    except KeyError:
        return None
