"""When the compiled core is loaded, and what reports it."""

from __future__ import annotations

import sys
from shlex import quote
from typing import TYPE_CHECKING

import pytest

from tests.harness import shell
from tests.native import needs_core

if TYPE_CHECKING:
    from pathlib import Path

TOLD = "print('ema_cli.native._core' in sys.modules, file=sys.stderr)"
CODE = f"import sys; from ema_cli.__main__ import main; sys.argv[1:1] = ['-q']\ntry: main()\nfinally: {TOLD}"


def loads(arguments: str, folder: Path, **settings: str) -> bool:
    """True if a call loads the compiled core."""
    outcome = shell(f"{quote(sys.executable)} -c {quote(CODE)} {arguments} > out", folder, **settings)
    assert outcome.code == 0, outcome.err
    return outcome.err.splitlines()[-1] == "True"


@needs_core
def test_it_is_loaded_for_long_scripts_alone(tmp_path: Path) -> None:
    """Pieces and short files don't load it; a file of more than 8 KiB does."""
    row = "123,0.25\n"
    (tmp_path / "short.csv").write_text("step,param\n" + row * 800)
    (tmp_path / "long.csv").write_text("step,param\n" + row * 1000)
    assert not loads("--decay 0.9 0..500:1 -F csv", tmp_path)
    assert not loads("--decay 0.9 short.csv -F csv", tmp_path)
    assert loads("--decay 0.9 long.csv -F csv", tmp_path)
    compiled = (tmp_path / "out").read_bytes()
    assert not loads("--decay 0.9 long.csv -F csv", tmp_path, EMA_CALC_PURE="1")
    assert compiled == (tmp_path / "out").read_bytes()


@pytest.mark.parametrize(
    "broken", ["raise ImportError('no such symbol')", "works = lambda: False"], ids=["missing", "of no use"]
)
def test_one_that_does_not_load_is_none(broken: str, tmp_path: Path) -> None:
    """If it can't be loaded, or its arithmetic is wrong, Python does everything."""
    (tmp_path / "long.csv").write_text("step,param\n" + "123,0.25\n" * 1000)
    fake = f"import sys, types; m = types.ModuleType('ema_cli.native._core'); code = {broken!r}\n"
    if "raise" in broken:
        fake += "sys.modules['ema_cli.native._core'] = None\n"
    else:
        fake += "exec(code, m.__dict__); import ema_cli.native as n; n._core = m; sys.modules[m.__name__] = m\n"
    code = fake + "from ema_cli.__main__ import main; main()"
    line = f"{quote(sys.executable)} -c {quote(code)}"
    outcome = shell(f"{line} --decay 0.9 long.csv -F csv | tail -1", tmp_path)
    expected = shell("ema-calc --decay 0.9 long.csv -F csv | tail -1", tmp_path, EMA_CALC_PURE="1")
    assert expected.out == outcome.out != ""
    assert "plain Python" in shell(f"{line} --version", tmp_path).out


@needs_core
def test_the_version_says_which(tmp_path: Path) -> None:
    """--version names the compiled core, or says that there is none."""
    assert shell("ema-calc --version", tmp_path).out.endswith(", compiled core\n")
    assert shell("ema-calc --version", tmp_path, EMA_CALC_PURE="1").out.endswith(", plain Python\n")
