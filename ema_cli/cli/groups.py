"""--by: an average for each value of a column, the rows in the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.report.table import Closing, Field, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.rounds import Rounds
    from ema_cli.formats.writer import Writer
    from ema_cli.reading.batch import Batch


class Part:
    """The updates of one group in a batch.

    Attributes:
        rows: Their places in the batch.
        batch: The updates alone.
        first: The round of the first of them, as the group counts.
        rounds: For each average, those of each param.
    """

    __slots__ = ("batch", "first", "rounds", "rows")

    def __init__(self, rows: list[int], batch: Batch, first: int, rounds: list[list[Rounds]]) -> None:
        self.rows, self.batch, self.first, self.rounds = rows, batch, first, rounds


class Groups:
    """The groups of a script by their keys, and how a batch parts into them.

    Args:
        columns: How many columns tell groups apart: the first that are passed through.
    """

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.numbers: dict[str | tuple[str, ...], int] = {}
        """The number of each group, from 0 in the order in which they come."""

    def of_rows(self, batch: Batch) -> list[int]:
        """The group of each row in a batch."""
        numbers = self.numbers
        return [numbers.setdefault(key, len(numbers)) for key in self._keys(batch)]

    def _keys(self, batch: Batch) -> Any:
        columns = batch.kept[: self.columns]
        return columns[0] if self.columns == 1 else zip(*columns, strict=True)

    def split(self, batch: Batch) -> list[tuple[int, list[int]]]:
        """The groups in a batch, each with its rows."""
        rows: dict[int, list[int]] = {}
        for place, number in enumerate(self.of_rows(batch)):
            rows.setdefault(number, []).append(place)
        return [*rows.items()]

    def label(self, key: str | tuple[str, ...]) -> str:
        """A group as messages call it."""
        return key if isinstance(key, str) else ", ".join(key)


class Grouped:
    """Writes the parts of a batch as one: each cell where its row is.

    Args:
        every: K of --every, for each group.
        people: Whether the output is a table, which shows the first round only if K is 1.
    """

    def __init__(self, every: int | None, *, people: bool) -> None:
        self._every, self._people = every or 1, people
        self._parts: list[Part] = []
        self._held: dict[int, tuple[Batch, Part]] = {}
        self.written = self.count = 0

    def sheet(self, sheet: Sheet, columns: int) -> Sheet:
        """The sheet with fields that look at the parts, those of the group first."""
        kept = [field for field in sheet.fields if field.passed]
        others = [field for field in sheet.fields if field not in kept[:columns]]
        return sheet.but(fields=[*kept[:columns], *map(self._field, others)])

    def _field(self, field: Field) -> Field:
        if field.passed or field.place is not None:
            return field

        def texts(first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> list[str]:
            return _scattered([(part.rows, field.texts(part.first, part.batch, part.rounds)) for part in self._parts])

        return field.but(texts=texts, numbers=None)

    def write(self, writer: Writer, batch: Batch, parts: Sequence[tuple[int, Part]]) -> None:
        """Write a batch, or those of its rows that --every asks for."""
        self.count += len(batch)
        if self._every == 1:
            self._write(writer, batch, [part for _, part in parts])
            return
        wanted: list[tuple[int, Part]] = []
        for number, part in parts:
            for place, row in enumerate(part.rows):
                round_number = part.first + place
                last = place == len(part.rows) - 1
                if round_number % self._every == 0 or (round_number == 1 and not self._people):
                    wanted.append((row, _only(part, place)))
                    self._held.pop(number, None)
                elif last:
                    self._held[number] = batch.only(row), _only(part, place)
        for row, part in sorted(wanted, key=lambda one: one[0]):
            self._write(writer, batch.only(row), [part])

    def _write(self, writer: Writer, batch: Batch, parts: list[Part]) -> None:
        self._parts = parts
        self.written += len(batch)
        writer.write(1, batch, parts[0].rounds)

    def finish(self, writer: Writer) -> None:
        """Write the last row of each group that was not written yet."""
        for batch, part in self._held.values():
            self._write(writer, batch, [part])


def picked(batch: Batch, rows: list[int]) -> Batch:
    """Some updates of a batch."""
    if len(rows) == len(batch):
        return batch
    if rows[-1] - rows[0] == len(rows) - 1:
        return batch.part(rows[0], rows[-1] + 1)
    return batch.picked(rows)


def _only(part: Part, place: int) -> Part:
    return Part(
        [0], part.batch.only(place), part.first + place, [[one.only(place) for one in own] for own in part.rounds]
    )


def _scattered(parts: Sequence[tuple[list[int], list[str]]]) -> list[str]:
    """The texts of the parts, each in its row."""
    if len(parts) == 1:
        return parts[0][1]
    cells = [""] * sum(len(rows) for rows, _ in parts)
    for rows, texts in parts:
        for row, text in zip(rows, texts, strict=True):
            cells[row] = text
    return cells


def closing_of(keys: Sequence[dict[str, str]], labels: Sequence[str], closings: Sequence[Closing]) -> Closing:
    """The end of an output of several groups.

    Args:
        keys: The cells by which each group is known.
        labels: The groups in messages.
        closings: The end of each.
    """
    notes = [f"{label}: {note}" for label, one in zip(labels, closings, strict=True) for note in one.notes]
    data: Any = [key | one.data for key, one in zip(keys, closings, strict=True)]
    return Closing(notes, data, _beside(labels, [one.rows for one in closings]))


def _beside(labels: Sequence[str], tables: Sequence[list[list[str]]]) -> list[list[str]]:
    """The summaries of all groups as one table, whose columns are the groups; a row that one lacks is empty there."""
    if not any(tables):
        return []
    heading = [tables[0][0][0]]
    names = dict.fromkeys(row[0] for rows in tables for row in rows[1:])
    found = {name: [name] for name in names}
    for label, rows in zip(labels, tables, strict=True):
        heading += [" ".join(filter(None, [label, cell])) for cell in rows[0][1:]]
        cells = {row[0]: row[1:] for row in rows[1:]}
        for name, row in found.items():
            row += cells.get(name, [""] * (len(rows[0]) - 1))
    return [heading, *found.values()]
