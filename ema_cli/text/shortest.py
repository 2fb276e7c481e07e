"""The shortest text of a value of a short type, by way of a double.

A text of at most 15 digits is the `repr` of the nearest double. So the text of a float32 is the `repr` of the double
that has its digits.
"""

from __future__ import annotations

from functools import cache
from math import ceil, frexp, log10

from ema_cli.core.numbers.dtypes import dtype as find_dtype


class Shortest:
    """The shortest texts of the values of a short type.

    >>> Shortest("float32")(0.10000000149011612)
    '0.1'
    """

    __slots__ = ("_least_normal", "_most", "_round", "_shorter", "name")

    def __init__(self, name: str) -> None:
        num = find_dtype(name)
        self.name, self._round, self._least_normal = name, num.round, num.least
        assert num.digits is not None
        # Decimal digits that distinguish any two values of the type (6 for float32), and that it needs at most (9).
        sure, self._most = int((num.digits - 1) * log10(2)), ceil(1 + num.digits * log10(2))
        self._shorter = [f"%.{digits}g" for digits in range(self._most - 1, sure - 1, -1)]

    def __call__(self, x: float) -> str:
        """The shortest text that reads back to the value; of several, the nearest."""
        if not abs(x) >= self._least_normal or abs(frexp(x)[0]) == 0.5:
            return self._uneven(x)
        found = ""
        for layout in self._shorter:  # most values need all digits but one
            text = layout % x
            if self._round(float(text)) != x:
                break
            found = text
        found = found or f"{x:.{self._most}g}"
        return found if "." in found and "e" not in found else repr(float(found))

    def _uneven(self, x: float) -> str:
        """The text of a value whose neighbours lie otherwise: of a power of two the lower one is closer, and a
        subnormal has fewer digits than the type; or that of zero or a NaN.
        """
        for digits in range(1, self._most + 1) if abs(x) > 0 else ():
            mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
            away = int(mantissa.replace(".", "")) + (1 if x > 0 else -1)
            for near in (float(f"{mantissa}e{exponent}"), float(f"{away}e{int(exponent) - digits + 1}")):
                if self._round(near) == x:
                    return repr(near)
        return repr(x)


@cache
def shortest_of(name: str) -> Shortest:
    """The writer for a type, by its name."""
    return Shortest(name)
