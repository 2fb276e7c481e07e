"""Errors of the core, and the facts that they carry."""

from __future__ import annotations

from typing import Any, Self

from ema_cli.core.record import Record


class Unknown(Record):
    """An unknown name."""

    kind: str
    """The kind of name: `rule`, `parameter`, `dtype` or `column`."""
    name: str
    names: tuple[str, ...]
    """The names that exist."""


class NotNumber(Record):
    """A text where a number belongs."""

    text: str


class Backwards(Record):
    """A time that follows a later one."""

    time: Any
    last: Any


class ExplainedError(Exception):
    """An error whose message is one sentence with the problem and the remedy.

    Args:
        problem: The problem and its place.
        remedy: The way out, unless the command finds a better suggestion.
        fact: The mistake as a record, from which the command derives a suggestion (`suggest/hints.py`).
    """

    def __init__(self, problem: str, remedy: str = "", fact: Any = None) -> None:
        super().__init__(f"{problem}; {remedy}" if remedy else problem)
        self.problem, self.remedy, self.fact = problem, remedy, fact

    @classmethod
    def of(cls, error: ExplainedError, place: str = "", fact: Any = None) -> Self:
        """Make an error of this class from another one, with `place` in front of its problem."""
        return cls(f"{place}{error.problem}", error.remedy, fact or error.fact)


class SettingError(ExplainedError, ValueError):
    """A setting that is not a number, out of range, unknown, or incompatible with another one."""
