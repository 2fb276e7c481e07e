"""Generate the loops of the compiled core from the formulas of `core/formula.py`.

The arithmetic is still written only once: a formula is parsed as Python, and each operation becomes the C++ operation
that does the same (`loops.h`). A formula that calls a function without a C++ counterpart is left to Python.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

SYSTEMS = {
    f"{name}{' by float32' * by_float32}{' flush' * flush}": f"{kind}<{', '.join(map(str, settings)).lower()}>"
    for by_float32 in (False, True)
    for flush in (False, True)
    for name, kind, settings in (
        ("float64", "Float64", (flush,)),
        ("float32", "Float32", (flush,)),
        ("float16", "Float16", (by_float32,)),
        ("bfloat16", "BFloat16", (by_float32, flush)),
    )
}
"""The C++ type of each number system, by `Dtype.system` (`core/numbers/dtypes.py`)."""

ROUNDINGS = ("R", "O", "N", "fma", "P")
"""Functions that depend on the number system."""

FUNCTIONS = {name: name + "({})" for name in ("div", "f32", "flush32", "pow_v8")}
FUNCTIONS |= {name: name + "({}, odd)" for name in ("at_least", "exp", "exp2", "log", "sqrt", "cos", "ceil", "floor")}
FUNCTIONS |= {"b16": "to_bfloat16({})", "f16": "to_float16({})", "fma32": "Float32<true>::fma({})", "float": "({})"}
FUNCTIONS |= {"cos_numpy": "cos({}, odd)", "pow64": "power({}, odd)", "tensor_power": "tensor_power<S>({}, odd)"}
FUNCTIONS |= {"power_by_squares": "power_by_squares<S>({})"}
"""Other functions, with braces for their arguments."""

OPERATORS = {ast.Add: "({} + {})", ast.Sub: "({} - {})", ast.Mult: "({} * {})", ast.Div: "quotient({}, {}, odd)"}
OPERATORS |= {ast.FloorDiv: "floored({}, {}, odd)", ast.Mod: "rest({}, {}, odd)", ast.Pow: "power({}, {}, odd)"}

RELATIONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


class LoopKey(NamedTuple):
    """A loop that a rule needs."""

    key: str
    """The text that the loop is found by: the number system and all formulas."""
    system: str
    registers: tuple[str, ...]
    """The names that keep their values from row to row."""
    steps: tuple[tuple[str, str], ...]
    """The assignments of each row, in order. A column's formula has an empty name, a gate's is `action`."""
    copied: tuple[str, ...] = ()
    """The registers that become p in a row that copies."""


class UnknownError(Exception):
    """A part of a formula has no counterpart in C++."""


class Formula:
    """Translates the formula of a step to a C++ expression.

    Args:
        known: The names that earlier steps assign.
        inputs: The names of the loop's inputs; names not known yet are appended.
    """

    def __init__(self, known: set[str], inputs: list[str]) -> None:
        self._known, self._inputs = known, inputs

    def number(self, node: ast.expr) -> str:
        """A C++ expression of type double."""
        match node:
            case ast.Constant(value=bool() | int() | float() as value):
                return repr(float(value))
            case ast.Name(id=name):
                if name not in self._known and name not in self._inputs:
                    self._inputs.append(name)
                return f"v_{name}"
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return OPERATORS[type(op)].format(self.number(left), self.number(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"(-{self.number(operand)})"
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return f"({self.truth(test)} ? {self.number(body)} : {self.number(orelse)})"
            case ast.Call(func=ast.Name(id=("min" | "max") as name), args=[first, *others]) if others:
                call = self.number(first)
                for other in others:
                    call = f"{'least' if name == 'min' else 'most'}_of({call}, {self.number(other)})"
                return call
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                listed = ", ".join(map(self.number, arguments))
                if name in ROUNDINGS:
                    return f"S::{name}({listed})"
                if name in FUNCTIONS:
                    return FUNCTIONS[name].format(listed)
            case ast.Compare() | ast.BoolOp(values=[ast.Compare(), *_]) | ast.UnaryOp(op=ast.Not()):
                return f"double({self.truth(node)})"
        raise UnknownError(ast.unparse(node))

    def truth(self, node: ast.expr) -> str:
        """A C++ expression of type bool."""
        match node:
            case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in RELATIONS for op in ops):
                texts = [self.number(left), *map(self.number, others)]
                pairs = [f"{a} {RELATIONS[type(op)]} {b}" for a, op, b in zip(texts, ops, texts[1:], strict=False)]
                return f"({' && '.join(pairs)})"
            case ast.BoolOp(op=op, values=values):
                return f"({(' && ' if isinstance(op, ast.And) else ' || ').join(map(self.truth, values))})"
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"(!{self.truth(operand)})"
        return f"({self.number(node)} != 0)"


def sources(loops: Iterable[LoopKey], parts: int = 1) -> list[str]:
    """Generate C++ files with these loops: each has a part of the functions, and the first also has the table."""
    functions: list[str] = []
    table: list[str] = []
    for loop in sorted(set(loops)):
        name = f"loop_{len(table)}"
        try:
            text, inputs = _loop(name, loop)
        except UnknownError:
            continue
        functions.append(text)
        entry = _quoted(loop.key), _quoted(" ".join(inputs)), len(loop.registers), str(_acts(loop)).lower(), name
        table.append(f"    {{{', '.join(map(str, entry))}}},")
    names = [f"bool loop_{number}(const Frame&);" for number in range(len(table))]
    head = ["// Generated by generate.py from the formulas of the catalogue.", '#include "loops.h"', ""]
    end = "    {nullptr, nullptr, 0, false, nullptr},\n};"
    listed = [*names, "", "const Loop LOOPS[] = {", *table, end, f"const size_t LOOP_COUNT = {len(table)};", ""]
    return ["\n".join([*head, *functions[i::parts], *([] if i else listed)]) for i in range(parts)]


def powers_of_ten() -> str:
    """Generate a C++ file with the powers of ten that printing needs (`numbers.h`)."""
    lines = []
    for k in range(-292, 325):
        above, below = 10 ** max(k, 0), 10 ** max(-k, 0)
        power = -(-(above << 2000) // below)
        excess = power.bit_length() - 128
        power = -(-power >> excess)
        lines.append(f"    {{{power >> 64:#x}, {power & 2**64 - 1:#x}}},  // 1e{k}")
    head = ["// Generated by generate.py.", '#include "numbers.h"', "", "const PowerOfTen POWERS_OF_TEN[] = {"]
    return "\n".join([*head, *lines, "};", ""])


def _loop(name: str, loop: LoopKey) -> tuple[str, list[str]]:
    """The C++ function of a loop, and the names of its inputs."""
    inputs: list[str] = []
    lines, locals_, known = [], [], set(loop.registers)
    for target, text in loop.steps:
        value = Formula(known, inputs).number(ast.parse(text, mode="eval").body)
        match target:
            case "":
                lines.append(f"f.outputs[0][row] = {value};")
            case "action":
                lines += [f"v_action = {value};", "f.actions[row] = static_cast<uint8_t>(v_action);"]
            case _:
                lines.append(f"v_{target} = {value};")
        if target and target not in loop.registers and target not in locals_:
            locals_.append(target)
        known.add(target)
    if loop.copied:
        p = Formula(known, inputs).number(ast.Name("p"))
        copies = " ".join(f"v_{name} = {p};" for name in loop.copied)
        lines = [
            "const uint8_t code = f.codes ? f.codes[row] : UPDATES;",
            f"if (code == COPIES) {{ {copies} }}",
            "else if (code) {",
            f"if (code == RESTARTS) v_s = {p};",
            *lines,
            "}",
        ]
    stored = [] if _acts(loop) else [f"f.outputs[{i}][row] = v_{own};" for i, own in enumerate(loop.registers)]
    loaded = [f"const double v_{own} = f.inputs[{i}][row];" for i, own in enumerate(inputs)]
    return "\n".join(
        [
            f"bool {name}(const Frame& f) {{  // {loop.key}",
            f"    using S [[maybe_unused]] = {SYSTEMS[loop.system]};",
            "    bool odd = false;",
            *(f"    double v_{own} = f.state[{i}];" for i, own in enumerate(loop.registers)),
            *(f"    double v_{own};" for own in locals_),
            "    for (size_t row = 0; row < f.rows; ++row) {",
            *(f"        {line}" for line in [*loaded, *lines, *stored]),
            "    }",
            *(f"    f.state[{i}] = v_{own};" for i, own in enumerate(loop.registers)),
            "    return !odd;",
            "}",
            "",
        ]
    ), inputs


def _acts(loop: LoopKey) -> bool:
    """True if the loop computes the action of each row."""
    return any(target == "action" for target, _ in loop.steps)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
