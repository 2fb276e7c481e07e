"""The README's console blocks print what they show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.harness import shell

README = Path(__file__).parent.parent / "README.md"


def sessions(text: str) -> list[tuple[str, str]]:
    """The commands of all console blocks, each with the output that follows it."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command = re.match(r"(?:.*\\\n)*.*", part)
            assert command is not None
            found.append((command.group(), part[command.end() + 1 :]))
    return found


def test_sessions_are_found() -> None:
    """A command may go on in the next line, and may print nothing."""
    text = "```console\n$ echo a \\\n    b\na b\n$ true\n```\n"
    assert [("echo a \\\n    b", "a b\n"), ("true", "")] == sessions(text)


def test_readme_prints_what_it_shows(tmp_path: Path) -> None:
    """Every `$ command` in the README, run in order in one empty folder, prints the lines below it."""
    if not sessions(README.read_text()):
        pytest.skip("the README shows no session")
    for command, expected in sessions(README.read_text()):
        outcome = shell(f"exec 2>&1\n{command}", tmp_path)
        assert (command, expected) == (command, outcome.out)
