"""What is made from the code says what the code does."""

from __future__ import annotations

import re

import pytest

from tests.harness import run
from tests.made import MADE, ROOT
from tests.made.pictures import SESSION, words
from tests.made.sessions import sessions

PICTURES = [name for name in MADE if name.endswith(".svg")]


@pytest.mark.parametrize("name", [name for name in MADE if name not in PICTURES])
def test_it_is_fresh(name: str) -> None:
    """Each made file is what `make docs` would write."""
    assert MADE[name]() == (ROOT / name).read_text(encoding="utf-8"), "run: make docs"


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_show_the_table(name: str) -> None:
    """A picture reads as the table that the command prints; how Rich draws it may change with Rich."""
    table = ["".join(line.split()) for line in run(SESSION).out.splitlines()]
    assert ["".join(f"$ ema-calc {SESSION}".split()), *table] == words((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_ask_nobody(name: str) -> None:
    """A picture loads nothing: the only address in it is the name of its language."""
    assert ["http://www.w3.org/2000/svg"] == re.findall(r"https?:[^\"')]*", (ROOT / name).read_text(encoding="utf-8"))


def test_sessions_are_found() -> None:
    """A command may go on in the next line, and may print nothing."""
    text = "```console\n$ echo a \\\n    b\na b\n$ true\n```\n"
    assert [("echo a \\\n    b", "a b\n"), ("true", "")] == sessions(text)
