"""Measure how often --identify finds the rule of a recorded sequence, with the answer hidden.

    python -m tests.benchmarks.identify [--digits N] [--unknown-initial] [--every K] [--verbose] [FILE...]

A case is passed on like a log: its steps, its params and the text of its shadows, and the initial value unless it is to
be unknown, but not the rule, decay, parameters and dtype. Cases with fewer than ten rounds do not count. A case is
found if the named average gives every recorded shadow to the last bit: it is then the true rule, or one that is
arithmetically identical on that data. With --digits the log is rounded first; the candidate is still compared with the
recorded shadows, so that whatever the log cannot distinguish counts as a confusion.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from ema_cli.core.numbers.dtypes import dtype
from ema_cli.identify.candidate import Narrowed
from ema_cli.identify.log import Log
from ema_cli.identify.report import report
from ema_cli.text.number_text import shortest, significant
from tests.conformance.replay import entry, load, same

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDED = sorted((Path(__file__).parent.parent / "conformance").glob("*.json"))
ENOUGH = 10


def logged(case: dict[str, Any], digits: int | None) -> Log:
    """The log of a case."""
    shadows = [float.fromhex(text) for text in case["shadow"]]
    # Params of a short type may have a longer shadow.
    names = [name for name in (case["dtype"], "float32", "float64") if all(map(_is_of(name), shadows))]
    write = shortest(dtype(names[0]))
    texts = [write(value) if digits is None else significant(value, digits) for value in shadows]
    steps = [step for step, _ in case["updates"]]
    params = [repr(float(param)) for _, param in case["updates"]]
    return Log(params, texts, None if all(step is None for step in steps) else steps)


def _is_of(name: str) -> Callable[[float], bool]:
    num = dtype(name)
    return lambda value: bool(num.round(value) == value)


def main(args: list[str]) -> int:
    """Measure, and report the confusions."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--digits", type=int)
    parser.add_argument("--unknown-initial", action="store_true")
    parser.add_argument("--every", type=int, default=1, help="each Kth case alone")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("files", nargs="*", default=[str(path) for path in RECORDED])
    options = parser.parse_args(args)
    found = total = named = 0
    times: list[float] = []
    confusions: Counter[tuple[str, str]] = Counter()
    for case in [case for path in options.files for case in load(path)][:: options.every]:
        finite = all(abs(float.fromhex(text)) < float("inf") for text in case["shadow"])
        log = logged(case, options.digits) if finite else None
        if log is None or len(log) < ENOUGH:
            continue
        initial = None if options.unknown_initial or case["initial"] is None else str(float(case["initial"]))
        narrowed = Narrowed(initial=initial)
        started = time.process_time()
        fits = [row.fit for row in report(log, narrowed).rows]
        times.append(time.process_time() - started)
        total += 1
        truth = entry(case).rule
        best = fits[0] if fits else None
        if best is not None and _reproduces(best.candidate, log, case):
            found += 1
            named += any(fit.candidate.rule == truth for fit in fits)
        else:
            confusions[truth, "none" if best is None else best.candidate.rule] += 1
            if options.verbose:
                print(f"{case['id']} {case['settings']}: {best or fits[:1]}")
        if options.verbose:
            print(f"{found} of {total}, {times[-1]:.1f} s, {case['id']}", flush=True)
    for (truth, told), count in sorted(confusions.items()):
        print(f"{truth} -> {told}: {count}")
    print(f"CPU time: median {median(times):.1f} s, slowest {max(times):.1f} s")
    print(f"the true rule among those that fit: {named} of {found}")
    print(f"found: {found} of {total}")
    return 0 if found >= 0.95 * total else 1


def _reproduces(candidate: Any, log: Log, case: dict[str, Any]) -> bool:
    shadows = candidate.shadows(log)
    skipped = 1 if candidate.continued else 0
    recorded = [float.fromhex(text) for text in case["shadow"]]
    return all(same(float(x), y) for x, y in list(zip(shadows, recorded, strict=True))[skipped:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
