"""The grammar of numbers."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ema_cli.core.average import Average
from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.literals import (
    fraction,
    is_fraction,
    is_json_number,
    is_number,
    is_value,
    printable,
    quoted,
    whole,
)
from ema_cli.core.numbers.values import value_of


@pytest.mark.parametrize("text", ["0", "-1", "+1", ".5", "1.", "1.5", "007", "1e3", "1E-3", "-.5e+10"])
def test_number(text: str) -> None:
    """A decimal number has an optional sign, point and exponent."""
    assert is_number(text)


@pytest.mark.parametrize(
    "text", ["", ".", "-", "e", "1e", "1_0", "0x1", " 1", "1 ", "1\n", "nan", "inf", "１", "1,5", "--1"]
)
def test_no_number(text: str) -> None:
    """Nothing else is a number, even if Python accepts it."""
    assert not is_number(text)


@pytest.mark.parametrize("text", ["2/3", "-9/10", "0/1", "6/4", "007/08", "1/" + "0" * 5000 + "3"])
def test_fraction_of_whole_numbers(text: str) -> None:
    """A fraction is two whole numbers, the lower one above zero."""
    assert is_fraction(text)
    assert is_value(text)
    assert not is_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "1/",
        "/2",
        "1/0",
        "1/00",
        "1/-2",
        "--1/2",
        "+1/2",
        "1.0/2",
        "1/2/3",
        "1 /2",
        "1/2 ",
        "1e3/2",
        "１/2",
        "1/²",
    ],
)
def test_no_fraction(text: str) -> None:
    """Nothing else is a fraction."""
    assert not is_fraction(text)
    assert not is_value(text)


@given(st.integers(), st.integers(min_value=1))
def test_value_of_a_fraction(above: int, below: int) -> None:
    """A fraction is rounded once to float64, like the quotient of Python's whole numbers."""
    assert above / below == value_of(f"{above}/{below}")


def test_value_past_the_range() -> None:
    """A fraction out of range is an infinity, as a decimal number is; one that is too long is refused."""
    assert [math.inf, -math.inf] == [value_of(f"{sign}{'9' * 400}/7") for sign in ("", "-")]
    assert [math.inf, math.inf] == [value_of("1e999"), value_of("1e5000")]
    assert "-0.0" == str(value_of("-0"))
    assert value_of(f"1/{'9' * 400}") == 0
    assert Fraction(-(10**4299), 7) == fraction(f"-1{'0' * 4299}/7")
    for text in f"1{'0' * 4300}/7", f"7/1{'0' * 4300}":
        with pytest.raises(SettingError, match="more than 4300 digits"):
            value_of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", True), ("-1.5e+3", True), ("-0", True), ("1e5", True), ("0e1", True), ("0.5", True), ("12", True),
        ("01", False), ("01e5", False), ("-00.5", False), ("+1", False), (".5", False), ("1.", False), ("1.e5", False),
    ],
)  # fmt: skip
def test_json_number(text: str, expected: bool) -> None:
    """JSON allows fewer forms of numbers."""
    assert expected == is_json_number(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("-0", 0), ("0.000", 0), ("0e999999999", 0), (".0e5", 0), ("100", 100), ("100.0", 100), ("1e3", 1000),
        ("1.5e1", 15), ("-20e-1", -2), ("1e0000000001", 10), ("10e-0000000001", 1),
        ("0" * 5000 + "7", 7), ("7." + "0" * 5000, 7),
        ("1.5", None), ("1e-1", None), (".5", None), ("1e-9999999", None), ("15e-1", None),
    ],
)  # fmt: skip
def test_whole(text: str, value: int | None) -> None:
    """A whole number may be written with a point or an exponent."""
    assert value == whole(text)


@pytest.mark.parametrize("text", ["1e40", "1e9999999", "9" * 5000, "1e99999"])
def test_whole_past_every_step(text: str) -> None:
    """A number past the largest step is recognized without being written out."""
    value = whole(text)
    assert value > 2**63 > -(2**63) > whole(f"-{text}")  # type: ignore[operator]
    assert value.bit_length() < 200  # type: ignore[union-attr]


def test_whole_that_a_large_exponent_makes() -> None:
    """A large exponent counts even after any number of zeros."""
    assert whole("0." + "0" * 70 + "1e9999999") > 2**63  # type: ignore[operator]
    assert 10 == whole("0." + "0" * 70 + "1e72")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.99", Fraction(99, 100)), ("-1e-2", Fraction(-1, 100)), (".5", Fraction(1, 2)), ("1e30", Fraction(10**30)),
        ("1E+0000030", Fraction(10**30)), ("1e4300", Fraction(10**4300)), ("1e-4300", Fraction(1, 10**4300)),
        ("9" * 4300, Fraction(10**4300 - 1)),
    ],
)  # fmt: skip
def test_fraction(text: str, value: Fraction) -> None:
    """The exact value of a text is a fraction."""
    assert value == fraction(text)


@pytest.mark.parametrize("text", ["1e4301", "1e-4301", "1e9999999", "1" * 4301, "0." + "1" * 4300])
def test_fraction_that_is_too_long(text: str) -> None:
    """A number that is too long for exact arithmetic is refused."""
    with pytest.raises(SettingError, match="has more than 4300 digits, too many for exact fractions"):
        fraction(text)


@pytest.mark.parametrize(
    ("name", "least", "most"), [("round_each", 0, 300), ("count_from", 0, 2**63 - 1), ("update_every", 1, 2**63 - 1)]
)
def test_whole_setting(name: str, least: int, most: int) -> None:
    """A setting that counts accepts its least and its greatest value, and nothing beyond."""
    for value in (least, most):
        assert value == getattr(Average(0.5, **{name: value}), name)
    for value in (least - 1, most + 1):
        with pytest.raises(SettingError, match=f"^{name} must be between {least} and {most}, not {value}$"):
            Average(0.5, **{name: value})
    with pytest.raises(SettingError, match=rf"^{name} must be a whole number, not '1\.5'$"):
        Average(0.5, **{name: 1.5})


def test_quoted() -> None:
    """Text in an error is quoted, cut in the middle, and free of terminal control codes."""
    assert "'a\\x1b\\n'" == quoted("a\x1b\n")
    assert "'" + "a" * 20 + "..." + "b" * 10 + "'" == quoted("a" * 50 + "b" * 50)
    assert f"'{'c' * 40}'" == quoted("c" * 40)
    assert f"'{'c' * 20}...{'c' * 10}'" == quoted("c" * 41)
    assert "é漢" == printable("é漢")
    assert "\\u202e\\udcff" == printable("\u202e\udcff")
