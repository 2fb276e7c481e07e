"""Decay families: how the effective decay follows from the counter. And the ways to state a constant decay.

A family is a pure function of the counter n. It is written once, over the number system that the framework computes
the decay in (`core/dtypes.py`): N takes a number into it, R rounds each operation to it. Some families give not a
decay but a weight or a count, as their frameworks do: 1 - (1 - m) is not m in floating point.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ema_cli.core.arithmetic import power64
from ema_cli.core.errors import SettingError
from ema_cli.core.numerals import is_number, shown
from ema_cli.core.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.dtypes import Dtype, Number, Round

    At = Callable[[Any], Any]


class Family(Record):
    """A decay (or a weight, or a count) as a function of the counter."""

    over: Callable[[Dtype], At]
    """From a number system to the function itself."""
    limit: Any = None
    """The value that lasts: once the function has given it, every later counter gives it too. None if there is none."""
    rational: bool = True
    """Whether fractions give fractions: whether exact arithmetic has it."""
    text: str = ""
    """How it is written on a board (`core/written.py`): an expression with {n} for the counter."""
    names: tuple[tuple[str, Any], ...] = ()
    """The other names in the text, and their values."""


def _bare(number: Number) -> str:
    """A number of a family's text."""
    return str(number).removesuffix(".0")


def fixed(decay: Number) -> Family:
    """decay."""
    return Family(lambda num: lambda n: decay, limit=decay, text="DECAY", names=(("DECAY", decay),))


def ratio(decay: Number, offset: Number = 10, counter_in_type: bool = True) -> Family:
    """min(decay, (1 + n) / (offset + n)): TensorFlow's num_updates.

    Unless `counter_in_type`, the sums are those of whole numbers, and rounded afterwards.
    """

    def over(num: Dtype) -> At:
        if num.digits == 53:  # the body below without its roundings, which cost as much as the rest
            return lambda n: d if (d := (1 + n) / (offset + n)) < decay else decay
        N, R = num.number if counter_in_type else (lambda n: n), num.round
        N = num.number if num.digits is None else N

        def at(n: Any) -> Any:
            n = N(n)
            d = R(R(1 + n) / R(offset + n))
            return d if d < decay else decay

        return at

    text = f"min(DECAY, (1 + {{n}})/({_bare(offset)} + {{n}}))"
    return Family(over, limit=decay, text=text, names=(("DECAY", decay),))


def inverse_power(decay: Any, gamma: Any, power: Any, least: Number = 0) -> Family:
    """1 - (1 + n / gamma)^-power, not under `least` and not over `decay`."""

    def over(num: Dtype) -> At:
        N, R = num.number, num.round
        P = power64 if num.digits == 53 else _tensor_power(R)

        def at(n: Any) -> Any:
            d = R(1 - P(R(1 + R(N(n) / gamma)), -power))
            return min(max(d, least), decay)

        return at

    text = "min(DECAY, max(least, 1 - (1 + {n}/gamma)**-power))" if least else "min(DECAY, 1 - (1 + {n}/gamma)**-power)"
    names = (("DECAY", decay), ("gamma", gamma), ("power", power), ("least", least))
    return Family(over, limit=decay, rational=False, text=text, names=names)


def _tensor_power(R: Round) -> Callable[[float, float], float]:
    """torch's power of a float32 tensor and a Python scalar: float64's, rounded, and for some exponents by other means
    (aten/src/ATen/native/cpu/PowKernel.cpp).
    """
    other: dict[float, Callable[[float], float]] = {
        -0.5: lambda x: R(1 / R(math.sqrt(x))),
        -1.0: lambda x: R(1 / x),
        -2.0: lambda x: R(1 / R(x * x)),
    }

    def power(x: float, y: float) -> float:
        return other[y](x) if y in other else R(power64(x, y))

    return power


def exponential_ramp(decay: Number, tau: Number) -> Family:
    """decay * (1 - e^(-n / tau))."""
    return Family(
        lambda num: lambda n: decay * (1 - math.exp(-n / tau)),
        rational=False,
        text="DECAY*(1 - exp(-{n}/tau))",
        names=(("DECAY", decay), ("tau", tau)),
    )


def harmonic(least: Number = 0, gamma: Number = 1) -> Family:
    """The weight max(least, gamma / (gamma + n)); 1 / (n + 1) if nothing else is said."""

    def over(num: Dtype) -> At:
        N, R = num.number, num.round
        return lambda n: w if (w := R(gamma / R(gamma + N(n)))) > least else least

    text = f"{_bare(gamma)}/({_bare(gamma)} + {{n}})"
    return Family(
        over,
        limit=least if least else None,
        text=f"max(DECAY, {text})" if least else text,
        names=(("DECAY", least),),
    )


def one_less_harmonic(decay: Number) -> Family:
    """min(1 - 1 / (n + 1), decay)."""

    def over(num: Dtype) -> At:
        N = num.number
        return lambda n: d if (d := 1 - 1 / N(n + 1)) < decay else decay

    return Family(over, limit=decay, text="min(1 - 1/({n} + 1), DECAY)", names=(("DECAY", decay),))


def _count_of(interval: int) -> str:
    return f"{{n}}//{interval} + 1" if interval > 1 else "{n} + 1"


def counted(interval: int = 1) -> Family:
    """The count n // interval + 1, whose inverse is the weight."""
    return Family(lambda num: lambda n: num.number(n // interval + 1), text=_count_of(interval))


def counted_weight(interval: int = 1) -> Family:
    """The weight 1 / (n // interval + 1)."""
    return Family(lambda num: lambda n: num.round(1 / num.number(n // interval + 1)), text=f"1/({_count_of(interval)})")


def inverse_count() -> Family:
    """The weight 1 / n."""
    return Family(lambda num: lambda n: num.round(1 / num.number(n)), text="1/{n}")


def half_life(batch: Number, images: Number, ramp: Number | None = None) -> Family:
    """0.5^(batch / max(h, 1e-8)), where the half-life h is `images`, or, with a ramp, min(images, ramp * n)."""

    def at(n: Any) -> float:
        h = images if ramp is None else min(images, n * ramp)
        return 0.5 ** (batch / max(h, 1e-8))

    if ramp is None:
        return Family(lambda num: at, rational=False, text=f"0.5**({_bare(batch)}/{_bare(images)})")
    text = f"0.5**({_bare(batch)}/max(min({_bare(images)}, {_bare(ramp)}*{{n}}), 1e-8))"
    return Family(lambda num: at, rational=False, text=text)


def halved(interval: Number, images: Number) -> Family:
    """2^-(interval / half-life)."""
    return Family(
        lambda num: lambda n: 2 ** (-(interval / images)),
        rational=False,
        text=f"2**-({_bare(interval)}/{_bare(images)})",
    )


def _at_least(least: Any, n: Any) -> Any:
    """The counter, which must have come so far.

    Raises:
        SettingError: It has not.
    """
    if n < least:
        raise SettingError(f"the rule's counter starts at {least}; it has no decay at step {n}")
    return n


def power_function(exponent: Number, batch: Number) -> Family:
    """(1 - batch / n)^exponent."""
    return Family(
        lambda num: lambda n: (1 - batch / _at_least(batch, n)) ** exponent,
        rational=False,
        text=f"(1 - {_bare(batch)}/{{n}})**exponent",
        names=(("exponent", exponent),),
    )


def inverse_power_function(exponent: Number) -> Family:
    """(1 - 1 / n)^exponent."""
    return Family(
        lambda num: lambda n: (1 - 1 / _at_least(1, n)) ** exponent,
        rational=False,
        text="(1 - 1/{n})**exponent",
        names=(("exponent", exponent),),
    )


def cosine(decay: Number, last: Number) -> Family:
    """1 + (decay - 1) (1 + cos(pi n / last)) / 2: from decay to 1, as DINO writes it."""
    return Family(
        lambda num: lambda n: 1 + 0.5 * (decay - 1) * (1 + math.cos(math.pi * min(n, last) / last)),
        rational=False,
        text=f"1 + (DECAY - 1)*(1 + cos(pi*min({{n}}, {last})/{last}))/2",
        names=(("DECAY", decay),),
    )


def cosine_of_rest(decay: Number, last: Number) -> Family:
    """1 - (1 + cos(pi n / last)) / 2 (1 - decay): from decay to 1, as MoCo v3 writes it."""
    return Family(
        lambda num: lambda n: 1.0 - 0.5 * (1.0 + math.cos(math.pi * n / last)) * (1.0 - decay),
        rational=False,
        text=f"1 - (1 + cos(pi*{{n}}/{last}))/2*(1 - DECAY)",
        names=(("DECAY", decay),),
    )


def linear(weight: Number, first: Number, last: int) -> Family:
    """The weight, from `first` at n = 1 in equal steps to `weight` at n = last, and that from there on."""
    return Family(
        lambda num: lambda n: first + (weight - first) * (n - 1) / (last - 1) if n <= last else weight,
        text=f"first + (DECAY - first)*({{n}} - 1)/{last - 1} if {{n}} <= {last} else DECAY",
        names=(("DECAY", weight), ("first", first)),
    )


def bias_corrected(decay: Number) -> Family:
    """decay (1 - decay^(n-1)) / (1 - decay^n)."""

    def over(num: Dtype) -> At:
        R, P = num.round, num.power
        return lambda n: R(R(decay * R(1 - P(decay, n - 1))) / R(1 - P(decay, n)))

    text = "DECAY*(1 - DECAY**({n} - 1))/(1 - DECAY**{n})"
    return Family(over, text=text, names=(("DECAY", decay),))


def from_step(start: int, family: Family, counted_from: int = 0) -> Family:
    """0 while n < start, then the family at n - counted_from."""

    def over(num: Dtype) -> At:
        at = family.over(num)
        return lambda n: at(n - counted_from) if n >= start else num.number(0.0)

    counter = f"({{n}} - {counted_from})" if counted_from else "{n}"
    before = f"0 if {{n}} < {start} else " if start > 0 else ""
    return family.but(over=over, text=before + family.text.replace("{n}", counter))


def shifted(by: int, family: Family) -> Family:
    """The family at max(n - by, 0)."""

    def over(num: Dtype) -> At:
        at = family.over(num)
        return lambda n: at(n - by if n > by else 0)

    counter = f"max({{n}} - {by}, 0)" if by > 0 else f"({{n}} + {-by})" if by else "{n}"
    return family.but(over=over, text=family.text.replace("{n}", counter))


class Statement(Record):
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


class Constant(Record):
    """The constant decay as the user stated it.

    A text is kept as a text, so that exact arithmetic can take 0.99 for 99/100.
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
