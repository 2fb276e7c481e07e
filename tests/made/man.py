"""The man page, from what --help says."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ema_cli import __version__
from ema_cli.cli.command import command
from ema_cli.cli.options import EXAMPLES, QUESTIONS

if TYPE_CHECKING:
    import click

_DESCRIPTION = """\
Training code keeps a shadow of each parameter, an exponential moving average:

shadow = decay x shadow + (1 - decay) x param

The effective decay follows from the step by a rule: that of the textbook, min(DECAY, (1 + step) / (10 + step)), or
that of a published implementation, whose arithmetic is then followed to the last bit. The output has a row for each
round."""

_SEE_ALSO = "Every rule: ema-calc --list-rules. What is particular about one: ema-calc --about-rule NAME."


_SPECIAL = str.maketrans({"\\": r"\e", "-": r"\-", "'": r"\(aq", "^": r"\(ha", "~": r"\(ti"})


def _text(text: str) -> str:
    """Plain text as roff takes it."""
    return re.sub(r"^\.", r"\\&.", text.translate(_SPECIAL), flags=re.MULTILINE)


def _section(title: str, *parts: str) -> str:
    return "\n".join([f".SH {title.upper()}", *parts])


def _paragraphs(text: str) -> str:
    return "\n.PP\n".join(_text(part) for part in text.split("\n\n"))


def _item(head: str, text: str) -> str:
    return f".TP\n\\fB{_text(head)}\\fR\n{_text(' '.join(text.split()))}"


def _option(param: Any, context: click.Context) -> str:
    """An option or the operands: the line of the help, and what there is to say beyond it."""
    name, meaning = param.get_help_record(context)
    line, _, default = meaning.partition("  [")
    parts = [f"{line}.", param.more, f"[{default}" if default else ""]
    if getattr(param, "multiple", False):
        parts.insert(2, "May be repeated.")
    return _item(name, " ".join(filter(None, parts)))


def man_page() -> str:
    """The page, in roff."""
    context = command.make_context("ema-calc", [], resilient_parsing=True)
    groups = groupby(command.get_params(context), lambda param: getattr(param, "group", "The tool"))
    options = [f".SS {group}\n" + "\n".join(_option(param, context) for param in members) for group, members in groups]
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
        _section("Exit status", _text((command.epilog or "").removeprefix("Exit codes: "))),
        _section("See also", _paragraphs(_SEE_ALSO)),
    ]
    return "\n".join(parts) + "\n"
