"""One call with --by: each group has its own averages, and its rows stand where they stood in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.cli.groups import Groups, Regrouped, closing_of
from ema_cli.cli.run import Session
from ema_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ema_cli.cli.feed import Parted
    from ema_cli.formats.writer import Writer
    from ema_cli.reading.batch import Batch
    from ema_cli.report.sheet import Closing, Sheet


class GroupedSession(Session):
    """One call of the command with --by, its options checked."""

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(options)
        if len(self.script.sources) < len(self.script.parts):
            raise UsageError("--by needs a file: pieces have no columns")
        if self.taught:
            raise UsageError("a page shows one group: choose it with --where COLUMN=VALUE instead of --by")
        ahead = [column.name for column in self.columns if column.looks_ahead]
        if ahead:
            raise UsageError(
                f"the column {ahead[0]} depends on all rounds of a group: choose one with --where instead of --by"
            )
        self._groups = Groups(len(self.reading.by))
        self._rows = Regrouped(options["every"], people=self.format.people)

    @property
    def _is_told_apart(self) -> bool:
        asked = self.options["check"] or self.options["summary"] or self.options["explain"]
        return bool(asked or self.format.summed)

    def _parted(self, batch: Batch) -> Parted:
        self._rows.parted = self._groups.part(batch)
        return self._rows.parted

    def _closing(self) -> Closing:
        if not self._is_told_apart:
            return super()._closing()
        names, keys = self.script.kept, [*self._groups.numbers]
        cells = [(key,) if isinstance(key, str) else key for key in keys]
        known = [dict(zip(names, each, strict=False)) for each in cells]
        closings = [self.tally.closing(self.check, group) for group in range(len(keys))]
        return closing_of(known, [self._groups.label(key) for key in keys], closings)

    def _batches(self) -> Iterator[Batch | None]:
        if not any(one.average.rule.looks_ahead for one in self.asked):
            yield from super()._batches()
            return
        from ema_cli.reading.rebatch import joined

        batches = [batch for batch in self.script.batches() if batch is not None]
        yield joined(batches)  # each group looks ahead by itself

    def _arranged(self, sheet: Sheet) -> Sheet:
        return self._rows.sheet(sheet, len(self.reading.by))

    def _thin(self, writer: Writer, sheet: Sheet) -> Writer:
        self._rows.writer = writer
        return self._rows
