"""Feed averages with the batches of a script, and with the steps, times and decays of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.advance import advance
from ema_cli.core.errors import Backwards, SettingError
from ema_cli.core.record import Record
from ema_cli.errors import DataError, EmaError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.check.seed import Seeds
    from ema_cli.cli.request import Request
    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.reading.batch import Batch
    from ema_cli.reading.cells import Reading
    from ema_cli.reading.script import Script
    from ema_cli.reading.time_and_decay import Times


class GroupedBatch(Record):
    """A batch whose updates are sorted by group."""

    batch: Batch
    groups: Sequence[int] = (0,)
    """The numbers of the groups in the batch."""
    lengths: Sequence[int] = ()
    """The number of updates of each group."""
    order: Sequence[int] | None = None
    """The rows in the order of the file; None if they are in this order."""


class Feed:
    """Feeds averages with one batch of a script after another. With `hides`, the shadows before the first param are
    hidden in a script with gaps.

    Attributes:
        held: All batches, if a rule depends on the span of the script.
    """

    def __init__(self, script: Script, reading: Reading, seeds: Seeds | None, *, hides: bool) -> None:
        self._script, self._reading, self._seeds, self._hides = script, reading, seeds, hides
        self.held: list[Batch] = []
        self._times: Times | None = None
        self._counted: tuple[object, str] | None = None  # the average whose rounds without weight are counted
        self._weightless = 0

    def batches(self, requests: Sequence[Request], *, small: bool) -> Iterator[Batch | None]:
        """The batches of the script, sized as these averages need them; `small` if a round may need much memory."""
        batches, averages = self._script.batches(), [request.average for request in requests]
        spanned = [request.rule for request in requests if request.span]
        if spanned:
            if self._script.sources:
                self._script.note(f"rule {spanned[0]} depends on the span of the steps: rows are written at the end")
            self.held = [batch for batch in batches if batch is not None]
            batches = iter(self.held)
        if self._seeds is not None:
            batches = self._seeds.split(batches)
        small = small or any(average.dtype.digits is None for average in averages)
        ahead = [average.input_dtype for average in averages if average.rule.looks_ahead]
        gaps = self._reading.missing == "skip"
        if not (small or ahead or gaps):
            return batches
        from ema_cli.reading.rebatch import suited

        held = [float if each.digits is None else each.round for each in ahead]
        return suited(batches, held, small=small, gaps=gaps)

    def __call__(self, averages: list[Average], parted: GroupedBatch) -> list[Rounds]:
        """Advance the average of each param by a batch; each group has a row in the tables of states."""
        batch, rows, lengths = parted.batch, parted.groups, parted.lengths
        times, decays = self._beside(averages[0], batch)
        columns, steps = self._columns(averages, batch)
        try:
            results = advance(averages, columns, steps, times=times, decays=decays, rows=rows, lengths=lengths)
        except SettingError as error:
            raise self._located(error, batch, times) from None
        self._count(averages[0], results[0])
        if self._seeds is not None:
            self._seeds.follow(averages, batch, results)
        if self._hides and self._script.sparse:
            for rounds in results:
                rounds.hide_gaps()
        return results

    def _columns(self, averages: list[Average], batch: Batch) -> tuple[list[Sequence[Any]], Sequence[Any] | None]:
        """The values of each param, and the steps."""
        counter, steps, exact = averages[0].counter, batch.steps, averages[0].dtype.digits is None
        if self._reading.fractional and steps is not None and counter is not None and not counter.fractional:
            from ema_cli.core.array_likes import plain_steps

            # The cells were read as fractions, which another average allows.
            steps = plain_steps(steps, len(batch), fractional=False)
        return [batch.params(index, exact=exact) for index in range(len(averages))], steps

    def _count(self, average: Average, rounds: Rounds) -> None:
        """Count the rounds at the time of the round before, for the first of the averages alone."""
        if "elapsed" not in rounds.columns or 0 not in rounds.columns["elapsed"]:
            return
        key = average.stated, average.dtype.name
        self._counted = self._counted or key
        if self._counted == key:
            updates = zip(rounds.elapsed or (), rounds.weights, strict=True)
            self._weightless += sum(elapsed == weight == 0 for elapsed, weight in updates)

    def finish(self, note: Callable[[str], None]) -> None:
        """Note the rounds at the time of the round before, whose weight is 0."""
        if self._weightless:
            rounds, their = ("round has", "its") if self._weightless == 1 else ("rounds have", "their")
            note(f"{self._weightless} {rounds} the same time as the round before, so {their} weight is 0")

    def _beside(self, average: Average, batch: Batch) -> tuple[Sequence[Any] | None, Sequence[Any] | None]:
        """The times and the decays of a batch, from --time-column or --decay-column; None without the option."""
        names = [option for _, option in self._reading.beside]
        if not names:
            return None, None
        if not batch.kept:
            raise UsageError(f"{names[0]} needs a file: pieces have no columns")
        cells = batch.kept[-1]
        from ema_cli.reading import time_and_decay as read

        if names == ["--decay-column"]:
            return None, read.decays(batch, cells, exact=average.dtype.digits is None)
        self._times = self._times or read.Times()
        times = self._times.read(batch, cells)
        return self._times.taken_by(average, times), None

    def _located(self, error: SettingError, batch: Batch, times: Sequence[Any] | None) -> EmaError | SettingError:
        """An error of the core; for times that run backwards, with the line of the file."""
        if not isinstance(fact := error.fact, Backwards):
            return error
        places = list(batch.steps or ()) if times is None else times
        after = places.index(fact.last) if fact.last in places else 0
        row = next((row for row, time in enumerate(places) if row >= after and time == fact.time), 0)
        cell = fact.time if times is None else batch.kept[-1][row]
        return DataError(
            f"{batch.where(row)}: time runs backwards: {cell} follows a later time",
            "reverse the file (head -1 FILE; tail -n +2 FILE | tac), or sort it",
        )
