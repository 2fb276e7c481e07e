"""What a batch is to the formulas: the values of a param, and what the rounds do."""

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
    """What the rounds of a batch do: it follows from a row's counts, and from which rounds have a param."""

    acting: Sequence[Any] | None
    """The counter of each round that is not skipped."""
    acts: bytes | None
    """What these do; None if all are updates."""
    kept: bytes | None
    """Which rounds with a param are not skipped; None if none is."""
    plan: Plan
    """The decays of the updates."""
    steps: Sequence[Any] | None
    """The counter of each round."""
    codes: bytes | None
    """What each round does; None if all are updates."""
    columns: dict[str, Column]
    """decay and weight of each round; elapsed and given, where there are such."""
    timed: bytes | None
    """Which rounds have an elapsed time; None if all have, or none does."""
    counts: dict[str, Any]
    """The counts after the batch."""


class Values(Record):
    """The values of one param in a batch, where there are any."""

    values: Column
    present: bytes | None
    """Which rounds have one; None if all have."""
    count: int
    """How many rounds there are."""

    def spread(self, num: Dtype) -> Column:
        """A value for each round, zeros where there is none."""
        return self.values if self.present is None else spread(self.values, self.present, num)

    def among(self, kept: bytes, num: Dtype) -> Values:
        """Those of a mask."""
        present = kept if self.present is None else spread_bytes(kept, self.present)
        return Values(typed(num, compress(self.values, kept)), present, self.count)
