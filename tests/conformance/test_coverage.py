"""Every published rule is compared with what its framework computed, also at other values of its parameters."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from ema_cli import Rule, rules
from ema_cli.core.rules.textbook import ENTRIES as TEXTBOOK
from tests.conformance.replay import arguments, load

RECORDED: dict[str, list[dict[str, Any]]] = defaultdict(list)
"""From each rule to the parameters of its recorded cases."""

for path in sorted(Path(__file__).parent.glob("*.json")):
    for case in load(str(path)):
        name, settings = arguments(case)
        RECORDED[name].append(settings)

PUBLISHED = {name: rule for name, rule in rules().items() if name not in {entry.name for entry in TEXTBOOK}}

AT_DEFAULT = {
    "aim": "factor",
    "alive-progress": "alpha",
    "clearml": "weight",
    "dino": "momentum_teacher",
    "dropwizard": "minutes",
    "edm2": "sigma_rel",
    "ema-pytorch-karras": "sigma_rel",
    "linux-loadavg": "minutes",
    "mlflow": "lineSmoothness",
    "moco": "m",
    "moco-v3": "moco_m moco_m_cos",
    "ta": "fillna",
    "ta-lib": "fma",
    "ta-lib-dema": "fma",
    "ta-lib-rma": "fma",
    "ta-lib-t3": "fma",
    "ta-lib-tema": "fma",
    "wandb": "smoothing viewport",
}
"""The parameters whose recorded cases all have the default. A case with another value shortens the list."""


def at_default(rule: Rule) -> list[str]:
    """The parameters and the constant of a rule that are never recorded away from their defaults."""
    cases = RECORDED[rule.name]
    same = [
        parameter.name
        for parameter in rule.parameters
        if all(parameter.read(case.get(parameter.name, parameter.default)) == parameter.default for case in cases)
    ]
    if rule.decay is None:
        return same
    others = [
        case[name]
        for case in cases
        for name in rule.constants
        if case.get(name, rule.decay.default) != rule.decay.default
    ]
    return same if others else [rule.decay.name, *same]


def test_every_published_rule_has_a_recorded_case() -> None:
    """Exactly the rules without a framework's recorded digits say so."""
    assert [name for name, rule in PUBLISHED.items() if not RECORDED[name]] == [
        name for name, rule in PUBLISHED.items() if not rule.run
    ]


def test_parameters_are_recorded_at_other_values() -> None:
    """Each parameter that no recorded case sets away from its default is in the list."""
    found = {name: " ".join(at_default(rule)) for name, rule in PUBLISHED.items() if RECORDED[name]}
    assert {name: names for name, names in found.items() if names} == AT_DEFAULT
