"""What can go wrong, in words, and the exit code that says so."""

from __future__ import annotations

from ema_cli.core.errors import SettingError
from ema_cli.core.literals import shown

__all__ = ["DataError", "EmaError", "SettingError", "UsageError", "shown"]


class EmaError(Exception):
    """Something a user can cause. The message is one sentence that says what is wrong, where, and what to do."""

    exit_code = 1


class DataError(EmaError):
    """Bad data, or a file that cannot be read or written."""


class UsageError(EmaError):
    """Options or operands that make no sense, alone or together."""

    exit_code = 2
