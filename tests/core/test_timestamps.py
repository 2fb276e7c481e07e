"""Dates and timestamps, as nanoseconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from ema_cli.core.timestamps import nanoseconds

SECOND = 10**9
DAY = 86400 * SECOND


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1970-01-01", (0, False)),
        ("1970/01/02", (DAY, False)),
        (" 1970-01-02 ", (DAY, False)),
        ("1970-01-02Z", (DAY, True)),
        ("1970/01/02Z", (DAY, True)),
        ("1970-01-02z", (DAY, True)),
        ("1970-01-02+01:00", (DAY - 3600 * SECOND, True)),
        ("1970-01-02-01:00", (DAY + 3600 * SECOND, True)),
        ("1970-01-01 00:01", (60 * SECOND, False)),
        ("1970-01-01T00:00:01", (SECOND, False)),
        ("1970-01-01T00:00:01Z", (SECOND, True)),
        ("1970-01-01t00:00:01z", (SECOND, True)),
        ("1970-01-01T00:00:01.5", (SECOND + SECOND // 2, False)),
        ("1970-01-01T00:00:01,25+0000", (SECOND + SECOND // 4, True)),
        ("1970-01-01T00:00:00.123456789", (123456789, False)),
        ("1970-01-01T00:00:00.1234567891", (123456789, False)),
        ("1969-12-31T23:59:59.5", (-SECOND // 2, False)),
        ("1970-01-01T01:00:00+01", (0, True)),
    ],
)
def test_date(cell: str, expected: tuple[int, bool]) -> None:
    """A date, a time, its digits up to nanoseconds, and a time zone."""
    assert nanoseconds(cell) == expected


@pytest.mark.parametrize("cell", ["", "x", "12", "1970-13-01", "1970-01-01T25:00", "1970-01-01T00:00:01.x", "1.5"])
def test_not_a_date(cell: str) -> None:
    """None for a cell that is not a date."""
    assert nanoseconds(cell) is None


@pytest.mark.parametrize(("year", "zone"), [*product([1, 1969, 1970, 2000, 2038, 9999], [None, UTC])])
def test_same_as_datetime(year: int, zone: object) -> None:
    """The seconds are those of datetime."""
    date = datetime(year, 3, 4, 5, 6, 7, tzinfo=UTC)
    text = date.isoformat() if zone else date.replace(tzinfo=None).isoformat()
    assert nanoseconds(text) == (int(date.timestamp()) * SECOND, zone is not None)
