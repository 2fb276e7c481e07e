"""Error messages with a suggestion for what to type instead; only for the command, not for Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ema_cli.core.catalogue import rules
from ema_cli.core.numbers.dtypes import ENTRIES
from ema_cli.core.record import aliases
from ema_cli.error_facts import (
    BadPiece,
    ListOfColumns,
    NoBlank,
    NoChoice,
    NoColumn,
    NoFile,
    NoOperandTaken,
    NoParam,
    NoScript,
    NoValue,
)
from ema_cli.errors import NotNumber, SettingError, Unknown, quoted
from ema_cli.report.column_specs import COLUMNS
from ema_cli.suggest.bad_operands import of_file, without_script
from ema_cli.suggest.bad_options import of_choice, of_decay
from ema_cli.suggest.bad_pieces import of_bad_piece
from ema_cli.suggest.match import did_you_mean, give_again, in_list, listed, near, number_meant
from ema_cli.suggest.unknown_rule import keys, of_operands, of_rules, of_unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ema_cli.errors import ExplainedError

_ONCE = ("--step-column", "--identify")
"""Options that accept a single column."""


def message(error: ExplainedError, options: Mapping[str, Any]) -> str:
    """Say what is wrong and what to do: a suggestion if there is one, else the remedy of the error.

    Args:
        error: The error.
        options: The options by their names; empty if the error is about parsing them.
    """
    problem, hint = error.problem, ""
    if isinstance(error, SettingError) and options:
        problem, hint = of_rules(options, problem)
    if isinstance(error.fact, NoParam):
        problem, hint = _of_no_param(error.fact, problem)
    if not hint and type(error.fact) in _HINTS:
        hint = _HINTS[type(error.fact)](error.fact, options)
    return "; ".join(filter(None, [problem, hint or error.remedy, *getattr(error, "__notes__", ())]))


def _of_unknown(fact: Unknown, options: Mapping[str, Any]) -> str:
    """Suggest a rule, a dtype, a column, or a parameter of a rule."""
    if fact.kind == "rule":
        return of_unknown(fact.name)
    if fact.kind == "parameter":
        for called in (text.partition(":")[0] for text in options.get("rule") or ()):
            kin = {each: each.removeprefix(f"{called}-") for each in rules() if each.startswith(f"{called}-")}
            if meant := [each for each, rest in kin.items() if fact.name in keys(each) or rest in fact.name]:
                return did_you_mean([f"--rule {meant[0]}"])
    words = {"dtype": aliases(ENTRIES), "column": aliases(COLUMNS)}.get(fact.kind, {})
    return did_you_mean(near(fact.name, fact.names, words))


def _of_no_param(fact: NoParam, problem: str) -> tuple[str, str]:
    """Name the first column whose cell resembles a number or begins as one, instead of all columns."""
    for name, cell in fact.cells:
        if (meant := number_meant(cell)) or re.match(r"[-+]?\d[\d.]*[A-Za-z]", cell):
            return f"{fact.source}: column {quoted(name)}: {quoted(cell)} is not a number", meant
    return problem, ""


def _of_no_value(options: Mapping[str, Any]) -> str:
    """Suggest --missing rule to a rule with a parameter for missing values."""
    own = [text for text in options.get("rule") or () if any(key.startswith("ignore_") for key in keys(text))]
    does = f"--missing rule does what {own[0].partition(':')[0]} does" if own else ""
    return does and f"{does}, --missing skip leaves such rows out"


def _of_file_column(fact: NoColumn) -> str:
    """Suggest a column of a file."""
    name, names, option = fact.name, fact.names, fact.option
    if parts := listed(name, names):
        return f"{option} takes one" if option in _ONCE else give_again(option, parts)
    if name.isdecimal() and 1 <= int(name[:9]) <= len(names):
        return f"column {name} is called {quoted(names[int(name) - 1])}"
    return did_you_mean(list(map(quoted, near(name, names, {}))))


def _of_list_of_columns(fact: ListOfColumns) -> str:
    """Suggest a list for --columns."""
    name, text, names = fact.name, fact.text, fact.names
    added = [part.removeprefix("+") for part in text.split(",")]
    if name.startswith("+") and len(name) > 1:
        return f"put one + before the whole list; {did_you_mean(['+' + ','.join(added)])}"
    if not name and any(added):
        return f"a name is missing next to a comma; {did_you_mean([','.join(filter(None, added))])}"
    if listed(name, names):
        return did_you_mean([",".join(part for each in text.split(",") for part in in_list(each))])
    return did_you_mean(near(name, names, aliases(COLUMNS)))


def _of_blank(fact: NoBlank) -> str:
    """Suggest a column of the table for --blank."""
    text, names = fact.text, fact.names
    column, colon, rounds = text.partition(":")
    if parts := listed(column, names):
        return give_again("--blank", [part + colon + rounds for part in parts])
    spans = re.sub(r"(\d+)\s*(?:-|\.+|to)\s*(\d+)", r"\1..\2", rounds)
    if column in names and spans != rounds:
        return did_you_mean([f"{column}:{spans}"])
    return did_you_mean(near(text, names, aliases(COLUMNS)))


_HINTS: dict[type, Callable[[Any, Mapping[str, Any]], str]] = {
    BadPiece: lambda fact, options: of_bad_piece(fact),
    ListOfColumns: lambda fact, options: _of_list_of_columns(fact),
    NoBlank: lambda fact, options: _of_blank(fact),
    NoChoice: lambda fact, options: of_choice(fact),
    NoColumn: lambda fact, options: _of_file_column(fact),
    NoFile: lambda fact, options: of_file(fact.path),
    NoOperandTaken: lambda fact, options: of_operands(fact.operands, options),
    NoValue: lambda fact, options: _of_no_value(options),
    NoScript: lambda fact, options: without_script(options),
    NotNumber: lambda fact, options: of_decay(fact.text, options) or number_meant(fact.text),
    Unknown: _of_unknown,
}
"""For each kind of fact, the function that makes a suggestion; it may be empty."""
