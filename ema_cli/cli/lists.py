"""--list-rules, --about-rule and --about-decay: lists that read no script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.cli.console import open_sink
from ema_cli.cli.request import constants_of, format_of
from ema_cli.core.decay_setting import KINDS, TimedHalfLife, constant
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.numbers.literals import LAST_STEP, is_number, whole
from ema_cli.error_facts import NoOperandTaken
from ema_cli.errors import Unknown, UsageError, quoted
from ema_cli.formats.registry import Look
from ema_cli.text.language import ENGLISH, find_language
from ema_cli.text.number_text import Style, for_people, to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.text.language import Language

_DECAYS = tuple(kind.replace("-", "_") for kind in KINDS)

_LISTS = {
    "--list-rules": ("rule", *_DECAYS),
    "--about-rule": _DECAYS,
    "--about-decay": (*_DECAYS, "runs", "digits", "decimals"),
}
"""The options with an effect on each list."""

OF_ALL = ("format", "output", "width", "color", "lang", "quiet")
"""The options with an effect on all lists, which set their appearance."""

_COMMON_DECAYS = ("0.9", "0.99", "0.999", "0.9999")
"""The decays of --about-decay if none is given."""


def tell_rules(options: dict[str, Any], given: Sequence[str]) -> None:
    """List the rules that mention the operands, for --list-rules, or explain one, for --about-rule.

    Raises:
        UsageError: An option has no effect on the list, or no rule mentions the operands.
    """
    from ema_cli.core.catalogue import rules
    from ema_cli.report.rule_info import RuleTexts

    option = "--list-rules" if options["list_rules"] else "--about-rule"
    _check_goes_with(option, options, given)
    chosen_format = format_of(options)
    language = find_language(options["lang"], rules=True) if chosen_format.people else ENGLISH
    texts = RuleTexts(constants_of(options), language)
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    if options["list_rules"]:
        columns, rows = texts.columns(), texts.rows(options["rule"], options["script"])
        if not rows:
            words = " ".join(map(quoted, options["script"]))
            unknown = Unknown("rule", " ".join(options["script"]), tuple(rules()))
            raise UsageError(f"no rule mentions {words}", "--list-rules lists all", unknown)
        if chosen_format.people:
            columns, rows = columns[:-1], _by_areas(rows)
    else:
        columns = [language.say("what"), language.say("text")]
        rows = texts.lines(options["about_rule"])
    _write(options, columns, rows, language)


def tell_decays(options: dict[str, Any], given: Sequence[str]) -> None:
    """Write the table of the decays in the options, or of common decays.

    Raises:
        UsageError: An option has no effect on the table, or a half-life has a unit of time.
    """
    from ema_cli.report.decay_info import records, table

    _check_goes_with("--about-decay", options, given)
    chosen_format, language = format_of(options), find_language(options["lang"])
    decays = constants_of(options) or [constant("decay", text) for text in _COMMON_DECAYS]
    if any(isinstance(stated, TimedHalfLife) for stated in decays):
        raise UsageError("--about-decay counts rounds: give --half-life as a number of rounds, without a unit")
    style = Style(options["digits"], options["decimals"], language if chosen_format.people else ENGLISH)
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    if chosen_format.people:
        columns, rows = table(decays, _runs(options["runs"]), for_people(dtype("float64"), style), language)
    else:
        columns, rows = records(decays, _runs(options["runs"]))
        if not chosen_format.name.startswith("json"):
            number = to_text(dtype("float64"), style)
            rows = [
                [number(cell) if isinstance(cell, float) else "" if cell is None else str(cell) for cell in row]
                for row in rows
            ]
    _write(options, columns, rows, language)


def _runs(text: str | None) -> int | None:
    runs = whole(text) if text is not None and is_number(text) else None
    if text is not None and (runs is None or not 1 <= runs <= LAST_STEP):
        raise UsageError(f"--runs {quoted(text)} is not a number of rounds")
    return runs


def _write(options: dict[str, Any], columns: Sequence[str], rows: Sequence[Sequence[Any]], language: Language) -> None:
    """Write a list in the format and to the target that the options set."""
    with open_sink(options["output"]) as sink:
        look = Look(options["width"], options["color"], language=language)
        if not options["format"] and options["output"] is None and look.width is None:
            from ema_cli.formats.table import usual_width

            look = look.but(width=usual_width(sink, look))
        sink.write_text(format_of(options).lister.listed(columns, rows, sink, look))


def _by_areas(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The rows without their last cell, the area; if there are several areas, each becomes a heading."""
    areas = [row[-1] for row in rows]
    grouped: list[Sequence[str]] = []
    for row, before in zip(rows, [None, *areas[:-1]], strict=True):
        if row[-1] != before and len(set(areas)) > 1:
            grouped.append([row[-1].upper(), *[""] * (len(row) - 2)])
        grouped.append(row[:-1])
    return grouped


def _check_goes_with(option: str, options: dict[str, Any], given: Sequence[str]) -> None:
    """Refuse options and operands that have no effect on a list."""
    if options["script"] and option != "--list-rules":
        remedy = f"leave out {' '.join(map(quoted, options['script']))}"
        raise UsageError(f"{option} takes no operands", remedy, NoOperandTaken(options["script"]))
    fitting = [*_LISTS[option], *OF_ALL]
    for name in given:
        if name not in ("list_rules", "about_rule", "about_decay", "script", *fitting):
            named = [f"--{each.replace('_', '-')}" for each in fitting]
            raise UsageError(f"--{name.replace('_', '-')} has no effect on {option}, which takes {', '.join(named)}")
