"""The output, and other text: notes and errors on stderr, help and version on stdout."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ema_cli.errors import DataError
from ema_cli.formats.sink import standard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ema_cli.formats.sink import Sink


def open_sink(path: str | None) -> Sink:
    """Open the sink for --output; `-` or None is standard output.

    Raises:
        DataError: The file can't be written.
    """
    if path is None or path == "-":
        return standard(sys.stdout, "<stdout>")
    from ema_cli.formats.new_file import NewFile

    return NewFile(path)


def tell(text: str) -> None:
    """Write help, the version or a completion script to standard output; ignore a closed pipe.

    Raises:
        DataError: The text can't be written.
    """
    with suppress(BrokenPipeError):
        standard(sys.stdout, "<stdout>").write_text(text)


def say(text: str, end: str = "\n") -> None:
    """Write a line to stderr. Failures are ignored: the output and the exit code are what matters."""
    with suppress(OSError, DataError):
        standard(sys.stderr, "<stderr>").write_text(f"{text}{end}")


def with_name(sentence: str, operands: Sequence[str]) -> str:
    """Replace FILE in a sentence by the operand that the sentence begins with, quoted where a shell would split it;
    FILE stays if the name has characters that need more than quotes.

    >>> with_name("run.log:3: a comment; grep -v '^#' FILE | ema-calc leaves it out", ["run.log"])
    "run.log:3: a comment; grep -v '^#' run.log | ema-calc leaves it out"
    >>> with_name("my run.log is compressed; unpack it into a pipe: gzip -dc FILE | ema-calc", ["my run.log"])
    "my run.log is compressed; unpack it into a pipe: gzip -dc 'my run.log' | ema-calc"
    """
    named = (path for path in operands if sentence.startswith((f"{path}:", f"{path} ")))
    path = next((path for path in named if re.fullmatch(r"[\w./+][^\"'$`\\!]*", path)), "FILE")
    name = path if re.fullmatch(r"[\w./+-]+", path) else f"'{path}'"
    return re.sub(r"('?)(?<!-o )\bFILE\b\1", lambda found: f"'{path}'" if found[1] else name, sentence)


def note_of(options: Mapping[str, Any]) -> Callable[[str], None]:
    """The function that writes a call's notes, or with --quiet drops them; FILE in a command is replaced by the operand
    that the note is about.
    """
    if options["quiet"]:
        return lambda text: None
    return lambda text: say(f"ema-calc: note: {with_name(text, options['script'])}")


def label_of(key: Iterable[str]) -> str:
    """The name of a group in messages and charts, from the cells of its key."""
    return ", ".join(cell or "''" for cell in key)


def is_watched() -> bool:
    """True if stderr is a terminal on which a line can be redrawn."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def say_rows(rows: Sequence[Sequence[str]]) -> None:
    """Print a table to stderr, with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        say("  ".join(map(str.ljust, row, widths)).rstrip())
