"""The files made from the code are up to date."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from ema_cli.cli.command import command
from ema_cli.core.catalogue import rules
from ema_cli.core.rule import AREAS
from tests.harness import run, shell
from tests.made import MADE, PAGES, ROOT
from tests.made.areas import FOLDER, users
from tests.made.pictures import PICTURES, words
from tests.made.sessions import sessions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", [name for name in MADE if name not in (*PICTURES, *PAGES)])
def test_it_is_fresh(name: str) -> None:
    """Each made file is what `make docs` would write."""
    assert MADE[name]() == (ROOT / name).read_text(encoding="utf-8"), "run: make docs"


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_show_the_table(name: str) -> None:
    """A picture has the cells of the table that the command prints."""
    session = PICTURES[name][1]
    heading, *rows = run(f"{session} -F markdown").out.split("\n| ")
    cells = [cell.strip() for row in rows for cell in row.split("|") if cell.strip(" -:\n")]
    told = [f"$ ema-calc {session}", heading.splitlines()[0], *cells]
    assert told == words((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_ask_nobody(name: str) -> None:
    """A picture loads nothing: its only address is the name of its language."""
    assert ["http://www.w3.org/2000/svg"] == re.findall(r"https?:[^\"')]*", (ROOT / name).read_text(encoding="utf-8"))


def test_sessions_are_found() -> None:
    """A command may continue on the next line, and may print nothing."""
    text = "```console\n$ echo a \\\n    b\na b\n$ true\n```\n"
    assert [("echo a \\\n    b", "a b\n"), ("true", "")] == sessions(text)


def test_the_man_page_is_sound(tmp_path: Path) -> None:
    """The formatter of man pages has no complaint, and shows every option."""
    if shutil.which("groff") is None:
        pytest.skip("there is no groff")
    outcome = shell(f"groff -man -Tutf8 -ww -P-cbou -rLL=100n {ROOT / 'man/ema-calc.1'}", tmp_path)
    assert (0, "") == (outcome.code, outcome.err)
    options = [name for option in command.options for name in option.names]
    assert [] == [name for name in options if name not in outcome.out.replace("‐", "-")]


def test_every_rule_is_on_a_page() -> None:
    """Each rule has an area, each area has a rule, and no page of a former area is left."""
    assert set(rules()) == {rule.name for area in AREAS for rule in users(area)}
    assert [] == [area for area in AREAS if not users(area)]
    assert {name for name in MADE if name.startswith(FOLDER)} == {
        str(path.relative_to(ROOT)) for path in (ROOT / FOLDER).iterdir()
    }
