"""The names of a file's columns for completion: those with which the file would be read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ema_cli.reading.script import column_names

if TYPE_CHECKING:
    from pathlib import Path

LATER = "0,1\n" * 40_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("step,loss\n0,1\n", ["step", "loss"]),
        ("step,loss", ["step", "loss"]),
        ("step,loss\r\n0,1\r\n", ["step", "loss"]),
        ("\ufeffstep\tloss\n0\t1\n", ["step", "loss"]),
        ("\n \t\r\n\nstep,loss\n0,1\n", ["step", "loss"]),
        ("epoch loss\n0 1.5\n", ["epoch", "loss"]),
        ("epoch loss\n\n\n0 1.5", ["epoch", "loss"]),
        ("train loss\nx\n0 1.5\n", ["train loss"]),
        ("train loss\n1.5\n2 3\n", ["train loss"]),
        ('"train\nloss",acc\n0,1\n', ["acc"]),
        ("\x1b[2J,loss\n0,1\n", ["loss"]),
        ("1,2,3\n", ["1", "2", "3"]),
        ("5\n", ["1"]),
        ("step;a,b\n0;1\n", ["step", "a,b"]),
        ("step,1\n", []),
        (f"step,loss\n{LATER}", ["step", "loss"]),
        (f"step\n{LATER}", ["step"]),
        ('{"step": 1, "loss": 2}\n{"later": 1}\n', ["step", "loss", "later"]),
        ('\n  {"step": 1, "loss": 2}\n', ["step", "loss"]),
        ('{"step": 1, "loss": 2}', ["step", "loss"]),
        ('{"step": 1,\n"loss": 2}\n', []),
        ("", []),
        ("\n\n", []),
    ],
)
def test_names_of_columns(text: str, expected: list[str], tmp_path: Path) -> None:
    """They are in the first lines that are not blank; a file may have none."""
    path = tmp_path / "log"
    path.write_text(text, encoding="utf-8", newline="")
    assert expected == column_names(str(path))


@pytest.mark.parametrize(
    ("header", "text", "expected"),
    [
        ("no", "step,loss\n0,1\n", ["1", "2"]),
        ("yes", "2000,2001\n0,1\n", ["2000", "2001"]),
        ("yes", "step,1\n0,1\n", ["step", "1"]),
        ("yes", "\tloss\tacc\n0\t1\t2\n", ["loss", "acc"]),
        ("no", "\t1\t2\n", ["1", "2", "3"]),
    ],
)
def test_names_where_the_header_is_decided(header: str, text: str, expected: list[str], tmp_path: Path) -> None:
    """--header says if the first line holds them."""
    path = tmp_path / "log.csv"
    path.write_text(text)
    assert expected == column_names(str(path), header)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """They only matter in the first two lines, which are read."""
    path = tmp_path / "log.csv"
    path.write_bytes(b"step,loss\n0,1\n\xff,2\n")
    assert ["step", "loss"] == column_names(str(path))
    for data in (b"step,\xff\n0,1\n", b"step,\0\n0,1\n"):
        path.write_bytes(data)
        assert [] == column_names(str(path))


def test_what_is_no_file(tmp_path: Path) -> None:
    """A pipe is not read, since the rows would be lost; anything else that is not a file has no names."""
    os.mkfifo(tmp_path / "pipe")
    assert [[], [], [], []] == [column_names(str(tmp_path / name)) for name in ("pipe", "", "none", "\0")]


def test_an_event_file_has_no_names_to_complete(tmp_path: Path) -> None:
    """They may be anywhere in it."""
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(b"\x18" + bytes(11) + b"\x09" + bytes(8) + b"brain.Event:2\n\n")
    assert [] == column_names(str(path))
