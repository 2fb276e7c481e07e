"""Decay families: how the effective decay follows from the counter.

A family is a pure function of the counter n: a formula (`core/formula.py`), compiled over the number system that the
framework computes the decay in. Some families give not a decay but a weight or a count, as their frameworks do:
1 - (1 - m) is not m in floating point.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ema_cli.core.arithmetic import power64
from ema_cli.core.errors import SettingError
from ema_cli.core.formula import column, rewritten, said
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.dtypes import Dtype, Number, Round
    from ema_cli.core.formula import Column, Text


class Family(Record):
    """A decay (or a weight, or a count) as a function of the counter."""

    body: Text
    """The formula (`core/formula.py`) that is computed, with {n} for the counter."""
    text: str
    """How it is written on a board (`core/written.py`): the same without its roundings."""
    names: tuple[tuple[str, Any], ...] = ()
    """The constants in both, and their values."""
    limit: Any = None
    """The value that lasts: once the function has given it, every later counter gives it too. None if there is none."""
    rational: bool = True
    """Whether fractions give fractions: whether exact arithmetic has it."""
    calls: Callable[[Dtype], dict[str, Any]] | None = None
    """Functions that the body calls, in a number system."""

    def over(self, num: Dtype) -> Column:
        """The function from counters to values, in the number system that the framework computes the decay in."""
        calls = self.calls(num) if self.calls is not None else {}
        return column(said(self.body, num).replace("{n}", "n"), "n", num, {**dict(self.names), **calls})

    def at(self, counter: str) -> Family:
        """The family at another counter, a formula of {n}."""
        return self.but(
            body=rewritten(self.body, lambda body: body.replace("{n}", counter)),
            text=self.text.replace("{n}", counter),
        )


_WHOLE_FLOAT32 = 2**24
"""Up to here float32 holds every whole number."""


def _bare(number: Number) -> str:
    """A number of a family's text."""
    return str(number).removesuffix(".0")


def fixed(decay: Number) -> Family:
    """decay."""
    return Family("DECAY", "DECAY", (("DECAY", decay),), limit=decay)


def ratio(decay: Number, offset: Number = 10, counter_in_type: bool = True) -> Family:
    """min(decay, (1 + n) / (offset + n)): TensorFlow's num_updates.

    Unless `counter_in_type`, the sums are those of whole numbers, and rounded afterwards.
    """
    quotient = "R(R(1 + N({n}))/R(offset + N({n})))" if counter_in_type else "R(N(R(1 + {n}))/R(offset + {n}))"
    whole = f"d if (d := {quotient}) < DECAY else DECAY"
    body: Text = whole
    if offset == offset // 1 and 0 <= offset < _WHOLE_FLOAT32:  # sums of whole numbers are exact as far as they go
        short = f"R((1 + {{n}})/(offset + {{n}})) if {{n}} < {_WHOLE_FLOAT32 - int(offset)} else {quotient}"
        body = {"": whole, "float32": f"d if (d := {short}) < DECAY else DECAY"}
    return Family(
        body,
        f"min(DECAY, (1 + {{n}})/({_bare(offset)} + {{n}}))",
        (("DECAY", decay), ("offset", offset)),
        limit=decay,
    )


def inverse_power(decay: Any, gamma: Any, power: Any, least: Number = 0) -> Family:
    """1 - (1 + n / gamma)^-power, not under `least` and not over `decay`, which wins where it is the lesser."""
    text = "1 - (1 + {n}/gamma)**-power"
    return Family(
        "min(max(R(1 - tensor_power(R(1 + R(N({n})/gamma)), -power)), least), DECAY)",
        f"min(DECAY, max(least, {text}))" if least else f"min(DECAY, {text})",
        (("DECAY", decay), ("gamma", gamma), ("power", power), ("least", least)),
        limit=decay,
        rational=False,
        calls=lambda num: {"tensor_power": power64 if num.digits == 53 else _tensor_power(num.round)},
    )


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
        "DECAY*(1 - exp(-{n}/tau))",
        "DECAY*(1 - exp(-{n}/tau))",
        (("DECAY", decay), ("tau", tau)),
        rational=False,
        calls=_functions,
    )


def _functions(num: Dtype) -> dict[str, Any]:
    return {"exp": math.exp, "cos": math.cos, "pi": math.pi, "at_least": _at_least}


def harmonic(least: Number = 0, gamma: Number = 1) -> Family:
    """The weight max(least, gamma / (gamma + n)); 1 / (n + 1) if nothing else is said."""
    text = f"{_bare(gamma)}/({_bare(gamma)} + {{n}})"
    return Family(
        "w if (w := R(gamma/R(gamma + N({n})))) > DECAY else DECAY",
        f"max(DECAY, {text})" if least else text,
        (("DECAY", least), ("gamma", gamma)),
        limit=least if least else None,
    )


def one_less_harmonic(decay: Number) -> Family:
    """min(1 - 1 / (n + 1), decay)."""
    return Family(
        "d if (d := 1 - 1/N({n} + 1)) < DECAY else DECAY",
        "min(1 - 1/({n} + 1), DECAY)",
        (("DECAY", decay),),
        limit=decay,
    )


def _count_of(interval: int) -> str:
    return f"{{n}}//{interval} + 1" if interval > 1 else "{n} + 1"


def counted(interval: int = 1) -> Family:
    """The count n // interval + 1, whose inverse is the weight."""
    return Family(f"N({_count_of(interval)})", _count_of(interval))


def counted_weight(interval: int = 1) -> Family:
    """The weight 1 / (n // interval + 1)."""
    return Family(f"R(1/N({_count_of(interval)}))", f"1/({_count_of(interval)})")


def inverse_count() -> Family:
    """The weight 1 / n."""
    return Family("R(1/N({n}))", "1/{n}")


def half_life(batch: Number, images: Number, ramp: Number | None = None) -> Family:
    """0.5^(batch / max(h, 1e-8)), where the half-life h is `images`, or, with a ramp, min(images, ramp * n)."""
    h, told = "images", _bare(images)
    if ramp is not None:
        h, told = "min(images, {n}*ramp)", f"min({told}, {_bare(ramp)}*{{n}})"
    return Family(
        f"0.5**(batch/max({h}, 1e-8))",
        f"0.5**({_bare(batch)}/{told})" if ramp is None else f"0.5**({_bare(batch)}/max({told}, 1e-8))",
        (("batch", batch), ("images", images), ("ramp", ramp or 0)),
        rational=False,
    )


def halved(interval: Number, images: Number) -> Family:
    """2^-(interval / half-life)."""
    return Family(
        "2**(-(interval/images))",
        f"2**-({_bare(interval)}/{_bare(images)})",
        (("interval", interval), ("images", images)),
        rational=False,
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
        "(1 - batch/at_least(batch, {n}))**exponent",
        f"(1 - {_bare(batch)}/{{n}})**exponent",
        (("exponent", exponent), ("batch", batch)),
        rational=False,
        calls=_functions,
    )


def inverse_power_function(exponent: Number) -> Family:
    """(1 - 1 / n)^exponent."""
    return Family(
        "(1 - 1/at_least(1, {n}))**exponent",
        "(1 - 1/{n})**exponent",
        (("exponent", exponent),),
        rational=False,
        calls=_functions,
    )


def cosine(decay: Number, last: Number) -> Family:
    """1 + (decay - 1) (1 + cos(pi n / last)) / 2: from decay to 1, as DINO writes it."""
    return Family(
        "1 + 0.5*(DECAY - 1)*(1 + cos(pi*min({n}, last)/last))",
        f"1 + (DECAY - 1)*(1 + cos(pi*min({{n}}, {last})/{last}))/2",
        (("DECAY", decay), ("last", last)),
        rational=False,
        calls=_functions,
    )


def cosine_of_rest(decay: Number, last: Number) -> Family:
    """1 - (1 + cos(pi n / last)) / 2 (1 - decay): from decay to 1, as MoCo v3 writes it."""
    return Family(
        "1.0 - 0.5*(1.0 + cos(pi*{n}/last))*(1.0 - DECAY)",
        f"1 - (1 + cos(pi*{{n}}/{last}))/2*(1 - DECAY)",
        (("DECAY", decay), ("last", last)),
        rational=False,
        calls=_functions,
    )


def linear(weight: Number, first: Number, last: int) -> Family:
    """The weight, from `first` at n = 1 in equal steps to `weight` at n = last, and that from there on."""
    bound = "min" if weight >= first else "max"  # the last step may be a rounding error too large
    return Family(
        f"{bound}(DECAY, first + (DECAY - first)*({{n}} - 1)/(last - 1))",
        f"first + (DECAY - first)*({{n}} - 1)/{last - 1} if {{n}} <= {last} else DECAY",
        (("DECAY", weight), ("first", first), ("last", last)),
        limit=weight,
    )


def bias_corrected(decay: Number) -> Family:
    """decay (1 - decay^(n-1)) / (1 - decay^n)."""
    return Family(
        "R(R(DECAY*R(1 - P(DECAY, {n} - 1)))/R(1 - P(DECAY, {n})))",
        "DECAY*(1 - DECAY**({n} - 1))/(1 - DECAY**{n})",
        (("DECAY", decay),),
    )


def not_under(least: Number, family: Family) -> Family:
    """The family, or `least` where that is more."""
    return family.but(
        body=rewritten(family.body, "max({}, floor)".format),
        text=f"max({least}, {family.text})",
        names=(*family.names, ("floor", least)),
    )


def from_step(start: int, family: Family, counted_from: int = 0) -> Family:
    """0 while n < start, then the family at n - counted_from."""
    counter = f"({{n}} - {counted_from})" if counted_from else "{n}"
    delayed = family.at(counter)
    if start <= 0:
        return delayed
    before = f"0 if {{n}} < {start} else "
    body = rewritten(delayed.body, lambda body: f"N(0.0) if {{n}} < {start} else {body}")
    return delayed.but(body=body, text=before + delayed.text)


def shifted(by: int, family: Family) -> Family:
    """The family at max(n - by, 0)."""
    counter = f"({{n}} + {-by})" if by < 0 else "{n}"
    told = family.at(f"max({{n}} - {by}, 0)" if by > 0 else counter)
    return told.but(body=family.at(f"({{n}} - {by} if {{n}} > {by} else 0)").body)
