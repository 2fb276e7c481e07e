"""The progress on stderr, for work that takes more than a second."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from ema_cli.cli.console import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ema_cli.reading.batch import Batch
    from ema_cli.reading.source import Source

PATIENCE = 1.0
"""Seconds before it appears."""

_PAUSE = 0.1
"""Seconds between updates; a batch takes a few milliseconds."""

_ERASE = "\r\x1b[2K"
"""The control sequence that clears the line."""


def watched(batches: Iterator[Batch | None], sources: Sequence[Source]) -> Iterator[Batch | None]:
    """Pass on batches; after a second, show the fraction of the files that has been read.

    Nothing is shown if the size of a file is unknown, as for a pipe.
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
                say(f"{_ERASE}ema-calc  {share:4.0%}  {timedelta(seconds=left)} left", end="")
                due, seen = now + _PAUSE, True
    finally:
        if seen:
            say(_ERASE, end="")
