"""Errors of the core, and the facts that they carry."""

from __future__ import annotations

from typing import Any, Self

from ema_cli.core.record import Record


class Unknown(Record):
    """A name that nothing has."""

    kind: str
    """The kind of thing that was named: `rule`, `parameter`, `dtype` or `column`."""
    name: str
    names: tuple[str, ...]
    """The names there are."""


class NotNumber(Record):
    """A text where a number belongs."""

    text: str


class Backwards(Record):
    """A time that comes after a later one."""

    time: Any
    last: Any


class ExplainedError(Exception):
    """An error whose message is one sentence: the problem, and what to do about it.

    Args:
        problem: The thing that is wrong, and where.
        remedy: The way out, unless somebody who knows more can suggest a better one.
        fact: The mistake as a record, for whoever suggests what to type instead.
    """

    def __init__(self, problem: str, remedy: str = "", fact: Any = None) -> None:
        super().__init__(f"{problem}; {remedy}" if remedy else problem)
        self.problem, self.remedy, self.fact = problem, remedy, fact

    @classmethod
    def of(cls, error: ExplainedError, place: str = "", fact: Any = None) -> Self:
        """Make an error of this class from another one, with the place before its problem."""
        return cls(f"{place}{error.problem}", error.remedy, fact or error.fact)


class SettingError(ExplainedError, ValueError):
    """A setting that is not a number, out of its range, unknown, or at odds with another one."""
