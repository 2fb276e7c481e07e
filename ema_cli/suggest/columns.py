"""Suggestions for columns that a file, the output or a worksheet does not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.core.record import aliases
from ema_cli.errors import shown
from ema_cli.report.column_specs import COLUMNS
from ema_cli.suggest.match import did_you_mean, give_again, in_list, near

if TYPE_CHECKING:
    from ema_cli.facts import ListOfColumns, NoBlank, NoColumn

_ONCE = ("--step-column", "--identify")
"""Options that take one column."""


def of_file(fact: NoColumn) -> str:
    """Suggest a column of a file."""
    name, names, option = fact.name, fact.names, fact.option
    parts = in_list(name)
    if len(parts) > 1 and all(part in names for part in parts):
        return f"{option} takes one" if option in _ONCE else give_again(option, parts)
    if name.isdecimal() and 1 <= int(name[:9]) <= len(names):
        return f"column {name} is called {shown(names[int(name) - 1])}"
    return did_you_mean(list(map(shown, near(name, names, {}))))


def of_output(fact: ListOfColumns) -> str:
    """Suggest a list for --columns."""
    name, text, names = fact.name, fact.text, fact.names
    added = [part.removeprefix("+") for part in text.split(",")]
    parts = in_list(name)
    if name.startswith("+") and len(name) > 1:
        return f"put one + before the whole list; {did_you_mean(['+' + ','.join(added)])}"
    if not name and any(added):
        return f"a name is missing beside a comma; {did_you_mean([','.join(filter(None, added))])}"
    if len(parts) > 1 and all(part in names for part in parts):
        return did_you_mean([",".join(part for each in text.split(",") for part in in_list(each))])
    return did_you_mean(near(name, names, aliases(COLUMNS)))


def of_worksheet(fact: NoBlank) -> str:
    """Suggest a column of the table for --blank."""
    text, names = fact.text, fact.names
    column, colon, rounds = text.partition(":")
    parts = in_list(column)
    if len(parts) > 1 and all(part in names for part in parts):
        return give_again("--blank", [part + colon + rounds for part in parts])
    spans = re.sub(r"(\d+)\s*(?:-|\.+|to)\s*(\d+)", r"\1..\2", rounds)
    if column in names and spans != rounds:
        return did_you_mean([f"{column}:{spans}"])
    return did_you_mean(near(text, names, aliases(COLUMNS)))
