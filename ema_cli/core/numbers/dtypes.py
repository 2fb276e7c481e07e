"""The number systems of params and shadows: float64, float32, float16, bfloat16 and exact fractions.

Python computes in float64. A value of a shorter type is a float that the type can hold, and an operation of the shorter
type is the float64 operation followed by a rounding. That gives the correct result for +, - and x of two float32
values: float64 has more than twice their digits (Figueroa, "When is double rounding innocuous?", SIGNUM 1995).
"""

from __future__ import annotations

from math import copysign, inf
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError, Unknown
from ema_cli.core.numbers import operations
from ema_cli.core.numbers.literals import PAST_FLOAT64, quoted
from ema_cli.core.numbers.values import exact_value, value_of
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    Number = float | Fraction
    Round = Callable[[Any], Any]


class Dtype(Record):
    """A number system: its roundings, and the functions that formulas call."""

    name: str
    round: Round
    """R: the nearest value of the type, ties to even; overflow gives an infinity."""
    compute: Round
    """O: the nearest value of the type that frameworks compute in, float32 for types of at most 32 bits."""
    number: Callable[[Any], Any]
    """N: from a setting or a counter to a number of the type; the identity in float64."""
    digits: int | None
    """Bits of the significand, including the hidden bit; None for exact fractions."""
    fma: Callable[[Any, Any, Any], Any]
    """a*b + c, rounded once, to the compute type."""
    power: Callable[[Any, Any], Any]
    """x^y in the compute type, as the C library gives it."""
    least: float = 0.0
    """The least positive normal number."""
    system: str = ""
    """The name and the modes of rounding, such as `float16 by float32`; it identifies the number system."""

    @property
    def idle(self) -> list[str]:
        """The names among R, O and N (`core/formula.py`) whose functions return their argument unchanged."""
        named = {"R": self.round, "O": self.compute, "N": self.number}
        return [name for name, function in named.items() if function in (float, _same)]

    def load(self, value: Any) -> Any:
        """Convert a param, a number or its text, to a value of the type."""
        return self.round(_float(value) if self.digits else _exact(value))


def _float(value: Any) -> float:
    try:
        return value_of(value)
    except OverflowError:
        raise SettingError(f"{quoted(str(value))} {PAST_FLOAT64}") from None


def _exact(value: Any) -> Fraction:
    from fractions import Fraction

    if isinstance(value, str):
        return exact_value(value)
    if hasattr(value, "item"):
        value = value.item()  # a scalar of numpy or torch, which has its own arithmetic
    try:
        return Fraction(value)
    except (ValueError, OverflowError):
        raise SettingError(f"{value} is not a fraction: exact arithmetic has no infinity and no NaN") from None


def _same(value: Any) -> Any:
    return value


LEAST_FLOAT32 = 2.0**-126
LEAST_FLOAT64 = 2.0**-1022
# A number at most half an ulp of its own binade below the least normal number is rounded up to it, and not flushed.
_FLUSHED_FLOAT32 = LEAST_FLOAT32 - 2.0**-151


def _float32(*, flush: bool = False) -> Round:
    cell = memoryview(bytearray(4)).cast("f")  # one for each average: sharing it would not be thread-safe

    def round32(x: float) -> float:
        cell[0] = x
        return cell[0]

    def flushed32(x: float) -> float:
        cell[0] = x if not -_FLUSHED_FLOAT32 < x < _FLUSHED_FLOAT32 else copysign(0.0, x)
        return cell[0]

    return flushed32 if flush else round32


def _float16() -> Round:
    import struct  # loads a shared library that no other type needs

    half = struct.Struct("e")
    pack, unpack = half.pack, half.unpack

    def round16(x: float) -> float:
        try:
            return unpack(pack(x))[0]  # type: ignore[no-any-return]
        except (OverflowError, struct.error):  # struct.error for an int that is too large
            return copysign(inf, x)  # TypeError if x is not a number, as in the other types

    return round16


def _bfloat16() -> Round:
    """Make the rounding to bfloat16, the upper half of a float32. A float32 exactly halfway between two bfloat16 values
    may be there by rounding; the float64 then decides the side.
    """
    single = memoryview(bytearray(4)).cast("f")
    bits = memoryview(single).cast("B").cast("I")

    def round_b16(x: float) -> float:
        single[0] = x
        b = bits[0]
        if b & 0xFFFF != 0x8000:
            bits[0] = b + 0x8000 & 0xFFFF0000
            return single[0]
        near = single[0]
        if near != x:
            b += 1 if abs(x) > abs(near) else -1
        bits[0] = b + 0x7FFF + (b >> 16 & 1) & 0xFFFF0000
        return single[0]

    return round_b16


def _by_float32(inner: Round) -> Round:
    """Make a rounding that goes through float32 first, as in frameworks."""
    round32 = _float32()
    return lambda x: inner(round32(x))


def _flushing(inner: Round, least: float) -> Round:
    """Make a rounding that flushes subnormal results to zero, as CPUs do in the modes FTZ and DAZ.

    In float64, a product that was rounded up to the least normal number counts as normal.
    """
    return lambda x: inner(x) if not -least < x < least else copysign(0.0, x)


def _powf(round32: Round) -> Callable[[float, float], float]:
    from ema_cli.core.numbers.powf import powf

    return powf(round32)


def _float64_type(by_float32: bool, flush: bool) -> Dtype:
    R: Round = _flushing(float, LEAST_FLOAT64) if flush else float
    fma = (lambda a, b, c: R(operations.fma64(a, b, c))) if flush else operations.fma64
    return Dtype("float64", R, R, _same, 53, fma, operations.power64, least=LEAST_FLOAT64)


def _float32_type(by_float32: bool, flush: bool) -> Dtype:
    R = _float32(flush=flush)
    return Dtype("float32", R, R, R, 24, operations.fma32(R), _powf(R), least=LEAST_FLOAT32)


def _float16_type(by_float32: bool, flush: bool) -> Dtype:
    R, O = _by_float32(_float16()) if by_float32 else _float16(), _float32()  # noqa: E741
    return Dtype("float16", R, O, O, 11, operations.fma32(O), _powf(O), least=2.0**-14)


def _bfloat16_type(by_float32: bool, flush: bool) -> Dtype:
    R, O = _by_float32(_bfloat16()) if by_float32 else _bfloat16(), _float32(flush=flush)  # noqa: E741
    R = _flushing(R, _FLUSHED_FLOAT32) if flush else R
    return Dtype("bfloat16", R, O, O, 8, operations.fma32(O), _powf(O), least=LEAST_FLOAT32)


def _exact_type(by_float32: bool, flush: bool) -> Dtype:
    return Dtype("exact", _same, _same, _exact, None, lambda a, b, c: a * b + c, operations.exact_power)


class Entry(Record):
    """A dtype, computed in Python until `native/generate.py` makes its loops. Entries are in order of length."""

    name: str
    make: Callable[[bool, bool], Dtype]
    """From `by_float32` and `flush` to the number system."""
    aliases: tuple[str, ...]
    """Other names, in letters and digits alone; an error suggests this dtype for them."""


_ENTRIES = (
    Entry("float64", _float64_type, ("double", "f64", "float", "fp64")),
    Entry("float32", _float32_type, ("f32", "float", "fp32", "single")),
    Entry("float16", _float16_type, ("f16", "fp16", "half")),
    Entry("bfloat16", _bfloat16_type, ("bf16", "bfloat")),
    Entry("exact", _exact_type, ("decimal", "fraction", "fractions", "rational")),
)

ENTRIES = {entry.name: entry for entry in _ENTRIES}
DTYPES = tuple(ENTRIES)
"""The names of all dtypes, from the longest to the shortest, then exact."""
SHORT = DTYPES[2:-1]
"""The dtypes shorter than float32."""


def dtype(name: str, *, by_float32: bool = False, flush: bool = False) -> Dtype:
    """Make a number system for one average.

    Args:
        name: One of DTYPES.
        by_float32: True to round to types of 16 bits by way of float32, as in frameworks; False to round directly.
        flush: True to flush subnormal operands and results to zero; float16 keeps them.
    """
    try:
        twice, flushed = by_float32 and "16" in name, flush and name != "float16"
        system = f"{name}{' by float32' * twice}{' flush' * flushed}"
        return ENTRIES[name].make(by_float32, flush).but(system=system)
    except (KeyError, TypeError):
        name = getattr(name, "__name__", str(name))  # callers may pass numpy.float32 itself
        remedy = f"there are {', '.join(DTYPES)}"
        raise SettingError(f"no dtype {quoted(name)}", remedy, Unknown("dtype", name, DTYPES)) from None
