"""Columns that options name for the time or the decay of each row."""

from __future__ import annotations

from array import array
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ema_cli.core.decay_setting import TimedHalfLife
from ema_cli.core.numbers.literals import CHARACTERS, LAST_STEP, fraction, is_number, is_value, whole
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

    def read(self, batch: Batch, cells: Sequence[str]) -> Sequence[Any]:
        """Read the times of a batch: numbers as they are, dates in nanoseconds.

        Raises:
            DataError: A cell is not a time, or not of the same kind as earlier cells.
        """
        text = "".join(cells)
        if self.dated is False and text.isascii() and text.isdigit():
            with suppress(ValueError, OverflowError):  # an empty cell, or a number past 64 bits
                return array("q", map(int, cells))
        found = [self._time(batch, row, cell) for row, cell in enumerate(cells)]
        with suppress(TypeError, OverflowError):  # a time that is not whole, or is past 64 bits
            return array("q", found)
        return found

    def taken_by(self, average: Average, times: Sequence[Any]) -> Sequence[Any]:
        """Convert times for an average: dates to seconds, or to nanoseconds if the half-life has a unit.

        Raises:
            UsageError: The half-life has a unit and the times are numbers, or the times are dates and it lacks one.
        """
        stated = average.stated
        if isinstance(stated, TimedHalfLife) and not self.dated:
            raise UsageError(f"the times are plain numbers; if they are seconds, give --half-life {stated.seconds}")
        if self.dated and not isinstance(stated, TimedHalfLife):
            if average.takes_time:
                raise UsageError("the times are dates; give the half-life in time, such as --half-life 5min")
            times = [Decimal(time).scaleb(-9) for time in times]
        return times if average.dtype.digits is not None else [fraction(str(time)) for time in times]

    def _time(self, batch: Batch, row: int, cell: str) -> Any:
        is_date = not is_number(cell)
        found = nanoseconds(cell) if is_date else (_number(cell), None)
        value, zoned = found or (None, None)
        problem = ""
        if found is None:
            problem = "is neither a number nor a date"
        elif self.dated not in (None, is_date):
            problem = f"is a {'date' if is_date else 'number'}, but earlier ones are not"
        elif is_date and self._zoned not in (None, zoned):
            problem = f"has {'a' if zoned else 'no'} time zone, unlike earlier ones"
        if problem:
            told = f"the time {quoted(cell)} {problem}" if cell else "the time is missing"
            raise DataError(f"{batch.where(row)}: {told}")
        self.dated, self._zoned = is_date, zoned
        return value


def decays(batch: Batch, cells: Sequence[str], *, exact: bool) -> Sequence[Any]:
    """Read the decays of a batch; None for an empty cell, whose row is not an update.

    Raises:
        DataError: A cell is not a decay.
    """
    if not exact and not "".join(cells).strip(CHARACTERS):
        with suppress(ValueError):  # an empty cell, or not a number
            numbers = array("d", map(float, cells))
            if min(numbers) >= 0 and max(numbers) <= 1:
                return numbers
    found: list[Any] = []
    for row, cell in enumerate(cells):
        value = None
        if cell:
            value = fraction(cell) if is_value(cell) else None
            if value is None or not 0 <= value <= 1:
                raise DataError(f"{batch.where(row)}: the decay {quoted(cell)} is not a number between 0 and 1")
        found.append(value if exact or value is None else float(value))
    return found


def _number(cell: str) -> Any:
    """Parse a numeric time: an int if whole and in the range of steps, a Decimal if it has few digits, else a fraction.

    The difference of two such Decimals has at most the 28 digits of Decimal's arithmetic.
    """
    value = whole(cell)
    if value is not None and abs(value) <= LAST_STEP:
        return value
    before, _, decimals = cell.partition(".")
    return Decimal(cell) if len(before) < 19 and len(decimals) < 10 and decimals.isdigit() else fraction(cell)
