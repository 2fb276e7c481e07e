"""--every K: write the first row, every Kth round, and the last round; --only-different: those that differ."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from ema_cli.report.output import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.report.output import Closing, Results
    from ema_cli.text.language import Language


class EveryWriter(Writer):
    """A writer that passes the chosen rounds on to another, in the order of the file.

    Args:
        writer: The other writer.
        every: K, at least 1.
        people: True for a table, which starts with round 0; False for records, which start with round 1.
        language: The language of the note below a table; None without a note.
    """

    def __init__(self, writer: Writer, every: int, *, people: bool, language: Language | None = None) -> None:
        self.writer, self.every, self.people, self.language = writer, every, people, language
        self._count = self._shown = 0
        self._last: dict[int, tuple[Results, int]] = {}
        """The last round of each group, if it is not written yet: its batch, and its row there."""

    def write(self, results: Results) -> None:
        """Write the chosen rounds of a batch; keep the last of each group, which may be the last of all."""
        self._count += len(results)
        wanted = bytes(number % self.every == 0 or (number == 1 and not self.people) for number in results.numbers)
        ends = [(group, b - 1) for group, _, b in results.rounds[0][0].parts.each()]
        for group, _ in ends:
            self._last.pop(group, None)
        waiting = [(group, row) for group, row in ends if not wanted[row]]
        held = results.picked([row for _, row in waiting])
        self._last.update((group, (held, row)) for row, (group, _) in enumerate(waiting))
        order = range(len(results)) if results.order is None else results.order
        self._pass(results, [row for row in order if wanted[row]])

    def _pass(self, results: Results, rows: list[int]) -> None:
        self._shown += len(rows)
        if rows:
            self.writer.write(results.picked(rows))

    def flush(self) -> None:
        """Show the rounds so far."""
        self.writer.flush()

    def finish(self, closing: Closing) -> None:
        """Write the last round of each group, if it was left out, and the end."""
        for _, of_batch in groupby(self._last.values(), lambda held: id(held[0])):
            (results, row), *others = of_batch
            self._pass(results, [row, *(row for _, row in others)])
        if self.language is not None and self._shown < self._count:
            closing = closing.beside([self._left_out(self.language)])
        self.writer.finish(closing)

    def _left_out(self, language: Language) -> str:
        every = self.every
        last = 0 if every // 10 % 10 == 1 else every % 10
        return language.say(
            "{missing} of {count} rounds are left out: round 0, every {nth} round and the last are shown.",
            missing=self._count - self._shown,
            count=self._count,
            nth=language.say({1: "{number}st", 2: "{number}nd", 3: "{number}rd"}.get(last, "{number}th"), number=every),
        )


class OnlyDifferent(EveryWriter):
    """Passes only the rounds that differ to a writer, for a table with their neighbours.

    Args:
        writer: The writer.
        differs: Function that returns, for each round of the present batch, True if it differs.
        language: The language of a table for people; None for records.
    """

    def __init__(self, writer: Writer, differs: Callable[[], list[bool]], language: Language | None) -> None:
        super().__init__(writer, 1, people=language is not None, language=language)
        self._differs = differs
        self._before: Results | None = None
        """The last round so far, if it is not shown yet; it may be a neighbour."""
        self._follows = False  # True if the last round so far differs

    def write(self, results: Results) -> None:
        """Pass on the rounds of a batch that differ, and their neighbours."""
        self._count += len(results)
        shown = differs = self._differs()
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
