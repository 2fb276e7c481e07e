"""The grammar of numbers: one for options, operands, files and the Python interface.

What is set (a decay, an initial value, a parameter of a rule) may be arithmetic, too (`core/numbers/values.py`).
"""

from __future__ import annotations

import re
from operator import index
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError

if TYPE_CHECKING:
    from fractions import Fraction

CHARACTERS = "0123456789.eE+-"
"""Those of a number. Among texts of these alone, Python's float() takes decimal numbers and nothing else; others would
let it take 1_000, full-width digits, spaces, nan and inf."""

LAST_STEP = 2**63 - 1
"""The largest step: a signed 64-bit counter, as TensorFlow's global_step is."""

PAST_FLOAT64 = "is beyond the range of float64, about 1.8e308"
"""The end of errors on numbers that float64 cannot hold."""

EXACT_DIGITS = 4300
"""The longest integer that is written out: Python's own limit for the conversion of an int to text."""


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
    """True if the text is a number as JSON writes it: no plus sign, no bare point, no leading zeros."""
    return re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", text) is not None


def is_fraction(text: str) -> bool:
    """True if the text is a fraction of two whole numbers: `2/3`, `-9/10`; not `1/0`, `1/-2` or `0.5/2`."""
    above, _, below = text.partition("/")
    return text.isascii() and above.removeprefix("-").isdigit() and below.isdigit() and below.strip("0") != ""


def is_value(text: str) -> bool:
    """True if the text is a decimal number, or a fraction."""
    return is_number(text) or is_fraction(text)


def fraction(text: str) -> Fraction:
    """The exact value of a number's text, or of a fraction's."""
    from fractions import Fraction

    exponent = text.lower().partition("e")[2] or "0"
    longest = max(map(len, text.removeprefix("-").split("/")))
    if longest > EXACT_DIGITS or abs(int(exponent)) > EXACT_DIGITS:
        raise SettingError(f"{shown(text)} has more than {EXACT_DIGITS} digits, too many for exact fractions")
    return Fraction(text)


def whole(text: str) -> int | None:
    """The value of a number's text if it is whole (`100`, `100.0`, `1e3`), else None."""
    try:
        return int(text)
    except ValueError:  # not written as a whole number, or longer than EXACT_DIGITS
        pass
    mantissa, _, exponent = text.lower().partition("e")
    digits, _, decimals = mantissa.partition(".")
    size = exponent.lstrip("+-").lstrip("0")
    shift = int(size or 0) if len(size) < 7 else 10**6
    shift = -shift if exponent.startswith("-") else shift
    significant = (digits + decimals).lstrip("+-0").rstrip("0")
    if not significant:
        return 0
    scale = len((digits + decimals).rstrip("0")) - len(digits) - shift  # digits behind the point
    if scale > 0:
        return None
    sign = -1 if text.startswith("-") else 1
    # Past the largest step by far: the size matters no longer, only that it is larger.
    return sign * (int(significant) * 10**-scale if len(significant) - scale < 40 else LAST_STEP * 10)


def whole_setting(name: str, value: Any, least: int, most: int) -> int:
    """A setting that is a whole number."""
    try:
        number = index(value)
    except TypeError:
        raise SettingError(f"{name} must be a whole number, not {shown(str(value))}") from None
    if not least <= number <= most:
        raise SettingError(f"{name} must be between {least} and {most}, not {value}")
    return number


def shown(text: str, length: int = 40) -> str:
    """A piece of the user's text, quoted for an error: control characters escaped, long text cut in its middle."""
    if len(text) > length:
        text = f"{text[: length // 2]}...{text[-length // 4 :]}"
    return "'" + printable(text) + "'"


def printable(text: str) -> str:
    """The text with everything that a terminal would act on written as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
