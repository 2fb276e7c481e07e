"""A run with --by: each group has its own averages, and the rows keep their order in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.cli.groups import Groups, closing_of, label_of
from ema_cli.cli.run import Session
from ema_cli.errors import UsageError
from ema_cli.formats.every import EveryWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ema_cli.cli.feed import GroupedBatch
    from ema_cli.reading.batch import Batch
    from ema_cli.report.sheet import Closing, Sheet, Writer


class GroupedSession(Session):
    """One call of the command with --by. Its construction checks the options."""

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(options)
        if len(self.script.sources) < len(self.script.parts):
            raise UsageError("--by needs a file: pieces have no columns")
        if options["blank"] or options["interactive"]:
            raise UsageError("a worksheet shows one group: choose it with --where COLUMN=VALUE instead of --by")
        self._groups = Groups(len(self.reading.by))
        self._group = lambda group: label_of(self._groups.keys[group])

    @property
    def _separates_groups(self) -> bool:
        asked = self.options["check"] or self.options["summary"] or self.options["explain"]
        return bool(asked or self.format.summed)

    def _parted(self, batch: Batch) -> GroupedBatch:
        return self._groups.part(batch)

    def _closing(self) -> Closing:
        names, keys, notes = self.script.kept, self._groups.keys, []
        if self._groups_drawn is not None and self._groups_drawn < len(keys):
            notes.append(
                self.style.language.say(
                    "the chart draws the first {some} of {count} groups; --where chooses others",
                    some=self._groups_drawn,
                    count=len(keys),
                )
            )
        if not self._separates_groups:
            return super()._closing().beside(notes)
        known = [{name: cell or None for name, cell in zip(names, each, strict=False)} for each in keys]
        closings = [self.tally.closing(self.check, group) for group in range(len(keys))]
        return closing_of(known, [*map(label_of, keys)], closings).beside(notes)

    def _batches(self) -> Iterator[Batch | None]:
        if not any(request.average.rule.looks_ahead for request in self.requests):
            yield from super()._batches()
            return
        from ema_cli.reading.rebatch import joined

        batches = [batch for batch in self.script.batches() if batch is not None]
        yield joined(batches)  # each group looks ahead separately

    def _arranged(self, sheet: Sheet) -> Sheet:
        by_first = any(each[0].rule.start not in ("initial", "zero") for each in sheet.averages)
        if by_first or self.options["initial"] == "first":  # groups start at different values, but share one round 0
            sheet = sheet.but(fields=[each if each.key else each.but(initial="") for each in sheet.fields])
        keys = [each for each in sheet.fields if each.passed][: len(self.reading.by)]
        return sheet.but(fields=[*keys, *(each for each in sheet.fields if each not in keys)], by=len(keys))

    def _thin(self, writer: Writer, sheet: Sheet) -> Writer:
        every, people = self.options["every"] or 1, self.format.people
        return EveryWriter(writer, every, people=people) if people or every > 1 else writer
