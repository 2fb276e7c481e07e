"""Start-up, throughput, memory and latency, as ratios: `make bench`, or `python -m tests.benchmarks.ratios [ROWS]`.

Each command is run in turn with its reference, several times, and the medians of their processor time are compared,
which other work on the machine disturbs least. A peer that is not installed is skipped by name.
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
from pathlib import Path
from statistics import median
from typing import NamedTuple

from ema_cli import rules

PYTHON = sys.executable
EMA_CALC = [PYTHON, "-m", "ema_cli"]
RUNS = 5

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

PLAIN = ["env", "EMA_CALC_PURE=1", *EMA_CALC]
"""The command without its compiled core."""


ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""As for any user: no reference is compiled anew at each start either."""


class Use(NamedTuple):
    """What one run used."""

    seconds: float
    peak_mib: float


class Pair(NamedTuple):
    """A command and its reference."""

    what: str
    command: list[str]
    reference_name: str
    reference: list[str]
    bar: str


def run(command: list[str]) -> Use:
    """The processor time of a whole process, all its threads included, and its peak memory."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"failed with {process.returncode}: {' '.join(command)}")
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return Use(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale)


def compare(pair: Pair) -> float | None:
    """Print the ratio of the medians, and the smallest and the largest of the pairs; and give it."""
    if shutil.which(pair.reference[0]) is None:
        print(f"{pair.what:<58} {pair.reference_name} is not installed")
        return None
    run(pair.command), run(pair.reference)
    uses = [(run(pair.command), run(pair.reference)) for _ in range(RUNS)]
    ours, theirs = median(a.seconds for a, _ in uses), median(b.seconds for _, b in uses)
    ratios = sorted(a.seconds / b.seconds for a, b in uses)
    spread = f"{ratios[0]:.2f}-{ratios[-1]:.2f}"
    name = f"x {pair.reference_name}"
    print(f"{pair.what:<58} {ours / theirs:5.2f} {name:<32} {spread:>11}  {pair.bar:>8}  {ours:7.3f} s")
    return ours / theirs


def make(path: Path, rows: int, params: int = 1) -> str:
    """A file of steps and params."""
    draw = random.Random(rows).uniform
    with path.open("w") as file:
        names = ",".join(f"w{number}" for number in range(params)) if params > 1 else "param"
        file.write(f"step,{names}\n")
        for step in range(rows):
            file.write(f"{step},{','.join(f'{draw(-3, 3):.6f}' for _ in range(params))}\n")
    return str(path)


def compiled(folder: Path) -> str:
    """The compiled loop; without a compiler, the name of one, which is then told to be missing."""
    compiler = shutil.which("c++")
    if compiler is None:
        return "c++"
    source = Path(__file__).with_name("loop.cpp")
    program = folder / "loop"
    subprocess.run([compiler, "-O2", "-std=c++17", source, "-o", program], check=True)
    return str(program)


def has(module: str) -> bool:
    """Whether a package is installed."""
    return importlib.util.find_spec(module) is not None


def pairs(folder: Path, rows: int) -> list[Pair]:
    """What is compared."""
    updates, wide = make(folder / "updates.csv", rows), make(folder / "wide.csv", rows // 10, 100)
    seven = ["--decay", "0.99", "0:1", "100:10x6"]
    imports = [PYTHON, "-c", "import click"]
    rich = [PYTHON, "-c", "import click, rich.table, rich.console"]
    csv = ["-F", "csv"]
    found = [
        Pair("7 rows as CSV", [*EMA_CALC, *seven, *csv], "import click", imports, "1.10"),
        Pair("7 rows as a table", [*EMA_CALC, *seven], "import click and rich", rich, "1.10"),
    ]
    for decay, kind in ("0.9999", "constant after a tenth"), ("0.9999999", "new on every row"):
        awk = ["mawk", "-v", f"D={decay}", AWK, updates]
        ours = ["--decay", decay, updates, *csv]
        found.append(Pair(f"{rows} rows, decay {kind}", [*EMA_CALC, *ours], "mawk %.17g", awk, "0.30"))
        found.append(Pair(f"{rows} rows, decay {kind}, plain", [*PLAIN, *ours], "mawk %.17g", awk, "2.50"))
    mlr = ["mlr", "--icsv", "--ocsv", "step", "-a", "ewma", "-d", "0.0001", "-f", "param", updates]
    fixed = [*EMA_CALC, "--decay", "0.9999", "--rule", "fixed", updates, *csv]
    found.append(Pair(f"{rows} rows, fixed decay", fixed, "mlr step -a ewma", mlr, "1.00"))
    polars = [PYTHON if has("polars") else "polars", "-c", POLARS, updates]
    found.append(Pair(f"{rows} rows, fixed decay", fixed, "polars ewm_mean", polars, ""))
    loop = [compiled(folder), "0.9999999", updates]
    varying = [*EMA_CALC, "--decay", "0.9999999", updates, *csv]
    found.append(Pair(f"{rows} rows, decay new on every row", varying, "a compiled loop, C++", loop, ""))
    wide_awk = ["mawk", "-v", "D=0.9999", WIDE_AWK, wide]
    found.append(
        Pair(
            f"{rows // 10} rows of 100 params",
            [*EMA_CALC, "--decay", "0.9999", wide, *csv],
            "mawk %.17g",
            wide_awk,
            "0.30",
        )
    )
    awk = ["mawk", "-v", "D=0.9999999", AWK, updates]
    records = [*EMA_CALC, "--decay", "0.9999999", as_records(folder / "updates.jsonl", updates), "-F", "jsonl"]
    found.append(Pair(f"{rows} rows, JSON Lines to JSON Lines", records, "mawk %.17g, CSV", awk, "0.60"))
    checked = [*EMA_CALC, "--decay", "0.9999999", logged(folder / "logged.csv", varying), *csv, "--check"]
    found.append(Pair(f"{rows} rows, --check shadow", [*checked, "shadow"], "mawk %.17g", awk, ""))
    timed = [*EMA_CALC, "--time-column", "step", "--half-life", "1000", updates, *csv]
    found.append(Pair(f"{rows} rows, --time-column step", timed, "mawk %.17g", awk, ""))
    for rule in rules():
        own = ["--rule", rule, updates, *csv]
        stated = [*EMA_CALC, "--decay", "0.9999999", *own]
        command = stated if takes(stated) else [*EMA_CALC, *own]
        if takes(command):
            found.append(Pair(f"rule {rule}", command, "mawk %.17g", awk, "0.45"))
    return found


def logged(path: Path, command: list[str]) -> str:
    """The output of a command, as a log that has the shadows."""
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


def takes(command: list[str]) -> bool:
    """Whether such a call succeeds: a rule may take no decay, or have none at a step."""
    return subprocess.run(command, input=b"", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def memory(folder: Path, rows: int) -> None:
    """Print the peak memory at one and at ten times the rows."""
    for name in ("csv", "jsonl", "table"):
        peaks = [
            run([*EMA_CALC, "--decay", "0.9999", make(folder / f"{count}.csv", count), "-F", name]).peak_mib
            for count in (rows, 10 * rows)
        ]
        print(f"peak memory as {name:<6} {peaks[0]:6.1f} MiB at {rows} rows, {peaks[1]:6.1f} MiB at {10 * rows}")


def latency() -> None:
    """Print how long a row of a live pipe takes to come out."""
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
    """Print how long --identify takes for a long log."""
    updates = make(folder / "identified.csv", rows)
    log = logged(folder / "log.csv", [*EMA_CALC, "--decay", "0.999", "--rule", "torch-ema", updates, "-F", "csv"])
    used = median(run([*EMA_CALC, log, "--identify", "shadow"]).seconds for _ in range(RUNS))
    print(f"--identify on {rows} rows: {used:.2f} s (bar 3 s)")


def main() -> None:
    """Measure."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(
        f"{platform.machine()}, {os.cpu_count()} processors,"
        f" {platform.python_implementation()} {platform.python_version()}"
    )
    print(f"{'what':<58} ratio{'':<33} {'pairs':>11}  {'bar':>8}  {'ours':>9}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ratios = {pair.what: compare(pair) for pair in pairs(folder, rows)}
        of_rules = {what: ratio for what, ratio in ratios.items() if ratio is not None and what.startswith("rule ")}
        if of_rules:
            slowest = max(of_rules, key=of_rules.__getitem__)
            print(f"{len(of_rules)} rules: median {median(of_rules.values()):.2f}, {slowest} {of_rules[slowest]:.2f}")
        memory(folder, rows // 10)
        identify(folder, rows // 50)
    latency()


if __name__ == "__main__":
    main()
