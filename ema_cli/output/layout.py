"""Tables for people: columns wide enough for their cells, numbers aligned on the point.

Up to MOST_WHOLE rounds are laid out together. Past that, and where rows must be seen as they arrive, the widths come
from what has arrived, and a row that does not fit starts a new header: memory stays bounded.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import groupby
from typing import TYPE_CHECKING

from ema_cli.core.numerals import printable
from ema_cli.output.cell import BLANK, text_width
from ema_cli.sheet import Field, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.core.rounds import Rounds
    from ema_cli.output import Look
    from ema_cli.output.sink import Sink
    from ema_cli.script.batch import Batch
    from ema_cli.summary import Closing

MOST_WHOLE = 10_000

_ROOM = (4, 9)
"""What a column of numbers is given in a table that is drawn as its rows arrive: digits before the point, and from the
point on, as many as a table shows."""


class Shape:
    """The width of one column, on both sides of the decimal point."""

    __slots__ = ("blanks", "left", "measure", "numeric", "right", "room", "width")

    def __init__(self, field: Field, measure: Callable[[str], int] = text_width) -> None:
        self.measure = measure
        self.numeric = field.numeric and not field.free
        self.blanks = field.blanks
        self.left = self.right = 0
        self.room: int | None = None
        """How wide it is drawn, if that is less than its cells are wide: they are folded."""
        self.width = max(map(text_width, field.heading.split("\n")))
        if self.blanks:
            self.width = max(self.width, len(BLANK))

    @property
    def drawn(self) -> int:
        """How wide it is drawn."""
        return self.width if self.room is None else self.room

    def fits(self, cells: Sequence[str]) -> bool:
        """Whether these cells need no more room."""
        if self.room is not None:
            return True
        left, right = self._need(cells)
        return left <= self.left and right <= self.right

    def widen(self, cells: Sequence[str]) -> None:
        """Make room for these cells."""
        left, right = self._need(cells)
        self.left, self.right = max(self.left, left), max(self.right, right)
        self.width = max(self.width, self.left + self.right)

    def reserve(self) -> None:
        """Make room for the numbers that are likely to follow."""
        if self.numeric:
            left, right = _ROOM
            self.left = max(self.left, left)
            self.right = max(self.right, right if self.right else 0)
            self.width = max(self.width, self.left + self.right)

    def _need(self, cells: Sequence[str]) -> tuple[int, int]:
        if not cells:
            return 0, 0
        if not self.numeric:
            return max(map(self.measure, cells)), 0
        if self.blanks:  # a blank is as wide as it is in every table
            cells = [cell for cell in cells if cell != BLANK] or [""]
        heads = list(map(_head, cells))
        return max(heads), max(map(int.__sub__, map(len, cells), heads))

    def pad(self, cells: Sequence[str]) -> list[str]:
        """The cells at full width; one that is folded has several lines."""
        if self.room is not None:
            return [self._fold(cell, self.room) for cell in cells]
        if not self.numeric:
            return [cell + " " * (self.width - text_width(cell)) for cell in cells]
        left, width = self.width - self.right, self.width
        if self.blanks:
            return [
                cell.center(width) if cell == BLANK else (" " * (left - _head(cell)) + cell).ljust(width)
                for cell in cells
            ]
        return [(" " * (left - _head(cell)) + cell).ljust(width) for cell in cells]

    def tighten(self, cells: Sequence[str], heading: str) -> None:
        """If cells are folded, take no more room than their lines."""
        if self.room is not None:
            from ema_cli.output.folded import folded

            texts = [*heading.split("\n"), *cells]
            lines = [line for text in texts for line in folded(text, self.room)]
            self.room = max(map(text_width, lines), default=self.room)

    def _fold(self, cell: str, room: int) -> str:
        from ema_cli.output.folded import folded

        lines = folded(cell, room)
        if self.numeric and len(lines) == 1:
            return cell.center(room) if cell == BLANK else cell.rjust(room)
        return "\n".join(line + " " * (room - text_width(line)) for line in lines)


def _head(cell: str) -> int:
    """How many characters stand before the decimal point, or before the exponent."""
    place = cell.find(".")
    if place < 0:
        place = cell.find("e")
    return place if place >= 0 else len(cell)


def _no_rounds(first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> list[str]:
    return []


class Laid(ABC):
    """A writer that lays its rows out in columns of equal width."""

    formula_width = staticmethod(text_width)
    """How wide a line of working is, in columns of a terminal, as this format sets it."""

    def __init__(self, sheet: Sheet, sink: Sink, look: Look) -> None:
        self.sheet, self.sink, self.look = sheet, sink, look
        self.shapes = [Shape(field, self.formula_width if field.math else text_width) for field in sheet.fields]
        self._waiting = [[field.initial] for field in sheet.fields]  # columns of cells that are not drawn yet
        self._begun = False

    def clean(self, cell: str) -> str:
        """The user's text as it may stand in a cell."""
        return self.sink.spelled(printable(cell))

    @abstractmethod
    def whole(self, columns: list[list[str]]) -> None:
        """Draw all rows; the first is round 0."""

    @abstractmethod
    def say(self, notes: list[str]) -> None:
        """Add what there is to say below the last table."""

    @abstractmethod
    def begin(self) -> None:
        """Draw the top of a table, with the widths of the shapes."""

    @abstractmethod
    def rows(self, columns: list[list[str]]) -> None:
        """Draw some rows."""

    @abstractmethod
    def end(self) -> None:
        """Draw the bottom of a table."""

    def write(self, first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        """The rows of a batch."""
        columns = [field.texts(first, batch, rounds) for field in self.sheet.fields]
        columns = [
            list(map(self.clean, column)) if field.free else column
            for field, column in zip(self.sheet.fields, columns, strict=True)
        ]
        for waiting, column in zip(self._waiting, columns, strict=True):
            waiting.extend(column)
        if self._begun or len(self._waiting[0]) > MOST_WHOLE + 1:
            self._stream()

    def flush(self) -> None:
        """Show what has arrived, if somebody is looking."""
        if self.sink.terminal:
            self._stream()

    def finish(self, closing: Closing) -> None:
        """Draw what is left."""
        if self._begun:
            self._stream()
            self.end()
        else:
            for shape, column in zip(self.shapes, self._waiting, strict=True):
                shape.widen(column)
            self.whole(self._waiting)
        self.say(closing.notes)
        if closing.rows:
            self._summarize(closing.rows)
        self.close()

    def close(self) -> None:  # noqa: B027  most formats have nothing to end
        """End what the title began."""

    def _summarize(self, rows: list[list[str]]) -> None:
        """Draw the summary: a table of its own, in the same format."""
        headings, *body = rows
        fields = [
            Field(heading, heading, place == 0, place or None, place > 0, _no_rounds, "", free=True)
            for place, heading in enumerate(headings)
        ]
        table = type(self)(Sheet(fields, [], dict), self.sink, self.look)
        for shape, field in zip(table.shapes, fields, strict=True):
            shape.numeric = field.numeric
        columns = [list(map(self.clean, column)) for column in zip(*body, strict=True)]
        for shape, column in zip(table.shapes, columns, strict=True):
            shape.widen(column)
        table.whole(columns)

    def parts(self, limit: int | None) -> list[list[int]]:
        """The columns of each table: all of them, or as many as fit beside the keys."""
        fields = self.sheet.fields
        keys = [place for place, field in enumerate(fields) if field.key]
        others = [place for place, field in enumerate(fields) if not field.key]
        if limit is None or self.spread(range(len(fields))) <= limit or not others:
            return [list(range(len(fields)))]
        parts: list[list[int]] = []
        for unit in self._units(others, limit - self.spread(keys)):
            if parts and self.spread([*parts[-1], *unit]) <= limit:
                parts[-1] += unit
            else:
                parts.append([*keys, *unit])
        return parts

    def _units(self, places: list[int], room: int) -> list[list[int]]:
        """The columns that stay together: those of an average, if there are several and they fit."""
        fields = self.sheet.fields
        several = len({field.group for field in fields if field.group is not None}) > 1
        units: list[list[int]] = []
        for group, members in groupby(places, lambda place: fields[place].group):
            unit = list(members)
            if several and group is not None and self.spread(unit) - 1 <= room:
                units.append(unit)
            else:
                units += [[place] for place in unit]
        return units

    def spread(self, places: list[int] | range) -> int:
        """How wide a table of these columns is, in columns of a terminal."""
        return sum(self.shapes[place].drawn + 3 for place in places) + 1

    def _stream(self) -> None:
        columns, self._waiting = self._waiting, [[] for _ in self.shapes]
        fit = all(shape.fits(column) for shape, column in zip(self.shapes, columns, strict=True))
        if not self._begun or not fit:
            if self._begun:
                self.end()
            for shape, column in zip(self.shapes, columns, strict=True):
                shape.widen(column)
                shape.reserve()
            self.begin()
            self._begun = True
        self.rows([shape.pad(column) for shape, column in zip(self.shapes, columns, strict=True)])
