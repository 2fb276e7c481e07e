"""The share of each param in the final shadow, and statistics of the shares."""

from __future__ import annotations

import json
import tracemalloc
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ema_cli import Average, rules
from ema_cli.core.errors import SettingError
from ema_cli.report.response import Response
from tests.harness import csv_of, run

_BY_POWERS = "it debiases by powers of one decay, though the decay warms up"
_OTHERS = {
    "keras-overwrite": "its param is a gradient",
    "tensorflow-debias": _BY_POWERS,
    "paddle": _BY_POWERS,
    "paddledetection": _BY_POWERS,
    "clearml": "its first round is not debiased",
    "vividcortex-variable": "it shows 0 in its first ten rounds",
}
"""Rules whose shares do not add up to 1, and the reason."""


def _exact(rule: str, **more: Any) -> Average | None:
    """The average in fractions; None if the rule has none."""
    stated = rules()[rule.partition(":")[0]].decay
    try:
        return Average("9/10" if stated is not None and not stated.optional else None, rule=rule, dtype="exact", **more)
    except SettingError:
        return None


def _steps(average: Average, count: int) -> list[int] | None:
    counter = average.counter
    return None if counter is None or counter.first is not None else list(range(count))


@pytest.mark.parametrize("rule", [name for name in rules() if _exact(name) is not None])
@settings(max_examples=5, deadline=None)
@given(params=st.lists(st.fractions(-9, 9, max_denominator=9), min_size=1, max_size=30), cut=st.integers(0, 30))
def test_shares_and_the_initial_value_make_up_the_shadow(rule: str, params: list[Fraction], cut: int) -> None:
    """The final shadow is the sum of the averaged values, times their shares, and of what is left of the initial
    value.

    The shares add up to 1 together with it, and alone if the rule debiases.
    """
    initial = "5/7" if rules()[rule].start == "initial" else None
    average = _exact(rule, initial=initial)
    assert average is not None
    response, sums = Response(average, exact=True), Response(average, exact=False)
    steps, left, before, shown = _steps(average, len(params)), Fraction(1), Fraction(1), None
    averaged: list[Any] = []
    for part in slice(0, cut), slice(cut, None):
        rounds = average.advance(params[part], None if steps is None else steps[part])
        shown = rounds.shadows[-1] if len(rounds) else shown
        column, take = rounds.columns["param"], average.program.take
        averaged += column if take is None else take(column)
        response.follow(rounds, keep=True)
        sums.follow(rounds, keep=False)
        forgets = rounds.forgets()
        for row, decay in enumerate(rounds.decays):
            before, left = left, left * 0 if row == forgets else left if decay is None else left * decay
    shares = response.shares()
    if not response.affine or shown is None:  # the latter before a mean is complete, and before a window is full
        assert shares == [None] * len(params)
        assert sums.worth_and_age() == (None, None)
        return
    lags = average.readout is not None and average.readout.lags  # it shows the average of the round before
    left = before if lags else left
    alone = (average.readout is not None and not lags) or average.rule.start in ("none", "mean")
    if rule not in _OTHERS:
        assert sum(shares) + (0 if alone else left) == 1
    start = 0 if alone or average.initial is None else left * average.initial
    if rule != "keras-overwrite":
        assert sum(share * value for share, value in zip(shares, averaged, strict=True)) + start == average.shadow
    worth, found = sums.worth_and_age()
    squares = float(sum(share * share for share in shares))
    assert worth == (pytest.approx(float(sum(shares)) ** 2 / squares) if squares else None)
    if sum(shares):
        ages = range(len(shares) - 1, -1, -1)
        mean = sum(share * age for share, age in zip(shares, ages, strict=True)) / sum(shares)
        assert found == pytest.approx(float(mean))


def test_a_restart_leaves_nothing_of_the_params_before() -> None:
    """The shares add up to 1 if a round first replaces the shadow by its param."""
    found = run("--rule ema-pytorch-karras:update_every=1 :1 :2 :3 -c param,shadow,share -F csv -q").rows
    shares = [float(row["share"]) for row in found]
    assert sum(shares) == pytest.approx(1)
    mean = sum(share * float(row["param"]) for share, row in zip(shares, found, strict=True))
    assert mean == pytest.approx(float(found[-1]["shadow"]), rel=1e-6)


def test_a_copy_is_the_start_of_every_shadow() -> None:
    """The share of a copied param is how far the final shadow moves with it."""

    def last(*params: float) -> list[str]:
        pieces = [f"{step}:{param}" for step, param in enumerate(params)]
        return run(
            [
                "--rule",
                "trl-bema:update_freq=1,result=model",
                *pieces,
                "--dtype",
                "float64",
                "-c",
                "shadow,share",
                "-F",
                "csv",
                "-q",
            ]
        ).out.splitlines()[1:]

    before, after = ([line.split(",") for line in last(first, 3, 5)] for first in (1, 2))
    assert float(before[0][1]) == pytest.approx(float(after[-1][0]) - float(before[-1][0]))


def test_a_rule_that_is_not_affine_has_no_shares() -> None:
    """If the shadow is not an affine function of the params, the column and the summary have no shares."""
    for rule in "vividcortex", "torch-adam-sq:decay=0.9":
        assert run(f"--rule {rule} :1x3 -c round,share -F csv -q").column("share") == [""] * 3
        assert (
            json.loads(run(f"--rule {rule} :1x3 --summary -F json -q").out)["summary"]["averages"][0]["worth"] is None
        )


def test_column_share() -> None:
    """The column has the shares in the final shadow; a copy takes all earlier ones, and a skip has none."""
    outcome = csv_of("--rule fixed :1x3 -c share,initial-weight")
    assert [float(x) for x in outcome.column("share")] == pytest.approx([0.081, 0.09, 0.1])
    assert run("--decay 9/10 --rule torch :1x3 --dtype exact -c share -F csv").column("share") == [
        "81/100",
        "9/100",
        "1/10",
    ]
    skipped = csv_of("--rule ema-pytorch:update_every=2,update_after_step=1 :1x5 -c share,action").rows
    assert all(float(row["share"]) == 0 for row in skipped if row["action"] == "skip")


@pytest.mark.parametrize(
    "rule", ["--rule fixed --decay 0.9 --initial mean:3", "--rule ta-lib:timeperiod=3", "--rule sma:window=3"]
)
def test_a_shadow_that_is_not_there_has_no_shares(rule: str) -> None:
    """Statistics of shares are blank if the script ends before the first mean is complete or the window full."""
    assert run(f"{rule} :1 :2 -c shadow,share -F csv -q").out.split() == ["shadow,share", ",", ","]
    summary = json.loads(run(f"{rule} :1 :2 --summary -F json -q").out)["summary"]["averages"][0]
    assert (summary["worth"], summary["mean-age"]) == (None, None)


def test_several_averages_and_params() -> None:
    """Each param of each average has its own column, in all batches of a long script."""
    outcome = csv_of("--decay 0.99 --rule fixed - -c share", "".join(f"{k},{k % 7}\n" for k in range(9000)))
    for column in ("w1.share[0.9]",):
        assert column not in outcome.rows[0]
    shares = [[float(row[name]) for row in outcome.rows] for name in ("share[0.9]", "share[0.99]")]
    for decay, own in zip((0.9, 0.99), shares, strict=True):
        assert own[-1] == pytest.approx(1 - decay)
        assert own[-2] == pytest.approx(decay * (1 - decay))
        assert sum(own) == pytest.approx(1)
    assert "depends on all rounds: rows are written at the end" in outcome.err


def test_summary_of_shares() -> None:
    """The summary says how many params the average is worth, and how old they are."""
    found = json.loads(run("--decay 0.9 --rule fixed :1x500 --summary -F json").out)["summary"]["averages"][0]
    assert found["worth"] == pytest.approx(19)
    assert found["mean-age"] == pytest.approx(9)
    assert (found["10-percent-left-from-round"], found["1-percent-left-from-round"]) == (22, 44)
    few = json.loads(run("--decay 0.9 --rule fixed :1x3 --summary -F json").out)["summary"]["averages"][0]
    assert (few["10-percent-left-from-round"], few["worth"]) == (
        None,
        pytest.approx(0.271**2 / (0.081**2 + 0.09**2 + 0.01)),
    )
    assert "worth" not in json.loads(run("--decay 0.9 :1 -F json").out)["summary"]["averages"][0]
    assert "effective number of params" in run("--decay 0.9 :1x3 --summary").out


def test_shares_are_drawn_as_bars() -> None:
    """A chart draws the shares."""
    assert "share" in run("--decay 0.9 :1x5 -c share --plot").out.split("└", 1)[1]


def test_a_long_window_is_quick() -> None:
    """A window forgets at once, so that its shares need not look at all rounds before."""
    line = "--rule sma:window=100 0..20000:3 -F json --every 20000 -c round,share --summary"
    document = json.loads(run(line).out)
    assert document["rounds"][-1]["share"] == pytest.approx(0.01)
    found = document["summary"]["averages"][0]
    assert (found["worth"], found["mean-age"]) == (pytest.approx(100), pytest.approx(49.5))


def test_the_summary_of_a_wide_window_takes_little_memory() -> None:
    """The shares of a mean of 200 params take no matrix of 200 x 200 numbers for each round."""
    tracemalloc.start()
    told = run("--rule sma:window=200 0..299:3 -F csv --summary -c round").err
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "has age 0)          99.5" in told
    assert peak < 20e6


def test_shares_of_a_window_are_the_same_wherever_a_script_is_cut() -> None:
    """A batch of skipped rounds does not move a share to another round."""
    rounds, shares = Average(rule="sma", parameters={"window": 2}, update_every=3), []
    for cut in (), (7,), (1, 2, 8), (3, 4, 6, 7):
        average = rounds.beside()
        response = Response(average, exact=False)
        for start, end in zip((0, *cut), (*cut, 8), strict=True):
            response.follow(average.advance([1.0] * (end - start)), keep=True)
        shares.append([*response.shares(0)])
    assert shares == [[0.0, 0.0, 0.5, 0.0, 0.0, 0.5, 0.0, 0.0]] * 4
