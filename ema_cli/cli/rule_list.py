"""--list-rules and --about-rule: list the rules, or explain one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.cli.console import open_sink
from ema_cli.cli.request import constants_of, format_of
from ema_cli.core.decay_setting import KINDS
from ema_cli.error_facts import NoOperandTaken
from ema_cli.errors import Unknown, UsageError, quoted
from ema_cli.formats.lists import write_list
from ema_cli.formats.registry import Look
from ema_cli.text.language import ENGLISH, catalogue_language

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


def tell_rules(options: dict[str, Any], given: Sequence[str]) -> None:
    """List the rules that mention the operands, for --list-rules, or explain one, for --about-rule.

    Raises:
        UsageError: An option has no effect on the list, or no rule mentions the operands.
    """
    from ema_cli.core.catalogue import rules
    from ema_cli.report.rule_info import RuleTexts

    option = "--list-rules" if options["list_rules"] else "--about-rule"
    check_goes_with(option, options, given)
    chosen_format = format_of(options)
    language = catalogue_language(options["lang"]) if chosen_format.people else ENGLISH
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
    write(options, columns, rows, language)


def write(options: dict[str, Any], columns: Sequence[str], rows: Sequence[Sequence[Any]], language: Language) -> None:
    """Write a list in the format and to the target that the options set."""
    with open_sink(options["output"]) as sink:
        look = Look(options["width"], options["color"], language=language)
        if options["format"] is None and options["output"] is None and look.width is None:
            from ema_cli.formats.table import usual_width

            look = look.but(width=usual_width(sink, look))
        write_list(format_of(options).name, columns, rows, sink, look)


def _by_areas(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The rows without their last cell, the area; if there are several areas, each becomes a heading."""
    areas = [row[-1] for row in rows]
    grouped: list[Sequence[str]] = []
    for row, before in zip(rows, [None, *areas[:-1]], strict=True):
        if row[-1] != before and len(set(areas)) > 1:
            grouped.append([row[-1].upper(), *[""] * (len(row) - 2)])
        grouped.append(row[:-1])
    return grouped


def check_goes_with(option: str, options: dict[str, Any], given: Sequence[str]) -> None:
    """Refuse options and operands that have no effect on a list.

    Raises:
        UsageError: There is such an option or operand.
    """
    if options["script"] and option != "--list-rules":
        remedy = f"leave out {' '.join(map(quoted, options['script']))}"
        raise UsageError(f"{option} takes no operands", remedy, NoOperandTaken(options["script"]))
    fitting = [*_LISTS[option], *OF_ALL]
    for name in given:
        if name not in ("list_rules", "about_rule", "about_decay", "script", *fitting):
            named = [f"--{each.replace('_', '-')}" for each in fitting]
            raise UsageError(f"--{name.replace('_', '-')} has no effect on {option}, which takes {', '.join(named)}")
