"""Precision of a log: of each text, and the dtype of its values."""

from __future__ import annotations

from math import frexp, isfinite, log2
from typing import TYPE_CHECKING

from ema_cli.check.tolerance import decimals
from ema_cli.core.dtypes import DTYPES as ALL
from ema_cli.core.dtypes import dtype
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

BITS = {name: bits for name in ALL if (bits := dtype(name).digits) is not None}

LEAST = {name: dtype(name).least for name in BITS}
"""The least positive number of each dtype."""

_SHORTER = sorted(BITS, key=lambda name: BITS[name])[:-1]
"""All but the longest: a log whose values a short type can hold was hardly made by a longer one."""

_ALL_DIGITS = 14
"""A float64 with so many digits was not rounded before it was logged."""

_TOLD = 3.0
"""If texts that are none of a dtype's were so unlikely, in bits, to look as if they were, it is that dtype."""

_SURE = 20.0
"""The dtype, and no other is tried."""

_MIXED = 4
"""A text of so many digits is no round number."""

_MOST_TEXTS = 4000
"""Number of texts that are looked at."""


def significant(text: str) -> int:
    """Number of significant digits of a number's text.

    >>> significant("0.0120"), significant("-1.5e-7")
    (3, 2)
    """
    return len(text.lower().partition("e")[0].replace(".", "").lstrip("+-0"))


def places(texts: Sequence[str]) -> list[int]:
    """Decimals that each text is good for: trailing zeros may have been dropped, so a short text
    has the places that the column has, or the significant digits.
    """
    numbers = [text for text in texts if text]
    most = max(map(decimals, numbers), default=0)
    digits = max(map(significant, numbers), default=0)
    cut = sum(decimals(text) < most - 1 and _MIXED <= significant(text) < digits - 1 for text in numbers)
    if cut > len(numbers) / 4:  # more than end in zeros: each was rounded on its own
        return [decimals(text) if text else 0 for text in texts]
    found = []
    for text in texts:
        value = float(text) if text else 0.0
        exponent = int(f"{value:e}".partition("e")[2]) if value and isfinite(value) else -most
        found.append(max(min(most, digits - 1 - exponent), decimals(text) if text else 0))
    return found


def half_unit(decimals: int) -> float:
    """Half a unit in the last of this number of decimals."""
    return 0.5 * 10.0**-decimals if -300 < decimals < 300 else 0.0


class Held(Record):
    """The dtypes that hold a log."""

    names: list[str]
    """Those that the digits tell, the likeliest first."""
    exact: bool
    """True if the log has all digits of the first of them."""
    sure: bool = True
    """True if no other is worth trying."""


def held(texts: Sequence[str], good: Sequence[int]) -> Held:
    """The dtypes that hold the values of these texts, given the decimals that each is good for."""
    every = len(texts) // _MOST_TEXTS + 1
    some = zip(texts[::every], good[::every], strict=True)
    rows = {text: place for text, place in some if text and isfinite(float(text))}
    told = {name: bits for name in _SHORTER if (bits := _evidence(name, rows)) >= _TOLD}
    every_digit = max(map(significant, rows), default=0) >= _ALL_DIGITS
    if not told:
        return Held(["float64"], every_digit)
    first = next(iter(told))
    names = [name for name in told if name == first or name.endswith("float16")]
    return Held(names, exact=True, sure=told[first] >= _SURE or every_digit)


def _evidence(name: str, rows: dict[str, int]) -> float:
    """Improbability in bits that texts look by chance like values of a dtype; 0 if they don't."""
    from ema_cli.text.numbers import shortest

    num = dtype(name)
    write = shortest(num)
    least = frexp(num.least)[1]
    ways: dict[int, float] = dict.fromkeys(range(3), 0.0)
    for text, place in rows.items():
        value = float(text)
        near = num.round(value)
        if not ways or not isfinite(near):
            return 0.0
        step = 2.0 ** (max(frexp(value)[1], least) - BITS[name])
        own, whole = half_unit(decimals(text)), half_unit(place)
        passes = (
            (near == value, own),  # as a double prints it
            (float(write(near)) == value, own),  # as the dtype itself prints it
            (abs(near - value) <= whole * (1 + 1e-9), whole),  # rounded to the digits of the column
        )
        for way, (passed, unit) in enumerate(passes):
            if not passed:
                ways.pop(way, None)
            elif way in ways and unit and value:
                ways[way] += max(log2(step / (2 * unit)), 0.0)
    return max(ways.values(), default=0.0)
