"""The command as users meet it: its help, and the ways to call it."""

from __future__ import annotations

from shlex import quote
from sys import executable
from typing import TYPE_CHECKING

import pytest

from ema_cli.core.catalogue import rules
from tests.harness import run, shell

if TYPE_CHECKING:
    from pathlib import Path

WIDTHS = (60, 75, 76, 80, 100)


@pytest.mark.parametrize("width", WIDTHS)
def test_help_fits(width: int, tmp_path: Path) -> None:
    """No line of the help is wider than the terminal, except commands, which are not broken."""
    lines = shell("ema-calc --help", tmp_path, COLUMNS=str(width)).out.splitlines()
    wide = [line for line in lines if len(line) > width and "ema-calc --" not in line]
    assert [] == wide


def test_help_is_a_page(tmp_path: Path) -> None:
    """In 80 columns, the help has at most 100 lines, with one for each option."""
    lines = shell("ema-calc --help", tmp_path, COLUMNS="80").out.splitlines()
    assert len(lines) <= 100
    options = lines[lines.index("The script:") : -2]
    assert [] == [line for line in options if line.startswith("     ")]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_help_keeps_words_whole(width: int, tmp_path: Path) -> None:
    """Even the longest word in the help is not broken."""
    words = shell("ema-calc --help", tmp_path, COLUMNS=str(width)).out.split()
    assert {"--param-column", "COLUMN=VALUE", "tensorflow,"} <= set(words)
    assert [] == [word for word in words if word.endswith("-") and word.strip("-")]


def test_meanings_in_a_narrow_terminal_have_the_whole_line(tmp_path: Path) -> None:
    """In 60 columns, the meaning of an option stands below it; in 80, beside it."""
    narrow, wide = (shell("ema-calc --help", tmp_path, COLUMNS=width).out for width in ("60", "80"))
    assert "  --runs K\n      Number of times to apply that update" in narrow
    assert "  --runs K              Number of times to apply that update" in wide


@pytest.mark.parametrize("arguments", ["--help", "--decay 0.99 0:1 100:10x7", "--decay 2 0:1", "--version"])
def test_the_module_is_the_command(arguments: str, tmp_path: Path) -> None:
    """`python -m ema_cli` prints the same as `ema-calc` and ends with the same code."""
    module = shell(f"{quote(executable)} -m ema_cli {arguments}", tmp_path)
    assert shell(f"ema-calc {arguments}", tmp_path) == module


def test_the_rules_in_a_narrow_terminal() -> None:
    """The list keeps every rule, leaves out the columns that don't fit, and says so."""
    *table, before, last = run("--list-rules --width 80").out.splitlines()
    left_out = "first decays at 0.9999, default decay, source"
    told = f"no room for {left_out}; --width 200 or --format csv shows all"
    assert told == f"{before} {last}"
    assert {80} == set(map(len, table))
    assert set(rules()) <= {line[1:].split("│")[0].strip() for line in table if line.startswith("│")}


def test_short_columns_stay() -> None:
    """Columns that fit are kept, however many there are."""
    log = "step,param,shadow\n0,1,0.9\n100,10,1.6445453\n100,10,2.3281732\n"
    out = run("--identify shadow -q --width 130", log).out
    assert "left out" not in out
    assert "┃ counter ┃" in out


def test_the_rules_where_there_is_room() -> None:
    """If a table is asked for, a list off a terminal is as wide as it needs to be, with all its columns."""
    out = run("--list-rules -F table").out
    assert "left out" not in out
    assert "│ 0.1, 0.181818, 0.25 " in out
    assert "torch-ema 0.3, torch_ema/ema.py" in out
