"""One average that may have made a log, and what the options of a call leave of the catalogue."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ema_cli.check.seed import from_logged
from ema_cli.core.average import Average
from ema_cli.core.catalogue import joined_rule, parsed_rule, rules
from ema_cli.core.decay_setting import take_constant
from ema_cli.core.errors import SettingError
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from ema_cli.core.decay_setting import Constant
    from ema_cli.core.rule import Rule
    from ema_cli.identify.log import Log
    from ema_cli.identify.shape import Shape
    from ema_cli.text.language import Language, Say

IMPOSSIBLE = (SettingError, ArithmeticError, ValueError, TypeError)
"""The settings make no average, or it has no value."""


class Candidate(Record):
    """One average with all its settings."""

    rule: str
    parameters: dict[str, str]
    constant: Constant | None
    dtype: str
    cost: float = 0.0
    """Cost of its settings; plainer ones cost less."""
    initial: str | None = None
    """The initial value, as for `Average`; None where the rule takes none."""
    offset: int | None = 0
    """Number added to the script's steps; None if the rule ignores them and counts by itself."""
    count_from: int | None = None
    """First number of the updates, where neither the rule nor the script counts them."""
    continued: bool = False
    """True if it starts from the first logged shadow, as nothing is known of what was before."""
    shape: Shape | None = None
    """The schedule that it follows."""
    round_each: int | None = None
    """The decimals that each shadow is rounded to before the next."""

    @property
    def average(self) -> Average:
        """The average, before its first round and without its initial value."""
        return _average(self.constant, str(self), self.dtype, self.count_from, self.round_each)

    @property
    def is_possible(self) -> bool:
        """True if the rule can have these settings together."""
        try:
            return bool(self.average)
        except IMPOSSIBLE:
            return False

    def __str__(self) -> str:
        """The rule with its parameters, as --rule takes it."""
        return joined_rule(self.rule, self.parameters)

    def named(self, language: Language) -> str:
        """The rule with its constant, in words."""
        if self.constant is None:
            return self.rule
        stated = f"{language.say(self.constant.kind)} {self.constant.value}"
        return language.say(", ").join([self.rule, stated])

    @property
    def key(self) -> tuple[Any, ...]:
        """Key that identifies it, whichever schedule it was found by."""
        parameters = tuple(sorted(self.parameters.items()))
        return self.rule, parameters, self.constant, self.dtype, self.offset, self.count_from

    def counters(self, log: Log) -> list[Any] | None:
        """The steps that the average is given."""
        if self.offset is None or log.steps is None:
            return None
        return [None if step is None else step + self.offset for step in log.steps]

    def shadows(self, log: Log) -> list[Any]:
        """The shadows that it gives."""
        steps, average = self.counters(log), self.average.beside(self.initial)
        if self.continued:
            return from_logged(average, log.params, log.shadows, steps, plain=True)[0]
        return list(average.advance_plain(log.params, steps).shadows)


@lru_cache(1024)
def _average(
    constant: Constant | None, rule: str, dtype: str, count_from: int | None, round_each: int | None
) -> Average:
    return Average(constant, rule=rule, dtype=dtype, count_from=count_from, round_each=round_each)


class Tried(Record):
    """A rule that is tried, and what the options say of it."""

    rule: Rule
    parameters: dict[str, str] = {}  # noqa: RUF012
    """Those that are given, and stay as they are."""
    constants: list[Constant] = []  # noqa: RUF012
    count_from: int | None = None


class Narrowed(Record):
    """Settings that the options fix."""

    rules: list[str] | None = None
    """The rules, as --rule has them."""
    constants: list[Constant] = []  # noqa: RUF012
    dtypes: list[str] | None = None
    initial: str | None = None
    count_from: int | None = None

    @property
    def allows_custom(self) -> bool:
        """True if no rule and no decay is asked for, so that a formula may be found."""
        return self.rules is None and not self.constants

    def tried(self) -> list[Tried]:
        """The rules that are tried.

        Raises:
            SettingError: One of them is not a rule, or does not have such a parameter.
        """
        if self.rules is None:
            return [Tried(rule, {}, self.constants, self.count_from) for rule in rules().values()]
        found = []
        for text in self.rules:
            entry, parameters = parsed_rule(text)
            given, _ = take_constant(entry, parameters)
            entry.settings(parameters)
            found.append(Tried(entry, parameters, self.constants if given is None else [given], self.count_from))
        return found

    def none_fits(self, say: Say) -> str:
        """Say that nothing that was tried gives the log: none of the catalogue, or of what the options leave of it."""
        ways = {
            "--rule": self.rules,
            **{f"--{constant.kind}": constant for constant in self.constants},
            "--dtype": self.dtypes,
            "--initial": self.initial,
            "--count-from": self.count_from,
        }
        options = [name for name, given in ways.items() if given is not None]
        if not options:
            return say("no average in the catalogue gives this log")
        told = say("no average that was tried gives this log")
        if self.rules is not None:
            told = say("none of the rules that were tried ({rules}) gives this log", rules=say(", ").join(self.rules))
        return say("; ").join([told, say("leave {options} out to try more", options=say(", ").join(options))])
