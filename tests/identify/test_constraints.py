"""--identify where options say something already: what is given stays, and no more is claimed than was tried."""

from __future__ import annotations

import json
import re
import shlex
from random import Random
from typing import TYPE_CHECKING

import pytest

from ema_cli import Average
from tests.harness import error_of, run

if TYPE_CHECKING:
    from pathlib import Path


def log(average: Average, rounds: int = 60, first: int = 0) -> str:
    """What a training logs whose code computes this average."""
    random = Random(3)
    params = [random.gauss(0, 1) for _ in range(rounds)]
    steps = range(first, first + rounds)
    shadows = [round_.shadow for round_ in average.advance(params, list(steps))]
    return "step,w,ema\n" + "".join(f"{n},{p},{s}\n" for n, p, s in zip(steps, params, shadows, strict=True))


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ("--rule tensorflow", "none of the rules that were tried (tensorflow) gives this log"),
        ("--rule fixed --rule torch", "none of the rules that were tried (fixed, torch) gives this log"),
        ("--decay 0.7 --dtype float64", "no average that was tried gives this log"),
    ],
)
def test_no_more_is_claimed_than_was_tried(args: str, told: str) -> None:
    """Where options leave a part of the catalogue, nothing is said of all of it, but what to leave out."""
    text = log(Average(0.99, rule="warmup"), first=1)
    outcome = run(f"--identify ema {args}", text)
    options = ", ".join(dict.fromkeys(word for word in args.split() if word.startswith("--")))
    first, *rest = [line for line in outcome.out.splitlines() if line[0] not in "┏┃┡│└"]
    assert first.split("; ")[0] == told
    assert first.split("; ")[-1] == f"without {options} more are tried"
    assert "catalogue" not in outcome.out
    assert all("as a warm-up does, but as none that was tried" in line for line in rest if "rises" in line)


@pytest.mark.parametrize(("made", "asked"), [("true", "true"), ("true", "false"), ("false", "false")])
def test_a_given_parameter_stays(made: str, asked: str) -> None:
    """--rule NAME:KEY=VALUE tries the rule with that parameter alone."""
    text = log(Average(0.9, rule="torch-ema", parameters={"use_num_updates": made}))
    found = json.loads(run(f"--identify ema --rule torch-ema:use_num_updates={asked} -F json -q", text).out)
    assert {row["parameters"] for row in found} <= {f"use_num_updates={asked}"}
    assert any(row["rank"] for row in found) == (asked == made)


def test_a_decay_among_the_parameters() -> None:
    """A decay that a rule's parameter states is the decay that is tried."""
    text = log(Average(0.9, rule="batchnorm"))
    outcome = run("--identify ema --rule batchnorm:momentum=0.1 -F json -q", text)
    assert [("1", "batchnorm", "0.1")] == [
        (row["rank"], row["rule"], row["decay"].removeprefix("alpha ")) for row in json.loads(outcome.out)
    ]
    assert "[]" == run("--identify ema --rule batchnorm:momentum=0.2 -F json -q", text).out.strip()


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ("--rule nope", "no rule 'nope'"),
        ("--rule torch-ema:bogus=1", "rule torch-ema has no parameter 'bogus'"),
        ("--rule torch-ema:decay=2", "decay"),
        ("--tolerance ulp:4", "--identify judges by the digits that were logged"),
        ("--round-each 3", "--round-each has no effect on --identify, which shows no rounds"),
        ("--explain", "--explain has no effect on --identify"),
        ("-c +gap", "--columns has no effect on --identify"),
        ("--plot-file x.svg", "--plot-file has no effect on --identify"),
    ],
)
def test_what_makes_no_sense_is_refused(args: str, told: str) -> None:
    """A rule or a parameter that there is none of, and an option without effect, are wrong usage."""
    assert told in error_of(f"--identify ema {args}", log(Average(0.9, rule="fixed"), 10), code=2)


def debiased(params: list[float], decay: float) -> list[float]:
    """m / (1 - decay^t) in float64, times an inverse, which no rule does so."""
    shadows, m = [], 0.0
    for t, param in enumerate(params, 1):
        m = m * decay + param * (1 - decay)
        shadows.append(m * (1 / (1 - decay**t)))
    return shadows


def test_another_order_of_the_operations() -> None:
    """A log that is off by some units in the last place is no warm-up of its own kind."""
    random = Random(3)
    params = [random.gauss(0, 1) for _ in range(40)]
    lines = [f"{p},{s}\n" for p, s in zip(params, debiased(params, 0.9), strict=True)]
    outcome = run("--identify ema --rule haiku --rule rlax --rule sonnet", "w,ema\n" + "".join(lines))
    last = outcome.out.splitlines()[-1]
    assert last.startswith("a debiased average, decay 0.9 (")
    assert last.endswith(": no rule that was tried rounds so")
    assert "as none" not in outcome.out


def test_ulps_of_a_rounded_log() -> None:
    """Units in the last place say nothing of a log with fewer digits than the dtype."""
    random = Random(3)
    params = [random.gauss(0, 1) for _ in range(40)]
    shadows = [round_.shadow for round_ in Average(0.9, rule="fixed").advance(params)]
    lines = [f"{p},{s:.4f}\n" for p, s in zip(params, shadows, strict=True)]
    outcome = run("--identify ema --rule fixed -F json", "w,ema\n" + "".join(lines))
    assert {""} == {row["worst ulps"] for row in json.loads(outcome.out)}


def test_decays_that_fit_as_well() -> None:
    """Decays that no round has reached are named in a sentence."""
    outcome = run("--identify ema --rule tensorflow", log(Average(0.99, rule="tensorflow"), 30))
    line = next(line for line in outcome.out.splitlines() if "fit as well" in line)
    assert line.startswith("with the rule tensorflow, the decays 0.99")
    assert " and 0." in line.partition(" fit as well")[0]


def test_a_constant_decay_before_a_counter_that_was_made_up() -> None:
    """A log of one decay is told by a rule with a constant one, not by a warm-up that ended long before it."""
    average = Average(0.995, rule="torch-ema", parameters={"use_num_updates": "false"}, dtype="float32")
    outcome = run("--identify ema --rule torch-ema -F json -q", log(average, 300))
    found = json.loads(outcome.out)[0]
    assert ("1", "0.995", "use_num_updates=false", "") == tuple(
        found[name] for name in ("rank", "decay", "parameters", "counter")
    )


@pytest.mark.parametrize("decay", [0.9871, 0.93, 0.9137])
def test_decays_around_one_that_fits_a_rounded_log(decay: float) -> None:
    """Of a rounded log the decays that fit are told, from one to another: both fit, and so does the true one."""
    random = Random(3)
    params = [random.gauss(0, 1) for _ in range(80)]
    shadows = Average(decay, rule="fixed").advance(params).shadows
    text = "w,ema\n" + "".join(f"{p},{s:.4f}\n" for p, s in zip(params, shadows, strict=True))
    line = next(line for line in run("--identify ema --rule fixed", text).out.splitlines() if " fit, of" in line)
    low, high, short = re.findall(r"0\.\d+", line)
    assert float(low) <= decay <= float(high)
    assert {0} == {run(f"--rule fixed --decay {one} --check ema", text).code for one in (low, high, short)}


CASES = [
    ("fixed", "0.99", {}, "float64"),
    ("warmup", "0.9", {}, "float64"),
    ("tensorflow", "0.9", {}, "float32"),
    ("torch-ema", "0.995", {"use_num_updates": "false"}, "float32"),
    ("batchnorm", "0.9", {}, "float32"),
    ("fixed", "0.95", {}, "bfloat16"),
    ("ultralytics", "0.999", {"tau": "50"}, "float32"),
]


@pytest.mark.parametrize("steps", ["none", "from 0", "from 1"])
@pytest.mark.parametrize(("rule", "decay", "parameters", "dtype"), CASES)
def test_the_command_makes_check_agree(
    rule: str, decay: str, parameters: dict[str, str], dtype: str, steps: str, tmp_path: Path
) -> None:
    """Where the answer has a command, all rounds agree under it; where it has none, it says what to do."""
    average = Average(decay, rule=rule, parameters=parameters, dtype=dtype)
    text = log(average, 40, first=int(steps == "from 1"))
    if steps == "none":
        text = "".join(line.partition(",")[2] + "\n" for line in text.splitlines())
    path = tmp_path / "a log.csv"
    path.write_text(text)
    outcome = run(["--identify", "ema", "--rule", rule, str(path)])
    last = outcome.out.splitlines()[-1]
    if last.startswith("no --check can repeat this: "):
        assert steps != "none"
        return
    words = shlex.split(last.removeprefix("to see it: "))
    assert "ema-calc" == words[0]
    checked = run(words[1:])
    assert (0, "all 40 rounds agree") == (checked.code, checked.out.splitlines()[-1][:19])


def test_the_command_of_a_log_that_lacks_its_start() -> None:
    """Who knows the shadow before round 1 puts it into the command that is told."""
    text = log(Average(0.99, rule="fixed", initial="0.75"), 40)
    last = run("--identify ema --rule fixed", text).out.splitlines()[-1]
    words = shlex.split(last.rpartition("VALUE: ")[2].replace("VALUE", "0.75"))
    assert "0.75" in words
    assert 0 == run(words[1:], text).code


@pytest.mark.parametrize(("last", "fits"), [("-23.32", True), ("-23.33", False)])
def test_what_is_named_agrees_to_the_digit(last: str, fits: bool) -> None:
    """A candidate whose shadow is rounded to another number is none, however close it is to one that is not."""
    shadows, rows = Average(0.9, rule="fixed").advance([-233.25, 181.75, -178.5, 12.5, 60.0, -3.25]).shadows, []
    for param, shadow in zip([-233.25, 181.75, -178.5, 12.5, 60.0, -3.25], shadows, strict=True):
        rows.append(f"{param},{shadow:.2f}" if rows else f"{param},{last}")
    outcome = run("--identify s --rule fixed --decay 0.9 --initial 0 -q", "x,s\n" + "\n".join(rows) + "\n")
    assert fits == ("fixed, decay 0.9, float64 gives all 6 rounds" in outcome.out)
