"""Rules with more than a decay and a form: times, given decays, intervals, seeds, own registers."""

from __future__ import annotations

from array import array
from fractions import Fraction
from math import nan
from typing import Any

import pytest

from ema_cli import Average, SettingError, rules
from ema_cli.core import catalogue, debias
from ema_cli.core import updates as forms
from ema_cli.core.advance import advance
from ema_cli.core.rule import Seed
from tests.harness import run
from tests.native import only

SOME = [1.25, -0.5, 3.0, 0.125, 2.5, 2.5, -1.75, 0.75, 4.0, 1.0, -2.0, 0.5]
PARAMS = [1.0, 4.0, 2.0, 8.0, 5.0]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An average of rule `fixed` with other fields, in a dtype."""

    def make(dtype: str = "exact", decay: str = "0.5", **fields: Any) -> Average:
        monkeypatch.setitem(catalogue._CALLED, "made", (rules()["fixed"].but(name="made", **fields), ""))
        return Average(decay, rule="made", dtype=dtype)

    return make


def cut(average: Average, params: list[Any], place: int, **columns: list[Any]) -> list[Any]:
    """The rounds of a batch that comes in two parts."""
    parts = [slice(None, place), slice(place, None)]
    return [
        one
        for part in parts
        for one in average.advance(params[part], **{name: column[part] for name, column in columns.items()})
    ]


@pytest.mark.parametrize("place", range(6))
def test_decays_follow_from_elapsed_times(place: int) -> None:
    """A decay is raised to the elapsed time; the first param is copied, and an elapsed time of 0 has no weight."""
    times = [0, 1, 3, 3, 7]
    found = cut(Average("1/2", rule="elapsed", dtype="exact"), PARAMS, place, times=times)
    assert [one.action for one in found] == ["copy", *["update"] * 4]
    assert [one.decay for one in found] == [None, Fraction(1, 2), Fraction(1, 4), 1, Fraction(1, 16)]
    assert found[3].shadow == found[2].shadow


def test_elapsed_times_are_exact_differences() -> None:
    """Decimal times are subtracted exactly and rounded once; a row without a param has no elapsed time."""
    rounds = Average(0.9, rule="elapsed").advance([1.0, None, 2.0, 3.0], times=["0.1", "0.2", "0.3", 10**30])
    assert rounds.elapsed == [None, None, 0.2, float(10**30 - Fraction("0.3"))]


def test_a_half_life_of_time() -> None:
    """With a half-life, the decay is 0.5^(elapsed / half-life)."""
    assert Average(half_life=3, rule="elapsed").advance([1.0, 2.0], times=[0, 6]).decays == [None, 0.25]


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([2, 1], "time runs backwards: 1 comes after 2"),
        ([1], "there are 1 times for 2 params"),
        (["x", 1], "a time is a number or a date, not 'x'"),
        ([1, None], "a time is a number or a date, not 'None'"),
        ([1, float("inf")], "a time is a number or a date, not 'inf'"),
        ([1, "2024-01-01"], "times are all numbers, all dates with a time zone, or all dates without one"),
        (["2024-01-01T00:00Z", "2024-01-02"], "all dates with a time zone, or all dates without one"),
        (["2024-01-01", "2024-01-02"], "the times are dates; give the half-life in time, such as half_life='5min'"),
    ],
)
def test_times_that_are_none(times: list[Any], message: str) -> None:
    """Times must not fall, and each round needs one."""
    with pytest.raises(SettingError, match=message):
        Average(0.9, rule="elapsed").advance([1.0, 2.0], times=times)


@pytest.mark.parametrize("place", range(6))
@pytest.mark.parametrize("rule", ["warmup", "tensorflow", "sb3", "rlax"])
def test_a_decay_for_each_row(rule: str, place: int) -> None:
    """Given decays replace the rule's own; a round without one is not an update."""
    decays = [0.5, None, 0.75, 0.0, 1.0]
    found = cut(Average(0.9, rule=rule, dtype="float64"), PARAMS, place, decays=decays)
    assert [one.decay for one in found] == decays
    assert [one.action for one in found] == ["update", "skip", *["update"] * 3]
    if rule != "rlax":
        assert [one.shadow for one in found] == pytest.approx([0.5, 0.5, 0.875, 8.0, 8.0], rel=1e-6)


@pytest.mark.parametrize("dtype", ["float64", "exact"])
@pytest.mark.parametrize("decay", [2, -0.5, "x", [0.5], float("nan")])
def test_decays_that_are_none(decay: Any, dtype: str) -> None:
    """A given decay must be between 0 and 1."""
    with pytest.raises(SettingError, match="a decay is a number from 0 to 1, not"):
        Average(by_row=True, rule="fixed", dtype=dtype).advance([1.0], decays=[decay])


def test_a_given_decay_is_a_fraction_in_exact_arithmetic() -> None:
    """In exact arithmetic, a row's decay is taken exactly from its text, or as Python prints it."""
    for given in ("0.1", 0.1, Fraction(1, 10)):
        average = Average(by_row=True, rule="fixed", dtype="exact")
        assert average.advance([1.0], decays=[given]).decays == [Fraction(1, 10)]


def test_times_and_decays_do_not_go_together() -> None:
    """A decay follows from the time or is given, not both."""
    with pytest.raises(SettingError, match="rule fixed does not use times"):
        Average(0.9, rule="fixed").advance([1.0], times=[0])
    with pytest.raises(SettingError, match="give times or decays, not both"):
        Average(0.9, rule="elapsed").advance([1.0], times=[0], decays=[0.5])


def test_fractions_have_no_roots() -> None:
    """In exact arithmetic, a decay has a power if the elapsed time is whole, also in long batches."""
    average = Average("1/2", rule="elapsed", dtype="exact")
    with only(compiled=True):
        [whole] = advance([average], [range(40)], times=array("q", range(0, 80, 2)))
    assert average.shadow == whole.shadows[-1]
    assert {None, Fraction(1, 4)} == {*whole.decays}
    assert {int} == {type(time) for time in whole.columns["elapsed"]}
    average = Average("1/2", rule="elapsed", dtype="exact")
    assert average.advance([1, 2], times=[0, 2]).decays == [None, Fraction(1, 4)]
    with pytest.raises(SettingError, match="takes whole powers only, not 1/2"):
        average.advance([3], times=["2.5"])


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("optax", "raises one decay to a power"),
        ("tensorboard", "raises one decay to a power"),
        ("clickhouse", "divides by a value that depends on one decay"),
        ("torch-swa", "has no decay to replace"),
        ("edm", "has no decay to replace"),
        ("audiocraft", "computes its decay from a count"),
    ],
)
def test_rules_that_take_no_decay_for_each_row(rule: str, why: str) -> None:
    """A rule with a power of one decay, or without a decay, refuses a decay for each row."""
    with pytest.raises(SettingError, match=f"rule {rule} {why}, so it takes no decay per row"):
        Average(0.9 if rules()[rule].needs_decay else None, rule=rule).advance([1.0], decays=[0.5])


def of_rule(name: str, **settings: Any) -> Average:
    """The average of a rule, with a decay if it needs one; a rule that refuses the settings is skipped."""
    try:
        return Average(0.9 if rules()[name].needs_decay else None, rule=name, **settings)
    except SettingError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", rules())
def test_after_the_mean_a_rule_goes_on_as_from_an_initial_value(name: str) -> None:
    """The rule's counters and registers start after the mean."""
    average = of_rule(name, initial="mean:4")
    if average.counter is not None and average.counter.fractional:
        pytest.skip("it needs steps")
    shadows = average.advance(SOME).shadows
    assert shadows[:3] == [None, None, None]
    assert shadows[4:] == of_rule(name, initial=repr(shadows[3])).advance(SOME[4:]).shadows


@pytest.mark.parametrize("steps", [None, range(12), range(1, 13)])
@pytest.mark.parametrize("name", rules())
def test_an_interval_leaves_what_the_other_params_alone_give(name: str, steps: range | None) -> None:
    """With an update every third round, those rounds have the shadows that their params give alone."""
    average, alone = of_rule(name, update_every=3), of_rule(name)
    try:
        third = alone.advance(SOME[2::3], None if steps is None else steps[2::3]).shadows
    except SettingError as error:
        pytest.skip(str(error))
    assert list(map(str, average.advance(SOME, steps).shadows[2::3])) == list(map(str, third))


@pytest.mark.parametrize("place", range(6))
def test_every_second_round(place: int) -> None:
    """A skipped round does not move a counter; the first round that is not skipped copies if the rule does."""
    found = cut(Average(0.9, rule="torch-avg", update_every=2), PARAMS, place)
    assert [one.action for one in found] == ["skip", "copy", "skip", "update", "skip"]
    assert [one.step for one in found] == [None, 0, None, 1, None]
    assert [one.param for one in found] == PARAMS


def test_an_interval_and_params_that_are_skipped() -> None:
    """A rule that skips NaN does so among the rounds on the interval."""
    average = Average(rule="polars-ewm-mean-by", half_life=2, update_every=2)
    found = average.advance([1.0, nan, 3.0, 4.0, nan, 6.0], times=range(6))
    alone = Average(rule="polars-ewm-mean-by", half_life=2).advance([4.0, 6.0], times=[3, 5])
    assert found.actions == ["skip", "skip", "skip", "copy", "skip", "update"]
    assert [found.shadows[3], found.shadows[5]] == alone.shadows


def test_a_start_after_params_that_are_no_numbers() -> None:
    """A form that makes its own start begins at the first number."""
    average = Average(rule="pandas", decay=0.5)
    assert average.advance([nan, nan, 3.0, 1.0]).shadows == [None, None, 3.0, pytest.approx(5 / 3)]
    assert average.initial == 3.0


def test_a_rule_that_has_an_interval_of_its_own() -> None:
    """A rule with an interval of its own refuses another one."""
    with pytest.raises(SettingError, match="rule mmengine has its own interval; give mmengine:interval=2"):
        Average(rule="mmengine", update_every=2)


@pytest.mark.parametrize("place", range(6))
def test_a_start_at_the_mean_of_the_first_params(place: int) -> None:
    """There is no shadow before the mean, and counters start after it."""
    found = cut(Average("0.9", rule="torch-ema", initial="mean:3", dtype="exact"), [*PARAMS, None, 1], place)
    assert [one.action for one in found] == ["wait", "wait", "seed", "update", "update", "skip", "update"]
    assert [one.shadow for one in found][:3] == [None, None, Fraction(7, 3)]
    assert [one.decay for one in found][3:] == [Fraction(2, 11), Fraction(3, 12), None, Fraction(4, 13)]


@pytest.mark.parametrize(("dtype", "mean"), [("float32", 0.3333333432674408), ("bfloat16", 0.333984375)])
def test_a_mean_is_rounded_as_it_is_added_up(dtype: str, mean: float) -> None:
    """Each sum and the quotient are rounded to the dtype."""
    assert Average(0.5, rule="fixed", dtype=dtype, initial="mean:3").advance([0.1, 0.2, 0.7]).shadows[2] == mean


@pytest.mark.parametrize("count", [1, 2**63 - 1])
def test_the_shortest_and_the_longest_mean(count: int) -> None:
    """The mean may be of one param, or of as many as can be counted."""
    assert Average(0.5, rule="fixed", initial=f"mean:{count}").advance([3.0]).shadows == [3.0 if count == 1 else None]


@pytest.mark.parametrize(
    ("rule", "initial"),
    [
        *(("optax", "mean:2"), ("elapsed", "mean:2"), ("arch", "mean:2")),
        *(("fixed", "mean:0"), ("fixed", "mean:1.5"), ("fixed", f"mean:{2**63}")),
    ],
)
def test_means_that_nothing_starts_from(rule: str, initial: str) -> None:
    """A rule that debiases or starts at the first param refuses a mean; a mean needs at least one param."""
    with pytest.raises(SettingError, match="mean"):
        Average(0.9, rule=rule, initial=initial)


def test_a_seed_of_the_rule(made: Any) -> None:
    """A rule may sum its seed in its own way."""
    ema = made("float32", seed=Seed(3, (("added", "R(added + R(p/count))"),), "added"), start="mean")
    assert ema.advance([0.1, 0.1, 0.1]).shadows[2] == 0.10000000894069672
    ema = made(shown_from=lambda o: 3, start="first")
    assert ema.advance(PARAMS[:4]).shadows == [None, None, Fraction(9, 4), Fraction(41, 8)]


def test_squares_are_averaged(made: Any) -> None:
    """The averaged quantity may be a formula of the param."""
    rounds = made(take="R(p*p)").advance(PARAMS[:3])
    assert (rounds.params, rounds.shadows) == ([1, 4, 2], [Fraction(1, 2), Fraction(33, 4), Fraction(49, 8)])


def test_a_sum_over_a_sum_of_weights(made: Any) -> None:
    """Numerator and denominator decay alike."""
    ema = made(form=forms.decayed_sum, debias=debias.by_sum_of_weights, start="zero")
    assert ema.advance(PARAMS[:3]).shadows == [1, Fraction(9, 2) / Fraction(3, 2), Fraction(17, 4) / Fraction(7, 4)]


def test_a_decay_by_recurrence() -> None:
    """A weight may follow from a register that changes in each update; each round shows its own."""
    found = run(
        "--rule audiocraft --decay 1/2 --dtype exact -c decay,weight,shadow,share,working -F csv -q", "1\n4\n2\n"
    )
    assert found.column("decay") == ["0", "1/3", "3/7"]
    assert found.column("weight") == ["1", "2/3", "4/7"]
    assert found.column("shadow") == ["1", "3", "17/7"]
    assert found.column("share") == ["1/7", "2/7", "4/7"]
    assert found.column("working")[1:] == ["1/3 x 1 + 2/3 x 4 = 3", "3/7 x 3 + 4/7 x 2 = 17/7"]
    grouped = run(
        "--rule audiocraft --decay 1/2 --dtype float64 --by run -c decay -F csv -q", "run,x\n0,1\n1,1\n1,4\n0,4\n"
    )
    assert [round(float(decay), 6) for decay in grouped.column("decay")] == [0, 0, 0.333333, 0.333333]
