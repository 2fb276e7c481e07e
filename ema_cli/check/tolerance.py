"""--tolerance: the distance from a logged number that counts as equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.numbers.literals import fraction, is_fraction, is_number, quoted
from ema_cli.core.numbers.values import value_of
from ema_cli.core.record import Record
from ema_cli.errors import SettingError, UsageError

if TYPE_CHECKING:
    from ema_cli.text.language import Language


def decimals(text: str) -> int:
    """Number of digits after the point of a number's text; negative if its last digits are not significant.

    >>> decimals("1.50"), decimals("2e-7"), decimals("1.5e3"), decimals("12")
    (2, 7, -2, 0)
    """
    mantissa, _, exponent = text.lower().partition("e")
    return len(mantissa.partition(".")[2]) - int(exponent or 0)


def significant(text: str) -> int:
    """Number of significant digits of a number's text.

    >>> significant("0.0120"), significant("-1.5e-7")
    (3, 2)
    """
    return len(text.lower().partition("e")[0].replace(".", "").lstrip("+-0"))


def unit(text: str) -> float:
    """Unit of the last digit of a number's text; 0 for a fraction, and outside the range of float64.

    >>> unit("1.50"), unit("2e-400"), unit("9/10")
    (0.01, 0.0, 0.0)
    """
    if is_fraction(text):
        return 0.0
    places = decimals(text)
    return 10.0**-places if -308 <= places <= 323 else 0.0


def is_text_of(value: Any, text: str) -> bool:
    """True if the value, rounded to the digits of the text, gives the text.

    A fraction must be equal. A value halfway between two numbers may be rounded to either, as languages differ.

    >>> is_text_of(4.9934072, "4.993"), is_text_of(4.9934072, "4.994"), is_text_of(123456.0, "1.235e5")
    (True, False, True)
    >>> is_text_of(0.125, "0.12"), is_text_of(0.125, "0.13"), is_text_of(0.9, "9/10"), is_text_of(0.3333, "1/3")
    (True, True, True, False)
    """
    if value - value != 0:
        return False
    if is_fraction(text):
        return bool(value == (value_of(text) if isinstance(value, float) else fraction(text)))
    places = decimals(text)
    if isinstance(value, float) and 0 <= places <= 400:
        logged = float(text)
        if abs(value - logged) > 10.0**-places and value != logged:
            return False
        if float(f"{value:.{places}f}") == logged:
            return True
    return is_nearest(value, text, places)


def is_nearest(value: Any, text: str, places: int) -> bool:
    """True if no number with this many decimals is nearer to the value than the text."""
    from fractions import Fraction

    return abs(Fraction(value) - Fraction(text)) * 2 * Fraction(10) ** places <= 1


class Tolerance(Record):
    """The greatest distance from the logged value that counts as equal."""

    kind: str = "digits"
    """digits, abs, rel or ulp."""
    amount: float = 0.0

    def agrees(self, value: Any, text: str, ulps: float | None) -> bool:
        """True if a computed value agrees with the logged one."""
        if self.kind == "digits":
            return is_text_of(value, text)
        if value - value != 0:
            return False
        if self.kind == "ulp":
            return ulps is not None and ulps <= self.amount
        distance = abs(float(value) - value_of(text))
        return distance <= (self.amount if self.kind == "abs" else self.amount * abs(value_of(text)))

    def said(self, language: Language) -> str:
        """Describe the tolerance in words."""
        if self.kind == "digits":
            return language.say("in the logged digits")
        return language.say("within {tolerance}", tolerance=f"{self.kind}:{self.amount:g}")


def tolerance(text: str | None) -> Tolerance:
    """Parse a tolerance: `abs:X`, `rel:X` or `ulp:N`; without one, the logged digits decide.

    Raises:
        UsageError: The text has none of these forms.
    """
    if text is None:
        return Tolerance()
    kind, _, amount = text.partition(":")
    try:
        number = value_of(amount)
    except SettingError:
        number = -1.0
    if kind not in ("abs", "rel", "ulp") or not 0 <= number < float("inf"):
        meant = text.replace("=", ":", 1) if text[3:4] == "=" else f"abs:{text}" if is_number(text) else ""
        meant = meant and f"; did you mean {meant}?"
        raise UsageError(f"--tolerance {quoted(text)} is not abs:X, rel:X or ulp:N with a number from 0 up{meant}")
    return Tolerance(kind, number)
