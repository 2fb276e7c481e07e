"""The order of the steps in a file: where they run backwards, a run was resumed, or two stand in one file; where they
stand several times, rows of several series may be mixed.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from ema_cli.core.compiled_loops import compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.reading.batch import Batch
    from ema_cli.reading.file_columns import Columns

_FEWEST = 3
"""Rows by which repeated steps are told."""

_ENOUGH = 64
"""Rows after which a file whose steps mostly differ is looked at no further."""


class Order:
    """Looks at the steps of a file while its batches go by, and notes where one is less than the one before it, and at
    the end if steps stand several times.
    """

    def __init__(self, note: Callable[[str], None], source: str, columns: Columns) -> None:
        self._note, self._source, self._columns = note, source, columns
        self.last: Any = None
        """The last step so far, at least until one is less than the one before it."""
        self._told = columns.falls
        self._rows = self._distinct = 0
        self._same: Any = None  # the last step, and the params that had a value there
        self._had: set[int] = set()
        self._counting = True

    def follow(self, batch: Batch) -> None:
        """The next updates."""
        steps = batch.steps
        if steps is None:
            return
        if self._counting:
            self._count(batch, steps)
        if self._told:
            return
        before = self.last
        if not batch.has_stepless and (before is None or before <= steps[0]) and rises(steps):
            self.last = steps[-1]
            return
        for row, step in enumerate(steps):
            if step is None:
                continue
            if self.last is not None and step < self.last:
                self._note(
                    f"{batch.where(row)}: step {step} comes after step {self.last}: was the run resumed there?"
                    " Each row is still a round"
                )
                self._told = True
                return
            self.last = step

    def _count(self, batch: Batch, steps: Sequence[Any]) -> None:
        """Count the steps that stand again for a param that had a value there."""
        if batch.complete and not batch.has_stepless:
            self._rows += len(steps)
            self._distinct += len(set(steps)) - (steps[0] == self._same)
            self._same, self._had = steps[-1], set(range(len(batch.values)))
        else:
            for row, step in enumerate(steps):
                if step is None:
                    continue
                had = {index for index, values in enumerate(batch.values) if values[row] is not None}
                again = step == self._same and had & self._had
                self._rows += 1
                self._distinct += not again
                self._had = self._had | had if step == self._same else had
                self._same = step
        if self._rows >= _ENOUGH and 2 * self._distinct > self._rows:
            self._counting = False

    def finish(self) -> None:
        """Say whether steps stand several times."""
        if not self._counting or self._rows < _FEWEST or 2 * self._distinct > self._rows:
            return
        name = f"{self._source}: the steps of {self._columns.label(self._columns.step or 0)}"
        if self._distinct == 1:
            self._note(f"{name} are all the same, {self._same}; --step-column none ignores them")
        else:
            times = "twice" if self._rows == 2 * self._distinct else "several times"
            self._note(
                f"{name} occur {times} each, {self._distinct} steps in {self._rows} rows:"
                " does the file hold several series?"
            )


def rises(steps: Sequence[Any]) -> bool:
    """True if no step is smaller than the one before."""
    core = compiled()
    if core is not None and isinstance(steps, array):
        return bool(core.rise(steps))
    return [*steps] == sorted(steps)
