"""Parse dates and timestamps to nanoseconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PARTS = re.compile(r"([^.,]*)(?:[.,](\d{1,9})\d*)?(Z|z|[+-]\d\d(?::?\d\d)?)?")

_DAY_IN_ZONE = re.compile(r"^(\d{4}-\d\d-\d\d)([Zz]|[+-]\d\d:?\d\d)$")
"""A day with a time zone, without a time: Python would read the zone as the time."""


def nanoseconds(cell: str) -> tuple[int, bool] | None:
    """The nanoseconds of a date since 1970, and True if it has a time zone; None if it is not a date.

    >>> nanoseconds("1970-01-02T00:00:00.5"), nanoseconds("1970-01-01T01:00+01:00"), nanoseconds("x")
    ((86400500000000, False), (0, True), None)
    """
    match = _PARTS.fullmatch(_DAY_IN_ZONE.sub(r"\1T00:00\2", cell.strip().replace("/", "-")))
    if match is None:
        return None
    whole_part, part, zone = match.groups()
    try:
        date = datetime.fromisoformat(f"{whole_part}{(zone or '').upper()}")
    except ValueError:
        return None
    zoned = date.tzinfo is not None
    since = (date if zoned else date.replace(tzinfo=UTC)) - _EPOCH
    return since // timedelta(seconds=1) * 10**9 + int((part or "0").ljust(9, "0")), zoned
