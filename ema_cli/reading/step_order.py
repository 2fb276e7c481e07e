"""Check the order of the steps in a file. Steps that go back suggest a resumed run or two runs in one file; repeated
steps suggest several series.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from ema_cli.core.compiled_loops import compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.reading.batch import Batch
    from ema_cli.reading.file_columns import Columns

_ENOUGH = 64
"""Rows after which counting stops if most steps differ."""


class Order:
    """Follows the steps of a file batch by batch; notes the first step below the previous one, and at the end repeated
    steps.
    """

    def __init__(self, note: Callable[[str], None], source: str, columns: Columns) -> None:
        self._note, self._source, self._columns = note, source, columns
        self.last: Any = None
        """The last step so far; no longer updated after a step is below the previous one."""
        self._told = columns.falls
        self._rows = self._distinct = 0
        self._same: Any = None  # the last step; `_had` has the params with a value at it
        self._had: set[int] = set()
        self._counting = True

    def follow(self, batch: Batch) -> None:
        """Check the steps of the next batch."""
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
        """Count rows and distinct steps; a step is repeated if a param has a value in both rows."""
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
        """Note repeated steps, at the end of a file with three rows or more."""
        if not self._counting or self._rows < 3 or 2 * self._distinct > self._rows:
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
    """True if no step is below the previous one."""
    core = compiled()
    if core is not None and isinstance(steps, array):
        return bool(core.rise(steps))
    return [*steps] == sorted(steps)
