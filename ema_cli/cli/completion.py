"""Shell completion: the script for each shell, and the values that it offers.

This module is imported only for completion.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from ema_cli.core.numbers.literals import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Items = list[CompletionItem[str]]

SCRIPTS = {"bash": "ema-calc.bash", "zsh": "_ema-calc", "fish": "ema-calc.fish"}
"""From a shell to its script in the folder `shell`. All use Click's protocol for fish, the only one in which a colon or
a comma does not end a value, in any version of Click."""


def script(shell: str) -> str:
    """Read the completion script for a shell."""
    with open(os.path.join(os.path.dirname(__file__), "shell", SCRIPTS[shell]), encoding="utf-8") as file:
        return file.read()


def values(name: str, incomplete: str, choices: Iterable[str] = ()) -> Items:
    """Complete an operand, or the value of an option, which may have `choices`."""
    complete = _VALUES.get(name)
    return _starting(((each, "") for each in choices), incomplete) if complete is None else complete(incomplete)


def _starting(names: Iterable[tuple[str, str]], incomplete: str, before: str = "") -> Items:
    """The names, each with a line of help, that begin with the incomplete text after `before`."""
    return [CompletionItem(before + name, help=text) for name, text in names if (before + name).startswith(incomplete)]


def _rules(incomplete: str) -> Items:
    """Complete the name of a rule, its parameters after the colon, or a named value after an equals sign."""
    from ema_cli.core.catalogue import rules

    name, colon, rest = incomplete.partition(":")
    if not colon:
        return _starting(((rule.name, rule.framework) for rule in rules().values()), incomplete)
    rule = rules().get(name)
    if rule is None:
        return []
    done, comma, last = rest.rpartition(",")
    key, equals, _ = last.partition("=")
    if equals:
        known = {parameter.name: parameter for parameter in rule.parameters}
        names = known[key].names if key in known else ()
        return _starting(((each, "") for each in names), incomplete, f"{name}:{done}{comma}{key}=")
    given = {part.partition("=")[0] for part in done.split(",")}
    settings = dict(rule.constants.items()) | {parameter.name: parameter.meaning for parameter in rule.parameters}
    left = [(f"{key}=", meaning) for key, meaning in settings.items() if key not in given]
    return _starting(left, incomplete, f"{name}:{done}{comma}")


def _columns(incomplete: str) -> Items:
    """Complete the last of a list of columns."""
    before, comma, _ = incomplete.rpartition(",")
    plus = "+" if incomplete.startswith("+") and not comma else ""
    return _starting(_headings(before.removeprefix("+").split(",")), incomplete, f"{before}{comma}{plus}")


def _headings(given: Iterable[str] = ()) -> list[tuple[str, str]]:
    from ema_cli.report.column_specs import COLUMNS

    return [(name, column.heading) for name, column in COLUMNS.items() if name not in given]


def _files(incomplete: str) -> Items:
    return [CompletionItem(printable(incomplete), type="file")]  # the shell completes file names itself


_VALUES: dict[str, Callable[[str], Items]] = {
    "rule": _rules,
    "about_rule": lambda incomplete: [] if ":" in incomplete else _rules(incomplete),
    "blank": lambda incomplete: [] if ":" in incomplete else _starting(_headings(), incomplete),
    "columns": _columns,
    "output": _files,
    "plot_file": _files,
    "script": _files,
}
"""Functions that complete values, by the key of the option or the operands."""
