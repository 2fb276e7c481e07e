"""The number systems that params and shadows are held in: float64, float32, float16, bfloat16 and exact fractions.

Python computes in float64, so a value of a shorter type is a float that the type can hold, and one operation of the
shorter type is the float64 operation followed by a rounding. That is exact for +, - and x of two float32 values:
float64 has more than twice their digits (Figueroa, "When is double rounding innocuous?", SIGNUM 1995).
"""

from __future__ import annotations

import struct
from math import copysign, inf
from typing import TYPE_CHECKING, Any, NamedTuple

from ema_cli.core.errors import SettingError
from ema_cli.core.numerals import fraction, is_number, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    Number = float | Fraction
    Round = Callable[[Any], Any]


class Dtype(NamedTuple):
    """A number system: what arithmetic forms, scalars and decay families need to know of it."""

    name: str
    round: Round
    """R: the nearest value of the type, ties to even; overflow gives an infinity."""
    compute: Round
    """O: the same for the type that frameworks compute in: float32 for the types of 32 bits and less."""
    number: Callable[[Any], Any]
    """From a setting or a counter to a number whose operators compute in this type."""
    digits: int | None
    """Bits of the significand, the hidden one included; None where there is no limit."""

    def load(self, value: Any) -> Any:
        """From a param (a number, or its text) to a value of the type."""
        return self.round(_float(value) if self.digits else _exact(value))


def _float(value: Any) -> float:
    if isinstance(value, str) and not is_number(value):
        raise SettingError(f"{shown(value)} is not a number")
    return float(value)


def _exact(value: Any) -> Fraction:
    from fractions import Fraction

    if isinstance(value, str):
        if not is_number(value):
            raise SettingError(f"{shown(value)} is not a number")
        return fraction(value)
    try:
        return Fraction(value)
    except (ValueError, OverflowError):
        raise SettingError(f"{value} is not a fraction: exact arithmetic has no infinity and no NaN") from None


def _same(value: Any) -> Any:
    return value


def _float32() -> Round:
    cell = memoryview(bytearray(4)).cast("f")  # one for each average: a shared one is not safe between threads

    def round32(x: float) -> float:
        cell[0] = x
        return cell[0]

    return round32


def _float16() -> Round:
    half = struct.Struct("e")
    pack, unpack = half.pack, half.unpack

    def round16(x: float) -> float:
        try:
            return unpack(pack(x))[0]  # type: ignore[no-any-return]
        except OverflowError:
            return copysign(inf, x)

    return round16


def _bfloat16() -> Round:
    """The upper half of a float32. A float32 that lies between two of them by exactly half a unit may have been
    rounded onto that point; the float64 it came from then says which side it was on.
    """
    single = memoryview(bytearray(4)).cast("f")
    bits = memoryview(single).cast("B").cast("I")

    def round_b16(x: float) -> float:
        single[0] = x
        near = single[0]
        if near - near != 0:  # infinite or NaN
            return near
        b = bits[0]
        if b & 0xFFFF == 0x8000 and near != x:
            b += 1 if abs(x) > abs(near) else -1
        bits[0] = (b + 0x7FFF + (b >> 16 & 1)) & 0xFFFF0000
        return single[0]

    return round_b16


class Single(float):
    """A float32 whose operators round to float32: what a decay is where a framework computes it in that type."""

    __slots__ = ()

    def __add__(self, other: float) -> Single:
        return single(float.__add__(self, single(other)))

    def __sub__(self, other: float) -> Single:
        return single(float.__sub__(self, single(other)))

    def __rsub__(self, other: float) -> Single:
        return single(float.__sub__(single(other), self))

    def __mul__(self, other: float) -> Single:
        return single(float.__mul__(self, single(other)))

    def __truediv__(self, other: float) -> Single:
        return single(float.__truediv__(self, single(other)))

    def __rtruediv__(self, other: float) -> Single:
        return single(float.__truediv__(single(other), self))

    __radd__ = __add__
    __rmul__ = __mul__


_FLOAT = struct.Struct("f")


def single(value: float) -> Single:
    """The nearest float32."""
    try:
        return Single(_FLOAT.unpack(_FLOAT.pack(value))[0])
    except OverflowError:
        return Single(copysign(inf, value))


def _float64_type() -> Dtype:
    return Dtype("float64", round=float, compute=float, number=_same, digits=53)


def _float32_type() -> Dtype:
    round32 = _float32()
    return Dtype("float32", round=round32, compute=round32, number=single, digits=24)


def _float16_type() -> Dtype:
    return Dtype("float16", round=_float16(), compute=_float32(), number=single, digits=11)


def _bfloat16_type() -> Dtype:
    return Dtype("bfloat16", round=_bfloat16(), compute=_float32(), number=single, digits=8)


def _exact_type() -> Dtype:
    return Dtype("exact", round=_same, compute=_same, number=_exact, digits=None)


_TYPES: dict[str, Callable[[], Dtype]] = {
    "float64": _float64_type,
    "float32": _float32_type,
    "float16": _float16_type,
    "bfloat16": _bfloat16_type,
    "exact": _exact_type,
}

DTYPES = tuple(_TYPES)


def dtype(name: str) -> Dtype:
    """A fresh number system, for one average.

    Raises:
        SettingError: There is no dtype of that name.
    """
    try:
        return _TYPES[name]()
    except KeyError:
        raise SettingError(f"no dtype {shown(name)}; there are {', '.join(DTYPES)}") from None
