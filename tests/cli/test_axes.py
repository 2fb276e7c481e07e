"""Times, decays by row, intervals and seeds, on the command line."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ema_cli import rules
from tests.harness import csv_of, error_of, run

DATES = "time,loss\n2024-01-01T00:00:00Z,1\n2024-01-01T00:05:00Z,2\n2024-01-01T00:05:00Z,3\n2024-01-01T00:15:00Z,4\n"
NUMBERS = "t,param\n0,1\n1.5,2\n3,4\n"
DECAYS = "d,param\n0.5,1\n,2\n0.25,4\n"


def test_a_column_of_dates() -> None:
    """With dates, a half-life is a time, and elapsed times are in seconds."""
    stated = "--half-life 5min --time-column time"
    found = run(f"{stated} -F csv -c time,decay,shadow,elapsed", DATES)
    assert json.loads(run(f"{stated} -F json", DATES).out)["settings"]["half-life"] == "5min"
    assert "half-life must be more than 0, not 0min" in error_of("--half-life 0min --time-column time", DATES, code=2)
    assert found.column("decay") == ["", "0.5", "1.0", "0.25"]
    assert found.column("shadow") == ["1.0", "1.5", "1.5", "3.375"]
    assert found.column("elapsed") == ["", "300.0", "0.0", "600.0"]


def test_a_half_life_in_time_is_arithmetic() -> None:
    """The number before a unit may be arithmetic."""
    shadows = [run(f"--half-life {h} --time-column time -F csv", DATES).out for h in ("5min", "10/2min", "(1/12)h")]
    assert shadows[0] == shadows[1] == shadows[2] != ""
    assert "half-life '1/0' divides by zero" in error_of("--half-life 1/0h --time-column time", DATES, code=2)


def test_the_decay_of_a_unit_of_time_is_none_of_a_round() -> None:
    """The summary shows no half-life in rounds if the decay is per unit of time."""
    for stated, text in ("--half-life 5min --time-column time", DATES), ("--decay 0.9 --time-column t", NUMBERS):
        told = run(f"{stated} --summary", text).out
        assert "what is left of the initial value" in told
        assert "half-life, in rounds" not in told
        assert "at DECAY" not in told


def test_days_with_a_time_zone() -> None:
    """A time zone after a day is not read as a time of day."""
    days = "t,param\n2024-01-01+02:00,1\n2024-01-02+02:00,2\n2024-01-02+01:00,3\n"
    found = run("--half-life 1d --time-column t -F csv -c elapsed", days)
    assert found.column("elapsed") == ["", "86400.0", "3600.0"]


@pytest.mark.parametrize("rule", ["exponentialTimeDecayedSum:x=300", "custom:decay=exp(-elapsed/300),weight=1"])
def test_dates_are_seconds_to_a_rule_without_a_half_life(rule: str) -> None:
    """A rule whose decay is not a half-life gets the time since the row before in seconds."""
    found = run(f"-q --rule {rule} --time-column time -F csv -c decay,elapsed", DATES)
    assert found.column("decay") == ["1.0", repr(math.exp(-1)), "1.0", repr(math.exp(-2))]
    assert found.column("elapsed") == ["", "300.0", "0.0", "600.0"]


WRITTEN = st.builds(lambda x, places: f"{x:.{places}f}", st.decimals(0, 10**12, places=15), st.integers(0, 15))


@given(st.lists(WRITTEN | st.sampled_from(["0", "7", "7.0", "1e3", "9223372036854775808", ".5"]), min_size=1))
def test_elapsed_times_are_exact_differences(cells: list[str]) -> None:
    """However a time is written, the elapsed time is the exact difference, rounded once; exact keeps the fraction."""
    cells.sort(key=Fraction)
    script = "t,param\n" + "".join(f"{cell},1\n" for cell in cells)
    line = "--rule custom:decay=1/(1+elapsed) --time-column t -F csv -c time,elapsed"
    gaps = [after - before for before, after in pairwise(map(Fraction, cells))]
    found = run(line, script)
    assert found.column("time") == cells
    assert found.column("elapsed") == ["", *(repr(float(gap)) for gap in gaps)]
    assert run(f"{line} --dtype exact", script).column("elapsed") == ["", *map(str, gaps)]


def test_a_column_of_numbers() -> None:
    """With plain numbers, the decay is raised to the power of their difference, and the working shows it."""
    found = run("--decay 0.25 --time-column t --explain", NUMBERS)
    assert "decay = DECAY^elapsed" in found.out
    assert "0.25^1.5 = 0.125" in found.out or "0.25^1.5 ≈ 0.125" in found.out


@pytest.mark.parametrize(
    ("line", "text", "message"),
    [
        ("--decay 0.9 --time-column time", DATES, "the times are dates"),
        ("--half-life 5min --time-column t", NUMBERS, "give --half-life 300"),
        ("--half-life 5min --time-column time --rule wandb", DATES, "takes no unit; give --half-life 300"),
        ("--decay 0.9 --time-column t", "t,param\n3,1\n1,2\n", "<stdin>:3: time runs backwards"),
        ("--decay 0.9 --rule elapsed -q", "step,param\n1,1\n3,1\n1,2\n", "<stdin>:4: time runs backwards"),
        ("--decay 0.9 --time-column t", "t,param\n3,1\nx,2\n", "<stdin>:3: the time 'x' is neither"),
        ("--half-life 1h --time-column t", "t,param\n2024-01-01,1\n1.2.2024,2\n", "'1.2.2024' is neither"),
        ("--decay 0.9 --time-column t", "t,param\n3,1\n2024-01-01,2\n", "is a date, but earlier ones are not"),
        ("--half-life 1h --time-column t", "t,param\n2024-01-01T00:00Z,1\n2024-01-02T00:00,2\n", "has no time zone"),
        ("--decay 0.9 --rule warmup --time-column t", NUMBERS, "rule warmup does not use times"),
        ("--decay-column d", "d,param\n2,1\n", "<stdin>:2: the decay '2' is not a number between 0 and 1"),
    ],
)
def test_times_and_decays_that_make_no_sense(line: str, text: str, message: str) -> None:
    """Each mistake is an error that says what to give, or where it is."""
    assert message in run(line, text).err


def test_a_column_of_decays() -> None:
    """An empty cell is a round that is not an update, and no other decay is given."""
    found = run("--decay-column d -F csv -c decay,shadow,action", DECAYS)
    assert found.rows == [
        {"decay": "0.5", "shadow": "0.5", "action": "update"},
        {"decay": "", "shadow": "0.5", "action": "skip"},
        {"decay": "0.25", "shadow": "3.125", "action": "update"},
    ]
    for line in "--decay 0.9", "--rule fixed:decay=0.9":
        assert "already gives each row its decay" in error_of(f"--decay-column d {line}", DECAYS, code=2)


@pytest.mark.parametrize(
    "rule",
    [
        "fixed",
        "torch",
        "flax",
        "keras",
        "ema-pytorch:update_after_step=2,update_every=2",
        "pandas",
        "optax-incremental",
    ],
)
def test_our_own_decays_are_read_back(rule: str) -> None:
    """The decays in our own CSV give the same shadows; an empty one copies if the rule copies, and otherwise skips."""
    stated = "--decay 0.9" if rules()[rule.partition(":")[0]].needs_decay else ""
    first = run(f"--rule {rule} {stated} :1 :2 :-3.5 :4.25 :0.1 :7 :7.3 -F csv")
    again = run(f"--rule {rule} --decay-column decay -F csv", first.out)
    assert again.out == first.out
    told = run(f"--rule {rule} --decay-column decay", first.out).out
    assert "decay 0.9" not in told  # neither DECAY nor a default takes part
    assert "\ndecay =" not in run(f"--rule {rule} --decay-column decay --explain", first.out).out


def test_an_interval_and_a_mean() -> None:
    """The rounds between updates are skipped; there is no shadow before the mean of the first params."""
    assert run("--decay 0.5 --update-every 2 :1x4 -F csv").column("decay") == ["", "0.5", "", "0.5"]
    found = run("--decay 0.5 --initial mean:3 :1 :2 :3 :5 -F csv -c shadow,action")
    assert found.column("shadow") == ["", "", "2.0", "3.5"]
    assert found.column("action") == ["wait", "wait", "seed", "update"]


@pytest.mark.parametrize(
    ("options", "text", "told"),
    [
        ("", "t,x\n0,1\n1,2\n1,5\n1,6\n", "2 rounds have the same time as the round before, so their weight is 0"),
        (
            "--decay 0.5 --dtype float32 --dtype float64",
            "t,x\n0,1\n0,2\n",
            "1 round has the same time as the round before, so its weight is 0",
        ),
        ("--by r --summary", "r,t,x\na,0,1\nb,0,2\na,0,5\nb,0,5\n", "2 rounds have the same time as the round before"),
        ("--missing skip", "t,x\n0,1\n0,\n1,2\n1,\n1,4\n", "1 round has the same time as the round before"),
        ("", "t,x\n0,1\n1,2\n", ""),
    ],
)
def test_rows_at_one_time_are_counted(options: str, text: str, told: str) -> None:
    """A row at the time of the row before has no weight, and one note counts such rows."""
    err = run(f"--decay 0.9 --time-column t -F csv {options}", text).err
    assert err.count("the same time as the round before") == bool(told)
    assert told in err


@pytest.mark.long
@pytest.mark.parametrize("rule", rules())
def test_every_rule_takes_a_decay_for_each_row_or_says_why_not(rule: str) -> None:
    """With a decay for each row, every rule needs no decay of its own or refuses; its rounds can still be explained."""
    found = run(f"--rule {rule} --decay-column d --explain --summary - -q", DECAYS)
    assert found.code == 0 or "decay" in found.err or "needs a step" in found.err


@pytest.mark.parametrize(
    ("line", "text", "span"),
    [
        ("", "step,loss\n10,1\n20,2\n50,4\n", 40),
        ("--by run --param-column loss", "run,step,loss\na,0,1\nb,5,2\na,10,4\nb,25,3\n", 25),
        ("--time-column time --param-column loss", DATES, 900),
        ("--time-column t", NUMBERS, 3),
    ],
)
def test_a_rule_that_depends_on_the_range_of_the_file(line: str, text: str, span: int) -> None:
    """W&B's chart spans all steps, or all times in seconds, unless range= is given; a note says so."""
    found = run(f"--rule wandb --decay 0.9 -F csv {line}", text)
    assert run(f"--rule wandb:range={span} --decay 0.9 -F csv {line}", text).out == found.out
    assert "rule wandb depends on the span of the steps: rows are written at the end" in found.err
    assert "depends" not in run(f"--rule wandb:range={span} --decay 0.9 -F csv {line}", text).err


def test_a_rule_of_a_span_beside_one_that_looks_ahead() -> None:
    """Each rule gets the rows it needs: TensorBoard's first points are the same as without the other rule."""
    text = "step,x\n" + "".join(f"{step},0.1\n" for step in range(20000)) + "20000,3\n"
    both = csv_of("--rule wandb --rule tensorboard -q", text)
    alone = csv_of("--rule tensorboard -q", text)
    assert both.column("shadow[tensorboard]") == alone.column("shadow")


@pytest.mark.parametrize("read", ["", "--step-column none"])
def test_a_decay_found_over_the_range_of_the_file(read: str) -> None:
    """--leaves uses the decays of the rule with its range, whether the rows have steps or are counted."""
    text = "step,loss\n" + "".join(f"{row},{row * row}\n" for row in range(11))
    found = [run(f"-q --rule {rule} --leaves 1%:20 {read} -F csv", text) for rule in ("wandb", "wandb:range=10")]
    assert found[0] == found[1]
    assert found[0].code == 0


def test_steps_that_are_times_are_checked() -> None:
    """A decay per unit of time has no warm-up, so no remark on a DECAY that was never reached."""
    outcome = run("--rule elapsed --decay 0.9 --step-column t --check s", "t,param,s\n0,1,1\n2,2,1.19\n4,3,1.5339\n")
    assert (0, True) == (outcome.code, "3 rounds agree" in outcome.out)
    assert "never reached" not in outcome.out
