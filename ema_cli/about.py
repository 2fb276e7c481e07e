"""What is told of the rules: the rows of --list-rules, and the lines of --about-rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ema_cli.core.ahead import first_decays
from ema_cli.core.catalogue import rule as find_rule
from ema_cli.core.catalogue import rules
from ema_cli.core.engine import Average

if TYPE_CHECKING:
    from ema_cli.core.entry import Rule

DECAY = 0.9999
"""The decay that the first decays are told for."""


COLUMNS = ("rule", "framework", "effective decay", "first decays at 0.9999", "default decay", "source")


class Row(NamedTuple):
    """One rule in the list."""

    rule: str
    framework: str
    effective_decay: str
    first_decays: str
    """The first three at 0.9999; `copy` or `skip` where a round is no update."""
    default_decay: str
    """Empty if the rule has none."""
    source: str


def rows() -> list[Row]:
    """All rules, in the order of the catalogue."""
    return [
        Row(
            rule.name,
            rule.framework,
            rule.formula,
            _first_decays(rule.name),
            _default(rule),
            rule.source,
        )
        for rule in rules().values()
    ]


def about(name: str) -> list[tuple[str, str]]:
    """What there is to say of one rule: titles, and a text for each; a title comes again for each item of a list.

    Raises:
        SettingError: There is no such rule.
    """
    rule = find_rule(name)
    average = _example(rule)
    lines = [
        ("rule", rule.name),
        ("framework", rule.framework),
        ("effective decay", rule.formula),
        ("first decays at 0.9999", _first_decays(name)),
        ("step", _step(average)),
        ("first call", _first_call(rule, average)),
        ("arithmetic", _arithmetic(average)),
        ("shadow starts", _start(rule)),
        ("shown value", _first_paragraph(average.readout) if average.readout is not None else "the shadow itself"),
        ("default dtype", rule.dtype),
        ("default decay", _default(rule) or "none"),
    ]
    lines += [("parameter", text) for text in _parameters(rule)]
    lines += [("note", text) for text in rule.surprises]
    lines.append(("source", rule.source))
    return lines


def _first_decays(name: str) -> str:
    return ", ".join(f"{value:.6g}" if not isinstance(value, str) else value for value in first_decays(name, DECAY))


def _example(rule: Rule) -> Average:
    """The rule with its defaults."""
    needed = rule.decay is not None and not rule.decay.optional
    return Average(DECAY if needed else None, rule=rule.name)


def _default(rule: Rule) -> str:
    if rule.decay is None or rule.decay.default is None:
        return ""
    value = str(rule.decay.default)
    return value if rule.decay.kind == "decay" else f"{1 - float(value):.6g} ({rule.decay.name} {value})"


def _step(average: Average) -> str:
    counter = average.counter
    if counter is None:
        return "not used"
    text = f"{counter.name}: {counter.meaning}"
    if counter.first is None:
        return text
    return f"{text}; from {counter.first} by {counter.stride}"


def _first_call(rule: Rule, average: Average) -> str:
    needs_step = average.counter is not None and average.counter.fractional
    actions = average.advance([1.0], [0.0] if needs_step else None).actions
    if actions is not None:
        return {"copy": "copies the param", "skip": "skips"}[actions[0]]
    if rule.start == "first":
        return "takes the param as the shadow, and updates"
    return "takes the param" if rule.start == "none" else "updates"


def _start(rule: Rule) -> str:
    return {
        "initial": "at the param's value before the first update",
        "zero": "at zero; it takes no initial value",
        "first": "at the first param",
        "none": "at the first param",
    }[rule.start]


def _arithmetic(average: Average) -> str:
    flush = "; subnormal numbers are flushed to zero" if average.rule.flush else ""
    return f"{average.form.told}, where {average.scalars.told}; the decay v in {average.rule.precision}{flush}"


def _first_paragraph(function: Any) -> str:
    return " ".join((function.__doc__ or "").split("\n\n")[0].split())


def _parameters(rule: Rule) -> list[str]:
    texts = []
    for name, kind in rule.constants.items():
        what = "the decay" if kind == "decay" else "the weight" if kind == "alpha" else kind
        default = f", {rule.decay.default} by default" if rule.decay and name == rule.decay.name else ""
        texts.append(f"{name}: {what}{default if rule.decay and rule.decay.default is not None else ''}")
    for parameter in rule.parameters:
        default = "none" if parameter.default is None else str(parameter.default)
        default = default.lower() if isinstance(parameter.default, bool) else default
        texts.append(f"{parameter.name}: {parameter.meaning} ({parameter.allowed}; {default} by default)")
    return texts
