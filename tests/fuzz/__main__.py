"""Let atheris choose the draws of tests, guided by coverage: `python -m tests.fuzz [--seconds N] [TEST...]`.

It needs the dependency group `fuzz`. The tests share the N seconds; each is a process of its own, which starts with the
corpus of the run before, in `.fuzz/`. Hypothesis keeps the input that breaks a test, and `make properties` tries it
first.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

FOLDER = Path(".fuzz")
SEEDS, LENGTH = 20, 8192
"""Random bytes to begin with, as many as hypothesis takes for one example."""

SLOWEST, MEMORY = 60, 1000
"""The limits of time, in seconds, and memory, in MB, for one example."""


def tests() -> dict[str, Any]:
    """The generated tests by their names."""
    modules = [import_module(f"tests.fuzz.{path.stem}") for path in sorted(Path(__file__).parent.glob("test_*.py"))]
    named = {name.removeprefix("test_"): test for module in modules for name, test in vars(module).items()}
    return {name: test for name, test in named.items() if hasattr(test, "hypothesis")}


def fuzz(name: str, arguments: list[str]) -> None:
    """Feed one test until its time is over."""
    import atheris

    with atheris.instrument_imports(include=["ema_cli"]):
        test = tests()[name]
    atheris.Setup([sys.argv[0], *arguments], test.hypothesis.fuzz_one_input)
    atheris.Fuzz()


def run(name: str, seconds: int) -> tuple[int, bool]:
    """Count the inputs of a test, and say if it passed."""
    corpus = FOLDER / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number in range(SEEDS):
        (corpus / f"seed-{number}").write_bytes(Random(number).randbytes(LENGTH))
    limits = [f"-max_total_time={seconds}", f"-timeout={SLOWEST}", f"-rss_limit_mb={MEMORY}", f"-max_len={LENGTH}"]
    command = [sys.executable, "-m", "tests.fuzz", "--one", name, *limits, "-len_control=0"]
    done = subprocess.run(
        [*command, f"-artifact_prefix={FOLDER}/{name}-", str(corpus)],
        capture_output=True,
        text=True,
        errors="replace",
        env={**os.environ, "TIMES": "1"},
    )
    counts = re.findall(r"^#(\d+)\s|Done (\d+) runs", done.stderr, re.MULTILINE)
    if done.returncode:
        print((done.stdout + done.stderr)[-4000:], file=sys.stderr)
    return max((int(a or b) for a, b in counts), default=0), done.returncode == 0


def main() -> int:
    """Run the tests, and print the number of inputs of each."""
    if sys.argv[1:2] == ["--one"]:
        fuzz(sys.argv[2], sys.argv[3:])
        return 0
    known = tests()
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("tests", nargs="*", metavar="TEST", help=", ".join(known))
    asked = parser.parse_args()
    names = asked.tests or list(known)
    held = True
    for name in names:
        count, fine = run(name, max(asked.seconds // len(names), 2))
        held &= fine
        print(f"{name}: {count} inputs, {'nothing found' if fine else 'broken: make properties shows how'}", flush=True)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
