"""Formulas: arithmetic as a text, said once and compiled over a number system (`core/dtypes.py`).

All that a rule computes is such texts, in Python's grammar. Beside their own names they have

    R(x)          x rounded to the dtype
    O(x)          x rounded to the type that frameworks compute in
    N(n)          the number n taken into the type
    fma(a, b, c)  a*b + c, rounded once
    P(x, y)       x^y, as the C library gives it
    div(x, y)     x/y, with C's infinities and NaNs for the zeros
    f32(x), flush32(x), b16(x), f16(x)
                  x rounded to float32 (also without subnormals), bfloat16 or float16, whatever the dtype

R, O and N are left out where they do nothing, as in float64, whose operations round by themselves: the calls would
cost more than the arithmetic. What people read of a formula is derived from its text (`working/board.py`).
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from itertools import compress, repeat
from typing import TYPE_CHECKING, Any

from ema_cli.core import loops
from ema_cli.core.arithmetic import divided
from ema_cli.core.dtypes import dtype
from ema_cli.core.gates import CODES
from ema_cli.core.loops import Loop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import CodeType

    from ema_cli.core.dtypes import Dtype

    Text = str | Mapping[str, str]
    """A formula; or where dtypes have one of their own, theirs by their names, and that of the others by ``."""

    Step = tuple[str, Text]
    """A name, and the formula of its next value."""

    Column = Any
    """Numbers: an `array` of doubles in the float types, a list in exact arithmetic."""

_TYPES = {
    "f32": ("float32", False),
    "flush32": ("float32", True),
    "b16": ("bfloat16", False),
    "f16": ("float16", False),
}
"""Functions that round to a type named in the formula: the type, and True if subnormals become zero."""


def said(text: Text, num: Dtype) -> str:
    """The formula of a number system."""
    return text if isinstance(text, str) else text.get(num.name, text[""])


def rewritten(text: Text, change: Callable[[str], str]) -> Text:
    """The formula of every number system, changed."""
    return change(text) if isinstance(text, str) else {name: change(own) for name, own in text.items()}


def renamed(text: Text, names: Mapping[str, str]) -> Text:
    """The formula with other texts for some of its names.

    >>> renamed("R(s - R(R(s - p)*w))", {"s": "e2", "p": "s"})
    'R(e2 - R(R(e2 - s)*w))'
    """
    import re  # whose patterns take longer to make than a short script takes

    name = re.compile(r"[A-Za-z_]\w*")
    return rewritten(text, lambda own: name.sub(lambda found: names.get(found[0], found[0]), own))


def names_in(text: str) -> set[str]:
    """The names in a formula."""
    return set(_compiled(text).co_names)


def typed(num: Dtype, values: Iterable[Any]) -> Column:
    """Numbers as a column of a number system."""
    if num.digits is None:
        return values if isinstance(values, list) else list(values)
    return values if isinstance(values, array) else array("d", values)


def column(text: Text, variables: Sequence[str], num: Dtype, names: Mapping[str, Any]) -> Callable[..., Column]:
    """The function that gives a formula's value for each row of its variables' columns.

    >>> from ema_cli.core.dtypes import dtype
    >>> column("R(1/N(n))", ["n"], dtype("bfloat16"), {})([1, 2, 3]).tolist()
    [1.0, 0.5, 0.333984375]
    """
    body = _body(text, num)
    if body.strip("()") in variables:
        place = variables.index(body.strip("()"))
        return lambda *columns: typed(num, columns[place])
    rows = f"for {variables[0]} in {variables[0]}_" if len(variables) == 1 else _zipped(variables)
    loop = Loop(num.system, (), [("", said(text, num))], {"least": num.least, **names})
    made: Any = None

    def run(*columns: Any) -> Column:
        nonlocal made
        count = min((len(one) for one in columns if not isinstance(one, repeat)), default=0)
        found = loop.column(dict(zip(variables, columns, strict=True)), count)
        if found is not None:
            return found
        if made is None:
            made = _made(f"lambda {', '.join(f'{name}_' for name in variables)}: [{body} {rows}]", num, names)
        return typed(num, made(*columns))

    return run


def _zipped(variables: Sequence[str]) -> str:
    return f"for {', '.join(variables)} in zip({', '.join(f'{name}_' for name in variables)})"


class Recurrence:
    """Registers whose next values follow, row by row, from those before.

    Args:
        registers: Their names.
        steps: What is assigned in each row, in order: to registers, or to names that the row alone has.
        num: The number system.
        names: The other names in the formulas, and their values.
    """

    __slots__ = ("_functions", "_known", "_loop", "_num", "_steps", "registers", "used")

    def __init__(self, registers: Sequence[str], steps: Sequence[Step], num: Dtype, names: Mapping[str, Any]) -> None:
        self.registers, self._num, self._known = tuple(registers), num, names
        self._steps = [(name, _body(text, num)) for name, text in steps]
        own = [(name, said(text, num)) for name, text in steps]
        self._loop = Loop(num.system, self.registers, own, {"least": num.least, **names})
        self.used = set().union(*(names_in(body) for _, body in self._steps))
        """All names in the formulas."""
        self._functions: dict[tuple[str, ...], Any] = {}

    def run(self, state: Sequence[Any], columns: Mapping[str, Any], lasting: Mapping[str, Any]) -> list[Column]:
        """The value of each register after each row.

        Args:
            state: The values before the first row.
            columns: What changes from row to row; one column at least.
            lasting: What is the same in all rows.
        """
        compiled = self._loop.registers(state, {**lasting, **columns}, len(next(iter(columns.values()))))
        if compiled is not None:
            return [*compiled]
        moving = tuple(name for name in columns if name in self.used) or tuple(columns)[:1]
        function = self._functions.get(moving)
        if function is None:
            function = self._functions[moving] = self._function(moving, [n for n in lasting if n in self.used])
        found = function(*state, *(columns[n] for n in moving), *(x for n, x in lasting.items() if n in self.used))
        return [typed(self._num, one) for one in found]

    def trace(self, names: dict[str, Any]) -> dict[str, Any]:
        """The names as the formula of s finds them in one row, given what that starts from."""
        for name, body in self._steps:
            if name == "s":
                break
            names[name] = _made(f"lambda {', '.join(names)}: {body}", self._num, self._known)(**names)
        return {**self._known, **names}

    def _function(self, moving: Sequence[str], lasting: Sequence[str]) -> Any:
        rows = f"for {moving[0]} in {moving[0]}_" if len(moving) == 1 else _zipped(moving)
        given = ", ".join([*self.registers, *(f"{name}_" for name in moving), *lasting])
        if len(self._steps) == 1 and self.registers == (self._steps[0][0],):
            [(name, body)] = self._steps
            return _made(f"lambda {given}: ([{name} := {body} {rows}],)", self._num, self._known)
        lines = [f"def run({given}):", *(f" {name}__ = []" for name in self.registers), f" {rows}:"]
        lines += [f"  {name} = {body}" for name, body in self._steps]
        lines += [f"  {name}__.append({name})" for name in self.registers]
        lines.append(f" return {', '.join(f'{name}__' for name in self.registers)},")
        return _made("\n".join(lines), self._num, self._known)


def rows_apart(
    inputs: Sequence[str], steps: Sequence[Step], outputs: Sequence[str], num: Dtype, names: Mapping[str, Any]
) -> Callable[..., tuple[list[Any], ...]]:
    """The function that takes the steps in each row of its inputs' columns, none of which follows from another."""
    lines = [f"def run({', '.join(f'{name}_' for name in inputs)}):", *(f" {name}__ = []" for name in outputs)]
    lines += [f" {_zipped(inputs)}:", *(f"  {name} = {_body(text, num)}" for name, text in steps)]
    lines += [*(f"  {name}__.append({name})" for name in outputs), f" return {', '.join(f'{n}__' for n in outputs)},"]
    made: Callable[..., tuple[list[Any], ...]] = _made("\n".join(lines), num, names)
    return made


def _body(text: Text, num: Dtype) -> str:
    """The formula without what does nothing in the number system."""
    body = said(text, num)
    for name in num.idle:  # no function has a longer name that ends so
        body = body.replace(f"{name}(", "(")
    return body


def _made(text: str, num: Dtype | None, names: Mapping[str, Any]) -> Any:
    known = dict(names)
    if num is not None:
        own = {"R": num.round, "O": num.compute, "N": num.number, "P": num.power, "fma": num.fma, "least": num.least}
        own |= {name: dtype(type_, flush=flush).round for name, (type_, flush) in _TYPES.items() if f"{name}(" in text}
        known = own | {"div": divided} | known
    if text.startswith("def"):
        exec(_compiled(text), known)
        return known["run"]
    return eval(_compiled(text), known)


@lru_cache(maxsize=1024)
def _compiled(text: str) -> CodeType:
    """The code of a text, which the averages of many params, or of many candidates, have in common."""
    return compile(text, "<formula>", "exec" if text.startswith("def") else "eval")


def actions(text: str, names: Mapping[str, Any]) -> Callable[[int, Sequence[Any] | None, Sequence[int]], bytes]:
    """The function that gives a gate's action for each round: of the rounds done before, the counters and the calls."""
    action, rows = text, "for n, call in zip(n_, call_)"
    if "done" in names_in(text):
        action, rows = "action", f"{rows} if ((action := {text}), (done := done + (action != SKIP)))"
    constants = {**CODES, **names}
    made = _made(f"lambda done, n_, call_: bytes([{action} {rows}])", None, constants)
    loop = Loop("float64", ("done",), [("action", text), ("done", "done + 1 if action != SKIP else done")], constants)

    def run(done: int, counters: Sequence[Any] | None, calls: Sequence[int]) -> bytes:
        found: bytes | None = loop.actions(done, {"n": counters, "call": calls}, len(calls))
        if found is None:
            found = made(done, repeat(None) if counters is None else counters, calls)
        return found

    return run


def chosen(values: Sequence[Any], mask: bytes) -> Sequence[Any]:
    """The values in the rows of a mask."""
    found: Sequence[Any] | None = loops.gathered(values, mask)
    return [*compress(values, mask)] if found is None else found


def held(values: Iterable[Any], mask: bytes, before: Any, num: Dtype) -> Column:
    """The values in the rows of a mask, and in the others the last one before."""
    if isinstance(values, array) and (found := loops.scattered(values, mask, before)) is not None:
        return found
    following = iter(values)
    return typed(num, [before := next(following) if there else before for there in mask])


def spread(values: Iterable[Any], mask: bytes, num: Dtype) -> Column:
    """The values in the rows of a mask, and zeros in the others."""
    if isinstance(values, array) and (found := loops.scattered(values, mask)) is not None:
        return found
    following, zero = iter(values), num.number(0)
    return typed(num, [next(following) if there else zero for there in mask])


def spread_bytes(values: bytes, mask: bytes) -> bytes:
    """Spread bytes over the places that the mask marks."""
    following = iter(values)
    return bytes([next(following) if there else 0 for there in mask])


def same(value: Any, count: int, num: Dtype) -> Column:
    """A column of one value."""
    return [value] * count if num.digits is None else array("d", (value,)) * count
