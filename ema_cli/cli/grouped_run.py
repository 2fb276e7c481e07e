"""One call with --by: each group has its own averages, and its rows stand where they stood in the file."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from ema_cli.cli.groups import Groups, Regrouped, closing_of
from ema_cli.cli.run import Session
from ema_cli.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ema_cli.cli.advance import Parted
    from ema_cli.cli.followers import Followers
    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.formats.writer import Writer
    from ema_cli.reading.batch import Batch
    from ema_cli.report.table import Closing, Sheet


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
        self._averages: list[list[Average]] = []
        self._members: dict[int, Followers] = {}

    @property
    def _is_told_apart(self) -> bool:
        """True if each group has followers of its own, else they follow all groups as one."""
        asked = self.options["check"] or self.options["summary"] or self.format.name == "json"
        return bool(asked or any(column.beside for column in self.columns))

    def _exit_code(self) -> int:
        """The exit code tells whether any group differs."""
        checks = [one.check for one in self._members.values() if one.check is not None]
        if not checks:
            return 0
        compared = [check for check in checks if any(one.compared for one in check.comparisons)]
        if not compared:
            raise DataError("--check: no round has a logged value to compare with")
        return max(check.exit_code for check in compared)

    def _parted(self, batch: Batch) -> Parted:
        self._rows.parted = self._groups.part(batch)
        return self._rows.parted

    def _for_params(self) -> list[list[Average]]:
        self._averages = super()._for_params()
        return self._averages

    def _follow(self, parted: Parted, rounds: list[list[Rounds]]) -> None:
        if not self._is_told_apart:
            super()._follow(parted, rounds)
            return
        apart = [[one.parts() for one in each] for each in rounds]
        first = 0
        for place, (group, length) in enumerate(zip(parted.groups, parted.lengths, strict=True)):
            if group not in self._members:
                own = [[average.of_row(group) for average in each] for each in self._averages]
                self._members[group] = self._followers(own)
            some = [[parts[place] for parts in each] for each in apart]
            self._members[group].follow(parted.batch.part(first, first + length), some)
            first += length
        for each, cut in zip(rounds, apart, strict=True):
            for one, parts in zip(each, cut, strict=True):
                for name in parts[0].extra:
                    one.extra[name] = [*chain.from_iterable(part.extra[name] for part in parts)]

    def _closing(self) -> Closing:
        if not self._is_told_apart:
            return super()._closing()
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
        return self._rows.sheet(sheet, len(self.reading.by))

    def _thin(self, writer: Writer, sheet: Sheet) -> Writer:
        self._rows.writer = writer
        return self._rows
