"""Mistakes, each with the sentence that answers it.

`errors.tsv` has the command line, standard input, the exit code and the sentence. `python -m tests.cli.test_errors`
rewrites the codes and sentences; read the difference before committing it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.harness import run

TABLE = Path(__file__).with_name("errors.tsv")
_MARKS = {"\\": "\\", "\n": "n", "\t": "t", "\r": "r"}
_MARKED = {mark: character for character, mark in _MARKS.items()}


def _escaped(text: str) -> str:
    return re.sub(r"[\\\n\t\r]", lambda found: f"\\{_MARKS[found[0]]}", text)


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _MARKED[found[1]], text)


def _rows() -> list[list[str]]:
    """The cells of each line; a line of one cell is a heading."""
    return [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()]


def _answer(line: str, stdin: str) -> tuple[str, str]:
    """The exit code and the sentence; standard output must be empty."""
    outcome = run(_plain(line), _plain(stdin))
    assert outcome.out == ""
    return str(outcome.code), _escaped(outcome.err.removeprefix("ema-calc: error: ").removesuffix("\n"))


@pytest.mark.parametrize("row", [row for row in _rows() if len(row) > 1], ids=lambda row: f"{row[0]} {row[1]}".strip())
def test_mistakes(row: list[str]) -> None:
    """Each mistake is answered with one sentence on standard error, with the problem and the remedy."""
    line, stdin, *answer = row
    assert answer == [*_answer(line, stdin)]


if __name__ == "__main__":
    written = [row if len(row) < 2 else [*row[:2], *_answer(*row[:2])] for row in _rows()]
    TABLE.write_text("".join("\t".join(row) + "\n" for row in written), encoding="utf-8")
