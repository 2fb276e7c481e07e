"""State: a row of numbers from which an average continues to the last bit."""

from __future__ import annotations

import json
import math
from copy import copy
from fractions import Fraction

import pytest

from ema_cli import Average, SettingError, rules
from ema_cli.core import catalogue, gates
from ema_cli.core.advance import advance
from ema_cli.core.rule import Counter

PARAMS = [1.0, 0.25, None, -3.0, 1e-3, 7.5, 7.5, None, 2.0]


def average(name: str, dtype: str | None = None) -> Average:
    """An average of a rule, with whatever it needs."""
    return Average("0.9" if rules()[name].needs_decay else None, rule=name, dtype=dtype)


def steps_of(ema: Average) -> list[float] | None:
    """Steps, if the rule needs them."""
    return [float(n) for n in range(len(PARAMS))] if ema.counter is not None and ema.counter.fractional else None


@pytest.mark.parametrize("cut", [0, 1, 2, 5, 8])
@pytest.mark.parametrize("name", rules())
def test_an_average_goes_on_from_what_was_stored(name: str, cut: int) -> None:
    """A fresh average that is given another one's state, by way of JSON, continues as that one does."""
    one, other = average(name, "bfloat16" if name == "timm-v3" else None), average(name)
    if name == "timm-v3":
        other = average(name, "bfloat16")
    steps = steps_of(one)
    one.advance(PARAMS[:cut], None if steps is None else steps[:cut])
    other.restore(json.loads(json.dumps(one.state(), allow_nan=False)))
    assert repr(one) == repr(other)
    rest = None if steps is None else steps[cut:]
    assert list(map(str, one.advance(PARAMS[cut:], rest))) == list(map(str, other.advance(PARAMS[cut:], rest)))


@pytest.mark.parametrize("params", [PARAMS, [1.0, 2.0, 4.0]])
@pytest.mark.parametrize("name", rules())
def test_a_batch_of_one_decay(name: str, params: list[float | None]) -> None:
    """A batch counts as having one decay only if each round has it."""
    ema = average(name)
    steps = steps_of(ema)
    rounds = ema.advance(params, None if steps is None else steps[: len(params)])
    assert not rounds.constant or (None not in rounds.decays and len({*rounds.decays}) == 1)


def test_a_constant_decay_is_known_to_be_one() -> None:
    """A rule whose decay never changes has a constant batch once each round updates."""
    ema = average("torch")
    assert [ema.advance([1.0, 2.0]).constant, ema.advance([3.0]).constant] == [False, True]
    assert average("fixed").advance([1.0, 2.0]).constant


def test_a_state_before_the_first_round() -> None:
    """No round is counted, a rule's own counter is before its first value, and the shadow is 0."""
    for ema, counter in ((Average(0.9), 0), (average("torch-ema"), -1), (Average(0.9, count_from=5), 4)):
        state = ema.state()
        assert (state.pop("begun"), state.pop("counter"), {*state.values()}) == (1, counter, {0})


def test_a_start_at_the_first_param_is_counted_once() -> None:
    """The state says whether it was counted; others may read the state."""
    ema = Average(0.9, rule="fixed", initial="first")
    assert [ema.state()["begun"], ema.update(3.0) and ema.state()["begun"], ema.state()["initial"]] == [0, 1, 3.0]


def test_a_state_of_fractions_is_exact() -> None:
    """In exact arithmetic, a stored state loses nothing."""
    one, other = Average("1/3", rule="rlax", dtype="exact"), Average("1/3", rule="rlax", dtype="exact")
    one.advance(["1/7", "5"])
    other.restore(json.loads(json.dumps(one.state())))
    assert other.update("2").shadow == one.update("2").shadow
    assert isinstance(other.shadow, Fraction)


@pytest.mark.parametrize("change", [{"s": "x"}, {"rounds": 1.5}, {"rounds": 2**70}, {"s": 10**400}, {"s": None}])
def test_a_state_that_is_none_is_refused(change: dict[str, object]) -> None:
    """A state that can't be restored is an error that says so."""
    ema = Average(0.9)
    with pytest.raises(SettingError, match="a state's"):
        ema.restore(ema.state() | change)
    with pytest.raises(SettingError, match="a state of this average has the values begun, "):
        ema.restore({"s": 1.0})


def test_a_state_of_nothing_and_of_a_fraction_of_a_second() -> None:
    """In exact arithmetic NaN is a shadow before the first param; a time that is a fraction is one again."""
    one, other = (Average("0.9", rule="pandas", dtype="exact") for _ in range(2))
    assert one.state()["s"] == "nan"
    other.restore(one.state())
    assert [*other.advance([1, 3])] == [*one.advance([1, 3])]
    one, other = (Average("1/4", rule="elapsed", dtype="exact") for _ in range(2))
    one.advance([1, 3], times=["1/2", "3/2"])
    assert one.state()["time"] == "3/2"
    other.restore(one.state())
    assert other.advance([5], times=["5/2"]).shadows == one.advance([5], times=["5/2"]).shadows == [Fraction(35, 8)]


def test_a_time_is_exact_in_every_type() -> None:
    """The time of the last round is a fraction in float64, too; a text that is not a number is refused."""
    one, other = (Average("0.9", rule="elapsed") for _ in range(2))
    one.advance([1.0], times=["1/3"])
    other.restore(one.state())
    assert other.state()["time"] == one.state()["time"] == "1/3"
    assert other.advance([2.0], times=["4/3"]).shadows == one.advance([2.0], times=["4/3"]).shadows
    with pytest.raises(SettingError, match="a state's time is a number, not 'x'"):
        other.restore(one.state() | {"time": "x"})


def test_a_table_grows_to_the_rows_that_are_needed() -> None:
    """It begins with one row; each new row starts as the average did."""
    table = Average("0.5", rule="fixed", initial=3).table
    for rows, length in (1, 1), (3, 3), (2, 3), (4, 4):
        table.grow(rows)
        assert len(table) == length
    assert table.pick("s", range(4)) == [3.0] * 4


def test_groups_are_rows_of_one_table() -> None:
    """Each row continues by itself, with counters and registers of its own."""
    one = Average(0.9, rule="optax")
    apart = [Average(0.9, rule="optax") for _ in range(3)]
    for row, params in [(0, [1.0, 2.0]), (2, [5.0]), (0, [3.0]), (1, [4.0, None]), (2, [6.0, 7.0])]:
        [rounds] = advance([one], [params], rows=[row])
        assert list(rounds) == list(apart[row].advance(params))
    assert [one.state(row) for row in range(3)] == [each.state() for each in apart]
    fresh = Average(0.9, rule="optax")
    for row in (2, 0, 1):
        fresh.restore(one.state(row), row)
    for other in (fresh, copy(one)):
        assert [other.of_row(row).shadow for row in range(3)] == [each.shadow for each in apart]
        assert [other.state(row) for row in range(3)] == [each.state() for each in apart]


def test_a_rule_may_skip_and_debias(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gate and read-out work together: debiasing does not count skipped rounds, which show the last value."""
    rule = rules()["optax"].but(
        name="some", gate=lambda o: gates.interval_of_calls(2), counter=Counter("n", "", first=0), debias=None
    )
    monkeypatch.setitem(catalogue._CALLED, "some", (rule.but(debias=rules()["rlax"].debias), ""))
    ema, each = Average(0.9, rule="some", dtype="float64"), Average(0.9, rule="rlax", dtype="float64")
    rounds = ema.advance([1.0, 2.0, 3.0, 4.0, 5.0])
    assert rounds.actions == ["skip", "update", "skip", "update", "skip"]
    first, second = each.advance([2.0, 4.0]).shadows
    assert rounds.shadows == pytest.approx([0.0, first, first, second, second], rel=1e-6)
    assert rounds.biased is not None
    assert math.isclose(rounds.biased[1], 0.2)
