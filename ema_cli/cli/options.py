"""The operands and options, in the groups and the order of the help, and the options that exclude each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli import __version__
from ema_cli.cli.click_ext import Choice, Operands, Option, Whole
from ema_cli.cli.console import tell
from ema_cli.core.numbers.dtypes import ENTRIES as DTYPES
from ema_cli.core.numbers.literals import LAST_STEP
from ema_cli.core.record import aliases
from ema_cli.errors import UsageError
from ema_cli.formats.registry import FORMATS
from ema_cli.report.column_specs import COLUMNS, LOGGED
from ema_cli.text.language import ALIASES, LANGUAGES

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

GROUPS: dict[str, tuple[Operands | Option, ...]] = {
    "The script": (
        Operands(
            "script",
            help="Updates such as 0:1 100:10x7, files, - for a pipe",
            more="An update is written [STEP|FIRST..LAST]:PARAM[,PARAM...][xRUNS]. Without any, a pipe on"
            " standard input is read.",
            others="input, script, file, in, csv-file, data, numbers, params, prices, values, i",
        ),
        Option(
            "--step",
            metavar="N",
            hint=_PIECE,
            help="Step of one more update, applied after SCRIPT",
            others="epoch, global-step, iteration, num-updates, s",
        ),
        Option(
            "--param",
            metavar="X[,X...]",
            hint=_PIECE,
            help="Its param, or one value for each of several params",
            others="value, p, x",
        ),
        Option(
            "--runs",
            metavar="K",
            hint=_PIECE,
            help="Number of times to apply that update  [default: 1]",
            others="count, epochs, iterations, num-steps, repeat, rounds, times, k, n",
        ),
        Option(
            "--count-from",
            takes=Whole(0, LAST_STEP),
            help="Number the updates without a step N, N+1, ...",
            others="from-step, initial-step, offset, resume, start-step",
        ),
        Option(
            "--name",
            metavar="A[,B...]",
            hint="; write one list: --name A,B",
            help="Names of the params  [default: from the header]",
        ),
        Option(
            "--header",
            metavar="auto|yes|no",
            takes=Choice(
                ("auto", "yes", "no"),
                {"0": "no", "1": "yes", "false": "no", "infer": "auto", "none": "no", "true": "yes"},
            ),
            default="auto",
            help="Whether the first row is a header  [default: auto]",
            more="auto means yes if no cell of that row is a number.",
            others="no-header=no, noheader=no",
        ),
        Option(
            "--step-column",
            metavar="NAME",
            help="Column of the step  [default: step, iteration, ...]",
            more="none ignores the steps of a file.",
            others="index, x, x-column, xcol",
        ),
        Option(
            "--param-column",
            metavar="NAME",
            multiple=True,
            help="Column of a param  [default: all that look like one]",
            more="The default is a column named param, else every numeric column except steps, clocks and the like.",
            others="col, column, field, metric, price, series, tag, target, usecols, value-column, y",
        ),
        Option(
            "--time-column",
            metavar="NAME",
            help="Column of times, to decay by elapsed time",
            more="Times are numbers, dates or timestamps. The default rule is then elapsed.",
            others="date, datetime, time, times, timestamp",
        ),
        Option("--decay-column", metavar="NAME", help="Column of decays, instead of the rule's schedule"),
        Option(
            "--by",
            metavar="COLUMN",
            multiple=True,
            help="Keep an average for each value of this column",
            more="--by file keeps one for each input file.",
            others="group, group-by, groupby, over, partition-by, per",
        ),
        Option(
            "--where",
            metavar="COLUMN=VALUE",
            multiple=True,
            help="Read only these rows; with !=, only the other rows",
            others="filter, query, select",
        ),
        Option(
            "--missing",
            metavar="HOW",
            takes=Choice(
                ("error", "skip", "hold", "rule"),
                {"drop": "skip", "ffill": "hold", "ignore": "skip", "nan": "rule", "pad": "hold"},
            ),
            default="error",
            help="Empty cells and NaN: error, skip, hold or rule",
            more="error stops; skip leaves them out; hold repeats the last value; rule does what the rule's framework"
            " does.  [default: error]",
            others="dropna=skip, fillna=hold, ffill=hold, ignore-na=rule, skipna=skip, nan",
        ),
    ),
    "The average": (
        Option(
            "--decay",
            metavar="D",
            multiple=True,
            help="DECAY, between 0 and 1, such as 0.99 or 0.999^32",
            more="Required unless one of the next five options or the rule gives it. Give --decay, --rule or"
            " --dtype more than once to compare averages side by side.",
            others="beta, beta1, beta2, coefficient, decay-factor, discount, discount-factor, ema, ema-decay,"
            " ema-momentum, ema-rate, factor, forgetting-factor, gamma, lambda, lam, momentum, retention, rho, tau, b,"
            " d, m",
        ),
        Option(
            "--half-life", metavar="H", multiple=True, help="Rounds until half is left: decay 0.5^(1/H)", others="half"
        ),
        Option(
            "--span",
            metavar="S",
            multiple=True,
            help="Span in rounds, at least 1: weight 2/(S+1)",
            others="bars, ema, lag, length, lookback, period, periods, size, timeperiod, window, window-size, n, w",
        ),
        Option("--com", metavar="C", multiple=True, help="Centre of mass in rounds, at least 0: weight 1/(1+C)"),
        Option(
            "--alpha",
            metavar="A",
            multiple=True,
            help="Weight, 1 - decay, between 0 and 1",
            others="gain, learning-rate, lr, momentum, rate, smoothing-constant, smoothing-factor, tau,"
            " time-constant=1/N, update-rate, weight, a",
        ),
        Option(
            "--leaves", metavar="LEFT:ROUNDS", multiple=True, help="LEFT of the initial value after ROUNDS, as 1%:5000"
        ),
        Option(
            "--initial",
            metavar="X",
            hint="; write one list: --initial X,X",
            help="Initial value; first: the first param  [default: 0]",
            more="X,X,... gives each param its own value. mean:N starts the shadow at the mean of the first N params;"
            " logged starts at the first shadow of --check.",
            others="first=first, init, initial-value, prev, previous, previous-ema, s0, start, x0",
        ),
        Option(
            "--update-every",
            metavar="N",
            takes=Whole(1, LAST_STEP),
            default=1,
            help="Update in rounds N, 2N, ...; skip the others",
            others="accumulate, accumulate-grad-batches, accumulation-steps, grad-accum, gradient-accumulation-steps,"
            " interval, update-freq, update-interval",
        ),
        Option(
            "--rule",
            metavar="NAME",
            multiple=True,
            help="fixed, torch, tensorflow, ...  [default: warmup]",
            more="NAME:KEY=VALUE,... sets its parameters, such as diffusers:foreach=true. --list-rules lists all rules."
            " custom:decay=FORMULA is one of your own; see --about-rule custom.",
            others="average, backend, compare, framework, implementation, method, mode, r, no-warmup=fixed,"
            " update-after=custom:after=N, start-after=custom:after=N,"
            " no-adjust=pandas:adjust=false, sma=sma:window=N, window=sma:window=N, tau=yolov5:tau=N,"
            " smooth=tensorboard --decay N, smoothing=tensorboard --decay N, smoothing-weight=tensorboard --decay N,"
            " atr=atr:timeperiod=N, rsi=ta-lib-rsi:timeperiod=N, tema=tema:timeperiod=N, wilder=wilder:timeperiod=N",
        ),
        Option(
            "--dtype",
            metavar="T",
            takes=Choice(DTYPES, aliases(DTYPES)),
            multiple=True,
            help="float64, float32, float16, bfloat16 or exact",
            more="The type of params and shadow; exact computes in fractions.  [default: the rule's]",
            others="fractions=exact, precision, type, t",
        ),
        Option(
            "--list-rules",
            is_flag=True,
            help="List the rules, or those that mention WORD...",
            more="Operands are words to search for, not a script.",
            others="list, rules, l",
        ),
        Option(
            "--about-rule", metavar="NAME", help="Explain a rule: its schedule, arithmetic, pitfalls", others="about"
        ),
        Option(
            "--about-decay",
            is_flag=True,
            help="Explain the decay, also for larger batches",
            more="Shows the half-life, the span, when 1 % of the initial value is left, the decay for 2, 4 and 8 times"
            " the batch. Reads no script; --runs is the length of training in rounds.",
            others="batch, batch-scale, batch-size, bs, kappa, scale",
        ),
    ),
    "The output": (
        Option(
            "--format",
            letter="-F",
            metavar="NAME",
            takes=Choice(FORMATS, aliases(FORMATS)),
            help="table, csv, json, latex, html, ...  [default: table]",
            more=f"One of {', '.join(FORMATS)}. By default, the extension of the --output file decides.",
            others="f, output-format, plain=tsv, pretty=table, raw=csv",
        ),
        Option(
            "--output",
            letter="-o",
            metavar="FILE",
            help="Write to a file, which appears when it is complete",
            others="handout, out, outfile, output-file, save",
        ),
        Option(
            "--columns",
            letter="-c",
            metavar="LIST",
            hint="; write one list: --columns step,shadow",
            help="Columns, such as step,shadow; +share adds one",
            more=f"There are {', '.join(COLUMNS)}.",
            others="col, cols, column, list-columns=+NAME, bias-correction=+debiased, debias=+debiased,"
            " unbiased=+debiased, zero-debias=+debiased",
        ),
        Option("--keep", is_flag=True, help="Copy the input's other columns to the output"),
        Option(
            "--digits",
            takes=Whole(1, 1000),
            help="Round to N significant digits  [default: 8 in tables]",
            others="precision",
        ),
        Option("--decimals", takes=Whole(0, 1000), help="Round to N decimals", others="decimal, places, round"),
        Option("--every", metavar="K", takes=Whole(1, LAST_STEP), help="Show the first, every Kth and the last round"),
        Option("--title", metavar="TEXT", help="Line above the table"),
        Option(
            "--symbols",
            metavar="LIST",
            hint="; write one list: --symbols decay=β,shadow=v",
            help="Names in headings and formulas: shadow=v,decay=β",
            more="Data formats keep the usual names.",
        ),
        Option(
            "--theme",
            metavar="NAME",
            takes=Choice(("auto", "light", "dark"), {"black": "dark", "night": "dark"}),
            default="auto",
            help="Colors of html and svg: auto, light or dark",
            more="auto: html follows the reader's theme, svg is light.  [default: auto]",
            others="dark=dark, light=light",
        ),
        Option(
            "--width",
            takes=Whole(20, 100_000),
            help="Maximum table width in characters",
            more="[default: the terminal's]",
        ),
        Option(
            "--color",
            metavar="WHEN",
            takes=Choice(("auto", "always", "never"), {"no": "never", "off": "never", "on": "always", "yes": "always"}),
            default="auto",
            help="Style the table: auto, always or never",
            others="no-color=never, no-colour=never",
            more="auto: on a terminal.  [default: auto]",
        ),
        Option(
            "--lang",
            metavar="|".join(LANGUAGES),
            takes=Choice(LANGUAGES, ALIASES),
            default="en",
            help="Language of tables, charts and lists",
            more="Data formats, errors and notes on stderr are English.  [default: en]",
            others="chinese=zh, language, zh=zh",
        ),
        Option(
            "--summary",
            is_flag=True,
            help="Add a summary: half-life, initial value left, ...",
            more="Also the time constant, the span, the end of the warm-up, how many params the average is worth,"
            " stalled rounds and the final gap. With csv, tsv and jsonl it goes to stderr.",
        ),
        Option("--quiet", letter="-q", is_flag=True, help="Print no notes on stderr", others="silent"),
    ),
    "Checking": (
        Option(
            "--check",
            metavar="COLUMN",
            multiple=True,
            help="Compare with a logged shadow; exit 3 if it differs",
            more="PARAM=COLUMN names the param if the column names don't.",
            others="assert, compare, diff, expected, ground-truth, logged, reference, shadow, test, truth, verify",
        ),
        Option(
            "--tolerance",
            metavar="KIND:X",
            help="abs:X, rel:X or ulp:N  [default: the logged digits]",
            others="atol=abs:N, eps=abs:N, epsilon=abs:N, rtol=rel:N, threshold=abs:N",
        ),
        Option(
            "--only-different",
            is_flag=True,
            help="Show only the rounds that differ under --check",
            more="Tables also show the rounds next to them.",
        ),
        Option(
            "--identify",
            metavar="COLUMN",
            help="Find the average that made a logged shadow",
            more="PARAM=COLUMN names the param. --rule, --decay, --dtype, --initial and --count-from narrow the"
            " search.",
            others="detect, estimate, find, find-decay, fit, guess, infer, recover, reverse",
        ),
    ),
    "Teaching": (
        Option(
            "--explain",
            is_flag=True,
            help="Show the rule in symbols and each round's arithmetic",
            others="detail, formula, show-steps, show-work, show-working, solve, step-by-step, verbose, work",
        ),
        Option(
            "--blank",
            metavar="COLUMN",
            multiple=True,
            help="Leave a column blank; COLUMN:2..5: only rounds 2 to 5",
            others="exercise=shadow, quiz=shadow, worksheet=shadow",
        ),
        Option(
            "--answers", is_flag=True, help="Append the answer key of the worksheet", others="key, solution, solutions"
        ),
        Option(
            "--variant",
            metavar="N",
            takes=Whole(1, 1_000_000),
            help="Draw new params, and add a line for name and date",
            others="random, seed",
        ),
        Option(
            "--round-each",
            metavar="N",
            takes=Whole(0, 300),
            help="Round each shadow to N decimals, as by hand",
            others="round",
        ),
        Option(
            "--plot",
            is_flag=True,
            help="Draw the chosen columns as a chart (extra plot)",
            more="Draws param and shadow by default; -c share draws bars.",
            others="chart, graph",
        ),
        Option(
            "--plot-file",
            metavar="FILE",
            multiple=True,
            help="Save the chart as .svg, .png or .pdf (extra plot)",
            others="fig, figure, image, pdf, picture, plot-out, png, savefig",
        ),
        Option(
            "--interactive",
            is_flag=True,
            help="Make an HTML page with sliders for the class",
            more="The reader can change DECAY, the initial value and the params.",
            others="slider, sliders, web",
        ),
        Option("--standalone", is_flag=True, help="Make a complete LaTeX document, not just the table"),
    ),
    "The tool": (
        Option(
            "--completion",
            metavar="SHELL",
            takes=Choice(("bash", "zsh", "fish"), {"sh": "bash"}),
            acts=_show_completion,
            help="Print the completion script for bash, zsh or fish",
        ),
        Option("--version", is_flag=True, acts=_show_version, help="Show the version and exit", others="V, v"),
        Option(
            "--help",
            letter="-h",
            is_flag=True,
            acts=_show_help,
            help="Show this message and exit",
            others="?, doc, docs, examples, list-dtypes, list-formats, man, usage",
        ),
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
    """Refuse incompatible options.

    Args:
        given: The keys of the options on the command line.
        columns: The text of --columns, or None.

    Raises:
        UsageError: Two options are incompatible, or one needs another.
    """
    names = {name.strip("+ ") for name in (columns or "").split(",")}
    there = {*given, *["logged"] * (not names.isdisjoint(LOGGED)), *names & {"time"}}
    for both, missing, sentence in _CONFLICTS:
        if there.issuperset(both) and missing not in there:
            raise UsageError(sentence)
