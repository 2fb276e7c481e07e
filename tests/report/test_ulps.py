"""Distances in units in the last place."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ema_cli.core.numbers.dtypes import dtype
from ema_cli.report.derived import in_ulps

FINITE = st.floats(-1e300, 1e300) | st.sampled_from([0.0, 5e-324, -(2.0**-1022), 2.0**-149, 1.0, -2.0])


@pytest.mark.parametrize("name", ["float64", "float32", "float16", "bfloat16"])
@given(value=FINITE, logged=FINITE)
def test_floats_are_as_far_apart_as_fractions(name: str, value: float, logged: float) -> None:
    """The difference of two floats is rounded once, as that of two fractions is."""
    num = dtype(name)
    value, logged = num.round(value), num.round(logged)
    if value - value == 0 and logged - logged == 0:
        exact = in_ulps(Fraction(value) - Fraction(logged), Fraction(value), num)
        assert exact == in_ulps(value - logged, value, num)
