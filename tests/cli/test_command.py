"""The command line: operands, options, help, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ema_cli.cli.command import command
from ema_cli.cli.options import EXAMPLES, QUESTIONS
from tests.extras import needs_plot
from tests.harness import csv_of, error_of, run

if TYPE_CHECKING:
    from ema_cli.cli.click_ext import Option

OPTIONS = command.options


# The examples that the project promises.


def test_seven_rounds_after_the_initial_value() -> None:
    """--step, --param and --runs are one piece; the table rounds to 8 digits."""
    cells = [line.split("│")[1:-1] for line in run("--decay 0.99 --step 100 --param 10 --runs 7").out.splitlines()]
    table = [[cell.strip() for cell in row] for row in cells if row]
    shadows = ["0.81818182", "1.5694215", "2.2591961", "2.8925346", "3.4740545", "4.0079955", "4.4982504"]
    assert [["0", "", "", "", "0"]] + [
        [str(number), "100", "10", "0.91818182", shadow] for number, shadow in enumerate(shadows, 1)
    ] == table


def test_reference_session() -> None:
    """The reference session has these digits in a table and these in full."""
    out = run("--decay 0.99 0:1 100:10x7").out
    shadows = "0.9 1.6445455 2.3281736 2.9558684 3.5322065 4.0613896 4.5472759 4.9934079"
    assert shadows.split() == [line.split("│")[-2].strip() for line in out.splitlines() if "│" in line][1:]
    assert ["0.9", "1.6445454545454543"] == run("--decay 0.99 -F csv 0:1 100:10").column("shadow")


def test_exact_fractions() -> None:
    """In exact arithmetic, 0.99 is 99/100, and fractions are printed."""
    outcome = run("--decay 0.99 0:1 100:10x7 --dtype exact -F csv")
    assert ["9/10", "1809/1100"] == outcome.column("shadow")[:2]
    assert ["1/10", "101/110"] == outcome.column("decay")[:2]


def test_digits_of_tensorflow() -> None:
    """The rule tensorflow prints the digits of TensorFlow."""
    shadows = "0.9, 1.6445453, 2.3281732, 2.955868, 3.532206, 4.061389, 4.547275, 4.9934072".split(", ")
    assert shadows == run("--decay 0.99 --rule tensorflow 0:1 100:10x7 -F csv").column("shadow")


@pytest.mark.parametrize(
    ("line", "stdin"),
    [
        ("", "step,param\n0,1\n100,10\n"),
        ("-", "step,param\n0,1\n100,10\n"),
        ("", "0,1\n100,10\n"),
        ("", "step\tparam\n0\t1\n100\t10\n"),
        ("", "step;param\n0;1\n100;10\n"),
        ("", '{"step": 0, "param": 1}\n{"step": 100, "param": 10}\n'),
        ("", "step,param,runs\n0,1,1\n100,10,1\n"),
        ("", "step,param\r\n0,1\r\n100,10\r\n"),
        ("", "\ufeffstep,param\n0,1\n100,10\n"),
        ("", "\ufeff0,1\n100,10\n"),
        ("", '\ufeff{"step": 0, "param": 1}\n{"step": 100, "param": 10}\n'),
        ("", "step,param\n0,1\n100,10"),
        ("", '"step","param"\n"0","1"\n"100","10"\n'),
        ("", " step , param\n 0 ,\t1\t\n100,10 \n"),
        ("", "\n\nstep,param\n\n0,1\n\n\n100,10\n\n"),
        ("0:1 100:10", ""),
        ("--step 100 --param 10 0:1", ""),
        ("--count-from 0 :1 100:10", ""),
    ],
)
def test_one_script_in_many_dresses(line: str, stdin: str) -> None:
    """The output is the same in whatever way the updates are written."""
    expected = "step,param,decay,shadow\n0,1,0.1,0.9\n100,10,0.9,1.8099999999999998\n"
    assert expected == run(["--decay", "0.9", "-F", "csv", *line.split()], stdin).out


@pytest.mark.parametrize("value", ["-1", "1e-3", ".5", "-0.0", "+1", "007", "1.", "1E2", "-.5e-1"])
def test_numbers_are_echoed_as_written(value: str) -> None:
    """Every decimal number is accepted, and CSV echoes it as written, from an operand, an option or a file."""
    assert [value] == csv_of(f"0:{value}").column("param")
    assert [value] == csv_of(f"--param={value} --step 0").column("param")
    assert [value] == csv_of(f"--param {value} --step 0").column("param")
    assert [value] == csv_of("", f"0,{value}\n").column("param")
    assert [repr(0.0 + float(value) * (1 - 0.1))] == csv_of(f"0:{value}").column("shadow")


# Operands.


def test_pieces_and_files_apply_in_order(tmp_path: Path) -> None:
    """Pieces and files apply in order; --param is one more piece after them."""
    (tmp_path / "a.csv").write_text("1,20\n2,30\n")
    line = f"-q 0:10 {tmp_path}/a.csv 3:40 - --step 5 --param 60"
    assert ["10", "20", "30", "40", "50", "60"] == csv_of(line, "4,50\n").column("param")


def test_file_named_like_a_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """0:1 is a piece even if there is such a file; ./0:1 is the file."""
    monkeypatch.chdir(tmp_path)
    Path("0:1").write_text("5,7\n")
    assert [("0", "1")] == [(row["step"], row["param"]) for row in csv_of("-q 0:1").rows]
    assert [("5", "7")] == [(row["step"], row["param"]) for row in csv_of("-q ./0:1").rows]


def test_file_named_like_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare number is a file if there is one."""
    monkeypatch.chdir(tmp_path)
    Path("10").write_text("5,7\n")
    assert ["7"] == csv_of("-q 10").column("param")


@pytest.mark.parametrize("operand", ["1_0:1", "a:1", "0:1y2", "0: 1", "0:0X3"])
def test_other_characters_make_a_file(operand: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operand with a character that no piece has is a file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / operand).write_text("7")
    assert ["7"] == csv_of(["-q", operand]).column("param")


def test_pieces_leave_standard_input_alone() -> None:
    """With a piece, a pipe is not read."""
    assert ["1"] == csv_of("0:1", "not a script").column("param")


# Options.


@pytest.mark.parametrize("option", [each for each in OPTIONS if not each.multiple], ids=lambda option: option.key)
def test_option_given_twice(option: Option) -> None:
    """An option given twice that is not repeatable is an error that says so."""
    name = option.name
    once = [name] if option.is_flag else [name, *(option.choices or ["1"])][:2]
    message = error_of([*once, *once, ":1"], code=2)
    assert f"{name} is given twice" in message
    assert ("0:1 100:10x7" in message) == (name in ("--step", "--param", "--runs"))


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.key)
def test_option_is_documented(option: Option) -> None:
    """The help lists every option with all its names and its meaning."""
    out = run("--help").out
    for name in option.names:
        assert name in out
    assert " ".join(option.help.split()) in " ".join(out.split())


def test_options_of_the_design_exist() -> None:
    """All options of the design exist."""
    expected = (
        "--step --param --runs --count-from --name --header --step-column --param-column --missing --decay --half-life"
        " --span --com --alpha --initial --rule --dtype --format --output --columns --keep --digits --decimals --every"
        " --title --width --color --quiet --version"
    )
    assert set(expected.split()) <= {name for option in OPTIONS for name in option.names}


def test_help_leads_with_examples() -> None:
    """The help leads with examples, then lists the options in groups; -h is the same; both succeed."""
    outcome = run("--help")
    places = [outcome.out.index(part) for part in ("Examples:", "Usage:", "The script:", "The average:", "The output:")]
    assert sorted(places) == places
    assert "Exit codes: 0 done; 1 bad data" in outcome.out
    assert outcome == run("-h")
    assert outcome.code == 0


@needs_plot
def test_examples_of_the_help_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command line in the help runs, and is not broken."""
    monkeypatch.chdir(tmp_path)
    Path("updates.csv").write_text("step,param\n0,1\n")
    Path("log.csv").write_text("run,t,step,param,ema\n" + "".join(f"a,2026-01-0{k},{k},{k},0\n" for k in range(1, 10)))
    lines = [line for line, _ in EXAMPLES] + [line for _, line in QUESTIONS]
    assert [] == [line for line in lines if line not in run("--help").out]
    for line in lines:
        assert run(line.partition("ema-calc ")[2], "0,1\n").code in (0, 3), line


def test_version() -> None:
    """--version prints the version, whatever other options there are."""
    outcome = run("--version --decay 5")
    assert (0, "ema-calc 0.2.0", "") == (outcome.code, outcome.out.partition(",")[0], outcome.err)


@pytest.mark.parametrize(
    ("statement", "decay"),
    [
        ("--decay 0", 0.0),
        ("--decay 1", 1.0),
        ("--half-life 1", 0.5),
        ("--half-life 10", 0.5 ** (1 / 10)),
        ("--span 1", 0.0),
        ("--span 3", 0.5),
        ("--com 0", 0.0),
        ("--com 3", 0.75),
        ("--alpha 0", 1.0),
        ("--alpha 1", 0.0),
        ("--alpha 0.25", 0.75),
    ],
)
def test_ways_to_state_the_decay(statement: str, decay: float) -> None:
    """Half-life, span, centre of mass and alpha follow their formulas, also at their limits."""
    outcome = run(f"{statement} --rule fixed :8 --initial 4 -F csv")
    assert [repr(decay)] == outcome.column("decay")
    assert [repr(4 * decay + 8 * (1 - decay))] == outcome.column("shadow")


def test_title_tells_the_decay_of_a_statement() -> None:
    """A title shows a decay that was stated in another way in both ways."""
    title = " ".join(run("--half-life 10 0:1").out.partition("┏")[0].split())
    assert "half-life 10 (decay 0.93303299), rule warmup, float64, initial value 0" == title


def test_initial_values() -> None:
    """One --initial serves all params; several serve one each; `first` is the first param."""
    assert ["1.2999999999999998"] == csv_of("--rule fixed --initial 1 :4").column("shadow")
    assert [("10.0", "20.0")] == [
        (row["param1.shadow"], row["param2.shadow"]) for row in csv_of("--rule fixed --initial 10,20 :10,20").rows
    ]
    assert ["5.0", "5.0"] == csv_of("--rule fixed --initial first :5x2").column("shadow")
    assert ["5.0", "5.5"] == csv_of("--rule fixed --initial first :5 :10").column("shadow")


def test_negative_initial() -> None:
    """--initial accepts a negative number."""
    assert ["-0.9"] == csv_of("--rule fixed --initial -1 :0").column("shadow")


def test_whole_numbers_may_be_written_as_decimals() -> None:
    """A whole number may be written in any form."""
    assert csv_of("0..9:1 --every 5").out == csv_of("0..9:1 --every 5.0").out == csv_of("0..9:1 --every 50e-1").out


def test_no_script_on_a_terminal_is_help(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without arguments and a pipe, the help is shown and the exit code is 2; with an option, there is an error."""
    for room in ("cli.command", "cli.request"):
        monkeypatch.setattr(f"ema_cli.{room}.at_terminal", lambda: True)
    assert (2, run("--help").out, "") == run("")
    message = "there is no script: give updates such as 0:1 100:10x7, a file, or a pipe"
    assert message == error_of("--decay 0.9", code=2)


def test_notes() -> None:
    """A guess is noted once on stderr; --quiet silences notes, but never an error."""
    note = "ema-calc: note: updates without a step use DECAY as it is, without a warm-up;"
    outcome = run("--decay 0.9 -F csv :1 :2 0:3 :4")
    assert outcome.err.count(note) == 1
    assert outcome.err.count("\n") == 1
    for start, told in ("", 1), ("--initial first", 0), ("--initial 1", 0):
        assert told == run(f"--decay 0.9 -F csv {start}", "x\n1\n2\n").err.count(
            "--initial first starts it at the first param"
        )
    assert (0, outcome.out, "") == run("--decay 0.9 -F csv :1 :2 0:3 :4 -q")
    assert run("--decay 0.9 --rule fixed :1").err == ""
    assert run("--decay 0.9 --count-from 0 :1").err == ""
    assert error_of("-q --decay 5 :1", code=2) == "--decay must be between 0 and 1, not 5"


def test_count_from_numbers_the_updates_without_a_step() -> None:
    """--count-from numbers the updates without a step, and leaves the others as they are."""
    assert ["7", "100", "8"] == csv_of("--count-from 7 :1 100:1 :1").column("step")
    note = "ema-calc: note: --count-from has no effect: every update has a step\n"
    assert ["", note] == [csv_of(f"--count-from 7 {script}").err for script in (":1 100:1", "100:1x2")]


def test_settings_of_json() -> None:
    """JSON has the settings as the dtype holds them, and as a string where JSON has no number."""

    def settings(line: str) -> object:
        return json.loads(run(f"-q -F json {line}").out)["settings"]

    assert settings("--decay 0.9 --rule tensorflow --initial 0.1 0:1") == {
        "rule": "tensorflow", "dtype": "float32", "decay": 0.9, "initial": 0.1,
    }  # fmt: skip
    assert settings("--alpha 0.25 --count-from 3 --initial 1,2 --name w,b :1,2") == {
        "rule": "warmup", "dtype": "float64", "decay": 0.75, "alpha": 0.25, "initial": [1.0, 2.0], "count-from": 3,
        "params": ["w", "b"],
    }  # fmt: skip
    assert settings("--decay 0.9 --dtype exact --initial 0.5 0:1") == {
        "rule": "warmup", "dtype": "exact", "decay": "9/10", "initial": "1/2",
    }  # fmt: skip
    assert settings("--decay 0.9 --dtype float16 --initial 1e6 0:1") == {
        "rule": "warmup", "dtype": "float16", "decay": 0.9, "initial": "inf",
    }  # fmt: skip


def test_names() -> None:
    """--name names the params; a single one is still param and shadow, and its name stands in the title."""
    assert "step,w,b,decay,w.shadow,b.shadow" == csv_of("0:1,2 --name w,b").out.splitlines()[0]
    assert "step,param,decay,shadow" == csv_of("0:1 --name w").out.splitlines()[0]
    assert run("--decay 0.9 0:1 --name w").out.startswith("w: decay 0.9, rule warmup")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("--rule ultralytics 0:1 1:2", "rule ultralytics counts from 1 (updates), but the first step here is 0"),
        (
            "--rule mean-teacher --decay 0.9 0:1",
            "rule mean-teacher counts from 1 (global_step), but the first step here is 0",
        ),
        ("--rule ultralytics 1:1 2:2", ""),
        ("--rule ultralytics :1x2", ""),
        ("--rule torch-ema --decay 0.9 0:1", ""),
        ("--decay 0.9 0:1", ""),
    ],
)
def test_a_script_that_counts_from_0(line: str, told: str) -> None:
    """A rule that counts its updates from 1 says so if the first step is 0."""
    outcome = run(f"{line} -F csv")
    assert (0, f"ema-calc: note: {told}\n" * bool(told)) == (outcome.code, outcome.err)
