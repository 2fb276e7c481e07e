"""Batches as the formulas see them: the values of a param, and the actions of the rounds."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, Any

from ema_cli.core.formula import spread, spread_bytes, typed
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.dtypes import Dtype
    from ema_cli.core.formula import Column
    from ema_cli.core.planned import Plan


class Course(Record):
    """Actions of the rounds of a batch, which follow from a row's counts and from the rounds that have a param."""

    acting: Sequence[Any] | None
    """The counter of each round that is not skipped."""
    acts: bytes | None
    """Their actions; None if all are updates."""
    kept: bytes | None
    """Mask of the rounds with a param that are not skipped; None if no round is."""
    plan: Plan
    """The decays of the updates."""
    steps: Sequence[Any] | None
    """The counter of each round."""
    codes: bytes | None
    """Action of each round; None if all are updates."""
    columns: dict[str, Column]
    """decay and weight of each round; elapsed and given, where there are such."""
    timed: bytes | None
    """Mask of the rounds that have an elapsed time; None if all have one, or none does."""
    counts: dict[str, Any]
    """The counts after the batch."""


class Values(Record):
    """The values of one param in a batch, where there are any."""

    values: Column
    present: bytes | None
    """Mask of the rounds that have one; None if all do."""
    count: int
    """Number of rounds."""

    def spread(self, num: Dtype) -> Column:
        """A value for each round, zeros where there is none."""
        return self.values if self.present is None else spread(self.values, self.present, num)

    def among(self, kept: bytes, num: Dtype) -> Values:
        """Those of a mask."""
        present = kept if self.present is None else spread_bytes(kept, self.present)
        return Values(typed(num, compress(self.values, kept)), present, self.count)
