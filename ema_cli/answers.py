"""Calls that end in a list, not in rounds: --list-rules, --about-rule and --identify."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.asked import asked_constants, asked_format, asked_initials, asked_names, asked_parts, asked_reading
from ema_cli.errors import SettingError, UsageError
from ema_cli.output import Look
from ema_cli.output.listing import write_list, write_notes
from ema_cli.output.sink import open_sink
from ema_cli.script import Script
from ema_cli.usage import note, silent

if TYPE_CHECKING:
    from collections.abc import Sequence


def tell_rules(options: dict[str, Any]) -> None:
    """--list-rules and --about-rule."""
    from ema_cli import about

    chosen_format = asked_format(options)
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    if options["about_rule"] is not None:
        try:
            columns, rows = ("what", "text"), about.about(options["about_rule"])
        except SettingError as error:
            raise UsageError(str(error)) from None
    else:
        columns, rows = about.COLUMNS, about.rows()
    with open_sink(options["output"]) as sink:
        write_list(chosen_format.name, columns, rows, sink, Look(options["width"], options["color"]))


def tell_identity(options: dict[str, Any]) -> None:
    """--identify."""
    from ema_cli.identify.report import COLUMNS
    from ema_cli.identify.script import identify

    if options["check"]:
        raise UsageError("--identify finds an average, --check tests one: give one of them")
    tell = silent if options["quiet"] else note
    chosen_format = asked_format(options)
    reading = asked_reading(options, [])
    script = Script(asked_parts(options, reading), reading, tell)
    report = identify(
        script,
        lambda: asked_names(options, script),
        rules=options["rule"],
        constants=[stated for stated in asked_constants(options) if stated is not None],
        dtypes=options["dtype"],
        initial=",".join(text or "" for text in asked_initials(options)) or None,
    )
    columns, rows = report.for_people() if chosen_format.name == "table" else (COLUMNS, report.rows)
    with open_sink(options["output"]) as sink:
        look = Look(options["width"], options["color"])
        write_list(chosen_format.name, columns, rows, sink, look)
        if chosen_format.people:
            write_notes(report.notes, sink, look)
        else:
            for sentence in report.notes:
                tell(sentence)
