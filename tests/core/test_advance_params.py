"""Params that share a call do what each does alone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from ema_cli import Average, rules
from ema_cli.core.advance_params import advance_params
from tests.native import only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.rounds import Rounds


def made(rule: str) -> Average:
    """An average of a rule, which has a default decay or takes one."""
    try:
        return Average("0.9", rule=rule)
    except ValueError:
        return Average(rule=rule)


def values(rounds: Rounds) -> dict[str, Any]:
    """All columns to the last bit, and what is absent."""
    named = {**rounds.columns, **{f"register {name}": one for name, one in rounds.registers.items()}}
    columns = {name: [float.hex(float(x)) for x in one] for name, one in named.items()}
    return columns | {"codes": rounds.codes, "shows": rounds.shows, "before": rounds.before, "first": rounds.first}


def told(averages: Sequence[Average], columns: Sequence[Sequence[float | None]], steps: Sequence[int]) -> Any:
    """What averages give for rows that come in two batches; or the error."""
    found: list[list[Any]] = [[] for _ in averages]
    try:
        for part in slice(None, 40), slice(40, None):
            batch = advance_params(averages, [column[part] for column in columns], steps[part])
            for one, rounds in zip(found, batch, strict=True):
                one.append(values(rounds))
    except (ValueError, ArithmeticError) as error:
        return str(error)
    return found


@pytest.mark.parametrize("rule", rules())
def test_params_together_are_what_each_is_alone(rule: str) -> None:
    """One has a gap, which gives it rounds and decays of its own; the others share theirs."""
    draw = random.Random(rule)
    columns: list[list[float | None]] = [[draw.uniform(-3, 3) for _ in range(80)] for _ in range(4)]
    columns[1][5] = columns[1][45] = None
    steps = range(1, 81)
    for compiled in False, True:
        first = made(rule)
        with only(compiled=compiled):
            together = told([first, *(first.beside() for _ in columns[1:])], columns, steps)
            alone = [told([made(rule)], [column], steps) for column in columns]
        assert together == (alone[0] if isinstance(together, str) else [one for [one] in alone])
