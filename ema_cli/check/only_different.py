"""--only-different: show the rounds that differ, in tables with a neighbour on each side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.formats.every import EveryWriter

if TYPE_CHECKING:
    from ema_cli.check.comparison import Check
    from ema_cli.report.sheet import Results, Writer
    from ema_cli.text.language import Language


class OnlyDifferent(EveryWriter):
    """Passes only the rounds that differ to a writer, for a table with their neighbours.

    Args:
        writer: The writer.
        check: The check, which knows the rounds that differ.
        language: The language of a table for people; None for records.
    """

    def __init__(self, writer: Writer, check: Check, language: Language | None) -> None:
        super().__init__(writer, 1, people=language is not None, language=language)
        self.check = check
        self._before: Results | None = None
        """The last round so far, if it is not shown yet; it may be a neighbour."""
        self._follows = False  # True if the last round so far differs

    def write(self, results: Results) -> None:
        """Pass on the rounds of a batch that differ, and their neighbours."""
        self._count += len(results)
        shown = differs = [any(masks) for masks in zip(*(one.differs for one in self.check.comparisons), strict=True)]
        if self.people:  # also neighbours
            if differs[0] and self._before is not None:
                self._pass(self._before, [0])
            beside = zip([self._follows, *differs], [*differs[1:], False], strict=False)
            shown = [own or any(sides) for own, sides in zip(differs, beside, strict=True)]
        self._pass(results, [row for row, there in enumerate(shown) if there])
        self._before = None if shown[-1] else results.picked([len(results) - 1])
        self._follows = differs[-1]

    def _left_out(self, language: Language) -> str:
        return language.say(
            "{missing} of {count} rounds are left out: they agree, and so do their neighbours.",
            missing=self._count - self._shown,
            count=self._count,
        )
