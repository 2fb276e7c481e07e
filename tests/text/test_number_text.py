"""Printed numbers, compared with exact decimal arithmetic."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ema_cli.core.numbers.dtypes import dtype
from ema_cli.errors import DataError
from ema_cli.text.number_text import (
    Style,
    as_written,
    by_hand,
    column,
    fixed,
    for_people,
    shortest,
    significant,
    to_text,
)

WIDE = Context(prec=2000)
finite = st.floats(allow_nan=False, allow_infinity=False)
FRACTIONS = (
    st.fractions(-(10**25), 10**25) | st.fractions(max_denominator=10**12) | st.fractions(-1, 1).map(lambda x: x**9)
)


def decimal_of(x):
    """The decimal value of a float, or one so close to a fraction that it rounds the same."""
    return Decimal(x) if isinstance(x, float) else WIDE.divide(Decimal(x.numerator), Decimal(x.denominator))


def in_layout_of_repr(value):
    """A decimal number as repr lays out a float: positional from 1e-4 to 1e16, else with an exponent of two digits."""
    sign, digits, _ = value.normalize(WIDE).as_tuple()
    exponent = value.adjusted() if value else 0
    digits = "".join(map(str, digits))
    if -4 <= exponent < 16:
        text = f"{value.copy_abs():f}"
        whole, _, rest = text.partition(".")
        text = f"{whole}.{rest.rstrip('0') or '0'}"
    else:
        text = f"{digits[0]}{'.' * (len(digits) > 1)}{digits[1:]}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    return "-" * sign + text


@given(x=finite | st.floats(-1e17, 1e17) | FRACTIONS, digits=st.integers(1, 40))
@example(x=0.0, digits=3)
@example(x=-0.0, digits=3)
@example(x=Fraction(0), digits=3)
@example(x=0.5, digits=1)
@example(x=2.5, digits=1)
@example(x=99.5, digits=2)
@example(x=Fraction(199, 2), digits=2)
@example(x=9999999999999998.0, digits=15)
@example(x=1e16, digits=16)
@example(x=1e16, digits=17)
@example(x=123456789012345678.0, digits=17)
@example(x=1e-4, digits=2)
@example(x=9.99e-5, digits=2)
@example(x=9.9e-5, digits=2)
@example(x=1e-100, digits=2)
@example(x=Fraction(10**30), digits=31)
@example(x=Fraction(-1, 3), digits=16)
@example(x=Fraction(1, 10**9), digits=1)
def test_significant_digits(x, digits):
    """A number is rounded to significant digits, half to even, in repr's layout and without trailing zeros."""
    rounded = decimal_of(x).normalize(Context(prec=digits, rounding=ROUND_HALF_EVEN))
    assert significant(x, digits) == in_layout_of_repr(rounded)


@given(x=st.floats(-1e20, 1e20) | FRACTIONS, decimals=st.integers(0, 30))
@example(x=0.5, decimals=0)
@example(x=1.5, decimals=0)
@example(x=Fraction(1, 2), decimals=0)
@example(x=Fraction(-1, 2000), decimals=3)
@example(x=Fraction(1, 2000), decimals=2)
@example(x=Fraction(-3, 2), decimals=0)
def test_decimals(x, decimals):
    """A number is rounded to decimals, half to even, and has all of them."""
    rounded = decimal_of(x).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN, WIDE)
    text = f"{rounded:f}"
    if isinstance(x, Fraction) and rounded == 0:
        text = text.removeprefix("-")  # a fraction has no negative zero
    assert fixed(x, decimals) == text


@pytest.mark.parametrize("value", ["inf", "-inf", "nan"])
def test_what_is_not_finite(value):
    """Infinities and NaN are words, whatever the rounding."""
    assert [value] * 2 == [significant(float(value), 3), fixed(float(value), 3)]
    assert value == shortest(dtype("float32"))(float(value))


@pytest.mark.parametrize("name", ["float32", "float16", "bfloat16"])
@given(x=finite | st.floats(-1e5, 1e5) | st.floats(-1e-4, 1e-4) | st.integers(-149, 127).map(lambda e: 2.0**e))
@example(x=2.0**-149)
@example(x=2.0**-24)
@example(x=2.0**-133)
@example(x=65504.0)
@example(x=9.5367431640625e-07)
@example(x=-(2.0**-14))
@example(x=2.0**-126 - 2.0**-149)
@example(x=8388608.0)
def test_shortest_text(name, x):
    """The text of a shorter type reads back, no shorter one does, and none of that length is nearer."""
    num = dtype(name)
    x = num.round(x)
    text = shortest(num)(x)
    assert num.round(float(text)) == x
    if x == 0 or x - x != 0:
        return
    used = len(Decimal(text).normalize().as_tuple().digits)
    exact = Decimal(x)
    for digits in range(1, used + 1):
        unit = Decimal(1).scaleb(exact.adjusted() - digits + 1)
        around = [exact.quantize(unit, rounding, WIDE) for rounding in ("ROUND_DOWN", "ROUND_UP")]
        back = [near for near in around if num.round(float(near)) == x]
        if digits < used:
            assert not back
        else:
            assert abs(Decimal(text) - exact) == min(abs(near - exact) for near in back)


def test_zeros_of_a_shorter_type():
    """A zero keeps its sign."""
    assert ["0.0", "-0.0"] == list(map(shortest(dtype("float16")), (0.0, -0.0)))


def test_fraction_that_is_too_long():
    """A fraction is printed up to Python's limit for whole numbers; beyond, it is refused with what to do."""
    text = shortest(dtype("exact"))
    assert "1/3" == text(Fraction(1, 3))
    assert 4300 == len(text(Fraction(10**4299)))
    for large in (Fraction(10**4300), Fraction(1, 10**4300)):
        with pytest.raises(DataError, match="has grown past 4300 digits; --digits N prints decimals"):
            text(large)
    assert "1e+4300" == significant(Fraction(10**4300), 3)
    with pytest.raises(DataError, match="a number of more than 4300 digits is not printed"):
        fixed(Fraction(10**4300), 0)


@pytest.mark.parametrize(
    ("name", "style", "x", "expected"),
    [
        ("float64", Style(), 1 / 3, "0.33333333"),
        ("float64", Style(), 2.0, "2"),
        ("float64", Style(), 123456789.0, "123456790"),
        ("float64", Style(digits=3), 2 / 3, "0.667"),
        ("float64", Style(digits=2), 2.0, "2"),
        ("float64", Style(decimals=2), 2.0, "2.00"),
        ("float32", Style(), 0.10000000149011612, "0.1"),
        ("bfloat16", Style(digits=6), 0.333984375, "0.333984"),
        ("exact", Style(), Fraction(1, 3), "1/3"),
        ("exact", Style(digits=3), Fraction(2, 3), "0.667"),
        ("exact", Style(decimals=1), Fraction(2, 3), "0.7"),
    ],
)
def test_numbers_for_people(name, style, x, expected):
    """A table rounds to 8 digits and drops a bare point; a shorter type and a fraction are whole."""
    assert expected == for_people(dtype(name), style)(x)


@pytest.mark.parametrize(
    ("name", "style", "x", "expected"),
    [
        ("float64", Style(), 2.0, "2.0"),
        ("float64", Style(digits=2), 2.0, "2.0"),
        ("float64", Style(decimals=0), 2.5, "2"),
        ("float32", Style(decimals=3), 0.5, "0.500"),
        ("exact", Style(digits=2), Fraction(1), "1.0"),
    ],
)
def test_numbers_for_programs(name, style, x, expected):
    """A record has the shortest text, or the rounding that was asked for."""
    assert expected == to_text(dtype(name), style)(x)


@pytest.mark.parametrize(
    ("name", "style", "cell", "expected"),
    [
        ("float64", Style(), "1e-3", "1e-3"),
        ("float64", Style(), "0.1234567", "0.1234567"),
        ("float64", Style(), "0.12345678", "0.12345678"),
        ("float64", Style(), "12345678901", "12345678901"),
        ("float64", Style(digits=2), "12345678901", "12000000000"),
        ("float64", Style(digits=2), "NA", "NA"),
        ("float32", Style(), "0.1000000014", "0.1"),
        ("float32", Style(), "0.123456789", "0.12345679"),
        ("exact", Style(), "0.3333333333", "3333333333/10000000000"),
        ("exact", Style(decimals=1), "0.25", "0.2"),
    ],
)
def test_params_as_they_were_written(name, style, cell, expected):
    """A table shows a param as written, unless it is long or rounding is asked for."""
    assert expected == as_written(dtype(name), style)(cell)


@pytest.mark.parametrize(
    ("name", "x", "expected"),
    [
        ("float64", 0.5, "0.50"),
        ("float64", 0.505, "0.505"),
        ("float32", 0.10000000149011612, "0.10"),
        ("exact", Fraction(1, 2), "0.50"),
        ("exact", Fraction(1, 3), "1/3"),
    ],
)
def test_values_rounded_by_hand(name, x, expected):
    """A value that was rounded to decimals has all of them; any other has its usual text."""
    num = dtype(name)
    assert expected == by_hand(num, shortest(num), 2)(x)


@pytest.mark.parametrize("count", [3, 300])
def test_a_whole_column(count):
    """A column has the texts of its values, and an empty text where there was no update."""
    values = [1e16, 1e-5, -0.1, 0.0, 3.0] * count
    assert list(map(repr, values)) == column(repr, values)
    assert ["", *map(repr, values)] == column(repr, [0.0, *values], bytes([0, *[1] * len(values)]))
