"""A run with --by: a separate average for each value of a column, with the rows in the order of the file."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import count
from math import isfinite
from typing import TYPE_CHECKING, Any

from ema_cli.cli.console import label_of
from ema_cli.cli.feed import GroupedBatch
from ema_cli.cli.run import Session
from ema_cli.core.numbers.literals import is_json_number
from ema_cli.errors import UsageError
from ema_cli.formats.some_rounds import EveryWriter
from ema_cli.report.output import Closing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ema_cli.reading.batch import Batch
    from ema_cli.report.output import Output, Writer


_SEVERAL = 3  # minimum number of groups of a single row that are hardly meant


class GroupedSession(Session):
    """One call of the command with --by. Its construction checks the options."""

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(options)
        if len(self.script.sources) < len(self.script.parts):
            raise UsageError("--by needs a file: pieces have no columns")
        if options["blank"] or options["interactive"]:
            page = "--interactive" if options["interactive"] else "a worksheet"
            raise UsageError(f"{page} shows one group: choose it with --where COLUMN=VALUE instead of --by")
        self._width = len(self.reading.by)
        self._numbers: defaultdict[str | tuple[str, ...], int] = defaultdict(count().__next__)
        """The number of each group by its key, from 0 in the order of the file."""
        self._rows = 0
        self._group = lambda group: label_of(self._keys[group])

    @property
    def _keys(self) -> list[tuple[str, ...]]:
        """The key of each group: the cells of the columns of --by, the first of those that are passed through."""
        return [(key,) if isinstance(key, str) else key for key in self._numbers]

    @property
    def _separates_groups(self) -> bool:
        asked = self.options["check"] or self.options["summary"] or self.options["explain"]
        return bool(asked or self.format.summed)

    def _parted(self, batch: Batch) -> GroupedBatch:
        keys: Any = batch.kept[: self._width]
        numbers = [*map(self._numbers.__getitem__, keys[0] if self._width == 1 else zip(*keys, strict=True))]
        self._rows += len(numbers)
        rows, lengths = sorted(range(len(numbers)), key=numbers.__getitem__), Counter(numbers)
        groups, order = sorted(lengths), sorted(range(len(rows)), key=rows.__getitem__)
        return GroupedBatch(batch.picked(rows), groups, [lengths[group] for group in groups], order)

    def _closing(self) -> Closing:
        keys, notes = self._keys, []
        if self._groups_drawn is not None and self._groups_drawn < len(keys):
            notes.append(
                self.style.language.say(
                    "the chart draws the first {some} of {count} groups; --where chooses others",
                    some=self._groups_drawn,
                    count=len(keys),
                )
            )
        if _SEVERAL <= len(keys) == self._rows:
            notes.append(self.style.language.say("each group of --by has a single row; a time goes with --time-column"))
        if not self._separates_groups:
            return super()._closing().beside(notes)
        labels, closings = [*map(label_of, keys)], [self.tally.closing(self.check, group) for group in range(len(keys))]
        told = [f"{label}: {note}" for label, each in zip(labels, closings, strict=True) for note in each.notes]
        data: Any = [
            {name: _json_of(cell) for name, cell in zip(self.script.kept, key, strict=False)} | each.data
            for key, each in zip(keys, closings, strict=True)
        ]
        rows = self.tally.table([(label, each.data) for label, each in zip(labels, closings, strict=True)])
        return Closing([*told, *notes], data, rows)

    def _batches(self) -> Iterator[Batch | None]:
        if not any(request.average.rule.looks_ahead for request in self.requests):
            yield from super()._batches()
            return
        from ema_cli.reading.rebatch import joined

        batches = [batch for batch in self.script.batches() if batch is not None]
        yield joined(batches)  # each group looks ahead separately

    def _arranged(self, output: Output) -> Output:
        by_first = any(each[0].rule.start not in ("initial", "zero") for each in output.averages)
        if by_first or self.options["initial"] == "first":  # groups start at different values, but share one round 0
            output = output.but(fields=[each if each.key else each.but(initial="") for each in output.fields])
        keys = [each for each in output.fields if not each.kind][: self._width]
        return output.but(fields=[*keys, *(each for each in output.fields if each not in keys)], by=self._width)

    def _thin(self, writer: Writer, output: Output) -> Writer:
        every, people = self.options["every"] or 1, self.format.people
        return EveryWriter(writer, every, people=people) if people or every > 1 else writer


def _json_of(cell: str) -> Any:
    """A cell as its records have it in JSON."""
    from json import loads

    return loads(cell) if is_json_number(cell) and isfinite(float(cell)) else cell or None
