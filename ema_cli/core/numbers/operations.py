"""Operations that Python's floats lack: fused multiply-add, powers that never raise, stochastic rounding.

Each is a pure function, or makes one, that is correct for every input; the tests compare it with exact fractions.
"""

from __future__ import annotations

import math
from math import copysign, fsum, inf, nextafter
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

    Round = Callable[[float], float]

# Beyond these bounds, the parts of a split product would overflow, or lose their last bits to underflow.
_SPLIT = 134217729.0  # 2^27 + 1: Dekker, "A floating-point technique for extending the available precision", 1971
_LARGE, _SMALL = 2.0**990, 2.0**-960


def fma32(round32: Round) -> Callable[[float, float, float], float]:
    """Make a*b + c for float32 values, rounded once.

    The product is exact in float64. Its sum with c is rounded to odd there, so that rounding it again to float32 is
    correct (Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to
    odd", 2008).
    """
    wide = memoryview(bytearray(8)).cast("d")
    bits = memoryview(wide).cast("B").cast("Q")

    def fma(a: float, b: float, c: float) -> float:
        product = a * b
        t = product + c
        back = t - product
        error = (product - (t - back)) + (c - back)
        if error != 0:  # NaN if t is infinite; the double next to an infinity is infinite in float32 as well
            wide[0] = t
            if not bits[0] & 1:
                t = nextafter(t, copysign(inf, error))
        return round32(t)

    return fma


def fma64(a: float, b: float, c: float) -> float:
    """a*b + c, rounded once, as `math.fma` computes it from Python 3.13 on."""
    product = a * b
    if not (_SMALL < abs(product) < _LARGE and abs(a) < _LARGE and abs(b) < _LARGE and abs(c) < _LARGE):
        return _fma64_at_the_limits(a, b, c)
    t = _SPLIT * a
    a1 = t - (t - a)
    a2 = a - a1
    t = _SPLIT * b
    b1 = t - (t - b)
    b2 = b - b1
    rest = a2 * b2 - (((product - a1 * b1) - a2 * b1) - a1 * b2)
    return fsum((product, rest, c))


def _fma64_at_the_limits(a: float, b: float, c: float) -> float:
    if not (math.isfinite(a) and math.isfinite(b)) or a == 0 or b == 0:
        return a * b + c
    if not math.isfinite(c):  # even if a * b is past the largest double
        return c
    (an, ad), (bn, bd), (cn, cd) = a.as_integer_ratio(), b.as_integer_ratio(), c.as_integer_ratio()
    n, d = an * bn * cd + cn * ad * bd, ad * bd * cd
    try:
        return n / d
    except OverflowError:
        return inf if n > 0 else -inf


fma64_in_parts = fma64
"""The version of fma64 for Python before 3.13."""

if hasattr(math, "fma"):  # pragma: no cover
    _builtin_fma = math.fma

    def fma64(a: float, b: float, c: float) -> float:
        """a*b + c, rounded once, by `math.fma`, which raises errors for infinite and NaN results."""
        try:
            return _builtin_fma(a, b, c)  # type: ignore[no-any-return]
        except (OverflowError, ValueError):
            return _fma64_at_the_limits(a, b, c)


def divided(x: Any, y: Any) -> Any:
    """x / y; division by zero gives an infinity or NaN, as in C."""
    if y:
        return x / y
    if not isinstance(y, float):
        raise SettingError("exact arithmetic cannot divide by zero, as debiasing does here; use float64")
    return copysign(inf, x) * copysign(1, y) if x and x == x else math.nan


def difference(later: Any, earlier: Any) -> Any:
    """later - earlier: rounded once for two doubles, else exact."""
    if type(later) is type(earlier):
        return later - earlier
    from fractions import Fraction

    return Fraction(later) - Fraction(earlier)


def special_power(x: float, y: float) -> float:
    """x^y as C computes it, if x is 1 or either is zero, infinite or NaN."""
    try:
        return math.pow(x, y)
    except ValueError:  # zero to a negative power
        return copysign(inf, x) if y % 2 == 1 else inf


def power64(x: float, y: float) -> float:
    """x^y in float64 as C computes it: an infinity or NaN where Python raises an error."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -inf if x < 0 and y % 2 == 1 else inf
    except ValueError:
        return special_power(x, y) if x == 0 else math.nan


def tensor_power(R: Round) -> Callable[[float, float], float]:
    """Make torch's x^y of a float32 tensor and a Python scalar: rounded from float64, except for some exponents
    (aten/src/ATen/native/cpu/PowKernel.cpp).
    """
    special: dict[float, Callable[[float], float]] = {
        -0.5: lambda x: R(1 / R(math.sqrt(x))),
        -1.0: lambda x: R(1 / x),
        -2.0: lambda x: R(1 / R(x * x)),
    }

    def power(x: float, y: float) -> float:
        return special[y](x) if y in special else R(power64(x, y))

    return power


LARGEST_EXACT_POWER = 10_000
"""The largest exponent in exact arithmetic; higher powers have tens of thousands of digits."""


def exact_power(x: Any, n: int) -> Any:
    """x^n of a fraction."""
    if n != int(n):
        raise SettingError(f"exact arithmetic takes whole powers only, not {n}; use float64")
    if n > LARGEST_EXACT_POWER and x not in (0, 1):
        raise SettingError(f"exact arithmetic takes powers up to {LARGEST_EXACT_POWER}, not {n}; use float64")
    return x ** int(n)


def squared_power(R: Round) -> Callable[[float, int], float]:
    """Make x^n by repeated squaring from the lowest bit of n up, rounding each product."""

    def power(x: float, n: int) -> float:
        result = 1.0
        while n > 0:
            if n & 1:
                result = R(result * x)
            x = R(x * x)
            n >>= 1
        return result

    return power


def mersenne_twister(seed: int) -> Callable[[], int]:
    """Make a generator of 32-bit draws from MT19937, seeded as C++'s std::mt19937 and torch's CPU generator are.

    Python's generator has the same recurrence but is seeded differently, so its state is set directly.
    """
    from random import Random

    state = [seed & 0xFFFFFFFF]
    for i in range(1, 624):
        state.append((1812433253 * (state[-1] ^ state[-1] >> 30) + i) & 0xFFFFFFFF)
    generator = Random()
    generator.setstate((3, (*state, 624), None))
    return lambda: generator.getrandbits(32)


def truncated_at_random(seed: int, numel: int, index: int) -> Callable[[float, int], float]:
    """Make the stochastic rounding from float32 to bfloat16 in update k: add 16 random bits, cut off the lower 16 bits.

    Args:
        seed: The seed of the random numbers.
        numel: The number of elements in the tensor; each draws one number in each update.
        index: The index of this element.
    """
    single = memoryview(bytearray(4)).cast("f")
    word = memoryview(single).cast("B").cast("I")
    draw, done = mersenne_twister(seed), 0
    draws: list[int] = []

    def truncate(x: float, k: int) -> float:
        nonlocal draw, done, draws
        if k <= done:
            draw, done = mersenne_twister(seed), 0
        while done < k:
            draws, done = [draw() for _ in range(numel)], done + 1
        single[0] = x
        word[0] = word[0] + (draws[index] & 0xFFFF) & 0xFFFF0000
        return single[0]

    return truncate


def finite(whole: Callable[[Any], int]) -> Callable[[Any], int]:
    """Make a rounding to whole numbers refuse infinity and NaN."""

    def rounded(x: Any) -> int:
        try:
            return whole(x)
        except (OverflowError, ValueError):
            raise SettingError(f"fixed point cannot hold {x}") from None

    return rounded
