"""--by: a separate average for each value of a column, with the rows in the order of the file."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from itertools import accumulate, count, groupby
from typing import TYPE_CHECKING, Any

from ema_cli.cli.feed import GroupedBatch
from ema_cli.report.sheet import Closing, Field, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ema_cli.core.rounds import Rounds
    from ema_cli.formats.writer import Writer
    from ema_cli.reading.batch import Batch


class Groups:
    """The groups of a script, numbered by their keys.

    Args:
        columns: The number of columns that make up the key: the first of those that are passed through.
    """

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.numbers: defaultdict[str | tuple[str, ...], int] = defaultdict(count().__next__)
        """The number of each group by its key, from 0 in the order of the file."""

    def part(self, batch: Batch) -> GroupedBatch:
        """Sort the updates of a batch by group."""
        keys: Any = batch.kept[: self.columns]
        numbers = [*map(self.numbers.__getitem__, keys[0] if self.columns == 1 else zip(*keys, strict=True))]
        order, lengths = sorted(range(len(numbers)), key=numbers.__getitem__), Counter(numbers)
        groups = sorted(lengths)
        return GroupedBatch(batch.picked(order), groups, [lengths[group] for group in groups], order)

    @property
    def keys(self) -> list[tuple[str, ...]]:
        """The key of each group, as cells."""
        return [(key,) if isinstance(key, str) else key for key in self.numbers]


def label_of(key: Iterable[str]) -> str:
    """The name of a group in messages and charts, from its key."""
    return ", ".join(cell or "''" for cell in key)


class GroupWriter:
    """A writer that restores the order of the file, and applies --every to each group.

    Args:
        every: K of --every, or None.
        people: True for a table, which shows the first round only if K is 1.
    """

    def __init__(self, every: int | None, *, people: bool) -> None:
        self._every, self._people = every or 1, people
        self.writer: Writer
        """The writer that rows are passed to."""
        self.coming: deque[GroupedBatch] = deque()
        """The order and the groups of the batches to be written next, without their updates."""
        self._places: Sequence[int] = ()
        self._last: dict[int, tuple[Batch, list[list[Rounds]], int]] = {}  # the last round of a group, if not written

    def sheet(self, sheet: Sheet, columns: int) -> Sheet:
        """The sheet with the columns of the key first, and cells in the order of the file."""
        kept = [field for field in sheet.fields if field.passed]
        others = [field for field in sheet.fields if field not in kept[:columns]]
        return sheet.but(fields=[self._field(field) for field in (*kept[:columns], *others)], by=columns)

    def _field(self, field: Field) -> Field:
        def texts(first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> list[str]:
            cells = field.texts(first, batch, rounds)
            return [*map(cells.__getitem__, self._places)]

        return field.but(texts=texts, numbers=None, place=None)

    def write(self, first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        """Write a batch, or the rows that --every chooses."""
        parted = self.coming.popleft()
        self._places = sorted(range(len(batch)), key=parted.order.__getitem__)
        if self._every == 1 and not self._people:
            self.writer.write(1, batch, rounds)
            return
        numbers = rounds[0][0].numbers
        wanted = [number % self._every == 0 or (number == 1 and not self._people) for number in numbers]
        lasts = [end - 1 for end in accumulate(parted.lengths)]
        waiting = [(group, last) for group, last in zip(parted.groups, lasts, strict=True) if not wanted[last]]
        for group in parted.groups:
            self._last.pop(group, None)
        held = _picked(batch, rounds, [last for _, last in waiting])
        self._last.update((group, (*held, row)) for row, (group, _) in enumerate(waiting))
        self._write(*_picked(batch, rounds, [place for place in self._places if wanted[place]]))

    def _write(self, batch: Batch, rounds: list[list[Rounds]]) -> None:
        self._places = range(len(batch))
        if batch:
            self.writer.write(1, batch, rounds)

    def flush(self) -> None:
        """Show the rows so far."""
        self.writer.flush()

    def finish(self, closing: Closing) -> None:
        """Write the last row of each group if --every left it out, and the end."""
        for _, of_batch in groupby(self._last.values(), lambda held: id(held[0])):
            (batch, rounds, row), *others = of_batch
            self._write(*_picked(batch, rounds, [row, *(row for *_, row in others)]))
        self.writer.finish(closing)


def _picked(batch: Batch, rounds: Sequence[Sequence[Rounds]], rows: Sequence[int]) -> tuple[Batch, list[list[Rounds]]]:
    return batch.picked(rows), [[of_param.picked(rows) for of_param in of_params] for of_params in rounds]


def closing_of(keys: Sequence[dict[str, str | None]], labels: Sequence[str], closings: Sequence[Closing]) -> Closing:
    """Merge the ends of the outputs of several groups.

    Args:
        keys: The key of each group: its cells by the names of their columns.
        labels: The names of the groups in messages.
        closings: The end of each group.
    """
    notes = [f"{label}: {note}" for label, closing in zip(labels, closings, strict=True) for note in closing.notes]
    data: Any = [key | closing.data for key, closing in zip(keys, closings, strict=True)]
    return Closing(notes, data, _beside(labels, [closing.rows for closing in closings]))


def _beside(labels: Sequence[str], tables: Sequence[list[list[str]]]) -> list[list[str]]:
    """The summaries of all groups as one table with a column for each; a number that a group lacks is empty."""
    if not any(tables):
        return []
    bare = next(filter(None, tables))[:1]  # for a group without numbers
    heading = [bare[0][0]]
    names = dict.fromkeys(row[0] for rows in tables for row in rows[1:])
    merged = {name: [name] for name in names}
    for label, rows in zip(labels, (rows or bare for rows in tables), strict=True):
        heading += [" ".join(filter(None, [label, cell])) for cell in rows[0][1:]]
        cells = {row[0]: row[1:] for row in rows[1:]}
        for name, row in merged.items():
            row += cells.get(name, [""] * (len(rows[0]) - 1))
    return [heading, *merged.values()]
