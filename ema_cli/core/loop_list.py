"""List all loops that the catalogue's formulas need, from which the compiled core is built."""

from __future__ import annotations

from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING, Any

from ema_cli.core import compiled_loops
from ema_cli.core.average import Average
from ema_cli.core.catalogue import rules
from ema_cli.core.errors import SettingError
from ema_cli.core.stalls import stalls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ema_cli.core.rule import Parameter, Rule


CONSTANTS: tuple[dict[str, Any], ...] = ({"decay": "0.9"}, {"half_life": 9}, {})
"""A decay; a half-life, which gives a rule with times another schedule; and neither, for a rule's own."""


def all_loops() -> set[compiled_loops.LoopKey]:
    """The loops of every rule in every float type, with its parameters at their defaults and at other values."""
    loops: set[compiled_loops.LoopKey] = set()
    compiled_loops.requested = loops
    try:
        for rule in rules().values():
            for parameters, dtype in product(settings(rule), ("float64", "float32", "float16", "bfloat16")):
                for constant in CONSTANTS:
                    with suppress(SettingError, ArithmeticError):  # the rule doesn't take it
                        Average(rule=rule.name, parameters=parameters, dtype=dtype, **constant)
        stalls.__wrapped__()
    finally:
        compiled_loops.requested = None
    return loops


def settings(rule: Rule) -> Iterator[dict[str, Any]]:
    """All combinations of parameters whose values are names; and with at most one of them, a number for one other."""
    choices = [[{each.name: name} for name in each.names] for each in rule.parameters if each.names]
    for combination in product(*([{}, *values] for values in choices)):
        named = {name: value for pair in combination for name, value in pair.items()}
        yield named
        for parameter in rule.parameters:
            if len(named) <= 1 and parameter.name not in named:
                yield from ({**named, parameter.name: value} for value in _values(parameter))


def _values(parameter: Parameter) -> Iterator[Any]:
    """The least number that a parameter allows, and a greater one, for which a formula may have more terms."""
    least = 0 if parameter.least is None else parameter.least
    return iter((least, least + 2))
