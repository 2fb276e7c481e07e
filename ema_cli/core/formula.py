"""Formulas: arithmetic as a text, said once and compiled over a number system (`core/numbers/dtypes.py`).

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
cost more than the arithmetic. What people read of a formula is derived from its text (`working/readable_formulas.py`).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice, repeat, takewhile
from typing import TYPE_CHECKING, Any

from ema_cli.core.compiled_loops import Loop
from ema_cli.core.gates import COPIES, RESTARTS
from ema_cli.core.numbers.arithmetic import divided
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.typed_columns import typed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import CodeType

    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.core.typed_columns import Column

    Text = str | Mapping[str, str]
    """A formula; or where dtypes have one of their own, theirs by their names, or by `short` that of all types of fewer
    digits than float32, and that of the others by ``."""

    Step = tuple[str, Text]
    """A name, and the formula of its next value."""

_TYPES = {"f32": "float32", "flush32": "float32", "b16": "bfloat16", "f16": "float16"}
"""Functions that round to a type named in the formula."""


def said(text: Text, num: Dtype) -> str:
    """The formula of a number system."""
    if isinstance(text, str):
        return text
    kind = "short" if num.digits is not None and num.digits < 24 else ""
    return text.get(num.name) or text.get(kind) or text[""]


def general(text: Text) -> str:
    """The formula of the number systems that have none of their own."""
    return text if isinstance(text, str) else text[""]


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


def column(text: Text, variables: Sequence[str], num: Dtype, names: Mapping[str, Any]) -> Callable[..., Column]:
    """The function that gives a formula's value for each row of its variables' columns.

    >>> from ema_cli.core.numbers.dtypes import dtype
    >>> column("R(1/N(n))", ["n"], dtype("bfloat16"), {})([1, 2, 3]).tolist()
    [1.0, 0.5, 0.333984375]
    """
    body = _body(text, num)
    if body.strip("()") in variables:
        place = variables.index(body.strip("()"))
        return lambda *columns: typed(num, columns[place])
    loop = Loop(num.system, (), [("", said(text, num))], names)
    made: Any = None

    def run(*columns: Any) -> Column:
        nonlocal made
        found = loop.column(dict(zip(variables, columns, strict=True)), len(columns[0]))
        if found is not None:
            return found
        if made is None:
            made = _made(f"run = lambda rows: [{body} for {', '.join(variables)}, in rows]", num, names)
        return typed(num, made(zip(*columns, strict=False)))

    return run


class Recurrence:
    """Registers whose next values follow, row by row, from those before.

    Args:
        registers: Their names.
        steps: What is assigned in each row, in order: to registers, or to names that the row alone has.
        num: The number system.
        names: The other names in the formulas, and their values.
        copied: The registers that become p in a row that copies it.
        copy: The formula of p in such a row.
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
        own = [(name, said(text, num)) for name, text in steps]
        self._loop = Loop(num.system, self.registers, own, names, tuple(copied))
        self.used = set().union(*(names_in(body) for _, body in self._steps))
        """All names in the formulas."""
        self._functions: dict[tuple[Any, ...], Any] = {}

    def run(
        self,
        states: Sequence[Sequence[Any]],
        columns: Mapping[str, Any],
        lengths: Sequence[int] = (),
        codes: bytes | None = None,
    ) -> list[Column]:
        """The value of each register after each row; of several states, for one after the other.

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
            states: The registers before the first row, for each param, and of it for each part of the rows.
            columns: The first one has rows of its own for each param; others may have rows that all params share, or
                one value for all rows.
            lengths: The rows of each part; all are one part if there are none.
            codes: The action of each row; None if all are updates.
        """
        count, [first, *_] = len(states) // (len(lengths) or 1), columns
        rows = len(columns[first]) // count
        compiled = self._loop.registers(states, columns, rows, lengths, codes)
        if compiled is not None:
            return [*compiled]
        used = {name: one for name, one in columns.items() if name == first or name in self.used}
        function = self._function(self.registers, [*used], codes is not None)
        found: list[list[Any]] = [[] for _ in self.registers]
        for number in range(count):
            own = slice(number * rows, (number + 1) * rows)
            given = [
                repeat(one) if not hasattr(one, "__len__") else one if len(one) == rows else one[own]
                for one in used.values()
            ]
            each = zip(*given, strict=False) if codes is None else zip(*given, codes, strict=False)
            parts: Iterable[Any] = [(states[number], each)]
            if lengths:
                mine = states[number * len(lengths) : (number + 1) * len(lengths)]
                parts = zip(mine, map(islice, repeat(each), lengths), strict=True)
            for column, values in zip(found, function(parts), strict=True):
                column.extend(values)
        return [typed(self._num, one) for one in found]

    def apart(self, columns: Mapping[str, Any]) -> list[Column]:
        """The registers after one row, for several states: the columns are the registers before, and other names."""
        used = {name: one for name, one in columns.items() if name in self.used.union(self.registers)}
        function = self._function((), [*used], acts=False)
        return [typed(self._num, one) for one in function([((), zip(*used.values(), strict=True))])]

    def _function(self, given: Sequence[str], moving: Sequence[str], acts: bool) -> Any:
        """The function from parts, each a state and its rows, to a list for each register."""
        key = (*given, "", *moving, acts)
        if key not in self._functions:
            text = _loop(given, moving, self._steps, self.registers, self._copied if acts else None)
            self._functions[key] = _made(text, self._num, self._known)
        return self._functions[key]

    def trace(self, names: dict[str, Any]) -> dict[str, Any]:
        """The names as the formula of s finds them in one row, given what that starts from."""
        for name, body in takewhile(lambda step: step[0] != "s", self._steps):
            names[name] = _made(f"run = lambda {', '.join(names)}: {body}", self._num, self._known)(**names)
        return {**self._known, **names}


def _loop(
    given: Sequence[str],
    moving: Sequence[str],
    steps: Sequence[tuple[str, str]],
    outputs: Sequence[str],
    copied: str | None = None,
) -> str:
    """The text of a function that takes the steps in each row, from the state of each part on, and gives a list of each
    output. If what is copied is said, rows end with their action.
    """
    names = "".join(f"{name}, " for name in moving)
    lines = ["def run(parts):", *(f" {name}__ = []" for name in outputs)]
    lines += [f" for ({''.join(f'{name}, ' for name in given)}), rows in parts:"]
    if copied is None:
        lines += [f"  for {names} in rows:", *(f"   {name} = {body}" for name, body in steps)]
    else:
        lines += [f"  for {names} code_ in rows:", f"   if code_ == {COPIES}: {copied}", "   elif code_:"]
        lines += [f"    if code_ == {RESTARTS}: s = p", *(f"    {name} = {body}" for name, body in steps)]
    lines += [f"   {name}__.append({name})" for name in outputs]
    return "\n".join([*lines, f" return {', '.join(f'{name}__' for name in outputs)},"])


def _body(text: Text, num: Dtype) -> str:
    """The formula without what does nothing in the number system."""
    body = said(text, num)
    for name in num.idle:  # no function has a longer name that ends so
        body = body.replace(f"{name}(", "(")
    return body


def _made(text: str, num: Dtype | None, names: Mapping[str, Any]) -> Any:
    """The function `run` that a text defines."""
    known = dict(names)
    if num is not None:
        own = {"R": num.round, "O": num.compute, "N": num.number, "P": num.power, "fma": num.fma}
        own |= {name: dtype(of, flush=name == "flush32").round for name, of in _TYPES.items() if f"{name}(" in text}
        known = own | {"div": divided} | known
    exec(_compiled(text), known)
    return known["run"]


@lru_cache(maxsize=1024)
def _compiled(text: str) -> CodeType:
    """The code of a text, which the averages of many params, or of many candidates, have in common."""
    return compile(text, "<formula>", "exec")


def actions(
    register: str, names: Sequence[str], steps: Sequence[tuple[str, str]], known: Mapping[str, Any], system: str
) -> Callable[..., bytes]:
    """The function that gives the `action` of each row as a byte: from a register before each part, the columns of the
    names (None for one without values), and the lengths of the parts.
    """
    loop = Loop(system, (register,), steps, known)
    made = _made(_loop([register], names, steps, ["action"]), None, known)

    def run(before: Sequence[Any], columns: Sequence[Any], lengths: Sequence[int]) -> bytes:
        found: bytes | None = loop.actions(before, dict(zip(names, columns, strict=True)), sum(lengths), lengths)
        if found is None:
            rows = zip(*(repeat(None) if one is None else one for one in columns), strict=False)
            found = bytes(made(zip(zip(before, strict=True), map(islice, repeat(rows), lengths), strict=True))[0])
        return found

    return run


def mask(text: str, name: str) -> Callable[[Column], bytes]:
    """The function that gives the mask of the rows in which a condition on one column holds."""
    loop = Loop("float64", (), [("action", text)], {})
    made = _made(f"run = lambda {name}_: bytes([{text} for {name} in {name}_])", None, {})

    def run(values: Column) -> bytes:
        found: bytes | None = loop.actions((), {name: values}, len(values))
        return made(values) if found is None else found

    return run
