"""Averages of data frames with missing values: what is shown, and what decays."""

from __future__ import annotations

import pytest

from ema_cli import Average
from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.dtypes import dtype
from tests.harness import csv_of

NA = "NA"


def shadows(rule: str, *values: object, times: list[int] | None = None) -> list[str]:
    """The shadows of a column, with its missing values."""
    rows = [[*time, value] for *time, value in zip(*([times] if times else []), values, strict=True)]
    header = "time,x" if times else "x"
    script = "\n".join([header, *(",".join(map(str, row)) for row in rows), ""])
    line = f"-q --rule {rule} --missing rule{' --time-column time' * bool(times)} -"
    return csv_of(line, script).column("shadow")


@pytest.mark.parametrize("rule", ["pandas:alpha=0.5", "polars-ewm-mean:alpha=0.5", "numbagg:alpha=0.5"])
def test_nothing_is_shown_before_a_param_is_known(rule: str) -> None:
    """A series that starts with gaps has no average before its first number."""
    assert ["", "", "1.0"] == shadows(rule, NA, NA, 1)


@pytest.mark.parametrize("rule", ["pandas:alpha=0.5", "polars-ewm-mean:alpha=0.5", "numbagg:alpha=0.5"])
def test_a_gap_before_the_first_param_has_no_share(rule: str) -> None:
    """The shares of the known params add up to 1, whatever was missing before."""
    found = csv_of(f"-q --rule {rule} --missing rule -c share -", f"x\n{NA}\n{NA}\n1\n{NA}\n2\n").column("share")
    assert [0, 0, 0.2, 0, 0.8] == pytest.approx(list(map(float, found)))


def test_a_gap_repeats_in_pandas_and_is_blank_in_polars() -> None:
    """pandas repeats the average at a gap, and polars shows a null."""
    assert ["1.0", "1.0"] == shadows("pandas:alpha=0.5", 1, NA)
    assert ["1.0", ""] == shadows("polars-ewm-mean:alpha=0.5", 1, NA)


def test_a_gap_before_a_weight_of_a_half() -> None:
    """Without adjust=True, pandas gives a param after a gap all that is left of 1 if alpha is 0.5, else alpha."""
    assert ["1.0", "1.0", "2.5", "3.25"] == shadows("pandas:alpha=0.5,adjust=false", 1, NA, 3, 4)
    assert ["1.0", "1.0", repr((0.0625 + 0.75 * 3) / 0.8125)] == shadows("pandas:alpha=0.75,adjust=false", 1, NA, 3)


@pytest.mark.parametrize("rule", ["clearml", "numbagg:alpha=0.5"])
def test_a_sum_of_nothing_is_not_shown(rule: str) -> None:
    """A rule that starts at zero shows nothing before the first param."""
    assert Average(rule=rule).advance([None, 1.0]).shadows[0] is None


@pytest.mark.parametrize("rule", ["pandas:alpha=0.5,min_periods=2", "polars-ewm-mean:alpha=0.5,min_samples=2"])
def test_an_average_that_needs_more_than_one_param(rule: str) -> None:
    """Rows before the required number of params show nothing; gaps are not counted."""
    assert ["", "", "", True] == [text if not text else True for text in shadows(rule, NA, 1, NA, 2)]


def test_no_time_passes_at_a_null_of_polars() -> None:
    """A null is not a round of ewm_mean_by: the elapsed time runs from the last number."""
    rule = "polars-ewm-mean-by:half_life=2"
    assert ["", "1.0", "", "1.5"] == shadows(rule, NA, 1, NA, 2, times=[0, 1, 2, 3])
    assert ["1.0", "1.5"] == shadows(rule, 1, 2, times=[1, 3])


def test_a_weight_of_one_of_polars_moves_by_it() -> None:
    """With an alpha of 1, polars moves the mean by the whole difference, which need not give the param."""
    assert ["-0.3", repr(-0.3 + (1e-17 - -0.3))] == shadows("polars-ewm-mean:alpha=1", -0.3, 1e-17)


def test_a_column_of_float32_in_polars() -> None:
    """ewm_mean_by computes the power in the column's own type; numbagg averages float32 in float64."""
    by = Average(rule="polars-ewm-mean-by", half_life=3, dtype="float32").advance([0.0, 1.0], times=[0, 7])
    R = dtype("float32").round
    assert [R(0.5 ** R(7 / 3)), R(1 - by.decays[1])] == [by.decays[1], by.shadows[1]]
    assert "float64" == Average(rule="numbagg", decay=0.5, dtype="float32").dtype.name


def test_the_decayed_averages_of_clickhouse() -> None:
    """The sums and averages are those in ClickHouse's documentation of both functions."""
    values, times = [1, 0, 0, *[1] * 3], [0, 1, 2, 25, 26, 27]
    sums = Average(rule="exponentialTimeDecayedSum:x=10").advance(values, times=times)
    assert [1, 0.905, 0.819, 1.082, 1.979, 2.791] == [round(shadow, 3) for shadow in sums.shadows]
    averages = Average(rule="exponentialTimeDecayedAvg:x=10").advance(values, times=times)
    assert [1, 0.475, 0.301] == [round(shadow, 3) for shadow in averages.shadows[:3]]


def test_the_divisor_of_clickhouse() -> None:
    """The sum is divided by the weights of an infinite series with a value in each unit of time."""
    assert ["5.0", "7.5", "5.05859375"] == shadows("clickhouse:x=1", 10, 10, 10, times=[1, 2, 9])
    assert ["5.0", "7.5"] == shadows("clickhouse:decay=0.5", 10, 10, times=[1, 2])


@pytest.mark.parametrize(("rule", "param"), [("linux-loadavg", "nan"), ("linux-srtt", "nan"), ("linux-srtt", "inf")])
def test_fixed_point_holds_numbers_alone(rule: str, param: str) -> None:
    """A value that is not finite is refused by name."""
    with pytest.raises(SettingError, match=f"fixed point cannot hold {param}"):
        Average(rule=rule).advance([1.0, float(param)])
