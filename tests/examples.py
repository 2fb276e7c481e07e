"""On how many examples a property is tried: few, and the same each time, unless TIMES asks to search for others."""

from __future__ import annotations

import os

from hypothesis import settings

TIMES = int(os.environ.get("TIMES", "0"))
"""Factor of the number of examples, drawn anew; 0 for the usual ones."""


def examples(number: int) -> settings:
    """The decorator of a property that is usually tried on so many."""
    return settings(max_examples=number * (TIMES or 1))
