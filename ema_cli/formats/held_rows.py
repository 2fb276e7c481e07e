"""Hold rows until the last round, for a column that looks ahead."""

from __future__ import annotations

import pickle
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING

from ema_cli.report.output import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.report.output import Closing, Results

_IN_MEMORY = 8_000_000
"""The most bytes held in memory; beyond that they go to an unnamed temporary file."""


class HoldingWriter(Writer):
    """A writer that holds all rounds and passes them on at the end, when `reveal` has added columns that look ahead."""

    def __init__(self, writer: Writer, reveal: Callable[[Results], None]) -> None:
        self._writer, self._reveal = writer, reveal
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  closed at the end
        self._count = 0

    def write(self, results: Results) -> None:
        """Hold the rounds of a batch."""
        results.batch.where = str  # the places of updates are needed only while reading, and can't be pickled
        pickle.dump(results, self._file, pickle.HIGHEST_PROTOCOL)
        self._count += 1

    def finish(self, closing: Closing) -> None:
        """Write all rounds and the closing notes."""
        self._file.seek(0)
        with self._file:
            for _ in range(self._count):
                results = pickle.load(self._file)
                self._reveal(results)
                self._writer.write(results)
        self._writer.finish(closing)
