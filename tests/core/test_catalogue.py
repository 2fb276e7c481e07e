"""The settings and the start of each rule are an interface: no change of them goes unnoticed.

`rules.tsv` has the lines of --about-rule, without the text for people, and the formulas of --explain, also with other
choices of the rule's parameters. After an intended change, `python -m tests.core.test_catalogue` rewrites it; read the
difference before committing it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ema_cli import Average, SettingError
from ema_cli.core.catalogue import joined_rule, rules
from ema_cli.report.rule_info import RuleTexts
from ema_cli.working.rule_formulas import symbols

FILE = Path(__file__).parent / "rules.tsv"
FOR_READING = ("rule", "framework", "effective decay", "first decays at 0.9999", "letters", "note", "source")

_PROSE = re.compile(r"^(\w+): .*(?=\()")


def interface(name: str) -> list[str]:
    """The lines of --about-rule; of a parameter only its name and the allowed values."""
    rows = [(what, _PROSE.sub(r"\1 ", text)) for what, text in RuleTexts().lines(name) if what not in FOR_READING]
    usual = formulas(name)
    rows += [("formula", line) for line in usual]
    for parameter in rules()[name].parameters:
        for value in parameter.names:
            changed = formulas(joined_rule(name, {parameter.name: value}))
            rows += [(f"formula with {parameter.name}={value}", line) for line in changed if line not in usual]
    return [f"{name}\t{what}\t{text}" for what, text in rows]


def formulas(text: str) -> list[str]:
    """The rule in symbols; nothing if its parameters exclude each other."""
    stated = rules()[text.partition(":")[0]].decay
    try:
        return symbols(Average(0.9 if stated is not None and not stated.optional else None, rule=text))
    except SettingError:
        return []


@pytest.mark.parametrize("name", rules())
def test_interface_of_a_rule(name: str) -> None:
    """A rule's counter, start, arithmetic, dtype, default decay and parameters are unchanged."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith(f"{name}\t")] == interface(name)


def test_no_rule_is_gone() -> None:
    """Every earlier rule still exists."""
    assert {line.split("\t")[0] for line in FILE.read_text(encoding="utf-8").splitlines()} == set(rules())


def test_rules_that_look_ahead() -> None:
    """All rules but those of two charts give a round as soon as its update has come."""
    assert [rule.name for rule in rules().values() if rule.looks_ahead] == ["tensorboard", "mlflow"]


if __name__ == "__main__":
    FILE.write_text("".join(f"{line}\n" for name in rules() for line in interface(name)), encoding="utf-8")
