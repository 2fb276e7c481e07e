"""A page for each decay family: its formula, the rules that have it, and their decays. From the catalogue alone."""

from __future__ import annotations

import dis
import inspect
from types import CodeType
from typing import TYPE_CHECKING, Any

from ema_cli.core import schedules as families
from ema_cli.core.catalogue import rules
from ema_cli.core.decays import first_decays
from ema_cli.report.rule_info import DECAY, default_decay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.core.rule import Rule

FOLDER = "docs/rules"
_ROUNDS = (1, 2, 3, 10, 100, 1_000, 10_000)
_DELAYS = ("from_step", "not_under", "shifted")
"""What begins a family later or bounds it, and is none by itself."""


def _is_family(function: Any) -> bool:
    return inspect.isfunction(function) and str(inspect.signature(function).return_annotation) == "Family"


FAMILIES: dict[str, Callable[..., Any]] = {
    name: function for name, function in vars(families).items() if _is_family(function) and name not in _DELAYS
}


def _globals(code: CodeType) -> Iterator[str]:
    """The global names that a function uses, those inside of it included."""
    for instruction in dis.get_instructions(code):
        if instruction.opname == "LOAD_GLOBAL":
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _globals(constant)


def users(family: str) -> list[Rule]:
    """The rules that have the family, by their defaults or by a parameter."""
    return [rule for rule in rules().values() if family in _globals(rule.family.__code__)]


def _title(family: str) -> str:
    return family.replace("_", " ").capitalize()


def _file(family: str) -> str:
    return f"{family.replace('_', '-')}.md"


def _formula(family: str) -> str:
    return " ".join((FAMILIES[family].__doc__ or "").replace("`", "").split()).rstrip(".")


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


def page(family: str) -> str:
    """The page of a family."""
    found = users(family)
    table = []
    for rule in found:
        decays = first_decays(rule.name, DECAY, max(_ROUNDS))
        table.append([f"[{rule.name}](#{rule.name})", *(_shown(decays[number - 1]) for number in _ROUNDS)])
    lines = [
        f"# {_title(family)}",
        "",
        f"`{_formula(family)}`",
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
    for family in FAMILIES:
        names = ", ".join(rule.name for rule in users(family))
        table.append([f"[{_title(family)}]({_file(family)})", f"`{_cell(_formula(family))}`", names])
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

    def of(family: str) -> Callable[[], str]:
        return lambda: page(family)

    return {f"{FOLDER}/README.md": index, **{f"{FOLDER}/{_file(family)}": of(family) for family in FAMILIES}}
