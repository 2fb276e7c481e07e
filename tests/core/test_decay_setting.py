"""Ways to state a constant decay."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import pytest

from ema_cli.core.average import Average
from ema_cli.core.decay_setting import constant, leaving
from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.dtypes import dtype

F64 = dtype("float64")


@pytest.mark.parametrize(
    ("kind", "value", "weight"),
    [
        *(("decay", "0.75", 0.25), ("half-life", 1, 0.5), ("span", 7, 0.25), ("com", 3.0, 0.25)),
        *(("alpha", "0.1", 0.1), ("alpha", 0, 0), ("alpha", 1, 1)),
    ],
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
    """An average accepts the same statements."""
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
        ("half-life", "x1d", "half-life 'x1d' is not a number"),
        ("span", 0.5, "span must be at least 1, not 0.5"),
    ],
)
def test_constants_out_of_range(kind, value, message):
    """A constant that is not a number, or out of range, is refused with its range."""
    with pytest.raises(SettingError) as caught:
        constant(kind, value)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0.5s", 0.5), ("2 min", 120), ("1/3h", 1200), ("1d", 86400), ("1/7w", 86400), ("(5)min", 300)],
)
def test_a_half_life_in_time(text, seconds):
    """A half-life with a unit of time is converted to nanoseconds, as timestamps are."""
    assert constant("half-life", text).number == seconds * 1e9


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("1 day", "1d"),
        ("2 weeks", "2w"),
        ("5 minutes", "5min"),
        ("3 hours", "3h"),
        ("3hr", "3h"),
        ("7secs", "7s"),
        ("7 second", "7s"),
    ],
)
def test_words_for_units(words, text):
    """A unit may be written out, in the singular or the plural."""
    assert constant("half-life", words).number == constant("half-life", text).number


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("5 m", "did you mean 5min?"),
        *((f"5{word}", "did you mean 5?") for word in ("epochs", "rounds", "step")),
        ("5oz", "use s, min, h, d, w"),
    ],
)
def test_a_unit_of_time_that_there_is_none_of(text, hint):
    """A word that may be a unit, or that counts rounds, is asked about; another one is answered with all units."""
    with pytest.raises(SettingError, match=f"is not a unit of time; {re.escape(hint)}"):
        constant("half-life", text)


def test_a_half_life_in_time_that_is_not_above_zero():
    """A half-life in time must be more than 0, as any half-life."""
    for text in "0s", "-1min":
        with pytest.raises(SettingError, match=f"half-life must be more than 0, not {text}"):
            constant("half-life", text)


def test_most_rounds_of_what_is_left():
    """The number of rounds in `leaves` may be as large as a counter can be."""
    assert leaving("1%:9223372036854775807").number == 1
    with pytest.raises(SettingError, match="leaves '9223372036854775808': ROUNDS must be a whole number from 1 up"):
        leaving("1%:9223372036854775808")


def test_a_constant_that_was_read_already():
    """A constant that was parsed before is accepted as it is."""
    assert Average(constant("span", 3)).constant == 0.5


def test_a_constant_in_fractions():
    """In exact arithmetic, a constant is the exact fraction of its text."""
    assert constant("decay", "0.99").decay(dtype("exact")) == Fraction(99, 100)


def test_weights_are_not_taken_from_decays():
    """A rule that holds a weight gets it as stated, which 1 - (1 - alpha) need not equal."""
    assert constant("alpha", 0.1).weight(F64) == 0.1
    assert 1 - constant("alpha", 0.1).decay(F64) != 0.1


@pytest.mark.parametrize(
    ("kind", "value", "hint"),
    [
        *(
            ("decay", value, f"; did you mean {text}?")
            for value, text in ((10, "0.1"), (50, "0.5"), ("99.9", "0.999"), (100, "1"))
        ),
        *(("decay", value, "") for value in (9, 101, 1.5)),
        ("alpha", 50, "; did you mean 0.5?"),
        ("span", 0.5, ""),
    ],
)
def test_decay_in_percent(kind, value, hint):
    """A decay in percent is answered with the fraction that was meant."""
    with pytest.raises(SettingError) as caught:
        constant(kind, value)
    assert str(caught.value).endswith(f", not {value}{hint}")


@pytest.mark.parametrize(("kind", "value"), [("decay", "1/3"), ("alpha", "2/3"), ("span", "2/1"), ("com", "1/2")])
def test_a_constant_that_is_a_fraction(kind, value):
    """A constant may be a fraction, which exact arithmetic uses exactly."""
    stated = constant(kind, value)
    assert stated.decay(dtype("exact")) == Fraction(1, 3)
    assert stated.decay(F64) == pytest.approx(1 / 3, rel=1e-15)
    assert constant("decay", "1/3").decay(F64) == 1 / 3
    assert constant("half-life", "1/2").decay(F64) == 0.25
    assert constant("decay", Fraction(1, 3)).decay(F64) == 1 / 3


def test_fractions_of_rules():
    """Parameters of rules may be fractions, unless they are whole numbers; each is rounded to the rule's type."""
    by_text = Average(0.9999, rule="diffusers:use_ema_warmup=true,power=2/3")
    assert by_text.advance([1.0] * 9).decays == (
        Average(0.9999, rule="diffusers", parameters={"use_ema_warmup": True, "power": 2 / 3}).advance([1.0] * 9).decays
    )
    assert Average(rule="fixed:decay=2/3").constant == 2 / 3
    assert Average(rule="tensorboard:smoothingWeight=3/2").constant == 1
    with pytest.raises(SettingError, match="update_after_step must be a whole number from 0 up, not '1/2'"):
        Average(rule="diffusers:update_after_step=1/2")
