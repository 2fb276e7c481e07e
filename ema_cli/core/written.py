"""How a form, a decay family or a read-out is written on a board.

The text is an expression of the operands' names, such as `d*s + w*p`, in Python's grammar: `*`, `**`, `min(...)`, and
`A if n < 1 else B`. It stands beside the definition that it writes down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Protocol, TypeVar

    from ema_cli.core.dtypes import Dtype

    Follow = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]

    F = TypeVar("F")

    class Say(Protocol):
        """A decorator that leaves the type of what it decorates."""

        def __call__(self, function: F) -> F:
            """The function, with what was said."""


class Written(Record):
    """An expression, and the names in it that only who has seen all rounds can know."""

    text: str | Callable[[Dtype], str]
    """The expression, or what it is in a number system."""
    follow: Callable[[Dtype], Follow] | None = None
    """For a form or a read-out with a memory: gives a function that is handed the operands of each round in order, and
    gives the values of the further names; None where the round leaves everything as it is."""

    def over(self, num: Dtype) -> str:
        """The expression in a number system."""
        return self.text if isinstance(self.text, str) else self.text(num)


def written(text: str | Callable[[Dtype], str], follow: Callable[[Dtype], Follow] | None = None) -> Say:
    """Says how a form or a read-out is written."""

    def say(function: F) -> F:
        function.written = Written(text, follow)  # type: ignore[attr-defined]
        return function

    return say
