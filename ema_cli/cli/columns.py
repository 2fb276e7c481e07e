"""The columns that the options ask for, and the options about them that go together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.errors import UsageError
from ema_cli.report.column_specs import DEFAULT, EXPLAINED, LOGGED, chosen, for_people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.report.column_specs import Column


def asked_columns(options: dict[str, Any], *, people: bool) -> list[Column]:
    """Columns of the output, as its format shows them.

    Args:
        options: The options.
        people: Whether the format is for people; else for programs.

    Raises:
        UsageError: There is no such column.
    """
    explain = options["explain"] and not options["interactive"]  # an interactive page has its own place for it
    default = EXPLAINED if people and explain else DEFAULT
    default = (*default, *LOGGED) if options["check"] else default
    if options["time_column"] is not None:
        default = ("time", *default)
    columns = chosen(options["columns"], ("round", *default) if people else default)
    if explain and all(column.name != "working" for column in columns):
        columns += chosen("working", ())
    return for_people(columns) if people else columns


def check_together(options: dict[str, Any], columns: Sequence[Column]) -> None:
    """Refuse options about the shown rounds and numbers that do not go together.

    Raises:
        UsageError: They don't.
    """
    given = {name for name in ("check", "by", "only_different", "tolerance") if options[name]}
    given |= {name for name in ("digits", "decimals", "every") if options[name] is not None}
    given |= {"logged" for column in columns if column.name in LOGGED}
    for both, absent, sentence in _CONFLICTS:
        if given.issuperset(both) and absent not in given:
            raise UsageError(sentence)


_CONFLICTS = (
    (("digits", "decimals"), "", "--digits and --decimals both round; give one of them"),
    (("tolerance",), "check", "--tolerance says what --check takes for equal; give --check COLUMN"),
    (("logged",), "check", "the columns logged, difference and ulps need --check COLUMN"),
    (("only_different",), "check", "--only-different shows the rounds that differ under --check; give --check COLUMN"),
    (
        ("only_different", "by"),
        "",
        "--only-different shows one average: choose a group by --where, not --by",
    ),
    (("only_different", "every"), "", "--only-different and --every both choose rounds; give one of them"),
)
"""Options that are given together, the one that is then missing, and the error; without a missing one they exclude
each other."""
