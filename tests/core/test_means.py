"""The means that an average is compared with: of all params so far, and of the last few."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ema_cli.core.average import Average
from tests.harness import run

PARAMS = st.lists(st.integers(-999, 999), min_size=1, max_size=30)


@given(PARAMS)
def test_the_running_mean_is_that_of_all_params_so_far(params: list[int]) -> None:
    found = Average(rule="cumulative", dtype="exact").advance(params).shadows
    assert found == [Fraction(sum(params[:n]), n) for n in range(1, len(params) + 1)]


@given(PARAMS, st.integers(1, 9), st.integers(0, 30))
def test_a_moving_average_is_the_mean_of_the_window(params: list[int], size: int, cut: int) -> None:
    """The mean does not depend on the batches; there is none before the window is full."""
    average = Average(rule=f"sma:window={size}", dtype="exact")
    found = [*average.advance(params[:cut]).shadows, *average.advance(params[cut:]).shadows]
    means = [Fraction(sum(params[n - size : n]), size) if n >= size else None for n in range(1, len(params) + 1)]
    assert found == means


@pytest.mark.parametrize(
    ("rule", "shadows", "shares"),
    [
        ("sma:window=3", ["", "", "3", "11/3", "10/3"], ["0", "0", "1/3", "1/3", "1/3"]),
        ("cumulative", ["1", "3/2", "3", "3", "13/5"], ["1/5"] * 5),
        ("ta-lib:timeperiod=3", ["", "", "3", "3", "2"], ["1/12", "1/12", "1/12", "1/4", "1/2"]),
    ],
)
def test_cells_before_the_first_mean_are_empty(rule: str, shadows: list[str], shares: list[str]) -> None:
    found = run(f"--rule {rule} --dtype exact -F csv -c shadow,share", "1\n2\n6\n3\n1\n").out
    assert found.split() == ["shadow,share", *map(",".join, zip(shadows, shares, strict=True))]


def test_the_working_of_a_window_names_its_params() -> None:
    """If a rule's shadow starts late, the rounds before it are said to wait."""
    shown = run("--rule sma:window=3 --explain", "1\n2\n6\n3\n").out
    assert "(2 + 6 + 3)/3" in shown
    assert shown.count("waiting") == 2
    late = run("--rule ta-lib:timeperiod=3 --explain", "1\n2\n6\n3\n").out
    assert late.count("waiting") == 2


@pytest.mark.parametrize("rule", ["--rule fixed --decay 1/2 --initial mean:3", "--rule ta-lib:timeperiod=3"])
def test_params_of_the_first_mean_share_alike(rule: str) -> None:
    """Each param in the starting mean has the same share, and nothing is left of an initial value."""
    found = run(f"{rule} --dtype exact -F csv -c action,shadow,share,initial-weight", "1\n2\n6\n8\n9\n").out
    assert found.split()[1:] == [
        "wait,,1/12,",
        "wait,,1/12,",
        "seed,3,1/12,",
        "update,11/2,1/4,",
        "update,29/4,1/2,",
    ]


@pytest.mark.parametrize(
    ("rule", "blank"),
    [
        *(("excel", True), ("sma", True), ("clearml", False), ("numbagg", False), ("fixed", False)),
        *(("sma:window=1", False), ("sma:window=2", True), ("ta-lib:timeperiod=2", True)),
    ],
)
def test_the_header_says_that_the_first_round_shows_nothing(rule: str, blank: bool) -> None:
    """If the first round never has a shadow, round 0 has no value either."""
    decay = "--decay 0.5" if rule == "fixed" else ""
    assert blank == ("no shadow until there are enough params" in run(f"--rule {rule} {decay} :1 :2").out)


@pytest.mark.parametrize(
    ("rule", "shadows"),
    [
        *(("fixed:decay=0.5", [0, 1, 2.5, 4.25]), ("cumulative", [None, 2, 3, 4])),
        *(("sma:window=2", [None, None, 3, 5]), ("ta-lib:timeperiod=2", [None, None, 3, 5])),
        ("torch:decay=0.5", [0, 2, 3, 4.5]),
    ],
)
def test_the_shadow_of_an_average_so_far(rule: str, shadows: list[float | None]) -> None:
    """There is no shadow before the first param, or before as many as the rule needs."""
    average = Average(rule=rule, dtype="float64")
    assert [average.shadow, *(average.update(param) and average.shadow for param in (2.0, 4.0, 6.0))] == shadows
    assert Average(rule=rule, dtype="float64").advance([None, 2.0]).shadows == shadows[:2]
    pair = Average(rule=rule, dtype="float64")
    pair.advance([2.0, 4.0])
    assert pair.advance([6.0, 2.0], rows=(0, 1), lengths=(1, 1)).shadows == [shadows[3], shadows[1]]


def test_a_summary_before_the_first_mean() -> None:
    """A script shorter than the average has no number to sum up, and no summary table."""
    outcome = run("-q --rule ta-lib :1 :2 --summary")
    assert 0 == outcome.code
    assert "summary" not in outcome.out
