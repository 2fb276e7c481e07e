"""Arithmetic in the values of options."""

from __future__ import annotations

import math
from decimal import Context, Decimal
from fractions import Fraction
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ema_cli.core.errors import NotNumber, SettingError
from ema_cli.core.numbers.arithmetic_parser import Grammar, Node, parse
from ema_cli.core.numbers.arithmetic_value import exact, in_doubles, nearest

_NUMBERS = st.one_of(
    st.integers(0, 99).map(str),
    st.decimals(0, 9, places=3).map(str),
    st.sampled_from([".5", "2.", "1e-3", "2E+1"]),
)


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, st.sampled_from("+-*/"), inner).map("".join)
    powers = st.tuples(inner, st.sampled_from(["^", "**"]), st.integers(0, 3).map(str)).map("".join)
    return st.one_of(pairs, powers, inner.map("({})".format), inner.map("-{}".format), inner.map("( {} )".format))


@given(st.recursive(_NUMBERS, _wider, max_leaves=8))
def test_grammar_is_that_of_python(text: str) -> None:
    """A text has the value that it has in Python, with fractions for numbers."""
    import re

    tokens = re.sub(r"(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", lambda number: f"F('{number[0]}')", text.replace("^", "**"))
    try:
        expected = eval(tokens.strip(), {"F": Fraction})
    except ZeroDivisionError:
        with pytest.raises(SettingError, match="divides by zero"):
            exact(text)
        return
    if isinstance(expected, Fraction):
        assert expected == exact(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-2^2", -4), ("2^3^2", 512), ("2^-1", Fraction(1, 2)), ("--1", 1), ("8/4/2", 1), ("1-2-3", -4),
        ("50%", Fraction(1, 2)), ("1-0.1%", Fraction(999, 1000)), ("50%^2", Fraction(1, 4)), ("2*(3+4)", 14),
        ("0^0", 1), ("(-2)^3", -8), ("4^(1/1)", 4), ("1 -\t1/337", Fraction(336, 337)),
        ("1+.05", Fraction(21, 20)), ("2*+3", 6), ("+".join(["(1)"] * 60), 60), ("1^1e9", 1), ("0^1e9", 0),
        ("1+" * 199 + "11", 210), ("(" * 50 + "1" + ")" * 50, 1),
    ],
)  # fmt: skip
def test_exact_values(text: str, value: Fraction) -> None:
    """Rational values are exact."""
    assert value == exact(text)
    assert nearest(text) == float(value)


@given(st.fractions(0, 3).filter(bool), st.fractions(-9, 9, max_denominator=999))
def test_power_is_the_nearest_double(base: Fraction, exponent: Fraction) -> None:
    """A power with a fractional exponent is rounded once."""
    context = Context(prec=200)
    logarithm = context.ln(
        Decimal(base.numerator) / 1 if base == 1 else context.divide(*map(Decimal, base.as_integer_ratio()))
    )
    size = context.multiply(logarithm, context.divide(*map(Decimal, exponent.as_integer_ratio())))
    if abs(size) < 700:
        assert nearest(f"({base})^({exponent})") == float(Fraction(context.exp(size)))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4^.5", 2.0), ("0^.5", 0.0), ("2^1023.5", 2.0**1023 * 2**0.5), ("0.5^2000.5", 0.0), ("2^2000", math.inf),
        ("-2^2000", -math.inf), ("1^(1/3)", 1.0), ("1-0.5^.5", 1 - 0.5**0.5), ("(1-1e-60)^1e60", None),
        ("(1-1e-60)^(1e60+.5)", math.exp(-1)), ("(1+2^-53)^2^.5", 1 + 2**-52),
        ("((1+2^-53)^2+1e-50)^.5", 1 + 2**-52), ("((1+2^-53)^2-1e-50)^.5", 1.0), ("1^.5", 1.0), ("0^1^.5", 0.0),
    ],
)  # fmt: skip
def test_nearest_values(text: str, value: float | None) -> None:
    """A power near the limits is the nearest double, or is refused."""
    if value is None:
        with pytest.raises(SettingError, match="too large to be computed exactly"):
            nearest(text)
    else:
        assert value == nearest(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not a number"), ("abc", "is not a number"), ("1-", "it ends too soon"), ("(1", "is not a number"),
        ("2*", "it ends too soon"), ("2**", "it ends too soon"), ("1+a19", "'a19' is unexpected here"),
        ("2^", "it ends too soon"),
        ("1+(2", "it ends too soon"), ("1+2)", "')' is unexpected here"), ("1*/2", "'/' is unexpected here"),
        ("1 2", "is not a number"), (" 1", "is not a number"), ("1+1 ", "is not a number"),
        ("2(3)", "'(' is unexpected here"), ("(2)3", "is not a number"), ("1+nan", "'nan' is unexpected here"),
        ("min(1,2)", "is not a number"), ("1_0", "is not a number"), ("0x3", "is not a number"), ("1%%", "is not"),
        ("(1)%", "is not a number"), ("1//2", "'/' is unexpected here"), ("１+1", "is not a number"), ("1<2", "is not"),
        ("1 if 1<2 else 3", "is not a number"), ("[1]", "is not a number"), ("1\n+1", "is not a number"),
    ],
)  # fmt: skip
def test_refused_texts(text: str, reason: str) -> None:
    """Text outside the grammar is refused; if it is arithmetic, the error names the place."""
    for read in exact, nearest:
        with pytest.raises(SettingError) as caught:
            read(text)
        assert reason in str(caught.value)
        assert caught.value.fact == NotNumber(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1/0", "divides by zero"), ("0^-1", "divides by zero"), ("0^-.5", "divides by zero"),
        ("(-8)^(1/3)", "not real"), ("9^9^9^9", "too large"), ("2^1e9", "too large"), ("2^2^2^2^2^2", "too large"),
        ("0.999^99999", "too large"), ("2^100000.5", "beyond the range"), ("2^1024.5", "beyond the range"),
        ("10^5000000.5", "beyond the range"),
        ("1e9999+1", "more than 4300 digits"),
        ("1+" * 200 + "1", "has 401 characters"), ("(" * 51 + "1" + ")" * 51, "nests deeper"),
        ("(1)+" * 3 + "(" * 51 + "1" + ")" * 51, "nests deeper"), ("-" * 60 + "1", "nests deeper"),
        ("1^" * 60 + "1", "nests deeper"), ("2^" * 40 + "2", "too large"),
        ("+".join(["0.999^9999"] * 36), "too large"), ("*".join(["0.999^9999"] * 36), "too large"),
    ],
)  # fmt: skip
def test_limits(text: str, reason: str) -> None:
    """An expression without a value, or with too large a value, is refused at once."""
    start = process_time()
    with pytest.raises(SettingError) as caught:
        nearest(text)
    assert process_time() - start < 2
    assert reason in str(caught.value)


def test_powers_at_a_limit() -> None:
    """The largest power is exact; a power halfway between two doubles is one of them."""
    assert exact("4^65536") == 4**65536
    with pytest.raises(SettingError, match="too large"):
        exact("4^65537")
    assert nearest("((1+2^-53)^2)^.5") in (1.0, 1 + 2**-52)


def test_a_power_that_is_no_fraction() -> None:
    """Exact arithmetic refuses a power with a fractional exponent, even if it is rational."""
    for text in "0.5^(32/10000)", "4^.5":
        with pytest.raises(SettingError, match="is not a whole number; dtype exact"):
            exact(text)


def test_doubles() -> None:
    """Code that computes in doubles rounds after each operation."""
    assert in_doubles("0.999^32") == 0.999**32 != nearest("0.999^32")
    assert in_doubles("-(1-0.1%)") == -(1 - 0.1 / 100)
    assert [in_doubles(text) for text in ("(-8)^(1/3)", "10^400", "10.^400", "1/0")] == [None] * 4


def test_names_functions_and_conditions() -> None:
    """A grammar may have names, functions and conditions; each function has its number of arguments."""
    grammar = Grammar(frozenset({"step"}), {"min": (2, 9)}, conditions=True)
    one, step = Node("number", text="1"), Node("name", text="step")
    assert parse("min(1, step)", grammar) == Node("call", (one, step), "min")
    assert parse("1 if step <= 1 else step", grammar) == Node("if", (one, Node("<=", (step, one)), step))
    assert parse("(step)", grammar) == step
    for text in (
        "min(1)",
        "max(1, 2)",
        "min 1",
        "1 if step else 2",
        "1 if step 1 else 2",
        "1 if 1 < step",
        "1 < step",
        "steps",
        "min(1, 2",
    ):
        with pytest.raises(SettingError, match="is not a number"):
            parse(text, grammar)
    with pytest.raises(SettingError, match=r"'\${10}' is unexpected here"):
        parse("1 + " + "$" * 11, grammar)
