"""What is told of the rules: the rows of --list-rules, and the lines of --about-rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.ahead import first_decays
from ema_cli.core.catalogue import rule as find_rule
from ema_cli.core.catalogue import rules
from ema_cli.core.constant import Constant
from ema_cli.core.engine import Average
from ema_cli.core.entry import split
from ema_cli.core.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.entry import Rule

DECAY = 0.9999
"""The decay that the first decays are told for, if no other is given."""

_USUAL = Constant("decay", DECAY)


def columns(constants: Sequence[Constant] = ()) -> list[str]:
    """The names of the columns of the list.

    Args:
        constants: The decays that the first decays are told for; DECAY if there is none.
    """
    return ["rule", "framework", "effective decay", *map(_heading, constants or [_USUAL]), "default decay", "source"]


def rows(names: Sequence[str] = (), constants: Sequence[Constant] = ()) -> list[list[str]]:
    """The list: a row for each rule, in the order of the catalogue.

    Args:
        names: The rules, with their parameters or without; all of them if there is none.
        constants: The decays that the first decays are told for.

    Raises:
        SettingError: There is no such rule, or it takes no such parameter or decay.
    """
    return [_row(name, constants or [_USUAL]) for name in names or rules()]


def _row(text: str, constants: Sequence[Constant]) -> list[str]:
    rule = find_rule(split(text)[0])
    _example(text, rule)  # its parameters are right
    first = [_first_decays(text, constant) for constant in constants]
    return [text, rule.framework, rule.formula, *first, default_decay(rule), rule.source]


def _heading(constant: Constant) -> str:
    stated = str(constant.value) if constant.kind == "decay" else str(constant)
    return f"first decays at {stated}"


def about(text: str, constants: Sequence[Constant] = ()) -> list[tuple[str, str]]:
    """What there is to say of one rule: titles, and a text for each; a title comes again for each item of a list.

    Args:
        text: The rule, with its parameters or without.
        constants: The decays that the first decays are told for.

    Raises:
        SettingError: There is no such rule, or it takes no such parameter or decay.
    """
    rule = find_rule(split(text)[0])
    average = _example(text, rule)
    lines = [
        ("rule", text),
        ("framework", rule.framework),
        ("effective decay", rule.formula),
        *((_heading(constant), _first_decays(text, constant)) for constant in constants or [_USUAL]),
        ("step", _step(average)),
        ("first call", _first_call(rule, average)),
        ("arithmetic", _arithmetic(average)),
        ("shadow starts", _start(rule)),
        ("shown value", _first_paragraph(average.readout) if average.readout is not None else "the shadow itself"),
        ("default dtype", rule.dtype),
        ("default decay", default_decay(rule) or "none"),
    ]
    lines += [("parameter", told) for told in _parameters(rule)]
    lines += [("note", told) for told in rule.surprises]
    lines.append(("source", rule.source))
    return lines


def _first_decays(text: str, constant: Constant) -> str:
    """The first three; `copy` or `skip` where a round is no update, and `none` where that decay gives none."""
    try:
        found = first_decays(text, constant)
    except SettingError:  # a decay of 1 would divide by zero
        return "none"
    return ", ".join(f"{value:.6g}" if not isinstance(value, str) else value for value in found)


def _example(text: str, rule: Rule) -> Average:
    """An average of the rule."""
    needed = rule.decay is not None and not rule.decay.optional
    return Average(DECAY if needed else None, rule=text)


def default_decay(rule: Rule) -> str:
    """The decay that the rule has if none is given; empty if it has none."""
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
