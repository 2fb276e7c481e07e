"""Evaluate arithmetic that `core/numbers/arithmetic_parser.py` has parsed, in fractions or rounded once.

A limit of size is checked before a power is computed.
"""

from __future__ import annotations

import math
import operator
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.arithmetic_parser import parse
from ema_cli.core.numbers.literals import fraction, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.numbers.arithmetic_parser import Node

    _Number = TypeVar("_Number", float, Fraction)

_BITS = 2**18
"""The most bits of numerator and denominator together: about 0.9999^19000."""

_LARGEST = 800
"""The largest natural logarithm of a power that is computed; for the largest float64 it is 710."""


def exact(text: str) -> Fraction:
    """The exact value of arithmetic, as a fraction.

    >>> exact("1-1/337"), exact("-2^2"), exact("2^3^2"), exact("50%")
    (Fraction(336, 337), Fraction(-4, 1), Fraction(512, 1), Fraction(1, 2))
    """
    return _of_text(text, _no_fraction)


def nearest(text: str) -> float:
    """The value of arithmetic in float64: computed in fractions and rounded once.

    A power with a fractional exponent is first rounded to the nearest float64.

    >>> nearest("0.999^32"), nearest("0.5^(32/10000)"), nearest("2^2000"), nearest("-1e400/3")
    (0.9684910757595269, 0.9977843871238888, inf, -inf)
    """
    return rounded(_of_text(text, nearest_power))


def in_doubles(text: str) -> float | None:
    """The value of arithmetic that is computed in doubles throughout, as code would; None if an operation fails.

    >>> in_doubles("0.999^32"), in_doubles("10^400"), in_doubles("1/0")
    (0.9684910757595268, None, None)
    """
    try:
        return _value(parse(text), float, _in_double)
    except ArithmeticError:
        return None


def rounded(value: Fraction) -> float:
    """The nearest float64, or an infinity."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


_OPERATIONS: dict[str, Any] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
}


def _value(node: Node, number: Callable[[str], _Number], operate: Callable[[str, Any, Any], _Number]) -> _Number:
    """The value of a node; `number` reads a number, and `operate` applies the sign of a binary operation."""
    if node.kind == "number":
        value = number(node.text.removesuffix("%"))
        return value / 100 if node.text.endswith("%") else value
    values = [_value(part, number, operate) for part in node.parts]
    return -values[0] if node.kind == "negative" else operate(node.kind, *values)


def _of_text(text: str, power: Callable[[Fraction, Fraction], Fraction]) -> Fraction:
    tree = parse(text)
    try:
        return _value(tree, fraction, partial(_exactly, power))
    except ZeroDivisionError:
        raise SettingError(f"{quoted(text)} divides by zero") from None
    except OverflowError:
        raise SettingError(f"{quoted(text)} has a power that is beyond the range of float64") from None
    except ArithmeticError as error:
        raise SettingError(f"{quoted(text)} {error}") from None


def _exactly(power: Callable[[Fraction, Fraction], Fraction], sign: str, left: Fraction, right: Fraction) -> Fraction:
    """An operation on fractions; `power` computes powers with fractional exponents."""
    if sign != "^":
        _check_size(_bits(left) + _bits(right))
    elif right.denominator == 1:
        _check_size(_bits(left) * abs(right.numerator))
    elif left < 0:
        raise ArithmeticError("has a power of a negative number that is not real")
    else:
        return power(left, right)
    value: Fraction = _OPERATIONS[sign](left, right)
    return value


def _bits(value: Fraction) -> int:
    """The size of a fraction in bits; 0 for -1, 0 and 1, whose powers do not grow."""
    return 0 if abs(value) in (0, 1) else value.numerator.bit_length() + value.denominator.bit_length()


def _check_size(bits: int) -> None:
    if bits > _BITS:
        raise ArithmeticError("has a power that is too large to be computed exactly")


def bounded_power(base: Fraction, exponent: Fraction) -> Fraction:
    """base^exponent as a fraction; SettingError if the exponent is not a whole number or the power is too large."""
    try:
        if exponent.denominator != 1:
            return _no_fraction(base, exponent)
        _check_size(_bits(base) * abs(exponent.numerator))
    except ArithmeticError as error:
        raise SettingError(f"the formula {error}") from None
    return base ** int(exponent)


def _no_fraction(base: Fraction, exponent: Fraction) -> Fraction:
    raise ArithmeticError(
        f"has a power whose exponent, {exponent}, is not a whole number; dtype exact can't hold it,"
        " the other dtypes can"
    )


def nearest_power(base: Fraction, exponent: Fraction) -> Fraction:
    """The float64 nearest to a power, computed by logarithms with increasing precision."""
    if base == 0:
        return 0 / base if exponent < 0 else base
    near_one = Fraction(1, 2) < base < 2
    logarithm = math.log1p(base - 1) if near_one else math.log(base.numerator) - math.log(base.denominator)
    size = rounded(exponent) * logarithm
    if size > _LARGEST:
        raise OverflowError
    if size < -_LARGEST:
        return Fraction(0)
    from decimal import Context, Decimal

    digits = 40
    while True:
        context = Context(prec=digits)
        ln = context.ln(context.divide(Decimal(base.numerator), Decimal(base.denominator)))
        product = context.multiply(ln, Decimal(exponent.numerator))
        value = Fraction(context.exp(context.divide(product, Decimal(exponent.denominator))))
        error = value * (abs(exponent) + 1000) / 10 ** (digits - 1)
        if digits > 400 or rounded(value - error) == rounded(value + error):
            return Fraction(rounded(value))
        digits *= 2


def _in_double(sign: str, left: float, right: float) -> float:
    value: float | complex = _OPERATIONS[sign](left, right)
    if isinstance(value, complex):
        raise ArithmeticError
    return value
