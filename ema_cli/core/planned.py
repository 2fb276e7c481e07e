"""The schedule: the decays that follow from the counters, and the operands that the form takes."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ema_cli.core.coefficients import Scalars
    from ema_cli.core.dtypes import Dtype
    from ema_cli.core.schedules import Family


class Plan(Record):
    """The decays of a batch, and the operands that the form takes."""

    decays: list[Any]
    weights: list[Any]
    d: Any
    """The operand of each round, or the one that all have, or None where the form takes none."""
    w: Any
    constant: bool
    """Whether all rounds have the same."""

    @property
    def ds(self) -> Iterable[Any]:
        """The operand d, round by round."""
        return repeat(self.d) if self.constant or self.d is None else self.d

    @property
    def ws(self) -> Iterable[Any]:
        """The operand w, round by round."""
        return repeat(self.w) if self.constant else self.w

    def part(self, first: int, last: int) -> Plan:
        """The plan of some of the rounds."""
        if self.constant:
            return self
        rounds = slice(first, last)
        d = self.d if self.d is None else self.d[rounds]
        return Plan(self.decays[rounds], self.weights[rounds], d, self.w[rounds], constant=False)


class Schedule:
    """From counters to plans, computed once for all params of a batch.

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
        self._operands = scalars.over(num)
        self._last: tuple[Any, int, Plan] | None = None

    def at(self, counter: Any) -> Any:
        """The value at a counter; None takes the constant."""
        return self.constant if counter is None else self._values([counter])[0]

    def plan(self, counters: Sequence[Any] | None, count: int) -> Plan:
        """The plan for these counters; without any, each round takes the constant.

        Raises:
            SettingError: The rule has no decay at one of them.
        """
        if self._last is not None and self._last[1] == count and self._last[0] == counters:
            return self._last[2]
        try:
            lasting = self._lasting(counters)
            plan = self._planned(self._of_each(counters) if lasting is None else [lasting])  # type: ignore[arg-type]
        except ZeroDivisionError:
            raise SettingError("the rule has no decay at one of these steps: it would divide by zero") from None
        if lasting is not None:
            d = plan.d if plan.d is None else plan.d[0]
            plan = Plan(plan.decays * count, plan.weights * count, d, plan.w[0], constant=True)
        self._last = counters, count, plan
        return plan

    def _planned(self, values: list[Any]) -> Plan:
        make = self._operands
        w = make.w(values)
        weights = w if make.weights is None else make.weights(values)
        return Plan(make.decays(values), weights, make.d(values) if make.d is not None else None, w, constant=False)

    def _lasting(self, counters: Sequence[Any] | None) -> Any:
        """The one value that all these counters have, if that is easily seen."""
        limit = self.limit
        if counters is None:
            return self.constant
        if limit is None or not counters:
            return limit
        if self.at(counters[0]) != limit:
            return None
        try:
            return limit if self.at(min(counters)) == limit else None
        except TypeError:  # some rounds have no counter, and take the constant, which is the limit
            given = [n for n in counters if n is not None]
            return limit if not given or self.at(min(given)) == limit else None

    def _of_each(self, counters: Sequence[Any]) -> list[Any]:
        """The value of each round; the constant where there is no counter."""
        try:
            return self._values(counters)
        except TypeError:
            return [self.at(n) for n in counters]
