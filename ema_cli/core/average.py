"""The engine: one average of one param, round by round.

shadow = decay * shadow + (1 - decay) * param
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, SupportsFloat, SupportsIndex

from ema_cli.core.config import Settings
from ema_cli.core.errors import SettingError
from ema_cli.core.gates import COPY, RESTART, SKIP, UPDATE
from ema_cli.core.literals import LAST_STEP, shown
from ema_cli.core.planned import Schedule
from ema_cli.core.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ema_cli.core.decay_setting import Constant
    from ema_cli.core.planned import Plan
    from ema_cli.core.round import Round


class Average(Settings):
    """The exponential moving average of one param.

    Each update computes shadow = decay * shadow + (1 - decay) * param, where the effective decay follows from the rule.

    >>> average = Average(decay=0.99)
    >>> average.update(1.0, step=0).shadow
    0.9
    >>> [round.shadow for round in average.advance([10.0, 10.0], steps=[100, 100])]
    [1.6445454545454543, 2.328173553719008]

    A copy, and what comes out of a pickle, goes on by itself from where the average stands:

    >>> from copy import deepcopy
    >>> deepcopy(average).update(1.0, step=101).shadow < average.shadow
    True

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
        round_each: Rounds each round's shadow to so many decimals, halves away from zero, and carries it so. Nobody
            rounds to float32 by hand: it is computed in float64, unless a dtype is given.

    Raises:
        SettingError: A setting is missing, out of its range, or does not go with another one.
    """

    def __init__(
        self,
        decay: SupportsFloat | str | Constant | None = None,
        *,
        rule: str = "warmup",
        parameters: Mapping[str, Any] | None = None,
        dtype: str | None = None,
        initial: SupportsFloat | str | None = None,
        count_from: SupportsIndex | None = None,
        half_life: SupportsFloat | str | None = None,
        span: SupportsFloat | str | None = None,
        com: SupportsFloat | str | None = None,
        alpha: SupportsFloat | str | None = None,
        round_each: SupportsIndex | None = None,
    ) -> None:
        ways = {"decay": decay, "half-life": half_life, "span": span, "com": com, "alpha": alpha}
        super().__init__(rule, ways, parameters or {}, dtype, count_from, round_each)
        self._schedule = Schedule(self.family, self.scalars, self.constant, self.dtype, self.decay_dtype)
        self._restart(initial)

    def exactly(self) -> Average:
        """The same average in fractions, from its start.

        Raises:
            SettingError: Its decay is no fraction.
        """
        return Average(**self._arguments() | {"dtype": "exact", "round_each": None})

    def _arguments(self) -> dict[str, Any]:
        """The arguments that make the same average, at its start."""
        parameters = {
            p.name: str(self.parameters[p.name]) for p in self.rule.parameters if self.parameters[p.name] != p.default
        }
        if self.stated is None and self.rule.decay is not None and self.rule.decay.default is not None:
            parameters[self.rule.decay.name] = "none"
        return {
            "decay": self.stated,
            "rule": self.rule.name,
            "parameters": parameters,
            "dtype": self.input_dtype.name,
            "initial": self._given,
            "count_from": self.count_from,
            "round_each": self.round_each,
        }

    def __repr__(self) -> str:
        """Its settings, how many rounds there were, and where it stands."""
        stated = f"{self.stated}, " if self.stated is not None else ""
        done = f"{self.rounds} round{'s' * (self.rounds != 1)}, shadow {self.shadow}" if self.rounds else "no round yet"
        return f"<Average: {stated}rule {self.rule.name}, {self.dtype.name}: {done}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """For copy and pickle: the arguments, and what the rounds have left."""
        from ema_cli.core.kept import kept

        state = {name: getattr(self, name) for name in _STATE}
        return _resumed, (self._arguments(), state, kept(self._stateful()))

    def _stateful(self) -> list[Any]:
        """The functions that may keep something from round to round."""
        return [*self._recurrence.functions, self._show]

    def _restart(self, initial: SupportsFloat | str | None) -> None:
        self._given = initial
        start = self.rule.start
        if initial is not None and start != "initial" and not (initial == "first" and start != "zero"):
            where = "at zero" if start == "zero" else "at the first param"
            raise SettingError(f"rule {self.rule.name} starts its shadow {where}: it takes no initial value")
        self.initial: Any = (
            None
            if initial == "first" or start in ("first", "none")
            else self._load("initial", 0 if initial is None else initial)
        )
        """The param's value before the first update; None until the first param gives it."""
        self.shadow = self.initial
        """The average after the last round, as the rule shows it; None before there is any value."""
        self._state = self.initial
        self._fresh = True
        self.rounds = 0
        """How many rounds there were, those without a param among them."""
        self._params = 0  # how many of them had one
        own = self.counter.first if self.counter is not None else None
        self._next = self.count_from if self.count_from is not None else own
        self._recurrence = self.form.over(self.dtype)
        self._show = self.readout(self.dtype) if self.readout is not None else None

    def _load(self, name: str, value: Any) -> Any:
        """The value of an argument in the dtype."""
        try:
            return self.input_dtype.load(value)
        except SettingError as error:
            raise SettingError.of(error, f"{name} ") from None
        except (TypeError, ValueError):
            raise SettingError(f"{name} must be a number or its text, not {shown(str(value))}") from None

    def value(self, counter: Any) -> Any:
        """The family's value (a decay, a weight or a count) at a counter; None takes the constant."""
        return self._schedule.at(counter)

    def operands(self, counter: Any) -> tuple[Any, Any, Any]:
        """The decay of a round at a counter, and the operands that the form takes; None takes the constant."""
        plan = self._schedule.plan(None if counter is None else [counter], 1)
        return plan.decays[0], next(iter(plan.ds)), next(iter(plan.ws))

    def restarts(self, counter: Any, number: int) -> bool:
        """Whether a round copies the param into the shadow before it updates."""
        return self._gate is not None and self._gate(counter, number, False) == RESTART

    def forgets(self, rounds: Rounds) -> int | None:
        """The place among rounds of the first that copies the param, before it updates or instead: from there on
        nothing is left of the initial value. None if there is none.
        """
        if self._gate is None:
            return None
        for row, counter in enumerate(rounds.steps or ()):
            action = UPDATE if rounds.actions is None else rounds.actions[row]
            if action == COPY or (action == UPDATE and self.restarts(counter, rounds.first + row)):
                return row
        return None

    def beside(self, initial: SupportsFloat | str | None = None) -> Average:
        """An average of another param, of the same settings: the two compute their decays together."""
        other = object.__new__(Average)
        other.__dict__.update(self.__dict__)
        other._restart(initial)
        return other

    def update(self, param: SupportsFloat | str | None, step: SupportsFloat | None = None) -> Round:
        """One round.

        >>> average = Average(decay=0.5, rule="fixed")
        >>> average.update(3).shadow
        1.5

        Args:
            param: The value of the param: a number, or its text. None is no round, as for `advance`.
            step: The rule's counter, between 0 and 2^63 - 1; None if there is none.

        Returns:
            What the round did.

        Raises:
            SettingError: The param has no value in the dtype, or the step is no step.
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
        from ema_cli.core.convert import plain, plain_steps  # which the command needs not

        values = plain(params)
        if any(isinstance(value, str) for value in values):
            values = [self._load("param", value) if isinstance(value, str) else value for value in values]
        if steps is not None:
            fractional = self.counter is not None and self.counter.fractional
            steps = plain_steps(steps, len(values), fractional=fractional)
        return self.advance_plain(values, steps)

    def advance_plain(
        self, params: Sequence[Any], steps: Sequence[Any] | None = None, *, floats: bool = False
    ) -> Rounds:
        """The same for what was read and checked before: Python's numbers, in sequences of equal length.

        Args:
            params: The values of the param; None for no round.
            steps: The rule's counter for each.
            floats: Whether it is known that each param is a float, and none is None.
        """
        load = self.input_dtype.load if self.input_dtype.digits is None else self.input_dtype.round
        values = params
        if not (floats and load is float):
            try:
                values = list(map(load, params))
            except (OverflowError, ValueError):  # the latter from the cell of a short type
                raise SettingError(_PAST_FLOAT64) from None
            except (TypeError, ArithmeticError):  # the latter where a Decimal that is no number is compared
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
        shadows, biased = self._recur(values, plan), None
        if self._show is not None:
            own = counters if self.counter is not None and self.counter.first is not None else None
            biased = shadows
            counts = range(self._params + 1, self._params + count + 1)
            shadows = self._show(biased, values, counts if own is None else own, plan)
        self._params += count
        if shadows:
            self.shadow = shadows[-1]
        return Rounds(
            first, counters, values, plan.decays, plan.weights, shadows, before, None, plan.constant, biased, state
        )

    def _recur(self, params: Sequence[Any], plan: Plan) -> list[Any]:
        """The recurrence, from the last state on."""
        recur = self._recurrence
        shadows: list[Any]
        if plan.constant:
            shadows = recur.lasting(self._state, params, plan.d, plan.w)
        else:
            shadows = recur.moving(self._state, params, plan.ds, plan.ws)
        if shadows:
            self._state = shadows[-1]
        return shadows

    def _advance_by_actions(
        self, values: Sequence[Any], counters: Sequence[Any] | None, before: Any, first: int
    ) -> Rounds:
        """The same with a gate, which says of each round whether it updates, copies or skips."""
        count = len(values)
        gate: Callable[..., str | None] = self._gate  # type: ignore[assignment]
        numbers: Sequence[Any] = counters  # type: ignore[assignment]
        actions = []
        for k, n in enumerate(numbers, self._params + 1):
            action = gate(n, k, self._fresh) or UPDATE
            if action != SKIP:
                self._fresh = False
            actions.append(action)
        self._params += count
        updating = [i for i, action in enumerate(actions) if action in (UPDATE, RESTART)]
        plan = self._schedule.plan([numbers[i] for i in updating], len(updating))
        shadows: list[Any] = []
        at = planned = 0
        for action, group in groupby(actions):
            until = at + sum(1 for _ in group)
            if action == SKIP:
                shadows += [self._state] * (until - at)
            elif action == COPY:
                copies = values[at:until]
                shadows += copies if self._settle is None else map(self._settle, copies)
            elif action == RESTART:
                for row in range(at, until):  # each copies before it updates
                    self._state = values[row]
                    shadows += self._recur([values[row]], plan.part(planned, planned + 1))
                    planned += 1
            else:
                shadows += self._recur(values[at:until], plan.part(planned, planned + until - at))
                planned += until - at
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
        counted: Sequence[Any]
        if steps is None:
            start, self._next = self._next, self._next + stride * count
            last, counted = self._next - stride, range(start, self._next, stride)
        else:
            counted = numbers = []
            for step in steps:
                numbers.append(self._next if step is None else step)
                if step is None or own:
                    self._next = numbers[-1] + stride
            last = max(numbers) if None in steps else 0
        if last > LAST_STEP:
            raise SettingError(f"the counter has gone past the largest step, 2^63 - 1 = {LAST_STEP}")
        return counted

    def _advance_with_gaps(self, params: Sequence[Any], steps: Sequence[int | None] | None) -> Rounds:
        from ema_cli.core.missing import spread

        present = [i for i, param in enumerate(params) if param is not None]
        if len(present) == len(params):
            for param in params:
                if not isinstance(param, SupportsFloat):
                    raise SettingError(f"a param must be a number, its text or None, not {shown(str(param))}")
            return self.advance_plain(_floats(params), steps)
        before = self.shadow, self._state
        inner = self.advance_plain([params[i] for i in present], None if steps is None else [steps[i] for i in present])
        self.rounds += len(params) - len(present)
        return spread(inner, present, len(params), *before)


_PAST_FLOAT64 = "a param is past the range of float64, about 1.8e308"


def _floats(params: Sequence[Any]) -> list[float]:
    """Numbers of other kinds as floats: of Decimals, for example, not every type can take a value as it is."""
    try:
        return list(map(float, params))
    except (OverflowError, ValueError):
        raise SettingError(_PAST_FLOAT64) from None


_STATE = ("initial", "shadow", "rounds", "_state", "_fresh", "_params", "_next")
"""What the rounds change."""


def _resumed(arguments: dict[str, Any], state: dict[str, Any], functions: list[Any]) -> Average:
    """An average that goes on where another one stood."""
    from ema_cli.core.kept import keep

    average = Average(**arguments)
    average.__dict__.update(state)
    keep(average._stateful(), functions)
    return average
