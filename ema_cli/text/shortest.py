"""The shortest text of a value of a short type, found by way of doubles.

A decimal of at most 15 digits is the `repr` of the nearest double, so the text of a float32 is the `repr` of the double
with its digits.
"""

from __future__ import annotations

from functools import cache
from math import ceil, frexp, log10

from ema_cli.core.numbers.dtypes import dtype as find_dtype


class Shortest:
    """Prints the values of a short type as their shortest texts.

    >>> Shortest("float32")(0.10000000149011612)
    '0.1'
    """

    __slots__ = ("_least_normal", "_most", "_round", "_shorter", "name")

    def __init__(self, name: str) -> None:
        num = find_dtype(name)
        self.name, self._round, self._least_normal = name, num.round, num.least
        assert num.digits is not None
        # Digits that every value of the type can keep (6 for float32), and the most that a value may need (9).
        sure, self._most = int((num.digits - 1) * log10(2)), ceil(1 + num.digits * log10(2))
        self._shorter = [f"%.{digits}g" for digits in range(self._most - 1, sure - 1, -1)]

    def __call__(self, x: float) -> str:
        """The shortest text that reads back to the value; of several, the nearest."""
        if not abs(x) >= self._least_normal or abs(frexp(x)[0]) == 0.5:
            return self._uneven(x)
        best = ""
        for layout in self._shorter:  # from the most digits down: most values need one less than the most
            text = layout % x
            if self._round(float(text)) != x:
                break
            best = text
        best = best or f"{x:.{self._most}g}"
        return best if "." in best and "e" not in best else repr(float(best))

    def _uneven(self, x: float) -> str:
        """The text of a special value: a power of two, whose lower neighbour is closer than the upper one, a subnormal,
        which has fewer digits than the type, zero, or NaN.
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
    """The printer for a type, by its name."""
    return Shortest(name)
