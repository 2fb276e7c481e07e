"""Logs as people's code writes them, for the tests of --identify and --check."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


def params(count: int, seed: int = 1, decimals: int = 6) -> list[float]:
    """A wandering weight."""
    random, weight, found = Random(seed), 0.3, []
    for _ in range(count):
        weight += random.gauss(0, 0.3)
        found.append(round(weight, decimals))
    return found


def averaged(values: Sequence[float], decay: Callable[[int], float], start: float | None = None) -> list[float]:
    """s = d s + (1 - d) p in float64; without a start, from the first value."""
    shadows: list[float] = []
    shadow = start
    for k, value in enumerate(values):
        d = decay(k)
        shadow = value if shadow is None else d * shadow + (1 - d) * value
        shadows.append(shadow)
    return shadows


def written(
    values: Iterable[float], shadows: Iterable[float | str], steps: Iterable[int] | None = None, form: str = "r"
) -> str:
    """A file of steps, params and shadows, in a format of Python, or as repr writes them."""
    write = repr if form == "r" else lambda x: format(x, form)
    rows = [(write(p), s if isinstance(s, str) else write(s)) for p, s in zip(values, shadows, strict=True)]
    if steps is None:
        return "w,ema\n" + "".join(f"{p},{s}\n" for p, s in rows)
    return "step,w,ema\n" + "".join(f"{n},{p},{s}\n" for n, (p, s) in zip(steps, rows, strict=True))
