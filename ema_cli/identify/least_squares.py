"""The constant decay that fits a rounded log best, over all of its rounds.

A round alone tells its decay as far as two rounded shadows do. But the shadow of a round follows from the first one and
all params since, so that the rounds together tell much more: by least squares, for the first shadow and the decay.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from ema_cli.identify.log import Between

if TYPE_CHECKING:
    from ema_cli.identify.log import Evidence

_STEPS = 12
"""Newton's method squares its error with each."""

_SLACK = 1.5
"""How much further than to first order the decay may be."""


def fitted(evidence: Evidence, within: Between, unit: float | None = None) -> tuple[Between, float] | None:
    """Between what a constant decay must be, so that every shadow is as it was logged, and the likeliest; None if there
    is none, or if the log does not tell.

    Args:
        evidence: The log.
        within: Where the decay lies, as each round alone has it.
        unit: A unit in the last place of 1, in the type that it was computed in; None for the shortest likely one.
    """
    first = next((row for row, value in enumerate(evidence.values) if value is not None), None)
    if first is None or not all(map(isfinite, evidence.params)):
        return None
    felt = 1 / max(1 - within.high, 1e-9)
    noises = [evidence.noise(row, felt, unit) for row in range(len(evidence))]
    start, decay = evidence.values[first] or 0.0, within.middle
    for _ in range(_STEPS):
        rows = _rows(evidence, first, start, decay)
        # The normal equations of  error = more_start * by_start + more_decay * by_decay.
        a = sum(by_start * by_start for _, _, by_start, _ in rows)
        b = sum(by_start * by_decay for _, _, by_start, by_decay in rows)
        c = sum(by_decay * by_decay for _, _, _, by_decay in rows)
        x = sum(error * by_start for _, error, by_start, _ in rows)
        y = sum(error * by_decay for _, error, _, by_decay in rows)
        determinant = a * c - b * b
        if not isfinite(determinant) or determinant <= 1e-9 * a * c:
            return None
        start += (x * c - y * b) / determinant
        before, decay = decay, decay + (y * a - x * b) / determinant
        if decay not in within:
            return None
        if abs(decay - before) <= 1e-15:
            break
    if sum(error * error for _, error, *_ in rows) > sum(noises[row] ** 2 for row, *_ in rows):
        return None
    # To first order, errors as large as they may be move the decay so far at the most.
    moved = sum(abs(by_decay * a - by_start * b) * noises[row] for row, _, by_start, by_decay in rows) / determinant
    return Between(max(within.low, decay - _SLACK * moved), min(within.high, decay + _SLACK * moved)), decay


def _rows(evidence: Evidence, first: int, start: float, decay: float) -> list[tuple[int, float, float, float]]:
    """Each round whose shadow was logged, how far it is off, and how it moves with the start and with the decay."""
    shadow, by_start, by_decay = start, 1.0, 0.0
    rows = [(first, (evidence.values[first] or 0.0) - shadow, by_start, by_decay)]
    for row in range(first + 1, len(evidence)):
        param, logged = evidence.params[row], evidence.values[row]
        by_start, by_decay = decay * by_start, decay * by_decay + shadow - param
        shadow = decay * shadow + (1 - decay) * param
        if logged is not None:
            rows.append((row, logged - shadow, by_start, by_decay))
    return rows
