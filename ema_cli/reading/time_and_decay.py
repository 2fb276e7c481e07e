"""Columns that options name for the time or the decay of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.decay_setting import TimedHalfLife
from ema_cli.core.numbers.literals import LAST_STEP, fraction, is_number, is_value, whole
from ema_cli.core.timestamps import nanoseconds
from ema_cli.errors import DataError, UsageError, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average
    from ema_cli.reading.batch import Batch


class Times:
    """Reads a column of times, exactly; the first cell decides if they are numbers or dates.

    Attributes:
        dated: True if the times are dates; None before the first cell.
    """

    def __init__(self) -> None:
        self.dated: bool | None = None
        self._zoned: bool | None = None

    def read(self, batch: Batch, cells: Sequence[str]) -> list[Any]:
        """Read the times of a batch: numbers as they are, dates in nanoseconds.

        Raises:
            DataError: A cell is not a time, or not of the same kind as earlier cells.
        """
        return [self._time(batch, row, cell) for row, cell in enumerate(cells)]

    def taken_by(self, average: Average, times: list[Any]) -> list[Any]:
        """Convert times for an average: dates to seconds, or to nanoseconds if the half-life has a unit.

        Raises:
            UsageError: The half-life has a unit and the times are numbers, or the times are dates and it lacks one.
        """
        stated = average.stated
        if isinstance(stated, TimedHalfLife) and not self.dated:
            raise UsageError(f"the times are plain numbers; if they are seconds, give --half-life {stated.seconds}")
        if not self.dated or isinstance(stated, TimedHalfLife):
            return times
        if average.takes_time:
            raise UsageError("the times are dates; give the half-life in time, such as --half-life 5min")
        return [fraction(f"{time}e-9") for time in times]

    def _time(self, batch: Batch, row: int, cell: str) -> Any:
        is_date = not is_number(cell)
        found = nanoseconds(cell) if is_date else (_number(cell), None)
        if found is None:
            what = f"the time {quoted(cell)} is neither a number nor a date" if cell else "the time is missing"
            raise DataError(f"{batch.where(row)}: {what}")
        value, zoned = found
        this = f"{batch.where(row)}: the time {quoted(cell)}"
        if self.dated not in (None, is_date):
            raise DataError(f"{this} is {_kind(is_date)}, but earlier ones are not")
        if is_date and self._zoned not in (None, zoned):
            raise DataError(f"{this} has {'a' if zoned else 'no'} time zone, unlike earlier ones")
        self.dated, self._zoned = is_date, zoned
        return value


def decays(batch: Batch, cells: Sequence[str], *, exact: bool) -> list[Any]:
    """Read the decays of a batch; None for an empty cell, whose row is not an update.

    Raises:
        DataError: A cell is not a decay.
    """
    found: list[Any] = []
    for row, cell in enumerate(cells):
        value = None
        if cell:
            value = fraction(cell) if is_value(cell) else None
            if value is None or not 0 <= value <= 1:
                raise DataError(f"{batch.where(row)}: the decay {quoted(cell)} is not a number between 0 and 1")
        found.append(value if exact or value is None else float(value))
    return found


def _kind(is_date: bool) -> str:
    return "a date" if is_date else "a number"


def _number(cell: str) -> Any:
    """Parse a numeric time: an int if whole and in the range of steps, else a fraction."""
    value = whole(cell)
    return fraction(cell) if value is None or abs(value) > LAST_STEP else value
