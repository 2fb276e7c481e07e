"""The progress bar: for whom it is drawn, and that nothing is left of it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

AT_ONCE = "import ema_cli.progress as p; p.PATIENCE = p._PAUSE = 0; from ema_cli.__main__ import main; main()"
ERASED = b"\r\x1b[2K\x1b[?25h"

pytestmark = pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no pseudo-terminals")


def seen(folder: Path, *arguments: str, code: str = AT_ONCE, stdin: bytes | None = None) -> bytes:
    """What a terminal on stderr was sent, while stdout goes to a file."""
    ours, theirs = os.openpty()
    with (
        (folder / "out.csv").open("wb") as out,
        subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=out,
            stderr=theirs,
        ) as process,
    ):
        os.close(theirs)
        if stdin is not None:
            assert process.stdin is not None
            process.stdin.write(stdin)
            process.stdin.close()
        sent = b""
        try:
            while data := os.read(ours, 4096):
                sent += data
        except OSError:  # the other end has been closed
            pass
        os.close(ours)
    return sent


def updates(folder: Path, rows: int = 20_000, last: str = "") -> str:
    """A file of some blocks."""
    lines = "".join(f"{step},1.5\n" for step in range(rows))
    (folder / "updates.csv").write_text(f"step,param\n{lines}{last}")
    return "updates.csv"


def test_a_bar_is_drawn_and_erased(tmp_path: Path) -> None:
    """Who waits for a file sees how far it is; in the end the line is empty again, and the output complete."""
    sent = seen(tmp_path, "--decay", "0.9", updates(tmp_path), "-F", "csv")
    assert b"ema-calc  [" in sent
    assert b"100%" in sent
    assert sent.endswith(ERASED)
    assert 20_001 == len((tmp_path / "out.csv").read_text().splitlines())


def test_an_error_stands_on_a_line_of_its_own(tmp_path: Path) -> None:
    """The bar is erased before the error is told."""
    sent = seen(tmp_path, "--decay", "0.9", updates(tmp_path, last="7,abc\n"), "-F", "csv")
    before, erased, after = sent.rpartition(ERASED)
    assert b"%" in before
    assert ERASED == erased
    assert after.startswith(b"ema-calc: error: updates.csv:20002: column 'param': 'abc' is not a number")


@pytest.mark.parametrize("why", ["quiet", "short", "pipe"])
def test_there_is_no_bar(tmp_path: Path, why: str) -> None:
    """It is not drawn if nobody wants notes, if it takes less than a second, and where the size is not known."""
    arguments = ["--decay", "0.9", "-F", "csv", *(["-q"] if why != "short" else [])]
    if why == "pipe":
        sent = seen(tmp_path, "--decay", "0.9", "-F", "csv", stdin=b"step,param\n0,1\n1,2\n")
    elif why == "short":
        sent = seen(tmp_path, *arguments, updates(tmp_path, rows=50), code=AT_ONCE.replace("p.PATIENCE =", ""))
    else:
        sent = seen(tmp_path, *arguments, updates(tmp_path))
    assert b"" == sent
