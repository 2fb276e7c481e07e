"""A candidate: one average that may have produced a log; and the part of the catalogue that options allow."""

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
    from ema_cli.identify.found_schedule import FoundSchedule
    from ema_cli.identify.log import Log
    from ema_cli.text.language import Language, Say

IMPOSSIBLE = (SettingError, ArithmeticError, ValueError, TypeError)
"""Errors of settings that make no average, or of an average that has no value."""


class Candidate(Record):
    """One average with all its settings, to be compared with a log."""

    rule: str
    parameters: dict[str, str]
    constant: Constant | None
    dtype: str
    cost: float = 0.0
    """Cost of the settings; plainer ones cost less."""
    initial: str | None = None
    """The initial value, as for `Average`; None if the rule takes none."""
    offset: int | None = 0
    """Number added to the script's steps; None if the rule ignores the steps and counts updates."""
    count_from: int | None = None
    """Number of the first update, if neither the rule nor the script counts."""
    continued: bool = False
    """True if the average starts from the first logged shadow, because earlier rounds are unknown."""
    schedule: FoundSchedule | None = None
    """The schedule in the log that led to this candidate; None if none did."""
    round_each: int | None = None
    """Decimals to which each shadow is rounded before the next update; None if it is not rounded."""

    @property
    def average(self) -> Average:
        """The average before its first round, without the initial value."""
        return _average(self.constant, str(self), self.dtype, self.count_from, self.round_each)

    @property
    def is_possible(self) -> bool:
        """True if the settings make a valid average."""
        try:
            return bool(self.average)
        except IMPOSSIBLE:
            return False

    def __str__(self) -> str:
        """The rule with its parameters, as --rule takes it."""
        return joined_rule(self.rule, self.parameters)

    def named(self, language: Language) -> str:
        """The rule with its parameters and its constant, for people; `custom` without its formula."""
        rule = self.rule if self.rule == "custom" else str(self)
        if self.constant is None:
            return rule
        return language.say(", ").join([rule, f"{language.say(self.constant.kind)} {self.constant.value}"])

    @property
    def key(self) -> tuple[Any, ...]:
        """Key of the settings without the initial value, independent of the schedule that led to them."""
        parameters = tuple(sorted(self.parameters.items()))
        return self.rule, parameters, self.constant, self.dtype, self.offset, self.count_from

    def counters(self, log: Log) -> list[Any] | None:
        """The steps to give the average; None if it counts by itself."""
        if self.offset is None or log.steps is None:
            return None
        return [None if step is None else step + self.offset for step in log.steps]

    def shadows(self, log: Log) -> list[Any]:
        """The shadows that the average computes for a log."""
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
    """A rule to try, with the parameters that options fix."""

    rule: Rule
    parameters: dict[str, str] = {}  # noqa: RUF012
    """The parameters given by options; they are not varied."""
    constants: list[Constant] = []  # noqa: RUF012
    count_from: int | None = None


class Narrowed(Record):
    """The options of a call that narrow the search."""

    rules: list[str] | None = None
    """The values of --rule; None to try all rules."""
    constants: list[Constant] = []  # noqa: RUF012
    dtypes: list[str] | None = None
    initial: str | None = None
    count_from: int | None = None

    @property
    def allows_custom(self) -> bool:
        """True if a formula for `custom` may be an answer, because options fix neither the rule nor the decay."""
        return self.rules is None and not self.constants

    def tried(self) -> list[Tried]:
        """The rules to try.

        Raises:
            SettingError: A rule is unknown, or does not have a given parameter.
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
        """Say that no rule fits the log: none in the catalogue, or none that the options allow."""
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
