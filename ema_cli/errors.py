"""Errors that a user can cause, each with its exit code."""

from __future__ import annotations

from ema_cli.core.errors import ExplainedError, NotNumber, SettingError, Unknown
from ema_cli.core.numbers.literals import quoted

__all__ = ["DataError", "EmaError", "ExplainedError", "NotNumber", "SettingError", "Unknown", "UsageError", "quoted"]


class EmaError(ExplainedError):
    """An error that a user can cause. Its message says what is wrong, where, and what to do."""

    exit_code = 1


class DataError(EmaError):
    """Invalid data, or a file that can't be read or written."""


class UsageError(EmaError):
    """Invalid or incompatible options or operands."""

    exit_code = 2
