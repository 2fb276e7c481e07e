"""The operands and options, in the groups and the order of the help, and the options that exclude each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli import __version__
from ema_cli.cli.click_ext import Operands, Option, Whole
from ema_cli.cli.console import tell
from ema_cli.core.numbers.dtypes import ENTRIES as DTYPES
from ema_cli.core.numbers.literals import LAST_STEP
from ema_cli.errors import UsageError
from ema_cli.formats.registry import FORMATS
from ema_cli.report.column_specs import LOGGED
from ema_cli.text.language import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click


def _show_help(ctx: click.Context, _: bool) -> None:
    tell(f"{ctx.get_help()}\n")


def _show_version(*_: Any) -> None:
    from ema_cli.core.compiled_loops import WORTH, compiled

    core = "plain Python" if compiled(WORTH) is None else "compiled core"
    tell(f"ema-calc {__version__}, {core}\n")


def _show_completion(_: click.Context, shell: str) -> None:
    from ema_cli.cli.completion import script

    tell(script(shell))


_PIECE = "; write several updates as 0:1 100:10x7"


def _one_list(text: str) -> str:
    """The hint for an option that takes one list."""
    return f"; write one list: {text}"


GROUPS: dict[str, tuple[Operands | Option, ...]] = {
    "The script": (
        Operands("Updates such as 0:1 100:10x7, files, - for a pipe"),
        Option("--step", "N", "Step of one more update, applied after SCRIPT", hint=_PIECE),
        Option("--param", "X[,X...]", "Its param, or one value for each of several params", hint=_PIECE),
        Option("--runs", "K", "Number of times to apply that update  [default: 1]", hint=_PIECE),
        Option("--count-from", "N", "Number the updates without a step N, N+1, ...", takes=Whole(0, LAST_STEP)),
        Option("--name", "A[,B...]", "Names of the params  [default: from the header]", hint=_one_list("--name A,B")),
        Option(
            "--header", "auto|yes|no", "Whether the first row is a header  [default: auto]", takes=("auto", "yes", "no")
        ),
        Option("--step-column", "NAME", "Column of the step  [default: step, iteration, ...]"),
        Option("--param-column", "NAME", "Column of a param  [default: all that look like one]", multiple=True),
        Option("--time-column", "NAME", "Column of times, to decay by elapsed time"),
        Option("--decay-column", "NAME", "Column of decays, instead of the rule's schedule"),
        Option("--by", "COLUMN", "Keep an average for each value of this column", multiple=True),
        Option("--where", "COLUMN=VALUE", "Read only these rows; with !=, only the other rows", multiple=True),
        Option(
            "--missing",
            "HOW",
            "Empty cells and NaN: error, skip, hold or rule",
            takes=("error", "skip", "hold", "rule"),
        ),
    ),
    "The average": (
        Option("--decay", "D", "DECAY, between 0 and 1, such as 0.99 or 0.999^32", multiple=True),
        Option("--half-life", "H", "Rounds until half is left: decay 0.5^(1/H)", multiple=True),
        Option("--span", "S", "Span in rounds, at least 1: weight 2/(S+1)", multiple=True),
        Option("--com", "C", "Centre of mass in rounds, at least 0: weight 1/(1+C)", multiple=True),
        Option("--alpha", "A", "Weight, 1 - decay, between 0 and 1", multiple=True),
        Option("--leaves", "LEFT:ROUNDS", "LEFT of the initial value after ROUNDS, as 1%:5000", multiple=True),
        Option(
            "--initial", "X", "Initial value; first: the first param  [default: 0]", hint=_one_list("--initial X,X")
        ),
        Option(
            "--update-every", "N", "Update in rounds N, 2N, ...; skip the others", takes=Whole(1, LAST_STEP), default=1
        ),
        Option("--rule", "NAME", "fixed, torch, tensorflow, ...  [default: warmup]", multiple=True),
        Option("--dtype", "T", "float64, float32, float16, bfloat16 or exact", takes=tuple(DTYPES), multiple=True),
        Option("--list-rules", "", "List the rules, or those that mention WORD..."),
        Option("--about-rule", "NAME", "Explain a rule: its schedule, arithmetic, pitfalls"),
        Option("--about-decay", "", "Explain the decay, also for larger batches"),
    ),
    "The output": (
        Option(
            "--format",
            "NAME",
            "table, csv, json, latex, html, ...  [default: table]",
            letter="-F",
            takes=tuple(FORMATS),
            default="",
        ),
        Option("--output", "FILE", "Write to a file, which appears when it is complete", letter="-o"),
        Option(
            "--columns",
            "LIST",
            "Columns, such as step,shadow; +share adds one",
            letter="-c",
            hint=_one_list("--columns step,shadow"),
        ),
        Option("--keep", "", "Copy the input's other columns to the output"),
        Option("--digits", "N", "Round to N significant digits  [default: 8 in tables]", takes=Whole(1, 1000)),
        Option("--decimals", "N", "Round to N decimals", takes=Whole(0, 1000)),
        Option("--every", "K", "Show the first, every Kth and the last round", takes=Whole(1, LAST_STEP)),
        Option("--title", "TEXT", "Line above the table"),
        Option(
            "--symbols",
            "LIST",
            "Names in headings and formulas: shadow=v,decay=β",
            hint=_one_list("--symbols decay=β,shadow=v"),
        ),
        Option("--theme", "NAME", "Colors of html and svg: auto, light or dark", takes=("auto", "light", "dark")),
        Option("--width", "N", "Maximum table width in characters", takes=Whole(20, 100_000)),
        Option("--color", "WHEN", "Style the table: auto, always or never", takes=("auto", "always", "never")),
        Option("--lang", "|".join(LANGUAGES), "Language of tables, charts and lists", takes=LANGUAGES),
        Option("--summary", "", "Add a summary: half-life, initial value left, ..."),
        Option("--quiet", "", "Print no notes on stderr", letter="-q"),
    ),
    "Checking": (
        Option("--check", "COLUMN", "Compare with a logged shadow; exit 3 if it differs", multiple=True),
        Option("--tolerance", "KIND:X", "abs:X, rel:X or ulp:N  [default: the logged digits]"),
        Option("--only-different", "", "Show only the rounds that differ under --check"),
        Option("--identify", "COLUMN", "Find the average that made a logged shadow"),
    ),
    "Teaching": (
        Option("--explain", "", "Show the rule in symbols and each round's arithmetic"),
        Option("--blank", "COLUMN", "Leave a column blank; COLUMN:2..5: only rounds 2 to 5", multiple=True),
        Option("--answers", "", "Append the answer key of the worksheet"),
        Option("--variant", "N", "Draw new params, and add a line for name and date", takes=Whole(1, 1_000_000)),
        Option("--round-each", "N", "Round each shadow to N decimals, as by hand", takes=Whole(0, 300)),
        Option("--plot", "", "Draw the chosen columns as a chart (extra plot)"),
        Option("--plot-file", "FILE", "Save the chart as .svg, .png or .pdf (extra plot)", multiple=True),
        Option("--interactive", "", "Make an HTML page with sliders for the class"),
        Option("--standalone", "", "Make a complete LaTeX document, not just the table"),
    ),
    "The tool": (
        Option(
            "--completion",
            "SHELL",
            "Print the completion script for bash, zsh or fish",
            takes=("bash", "zsh", "fish"),
            acts=_show_completion,
        ),
        Option("--version", "", "Show the version and exit", acts=_show_version),
        Option("--help", "", "Show this message and exit", letter="-h", acts=_show_help),
    ),
}


EXAMPLES = (
    ("ema-calc --decay 0.99 --step 100 --param 10 --runs 7", "seven rounds at step 100"),
    ("ema-calc --decay 0.99 0:1 100:10x7", "updates: STEP:PARAMxRUNS"),
    ("ema-calc --decay 0.99 0..99:1,2", "100 steps, two params"),
    ("ema-calc --half-life 10 --initial -1 -- :1x5 :-2", "without steps"),
    ("cat updates.csv | ema-calc --decay 0.999", "lines of step,param"),
    ("ema-calc --decay 0.999 updates.csv -o shadows.csv", "from file to file"),
)

QUESTIONS = (
    ("what a decay means", "ema-calc --about-decay --decay 0.999"),
    ("1 % left after 5000 rounds", "ema-calc --about-decay --leaves 1%:5000"),
    ("a batch 4 times as big", "ema-calc --about-decay --decay 0.999^4"),
    ("why warm up", "ema-calc --about-rule warmup"),
    ("how frameworks differ", "ema-calc --rule torch --rule keras 0..9:1"),
    ("how much each param counts", "ema-calc --decay 0.9 :1x20 -c +share"),
    ("shares as a bar chart", "ema-calc --decay 0.9 :1x20 -c round,share --plot"),
    ("initial value still left", "ema-calc --decay 0.9 :1x20 -c +initial-weight"),
    ("EMA vs. moving average", "ema-calc --span 7 --rule fixed --rule sma log.csv"),
    ("which EMA made this log", "ema-calc --identify ema log.csv"),
    ("where my code differs", "ema-calc --decay 0.9 --check ema log.csv"),
    ("an average for each run", "ema-calc --decay 0.9 --by run log.csv"),
    ("a half-life in minutes", "ema-calc --half-life 5min --time-column t log.csv"),
    ("a page for class", "ema-calc --decay 0.9 :1x9 --interactive -o a.html"),
)

_CONFLICTS = (
    (("list_rules", "about_rule"), "", "give --list-rules or --about-rule, not both"),
    (("identify", "check"), "", "--identify finds an average and --check tests one: give one of them"),
    (("identify", "decay_column"), "", "--identify finds the decay and --decay-column states it: give one of them"),
    (("identify", "update_every"), "", "--identify finds how often the shadow updates: leave --update-every out"),
    (("identify", "tolerance"), "", "--tolerance needs --check: --identify goes by the logged digits"),
    (("decay_column", "time_column"), "", "give --decay-column or --time-column, not both"),
    (("digits", "decimals"), "", "--digits and --decimals both round; give one of them"),
    (("tolerance",), "check", "--tolerance sets what --check accepts as equal; give --check COLUMN"),
    (("logged",), "check", "the columns logged, difference and ulps need --check COLUMN"),
    (("time",), "time_column", "the column time needs --time-column NAME"),
    (("only_different",), "check", "--only-different shows the rounds that differ under --check; give --check COLUMN"),
    (("only_different", "by"), "", "--only-different shows one average: choose a group with --where, not --by"),
    (("only_different", "every"), "", "--only-different and --every both choose rounds; give one of them"),
    (("interactive", "decay_column"), "", "--interactive computes the decays: leave --decay-column out"),
    (("answers",), "blank", "--answers is the key to a worksheet; give --blank COLUMN"),
    *(
        (("interactive", name), "", f"--interactive chooses its own columns and rows; leave --{name} out")
        for name in ("columns", "blank", "every", "check", "keep", "width")
    ),
)
"""Options given together, the option that they need, and the error if it is missing; if they need none, they exclude
each other. `logged` stands for a column of --check, `time` for the column of --time-column."""


def check_together(given: Sequence[str], columns: str | None) -> None:
    """Refuse incompatible options among those on the command line (`given`, by their keys)."""
    names = {name.strip("+ ") for name in (columns or "").split(",")}
    there = {*given, *["logged"] * (not names.isdisjoint(LOGGED)), *names & {"time"}}
    for both, missing, sentence in _CONFLICTS:
        if there.issuperset(both) and missing not in there:
            raise UsageError(sentence)
