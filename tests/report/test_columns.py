"""The values, the choice and the names of columns."""

from __future__ import annotations

import pytest

from ema_cli.report.column_specs import COLUMNS
from tests.harness import csv_of, error_of, run


def test_default_columns() -> None:
    """Data formats have step, param, decay and shadow; tables begin with the round."""
    assert csv_of("0:1").out.splitlines()[0] == "step,param,decay,shadow"
    heading = next(line for line in run("--decay 0.9 0:1").out.splitlines() if line.startswith("┃"))
    assert ["round", "step", "param", "effective decay", "shadow"] == [
        cell.strip() for cell in heading.split("┃")[1:-1]
    ]


@pytest.mark.parametrize(
    ("columns", "header"),
    [
        ("shadow", "shadow"),
        ("shadow,step", "shadow,step"),
        (" shadow , step ", "shadow,step"),
        ("+change,weight", "step,param,decay,shadow,change,weight"),
        ("+shadow,round", "step,param,decay,shadow,round"),
        ("+change,+weight", "step,param,decay,shadow,change,weight"),
    ],
)
def test_choice_of_columns(columns: str, header: str) -> None:
    """--columns lists columns in order; a plus adds missing ones to the default."""
    assert header == csv_of(f"0:1 -c '{columns}'").out.splitlines()[0]


@pytest.mark.parametrize("columns", ["nope", "", "+"])
def test_column_that_is_none(columns: str) -> None:
    """An unknown column is an error that lists the known ones."""
    message = error_of(["--decay", "0.9", "0:1", "-c", columns], code=2)
    assert message.endswith(f"there are {', '.join(COLUMNS)}")


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("round", ["1", "2"]),
        ("step", ["0", "0"]),
        ("param", ["1", "3"]),
        ("decay", ["1/10", "1/10"]),
        ("weight", ["9/10", "9/10"]),
        ("shadow", ["11/10", "281/100"]),
        ("change", ["-9/10", "171/100"]),
        ("gap", ["-1/10", "19/100"]),
        ("action", ["update", "update"]),
    ],
)
def test_meaning_of_a_column(column: str, cells: list[str]) -> None:
    """Each column shows what its name says."""
    assert cells == csv_of(f"--dtype exact --initial 2 0:1 0:3 -c {column}").column(column)


def test_each_column_is_tested() -> None:
    """Every column has such a test."""
    tested = "round step param decay weight shadow change gap action"
    assert set(tested.split()) <= set(COLUMNS)


def test_columns_of_several_params() -> None:
    """Columns are named after their params; shared columns appear once."""
    header = csv_of("0:1,2 --name w,b -c +round,weight,change,gap,action").out.splitlines()[0]
    assert "step,w,b,decay,w.shadow,b.shadow,round,weight,w.change,b.change,w.gap,b.gap,w.action,b.action" == header


def test_a_rule_with_its_own_decay_stands_once() -> None:
    """In a comparison of decays, a rule with its own decay appears once."""
    outcome = csv_of("--rule fixed:decay=0.5 --rule warmup --decay 0.8 0:1 -c shadow")
    assert outcome.out.splitlines()[0] == "shadow[fixed:decay=0.5],shadow[warmup 0.9],shadow[warmup 0.8]"


def test_columns_keep_the_dtype() -> None:
    """Differences are rounded to the dtype."""
    row = csv_of("--rule tensorflow 0:1 0:3 -c weight,change,gap").rows[1]
    assert {"weight": "0.9", "change": "1.89", "gap": "0.21000004"} == row


@pytest.mark.parametrize(
    ("every", "rounds"),
    [
        (1, ["1", "2", "3", "4", "5", "6", "7"]),
        (2, ["1", "2", "4", "6", "7"]),
        (7, ["1", "7"]),
        (100, ["1", "7"]),
    ],
)
def test_every(every: int, rounds: list[str]) -> None:
    """--every shows the first, each Kth and the last round."""
    assert rounds == csv_of(f"0:1x7 -c round --every {every}").column("round")


def test_every_in_a_table() -> None:
    """In a table, the first row is round 0."""
    lines = [line for line in run("--decay 0.9 0:1x7 --every 3").out.splitlines() if line.startswith("│")]
    assert ["0", "3", "6", "7"] == [line.split("│")[1].strip() for line in lines]


def test_every_keeps_the_changes() -> None:
    """A change is the difference from the round before, even if that is not shown."""
    full = {row["round"]: row for row in csv_of("0..9999:3 -c +round,change,gap,action").rows}
    thin = csv_of("0..9999:3 -c +round,change,gap,action --every 999").rows
    assert [full[row["round"]] for row in thin] == thin
    assert ["1", *map(str, range(999, 10_000, 999)), "10000"] == [row["round"] for row in thin]


def test_every_in_json() -> None:
    """The summary in JSON counts all rounds."""
    assert '"summary": {"rounds": 7, ' in run("--decay 0.9 0:1x7 --every 3 -F json").out


@pytest.mark.parametrize("rule", ["sma:window=3", "ta-lib:timeperiod=3"])
def test_a_shadow_that_does_not_exist_yet_is_blank(rule: str) -> None:
    """There is no shadow before a window is full, nor in round 0; the heading says so."""
    table = run(f"--rule {rule} :1 :2 :6 -q").out
    assert "no shadow until there are enough params" in table
    shadows = [line.split("│")[-2].strip() for line in table.splitlines() if line.startswith("│")]
    assert ["", "", "", "3"] == shadows
