"""Decay families (the effective decay as a function of the counter), and the schedule that evaluates a rule's family.

A family is a formula (`core/formula.py`) of the counter n, compiled over the number system that the framework computes
the decay in. Some families give a weight or a count in place of a decay, as their frameworks do: in floating point,
1 - (1 - m) is not m.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING, Any

from ema_cli.core.compiled_loops import worth
from ema_cli.core.errors import SettingError
from ema_cli.core.formula import column, names_in, rename, rewrite, text_in
from ema_cli.core.numbers.operations import power64, tensor_power
from ema_cli.core.record import Record
from ema_cli.core.typed_columns import as_column, constant_column

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
    """The constants in the formula, and their values."""
    inlined: tuple[str, ...] = ()
    """Constants that are printed as their values, not by name."""
    limit: Any = None
    """The final value: once a counter gives it, every later counter does too. None if the values never settle."""
    rational: bool = True
    """True if fractions give fractions, so that dtype exact can compute it."""
    calls: Callable[[Dtype], dict[str, Any]] | None = None
    """Maker of the functions that the formula calls, for a number system."""
    readable: Text | None = None
    """The formula as printed, if it differs from the text by more than its roundings."""
    timed: bool = False
    """True if it also depends on the elapsed time e."""

    def over(self, num: Dtype) -> Callable[..., Column]:
        """Compile the function from counters (if timed, from counters and elapsed times) to values.

        `num` is the number system that the framework computes the decay in.
        """
        names = {**dict(self.names), **(self.calls(num) if self.calls is not None else {})}
        if not self.timed:
            return column(self.text, ["n"], num, names)
        if "n" in names_in(text_in(self.text, num)):
            return column(self.text, ["n", "e"], num, names)
        compute = column(self.text, ["e"], num, names)
        return lambda n, e: compute(e)

    def at(self, counter: str, **names: Any) -> Family:
        """The family at another counter: a formula of n, and the constants in it."""
        return self._changed(lambda text: rename(text, {"n": counter}), names)

    def raised(self, times: int) -> Family:
        """The family with DECAY raised to the power `times`."""
        if times == 1:
            return self
        power = {"DECAY": "P(DECAY, times)"}
        return self._changed(lambda text: rename(text, power), {"times": times}).but(limit=self.limit**times)

    def within(self, formula: str, **names: Any) -> Family:
        """The family inside another formula, which has braces in its place; `names` are that formula's constants."""
        return self._changed(lambda text: rewrite(text, formula.format), names)

    def _changed(self, change: Callable[[Text], Text], names: dict[str, Any]) -> Family:
        return self.but(
            text=change(self.text),
            readable=None if self.readable is None else change(self.readable),
            names=(*self.names, *names.items()),
            inlined=(*self.inlined, *names),
        )


def fixed(decay: Number) -> Family:
    """decay."""
    return Family("DECAY", (("DECAY", decay),), limit=decay)


def ratio(decay: Number, offset: Number = 10, counter_in_type: bool = True) -> Family:
    """min(decay, (1 + n) / (offset + n)): TensorFlow's num_updates.

    Unless `counter_in_type`, the sums are computed in whole numbers and then rounded.
    """
    quotient = "R(R(1 + N(n))/R(offset + N(n)))" if counter_in_type else "R(N(R(1 + n))/R(offset + n))"
    return Family(f"min(DECAY, {quotient})", (("DECAY", decay), ("offset", offset)), ("offset",), limit=decay)


def inverse_power(decay: Any, gamma: Any, power: Any, least: Number = 0) -> Family:
    """min(decay, max(least, 1 - (1 + n / gamma)^-power))."""
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
    """The weight max(least, gamma / (gamma + n)); by default 1 / (n + 1)."""
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
    """The weight, in equal steps from `first` at n = 1 to `weight` at n = last; constant after that."""
    bound = "min" if weight >= first else "max"  # a rounding error may carry the last step past `weight`
    return Family(
        f"{bound}(DECAY, first + (DECAY - first)*(n - 1)/(last - 1))",
        (("DECAY", weight), ("first", first), ("last", last)),
        ("last",),
        limit=weight,
        readable="first + (DECAY - first)*(n - 1)/(last - 1) if n <= last else DECAY",
    )


def bias_corrected(decay: Number) -> Family:
    """decay (1 - decay^(n-1)) / (1 - decay^n)."""
    return Family("R(R(DECAY*R(1 - P(DECAY, n - 1)))/R(1 - P(DECAY, n)))", (("DECAY", decay),))


def not_under(least: Number, family: Family) -> Family:
    """max(least, family)."""
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
    """The decays of a batch of updates, and the operands of the form."""

    columns: dict[str, Column]
    """For each update, the decay and the weight as shown, and the operands w and (if the form takes it) d."""
    constants: dict[str, Any] | None
    """One number for each column, if all updates are known to share it; else None."""


class Schedule:
    """Computes decays and operands from counters, elapsed times or given decays. It keeps no state.

    Args:
        family: The value (a decay, a weight or a count) as a function of the counter.
        scalars: The operands as functions of the value.
        constant: The value of an update without a counter, unless the family has a limit, which is then used.
        num: The number system of the shadow.
        precision: The number system in which the decay is computed.
    """

    def __init__(self, family: Family, scalars: Scalars, constant: Any, num: Dtype, precision: Dtype) -> None:
        self._values, self.limit = family.over(precision), family.limit
        self.constant = constant if family.limit is None else family.limit
        self._operands, self._num, self._precision = scalars.over(num), num, precision
        self._holds_weight, self.timed = scalars.written == "1 - v", family.timed

    def at(self, counter: Any, elapsed: Any = None, given: Any = None) -> Any:
        """The value at a counter, after an elapsed time, or for a given decay; without any of them, the constant."""
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
        """Plan `count` updates from their counters, elapsed times or given decays.

        Without any of them, each update takes the constant.
        """
        try:
            lasting = None if given is not None or self.timed else self._lasting(counters)
            one_row = None if lasting is None else as_column(self._precision, [lasting])
            values = one_row if one_row is not None else self._of_each(counters, elapsed, given)
        except ZeroDivisionError:
            raise SettingError("the rule has no decay at one of these steps: it would divide by zero") from None
        columns = {name: compute(values) for name, compute in self._operands.items()}
        columns.setdefault("weight", columns["w"])
        if lasting is None:
            return Plan(columns, None)
        constants = {name: column[0] for name, column in columns.items()}
        return Plan({name: constant_column(value, count, self._num) for name, value in constants.items()}, constants)

    def _held(self, decays: Sequence[Any]) -> Column:
        """Given decays as the rule's own values: 1 - decay for a rule that holds a weight."""
        number = self._precision.round
        weighs = self._holds_weight
        return as_column(self._precision, [number(1 - d) if weighs else number(d) for d in decays])

    def _lasting(self, counters: Sequence[Any] | None) -> Any:
        """The value that all these updates share; None if they differ or finding out would take too long."""
        if counters is None:
            return self.constant
        if self.limit is None or (isinstance(counters, array) and worth(len(counters))):
            return None  # computing every value is faster than looking for the least counter
        complete = isinstance(counters, array | range)
        present = counters if complete else [n for n in counters if n is not None]  # without one: the constant
        return self.limit if not present or self.at(min(present)) == self.limit else None

    def _of_each(self, counters: Any, elapsed: Column | None, given: Sequence[Any] | None) -> Column:
        """The value of each update; for an update without a counter, the constant."""
        if given is not None:
            return self._held(given)
        if self.timed:
            return self._values(counters, elapsed)
        if isinstance(counters, array | range) or None not in counters:
            return self._values(counters)
        found = iter(self._values([n for n in counters if n is not None]))
        return as_column(self._precision, [self.constant if n is None else next(found) for n in counters])
