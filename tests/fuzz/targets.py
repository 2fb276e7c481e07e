"""All targets by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fuzz import answers, options, records, rounds, scripts, sheets, writers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fuzz.feed import Feed

ROOMS = (scripts, records, options, rounds, writers, sheets, answers)

TARGETS: dict[str, Callable[[Feed], None]] = {target.__name__: target for room in ROOMS for target in room.TARGETS}
