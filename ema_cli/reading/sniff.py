"""A look at how a file begins, for a shell that completes the names of its columns."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from ema_cli.core.numbers.literals import printable
from ema_cli.errors import EmaError
from ema_cli.reading.cells import Reading
from ema_cli.reading.encoding import BOM
from ema_cli.reading.script import make_reader
from ema_cli.reading.source import BLOCK, Block


def column_names(path: str, header: str = "auto") -> list[str]:
    """The names of a file's columns, as its first two lines tell them; none where they don't, whatever the file is.

    Nothing is read but the start of a regular file: from a pipe it would be missing where it is wanted.

    Args:
        path: The file.
        header: Whether the first row is a header: auto, yes or no.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return []
        with open(path, "rb") as file:
            data = file.read(BLOCK).removeprefix(BOM)
        lines = [line for line in data.split(b"\n") if line.strip()][:2]  # the second may show what the delimiter is
        block = Block(path, b"\n".join([*lines, b""]), 1)
        reader = make_reader(block.data, Reading(header=header), path, {}, str)
    except (OSError, ValueError):
        return []
    with suppress(EmaError):
        next(reader.batches(iter([block])), None)
    return [name for name in reader.names if name and printable(name) == name]
