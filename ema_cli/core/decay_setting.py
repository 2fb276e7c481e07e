"""Ways to state a constant decay: itself, a half-life, a span, a centre of mass, the weight (alpha), or LEFT:ROUNDS."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.literals import LAST_STEP, is_number, quoted
from ema_cli.core.numbers.values import exact_value, is_arithmetic, value_of, whole_value
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.core.rule import Rule


class Statement(Record):
    """One way to state a constant decay."""

    allowed: str
    """The range of the value, in words."""
    allows: Callable[[float], bool]
    decay: Callable[[Any], Any]
    weight: Callable[[Any], Any]
    transcendental: bool = False
    """True if the decay may be irrational, so that dtype exact can't hold it."""


def _half_life(h: Any) -> Any:
    return 0.5 ** (1 / h)


STATEMENTS: dict[str, Statement] = {
    "decay": Statement("between 0 and 1", lambda d: 0 <= d <= 1, lambda d: d, lambda d: 1 - d),
    "half-life": Statement(
        "more than 0", lambda h: h > 0, _half_life, lambda h: 1 - _half_life(h), transcendental=True
    ),
    "span": Statement("at least 1", lambda s: s >= 1, lambda s: 1 - 2 / (s + 1), lambda s: 2 / (s + 1)),
    "com": Statement("at least 0", lambda c: c >= 0, lambda c: 1 - 1 / (1 + c), lambda c: 1 / (1 + c)),
    "alpha": Statement("between 0 and 1", lambda a: 0 <= a <= 1, lambda a: 1 - a, lambda a: a),
}
STATEMENTS["leaves"] = STATEMENTS["decay"].but(transcendental=True)
"""Half-life h: decay 0.5^(1/h). Span s: weight 2/(s+1). Centre of mass c: weight 1/(1+c). Alpha: the weight itself.
Leaves: the decay that `leaves_solver.py` finds.
"""


KINDS = tuple(STATEMENTS)
"""The names of all ways to state a decay."""


class Constant(Record):
    """The constant decay as the user stated it.

    A text stays a text, without its spaces, so that exact arithmetic can read 0.99 as 99/100 and evaluate 2/3 or
    0.999^32 in fractions.
    """

    kind: str
    value: Any

    def decay(self, num: Dtype) -> Any:
        """The decay in a number system."""
        return self._state(num, STATEMENTS[self.kind].decay)

    def weight(self, num: Dtype) -> Any:
        """The weight in a number system. For alpha it is alpha itself: 1 - (1 - alpha) differs in floating point."""
        return self._state(num, STATEMENTS[self.kind].weight)

    def _state(self, num: Dtype, formula: Callable[[Any], Any]) -> Any:
        if num.digits is not None:
            return num.number(formula(self.number))
        if STATEMENTS[self.kind].transcendental:
            raise SettingError(
                f"dtype exact holds only fractions, and {self.kind} gives an irrational decay:"
                " use float64, float32, float16 or bfloat16, or give the decay"
            )
        try:
            return formula(num.load(self.value))
        except SettingError as error:
            raise SettingError.of(error, f"{self.kind} ") from None

    @property
    def number(self) -> float:
        """The value in float64."""
        return value_of(self.value)

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class LeftDecay(Constant):
    """A decay stated as LEFT:ROUNDS, which leaves LEFT of the initial value after ROUNDS rounds."""

    left: Any
    """LEFT, as a Fraction."""
    rounds: int
    found: float | None = None
    """The decay that was found over a rule's rounds; None before that, and LEFT^(1/ROUNDS) is then the number."""

    @property
    def number(self) -> float:
        """The decay in float64."""
        if self.found is not None:
            return self.found
        from fractions import Fraction

        from ema_cli.core.numbers.arithmetic_value import nearest_power

        return float(nearest_power(self.left, Fraction(1, self.rounds)))


UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "w": 604800}
"""The seconds in each unit of time."""

_UNIT_WORDS = {"sec": "s", "second": "s", "minute": "min", "hr": "h", "hour": "h", "day": "d", "week": "w"}
"""Other words for the units, without a plural s."""

_NO_UNITS = {"m": "min", "round": "", "step": "", "epoch": ""}
"""Words that are no unit of time, without a plural s, and the unit to ask for."""


class TimedHalfLife(Constant):
    """A half-life stated in a unit of time, for averages of values with dates or timestamps."""

    seconds: Any
    """The half-life in seconds, a fraction."""

    @property
    def number(self) -> float:
        """The half-life in nanoseconds, the unit of timestamps."""
        return float(self.seconds * 10**9)


def _lasting(text: str) -> TimedHalfLife | None:
    """Parse a half-life with a unit of time, such as `5min`; None if the text has no unit."""
    text = "".join(text.split())
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    word = text[len(number) :]
    unit = _UNIT_WORDS.get(word.rstrip("s"), word)
    if not unit or not (is_number(number) or is_arithmetic(number)):
        return None
    if unit not in UNITS:
        meant = _NO_UNITS.get(unit.rstrip("s"))
        remedy = f"use {', '.join(UNITS)}" if meant is None else f"did you mean {number}{meant}?"
        raise SettingError(f"half-life {quoted(text)}: {quoted(unit)} is not a unit of time", remedy)
    try:
        seconds = exact_value(number) * UNITS[unit]
    except SettingError as error:
        raise SettingError.of(error, "half-life ") from None
    if seconds <= 0:
        raise SettingError(f"half-life must be more than 0, not {text}")
    return TimedHalfLife("half-life", text, seconds)


def leaving(text: Any) -> LeftDecay:
    """Parse a decay stated as `LEFT:ROUNDS`, such as `1%:5000`.

    >>> leaving("1%:5000").number
    0.9990793899844618
    """
    left, colon, rounds = str(text).partition(":")
    if not colon:
        raise SettingError(f"leaves {quoted(str(text))} is not LEFT:ROUNDS, such as 1%:5000")
    try:
        part, count = exact_value(left), whole_value(rounds)
    except SettingError as error:
        raise SettingError.of(error, "leaves ") from None
    if not 0 <= part <= 1:
        percent = f"did you mean {left}%:{rounds}?" if 1 < part <= 100 and "%" not in left else ""
        swapped = f"did you mean {rounds}:{left}?" if rounds.endswith("%") else percent
        raise SettingError(f"leaves {left}: LEFT must be between 0 and 1", swapped)
    if count is None or not 1 <= count <= LAST_STEP:
        raise SettingError(f"leaves {quoted(rounds)}: ROUNDS must be a whole number from 1 up")
    return LeftDecay("leaves", "".join(str(text).split()), part, count)


def constant(kind: str, value: Any) -> Constant:
    """Make a constant decay. `kind` is one of KINDS; `value` is a number or its text, or for `leaves` LEFT:ROUNDS."""
    if kind == "leaves":
        return leaving(value)
    statement = STATEMENTS[kind]
    written = isinstance(value, str)
    if kind == "half-life" and written and (found := _lasting(value)) is not None:
        return found
    try:
        x = value_of(value)
    except SettingError as error:
        raise SettingError.of(error, f"{kind} ") from None
    except (TypeError, ValueError):
        raise SettingError(f"{kind} {quoted(str(value))} is not a number") from None
    except OverflowError:
        x = math.inf
    if x - x != 0:
        raise SettingError(f"{kind} {quoted(str(value))[1:-1]} is not finite")
    if not statement.allows(x):
        percent = f"did you mean {x / 100:.12g}?" if 10 <= x <= 100 else ""
        got = f"{value} = {x:.12g}" if written and not is_number(value) else value
        raise SettingError(f"{kind} must be {statement.allowed}, not {got}", percent)
    return Constant(kind, "".join(value.split()) if written else value)


def default_constant(rule: Rule, ways: Mapping[str, Any], by_row: bool) -> Constant | None:
    """The constant that was stated, else the rule's default; None if the rule goes without one."""
    given = {kind: value for kind, value in ways.items() if value is not None}
    if rule.decay is None:
        if given:
            own, name = ", ".join(parameter.name for parameter in rule.parameters), rule.name.partition(":")[0]
            remedy = f"its own settings are {own}: --about-rule {name} explains them" if own else ""
            stated = dict((v.kind, v.value) if isinstance(v, Constant) else (kind, v) for kind, v in given.items())
            if rule.length and "span" in stated:
                remedy = f"give its length as {rule.name}:{rule.length.name}={stated['span']}"
            raise SettingError(f"rule {rule.name} has no constant decay: it takes no {', '.join(stated)}", remedy)
        return None
    if len(given) > 1:
        raise SettingError(f"{' and '.join(given)} state the decay twice")
    for kind, value in given.items():
        return value if isinstance(value, Constant) else constant(kind, value)
    if rule.decay.default is not None and not by_row:
        return constant(rule.decay.kind, str(rule.decay.default))
    if rule.decay.optional or by_row:
        return None
    names = ", ".join(kind.replace("-", "_") for kind in KINDS)
    raise SettingError(f"rule {rule.name} needs a decay: give one of {names}")


def take_constant(rule: Rule, parameters: dict[str, Any]) -> tuple[Constant | None, bool]:
    """Remove the constant from the parameters, and return it with True; None and False if it is not among them."""
    given = [name for name in rule.constants if name in parameters]
    if len(given) > 1:
        raise SettingError(f"rule {rule.name}: {' and '.join(given)} state the decay twice")
    for name in given:
        value = parameters.pop(name)
        if str(value).lower() == "none" and rule.decay is not None and rule.decay.optional:
            return None, True
        if rule.decay is not None and rule.decay.clamped:
            value = _clamp(value)
        try:
            return constant(rule.constants[name], value), True
        except SettingError as error:
            raise SettingError.of(error, f"rule {rule.name}: {name}: ") from None
    return None, False


def _clamp(value: Any) -> Any:
    try:
        number = value_of(value)
    except SettingError:  # `constant` raises it again
        return value
    return value if 0 <= number <= 1 else 1 if number > 1 else 0
