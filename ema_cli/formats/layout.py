"""Layout of tables for people: columns as wide as their cells, numbers aligned at the decimal point.

Up to MOST_WHOLE rounds are laid out together. A longer table, or one whose rows must appear as they arrive, takes its
widths from the rows so far; a later row that does not fit starts a new header. Memory stays bounded.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import groupby
from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import printable
from ema_cli.formats.column_widths import Shape, squeeze
from ema_cli.report.output import Field, Output, Writer
from ema_cli.text.cell_text import text_width

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink
    from ema_cli.report.output import Closing, Results

MOST_WHOLE = 10_000
_AT_ONCE = 2000  # rows that are drawn together


def spread(shapes: Sequence[Shape]) -> int:
    """Width of a table of these columns with its borders, in characters of a terminal."""
    return sum(shape.drawn + 3 for shape in shapes) + 1


class TableWriter(Writer, ABC):
    """A writer of tables with aligned columns: it writes the title, tables, notes, the summary and the chart.

    Attributes:
        shapes: The columns of the table that is being drawn.
    """

    limit: int | None = None
    """Greatest width of a table, in characters of a terminal; None if it is unlimited."""
    formula_width = staticmethod(text_width)
    """Function that gives the width of a line of working as this format sets it, in characters of a terminal."""

    def __init__(self, output: Output, sink: Sink, look: Look) -> None:
        self.output, self.sink, self.look = output, sink, look
        self._all = [Shape(field, self.formula_width if field.math else text_width) for field in output.fields]
        self.shapes = self._all
        self._waiting = [[field.initial] for field in output.fields]  # the cells of each column not drawn yet
        self._begun = False

    def clean(self, cell: str) -> str:
        """The user's text for a cell; some formats escape it only when the cell is written."""
        return self.sink.spelled(printable(cell))

    def worked(self, cell: str) -> str:
        """Escape a line of working for a cell."""
        return self.clean(cell)

    @abstractmethod
    def head(self) -> None:
        """Draw the title and the rule in symbols above the first table; a summary has neither."""

    def begin(self) -> None:
        """Draw the top of a table, whose widths are in `shapes`."""

    @abstractmethod
    def rows(self, columns: list[list[str]]) -> None:
        """Draw some rows, whose cells are padded."""

    def end(self) -> None:
        """Draw the bottom of a table."""

    @abstractmethod
    def say(self, notes: list[str]) -> None:
        """Write notes below the last table."""

    def table(self, columns: list[list[str]]) -> None:
        """Draw a whole table."""
        self.begin()
        self.rows([shape.pad(column) for shape, column in zip(self.shapes, columns, strict=True)])
        self.end()

    def write(self, results: Results) -> None:
        """Add the rows of a batch; they are drawn at once when the table is too long to be laid out as a whole."""
        columns = [field.texts(results) for field in self.output.fields]
        columns = [
            list(map(self.worked if field.math else self.clean, column)) if field.free else column
            for field, column in zip(self.output.fields, columns, strict=True)
        ]
        for waiting, column in zip(self._waiting, columns, strict=True):
            waiting.extend(column)
        if self._begun or len(self._waiting[0]) > MOST_WHOLE + 1:
            self._stream()

    def flush(self) -> None:
        """Show the rounds so far on a terminal."""
        if self.sink.terminal:
            self._stream()

    def finish(self, closing: Closing) -> None:
        """Draw the rest of the table, the notes, the summary and the chart."""
        if self._begun:
            self._stream()
            self.end()
        else:
            self._whole(self._waiting)
        self.say(closing.notes)
        if closing.rows:
            self._summarize(closing.rows)
        if closing.figure is not None:
            self.figure(closing.figure)
        self.close()

    def figure(self, draw: Callable[[], None]) -> None:
        """Draw the chart below the table."""
        draw()

    def close(self) -> None:
        """Close the section that the title opened."""

    def _summarize(self, rows: list[list[str]]) -> None:
        """Draw the summary as a separate table in the same format."""
        headings, *body = rows
        fields = [
            Field(heading, heading, place == 0, place or None, place > 0, lambda results: [], "", free=True)
            for place, heading in enumerate(headings)
        ]
        table = type(self)(Output(fields, [], dict), self.sink, self.look)
        for shape in table.shapes:
            shape.numeric = shape.field.numeric
        table._whole([list(map(self.clean, column)) for column in zip(*body, strict=True)])

    def _whole(self, columns: list[list[str]]) -> None:
        """Draw all rows, split by columns into as many tables as the limit requires; each repeats the key columns."""
        for shape, column in zip(self.shapes, columns, strict=True):
            shape.widen(column)
        self.head()
        for places in self._parts():
            self.shapes = [self._all[place] for place in places]
            self._squeeze()
            self.table([columns[place] for place in places])

    def _parts(self) -> list[list[int]]:
        """The columns of each table: all, or as many as fit beside the keys. Each of several params leads its own."""
        fields, limit = self.output.fields, self.limit
        if limit is None or self._spread(range(len(fields))) <= limit or all(field.key for field in fields):
            return [list(range(len(fields)))]
        params = {field.of[1]: place for place, field in enumerate(fields) if field.kind == "param"}
        leads = params if len(params) > 1 else {}
        keys = [place for place, field in enumerate(fields) if field.key]
        parts: list[list[int]] = []
        for unit in self._units(leads, limit - self._spread(keys)):
            merged = [*parts[-1], *(place for place in unit if place not in parts[-1])] if parts else []
            if parts and self._spread(merged) <= limit:
                parts[-1] = merged
            else:
                parts.append([*keys, *unit])
        return parts

    def _squeeze(self) -> None:
        """Fold columns of words and formulas to fit the limit, the widest first; fold numbers only in a lone column."""
        for shape in self.shapes:
            shape.room = None
        over = 0 if self.limit is None else spread(self.shapes) - self.limit
        others = [shape for shape in self.shapes if not shape.field.key]
        foldable = [shape for shape in others if not shape.numeric or len(others) == 1]
        if over > 0 and foldable:
            squeeze(foldable, sum(shape.width for shape in foldable) - over)

    def _units(self, leads: Mapping[int, int], room: int) -> list[list[int]]:
        """Group the columns that stay together if they fit: those of a param, after its own, or those of an average."""
        fields = self.output.fields

        def owner(place: int) -> int:
            """The number of a column's param, 0 with a single param; columns passed through come last."""
            return 0 if not leads else fields[place].of[1] if fields[place].kind else len(fields)

        def fit(unit: list[int]) -> bool:
            return self._spread(unit) - 1 <= room

        several = len({field.group for field in fields if field.group is not None}) > 1
        others = [place for place, field in enumerate(fields) if not field.key and place not in leads.values()]
        units: list[list[int]] = []
        for number, owned in groupby(sorted(others, key=owner), owner):
            lead, places = [leads[number]] if number in leads else [], list(owned)
            runs = [list(run) for _, run in groupby(places, lambda place: fields[place].group)]  # of the same average
            for group in [places] if lead and fit([*lead, *places]) else runs:
                if (lead or several) and fields[group[0]].group is not None and fit([*lead, *group]):
                    units.append([*lead, *group])
                else:
                    apart = ([[*lead, place]] if fit([*lead, place]) else [lead, [place]] for place in group)
                    units += [unit for pair in apart for unit in pair if unit]
        return units

    def _spread(self, places: Sequence[int]) -> int:
        return spread([self._all[place] for place in places])

    def _stream(self) -> None:
        columns, self._waiting = self._waiting, [[] for _ in self.shapes]
        fit = all(shape.fits(column) for shape, column in zip(self.shapes, columns, strict=True))
        if not self._begun or not fit:
            if self._begun:
                self.end()
            else:
                self.head()
            for shape, column in zip(self.shapes, columns, strict=True):
                shape.widen(column)
                shape.reserve()
            self._squeeze()
            self.begin()
            self._begun = True
        for start in range(0, len(columns[0]), _AT_ONCE):  # padded rows are twice as large
            block = (column[start : start + _AT_ONCE] for column in columns)
            self.rows([shape.pad(column) for shape, column in zip(self.shapes, block, strict=True)])
