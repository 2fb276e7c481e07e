"""JavaScript's Math.pow in V8 (Chrome, Edge, Node), reproduced to the last bit.

V8 uses the algorithm of fdlibm's e_pow.c (Sun Microsystems, 1993 and 2004) with a different final division. Up to one
result in ten differs in its last bit from the C library's, which is more accurate. Firefox and Safari use their own
algorithms, and V8 from version 13.2 on may be built to call the C library.
"""

from __future__ import annotations

import math
from math import frexp, ldexp, trunc

from ema_cli.core.numbers.operations import power64

# log2(x) = n + log2(c) + 2/ln 2 * atanh((x - c)/(x + c)), c = 1 or 3/2. _HIGH names the upper bits of a constant, _LOW
# the remainder.
_LOG2_3_2_HIGH, _LOG2_3_2_LOW = 5.84962487220764160156e-01, 1.35003920212974897128e-08
_ATANH = (
    2.06975017800338417784e-01,
    2.30660745775561754067e-01,
    2.72728123808534006489e-01,
    3.33333329818377432918e-01,
    4.28571428578550184252e-01,
    5.99999999999994648725e-01,
)
_TWO_THIRDS_OF_LOG2_E = 9.61796693925975554329e-01
_TWO_THIRDS_HIGH, _TWO_THIRDS_LOW = 9.61796700954437255859e-01, -7.02846165095275826516e-09
_LN_2 = 6.93147180559945286227e-01
_LN_2_HIGH, _LN_2_LOW = 6.93147182464599609375e-01, -1.90465429995776804525e-09
_EXP = (
    4.13813679705723846039e-08,
    -1.65339022054652515390e-06,
    6.61375632143793436117e-05,
    -2.77777777770155933842e-03,
    1.66666666666666019037e-01,
)
_PLACES = 2.0**20
_FIRST_OF_3_2, _LAST_OF_3_2 = 1 + 0x3988F / 2**20, 1 + 0xBB67A / 2**20  # where x is nearer to 3/2 than to 1 or 2


def pow_v8(x: float, y: float) -> float:
    """x^y as V8 computes it, for x between 0 and 1 and y between 0 and 2^31, which is all that charts need.

    Elsewhere it is the C library's power.

    >>> pow_v8(0.9, 4), math.pow(0.9, 4)
    (0.6561000000000001, 0.6561)
    """
    if not (0 < x < 1 and 0 < y < 2**31):
        return power64(x, y)
    if y == 1:
        return x
    if y == 2:
        return x * x
    if y == 0.5:
        return math.sqrt(x)
    log_high, log_low = _log2(x)
    y_high = _head(y)
    return _exp2(y_high * log_high, (y - y_high) * log_high + y * log_low)


def _head(x: float) -> float:
    """The number with the lower 32 of its 64 bits cleared, which leaves 21 bits of the significand."""
    significand, exponent = frexp(x)
    return ldexp(trunc(significand * 2097152.0), exponent - 21)


def _polynomial(x: float, coefficients: tuple[float, ...]) -> float:
    """A polynomial in x by Horner's method; the last coefficient is the constant term."""
    total = coefficients[0]
    for coefficient in coefficients[1:]:
        total = coefficient + x * total
    return total


def _log2(x: float) -> tuple[float, float]:
    """log2(x) as a sum of two parts, for x between 0 and 1."""
    half, n = frexp(x)
    x, n = 2 * half, n - 1  # from 1 to 2
    near_3_2 = _FIRST_OF_3_2 <= x < _LAST_OF_3_2
    if x >= _LAST_OF_3_2:
        x, n = half, n + 1
    centre = 1.5 if near_3_2 else 1.0
    base_high, base_low = (_LOG2_3_2_HIGH, _LOG2_3_2_LOW) if near_3_2 else (0.0, 0.0)
    difference, inverse = x - centre, 1 / (x + centre)
    s = difference * inverse
    s_high = _head(s)
    cut = trunc(x * _PLACES) / _PLACES
    sum_high, sum_low = cut + centre, x - cut
    s_low = inverse * ((difference - s_high * sum_high) - s_high * sum_low)
    square = s * s
    rest = square * square * _polynomial(square, _ATANH)
    rest += s_low * (s_high + s)
    square = s_high * s_high
    t_high = _head(3 + square + rest)
    t_low = rest - ((t_high - 3) - square)
    u, v = s_high * t_high, s_low * t_high + t_low * s
    p_high = _head(u + v)
    p_low = v - (p_high - u)
    z_high = _TWO_THIRDS_HIGH * p_high
    z_low = _TWO_THIRDS_LOW * p_high + p_low * _TWO_THIRDS_OF_LOG2_E + base_low
    high = _head(((z_high + z_low) + base_high) + n)
    return high, z_low - (((high - n) - base_high) - z_high)


def _exp2(high: float, low: float) -> float:
    """2 to the power of high + low, for a sum of at most 0."""
    z = low + high
    if z < -1075:  # ldexp gives 0
        return 0.0
    n = trunc(z - 0.5) if z <= -0.5 - 2**-21 else 0
    high -= n
    t = _head(low + high)
    u, v = t * _LN_2_HIGH, (low - (t - high)) * _LN_2 + t * _LN_2_LOW
    z = u + v
    w = v - (z - u)
    t = z * z
    t1 = z - t * _polynomial(t, _EXP)
    value = 1 - (z * t1 / ((t1 - 2) - (w + z * w)) - z)  # fdlibm has z*t1/(t1 - 2) - (w + z*w) for the quotient
    return ldexp(value, n)
