"""--only-different: show the rounds that differ, in tables with a neighbour on each side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.formats.every import EveryWriter, single

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.check.comparison import Check
    from ema_cli.core.rounds import Rounds
    from ema_cli.formats.writer import Writer
    from ema_cli.reading.batch import Batch
    from ema_cli.text.language import Language


class OnlyDifferent(EveryWriter):
    """Passes only the rounds that differ to a writer.

    Args:
        writer: The writer.
        check: The check, which knows the rounds that differ.
        language: The language of a table for people, which includes neighbours; None for records, without neighbours.
    """

    def __init__(self, writer: Writer, check: Check, language: Language | None) -> None:
        super().__init__(writer, 1, language)
        self.check = check
        self._follows = False  # True if the previous round differs

    def write(self, first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        """Pass on the rounds of a batch that differ, and their neighbours. The last round waits for the next batch."""
        self._count = first + len(batch) - 1
        for row in range(len(batch)):
            differs = any(one.differs[row] for one in self.check.comparisons)
            here = single(first, batch, rounds, row)
            if differs and self._last is not None and self.language is not None:
                self._pass(self._last)
            if differs or (self._follows and self.language is not None):
                self._pass(here)
                self._last = None
            else:
                self._last = here
            self._follows = differs

    def _pass_last(self) -> None:
        """Do nothing: the last round of a script is shown only if it differs or is a neighbour."""

    def _left_out(self, language: Language) -> list[str]:
        missing = self._count - self._shown
        if not missing:
            return []
        told = language.say(
            "{missing} of {count} rounds are left out: they agree, and so do their neighbours.",
            missing=missing,
            count=self._count,
        )
        return [told]
