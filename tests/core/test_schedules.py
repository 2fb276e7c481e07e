"""The decay families that no other test covers."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from ema_cli.core import schedules as decay
from ema_cli.core.average import Average
from ema_cli.core.decay_list import decays
from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.numbers.powf import powf
from tests.harness import csv_of

F64 = dtype("float64")
ALWAYS = 1.0


def test_a_smoothing_weight_is_brought_into_its_range():
    """TensorBoard clamps a weight below 0 to 0, and one above 1 to 1."""
    for weight, shadows in (("-1", [1.0, 5.0]), ("0", [1.0, 5.0]), ("1", [0.0, 0.0]), ("7", [0.0, 0.0])):
        assert Average(rule=f"tensorboard:smoothingWeight={weight}").advance([1.0, 5.0]).shadows == shadows


def test_power_of_a_negative_number():
    """In float32, too, a negative number to a fractional power is NaN."""
    assert math.isnan(powf(dtype("float32").round)(-2.0, 0.5))


def test_ema_that_follows_the_least_decay():
    """diffusers' min_decay limits both of its warm-ups, but not the decay of 0 before them."""
    assert decays("diffusers", 0) == []
    assert decays("diffusers:min_decay=0.2", 4) == [0.0, 0.2, 0.25, 4 / 13]
    assert decays("diffusers:min_decay=0.2,use_ema_warmup=true", 3)[:2] == [0.0, 1 - 2 ** -(2 / 3)]


def test_updates_without_a_step_in_between():
    """A rule whose counter belongs to the caller uses the constant if there is no step."""
    assert Average(0.9).advance([1.0] * 3, [0, None, 1]).decays == [0.1, 0.9, 2 / 11]
    assert Average(0.9).advance([1.0] * 2, [None, 1000]).constant


def test_a_step_that_is_given_moves_a_rules_own_counter():
    """A rule that counts by itself continues from the last given step."""
    assert list(Average(rule="yolov5").advance([1.0] * 4, [None, 7, None, None]).steps) == [1, 7, 8, 9]
    assert Average(0.9, count_from=5).advance([1.0] * 3, [None, 7, None]).steps == [5, 7, 6]


def test_a_series_of_equal_points():
    """TensorBoard leaves a series as it is if all its points are equal, and otherwise smooths all of them."""
    assert Average(rule="tensorboard:smoothingWeight=0.9").advance([0.1] * 3).shadows == [0.1] * 3
    assert Average(rule="tensorboard:smoothingWeight=0.9").advance([]).shadows == []
    ema = Average(rule="tensorboard:smoothingWeight=2")
    assert ema.advance([math.nan, 1.0, 2.0]).shadows[1:] == [0.0, 0.0]


def test_an_update():
    """One update gives one round."""
    ema = Average(0.99)
    assert ema.update(1.0, 0) == (1, 0, 1.0, 0.1, 0.9, 0.9, "update")
    assert ema.update("10").decay == 0.99


def test_infinities_are_not_rounded_by_hand():
    """An infinity is not rounded to decimals."""
    assert Average(0.5, rule="fixed", round_each=2).advance([1.005, math.inf, 1.0]).shadows == [0.5, math.inf, math.inf]


def test_what_a_rule_shows_is_rounded_by_hand():
    """A rule that debiases rounds both its accumulator and its shown value to decimals."""
    rounds = Average(0.9, rule="optax", round_each=2).advance([1.0, 2.0, 4.0])
    assert rounds.biased == [0.1, 0.29, 0.66]
    assert rounds.shadows == [1.0, 1.53, 2.44]


def test_the_same_average_in_fractions():
    """An average converted to fractions keeps all its settings, even that it has no constant decay."""
    ema = Average(rule="batchnorm:momentum=none")
    ema.advance([5.0])
    assert ema.exactly().advance(["1", "2", "6"]).shadows == [1, Fraction(3, 2), 3]
    ema = Average("0.75", rule="diffusers:min_decay=0.5", dtype="bfloat16", initial="0.1", round_each=1)
    assert ema.exactly().advance(["1", "2", "6"]).decays == [0, Fraction(1, 2), Fraction(1, 2)]
    assert ema.exactly().advance([]).before == Fraction(1, 10)


@pytest.mark.parametrize("offset", [10, 1, 16.0, 2.5])
def test_a_ratio_in_float32(offset):
    """Each sum and the quotient are rounded, even past the whole numbers that float32 holds."""
    num = dtype("float32")
    R, family = num.round, decay.ratio(ALWAYS, offset).over(num)
    steps = [0, 1, 1000, *range(2**24 - 40, 2**24 + 40), *range(2**25 - 5, 2**25 + 5), 2**63 - 1]
    assert list(family(steps)) == [min(ALWAYS, R(R(1 + R(n)) / R(offset + R(n)))) for n in steps]


def test_counter_past_the_largest_step():
    """A rule's own counter ends at the largest step and says so."""
    assert Average(0.9, count_from=2**63 - 2).advance([1.0, 1.0]).steps == range(2**63 - 2, 2**63)
    with pytest.raises(SettingError, match="the counter has gone past the largest step, 2"):
        Average(0.9, count_from=2**63 - 2).advance([1.0] * 3)
    with pytest.raises(SettingError, match="the counter has gone past the largest step, 2"):
        Average(rule="yolov5").advance([1.0, 1.0], [2**63 - 1, None])


@pytest.mark.parametrize(
    "batches",
    [
        [[1000, 0, 100]],
        [[0, 1000], [1000, 0], [1000, 2000], [0, 1000]],
        [[0, 1], [5, 6], [5, 6], None, [0, 1], None],
        [[None, 5], [5, None], [None, None], [None, 1000], [1000, None]],
        [[10**6], [0], None, [0]],
        [[None, 0, 1000], [None, 1000, 2000], [1000, None, 0]],
    ],
)
def test_steps_in_any_order(batches):
    """Each round has the decay of its own step, whatever other batches have had."""
    ema = Average("0.99", dtype="exact")
    for steps in batches:
        count = 2 if steps is None else len(steps)
        own = [None] * count if steps is None else steps
        expected = [Fraction(99, 100) if n is None else min(Fraction(99, 100), Fraction(1 + n, 10 + n)) for n in own]
        rounds = ema.advance([1] * count, steps)
        assert rounds.decays == expected
        assert rounds.weights == [1 - one for one in expected]
        assert rounds.constant == (expected == [Fraction(99, 100)] * count)


@pytest.mark.parametrize("count", [20, 200])  # too few for the compiled core, and enough
@pytest.mark.parametrize("power", [0.5, 1, 2, 0.75])
def test_a_power_in_float64_is_that_of_python(power, count):
    """torch computes some powers in another way, but only in float32."""
    found = decays(f"k-diffusion:inv_gamma=3,power={power},max_value=0.99999", count, dtype="float64")
    assert found == [min(0.99999, 1 - (1 + n / 3) ** -power) for n in range(count)]


def test_a_decay_of_the_step_and_of_the_time():
    """A formula may depend on both."""
    average = Average(rule="custom:decay=0.5^(elapsed*step)")
    assert average.advance([1, 1, 1], [1, 2, 3], times=[0, 1, 3]).decays == [1.0, 0.25, 0.5**6]


def test_the_warm_up_of_a_weight_as_people_read_it():
    """The working shows the line during the warm-up, and the constant after it."""
    rule = "ignite:momentum_warmup=0.2,warmup_iters=3,momentum=0.1"
    rows = csv_of(f"--rule {rule} 1..4:1 -c working").column("working")
    assert rows[1].startswith("1 - (0.2 + (0.1 - 0.2) x (2 - 1)/2) = 17/20; ")
    assert rows[3].startswith("1 - 0.1 = 0.9; ")


def test_a_warm_up_ends_in_a_power_of_the_weight() -> None:
    """Without a counter the value is that at the end of the warm-up, which mmcv raises to the power of the interval."""
    for interval in 1, 2, 3:
        average = Average(rule="mmcv", parameters={"interval": interval})
        assert average.value(None) == average.value(10**9) == 0.0002**interval
