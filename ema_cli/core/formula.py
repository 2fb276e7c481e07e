"""Formulas: arithmetic as a text, said once and compiled over a number system (`core/dtypes.py`).

Forms, scalars and decay families are such texts, in Python's grammar. Beside their own names they have

    R(x)          x rounded to the dtype
    O(x)          x rounded to the type that frameworks compute in
    N(n)          the number n taken into the type
    fma(a, b, c)  a*b + c, rounded once
    P(x, y)       x^y, as the C library gives it

R, O and N are left out where they do nothing, as in float64, whose operations round by themselves: the calls would
cost more than the arithmetic. All texts are the program's own; what a user writes reaches them as a value only.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import CodeType

    from ema_cli.core.dtypes import Dtype

    Text = str | Mapping[str, str]
    """A formula; or where dtypes have one of their own, theirs by their names, and that of the others by ``."""

    Column = Callable[[Iterable[Any]], list[Any]]


def said(text: Text, num: Dtype) -> str:
    """The formula of a number system."""
    return text if isinstance(text, str) else text.get(num.name, text[""])


def rewritten(text: Text, change: Callable[[str], str]) -> Text:
    """The formula of every number system, changed."""
    return change(text) if isinstance(text, str) else {name: change(own) for name, own in text.items()}


def column(text: Text, variable: str, num: Dtype, names: Mapping[str, Any]) -> Column:
    """The function that gives a formula's value for each value of its variable.

    >>> from ema_cli.core.dtypes import dtype
    >>> column("R(1/N(n))", "n", dtype("bfloat16"), {})([1, 2, 3])
    [1.0, 0.5, 0.333984375]
    """
    body = _body(text, num)
    if body.strip("()") == variable:
        return list
    made: Column = _made(f"lambda column: [{body} for {variable} in column]", num, names)
    return made


class Recurrence:
    """s = formula of s, p, d and w, for one param after another.

    Args:
        text: The formula.
        num: The number system.
        names: The other names in it.
    """

    __slots__ = ("_body", "_lasting", "_moving", "_names", "_num")

    def __init__(self, text: Text, num: Dtype, names: Mapping[str, Any]) -> None:
        self._body, self._num, self._names = _body(text, num), num, names
        self._moving: Any = None
        self._lasting: Any = None

    @property
    def functions(self) -> list[Any]:
        """Those that the formula calls by its other names."""
        return list(self._names.values())

    def moving(self, s: Any, params: Iterable[Any], ds: Iterable[Any], ws: Iterable[Any]) -> list[Any]:
        """The value after each param, where each has its own d and w."""
        if self._moving is None:
            text = f"lambda s, params, ds, ws: [s := {self._body} for p, d, w in zip(params, ds, ws)]"
            self._moving = _made(text, self._num, self._names)
        return self._moving(s, params, ds, ws)  # type: ignore[no-any-return]

    def lasting(self, s: Any, params: Iterable[Any], d: Any, w: Any) -> list[Any]:
        """The value after each param, where all have the same d and w."""
        if self._lasting is None:
            text = f"lambda s, params, d, w: [s := {self._body} for p in params]"
            self._lasting = _made(text, self._num, self._names)
        return self._lasting(s, params, d, w)  # type: ignore[no-any-return]


def _body(text: Text, num: Dtype) -> str:
    """The formula without what does nothing in the number system."""
    body = said(text, num)
    for name in num.idle:
        body = body.replace(f"{name}(", "(")
    return body


def _made(text: str, num: Dtype, names: Mapping[str, Any]) -> Any:
    known = {"R": num.round, "O": num.compute, "N": num.number, "P": num.power, "fma": num.fma, **names}
    return eval(_compiled(text), known)


@lru_cache(maxsize=1024)
def _compiled(text: str) -> CodeType:
    """The code of a text, which the averages of many params, or of many candidates, have in common."""
    return compile(text, "<formula>", "eval")
