"""The extras that a test may need."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

HAS_PLOT = all(find_spec(name) is not None for name in ("matplotlib", "plotille"))

needs_plot = pytest.mark.skipif(not HAS_PLOT, reason="the extra plot is not installed")
