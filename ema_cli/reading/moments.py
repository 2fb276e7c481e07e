"""Dates and times of day as columns hold them: known as such, and put in order."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ T,]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d*)?)?)?")
_COMPACT = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])?(?:[0-5]\d){0,2}")
_ISO = re.compile(r"\d{4}(?:(?:[-/]\d{1,2}){1,2}|(?:\.\d{2}){2})(?:[ T_].*)?")
_CLOCK = re.compile(r"(\d{1,3})[:.](\d\d)(?:[:.](\d\d(?:[.,]\d+)?))?")


def is_date(text: str) -> bool:
    """True if a cell is a date or a time of day, and no number.

    >>> is_date("2015-09-01 13:45:00"), is_date("01.01.2018"), is_date("04:39"), is_date("5V"), is_date("0.5")
    (True, True, True, False, False)
    """
    known = moment(text) is not None or moment(text, month_first=True) is not None
    return known and not is_compact(text)


def is_compact(text: str) -> bool:
    """True if a cell is a date that is written as a whole number: YYYYMMDD, and hours, minutes, seconds if need be."""
    return len(text) in (8, 10, 12, 14) and _COMPACT.fullmatch(text) is not None


def moment(text: str, *, month_first: bool = False) -> float | None:
    """Place of a date or a time of day in order, in seconds; None if the text is neither."""
    if _ISO.fullmatch(text):
        try:
            found = datetime.fromisoformat(text[:10].replace(".", "-").replace("/", "-") + text[10:].replace("_", "T"))
        except ValueError:
            return _month(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    if match := _DAY_FIRST.fullmatch(text):
        first, _, second, year, *rest = match.groups()
        day, month = (second, first) if month_first else (first, second)
        hour, minute, seconds = (int(part or 0) for part in rest)
        try:
            return datetime(int(year), int(month), int(day), hour, minute, seconds, tzinfo=UTC).timestamp()
        except ValueError:
            return None
    if ":" in text and (match := _CLOCK.fullmatch(text)):
        hours, minutes, rest_of = match.groups()
        return int(hours) * 3600 + int(minutes) * 60 + float((rest_of or "0").replace(",", "."))
    if is_compact(text):
        return float(text.ljust(14, "0"))
    return None


def _month(text: str) -> float | None:
    """A year and a month, as statistics have them."""
    match = re.fullmatch(r"(\d{4})-(\d{1,2})", text.replace("/", "-"))
    return int(match[1]) * 372.0 + int(match[2]) if match and 1 <= int(match[2]) <= 12 else None


def falls(cells: Sequence[str]) -> bool:
    """True if dates run backwards from each to the next, whichever of day and month stands first."""
    for month_first in (False, True):
        moments = [moment(cell, month_first=month_first) for cell in cells]
        known = [one for one in moments if one is not None]
        if len(known) == len(cells) > 2 and known == sorted(known, reverse=True) and known[0] > known[-1]:
            return True
    return False
