"""Rounds: the columns of a batch, as the command prints them and in Python."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain
from math import nan

import pytest

from ema_cli import Average, smooth
from ema_cli.core.advance import advance
from tests.harness import run


@pytest.mark.parametrize("rule", ["fixed", "optax", "custom:decay=0.9,update_every=3", "ta-lib:timeperiod=5", "torch"])
def test_columns_of_a_long_file(rule: str) -> None:
    """A column of a long file, too, is blank exactly where the round has no value."""
    params = [float(n % 7) for n in range(1100)]
    decay = [] if ":" in rule else ["--decay", "0.9"]
    printed = run(
        ["--rule", rule, *decay, "-F", "csv", "-c", "decay,weight,shadow,biased", "--dtype", "float64"],
        "".join(f"{param}\n" for param in params),
    )
    rounds = Average(0.9 if decay else None, rule=rule, dtype="float64").advance(params)
    expected = {"decay": rounds.decays, "weight": rounds.weights, "shadow": rounds.shadows}
    for name, values in (expected | {"biased": rounds.biased or rounds.shadows}).items():
        assert values == [None if text == "" else float(text) for text in printed.column(name)], name


@pytest.mark.parametrize("rule", ["fixed", "optax", "torch", "tfa", "pandas:alpha=0.5", "ema-pytorch:update_every=2"])
def test_where_a_round_starts(rule: str) -> None:
    """A round of a batch of groups starts where the round before it ended, even if only some are picked."""
    batch, single = (Average(None if "=0" in rule else 0.9, rule=rule, dtype="float64") for _ in range(2))
    missing = 6.0 if rule == "optax" else None
    params, groups, lengths = [1.0, missing, 2.0, 4.0, 3.0, missing, 5.0, 2.0], (0, 1), (5, 3)
    for average in (batch, single):
        average.advance(params, rows=groups, lengths=lengths)
    rounds, picked = batch.advance(params, rows=groups, lengths=lengths), [4, 0, 6, 5, 1]
    rounds.extra["more"] = params
    some = rounds.picked(picked)
    assert params == rounds.extra["more"]
    assert [params[row] for row in picked] == some.extra["more"]
    for row, group in enumerate([0] * 5 + [1] * 3):
        state, start = single.state(group), single.of_row(group).shadow
        [one] = single.advance([params[row]], rows=[group], lengths=[1])
        for found, place in [(rounds, row), *((some, place) for place, one_of in enumerate(picked) if one_of == row)]:
            assert start == found.start_of(place)
            assert {name: state[name] for name in rounds.registers} == found.registers_at(place)
            assert state["updates"] == found.updates_until(place)
            assert one.round == found.numbers[place]
            action = "update" if found.actions is None else found.actions[place]
            columns = (found.params, found.decays, found.weights, found.shadows)
            assert one[2:] == (*(column[place] for column in columns), action)


def test_rounds_that_follow_others() -> None:
    """A batch continues the count of the batch before, and starts from its last shadow."""
    average = Average(0.5, rule="fixed", initial=4)
    average.update(8.0)
    rounds = average.advance([0.0, 1.0, 3.0])
    assert [row["round"] for row in rounds.rows()] == [1, 2, 3, 4]
    assert [row["shadow"] for row in rounds.rows()] == [6.0, 3.0, 2.0, 2.5]
    assert {*rounds.rows()[0].values()} == {1, None, 6.0}
    assert (rounds.first, rounds.before, rounds.actions) == (2, 6.0, None)
    assert repr(rounds) == "<Rounds 2..4: shadow 6.0 -> 2.5>"
    assert all(f"<td>{shadow}</td>" in rounds._repr_html_() for shadow in (6, 3, 2, 2.5))
    assert repr(average.advance([])) == "<Rounds: none>"
    assert Average(rule="mean-teacher").advance([1.0, 2.0]).actions is None


def test_rounds_without_a_param() -> None:
    """Nothing is shown before the first param of each group; later, a round without a param shows the last shadow."""
    params, runs = [None, 4.0, None, 4.0, None, 8.0], ["a", "a", "a", "b", "b", "b"]
    assert smooth(params, by=runs, decay=0.5, rule="fixed", missing="skip") == [None, 2.0, 2.0, 2.0, 2.0, 5.0]
    average = Average(0.5, rule="fixed")
    average.update(4.0)
    rounds = average.advance([None, 8.0, 1.0, None], rows=(0, 1), lengths=(2, 2))
    rounds.hide_gaps()
    assert rounds.shadows == [2.0, 5.0, 0.5, 0.5]
    rounds = average.advance([None, 8.0, None, 1.0], rows=(1, 2), lengths=(2, 2))
    rounds.hide_gaps()
    assert [*map(rounds.start_of, range(4))] == [0.5, 0.5, 0.0, 0.0]
    assert rounds.shadows == [0.5, 4.25, None, 0.5]


def test_the_first_round_that_forgets() -> None:
    """From the first copy on, nothing is left of the initial value."""
    assert 0 == Average(rule="torch").advance([1.0, 2.0]).forgets()
    assert 1 == Average(rule="custom:decay=0.5,start=first,update_every=2").advance([1.0, 2.0, 3.0, 4.0]).forgets()
    assert 0 == Average(rule="ema-pytorch:update_after_step=2,update_every=1").advance([1.0, 2.0, 3.0, 4.0]).forgets()
    restarted = Average(rule="ema-pytorch-karras").advance([1.0, 2.0])
    assert (0, ["update", "skip"]) == (restarted.forgets(), restarted.actions)
    assert None is Average(0.5, rule="fixed").advance([1.0]).forgets()


def test_groups_that_begin_without_a_value() -> None:
    """If the form makes the shadow from the first param, each group shows none until it has a param."""
    params = [nan, 2.0, 1.0, 3.0]
    rounds = Average(rule="pandas:alpha=0.5", dtype="float64").advance(params, rows=(0, 1), lengths=(2, 2))
    assert rounds.shadows[:3] == [None, 2.0, 1.0]
    assert Average(rule="pandas:alpha=0.5").advance([nan]).shadows == [None]
    assert [*map(rounds.start_of, range(4))] == [2.0, 2.0, 1.0, 1.0]


def test_what_is_shown_beside_the_accumulator() -> None:
    """A copy is also shown; the accumulator of a rule that only hides some rounds is its shadow."""
    rounds = Average(rule="trl-bema:update_after=2,update_freq=1,result=model").advance([4.0, 2.0, 3.0])
    assert (rounds.actions, rounds.shadows[:2]) == (["skip", "copy", "update"], [0.0, 2.0])
    assert rounds.biased is not None
    rounds = Average(rule="pandas:alpha=0.5,min_periods=2").advance([1.0, 2.0])
    assert (rounds.biased, rounds.shadows[0]) == (None, None)


def test_groups_of_a_rule_that_looks_ahead() -> None:
    """The first rounds of each group depend on whether all its points are equal, and not on other groups."""
    series = [[3.0, 3.0, 3.0], [1.0, 1.0, 2.0], [2.0, 5.0, 5.0]]
    groups, apart = Average(rule="tensorboard"), [Average(rule="tensorboard") for _ in series]
    for size in (0, 2, 1):
        batch = [param for one in series for param in one[:size]]
        own = [one.advance(params[:size]).shadows for one, params in zip(apart, series, strict=True)]
        assert groups.advance(batch, rows=(0, 1, 2), lengths=[size] * 3).shadows == [*chain.from_iterable(own)]
    assert Average(rule="tensorboard").advance([0.1, 0.1]).shadows == [0.1, 0.1]
    assert Average(rule="tensorboard").advance([0.1, 0.1, 2.0]).shadows[:2] == [0.10000000000000002] * 2
    assert Average(rule="tensorboard", dtype="exact").advance([1, 1, 3]).shadows == [1, 1, Fraction(99, 49)]


def test_decays_that_follow_from_registers() -> None:
    """If the decay of a round is computed from registers, the round shows that decay."""
    rounds = Average(0.9, rule="audiocraft", dtype="float64").advance([3.0, 5.0])
    assert rounds.decays == pytest.approx([0, 0.9 / 1.9])
    assert rounds.weights == pytest.approx([1, 1 / 1.9])
    assert (rounds.constant, [*rounds.columns["v"]]) == (False, [0.9, 0.9])


def test_what_is_averaged() -> None:
    """A rule may average the squares of the params; rounding in each round applies to a copy, too."""
    assert Average(0.5, rule="keras-adam-sq", dtype="float64").advance([2.0, 4.0]).shadows == [2.0, 9.0]
    assert Average(rule="torch", round_each=1).advance([1.23]).shadows == [1.2]
    one = Average(0.5, rule="fixed")
    three = advance([one, one.beside(), one.beside()], [[2.0, 4.0], [4.0, 2.0], [6.0, 1.0]])
    assert [each.shadows for each in three] == [[1.0, 2.5], [2.0, 2.0], [3.0, 2.0]]


def test_a_round_starts_from_a_shadow_that_is_not_shown() -> None:
    """Under pandas' min_periods the average goes on while nothing is shown."""
    hidden = Average(rule="pandas:min_periods=3", span=3).advance([1.0, 2.0, 4.0, 8.0])
    shown = Average(rule="pandas", span=3).advance([1.0, 2.0, 4.0, 8.0])
    assert (hidden.shadows[:2], hidden.shadows[2:]) == ([None, None], shown.shadows[2:])
    assert [*map(hidden.start_of, range(1, 4))] == shown.shadows[:3]
