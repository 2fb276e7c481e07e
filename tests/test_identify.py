"""--identify: which average made a log."""

from __future__ import annotations

import json
from random import Random

import pytest

from ema_cli import Average
from tests.command import calc

NARROW = ("--rule", "fixed", "--rule", "torch-ema", "--rule", "tensorflow", "--rule", "warmup", "--rule", "lightning")


def log(average: Average, rounds: int = 30, digits: int | None = None, late: bool = False, swap: bool = False) -> str:
    """The log of a training whose code computes this average."""
    random = Random(1)
    params = [round(random.uniform(-2, 2), 4) for _ in range(rounds)]
    shadows = [round_.shadow for round_ in average.advance(params, list(range(rounds)))]
    if late:
        shadows = [average.initial, *shadows[:-1]]
    texts = [repr(value) if digits is None else f"{value:.{digits}f}" for value in shadows]
    rows = [
        f"{step},{text},{param}" if swap else f"{step},{param},{text}"
        for step, (param, text) in enumerate(zip(params, texts, strict=True))
    ]
    return "step,param,ema\n" + "\n".join(rows) + "\n"


def identified(text: str, *args: str) -> list[dict[str, str]]:
    """The candidates."""
    result = calc("--identify", "ema", "-F", "json", *args, stdin=text)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("rule", "decay", "dtype"),
    [
        ("fixed", "0.99", "float64"),
        ("warmup", "0.9", "float64"),
        ("tensorflow", "0.9", "float32"),
        ("torch-ema", "0.9", "float32"),
        ("fixed", "0.95", "bfloat16"),
    ],
)
def test_rule_decay_and_dtype(rule, decay, dtype):
    """The rule that made a log is found, with its decay and dtype, and every round agrees."""
    best = identified(log(Average(decay, rule=rule, dtype=dtype)), *NARROW)[0]
    assert (best["rule"], best["decay"], best["dtype"]) == (rule, decay, dtype)
    assert best["agree"] == "30 of 30"
    assert best["worst ulps"] == "0"


def test_all_rules_are_tried():
    """Without any other option the whole catalogue is searched."""
    best = identified(log(Average(rule="ultralytics", decay=0.999, parameters={"tau": 50})))[0]
    assert (best["rule"], best["decay"], best["parameters"]) == ("ultralytics", "0.999", "tau=50.0")


def test_few_digits():
    """A log of four decimals is judged at four decimals."""
    best = identified(log(Average(0.9, rule="warmup"), digits=4), "--rule", "warmup")[0]
    assert (best["decay"], best["agree"]) == ("0.9", "30 of 30")


def test_decay_that_nobody_writes():
    """A decay that is none of those people write is estimated."""
    best = identified(log(Average(0.9137, rule="fixed")), "--rule", "fixed")[0]
    assert (best["decay"], best["agree"]) == ("0.9137", "30 of 30")


def test_unknown_initial_value():
    """A shadow that starts anywhere is followed from its first logged value."""
    best = identified(log(Average(0.9, rule="fixed", initial=3.25)), "--rule", "fixed")[0]
    assert (best["initial"], best["agree"]) == ("as logged in round 1", "30 of 30")


def test_counter_offset():
    """A counter that is off by one is found, and told."""
    text = log(Average(0.9999, rule="warmup"))
    shifted = text.replace("\n0,", "\n-,").splitlines()
    rows = [f"{int(row.split(',')[0]) + 1},{row.split(',', 1)[1]}" for row in text.splitlines()[1:]]
    best = identified("\n".join([shifted[0], *rows]) + "\n", "--rule", "warmup")[0]
    assert best["counter"] == "step-1"


def test_equal_candidates_are_told_apart():
    """Candidates that fit equally are listed, and what data would tell them apart."""
    text = log(Average(0.999, rule="torch-ema"), rounds=12)
    result = calc("--identify", "ema", "--rule", "torch-ema", "--rule", "diffusers", stdin=text)
    assert "torch-ema, decay" in result.stdout
    assert "would tell diffusers from torch-ema" in result.stdout


def test_decay_narrows():
    """With --decay, no other decay is tried."""
    result = calc("--identify", "ema", "--rule", "fixed", "--decay", "0.5", stdin=log(Average(0.9, rule="fixed")))
    assert result.exit_code == 0
    assert "no average of the catalogue gives this log" in result.stdout


@pytest.mark.parametrize(
    ("options", "doubt"),
    [
        ({"late": True}, "the shadow was read one round late"),
        ({"swap": True}, "param and shadow are swapped"),
    ],
)
def test_misreadings(options, doubt):
    """A log that was written in another way has no winner, but a doubt."""
    text = log(Average(0.9, rule="fixed", initial=1.5), **options)
    result = calc("--identify", "ema", "-F", "csv", "--rule", "fixed", stdin=text)
    assert doubt in result.stderr
    assert not any(line.startswith("1,") for line in result.stdout.splitlines())


def test_decay_in_the_place_of_the_weight():
    """A decay of 0.001 looks like 1 - decay: no winner is named."""
    result = calc("--identify", "ema", "--rule", "fixed", stdin=log(Average(0.001, rule="fixed")))
    assert "the decay looks constant: 0.001" in result.stdout
    assert "decay used where 1 - decay belongs? 0.999 is a decay that people write" in result.stdout


def test_no_average_at_all():
    """Numbers that are no average have no winner, and the nearest are told."""
    random = Random(2)
    rows = "".join(f"{random.random()},{random.random()}\n" for _ in range(20))
    result = calc("--identify", "ema", "--rule", "fixed", "--quiet", stdin=f"param,ema\n{rows}")
    assert result.exit_code == 0
    assert "no average of the catalogue gives this log" in result.stdout


@pytest.mark.parametrize(
    ("args", "stdin", "code", "message"),
    [
        (("--identify", "ema", "--check", "ema"), "param,ema\n1,1\n", 2, "give one of them"),
        (("--identify", "ema"), "param,ema\n1,1\n", 1, "needs three rounds with a logged value"),
        (("--identify", "ema"), "param,ema\n1,x\n", 1, "the logged 'x' is not a number"),
        (("--identify", "em"), "param,ema\n1,1\n", 1, "no column 'em' for --identify"),
        (("--identify", "ema", "--initial", "1,2"), "param,ema\n1,1\n", 2, "--initial takes one value"),
        (("--identify", "ema", "0:1"), None, 2, "--identify reads a column of a file"),
    ],
)
def test_wrong_use(args, stdin, code, message):
    """What makes no sense is an error that says so."""
    result = calc(*args, stdin=stdin)
    assert result.exit_code == code
    assert message in result.stderr
