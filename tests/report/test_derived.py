"""Columns that are derived from an average."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ema_cli.core.numbers.dtypes import dtype
from ema_cli.report.derived import unit
from tests.harness import column, run

SESSION = ("--decay", "0.99", "0:1", "100:10x2")


def test_initial_weight_is_the_product_of_the_decays():
    """It is the part of the initial value that is left after each round."""
    assert column("initial-weight", *SESSION, "-c", "initial-weight", "--dtype", "exact") == [
        "1/10",
        "101/1100",
        "10201/121000",
    ]


def test_initial_weight_of_a_constant_param():
    """If the param is always 0, a shadow that starts at 1 shows what is left of the initial value."""
    args = ("--decay", "0.9999", "--initial", "1", "-c", "shadow,initial-weight", ":0x750")
    assert column("initial-weight", *args) == column("shadow", *args)
    assert column("initial-weight", *args)[-1].startswith("0.92774")
    args = ("--rule", "arch", "--initial", "1", "-c", "shadow,initial-weight", ":0x5")  # it shows the round before
    assert column("initial-weight", *args) == column("shadow", *args)


def test_nothing_is_left_after_a_copy():
    """After a copied round nothing is left of the initial value; a skipped one leaves all of it."""
    args = ("--rule", "lightning:decay=0.9,update_starting_at_step=1", "-c", "initial-weight", "0..2:1")
    assert column("initial-weight", *args) == ["1.0", "0.0", "0.0"]
    copies = ("1..2:1", "0:2", "0:3")  # at step 0, before it updates
    args = ("--rule", "ema-pytorch-karras", "-c", "initial-weight,debiased", *copies)
    assert column("initial-weight", *args)[-2:] == ["0.0", "0.0"]
    assert column("debiased", *args)[-2:] == ["2.0", "3.0"]


def test_pandas_has_no_initial_value():
    """A rule without an initial value has nothing left of it."""
    assert column("initial-weight", "--rule", "pandas:alpha=0.5", "-c", "initial-weight", ":1x2") == ["", ""]


def test_debiased():
    """It is shadow / (1 - what is left of the initial value), which for a constant param is the param."""
    assert column("debiased", *SESSION, "-c", "debiased", "--dtype", "exact")[0] == "1"
    assert column("debiased", "--decay", "0.9", "-c", "debiased", ":3x3", "--dtype", "exact") == ["3"] * 3


def test_debiased_at_a_decay_of_one():
    """If the shadow is the initial value alone, there is nothing to debias."""
    assert column("debiased", "--decay", "1", "-c", "debiased", ":3x2") == ["", ""]


def test_biased_and_debiased_of_a_debiasing_rule():
    """biased is its accumulator, and debiased is its shadow."""
    args = ("--rule", "tensorboard:smoothingWeight=0.5", "-c", "+biased,debiased", ":1", ":2")
    assert column("biased", *args) == ["0.5", "1.25"]
    assert column("debiased", *args) == column("shadow", *args) == ["1.0", "1.6666666666666667"]


def test_error_in_ulps_is_the_distance_from_the_exact_value():
    """The column exact equals --dtype exact, and error-ulps is the distance of the shadow from it."""
    args = (*SESSION, "--dtype", "float32", "-c", "+exact,error-ulps")
    exact = [Fraction(text) for text in column("exact", *args)]
    assert exact == [Fraction(text) for text in column("shadow", *SESSION, "--dtype", "exact")]
    shadow = Fraction(float.fromhex("0x1.a500ecp+0"))  # 1.6445453 in float32
    assert column("error-ulps", *args)[1] == repr(float(abs(shadow - exact[1]) * 2**23))


def test_exact_takes_the_texts():
    """Decay, initial value, params and parameters of rules are read exactly as written."""
    args = ("--rule", "diffusers:min_decay=0.1,decay=0.9", "--initial", "0.1", "-c", "exact", ":0.3x2")
    assert column("exact", *args) == column("shadow", *args[:-3], "--dtype", "exact", ":0.3x2")


def test_exact_follows_a_constant_that_is_none():
    """A rule without its optional constant has none in fractions either."""
    args = ("--rule", "batchnorm:momentum=none", "-c", "exact", ":1", ":2", ":4")
    assert column("exact", *args) == ["1", "3/2", "7/3"]


def test_exact_of_a_rule_that_is_no_fraction():
    """A rule whose decay is not a fraction has no exact value: the error says so."""
    result = run(["--rule", "yolov5", "-c", "+error-ulps", "0:1"])
    assert result.code == 2
    assert "the columns exact and error-ulps: rule yolov5 has a decay that is not a fraction" in result.err


def test_error_where_the_shadow_overflows():
    """An infinite shadow has no distance."""
    assert column("error-ulps", "--decay", "0.5", "--dtype", "float16", "-c", "error-ulps", ":1e6") == [""]


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        (Fraction(1), "float32", Fraction(1, 2**23)),
        (Fraction(2) - Fraction(1, 2**40), "float32", Fraction(1, 2**23)),
        (Fraction(-2), "float64", Fraction(1, 2**51)),
        (Fraction(3, 4), "bfloat16", Fraction(1, 2**8)),
        (Fraction(0), "float16", Fraction(1, 2**24)),
        (Fraction(1, 10**400), "float64", Fraction(1, 2**1074)),
    ],
)
def test_unit(value, name, expected):
    """The unit in the last place is the distance to the next number of the type, subnormal ones included."""
    assert unit(value, dtype(name)) == expected


def test_every_follows_all_rounds():
    """Derived columns include the rounds that --every leaves out."""
    args = ("--decay", "0.99", "0..9:1", "-c", "initial-weight,biased,error-ulps,change")
    for name in ("initial-weight", "biased", "error-ulps", "change"):
        assert column(name, *args, "--every", "5")[1:] == column(name, *args)[4::5]


def test_change_before_there_is_a_shadow():
    """A param without a round has no shadow, change or gap."""
    text = "step,a,b\n0,,1\n"
    args = ("--rule", "tensorflow-eager:decay=0.9", "--missing", "skip", "-c", "shadow,change,gap")
    assert [column(f"a.{name}", *args, stdin=text) for name in ("shadow", "change", "gap")] == [[""], [""], [""]]


def test_accumulator_that_stalls():
    """In a debiasing rule, it is the accumulator that stalls."""
    args = ("--rule", "optax:decay=0.999,jit=false", "--dtype", "bfloat16", "-c", "stalled,biased", ":1x400")
    lost = column("stalled", *args)
    biased = column("biased", *args)
    assert lost[0] == ""
    assert lost[-1] == "stalled"
    assert biased[-1] == biased[-2] != "1.0"
