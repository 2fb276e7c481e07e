"""The operations that Python's floats lack, compared with exact fractions."""

from __future__ import annotations

import math
import struct
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ema_cli.core.errors import SettingError
from ema_cli.core.numbers import operations
from ema_cli.core.numbers.dtypes import dtype
from tests.fuzz.oracle import nearest_of

F32 = dtype("float32")
FMA64 = [operations.fma64, operations.fma64_in_parts]  # from Python 3.13 on, the first is Python's own
inf, nan = math.inf, math.nan

floats32 = st.floats(width=32, allow_nan=False, allow_infinity=False)
floats64 = st.floats(allow_nan=False, allow_infinity=False)
near_one = st.floats(0.25, 4, width=32)


def nearest32(exact):
    return nearest_of(exact, 24, -126, 127)


def as_float(fraction, sign):
    return math.copysign(inf, sign) if fraction is None else float(fraction)


@given(floats32, floats32, floats32)
@example(1 + 2**-23, 1 + 2**-23, 2.0**-60)
@example(2.0**-100, 2.0**-100, 1.0)
@example(2.0**127, 2.0, -(2.0**127))
@example(1.0, 1 + 2**-23, 2.0**-24)
@example(1 + 2**-12, 1 + 2**-12, 2.0**-60)  # the product is halfway between two float32 numbers
@example(-1 - 2**-12, 1 + 2**-12, -(2.0**-60))
@example(1 + 2**-12, 1 + 2**-12, 2.0**-52 - 2.0**-56)  # the sum in float64 is next to halfway
@example(8388971 * 2.0**-35, 16776490 * 2.0**-36, 1 + 2**-23)  # there, and the last bit of the sum is odd
@example(2.0**-60, 1 + 2**-23, 1 + 2**-23)
@example(-1 - 2**-12, 1.5 + 2**-12, 2.0**-60)
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
@example(-float.fromhex("0x1.35ed676b5a47ep-1022"), 4 - 2.0**-51, -(2.0**-1022))  # subnormal parts of the product
@example(-(1 + 2.0**-27) * 2.0**-500, -(2 - 2.0**-52) * 2.0**1000, (2 - 2.0**-52) * 2.0**990)
@example(-(1 + 2.0**-27) * 2.0**500, -(2.0**990), -(2.0**-600))
@example(2.0**-1022, (1 + 2.0**-52) * 2.0**500, float.fromhex("0x1.52ac6001ae5e1p-600"))
@example(float.fromhex("0x1.1ab0da81655b0p+500"), -float.fromhex("0x1.74e615a742440p-600"), -(2.0**-500))
def test_fma64_is_the_exact_value_rounded_once(a, b, c):
    """fma64 is a*b + c, rounded once to float64, whatever the operands."""
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    expected = as_float(nearest_of(exact, 53, -1022, 1023), exact > 0 or -1)
    assert [fma(a, b, c) for fma in FMA64] == [expected] * 2


@given(st.floats(0.25, 4), st.floats(0.25, 4), st.floats(-16, -0.0625))
def test_fma64_under_cancellation(a, b, c):
    """fma64 keeps what cancellation leaves of the product."""
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    expected = as_float(nearest_of(exact, 53, -1022, 1023), exact > 0 or -1)
    assert [fma(a, b, c) for fma in FMA64] == [expected] * 2


@pytest.mark.parametrize("fma", [F32.fma, *FMA64])
@pytest.mark.parametrize(
    ("a", "b", "c", "expected"),
    [(inf, 1, 1, inf), (inf, 1, -inf, nan), (0, inf, 1, nan), (nan, 1, 1, nan), (1, 1, inf, inf), (0, 1, -inf, -inf)],
)
def test_fma_of_infinities(fma, a, b, c, expected):
    """An fma of infinities and NaNs gives the result of a product and a sum."""
    assert repr(fma(float(a), float(b), float(c))) == repr(expected)


@pytest.mark.parametrize("fma", FMA64)
def test_fma64_of_a_product_past_the_largest_double(fma):
    """The product is not rounded: it is finite beside an infinity, and NaN beside a NaN."""
    found = [fma(2.0**1000, b, c) for b, c in ((2.0**1000, -inf), (-(2.0**1000), inf), (2.0**1000, nan))]
    assert repr(found) == repr([-inf, inf, nan])


@pytest.mark.parametrize("fma", [F32.fma, *FMA64])
def test_fma_signs_of_zero(fma):
    """A sum that cancels is a positive zero, and two negative zeros give a negative zero."""
    assert math.copysign(1, fma(3.0, 5.0, -15.0)) == 1
    assert [math.copysign(1, fma(*zeros, -0.0)) for zeros in ((-0.0, 1.0), (1.0, -0.0), (-0.0, 0.0))] == [-1] * 3


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (2.0, 3, 8.0),
        (10.0, 400, inf),
        (-10.0, 401, -inf),
        (-10.0, 400, inf),
        (0.0, -1, inf),
        (-0.0, -1, -inf),
        (0.5, -2001, inf),
    ],
)
def test_power64(x, y, expected):
    """In float64, a power that Python refuses is the infinity that C gives."""
    assert operations.power64(x, y) == expected


def test_power64_of_a_negative_number():
    """A negative number to a fractional power is NaN."""
    assert math.isnan(operations.power64(-2.0, 0.5))


def test_exact_power_has_a_limit():
    """A power of a fraction with tens of thousands of digits is refused; 0 and 1 have any power."""
    half = Fraction(1, 2)
    assert operations.exact_power(half, 10_000) == Fraction(1, 2**10_000)
    with pytest.raises(SettingError, match="exact arithmetic takes powers up to 10000, not 10001; use float64"):
        operations.exact_power(half, 10_001)
    assert [operations.exact_power(Fraction(x), 10**9) for x in (0, 1)] == [0, 1]


@given(st.integers(-6, 6), st.integers(0, 20))
def test_squared_power_is_the_power(x, n):
    """Without rounding, repeated squaring gives the power."""
    assert operations.squared_power(lambda value: value)(x, n) == x**n


def test_mersenne_twister_as_in_cpp():
    """The draws are those of std::mt19937: the C++ standard names the 10 000th one from seed 5489."""
    draw = operations.mersenne_twister(5489)
    assert [draw() for _ in range(10_000)][-1] == 4123659995


@given(floats32, st.integers(0, 2**32 - 1), st.integers(0, 5))
def test_truncation_is_one_of_the_two_neighbours(x, seed, round_):
    """A randomly truncated value is the bfloat16 next to x towards zero, or the next one away from zero."""
    draw = operations.mersenne_twister(seed)
    bits = [[draw() for _ in range(3)] for _ in range(round_ + 1)][-1][1]  # of the second of three elements
    truncate = operations.truncated_at_random(seed, 3, 1)
    results = [truncate(x, number) for number in (round_ + 1, 8, round_ + 1)]  # from behind and from ahead
    result = results[0]
    assert results[2] == result
    word = struct.unpack("<I", struct.pack("<f", x))[0]
    towards_zero = struct.unpack("<f", struct.pack("<I", word & 0xFFFF0000))[0]
    away = struct.unpack("<f", struct.pack("<I", (word & 0xFFFF0000) + 0x10000))[0]
    assert result == (away if (word & 0xFFFF) + (bits & 0xFFFF) > 0xFFFF else towards_zero)


@pytest.mark.parametrize(
    ("x", "y", "quotient"),
    [(6.0, -2.0, -3.0), (1.0, 0.0, math.inf), (-1.0, 0.0, -math.inf), (1.0, -0.0, -math.inf), (-2.0, -0.0, math.inf)],
)
def test_a_quotient_as_c_has_it(x: float, y: float, quotient: float) -> None:
    """A number over zero is infinite; zero or NaN over zero is NaN; fractions refuse it."""
    assert operations.divided(x, y) == quotient
    assert all(math.isnan(operations.divided(one, 0.0)) for one in (0.0, -0.0, math.nan))
    assert operations.divided(Fraction(1), Fraction(3)) == Fraction(1, 3)
    with pytest.raises(SettingError, match="exact arithmetic cannot divide by zero"):
        operations.divided(Fraction(1), 0)


def test_an_exact_difference() -> None:
    """The difference of two doubles is rounded once, any other is exact."""
    assert (operations.difference(0.3, 0.1), operations.difference(7, 3)) == (0.3 - 0.1, 4)
    assert operations.difference(10**30, 0.5) == 10**30 - Fraction(1, 2)


def test_powers_of_tensors() -> None:
    """Three powers are computed by float32 operations, each of which rounds; the others in float64."""
    R = dtype("float32").round
    power = operations.tensor_power(R)
    for x in (R(0.1), 7.0, R(5.830037593841553), R(8.520591735839844)):
        expected = {
            -0.5: R(1 / R(math.sqrt(x))),
            -1.0: R(1 / x),
            -2.0: R(1 / R(x * x)),
            3.0: R(x**3),
            -0.75: R(x**-0.75),
        }
        assert {y: power(x, y) for y in expected} == expected
