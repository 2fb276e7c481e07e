"""A note says if --initial has no effect, and only then."""

from __future__ import annotations

import pytest

from ema_cli import Average
from ema_cli.core.catalogue import rules
from tests.harness import run

SENTENCE = "--initial has no effect: the first round sets the shadow to the first param"
IN_CHINESE = "--initial 不起作用：无论初始值是多少，第一次之后影子值都是第一个参数值"


def notes(line: str, stdin: str = "") -> list[str]:
    """The notes about --initial from a call, which must succeed."""
    outcome = run(line, stdin)
    assert outcome.code == 0, outcome.err
    return [each for each in (outcome.out + outcome.err).splitlines() if "--initial" in each]


@pytest.mark.parametrize(
    "line",
    [
        "--rule torch --initial 5 :1 :2",
        "--rule torch --initial 0 :1 :2",
        "--rule torch --initial first :1 :2",
        "--rule torch --initial 5,6 :1,2",
        "--rule torch --initial 5 --dtype exact :1",
        "--rule torch --initial 5 --round-each 1 :3.33",
        "--rule ema-pytorch-karras --initial 5 :1",  # copies, and then updates
        "--rule fixed --decay 0 --initial 5 :1",
        "--rule diffusers --initial 5 :1",  # whose first decay is 0
        "--rule pandas --decay 0.9 --initial first :1",
        "--rule tensorflow-eager --decay 0.9 --initial first 0:1",
    ],
)
def test_it_is_said_where_it_is_so(line: str) -> None:
    """A rule that starts at the first param ignores the initial value."""
    assert [SENTENCE] == notes(line)
    assert [IN_CHINESE] == notes(f"{line} --lang zh")
    assert [f"ema-calc: note: {SENTENCE}"] == notes(f"{line} -F csv")
    assert [] == notes(f"{line} -F csv -q")


@pytest.mark.parametrize(
    "line",
    [
        "--rule torch :1 :2",
        "--decay 0.9 --initial 5 0:1",
        "--decay 0.9 --initial 0 0:0",
        "--decay 0.9 --initial first 0:1",
        "--decay 0.9 --initial 1e-300 0:1",  # lost to rounding, but not by the rule
        "--rule torch --initial 5 3:1",  # no first call: the counter is past 0
        "--rule lightning:update_starting_at_step=2 --initial 5 :1x4",  # two rounds show it, then it copies
        "--rule diffusers --initial 5.3 :0.1",  # s - (s - x) * 1 is not x
    ],
)
def test_it_is_not_said_elsewhere(line: str) -> None:
    """There is no note if the output depends on the initial value, or none was given."""
    assert [] == notes(line)


def test_of_several_averages_it_names_those() -> None:
    """The note names the averages it is about."""
    assert [f"torch: {SENTENCE}"] == notes("--rule torch --rule timm --decay 0.9 --initial 5 :1 :2")


def test_params_that_begin_late() -> None:
    """The first round of each param counts, wherever it is."""
    late = "step,a,b\n0,1,\n1,2,\n2,3,4\n"
    assert [SENTENCE] == notes("--rule lightning --initial 5 --missing skip", late)
    assert [] == notes("--rule torch --initial 5 --missing skip", late)  # whose counter is at 2 when b begins


@pytest.mark.parametrize("name", rules())
def test_it_is_true_of_each_rule(name: str) -> None:
    """A rule gets the note exactly if another initial value gives the same rounds."""
    decay = "--decay 0.9" if rules()[name].needs_decay else ""
    counts = Average(0.9 if decay else None, rule=name).counter
    script = ":0.75 :0.5 :0.25" if counts is None or counts.first is not None else "1:0.75 2:0.5 3:0.25"
    line = f"--rule {name} {decay} -F csv -c param,action,decay,shadow {script}"
    first, *others = [run(f"{line} --initial {value}") for value in ("0.1", "0", "5")]
    if first.code:
        assert "it takes no initial value" in first.err
    else:
        assert (SENTENCE in first.err) == all(first.out == other.out for other in others)


def test_an_initial_value_that_is_a_fraction() -> None:
    """It is rounded to the dtype once, or used as it is."""
    column = run("--decay 0 --initial 1/3 -c shadow,change -F csv :0", "").column("change")
    assert [str(-1 / 3)] == column
    assert ["-1/3"] == run("--decay 0 --initial 1/3 --dtype exact -c change -F csv :0").column("change")
    wide = "1" * 5000
    for value, message in [
        ("1/0", "--initial '1/0' divides by zero"),
        ("1/2,x/3", "--initial 'x/3' is not a number"),
        (f"{wide[:400]}/3", "is beyond the range of float64"),
        (f"{wide}/3", "has more than 4300 digits"),
    ]:
        outcome = run(["--decay", "0.9", "--initial", value, ":1"])
        assert (2, True) == (outcome.code, message in outcome.err)


def test_a_mean_that_a_copy_replaces() -> None:
    """After --initial mean:N, a rule that copies first keeps nothing of the mean, and a note says so."""
    told = "--initial has no effect: the first round after the mean copies the param"
    assert told in run("--rule torch --initial mean:2 :1 :2 :3 -F csv").err
    assert told not in run("--rule torch --initial mean:2 --count-from 4 :1 :2 :3 -F csv").err
    assert told not in run("--rule torch --initial mean:2 :1 :2 -F csv").err


def test_a_start_at_zero_is_told_where_averages_start_at_the_first_value() -> None:
    """An alpha, a span or a half-life is a word of fields whose averages start at the first value; a decay is not."""
    told = "ema-calc: note: the shadow starts at 0; --initial first starts it at the first param\n"
    for typed in "--rule fixed --alpha 0.3", "--rule statsmodels --alpha 0.3", "--rule fixed --half-life 2":
        assert told == run(f"{typed} -F csv", "x\n5\n7\n").err
        assert "" == run(f"{typed} --initial first -F csv", "x\n5\n7\n").err
        assert "" == run(f"{typed} -F csv :5 :7").err
    for typed in "--rule fixed --decay 0.9", "--rule pandas --alpha 0.3", "--rule moco --alpha 0.1", "--rule arch":
        assert "" == run(f"{typed} -F csv", "x\n5\n7\n").err


def test_a_warm_up_by_steps_is_told_to_those_who_expect_none() -> None:
    """With an alpha and steps from a file, a note says that the decay warms up, unless the first step is past that."""
    told = "ema-calc: note: the steps warm up the decay; --rule fixed uses the same decay in each round\n"
    for typed in "--alpha 0.3", "--span 5", "--half-life 3":
        assert told == run(f"{typed} -F csv", "step,x\n0,5\n1,7\n").err
        assert "" == run(f"{typed} -F csv", "step,x\n100,5\n101,7\n").err
        assert "" == run(f"{typed} -F csv 0:5 1:7").err
    for typed in "--decay 0.7", "--alpha 0.3 --rule fixed --initial first", "--leaves 90%:2 --rule fixed":
        assert "" == run(f"{typed} -F csv", "step,x\n0,5\n1,7\n").err


def test_an_alpha_that_a_rule_calls_otherwise() -> None:
    """Mean teacher's alpha is the decay; --alpha is the weight, and a note says so."""
    told = "--alpha is the weight of the new param, but the alpha of rule mean-teacher is the decay"
    assert f"{told}: mean-teacher:alpha=0.999\n" in run("--rule mean-teacher --alpha 0.999 -F csv :1").err
    assert "" == run("--rule mean-teacher:alpha=0.999 -F csv :1").err
    assert "" == run("--rule sb3 --alpha 0.01 -F csv :1").err


def test_a_start_at_zero_is_told_where_it_can_be_changed() -> None:
    """Without steps, the note on a start at 0 appears unless the rule takes no initial value."""
    told = "; the shadow starts at 0, --initial first starts it at the first param"
    assert told in run("--rule tensorflow --decay 0.9", "5\n7\n").err
    assert run("--rule tensorflow --decay 0.9 --initial first -q", "5\n7\n").code == 0
    for rule in "tensorflow-eager", "tensorflow-debias":
        assert told not in run(f"--rule {rule} --decay 0.9", "5\n7\n").err
    assert told not in run("--rule tensorflow --decay 0.9 --initial 3", "5\n7\n").err
