"""The values of settings: numbers, or arithmetic with numbers.

The parser (`core/numbers/arithmetic_parser.py`) is imported only for arithmetic.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.literals import fraction, is_fraction, is_number, is_value, whole

if TYPE_CHECKING:
    from fractions import Fraction
    from typing import SupportsFloat


def is_arithmetic(text: str) -> bool:
    """True if the text should be parsed as arithmetic: it has an operator and a digit, and is not a plain number."""
    signs = any(sign in text for sign in "+-*/^%(")
    return signs and not is_number(text) and ":" not in text and any(map(str.isdigit, text))


def value_of(number: SupportsFloat | str) -> float:
    """The value of a number or a setting's text in float64, rounded once; a text past the range gives an infinity.

    Raises:
        SettingError: The text is neither a number nor arithmetic, or exceeds a limit.
        OverflowError: A number (not a text) is past the range of float64.
    """
    if not isinstance(number, str) or is_number(number):
        return float(number)
    if is_fraction(number):
        try:
            return float(fraction(number))
        except OverflowError:
            return -inf if number.startswith("-") else inf
    from ema_cli.core.numbers.arithmetic_value import nearest

    return nearest(number)


def exact_value(text: str) -> Fraction:
    """The exact value of a setting's text, as a fraction."""
    if is_value(text):
        return fraction(text)
    from ema_cli.core.numbers.arithmetic_value import exact

    return exact(text)


def whole_value(text: str) -> int | None:
    """The value of a setting's text if it is whole, else None."""
    if is_number(text):
        return whole(text)
    try:
        value = exact_value(text)
    except SettingError:
        value_of(text)  # accepts an irrational power, and raises the error of any other text
        return None
    return value.numerator if value.denominator == 1 else None
