"""The man page, from the text of --help."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli import __version__
from ema_cli.cli.command import command
from ema_cli.cli.options import EXAMPLES, GROUPS, QUESTIONS

if TYPE_CHECKING:
    from ema_cli.cli.click_ext import Operands, Option

_DESCRIPTION = """\
Training code keeps a shadow of each parameter, an exponential moving average:

shadow = decay x shadow + (1 - decay) x param

A rule determines the effective decay at each step: the textbook rule, min(DECAY, (1 + step) / (10 + step)), or a
published implementation's, reproduced to the last bit. The output has a row for each round."""

_SEE_ALSO = "ema-calc --list-rules lists the rules; ema-calc --about-rule NAME explains one."


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
    more, *said = entry.more.split("  ")
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
