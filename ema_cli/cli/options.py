"""The options, in the groups and the order in which the help shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli import __version__
from ema_cli.cli.click_ext import Argument, Choice, Option, Whole
from ema_cli.cli.console import tell
from ema_cli.core.dtypes import DTYPES
from ema_cli.core.literals import LAST_STEP
from ema_cli.formats.registry import FORMATS
from ema_cli.languages.language import LANGUAGES
from ema_cli.report.column_specs import COLUMNS

if TYPE_CHECKING:
    import click


def _show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from ema_cli.native.compiled import WORTH, compiled

        core = "plain Python" if compiled(WORTH) is None else "compiled core"
        tell(f"ema-calc {__version__}, {core}\n")
        ctx.exit()


def _show_completion(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None and not ctx.resilient_parsing:
        from ema_cli.cli.completion import script

        tell(script(value))
        ctx.exit()


def _choice(*names: str, **settings: Any) -> dict[str, Any]:
    return {"type": Choice(names), **settings}


_PIECE = "; several updates are written as operands: 0:1 100:10x7"

_GROUPS: dict[str, tuple[Option, ...]] = {
    "The script": (
        Option("--step", metavar="N", hint=_PIECE, help="The step of one more piece, after the operands."),
        Option("--param", metavar="X[,X...]", hint=_PIECE, help="Its param, or the values of several params."),
        Option("--runs", metavar="K", hint=_PIECE, help="How many rounds it lasts.  [default: 1]"),
        Option("--count-from", type=Whole(0, LAST_STEP), help="Number the updates without a step N, N+1, ..."),
        Option(
            "--name",
            metavar="A[,B...]",
            hint="; several are one list: --name A,B",
            help="The names of the params.  [default: from the header]",
        ),
        Option(
            "--header",
            **_choice("auto", "yes", "no", default="auto"),
            help="Whether a file's first row is a header; auto: if no cell of it is a number.  [default: auto]",
        ),
        Option("--step-column", metavar="NAME|none", help="The column of the step.  [default: step, global_step, ...]"),
        Option("--time-column", metavar="NAME", help="The column of times, for a decay by elapsed time: rule elapsed."),
        Option("--decay-column", metavar="NAME", help="The column of decays, in the place of the rule's own."),
        Option(
            "--param-column",
            metavar="NAME",
            multiple=True,
            help="A column of a param; may be repeated.  [default: param, else every numeric column]",
        ),
        Option(
            "--by",
            metavar="COLUMN",
            multiple=True,
            help="Keep an average for each value of a column, or for each file: --by file; may be repeated.",
        ),
        Option(
            "--where",
            metavar="COLUMN=VALUE",
            multiple=True,
            help="Read only the rows with this value in a column, or with another one: COLUMN!=VALUE; may be repeated.",
        ),
        Option(
            "--missing",
            **_choice("error", "skip", "hold", "rule", default="error"),
            help="What an empty cell, NA, NaN or infinity does: skip makes no round, hold repeats the last value,"
            " rule leaves it to the rule.  [default: error]",
        ),
    ),
    "The average": (
        Option(
            "--decay",
            metavar="D",
            multiple=True,
            help="The constant DECAY, between 0 and 1, such as 0.99 or 0.999^32; required, or one of the next five.",
        ),
        Option("--half-life", metavar="H", multiple=True, help="Rounds until half is left: decay 0.5^(1/H)."),
        Option("--span", metavar="S", multiple=True, help="Span in rounds, at least 1: weight 2/(S+1)."),
        Option("--com", metavar="C", multiple=True, help="Centre of mass in rounds, at least 0: weight 1/(1+C)."),
        Option("--alpha", metavar="A", multiple=True, help="The weight itself, between 0 and 1."),
        Option(
            "--leaves",
            metavar="LEFT:ROUNDS",
            multiple=True,
            help="The part of the initial value that is left after so many rounds, such as 1%:5000.",
        ),
        Option(
            "--initial",
            metavar="X[,X...]|first|mean:N|logged",
            hint="; those of several params are one list: --initial X,X",
            help="The param's value before the first update; first: the first param's; mean:N: the shadow"
            " starts at the mean of the first N params; logged: at the first shadow of --check.  [default: 0]",
        ),
        Option(
            "--update-every",
            metavar="N",
            type=Whole(1, LAST_STEP),
            default=1,
            help="Update in rounds N, 2N, ...; skip the others.",
        ),
        Option(
            "--rule",
            metavar="NAME[:KEY=VALUE,...]",
            multiple=True,
            help="warmup, fixed, or a published implementation such as tensorflow, torch or diffusers:foreach=true;"
            " --list-rules has them all. custom:decay=FORMULA is one of your own: --about-rule custom tells more."
            "  [default: warmup]",
        ),
        Option(
            "--dtype",
            **_choice(*DTYPES, multiple=True),
            help="The type that values are held in.  [default: the rule's]  A decay, a rule or a dtype given more than"
            " once compares: one average for each combination.",
        ),
        Option(
            "--list-rules",
            is_flag=True,
            help="List the rules, or those of --rule: effective decay, first decays at --decay, default, source.",
        ),
        Option(
            "--about-rule",
            metavar="NAME[:KEY=VALUE,...]",
            help="Explain a rule: its step, first call, arithmetic, parameters.",
        ),
        Option(
            "--about-decay",
            is_flag=True,
            help="Say what decays mean: half-life, span, rounds until 1 % is left, the decay for a larger batch;"
            " --runs says how long training lasts.",
        ),
    ),
    "The output": (
        Option(
            "-F",
            "--format",
            metavar="NAME",
            **_choice(*FORMATS),
            help=f"One of {', '.join(FORMATS)}.  [default: by --output, else table]",
        ),
        Option("-o", "--output", metavar="FILE", help="Write to a file, which appears when it is complete."),
        Option(
            "-c",
            "--columns",
            metavar="LIST",
            hint="; several are one list: --columns step,shadow",
            help=f"The columns, such as step,shadow; +change,gap adds to the default. There are {', '.join(COLUMNS)}.",
        ),
        Option("--keep", is_flag=True, help="Pass the other columns of the input through."),
        Option("--digits", type=Whole(1, 1000), help="Round to N significant digits.  [default: 8 in tables]"),
        Option("--decimals", type=Whole(0, 1000), help="Round to N decimals."),
        Option("--every", metavar="K", type=Whole(1, LAST_STEP), help="Show the first, each Kth and the last round."),
        Option("--title", metavar="TEXT", help="A line above the table."),
        Option(
            "--symbols",
            metavar="NAME=TEXT,...",
            hint="; several are one list: --symbols decay=β,shadow=v",
            help="Other names in headings, formulas and axes, such as shadow=v,param=θ,decay=β; records keep theirs.",
        ),
        Option(
            "--theme",
            **_choice("auto", "light", "dark", default="auto"),
            help="The colours of html and svg; auto: html follows the reader, svg is light.  [default: auto]",
        ),
        Option("--width", type=Whole(20, 100_000), help="Columns a table may take.  [default: the terminal's]"),
        Option(
            "--color",
            **_choice("auto", "always", "never", default="auto"),
            help="Whether a table has styles; auto: on a terminal.  [default: auto]",
        ),
        Option(
            "--lang",
            **_choice(*LANGUAGES, default="en"),
            help="The language of tables and charts, of lists of rules, and of what --identify finds; records, errors"
            " and notes on stderr are English.  [default: en]",
        ),
        Option(
            "--summary",
            is_flag=True,
            help="Add half-life, time constant, span, end of the warm-up, what is left of the initial value, stalled"
            " rounds and the final gap; with csv, tsv and jsonl on stderr.",
        ),
        Option("-q", "--quiet", is_flag=True, help="No notes on stderr."),
    ),
    "Checking": (
        Option(
            "--check",
            metavar="[PARAM=]COLUMN",
            multiple=True,
            help="Compare with the shadow that was logged in a column of the file, round by round; exit code 3 if a"
            " round differs. PARAM= says whose shadow it is, where the names of the columns do not.",
        ),
        Option(
            "--tolerance",
            metavar="abs:X|rel:X|ulp:N",
            help="What counts as equal.  [default: equal at the digits that were logged]",
        ),
        Option(
            "--only-different",
            is_flag=True,
            help="Show the rounds that differ under --check, in tables with a neighbor on each side.",
        ),
        Option(
            "--identify",
            metavar="[PARAM=]COLUMN",
            help="Which average gives the shadow that was logged in a column: rule, decay, dtype. --rule, --decay,"
            " --dtype, --initial and --count-from narrow the search.",
        ),
    ),
    "Teaching": (
        Option("--explain", is_flag=True, help="Show the working: the rule in symbols, and each round's arithmetic."),
        Option(
            "--blank",
            metavar="COLUMN[:ROUNDS]",
            multiple=True,
            help="Leave a column to be filled in, in all rounds or in 2, 2..5 or 2,4; may be repeated.",
        ),
        Option(
            "--variant",
            metavar="N",
            type=Whole(1, 1_000_000),
            help="Draw other params, as clean as those of the updates, and add a line for name and date.",
        ),
        Option("--answers", is_flag=True, help="Append the key of the worksheet."),
        Option("--plot", is_flag=True, help="Draw the chosen columns, or param and shadow, as a chart (extra plot)."),
        Option(
            "--plot-file",
            metavar="FILE",
            multiple=True,
            help="Draw the chart into a .svg, .png or .pdf file (extra plot); may be repeated.",
        ),
        Option(
            "--interactive",
            is_flag=True,
            help="Make an HTML page with sliders and fields for DECAY, the initial value and the params.",
        ),
        Option("--standalone", is_flag=True, help="Make a LaTeX document, not a part of one."),
        Option(
            "--round-each",
            metavar="N",
            type=Whole(0, 300),
            help="Round each shadow to N decimals; carry it so (in float64).",
        ),
    ),
    "The tool": (
        Option(
            "--completion",
            **_choice("bash", "zsh", "fish"),
            is_eager=True,
            expose_value=False,
            callback=_show_completion,
            help="Print the script that lets a shell complete options and their values.",
        ),
        Option(
            "--version",
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            help="Show the version and exit.",
        ),
    ),
}


def _parameters() -> list[click.Parameter]:
    script = Argument(
        "script",
        nargs=-1,
        group="The script",
        meaning="Updates in order: pieces [STEP|FIRST..LAST]:PARAM[,PARAM...][xRUNS], files, and - for standard input."
        "  [default: a pipe on standard input]",
    )
    found: list[click.Parameter] = [script]
    for group, options in _GROUPS.items():
        for option in options:
            option.group = group
            found.append(option)
    return found


PARAMETERS = _parameters()

EXAMPLES = (
    ("ema-calc --decay 0.99 --step 100 --param 10 --runs 7", "seven rounds at step 100"),
    ("ema-calc --decay 0.99 0:1 100:10x7", "pieces: STEP:PARAMxRUNS"),
    ("ema-calc --decay 0.99 0..99:1,2", "steps 0 to 99, two params"),
    ("cat updates.csv | ema-calc --decay 0.999", "lines of step,param"),
    ("ema-calc --decay 0.999 updates.csv -o shadows.csv", "from file to file"),
    ("ema-calc --decay 0.99 --rule tensorflow 0:1 100:10x7", "TensorFlow's digits"),
    ("ema-calc --about-decay --decay 0.999", "what a decay means"),
    ("ema-calc --decay 0.9 :1x20 -c +share --summary", "what each param makes up in the end"),
    ("ema-calc --leaves 1%:5000 --rule fixed :1", "the decay that leaves 1 % after 5000 rounds"),
    ("ema-calc --half-life 10 --initial -1 -- :1x5 :-2", "no steps; -- ends the options"),
)
