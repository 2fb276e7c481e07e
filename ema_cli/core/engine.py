"""The engine: one average of one param, round by round.

shadow = decay * shadow + (1 - decay) * param
"""

from __future__ import annotations

from itertools import repeat
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from ema_cli.core.catalogue import Rule
from ema_cli.core.catalogue import rule as find_rule
from ema_cli.core.decay import STATEMENTS, Constant, constant
from ema_cli.core.dtypes import Dtype
from ema_cli.core.dtypes import dtype as find_dtype
from ema_cli.core.errors import SettingError
from ema_cli.core.numerals import LAST_STEP

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ema_cli.core.dtypes import Number


class Round(NamedTuple):
    """What one update did."""

    round: int
    step: int | None
    param: Number | None
    decay: Number | None
    """The effective decay; None where the round was no update."""
    weight: Number | None
    shadow: Number
    action: str
    """update, copy or skip."""


class Rounds:
    """What a batch of updates did, in columns of equal length.

    Attributes:
        first: The number of the first round.
        steps: The value of the counter in each round; None if the rule has none and the script gave none.
        params: The params as the dtype holds them; None where there was none.
        decays: The effective decays; None where the round was no update.
        weights: The weights as the rounds used them.
        shadows: The shadow after each round.
        before: The shadow before the first of these rounds.
        actions: update, copy or skip for each round; None if all are updates.
        constant: Whether all decays are one.
    """

    __slots__ = ("actions", "before", "constant", "decays", "first", "params", "shadows", "steps", "weights")

    def __init__(
        self,
        first: int,
        steps: Sequence[int | None] | None,
        params: list[Any],
        decays: list[Any],
        weights: list[Any],
        shadows: list[Any],
        before: Any,
        actions: list[str] | None = None,
        constant: bool = False,
    ) -> None:
        self.first, self.steps, self.params, self.decays, self.weights = first, steps, params, decays, weights
        self.shadows, self.before, self.actions, self.constant = shadows, before, actions, constant

    def __len__(self) -> int:
        return len(self.shadows)

    def only(self, row: int) -> Rounds:
        """One of the rounds, alone."""

        def pick(column: Any) -> Any:
            return None if column is None else [column[row]]

        before = self.shadows[row - 1] if row else self.before
        params, decays, weights, shadows = map(pick, (self.params, self.decays, self.weights, self.shadows))
        first, steps, actions = self.first + row, pick(self.steps), pick(self.actions)
        return Rounds(first, steps, params, decays, weights, shadows, before, actions, self.constant)

    def __iter__(self) -> Iterator[Round]:
        """The rounds one by one."""
        steps = self.steps if self.steps is not None else repeat(None)
        actions = self.actions if self.actions is not None else repeat("update")
        columns = zip(steps, self.params, self.decays, self.weights, self.shadows, actions, strict=False)
        return (Round(number, *row) for number, row in enumerate(columns, self.first))


class _Plan(NamedTuple):
    """The decays of a batch, and the operands that the form takes."""

    decays: list[Any]
    d: Any
    weights: list[Any]
    constant: bool


class _Schedule:
    """The decays that follow from the counters, computed once for all params of a batch."""

    def __init__(self, rule: Rule, settings: Any, num: Dtype, precision: Dtype) -> None:
        family = rule.family(settings)
        self.at, self.limit = family.at, family.limit
        if precision.name != "float64":
            self.at = lambda n: family.at(precision.number(n))
        self.constant = settings.decay
        self.operand = rule.scalars.decay(num), rule.scalars.weight(num)
        self.last: tuple[Any, int, _Plan] | None = None

    def plan(self, counters: Sequence[int | None] | None, count: int) -> _Plan:
        """The plan for these counters; without any, each round takes the constant."""
        if self.last is not None and self.last[1] == count and self.last[0] == counters:
            return self.last[2]
        lasting = self._lasting(counters)
        if lasting is not None:
            decays = [lasting] * count
            plan = _Plan(decays, repeat(self.operand[0](lasting)), [self.operand[1](lasting)] * count, constant=True)
        else:
            at, otherwise = self.at, self.constant
            if None in counters:  # type: ignore[operator]
                decays = [otherwise if n is None else at(n) for n in counters]  # type: ignore[union-attr]
            else:
                decays = list(map(at, counters))  # type: ignore[arg-type]
            d, weights = list(map(self.operand[0], decays)), list(map(self.operand[1], decays))
            plan = _Plan(decays, d, weights, constant=False)
        self.last = counters, count, plan
        return plan

    def _lasting(self, counters: Sequence[int | None] | None) -> Any:
        """The one decay that all these counters have, if that is easily seen."""
        if counters is None:
            return self.constant
        if self.limit is None:
            return None
        given: Sequence[Any] = [n for n in counters if n is not None] if None in counters else counters
        return self.limit if not given or self.at(min(given)) == self.limit else None


class Average:
    """The exponential moving average of one param.

    Each update computes shadow = decay * shadow + (1 - decay) * param, where the effective decay follows from the rule.

    >>> average = Average(decay=0.99)
    >>> average.update(1.0, step=0).shadow
    0.9
    >>> [round.shadow for round in average.advance([10.0, 10.0], steps=[100, 100])]
    [1.6445454545454543, 2.328173553719008]

    Args:
        decay: The constant DECAY, between 0 and 1; a number or its text (in exact arithmetic "0.99" is 99/100).
        rule: The name of an entry of the catalogue.
        dtype: float64, float32, float16, bfloat16 or exact; by default the rule's own.
        initial: The param's value before the first update, or "first" for the first param.
        count_from: Numbers the updates without a step from here; for a rule whose counter belongs to the caller.
        half_life: Instead of decay, in rounds, more than 0: the decay is 0.5^(1/half_life).
        span: Instead of decay, at least 1: the weight is 2/(span+1).
        com: Instead of decay, at least 0: the weight is 1/(1+com).
        alpha: Instead of decay, between 0 and 1: the weight itself.

    Raises:
        SettingError: A setting is missing, out of its range, or does not go with another one.
    """

    def __init__(
        self,
        decay: Number | str | Constant | None = None,
        *,
        rule: str = "warmup",
        dtype: str | None = None,
        initial: Number | str = 0.0,
        count_from: int | None = None,
        half_life: Number | str | None = None,
        span: Number | str | None = None,
        com: Number | str | None = None,
        alpha: Number | str | None = None,
    ) -> None:
        self.rule = find_rule(rule)
        self.dtype = find_dtype(self.rule.dtype if dtype is None else dtype)
        self.decay_dtype = self.dtype if self.dtype.digits is None else find_dtype(self.rule.precision)
        """The number system that the decay is computed in."""
        self.stated = _stated(self.rule, decay, {"half-life": half_life, "span": span, "com": com, "alpha": alpha})
        """The constant decay, as it was stated."""
        settings = SimpleNamespace(
            decay=self.stated.decay(self.decay_dtype), weight=self.stated.weight(self.decay_dtype)
        )
        self.constant = settings.decay
        """The constant decay in that number system."""
        if count_from is not None and not 0 <= count_from <= LAST_STEP:
            raise SettingError(f"count_from must be between 0 and {LAST_STEP}, not {count_from}")
        self.count_from = count_from
        self._schedule = _Schedule(self.rule, settings, self.dtype, self.decay_dtype)
        self._restart(initial)

    def _restart(self, initial: Number | str) -> None:
        self.initial = None if initial == "first" else self.dtype.load(initial)
        """The param's value before the first update; None until the first param gives it."""
        self.shadow = self.initial
        """The average after the last round; None before there is any value."""
        self.rounds = 0
        """How many rounds there were."""
        counter = self.rule.counter
        own = counter.first if counter is not None else None
        self._next = self.count_from if self.count_from is not None else own
        self._update = self.rule.form(self.dtype)

    def beside(self, initial: Number | str) -> Average:
        """An average of another param, of the same settings: the two compute their decays together."""
        other = object.__new__(Average)
        other.__dict__.update(self.__dict__)
        other._restart(initial)
        return other

    def update(self, param: Number | str | None, step: int | None = None) -> Round:
        """One round.

        Args:
            param: The value of the param.
            step: The rule's counter, between 0 and 2^63 - 1; None if there is none.
        """
        return next(iter(self.advance([param], None if step is None else [step])))

    def advance(self, params: Sequence[Any], steps: Sequence[int | None] | None = None) -> Rounds:
        """A batch of rounds, in order.

        Args:
            params: The values of the param. None is no round: the shadow and the counter stand still.
            steps: The rule's counter for each, or None for none.

        Raises:
            SettingError: A param has no value in the dtype.
        """
        load = self.dtype.load if self.dtype.digits is None else self.dtype.round
        try:
            values = list(map(load, params))
        except TypeError:
            return self._advance_with_gaps(params, steps)
        if self.shadow is None and values:
            self.initial = self.shadow = values[0]
        counters = self._count(steps, len(values))
        plan = self._schedule.plan(counters, len(values))
        before, update = self.shadow, self._update
        s = before
        shadows = [s := update(s, p, d, w) for p, d, w in zip(values, plan.d, plan.weights, strict=False)]
        self.shadow = s
        rounds = Rounds(
            self.rounds + 1, counters, values, plan.decays, plan.weights, shadows, before, constant=plan.constant
        )
        self.rounds += len(values)
        return rounds

    def _count(self, steps: Sequence[int | None] | None, count: int) -> Sequence[int | None] | None:
        """The counter of each round: the step, or where there is none the next number, if the rule counts by itself."""
        if self._next is None:
            return steps
        counter = self.rule.counter
        own = counter is not None and counter.first is not None
        stride = counter.stride if counter is not None else 1
        if steps is None:
            start, self._next = self._next, self._next + stride * count
            return range(start, self._next, stride)
        counters: list[int | None] = []
        for step in steps:
            counters.append(self._next if step is None else step)
            if step is None or own:
                self._next = counters[-1] + stride  # type: ignore[operator]
        return counters

    def _advance_with_gaps(self, params: Sequence[Any], steps: Sequence[int | None] | None) -> Rounds:
        present = [i for i, param in enumerate(params) if param is not None]
        if len(present) == len(params):
            raise SettingError("a param must be a number or its text")
        inner = self.advance([params[i] for i in present], None if steps is None else [steps[i] for i in present])
        count = len(params)
        values: list[Any] = [None] * count
        decays: list[Any] = [None] * count
        weights: list[Any] = [None] * count
        actions = ["skip"] * count
        counters: list[int | None] | None = None if inner.steps is None else [None] * count
        for i, row in zip(present, inner, strict=True):
            values[i], decays[i], weights[i], actions[i] = row.param, row.decay, row.weight, row.action
            if counters is not None:
                counters[i] = row.step
        shadows, s = [], inner.before
        following = iter(inner.shadows)
        for action in actions:
            s = next(following) if action != "skip" else s
            shadows.append(s)
        return Rounds(inner.first, counters, values, decays, weights, shadows, inner.before, actions)


def _stated(rule: Rule, decay: Any, others: dict[str, Any]) -> Constant:
    """The one constant that was stated, or the rule's default."""
    if isinstance(decay, Constant):
        return decay
    given = {kind: value for kind, value in {"decay": decay, **others}.items() if value is not None}
    if len(given) > 1:
        raise SettingError(f"{' and '.join(given)} state the decay twice")
    for kind, value in given.items():
        return constant(kind, value)
    if rule.default_decay is None:
        ways = ", ".join(STATEMENTS)
        raise SettingError(f"rule {rule.name} has no default decay: give one of {ways}")
    return constant("decay", rule.default_decay)
