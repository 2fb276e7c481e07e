"""The C library's power of two float32 numbers, compared with the C library and with exact fractions."""

from __future__ import annotations

import ctypes
import math
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ema_cli.core.numbers.dtypes import dtype

F32 = dtype("float32")
inf, nan = math.inf, math.nan


def assert_as_in_c(x, y):
    try:
        powf = ctypes.CDLL("libm.so.6").powf
    except OSError:
        pytest.skip("there is no C library of GNU")
    powf.restype, powf.argtypes = ctypes.c_float, [ctypes.c_float, ctypes.c_float]
    assert repr(F32.power(x, y)) == repr(powf(x, y))


@given(st.floats(width=32, allow_nan=True, allow_infinity=True), st.floats(width=32))
@example(-2.0, 0.5)
@example(-0.0, 3.0)
@example(-0.0, -3.0)
@example(-0.0, -2.0)
@example(inf, 0.25)
@example(inf, -1.0)
@example(-inf, 3.0)
@example(-inf, -3.0)
@example(-inf, 0.5)
@example(1.0, inf)
@example(-1.0, inf)
@example(0.5, inf)
@example(0.5, -inf)
@example(-2.0, -inf)
@example(nan, 0.0)
@example(1.0, nan)
@example(2.0, nan)
@example(2.0**120, 0.5)
@example(2.0**-126, 1.0)
@example(2.0**-127, 1.0)
@example(3 * 2.0**-149, 0.5)
@example(0.69921875, -36.61476516723633)  # the first of an interval of the table
def test_powf_special_values_and_range(x, y):
    """powf gives the C library's result for every pair of float32 numbers."""
    assert_as_in_c(x, y)


@given(st.floats(0.5, 1, width=32), st.integers(-3000, 3000))
@example(-2.0, 3)
@example(-2.0, -2)
@example(-2.0, 128)
@example(-2.0, 129)
@example(-2.0, -150)
@example(-2.0, -151)
@example(2.0**-149, 1)
@example(2.0, 0)
@example(2.0, 127)
@example(2.0, 128)
@example(2.0, 3000)
@example(2.0, -149)
@example(2.0, -150)
@example(2.0, -3000)
def test_powf_of_decays(x, y):
    """powf gives the C library's result for powers of a decay."""
    assert_as_in_c(x, float(y))


@given(st.floats(0.5, 2, width=32), st.integers(0, 40))
def test_powf_is_within_an_ulp_of_the_exact_power(x, n):
    """powf differs from the exact power by less than 0.53 ulp."""
    assume(Fraction(2) ** -126 < Fraction(x) ** n < Fraction(2) ** 127)
    assert_near_the_exact_power(x, n)


@pytest.mark.parametrize("part", range(64))
def test_powf_in_every_part_of_its_table(part):
    """powf is close to the exact power in each interval of its table."""
    for n in (1, 2, 7, 40, 90):
        assert_near_the_exact_power(F32.round(0.7 + part / 90), n)


def assert_near_the_exact_power(x, n):
    exact = Fraction(x) ** n
    result = Fraction(F32.power(x, float(n)))
    unit = Fraction(math.ulp(float(result))) * 2**29
    assert abs(result - exact) < unit * Fraction(53, 100)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (0.6290670037269592, 29.222152709960938, "0x1.5fd3eap-20"),
        (0.976986825466156, 1152.0, "0x1.3c5fbap-39"),
        (0.9454362988471985, 1232.0, "0x1.352bdep-100"),
        (0.6981763243675232, 212.0, "0x1.14c942p-110"),
        (0.9835205674171448, 2989.0, "0x1.452d7ep-72"),
        (0.7884427309036255, 39.58443069458008, "0x1.57d8d4p-14"),
        (0.9448063373565674, 40.5786247253418, "0x1.99139ap-4"),
        (1.9468533992767334, 87.0, "0x1.89513cp+83"),
        (1.0799133777618408, 1021.0, "0x1.2f58b2p+113"),
    ],
)
def test_powf_is_off_where_the_c_library_is(x, y, expected):
    """Where glibc's powf is not the nearest float32, ours gives the same neighbour."""
    assert F32.power(x, y).hex() == float.fromhex(expected).hex()
    assert math.pow(x, y) != F32.power(x, y) != F32.round(math.pow(x, y))
