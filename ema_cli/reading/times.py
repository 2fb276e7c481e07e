"""Dates and times of day: known in any column and put in order, and read exactly where an option names their column;
and columns of decays.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ema_cli.core.decay_setting import Lasting
from ema_cli.core.numbers.literals import LAST_STEP, fraction, is_number, is_value, whole
from ema_cli.errors import DataError, UsageError, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average
    from ema_cli.reading.batch import Batch

_TIME = r"(?:[ T,]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d*)?)?(?: ?([ap])\.?m\.?)?)?(?: ?(?:GMT|UTC|[+-]\d{4}))?"
_DAY_FIRST = re.compile(rf"(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}|\d\d){_TIME}", re.IGNORECASE)
_DAY_NAMED = re.compile(
    rf"(?:[a-z]{{3,9}}, )?(\d{{1,2}})\.?[ -]([^\W\d]{{3,9}})\.?[ -](\d{{4}}|\d\d){_TIME}", re.IGNORECASE
)
_MONTH_NAMED = re.compile(rf"([^\W\d]{{3,9}})\.? (\d{{1,2}}),? (\d{{4}}){_TIME}", re.IGNORECASE)
_MONTH_NAMES = (
    *("jan", "feb fév", "mar mär mrz", "apr avr", "may mai", "jun"),
    *("jul", "aug aoû", "sep", "oct okt", "nov", "dec dez déc"),
)
_MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
"""The first letters of a month's name in English, German and French."""

_COMPACT = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ T]?(?:[01]\d|2[0-3])?(?:[0-5]\d){0,2}")
_ISO = re.compile(r"\d{4}(?:(?:[-/]\d{1,2}){1,2}|(?:\.\d{2}){2})(?:[ T_].*)?")
_CLOCK = re.compile(r"(\d{1,3})[:.](\d\d)(?:[:.](\d\d(?:[.,]\d+)?))?(?: ?([ap])m)?", re.IGNORECASE)
_PART = re.compile(r"(\d{4})(?:[-/](1[0-2]|0?[1-9])|[- ]?(?:W(\d\d)|Q([1-4])))")


def is_date(text: str) -> bool:
    """True if a cell is a date or a time of day, and no number.

    >>> is_date("2015-09-01 13:45:00"), is_date("01.01.2018"), is_date("04:39"), is_date("Jan 20, 2024")
    (True, True, True, True)
    >>> is_date("5V"), is_date("0.5"), is_date("Mon 20, 2024")
    (False, False, False)
    """
    known = moment(text) is not None or moment(text, month_first=True) is not None
    return known and not text.isdecimal()


def is_month(text: str) -> bool:
    """True if a word is the name of a month."""
    return text[:3].lower() in _MONTHS


def is_compact(text: str) -> bool:
    """True if a cell is a date whose parts stand without marks: YYYYMMDD, and hours, minutes, seconds if need be."""
    return 8 <= len(text) <= 15 and _COMPACT.fullmatch(text) is not None


def moment(text: str, *, month_first: bool = False) -> float | None:
    """Place of a date or a time of day in order, in seconds; None if the text is neither."""
    if _ISO.fullmatch(text):
        try:
            found = datetime.fromisoformat(text[:10].replace(".", "-").replace("/", "-") + text[10:].replace("_", "T"))
        except ValueError:
            return _month(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    if match := _DAY_FIRST.fullmatch(text):
        first, _, second, *rest = match.groups()
        day, month = (second, first) if month_first else (first, second)
        return _timestamp(day, int(month), *rest)
    if match := _DAY_NAMED.fullmatch(text):
        return _timestamp(match[1], _MONTHS.get(match[2][:3].lower(), 0), *match.groups()[2:])
    if match := _MONTH_NAMED.fullmatch(text):
        return _timestamp(match[2], _MONTHS.get(match[1][:3].lower(), 0), *match.groups()[2:])
    if ":" in text and (match := _CLOCK.fullmatch(text)):
        hours, minutes, rest_of, half = match.groups()
        return _hour(hours, half) * 3600 + int(minutes) * 60 + float((rest_of or "0").replace(",", "."))
    if is_compact(text):
        return float(re.sub("[ T]", "", text).ljust(14, "0"))
    return _month(text) if "W" in text or "Q" in text else None


def _timestamp(day: str, month: int, year: str, hour: str, minute: str, second: str, half: str) -> float | None:
    """Seconds since 1970; None where there is no such day."""
    century = 2000 if len(year) == 2 else 0
    try:
        clock = _hour(hour or "0", half), int(minute or 0), int(second or 0)
        return datetime(century + int(year), month, int(day), *clock, tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _hour(hour: str, half: str | None) -> int:
    """The hour of 24, where a half of the day may be told."""
    return int(hour) if half is None else int(hour) % 12 + 12 * (half.lower() == "p")


def _month(text: str) -> float | None:
    """A year with a month, a week or a quarter, as statistics have them."""
    match = _PART.fullmatch(text)
    return int(match[1]) * 372.0 + int(match[2] or match[3] or match[4]) if match else None


def falls(cells: Sequence[str]) -> bool:
    """True if dates run backwards from each to the next, whichever of day and month stands first."""
    for month_first in (False, True):
        moments = [moment(cell, month_first=month_first) for cell in cells]
        known = [one for one in moments if one is not None]
        if len(known) == len(cells) > 2 and known == sorted(known, reverse=True) and known[0] > known[-1]:
            return True
    return False


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PARTS = re.compile(r"([^.,]*)(?:[.,](\d{1,9})\d*)?(Z|z|[+-]\d\d(?::?\d\d)?)?")

_DAY_IN_ZONE = re.compile(r"^(\d{4}-\d\d-\d\d)([Zz]|[+-]\d\d:?\d\d)$")
"""A day with a time zone, which Python would read as the time of that day."""


class Times:
    """Reads the cells of a column of times; the first one says whether they are numbers or dates.

    Attributes:
        dated: Whether they are dates; None before the first one.
    """

    def __init__(self) -> None:
        self.dated: bool | None = None
        self._zoned: bool | None = None

    def read(self, batch: Batch, cells: Sequence[str]) -> list[Any]:
        """The times of a batch: numbers as they are, dates in nanoseconds.

        Raises:
            DataError: A cell is no time, or of another kind than the ones before.
        """
        return [self._time(batch, row, cell) for row, cell in enumerate(cells)]

    def taken_by(self, average: Average, times: list[Any]) -> list[Any]:
        """The times as an average takes them: dates in seconds, or in nanoseconds where its half-life has a unit.

        Raises:
            UsageError: A half-life has a unit and the times are numbers, or the times are dates and there is none.
        """
        stated = average.stated
        if isinstance(stated, Lasting) and not self.dated:
            raise UsageError(f"the times are plain numbers; if they are seconds, give --half-life {stated.seconds}")
        if not self.dated or isinstance(stated, Lasting):
            return times
        if average.takes_time:
            raise UsageError("the times are dates; give the half-life in time, such as --half-life 5min")
        return [fraction(f"{time}e-9") for time in times]

    def _time(self, batch: Batch, row: int, cell: str) -> Any:
        is_date = not is_number(cell)
        found = _nanoseconds(cell) if is_date else (_number(cell), None)
        if found is None:
            what = f"the time {shown(cell)} is neither a number nor a date" if cell else "the time is missing"
            raise DataError(f"{batch.where(row)}: {what}")
        value, zoned = found
        if self.dated not in (None, is_date):
            raise DataError(f"{batch.where(row)}: the time {shown(cell)} is {_kind(is_date)}, but those before are not")
        if is_date and self._zoned not in (None, zoned):
            with_zone = "has" if zoned else "has no"
            raise DataError(f"{batch.where(row)}: the time {shown(cell)} {with_zone} time zone, unlike those before")
        self.dated, self._zoned = is_date, zoned
        return value


def decays(batch: Batch, cells: Sequence[str], *, exact: bool) -> list[Any]:
    """The decays of a batch; None for an empty cell, whose round is no update.

    Raises:
        DataError: A cell is no decay.
    """
    found: list[Any] = []
    for row, cell in enumerate(cells):
        value = None
        if cell:
            value = fraction(cell) if is_value(cell) else None
            if value is None or not 0 <= value <= 1:
                raise DataError(f"{batch.where(row)}: the decay {shown(cell)} is not a number between 0 and 1")
        found.append(value if exact or value is None else float(value))
    return found


def _kind(is_date: bool) -> str:
    return "a date" if is_date else "a number"


def _number(cell: str) -> Any:
    """A time that is a number: whole where a step can be that large, else a fraction."""
    value = whole(cell)
    return fraction(cell) if value is None or abs(value) > LAST_STEP else value


def _nanoseconds(cell: str) -> tuple[int, bool] | None:
    """The nanoseconds of a date since 1970, and whether it has a time zone; None if it is no date."""
    match = _PARTS.fullmatch(_DAY_IN_ZONE.sub(r"\1T00:00\2", cell.strip().replace("/", "-")))
    if match is None:
        return None
    whole_part, part, zone = match.groups()
    try:
        found = datetime.fromisoformat(f"{whole_part}{(zone or '').upper()}")
    except ValueError:
        return None
    zoned = found.tzinfo is not None
    since = (found if zoned else found.replace(tzinfo=UTC)) - _EPOCH
    return since // timedelta(seconds=1) * 10**9 + int((part or "0").ljust(9, "0")), zoned
