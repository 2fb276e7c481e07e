"""Text beside the results: notes and errors on stderr, help and version on stdout."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from ema_cli.errors import DataError
from ema_cli.formats.sink import standard

if TYPE_CHECKING:
    from collections.abc import Sequence


def tell(text: str) -> None:
    """Write help, the version or a completion script to standard output, unless its reader has gone.

    Raises:
        DataError: It cannot be written.
    """
    with suppress(BrokenPipeError):
        standard(sys.stdout, "<stdout>").write_text(text)


def say(text: str, end: str = "\n") -> None:
    """Write a line to stderr. A failure is ignored: the result and the exit code still count."""
    with suppress(OSError, DataError):
        standard(sys.stderr, "<stderr>").write_text(f"{text}{end}")


def note(text: str) -> None:
    """Write a note to stderr."""
    say(f"ema-calc: note: {text}")


def is_watched() -> bool:
    """True if stderr is a terminal on which a line can be redrawn."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def silent(text: str) -> None:
    """Drop a note, for --quiet."""


def say_rows(rows: Sequence[Sequence[str]]) -> None:
    """Print a table to stderr, with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        say("  ".join(map(str.ljust, row, widths)).rstrip())
