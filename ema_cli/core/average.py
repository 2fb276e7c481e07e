"""The engine: one average of one param, round by round.

shadow = decay * shadow + (1 - decay) * param
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, SupportsFloat, SupportsIndex

from ema_cli.core.advance import advance
from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.literals import is_value, quoted
from ema_cli.core.program import Program
from ema_cli.core.settings import Settings
from ema_cli.core.state import COUNTS, VALUES, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ema_cli.core.decay_setting import Constant
    from ema_cli.core.round import Round
    from ema_cli.core.rounds import Rounds


class Average(Settings):
    """The exponential moving average of one param.

    Each update computes shadow = decay * shadow + (1 - decay) * param. The rule determines the effective decay and the
    rounding of the update; `ema-calc --about-rule NAME` and `rules()[NAME].source` name the implementation it follows.

    >>> average = Average(decay=0.99)
    >>> average.update(1.0, step=0).shadow
    0.9
    >>> [round.shadow for round in average.advance([10.0, 10.0], steps=[100, 100])]
    [1.6445454545454543, 2.328173553719008]

    A copy or an unpickled average continues independently from the current state.

    Args:
        decay: The constant DECAY, between 0 and 1; a number or its text (in exact arithmetic "0.99" is 99/100).
        rule: The name of a rule in the catalogue, with or without parameters: "diffusers:foreach=true".
        parameters: Further parameters of the rule.
        dtype: float64, float32, float16, bfloat16 or exact; by default the rule's own.
        initial: The param's value before the first update (default 0), or "first" for the first param. With "mean:N",
            the shadow starts at the mean of the first N params, and rounds before that have no shadow.
        count_from: The first number for updates without a step, for a rule whose counter belongs to the caller.
        half_life: Instead of decay: rounds until half is left, above 0. The decay is 0.5^(1/half_life).
        span: Instead of decay: the span in rounds, at least 1. The weight, 1 - decay, is 2/(span+1).
        com: Instead of decay: the centre of mass in rounds, at least 0. The weight is 1/(1+com).
        alpha: Instead of decay: the weight itself, between 0 and 1.
        leaves: Instead of decay: "LEFT:ROUNDS", such as "1%:5000", for the decay that leaves LEFT of the initial value
            after ROUNDS rounds.
        round_each: The decimals, from 0 to 300, that each shadow is rounded to (half away from zero) before the next
            round. The rounds are then computed in float64 unless a dtype is given.
        update_every: The interval between updates, at least 1. The rounds between them are skipped and not counted.
        by_row: True if each update brings its own decay (see `advance`), so that the rule needs none.

    Raises:
        SettingError: A setting is missing, out of range, or incompatible with another one.
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
        leaves: str | None = None,
        round_each: SupportsIndex | None = None,
        update_every: SupportsIndex = 1,
        by_row: bool = False,
    ) -> None:
        ways = {"decay": decay, "half-life": half_life, "span": span, "com": com, "alpha": alpha, "leaves": leaves}
        if leaves is not None or getattr(decay, "kind", "") == "leaves":
            from ema_cli.core.leaves_solver import find_decay

            way = "decay" if leaves is None else "leaves"
            settings: Any = {"parameters": parameters, "count_from": count_from, "update_every": update_every}
            make = partial(Average, rule=rule, initial=initial, **settings)
            ways[way] = find_decay(ways[way], make)
        super().__init__(rule, ways, parameters or {}, dtype, count_from, round_each, update_every, by_row, initial)
        self.program = Program(self)
        """The formulas, compiled."""
        self._begin(initial)

    def exactly(self) -> Average:
        """Build the same average in exact arithmetic, before its first round.

        Raises:
            SettingError: The decay is not a fraction.
        """
        return Average(**self.arguments() | {"dtype": "exact", "round_each": None})

    def __repr__(self) -> str:
        """Settings, number of rounds, and current shadow."""
        stated = f"{self.stated}, " if self.stated is not None else ""
        done = f"{self.rounds} round{'s' * (self.rounds != 1)}, shadow {self.shadow}" if self.rounds else "no round yet"
        return f"<Average: {stated}rule {self.rule.name}, {self.dtype.name}: {done}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Arguments and the state of each row, for copy and pickle."""
        return _resumed, (self.arguments(), [self.table.stored(row) for row in range(len(self.table))])

    def _begin(self, initial: SupportsFloat | str | None) -> None:
        """Create the table of states from the initial value."""
        self.given_initial, start = initial, self.rule.start
        if initial is not None and start != "initial" and (initial != "first" or start in ("zero", "mean")):
            where = {"zero": "zero", "mean": "the mean of the first params"}.get(start, "the first param")
            raise SettingError(f"rule {self.rule.name} starts its shadow at {where}: it takes no initial value")
        begun = initial != "first" and start in ("initial", "zero") and self.seed is None
        value = self._load("initial", 0 if initial is None or not begun else initial)
        counter = 0
        if self.count_from is not None:
            counter = self.count_from - 1
        elif self.counts_itself:
            counter = int(self.counter.first - self.counter.stride)
        fresh: dict[str, Any] = dict.fromkeys(COUNTS, 0) | {"begun": int(begun), "counter": counter}
        fresh |= dict.fromkeys(VALUES, value) | self.program.registers
        if start != "none":
            fresh |= dict.fromkeys(self.program.shadows, value)
        if self.seed is not None:
            fresh |= dict.fromkeys(self.seed.registers, self.dtype.round(0))
        if self.family.timed:
            fresh["time"] = None
        self.table, self._row = State(self.dtype, fresh), 0

    def _load(self, name: str, value: Any) -> Any:
        """The value of an argument in the dtype."""
        try:
            return self.input_dtype.load(value)
        except SettingError as error:
            raise SettingError.of(error, f"{name} ") from None
        except (TypeError, ValueError):
            raise SettingError(f"{name} must be a number or its text, not {quoted(str(value))}") from None

    @property
    def initial(self) -> Any:
        """The param's value before the first update; None until the first param gives it."""
        return self.table.get("initial", self._row) if self.table.get("begun", self._row) else None

    @property
    def begins_blank(self) -> bool:
        """True if the first round has no shadow to show, such as before a window is full."""
        return self.shown_from > 1 or (self.readout is not None and self.readout.hides_first(self.dtype))

    @property
    def shadow(self) -> Any:
        """The average after the last round, as the rule shows it; None until the rule shows one."""
        begun, calls, shown = self.table.read(["begun", "calls", "shown"], self._row)
        return shown if begun and calls >= self.shown_from else None

    @property
    def rounds(self) -> int:
        """Number of rounds so far, including those without a param."""
        return int(self.table.get("rounds", self._row))

    def state(self, row: int = 0) -> dict[str, Any]:
        """The registers and counts, as JSON values: a fraction, an infinity or a NaN is a string.

        >>> average = Average(rule="optax", decay=0.9)
        >>> stored = average.advance([1.0, 2.0]) and average.state()
        >>> other = Average(rule="optax", decay=0.9)
        >>> other.restore(stored)
        >>> other.update(3.0) == average.update(3.0)
        True

        Args:
            row: The row of the table of states, for an average of several groups (`core/advance.py`).
        """
        return self.table.stored(row)

    def restore(self, state: Mapping[str, Any], row: int = 0) -> None:
        """Continue from the state of an average with the same settings.

        Raises:
            SettingError: The state has other names, or a value that is not a number.
        """
        self.table.grow(row + 1)
        self.table.restore(row, state)

    def value(self, counter: Any, elapsed: Any = None, given: Any = None) -> Any:
        """The family's value (decay, weight or count) at a counter, time or decay; by default at the constant."""
        return self.program.schedule.at(counter, elapsed, given)

    def operands(self, counter: Any, elapsed: Any = None, given: Any = None) -> tuple[Any, ...]:
        """The decay of a round and the operands d and w of its update; arguments as for `value`."""
        counters, times, decays = (None if each is None else [each] for each in (counter, elapsed, given))
        plan = self.program.schedule.plan(counters, 1, times, decays)
        return tuple(plan.columns[name][0] if name in plan.columns else None for name in ("decay", "d", "w"))

    def of_row(self, row: int) -> Average:
        """An average that shares this table of states and continues from one of its rows."""
        other = object.__new__(Average)
        other.__dict__.update(self.__dict__)
        other._row = row
        return other

    def beside(self, initial: SupportsFloat | str | None = None) -> Average:
        """An average of another param with the same settings; both share the compiled formulas."""
        other = self.of_row(self._row)
        other._begin(initial)
        return other

    def update(self, param: SupportsFloat | str | None, step: SupportsFloat | None = None) -> Round:
        """Advance by one round.

        >>> average = Average(decay=0.5, rule="fixed")
        >>> average.update(3).shadow
        1.5

        Args:
            param: The value of the param: a number, or its text. None skips the round, as for `advance`.
            step: The rule's counter, between 0 and 2^63 - 1; None for an update without a step.

        Returns:
            The round: its decay, its weight, and the shadow after it.

        Raises:
            SettingError: The param has no value in the dtype, or the step is invalid.
        """
        return next(iter(self.advance([param], None if step is None else [step])))

    def advance(
        self,
        params: Iterable[Any],
        steps: Iterable[Any] | None = None,
        times: Iterable[Any] | None = None,
        decays: Iterable[Any] | None = None,
        *,
        rows: Sequence[int] = (0,),
        lengths: Sequence[int] = (),
    ) -> Rounds:
        """Advance by a batch of rounds, in order.

        >>> average = Average(decay=0.9, dtype="exact")
        >>> for row in average.advance(["1", None, "10"], steps=[0, 1, 2]):
        ...     print(row.round, row.step, row.action, row.decay, row.shadow)
        1 0 update 1/10 9/10
        2 None skip None 9/10
        3 2 update 1/4 309/40

        Args:
            params: The N params: numbers or their texts, in a list, an array, a Series, ... None skips the round.
            steps: The rule's counter in each of the N rounds, between 0 and 2^63 - 1; or None for no steps.
            times: The time of each of the N rounds, for a rule that uses times: non-decreasing numbers or dates.
            decays: The decay of each of the N rounds, from 0 to 1, in place of the rule's own; None skips the round.
            rows: The groups in this batch, as row numbers from 0 in the table of states.
            lengths: The number of rounds of each group; `params` holds the rounds of one group after another.

        Returns:
            The N rounds, in columns.

        Raises:
            SettingError: A param has no value in the dtype, or a step, a time or a decay is invalid.
        """
        from ema_cli.core import array_likes  # not needed by the command

        values = array_likes.plain(params)
        if texts := [value for value in values if isinstance(value, str)]:
            if invalid := [text for text in texts if not is_value(text)]:  # arithmetic is for settings alone
                raise SettingError(f"param {quoted(invalid[0])} is not a number")
            values = [self._load("param", value) if isinstance(value, str) else value for value in values]
        if steps is not None:
            fractional = self.counter is not None and self.counter.fractional
            steps = array_likes.plain_steps(steps, len(values), fractional=fractional)
        count = len(values)
        clock = None if times is None else array_likes.plain_times(times, count, self)
        given = None if decays is None else array_likes.plain_decays(decays, count, exact=self.dtype.digits is None)
        return advance([self], [values], steps, times=clock, decays=given, rows=rows, lengths=lengths)[0]

    def advance_plain(self, params: Sequence[Any], steps: Sequence[Any] | None = None) -> Rounds:
        """Advance by checked values: Python numbers; None skips the round."""
        return advance([self], [params], steps)[0]


def _resumed(arguments: dict[str, Any], rows: list[dict[str, Any]]) -> Average:
    """Build an average from its arguments and the states of its rows."""
    average = Average(**arguments)
    for row, stored in enumerate(rows):
        average.restore(stored, row)
    return average
