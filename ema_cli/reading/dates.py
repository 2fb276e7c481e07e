"""Recognize dates and times of day, and compare them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_TIME = r"(?:[ T,]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d*)?)?(?: ?([ap])\.?m\.?)?)?(?: ?(?:GMT|UTC|[+-]\d{4}))?"
_DAY_FIRST = rf"(?i)(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}|\d\d){_TIME}"
_DAY_NAMED = rf"(?i)(?:[a-z]{{3,9}}, )?(\d{{1,2}})\.?[ -]([^\W\d]{{3,9}})\.?[ -](\d{{4}}|\d\d){_TIME}"
_MONTH_NAMED = rf"(?i)([^\W\d]{{3,9}})\.? (\d{{1,2}}),? (\d{{4}}){_TIME}"
_MONTH_NAMES = (
    *("jan", "feb fév", "mar mär mrz", "apr avr", "may mai", "jun"),
    *("jul", "aug aoû", "sep", "oct okt", "nov", "dec dez déc"),
)
_MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
"""First letters of the months' names in English, German and French."""

_COMPACT = (
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ T]?"
    r"(?:(?:[01]\d|2[0-3])(?:[0-5]\d){0,2}|(?:[01]\d|2[0-3])(?:[0-5]\d){2}\d{3})?"
)
_ISO = r"\d{4}(?:(?:[-/]\d{1,2}){1,2}|(?:\.\d{2}){2})(?:[ T_].*)?"
_CLOCK = r"(?i)(\d{1,3})[:.](\d\d)(?:[:.](\d\d(?:[.,]\d+)?))?(?: ?([ap])m)?"
_PART = r"(\d{4})(?:[-/](1[0-2]|0?[1-9])|[- ]?(?:W(\d\d)|Q([1-4])))"


def is_date(text: str) -> bool:
    """True if a cell is a date or a time of day, not a number.

    >>> is_date("2015-09-01 13:45:00"), is_date("01.01.2018"), is_date("04:39"), is_date("Jan 20, 2024")
    (True, True, True, True)
    >>> is_date("5V"), is_date("0.5"), is_date("Mon 20, 2024")
    (False, False, False)
    """
    if text.isdecimal() or not any(map(str.isdecimal, text)):
        return False
    return moment(text) is not None or moment(text, month_first=True) is not None


def is_month(text: str) -> bool:
    """True if a word begins like the name of a month."""
    return text[:3].lower() in _MONTHS


def is_compact(text: str) -> bool:
    """True if a cell is a date without separators: YYYYMMDD, optionally with a time down to milliseconds."""
    return 8 <= len(text) <= 18 and re.fullmatch(_COMPACT, text) is not None


def moment(text: str, *, month_first: bool = False) -> float | None:
    """Sort key of a date or a time of day, comparable within one notation; None if the text is neither."""
    if re.fullmatch(_ISO, text):
        try:
            found = datetime.fromisoformat(text[:10].replace(".", "-").replace("/", "-") + text[10:].replace("_", "T"))
        except ValueError:
            return _month(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    if match := re.fullmatch(_DAY_FIRST, text):
        first, _, second, *rest = match.groups()
        day, month = (second, first) if month_first else (first, second)
        return _timestamp(day, int(month), *rest)
    if match := re.fullmatch(_DAY_NAMED, text):
        return _timestamp(match[1], _MONTHS.get(match[2][:3].lower(), 0), *match.groups()[2:])
    if match := re.fullmatch(_MONTH_NAMED, text):
        return _timestamp(match[2], _MONTHS.get(match[1][:3].lower(), 0), *match.groups()[2:])
    if ":" in text and (match := re.fullmatch(_CLOCK, text)):
        hours, minutes, rest_of, half = match.groups()
        return _hour(hours, half) * 3600 + int(minutes) * 60 + float((rest_of or "0").replace(",", "."))
    if is_compact(text):
        return float(re.sub("[ T]", "", text).ljust(14, "0"))
    return _month(text) if "W" in text or "Q" in text else None


def _timestamp(day: str, month: int, year: str, hour: str, minute: str, second: str, half: str) -> float | None:
    """Seconds since 1970; None if there is no such day."""
    century = 2000 if len(year) == 2 else 0
    try:
        clock = _hour(hour or "0", half), int(minute or 0), int(second or 0)
        return datetime(century + int(year), month, int(day), *clock, tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _hour(hour: str, half: str | None) -> int:
    """The hour on a 24-hour clock; `half` is a, p or None."""
    return int(hour) if half is None else int(hour) % 12 + 12 * (half.lower() == "p")


def _month(text: str) -> float | None:
    """Sort key of a year with a month, a week or a quarter, such as 2024-Q1; None if the text is something else."""
    match = re.fullmatch(_PART, text)
    return int(match[1]) * 372.0 + int(match[2] or match[3] or match[4]) if match else None


def falls(cells: Sequence[str]) -> bool:
    """True if three dates or more run backwards (equal ones allowed), read with the day first or the month first."""
    for month_first in (False, True):
        moments = [moment(cell, month_first=month_first) for cell in cells]
        known = [one for one in moments if one is not None]
        if len(known) == len(cells) > 2 and known == sorted(known, reverse=True) and known[0] > known[-1]:
            return True
    return False
