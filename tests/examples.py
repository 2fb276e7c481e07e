"""The number of examples for a property: few, and the same each time, unless TIMES asks for others."""

from __future__ import annotations

import os

from hypothesis import settings

TIMES = int(os.environ.get("TIMES", "0"))
"""The factor of the number of examples, drawn anew; 0 for the usual ones."""


def examples(number: int) -> settings:
    """Decorator of a property that is usually tried on this many examples."""
    return settings(max_examples=number * (TIMES or 1))
