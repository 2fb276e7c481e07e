"""A progress bar on stderr, for work that takes more than a second."""

from __future__ import annotations

import os
import sys
from time import monotonic
from typing import TYPE_CHECKING

from ema_cli.cli.console import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ema_cli.reading.batch import Batch
    from ema_cli.reading.source import Source

PATIENCE = 1.0
"""Seconds before the bar appears."""

_PAUSE = 0.1
"""Seconds between updates of the bar; a batch takes a few milliseconds."""

_ERASE = "\r\x1b[2K"
"""The control sequence that clears the line."""

_LONGEST, _SHORTEST = 36, 5
"""The greatest and the least width of the bar."""

_USUAL_WIDTH = 80


def drawn(share: float, left: int, columns: int) -> str:
    """The text of the progress bar for a terminal of this width, whose last column stays free.

    Args:
        share: The fraction of the work that is done, from 0 to 1.
        left: The remaining seconds.
        columns: The width of the terminal.

    >>> drawn(0.25, 75, 80)
    'ema-calc  [#########---------------------------]   25%  00:01:15'
    >>> drawn(0.25, 75, 40)
    'ema-calc  [##---------]   25%  00:01:15'
    >>> drawn(0.25, 75, 20)
    'ema-calc   25%'
    """
    percent, time = f"{share:>4.0%}", f"{left // 3600:02}:{left // 60 % 60:02}:{left % 60:02}"
    length = min(columns - 1 - len(f"ema-calc  []  {percent}  {time}"), _LONGEST)
    if length < _SHORTEST:
        return f"ema-calc  {percent}"[: max(columns - 1, 0)]
    full = int(share * length)
    return f"ema-calc  [{'#' * full}{'-' * (length - full)}]  {percent}  {time}"


def watched(batches: Iterator[Batch | None], sources: Sequence[Source]) -> Iterator[Batch | None]:
    """Pass on batches; after a second, draw the fraction of the files that has been read.

    Nothing is drawn if the size of a file is unknown, as for a pipe.
    """
    sizes = [source.size() for source in sources]
    total = 0 if None in sizes else sum(filter(None, sizes))
    start = monotonic()
    due, seen = start + PATIENCE, False
    try:
        for batch in batches:
            yield batch
            if total and (now := monotonic()) >= due:
                share = min(sum(source.done for source in sources) / total, 1.0)
                left = max(int((now - start) * (1 - share) / share), 0) if share else 0
                say(_ERASE + drawn(share, left, _columns()), end="")
                due, seen = now + _PAUSE, True
    finally:
        if seen:
            say(_ERASE, end="")


def _columns() -> int:
    """The current width of the terminal."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _USUAL_WIDTH
    except OSError:  # the terminal was closed
        return _USUAL_WIDTH
