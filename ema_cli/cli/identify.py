"""Calls that look for the average behind a log: --identify."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ema_cli.cli.console import is_watched, note, silent
from ema_cli.cli.options import PARAMETERS
from ema_cli.cli.request import asked_constants, asked_format, asked_initials, asked_names, asked_parts, asked_reading
from ema_cli.cli.rule_list import OF_ALL
from ema_cli.errors import DataError, UsageError
from ema_cli.formats.lists import check_list, fitting, write_list, write_notes
from ema_cli.formats.registry import Look
from ema_cli.formats.sink import open_sink
from ema_cli.languages.language import ENGLISH, find_language
from ema_cli.reading.cells import BY_FILE
from ema_cli.reading.script import Script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_OF_ROUNDS = ("The output", "Teaching")
"""The groups of those that say how rounds are shown, but for those above: --identify shows none."""


def tell_identity(options: dict[str, Any], given: Sequence[str]) -> None:
    """Find the average behind a log, or behind each of its groups, and print what was found.

    Args:
        options: The options.
        given: The names of those that were given.

    Raises:
        UsageError: An option makes no sense there.
        DataError: The log cannot be read, or has too few rounds.
    """
    from ema_cli.identify.candidate_table import COLUMNS, measured_table, table
    from ema_cli.identify.report import Report
    from ema_cli.identify.run import groups_of, identify

    idle = {param.name for param in PARAMETERS if getattr(param, "group", "") in _OF_ROUNDS} - {*OF_ALL, "explain"}
    for name in given:
        if name in idle:
            raise UsageError(f"--{name.replace('_', '-')} has no effect on --identify, which shows no rounds")
    tell = silent if options["quiet"] else note
    chosen_format = asked_format(options)
    check_list(chosen_format.name)
    language = find_language(options["lang"])
    reading = asked_reading({**options, "keep": True}, [])  # for columns of times
    script = Script(asked_parts(options, reading), reading, tell)
    groups = groups_of(script) if reading.by else [({}, script)]

    constants = [stated for stated in asked_constants(options) if stated is not None]

    def found(key: Mapping[str, str], one: Script, look: Callable[[str], None]) -> Report:
        chosen = (*options["where"], *(f"{name}={cell}" for name, cell in key.items() if name != BY_FILE))
        try:
            return identify(
                one,
                lambda: asked_names(options, one),
                rules=options["rule"],
                constants=constants,
                dtypes=options["dtype"],
                initial=",".join(text or "" for text in asked_initials(options)) or None,
                count_from=options["count_from"],
                language=language if chosen_format.people else ENGLISH,
                look=look,
                options={**options, "where": chosen},
            )
        except DataError as error:
            if not key:
                raise
            return Report([], [str(error)], identified=False)  # of a group that is too short

    with _watched(options) as look:
        reports = [(key, found(key, one, look)) for key, one in groups]
    with open_sink(options["output"]) as sink:
        seen = Look(options["width"], options["color"], language=language)
        if options["explain"] and any(report.measured is not None for _, report in reports):
            tables = [(key, measured_table(one.measured)) for key, one in reports if one.measured is not None]
            rows = [[*key.values(), *cells] for key, (_, measured) in tables for cells in measured]
            write_list(chosen_format.name, [*tables[0][0], *tables[0][1][0]], rows, sink, seen)
        elif not chosen_format.people:
            rows = [[*key.values(), *row.record()] for key, report in reports for row in report.rows]
            write_list(chosen_format.name, [*reports[0][0], *COLUMNS], rows, sink, seen)
        else:
            fits = fitting(chosen_format.name, sink, seen)
            for key, report in reports:
                columns, rows, notes = table(report.rows, language, fits, identified=report.identified)
                if key:
                    write_notes(chosen_format.name, [f"{_label(key)}:"], sink, seen)
                if rows:
                    write_list(chosen_format.name, columns, rows, sink, seen)
                write_notes(chosen_format.name, [*notes, *report.notes], sink, seen)
            return
        for key, report in reports:
            for sentence in report.notes:
                tell(f"{_label(key)}: {sentence}" if key else sentence)


def _label(key: Mapping[str, str]) -> str:
    """A group as messages call it."""
    return ", ".join(key.values())


@contextmanager
def _watched(options: dict[str, Any]) -> Iterator[Callable[[str], None]]:
    """A function that shows what is being tried, where somebody waits."""
    if options["quiet"] or not is_watched():
        yield lambda tried: None
        return
    from ema_cli.cli.progress import trying

    with trying() as look:
        yield look
