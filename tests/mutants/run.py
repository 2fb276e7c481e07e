"""Test mutants, each in a process forked from one that has imported what the tests need, but not ema_cli.

So a mutant costs no more than its tests. They are the tests that reach its lines, beginning with the one that last
found a mutant; the first failure ends the run. Tests that start a process do not help, as it would import the unchanged
source.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import json
import os
import pkgutil
import resource
import signal
import sys
import time
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.runner import runtestprotocol

from tests.mutants.patch import ROOT, module_name, put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from multiprocessing.connection import Connection

    from tests.mutants.operators import Mutant

FOLDERS = ("core", "numbers", "reading", "formats", "text", "conformance")
FILES = (
    *("test_command", "test_errors", "test_python", "test_smooth", "test_columns", "test_summary", "test_properties"),
    *("test_suggest", "test_derived", "test_derivations", "test_step_notes", "test_invariants"),
    *("test_identify", "test_no_match", "test_constraints"),
    *("test_about_decay", "test_axes", "test_arithmetic", "test_groups", "test_custom", "test_loops", "test_loading"),
    *("test_made", "test_lists", "test_cases"),
)
"""The tests of a room, and the files of tests, that may find a mutant: those that run in this process and fast."""
APART = ("test_live", "test_in_a_browser")
"""Files that would not run: V8 needs more memory than a mutant has, and a browser is another process."""
ALWAYS = ("tests/conformance/", "tests/core/test_catalogue")
"""Tests of recorded sequences and of the rules' settings, which are cheap and always run."""
MEANT = {
    "rules": ALWAYS,
    "reading": ("tests/reading/",),
    "arithmetic_parser": ("tests/core/numbers/test_arithmetic_value.py",),
    "leaves_solver": ("tests/cli/test_about_decay.py",),
    "schedules": ("tests/core/test_schedules.py", "tests/core/test_families.py"),
}
"""The tests meant for the modules of a folder, or for a module; other modules have the file named after them."""
SECONDS = 50
"""The processor time allowed for a mutant, far more than its tests need: a mutant that takes it hangs."""
MEMORY = 4 << 30
ENOUGH = 12.0
"""The seconds in which the tests of a kind find a mutant, or not at all."""

_LIVES = "lives"


class _Watch:
    """A pytest plugin that records which test reaches which lines of some modules, and the cost of each."""

    def __init__(self, modules: list[str]) -> None:
        import coverage

        self.modules = [*map(module_name, modules)]
        self.coverage = coverage.Coverage(data_file=None, include=modules, config_file=False, branch=False)
        self.failed: set[str] = set()
        self.cost: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.coverage.switch_context(item.nodeid)
        self._clear_caches()
        started = time.process_time()
        try:
            return (yield)
        finally:
            self.cost[item.nodeid] = time.process_time() - started

    def _clear_caches(self) -> None:
        """Empty the caches of the modules, or the first test that calls a function would alone seem to reach it."""
        for name in self.modules:
            for function in vars(sys.modules[name]).values():
                if hasattr(function, "cache_clear"):
                    function.cache_clear()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self.failed.add(report.nodeid)

    def reached(self) -> dict[str, Any]:
        """For each file of tests, their cost and the lines they reach; and the lines reached by importing."""
        data = self.coverage.get_data()
        usable = [test for test, cost in self.cost.items() if test not in self.failed and cost < ENOUGH / 2]
        tests: dict[str, dict[str, Any]] = {}
        for test in usable:
            tests.setdefault(test.partition("::")[0], {})[test] = {"cost": self.cost[test], "lines": {}}
        imported: dict[str, list[int]] = {}
        for path in data.measured_files():
            file = str(Path(path).relative_to(ROOT))
            for line, contexts in data.contexts_by_lineno(path).items():
                for test in contexts:
                    if not test:
                        imported.setdefault(file, []).append(line)
                    elif known := tests.get(test.partition("::")[0], {}).get(test):
                        known["lines"].setdefault(file, []).append(line)
        return {"imported": imported, "tests": tests}


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
    import rich.console
    import rich.table

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    hypothesis.settings.register_profile("mutants", derandomize=True, database=None, deadline=None, max_examples=30)
    hypothesis.settings.load_profile("mutants")
    assert all((asyncio, csv, difflib, fractions, unittest.mock, click, rich))
    gc.collect()
    gc.freeze()
    gc.disable()  # a child ends before it would matter
    assert not any(name.partition(".")[0] == "ema_cli" for name in sys.modules)


def forked(work: Callable[[], str], seconds: int) -> str:
    """The text that a process with this work returns; None if it had to be stopped."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.alarm(seconds * 60)  # it waits for something; a busy machine may take some time
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        try:
            told = work()
        except BaseException as error:  # no exception may continue in a copy of the parent
            told = f"error: {error!r}"
        os.write(writing, told.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text


def _pytest(arguments: Iterable[str], plugin: object) -> int:
    off = ("cacheprovider", "doctest", "junitxml", "faulthandler", "pastebin", "unraisableexception", "threadexception")
    return pytest.main(
        ["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), "-o", "addopts=", "-x", *arguments]
        + [f"-pno:{name}" for name in off],
        plugins=[plugin],
    )


def test_files() -> list[str]:
    """The files of the tests that may find a mutant."""
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    chosen = [path for path in paths if (path.parent.name in FOLDERS or path.stem in FILES) and path.stem not in APART]
    return [str(path.relative_to(ROOT)) for path in chosen]


def _import_all() -> None:
    """Import each module, so that a lazy import does not seem to be reached by one test alone."""
    import ema_cli

    for module in pkgutil.walk_packages(ema_cli.__path__, "ema_cli."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _hash(paths: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def learn(cache: Path, modules: list[str]) -> Reached:
    """Record the tests that reach each line of these modules, by running the changed files of tests without mutants.

    Other modules are not recorded, as that takes most of the time.
    """
    program = _hash(sorted((ROOT / "ema_cli").rglob("*.py")))
    known: dict[str, Any] = json.loads(cache.read_text()) if cache.exists() else {}
    if known.get("program") != program or not set(modules) <= set(known["modules"]):
        known = {"program": program, "modules": modules, "imported": {}, "tests": {}, "hashes": {}}
    hashes = {file: _hash([ROOT / file]) for file in test_files()}
    changed = [file for file, hash_ in hashes.items() if known["hashes"].get(file) != hash_]
    told = cache.with_suffix(".new")

    def work() -> str:
        import subprocess

        def refuse(*_: Any, **__: Any) -> None:
            raise RuntimeError("no process is started here")

        subprocess.Popen.__init__ = refuse  # type: ignore[method-assign, assignment]
        gc.enable()
        watch = _Watch(known["modules"])
        watch.coverage.start()
        _import_all()
        code = _pytest(["--maxfail=100000", "-m", "not long", *changed], watch)
        watch.coverage.stop()
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):  # those that start a process fail
            return f"exit code {code}"
        told.write_text(json.dumps(watch.reached()))
        return "learnt"

    if changed:
        started = time.monotonic()
        text = forked(work, 3600)
        if text != "learnt":
            raise SystemExit(f"the tests could not be run: {text}")
        new = json.loads(told.read_text())
        known["tests"] = {file: some for file, some in known["tests"].items() if file in hashes} | new["tests"]
        for file, lines in new["imported"].items():
            known["imported"][file] = sorted({*lines, *known["imported"].get(file, ())})
        known["hashes"] = hashes
        cache.write_text(json.dumps(known))
        print(f"{len(changed)} files of tests learnt in {time.monotonic() - started:.0f} s", flush=True)
    return Reached(known)


class Reached:
    """The tests that reach each line, the cheapest first."""

    def __init__(self, known: dict[str, Any]) -> None:
        tests = {test: of for some in known["tests"].values() for test, of in some.items()}
        self.imported = known["imported"]
        self.names = sorted(tests, key=lambda test: tests[test]["cost"])
        self.costs = [tests[test]["cost"] for test in self.names]
        self.lines: dict[str, dict[int, list[int]]] = {}
        for place, test in enumerate(self.names):
            for file, lines in tests[test]["lines"].items():
                for line in lines:
                    self.lines.setdefault(file, {}).setdefault(line, []).append(place)

    def tests_of(self, mutant: Mutant, path: str) -> list[str]:
        """The tests that reach a mutant and take at most twice ENOUGH seconds: those meant for the module, then the
        cheapest.

        Code that runs when the module is imported may matter to tests that reach other lines of it, which come next, or
        none: then come all tests in the files with one that does, and last the other tests meant for the module.
        """
        lines = self.lines.get(path, {})
        around = range(mutant.inside[0], mutant.inside[1] + 1)
        folder, name = Path(path).parent, Path(path).stem
        own = MEANT.get(folder.name) or MEANT.get(name) or f"tests/{folder.relative_to('ema_cli')}/test_{name}.py"
        places = {place for line in around for place in lines.get(line, ())}
        chosen = self._affordable(places, 2 * ENOUGH, own)
        if self.matters_before(mutant, path):
            near = {place for some in lines.values() for place in some}
            files = {self.names[place].partition("::")[0] for place in near}
            far = {place for place, name in enumerate(self.names) if name.partition("::")[0] in files} - near
            chosen += self._affordable(near - places, 3 * ENOUGH, own)
            chosen += self._affordable(far, ENOUGH, own)
        chosen.sort(key=lambda test: not test.startswith(own))
        known = {*chosen}
        # What a cache kept for one test was not seen to be reached by the others.
        unseen = {place for place, name in enumerate(self.names) if name.startswith(own) and name not in known}
        return chosen + self._affordable(unseen, ENOUGH, own)

    def matters_before(self, mutant: Mutant, path: str) -> bool:
        """True if its lines run before any test does: while the module is imported, or the tests are collected."""
        return not set(range(mutant.inside[0], mutant.inside[1] + 1)).isdisjoint(self.imported.get(path, ()))

    def _affordable(self, places: set[int], seconds: float, own: str | tuple[str, ...]) -> list[str]:
        """The tests that fit into this many seconds: first those meant for the module, then the cheapest."""
        chosen = []
        for place in sorted(places, key=lambda place: (not self.names[place].startswith(own), place)):
            always = self.names[place].startswith(ALWAYS)
            seconds -= 0 if always else self.costs[place]
            if seconds > 0 or always:
                chosen.append(self.names[place])
        return chosen


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, text: bytes) -> None:
        super().__init__(name, path)
        self.text = text

    def get_code(self, fullname: str) -> Any:
        return compile(self.text, self.path, "exec")


class _Finder:
    def __init__(self, path: str, text: bytes) -> None:
        self.name, self.path, self.text = module_name(path), path, text

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        if name != self.name:
            return None
        return spec_from_file_location(name, ROOT / self.path, loader=_Loader(name, str(ROOT / self.path), self.text))


def found_afresh(path: str, text: bytes, tests: list[str]) -> str | None:
    """The test that finds a mutant in a process that imports it, or the way it died; None if it lives."""

    def work() -> str:
        sys.meta_path.insert(0, _Finder(path, text))  # type: ignore[arg-type]
        plugin = _Chosen(tests)
        code = _pytest(dict.fromkeys(test.partition("::")[0] for test in tests), plugin) if tests else 0
        if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            return _LIVES
        return plugin.killer or f"exit code {code}"

    told = forked(work, SECONDS)
    return None if told == _LIVES else told or "time or memory"


def found_in_place(path: str, text: bytes, items: list[pytest.Item]) -> str | None:
    """Test a mutant put in place in a copy of this process, which has collected the tests."""

    def work() -> str:
        try:
            put(path, text)
        except Exception as error:
            return f"it cannot be imported: {error!r}"
        for item in items:
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=None)):
                return item.nodeid
        return _LIVES

    told = forked(work, SECONDS)
    return None if told == _LIVES else told or "time or memory"


def serve(requests: Connection) -> None:
    """Look for a mutant afresh on request, in this process, which has imported nothing of ema_cli."""
    while (request := requests.recv()) is not None:
        requests.send(found_afresh(*request))


class Loop:
    """A pytest plugin that collects all tests, then hands them to a function instead of running them."""

    def __init__(self, work: Callable[[dict[str, pytest.Item]], None]) -> None:
        self.work = work

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.work({item.nodeid: item for item in session.items})
        return True


def collected(work: Callable[[dict[str, pytest.Item]], None]) -> None:
    """Call a function with the collected tests."""
    _pytest(["-s", "-q", "--no-header", "-m", "not long", *test_files()], Loop(work))
