"""The scales of charts, shared by all chart writers: limits, and ticks at round numbers or dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import floor, log10

from ema_cli.core.record import Record


def ticks(low: float, high: float, count: int = 6) -> list[float]:
    """About `count` round numbers from `low` to `high`."""
    rough = (high - low) / count
    unit = 10.0 ** floor(log10(rough))
    step = unit * next(times for times in (1, 2, 5, 10) if unit * times >= rough * 0.8)
    first = -floor(-low / step)
    return [float(f"{step * number:.12g}") for number in range(first, floor(high / step + 1e-9) + 1)]


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = -62_135_596_800, 253_402_300_799  # the years 1 to 9999
_DAY, _MONTH = 86_400, 2_629_746  # seconds
_WEEK = 7 * _DAY
_MONDAY = 4 * _DAY  # the first Monday since 1970
_STEPS = (
    *(digit * 10.0**power for power in range(-6, 0) for digit in (1, 2, 5)),
    *(unit * times for unit in (1, 60) for times in (1, 2, 5, 10, 15, 30)),
    *(3600 * hours for hours in (1, 2, 3, 6, 12)),
    *(_DAY, 2 * _DAY, _WEEK, 2 * _WEEK),
)
"""Distances of ticks on an axis of dates, in seconds; greater distances are whole months and years."""
_MONTHS = (1, 2, 3, 6, *(12 * digit * 10**power for power in range(4) for digit in (1, 2, 5)))
_FORMS = ((1, "%H:%M:%S.%f"), (60, "%H:%M:%S"), (_DAY, "%H:%M"), (_MONTH, "%Y-%m-%d"), (12 * _MONTH, "%Y-%m"))


def dates(low: float, high: float, count: int) -> list[tuple[float, str]]:
    """About `count` round dates from `low` to `high`, in seconds since 1970, each with its text."""
    low, high = max(low, _FIRST), min(high, _LAST)
    rough = (high - low) / count * 0.8
    step = next((step for step in _STEPS if step >= rough), None)
    if step is None:
        months = next((months for months in _MONTHS if months * _MONTH >= rough), _MONTHS[-1])
        first, last = ((_EPOCH + timedelta(seconds=end)).year for end in (low, high))
        days = [
            datetime(at // 12, at % 12 + 1, 1, tzinfo=UTC)
            for at in range(first * 12, last * 12 + 12)
            if not at % months
        ]
        places, step = [(day - _EPOCH).total_seconds() for day in days], months * _MONTH
    else:
        start = _MONDAY if step >= _WEEK else 0
        numbers = range(-floor(-(low - start) / step), floor((high - start) / step) + 1)
        places = [start + step * number for number in numbers]
    form = next((form for most, form in _FORMS if step < most), "%Y")
    if form == "%H:%M" and high - low > _DAY:
        form = "%m-%d %H:%M"
    ticks = [at for at in places if low <= at <= high] or [low]
    return [(at, f"{_EPOCH + timedelta(seconds=at):{form}}") for at in ticks]


class Scale(Record):
    """One axis, with its least and greatest values."""

    low: float
    high: float
    whole: bool = False
    """True if all its values are whole numbers."""
    unit: float = 1.0
    """The least distance between places, which is the room for a bar."""
    dated: bool = False
    """True for dates, in seconds since 1970."""

    def at(self, value: float) -> float:
        """The place of a value on the axis: 0 at its low end, 1 at its high end."""
        return (value - self.low) / (self.high - self.low)

    def named(self, count: int = 6) -> list[tuple[float, str]]:
        """Round numbers or dates on the axis, each with its text; no two texts are equal."""
        if self.dated:
            return dates(self.low, self.high, max(count // 2, 2))
        places = ticks(self.low, self.high, count)
        if self.whole:
            return [(tick, str(int(tick))) for tick in places if tick == int(tick)]
        digits = next((few for few in range(6, 17) if len({f"{tick:.{few}g}" for tick in places}) == len(places)), 17)
        return [(tick, f"{tick:.{digits}g}") for tick in places]
