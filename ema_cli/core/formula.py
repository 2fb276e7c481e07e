"""Formulas: arithmetic written once, as text, and compiled over a number system (`core/numbers/dtypes.py`).

Everything that a rule computes is such a text, in Python's grammar. Besides its own names it may use

    R(x)          x rounded to the dtype
    O(x)          x rounded to the type that frameworks compute in
    N(n)          the number n converted to the type
    fma(a, b, c)  a*b + c, rounded once
    P(x, y)       x^y, as the C library gives it
    div(x, y)     x/y; division by zero gives an infinity or NaN, as in C
    f32(x), flush32(x), b16(x), f16(x)
                  x rounded to float32 (also without subnormals), bfloat16 or float16, whatever the dtype

R, O and N are left out where they change nothing, as in float64, whose operations round by themselves: the calls would
cost more than the arithmetic. Printed formulas are derived from these texts (`working/readable_formulas.py`).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice, repeat, takewhile
from typing import TYPE_CHECKING, Any

from ema_cli.core.compiled_loops import Loop
from ema_cli.core.gates import COPIES, RESTARTS
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.numbers.operations import divided
from ema_cli.core.typed_columns import as_column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import CodeType

    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.core.typed_columns import Column

    Text = str | Mapping[str, str]
    """A formula, or formulas by dtype: the keys are names of dtypes, `short` for all types with fewer digits than
    float32, and the empty text for all others."""

    Step = tuple[str, Text]
    """A name, and the formula of its next value."""

_TYPES = {"f32": "float32", "flush32": "float32", "b16": "bfloat16", "f16": "float16"}
"""Functions that round to a type named in the formula."""


def text_in(text: Text, num: Dtype) -> str:
    """The formula for a number system."""
    if isinstance(text, str):
        return text
    kind = "short" if num.digits is not None and num.digits < 24 else ""
    return text.get(num.name) or text.get(kind) or text[""]


def general_text(text: Text) -> str:
    """The formula for number systems without one of their own."""
    return text if isinstance(text, str) else text[""]


def rewrite(text: Text, change: Callable[[str], str]) -> Text:
    """The formula with a change applied for every number system."""
    return change(text) if isinstance(text, str) else {dtype: change(own) for dtype, own in text.items()}


def rename(text: Text, names: Mapping[str, str]) -> Text:
    """The formula with other texts for some of its names.

    >>> rename("R(s - R(R(s - p)*w))", {"s": "e2", "p": "s"})
    'R(e2 - R(R(e2 - s)*w))'
    """
    import re  # compiling a pattern takes longer than a short script

    name = re.compile(r"[A-Za-z_]\w*")
    return rewrite(text, lambda formula: name.sub(lambda match: names.get(match[0], match[0]), formula))


def names_in(text: str) -> set[str]:
    """The names in a formula."""
    return set(_compiled(text).co_names)


def column(text: Text, variables: Sequence[str], num: Dtype, names: Mapping[str, Any]) -> Callable[..., Column]:
    """Compile a formula to a function from the columns of its variables to the column of its values.

    >>> from ema_cli.core.numbers.dtypes import dtype
    >>> column("R(1/N(n))", ["n"], dtype("bfloat16"), {})([1, 2, 3]).tolist()
    [1.0, 0.5, 0.333984375]
    """
    body = _body(text, num)
    if body.strip("()") in variables:
        place = variables.index(body.strip("()"))
        return lambda *columns: as_column(num, columns[place])
    loop = Loop(num.system, (), [("", text_in(text, num))], names)
    function: Any = None

    def run(*columns: Any) -> Column:
        nonlocal function
        computed = loop.run(dict(zip(variables, columns, strict=True)), len(columns[0]))
        if computed is not None:
            return computed[0]
        if function is None:
            function = _defined(f"run = lambda rows: [{body} for {', '.join(variables)}, in rows]", num, names)
        return as_column(num, function(zip(*columns, strict=False)))

    return run


class Recurrence:
    """Registers that are updated row by row from their previous values.

    Args:
        registers: The names of the registers.
        steps: The assignments of each row, in order: to registers, or to names local to the row.
        num: The number system.
        names: The other names in the formulas, and their values.
        copied: The registers that are set to `copy` in a row that copies.
        copy: The formula for such a row, `p` or a rounding of it.
    """

    def __init__(
        self,
        registers: Sequence[str],
        steps: Sequence[Step],
        num: Dtype,
        names: Mapping[str, Any],
        copied: Sequence[str] = (),
        copy: str = "",
    ) -> None:
        self.registers, self._num, self._known = tuple(registers), num, names
        self._steps = [(name, _body(text, num)) for name, text in steps]
        self._copied = " = ".join([*copied, copy]) if copied else ""
        texts = [(name, text_in(text, num)) for name, text in steps]
        self._loop = Loop(num.system, self.registers, texts, names, tuple(copied))
        self.used = set().union(*(names_in(body) for _, body in self._steps))
        """All names that the formulas use."""
        self._functions: dict[tuple[Any, ...], Any] = {}

    def run(
        self,
        states: Sequence[Sequence[Any]],
        columns: Mapping[str, Any],
        lengths: Sequence[int] = (),
        codes: bytes | None = None,
    ) -> list[Column]:
        """The value of each register after each row; the columns hold the rows of one param after another's.

        >>> from ema_cli.core.numbers.dtypes import dtype
        >>> from ema_cli.core.gates import COPIES, SKIPS, UPDATES
        >>> total = Recurrence(["s"], [("s", "s + p")], dtype("exact"), {}, copied=["s"], copy="p")
        >>> total.run([[0]], {"p": [1, 2]}), total.run([[0], [5]], {"p": [1, 2, 3, 4]})
        ([[1, 3]], [[1, 3, 8, 12]])
        >>> total.run([[0], [5]], {"p": [1, 2, 3, 4]}, lengths=[1, 3])
        [[1, 7, 10, 14]]
        >>> total.run([[0]], {"p": [1, 2, 3, 4]}, codes=bytes([UPDATES, COPIES, SKIPS, UPDATES]))
        [[1, 2, 2, 6]]

        Args:
            states: The registers before the first row: for each param, one state for each part.
            columns: The first column has rows for each param in turn. The others may too, or have rows that all
                params share, or be one number for all rows.
            lengths: The number of rows of each part; by default there is one part.
            codes: The action of each row; None if all are updates.
        """
        count, [first, *_] = len(states) // (len(lengths) or 1), columns
        rows = len(columns[first]) // count
        compiled = self._loop.run(columns, rows, states, lengths, codes)
        if compiled is not None:
            return compiled
        used = {name: values for name, values in columns.items() if name == first or name in self.used}
        function = self._function(self.registers, [*used], codes is not None)
        results: list[list[Any]] = [[] for _ in self.registers]
        for number in range(count):
            span = slice(number * rows, (number + 1) * rows)
            inputs = [
                repeat(values) if not hasattr(values, "__len__") else values if len(values) == rows else values[span]
                for values in used.values()
            ]
            each = zip(*inputs, strict=False) if codes is None else zip(*inputs, codes, strict=False)
            parts: Iterable[Any] = [(states[number], each)]
            if lengths:
                of_param = states[number * len(lengths) : (number + 1) * len(lengths)]
                parts = zip(of_param, map(islice, repeat(each), lengths), strict=True)
            for column, values in zip(results, function(parts), strict=True):
                column.extend(values)
        return [as_column(self._num, column) for column in results]

    def apart(self, columns: Mapping[str, Any]) -> list[Column]:
        """The registers after one row from each of several states; the columns hold the states and the other inputs."""
        used = {name: values for name, values in columns.items() if name in self.used.union(self.registers)}
        function = self._function((), [*used], acts=False)
        return [as_column(self._num, column) for column in function([((), zip(*used.values(), strict=True))])]

    def _function(self, state: Sequence[str], inputs: Sequence[str], acts: bool) -> Any:
        """The function from parts, each a state and its rows of inputs, to a list of values for each register."""
        key = (*state, "", *inputs, acts)
        if key not in self._functions:
            text = _loop(state, inputs, self._steps, self.registers, self._copied if acts else None)
            self._functions[key] = _defined(text, self._num, self._known)
        return self._functions[key]

    def trace(self, names: dict[str, Any]) -> dict[str, Any]:
        """All names with their values where the formula of s is evaluated, from those at the start of the row."""
        for name, body in takewhile(lambda step: step[0] != "s", self._steps):
            names[name] = _defined(f"run = lambda {', '.join(names)}: {body}", self._num, self._known)(**names)
        return {**self._known, **names}


def _loop(
    state: Sequence[str],
    inputs: Sequence[str],
    steps: Sequence[tuple[str, str]],
    outputs: Sequence[str],
    copied: str | None = None,
) -> str:
    """Source of a function that runs the steps in each row of each part, and returns a list for each output.

    With `copied`, the assignment of a row that copies, each row ends with its action code.
    """
    names = "".join(f"{name}, " for name in inputs)
    lines = ["def run(parts):", *(f" {name}__ = []" for name in outputs)]
    lines += [f" for ({''.join(f'{name}, ' for name in state)}), rows in parts:"]
    if copied is None:
        lines += [f"  for {names} in rows:", *(f"   {name} = {body}" for name, body in steps)]
    else:
        lines += [f"  for {names} code_ in rows:", f"   if code_ == {COPIES}: {copied}", "   elif code_:"]
        lines += [f"    if code_ == {RESTARTS}: s = p", *(f"    {name} = {body}" for name, body in steps)]
    lines += [f"   {name}__.append({name})" for name in outputs]
    return "\n".join([*lines, f" return {', '.join(f'{name}__' for name in outputs)},"])


def _body(text: Text, num: Dtype) -> str:
    """The formula for a number system, without the calls that change nothing there."""
    body = text_in(text, num)
    for name in num.idle:  # no other function's name ends with R, O or N
        body = body.replace(f"{name}(", "(")
    return body


def _defined(source: str, num: Dtype | None, names: Mapping[str, Any]) -> Any:
    """The function `run` that a source text defines."""
    scope = dict(names)
    if num is not None:
        own = {"R": num.round, "O": num.compute, "N": num.number, "P": num.power, "fma": num.fma}
        own |= {name: dtype(of, flush=name == "flush32").round for name, of in _TYPES.items() if f"{name}(" in source}
        scope = own | {"div": divided} | scope
    exec(_compiled(source), scope)
    return scope["run"]


@lru_cache(maxsize=1024)
def _compiled(text: str) -> CodeType:
    """The code object of a source text; cached, since the averages of many params or candidates share it."""
    return compile(text, "<formula>", "exec")


def actions(
    registers: Sequence[str], names: Sequence[str], steps: Sequence[tuple[str, str]], known: Mapping[str, Any]
) -> Callable[..., bytes]:
    """Compile steps to a function that returns the `action` of each row as a byte. It takes the registers before each
    part, the columns of `names` (None for a name without values), and the length of each part.
    """
    loop = Loop("float64", tuple(registers), steps, known)
    function = _defined(_loop(registers, names, steps, ["action"]), None, known)

    def run(before: Sequence[Sequence[Any]], columns: Sequence[Any], lengths: Sequence[int]) -> bytes:
        found = loop.run(dict(zip(names, columns, strict=True)), sum(lengths), before, lengths)
        if found is None:
            rows = zip(*(repeat(None) if column is None else column for column in columns), strict=False)
            found = function(zip(before, map(islice, repeat(rows), lengths), strict=True))
        return bytes(found[0])

    return run


def mask(condition: str, name: str) -> Callable[[Column], bytes]:
    """Compile a condition on one column to a function that returns the mask of the rows where it holds."""
    run = actions((), [name], [("action", condition)], {})
    return lambda values: run([()], [values], [len(values)])
