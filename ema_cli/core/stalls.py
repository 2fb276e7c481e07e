"""Updates that rounding lost: the accumulator stayed, though the param differs from it."""

from __future__ import annotations

from functools import cache
from math import nan
from typing import TYPE_CHECKING

from ema_cli.core.formula import actions
from ema_cli.core.typed_columns import both

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.rounds import Rounds


@cache
def stalls() -> Callable[..., bytes]:
    """Function that marks updates lost to rounding. An infinite accumulator never moves, which is not a loss."""
    steps = ("action", "s == last and p != s and w != 0 and s - s == 0"), ("last", "s")
    return actions(["last"], ["s", "p", "w"], steps, {})


def stalled(rounds: Rounds) -> bytes:
    """Mask of the rounds that lost their update to rounding and show a shadow."""
    s = rounds.registers["s"]
    befores = [(last if begun else nan,) for last, begun in zip(rounds.start["s"], rounds.start["begun"], strict=True)]
    columns = s, rounds.columns["param"], rounds.columns["weight"]  # the weight is 0 without an update
    return both(rounds.shows, stalls()(befores, columns, rounds.parts.lengths))
