"""The order of the steps in a file: where they run backwards, a run was resumed, or two stand in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.reading.batch import Batch


class Order:
    """Looks at the steps of a file while its batches go by.

    Args:
        note: Called, once, with where a step is less than the one before it.
    """

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._last: Any = None
        self._told = False

    def follow(self, batch: Batch) -> None:
        """The next updates."""
        if self._told or batch.steps is None:
            return
        steps, before = batch.steps, self._last
        if not batch.has_stepless and (before is None or before <= steps[0]) and steps == sorted(steps):
            self._last = steps[-1]
            return
        for row, step in enumerate(steps):
            if step is None:
                continue
            if self._last is not None and step < self._last:
                self._note(
                    f"{batch.where(row)}: step {step} comes after step {self._last}: was the run resumed there?"
                    " Each row is a round, whatever its step"
                )
                self._told = True
                return
            self._last = step
