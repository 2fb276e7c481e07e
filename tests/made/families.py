"""A page for each decay family: its formula, the rules that have it, and their decays. From the catalogue alone."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING, Any

from ema_cli.core.average import Average
from ema_cli.core.catalogue import rules
from ema_cli.core.decays import first_decays
from ema_cli.core.errors import SettingError
from ema_cli.report.rule_info import DECAY, default_decay
from ema_cli.working.board import of_family, usual

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.core.rule import Rule
    from ema_cli.core.schedules import Family

FOLDER = "docs/rules"
_ROUNDS = (1, 2, 3, 10, 100, 1_000, 10_000)


def _settings(rule: Rule) -> Iterator[dict[str, Any]]:
    """The defaults of a rule, and each parameter at its other named values, or at 1, alone and together."""
    yield {}
    for parameter in rule.parameters:
        yield from ({parameter.name: name} for name in parameter.names)
        if parameter.default is None:
            yield {parameter.name: 1}
    yield {parameter.name: 1 for parameter in rule.parameters if parameter.default is None}
    if rule.decay is not None and rule.decay.optional:
        yield {rule.decay.name: "none"}


@cache
def families() -> dict[str, dict[str, Family]]:
    """From each kind of family to the rules that have it, by their defaults or by a parameter, each with its family."""
    found: dict[str, dict[str, Family]] = {}
    for rule in rules().values():
        for settings in _settings(rule):
            decay = DECAY if rule.needs_decay and not settings.keys() & rule.constants.keys() else None
            try:
                family = Average(decay, rule=rule.name, parameters=settings).family
            except SettingError:  # a parameter that needs another one
                continue
            found.setdefault(family.kind, {}).setdefault(rule.name, family)
    return found


def _file(kind: str) -> str:
    return f"{kind.lower().replace(' ', '-')}.md"


def _formula(kind: str) -> str:
    family = next(iter(families()[kind].values()))
    return ast.unparse(usual(of_family(family))).replace(" ** ", "^")


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _table(head: list[str], body: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *body]]


def _rule(rule: Rule) -> list[str]:
    default = default_decay(rule)
    facts = [f"- Effective decay: `{rule.formula}`" + (f"; DECAY is {default} unless said" if default else "") + "."]
    facts += [f"- Note: {text}." for text in rule.surprises]
    return ["", f"## {rule.name}", "", f"{rule.framework}. Source: {rule.source}.", "", *facts]


def page(kind: str) -> str:
    """The page of a family."""
    found = [rules()[name] for name in families()[kind]]
    table = []
    for rule in found:
        decays = first_decays(rule.name, DECAY, max(_ROUNDS))
        table.append([f"[{rule.name}](#{rule.name})", *(_shown(decays[number - 1]) for number in _ROUNDS)])
    lines = [
        f"# {kind}",
        "",
        f"`{_formula(kind)}`, as in {found[0].name}.",
        "",
        f"The decay in some rounds, with the rule's defaults and DECAY {DECAY} where it takes one; `copy` and `skip`\n"
        "are rounds without an update.",
        "",
        *_table(["round", *(f"{number:,}".replace(",", " ") for number in _ROUNDS)], table),
    ]
    for rule in found:
        lines += _rule(rule)
    lines += ["", "[All families](README.md)"]
    return "\n".join(lines) + "\n"


def index() -> str:
    """The page that leads to the others."""
    table = []
    for kind, users in families().items():
        table.append([f"[{kind}]({_file(kind)})", f"`{_cell(_formula(kind))}`", ", ".join(users)])
    return "\n".join(
        [
            "# The rules, by decay family",
            "",
            "A family is how the effective decay follows from the counter n; some give the weight, 1 - decay, or a\n"
            "count, as their frameworks do. A rule may have several, by its parameters, and may begin late.\n"
            "`ema-calc --list-rules` lists the rules in the terminal.",
            "",
            *_table(["family", "formula", "rules"], table),
        ]
    ) + "\n"  # fmt: skip


def pages() -> dict[str, Callable[[], str]]:
    """All of them, by their paths."""

    def of(kind: str) -> Callable[[], str]:
        return lambda: page(kind)

    return {f"{FOLDER}/README.md": index, **{f"{FOLDER}/{_file(kind)}": of(kind) for kind in families()}}
