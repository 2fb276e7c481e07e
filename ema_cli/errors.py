"""Errors that a user can cause, each with its exit code."""

from __future__ import annotations

from ema_cli.core.errors import ExplainedError, NotNumber, SettingError, Unknown
from ema_cli.core.numbers.literals import shown

__all__ = ["DataError", "EmaError", "ExplainedError", "NotNumber", "SettingError", "Unknown", "UsageError", "shown"]


class EmaError(ExplainedError):
    """An error that a user can cause. Its sentence says what is wrong, where, and what to do."""

    exit_code = 1


class DataError(EmaError):
    """Bad data, or a file that cannot be read or written."""


class UsageError(EmaError):
    """Options or operands that make no sense, alone or together."""

    exit_code = 2
