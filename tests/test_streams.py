"""Standard streams as a shell may pass them: closed, full, cut off, or non-blocking."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.harness import environment, run, shell, untraced

if TYPE_CHECKING:
    from pathlib import Path

CSV = "ema-calc --decay 0.9 -q -F csv"
HEADER = "step,param,decay,shadow\n"
ANSWERS = ["--help", "--version", "--completion zsh", "--list-rules", "--about-rule torch", "", "--decay 0.9 0:1"]
UNMEASURED = "unset COVERAGE_PROCESS_CONFIG"
"""Coverage's data at the end of a process would not fit in a file of the sizes below, either."""

pytestmark = pytest.mark.skipif(not hasattr(os, "set_blocking"), reason="streams of POSIX")


@pytest.mark.parametrize("line", ANSWERS)
def test_closed_output(line: str, tmp_path: Path) -> None:
    """Without a place to print to, every call is an error."""
    expected = (1, "", "ema-calc: error: cannot write <stdout>: it is closed\n")
    assert expected == shell(f"ema-calc {line} <&- >&-", tmp_path)


@pytest.mark.parametrize("line", ANSWERS[:3])
def test_reader_of_words_that_goes_away(line: str, tmp_path: Path) -> None:
    """A reader that is gone before the first word is not a failure."""
    assert (0, "", "") == shell(f"set -o pipefail; ema-calc {line} | true", tmp_path)


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("form", ["table", "csv", "tsv", "jsonl", "json", "markdown", "latex", "html", "svg"])
def test_disk_that_fills_up_within_a_write(form: str, unbuffered: str, tmp_path: Path) -> None:
    """If the system takes only a part of a write, the rest is written or an error reported, however Python buffers."""
    line = f"{UNMEASURED}; ulimit -f 8; ema-calc --decay 0.9 -q -F {form} 0..3000:1 > out"
    outcome = shell(line, tmp_path, PYTHONUNBUFFERED=unbuffered, PYTHONDONTWRITEBYTECODE="1")
    assert (1, "ema-calc: error: cannot write <stdout>: File too large\n") == (
        outcome.code,
        outcome.err.replace("; the output is incomplete", ""),
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("stderr", ["2>/dev/full", "2>&-", "2> >(true)"])
def test_errors_that_nobody_can_read(stderr: str, unbuffered: str, tmp_path: Path) -> None:
    """The exit code is the same whether or not the error could be printed."""
    for code, line in (1, "--decay 0.9 no.csv"), (2, "--decay 7 :1"), (0, "--decay 0.9 :1 -o out.csv"):
        assert (code, "", "") == shell(f"ema-calc {line} {stderr}", tmp_path, PYTHONUNBUFFERED=unbuffered)


def test_input_that_does_not_wait(tmp_path: Path) -> None:
    """A pipe that says "nothing yet" has not ended."""
    its, ours = os.pipe()
    os.set_blocking(its, False)
    with subprocess.Popen(
        ["ema-calc", "--decay", "0.9", "-q", "-F", "csv"],
        stdin=its, stdout=subprocess.PIPE, env=environment(), cwd=tmp_path,
    ) as process:  # fmt: skip
        os.close(its)
        assert process.stdout is not None
        for step in range(3):
            os.write(ours, f"{step},1\n".encode())
            while not process.stdout.readline().startswith(f"{step},1,".encode()):
                pass
            time.sleep(0.05)
        os.close(ours)
    assert 0 == process.returncode


def test_output_that_does_not_wait(tmp_path: Path) -> None:
    """A pipe that is full for the moment gets the rest later."""
    ours, its = os.pipe()
    os.set_blocking(its, False)
    with subprocess.Popen(
        ["ema-calc", "--decay", "0.9", "-q", "-F", "csv", "0..20000:1"], stdout=its, env=environment(), cwd=tmp_path
    ) as process:
        os.close(its)
        time.sleep(0.3)
        data = b""
        while some := os.read(ours, 65536):
            data += some
        os.close(ours)
    assert (0, 20_002) == (process.returncode, data.count(b"\n"))


# Files that are open already.


@pytest.mark.parametrize(
    ("name", "number"), [("/dev/stdout", 1), ("/dev/stderr", 2), ("/dev/fd/9", 9), ("/proc/self/fd/1", 1)]
)
def test_output_to_an_open_file(name: str, number: int, tmp_path: Path) -> None:
    """The name of an open file is that file at its position: what is written before and after stays."""
    line = f"{{ echo a >&{number}; {CSV} 0:1 -o {name}; echo b >&{number}; }} {number}> out"
    assert (0, "", "") == shell(line, tmp_path)
    assert f"a\n{HEADER}0,1,0.1,0.9\nb\n" == (tmp_path / "out").read_text()


def test_output_to_a_file_that_is_not_open(tmp_path: Path) -> None:
    """A number without an open file is an error."""
    expected = (1, "", "ema-calc: error: cannot write /dev/fd/99: Bad file descriptor\n")
    assert expected == shell(f"{CSV} 0:1 -o /dev/fd/99", tmp_path)


def test_output_to_no_file(tmp_path: Path) -> None:
    """The name of a folder, and a link to itself, are errors, and are left unchanged."""
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    for name, reason in ("new/", "that is the name of a folder"), ("loop.csv", "Too many levels of symbolic links"):
        expected = (1, "", f"ema-calc: error: cannot write {name}: {reason}\n")
        assert expected == shell(f"{CSV} 0:1 -o {name}", tmp_path)
    assert ["loop.csv"] == [path.name for path in tmp_path.iterdir()]
    assert (tmp_path / "loop.csv").is_symlink()


# Limits of the system.


def test_what_the_system_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that is not about the user's files is reported in the system's own words."""

    def refuse(options: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("ema_cli.cli.command.Session", refuse)
    assert (1, "", "ema-calc: error: Too many open files\n") == run("--decay 0.9 0:1")


MOST_MEMORY = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // (1024 if sys.platform == "darwin" else 1))
"""


@pytest.mark.long
@pytest.mark.parametrize("options", ["--dtype exact", "-c exact,error-ulps"])
def test_memory_of_long_fractions(options: str, tmp_path: Path) -> None:
    """Fractions of thousands of digits are not all kept in memory."""
    line = f"ema-calc --decay 0.9 -F csv {options} --digits 5 0..7000:1.5 -o out.csv"
    call = [sys.executable, "-c", MOST_MEMORY, *line.split()]
    kilobytes = int(subprocess.run(call, cwd=tmp_path, env=untraced(), check=True, capture_output=True).stdout)
    assert 7002 == (tmp_path / "out.csv").read_text().count("\n")
    assert 32_000 > kilobytes
