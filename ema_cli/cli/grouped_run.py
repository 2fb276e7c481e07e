"""One call with --by: each group has its own averages, and its rows stand where they stood in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.cli.groups import Grouped, Groups, Part, closing_of, picked
from ema_cli.cli.run import Session
from ema_cli.core.advance_groups import may_be_grouped, waves
from ema_cli.errors import DataError, EmaError, UsageError
from ema_cli.report.diagnostics import SHORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ema_cli.cli.followers import Followers
    from ema_cli.core.average import Average
    from ema_cli.formats.sink import Sink
    from ema_cli.formats.writer import Writer
    from ema_cli.reading.batch import Batch
    from ema_cli.report.table import Sheet


_OF_ONE_ROUND = {"step", "time", "param", "decay", "weight", "shadow", "biased", "elapsed", "action"}
"""The columns that need no other round than their own."""


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
        self._grouped = Grouped(options["every"], people=self.format.people)
        self._own: dict[int, list[list[Average]]] = {}
        self._members: dict[int, Followers] = {}
        self._is_plain: bool | None = None

    @property
    def _is_whole(self) -> bool:
        """True if each group has followers."""
        short = any(one.average.input_dtype.name in SHORT for one in self.asked)
        asked = self.options["check"] or self.options["summary"] or self.options["initial"] is not None
        beside = any(column.beside for column in self.columns)
        return bool(short or asked or beside or self.format.name == "json")

    def _exit_code(self) -> int:
        """The exit code tells whether any group differs."""
        checks = [one.check for one in self._members.values() if one.check is not None]
        if not checks:
            return 0
        compared = [check for check in checks if any(one.compared for one in check.comparisons)]
        if not compared:
            raise DataError("--check: no round has a logged value to compare with")
        return max(check.exit_code for check in compared)

    def _loop(self, sink: Sink) -> None:
        writer: Writer | None = None
        averages: list[list[Average]] = []
        try:
            for batch in self._watched(sink):
                if batch is None:
                    if writer is not None:
                        writer.flush()
                    continue
                if not averages:
                    averages = self._for_params()
                    self.steps.begin(batch)
                parts = self._parts(batch, averages)
                self.steps.follow(batch)
                if writer is None:
                    writer = self._open(averages, sink)
                for number, part in parts:
                    self._follow(number, part)
                self._grouped.write(writer, batch, parts)
        except EmaError as error:
            if sink.begun:
                error.add_note("the output is incomplete")
            raise
        assert writer is not None  # a script without an update is an error
        self.steps.finish()
        self.advance.finish(self.note)
        self._grouped.finish(writer)
        closing = self._closing()
        writer.finish(closing)
        self._say(closing)

    def _parts(self, batch: Batch, averages: list[list[Average]]) -> list[tuple[int, Part]]:
        """The rounds of each group in a batch; all as one part, where many groups have few rows each."""
        if self._is_plain is None:
            self._is_plain = self._may_be_grouped(averages)
        if self._is_plain:
            rows = self._groups.of_rows(batch)
            parted = waves(rows)
            if len(parted) < len(parted[0]):
                rounds = [self.advance.of_groups(each, batch, rows, parted) for each in averages]
                return [(0, Part([*range(len(batch))], batch, 1, rounds))]
        found = self._groups.split(batch)
        return [(number, self._part(number, rows, batch, averages)) for number, rows in found]

    def _may_be_grouped(self, averages: list[list[Average]]) -> bool:
        """True if rounds of different groups can be computed at once, and no column needs more than they have."""
        every, reading = self.options["every"] in (None, 1), self.reading
        plain = every and reading.missing == "error" and not self._is_whole and not self.script.sparse
        given = any(option == "--decay-column" for _, option in reading.beside)
        few = {column.name for column in self.columns} <= _OF_ONE_ROUND
        return plain and few and not given and all(may_be_grouped(one) for each in averages for one in each)

    def _part(self, number: int, rows: list[int], batch: Batch, averages: list[list[Average]]) -> Part:
        """The rounds of one group in a batch."""
        own, row = picked(batch, rows), number
        if self._is_whole:
            averages, row = self._own.get(number) or self._own_averages(number), 0
        rounds = [self.advance(each, own, row) for each in averages]
        return Part(rows, own, rounds[0][0].first, rounds)

    def _own_averages(self, number: int) -> list[list[Average]]:
        """The averages of a new group, which others look at besides."""
        averages = self._own[number] = self._for_params()
        return averages

    def _follow(self, number: int, part: Part) -> None:
        """Let the followers of a group see its rounds."""
        if number not in self._own:
            return
        if number not in self._members:
            self._members[number] = self._followers(self._own[number])
        self._members[number].follow(part.batch, part.rounds)

    def _closing(self) -> Any:
        names = self.script.kept
        keys = [key for key, number in self._groups.numbers.items() if number in self._members]
        closings = [self._members[self._groups.numbers[key]].closing() for key in keys]
        cells = [(key,) if isinstance(key, str) else key for key in keys]
        known = [dict(zip(names, each, strict=False)) for each in cells]
        return closing_of(known, [self._groups.label(key) for key in keys], closings)

    def _batches(self) -> Iterator[Batch | None]:
        if not any(one.average.rule.looks_ahead for one in self.asked):
            yield from super()._batches()
            return
        from ema_cli.reading.rebatch import joined

        batches = [batch for batch in self.script.batches() if batch is not None]
        yield joined(batches)  # each group looks ahead by itself

    def _arranged(self, sheet: Sheet) -> Sheet:
        return self._grouped.sheet(sheet, len(self.reading.by))

    def _thin(self, writer: Writer, sheet: Sheet) -> Writer:
        return writer
