"""Decay families: how the effective decay follows from the counter; and the schedule of a rule, which has one.

A family is a formula (`core/formula.py`) of the counter n, compiled over the number system that the framework computes
the decay in. Some families give not a decay but a weight or a count, as their frameworks do: 1 - (1 - m) is not m in
floating point.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING, Any

from ema_cli.core.compiled_loops import worth
from ema_cli.core.errors import SettingError
from ema_cli.core.formula import column, names_in, renamed, rewritten, said
from ema_cli.core.numbers.arithmetic import power64, tensor_power
from ema_cli.core.record import Record
from ema_cli.core.typed_columns import same, typed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.core.coefficients import Scalars
    from ema_cli.core.formula import Text
    from ema_cli.core.numbers.dtypes import Dtype, Number
    from ema_cli.core.typed_columns import Column


class Family(Record):
    """A decay (or a weight, or a count) as a function of the counter."""

    text: Text
    """The formula of the counter n."""
    names: tuple[tuple[str, Any], ...] = ()
    """The constants in it, and their values."""
    inlined: tuple[str, ...] = ()
    """Constants that people read as their values."""
    limit: Any = None
    """The value that lasts: once the function has given it, every later counter gives it too. None if there is none."""
    rational: bool = True
    """True if fractions give fractions, so that exact arithmetic has it."""
    calls: Callable[[Dtype], dict[str, Any]] | None = None
    """Functions that the formula calls, in a number system."""
    said: Text | None = None
    """The formula for people, where it differs from the text by more than its roundings."""
    timed: bool = False
    """True if it follows from the elapsed time e, too."""

    def over(self, num: Dtype) -> Callable[..., Column]:
        """The function from counters to values, in the number system that the framework computes the decay in; if it is
        timed, from counters and elapsed times.
        """
        names = {**dict(self.names), **(self.calls(num) if self.calls is not None else {})}
        if not self.timed:
            return column(self.text, ["n"], num, names)
        used = names_in(said(self.text, num))
        variables = [name for name in ("n", "e") if name in used]
        made = column(self.text, variables, num, names)
        return lambda n, e: made(*(given for name, given in (("n", n), ("e", e)) if name in variables))

    def at(self, counter: str, **names: Any) -> Family:
        """The family at another counter, a formula of n, with the constants in that."""
        return self._changed(lambda text: renamed(text, {"n": counter}), names)

    def raised(self, times: int) -> Family:
        """The family of a constant that is raised to a power."""
        if times == 1:
            return self
        power = {"DECAY": "P(DECAY, times)"}
        return self._changed(lambda text: renamed(text, power), {"times": times}).but(limit=self.limit**times)

    def within(self, formula: str, **names: Any) -> Family:
        """The family in the place of the braces of another formula, with the constants in that."""
        return self._changed(lambda text: rewritten(text, formula.format), names)

    def _changed(self, change: Callable[[Text], Text], names: dict[str, Any]) -> Family:
        return self.but(
            text=change(self.text),
            said=None if self.said is None else change(self.said),
            names=(*self.names, *names.items()),
            inlined=(*self.inlined, *names),
        )


def fixed(decay: Number) -> Family:
    """decay."""
    return Family("DECAY", (("DECAY", decay),), limit=decay)


def ratio(decay: Number, offset: Number = 10, counter_in_type: bool = True) -> Family:
    """min(decay, (1 + n) / (offset + n)): TensorFlow's num_updates.

    Unless `counter_in_type`, the sums are those of whole numbers, and rounded afterwards.
    """
    quotient = "R(R(1 + N(n))/R(offset + N(n)))" if counter_in_type else "R(N(R(1 + n))/R(offset + n))"
    return Family(f"min(DECAY, {quotient})", (("DECAY", decay), ("offset", offset)), ("offset",), limit=decay)


def inverse_power(decay: Any, gamma: Any, power: Any, least: Number = 0) -> Family:
    """1 - (1 + n / gamma)^-power, not under `least` and not over `decay`, which wins where it is the lesser."""
    rest = "R(1 - tensor_power(R(1 + R(N(n)/gamma)), -power))"
    return Family(
        f"min(DECAY, max(least, {rest}))" if least else f"min(DECAY, {rest})",
        (("DECAY", decay), ("gamma", gamma), ("power", power), ("least", least)),
        limit=decay,
        rational=False,
        calls=lambda num: {"tensor_power": power64 if num.digits == 53 else tensor_power(num.round)},
    )


def exponential_ramp(decay: Number, tau: Number) -> Family:
    """decay * (1 - e^(-n / tau))."""
    names = (("DECAY", decay), ("tau", tau))
    return Family("DECAY*(1 - exp(-n/tau))", names, rational=False, calls=_functions)


def _functions(num: Dtype) -> dict[str, Any]:
    return {"exp": math.exp, "cos": math.cos, "pi": math.pi}


def harmonic(least: Number = 0, gamma: Number = 1) -> Family:
    """The weight max(least, gamma / (gamma + n)); 1 / (n + 1) if nothing else is said."""
    quotient = Family("R(gamma/N(gamma + n))", (("DECAY", least), ("gamma", gamma)), ("gamma",))
    return quotient.within("max(DECAY, {})").but(limit=least) if least else quotient


def one_less_harmonic(decay: Number) -> Family:
    """min(1 - 1 / (n + 1), decay)."""
    return Family("min(1 - 1/N(n + 1), DECAY)", (("DECAY", decay),), limit=decay)


def counted(interval: int = 1) -> Family:
    """The count n // interval + 1, whose inverse is the weight."""
    count = Family({"": "(n + 1)", "exact": "N(n + 1)"})  # a whole number, in whatever type the decay is computed
    return count.at("n//interval", interval=interval) if interval > 1 else count


def counted_weight(interval: int = 1) -> Family:
    """The weight 1 / (n // interval + 1)."""
    return counted(interval).within("R(1/{})")


def inverse_count() -> Family:
    """The weight 1 / n."""
    return Family("R(1/N(n))")


def cosine(decay: Number, last: Number) -> Family:
    """1 + (decay - 1) (1 + cos(pi n / last)) / 2: from decay to 1, as DINO writes it."""
    return Family(
        "1 + 0.5*(DECAY - 1)*(1 + cos(pi*min(n, last)/last))",
        (("DECAY", decay), ("last", last)),
        ("last",),
        rational=False,
        calls=_functions,
    )


def cosine_of_rest(decay: Number, last: Number) -> Family:
    """1 - (1 + cos(pi n / last)) / 2 (1 - decay): from decay to 1, as MoCo v3 writes it."""
    return Family(
        "1 - 0.5*(1 + cos(pi*n/last))*(1 - DECAY)",
        (("DECAY", decay), ("last", last)),
        ("last",),
        rational=False,
        calls=_functions,
    )


def linear(weight: Number, first: Number, last: int) -> Family:
    """The weight, from `first` at n = 1 in equal steps to `weight` at n = last, and that from there on."""
    bound = "min" if weight >= first else "max"  # the last step may be a rounding error too large
    return Family(
        f"{bound}(DECAY, first + (DECAY - first)*(n - 1)/(last - 1))",
        (("DECAY", weight), ("first", first), ("last", last)),
        ("last",),
        limit=weight,
        said="first + (DECAY - first)*(n - 1)/(last - 1) if n <= last else DECAY",
    )


def bias_corrected(decay: Number) -> Family:
    """decay (1 - decay^(n-1)) / (1 - decay^n)."""
    return Family("R(R(DECAY*R(1 - P(DECAY, n - 1)))/R(1 - P(DECAY, n)))", (("DECAY", decay),))


def not_under(least: Number, family: Family) -> Family:
    """The family, or `least` where that is more."""
    return family.within("max(floor, {})", floor=least)


def from_step(start: int, family: Family, counted_from: int = 0) -> Family:
    """0 while n < start, then the family at n - counted_from."""
    delayed = family.at("(n - begin)", begin=counted_from) if counted_from else family
    return delayed if start <= 0 else delayed.within("N(0) if n < start else {}", start=start)


def shifted(by: int, family: Family) -> Family:
    """The family at max(n - by, 0)."""
    if by > 0:
        return family.at("max(n - by, 0)", by=by)
    return family.at("(n + by)", by=-by) if by < 0 else family


class Plan(Record):
    """The decays of some updates, and the operands that the form takes."""

    columns: dict[str, Column]
    """Of each update the decay and the weight as they are shown, and the operands w and, if the form takes one, d."""
    constants: dict[str, Any] | None
    """Their values, where those of all updates are known to be the same; else None."""


class Schedule:
    """From counters to plans. The counters are all that a plan depends on.

    Args:
        family: How the value (a decay, a weight or a count) follows from the counter.
        scalars: How operands follow from the value.
        constant: The value where there is no counter, if the family has none that lasts.
        num: The number system of the shadow.
        precision: That in which the decay is computed.
    """

    def __init__(self, family: Family, scalars: Scalars, constant: Any, num: Dtype, precision: Dtype) -> None:
        self._values, self.limit = family.over(precision), family.limit
        self.constant = constant if family.limit is None else family.limit
        self._made, self._num, self._precision = scalars.over(num), num, precision
        self._holds_weight, self.timed = scalars.written == "1 - v", family.timed

    def at(self, counter: Any, elapsed: Any = None, given: Any = None) -> Any:
        """The value at a counter; None takes the constant."""
        if counter is None and given is None and not self.timed:
            return self.constant
        return self._of_each([counter], [elapsed], None if given is None else [given])[0]

    def plan(
        self,
        counters: Sequence[Any] | None,
        count: int,
        elapsed: Column | None = None,
        given: Sequence[Any] | None = None,
    ) -> Plan:
        """The plan of so many rounds from their counters, elapsed times, or given decays.

        Without any of them, each round takes the constant.
        """
        try:
            lasting = None if given is not None or self.timed else self._lasting(counters)
            one = None if lasting is None else typed(self._precision, [lasting])
            values = self._of_each(counters, elapsed, given) if one is None else one
        except ZeroDivisionError:
            raise SettingError("the rule has no decay at one of these steps: it would divide by zero") from None
        columns = {name: make(values) for name, make in self._made.items()}
        columns.setdefault("weight", columns["w"])
        if lasting is None:
            return Plan(columns, None)
        constants = {name: one[0] for name, one in columns.items()}
        return Plan({name: same(one, count, self._num) for name, one in constants.items()}, constants)

    def _held(self, decays: Sequence[Any]) -> Column:
        """Decays that were given, as what the rule holds: a rule that holds a weight has 1 - decay."""
        number = self._precision.round
        weighs = self._holds_weight
        return typed(self._precision, [number(1 - d) if weighs else number(d) for d in decays])

    def _lasting(self, counters: Sequence[Any] | None) -> Any:
        """The one value that all these counters have, if that is easily seen."""
        if counters is None:
            return self.constant
        if self.limit is None or (isinstance(counters, array) and worth(len(counters))):
            return None  # to compute each value costs less than to look at each counter
        whole = isinstance(counters, array | range)
        given = counters if whole else [n for n in counters if n is not None]  # the others take the constant
        return self.limit if not given or self.at(min(given)) == self.limit else None

    def _of_each(self, counters: Any, elapsed: Column | None, given: Sequence[Any] | None) -> Column:
        """The value of each round; the constant where there is no counter."""
        if given is not None:
            return self._held(given)
        if self.timed:
            return self._values(counters, elapsed)
        if isinstance(counters, array | range) or None not in counters:
            return self._values(counters)
        found = iter(self._values([n for n in counters if n is not None]))
        return typed(self._precision, [self.constant if n is None else next(found) for n in counters])
