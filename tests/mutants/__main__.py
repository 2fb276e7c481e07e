"""Mutation testing: `make mutants`, or `python -m tests.mutants [--again] [MODULE...]` for some modules.

It prints each mutant that no test finds and `accepted.toml` does not name, and writes the score. It exits with 1 if
there is such a mutant, or an accepted one that no longer exists. With `--again` only the last survivors are tested.
"""

from __future__ import annotations

import json
import os
import sys
import time
import tomllib
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutants.operators import mutants
from tests.mutants.patch import ROOT
from tests.mutants.run import Reached, collected, found_in_place, learn, preload, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

HERE = Path(__file__).parent
CACHE = ROOT / ".mutants"
SCORE = HERE / "SCORE.md"
HEAD = """# Mutants

What `make mutants` counted the last time, module by module, of the source as it was then. A module that is not here has
not been run to its end yet.
How it works is in [README.md](README.md).

| module | mutants | found by a test | accepted | left |
|---|--:|--:|--:|--:|
"""

Key = tuple[str, str]


def modules() -> list[str]:
    """The modules that are mutated: not those that are read only when the extension is built."""
    folders = [path for folder in ("core", "reading") for path in sorted((ROOT / "ema_cli" / folder).rglob("*.py"))]
    paths = [*folders, ROOT / "ema_cli/text/number_text.py"]
    return [name for path in paths if (name := str(path.relative_to(ROOT))) != "ema_cli/core/loop_list.py"]


def accepted(module: str) -> set[Key]:
    """The mutants of a module that change nothing that a user can see."""
    with (HERE / "accepted.toml").open("rb") as file:
        functions = tomllib.load(file).get(module, {})
    return {
        (function, change)
        for function, reasons in functions.items()
        for changes in reasons.values()
        for change in changes
    }


class Worker:
    """Tests the mutants that it is given, in a process of its own.

    Args:
        reached: Which test reaches which line.
        afresh: Looks for a mutant in a process that imports it.
        items: The tests, collected in this process.
    """

    def __init__(self, reached: Reached, afresh: Connection, items: dict[str, pytest.Item]) -> None:
        self.reached, self.afresh, self.items = reached, afresh, items
        self.killers: list[str] = []
        self.sound: dict[tuple[str, str], bool] = {}

    def in_place(self, module: str, text: bytes, tests: list[str]) -> str | None:
        """The first test that finds a mutant put in place, and passes with the unchanged module."""
        while True:
            known = [test for test in tests if test in self.items and self.sound.get((module, test), True)]
            killer = found_in_place(module, text, [self.items[test] for test in known])
            if killer not in self.items or self.sound.get((module, killer)):
                return killer
            unchanged = found_in_place(module, (ROOT / module).read_bytes(), [self.items[killer]])
            self.sound[module, killer] = unchanged is None

    def lives(self, module: str, text: bytes, tests: list[str]) -> bool:
        """True if no test finds a mutant. Most are found in place; if one is not, it is imported to be sure."""
        chosen = set(tests)
        first = [test for test in self.killers if test in chosen][:3]
        killer = self.in_place(module, text, [*first, *tests])
        if killer is None:
            self.afresh.send((module, text, tests))
            killer = self.afresh.recv()
        if killer is not None:
            self.killers = [killer, *(test for test in self.killers if test != killer)][:50]
        return killer is None

    def serve(self, asked: Connection) -> None:
        """Test these mutants of a module on request, and send each survivor as (place, tests), then None."""
        while (request := asked.recv()) is not None:
            module, places = request
            source = (ROOT / module).read_bytes()
            made = mutants(source)
            for place in places:
                tests = self.reached.tests_of(made[place], module)
                if self.lives(module, made[place].apply(source), tests):
                    asked.send((place, len(tests)))
            asked.send(None)


def survivors(workers: list[Connection], module: str, places: list[int]) -> Iterator[tuple[int, int]]:
    """The survivors among these places in a module, as (place, tests); each is tested by one of the workers."""
    for first, worker in enumerate(workers):
        worker.send((module, places[first :: len(workers)]))
    busy = list(workers)
    while busy:
        for worker in wait(busy):
            assert isinstance(worker, Connection)
            if (told := worker.recv()) is None:
                busy.remove(worker)
            else:
                yield told


def tested(workers: list[Connection], module: str, again: bool) -> tuple[int, int, int, int]:
    """Test the mutants of one module, print the survivors, and count: made, found, accepted, left."""
    source = (ROOT / module).read_bytes()
    cache = CACHE / (module.replace("/", ".") + ".json")
    suspects = {tuple(key) for key in json.loads(cache.read_text())} if again and cache.exists() else None
    made = mutants(source)
    keys = [mutant.key(source) for mutant in made]
    places = [place for place, key in enumerate(keys) if suspects is None or key in suspects]
    known, living, left = accepted(module), [], 0
    for place, tests in survivors(workers, module, places):
        living.append(keys[place])
        if keys[place] not in known:
            left += 1
            function, change = keys[place]
            print(f"{module}:{made[place].line}: {function}: {change} ({tests} tests)", flush=True)
    cache.write_text(json.dumps(living))
    for function, change in sorted(known - set(living)):
        left += 1
        print(f"{module}: accepted, but a test finds it, or there is no such mutant: {function}: {change}")
    return len(made), len(made) - len(living), sum(key in known for key in living), left


def record(module: str, counts: tuple[int, int, int, int]) -> None:
    """Write the counts of a module into the table."""
    rows: dict[str, list[int]] = {}
    for line in SCORE.read_text().splitlines() if SCORE.exists() else []:
        name, *cells = line.strip("|").split("|")
        if name.strip().endswith(".py"):
            rows[name.strip()] = list(map(int, cells))
    rows = {name: row for name, row in (rows | {module: list(counts)}).items() if name in modules() and row[0]}
    rows = dict(sorted(rows.items())) | {"**all**": list(map(sum, zip(*rows.values(), strict=True)))}
    SCORE.write_text(HEAD + "".join(f"| {name} | {' | '.join(map(str, row))} |\n" for name, row in rows.items()))


def started(work: Callable[[Connection], None]) -> Connection:
    """One end of a pipe to a forked process that does this work at the other end."""
    ours, theirs = Pipe()
    if os.fork() == 0:
        ours.close()
        work(theirs)
        os._exit(0)
    theirs.close()
    return ours


def main(arguments: list[str]) -> int:
    """Test the mutants of these modules, or of all, with one process per processor."""
    os.nice(19)
    os.chdir(ROOT)
    chosen = [argument for argument in arguments if not argument.startswith("--")]
    for part in chosen:
        if not any(part in module for module in modules()):
            print(f"no module that is mutated has {part} in its path")
            return 2
    CACHE.mkdir(exist_ok=True)
    preload()
    paths = [module for part in chosen or [""] for module in modules() if part in module]
    reached = learn(CACHE / "reached.json", paths)
    afresh = [started(serve) for _ in os.sched_getaffinity(0)]
    failed = []

    def work(items: dict[str, pytest.Item]) -> None:
        workers = [started(Worker(reached, server, items).serve) for server in afresh]
        for module in paths:
            begun = time.monotonic()
            made, found, known, left = counts = tested(workers, module, "--again" in arguments)
            record(module, counts)
            took = time.monotonic() - begun
            print(
                f"{module}: {made} mutants, {found} found, {known} accepted, {left} left, in {took:.0f} s", flush=True
            )
            failed.extend([module] * bool(left))
        for worker in workers:
            worker.send(None)

    collected(work)
    for server in afresh:
        server.send(None)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
