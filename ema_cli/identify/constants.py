"""Constant decays, nearer than one round tells: by all rounds together, and as floats near an estimate."""

from __future__ import annotations

from math import frexp
from typing import TYPE_CHECKING

from ema_cli.identify.interval import Between, Number, decays, shortest
from ema_cli.identify.precision import BITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.identify.log import Log
    from ema_cli.identify.shapes import Shape

_MOST_FLOATS = 600
"""Number of floats near an estimate to try as the weight."""


_NEWTON = 8
"""So often a decay of all rounds together is brought nearer."""


def refined(shape: Shape, log: Log, loose: Sequence[float]) -> Shape:
    """A constant decay by all rounds together: each shadow follows from the first, and moves with the decay."""
    within, rows = shape.fit.range, [row for row, value in enumerate(log.shadows) if value is not None]
    decay = within.middle
    best: Between | None = None
    for _ in range(_NEWTON):
        low, high = within.low - decay, within.high - decay
        first = log.shadows[rows[0]] or 0.0
        shadow, slope, left = first, 0.0, 1.0
        for row in range(rows[0] + 1, len(log)):
            param = log.params[row]
            slope = decay * slope + shadow - param
            shadow = decay * shadow + (1 - decay) * param
            left *= decay
            logged = log.shadows[row]
            if logged is None or not slope:
                continue
            slack = (log.units[row] + loose[row] + left * log.units[rows[0]]) / abs(slope)
            off = (logged - shadow) / slope
            low, high = max(low, off - slack), min(high, off + slack)
        moved = min(max(decay + (low + high) / 2, within.low), within.high)
        best = Between(decay + low, decay + high) if low <= high else None
        if best is not None and abs(moved - decay) < best.width / 4:
            break
        decay = moved
    numbers = decays(best) if best is not None else []
    if not numbers or best is None:
        return shape
    fit = shape.fit.but(second=numbers[0], range=best, seconds=numbers, cost=numbers[0].cost)
    return shape.but(fit=fit, cost=shape.cost - shape.fit.cost + fit.cost)


def floats_near(shape: Shape, log: Log) -> list[Number]:
    """The decays whose weights are floats of the log's type, near an estimate."""
    within = shape.fit.range
    unit = 2.0 ** -(BITS[log.held[0]])
    low, high = max(1 - within.high, 0.0), min(1 - within.low, 1.0)
    if not 0 < low <= high < 1:
        return []
    step = unit * 2.0 ** frexp(high)[1]
    if BITS[log.held[0]] == 53:
        step = 2.0**-53
    most = min(int((high - low) / step) // 2 + 1, _MOST_FLOATS)
    middle = round((low + high) / 2 / step)
    found = []
    for by in sorted(range(-most, most + 1), key=abs):
        weight = (middle + by) * step
        half = step * 0.49
        text = shortest(Between(1 - weight - half, 1 - weight + half)) if step > 2.0**-50 else repr(1 - weight)
        if text is not None:
            found.append(Number(float(text), text, float(len(text.strip("0.")))))
    return found
