"""How a constant decay is stated."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from ema_cli.core.constant import constant
from ema_cli.core.dtypes import dtype
from ema_cli.core.engine import Average
from ema_cli.core.errors import SettingError

F64 = dtype("float64")


@pytest.mark.parametrize(
    ("kind", "value", "weight"),
    [("decay", "0.75", 0.25), ("half-life", 1, 0.5), ("span", 7, 0.25), ("com", 3.0, 0.25), ("alpha", "0.1", 0.1)],
)
def test_ways_to_state_a_constant(kind, value, weight):
    """A constant may be stated as a decay, a half-life, a span, a centre of mass or a weight."""
    stated = constant(kind, value)
    assert stated.weight(F64) == weight
    assert stated.decay(F64) == 1 - weight
    assert str(stated) == f"{kind} {value}"


@pytest.mark.parametrize(
    ("argument", "value"),
    [("decay", 0.75), ("half_life", 1 / math.log2(4 / 3)), ("span", 7), ("com", 3), ("alpha", "0.25")],
)
def test_ways_to_state_an_average(argument, value):
    """An average is stated in the same ways."""
    assert Average(**{argument: value}).advance([8.0]).shadows == pytest.approx([2.0])
    assert Average(rule="sb3", **{argument: value}).advance([8.0]).decays == pytest.approx([0.75])


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("decay", "x", "decay 'x' is not a number"),
        ("decay", math.nan, "decay nan is not finite"),
        ("decay", 1.5, "decay must be between 0 and 1, not 1.5"),
        ("alpha", -0.5, "alpha must be between 0 and 1, not -0.5"),
        ("half-life", 0, "half-life must be more than 0, not 0"),
        ("span", 0.5, "span must be at least 1, not 0.5"),
    ],
)
def test_constants_out_of_range(kind, value, message):
    """A constant that is no number or out of its range is refused, and the range is told."""
    with pytest.raises(SettingError) as caught:
        constant(kind, value)
    assert str(caught.value) == message


def test_a_constant_that_was_read_already():
    """A constant may be handed on as it was read."""
    assert Average(constant("span", 3)).constant == 0.5


def test_a_constant_in_fractions():
    """In exact arithmetic a constant's text is the fraction it says."""
    assert constant("decay", "0.99").decay(dtype("exact")) == Fraction(99, 100)


def test_weights_are_not_taken_from_decays():
    """A rule that holds a weight gets the weight as it was stated, which 1 - (1 - alpha) is not."""
    assert constant("alpha", 0.1).weight(F64) == 0.1
    assert 1 - constant("alpha", 0.1).decay(F64) != 0.1


@pytest.mark.parametrize(
    ("kind", "value", "hint"),
    [
        *(("decay", value, f"; did you mean {text}?") for value, text in ((50, "0.5"), ("99.9", "0.999"), (100, "1"))),
        *(("decay", value, "") for value in (49, 101, 1.5)),
        ("alpha", 50, "; did you mean 0.5?"),
        ("span", 0.5, ""),
    ],
)
def test_decay_in_percent(kind, value, hint):
    """Who states a decay in percent is told what it would be."""
    with pytest.raises(SettingError) as caught:
        constant(kind, value)
    assert str(caught.value).endswith(f", not {value}{hint}")
