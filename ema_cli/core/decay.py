"""Decay families: how the effective decay follows from the counter. And the ways to state a constant decay.

A family is a pure function of the counter n. It is written once, with Python's operators; in which precision it
computes is decided by the numbers it is given (`Dtype.number`): ints and floats, float32 numbers, or fractions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ema_cli.core.errors import SettingError
from ema_cli.core.numerals import is_number, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.dtypes import Dtype, Number


class Family(NamedTuple):
    """A decay as a function of the counter."""

    at: Callable[[Any], Any]
    """The effective decay at counter n."""
    limit: Any = None
    """The value that lasts: once `at` has given it, every later counter gives it too. None if there is none such."""


def fixed(decay: Number) -> Family:
    """decay."""
    return Family(lambda n: decay, limit=decay)


def ratio(decay: Number, offset: int = 10) -> Family:
    """min(decay, (1 + n) / (offset + n)): TensorFlow's num_updates."""
    return Family(lambda n: d if (d := (1 + n) / (offset + n)) < decay else decay, limit=decay)


class Statement(NamedTuple):
    """One way to state a constant decay."""

    least: float
    above: bool
    """Whether the value must lie above the least one, not on it."""
    most: float | None
    decay: Callable[[Any], Any]
    weight: Callable[[Any], Any]
    transcendental: bool = False


def _half_life(h: Any) -> Any:
    return 0.5 ** (1 / h)


STATEMENTS: dict[str, Statement] = {
    "decay": Statement(0, False, 1, lambda d: d, lambda d: 1 - d),
    "half-life": Statement(0, True, None, _half_life, lambda h: 1 - _half_life(h), transcendental=True),
    "span": Statement(1, False, None, lambda s: 1 - 2 / (s + 1), lambda s: 2 / (s + 1)),
    "com": Statement(0, False, None, lambda c: 1 - 1 / (1 + c), lambda c: 1 / (1 + c)),
    "alpha": Statement(0, False, 1, lambda a: 1 - a, lambda a: a),
}
"""Half-life h: decay 0.5^(1/h). Span s: weight 2/(s+1). Centre of mass c: weight 1/(1+c). Alpha: the weight itself."""


class Constant(NamedTuple):
    """The constant decay as the user stated it.

    `text` is kept so that exact arithmetic can take 0.99 for 99/100.
    """

    kind: str
    value: Any

    def decay(self, num: Dtype) -> Any:
        """The decay in a number system."""
        return self._state(num, STATEMENTS[self.kind].decay)

    def weight(self, num: Dtype) -> Any:
        """The weight in a number system: not 1 - (1 - alpha), which differs from alpha in floating point."""
        return self._state(num, STATEMENTS[self.kind].weight)

    def _state(self, num: Dtype, formula: Callable[[Any], Any]) -> Any:
        if num.digits is not None:
            return num.number(formula(float(self.value)))
        if STATEMENTS[self.kind].transcendental:
            raise SettingError(
                f"dtype exact has fractions only, and a {self.kind} gives a decay that is none:"
                " use float64, float32, float16 or bfloat16, or state the decay"
            )
        return formula(num.load(self.value))

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


def constant(kind: str, value: Any) -> Constant:
    """A constant decay: `kind` is a key of STATEMENTS, `value` a number or its text.

    Raises:
        SettingError: The value is not a finite number, or out of range.
    """
    statement = STATEMENTS[kind]
    if isinstance(value, str) and not is_number(value):
        raise SettingError(f"{kind} {shown(value)} is not a number")
    x = float(value)
    if x - x != 0:
        raise SettingError(f"{kind} {value} is not finite")
    if (
        x < statement.least
        or (statement.above and x == statement.least)
        or (statement.most is not None and x > statement.most)
    ):
        if statement.most is not None:
            allowed = f"between {statement.least} and {statement.most}"
        else:
            allowed = f"{'more than' if statement.above else 'at least'} {statement.least}"
        raise SettingError(f"{kind} must be {allowed}, not {value}")
    return Constant(kind, value)
