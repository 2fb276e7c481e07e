"""The packages on every Python, with the newest and the lowest versions of what they need.

A source package is built, and the wheel from it; the wheel is installed in an empty environment, tried out in an empty
folder, and the tests of the source package are run on what was installed. In the last place, mypy and pyright check
somebody else's code against it.

    python -m tests.everywhere [PLACE...]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple

from tests.lowest import ROOT, lowest

FOLDER = ROOT / ".everywhere"

EXTRAS = ("plot",)


_NO_SOURCE = (
    ".git",
    ".venv*",
    ".everywhere",
    ".*_cache",
    "__pycache__",
    ".hypothesis",
    "build",
    "dist",
    "*.egg-info",
    "*.so",
)


class Place(NamedTuple):
    """An environment to be tried."""

    name: str
    python: str
    extras: tuple[str, ...] = EXTRAS
    pins: tuple[str, ...] = ()
    """Versions that are not the newest."""
    typed: bool = False
    """Whether types are checked, and no tests are run."""


PLACES = (
    Place("3.11-lowest", "3.11", pins=(*lowest(*EXTRAS),)),
    Place("3.11", "3.11"),
    Place("3.12-bare", "3.12", extras=()),
    Place("3.12", "3.12"),
    Place("3.13", "3.13"),
    Place("typing", "3.11", extras=(), typed=True),
)

TRIALS = (
    ("ema-calc", "--decay", "0.99", "0:1", "100:10x7"),
    ("python", "-m", "ema_cli", "--decay", "0.99", "--rule", "tensorflow", "0:1", "-F", "json"),
    ("ema-calc", "--completion", "zsh"),
)
"""What must work before anything else is installed."""


def main(names: list[str]) -> int:
    """Try the places of these names, or all; 1 if a check fails."""
    known = [place.name for place in PLACES]
    for name in names:
        if name not in known:
            print(f"there is no place {name}; there are {', '.join(known)}")
            return 2
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    source, wheel = build(FOLDER / "dist")
    failed = 0
    for place in PLACES:
        if names and place.name not in names:
            continue
        python = find(place.python)
        if python is None:
            print(f"{place.name}: skipped, there is no Python {place.python} here", flush=True)
            continue
        with (FOLDER / f"{place.name}.log").open("w", encoding="utf-8") as log:
            try:
                Trial(place, source, wheel, log.fileno()).run(python)
            except subprocess.CalledProcessError as error:
                print(f"{place.name}: failed: {' '.join(map(str, error.cmd))}")
                failed = 1
        lines = (FOLDER / f"{place.name}.log").read_text(encoding="utf-8").splitlines()
        print(f"{place.name}: {lines[-1] if lines else ''}", flush=True)
    return failed


def build(folder: Path) -> tuple[Path, Path]:
    """The source package, unpacked, and the wheel that is built from it."""
    tree = folder / "tree"  # a build leaves files beside what it builds
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*_NO_SOURCE))
    _build("sdist", tree, folder)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    source = folder / archive.name.removesuffix(".tar.gz")
    _build("wheel", source, folder)
    (wheel,) = folder.glob("*.whl")
    return source, wheel


def _build(target: str, source: Path, folder: Path) -> None:
    code = f"from setuptools import build_meta; build_meta.build_{target}({str(folder)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=source, check=True, capture_output=True)


def find(version: str) -> str | None:
    """A Python of that version: on the PATH, or one of pyenv's."""
    known = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    names = [f"python{version}", "python3", *map(str, sorted(known.glob(f"{version}.*/bin/python"), reverse=True))]
    for name in names:
        code = "import sys; print(sys._base_executable, '%d.%d' % sys.version_info[:2])"
        try:
            told = subprocess.run([name, "-c", code], capture_output=True, text=True, check=True).stdout.split()
        except (OSError, subprocess.CalledProcessError):
            continue
        if told[-1] == version:
            return " ".join(told[:-1])
    return None


class Trial:
    """One place, from an empty environment to the last test.

    Args:
        place: What to try.
        source: The unpacked source package.
        wheel: The wheel.
        log: Where everything that is printed goes.
    """

    def __init__(self, place: Place, source: Path, wheel: Path, log: int) -> None:
        self.place, self.source, self.wheel, self.log = place, source, wheel, log
        self.home = FOLDER / place.name
        self.bin = self.home / "venv" / ("Scripts" if os.name == "nt" else "bin")

    def run(self, python: str) -> None:
        """All of it.

        Raises:
            subprocess.CalledProcessError: A command failed.
        """
        empty = self.home / "empty"
        empty.mkdir(parents=True)
        self._do([python, "-m", "venv", str(self.home / "venv")], empty)
        self._pip("--upgrade", "pip>=25.1")
        extras = f"[{','.join(self.place.extras)}]" if self.place.extras else ""
        self._pip(f"ema-cli{extras} @ {self.wheel.as_uri()}", *self.place.pins)
        for program, *arguments in TRIALS:
            self._do([self.bin / program, *arguments], empty)
        (self._check_types if self.place.typed else self._test)(empty)

    def _test(self, empty: Path) -> None:
        self._pip("--group", f"{self.source / 'pyproject.toml'}:test", *self.place.pins)
        # The tests find the package beside them, and that is the one that was installed.
        tests = self.home / "source"
        shutil.copytree(self.source, tests, ignore=lambda folder, _: ["ema_cli"] if folder == str(self.source) else [])
        where = "import ema_cli, os; print(os.path.dirname(ema_cli.__file__))"
        installed = subprocess.run([self.bin / "python", "-c", where], cwd=empty, capture_output=True, text=True)
        (tests / "ema_cli").symlink_to(installed.stdout.strip())
        self._do([self.bin / "python", "-m", "pip", "list"], empty)
        self._do([self.bin / "pytest", "-q", "-p", "no:cacheprovider"], tests)

    def _check_types(self, empty: Path) -> None:
        self._pip("mypy", "pyright")
        consumer = (self.source / "tests/typing/consumer.py").read_text(encoding="utf-8")
        (empty / "consumer.py").write_text(f"# pyright: strict\n{consumer}", encoding="utf-8")
        self._do([self.bin / "mypy", "--strict", "consumer.py"], empty)
        self._do([self.bin / "pyright", "--pythonpath", self.bin / "python", "consumer.py"], empty)

    def _pip(self, *arguments: str) -> None:
        self._do([self.bin / "python", "-m", "pip", "install", "--quiet", *arguments], self.home)

    def _do(self, command: list[str | Path], folder: Path) -> None:
        subprocess.run(command, cwd=folder, check=True, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
