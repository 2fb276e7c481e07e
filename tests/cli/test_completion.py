"""Completion in shells."""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from shlex import quote
from typing import TYPE_CHECKING

import pytest

from ema_cli.cli.completion import SCRIPTS
from ema_cli.core.catalogue import rules
from ema_cli.core.numbers.dtypes import DTYPES
from ema_cli.formats.registry import FORMATS
from ema_cli.report.column_specs import COLUMNS
from tests.harness import run, shell
from tests.made import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_PRESS_TAB = {
    "bash": """
source <(ema-calc --completion bash)
compopt() {{ :; }}  # which bash allows only while a key is pressed
COMP_LINE={line} COMP_POINT=${{#COMP_LINE}}
_ema_calc_completion ema-calc
word=${{COMP_LINE##* }}
for found in "${{COMPREPLY[@]}}"; do echo "${{word%"${{word##*[:=]}}"}}$found"; done
""",
    "zsh": """
compdef() {{ :; }}
_describe() {{ print -rl -- "$IPREFIX${{(@P)^3}}" }}  # -V, a name, and the array
_files() {{ print files }}
source <(ema-calc --completion zsh)
line={line}
words=("${{(@s: :)line}}") CURRENT=$#words PREFIX=$words[-1] IPREFIX=
_ema_calc
""",
    "fish": """
ema-calc --completion fish | source
complete --do-complete {line}
""",
}
"""Complete as a shell does, without a terminal: the candidates, one per line, as whole words."""

SHELLS = [
    pytest.param(name, marks=pytest.mark.skipif(shutil.which(name) is None, reason=f"there is no {name}"))
    for name in _PRESS_TAB
]


def completed(name: str, line: str, folder: Path) -> list[str]:
    """The words with which a shell would replace the last one after `ema-calc`."""
    code = _PRESS_TAB[name].format(line=quote(f"ema-calc {line}"))
    flags = {"bash": "--norc", "zsh": "-f", "fish": "--no-config"}
    outcome = shell(f"exec {name} {flags[name]} -c {quote(code)}", folder, HOME=str(folder))
    assert outcome.err == ""
    words = [re.split(r"\t|(?<!\\):", found)[0] if name == "zsh" else found for found in outcome.out.splitlines()]
    return [word.split("\t")[0].replace("\\:", ":") for word in words if word]


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("--rule tensorflow-", [name for name in rules() if name.startswith("tensorflow-")]),
        ("--rule=tensorflow-", [f"--rule={name}" for name in rules() if name.startswith("tensorflow-")]),
        ("--about-rule k", [name for name in rules() if name.startswith("k")]),
        ("0:1 100:10x7 --dtype ", list(DTYPES)),
        ("-F ", list(FORMATS)),
        ("--columns ", list(COLUMNS)),
        ("-c step,ch", ["step,change"]),
        ("-c +ch", ["+change"]),
        ("-c round,rou", []),
        ("--half", ["--half-life"]),
        ("--digits 3 --digits 4 --half", ["--half-life"]),
        ("--nonsense --half", ["--half-life"]),
        ("--rule diffusers:fo", ["diffusers:foreach="]),
        ("--rule diffusers:foreach=t", ["diffusers:foreach=true"]),
        ("--rule=diffusers:foreach=t", ["--rule=diffusers:foreach=true"]),
        ("--rule diffusers:decay=0.9,fo", ["diffusers:decay=0.9,foreach="]),
        ("--rule diffusers:decay=0.9,foreach=f", ["diffusers:decay=0.9,foreach=false"]),
        ("--rule diffusers:foreach=true,fo", []),
        ("--rule edm:batch_size=", []),
        ("--rule diffuser:fo", []),
    ],
)
def test_tab_completes(name: str, line: str, expected: list[str], tmp_path: Path) -> None:
    """Tab completes options, values from tables, the parameters of a rule, and their values."""
    assert expected == completed(name, line, tmp_path)


@pytest.mark.parametrize("name", SHELLS[1:])
@pytest.mark.parametrize("before", ["0:1 ", "-o ", "--output="])
def test_tab_completes_files(name: str, before: str, tmp_path: Path) -> None:
    """Where a file is expected, the shell completes it."""
    (tmp_path / "updates.csv").touch()
    expected = "files" if name == "zsh" else f"{before.split()[-1] * before.endswith('=')}updates.csv"
    assert [expected] == completed(name, f"{before}upd", tmp_path)


@pytest.mark.parametrize("line", ["0:1 upd", "-o upd", "--output upd"])
def test_tab_leaves_files_to_the_shell(line: str, tmp_path: Path) -> None:
    """Where a file is expected, the answer says so."""
    asked = f"COMP_WORDS={quote(f'ema-calc {line}')} COMP_CWORD=upd _EMA_CALC_COMPLETE=fish_complete ema-calc"
    assert ["file,upd"] == shell(asked, tmp_path).out.splitlines()


def test_tab_after_what_is_no_text(tmp_path: Path) -> None:
    """A word of bytes that are not UTF-8 may be a file, too."""
    asked = "COMP_WORDS=$'ema-calc \\xff' COMP_CWORD=$'\\xff' _EMA_CALC_COMPLETE=fish_complete ema-calc"
    assert (0, "file,\\udcff\n", "") == shell(asked, tmp_path)


@pytest.mark.parametrize(
    "asked",
    [
        "_EMA_CALC_COMPLETE=fish_complete ema-calc",
        "_EMA_CALC_COMPLETE=bash_complete COMP_WORDS='ema-calc ' COMP_CWORD=x ema-calc",
        "_EMA_CALC_COMPLETE=fish_complete COMP_WORDS='ema-calc --' COMP_CWORD=-- ema-calc > /dev/full",
    ],
)
def test_questions_of_no_shell(asked: str, tmp_path: Path) -> None:
    """A question that no shell asks gets no answer and no traceback."""
    assert (1, "", "") == shell(asked, tmp_path)


@pytest.mark.parametrize("shell_name", SCRIPTS)
def test_scripts_are_printed(shell_name: str) -> None:
    """--completion prints the script, which uses Click's protocol."""
    outcome = run(f"--completion {shell_name}")
    assert (0, "") == (outcome.code, outcome.err)
    assert "_EMA_CALC_COMPLETE=" in outcome.out


def test_only_these_shells() -> None:
    """An unknown shell is an error that lists the known ones."""
    outcome = run("--completion csh")
    assert 2 == outcome.code
    assert all(name in outcome.err for name in SCRIPTS)


@pytest.mark.parametrize("name", ["zsh", "fish"])
def test_scripts_of_other_shells_are_sound(name: str, tmp_path: Path) -> None:
    """Each installed shell reads its script without complaint."""
    if shutil.which(name) is None:
        pytest.skip(f"there is no {name}")
    assert 0 == shell(f"ema-calc --completion {name} > script && {name} -n script", tmp_path).code


def test_the_wheel_ships_what_is_there() -> None:
    """Every file that the wheel puts under share/ exists, and every script is among them."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        files = tomllib.load(file)["tool"]["setuptools"]["data-files"].values()
    shared = [name for names in files for name in names]
    assert [] == [name for name in shared if not (ROOT / name).is_file()]
    assert {f"ema_cli/cli/shell/{name}" for name in SCRIPTS.values()} <= set(shared)


def test_completion_costs_nothing_unless_asked_for(tmp_path: Path) -> None:
    """A calculation does not import the code for completion."""
    code = (
        "import sys; from ema_cli.cli.command import command\n"
        "try: command(['--decay', '0.9', '0:1', '-F', 'csv'])\n"
        "except SystemExit: print(*(name for name in sys.modules if 'completion' in name))"
    )
    outcome = shell(f"{quote(sys.executable)} -c {quote(code)}", tmp_path)
    assert "step,param,decay,shadow\n0,1,0.1,0.9\n\n" == outcome.out
