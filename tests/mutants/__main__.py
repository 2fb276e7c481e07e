"""Mutation testing: `make mutants`, or `python -m tests.mutants [--again] [MODULE...]` for some modules.

Prints each mutant that no test finds and that `accepted.toml` does not name, writes the score, and exits 1 if there is
such a mutant, or one that was accepted and is gone. With `--again` only the mutants that were left the last time are
tested.
"""

from __future__ import annotations

import json
import os
import sys
import time
import tomllib
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutants.operators import mutants
from tests.mutants.patch import ROOT
from tests.mutants.run import Reached, collected, found_in_place, learn, preload, serve

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

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
    """The modules that are mutated."""
    folders = [path for folder in ("core", "script") for path in sorted((ROOT / "ema_cli" / folder).rglob("*.py"))]
    paths = [*folders, ROOT / "ema_cli/output/numbers.py", ROOT / "ema_cli/fast.py"]
    return [str(path.relative_to(ROOT)) for path in paths]


def accepted(module: str) -> set[Key]:
    """The mutants of a module that change nothing that a user can see."""
    with (HERE / "accepted.toml").open("rb") as file:
        entries = tomllib.load(file).get("mutant", [])
    return {(entry["before"], entry["after"]) for entry in entries if entry["module"] == module}


class Run:
    """What the mutants are tested with.

    Args:
        reached: Which test reaches which line.
        afresh: Looks for a mutant in a process that imports it.
        items: The tests, collected in this process.
    """

    def __init__(self, reached: Reached, afresh: Connection, items: dict[str, pytest.Item]) -> None:
        self.reached, self.afresh, self.items = reached, afresh, items
        self.killers: list[str] = []

    def lives(self, module: str, text: bytes, tests: list[str]) -> bool:
        """Whether no test finds a mutant. In place it is found at once; one that is not is imported, to be sure."""
        chosen = set(tests)
        first = [test for test in self.killers if test in chosen][:3]
        killer = found_in_place(module, text, [self.items[test] for test in (*first, *tests) if test in self.items])
        if killer is None:
            self.afresh.send((module, text, tests))
            killer = self.afresh.recv()
        if killer is not None:
            self.killers = [killer, *(test for test in self.killers if test != killer)][:50]
        return killer is None

    def module(self, module: str, again: bool) -> tuple[int, int, int, int]:
        """Test the mutants of one module, print what survives, and count: made, found, accepted, left."""
        source = (ROOT / module).read_bytes()
        cache = CACHE / (module.replace("/", ".") + ".json")
        suspects = {tuple(key) for key in json.loads(cache.read_text())} if again and cache.exists() else None
        known, survivors, made, left = accepted(module), [], 0, 0
        for mutant in mutants(source):
            key, made = mutant.key(source), made + 1
            tests = self.reached.tests_of(mutant, module)
            if (suspects is not None and key not in suspects) or not self.lives(module, mutant.apply(source), tests):
                continue
            survivors.append(key)
            if key not in known:
                left += 1
                print(f"{module}:{mutant.line}: ({len(tests)} tests)\n  - {key[0]}\n  + {key[1]}", flush=True)
        cache.write_text(json.dumps(survivors))
        for before, after in sorted(known - set(survivors)):
            left += 1
            print(f"{module}: accepted, but a test finds it, or there is no such mutant:\n  - {before}\n  + {after}")
        return made, made - len(survivors), sum(key in known for key in survivors), left


def record(module: str, counts: tuple[int, int, int, int]) -> None:
    """Write the counts of a module into the table of all."""
    rows: dict[str, list[int]] = {}
    for line in SCORE.read_text().splitlines() if SCORE.exists() else []:
        name, *cells = line.strip("|").split("|")
        if name.strip().endswith(".py"):
            rows[name.strip()] = list(map(int, cells))
    rows = {name: row for name, row in (rows | {module: list(counts)}).items() if name in modules() and row[0]}
    rows = dict(sorted(rows.items())) | {"**all**": list(map(sum, zip(*rows.values(), strict=True)))}
    SCORE.write_text(HEAD + "".join(f"| {name} | {' | '.join(map(str, row))} |\n" for name, row in rows.items()))


def main(arguments: list[str]) -> int:
    """Test the mutants of these modules, or of all."""
    os.nice(19)
    os.chdir(ROOT)
    CACHE.mkdir(exist_ok=True)
    preload()
    reached = learn(CACHE / "reached.json")
    afresh, asked = Pipe()
    if os.fork() == 0:
        serve(asked)
        os._exit(0)
    chosen = [argument for argument in arguments if not argument.startswith("--")]
    paths = [module for part in chosen or [""] for module in modules() if part in module]
    failed = []

    def work(items: dict[str, pytest.Item]) -> None:
        tested = Run(reached, afresh, items)
        for module in paths:
            started = time.monotonic()
            made, found, known, left = counts = tested.module(module, "--again" in arguments)
            record(module, counts)
            took = time.monotonic() - started
            print(
                f"{module}: {made} mutants, {found} found, {known} accepted, {left} left, in {took:.0f} s", flush=True
            )
            failed.extend([module] * bool(left))

    collected(work)
    afresh.send(None)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
