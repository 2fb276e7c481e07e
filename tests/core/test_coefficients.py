"""Each way from the decay of a family to the operands of a form; the roundings are compared with exact fractions."""

# ruff: noqa: E741 - O is the name that the field gives to the rounding to the compute type

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from ema_cli.core import coefficients
from ema_cli.core.numbers.dtypes import dtype
from tests.core.test_updates import FLOATING, rounding

WAYS = {name: one for name, one in vars(coefficients).items() if isinstance(one, coefficients.Scalars)}

D, F, B, H = map(rounding, ("float64", "float32", "bfloat16", "float16"))

ROUNDED = {
    "in_compute_type": lambda R, O, v: (O(v), O(D(1 - v))),
    "unrounded": lambda R, O, v: (v, D(1 - v)),
    "in_dtype": lambda R, O, v: (R(v), R(D(1 - v))),
    "subtracted_in_dtype": lambda R, O, v: (R(v), R(D(1 - R(v)))),
    "subtracted_in_float32": lambda R, O, v: (None, R(F(D(1 - v)))),
    "by_float32_in_dtype": lambda R, O, v: (R(F(v)), R(O(D(1 - F(v))))),
    "alpha_in_dtype": lambda R, O, v: (O(v), R(D(1 - v))),
    "alpha_subtracted_twice": lambda R, O, v: (O(D(1 - D(1 - v))), R(D(1 - v))),
    "in_dtype_and_bfloat16": lambda R, O, v: (R(v), B(F(D(1 - v)))),
    "in_dtype_and_float16": lambda R, O, v: (R(v), H(F(D(1 - v)))),
    "weight_in_compute_type": lambda R, O, v: (O(D(1 - v)), O(v)),
    "weight_in_dtype": lambda R, O, v: (R(D(1 - v)), R(v)),
    "weight_as_alpha": lambda R, O, v: (O(D(1 - v)), R(v)),
    "weight_subtracted_in_type": lambda R, O, v: (R(D(1 - R(v))), R(v)),
    "count": lambda R, O, v: (O(D(1 - v)), O(v)),
}
"""d and w of a decay, a weight or a count v: R rounds to the type, O to the compute type."""


def values():
    """Some values at random, and some that are, or whose 1 - v is, close to halfway between two 16-bit values."""
    draw = Random(1)
    halves = [Fraction(2 * draw.randrange(2**digits) + 1, 2 ** (digits + 1)) for digits in (8, 11) for _ in range(20)]
    near = [half + draw.choice([-1, 1]) * Fraction(1, 2**26) for half in halves]
    return [D(one) for one in (*(Fraction(draw.random()) for _ in range(40)), *near, *(1 - one for one in near))]


@pytest.mark.parametrize("name", FLOATING)
@pytest.mark.parametrize("way", WAYS)
def test_every_operand_is_rounded_as_it_says(way, name):
    """1 - v is computed in float64, as the decay is, unless v is rounded first."""
    given, over = values(), WAYS[way].over(dtype(name))
    R, O = rounding(name), rounding("float32" if name != "float64" else name)
    found = [over[one]([float(v) for v in given]) if one in over else [None] * len(given) for one in "dw"]
    expected = [ROUNDED[way](R, O, v) for v in given]
    assert list(zip(*found, strict=True)) == [tuple(None if x is None else float(x) for x in one) for one in expected]


@pytest.mark.parametrize("way", [name for name in WAYS if "16" not in name])
def test_fractions_are_not_rounded(way):
    """In exact arithmetic, the operands are a decay and a weight that add up to 1, and so are the shown ones."""
    v = Fraction(1, 3)
    of_weight = "weight" in way or way == "count"
    found = {name: list(one([v])) for name, one in WAYS[way].over(dtype("exact")).items()}
    assert found.get("d", [1 - found["w"][0]]) == [1 - v if of_weight else v]
    assert found["w"] == [v if of_weight else 1 - v]
    shown = 1 - 1 / v if way == "count" else 1 - v if of_weight else v
    assert found["decay"] == [shown]
    assert found.get("weight", [1 - shown]) == [1 - shown]
