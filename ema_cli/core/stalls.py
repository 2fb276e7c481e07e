"""Updates that rounding lost: the shadow stayed, though the param lies elsewhere."""

from __future__ import annotations

from functools import cache
from math import nan
from typing import TYPE_CHECKING

from ema_cli.core.formula import actions

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.rounds import Rounds


@cache
def stalls(exact: bool) -> Callable[..., bytes]:
    """The function that marks updates lost to rounding: an infinity stays whatever comes, which is no loss."""
    steps = ("action", "s == last and p != s and w != 0 and s - s == 0"), ("last", "s")
    return actions("last", ["s", "p", "w"], steps, {}, "exact" if exact else "float64")


def stalled(rounds: Rounds) -> bytes:
    """Mask of such updates. Of a debiasing rule it is the accumulator that stays."""
    s = rounds.registers["s"]
    befores = [last if begun else nan for last, begun in zip(rounds.start["s"], rounds.start["begun"], strict=True)]
    columns = s, rounds.columns["param"], rounds.columns["weight"]  # of no update the weight is 0
    lost = stalls(isinstance(s, list))(befores, columns, rounds.parts.lengths)
    return lost if rounds.shows is None else bytes(map(min, lost, rounds.shows))
