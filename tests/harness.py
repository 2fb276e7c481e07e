"""Calls of the command for tests: in this process, which is fast, or as a process of its own where that matters."""

from __future__ import annotations

import csv
import os
import select
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path
from shlex import split
from typing import NamedTuple

from click.testing import CliRunner

from ema_cli.cli.command import command

SESSION = ("--decay", "0.99", "0:1", "100:10x7")
"""The reference session."""

_NOT_OURS = (
    *("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "TERM", "COLORTERM"),
    "PYTHONUNBUFFERED",
)


class Outcome(NamedTuple):
    """The result of a call of the command."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, str]]:
        """The records of CSV output."""
        return list(csv.DictReader(StringIO(self.out)))

    def column(self, name: str) -> list[str]:
        """One column of CSV output."""
        names, *rows = csv.reader(StringIO(self.out))
        return [(row or [""])[names.index(name)] for row in rows]  # a single empty cell is an empty line


def run(line: str | list[str], stdin: str | bytes = b"") -> Outcome:
    """Call the command in this process; `line` follows `ema-calc`."""
    arguments = split(line) if isinstance(line, str) else line
    environment: dict[str, str | None] = dict.fromkeys(_NOT_OURS)
    result = CliRunner(env=environment).invoke(command, arguments, input=stdin, catch_exceptions=False)
    return Outcome(result.exit_code, result.stdout_bytes.decode(), result.stderr_bytes.decode())


def csv_of(line: str | list[str], stdin: str | bytes = b"") -> Outcome:
    """Call the command with `--decay 0.9 --format csv`, which must succeed."""
    outcome = run(["--decay", "0.9", "-F", "csv", *(split(line) if isinstance(line, str) else line)], stdin)
    assert outcome.code == 0, outcome.err
    return outcome


def output(*arguments: str, stdin: str | bytes = b"") -> str:
    """The standard output of a call that must succeed."""
    outcome = run(list(arguments), stdin)
    assert outcome.code == 0, outcome.err
    return outcome.out


def column(name: str, *arguments: str, stdin: str | bytes = b"") -> list[str]:
    """One column of the CSV of a call that must succeed."""
    outcome = run(["-F", "csv", *arguments], stdin)
    assert outcome.code == 0, outcome.err
    return outcome.column(name)


def error_of(line: str | list[str], stdin: str | bytes = b"", code: int = 1) -> str:
    """The message of a call that must fail and leave standard output empty."""
    outcome = run(line, stdin)
    assert (outcome.code, outcome.out) == (code, ""), outcome
    assert outcome.err.startswith("ema-calc: error: "), outcome.err
    return outcome.err.removeprefix("ema-calc: error: ").removesuffix("\n")


def environment(**settings: str) -> dict[str, str]:
    """The environment of a process: the command on the PATH, and no variable that changes tables."""
    clean = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    path = f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}"
    return {**clean, "PATH": path, "PYTHONUTF8": "1", **settings}


def untraced() -> dict[str, str]:
    """The environment of a process that is interrupted: the measurement of coverage would block a signal."""
    return {name: value for name, value in environment().items() if not name.startswith("COVERAGE")}


def heed_interrupts() -> None:
    """Restore the default handling of Ctrl-C and hang-ups.

    A process in the background ignores Ctrl-C, and under nohup a hang-up as well, and so do the processes it starts.
    """
    for number in signal.SIGINT, signal.SIGHUP:
        signal.signal(number, signal.SIG_DFL)


def shell(line: str, folder: Path, stdin: bytes = b"", **settings: str) -> Outcome:
    """Let a shell run a line in a folder."""
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, input=stdin, capture_output=True, env=environment(**settings), timeout=60
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def terminal(
    line: str, columns: int = 80, stdin: bytes | None = None, then: tuple[str, bytes] = ("", b""), **settings: str
) -> Outcome:
    """Let a shell run a line on a terminal of this many columns; without `stdin`, the terminal is standard input,
    too.

    `then` is a text to wait for in the output, and the input that follows it.
    """
    import fcntl
    import pty
    import struct
    import termios

    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        ["bash", "-c", line],
        stdin=its if stdin is None else subprocess.PIPE,
        stdout=its,
        stderr=subprocess.PIPE,
        env=environment(**{"TERM": "xterm-256color", **settings}),
        start_new_session=True,
    )
    os.close(its)
    if process.stdin is not None and stdin is not None:
        process.stdin.write(stdin)
        process.stdin.flush()
    out = b""
    while then[0].encode() not in out and (chunk := _read(ours)):
        out += chunk
    if process.stdin is not None:
        process.stdin.write(then[1])
        process.stdin.close()
    while chunk := _read(ours):
        out += chunk
    os.close(ours)
    assert process.stderr is not None
    err = process.stderr.read()
    process.stderr.close()
    return Outcome(process.wait(), out.decode().replace("\r\n", "\n"), err.decode())


def _read(descriptor: int) -> bytes:
    assert select.select([descriptor], [], [], 30)[0], "the command is silent"
    try:
        return os.read(descriptor, 65536)
    except OSError:  # the error on Linux if the other side of a terminal is closed
        return b""
