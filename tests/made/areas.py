"""A page for each area of the catalogue: its rules, what they do, and their decays. All of it is from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.catalogue import rules
from ema_cli.core.decay_list import first_decays
from ema_cli.core.rule import AREAS
from ema_cli.report.rule_info import DECAY, default_decay, notes

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ema_cli.core.rule import Rule

FOLDER = "docs/rules"
_ROUNDS = (1, 2, 3, 10, 100, 1_000, 10_000)


def users(area: str) -> list[Rule]:
    """The rules of an area."""
    return [rule for rule in rules().values() if rule.area == area]


def _file(area: str) -> str:
    return f"{area.replace(' ', '-')}.md"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"


def _table(head: list[str], body: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *body]]


def _rule(rule: Rule) -> list[str]:
    default = default_decay(rule)
    facts = [f"- Effective decay: `{rule.formula}`" + (f"; DECAY is {default} by default" if default else "") + "."]
    facts += [f"- Also `{alias}`{f': `{rule.name}:{fixed}`' if fixed else ''}." for alias, fixed in rule.aliases]
    facts += [f"- Note: {text}." for text in notes(rule)]
    facts += [] if rule.run else ["- Taken from its source code, not from a run."]
    title = rule.framework if not rule.framework.startswith("the ") else f"T{rule.framework[1:]}"
    return ["", f"## {rule.name}", "", f"{title}. Source: {rule.source}.", "", *facts]


def page(area: str) -> str:
    """The page of an area."""
    table = []
    for rule in users(area):
        decays = first_decays(rule.name, DECAY, max(_ROUNDS))
        table.append([f"[{rule.name}](#{rule.name})", *(_shown(decays[number - 1]) for number in _ROUNDS)])
    lines = [
        f"# Rules: {area}",
        "",
        f"The decay in some rounds, with each rule's defaults and DECAY {DECAY} if it takes one; `copy` and `skip`\n"
        "are rounds without an update.",
        "",
        *_table(["round", *(f"{number:,}".replace(",", " ") for number in _ROUNDS)], table),
    ]
    for rule in users(area):
        lines += _rule(rule)
    lines += ["", "[All areas](README.md)"]
    return "\n".join(lines) + "\n"


def index() -> str:
    """The index of the pages."""
    table = [[f"[{area}]({_file(area)})", ", ".join(rule.name for rule in users(area))] for area in AREAS]
    return "\n".join(
        [
            "# The rules, by area",
            "",
            "`ema-calc --list-rules` lists the rules in the terminal, `ema-calc --list-rules trading` lists those of\n"
            "an area or with a word, and `ema-calc --about-rule NAME` explains one.",
            "",
            *_table(["area", "rules"], table),
        ]
    ) + "\n"  # fmt: skip


def pages() -> dict[str, Callable[[], str]]:
    """All pages, by their paths."""

    def of(area: str) -> Callable[[], str]:
        return lambda: page(area)

    return {f"{FOLDER}/README.md": index, **{f"{FOLDER}/{_file(area)}": of(area) for area in AREAS}}
