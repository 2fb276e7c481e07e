"""Operations that Python's floats don't have: fused multiply-add, the C library's float32 power, stochastic rounding.

Each is a pure function (or a factory of one) that is right for every input; the tests hold it against exact fractions.
"""

from __future__ import annotations

import math
from math import copysign, fsum, inf, nextafter
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

    Round = Callable[[float], float]

# Beyond these bounds the pieces of a split product would overflow, or their last bits be lost to underflow.
_SPLIT = 134217729.0  # 2^27 + 1: Dekker, "A floating-point technique for extending the available precision", 1971
_LARGE, _SMALL = 2.0**990, 2.0**-960


def fma32(round32: Round) -> Callable[[float, float, float], float]:
    """a*b + c for float32 values, rounded once.

    The product is exact in float64. Its sum with c is rounded to odd there, which keeps enough to round it again
    (Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to odd",
    2008).
    """
    wide = memoryview(bytearray(8)).cast("d")
    bits = memoryview(wide).cast("B").cast("Q")

    def fma(a: float, b: float, c: float) -> float:
        product = a * b
        t = product + c
        back = t - product
        error = (product - (t - back)) + (c - back)
        if error != 0 and error - error == 0:  # an infinite t leaves a NaN
            wide[0] = t
            if not bits[0] & 1:
                t = nextafter(t, inf if error > 0 else -inf)
        return round32(t)

    return fma


def fma64(a: float, b: float, c: float) -> float:
    """a*b + c, rounded once: `math.fma`, which Python has from 3.13 on."""
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
    if a == 0 or b == 0 or not (math.isfinite(a) and math.isfinite(b) and math.isfinite(c)):
        return a * b + c
    (an, ad), (bn, bd), (cn, cd) = a.as_integer_ratio(), b.as_integer_ratio(), c.as_integer_ratio()
    n, d = an * bn * cd + cn * ad * bd, ad * bd * cd
    try:
        return n / d
    except OverflowError:
        return inf if n > 0 else -inf


fma64_in_parts = fma64
"""What fma64 is before Python 3.13."""

if hasattr(math, "fma"):  # pragma: no cover
    _builtin_fma = math.fma

    def fma64(a: float, b: float, c: float) -> float:
        """a*b + c, rounded once: `math.fma`, which raises where the arithmetic gives an infinity or a NaN."""
        try:
            return _builtin_fma(a, b, c)  # type: ignore[no-any-return]
        except (OverflowError, ValueError):
            return _fma64_at_the_limits(a, b, c)


# powf as glibc (2.28 and later), musl, bionic and newlib compute it: sysdeps/ieee754/flt-32/e_powf.c, contributed by
# Szabolcs Nagy, Arm. Its result is within 0.52 units in the last place, so not always the nearest float32.
# e_powf_log2_data.c: 1/c and log2(c) for 16 values c.
_LOG2_TABLE = tuple(
    (float.fromhex(inverse), float.fromhex(log))
    for inverse, log in (
        ("0x1.661ec79f8f3bep+0", "-0x1.efec65b963019p-2"),
        ("0x1.571ed4aaf883dp+0", "-0x1.b0b6832d4fca4p-2"),
        ("0x1.49539f0f010bp+0", "-0x1.7418b0a1fb77bp-2"),
        ("0x1.3c995b0b80385p+0", "-0x1.39de91a6dcf7bp-2"),
        ("0x1.30d190c8864a5p+0", "-0x1.01d9bf3f2b631p-2"),
        ("0x1.25e227b0b8eap+0", "-0x1.97c1d1b3b7afp-3"),
        ("0x1.1bb4a4a1a343fp+0", "-0x1.2f9e393af3c9fp-3"),
        ("0x1.12358f08ae5bap+0", "-0x1.960cbbf788d5cp-4"),
        ("0x1.0953f419900a7p+0", "-0x1.a6f9db6475fcep-5"),
        ("0x1p+0", "0x0p+0"),
        ("0x1.e608cfd9a47acp-1", "0x1.338ca9f24f53dp-4"),
        ("0x1.ca4b31f026aap-1", "0x1.476a9543891bap-3"),
        ("0x1.b2036576afce6p-1", "0x1.e840b4ac4e4d2p-3"),
        ("0x1.9c2d163a1aa2dp-1", "0x1.40645f0c6651cp-2"),
        ("0x1.886e6037841edp-1", "0x1.88e9c2c1b9ff8p-2"),
        ("0x1.767dcf5534862p-1", "0x1.ce0a44eb17bccp-2"),
    )
)
_LOG2_POLYNOMIAL = tuple(
    map(
        float.fromhex,
        (
            "0x1.27616c9496e0bp-2",
            "-0x1.71969a075c67ap-2",
            "0x1.ec70a6ca7baddp-2",
            "-0x1.7154748bef6c8p-1",
            "0x1.71547652ab82bp0",
        ),
    )
)
# e_exp2f_data.c
_EXP2_POLYNOMIAL = tuple(map(float.fromhex, ("0x1.c6af84b912394p-5", "0x1.ebfce50fac4f3p-3", "0x1.62e42ff0c52d6p-1")))
_ROOTS = tuple(2.0 ** (i / 32) for i in range(32))


def powf(round32: Round) -> Callable[[float, float], float]:
    """x^y for float32 values, as the C library gives it: to the last bit, where it is off too.

    Where x or y is zero, infinite or NaN, or x is 1, the result is exact or special: float64's, rounded to float32.
    """
    single = memoryview(bytearray(4)).cast("f")
    word = memoryview(single).cast("B").cast("i")
    a0, a1, a2, a3, a4 = _LOG2_POLYNOMIAL
    c0, c1, c2 = _EXP2_POLYNOMIAL

    def power(x: float, y: float) -> float:
        if not (0 < abs(x) < inf) or x == 1 or not (0 < abs(y) < inf):
            return round32(_special_power(x, y))
        sign = 1.0
        if x < 0:
            if y != math.floor(y):
                return math.nan
            sign, x = -1.0 if y % 2 else 1.0, -x
        shift = 0
        if x < 2.0**-126:
            x, shift = x * 2.0**23, 23
        single[0] = x
        ix = word[0]
        above = ix - 0x3F330000
        inverse, log = _LOG2_TABLE[above >> 19 & 15]
        exponent = above >> 23
        word[0] = ix - (exponent << 23)
        r = single[0] * inverse - 1.0
        base = log + (exponent - shift)
        r2 = r * r
        high = a0 * r + a1
        middle = a2 * r + a3
        low = (a4 * r + base) + middle * r2
        ylog = y * (high * (r2 * r2) + low)
        if ylog >= 128:
            return round32(sign * inf)
        if ylog <= -150:
            return round32(sign * 0.0)
        k = round(ylog * 32)
        r = ylog - k / 32
        y = (c0 * r + c1) * (r * r) + (c2 * r + 1.0)
        return round32(sign * math.ldexp(y * _ROOTS[k & 31], k >> 5))

    return power


def _special_power(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except ValueError:  # zero to a negative power
        return copysign(inf, x) if y % 2 == 1 else inf


def power64(x: float, y: float) -> float:
    """x^y in float64, where C gives an infinity without an error."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -inf if x < 0 and y % 2 == 1 else inf
    except ValueError:
        return _special_power(x, y) if x == 0 else math.nan


LARGEST_EXACT_POWER = 10_000
"""A fraction to a higher power has tens of thousands of digits."""


def exact_power(x: Any, n: int) -> Any:
    """x^n of a fraction.

    Raises:
        SettingError: The power is too high.
    """
    if n > LARGEST_EXACT_POWER and x not in (0, 1):
        raise SettingError(f"exact arithmetic takes no power of {n}: at most {LARGEST_EXACT_POWER}; use float64")
    return x**n


def squared_power(R: Round) -> Callable[[float, int], float]:
    """x^n by repeated squaring from the lowest bit of n up, rounding each product."""

    def power(x: float, n: int) -> float:
        result: float = 1
        while n > 0:
            if n & 1:
                result = R(result * x)
            x = R(x * x)
            n >>= 1
        return result

    return power


def mersenne_twister(seed: int) -> Callable[[], int]:
    """Draws of 32 bits from MT19937, seeded by one integer as C++'s std::mt19937 and torch's CPU generator are.

    Python's generator has the same recurrence and another seeding: it is given the state.
    """
    from random import Random

    state = [seed & 0xFFFFFFFF]
    for i in range(1, 624):
        state.append((1812433253 * (state[-1] ^ state[-1] >> 30) + i) & 0xFFFFFFFF)
    generator = Random()
    generator.setstate((3, (*state, 624), None))
    return lambda: generator.getrandbits(32)


def truncated_at_random(draw: Callable[[], int]) -> Callable[[Any], float]:
    """From float32 to bfloat16: the lower 16 bits plus a random number of 16 bits, then cut off."""
    single = memoryview(bytearray(4)).cast("f")
    word = memoryview(single).cast("B").cast("I")

    def truncate(x: float) -> float:
        single[0] = x
        word[0] = word[0] + (draw() & 0xFFFF) & 0xFFFF0000
        return single[0]

    return truncate
