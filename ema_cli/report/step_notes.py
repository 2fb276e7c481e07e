"""What there is to say of the steps of a script: how they go with the counters of the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.core.average import Average
    from ema_cli.reading.batch import Batch


class Steps:
    """Looks at the steps while the batches go by.

    Args:
        averages: The averages that take them.
        count_from: Where updates without a step are numbered from; None if they are not.
        note: Called with what there is to say.
    """

    def __init__(self, averages: Sequence[Average], count_from: int | None, note: Callable[[str], None]) -> None:
        self._averages, self._count_from, self._note = averages, count_from, note
        self._lacking = False

    def begin(self, batch: Batch) -> None:
        """The first batch: a rule that counts its updates from 1 is a round behind in a script that counts from 0."""
        step = None if batch.steps is None else batch.steps[0]
        for average in self._averages:
            counter = average.counter
            if step is not None and counter is not None and counter.first is not None and step < counter.first:
                self._note(
                    f"rule {average.rule.name} counts from {counter.first:g} ({counter.name}), and the first step here"
                    f" is {step}"
                )

    def follow(self, batch: Batch) -> None:
        """A batch that was averaged: an update without a step has no warm-up where the caller counts."""
        if self._lacking or not batch.has_stepless:
            return
        self._lacking = True
        counters = [average.counter for average in self._averages]
        callers = any(counter is not None and counter.first is None for counter in counters)
        if callers and self._count_from is None:
            self._note(
                "updates without a step use DECAY as it is, without a warm-up; --count-from 0 numbers them 0, 1, ..."
            )

    def finish(self) -> None:
        """That was all."""
        if self._count_from is not None and not self._lacking:
            self._note("--count-from makes no difference: it numbers updates without a step, and each has one")
