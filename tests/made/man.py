"""The man page, from the text of --help."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli import __version__
from ema_cli.cli.command import command
from ema_cli.cli.options import EXAMPLES, GROUPS, QUESTIONS
from ema_cli.formats.registry import FORMATS
from ema_cli.report.column_specs import COLUMNS

if TYPE_CHECKING:
    from ema_cli.cli.click_ext import Operands, Option

_DESCRIPTION = """\
Training code keeps a shadow of each parameter, an exponential moving average:

shadow = decay x shadow + (1 - decay) x param

A rule determines the effective decay at each step: the textbook rule, min(DECAY, (1 + step) / (10 + step)), or a
published implementation's, reproduced to the last bit. The output has a row for each round."""

_SEE_ALSO = "ema-calc --list-rules lists the rules; ema-calc --about-rule NAME explains one."

_MORE = {
    "SCRIPT": "An update is written [STEP|FIRST..LAST]:PARAM[,PARAM...][xRUNS]. Without any, a pipe on standard input"
    " is read.",
    "--header": "auto means yes if no cell of that row is a number.",
    "--step-column": "none ignores the steps of a file.",
    "--param-column": "The default is a column named param, else every numeric column except steps, clocks and the"
    " like.",
    "--time-column": "Times are numbers, dates or timestamps. The default rule is then elapsed.",
    "--by": "--by file keeps one for each input file.",
    "--missing": "error stops; skip leaves them out; hold repeats the last value; rule does what the rule's framework"
    " does.  [default: error]",
    "--decay": "Required unless one of the next five options or the rule gives it. Give --decay, --rule or --dtype more"
    " than once to compare averages side by side.",
    "--initial": "X,X,... gives each param its own value. mean:N starts the shadow at the mean of the first N params;"
    " logged starts at the first shadow of --check.",
    "--rule": "NAME:KEY=VALUE,... sets its parameters, such as diffusers:foreach=true. --list-rules lists all rules."
    " custom:decay=FORMULA is one of your own; see --about-rule custom.",
    "--dtype": "The type of params and shadow; exact computes in fractions.  [default: the rule's]",
    "--list-rules": "Operands are words to search for, not a script.",
    "--about-decay": "Shows the half-life, the span, when 1 % of the initial value is left, the decay for 2, 4 and 8"
    " times the batch. Reads no script; --runs is the length of training in rounds.",
    "--format": f"One of {', '.join(FORMATS)}. By default, the extension of the --output file decides.",
    "--columns": f"There are {', '.join(COLUMNS)}.",
    "--symbols": "Data formats keep the usual names.",
    "--theme": "auto: html follows the reader's theme, svg is light.  [default: auto]",
    "--width": "[default: the terminal's]",
    "--color": "auto: on a terminal.  [default: auto]",
    "--lang": "Data formats, errors and notes on stderr are English.  [default: en]",
    "--summary": "Also the time constant, the span, the end of the warm-up, how many params the average is worth,"
    " stalled rounds and the final gap. With csv, tsv and jsonl it goes to stderr.",
    "--check": "PARAM=COLUMN names the param if the column names don't.",
    "--only-different": "Tables also show the rounds next to them.",
    "--identify": "PARAM=COLUMN names the param. --rule, --decay, --dtype, --initial and --count-from narrow the"
    " search.",
    "--plot": "Draws param and shadow by default; -c share draws bars.",
    "--interactive": "The reader can change DECAY, the initial value and the params.",
}
"""More about some options and the operands than the help says."""

_SPECIAL = str.maketrans({"\\": r"\e", "-": r"\-", "'": r"\(aq", "^": r"\(ha", "~": r"\(ti"})


def _text(text: str) -> str:
    """Plain text escaped for roff."""
    return re.sub(r"^\.", r"\\&.", text.translate(_SPECIAL), flags=re.MULTILINE)


def _section(title: str, *parts: str) -> str:
    return "\n".join([f".SH {title.upper()}", *parts])


def _paragraphs(text: str) -> str:
    return "\n.PP\n".join(_text(part) for part in text.split("\n\n"))


def _item(head: str, text: str) -> str:
    return f".TP\n\\fB{_text(head)}\\fR\n{_text(' '.join(text.split()))}"


def _entry(entry: Operands | Option) -> str:
    """An option or the operands: the line of the help, and more about it."""
    line, *default = entry.help.split("  ")
    more, *said = _MORE.get(getattr(entry, "name", "SCRIPT"), "").split("  ")
    repeated = "May be repeated." if getattr(entry, "multiple", False) else ""
    stop = "" if line.endswith("...") else "."
    return _item(entry.usage, " ".join(filter(None, [line + stop, more, repeated, *default, *said])))


def man_page() -> str:
    """The page, in roff."""
    options = [f".SS {group}\n" + "\n".join(map(_entry, entries)) for group, entries in GROUPS.items()]
    examples = [_item(line, meaning) for line, meaning in EXAMPLES]
    questions = [_item(line, question) for question, line in QUESTIONS]
    summary = (command.help or "").rstrip(".")
    parts = [
        f'.TH EMA\\-CALC 1 "" "ema\\-calc {__version__}" "User Commands"\n.nh\n.ad l',
        _section("Name", f"ema\\-calc \\- {_text(summary[:1].lower() + summary[1:])}"),
        _section("Synopsis", r"\fBema\-calc\fR [\fIOPTIONS\fR] [\fISCRIPT\fR]..."),
        _section("Description", _paragraphs(_DESCRIPTION)),
        _section("Options", *options),
        _section("Examples", *examples),
        _section("Questions", *questions),
        _section("Exit status", _text((command.epilog or "").removeprefix("Exit codes: ").partition(" More:")[0])),
        _section("See also", _paragraphs(_SEE_ALSO)),
    ]
    return "\n".join(parts) + "\n"
