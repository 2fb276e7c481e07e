"""The message of an error, with a suggestion for what to type instead. Only the command asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.numbers.dtypes import ENTRIES
from ema_cli.core.record import aliases
from ema_cli.errors import NotNumber, SettingError, Unknown, shown
from ema_cli.facts import (
    BadPiece,
    ListOfColumns,
    NoBlank,
    NoChoice,
    NoColumn,
    NoFile,
    NoOperandTaken,
    NoParam,
    NoScript,
)
from ema_cli.report.column_specs import COLUMNS
from ema_cli.suggest.columns import of_file as of_column
from ema_cli.suggest.columns import of_output, of_worksheet
from ema_cli.suggest.inline import of_bad_piece
from ema_cli.suggest.match import did_you_mean, near, number_meant
from ema_cli.suggest.operands import of_file, without_script
from ema_cli.suggest.options import of_choice, of_decay
from ema_cli.suggest.unknown_rule import of_operands, of_rules, of_unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ema_cli.errors import ExplainedError


def message(error: ExplainedError, options: Mapping[str, Any]) -> str:
    """Say what is wrong and what to do: the best suggestion, or else the error's own remedy.

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
    words = {"dtype": aliases(ENTRIES), "column": aliases(COLUMNS)}.get(fact.kind, {})
    return did_you_mean(near(fact.name, fact.names, words))


def _of_no_param(fact: NoParam, problem: str) -> tuple[str, str]:
    """Name the first column whose cell resembles a number, instead of all columns."""
    for name, cell in fact.cells:
        if meant := number_meant(cell):
            return f"{fact.source}: column {shown(name)}: {shown(cell)} is not a number", meant
    return problem, ""


_HINTS: dict[type, Callable[[Any, Mapping[str, Any]], str]] = {
    BadPiece: lambda fact, options: of_bad_piece(fact),
    ListOfColumns: lambda fact, options: of_output(fact),
    NoBlank: lambda fact, options: of_worksheet(fact),
    NoChoice: lambda fact, options: of_choice(fact),
    NoColumn: lambda fact, options: of_column(fact),
    NoFile: lambda fact, options: of_file(fact.path),
    NoOperandTaken: lambda fact, options: of_operands(fact.operands, options),
    NoScript: lambda fact, options: without_script(options),
    NotNumber: lambda fact, options: of_decay(fact.text, options) or number_meant(fact.text),
    Unknown: _of_unknown,
}
"""The function for each kind of fact that gives its suggestion, which is empty if there is none."""
