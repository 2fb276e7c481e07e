"""--identify with further options: they are obeyed, and no more is claimed than was tried."""

from __future__ import annotations

import json
import re
import shlex
from random import Random

import pytest

from ema_cli import Average, rules
from ema_cli.identify.curves import CONSTANT, CURVES
from tests.harness import error_of, run


def log(average: Average, rounds: int = 60, first: int = 0) -> str:
    """The log of a training run whose code computes this average."""
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
    """If options exclude a part of the catalogue, the answer does not speak of all of it, but of what to leave out."""
    text = log(Average(0.99, rule="warmup"), first=1)
    outcome = run(f"--identify ema {args}", text)
    options = ", ".join(dict.fromkeys(word for word in args.split() if word.startswith("--")))
    assert f"{told}; leave {options} out to try more" in outcome.out
    assert "catalogue" not in outcome.out


@pytest.mark.parametrize(("made", "asked"), [("true", "true"), ("true", "false"), ("false", "false")])
def test_a_given_parameter_stays(made: str, asked: str) -> None:
    """--rule NAME:KEY=VALUE tries the rule with that parameter only."""
    text = log(Average(0.9, rule="torch-ema", parameters={"use_num_updates": made}))
    found = json.loads(run(f"--identify ema --rule torch-ema:use_num_updates={asked} -F json -q", text).out)
    assert {row["parameters"] for row in found} <= {f"use_num_updates={asked}"}
    assert any(row["rank"] for row in found) == (asked == made)


def test_a_decay_among_the_parameters() -> None:
    """A decay in a rule's parameters is the decay that is tried."""
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
        ("--tolerance ulp:4", "--identify goes by the logged digits"),
        ("--round-each 3", "--round-each has no effect on --identify, which shows no rounds"),
        ("-c +gap", "--columns has no effect on --identify"),
        ("--plot-file x.svg", "--plot-file has no effect on --identify"),
    ],
)
def test_what_makes_no_sense_is_refused(args: str, told: str) -> None:
    """An unknown rule or parameter and an option without effect are usage errors."""
    assert told in error_of(f"--identify ema {args}", log(Average(0.9, rule="fixed"), 10), code=2)


def debiased(params: list[float], decay: float) -> list[float]:
    """m / (1 - decay^t) in float64, as a product with the inverse; no rule does that."""
    shadows, m = [], 0.0
    for t, param in enumerate(params, 1):
        m = m * decay + param * (1 - decay)
        shadows.append(m * (1 / (1 - decay**t)))
    return shadows


def test_another_order_of_the_operations() -> None:
    """A log that is a few ulps off is not taken for a warm-up of its own kind."""
    random = Random(3)
    params = [random.gauss(0, 1) for _ in range(40)]
    lines = [f"{p},{s}\n" for p, s in zip(params, debiased(params, 0.9), strict=True)]
    outcome = run("--identify ema --rule haiku --rule rlax --rule sonnet", "w,ema\n" + "".join(lines))
    assert "schedule: a debiased average, decay 0.9" in outcome.out
    assert "the code computes it in another order or precision than the rules that were tried" in outcome.out


def test_ulps_of_a_rounded_log() -> None:
    """The answer mentions no ulps if the log has fewer digits than the dtype."""
    random = Random(3)
    params = [random.gauss(0, 1) for _ in range(40)]
    shadows = [round_.shadow for round_ in Average(0.9, rule="fixed").advance(params)]
    lines = [f"{p},{s:.4f}\n" for p, s in zip(params, shadows, strict=True)]
    outcome = run("--identify ema --rule fixed -F json", "w,ema\n" + "".join(lines))
    assert {""} == {row["worst ulps"] for row in json.loads(outcome.out)}


def test_a_constant_decay_before_a_counter_that_was_made_up() -> None:
    """A log with one decay is explained by a rule with a constant one, not by a warm-up that ended long before."""
    average = Average(0.995, rule="torch-ema", parameters={"use_num_updates": "false"}, dtype="float32")
    outcome = run("--identify ema --rule torch-ema -F json -q", log(average, 300))
    found = json.loads(outcome.out)[0]
    assert ("1", "0.995", "use_num_updates=false", "") == tuple(
        found[name] for name in ("rank", "decay", "parameters", "counter")
    )


@pytest.mark.parametrize("decay", [0.9871, 0.93, 0.9137])
def test_decays_around_one_that_fits_a_rounded_log(decay: float) -> None:
    """For a rounded log, the answer gives the range of decays that fit, which contains the true one."""
    random = Random(3)
    params = [random.gauss(0, 1) for _ in range(80)]
    shadows = Average(decay, rule="fixed").advance(params).shadows
    text = "w,ema\n" + "".join(f"{p},{s:.4f}\n" for p, s in zip(params, shadows, strict=True))
    line = next(line for line in run("--identify ema --rule fixed", text).out.splitlines() if "fit as well" in line)
    low, high = re.findall(r"0\.\d+", line)
    assert float(low) <= decay <= float(high)


def test_the_command_of_a_log_that_lacks_its_start() -> None:
    """A log that does not show its start is checked from its first shadow on."""
    text = log(Average(0.99, rule="fixed", initial="0.75"), 40)
    last = run("--identify ema --rule fixed", text).out.splitlines()[-1]
    assert "--initial logged" in last
    assert 0 == run(shlex.split(last.removeprefix("to see it: "))[1:], text).code


def test_each_part_that_a_parameter_plays_is_known() -> None:
    """A parameter's values are searched by its role: a constant of a curve, or a consequence of rows or a schedule."""
    parts = {part for curve in (*CURVES, CONSTANT) for part in curve.roles}
    parts |= {"switch", "arithmetic", "interval", "start", "count", "batch", "unit", "period"}
    parts |= {"exponent", "first weight", "floor"}
    played = [(rule.name, one.name, one.search) for rule in rules().values() for one in rule.parameters]
    assert [one for one in played if one[2] not in parts] == []
