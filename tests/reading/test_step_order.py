"""Steps that run backwards in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.harness import csv_of

if TYPE_CHECKING:
    from pathlib import Path

RESUMED = "was the run resumed there? Each row is still a round"


def told(text: str, options: str = "") -> list[str]:
    """The notes on a script in a pipe."""
    lines = csv_of(options, text).err.splitlines()
    return [line.removeprefix("ema-calc: note: ") for line in lines if RESUMED in line]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("step,loss\n0,1\n10,2\n20,3\n10,4\n20,5\n5,6\n", "<stdin>:5: step 10 comes after step 20"),
        ("1,1\n0,2\n", "<stdin>:2: step 0 comes after step 1"),
        ('{"step": 3, "loss": 1}\n{"loss": 2}\n{"step": 2, "loss": 3}\n', "<stdin>:3: step 2 comes after step 3"),
        ('{"loss": 2}\n{"step": 3, "loss": 1}\n{"step": 2, "loss": 3}\n', "<stdin>:3: step 2 comes after step 3"),
        ('[{"step": 3, "loss": 1}, {"step": 2, "loss": 3}]', "<stdin>:2: step 2 comes after step 3"),
    ],
)
def test_steps_run_backwards(text: str, where: str) -> None:
    """The first place is noted once; the rounds are in the order of the rows."""
    assert [f"{where}: {RESUMED}"] == told(text)


def test_steps_run_backwards_between_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are noted however the file arrives."""
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", 4)
    text = "step,loss\n" + "".join(f"{step},1\n" for step in (0, 1, 2, 2, 7, 6, 8, 3))
    assert [f"<stdin>:7: step 6 comes after step 7: {RESUMED}"] == told(text)


def test_fractional_steps_run_backwards() -> None:
    """Steps of a rule with a fractional counter are quoted as written."""
    text = "step,loss\n0.5,1\n2,2\n1.5,3\n"
    assert [f"<stdin>:4: step 1.5 comes after step 2: {RESUMED}"] == told(text, "--rule moco-v3")


@pytest.mark.parametrize(
    "text",
    ["step,loss\n0,1\n0,1\n5,1\n", "loss\n3\n1\n", '{"step": 1, "loss": 1}\n{"loss": 1}\n{"step": 1, "loss": 1}\n'],
)
def test_steps_in_order(text: str) -> None:
    """A repeated step is not a step back, and updates without a step are in the order of the file."""
    assert [] == told(text)


def test_each_file_begins_anew(tmp_path: Path) -> None:
    """Files and pieces are given in the intended order."""
    for name in "ab":
        (tmp_path / name).write_text("step,loss\n0,1\n1,2\n")
    assert RESUMED not in csv_of([str(tmp_path / "a"), str(tmp_path / "b"), "7:1", "0:1"]).err


def test_updates_without_a_step_do_not_repeat_one() -> None:
    """Rows with an empty step do not count as another series."""
    lacking, there = '{"step": null, "loss": 1}\n', '{"step": 0, "loss": 1}\n'
    assert "occur" not in csv_of("", there + 3 * lacking).err
    assert "the steps of column 'step' are all the same, 0" in csv_of("", 3 * there + lacking).err
