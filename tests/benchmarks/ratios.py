"""Start-up, throughput, memory and latency, as ratios: `make bench`, or `python -m tests.benchmarks.ratios [ROWS]`.

Each command is run in turn with its reference, several times, and the medians of their processor time are compared,
which other work on the machine disturbs least. A peer that is not installed is skipped by name. The table of
docs/speed.md is printed at the end.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from array import array
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from ema_cli import rules
from ema_cli.core.average import Average

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PYTHON = sys.executable
EMA_CALC = [PYTHON, "-m", "ema_cli"]
PLAIN = ["env", "EMA_CALC_PURE=1", *EMA_CALC]
"""The command without its compiled core."""

CSV = ["-F", "csv"]
MAWK = "mawk %.17g"

AWK = """BEGIN { FS = OFS = ","; print "step,param,decay,shadow" }
NR > 1 { d = (1 + $1) / (10 + $1); if (d > D) d = D; s = s * d + $2 * (1 - d)
         printf "%s,%s,%.17g,%.17g\\n", $1, $2, d, s }"""
WIDE_AWK = """BEGIN { FS = OFS = "," }
NR > 1 { d = (1 + $1) / (10 + $1); if (d > D) d = D; printf "%s", $0; printf ",%.17g", d
         for (i = 2; i <= NF; i++) { s[i] = s[i] * d + $i * (1 - d); printf ",%.17g", s[i] } print "" }"""

POLARS = """import sys, polars
polars.scan_csv(sys.argv[1]).with_columns(
    polars.col("param").ewm_mean(alpha=0.0001, adjust=False).alias("shadow")
).sink_csv("/dev/stdout")"""

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""As for any user: no reference compiles its code anew at each start."""


class Use(NamedTuple):
    """The processor time and the peak memory of one run."""

    seconds: float
    peak_mib: float


class Pair(NamedTuple):
    """A command and its reference."""

    what: str
    command: list[str]
    reference_name: str
    reference: list[str]
    bar: str = ""
    runs: int = 5


def run(command: Sequence[str]) -> Use:
    """Run a command and all its threads."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"failed with {process.returncode}: {' '.join(command)}")
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return Use(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale)


def seconds(commands: Sequence[Sequence[str]], runs: int) -> list[list[float]]:
    """The processor time of each command in some runs, in which they take turns."""
    taken = [[run(command).seconds for command in commands] for _ in range(runs)]
    return [list(each) for each in zip(*taken, strict=True)]


def compare(pair: Pair) -> float | None:
    """Print and return the ratio of the medians; also print the smallest and the largest ratio of a pair."""
    if shutil.which(pair.reference[0]) is None:
        print(f"{pair.what:<58} {pair.reference_name} is not installed")
        return None
    ours, theirs = seconds([pair.command, pair.reference], pair.runs)
    return tell(pair, ours, theirs)


def tell(pair: Pair, ours: list[float], theirs: list[float]) -> float:
    """Print a line, and return the ratio."""
    ratio = median(ours) / median(theirs)
    each = sorted(a / b for a, b in zip(ours, theirs, strict=True))
    spread = f"{each[0]:.2f}-{each[-1]:.2f}"
    name = f"x {pair.reference_name}"
    print(f"{pair.what:<58} {ratio:5.2f} {name:<24} {spread:>11}  {pair.bar:>8}  {median(ours):7.3f} s", flush=True)
    return ratio


def make(path: Path, rows: int, params: int = 1) -> str:
    """A file of steps and params."""
    draw = random.Random(rows).uniform
    with path.open("w") as file:
        names = ",".join(f"w{number}" for number in range(params)) if params > 1 else "param"
        file.write(f"step,{names}\n")
        for step in range(rows):
            file.write(f"{step},{','.join(f'{draw(-3, 3):.6f}' for _ in range(params))}\n")
    return str(path)


def loop(folder: Path) -> str:
    """The compiled loop; without a compiler, its name, which is then reported as missing."""
    compiler = shutil.which("c++")
    if compiler is None:
        return "c++"
    source = Path(__file__).with_name("loop.cpp")
    program = folder / "loop"
    subprocess.run([compiler, "-O2", "-std=c++17", source, "-o", program], check=True)
    return str(program)


def startups() -> Iterator[Pair]:
    """Short scripts, compared with importing what they can't do without."""
    seven = [*EMA_CALC, "--decay", "0.99", "0:1", "100:10x6"]
    rich = "import click, rich.table, rich.console"
    yield Pair("7 rows as CSV", [*seven, *CSV], "import click", [PYTHON, "-c", "import click"], "1.10", 25)
    yield Pair("7 rows as a table", seven, "import click and rich", [PYTHON, "-c", rich], "1.10", 25)


def scripts(folder: Path, rows: int) -> Iterator[tuple[Pair, Pair]]:
    """Long scripts, compared with awk: compiled, and in plain Python."""
    updates, wide = make(folder / "updates.csv", rows), make(folder / "wide.csv", rows // 10, 100)
    records = as_records(folder / "updates.jsonl", updates)
    constant, changing = ["--decay", "0.9999"], ["--decay", "0.9999999"]
    log = logged(folder / "logged.csv", [*EMA_CALC, *changing, updates, *CSV])
    of_time = ["--time-column", "step", "--half-life", "1000"]
    for what, arguments, program, file, bar, plain_bar in (
        ("CSV to CSV, a warm-up, then a constant decay", [*constant, updates, *CSV], AWK, updates, "0.30", "2.50"),
        ("CSV to CSV, a new decay on every row", [*changing, updates, *CSV], AWK, updates, "0.30", "2.50"),
        ("JSON Lines to JSON Lines", [*changing, records, "-F", "jsonl"], AWK, updates, "0.60", ""),
        ("100 columns, a tenth of the rows", [*constant, wide, *CSV], WIDE_AWK, wide, "0.30", ""),
        ("CSV to CSV, with `--check`", [*changing, log, *CSV, "--check", "shadow"], AWK, updates, "", ""),
        ("CSV to CSV, with `--time-column`", [*of_time, updates, *CSV], AWK, updates, "", ""),
    ):
        awk = ["mawk", "-v", f"D={arguments[1] if '--decay' in arguments else 0}", program, file]
        yield (
            Pair(what, [*EMA_CALC, *arguments], MAWK, awk, bar),
            Pair(f"{what}, plain", [*PLAIN, *arguments], MAWK, awk, plain_bar, runs=3),
        )


def peers(folder: Path) -> Iterator[Pair]:
    """Other programs that average a file."""
    updates = str(folder / "updates.csv")
    fixed = [*EMA_CALC, "--decay", "0.9999", "--rule", "fixed", updates, *CSV]
    polars = [PYTHON if importlib.util.find_spec("polars") else "polars", "-c", POLARS, updates]
    yield Pair("a fixed decay", fixed, "polars ewm_mean", polars, "1.00")
    changing = [*EMA_CALC, "--decay", "0.9999999", updates, *CSV]
    yield Pair("a new decay on every row", changing, "a loop in C++", [loop(folder), "0.9999999", updates], "2.00")


TOGETHER, TURNS = 8, 3
"""Rules measured against one reference, and the number of runs."""


def compare_rules(updates: str) -> list[float]:
    """Print and return the ratio of each rule."""
    awk = ["mawk", "-v", "D=0.9999999", AWK, updates]
    if shutil.which(awk[0]) is None:
        return []
    stated = {rule: options for rule in rules() if (options := options_of(rule)) is not None}
    names, ratios = list(stated), []
    for first in range(0, len(names), TOGETHER):
        some = names[first : first + TOGETHER]
        commands = [[*EMA_CALC, "--rule", rule, *stated[rule], updates, *CSV] for rule in some]
        theirs, *ours = seconds([awk, *commands], TURNS)
        for rule, command, each in zip(some, commands, ours, strict=True):
            ratios.append(tell(Pair(f"rule {rule}", command, MAWK, awk, "0.45"), each, theirs))
    return ratios


def options_of(rule: str) -> list[str] | None:
    """The options that a rule needs: a decay, and a count if it keeps no counter of its own at step 0."""
    for counts in [], ["--step-column", "none", "--param-column", "param"]:
        for decay in "0.9999999", None:
            try:
                steps = None if counts else array("q", [0, 1])
                Average(decay, rule=rule).advance_plain(array("d", [1.0, 2.0]), steps)
            except (ValueError, ArithmeticError):
                continue
            return [*([] if decay is None else ["--decay", decay]), *counts]
    return None


def logged(path: Path, command: list[str]) -> str:
    """The output of a command, as a log with the shadows."""
    with path.open("wb") as file:
        subprocess.run(command, stdout=file, stderr=subprocess.DEVNULL, check=True)
    return str(path)


def as_records(path: Path, updates: str) -> str:
    """The updates as JSON Lines."""
    with open(updates) as rows, path.open("w") as file:
        next(rows)
        for row in rows:
            step, param = row.rstrip().split(",")
            file.write(f'{{"step": {step}, "param": {param}}}\n')
    return str(path)


def memory(folder: Path, rows: int) -> None:
    """Print the peak memory at a number of rows and at ten times as many."""
    for name in ("csv", "jsonl", "table"):
        peaks = [
            run([*EMA_CALC, "--decay", "0.9999", make(folder / f"{count}.csv", count), "-F", name]).peak_mib
            for count in (rows, 10 * rows)
        ]
        print(f"peak memory as {name:<6} {peaks[0]:6.1f} MiB at {rows} rows, {peaks[1]:6.1f} MiB at {10 * rows}")


def latency() -> None:
    """Print the time that a row of a live pipe takes to come out."""
    command = [*EMA_CALC, "--decay", "0.99", "-F", "csv", "-q"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"step,param\n0,1\n")
        process.stdin.flush()
        process.stdout.readline(), process.stdout.readline()
        delays = []
        for step in range(1, 50):
            start = time.perf_counter()
            process.stdin.write(b"%d,1\n" % step)
            process.stdin.flush()
            process.stdout.readline()
            delays.append(time.perf_counter() - start)
            time.sleep(0.01)
        process.stdin.close()
    print(
        f"latency of a live pipe: median {median(delays) * 1e3:.2f} ms, longest {max(delays) * 1e3:.2f} ms (bar 5 ms)"
    )


def identify(folder: Path, rows: int) -> None:
    """Print the time that --identify takes for a long log."""
    updates = make(folder / "identified.csv", rows)
    log = logged(folder / "log.csv", [*EMA_CALC, "--decay", "0.999", "--rule", "torch-ema", updates, "-F", "csv"])
    used = median(run([*EMA_CALC, log, "--identify", "shadow"]).seconds for _ in range(3))
    print(f"--identify on {rows} rows: {used:.2f} s (bar 3 s)")


def main() -> None:
    """Measure."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    version = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{platform.machine()}, {os.cpu_count()} processors, {version}, {rows} rows")
    print(f"{'what':<58} ratio {'':<24} {'pairs':>11}  {'bar':>8}  {'ours':>9}")
    table = ["| input | compiled | plain Python |", "|---|---|---|"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for pair in startups():
            compare(pair)
        for pair, plain in scripts(folder, rows):
            found = [compare(pair), compare(plain)]
            cells = ["" if ratio is None else f"{ratio:.2f}" for ratio in found]
            table.append(f"| {pair.what} | {' | '.join(cells)} |")
        for pair in peers(folder):
            compare(pair)
        if of_rules := compare_rules(str(folder / "updates.csv")):
            told = f"{median(of_rules):.2f} (median of {len(of_rules)}), at most {max(of_rules):.2f}"
            table.append(f"| CSV to CSV, any rule | {told} | |")
        memory(folder, rows // 10)
        identify(folder, rows // 50)
    latency()
    print("", *table, sep="\n")


if __name__ == "__main__":
    main()
