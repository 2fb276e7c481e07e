"""Notes on the chosen columns, on repeated headers, and beside logged columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import csv_of, error_of, run


@pytest.mark.parametrize(
    ("options", "stdin", "note"),
    [
        ("", "1\n2\n", ""),
        ("--step-column 1", "0,1\n", ""),
        ("--param-column 2", "0,1,7\n", "<stdin> has no header: step from column 1"),
        ("--param-column 1", "0,1,7\n", ""),
        (
            "--check 3",
            "0,1,0.9\n",
            "<stdin> has no header: step from column 1, param from column 2",
        ),
        (
            "--check x_ema",
            "step,x,y,x_ema\n0,1,2,0.9\n",
            "<stdin>: step from 'step', param from 'x' by the name of 'x_ema'; left out: 'y'",
        ),
        (
            "--check x_ema --check x=z",
            "step,x,y,x_ema,z,u\n0,1,2,0.9,0.9,w\n",
            "<stdin>: step from 'step', param from 'x', 'y'; left out: 'u'",
        ),
        (
            "--check x_ema --check other",
            "step,x,y,x_ema,other,shadow\n0,1,2,0.9,1,3\n",
            "<stdin>: step from 'step', param from 'x', 'y'; left out: 'shadow'; --param-column 'shadow' takes another",
        ),
        (
            "--check x_ema",
            "x,y,x_ema\n1,2,1\n",
            "<stdin>: no step, param from 'x' by the name of 'x_ema'; left out: 'y'",
        ),
        (
            "",
            '{"x": 1, "y": 2}\n{"x": 2, "y": 3, "step": 4}\n',
            "<stdin>: no step, param from 'x', 'y'",
        ),
        (
            "",
            '[{"x": 1, "y": 2}, {"x": 2, "y": 3}]',
            "<stdin>: no step, param from 'x', 'y'",
        ),
        (
            "--check other --param-column x",
            "step,x,other\n0,1,0.9\n",
            "",
        ),
        (
            "--check other",
            "step,x,debiased,other,tag\n0,1,2,0.9,t\n",
            "<stdin>: step from 'step', param from 'x', 'debiased'; left out: 'tag'",
        ),
        (
            "--check other",
            "step,x,shadow,other,tag\n0,1,2,0.9,t\n",
            "<stdin>: step from 'step', param from 'x'; left out: 'shadow', 'tag';"
            " --param-column 'shadow' takes another",
        ),
    ],
)
def test_columns_are_told(options: str, stdin: str, note: str) -> None:
    """A guess is noted with the name that led to it and the alternatives; columns from options are not."""
    notes = [line for line in run(f"--decay 0.9 -F csv {options}", stdin).err.splitlines() if "<stdin>" in line]
    assert ([f"ema-calc: note: {note}"] if note else []) == notes


@pytest.mark.parametrize(("count", "end"), [(30, "'c28', 'c29'\n"), (31, "'c29' and 1 more\n")])
def test_thirty_names_are_told(count: int, end: str) -> None:
    """Up to thirty names are listed in full."""
    names = ",".join(f"c{number}" for number in range(count))
    assert run("--decay 0.9 -F csv", f"step,{names}\n0{',1' * count}\n").err.endswith(end)


def test_a_column_with_an_equals_sign_in_its_name() -> None:
    """The text before the first equals sign is the param, unless a column has the whole name."""
    text = "step,w,b,a=b,w=a\n0,1,2,0.9,0.9\n"
    assert ["0.0"] == csv_of("-q --check w=a=b", text).column("w.difference")
    assert ["0.0"] == csv_of("-q --param-column w --check w=a", text).column("difference")


def test_a_log_without_a_header() -> None:
    """Without a header, columns are named by number, even beside a logged column."""
    text = "0,1,0.9,5\n1,2,1.8,6\n"
    assert ["0.9", "1.8"] == run("--decay 0.5 -q -F csv --param-column 2 --check 3", text).column("logged")
    assert "needs one of the params param1, param2" in error_of("--decay 0.9 -q --check 3", text, code=2)


def test_a_header_that_comes_again_with_more() -> None:
    """A repeated header is noted if it has new metrics, and only these are named."""
    text = "step,tag,loss\n0,x,1\nstep,tag,loss,acc\n1,x,2,3\nstep,loss,acc,epoch,tag,lr\n2,3,4,5,x,6\n"
    outcome = csv_of("--missing skip --keep", text)
    assert ["0", "1", "2"] == outcome.column("step")
    assert ["1", "2", "3"] == outcome.column("param")
    assert ["x"] * 3 == outcome.column("tag")
    assert [
        "<stdin>: step from 'step', param from 'loss'; left out: 'tag'",
        "<stdin>:3: a new header adds 'acc': left out; tail -n +3 FILE | ema-calc reads the rows below it",
        "<stdin>:5: a new header adds 'lr': left out; tail -n +5 FILE | ema-calc reads the rows below it",
    ] == [line.removeprefix("ema-calc: note: ") for line in outcome.err.splitlines()]


def test_runs_below_a_header_that_comes_again() -> None:
    """The column of repetitions is found by its name there, too."""
    text = "step,param,runs\n0,1,2\nstep,runs,lr,param\n1,3,9,4\n"
    assert ["1", "1", "4", "4", "4"] == csv_of("-q", text).column("param")


def test_a_header_that_is_none() -> None:
    """A row in the middle with a column's name and a number is not a header but an error."""
    assert (
        "<stdin>:3: column 'step': step 'step' is not a number" in run("--decay 0.9", "step,param\n0,1\nstep,5\n").err
    )


def test_a_column_that_changes_late() -> None:
    """A column of words that is constant at first is watched: another run may begin further down."""
    rows = "".join(f"{run},{step},1\n" for run in "ab" for step in range(9000))
    told = "'run' is 'b' here and 'a' in the first rows, averaged together: --by 'run' separates them"
    assert 1 == csv_of("", f"run,step,loss\n{rows}").err.count(told)
    for quiet in ("--by run", "--where run=b"):
        assert "in the first rows" not in csv_of(quiet, f"run,step,loss\n{rows}").err
    same = "".join(f"a,{step},1\n" for step in range(9000))
    assert "in the first rows" not in csv_of("", f"run,step,loss\n{same}").err


def test_a_key_that_changes_late() -> None:
    """A constant key is watched, too, in JSON Lines and in a document."""
    rows = [f'{{"run": "{run}", "step": {step}, "loss": 1}}' for run in "ab" for step in range(2000)]
    told = "'run' is 'b' here and 'a' in the first rows, averaged together: --by 'run' separates them"
    for text in ("\n".join(rows), f"[{', '.join(rows)}]"):
        assert 1 == csv_of("", text).err.count(told)
        assert "in the first rows" not in csv_of("", text.replace('"b"', '"a"')).err


def test_a_row_of_many_numbers() -> None:
    """A file with one row may have been meant as a column; the suggested command makes one of it."""
    assert "<stdin> is one row; tr ',' '\\n' < FILE | ema-calc reads" in csv_of("", "1,2,3,4\n").err
    assert "<stdin> is one row; tr -s ' ' '\\n' < FILE | ema-calc reads" in csv_of("", "1 2 3 4\n").err
    assert "is one row" not in csv_of("", "1,2,3\n").err


def test_steps_that_start_again_in_the_next_file(tmp_path: Path) -> None:
    """Two runs in two files are one average, unless --by file separates them."""
    files = [str(tmp_path / name) for name in ("a.csv", "b.csv")]
    for file in files:
        Path(file).write_text("step,loss\n0,1\n1,2\n")
    told = "the steps start again at 0, after 1 in the file before, averaged together: --by file separates the files"
    assert told in csv_of(files).err
    assert told not in csv_of([*files, "--by", "file"]).err
    Path(files[1]).write_text("step,loss\n2,1\n3,2\n")
    assert told not in csv_of(files).err


def test_a_change_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noted once, however often it happens."""
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", 4096)
    rows = "".join(f"{'train' if step < 2000 else 'val'},{step},1\n" for step in range(6000))
    assert 1 == run("--decay 0.9 -F csv", f"phase,step,loss\n{rows}").err.count("--by 'phase'")


def test_records_that_are_not_in_the_order_of_their_dates() -> None:
    """A note has the command that sorts JSON Lines."""
    days = ("03", "01", "02", "05")
    text = "".join(f'{{"time": "2026-01-{day}", "loss": 1.5}}\n' for day in days)
    told = run("--decay 0.9 --rule fixed -F csv", text).err
    assert "the rows are not in order of 'time': jq -s 'sort_by(.time)' FILE | ema-calc sorts them" in told


def test_a_last_row_without_its_label() -> None:
    """It may sum up the others, so a note says how to leave it out."""
    text = "day,kg\n1,80.5\n2,80.25\n3,80.75\n,80.5\n"
    note = "the last row has no 'day', and may sum up the others: --where 'day!=' leaves it out"
    assert note in csv_of("", text).err
    assert ["80.5", "80.25", "80.75"] == csv_of("--where day!=", text).column("param")
    assert "sum up" not in csv_of("", text.replace("2,", "1,")).err


def test_buoys() -> None:
    """The parts of a date before the values are no params, and words for missing values are left out."""
    header = "#YY MM DD hh mm GST WVHT DPD\n#yr mo dy hr mn m/s m m\n"
    outcome = csv_of("", f"{header}2023 01 01 02 50 5.5 MM MM\n2023 01 01 02 40 6.5 MM MM\n")
    assert ["5.5", "6.5"] == outcome.column("param")
    assert "<stdin> is a log of a buoy: no step, param from 'GST'; left out: 'YY', 'MM', 'DD', 'hh'" in outcome.err


def test_a_zone_before_a_comma() -> None:
    """+0100,70 is a zone and a value, no number with a decimal comma."""
    assert ["70", "72"] == csv_of("", "2023-01-01 10:00:00 +0100,70\n2023-01-01 10:00:01 +0100,72\n").column("param")


def test_a_column_without_a_single_value() -> None:
    """It is left out with a note; --missing skip reads it, for values further down."""
    text = "day,USD,CYP,kind\n2024-03-07,1.5,N/A,-\n2024-03-08,2.5,N/A,-\n"
    outcome = csv_of("", text)
    assert ["1.5", "2.5"] == outcome.column("param")
    assert "param from 'USD'; left out: 'day', 'CYP', 'kind'" in outcome.err
    assert ["", ""] == csv_of("--missing skip", text).column("CYP.shadow")


def test_a_metric_that_begins_as_nan() -> None:
    """It is a param, so its rows are refused unless --missing says what to do."""
    assert "column 'val' is nan" in error_of("--decay 0.9 -q", "step,loss,val\n0,1.5,nan\n1,2.5,nan\n")


def test_a_step_of_minus_one() -> None:
    """Evaluations of sentence-transformers at the end of an epoch have it; it is no param."""
    text = "epoch,steps,pearson\n0,1000,0.5\n0,-1,0.25\n1,1000,0.75\n1,-1,0.5\n"
    assert ["0.5", "0.25", "0.75", "0.5"] == csv_of("", text).column("param")
