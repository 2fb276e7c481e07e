"""--by: an average for each group of rows; --where: the rows that are read."""

from __future__ import annotations

import json
import subprocess
import sys
from time import process_time
from typing import TYPE_CHECKING

import pytest

from tests.harness import csv_of, error_of, run, untraced

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "run,step,loss\na,0,1\nb,0,5\na,1,2\nb,1,6\na,2,3\n"


def alone(run_name: str, options: str = "") -> list[dict[str, str]]:
    """The rows of one group, as if they were the whole file."""
    rows = [line for line in TEXT.splitlines() if line.startswith((f"{run_name},", "run"))]
    return csv_of(f"-q --by run {options}", "\n".join(rows) + "\n").rows


@pytest.mark.parametrize(
    "options",
    [
        "",
        "--rule fixed",
        "--rule torch",
        "--rule tensorboard",
        "--initial first",
        "--initial 3",
        "--count-from 5",
        "--dtype exact",
        "--dtype bfloat16",
        "--every 2",
        "-c +round,change,initial-weight,exact,action",
        "-c +share --rule fixed --rule optax",
        "-c +share --every 2",
        "--rule fixed --rule warmup",
    ],
)
def test_a_group_is_what_it_is_alone(options: str) -> None:
    """Each group has its own rounds, steps, start and state, and its rows keep their places."""
    rows = csv_of(f"-q --by run {options}", TEXT).rows
    for name in "ab":
        assert alone(name, options) == [row for row in rows if row["run"] == name]
    if "--every" not in options:
        assert ["a", "b", "a", "b", "a"] == [row["run"] for row in rows]


def test_a_chart_has_the_curves_of_each_group() -> None:
    """Each group has its own curves, by its own steps; of many groups only the first are drawn, and a note says so."""
    page = run("--decay 0.9 --by run --plot -F html", TEXT).out
    assert all(f"{group}, {column}" in page for group in "ab" for column in ("param", "shadow"))
    assert ">step<" in page
    many = TEXT + "".join(f"{name},0,1\n" for name in "cde")
    told = run("--decay 0.9 --by run --plot -F html", many).out
    assert "the chart draws the first 4 of 5 groups; --where chooses others" in told
    assert "e, param" not in told


def test_groups_that_start_apart_have_no_common_start() -> None:
    """Round 0 shows the initial value that all groups share; it is blank if each starts at its first param."""
    for options, start in ("--initial 3", "3"), ("--initial first", ""), ("--rule pandas", ""):
        table = run(f"--decay 0.9 --by run -F markdown -c shadow {options}", TEXT).out
        assert start == next(line for line in table.splitlines() if line.startswith("|  ")).split("|")[2].strip()


@pytest.mark.parametrize("block", [8, 30, 65536])
def test_a_value_is_held_from_its_own_group(block: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """--missing hold repeats the last value of the same group, however long ago, never one of another group."""
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", block)
    text = TEXT.replace("b,1,6", "b,1,").replace("a,2,3", "a,2,") + "b,2,\na,3,9\nb,3,NA\n"
    assert ["1", "5", "2", "5", "2", "5", "9", "5"] == csv_of("-q --by run --missing hold", text).column("param")
    (tmp_path / "x.csv").write_text("loss\n1\n2\n")
    (tmp_path / "y.csv").write_text("loss\n\n2\n")
    message = "y.csv:2: column 'loss' is missing, and there is no earlier value to hold"
    assert message in run(f"--decay 0.9 --by file --missing hold {tmp_path}/x.csv {tmp_path}/y.csv -q").err


def test_a_shadow_that_a_group_lacks_is_blank() -> None:
    """Each group shows its shadow from its own first number on."""
    unknown = csv_of("-q --by run --missing rule --rule pandas", "run,loss\na,\nb,5\na,1\nb,7\n")
    assert [bool(shadow) for shadow in unknown.column("shadow")] == [False, True, True, True]


def test_a_group_without_a_name() -> None:
    """An empty cell is a group, which is '' in messages and null in JSON."""
    text = TEXT.replace("b,", ",")
    assert "'': 2 of 2 rounds differ" in run("--decay 0.9 --by run --check loss --param-column step", text).out
    data = json.loads(run("--decay 0.9 --by run -F json", text).out)
    assert [None, None] == [data["summary"][1]["run"], data["rounds"][1]["run"]]


@pytest.mark.parametrize("block", [8, 20, 65536])
def test_groups_in_whatever_parts_they_come(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups continue from one block to the next."""
    whole = csv_of("-q --by run", TEXT).out
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", block)
    assert whole == csv_of("-q --by run", TEXT).out


def test_several_columns_and_empty_cells() -> None:
    """Each combination of cells is a group, empty cells included."""
    text = "run,phase,step,loss\na,train,0,1\na,,0,5\na,train,1,2\n,train,0,7\n"
    rows = csv_of("-q --by run --by phase -c round,shadow --rule fixed", text).rows
    assert [("a", "train", "1"), ("a", "", "1"), ("a", "train", "2"), ("", "train", "1")] == [
        (row["run"], row["phase"], row["round"]) for row in rows
    ]


def test_files_are_groups(tmp_path: Path) -> None:
    """--by file computes an average for each file."""
    for name in "xy":
        (tmp_path / name).write_text("step,loss\n0,1\n1,2\n")
    rows = csv_of(["-q", "--by", "file", "-c", "round,shadow", str(tmp_path / "x"), str(tmp_path / "y")]).rows
    assert [(f"{tmp_path}/{name}", number) for name in "xy" for number in "12"] == [
        (row["file"], row["round"]) for row in rows
    ]


def test_records_carry_the_group() -> None:
    """JSON records carry the group, and each group has a summary; the input may be records, too."""
    lines = "".join(f'{{"run": "{name}", "step": {step}, "loss": 1}}\n' for step in range(2) for name in "ab")
    document = json.loads(run("--decay 0.9 -q --by run -F json", lines).out)
    assert ["a", "b", "a", "b"] == [row["run"] for row in document["rounds"]]
    assert [("a", 2), ("b", 2)] == [(one["run"], one["rounds"]) for one in document["summary"]]


def test_the_settings_and_the_keys_in_json() -> None:
    """A summary has its group as the records have it, and groups that start at their first params share no value."""
    text = "run,step,loss\n1,0,5\n01,0,7\n1e999,0,8\n"
    document = json.loads(run("--decay 0.9 -q --rule fixed --by run --initial first -F json", text).out)
    assert [1, "01", "1e999"] == [one["run"] for one in document["summary"]]
    assert [1, "01"] == [one["run"] for one in document["rounds"]][:2]
    for start in ("first", "mean:2"):
        settings = json.loads(run(f"--decay 0.9 --rule fixed --by run --initial {start} -F json", TEXT).out)["settings"]
        assert settings["initial"] is None
    line = "--decay 0.9 --rule fixed --dtype exact --dtype float64 --by run --initial first -F json"
    settings = json.loads(run(line, TEXT).out)["settings"]
    assert [one.get("initial", "none") for one in (settings, *settings["averages"])] == [None, "none", "none"]


def test_a_summary_for_each_group() -> None:
    """The summary has a column for each group; with --every, tables show the last row of each."""
    out = run("--decay 0.9 -q --by run --summary --every 5", TEXT).out
    assert "summary" in out
    assert ["a", "b"] == [
        cell.strip() for line in out.splitlines() if "summary" in line for cell in line.split("┃")[2:4]
    ]
    assert 2 == sum(line.startswith(("│ a ", "│ b ")) for line in out.splitlines())


def test_check_of_groups() -> None:
    """Each group has a verdict; the exit code says if one differs."""
    rows = csv_of("-q --by run", TEXT).rows
    good = "run,step,loss,s\n" + "".join(f"{r['run']},{r['step']},{r['param']},{r['shadow']}\n" for r in rows)
    outcome = run("--decay 0.9 --by run --check s -F csv", good)
    assert (0, 1) == (outcome.code, outcome.err.count("note: b: all 2 rounds agree"))
    bad = good.replace("a,2,3,", "a,2,3,1")
    outcome = run("--decay 0.9 --by run --check s -F csv", bad)
    assert (3, 1) == (outcome.code, outcome.err.count("note: a: 1 of 3 rounds differ"))
    assert "no round has a logged value" in error_of_check(good.replace(",0.9\n", ",\n"))


LONGER = "run,step,loss,s\n" + "".join(
    f"{name},{step},{value},{value / 2:.2f}\n"
    for step in range(12)
    for name, value in (("a", step % 5 + 1), ("b", 2.5), ("c", 7 - step))
    if (name, step) not in (("c", 4), ("b", 9))
)


@pytest.mark.parametrize(
    "options",
    [
        "--decay 0.9",
        "--decay 0.99 --rule fixed --initial first",
        "--decay 0.999 --rule fixed --dtype bfloat16 --initial 3",
        "--decay 0.9 --rule fixed --dtype exact",
        "--decay 0.9 --rule fixed --initial mean:3",
        "--decay 0.9 --rule fixed --update-every 3",
        "--decay 0.9 --rule torch",
        "--decay 0.9 --rule optax",
        "--decay 0.9 --rule pandas",
        "--decay 0.9 --rule fixed --rule warmup",
        "--rule ema-pytorch-karras:update_every=2",
        "--rule sma:window=4",
        "--rule ta-lib-tema:timeperiod=2",
    ],
)
def test_the_end_of_each_group_is_what_it_is_alone(options: str) -> None:
    """The summary, the shares, the verdict and the notes are the same in whatever order the rows came."""
    command = f"{options} --by run --param-column loss --check s --summary"
    together = json.loads(run(f"{command} -F json -q", LONGER).out)["summary"]
    notes = run(f"{command} -F csv", LONGER).err.splitlines()
    for name, found in zip("abc", together, strict=True):
        rows = "".join(line for line in LONGER.splitlines(keepends=True) if line.startswith((f"{name},", "run")))
        assert [found] == json.loads(run(f"{command} -F json -q", rows).out)["summary"]
        told = run(f"{command.replace('--by run', '')} --where run={name} -F csv", rows).err.splitlines()
        for note in told:
            if "rounds agree" in note or "rounds differ" in note or "stalled, the" in note:
                assert note.replace("note: ", f"note: {name}: ") in notes


def test_the_closed_form_of_each_group() -> None:
    """The closed form is written out for a short group, not for a long one."""
    text = TEXT + "".join(f"b,{step},1\n" for step in range(2, 13))
    out = run("--decay 0.9 -q --by run --explain", text).out
    assert "a: shadow, written out: " in out
    assert "× 2 + 0.75 × 3 ≈ 2.7\n" in out
    assert "b: shadow, written out" not in out


@pytest.mark.parametrize("options", ["--summary", "--check s", "-c +initial-weight,debiased"])
def test_many_groups_take_hardly_longer_than_few(options: str) -> None:
    """All groups of a batch are processed in one call."""

    def seconds(groups: int) -> float:
        rows = [f"{number % groups},{number // groups},{number % 7},1\n" for number in range(8000)]
        began = process_time()
        run(f"--decay 0.9 --by run --param-column loss {options} -F csv -q", f"run,step,loss,s\n{''.join(rows)}")
        return process_time() - began

    assert min(seconds(800) for _ in range(2)) < 8 * min(seconds(8) for _ in range(2))


def error_of_check(text: str) -> str:
    """The error of a check without any logged value."""
    bare = "\n".join(
        line.rpartition(",")[0] + ("," if number else ",s") for number, line in enumerate(text.splitlines())
    )
    return run("--decay 0.9 -q --by run --check s -F csv", f"{bare}\n").err


def test_errors_below_groups() -> None:
    """A missing column and a bad cell far down are reported as without groups."""
    assert error_of("--decay 0.9 --by rnu", TEXT).startswith("<stdin>: no column 'rnu' for --by")
    text = TEXT + "a,3,1\n" * 9000 + "a,4,x\n"
    assert (
        "'x' is not a number; --where 'loss!=x' leaves such rows out; the output is incomplete"
        in run("--decay 0.9 -q -F csv --by run", text).err
    )


@pytest.mark.parametrize(
    ("options", "params"),
    [
        ("--where run=a", ["1", "2", "3"]),
        ("--where run!=a", ["5", "6"]),
        ("--where step=1.0", ["2", "6"]),
        ("--where step=0 --where step=2", ["1", "5", "3"]),
        ("--where step!=0 --where step!=2", ["2", "6"]),
        ("--where run=a --where step!=1", ["1", "3"]),
    ],
)
@pytest.mark.parametrize("form", ["csv", "jsonl", "json"])
def test_rows_that_are_read(options: str, params: list[str], form: str) -> None:
    """Conditions on one column mean any of its values, those on several columns all; numbers may have any form."""
    text = TEXT
    if form != "csv":
        lines = [dict(zip(("run", "step", "loss"), line.split(","), strict=True)) for line in TEXT.splitlines()[1:]]
        text = "".join(json.dumps(line) + "\n" for line in lines) if form == "jsonl" else json.dumps(lines)
    assert params == csv_of(f"-q {options}", text).column("param")


def test_other_rows_are_not_judged() -> None:
    """Mistakes in other rows do not matter, and those rows have no say in the choice of columns."""
    text = "phase,step,loss\nval,x,bad\ntrain,0,1\nval,0,NA\ntrain,1,2\n"
    assert ["1", "2"] == csv_of("-q --where phase=train", text).column("param")
    assert ["1", "2"] == csv_of("-q --where 1=5", "5,0,1\n6,1,7\n5,1,2\n").column("param2")


def test_conditions_on_a_column_of_many_values() -> None:
    """An error lists the first of the column's values."""
    text = "n,loss\n" + "".join(f"{number},1\n" for number in range(1000))
    assert error_of("--decay 0.9 -q --where n=x", text).endswith(" and more")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_check_of_the_rows_of_one_group(form: str) -> None:
    """--where with --check compares these rows alone."""
    rows = [row for row in csv_of("-q --by run", TEXT).rows if row["run"] == "a"]
    records = [{"run": "a", "step": r["step"], "loss": float(r["param"]), "s": float(r["shadow"])} for r in rows]
    records.insert(1, {"run": "b", "step": "7", "loss": 9.0, "s": 1.0})
    text = "".join(json.dumps(record) + "\n" for record in records)
    if form == "csv":
        text = "run,step,loss,s\n" + "".join(",".join(map(str, record.values())) + "\n" for record in records)
    outcome = run("--decay 0.9 --where run=a --check s -F csv", text)
    assert (0, 1) == (outcome.code, outcome.err.count("all 3 rounds agree"))


def test_the_average_behind_the_rows_of_one_group() -> None:
    """--where with --identify uses these rows alone."""
    params = "".join(f"{(7 * step * step) % 11 / 4}\n" for step in range(12))
    shadows = csv_of("-q --rule fixed --header no", params).column("shadow")
    text = "run,step,loss,ema\n" + "".join(
        f"a,{step},{param},{shadow}\nb,{step},9,{step}\n"
        for step, (param, shadow) in enumerate(zip(params.split(), shadows, strict=True))
    )
    outcome = run("--identify ema --where run=a -q", text)
    assert "to see it: ema-calc --rule fixed --decay 0.9 --dtype float64" in outcome.out


def test_a_column_with_an_equals_sign() -> None:
    """A condition is split where the longest column name fits."""
    assert ["1"] == csv_of("-q --where lr=1!=x=a", "lr=1!=x,step,loss\na,0,1\nb,1,2\n").column("param")


@pytest.mark.long
def test_memory_grows_with_the_groups_by_little(tmp_path: Path) -> None:
    """Each further group takes about 200 bytes."""
    resource = pytest.importorskip("resource")
    assert resource
    code = (
        "import resource, sys; from ema_cli.cli.command import command\n"
        "try: command(['--decay', '0.9', '-q', '--by', 'run', '-F', 'csv', '-o', sys.argv[2], sys.argv[1]])\n"
        "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    sizes = []
    for groups in (1000, 21_000):
        path = tmp_path / f"{groups}.csv"
        path.write_text("run,step,loss\n" + "".join(f"g{number},0,1\n" for number in range(groups)))
        line = [sys.executable, "-c", code, str(path), str(tmp_path / "out.csv")]
        done = subprocess.run(line, capture_output=True, text=True, env=untraced(), check=True)
        sizes.append(int(done.stdout))
    assert 1024 * (sizes[1] - sizes[0]) / 20_000 < 500


@pytest.mark.parametrize("block", [1, 16, 65536])
@pytest.mark.parametrize("pure", [False, True])
def test_rows_that_are_chosen_are_as_if_alone(block: int, pure: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The result is the same for any block size, even with a quoted cell, a repeated header or a short row between."""
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", block)
    if pure:
        monkeypatch.setenv("EMA_CALC_PURE", "1")
    rows = [f"{'ab'[k % 2]},{k},{k}.5" for k in range(40)]
    rows[20:20] = ["run,step,loss", 'b,9,"1"', "b,9"]
    rows[30:30] = ["run,loss,step"]
    rows[31:] = [",".join((run, loss, step)) for run, step, loss in (row.split(",") for row in rows[31:])]
    outcome = csv_of("-q --where run=a --where run!=c", "run,step,loss\n" + "\n".join(rows) + "\n")
    assert [f"{k}.5" for k in range(0, 40, 2)] == outcome.column("param")


def test_the_line_of_a_chosen_row() -> None:
    """An error names the line in the file, and a last line that is cut off is reported."""
    rows = "".join(f"{'ab'[k % 2]},{k},{k}\n" for k in range(9000))
    message = error_after("--where run=b", f"run,step,loss\n{rows}b,9,x\n")
    assert message == "<stdin>:9002: column 'loss': 'x' is not a number; --where 'loss!=x' leaves such rows out"
    assert "head -n -1 FILE" in error_after("--where run=b", f"run,step,loss\n{rows}b,9")


def error_after(options: str, text: str) -> str:
    """The error at the end of an output."""
    outcome = run(f"--decay 0.9 -q -F csv {options}", text)
    assert outcome.code == 1
    return outcome.err.removeprefix("ema-calc: error: ").partition("; the output")[0].strip()


def logs_of(decays: dict[str, float]) -> str:
    """A log for each decay, with the rows interleaved."""
    rows, shadows = ["run,step,loss,ema"], dict.fromkeys(decays, 0.0)
    for step in range(20):
        for name, decay in decays.items():
            loss = 3 / (step + 1) + 0.1 * len(name) * (step % 3)
            shadows[name] = decay * shadows[name] + (1 - decay) * loss
            rows.append(f"{name},{step},{loss!r},{shadows[name]!r}")
    return "\n".join(rows) + "\n"


def test_groups_are_identified_each_by_itself() -> None:
    """The candidates of each group stand below its cells, and the suggested command chooses the group."""
    text = logs_of({"a": 0.9, "bb": 0.5})
    outcome = run("--by run --identify ema -F csv", text)
    best = {row["run"]: row["decay"] for row in reversed(outcome.rows)}
    assert {"a": "0.9", "bb": "0.5"} == best
    assert "bb: to see it: ema-calc" in outcome.err
    assert "--where run=bb" in outcome.err
    people = run("--by run --identify ema", text)
    assert people.out.index("a:") < people.out.index("bb:")
    explained = run("--by run --identify ema --explain -F csv", text)
    assert {"a", "bb"} == set(explained.column("run"))
    for name, decay in best.items():
        alone = run(f"--where run={name} --identify ema -F csv", text)
        assert alone.rows[0]["decay"] == decay
        assert alone.column("rule") == [row["rule"] for row in outcome.rows if row["run"] == name]


def test_a_group_that_is_too_short_to_identify() -> None:
    """The other groups are still identified."""
    outcome = run("--by run --identify ema -F csv", logs_of({"a": 0.9}) + "b,0,1,0.5\n")
    assert {"a"} == set(outcome.column("run"))
    assert "b: --identify needs at least 3 rounds with a logged value" in outcome.err


def test_files_are_identified_each_by_itself(tmp_path: Path) -> None:
    """With --by file, each answer has the name of its file, and no condition chooses it."""
    for name, decay in (("x", 0.9), ("y", 0.5)):
        (tmp_path / name).write_text(logs_of({"a": decay}))
    files = [str(tmp_path / "x"), str(tmp_path / "y")]
    outcome = run(["--by", "file", "--identify", "ema", "-F", "csv", *files])
    assert {files[0]: "0.9", files[1]: "0.5"} == {row["file"]: row["decay"] for row in reversed(outcome.rows)}
    assert "--where" not in outcome.err


def test_spaces_around_a_condition() -> None:
    """Spaces around a condition count as little as those around a cell."""
    assert ["3"] == csv_of(["-q", "--where", "step = 1"], "step,loss\n0,2\n1,3\n").column("param")


def test_rows_too_short_for_their_condition() -> None:
    """They are reported by their width."""
    assert "<stdin>:3: 1 cell" in run("--decay 0.9 -q -F csv --where run=a", "step,loss,run\n0,1,a\n1\n").err


def test_a_condition_on_a_column_of_many_values() -> None:
    """Each row is tested, however many values there are."""
    rows = "".join(f"{step},{step}\n" for step in range(30_000))
    assert 29_999 == len(csv_of("-q --where step!=20000", f"step,loss\n{rows}").rows)


@pytest.mark.parametrize("form", ["table", "csv"])
def test_groups_of_a_single_row(form: str) -> None:
    """A column whose values are all different separates nothing; polars calls the time `by`."""
    told = "each group of --by has a single row; a time goes with --time-column"
    assert told in "".join(run(f"--decay 0.9 --by t -F {form}", "t,x\n1,1\n2,3\n4,5\n")[1:])
    assert told not in "".join(run(f"--decay 0.9 --by t -F {form}", "t,x\n1,1\n2,3\n2,5\n")[1:])
