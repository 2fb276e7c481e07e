"""Precision of a log: of each text, and the dtype of its values."""

from __future__ import annotations

from math import frexp, isfinite, log2
from typing import TYPE_CHECKING, Any

from ema_cli.core.dtypes import DTYPES as ALL
from ema_cli.core.dtypes import dtype

if TYPE_CHECKING:
    from collections.abc import Sequence

BITS = {name: bits for name in ALL if (bits := dtype(name).digits) is not None}

LEAST = {name: dtype(name).least for name in BITS}
"""The least positive number of each dtype."""

DTYPES = tuple(sorted(BITS, key=lambda name: BITS[name]))
"""From the shortest on: a log whose values a short type can hold was hardly made by a longer one."""

_ALL_DIGITS = 14
"""A float64 with so many digits was not rounded before it was logged."""

_TOLD = 3.0
"""If texts that are none of a dtype's were so unlikely, in bits, to look as if they were, it is that dtype."""

_MIXED = 4
"""A text of so many digits is no round number."""

_SURE = 20.0
"""The dtype, and no other is tried."""


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
    from ema_cli.check.tolerance import decimals

    numbers = [text for text in texts if text]
    if not numbers:
        return [0] * len(texts)
    most = max(map(decimals, numbers))
    digits = max(map(significant, numbers))
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
    """Half a unit of the last of so many decimals."""
    return 0.5 * 10.0**-decimals if -300 < decimals < 300 else 0.0


class Held(list[str]):
    """The dtypes that could have held a log, the likely ones first.

    Attributes:
        told: Those that the digits tell.
        exact: Whether the log has all digits of the first of them.
        sure: Whether no other is worth trying.
    """

    told: Sequence[str] = ()
    exact = False
    sure = False


def held(texts: Sequence[str], good: Sequence[int]) -> Held:
    """The dtypes that could have held the values of these texts, which are good for so many places."""
    every = len(texts) // _MOST_TEXTS + 1
    some = zip(texts[::every], good[::every], strict=True)
    rows = {text: place for text, place in some if text and isfinite(float(text))}
    told: list[tuple[str, float]] = []
    possible = []
    for name in DTYPES[:-1]:
        bits = _evidence(name, rows)
        if bits is None:
            continue
        if bits >= _TOLD:
            told.append((name, bits))
        else:
            possible.append(name)
    digits = max(map(significant, rows), default=0)
    if told:
        short = [name for name, _ in told if name == told[0][0] or name.endswith("float16")]
        found = Held(short)
        found.told = short
        found.exact, found.sure = True, told[0][1] >= _SURE or digits >= _ALL_DIGITS
        if not found.sure:
            found += ["float64", *possible]
        return found
    found = Held(["float64", *possible])
    found.told = ["float64"]
    found.exact = found.sure = digits >= _ALL_DIGITS
    return found


def _evidence(name: str, rows: dict[str, int]) -> float | None:
    """Improbability in bits that texts look by chance like values of a dtype; None if they don't."""
    from ema_cli.text.numbers import shortest

    num = dtype(name)
    write = shortest(num)
    ways: list[float | None] = [0.0, 0.0, 0.0]
    for text, place in rows.items():
        value = float(text)
        near = num.round(value)
        if not isfinite(near):
            return None
        step = 2.0 ** (max(frexp(value)[1], _least_exponent(num)) - BITS[name])
        own = half_unit(_decimals(text))
        passes = (
            near == value,  # as a double prints it
            float(write(near)) == value,  # as the dtype itself prints it
            abs(near - value) <= half_unit(place) * (1 + 1e-9),  # rounded to the digits of the column
        )
        units = (own, own, half_unit(place))
        for way, (passed, unit) in enumerate(zip(passes, units, strict=True)):
            before = ways[way]
            if before is not None:
                gain = max(log2(step / (2 * unit)), 0.0) if unit and value else 0.0
                ways[way] = before + gain if passed else None
        if ways == [None, None, None]:
            return None
    return max(bits for bits in ways if bits is not None)


def _decimals(text: str) -> int:
    from ema_cli.check.tolerance import decimals

    return decimals(text)


def _least_exponent(num: Any) -> int:
    """The exponent, as frexp has it, of the least normal number."""
    return frexp(num.least)[1]
