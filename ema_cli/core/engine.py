"""The engine: one average of one param, round by round.

shadow = decay * shadow + (1 - decay) * param
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, islice, repeat
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsIndex

from ema_cli.core.catalogue import rule as find_rule
from ema_cli.core.debias import Plan
from ema_cli.core.decay import STATEMENTS, Constant, constant
from ema_cli.core.dtypes import DTYPES, Dtype
from ema_cli.core.dtypes import dtype as find_dtype
from ema_cli.core.entry import resolve, split, take_constant
from ema_cli.core.errors import SettingError
from ema_cli.core.gates import COPY, RESTART, SKIP, UPDATE
from ema_cli.core.numerals import LAST_STEP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ema_cli.core.decay import Family
    from ema_cli.core.dtypes import Number
    from ema_cli.core.entry import Rule
    from ema_cli.core.forms import Scalars


_FLOAT64 = find_dtype("float64")


class Round(NamedTuple):
    """What one update did.

    >>> Average(decay=0.99).update(1.0, step=0)
    Round(round=1, step=0, param=1.0, decay=0.1, weight=0.9, shadow=0.9, action='update')
    """

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
    """What a batch of updates did, in columns of equal length; iterating gives the rounds one by one.

    >>> rounds = Average(rule="torch").advance([1.0, 10.0])
    >>> rounds.actions, rounds.decays, rounds.shadows
    (['copy', 'update'], [None, 0.999], [1.0, 1.0089999437332153])

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
        biased: The accumulator after each round, where the rule debiases and `shadows` follow from it; else None.
        biased_before: The accumulator before the first of these rounds.
        extra: More columns, by their names, that others compute beside.
    """

    __slots__ = (
        "actions",
        "before",
        "biased",
        "biased_before",
        "constant",
        "decays",
        "extra",
        "first",
        "params",
        "shadows",
        "steps",
        "weights",
    )

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
        biased: list[Any] | None = None,
        biased_before: Any = None,
    ) -> None:
        self.first, self.steps, self.params, self.decays, self.weights = first, steps, params, decays, weights
        self.shadows, self.before, self.actions = shadows, before, actions
        self.constant, self.biased, self.biased_before = constant, biased, biased_before
        self.extra: dict[str, list[Any]] = {}

    def __len__(self) -> int:
        return len(self.shadows)

    def only(self, row: int) -> Rounds:
        """One of the rounds, alone."""

        def pick(column: Any) -> Any:
            return None if column is None else [column[row]]

        before = self.shadows[row - 1] if row else self.before
        params, decays, weights, shadows = map(pick, (self.params, self.decays, self.weights, self.shadows))
        first, steps, actions, biased = self.first + row, pick(self.steps), pick(self.actions), pick(self.biased)
        biased_before = self.biased[row - 1] if row and self.biased is not None else self.biased_before
        one = Rounds(
            first, steps, params, decays, weights, shadows, before, actions, self.constant, biased, biased_before
        )
        one.extra = {name: [column[row]] for name, column in self.extra.items()}
        return one

    def __iter__(self) -> Iterator[Round]:
        """The rounds one by one."""
        steps = self.steps if self.steps is not None else repeat(None)
        actions = self.actions if self.actions is not None else repeat("update")
        columns = zip(steps, self.params, self.decays, self.weights, self.shadows, actions, strict=False)
        return (Round(number, *row) for number, row in enumerate(columns, self.first))


class _Schedule:
    """The decays that follow from the counters, computed once for all params of a batch."""

    def __init__(self, family: Family, scalars: Scalars, constant: Any, num: Dtype, precision: Dtype) -> None:
        self.at, self.limit = family.over(precision), family.limit
        self.constant = constant if family.limit is None else family.limit
        self.scalars = scalars
        self.d = scalars.decay(num) if scalars.decay is not None else None
        self.w = scalars.weight(num)
        self.last: tuple[Any, int, Plan] | None = None

    def plan(self, counters: Sequence[Any] | None, count: int) -> Plan:
        """The plan for these counters; without any, each round takes the constant."""
        if self.last is not None and self.last[1] == count and self.last[0] == counters:
            return self.last[2]
        shown, shown_weight = self.scalars.shown, self.scalars.shown_weight
        lasting = self._lasting(counters)
        if lasting is not None:
            d, w = self.d(lasting) if self.d is not None else None, self.w(lasting)
            decay, weight = shown(lasting) if shown else lasting, shown_weight(lasting) if shown_weight else w
            plan = Plan([decay] * count, repeat(d), repeat(w), [weight] * count, constant=True)
        else:
            try:
                values = self._values(counters)  # type: ignore[arg-type]
            except ZeroDivisionError:
                raise SettingError("the rule has no decay at one of these steps: it would divide by zero") from None
            weights = list(map(self.w, values))
            if self.d is None:
                ds: Any = repeat(None)
            else:
                ds = values if self.d is float else list(map(self.d, values))
            plan = Plan(
                list(map(shown, values)) if shown else values,
                ds,
                weights,
                list(map(shown_weight, values)) if shown_weight else weights,
                constant=False,
            )
        self.last = counters, count, plan
        return plan

    def _lasting(self, counters: Sequence[Any] | None) -> Any:
        """The one value that all these counters have, if that is easily seen."""
        if counters is None:
            return self.constant
        if self.limit is None or not counters:
            return self.limit
        try:
            return self.limit if self.at(min(counters)) == self.limit else None
        except TypeError:  # some rounds have no counter, and take the constant, which is the limit
            given = [n for n in counters if n is not None]
            return self.limit if not given or self.at(min(given)) == self.limit else None

    def _values(self, counters: Sequence[Any]) -> list[Any]:
        """The value of each round; the constant where there is no counter."""
        at, otherwise = self.at, self.constant
        try:
            return list(map(at, counters))
        except TypeError:
            return [otherwise if n is None else at(n) for n in counters]


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
        rule: The name of an entry of the catalogue, or its name and parameters as text: "diffusers:foreach=true".
        parameters: More of the rule's parameters.
        dtype: float64, float32, float16, bfloat16 or exact; by default the rule's own.
        initial: The param's value before the first update, or "first" for the first param; 0 if the rule needs one and
            none is given.
        count_from: Numbers the updates without a step from here; for a rule whose counter belongs to the caller.
        half_life: Instead of decay, in rounds, more than 0: the decay is 0.5^(1/half_life).
        span: Instead of decay, at least 1: the weight is 2/(span+1).
        com: Instead of decay, at least 0: the weight is 1/(1+com).
        alpha: Instead of decay, between 0 and 1: the weight itself.
        round_each: Rounds each round's shadow to so many decimals, halves away from zero, and carries it so.

    Raises:
        SettingError: A setting is missing, out of its range, or does not go with another one.
    """

    def __init__(
        self,
        decay: Number | str | Constant | None = None,
        *,
        rule: str = "warmup",
        parameters: Mapping[str, Any] | None = None,
        dtype: str | None = None,
        initial: Number | str | None = None,
        count_from: int | None = None,
        half_life: Number | str | None = None,
        span: Number | str | None = None,
        com: Number | str | None = None,
        alpha: Number | str | None = None,
        round_each: int | None = None,
    ) -> None:
        name, written = split(rule)
        self.rule = find_rule(name)
        given: dict[str, Any] = written | dict(parameters or {})
        ways = {"half-life": half_life, "span": span, "com": com, "alpha": alpha}
        own, is_own = take_constant(self.rule, given)
        self.stated = own if is_own else _stated(self.rule, decay, ways)
        """The constant decay, as it was stated; None if the rule has none."""
        self.parameters = self.rule.settings(given)
        """The rule's parameters."""
        input_dtype = self.rule.dtype if dtype is None else dtype
        self.input_dtype = self._number_system(input_dtype)
        """The number system of the params."""
        self.decay_dtype = self.input_dtype if self.input_dtype.digits is None else find_dtype(self.rule.precision)
        """The number system that the decay is computed in."""
        settings = self._settings(given)
        state = resolve(self.rule.state, settings) if self.input_dtype.digits is not None else None
        self.dtype = self.input_dtype if state is None else self._number_system(state)
        """The number system of the shadow."""
        try:
            family = self.rule.family(settings)
        except ZeroDivisionError:
            raise SettingError(
                f"rule {self.rule.name} is not defined for {self.stated}: it would divide by zero"
            ) from None
        if self.dtype.digits is None and not family.rational:
            usable = ", ".join(name for name in DTYPES if name != self.dtype.name)
            raise SettingError(
                f"rule {self.rule.name} has a decay that is no fraction, so dtype exact can't have it; use {usable}"
            )
        self.constant = settings.decay
        """The constant decay in that number system."""
        if count_from is not None and not 0 <= count_from <= LAST_STEP:
            raise SettingError(f"count_from must be between 0 and {LAST_STEP}, not {count_from}")
        self.count_from = count_from
        self.counter = resolve(self.rule.counter, settings)
        """The rule's counter, or None."""
        self.form = resolve(self.rule.form, settings)
        """The arithmetic form that the settings choose."""
        self.readout = resolve(self.rule.debias, settings)
        """The read-out, or None where the rule shows the shadow itself."""
        self.round_each = round_each
        """The decimals that each round's shadow is rounded to, or None."""
        self._settle: Callable[[Any], Any] | None = None
        if round_each is not None:
            self._round_each(round_each)
        self._gate = self.rule.gate(settings) if self.rule.gate is not None else None
        self.scalars = resolve(self.rule.scalars, settings)
        self.family = family
        """The decay family."""
        self._schedule = _Schedule(family, self.scalars, self.constant, self.dtype, self.decay_dtype)
        self._restart(initial)

    def _round_each(self, decimals: int) -> None:
        from ema_cli.core import debias, forms

        if not 0 <= decimals <= 300:
            raise SettingError(f"round_each must be between 0 and 300, not {decimals}")
        self.form, self._settle = forms.rounded_each(self.form, decimals), forms.by_hand(self.dtype, decimals)
        if self.readout is not None:
            self.readout = debias.rounded_each(self.readout, decimals)

    def _number_system(self, name: str) -> Dtype:
        return find_dtype(name, by_float32=self.rule.by_float32, flush=self.rule.flush)

    def _settings(self, given: dict[str, Any]) -> Any:
        """What an entry's functions see: the parameters, and the constant as a decay and as a weight."""
        precision, stated = self.decay_dtype, self.stated
        numbers = {
            p.name: (_FLOAT64 if p.in_float64 else precision).load(given.get(p.name, str(value)))
            for p in self.rule.parameters
            if p.takes_fractions and (value := self.parameters[p.name]) is not None
        }
        return SimpleNamespace(
            **(self.parameters | numbers),
            stated=stated,
            decay=stated.decay(precision) if stated is not None else None,
            weight=stated.weight(precision) if stated is not None else None,
            precision=precision,
            input_dtype=self.input_dtype.name,
        )

    def exactly(self) -> Average:
        """The same average in fractions, from its start.

        Raises:
            SettingError: Its decay is no fraction.
        """
        parameters = {
            p.name: str(self.parameters[p.name]) for p in self.rule.parameters if self.parameters[p.name] != p.default
        }
        if self.stated is None and self.rule.decay is not None and self.rule.decay.default is not None:
            parameters[self.rule.decay.name] = "none"
        return Average(
            self.stated,
            rule=self.rule.name,
            parameters=parameters,
            dtype="exact",
            initial=self._given,
            count_from=self.count_from,
        )

    def _restart(self, initial: Number | str | None) -> None:
        self._given = initial
        start = self.rule.start
        if initial is not None and start != "initial" and not (initial == "first" and start != "zero"):
            where = "at zero" if start == "zero" else "at the first param"
            raise SettingError(f"rule {self.rule.name} starts its shadow {where}: it takes no initial value")
        self.initial = None if initial == "first" or start in ("first", "none") else self.input_dtype.load(initial or 0)
        """The param's value before the first update; None until the first param gives it."""
        self.shadow = self.initial
        """The average after the last round, as the rule shows it; None before there is any value."""
        self._state = self.initial
        self._fresh = True
        self.rounds = 0
        """How many rounds there were."""
        self._updates = 0
        own = self.counter.first if self.counter is not None else None
        self._next = self.count_from if self.count_from is not None else own
        self._update = self.form(self.dtype)
        self._show = self.readout(self.dtype) if self.readout is not None else None

    def value(self, counter: Any) -> Any:
        """The family's value (a decay, a weight or a count) at a counter; None takes the constant."""
        return self._schedule.constant if counter is None else self._schedule.at(counter)

    def restarts(self, counter: Any, number: int) -> bool:
        """Whether a round copies the param into the shadow before it updates."""
        return self._gate is not None and self._gate(counter, number, False) == RESTART

    def beside(self, initial: Number | str | None = None) -> Average:
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

    def advance(self, params: Iterable[Any], steps: Iterable[Any] | None = None) -> Rounds:
        """A batch of rounds, in order.

        >>> average = Average(decay=0.9, dtype="exact")
        >>> for row in average.advance(["1", None, "10"], steps=[0, 1, 2]):
        ...     print(row.round, row.step, row.action, row.decay, row.shadow)
        1 0 update 1/10 9/10
        2 None skip None 9/10
        3 2 update 1/4 309/40

        Args:
            params: The values of the param: numbers or their texts, in a list, an array, a Series, ... None is no
                round: the shadow and the counter stand still.
            steps: The rule's counter for each, likewise; or None for none.

        Raises:
            SettingError: A param has no value in the dtype, or a step is no step.
        """
        from ema_cli.core.plain import plain, plain_steps  # which the command needs not

        values = plain(params)
        if any(isinstance(value, str) for value in values):
            values = [self.input_dtype.load(value) if isinstance(value, str) else value for value in values]
        if steps is not None:
            fractional = self.counter is not None and self.counter.fractional
            steps = plain_steps(steps, len(values), fractional=fractional)
        return self.advance_plain(values, steps)

    def advance_plain(self, params: Sequence[Any], steps: Sequence[Any] | None = None) -> Rounds:
        """The same for what was read and checked before: Python's numbers, in sequences of equal length."""
        load = self.input_dtype.load if self.input_dtype.digits is None else self.input_dtype.round
        try:
            values = list(map(load, params))
        except TypeError:
            return self._advance_with_gaps(params, steps)
        count = len(values)
        if self.initial is None and values:
            self.initial = self.shadow = values[0]
            self._state = None if self.rule.start == "none" else values[0]
        counters = self._count(steps, count)
        before, first = self.shadow, self.rounds + 1
        self.rounds += count
        if self._gate is not None:
            return self._advance_by_actions(values, counters, before, first)
        plan = self._schedule.plan(counters, count)
        state = self._state
        shadows = self._recur(values, plan.d, plan.w)
        biased = None
        if self._show is not None:
            own = counters if self.counter is not None and self.counter.first is not None else None
            biased = shadows
            counts = range(self._updates + 1, self._updates + count + 1)
            shadows = self._show(biased, values, counts if own is None else own, plan)
        self._updates += count
        if shadows:
            self.shadow = shadows[-1]
        return Rounds(
            first, counters, values, plan.decays, plan.weights, shadows, before, None, plan.constant, biased, state
        )

    def _recur(self, params: Sequence[Any], ds: Any, ws: Any) -> list[Any]:
        """The recurrence, from the last state on."""
        s, update = self._state, self._update
        shadows = [s := update(s, p, d, w) for p, d, w in zip(params, ds, ws, strict=False)]
        self._state = s
        return shadows

    def _advance_by_actions(self, values: list[Any], counters: Sequence[Any] | None, before: Any, first: int) -> Rounds:
        """The same with a gate, which says of each round whether it updates, copies or skips."""
        count = len(values)
        gate: Callable[..., str | None] = self._gate  # type: ignore[assignment]
        numbers: Sequence[Any] = counters  # type: ignore[assignment]
        actions = []
        for k, n in enumerate(numbers, first):
            action = gate(n, k, self._fresh) or UPDATE
            if action != SKIP:
                self._fresh = False
            actions.append(action)
        updating = [i for i, action in enumerate(actions) if action in (UPDATE, RESTART)]
        plan = self._schedule.plan([numbers[i] for i in updating], len(updating))
        ds, ws = iter(plan.d), iter(plan.w)
        shadows: list[Any] = []
        at = 0
        for action, group in groupby(actions):
            until = at + sum(1 for _ in group)
            if action == SKIP:
                shadows += [self._state] * (until - at)
            elif action == COPY:
                copies = values[at:until]
                shadows += copies if self._settle is None else map(self._settle, copies)
            else:
                if action == RESTART:
                    self._state = values[at]
                shadows += self._recur(values[at:until], _take(ds, until - at), _take(ws, until - at))
            at = until
            self._state = shadows[-1]
        if shadows:
            self.shadow = self._state
        if len(updating) == count:
            return Rounds(first, counters, values, plan.decays, plan.weights, shadows, before, None, plan.constant)
        decays: list[Any] = [None] * count
        weights: list[Any] = [None] * count
        for i, decay, weight in zip(updating, plan.decays, plan.weights, strict=True):
            decays[i], weights[i] = decay, weight
        told = [UPDATE if action == RESTART else action for action in actions]
        return Rounds(first, counters, values, decays, weights, shadows, before, told)

    def _count(self, steps: Sequence[int | None] | None, count: int) -> Sequence[int | None] | None:
        """The counter of each round: the step, or where there is none the next number, if the rule counts by itself."""
        counter = self.counter
        if counter is not None and counter.fractional and (steps is None or None in steps):
            raise SettingError(f"rule {self.rule.name} needs a step for each update: {counter.name}, {counter.meaning}")
        if self._next is None:
            return steps
        own = counter is not None and counter.first is not None
        stride = counter.stride if counter is not None else 1
        if steps is None:
            start, self._next = self._next, self._next + stride * count
            return range(start, self._next, stride)
        counters: list[Any] = []
        for step in steps:
            counters.append(self._next if step is None else step)
            if step is None or own:
                self._next = counters[-1] + stride
        return counters

    def _advance_with_gaps(self, params: Sequence[Any], steps: Sequence[int | None] | None) -> Rounds:
        present = [i for i, param in enumerate(params) if param is not None]
        if len(present) == len(params):
            raise SettingError("a param must be a number or its text")
        inner = self.advance_plain([params[i] for i in present], None if steps is None else [steps[i] for i in present])
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
        shadows, biased = _held(present, inner.shadows, inner.before, count), None
        if inner.biased is not None:
            biased = _held(present, inner.biased, inner.biased_before, count)
        return Rounds(
            inner.first,
            counters,
            values,
            decays,
            weights,
            shadows,
            inner.before,
            actions,
            biased=biased,
            biased_before=inner.biased_before,
        )


def _held(present: list[int], values: list[Any], before: Any, count: int) -> list[Any]:
    """The values at the positions where there is one, and the last one before in between."""
    held, given = [], dict(zip(present, values, strict=True))
    for i in range(count):
        before = given.get(i, before)
        held.append(before)
    return held


def _take(values: Iterator[Any], count: int) -> list[Any]:
    return list(islice(values, count))


def _stated(rule: Rule, decay: Any, others: dict[str, Any]) -> Constant | None:
    """The one constant that was stated, or the rule's default."""
    given = {kind: value for kind, value in {"decay": decay, **others}.items() if value is not None}
    if rule.decay is None:
        if given:
            raise SettingError(f"rule {rule.name} has no constant decay: it takes no {', '.join(given)}")
        return None
    if len(given) > 1:
        raise SettingError(f"{' and '.join(given)} state the decay twice")
    for kind, value in given.items():
        return value if isinstance(value, Constant) else constant(kind, value)
    if rule.decay.default is not None:
        return constant(rule.decay.kind, str(rule.decay.default))
    if rule.decay.optional:
        return None
    ways = ", ".join(STATEMENTS)
    raise SettingError(f"rule {rule.name} has no default decay: give one of {ways}")


def decays(rule: str, steps: Iterable[Any] | SupportsIndex, **settings: Any) -> list[Any]:
    """The effective decays of a rule, for a training loop of one's own.

    >>> decays("torch-ema", 3, decay=0.9999)
    [0.18181818181818182, 0.25, 0.3076923076923077]
    >>> decays("warmup", [0, 100, 1000], decay=0.99)
    [0.1, 0.9181818181818182, 0.99]

    Args:
        rule: The name of the rule, with parameters or without.
        steps: The steps of the rounds; or how many rounds, counted by the rule itself or else from 0.
        **settings: What `Average` takes.

    Returns:
        The decay of each round; None where it copies or skips.
    """
    average = Average(rule=rule, **settings)
    if isinstance(steps, Iterable):
        steps = list(steps)
        return average.advance([0.0] * len(steps), steps).decays
    counted = range(steps)
    own = average.counter is None or average.counter.first is not None
    return average.advance([0.0] * len(counted), None if own else counted).decays


def first_decays(rule: str, decay: Number | str = 0.9999, count: int = 3) -> list[Any]:
    """The first decays of a rule, and `copy` or `skip` where a round is no update.

    A rule without a constant decay takes none of `decay`.

    >>> first_decays("diffusers")
    [0.0, 0.18181818181818182, 0.25]
    """
    stated = find_rule(split(rule)[0]).decay
    average = Average(decay if stated is not None and not stated.optional else None, rule=rule)
    own = average.counter is None or average.counter.first is not None
    rounds = average.advance([0.0] * count, None if own else range(count))
    return [
        action if action in (COPY, SKIP) else value
        for value, action in zip(rounds.decays, rounds.actions or repeat(UPDATE), strict=False)
    ]
