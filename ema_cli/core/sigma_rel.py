"""EDM2's relative standard deviation of a power-function average, and its exponent (Karras et al., 2024, section 3.1).

After N rounds the param of round n has the weight (n/N)^exponent; the weights' standard deviation is sigma_rel * N.
"""

from __future__ import annotations

from math import sqrt

MOST_SIGMA_REL = 0.28
"""A little less than that of the exponent 0, which is sqrt(1/12)."""


def sigma_rel_of(exponent: float) -> float:
    """The relative standard deviation of an exponent.

    >>> round(sigma_rel_of(6.94), 4), round(sigma_rel_of(100), 4)
    (0.1, 0.0097)
    """
    return sqrt((exponent + 1) / (exponent + 3)) / (exponent + 2)


def exponent_of(sigma_rel: float) -> float:
    """The exponent of a relative standard deviation: the largest root of a cubic, by Newton's method.

    sigma_rel^-2 (x + 1) = (x + 2)^2 (x + 3), so x^3 + 7x^2 + (16 - t)x + 12 - t = 0, t = sigma_rel^-2.

    >>> round(exponent_of(0.1), 2), round(exponent_of(0.05), 2)
    (6.94, 16.97)
    """
    t = sigma_rel**-2
    x: float = t**0.5
    for _ in range(64):  # from above it falls, and settles long before
        x -= (((x + 7) * x + 16 - t) * x + 12 - t) / ((3 * x + 14) * x + 16 - t)
    return x
