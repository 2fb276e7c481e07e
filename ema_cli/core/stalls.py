"""Updates that rounding lost: the shadow stayed, though the param lies elsewhere."""

from __future__ import annotations

from functools import cache
from math import nan
from typing import TYPE_CHECKING

from ema_cli.core.formula import Recurrence
from ema_cli.core.numbers.dtypes import dtype

if TYPE_CHECKING:
    from ema_cli.core.rounds import Rounds
    from ema_cli.core.typed_columns import Column


@cache
def stalls(exact: bool) -> Recurrence:
    """Recurrence that detects an update lost to rounding: an infinity stays whatever comes, which is no loss."""
    steps = (("lost", "s == last and p != s and w != 0 and s - s == 0"), ("last", "s"))
    return Recurrence(("lost", "last"), steps, dtype("exact" if exact else "float64"), {})


def stalled(rounds: Rounds) -> Column:
    """1 where a round was such an update. Of a debiasing rule it is the accumulator that stays."""
    s = rounds.registers["s"]
    states = [[0, last if begun else nan] for last, begun in zip(rounds.start["s"], rounds.start["begun"], strict=True)]
    columns = {"s": s, "p": rounds.columns["param"], "w": rounds.columns["weight"]}  # of no update the weight is 0
    lost = stalls(isinstance(s, list)).run(states, columns, rounds.parts.lengths)[0]
    if rounds.shows is not None:  # what is hidden is no loss to anyone yet
        for row, there in enumerate(rounds.shows):
            if not there:
                lost[row] = 0
    return lost
