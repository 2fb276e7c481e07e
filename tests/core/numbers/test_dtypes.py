"""The number systems, compared with exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.dtypes import DTYPES, ENTRIES, SHORT, dtype
from ema_cli.core.record import aliases
from tests.core.numbers.test_operations import as_float
from tests.fuzz.oracle import nearest_of
from tests.harness import error_of

SHAPES = {
    "float64": (53, -1022, 1023),
    "float32": (24, -126, 127),
    "float16": (11, -14, 15),
    "bfloat16": (8, -126, 127),
}
finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize("name", SHAPES)
@given(x=finite | st.floats(-70000, 70000) | st.floats(-1e-38, 1e-38))
@example(x=1 + 2.0**-8 + 2.0**-40)
@example(x=1 + 2.0**-8 - 2.0**-40)
@example(x=1 + 2.0**-8)
@example(x=1 + 3 * 2.0**-8)
@example(x=1 + 32767 * 2.0**-23)
@example(x=1 + 32769 * 2.0**-23)
@example(x=65520.0)
@example(x=-65519.999)
@example(x=3.4e38)
@example(x=2.0**-150)
def test_rounding_is_to_nearest_even(name, x):
    """A number is rounded directly to the nearest value of the type, ties to even, or past the largest to infinity."""
    assert dtype(name).round(x) == as_float(nearest_of(Fraction(x), *SHAPES[name]), x)


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
@given(x=st.floats(-70000, 70000) | st.floats(-1e-38, 1e-38))
@example(x=1 + 2.0**-8 + 2.0**-40)
@example(x=1 + 2.0**-11 + 2.0**-40)
def test_rounding_by_float32_is_rounding_twice(name, x):
    """By way of float32, a number is rounded to float32 first and then to the type."""
    once = nearest_of(Fraction(x), *SHAPES["float32"])
    assert dtype(name, by_float32=True).round(x) == as_float(nearest_of(once, *SHAPES[name]), x)


@pytest.mark.parametrize("name", ["float64", "float32", "bfloat16"])
@given(x=st.floats(-1e-37, 1e-37) | finite)
@example(x=2.0**-126)
@example(x=-(2.0**-126))
@example(x=-(2.0**-1022))
@example(x=2.0**-126 - 2.0**-151)
@example(x=-(2.0**-126 - 2.0**-151))
@example(x=2.0**-126 - 2.0**-150)
@example(x=-(2.0**-127))
@example(x=2.0**-1022)
@example(x=5e-324)
def test_flushing(name, x):
    """A result that its own binade rounds to less than the least normal number becomes a zero of its sign."""
    digits = {"float64": 53, "float32": 24, "bfloat16": 24}[name]
    unbounded = nearest_of(Fraction(x), digits, -5000, 5000)
    least = Fraction(2) ** SHAPES[name][1]
    result = dtype(name, flush=True, by_float32=True).round(x)
    if abs(unbounded) < least:
        assert result == 0
        assert math.copysign(1, result) == math.copysign(1, x)
    else:
        assert result == dtype(name, by_float32=True).round(x)


@pytest.mark.parametrize("name", SHAPES)
def test_shape_of_a_type(name):
    """A type states its number of bits, and where it begins to lose some."""
    num = dtype(name)
    digits, least, _ = SHAPES[name]
    assert (num.digits, num.least) == (digits, 2.0**least)
    assert (dtype("exact").digits, dtype("exact").least) == (None, 0)


def test_flushing_of_a_fused_product():
    """In float64, a subnormal a*b + c becomes zero if results are flushed, and only then."""
    assert dtype("float64", flush=True).fma(2.0**-1000, -(2.0**-40), 0.0) == 0
    assert dtype("float64").fma(2.0**-1000, -(2.0**-40), 0.0) == -(2.0**-1040)


@pytest.mark.parametrize("name", ["float64", "float32", "bfloat16"])
def test_flushing_in_the_compute_type(name):
    """If results are flushed, so are those of the compute type."""
    least = dtype(name).least
    assert [dtype(name, flush=flush).compute(least / 2) for flush in (False, True)] == [least / 2, 0]


def test_float16_keeps_subnormal_numbers():
    """Frameworks flush float32, float64 and bfloat16, but not float16."""
    assert dtype("float16", flush=True).round(2.0**-24) == 2.0**-24


@pytest.mark.parametrize("flush", [False, True])
@pytest.mark.parametrize("by_float32", [False, True])
@pytest.mark.parametrize("name", SHAPES)
def test_infinities_and_nan(name, by_float32, flush):
    """Infinities and NaN are unchanged in every number system."""
    num = dtype(name, by_float32=by_float32, flush=flush)
    assert num.round(math.inf) == math.inf
    assert num.compute(-math.inf) == -math.inf
    assert math.isnan(num.round(math.nan))


@pytest.mark.parametrize("name", SHAPES)
def test_fma_and_power_in_the_compute_type(name):
    """Every number system has an fma and a power in its compute type."""
    num = dtype(name, flush=True)
    assert num.fma(2.0, 3.0, 1.0) == 7.0
    assert num.power(2.0, 3.0) == 8.0


def test_exact_arithmetic():
    """Exact arithmetic reads numbers and texts as fractions, and rounds nothing."""
    num = dtype("exact")
    assert num.load("0.1") == Fraction(1, 10)
    assert num.load(0.5) == Fraction(1, 2)
    assert num.round(Fraction(1, 3)) == Fraction(1, 3)
    assert num.fma(Fraction(1, 3), 3, 1) == 2
    assert num.power(Fraction(1, 2), 2) == Fraction(1, 4)


def test_exact_arithmetic_takes_the_scalars_of_others():
    """A scalar of numpy or torch is converted to the number that it holds."""

    class Scalar:
        def item(self):
            return 0.5

    assert dtype("exact").load(Scalar()) == Fraction(1, 2)


@pytest.mark.parametrize("value", ["x", "1_000", "nan", math.nan, math.inf])
def test_exact_arithmetic_has_fractions_only(value):
    """Exact arithmetic refuses infinities and NaN."""
    with pytest.raises(SettingError):
        dtype("exact").load(value)


def test_text_in_floating_point():
    """A param may be text in the grammar of numbers."""
    assert dtype("float32").load("0.1") == 0.10000000149011612
    with pytest.raises(SettingError, match="'abc' is not a number"):
        dtype("float64").load("abc")


def test_whole_number_past_every_float():
    """A whole number too large for float64 is refused; in exact arithmetic it is a fraction like any other."""
    with pytest.raises(SettingError, match="is beyond the range of float64"):
        dtype("float32").load(10**400)
    assert dtype("exact").load(10**400) == 10**400


def test_unknown_dtype():
    """An unknown dtype is answered with the known ones."""
    with pytest.raises(SettingError, match=f"no dtype 'posit'; there are {', '.join(DTYPES)}"):
        dtype("posit")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("double f64 fp64", "float64"),
        ("float", "float64 or float32"),
        ("f32 fp32 single", "float32"),
        ("f16 fp16 half", "float16"),
        ("bf16 bfloat", "bfloat16"),
        ("decimal fraction fractions rational", "exact"),
    ],
)
def test_other_words_for_a_dtype(words, meant):
    """A name of the type in another language or framework is answered with the name here."""
    for word in words.split():
        assert error_of(f"--decay 0.9 --dtype {word} :1", code=2).endswith(f"; did you mean {meant}?")
        assert aliases(ENTRIES)[word] == meant.replace(" or", "")  # not only because a name is spelled like it


def test_what_a_number_system_is_called() -> None:
    """The name says how values are rounded, where that matters: compiled loops are found by it."""
    twice, flushed = {"float16", "bfloat16"}, {"float64", "float32", "bfloat16", "exact"}
    for name in DTYPES:
        assert dtype(name).name == dtype(name).system == name
        assert dtype(name, by_float32=True).system == name + " by float32" * (name in twice)
        assert dtype(name, flush=True).system == name + " flush" * (name in flushed)
    assert SHORT == ("float16", "bfloat16")
    assert (dtype("float64").idle, dtype("exact").idle, dtype("float32").idle) == (["R", "O", "N"], ["R", "O"], [])
