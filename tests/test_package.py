"""The contents of the package: its metadata, and all files."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from shlex import quote
from zipfile import ZipFile

import pytest

import ema_cli
from ema_cli.cli.completion import SCRIPTS
from tests.build import build
from tests.harness import shell
from tests.made import ROOT


def test_the_citation_has_the_version() -> None:
    """CITATION.cff names the version that --version prints."""
    assert f"version: {ema_cli.__version__}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()


def test_a_room_imports_nothing_by_itself() -> None:
    """The `__init__` of a room holds a docstring alone, so that importing one module does not load the others."""
    rooms = sorted((ROOT / "ema_cli").glob("*/**/__init__.py"))
    assert [] == [path for path in rooms if len(ast.parse(path.read_text(encoding="utf-8")).body) > 1]


TABLES = ("core/rules/", "languages/", "cli/options.py", "report/column_specs.py")


def test_modules_can_be_read_in_one_sitting() -> None:
    """No module has more than 300 lines, except tables of entries."""
    package = ROOT / "ema_cli"
    lengths = {
        path.relative_to(package).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in package.rglob("*.py")
    }
    assert {} == {name: lines for name, lines in lengths.items() if lines > 300 and not name.startswith(TABLES)}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The source package, unpacked, and the wheel that is built from it."""
    return build(tmp_path_factory.mktemp("dist"))


@pytest.mark.long
def test_the_source_package_has_every_file(packages: tuple[Path, Path]) -> None:
    """Every file of the repository is in the source package, so that its tests run there, too."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no repository")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip(listed.stderr)
    source, _ = packages
    assert [] == [name for name in listed.stdout.splitlines() if not (source / name).exists()]


@pytest.mark.long
def test_the_wheel_has_every_file(packages: tuple[Path, Path]) -> None:
    """The wheel holds every module, the completions and the man page, but no test and no source of the core."""
    _, wheel = packages
    held = [name for name in ZipFile(wheel).namelist() if "dist-info/" not in name]
    share = {name.partition(".data/data/")[2] for name in held if ".data/data/" in name}
    with (ROOT / "pyproject.toml").open("rb") as file:
        shared = tomllib.load(file)["tool"]["setuptools"]["data-files"]
    assert {f"{folder}/{Path(name).name}" for folder, names in shared.items() for name in names} == share
    modules = [path for path in (ROOT / "ema_cli").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    left_out = {".cpp", ".h", ".so", ".pyd"}
    expected = {path.relative_to(ROOT).as_posix() for path in modules if path.suffix not in left_out}
    assert expected == {name for name in held if ".data/" not in name and Path(name).suffix not in {".so", ".pyd"}}


@pytest.mark.long
def test_the_core_is_compiled_where_there_is_a_compiler(packages: tuple[Path, Path]) -> None:
    """If there is a compiler, the wheel holds the compiled core for this and every later Python."""
    compiled = [
        name for name in ZipFile(packages[1]).namelist() if re.match(r"ema_cli/native/_core\.(abi3\.so|pyd)$", name)
    ]
    assert len(compiled) == (shutil.which("c++") is not None)
    assert "-cp311-abi3-" in packages[1].name


@pytest.mark.long
def test_the_wheel_runs(packages: tuple[Path, Path], tmp_path: Path) -> None:
    """Unpacked by itself, the wheel computes, completes and prints JSON."""
    ZipFile(packages[1]).extractall(tmp_path / "there")
    line = f"{quote(sys.executable)} -m ema_cli"
    outcome = shell(f"{line} --decay 0.99 0:1 100:10 -F csv", tmp_path, PYTHONPATH=str(tmp_path / "there"))
    assert (0, "step,param,decay,shadow\n0,1,0.1,0.9\n100,10,0.9181818181818182,1.6445454545454543\n", "") == outcome
    where = f"{quote(sys.executable)} -c 'import ema_cli; print(ema_cli.__file__)'"
    assert f"{tmp_path}/there/ema_cli/__init__.py\n" == shell(where, tmp_path, PYTHONPATH=str(tmp_path / "there")).out
    for name in SCRIPTS:
        asked = f"{line} --completion {name}"
        assert "_EMA_CALC_COMPLETE" in shell(asked, tmp_path, PYTHONPATH=str(tmp_path / "there")).out


@pytest.mark.long
def test_the_source_package_is_whole(packages: tuple[Path, Path]) -> None:
    """The source package builds the same wheel, and has the tests and their data."""
    source, _ = packages
    for name in (
        "tests/test_package.py",
        "tests/cases/reference-session/expout",
        "docs/rounding.md",
        ".ci/run",
        "Makefile",
    ):
        assert (source / name).read_bytes() == (ROOT / name).read_bytes()


def test_dependencies_have_a_lower_bound() -> None:
    """Every dependency, also of the extras, names the lowest version that works and nothing else."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    bounds = [
        *project["dependencies"],
        *(bound for extra in project["optional-dependencies"].values() for bound in extra),
    ]
    assert [] == [bound for bound in bounds if not re.fullmatch(r"[\w-]+>=[\d.]+(, ?<[\d.]+)?", bound, re.ASCII)]


def test_files_that_are_named() -> None:
    """Every file named in CONTRIBUTING.md or a docstring exists."""
    texts = [(ROOT / "CONTRIBUTING.md"), *(ROOT / "ema_cli").rglob("*.py")]
    named = [name for text in texts for name in re.findall(r"`([a-z_]+/[\w/]+\.py)`", text.read_text(encoding="utf-8"))]
    assert len(named) > 40
    assert [] == [name for name in named if not any((folder / name).exists() for folder in (ROOT, ROOT / "ema_cli"))]


def test_the_picture_in_contributing_is_true() -> None:
    """Every room is in the picture, and every module in the picture is in that room."""
    picture = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("```text\n")[1].split("```")[0]
    house = ROOT / "ema_cli"
    room, named, missing = house, set[str](), []
    for line in picture.splitlines():
        if own := re.match(r"   (\w+)/ ", line):
            room = house / own[1]
        elif not line.strip(" |"):
            room = house
        for name in re.findall(r"[\w/]+(?:\.py|/)(?= |:|\)|,|$)", line):
            named.add(name)
            if not (room / name).exists() and not (house / name).exists():
                missing.append(name)
    assert [] == missing
    rooms = {f"{path.name}/" for path in house.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert [] == sorted(rooms - named)
    assert [] == sorted({path.name for path in house.glob("[a-z]*.py")} - named)
