"""--summary: the meaning of the numbers."""

from __future__ import annotations

import json
from math import ceil, log

import pytest

from tests.harness import csv_of, run


def summary(*args: str, stdin: str | None = None) -> dict:
    """The summary of the first average in JSON, where it always is."""
    result = run(["-F", "json", *args], stdin)
    assert result.code == 0, result.err
    return json.loads(result.out)["summary"]["averages"][0]


def test_half_life_is_no_time_constant():
    """0.998 has a half-life of 346 rounds and a time constant of 500."""
    found = summary("--decay", "0.998", ":1")
    assert found["half-life"] == pytest.approx(346.2, abs=0.1)
    assert found["time-constant"] == pytest.approx(500)
    assert found["span"] == pytest.approx(999)
    assert found["com"] == pytest.approx(499)


def test_rounds_until_one_percent():
    """At 0.9999, 1 % of the initial value is left after 46 050 updates."""
    assert summary("--decay", "0.9999", ":1")["rounds-to-1-percent"] == 46050 == ceil(log(0.01) / log(0.9999))


@pytest.mark.parametrize(("decay", "step"), [("0.99", 890), ("0.999", 8990), ("0.9999", 89990)])
def test_end_of_the_warm_up(decay, step):
    """(1 + n)/(10 + n) reaches the decay at this step, whether or not the script does."""
    found = summary("--decay", decay, "0:1")
    assert (found["warm-up-ends-at-step"], found["warm-up-ended-in-round"]) == (step, None)


def test_round_in_which_the_warm_up_ended():
    """If the script reaches the step, the round is shown."""
    assert summary("--decay", "0.5", "0..20:1")["warm-up-ended-in-round"] == 9


def test_rule_without_a_warm_up():
    """A constant decay has no warm-up."""
    assert summary("--decay", "0.5", "--rule", "fixed", ":1")["warm-up-ends-at-step"] is None


def test_what_is_left_of_the_initial_value():
    """It is the product of the decays, copies included, and equals the last cell of the column."""
    for rule in "fixed", "warmup", "torch":
        asked = ["--rule", rule, "0:1x5000"]
        column = csv_of([*asked, "-c", "initial-weight"]).column("initial-weight")
        assert str(summary("--decay", "0.9", *asked)["initial-weight"]) == column[-1]
    assert summary("--decay", "0.9", ":1x3")["initial-weight"] == pytest.approx(0.9**3)
    assert summary("--rule", "torch:decay=0.9", ":1x3")["initial-weight"] == 0


def test_final_gap_that_grows_too_long():
    """A gap with more digits than may be printed is an error."""
    line = ["--decay", "1/7", "--dtype", "exact", "--rule", "fixed", "--summary", "-c", "step", ":1e-4200x9"]
    message = "the exact fraction has grown past 4300 digits; --digits N prints decimals, or use fewer rounds"
    assert message in run([*line, ":1e-4299x9"]).err
    assert "-2.1241e-4293" in run(["--digits", "5", *line[:-1], ":1e-4285", ":1e-4299x9"]).out


def test_final_gap_and_stalled_rounds():
    """They are the final distance of the shadow from the param, and the number of rounds lost to rounding."""
    found = summary("--decay", "0.999", "--dtype", "bfloat16", ":1x400")
    assert found["gap"] == 0.5
    assert found["stalled"] > 0


def test_rounds_that_show_nothing_or_an_infinity_do_not_stall():
    """Neither a shadow that is not shown yet nor an infinity is lost to rounding."""
    line = "-F csv --dtype float32 --rule pandas-ta-rma:length={} :1000000000x9 :1000000064"
    assert "1 of 10 rounds stalled, first in round 10" in run(line.format(5)).err
    assert "stalled" not in run(line.format(20)).err
    assert "stalled" not in run("-F csv --decay 0.5 --dtype float32 :1e300 :1x3").err


def test_table_for_people():
    """The summary stands below the rounds, on request."""
    assert "half-life" not in run(["--decay", "0.9", ":1"]).out
    for form in ("table", "markdown"):
        lines = run(["--decay", "0.9", ":1", "--summary", "-F", form]).out.splitlines()
        assert any("half-life, in rounds" in line and "6.5788135" in line for line in lines)


@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl"])
def test_data_formats_leave_stdout_alone(form):
    """With csv, tsv and jsonl, the summary goes to stderr."""
    args = ("--decay", "0.9", "--decay", "0.99", ":1", "-F", form)
    plain, summarized = run([*args]), run([*args, "--summary"])
    assert plain.out == summarized.out
    assert "half-life, in rounds" in summarized.err
    assert "half-life" not in plain.err


def test_exact_gap():
    """The gap between fractions is a fraction."""
    assert summary("--decay", "0.9", "--dtype", "exact", "0:1")["gap"] == "1/10"


def test_an_average_that_never_updates_says_so() -> None:
    """If a rule has only copied or skipped, a note says where to look; after one update there is no note."""
    told = "no round was an update: each copied the param or was skipped; --about-rule ema-pytorch says when it updates"
    assert told in run("--rule ema-pytorch :1x5").out
    assert told in run("--rule ema-pytorch :1x5 -F csv").err
    assert "no round was an update" not in run("--rule torch :1x2").out


def test_rounds_without_any_shadow_say_so() -> None:
    """If there are too few params for a first shadow, a note says so, for each group."""
    told = "all shadows are blank: there are too few params for the first one"
    for rule in "fixed --decay 0.9 --initial mean:3", "sma:window=3", "pandas:com=1,min_periods=3":
        assert told in run(f"--rule {rule} :1 :2 -F csv").err
        assert "too few" not in run(f"--rule {rule} :1 :2 :3 -F csv").err
    groups = run("--rule sma:window=3 --by run --summary", "x,run\n1,b\n1,a\n5,b\n2,a\n3,a\n")
    assert f"b: {told}" in groups.out
    assert "a: " not in groups.out
