"""Lines that are no result: notes and errors on stderr, help and version on stdout."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from ema_cli.errors import DataError
from ema_cli.formats.sink import standard


def tell(text: str) -> None:
    """What was asked for instead of a result, on standard output, until whoever reads it has gone.

    Raises:
        DataError: It cannot be written.
    """
    with suppress(BrokenPipeError):
        standard(sys.stdout, "<stdout>").write_text(text)


def say(text: str, end: str = "\n") -> None:
    """A line on stderr; where it cannot be written, the result and the exit code still count."""
    with suppress(OSError, DataError):
        standard(sys.stderr, "<stderr>").write_text(f"{text}{end}")


def note(text: str) -> None:
    """Something the user may want to know, on stderr."""
    say(f"ema-calc: note: {text}")


def is_watched() -> bool:
    """Whether stderr is a terminal on which a line can be drawn anew."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def silent(text: str) -> None:
    """What --quiet does with a note."""
