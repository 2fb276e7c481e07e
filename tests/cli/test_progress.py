"""The progress: where it is shown, and that it leaves no trace."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.harness import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AT_ONCE = "import ema_cli.cli.progress as p; p.PATIENCE = p._PAUSE = 0; from ema_cli.__main__ import main; main()"
ERASED = b"\r\x1b[2K"

HARDY = f"import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); {AT_ONCE}"

pytestmark = pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no pseudo-terminals")


def seen(
    folder: Path,
    *arguments: str,
    code: str = AT_ONCE,
    stdin: bytes | None = None,
    then: Callable[[int], None] = lambda descriptor: None,
    **settings: str,
) -> bytes:
    """The text on a terminal as stderr, while stdout goes to a file; `then` is called once it is there."""
    ours, theirs = os.openpty()
    with (
        (folder / "out.csv").open("wb") as out,
        subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=out,
            stderr=theirs,
            env=environment(**{"TERM": "xterm", **settings}),
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
                if b"%" in data and b"%" not in sent:
                    then(ours)
                sent += data
            os.close(ours)
        except OSError:  # one end has been closed
            pass
    return sent


def updates(folder: Path, rows: int = 20_000, last: str = "") -> str:
    """A file of a few blocks."""
    lines = "".join(f"{step},1.5\n" for step in range(rows))
    (folder / "updates.csv").write_text(f"step,param\n{lines}{last}")
    return "updates.csv"


def test_it_is_shown_and_erased(tmp_path: Path) -> None:
    """It is the part of a file that is read; in the end its line is empty, and the output is complete."""
    sent = seen(tmp_path, "--decay", "0.9", updates(tmp_path), "-F", "csv")
    assert b"ema-calc  100%  0:00:00 left" in sent
    assert sent.endswith(ERASED)
    assert 20_001 == len((tmp_path / "out.csv").read_text().splitlines())


def test_an_error_stands_on_a_line_of_its_own(tmp_path: Path) -> None:
    """It is erased before the error is printed."""
    sent = seen(tmp_path, "--decay", "0.9", updates(tmp_path, last="7,abc\n"), "-F", "csv")
    before, erased, after = sent.rpartition(ERASED)
    assert b"%" in before
    assert ERASED == erased
    assert after.startswith(b"ema-calc: error: updates.csv:20002: column 'param': 'abc' is not a number")


def test_a_terminal_that_goes_away(tmp_path: Path) -> None:
    """The run goes on if the terminal goes away."""
    seen(tmp_path, "--decay", "0.9", updates(tmp_path, 200_000), "-F", "csv", code=HARDY, then=os.close)
    assert 200_001 == len((tmp_path / "out.csv").read_text().splitlines())


@pytest.mark.parametrize("why", ["quiet", "short", "pipe", "dumb"])
def test_it_is_not_shown(tmp_path: Path, why: str) -> None:
    """It is not shown if notes are silenced, if the work takes less than a second, if the size is unknown, or if a
    line can't be redrawn.
    """
    arguments = ["--decay", "0.9", "-F", "csv", *(["-q"] if why != "short" else [])]
    if why == "pipe":
        sent = seen(tmp_path, "--decay", "0.9", "-F", "csv", stdin=b"step,param\n0,1\n1,2\n")
    elif why == "dumb":
        sent = seen(tmp_path, "--decay", "0.9", "-F", "csv", updates(tmp_path), TERM="dumb")
    elif why == "short":
        sent = seen(tmp_path, *arguments, updates(tmp_path, rows=50), code=AT_ONCE.replace("p.PATIENCE =", ""))
    else:
        sent = seen(tmp_path, *arguments, updates(tmp_path))
    assert b"" == sent
