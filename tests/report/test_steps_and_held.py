"""Notes on unevenly spaced steps, and on params that the dtype rounds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.harness import csv_of, run

if TYPE_CHECKING:
    from pathlib import Path

UNEVEN = "the steps are unevenly spaced"


def _err(steps: list[int], line: str = "--decay 0.9") -> str:
    outcome = run(f"{line} -F csv -", "step,param\n" + "".join(f"{step},1\n" for step in steps))
    assert outcome.code == 0
    return outcome.err


def test_uneven_steps_of_a_file_are_told_once() -> None:
    """A decay per round ignores the gaps between steps: one note says so."""
    assert _err([0, 1, 5, 6, 20]).count(UNEVEN) == 1
    assert "(1 and 4 apart)" in _err([0, 1, 5, 6])
    assert UNEVEN in _err([*range(4000), 4100])


@pytest.mark.parametrize("steps", [[0, 1, 2, 3], [0, 100, 200], [7], [5, 5, 5], [0, 1, 1, 2], [0, 1, 2, 0, 1]])
def test_even_steps_are_not(steps: list[int]) -> None:
    """Steps with one stride are even; steps that start again have another note."""
    assert UNEVEN not in _err(steps)


def test_steps_that_are_missing_are_not(tmp_path: Path) -> None:
    """After an update without a step, the spacing is unknown, in whichever file."""
    for number, text in enumerate(['{"step": 0, "loss": 1}', '{"loss": 2}', '{"step": 4, "loss": 3}']):
        (tmp_path / f"{number}").write_text(text + "\n")
    files = [str(tmp_path / f"{number}") for number in range(3)]
    assert UNEVEN not in run(["--decay", "0.9", *files, "8:1", "9:1"]).err


def test_groups_are_spaced_on_their_own() -> None:
    """A group that begins at a later step has even steps, and one with a gap has not."""
    rows = "run,step,loss\na,0,1\na,1,1\na,2,1\nb,100,1\nb,110,1\nb,120,1\n"
    assert UNEVEN not in run("--decay 0.9 --rule fixed --by run -F csv", rows).err
    assert "(1 and 3 apart)" in run("--decay 0.9 --rule fixed --by run -F csv", f"{rows}a,5,1\n").err


COUNTED = "the decay of --leaves was found for steps {}, {} and so on, but {} has step {}: another part of the initial"


@pytest.mark.parametrize(
    ("options", "rows", "told"),
    [
        ("--by run", "a,1000,1\na,1001,2\nb,1000,3\nb,1001,4\n", None),
        ("--by run", "a,1000,1\na,1001,2\nb,0,3\nb,1,4\n", (1000, 1001, "<stdin>:4", 0)),
        ("--by run", "a,1000,1\nb,1000,3\na,1001,2\nb,5,4\n", (1000, 1001, "<stdin>:5", 5)),
        ("--by run", "a,1000,1\na,1001,2\na,3,2\nb,1000,3\n", None),  # only two rounds are counted
        ("--by run --rule fixed", "a,1000,1\na,1001,2\nb,0,3\nb,1,4\n", None),
        ("", "a,1000,1\na,1100,2\n", None),  # the decay is the same
        ("--rule tensorflow", "a,1000,1\na,5,2\n", (1000, 1001, "<stdin>:3", 5)),
    ],
)
def test_steps_that_leaves_did_not_count_on(options: str, rows: str, told: tuple[object, ...] | None) -> None:
    """A decay of --leaves is found from the first step on; where another step has another decay, a note says so."""
    err = run(f"--leaves 50%:2 {options} -F csv", f"run,step,loss\n{rows}").err
    assert ("of --leaves was found" in err) == (told is not None)
    assert told is None or COUNTED.format(*told) in err
    assert "of --leaves was found" not in run("--leaves 50%:2 1000:1 :2 -F csv").err


def test_leaves_from_a_late_step_of_a_rule_that_counts() -> None:
    """If the warm-up is over at the first step, the decay is that of a constant, also for a rule that counts."""
    line = "--leaves 1%:3 --rule torch-ema -F csv -c initial-weight"
    assert run(f"{line} 1000:1 1001:1 1002:1").column("initial-weight")[-1] == "0.01"


def test_pieces_and_rules_without_a_decay_are_not() -> None:
    """The steps of pieces are intended, and a rule without DECAY has none to apply per step."""
    assert UNEVEN not in run("--decay 0.9 0:1 100:10x7 -F csv").err
    assert UNEVEN not in _err([0, 1, 5], "--rule torch-swa")


def test_steps_that_are_times_are_not() -> None:
    """A rule that takes the steps as times uses the gaps; a rule compared with it does not."""
    assert UNEVEN not in _err([0, 1, 5], "--rule elapsed --decay 0.9")
    assert UNEVEN in _err([0, 1, 5], "--rule elapsed --rule fixed --decay 0.9")


def test_averages_of_one_rule_have_one_note() -> None:
    """In a comparison of decays or dtypes, a note about the rule appears once."""
    assert run("--rule mean-teacher --decay 0.9 --decay 0.8 0:1").err.count("rule mean-teacher counts from 1") == 1
    custom = "custom:decay=1/(2+step)"
    assert run(f"--rule {custom} --dtype float32 --dtype exact :1").err.count("numbers updates without") == 1


def test_a_param_that_the_dtype_rounds() -> None:
    """A param close to the shadow may be rounded to it: the note says so, and the column shows it."""
    line = "--rule timm --dtype bfloat16 --decay 0.999 --initial 0.5 :0.501x3"
    outcome = run(f"{line} -c param,held,gap -F csv")
    assert outcome.column("held") == ["0.5"] * 3
    assert "first in round 1: 0.501 is held as 0.5; -c +held shows it" in outcome.err
    both = run(line.replace("0.501x3", "0.5,0.501 :0.502,0.5") + " -F csv")
    assert "in 2 rounds, first in round 1: 0.501 is held as 0.5" in both.err
    assert "is held as" not in run(line.replace("0.501", "2") + " -F csv").err
    assert "is held as" not in run(line.replace("bfloat16", "float32") + " -F csv").err
    assert "70000 is held as inf" in run("--decay 0.9 --rule fixed --dtype float16 :70000x2 -F csv").err


def test_held_is_blank_without_a_param() -> None:
    """held is blank in a round without a param."""
    outcome = csv_of("--missing skip -c held -", "step,a,b\n0,1,2\n1,,2\n5,3,2\n")
    assert outcome.column("a.held") == ["1.0", "", "3.0"]
    assert UNEVEN not in outcome.err


def test_held_keeps_the_sign_of_zero() -> None:
    """held keeps the sign of a negative zero, also in a long file, which the compiled core prints."""
    for rows in 1, 3000:
        assert csv_of("-c held -", "-0.0\n" * rows).column("held") == ["-0.0"] * rows


def test_notes_are_in_the_order_of_the_averages() -> None:
    """Not in the order in which rounds call for them: a moving average has no shadow in round 1."""
    told = run("--decay 0.9 --rule sma:window=2 --rule warmup --dtype float16 -F csv :70000 :70001").err
    first = re.findall(r"note: (.+?): float16 rounds .* first in round (\d)", told)
    assert first == [("sma:window=2", "2"), ("warmup 0.9", "1")]
