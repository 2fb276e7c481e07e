"""Parse dates and timestamps to nanoseconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCHS = {True: _EPOCH, False: _EPOCH.replace(tzinfo=None)}
"""The start of 1970, with a time zone and without."""

_PARTS = re.compile(r"([^.,]*)(?:[.,](\d{1,9})\d*)?(Z|[+-]\d\d(?::?\d\d)?)?")


def nanoseconds(cell: str) -> tuple[int, bool] | None:
    """The nanoseconds of a date since 1970, and True if it has a time zone; None if it is not a date.

    >>> nanoseconds("1970-01-02T00:00:00.5"), nanoseconds("1970-01-01T01:00+01:00"), nanoseconds("x")
    ((86400500000000, False), (0, True), None)
    """
    text = cell.strip().replace("/", "-").upper()
    if text[10:11] in ("+", "-", "Z"):  # a day with a time zone: Python would read the zone as the time
        text = f"{text[:10]}T00:00{text[10:]}"
    match = _PARTS.fullmatch(text)
    if match is None:
        return None
    whole_part, part, zone = match.groups()
    try:
        date = datetime.fromisoformat(f"{whole_part}{zone or ''}")
    except ValueError:
        return None
    zoned = date.tzinfo is not None
    since = date - _EPOCHS[zoned]
    return since // timedelta(seconds=1) * 10**9 + int((part or "").ljust(9, "0")), zoned
