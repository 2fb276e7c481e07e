"""The interface of every format, imported only by type checkers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.rounds import Rounds
    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink
    from ema_cli.reading.batch import Batch
    from ema_cli.report.sheet import Closing, Sheet


class Writer(Protocol):
    """A format: takes rounds in batches, and writes them to a sink."""

    def __init__(self, sheet: Sheet, sink: Sink, look: Look) -> None: ...

    def write(self, first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        """Write a batch. `first` is the number of its first round; `rounds[average][param]` are its rounds."""

    def flush(self) -> None:
        """Show the rounds so far, since no more input has arrived yet."""

    def finish(self, closing: Closing) -> None:
        """End the output with its notes and summary."""
