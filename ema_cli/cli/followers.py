"""Observers of the rounds of a script: counts, a check, and extra columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.check.comparison import Check
    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.reading.batch import Batch
    from ema_cli.report.derived import DerivedColumns
    from ema_cli.report.summary import Tally
    from ema_cli.report.table import Closing


class Followers:
    """Look at rounds as they go by, and say at the end what those of each group showed.

    Args:
        averages: For each average, that of each param.
        tally: The counts.
        check: The comparison with columns that were logged, if there is one.
        beside: Columns that are computed beside the averages.
    """

    def __init__(self, averages: list[list[Average]], tally: Tally, check: Check | None, beside: Sequence[str]) -> None:
        self.tally, self.check = tally, check
        self.derived: DerivedColumns | None = None
        if beside or check is not None:
            from ema_cli.report.derived import DerivedColumns

            self.derived = DerivedColumns(averages, beside, check.each if check is not None else ())

    def follow(self, batch: Batch, rounds: list[list[Rounds]]) -> None:
        """See the rounds of a batch."""
        if self.derived is not None:
            self.derived.follow(batch, rounds)
        self.tally.add(rounds)

    def closing(self, group: int = 0) -> Closing:
        """The end of the output of a group."""
        return self.tally.closing(self.check, group)
