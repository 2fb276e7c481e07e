"""The promises of SECURITY.md: nothing is run, fetched or written that the command line did not ask for."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.extras import needs_plot
from tests.harness import environment, untraced

if TYPE_CHECKING:
    from pathlib import Path

WATCHED = """
import os, sys
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
def watch(event, args):
    kind = event.partition(".")[0]
    if kind in ("socket", "subprocess", "urllib", "http", "ftplib", "smtplib", "webbrowser", "pty"):
        seen.append(event)
    elif event in ("os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.mkdir", "os.link"):
        seen.append(event)
    elif event in ("os.remove", "os.rename", "os.chmod", "os.symlink", "os.truncate"):
        seen.append(f"{event} {os.path.basename(args[0])} {os.path.basename(args[1]) if event == 'os.rename' else ''}")
    elif event == "open" and isinstance(args[0], str):
        path = os.path.abspath(args[0])
        if (args[2] or 0) & WRITING:
            seen.append(f"write {path}")
        elif path.startswith(folder):
            seen.append(f"read {path}")
seen, folder = [], sys.argv.pop(1)
sys.dont_write_bytecode = True
sys.addaudithook(watch)
from ema_cli.__main__ import main
try:
    main()
finally:
    ours = str(os.getpid())
    print(*(text.replace(folder + os.sep, "").replace(ours, "PID") for text in seen), sep="\\n", file=sys.__stderr__)
"""
LOG = "step,param,shadow\n0,1,0.9\n100,10,1.6445454545454543\n100,10,2.328173553719008\n"


def done_by(folder: Path, *arguments: str) -> list[str]:
    """The system calls of the command, in order."""
    (folder / "log.csv").write_text(LOG)
    clean = untraced() | {"HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(folder), "-q", *arguments],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
env=clean,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    return done.stderr.split("\n")[:-1] if done.stderr.strip() else []


@pytest.mark.parametrize(
    "line",
    [
        *(f"--decay 0.99 0:1 100:10 -F {form}" for form in ("table", "json", "html", "svg")),
        pytest.param("--decay 0.99 0:1 100:10 --explain --plot --blank decay --answers", marks=needs_plot),
        "--rule edm2 :1 --summary --lang zh",
        "--list-rules",
        "--about-rule torch",
        "--help",
        "--completion bash",
    ],
)
def test_nothing_is_touched(line: str, tmp_path: Path) -> None:
    """Without a file on the command line, none is read or written, and nothing is run or fetched."""
    assert [] == done_by(tmp_path, *line.split())


@pytest.mark.parametrize(
    "line", ["--decay 0.99 log.csv", "--decay 0.99 --check shadow log.csv", "--identify shadow log.csv"]
)
def test_a_file_is_read_and_nothing_else(line: str, tmp_path: Path) -> None:
    """Only the named file is read, and none beside it."""
    (tmp_path / ".ema-calc.toml").write_text("decay = 0.5\n")
    assert ["read log.csv"] == done_by(tmp_path, *line.split())


def test_an_output_is_written_and_nothing_else(tmp_path: Path) -> None:
    """--output writes one file under another name, then renames it."""
    beside = ".ema-calc-PID-0.part"
    assert [f"write {beside}", f"os.rename {beside} out.csv"] == done_by(
        tmp_path, "--decay", "0.9", ":1", "-o", "out.csv"
    )
    (tmp_path / "out.csv").chmod(0o600)
    expected = [f"write {beside}", f"os.chmod {beside} ", f"os.rename {beside} out.csv"]
    assert expected == done_by(tmp_path, "--decay", "0.9", ":1", "-o", "out.csv")


@pytest.mark.parametrize("form", ["html", "svg"])
def test_pages_name_no_address(form: str, tmp_path: Path) -> None:
    """Pages and pictures load nothing: their only addresses are the names of SVG and MathML."""
    line = ["--decay", "0.99", "0:1", "--explain", "-F", form, "--title", "t"]
    out = subprocess.run(["ema-calc", *line], capture_output=True, text=True, env=environment()).stdout
    found = {word for word in out.replace("'", '"').split('"') if "//" in word and len(word) < 200}
    assert found <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML"}
    assert not [word for word in ("<script", "url(http", "@import", "src=", "href=") if word in out]
