"""The extras that a test may need."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

needs_plot = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("matplotlib", "plotille")), reason="the extra plot is not installed"
)
