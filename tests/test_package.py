"""What belongs to a package: its papers, and that nothing is left out."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest

import ema_cli
from tests.made import ROOT


def test_the_citation_has_the_version() -> None:
    """CITATION.cff names the version that --version prints."""
    assert f"version: {ema_cli.__version__}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()


def test_the_source_package_has_every_file() -> None:
    """Whatever is in the repository is in the source package, so that its tests run there, too."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no repository")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip(listed.stderr)
    with (ROOT / "pyproject.toml").open("rb") as file:
        included = tuple(tomllib.load(file)["tool"]["hatch"]["build"]["targets"]["sdist"]["include"])
    names = listed.stdout.splitlines()
    assert [] == [
        name for name in names if name not in included and not name.startswith(tuple(f"{i}/" for i in included))
    ]


def test_files_that_contributing_names() -> None:
    """Every file that CONTRIBUTING.md names is there."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    names = re.findall(r"`((?:ema_cli|tests)/[\w/.]+)`", text)
    assert names
    assert [] == [name for name in names if not (ROOT / name).exists()]
