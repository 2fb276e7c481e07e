"""Averages of StyleGAN, EDM and EDM2 (Karras et al.): half-lives in images, and power-function profiles.

After N rounds, such a profile gives the param of round n the weight (n/N)^exponent. Its relative standard deviation,
sigma_rel, is the standard deviation of n divided by N (EDM2, 2024, section 3.1).
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError
from ema_cli.core.schedules import Family

if TYPE_CHECKING:
    from ema_cli.core.numbers.dtypes import Number

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
    for _ in range(64):  # it falls from above, and settles much earlier
        x -= (((x + 7) * x + 16 - t) * x + 12 - t) / ((3 * x + 14) * x + 16 - t)
    return x


def half_life(batch: Number, images: Number, ramp: Number | None = None, scaled: str = "ramp*n") -> Family:
    """0.5^(batch / max(h, 1e-8)), where the half-life h is `images`, or, with a ramp, min(images, `scaled`)."""
    names, inlined = (("batch", batch), ("images", images), ("ramp", ramp or 0)), ("batch", "images", "ramp")
    if ramp is None:
        return Family(
            "0.5**(batch/max(images, 1e-8))",
            names,
            inlined,
            rational=False,
            readable="0.5**(batch/images)",
        )
    return Family(f"0.5**(batch/max(min(images, {scaled}), 1e-8))", names, inlined, rational=False)


def halved(interval: Number, images: Number) -> Family:
    """2^-(interval / half-life)."""
    names = (("interval", interval), ("images", images))
    return Family("2**-(interval/images)", names, ("interval", "images"), rational=False)


def _at_least(least: Any, n: Any) -> Any:
    """The counter, which must have reached the least."""
    if n < least:
        raise SettingError(f"the rule's counter starts at {least}; it has no decay at step {n}")
    return n


def power_function(exponent: Number, batch: Number) -> Family:
    """(1 - batch / n)^exponent."""
    return Family(
        "(1 - batch/at_least(batch, n))**exponent",
        (("exponent", exponent), ("batch", batch)),
        ("batch",),
        rational=False,
        calls=lambda num: {"at_least": _at_least},
    )


def inverse_power_function(exponent: Number) -> Family:
    """(1 - 1 / n)^exponent."""
    names = (("exponent", exponent),)
    return Family("(1 - 1/at_least(1, n))**exponent", names, rational=False, calls=lambda num: {"at_least": _at_least})
