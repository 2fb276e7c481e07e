"""Widths of a table's columns, and the padding and folding of their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.text.cell_text import BLANK, text_width

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.report.output import Field

LEAST_ROOM = 12
"""The least width of a column whose cells are folded."""

_ROOM = (4, 9)
"""Characters reserved for numbers in a table that is drawn as its rows arrive: before the decimal point, and from the
point on."""


class Shape:
    """The width of one column; for numbers, on both sides of the decimal point."""

    __slots__ = ("blanks", "field", "formula", "left", "measure", "numeric", "right", "room", "width")

    def __init__(self, field: Field, measure: Callable[[str], int] = text_width) -> None:
        self.field, self.measure = field, measure
        self.formula = measure is not text_width
        self.numeric = field.numeric and not field.free
        self.blanks = field.blanks
        self.left = self.right = 0
        self.room: int | None = None
        """The width that cells are folded to; None if they are not folded."""
        self.width = max(map(text_width, field.heading.split("\n")))
        if self.blanks:
            self.width = max(self.width, len(BLANK))

    @property
    def drawn(self) -> int:
        """The width that the column is drawn with."""
        return self.width if self.room is None else self.room

    def fits(self, cells: Sequence[str]) -> bool:
        """True if these cells fit into the present width."""
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
        """Make room for numbers that are likely to follow."""
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
        if self.blanks:  # the width of a blank does not count: it is the same in every table
            cells = [cell for cell in cells if cell != BLANK] or [""]
        heads = list(map(_head, cells))
        return max(heads), max(map(int.__sub__, map(len, cells), heads))

    def pad(self, cells: Sequence[str]) -> list[str]:
        """Pad cells to the full width; a folded cell has several lines."""
        if self.room is not None:
            return [self._fold(cell, self.room) for cell in cells]
        if not self.numeric:
            return [cell + " " * (self.width - text_width(cell)) for cell in cells]
        left, width = self.width - self.right, self.width
        return [
            cell.center(width) if cell == BLANK else (" " * (left - _head(cell)) + cell).ljust(width) for cell in cells
        ]

    def tighten(self, cells: Sequence[str]) -> None:
        """Narrow a folded column to its longest line."""
        if self.room is not None:
            texts = [*self.field.heading.split("\n"), *cells]
            self.room = max(self.measure(line) for text in texts for line in self.lines(text, self.room))

    def folded(self, cells: list[str]) -> list[str]:
        """The cells, folded to several lines if the column is folded."""
        return cells if self.room is None else ["\n".join(self.lines(cell, self.room)) for cell in cells]

    def lines(self, cell: str, room: int) -> list[str]:
        """Fold a cell into lines of this width."""
        from ema_cli.text.wrap import folded

        return folded(cell, room, self.measure, formula=self.formula)

    def _fold(self, cell: str, room: int) -> str:
        lines = self.lines(cell, room)
        if self.numeric and len(lines) == 1:
            return cell.center(room) if cell == BLANK else cell.rjust(room)
        return "\n".join(line + " " * (room - text_width(line)) for line in lines)


def squeeze(shapes: Sequence[Shape], width: int) -> None:
    """Fit columns into a total width by folding the widest ones to a common width."""
    left, count = width, len(shapes)
    for natural in sorted(shape.width for shape in shapes):
        if natural * count > left:
            break
        left, count = left - natural, count - 1
    room = max(left // max(count, 1), LEAST_ROOM)
    for shape in shapes:
        shape.room = room if shape.width > room else None


def _head(cell: str) -> int:
    """The number of characters before the decimal point or, without one, before the exponent."""
    place = cell.find(".")
    if place < 0:
        place = cell.find("e")
    return place if place >= 0 else len(cell)
