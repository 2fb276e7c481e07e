"""The columns that the options ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.report.column_specs import DEFAULT, EXPLAINED, LOGGED, chosen, for_people

if TYPE_CHECKING:
    from ema_cli.report.column_specs import Column


def asked_columns(options: dict[str, Any], *, people: bool) -> list[Column]:
    """Columns of the output, as its format shows them.

    Args:
        options: The options.
        people: True if the format is for people, not for programs.

    Raises:
        UsageError: There is no such column.
    """
    explain = options["explain"] and not options["interactive"]  # an interactive page shows it elsewhere
    default = EXPLAINED if people and explain else DEFAULT
    default = (*default, *LOGGED) if options["check"] else default
    if options["time_column"] is not None:
        timed = ("time",) if people else ("time", "step")  # people see the column that the decay follows
        default = (*timed, *default[1:])
    columns = chosen(options["columns"], ("round", *default) if people else default)
    if explain and all(column.name != "working" for column in columns):
        columns += chosen("working", ())
    return for_people(columns) if people else columns
