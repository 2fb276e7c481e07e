"""Files that come seldom: what becomes of them is told, or they are read as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.reading.script import column_names
from tests.harness import csv_of, error_of, run

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_records_with_a_speed_alone() -> None:
    """It is the param where nothing else is, as soon as all records are there."""
    assert ["5", "6"] == csv_of("-q", '{"step": 0, "fps": 5}\n{"step": 1, "fps": 6}\n').column("param")


def test_a_step_that_comes_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The records before it have none; where it never comes, that is an error."""
    monkeypatch.setattr("ema_cli.reading.jsonl._MOST_WAITING", 1)
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", 16)
    text = '{"loss": 1}\n{"loss": 2}\n{"loss": 3, "it": 7}\n'
    assert ["", "", "7"] == csv_of("-q --step-column it", text).column("step")
    assert "no column 'other' for --step-column" in run("--decay 0.9 -q -F csv --step-column other", text).err


def test_spaces_around_a_condition() -> None:
    """They count as little as those around a cell."""
    assert ["3"] == csv_of(["-q", "--where", "step = 1"], "step,loss\n0,2\n1,3\n").column("param")


def test_rows_too_short_for_their_condition() -> None:
    """They are told by their width."""
    assert "<stdin>:3: 1 cell" in run("--decay 0.9 -q -F csv --where run=a", "step,loss,run\n0,1,a\n1\n").err


def test_a_condition_on_a_column_of_many_values() -> None:
    """Each row is judged, however many values there are."""
    rows = "".join(f"{step},{step}\n" for step in range(30_000))
    assert 29_999 == len(csv_of("-q --where step!=20000", f"step,loss\n{rows}").rows)


def test_lists_within_lists() -> None:
    """Records of them are no series."""
    assert run("--decay 0.9 -q -F csv", '[{"a": [[1, [2]], [2, [3]]]}]').code == 1


def test_a_log_whose_loss_no_pattern_finds() -> None:
    """Another number is taken."""
    lines = "".join(f"loss {k}.5, acc 0.{k} at loss {k}ms of it\n" for k in range(4))
    assert "acc[ :=" in error_of("--decay 0.9", lines)


def test_a_change_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it comes back."""
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", 4096)
    rows = "".join(f"{'train' if step < 2000 else 'val'},{step},1\n" for step in range(6000))
    assert 1 == run("--decay 0.9 -F csv", f"phase,step,loss\n{rows}").err.count("--by 'phase'")


def test_an_event_file_has_no_names_to_complete(tmp_path: Path) -> None:
    """They may stand anywhere in it."""
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(b"\x18" + bytes(11) + b"\x09" + bytes(8) + b"brain.Event:2\n\n")
    assert [] == column_names(str(path))
