"""A record refuses unknown fields when it is created."""

from __future__ import annotations

import pytest

from ema_cli.core.record import Record


class Point(Record):
    """A record to misspell."""

    x: float
    y: float = 0


@pytest.mark.parametrize(
    ("values", "named", "message"),
    [
        ((1,), {"z": 2}, "Point 1 has no field z"),
        ((), {"y": 2}, "Point needs x"),
        ((), {}, "Point needs x"),
        ((1, 2), {"y": 3}, "Point 1 has twice y"),
        ((1,), {"x": 2}, "Point 1 has twice x"),
        ((1, 2, 3), {}, "Point 1 has 2 fields"),
        ((), {"z": 2}, "Point has no field z; needs x"),
    ],
)
def test_a_mistake_is_named(values: tuple[int, ...], named: dict[str, int], message: str) -> None:
    """An unknown, missing, repeated or superfluous field is a TypeError that names it."""
    with pytest.raises(TypeError) as caught:
        Point(*values, **named)
    assert message == str(caught.value)


def test_a_copy_is_checked() -> None:
    """A copy with a value for an unknown field is refused, too."""
    assert Point(1, 5) == Point(1).but(y=5)
    with pytest.raises(TypeError, match="Point has no field z"):
        Point(1).but(z=5)
