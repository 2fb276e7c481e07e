"""Printing of numbers: as the shortest text that reads back, or rounded to digits or decimals.

The layout follows Python's repr: positional for 1e-4 <= |x| < 1e16, else with an exponent.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from ema_cli.core.compiled_loops import compiled
from ema_cli.core.numbers.dtypes import dtype as find_dtype
from ema_cli.core.numbers.literals import EXACT_DIGITS, fraction, is_number
from ema_cli.core.record import Record
from ema_cli.errors import DataError
from ema_cli.text.language import ENGLISH, Language

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction

    from ema_cli.core.numbers.dtypes import Dtype

    ToText = Callable[[Any], str]

TABLE_DIGITS = 8


class Style(Record):
    """The rounding of printed numbers, as set by the options, and the language of the words around them."""

    digits: int | None = None
    decimals: int | None = None
    language: Language = ENGLISH

    @property
    def rounds(self) -> bool:
        """True if --digits or --decimals rounds numbers."""
        return self.digits is not None or self.decimals is not None


def printed_type(write: ToText) -> str | None:
    """The type whose shortest texts `write` prints, which the compiled core can print as well; None if it rounds."""
    return "float64" if write is repr else getattr(write, "name", None)


def column(write: ToText, values: Sequence[Any], mask: bytes | None = None) -> list[str]:
    """The texts of a column; empty where the mask has a zero."""
    if mask is not None and 0 in mask:
        return [write(value) if there else "" for value, there in zip(values, mask, strict=True)]
    core, known = compiled(), printed_type(write)
    texts: list[str] | None = None
    if core is not None and known is not None:
        texts = core.texts(array("d", values), known)
    return list(map(write, values)) if texts is None else texts


def to_text(dtype: Dtype, style: Style) -> ToText:
    """Make the function that prints values of a dtype in data formats."""
    if style.decimals is not None:
        decimals = style.decimals
        return lambda x: fixed(x, decimals)
    if style.digits is not None:
        digits = style.digits
        return lambda x: significant(x, digits)
    return shortest(dtype)


def for_people(dtype: Dtype, style: Style) -> ToText:
    """Make the function that prints values in tables: by default float64 to 8 digits, other types as shortest texts."""
    if style.decimals is not None:
        return to_text(dtype, style)
    if not style.rounds and dtype.name != "float64":
        return whole(dtype)
    digits = style.digits or TABLE_DIGITS
    return lambda x: significant(x, digits).removesuffix(".0")


def whole(dtype: Dtype) -> ToText:
    """Make the function that prints the shortest text that reads back, without a final `.0`."""
    write = shortest(dtype)
    return lambda x: write(x).removesuffix(".0")


def by_hand(dtype: Dtype, write: ToText, decimals: int) -> ToText:
    """Make the function that prints a value with `decimals` decimals if that is its exact text, else by `write`."""

    def text(x: Any) -> str:
        written = fixed(x, decimals)
        same = fraction(written) == x if dtype.digits is None else dtype.round(float(written)) == x
        return written if same else write(x)

    return text


def as_written(dtype: Dtype, style: Style) -> Callable[[str], str]:
    """Make the function that prints a param in a table: as written, unless it is long or the style rounds numbers."""
    write = for_people(dtype, style) if dtype.digits is None else for_people(find_dtype("float64"), style)

    def text(cell: str) -> str:
        if not is_number(cell) or (not style.rounds and (len(cell) <= TABLE_DIGITS + 1 or cell.isdigit())):
            return cell
        return write(fraction(cell) if dtype.digits is None else float(cell))

    return text


def shortest(dtype: Dtype) -> ToText:
    """Make the function that prints the shortest text that reads back to the same value of the dtype."""
    if dtype.digits is None:
        return _fraction
    if dtype.digits == 53:
        return repr
    from ema_cli.text.shortest import shortest_of

    return shortest_of(dtype.name)


def _fraction(x: Fraction) -> str:
    if max(x.numerator.bit_length(), x.denominator.bit_length()) * 0.30103 >= EXACT_DIGITS:
        raise DataError(
            f"the exact fraction has grown past {EXACT_DIGITS} digits; --digits N prints decimals, or use fewer rounds"
        )
    return str(x)


def significant(x: Any, digits: int) -> str:
    """A value rounded to significant digits, half to even, without trailing zeros."""
    if isinstance(x, float):
        text = f"{x:.{digits}g}"
        if digits <= 16 and "e" not in text and "n" not in text:  # positional: only a point may be missing
            return text if "." in text else f"{text}.0"
        if x - x != 0:
            return repr(x)
        mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
    else:
        mantissa, exponent = _decimal_of(x, digits).split("e")
    sign = "-" if mantissa.startswith("-") else ""
    return sign + _layout(mantissa.lstrip("-").replace(".", "").rstrip("0") or "0", int(exponent))


def fixed(x: Any, decimals: int) -> str:
    """A value rounded to decimals, half to even, with trailing zeros."""
    if isinstance(x, float):
        return f"{x:.{decimals}f}" if x - x == 0 else repr(x)
    scaled = round(x * 10**decimals)
    sign, digits = "-" if scaled < 0 else "", _integer(abs(scaled)).rjust(decimals + 1, "0")
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


def _layout(digits: str, exponent: int) -> str:
    """The number d.ddd x 10^exponent, from the digits `dddd`, in the layout of Python's repr."""
    if not -4 <= exponent < 16:
        point = "." if len(digits) > 1 else ""
        return f"{digits[0]}{point}{digits[1:]}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if exponent < 0:
        return f"0.{'0' * (-exponent - 1)}{digits}"
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    return f"{whole}.{digits[exponent + 1 :] or '0'}"


def _decimal_of(x: Fraction, digits: int) -> str:
    """A fraction as d.ddde+xx, rounded half to even."""
    from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context

    nearest = Context(digits, ROUND_HALF_EVEN, MIN_EMIN, MAX_EMAX)
    return f"{nearest.divide(x.numerator, x.denominator):e}"


def _integer(x: int) -> str:
    if x.bit_length() * 0.30103 >= EXACT_DIGITS:
        raise DataError(f"a number of more than {EXACT_DIGITS} digits is not printed")
    return str(x)
