"""All targets by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fuzz import options, records, scripts, writers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fuzz.feed import Feed

TARGETS: dict[str, Callable[[Feed], None]] = {
    target.__name__: target for target in (*scripts.TARGETS, *records.TARGETS, *options.TARGETS, *writers.TARGETS)
}
