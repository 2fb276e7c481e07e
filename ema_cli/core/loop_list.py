"""All loops that the catalogue's formulas ask for: what the compiled core is made of."""

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


def all_loops() -> set[compiled_loops.LoopKey]:
    """The loops of every rule in every float type, with each of its parameters at its default and at others."""
    found: set[compiled_loops.LoopKey] = set()
    compiled_loops.requested = found
    try:
        for rule in rules().values():
            for parameters, dtype in product(settings(rule), ("float64", "float32", "float16", "bfloat16")):
                for decay in "0.9", None:  # a rule may have a schedule of its own without one
                    with suppress(SettingError, ArithmeticError):  # the rule doesn't take it
                        Average(decay, rule=rule.name, parameters=parameters, dtype=dtype)
        stalls.__wrapped__(exact=False)
    finally:
        compiled_loops.requested = None
    return found


def settings(rule: Rule) -> Iterator[dict[str, Any]]:
    """Each choice of the parameters that have names; and beside one of these at most, each other one at its numbers."""
    choices = [[{one.name: name} for name in one.names] for one in rule.parameters if one.names]
    for chosen in product(*([{}, *some] for some in choices)):
        known = {name: value for one in chosen for name, value in one.items()}
        yield known
        for one in rule.parameters:
            if len(known) <= 1 and one.name not in known:
                yield from ({**known, one.name: value} for value in _values(one))


def _values(parameter: Parameter) -> Iterator[Any]:
    """The least number that a parameter may take, and a greater one: from that on a formula may have more in it."""
    least = 0 if parameter.least is None else parameter.least
    return iter((least, least + 2))
