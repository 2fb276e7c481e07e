"""The operations that Python's floats lack, held against exact fractions."""

from __future__ import annotations

import ctypes
import ctypes.util
import math
import struct
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ema_cli.core import arithmetic
from ema_cli.core.dtypes import dtype

F32 = dtype("float32")
R = F32.round
FMA64 = [arithmetic.fma64, arithmetic.fma64_in_parts]  # from Python 3.13 on, the first is Python's own
inf, nan = math.inf, math.nan

floats32 = st.floats(width=32, allow_nan=False, allow_infinity=False)
floats64 = st.floats(allow_nan=False, allow_infinity=False)
near_one = st.floats(0.25, 4, width=32)


def nearest(exact, digits, least_exponent, most_exponent):
    """The nearest number of `digits` bits to a fraction, ties to even, as a fraction; None past the largest one."""
    if exact == 0:
        return Fraction(0)
    size = abs(exact)
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    if Fraction(2) ** exponent > size:
        exponent -= 1
    unit = Fraction(2) ** (max(exponent, least_exponent) - digits + 1)
    rounded = round(size / unit) * unit
    if rounded >= Fraction(2) ** (most_exponent + 1):
        return None
    return rounded if exact > 0 else -rounded


def nearest32(exact):
    return nearest(exact, 24, -126, 127)


def as_float(fraction, sign):
    return math.copysign(inf, sign) if fraction is None else float(fraction)


@given(floats32, floats32, floats32)
@example(1 + 2**-23, 1 + 2**-23, 2.0**-60)
@example(2.0**-100, 2.0**-100, 1.0)
@example(2.0**127, 2.0, -(2.0**127))
@example(1.0, 1 + 2**-23, 2.0**-24)
def test_fma32_is_the_exact_value_rounded_once(a, b, c):
    """fma32 is a*b + c, rounded once to float32, whatever the operands."""
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    assert F32.fma(a, b, c) == as_float(nearest32(exact), exact > 0 or -1)


@given(near_one, near_one, near_one.map(lambda x: -x))
def test_fma32_under_cancellation(a, b, c):
    """fma32 keeps what cancellation leaves of the product."""
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    assert F32.fma(a, b, c) == as_float(nearest32(exact), exact > 0 or -1)


@given(floats64, floats64, floats64)
@example(2.0**-600, 2.0**-500, 1.0)
@example(2.0**-600, 2.0**-500, 0.0)
@example(2.0**1000, 2.0**1000, 0.0)
@example(2.0**1000, -(2.0**1000), 0.0)
@example(2.0**1000, 2.0**23, -(2.0**1023))
@example(1 + 2.0**-52, 1 - 2.0**-52, -1.0)
@example(3.0, 5.0, -15.0)
@example(1e-200, 1e-200, -0.0)
def test_fma64_is_the_exact_value_rounded_once(a, b, c):
    """fma64 is a*b + c, rounded once to float64, whatever the operands."""
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    expected = as_float(nearest(exact, 53, -1022, 1023), exact > 0 or -1)
    assert [fma(a, b, c) for fma in FMA64] == [expected] * 2


@given(st.floats(0.25, 4), st.floats(0.25, 4), st.floats(-16, -0.0625))
def test_fma64_under_cancellation(a, b, c):
    """fma64 keeps what cancellation leaves of the product."""
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    expected = as_float(nearest(exact, 53, -1022, 1023), exact > 0 or -1)
    assert [fma(a, b, c) for fma in FMA64] == [expected] * 2


@pytest.mark.parametrize("fma", [F32.fma, *FMA64])
@pytest.mark.parametrize(
    ("a", "b", "c", "expected"),
    [(inf, 1, 1, inf), (inf, 1, -inf, nan), (0, inf, 1, nan), (nan, 1, 1, nan), (1, 1, inf, inf), (0, 1, -inf, -inf)],
)
def test_fma_of_infinities(fma, a, b, c, expected):
    """An fma of infinities and NaNs gives what a product and a sum give."""
    assert repr(fma(float(a), float(b), float(c))) == repr(expected)


@pytest.mark.parametrize("fma", [F32.fma, *FMA64])
def test_fma_signs_of_zero(fma):
    """A sum that cancels is a positive zero, and two negative zeros give one."""
    assert math.copysign(1, fma(3.0, 5.0, -15.0)) == 1
    assert math.copysign(1, fma(-0.0, 1.0, -0.0)) == -1


@given(st.floats(width=32, allow_nan=True, allow_infinity=True), st.floats(width=32))
def test_powf_special_values_and_range(x, y):
    """powf gives the C library's result for every pair of float32 numbers."""
    assert_as_in_c(x, y)


@given(st.floats(0.5, 1, width=32), st.integers(-3000, 3000))
@example(-2.0, 3)
@example(-2.0, -2)
@example(2.0**-149, 1)
@example(2.0, 127)
@example(2.0, 128)
@example(2.0, -149)
@example(2.0, -150)
def test_powf_of_decays(x, y):
    """powf gives the C library's result for powers of a decay."""
    assert_as_in_c(x, float(y))


def assert_as_in_c(x, y):
    name = ctypes.util.find_library("m")
    assume(name is not None and "libm.so.6" in name)
    powf = ctypes.CDLL(name).powf
    powf.restype, powf.argtypes = ctypes.c_float, [ctypes.c_float, ctypes.c_float]
    ours, theirs = F32.power(x, y), powf(x, y)
    assert repr(ours) == repr(theirs)


@given(st.floats(0.5, 2, width=32), st.integers(0, 40))
def test_powf_is_within_an_ulp_of_the_exact_power(x, n):
    """powf differs from the exact power by less than 0.53 units in the last place."""
    exact = Fraction(x) ** n
    assume(Fraction(2) ** -126 < exact < Fraction(2) ** 127)
    result = Fraction(F32.power(x, float(n)))
    unit = Fraction(math.ulp(float(result))) * 2**29
    assert abs(result - exact) < unit * Fraction(53, 100)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [(2.0, 3, 8.0), (10.0, 400, inf), (-10.0, 401, -inf), (-10.0, 400, inf), (0.0, -1, inf), (-0.0, -1, -inf)],
)
def test_power64(x, y, expected):
    """In float64 a power that Python refuses gives the infinity that C gives."""
    assert arithmetic.power64(x, y) == expected


def test_power64_of_a_negative_number():
    """A negative number to a fractional power is no number."""
    assert math.isnan(arithmetic.power64(-2.0, 0.5))


@given(st.integers(-50, 50), st.integers(0, 20))
def test_squared_power_is_the_power(x, n):
    """Repeated squaring gives the power, where nothing is rounded."""
    assert arithmetic.squared_power(lambda value: value)(x, n) == x**n


def test_mersenne_twister_as_in_cpp():
    """The draws are those of std::mt19937, whose 10 000th from the seed 5489 the C++ standard names."""
    draw = arithmetic.mersenne_twister(5489)
    assert [draw() for _ in range(10_000)][-1] == 4123659995


@given(floats32, st.integers(0, 2**32 - 1))
def test_truncation_is_one_of_the_two_neighbours(x, bits):
    """A randomly truncated value is the bfloat16 next to x towards zero, or the one after it."""
    result = arithmetic.truncated_at_random(lambda: bits)(x)
    word = struct.unpack("<I", struct.pack("<f", x))[0]
    towards_zero = struct.unpack("<f", struct.pack("<I", word & 0xFFFF0000))[0]
    away = struct.unpack("<f", struct.pack("<I", (word & 0xFFFF0000) + 0x10000))[0]
    assert result == (away if (word & 0xFFFF) + (bits & 0xFFFF) > 0xFFFF else towards_zero)
