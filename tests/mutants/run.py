"""How mutants are tested: each in a process forked from one that has imported what the tests need, but not the house.

So a mutant costs what its tests cost. They are those that reach its lines, the last to find a mutant first, and the
first that fails ends it. A test that starts a process is of no use, as the process would import the unchanged source.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections import Counter
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.mutants.operators import Mutant

ROOT = Path(__file__).parents[2]
FOLDERS = ("core", "script", "output", "conformance")
FILES = ("test_cli", "test_python", "test_columns", "test_check", "test_summary", "test_properties", "test_working")
"""The tests of a room, and the files of tests, that may find a mutant: those that run in this process and fast."""
SECONDS = 15
"""The processor time that a mutant may take, which is far more than its tests need: one that takes it hangs."""
MEMORY = 4 << 30
ENOUGH = 3.0
"""The tests nearest to a mutant find it in so many seconds, or not at all."""

_LIVES = "lives"


class _Watch:
    """A pytest plugin that learns which test reaches which lines, and what each costs."""

    def __init__(self) -> None:
        import coverage

        self.coverage = coverage.Coverage(data_file=None, source=["ema_cli"], config_file=False, branch=False)
        self.failed: set[str] = set()
        self.cost: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.coverage.switch_context(item.nodeid)
        started = time.process_time()
        try:
            return (yield)
        finally:
            self.cost[item.nodeid] = time.process_time() - started

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self.failed.add(report.nodeid)

    def reached(self) -> dict[str, Any]:
        """The tests, those that reach the fewest lines first, with the seconds of each, and which reach each line."""
        data = self.coverage.get_data()
        files = {str(Path(file).relative_to(ROOT)): data.contexts_by_lineno(file) for file in data.measured_files()}
        breadth = Counter(test for lines in files.values() for tests in lines.values() for test in tests)
        usable = [test for test in self.cost if test not in self.failed and self.cost[test] < ENOUGH / 2]
        nearest = {test: place for place, test in enumerate(sorted(usable, key=breadth.__getitem__))}
        return {
            "lines": {
                file: {line: [nearest[test] for test in tests if test in nearest] for line, tests in lines.items()}
                for file, lines in files.items()
            },
            "imported": {file: [line for line, tests in lines.items() if "" in tests] for file, lines in files.items()},
            "tests": list(nearest),
            "cost": [self.cost[test] for test in nearest],
        }


class _Chosen:
    """A pytest plugin that runs these tests, in this order."""

    def __init__(self, tests: Iterable[str]) -> None:
        self.order = {test: place for place, test in enumerate(tests)}
        self.killer = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((i for i in items if i.nodeid in self.order), key=lambda i: self.order[i.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.killer = report.nodeid


def preload() -> None:
    """Import what tests import, but nothing of this project."""
    import asyncio
    import csv
    import difflib
    import fractions
    import unittest.mock

    import click.testing
    import hypothesis.strategies
    import orjson
    import rich.console
    import rich.table

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    hypothesis.settings.register_profile("mutants", derandomize=True, database=None, deadline=None, max_examples=30)
    hypothesis.settings.load_profile("mutants")
    assert all((asyncio, csv, difflib, fractions, unittest.mock, click, orjson, rich))
    assert not any(name.partition(".")[0] == "ema_cli" for name in sys.modules)


def forked(work: Callable[[], str], seconds: int) -> str:
    """The text that a process gives that does this work; nothing where it had to be ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.alarm(seconds * 10)
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        try:
            told = work()
        except BaseException as error:  # whatever it is, it must not go on in a copy of the parent
            told = f"error: {error!r}"
        os.write(writing, told.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text


def _pytest(arguments: Iterable[str], plugin: object) -> int:
    off = ("cacheprovider", "doctest", "junitxml", "faulthandler", "pastebin")
    return pytest.main(
        ["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), "-o", "addopts=", "-x", *arguments]
        + [f"-pno:{name}" for name in off],
        plugins=[plugin],
    )


def test_files() -> list[str]:
    """The files of the tests that may find a mutant."""
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    chosen = [path for path in paths if path.parent.name in FOLDERS or path.stem in FILES]
    return [str(path.relative_to(ROOT)) for path in chosen]


def learn(to: Path) -> None:
    """Run all tests once, unchanged, and write down which reach which line."""

    def work() -> str:
        import subprocess

        def refuse(*_: Any, **__: Any) -> None:
            raise RuntimeError("no process is started here")

        subprocess.Popen.__init__ = refuse  # type: ignore[method-assign, assignment]
        watch = _Watch()
        watch.coverage.start()
        _pytest(["--maxfail=100000", *test_files()], watch)
        watch.coverage.stop()
        to.write_text(json.dumps(watch.reached()))
        return "learnt"

    started = time.monotonic()
    text = forked(work, 3600)
    if text != "learnt":
        raise SystemExit(f"the tests could not be run: {text}")
    tests = len(json.loads(to.read_text())["tests"])
    print(f"{tests} tests reach the code, learnt in {time.monotonic() - started:.0f} s", flush=True)


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, text: bytes) -> None:
        super().__init__(name, path)
        self.text = text

    def get_code(self, fullname: str) -> Any:
        return compile(self.text, self.path, "exec")


class _Finder:
    def __init__(self, path: str, text: bytes) -> None:
        self.name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.path, self.text = path, text

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        if name != self.name:
            return None
        return spec_from_file_location(name, ROOT / self.path, loader=_Loader(name, str(ROOT / self.path), self.text))


def tests_of(mutant: Mutant, path: str, reached: dict[str, Any]) -> list[str]:
    """The tests that reach a mutant, those that reach the fewest lines first, as many as take ENOUGH seconds.

    What runs when the module is imported may matter to tests that reach nothing else of it: all follow those of a file
    that has one which does.
    """
    names, costs, lines = reached["tests"], reached["cost"], reached["lines"].get(path, {})
    around = range(mutant.inside[0], mutant.inside[1] + 1)
    places = sorted({place for line in around for place in lines.get(str(line), ())})
    left = ENOUGH
    if not set(around).isdisjoint(reached["imported"].get(path, ())):
        files = {names[place].partition("::")[0] for some in lines.values() for place in some}
        places += sorted({place for place, name in enumerate(names) if name.partition("::")[0] in files} - set(places))
        left = 2 * ENOUGH
    chosen: list[str] = []
    for place in places:
        left -= costs[place]
        if left > 0:
            chosen.append(names[place])
    return chosen


def killer_of(path: str, text: bytes, tests: list[str], first: list[str]) -> str | None:
    """The test that finds a mutant, or how else it died; None if it lives. Tests in `first` come first."""

    def work() -> str:
        sys.meta_path.insert(0, _Finder(path, text))  # type: ignore[arg-type]
        chosen = set(tests)
        for some in ([test for test in first if test in chosen][:4], tests):
            plugin = _Chosen(some)
            code = _pytest(dict.fromkeys(test.partition("::")[0] for test in some), plugin) if some else 0
            if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
                return plugin.killer or f"exit code {code}"
        return _LIVES

    told = forked(work, SECONDS)
    return None if told == _LIVES else told or "time or memory"
