"""The error about a file without an update says what the file has instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.harness import csv_of, error_of, run

if TYPE_CHECKING:
    from pathlib import Path

NO_ROW = "it has only a header, 'step', 'loss'"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("\n\n \t\r\n", "it has only blank lines"),
        ("step,loss\n", NO_ROW),
        ("step,loss", NO_ROW),
        ("\n\nstep,loss\n\n\n", NO_ROW),
        ("loss\n", "it has only a header, 'loss'"),
        ("# made by a tool\n", "it has only comments"),
        ("# made by\n\n  # a tool\n", "it has only comments"),
        ("// made by\n// a tool\n", "it has only comments"),
        ("[]", "its list of records is empty"),
        ('{"log_history": []}', "its list of records is empty"),
    ],
)
@pytest.mark.parametrize("block", [1, 65536])
def test_what_was_found(text: str, found: str, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing, blank lines, a header alone, comments alone and an empty list are called what they are."""
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", block)
    assert f"no update in <stdin>: {found}" == error_of("--decay 0.9", text)


def test_an_empty_file(tmp_path: Path) -> None:
    """A file of no bytes is empty."""
    (tmp_path / "log.csv").touch()
    assert error_of(f"--decay 0.9 {tmp_path}/log.csv").endswith("log.csv: it is empty")


def test_several_files(tmp_path: Path) -> None:
    """Each of several files is named; a file without an update beside others is not an error."""
    (tmp_path / "head.csv").write_text("step,loss\n")
    line = f"--decay 0.9 -F csv -c step,shadow {tmp_path}/head.csv -"
    assert error_of(line).endswith(f"head.csv: {NO_ROW}; none in <stdin>: it is empty")
    assert "step,shadow\n0,0.9\n" == run(line, "step,loss\n0,1\n").out


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("step,loss\n# resumed\n0,1\n", "<stdin>:2: '# resumed' looks like a comment"),
        ("step,loss\n# resumed\n", "<stdin>:2: '# resumed' looks like a comment"),
        ("1\n2\n# resumed\n", "<stdin>:3: '# resumed' looks like a comment"),
    ],
)
@pytest.mark.parametrize("block", [1, 10, 65536])
def test_comments_are_not_skipped(text: str, what: str, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment below the first row is not skipped, and the error says how to remove it, however the file arrives."""
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", block)
    message = f"{what}; grep -v '^#' FILE | ema-calc leaves them out"
    assert message == error_of("--decay 0.9 -q", text)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("# made by a tool\nstep,loss\n0,1\n5,2\n", ["0", "5"]),
        ('#{"seed": 1}\r\n# "a, b\nstep,loss\n0,1\n5,2\n', ["0", "5"]),
        ("# made by a tool\n0,1\n5,2\n", ["0", "5"]),
        ("# loss, step\n1 0\n2 5\n", ["0", "5"]),
        ("% loss step\n1 0\n2 5\n", ["0", "5"]),
        ("#loss,step\n1,0\n2,5\n", ["0", "5"]),
        ('# by a tool\n@ title "RMSD"\n@TYPE xy\n0 1\n5 2\n', ["0", "5"]),
    ],
)
@pytest.mark.parametrize("block", [1, 10, 65536])
def test_comments_before_the_table(text: str, steps: list[str], block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are skipped; the last of them may be the header."""
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", block)
    assert (steps, ["1", "2"]) == (csv_of("-q", text).column("step"), csv_of("-q", text).column("param"))
