"""The one grammar of numbers."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ema_cli.core.errors import SettingError
from ema_cli.core.numerals import LAST_STEP, fraction, is_number, printable, shown, whole


@pytest.mark.parametrize("text", ["0", "-1", "+1", ".5", "5.", "1e3", "1.5E-3", "007"])
def test_numbers(text):
    """Decimal numbers are numbers."""
    assert is_number(text)


@pytest.mark.parametrize("text", ["", ".", "e3", "1_000", " 1", "0x3", "nan", "inf", "1e", "\uff11", "1,5"])
def test_no_numbers(text):
    """What Python takes beyond decimal numbers is none."""
    assert not is_number(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100", 100),
        ("100.0", 100),
        ("1e3", 1000),
        ("1.5", None),
        ("1.5e1", 15),
        ("-2.0", -2),
        ("0.000", 0),
        ("1e-3", None),
        ("1e99999999", LAST_STEP * 10),
        ("1e-99999999", None),
        ("0" * 5000, 0),
    ],
)
def test_whole_numbers(text, value):
    """A number's text is whole by its value, not by its form."""
    assert whole(text) == value


def test_fractions():
    """The exact value of a text is a fraction, unless it has too many digits."""
    assert fraction("-0.25e1") == Fraction(-5, 2)
    with pytest.raises(SettingError, match="too many for exact fractions"):
        fraction("1e5000")


def test_shown():
    """Text of the user's is quoted with its control characters escaped, and cut if it is long."""
    assert shown("a\x1b[31m") == r"'a\x1b[31m'"
    assert shown("x" * 50) == "'" + "x" * 20 + "..." + "x" * 10 + "'"
    assert printable("a b") == "a b"
