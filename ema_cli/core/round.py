"""The result of one update. The command works with columns of rounds (`core/rounds.py`) instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ema_cli.core.numbers.dtypes import Number


class Round(NamedTuple):
    """One update and its result.

    >>> from ema_cli import Average
    >>> Average(decay=0.99).update(1.0, step=0)
    Round(round=1, step=0, param=1.0, decay=0.1, weight=0.9, shadow=0.9, action='update')
    """

    round: int
    step: int | None
    param: Number | None
    decay: Number | None
    """The effective decay, from 0 to 1; None where the round was not an update."""
    weight: Number | None
    """1 - decay as the round used it, or what the rule puts in its place; None where the round was not an update."""
    shadow: Number
    action: str
    """`update`, `copy` or `skip`; with `initial="mean:N"` also `wait` and `seed`."""
