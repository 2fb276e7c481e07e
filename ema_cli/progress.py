"""A progress bar on stderr, for files that take more than a moment."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.script.source import Source

PATIENCE = 1.0
"""Seconds before it is drawn."""

_PAUSE = 0.1
"""Seconds between two drawings: each batch takes a few thousandths of one."""

_ERASE = "\r\x1b[2K\x1b[?25h"
"""The line is emptied, and the cursor, which the bar hides, is back."""


@contextmanager
def progress(sources: Sequence[Source]) -> Iterator[Callable[[], None]]:
    """A function to call now and then: after a second it draws how much of the files has been read.

    Where the size of one of them isn't known, as of a pipe, it does nothing.
    """
    sizes = [source.size() for source in sources]
    total = sum(size for size in sizes if size is not None)
    if None in sizes or not total:
        yield lambda: None
        return
    due = monotonic() + PATIENCE
    bar: Any = None

    def look() -> None:
        nonlocal due, bar
        if (now := monotonic()) < due:
            return
        due = now + _PAUSE
        if bar is None:
            bar = click.progressbar(length=total, file=sys.stderr, label="ema-calc", update_min_steps=1)
        bar.update(sum(source.done for source in sources) - bar.pos)

    try:
        yield look
    finally:
        if bar is not None:
            click.echo(_ERASE, nl=False, err=True, color=True)
