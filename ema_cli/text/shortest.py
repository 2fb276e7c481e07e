"""The shortest text of a value of a short type: that of a double, which is looked for first.

A text of at most 15 digits is the shortest one of the double next to it, so the text of a float32 is the `repr` of the
double that has its digits. Whole columns of doubles are printed at once (`text/numbers.py`).
"""

from __future__ import annotations

from math import frexp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.dtypes import Dtype

# Decimal digits of a text that each type surely tells from its neighbours (6 for float32), and that it needs at most.
_DIGITS = {"float32": (6, 9), "float16": (3, 5), "bfloat16": (2, 4)}
_LEAST_NORMAL = {"float32": 2.0**-126, "float16": 2.0**-14, "bfloat16": 2.0**-126}

_POWERS = tuple(10.0**k for k in range(23))
"""Those that a double holds exactly."""

_WHOLE = 1.5 * 2.0**52
"""What is added to a number below 2^51 and taken away again leaves the nearest whole number, ties to even."""


def double_of(dtype: Dtype) -> Callable[[float], float]:
    """The function that gives for a value of a short type the double whose `repr` is the shortest text that reads back
    to the value; of several such texts, the nearest.

    >>> from ema_cli.core.dtypes import dtype
    >>> double_of(dtype("float32"))(0.10000000149011612)
    0.1
    """
    R, least_normal = dtype.round, _LEAST_NORMAL[dtype.name]
    sure, most = _DIGITS[dtype.name]
    binades = _binades(dtype)

    def quick(x: float) -> float:
        binade = binades.get(frexp(x)[1])
        if binade is None:
            return slow(x)
        lowest, tenfold, inside, outside, below, above = binade
        size = abs(x)
        if not size > lowest:  # a power of two, zero, NaN
            return slow(x)
        found = None
        for power in below if size < tenfold else above:  # most values need all digits but one
            scaled = x * power
            number = (scaled + _WHOLE) - _WHOLE
            near = number / power
            away = near - x
            if not -inside < away < inside:
                if -outside < away < outside:  # in the middle of two values
                    return slow(x)
                break
            if not -0.499999 < scaled - number < 0.499999:  # in the middle of two texts
                return slow(x)
            found = near
        return float(f"{x:.{most}g}") if found is None else found

    def slow(x: float) -> float:
        if x - x != 0 or x == 0:
            return x
        if abs(x) >= least_normal and abs(frexp(x)[0]) != 0.5:
            found = float(f"{x:.{most}g}")
            for digits in range(most - 1, sure - 1, -1):
                near = float(f"{x:.{digits}g}")
                if R(near) != x:
                    break
                found = near
            return found
        # Below a power of two the neighbours lie closer, and a subnormal has fewer digits than the type.
        for digits in range(1, most + 1):
            mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
            away = int(mantissa.replace(".", "")) + (1 if x > 0 else -1)
            for near in (float(f"{mantissa}e{exponent}"), float(f"{away}e{int(exponent) - digits + 1}")):
                if R(near) == x:
                    return near
        return x

    return quick


def _binades(dtype: Dtype) -> dict[int, tuple[float, float, float, float, tuple[float, ...], tuple[float, ...]]]:
    """What is known of the values of one exponent, as frexp gives it: the least of them; the power of ten among them;
    a bit less and a bit more than half a unit in their last place; and the powers of ten that scale them to whole
    numbers of fewer and fewer digits, for those below that power of ten, and for those from it on.
    """
    sure, most = _DIGITS[dtype.name]
    found = {}
    for exponent in range(-42, 42):
        lowest = 2.0 ** (exponent - 1)
        first = len(str(int(lowest * 10**20))) - 21  # the place of its first digit
        decimals = range(most - 2 - first, sure - 2 - first, -1)
        if lowest >= _LEAST_NORMAL[dtype.name] and decimals[-1] > 0 and decimals[0] < len(_POWERS):
            half = 2.0 ** (exponent - 1) * 2.0 ** -(dtype.digits or 0)
            scales = [tuple(_POWERS[place - up] for place in decimals) for up in (0, 1)]
            found[exponent] = lowest, float(f"1e{first + 1}"), 0.999 * half, 1.001 * half, scales[0], scales[1]
    return found
