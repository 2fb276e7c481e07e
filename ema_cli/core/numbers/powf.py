"""The C library's powf, reproduced to the last bit.

Its algorithm in glibc (2.28 and later), musl, bionic and newlib is sysdeps/ieee754/flt-32/e_powf.c, contributed by
Szabolcs Nagy, Arm. The result is within 0.52 ulp, so not always the nearest float32.
"""

from __future__ import annotations

import math
from math import copysign, inf
from typing import TYPE_CHECKING

from ema_cli.core.numbers.operations import special_power

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.numbers.operations import Round

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
_FAR = 200.0  # a power of two past the range of float32


def powf(round32: Round) -> Callable[[float, float], float]:
    """Make x^y for float32 values, equal to the C library's result even where that is not the nearest float32.

    If x is zero, or x or y is infinite or NaN, it is the result in float64, rounded to float32.
    """
    single = memoryview(bytearray(4)).cast("f")
    word = memoryview(single).cast("B").cast("i")
    a0, a1, a2, a3, a4 = _LOG2_POLYNOMIAL
    c0, c1, c2 = _EXP2_POLYNOMIAL

    def power(x: float, y: float) -> float:
        if not (0 < abs(x) < inf and abs(y) < inf):
            return round32(special_power(x, y))
        sign = 1.0
        if x < 0:
            if y % 1:
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
        if not -_FAR < ylog < _FAR:
            ylog = copysign(_FAR, ylog)
        k = round(ylog * 32)
        r = ylog - k / 32
        y = (c0 * r + c1) * (r * r) + (c2 * r + 1.0)
        return round32(sign * math.ldexp(y * _ROOTS[k & 31], k >> 5))

    return power
