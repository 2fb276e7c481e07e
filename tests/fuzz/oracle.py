"""An oracle for calls: an average in its simplest form, in exact fractions and with its roundings."""

from __future__ import annotations

import re
from fractions import Fraction
from math import copysign, inf, isfinite, nan
from typing import TYPE_CHECKING, NamedTuple

from tests.harness import Outcome, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
LAST_STEP = 2**63 - 1
NO_VALUE = {"", "na", "n/a", "nan", "null", "none"} | {s + w for s in ("", "+", "-") for w in ("inf", "infinity")}

# Bits of the significand, and the exponents of the least and the greatest normal number.
TYPES = {
    "float64": (53, -1022, 1023),
    "float32": (24, -126, 127),
    "float16": (11, -14, 15),
    "bfloat16": (8, -126, 127),
}


def call(arguments: Sequence[str], stdin: bytes = b"") -> Outcome:
    """A call of the command, which succeeds or fails with one message, and prints nothing that a terminal acts on."""
    outcome = run(list(arguments), stdin)
    lines = outcome.err.split("\n")
    messages = [line for line in lines if line and not line.startswith("ema-calc: note: ")]
    assert "".join(lines).isprintable(), outcome.err
    if outcome.code == 0 or (outcome.code == 3 and "--check" in " ".join(arguments)):
        assert "--summary" in arguments or not messages, outcome.err
    else:
        assert outcome.code in (1, 2), outcome
        assert messages[0].startswith("ema-calc: error: "), outcome.err
        assert len(messages) <= 2, outcome.err
        assert outcome.err.strip() != "ema-calc: error:"
    return outcome


def nearest(x: Fraction, name: str) -> float:
    """The value of the type nearest to x, ties to even; beyond the range, an infinity."""
    value = nearest_of(x, *TYPES[name])
    return (inf if x > 0 else -inf) if value is None else float(value)


def nearest_of(x: Fraction, bits: int, least: int, most: int) -> Fraction | None:
    """The number with this many bits and limits of the exponent nearest to x, ties to even; None beyond them."""
    if not x:
        return x
    size = abs(x)
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    if Fraction(2) ** exponent > size:
        exponent -= 1
    unit = Fraction(2) ** (max(exponent, least) - bits + 1)
    rounded = round(size / unit) * unit
    if rounded >= Fraction(2) ** (most + 1):
        return None
    return rounded if x > 0 else -rounded


def _operation(
    name: str, exact: Callable[[Fraction, Fraction], Fraction], plain: Callable[[float, float], float]
) -> Callable[[float, float], float]:
    def operate(a: float, b: float) -> float:
        usual = plain(a, b)
        if not (isfinite(a) and isfinite(b)):
            return usual
        value = nearest(exact(Fraction(a), Fraction(b)), name)
        return value if value else copysign(0.0, usual)  # the sign of a zero is that of the operation

    return operate


def to(name: str, x: float) -> float:
    """The value of the type nearest to a float64; zeros keep their sign."""
    return copysign(nearest(Fraction(x), name), x) if isfinite(x) else x


class Round(NamedTuple):
    """The expected values of a round."""

    decay: float | Fraction | None
    shadow: float | Fraction


def floating(
    name: str, decay: float, initial: float, warms: bool, rows: Sequence[tuple[int | None, float | None]]
) -> list[Round]:
    """The rounds in a type: R(R(s*d) + R(p*w)), d and w computed in float64, converted to float32 for shorter types."""
    compute = name if name == "float64" else "float32"
    times = _operation(name, lambda a, b: a * b, lambda a, b: a * b)
    plus = _operation(name, lambda a, b: a + b, lambda a, b: a + b)

    shadow, rounds = to(name, initial), []
    for step, value in rows:
        if value is None:
            rounds.append(Round(None, shadow))
            continue
        d = (
            nearest(min(Fraction(decay), Fraction(nearest(Fraction(1 + step, 10 + step), "float64"))), "float64")
            if warms and step is not None
            else decay
        )
        w = to(compute, nearest(1 - Fraction(d), "float64"))
        shadow = plus(times(shadow, to(compute, d)), times(to(name, value), w))
        rounds.append(Round(d, shadow))
    return rounds


def exactly(
    decay: Fraction, initial: Fraction, warms: bool, rows: Sequence[tuple[int | None, Fraction | None]]
) -> list[Round]:
    """The rounds in fractions."""
    shadow, rounds = initial, []
    for step, value in rows:
        if value is None:
            rounds.append(Round(None, shadow))
            continue
        d = min(decay, Fraction(1 + step, 10 + step)) if warms and step is not None else decay
        shadow = d * shadow + (1 - d) * value
        rounds.append(Round(d, shadow))
    return rounds


def close(values: Sequence[Round], exact: Sequence[Round], largest: Fraction, bits: int, least: Fraction) -> bool:
    """True if rounded rounds are within the largest error that their roundings can add up to.

    With u = 2^-bits and M the largest value, a round adds an error of at most 8 u M to that of the round before: u each
    for the decay and the weight, the products and the sum, and the param, and again for the decay and the weight in the
    compute type. Underflow adds the least positive value for each product.
    """
    allowed = Fraction(1, 2**bits) * largest + least
    for value, truth in zip(values, exact, strict=True):
        if truth.decay is not None:
            allowed = allowed * (1 + Fraction(8, 2**bits)) + Fraction(8, 2**bits) * largest + 3 * least
        if not isfinite(value.shadow):
            return True  # beyond the range there is nothing to compare
        if abs(Fraction(value.shadow) - truth.shadow) > allowed:
            return False
    return True


def step_of(text: str) -> int | None:
    """The value of a step's text; None if it is not a step."""
    if not NUMBER.fullmatch(text):
        return None
    mantissa, _, exponent = text.lower().partition("e")
    if len(exponent.lstrip("+-0")) > 4:
        return None if mantissa.strip("+-0.") else 0
    value = Fraction(text)
    return int(value) if value.denominator == 1 and 0 <= value <= LAST_STEP else None


def value_of(text: str) -> float | None:
    """The value of a param's text; None if it is not a param."""
    if not NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if isfinite(value) else None


def missing_of(text: str) -> float | None:
    """The param for a missing value under --missing rule."""
    if text.lower() not in NO_VALUE:
        return None
    return nan if "inf" not in text.lower() else -inf if text.startswith("-") else inf
