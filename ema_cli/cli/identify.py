"""--identify: find the average behind a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.cli.console import label_of, note_of, open_sink
from ema_cli.cli.lists import OF_ALL
from ema_cli.cli.options import GROUPS
from ema_cli.cli.request import constants_of, format_of, initial_texts, names_of, parts_of, reading_of
from ema_cli.errors import DataError, UsageError
from ema_cli.formats.registry import Look
from ema_cli.reading.cells import BY_FILE
from ema_cli.reading.script import Script
from ema_cli.text.language import ENGLISH, find_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.identify.report import Report

_OF_ROUNDS = ("The output", "Teaching")
"""The groups of options about showing rounds, which --identify refuses."""


def tell_identity(options: dict[str, Any], given: Sequence[str]) -> None:
    """Find the average behind a log, or behind each of its groups, and print the report.

    Raises:
        UsageError: An option has no effect on --identify.
        DataError: The log can't be read, or has too few rounds.
    """
    idle = {option.key for group in _OF_ROUNDS for option in GROUPS[group]} - {*OF_ALL, "explain"}
    for name in given:
        if name in idle:
            raise UsageError(f"--{name.replace('_', '-')} has no effect on --identify, which shows no rounds")
    lister = format_of(options).lister
    _print(_reports(options), options, lister)


def _reports(options: dict[str, Any]) -> list[tuple[dict[str, str], Report]]:
    """The key cells and the report of each group; without groups a single report."""
    from ema_cli.identify.candidate import Narrowed
    from ema_cli.identify.identification import MOST_ROUNDS, identify
    from ema_cli.identify.report import Report
    from ema_cli.reading.script import split
    from ema_cli.suggest.check_command import check_command

    reading = reading_of({**options, "keep": True}, [])  # `keep` passes through columns of times
    script = Script(parts_of(options, reading), reading, note_of(options))
    language = find_language(options["lang"]) if format_of(options).people else ENGLISH
    narrowed = Narrowed(
        rules=[*options["rule"]] or None,
        constants=constants_of(options),
        dtypes=[name for name in options["dtype"] if name != "exact"] or None,
        initial=",".join(text or "" for text in initial_texts(options)) or None,
        count_from=options["count_from"],
    )
    reports = []
    for key, group in split(script, MOST_ROUNDS) if reading.by else [({}, script)]:
        where = (*options["where"], *(f"{name}={cell}" for name, cell in key.items() if name != BY_FILE))
        try:
            report = identify(group, lambda group=group: names_of(options, group), narrowed, language)  # type: ignore[misc]
        except DataError as error:
            if not key:
                raise
            report = Report([], [str(error)])  # the group is too short
        typed = check_command(report, options | {"where": where}, language.say)
        reports.append((key, report.but(notes=[*report.notes, *typed])))
    return reports


def _print(reports: list[tuple[dict[str, str], Report]], options: dict[str, Any], lister: Any) -> None:
    """Print the candidates or, with --explain, the decay of each round; and the notes."""
    from ema_cli.identify.report import COLUMNS, measured_table, table

    tell, seen = note_of(options), Look(options["width"], options["color"], language=find_language(options["lang"]))
    explained = options["explain"] and any(report.measured is not None for _, report in reports)
    with open_sink(options["output"]) as sink:
        if format_of(options).people and not explained:
            for key, report in reports:
                columns, cells = table(report.rows, seen.language)
                if key:
                    sink.write_text(lister.noted([f"{label_of(key.values())}:"], sink, seen))
                if cells:
                    sink.write_text(lister.listed(columns, cells, sink, seen))
                sink.write_text(lister.noted(report.notes, sink, seen))
            return
        if explained:
            tables = [(key, measured_table(each.measured)) for key, each in reports if each.measured is not None]
            headings, rows = tables[0][1][0], [[*key.values(), *cells] for key, (_, body) in tables for cells in body]
        else:
            headings = COLUMNS
            rows = [[*key.values(), *row.record().values()] for key, report in reports for row in report.rows]
        sink.write_text(lister.listed([*reports[0][0], *headings], rows, sink, seen))
    for key, report in reports:
        for sentence in report.notes:
            tell(f"{label_of(key.values())}: {sentence}" if key else sentence)
