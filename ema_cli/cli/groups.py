"""--by: a separate average for each value of a column, with the rows in the order of the file."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import count
from typing import TYPE_CHECKING, Any

from ema_cli.cli.feed import GroupedBatch
from ema_cli.report.sheet import Closing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
        rows, lengths = sorted(range(len(numbers)), key=numbers.__getitem__), Counter(numbers)
        groups, order = sorted(lengths), sorted(range(len(rows)), key=rows.__getitem__)
        return GroupedBatch(batch.picked(rows), groups, [lengths[group] for group in groups], order)

    @property
    def keys(self) -> list[tuple[str, ...]]:
        """The key of each group, as cells."""
        return [(key,) if isinstance(key, str) else key for key in self.numbers]


def label_of(key: Iterable[str]) -> str:
    """The name of a group in messages and charts, from its key."""
    return ", ".join(cell or "''" for cell in key)


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
