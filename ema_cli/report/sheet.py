"""Data for the formats: columns of text, a title, and the end of the output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record
from ema_cli.text.number_text import Style

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.reading.batch import Batch, Lines
    from ema_cli.working.rule_formulas import Formula

    Numbers = tuple[tuple[Any, bytes | None], str | None]
    Texts = Callable[[int, Batch, Sequence[Sequence[Rounds]]], list[str]]


class Field(Record):
    """A column of an output: its name, and its cells as text."""

    name: str
    heading: str
    key: bool
    """True for a column that identifies the round; it is repeated where a table is cut in parts."""
    group: int | None
    """The number of its average: its columns stay together where a table is cut."""
    numeric: bool
    """True if its cells may be bare numbers where a format distinguishes numbers from text, as JSON does."""
    texts: Texts
    initial: str
    """The cell in round 0."""
    free: bool = False
    """True if its cells are the user's text, which may hold anything."""
    place: Callable[[Lines], int | None] | None = None
    """Its place in the lines of a batch, if it repeats cells of the input."""
    passed: bool = False
    """True if it passes a column of the input through."""
    blanks: bool = False
    """True if some of its cells may be blank."""
    kind: str = ""
    """The kind of column."""
    of: tuple[int, int] = (0, 0)
    """The numbers of its average and its param."""
    values: Callable[[int, Batch, Sequence[Sequence[Rounds]]], list[Any]] | None = None
    """The values of a batch's cells; None for lines of working."""
    math: bool = False
    """True if its cells are lines of working, which some formats set as formulas."""
    numbers: Callable[[int, Batch, Sequence[Sequence[Rounds]]], Numbers | array[int] | range | None] | None = None
    """The cells of a batch for the compiled core: their values, a mask of those that are there, and their type; or
    whole numbers. None if they are texts in this batch."""


class Sheet(Record):
    """A table: its columns, and the settings that its rows share."""

    fields: list[Field]
    title: list[str]
    """Lines with the settings that all rows share."""
    settings: Callable[[], dict[str, Any]]
    """The settings for programs."""
    formulas: Sequence[Formula] = ()
    """The rule in symbols, as lines of working."""
    averages: Sequence[Sequence[Average]] = ()
    """For each average, that of each param: for formats that compute."""
    style: Style = Style()
    """The rounding of numbers."""
    by: int = 0
    """The number of columns, from the first, that tell groups apart."""


class Closing(Record):
    """The end of an output."""

    notes: list[str]
    """Sentences for people."""
    data: dict[str, Any]
    """Numbers for programs."""
    rows: list[list[str]] = []  # noqa: RUF012
    """With --summary, a table for people: a row of headings, then a row for each number; columns are averages."""
    figure: Callable[[], None] | None = None
    """Draws the chart; a writer calls it at its place."""

    def beside(self, notes: Sequence[str]) -> Closing:
        """Copy with more notes."""
        return self.but(notes=[*self.notes, *notes])
