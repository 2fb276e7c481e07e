"""Constraints that the options put on the average that --identify looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.catalogue import asked, rules
from ema_cli.core.decay_setting import take_constant
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.decay_setting import Constant
    from ema_cli.core.rule import Rule


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

    def tried(self) -> list[Tried]:
        """The rules that are tried.

        Raises:
            SettingError: One of them is none, or its parameters are none of its own.
        """
        if self.rules is None:
            return [Tried(rule, {}, self.constants, self.count_from) for rule in rules().values()]
        found = []
        for text in self.rules:
            entry, parameters = asked(text)
            given, _ = take_constant(entry, parameters)
            entry.settings(parameters)
            found.append(Tried(entry, parameters, self.constants if given is None else [given], self.count_from))
        return found

    @property
    def options(self) -> list[str]:
        """The options that keep other averages from being tried."""
        ways = {
            "--rule": self.rules,
            **{f"--{constant.kind}": constant for constant in self.constants},
            "--dtype": self.dtypes,
            "--initial": self.initial,
            "--count-from": self.count_from,
        }
        return [name for name, given in ways.items() if given is not None]

    def none_fits(self, say: Callable[..., str]) -> str:
        """Say that nothing that was tried gives the log: none of the catalogue, or of what the options leave of it."""
        if not self.options:
            return say("no average of the catalogue gives this log")
        told = say("no average that was tried gives this log")
        if self.rules is not None:
            told = say("none of the rules that were tried ({rules}) gives this log", rules=say(", ").join(self.rules))
        return say("; ").join([told, say("without {options} more are tried", options=say(", ").join(self.options))])
