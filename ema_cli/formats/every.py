"""--every K: write the first row, every Kth round, and the last round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.rounds import Rounds
    from ema_cli.formats.writer import Writer
    from ema_cli.reading.batch import Batch
    from ema_cli.report.sheet import Closing
    from ema_cli.text.language import Language


class _Single(Record):
    """One round of a batch, kept to be written later."""

    number: int
    batch: Batch
    rounds: list[list[Rounds]]


class EveryWriter:
    """A writer that passes the chosen rounds on to another.

    Args:
        writer: The other writer.
        every: K, at least 1.
        language: The language of the note below a table for people, which starts with round 0; None for records, which
            start with round 1.
    """

    def __init__(self, writer: Writer, every: int, language: Language | None) -> None:
        self.writer, self.every, self.language = writer, every, language
        self._count = self._shown = 0
        self._last: _Single | None = None

    def write(self, first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        """Write the chosen rounds of a batch; keep its last round, which may be the last of all."""
        self._count = first + len(batch) - 1
        rows = [row for row in range(len(batch)) if self._wanted(first + row)]
        for row in rows:
            self._pass(single(first, batch, rounds, row))
        last = len(batch) - 1
        self._last = None if last in rows else single(first, batch, rounds, last)

    def flush(self) -> None:
        """Show the rounds so far."""
        self.writer.flush()

    def finish(self, closing: Closing) -> None:
        """Write the last round."""
        self._pass_last()
        self.writer.finish(closing.beside(self._left_out(self.language)) if self.language is not None else closing)

    def _pass_last(self) -> None:
        if self._last is not None:
            self._pass(self._last)

    def _left_out(self, language: Language) -> list[str]:
        missing = self._count - self._shown
        if not missing:
            return []
        return [
            language.say(
                "{missing} of {count} rounds are left out: round 0, every {nth} round and the last are shown.",
                missing=missing,
                count=self._count,
                nth=_ordinal(self.every, language),
            )
        ]

    def _wanted(self, number: int) -> bool:
        return number % self.every == 0 or (number == 1 and self.language is None)

    def _pass(self, single: _Single) -> None:
        self._shown += 1
        self.writer.write(single.number, single.batch, single.rounds)


def single(first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]], row: int) -> _Single:
    """Extract one round from a batch."""
    return _Single(first + row, batch.only(row), [[of.only(row) for of in of_params] for of_params in rounds])


def _ordinal(number: int, language: Language) -> str:
    last = 0 if number // 10 % 10 == 1 else number % 10
    return language.say({1: "{number}st", 2: "{number}nd", 3: "{number}rd"}.get(last, "{number}th"), number=number)
