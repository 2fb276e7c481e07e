"""The choice of the step and the params among the columns of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.harness import Outcome, csv_of, error_of, run

if TYPE_CHECKING:
    from pathlib import Path


def chosen(header: str, options: str = "") -> tuple[str, list[str]]:
    """The chosen step and params, recognized by the values 0, 1, 2, ... in a row."""
    names = header.split(",")
    row = ",".join(str(index) for index in range(len(names)))
    outcome = csv_of(f"-q {options} -c step,param", f"{header}\n{row}\n")
    cells = outcome.out.splitlines()[1].split(",")
    return names[int(cells[0])] if cells[0] else "", [names[int(cell)] for cell in cells[1:]]


@pytest.mark.parametrize(
    ("header", "step", "params"),
    [
        ("step,param", "step", ["param"]),
        ("param,step", "step", ["param"]),
        ("Step,loss", "Step", ["loss"]),
        ("STEP,loss", "STEP", ["loss"]),
        ("loss,trainer/global_step", "trainer/global_step", ["loss"]),
        ("loss,Global_Step", "Global_Step", ["loss"]),
        ("iteration,loss", "iteration", ["loss"]),
        ("epoch,loss", "epoch", ["loss"]),
        ("epoch,iteration,loss", "iteration", ["loss"]),
        ("iteration,x_global_step,loss", "x_global_step", ["loss"]),
        ("global_step,epoch,step,loss", "step", ["loss"]),
        ("step,a,b", "step", ["a", "b"]),
        ("a,b", "", ["a", "b"]),
        ("a", "", ["a"]),
        ("step,a,param,b", "step", ["param"]),
        ("step,epoch,loss", "step", ["loss"]),
        ("Wall time,Step,Value", "Step", ["Value"]),
        ("_timestamp,_runtime,timestamp,step,loss", "step", ["loss"]),
        ("step,loss,loss__MIN,loss__MAX", "step", ["loss"]),
        ("step,w1,decay,w1.shadow,round,weight,change,gap,action,w1.change,shadow[0.9]", "step", ["w1"]),
        ("step,shadowing,rounds", "step", ["shadowing", "rounds"]),
        ("step,loss,weight", "step", ["loss", "weight"]),
        ("step,weight,change[0.9]", "step", ["weight", "change[0.9]"]),
        ("step,loss,x.Shadow", "step", ["loss"]),
        ("step,loss,weight,decay", "step", ["loss", "weight"]),
        ("step,decay,epoch", "step", ["decay"]),
        ("step,fps,epoch", "step", ["fps"]),
        ("step,loss,weight,decay,shadow", "step", ["loss"]),
        ("step,Param,x", "step", ["Param", "x"]),
    ],
)
def test_choice_of_columns(header: str, step: str, params: list[str]) -> None:
    """The step and the params follow from the names; epochs, clocks, extremes and ema-calc's output are left out."""
    assert (step, params) == chosen(header)


@pytest.mark.parametrize(
    ("options", "step", "params"),
    [
        ("--step-column b", "b", ["param"]),
        ("--param-column b", "step", ["b"]),
        ("--param-column b --param-column a", "step", ["b", "a"]),
        ("--param-column epoch", "step", ["epoch"]),
        ("--param-column step", "epoch", ["step"]),
        ("--step-column a --param-column a", "a", ["a"]),
    ],
)
def test_options_choose(options: str, step: str, params: list[str]) -> None:
    """--step-column and --param-column decide, in their order; a column may be both."""
    assert (step, params) == chosen("step,a,b,param,epoch", options)


def test_words_are_no_params() -> None:
    """A column whose first cell is a word is left out, and a note says so."""
    outcome = run("--decay 0.9 -F csv", "step,loss,tag\n0,1,x\n")
    assert "step,param,decay,shadow\n0,1,0.1,0.9\n" == outcome.out
    assert "ema-calc: note: <stdin>: step from 'step', param from 'loss'; left out: 'tag'\n" == outcome.err


@pytest.mark.parametrize(
    ("stdin", "note"),
    [
        ("step,param\n0,1\n", ""),
        ("step,param,x\n0,1,2\n", ""),
        ("step,loss\n0,1\n", ""),
        ("Epoch,param\n0,1\n", "<stdin>: step from 'Epoch'"),
        ("step,a,b\n0,1,2\n", "<stdin>: step from 'step', param from 'a', 'b'"),
        ("0,1\n", "<stdin> has no header: step from column 1, param from column 2"),
        ("0,1,2\n", "<stdin> has no header: step from column 1, param from column 2, column 3"),
    ],
)
def test_guesses_are_told(stdin: str, note: str) -> None:
    """A guess is noted on stderr, a plain case is not."""
    assert (f"ema-calc: note: {note}\n" if note else "") == run("--decay 0.9 -F csv", stdin).err
    assert run("--decay 0.9 -F csv -q", stdin).err == ""


def test_many_columns_are_told_in_short() -> None:
    """A note lists at most thirty names."""
    names = [f"c{number}" for number in range(100)]
    err = run("--decay 0.9 -F csv", "step," + ",".join(names) + "\n0" + ",1" * 100 + "\n").err
    assert err.endswith("'c28', 'c29' and 70 more\n")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("step,Step,x", "'step' and 'Step' could each be the step; choose it with --step-column"),
        ("a/global_step,global_step,x", "'a/global_step' and 'global_step' could each be the step;"),
        ("step,epoch", "no column looks like a param; the columns are 'step', 'epoch'; give --param-column NAME"),
    ],
)
def test_header_that_does_not_tell(header: str, message: str) -> None:
    """Two possible steps, a repeated name, or no param is an error."""
    row = ",".join(str(index) for index in range(len(header.split(","))))
    assert error_of("--decay 0.9 -F csv", f"{header}\n{row}\n").startswith(f"<stdin>: {message}")


def test_a_column_without_a_name_is_no_param() -> None:
    """A column without a name numbers the rows, as in files of R and pandas."""
    message = "<stdin>: no column looks like a param; the columns are 'column 1', 'tag'; give --param-column NAME"
    assert message == error_of("--decay 0.9 -F csv", ",tag\n1,a\n2,b\n")


@pytest.mark.parametrize("name", ["1", "column 1"])
@pytest.mark.parametrize(
    "text",
    [",loss\n5,1\n7,2\n", '{"": 5, "loss": 1}\n{"": 7, "loss": 2}\n', '{"": [5, 7], "loss": [1, 2]}'],
    ids=["CSV", "JSON Lines", "JSON"],
)
def test_a_column_without_a_name_is_chosen_by_its_number(name: str, text: str) -> None:
    """Each option that takes a column accepts its number, in CSV and JSON, without a note."""
    chosen = csv_of(["--rule", "fixed", "--param-column", name], text)
    assert (["5", "7"], "") == (chosen.column("param"), chosen.err)
    assert ["5", "7"] == csv_of(["--step-column", name], text).column("step")
    assert ["5", "7"] == csv_of(["-q", "--by", name], text).column("column 1")
    assert ["2"] == csv_of(["-q", "--where", f"{name}=7"], text).column("param")
    assert "no column '2' for --step-column; the columns are 'column 1', 'loss'; column 2 is called 'loss'" in error_of(
        "--decay 0.9 --step-column 2", text
    )


def updates(outcome: Outcome) -> list[str]:
    """The cells of the step and the param."""
    return [line.partition(",0.")[0] for line in outcome.out.splitlines()[1:]]


def test_without_a_header() -> None:
    """A single column is the param; of several, the first is the step; they are named by number."""
    assert [",7"] == updates(csv_of("-q -c step,param", "7\n"))
    assert ["7,8,9"] == updates(csv_of("-q -c step,param", "7,8,9\n"))
    assert ["7,9"] == updates(csv_of("-q -c step,param --param-column 3", "7,8,9\n"))
    assert ["9,7,8"] == updates(csv_of("-q -c step,param --step-column 3", "7,8,9\n"))
    assert [",7"] == updates(csv_of("-q -c step,param --param-column 1", "7,8,9\n"))
    assert ["7,7"] == updates(csv_of("-q -c step,param --param-column 1 --step-column 1", "7,8,9\n"))


def test_header_option_decides() -> None:
    """--header yes reads numbers as names; --header no reads names as data, and reports them as errors."""
    assert "step,0,1,decay,0.shadow,1.shadow" == csv_of("-q --header yes", "0,1\n2,3\n").out.splitlines()[0]
    assert "step,0,x,decay,0.shadow,x.shadow" == csv_of("-q --header yes", "0,x\n2,3\n").out.splitlines()[0]
    assert "<stdin>:1: column 1: step 'step' is not a number" == error_of(
        "--decay 0.9 -q --header no", "step,param\n0,1\n"
    )
    assert "<stdin>:1: column 1: 'loss' is not a number" == error_of("--decay 0.9 --header no", "loss\n1\n")


def test_runs_column() -> None:
    """A column named runs repeats its row."""
    outcome = csv_of("", "step,param,Runs\n0,1,2\n1,2,1\n5,3,10000\n")
    assert ["0", "0", "1"] + ["5"] * 10_000 == outcome.column("step")


def test_runs_may_be_the_param() -> None:
    """A column named runs that is chosen as the param repeats nothing."""
    assert ["0,3"] == updates(csv_of("-c step,param --param-column runs", "step,runs\n0,3\n"))


def test_files_must_agree(tmp_path_factory: pytest.TempPathFactory) -> None:
    """All files of a script have the same params; a file without names matches any."""
    folder = tmp_path_factory.mktemp("files")
    for name, text in {"ab": "step,a,b\n0,1,2\n", "xy": "step,x,y\n0,1,2\n", "a": "a\n1\n", "n": "0,1,2\n"}.items():
        (folder / name).write_text(text)
    line = f"--decay 0.9 -q -F csv {folder}/"
    first = "step,a,b,decay,a.shadow,b.shadow"
    assert first == run(f"{line}ab {folder}/n").out.splitlines()[0]
    outcome = run(f"{line}ab {folder}/xy")
    assert outcome.code == 1
    assert outcome.err.startswith(
        f"ema-calc: error: {folder}/xy has the params 'x', 'y', but earlier ones were 'a', 'b';"
    )
    outcome = run(f"{line}ab {folder}/a")
    assert f"{folder}/a has 1 param, but {folder}/ab has 2; the output is incomplete" in outcome.err
    assert "has the params 'x', 'y', but earlier ones were 'a', 'b'" in run(f"{line}n {folder}/ab {folder}/xy").err
    assert "'5:1' has 1 param, but" in run(f"{line}ab 5:1").err


def test_files_must_agree_with_what_a_piece_left_open(tmp_path: Path) -> None:
    """Pieces name no params: those of the first file before or after them hold for the next one."""
    for name, text in {"ab": "step,a,b\n0,1,2\n", "xy": "step,x,y\n0,1,2\n"}.items():
        (tmp_path / name).write_text(text)
    ab, xy = str(tmp_path / "ab"), str(tmp_path / "xy")
    for parts in (["0:1,2", ab, xy], [ab, "0:1,2", xy]):
        message = f"{xy} has the params 'x', 'y', but earlier ones were 'a', 'b'"
        assert message in run(["--decay", "0.9", "-F", "csv", *parts]).err


def test_a_guess_is_told_once_of_a_file() -> None:
    """A file's columns are noted once, however long it is and however it arrives."""
    text = "Wall time,Step,Value\n" + "".join(f"1.5,{step},{step}.25\n" for step in range(9000))
    assert 1 == csv_of("-", text).err.count("left out: 'Wall time'")


def test_keep() -> None:
    """--keep passes the other columns through under their names, except the step and runs."""
    outcome = csv_of("--keep", 'tag,step,param,runs,note\nx,0,1,1,"a,b"\n,1,2,1,"say ""hi"""\n')
    assert "step,param,decay,shadow,tag,note" == outcome.out.splitlines()[0]
    assert [("x", "a,b"), ("", 'say "hi"')] == [(row["tag"], row["note"]) for row in outcome.rows]


def test_keep_without_other_columns() -> None:
    """--keep is not an error if there is nothing to keep; a piece has none of the columns of an earlier file."""
    assert csv_of("0:1").out == csv_of("--keep 0:1").out
    assert ["x", ""] == csv_of("--keep - 5:5", "step,param,tag\n0,1,x\n").column("tag")


def test_keep_needs_the_same_columns_throughout() -> None:
    """Columns that only appear later have no place in the output."""
    outcome = run("--decay 0.9 -F csv --keep 5:5 -", "step,param,tag\n0,1,x\n")
    assert outcome.code == 1
    assert "<stdin>: --keep needs the same columns in every file, and no piece before the first" in outcome.err


def test_keep_of_a_column_of_the_output() -> None:
    """A kept column with the name of an output column is an error that says what to do."""
    expected = "two columns of the output would be called 'shadow'; one is from --keep or --by;"
    expected += " --columns leaves the other out"
    assert expected == error_of("--decay 0.9 -F csv --keep", "step,param,shadow\n0,1,2\n", code=2)
    assert ["2"] == csv_of("--keep -c step,decay", "step,param,shadow\n0,1,2\n").column("shadow")


def test_runs_of_as_many_epochs_are_no_series() -> None:
    """A table of runs is refused, even if each run has the same step."""
    assert "each row is a separate run" in error_of("--decay 0.9", "Name,epoch,loss\na,9,3\nb,9,2\nc,9,1\n")


def test_a_batch_is_the_step_where_no_better_name_is_there() -> None:
    """A counter of batches or samples is the step, unless there is an epoch."""
    assert ["0", "8"] == csv_of("-q", "samples,loss\n0,3\n8,2\n").column("step")
    assert ["0", "0"] == csv_of("-q", "epoch,samples,loss\n0,0,3\n0,8,2\n").column("step")
