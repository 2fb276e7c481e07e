"""The settings of an average: a rule, its parameters, and what follows from them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, SupportsIndex

from ema_cli.core.catalogue import joined_rule, parsed_rule, timed_rule
from ema_cli.core.decay_setting import Constant, TimedHalfLife, default_constant, take_constant
from ema_cli.core.errors import SettingError
from ema_cli.core.formula import rewrite
from ema_cli.core.numbers.dtypes import DTYPES, Dtype
from ema_cli.core.numbers.dtypes import dtype as find_dtype
from ema_cli.core.numbers.literals import LAST_STEP, is_number, quoted, whole, whole_setting
from ema_cli.core.rule import Seed, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ema_cli.core.debias import Readout
    from ema_cli.core.formula import Step
    from ema_cli.core.schedules import Family
    from ema_cli.core.updates import Form

_FLOAT64 = find_dtype("float64")


class Settings:
    """Resolved arguments of `Average` (`core/average.py`), except an initial value other than mean:N."""

    given_initial: Any
    """The initial value as the caller gave it."""

    def __init__(
        self,
        rule: str,
        ways: Mapping[str, Any],
        parameters: Mapping[str, Any],
        dtype: str | None,
        count_from: SupportsIndex | None,
        round_each: SupportsIndex | None,
        update_every: SupportsIndex,
        by_row: bool,
        initial: Any,
    ) -> None:
        self.by_row = by_row
        """True if each update brings its own decay."""
        self.rule, written = parsed_rule(rule)
        given: dict[str, Any] = written | dict(parameters)
        constant, is_parameter = take_constant(self.rule, given)
        self.stated = constant if is_parameter else default_constant(self.rule, ways, by_row)
        """The constant decay as it was stated; None if there is none."""
        self.parameters = self.rule.settings(given)
        """The rule's parameters."""
        self.flush: bool = resolve(self.rule.flush, SimpleNamespace(**self.parameters))
        """True if subnormal numbers are flushed to zero."""
        usual = self.rule.dtype if round_each is None else _FLOAT64.name
        input_dtype = usual if dtype is None else dtype
        self.input_dtype = self._number_system(input_dtype)
        """The number system of the params."""
        same = self.rule.precision == "dtype" or self.input_dtype.digits is None
        self.decay_dtype = find_dtype(self.input_dtype.name if same else self.rule.precision)
        """The number system that the decay is computed in."""
        settings = self._resolved(given)
        state = resolve(self.rule.state, settings) if self.input_dtype.digits is not None else None
        self.dtype = self.input_dtype if state is None else self._number_system(state)
        """The number system of the shadow."""
        # A param is rounded to the shadow's type first, where that is the shorter one.
        self.input_dtype = min(self.input_dtype, self.dtype, key=lambda num: num.digits or 0)
        self.family = self._family(settings)
        """The decay family."""
        self.constant: Any = None if self.stated is None else settings.decay
        """The constant decay in `decay_dtype`; None if none was stated."""
        self.count_from = None if count_from is None else whole_setting("count_from", count_from, 0, LAST_STEP)
        self.counter = resolve(self.rule.counter, settings)
        """The rule's counter, or None."""
        self.update_every = whole_setting("update_every", update_every, 1, LAST_STEP)
        """Interval between updates, in rounds; the rounds between them are skipped."""
        own = next((each.name for each in self.rule.parameters if each.search == "interval"), None)
        if self.update_every > 1 and own is not None:
            remedy = f"give {joined_rule(self.rule.name, {own: self.update_every})}"
            raise SettingError(f"rule {self.rule.name} has its own interval", remedy)
        self.take = resolve(self.rule.take, settings)
        """Averaged quantity: a formula of the param."""
        self.seed: Seed | None = resolve(self.rule.seed, settings)
        """The mean of the first params, if the shadow starts there, or None."""
        self.form: Form = resolve(self.rule.form, settings)
        """The arithmetic form that the settings choose."""
        self.readout: Readout | None = resolve(self.rule.debias, settings)
        """The read-out, or None if the rule shows the accumulator itself."""
        self.round_each = None if round_each is None else whole_setting("round_each", round_each, 0, 300)
        """The decimals that each shadow is rounded to before the next round, or None."""
        if self.round_each is not None:
            self._round_shadows(self.round_each)
        self.gate = resolve(self.rule.gate, settings)
        """Gate that makes rounds copy, restart or skip; None if all update."""
        if isinstance(initial, str) and initial.startswith("mean:"):
            self.seed = self._mean_of(initial.removeprefix("mean:"))
        self.shown_from = max(resolve(self.rule.shown_from, settings), 0 if self.seed is None else self.seed.count)
        """The number of the first param after which the shadow is shown."""
        self.exponent = resolve(self.rule.exponent, settings)
        """The exponent of the rule's power-law weight profile, or None."""
        self.scalars = resolve(self.rule.scalars, settings)

    @property
    def takes_time(self) -> bool:
        """True if a half-life may be stated in time."""
        return self.rule.decay is not None and self.rule.decay.in_time

    @property
    def counts_itself(self) -> bool:
        """True if the rule increments its own counter, so that updates need no steps."""
        return self.counter is not None and self.counter.first is not None

    @property
    def registers(self) -> tuple[tuple[str, Any], ...]:
        """The registers of form and read-out, s first, with their initial values, except that the rule sets that of s;
        `visible` is 1 after a round whose read-out has a value.
        """
        if self.readout is None:
            return self.form.registers
        visible = () if self.readout.shown_if is None else (("visible", 0),)
        return (*self.form.registers, *self.readout.registers, *visible)

    @property
    def assignments(self) -> tuple[Step, ...]:
        """All assignments of an update, in order."""
        if self.readout is None:
            return self.form.steps
        steps = (*self.readout.before, *self.form.steps, *self.readout.after)
        if self.readout.shown_if is None:
            return steps
        return (*steps, ("visible", rewrite(self.readout.shown_if, "1 if {} else 0".format)))

    def functions(self, num: Dtype) -> dict[str, Any]:
        """The functions that form and read-out call, made for a number system."""
        makers = [part.names for part in (self.form, self.readout) if part is not None and part.names is not None]
        return {name: call for make in makers for name, call in make(num).items()}

    def arguments(self) -> dict[str, Any]:
        """The arguments of `Average` that make the same average, before its first round."""
        parameters = {
            p.name: str(self.parameters[p.name]) for p in self.rule.parameters if self.parameters[p.name] != p.default
        }
        if self.stated is None and self.rule.decay is not None and self.rule.decay.optional:
            parameters[self.rule.decay.name] = "none"
        return {
            "decay": self.stated,
            "rule": self.rule.name,
            "parameters": parameters,
            "dtype": self.input_dtype.name,
            "initial": self.given_initial,
            "count_from": self.count_from,
            "round_each": self.round_each,
            "update_every": self.update_every,
            "by_row": self.by_row,
        }

    def _family(self, settings: Any) -> Family:
        """The rule's decay family, unless the constant or the dtype does not go with it."""
        name, stated = self.rule.name, self.stated
        try:
            family = self.rule.family(settings)
        except ZeroDivisionError:
            raise SettingError(f"rule {name} is not defined for {stated}: it would divide by zero") from None
        if isinstance(stated, TimedHalfLife) and not family.timed:
            problem = f"rule {name} counts rounds, so it can't use a half-life in time, {stated.value}"
            raise SettingError(problem, f"rule {timed_rule(name)} can, with --time-column NAME")
        if isinstance(stated, TimedHalfLife) and not self.takes_time:
            problem = f"rule {name} counts the time in seconds, so its half-life takes no unit"
            raise SettingError(problem, f"give --half-life {stated.seconds}")
        if self.dtype.digits is None and not family.rational:
            usable = ", ".join(each for each in DTYPES if each != self.dtype.name)
            raise SettingError(
                f"rule {name} has a decay that is not a fraction, so dtype exact can't hold it; use {usable}"
            )
        return family

    def _round_shadows(self, decimals: int) -> None:
        from ema_cli.core import updates

        form, readout = self.form, self.readout
        self.form = form.but(meaning=form.description, **updates.rounded_each(form.text, form.names, decimals))
        if readout is not None:
            self.readout = readout.but(**updates.rounded_each(readout.text, readout.names, decimals))

    def _mean_of(self, text: str) -> Seed:
        """The seed of an initial value mean:N; `text` is N."""
        count = whole(text) if is_number(text) else None
        if count is None or not 1 <= count <= LAST_STEP:
            raise SettingError(f"initial mean:N takes the mean of the first N params, not of {quoted(text)}")
        if self.rule.start != "initial" or self.readout is not None:
            raise SettingError(
                f"rule {self.rule.name} sets the start of its shadow: it takes no mean of the first params"
            )
        return Seed(count)

    def _number_system(self, name: str) -> Dtype:
        return find_dtype(name, by_float32=self.rule.by_float32, flush=self.flush)

    def _resolved(self, given: dict[str, Any]) -> Any:
        """The settings that a rule's functions take: its parameters, and the constant as decay and weight."""
        precision, stated = self.decay_dtype, self.stated
        if stated is None and self.by_row:
            stated = Constant("decay", 0.9)  # a stand-in: some forms differ at 0, 0.5 and 1
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
