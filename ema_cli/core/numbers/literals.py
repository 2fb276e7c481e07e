"""The grammar of numbers in options, operands, files and the Python interface.

Settings (a decay, an initial value, a parameter of a rule) may also be arithmetic (`core/numbers/values.py`).
"""

from __future__ import annotations

import re
from operator import index
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError

if TYPE_CHECKING:
    from fractions import Fraction

CHARACTERS = "0123456789.eE+-"
"""The characters of a number. Of texts made from these, Python's float() accepts exactly the decimal numbers; of others
it would also accept 1_000, full-width digits, spaces, nan and inf."""

LAST_STEP = 2**63 - 1
"""The largest step: a signed 64-bit counter, as TensorFlow's global_step is."""

PAST_FLOAT64 = "is beyond the range of float64, about 1.8e308"
"""The end of error messages about numbers that float64 cannot hold."""

EXACT_DIGITS = 4300
"""The most digits of an integer: Python's own limit for conversions between int and text."""


def is_number(text: str) -> bool:
    """True if the text is a decimal number: `-1`, `.5`, `1e-3`; not `1_000`, `0x3`, `nan` or ` 1`."""
    if text.strip(CHARACTERS):
        return False
    try:
        float(text)
    except ValueError:
        return False
    return True


def is_json_number(text: str) -> bool:
    """True if the text is a number in JSON: no plus sign, no bare decimal point, no leading zeros."""
    return re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", text) is not None


def is_fraction(text: str) -> bool:
    """True if the text is a fraction of two whole numbers: `2/3`, `-9/10`; not `1/0`, `1/-2` or `0.5/2`."""
    above, _, below = text.partition("/")
    return text.isascii() and above.removeprefix("-").isdigit() and below.isdigit() and below.strip("0") != ""


def is_value(text: str) -> bool:
    """True if the text is a decimal number, or a fraction."""
    return is_number(text) or is_fraction(text)


def fraction(text: str) -> Fraction:
    """The exact value of a decimal number or a fraction, from its text."""
    from fractions import Fraction

    exponent = text.lower().partition("e")[2] or "0"
    longest = max(map(len, text.removeprefix("-").split("/")))
    if longest > EXACT_DIGITS or abs(int(exponent)) > EXACT_DIGITS:
        raise SettingError(f"{quoted(text)} has more than {EXACT_DIGITS} digits, too many for exact fractions")
    return Fraction(text)


def whole(text: str) -> int | None:
    """The value of a number's text if it is whole (`100`, `100.0`, `1e3`), else None."""
    try:
        return int(text)
    except ValueError:  # written with a point or exponent, or longer than EXACT_DIGITS
        pass
    mantissa, _, exponent = text.lower().partition("e")
    digits, _, decimals = mantissa.partition(".")
    size = exponent.lstrip("+-").lstrip("0")
    shift = int(size or 0) if len(size) < 7 else 10**6
    shift = -shift if exponent.startswith("-") else shift
    significant = (digits + decimals).lstrip("+-0").rstrip("0")
    if not significant:
        return 0
    scale = len((digits + decimals).rstrip("0")) - len(digits) - shift  # digits after the decimal point
    if scale > 0:
        return None
    sign = -1 if text.startswith("-") else 1
    # A number of 40 digits or more is far past the largest step: any value past it will do.
    return sign * (int(significant) * 10**-scale if len(significant) - scale < 40 else LAST_STEP * 10)


def whole_setting(name: str, value: Any, least: int, most: int) -> int:
    """Check that a setting is a whole number from `least` to `most`."""
    try:
        number = index(value)
    except TypeError:
        raise SettingError(f"{name} must be a whole number, not {quoted(str(value))}") from None
    if not least <= number <= most:
        raise SettingError(f"{name} must be between {least} and {most}, not {value}")
    return number


def quoted(text: str, length: int = 40) -> str:
    """Quote a user's text for an error message: control characters are escaped, and long text is cut in the middle."""
    if len(text) > length:
        text = f"{text[: length // 2]}...{text[-length // 4 :]}"
    return "'" + printable(text) + "'"


def printable(text: str) -> str:
    """The text with unprintable characters, such as terminal control codes, written as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
