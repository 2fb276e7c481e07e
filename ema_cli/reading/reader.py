"""Base class of the readers of files: their columns, and the careful path from rows of cells to batches."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ema_cli.core.numbers.literals import is_number
from ema_cli.error_facts import NoValue
from ema_cli.errors import DataError, quoted
from ema_cli.reading import cells
from ema_cli.reading.batch import SIZE, Batch
from ema_cli.reading.column_facts import plainly
from ema_cli.reading.dates import is_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.reading.cells import Reading
    from ema_cli.reading.file_columns import Columns
    from ema_cli.reading.source import Block
    from ema_cli.reading.where import Where

    Place = tuple[tuple[str, ...], int]
    """The cells that identify a group, and the index of a param."""

    Held = dict[Place, str]

_T = TypeVar("_T")

_LONGEST = 40
"""Longest word in a column of numbers for which the error suggests --where."""


class Reader(ABC):
    """Reader of one file.

    Args:
        reading: How cells are read.
        name: The name of the file in messages.
        held: The last value of each param of a group, kept across the parts of a script.
        note: Called with each note, such as a guess or the change that a header in the middle of the file makes.

    Attributes:
        columns: The columns that are used; None until they are chosen.
    """

    sparse = False
    """True if a missing value is not an update, whatever --missing says."""

    def __init__(self, reading: Reading, name: str, held: Held, note: Callable[[str], None]) -> None:
        self.reading, self.name, self.held, self.note = reading, name, held, note
        self.columns: Columns | None = None
        self._where: Where | None = None
        self._step = partial(cells.step, fractional=reading.fractional)
        self._added: list[tuple[Any, ...]] = []  # rows not yet in a batch
        self._same: dict[int, str] = {}

    def batches(self, blocks: Iterator[Block | None]) -> Iterator[Batch | None]:
        """The updates of the file; None where nothing more has arrived."""
        for block in self._from_data(blocks):
            if block is None:
                yield None
                continue
            batch = self._at_once(block)
            if batch is None:
                yield from self._careful(block)
            elif len(batch):
                yield batch
            for line, row in self._rows_of(block.last()) if self._same else ():
                self._look(f"{block.source}:{line}", row)
            del block, batch

    @abstractmethod
    def _from_data(self, blocks: Iterator[Block | None]) -> Iterator[Block | None]:
        """Choose the columns; yield the blocks from the first row of data on, None where nothing more has arrived."""

    @abstractmethod
    def _careful(self, block: Block) -> Iterator[Batch]:
        """Read a block row by row."""

    @abstractmethod
    def _plain(self, block: Block, columns: Columns) -> Batch | None:
        """Read a block of plain numbers at once; None if it has anything else."""

    def _begin(self, columns: Columns) -> None:
        """Use these columns from now on."""
        self.columns = columns
        self._same = columns.same if self._where is None else {}

    def _at_once(self, block: Block) -> Batch | None:
        """Read a block at once; None if it must be read row by row."""
        columns, where = self.columns, self._where
        if columns is None or (where is not None and not where.met):  # only rows collect the values for the error
            return None
        if where is not None:
            columns = columns.but(kept=(*columns.kept, *where.places))
        batch = self._plain(block, columns)
        if batch is not None and where is not None:
            batch = where.picked(batch)
        if batch and self.reading.missing == "hold":  # a later gap repeats the last values
            groups = batch.kept[: len(self.reading.by_columns)]
            keys = [*zip(*groups, strict=True)] if groups else [()]
            for index, column in enumerate(batch.texts):
                self.held.update(zip([(key, index) for key in keys], column if groups else column[-1:], strict=True))
        return batch

    @abstractmethod
    def _rows_of(self, block: Block) -> Iterator[tuple[int, list[str]]]:
        """The rows of a block, each with the number of its line."""

    def _look(self, place: str, row: Sequence[str]) -> None:
        """Note columns that may separate series and no longer have the value of the first rows."""
        changed = [one for one, value in self._same.items() if one < len(row) and row[one] not in ("", value)]
        for one in changed:
            name = quoted(self._known().heads[one])
            self.note(
                f"{place}: {name} is {quoted(row[one])} here and {quoted(self._same[one])} in the first rows, averaged"
                f" together: --by {name} separates them"
            )
        self._same = {} if changed else self._same

    def _add(self, line: int, row: Sequence[str], *, gaps: bool = False) -> Iterator[Batch]:
        """Add a row, repeated by its runs; yield each batch that becomes full. With `gaps`, an empty cell may stand for
        an absent step or runs.
        """
        columns = self._known()
        kept = [row[place] for place in columns.kept]
        step, value, count = "", None, 1
        if columns.step is not None and (row[columns.step] or not gaps):
            step = row[columns.step]
            value = self._read(line, columns.step, self._step, step)
        if columns.runs is not None and (row[columns.runs] or not gaps):
            count = self._read(line, columns.runs, cells.runs, row[columns.runs])
        key = tuple(kept[: len(self.reading.by_columns)])
        params = [self._param(line, place, row[place], (key, index)) for index, place in enumerate(columns.params)]
        if all(number is None for _, number in params):
            return
        while count:
            repeated = min(count, SIZE - len(self._added))
            count -= repeated
            self._added += [(line, value, step, params, kept)] * repeated
            if len(self._added) >= SIZE:
                yield from self._rest()

    def _rest(self) -> Iterator[Batch]:
        """Make a batch of the rows not yet in one."""
        if not self._added:
            return
        lines, steps, texts, params, kept = zip(*self._added, strict=True)
        self._added, name = [], self.name
        stepped = any(step is not None for step in steps)
        yield Batch(
            list(steps) if stepped else None,
            list(texts) if stepped else None,
            [[text for text, _ in column] for column in zip(*params, strict=True)],
            [[value for _, value in column] for column in zip(*params, strict=True)],
            [list(column) for column in zip(*kept, strict=True)],
            lambda row: f"{name}:{lines[row]}",
        )

    def _known(self) -> Columns:
        """The columns; call only after they are chosen."""
        assert self.columns is not None
        return self.columns

    def _param(self, line: int, place: int, text: str, at: Place) -> tuple[str, float | None]:
        """A param as written, and its value; the value is None if the row does not update this param."""
        if not cells.is_missing(text):
            exact = self.reading.exact and is_number(text)
            value = float(text) if exact else self._read(line, place, cells.param, text)
            if self.reading.missing == "hold":
                self.held[at] = text
            return text, value
        match self.reading.missing:
            case "skip":
                return text, None
            case "rule":
                return text, cells.missing_value(text)
            case "hold" if at in self.held:
                return self.held[at], float(self.held[at])
            case "hold":
                problem = "is missing, and there is no earlier value to hold; use --missing skip"
            case _:
                problem = f"{self.name}:{line}: {self._known().label(place)} is {text or 'empty'}"
                remedy = "--missing skip leaves such rows out, --missing hold repeats the last value"
                raise DataError(problem, remedy, NoValue())
        raise DataError(f"{self.name}:{line}: {self._known().label(place)} {problem}")

    def _read(self, line: int, place: int, read: Callable[[str], _T], text: str) -> _T:
        """Parse a cell; an error names the line and the column."""
        try:
            return read(text)
        except DataError as error:
            problem = f"{self.name}:{line}: {self._known().label(place)}: {error.problem}"
            raise DataError(problem, self._way_on(place, text), error.fact) from None

    def _way_on(self, place: int, text: str) -> str:
        """Remedy for a cell that cannot be read; empty if none is known."""
        reading, columns = self.reading, self._known()
        if re.match(r"\S+\s+#", text):
            return "sed 's/ *#.*//' FILE | ema-calc leaves comments out"
        if clean := plainly(text):
            return f"{clean} | ema-calc reads it"
        if is_number(text):
            return "--step-column none ignores it" if place == columns.step and not reading.step_column else ""
        if place == columns.step and columns.named and is_date(text):
            return f"--time-column {quoted(columns.heads[place])} makes it the time"
        word = len(text) <= _LONGEST and text.isprintable() and not re.search(r"\d", text)
        can_filter = word and columns.named and not reading.param_columns
        return f"--where {quoted(f'{columns.heads[place]}!={text}')} leaves such rows out" if can_filter else ""
