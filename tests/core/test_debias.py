"""The read-outs of debiasing rules, compared with exact fractions."""

# ruff: noqa: E741 - O is the name that the field gives to the rounding to the compute type

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from ema_cli.core import debias
from ema_cli.core.average import Average
from ema_cli.core.errors import SettingError
from ema_cli.core.formula import Recurrence, column, names_in, text_in
from ema_cli.core.numbers.dtypes import dtype
from tests.core.numbers.test_dtypes import SHAPES
from tests.fuzz.oracle import nearest_of
from tests.harness import run

COUNT = 9


def rounding(name):
    return lambda x: nearest_of(Fraction(x), *SHAPES[name])


def squared(R, x, n):
    result = Fraction(1)
    for bit in bin(n)[:1:-1]:
        result = R(result * x) if bit == "1" else result
        x = R(x * x)
    return result


def given(name, seed):
    """Accumulators, and a plan in which all decays and operands differ."""
    draw, R, O = Random(seed), rounding(name), rounding("float64" if name == "float64" else "float32")
    s = [R(draw.uniform(-9, 9)) for _ in range(COUNT)]
    decays = [Fraction(draw.uniform(0.3, 0.99)) for _ in range(COUNT)]
    ds, ws = [O(v) for v in decays], [O(1 - v) for v in decays]
    return s, decays, ds, ws


def shown(readout, name, s, decays, ds, ws):
    """The shown values of accumulators, with a decay and operands for each."""
    num, registers = dtype(name), [name for name, _ in readout.registers]
    names = readout.names(num) if readout.names is not None else {}
    columns = {"s": s, "v": decays, "d": ds, "w": ws}
    columns = {key: list(map(float, column)) for key, column in columns.items()} | {"k": range(1, len(s) + 1)}
    if registers:
        state = [start for _, start in readout.registers]
        moved = Recurrence(registers, readout.after, num, names).run([state], columns)
        columns |= dict(zip(registers, moved, strict=True))
    used = [name for name in columns if name in names_in(text_in(readout.text, num))]
    return list(column(readout.text, used, num, names)(*(columns[name] for name in used)))


@pytest.mark.parametrize("name", ["float64", "float32", "bfloat16", "float16"])
def test_quotients_by_a_power(name):
    """The accumulator is divided by 1 - decay^k, with the framework's roundings."""
    R, O = rounding(name), rounding("float64" if name == "float64" else "float32")
    num = dtype(name)
    s, decays, ds, ws = given(name, 3)
    k = range(1, COUNT + 1)

    def power(x, n):  # of the C library: close to the exact one, and covered by another test
        return Fraction(num.power(float(x), n))

    rows = list(zip(s, decays, ds, ws, k, strict=True))
    assert shown(debias.by_power, name, s, decays, ds, ws) == [
        float(R(x / R(O(1 - power(O(v), n))))) for x, v, _, _, n in rows
    ]
    assert shown(debias.by_power_in_dtype, name, s, decays, ds, ws) == [
        float(R(x / R(1 - R(power(d, n))))) for x, _, d, _, n in rows
    ]
    assert shown(debias.by_squared_power, name, s, decays, ds, ws) == [
        float(R(x / R(1 - squared(R, d, n)))) for x, _, d, _, n in rows
    ]
    assert shown(debias.by_power_of_rest, name, s, decays, ds, ws) == [
        float(R(x / R(1 - R(power(R(1 - w), n))))) for x, _, _, w, n in rows
    ]
    if name != "bfloat16":  # in which XLA divides tensors, too
        assert shown(debias.by_power_reciprocal, name, s, decays, ds, ws) == [
            float(R(x * R(1 / R(O(1 - power(O(v), n)))))) for x, v, _, _, n in rows
        ]
        assert shown(debias.by_power_in_dtype_reciprocal, name, s, decays, ds, ws) == [
            float(R(x * R(1 / R(1 - R(power(d, n)))))) for x, _, d, _, n in rows
        ]
        assert shown(debias.by_squared_power_reciprocal, name, s, decays, ds, ws) == [
            float(R(x * R(1 / R(1 - squared(R, d, n))))) for x, _, d, _, n in rows
        ]
    else:
        plan = name, s, decays, ds, ws
        assert shown(debias.by_power_in_dtype_reciprocal, *plan) == shown(debias.by_power_in_dtype, *plan)


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("name", ["float64", "float32", "bfloat16", "float16"])
def test_quotients_by_a_product(name, fused):
    """If decays differ, the divisor is 1 - their product in float32; compiled code rounds the last product and the
    subtraction once.
    """
    R, single = rounding(name), rounding("float32")
    s, decays, ds, ws = given(name, 4)
    product, expected = Fraction(1), []
    for x, d in zip(s, map(single, ds), strict=True):
        rest = single(1 - product * d) if fused else single(1 - single(product * d))
        product = single(product * d)
        expected.append(float(R(x * single(1 / rest))))
    assert shown(debias.by_product(fused), name, s, decays, ds, ws) == expected


@pytest.mark.parametrize("name", ["float64", "float32", "bfloat16", "float16"])
def test_quotients_by_a_sum_of_weights(name):
    """The weights decay and are added up like the shadow; each operation is rounded to the type."""
    R, weights, expected = rounding(name), Fraction(0), []
    s, decays, ds, ws = given(name, 5)
    for x, d in zip(s, ds, strict=True):
        weights = R(R(d * weights) + 1)
        expected.append(float(R(x / weights)))
    assert shown(debias.by_sum_of_weights, name, s, decays, ds, ws) == expected


@pytest.mark.parametrize("readout", [debias.by_power, debias.by_power_reciprocal])
@pytest.mark.parametrize("name", ["bfloat16", "float16"])
def test_what_is_left_of_one_is_rounded_twice(name, readout):
    """1 - decay is rounded to the compute type and then to the type, which can turn a value next to a tie into one."""
    x = Fraction(3, 4) + Fraction(1, 2 ** (SHAPES[name][0] + 1)) + Fraction(1, 2**26)
    assert rounding(name)(x) > Fraction(3, 4)
    assert shown(readout, name, [Fraction(3, 4)], [1 - x], [1 - x], [x]) == [1.0]


@pytest.mark.parametrize("name", ["float64", "float32", "bfloat16"])
def test_product_of_ones(name):
    """A divisor is at least the least normal number of float32."""
    assert shown(debias.by_product(False), name, [2.0**-126], [1.0], [1.0], [0.0]) == [1.0]


def test_the_quotient_by_a_product_as_people_read_it():
    """In the working, the shadow is divided by 1 - the product of the decays, not multiplied by the reciprocal."""
    working = run("--rule custom:decay=3/4,debias=product --explain :1 :2").out
    assert "shadow = biased/(1 - product)" in working
    assert "0.25/(1 - 0.75) = 1" in working


@pytest.mark.parametrize("rule", ["rlax", "optax:debias=true", "sonnet", "tensorflow-debias", "tensorboard"])
def test_debiased_fractions(rule):
    """In exact arithmetic, every rule shows the accumulator over 1 - the product of equal decays."""
    ema = Average("0.75", rule=rule, dtype="exact")
    decays = ema.exactly().advance([1, 2, 4, 8]).decays
    biased, product, expected = Fraction(0), Fraction(1), []
    for k, (x, d) in enumerate(zip([1, 2, 4, 8], decays, strict=True), 1):
        biased = d * biased + (1 - d) * x
        product *= d
        expected.append(biased / (1 - (d**k if rule == "tensorflow-debias" else product)))
    assert ema.advance([1, 2, 4, 8]).shadows == expected


def test_division_by_zero():
    """At a decay of 1 the divisor is 0: the result is an infinity or NaN, as in C; fractions refuse it."""
    nothing = Average(1, rule="optax:debias=true").advance([1.0]).shadows
    assert str(nothing) == "[nan]"
    ones = [1.0] * 3
    assert str(shown(debias.by_power_in_dtype, "float64", [2.0, -2.0, 0.0], ones, ones, ones)) == "[inf, -inf, nan]"
    with pytest.raises(SettingError, match="exact arithmetic cannot divide by zero"):
        Average(1, rule="optax:debias=true", dtype="exact").advance([1])


def test_the_model_of_bema_adds_what_the_params_have_moved() -> None:
    """The model is the average plus a falling part of the way from the first param to the present one."""
    settings = {"update_freq": 1, "update_after": 1, "lag": 4, "multiplier": 5, "ema_power": 1, "bias_power": 0.5}
    params, average, found = [8.0, 16.0, 40.0], 8.0, [8.0]
    for step, param in enumerate(params[1:], 2):
        weight = 1 / (4 + 5 * step)
        average += weight * (param - average)
        found.append(average + (4 + 5 * step) ** -0.5 * (param - 8))
    shown = Average(rule="trl-bema", dtype="float64", parameters=settings | {"result": "model"}).advance(params)
    assert shown.shadows == pytest.approx(found)
