"""Missing values: the treatment of empty cells, NA, NaN and infinities."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.harness import csv_of, error_of, run

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ["", "NA", "na", "N/A", "NaN", "nan", "null", "None", "inf", "-inf", "+inf", "Infinity", "-Infinity"]


@pytest.mark.parametrize("word", WORDS)
def test_skip(word: str) -> None:
    """With skip there is no round: the counter and the shadow stand still."""
    text = "loss,tag\n1,a\n{}2,c\n"
    options = "-q --missing skip --count-from 5 -c +round"
    assert csv_of(options, text.format("")).out == csv_of(options, text.format(f"{word},b\n")).out


@pytest.mark.parametrize("word", WORDS)
def test_hold(word: str) -> None:
    """With hold the last value is used again."""
    text = "step,loss\n0,1\n1,{}\n2,3\n"
    assert csv_of("", text.format("1")).out == csv_of("--missing hold", text.format(word)).out


@pytest.mark.parametrize("options", ["--rule pandas", "--rule tensorflow-eager", "--initial first"])
@pytest.mark.parametrize("rows", [[2], [1, 1]])
def test_no_shadow_before_the_first_value(options: str, rows: list[int], tmp_path: Path) -> None:
    """A shadow that starts at the first param is blank before it, as it is NaN in pandas."""
    lines, files = ["0,,1\n", "1,5,3\n"], []
    for number, count in enumerate(rows):
        files.append(tmp_path / f"{number}.csv")
        files[-1].write_text("".join(["step,a,b\n", *(lines.pop(0) for _ in range(count))]))
    asked = ["--decay", "0.9", *options.split(), "--missing", "skip", "-q", "-c", "round,shadow", "-F"]
    outcome = run([*asked, "markdown", *map(str, files)])
    table = [[*map(str.strip, line.split("|")[1:-1])] for line in outcome.out.splitlines() if line.startswith("|")]
    assert [["round", "a.shadow", "b.shadow"], ["0", "", "1"], ["1", "", "1"]] == [table[0], *table[2:4]]
    assert "5" == table[4][1]
    initial = json.loads(run([*asked, "json", *map(str, files)]).out)["settings"].get("initial")
    assert initial == ([None, 1] if "initial" in options else None)


def test_hold_before_any_value() -> None:
    """hold needs an earlier value, which may come from a piece or another file."""
    assert "<stdin>:2: column 'loss' is missing, and there is no earlier value to hold; use --missing skip" == error_of(
        "--decay 0.9 --missing hold", "step,loss\n0,NA\n"
    )
    assert ["7", "7"] == csv_of("--missing hold 0:7 -", "step,loss\n1,NA\n").column("param")


def test_hold_across_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file's last value is held in the next one, whether or not its rows were plain."""
    folder = tmp_path_factory.mktemp("hold")
    (folder / "a").write_text("step,loss\n" + "0,1\n" * 20_000 + "5,8\n")
    (folder / "b").write_text("step,loss\n1,NA\n")
    assert ["8", "8"] == csv_of(f"--missing hold {folder}/a {folder}/b").column("param")[-2:]


@pytest.mark.parametrize(
    ("word", "shadow"), [("NaN", "nan"), ("", "nan"), ("NA", "nan"), ("inf", "inf"), ("-Infinity", "-inf")]
)
def test_rule(word: str, shadow: str) -> None:
    """rule leaves the value to the arithmetic, which for these rules keeps it; JSON has it as a string."""
    outcome = run("--decay 0.9 -F csv --missing rule", f"step,loss\n0,{word}\n1,1\n")
    assert [shadow, shadow] == outcome.column("shadow")
    out = run("--decay 0.9 -F jsonl --missing rule -c shadow", f"step,loss\n0,{word}\n").out
    assert f'{{"shadow": "{shadow}"}}\n' == out


def test_skip_of_one_param_among_several() -> None:
    """With several params each has its own decay, which is empty in a row that is skipped for it."""
    text = "step,a,b\n0,NA,1\n1,3,\n2,1,1\n"
    outcome = csv_of("-q --missing skip", text)
    assert "step,a,b,a.decay,b.decay,a.shadow,b.shadow" == outcome.out.splitlines()[0]
    assert "0,NA,1,,0.1,,0.9" == outcome.out.splitlines()[1]
    assert "1,3,,0.18181818181818182,,2.454545454545454,0.9" == outcome.out.splitlines()[2]
    json = run("--decay 0.9 -q --missing skip -F jsonl -c step,decay,weight,gap,action", text).out.splitlines()[0]
    assert (
        '{"step": 0, "a.decay": null, "b.decay": 0.1, "a.weight": null, "b.weight": 0.9, "a.gap": null,'
        ' "b.gap": 0.09999999999999998, "a.action": "skip", "b.action": "update"}'
    ) == json
    table = run("--decay 0.9 -q --missing skip", text).out.splitlines()
    assert ["1", "0", "NA", "1", "", "0.1", "", "0.9"] == [cell.strip() for cell in table[5].split("│")[1:-1]]


def test_skip_in_exact_arithmetic() -> None:
    """A skipped value need not be a fraction."""
    outcome = csv_of("-q --missing skip --dtype exact", "step,a,b\n0,NA,1\n0,1,NA\n")
    assert ["", "9/10"] == outcome.column("a.shadow")
    assert ["", "1/10"] == outcome.column("a.decay")


def test_skip_of_a_whole_row() -> None:
    """A row without values is not a round."""
    assert ["1", "2"] == csv_of("-q --missing skip -c round", "step,a,b\n0,1,1\n1,NA,\n2,1,1\n").column("round")


def test_empty_line_in_a_file_of_one_column() -> None:
    """An empty line before the end is a missing value; one at the end is not, nor is one in other files."""
    assert (
        "<stdin>:2: column 1 is empty; --missing skip leaves such rows out, --missing hold repeats the last value"
        == error_of("--decay 0.9", "1\n\n3\n")
    )
    assert "<stdin>:3: column 'loss' is empty" in error_of("--decay 0.9", "loss\n1\n\n3\n")
    assert ["1", "1", "1", "3"] == csv_of("-q --missing hold", "1\n\n \n3\n\n\n").column("param")
    assert ["1", "3"] == csv_of("-q", "step,loss\n\n0,1\n\n\n1,3\n\n").column("param")


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16", "exact"])
def test_skipped_values_in_every_dtype(dtype: str) -> None:
    """A param without a value has no round beside one with a value, in any dtype."""
    text = "step,a,b\n0,1,2\n1,NA,3\n2,4,NA\n"
    outcome = run(f"--decay 0 --rule fixed --missing skip --dtype {dtype} -F csv -c shadow -q", text)
    assert [["1", "1", "4"], ["2", "3", "3"]] == [
        [cell.removesuffix(".0") for cell in outcome.column(name)] for name in ("a.shadow", "b.shadow")
    ]


@pytest.mark.parametrize("block", [1, 65536])
def test_rounds_that_are_told_have_the_numbers_of_the_table(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round without a value counts in the numbers of the rounds, however the file is read."""
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", block)
    text = "a,b,s\n1,1,0.5\n1,NA,\n1,NA,\n1,1,0.75\n1,1,0.81\n"
    told = run("--decay 0.5 --rule fixed --missing skip --check b=s -F csv", text).err
    assert "1 of 3 rounds differ in the logged digits, the first in round 5, " in told
    text = "a,b\n1,1\n1,NA\n1,NA\n1,1.01\n"
    told = run("--decay 0.999 --rule fixed --initial 1 --dtype bfloat16 --missing skip -F csv", text).err
    assert "b: 1 of 4 rounds stalled, first in round 4:" in told


def test_a_rule_that_skips_has_a_decay_for_each_param() -> None:
    """If a rule skips missing values by itself, each param has its own decay, as with --missing skip."""
    text = "t,a,b\n1,2,1\n2,2,3\n3,,5\n5,1,\n7,2,2\n"
    line = "--rule polars-ewm-mean-by --decay 0.9 --time-column t --missing rule -q -F csv"
    both = run(line, text)
    for name in "a", "b":
        alone = run(f"{line} --param-column {name}", text)
        assert both.column(f"{name}.decay") == alone.column("decay")
        assert both.column(f"{name}.shadow") == alone.column("shadow")
