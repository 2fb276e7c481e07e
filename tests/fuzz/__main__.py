"""Follow the coverage: `python -m tests.fuzz [--seconds N] [TARGET...]`, or `--again TARGET FILE` for what was found.

Needs atheris (the dependency group `fuzz`). N seconds are shared by the targets, each a process of its own with the
corpus of the run before, in `.fuzz/`; what breaks a target stays there, too.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path
from random import Random
from time import time

FOLDER = Path(".fuzz")
SEEDS = 20
SLOWEST, MEMORY = 60, 1000
"""What one input may take, in seconds and MB."""


def fuzz(name: str, until: float, arguments: list[str]) -> None:
    """Feed one target until so many seconds after 1970."""
    import atheris

    with atheris.instrument_imports(include=["ema_cli"]):
        from tests.fuzz.targets import TARGETS
    from tests.fuzz.feed import Feed

    target = TARGETS[name]
    left = max(int(until - time()), 1)  # what it takes to load the command is a part of the time
    atheris.Setup([sys.argv[0], f"-max_total_time={left}", *arguments], lambda data: target(Feed(data)))
    atheris.Fuzz()


def run(name: str, seconds: int) -> tuple[int, bool]:
    """How many inputs a target was fed in so many seconds, and whether it held."""
    corpus = FOLDER / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number in range(SEEDS):  # a call takes some hundred choices: to begin with nothing would be slow
        (corpus / f"seed-{number}").write_bytes(Random(number).randbytes(100 + 20 * number))
    limits = [f"-timeout={SLOWEST}", f"-rss_limit_mb={MEMORY}", "-max_len=1024", "-len_control=0"]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.fuzz",
            "--one",
            name,
            str(time() + seconds),
            *limits,
            f"-artifact_prefix={FOLDER}/{name}-",
            str(corpus),
        ],
        capture_output=True,
        text=True,
        errors="replace",
    )
    counts = re.findall(r"^#(\d+)\s|Done (\d+) runs", done.stderr, re.MULTILINE)
    if done.returncode:
        print((done.stdout + done.stderr)[-4000:], file=sys.stderr)
    return max((int(a or b) for a, b in counts), default=0), done.returncode == 0


def main() -> int:
    """Feed the targets, and tell how many inputs each was given."""
    if sys.argv[1:2] == ["--one"]:
        fuzz(sys.argv[2], float(sys.argv[3]), sys.argv[4:])
        return 0
    from tests.fuzz.feed import Feed
    from tests.fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--again", metavar="FILE", help="feed one target what is in this file")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    asked = parser.parse_args()
    names = asked.targets or list(TARGETS)
    if asked.again:
        TARGETS[names[0]](Feed(Path(asked.again).read_bytes()))
        return 0
    held = True
    for name in names:
        count, fine = run(name, max(asked.seconds // len(names), 2))
        held &= fine
        print(f"{name}: {count} inputs, {'nothing found' if fine else f'broken: see {FOLDER}/{name}-*'}", flush=True)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
