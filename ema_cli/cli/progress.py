"""What is shown on stderr of work that takes more than a moment: a bar, or what is being tried."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from ema_cli.cli.console import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.reading.source import Source

PATIENCE = 1.0
"""Seconds before it is drawn."""

_PAUSE = 0.1
"""Seconds between two drawings: each batch takes a few thousandths of one."""

_ERASE = "\r\x1b[2K"
"""The line is emptied."""

_LONGEST, _SHORTEST = 36, 5
"""Columns of the bar; with fewer there is none."""

_USUAL_WIDTH = 80


def drawn(share: float, left: int, columns: int) -> str:
    """What is drawn in a terminal of so many columns, the last of which stays free.

    Args:
        share: How much is done, from 0 to 1.
        left: The seconds that are left.
        columns: How wide the terminal is.

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
    start = monotonic()

    def text(now: float, columns: int) -> str:
        share = min(sum(source.done for source in sources) / total, 1.0)
        left = max(int((now - start) * (1 - share) / share), 0) if share else 0
        return drawn(share, left, columns)

    with _line() as draw:
        yield lambda: draw(text)


@contextmanager
def trying() -> Iterator[Callable[[str], None]]:
    """A function to call with what is tried next: after a second it is shown, in a line that is gone in the end."""
    with _line() as draw:
        yield lambda tried: draw(lambda _, columns: f"ema-calc: {tried}"[: max(columns - 1, 0)])


@contextmanager
def _line() -> Iterator[Callable[[Callable[[float, int], str]], None]]:
    """A function that draws a line, but not within the first second and not too often; in the end the line is gone.

    It is handed what makes the text, of the time and the columns that there are.
    """
    due = monotonic() + PATIENCE
    seen = False

    def draw(text: Callable[[float, int], str]) -> None:
        nonlocal due, seen
        if (now := monotonic()) < due:
            return
        due = now + _PAUSE
        say(_ERASE + text(now, _columns()), end="")
        seen = True

    try:
        yield draw
    finally:
        if seen:
            say(_ERASE, end="")


def _columns() -> int:
    """How wide the terminal is at the moment."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _USUAL_WIDTH
    except OSError:  # it has gone
        return _USUAL_WIDTH
