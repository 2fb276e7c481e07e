"""Rounds without a param: the shadow and the counter stand still."""

from __future__ import annotations

from typing import Any

from ema_cli.core.gates import SKIP
from ema_cli.core.rounds import Rounds


def spread(inner: Rounds, present: list[int], count: int, shadow: Any, state: Any) -> Rounds:
    """The rounds at their positions among `count`, and the others skipped.

    Args:
        inner: The rounds.
        present: The position of each.
        count: How many there are with the others.
        shadow: The shadow before them; None if there is none before the first param.
        state: The accumulator of a rule that debiases, likewise.
    """
    values: list[Any] = [None] * count
    decays: list[Any] = [None] * count
    weights: list[Any] = [None] * count
    actions = [SKIP] * count
    counters: list[int | None] | None = None if inner.steps is None else [None] * count
    for i, row in zip(present, inner, strict=True):
        values[i], decays[i], weights[i], actions[i] = row.param, row.decay, row.weight, row.action
        if counters is not None:
            counters[i] = row.step
    shadows, biased = _held(present, inner.shadows, shadow, count), None
    if inner.biased is not None:
        biased = _held(present, inner.biased, state, count)
    return Rounds(
        inner.first,
        counters,
        values,
        decays,
        weights,
        shadows,
        inner.before,
        actions,
        biased=biased,
        biased_before=inner.biased_before,
    )


def _held(present: list[int], values: list[Any], before: Any, count: int) -> list[Any]:
    """The values at the positions where there is one, and the last one before in between."""
    held, given = [], dict(zip(present, values, strict=True))
    for i in range(count):
        before = given.get(i, before)
        held.append(before)
    return held
