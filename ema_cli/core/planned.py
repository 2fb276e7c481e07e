"""The schedule: the decays that follow from the counters, and the operands that the form takes."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError
from ema_cli.core.loops import worth
from ema_cli.core.record import Record
from ema_cli.core.typed_columns import same, typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.coefficients import Scalars
    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.core.schedules import Family
    from ema_cli.core.typed_columns import Column


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
