"""Observers of the rounds of a script or a group: counts, a check, extra columns, and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.report.diagnostics import SHORT, HeldParams, InitialEffect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.check.comparison import Check
    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.reading.batch import Batch
    from ema_cli.report.closed_form import ClosedForm
    from ema_cli.report.derived import DerivedColumns
    from ema_cli.report.summary import Tally
    from ema_cli.report.table import Closing


class Followers:
    """Look at each batch of rounds, and report at the end.

    Args:
        averages: For each average, that of each param.
        tally: The counts.
        check: The comparison with columns that were logged, if there is one.
        beside: Columns that are computed beside the averages.
        initial: Whether an initial value was given.
        written: Whether to write out the last shadows, where the script is short.
    """

    def __init__(
        self,
        averages: list[list[Average]],
        tally: Tally,
        check: Check | None,
        beside: Sequence[str],
        *,
        initial: bool,
        written: bool = False,
    ) -> None:
        self.tally, self.check = tally, check
        self.unlogged = check.unlogged if check is not None else ()
        """The params with no logged column."""
        self.derived: DerivedColumns | None = None
        if beside or check is not None:
            from ema_cli.report.derived import DerivedColumns

            self.derived = DerivedColumns(averages, beside, check.each if check is not None else ())
        short = any(each[0].input_dtype.name in SHORT for each in averages)
        self._held = HeldParams(averages) if short else None
        self._initials = InitialEffect(averages) if initial else None
        self._forms: list[list[ClosedForm]] = []
        if written:
            from ema_cli.report.closed_form import ClosedForm

            self._forms = [[ClosedForm(average) for average in each] for each in averages]

    def follow(self, batch: Batch, rounds: list[list[Rounds]]) -> None:
        """See the rounds of a batch."""
        for follower in (self.derived, self._initials, self._held):
            if follower is not None:
                follower.follow(batch, rounds)
        for forms, some in zip(self._forms, rounds, strict=False):
            for form, own in zip(forms, some, strict=True):
                form.follow(own)
        self.tally.add(rounds)

    def closing(self) -> Closing:
        """The end of the output."""
        labels, style = self.tally.labels, self.tally.style
        notes = [] if self._initials is None else self._initials.notes(labels, style.language)
        notes += [] if self._held is None else self._held.notes(labels, style)
        if self._forms:
            from ema_cli.report.closed_form import notes as written_out

            notes += written_out(self._forms, self.tally.names(), style)
        return self.tally.closing(self.check).beside(notes)
