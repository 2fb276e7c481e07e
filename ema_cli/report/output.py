"""The data that formats write: columns of text, a title, and the end of the output."""

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


class Results(Record):
    """A batch, and its rounds of all averages."""

    batch: Batch
    rounds: Sequence[Sequence[Rounds]]
    """For each average, the rounds of each param."""
    order: Sequence[int] | None = None
    """The rows in the order of the file; None if they are in this order."""

    def __len__(self) -> int:
        return len(self.batch)

    @property
    def numbers(self) -> Sequence[int]:
        """The number of each round."""
        return self.rounds[0][0].numbers

    def picked(self, rows: Sequence[int]) -> Results:
        """Some of the rounds."""
        return Results(self.batch.picked(rows), [[of.picked(rows) for of in of_params] for of_params in self.rounds])


class Field(Record):
    """A column of an output: its name, and its cells as text."""

    name: str
    heading: str
    key: bool
    """True for a column that identifies the round; it is repeated in each part of a table that is too wide."""
    group: int | None
    """The number of its average, whose columns stay together in one part of a table; None without an average."""
    numeric: bool
    """True if its cells may be bare numbers where a format distinguishes numbers from text, as JSON does."""
    texts: Callable[[Results], list[str]]
    initial: str
    """The cell in round 0."""
    free: bool = False
    """True if its cells are the user's text, which may hold anything."""
    place: Callable[[Lines], int | None] | None = None
    """From the lines of a batch to its place in them, if it repeats cells of the input."""
    blanks: bool = False
    """True if some of its cells may be blank."""
    kind: str = ""
    """The name of its specification (`report/column_specs.py`); empty for a column of the input passed through."""
    of: tuple[int, int] = (0, 0)
    """The numbers of its average and its param."""
    values: Callable[[Results], list[Any]] | None = None
    """The values of a batch's cells; None for lines of working."""
    math: bool = False
    """True if its cells are lines of working, which some formats set as formulas."""
    numbers: Callable[[Results], Numbers | array[int] | range | None] | None = None
    """The cells of a batch for the compiled core: values with a mask (None: all present) and their printed type, or
    whole numbers. It returns None if the cells are texts in this batch."""


class Output(Record):
    """A table: its columns, and the settings that its rows share."""

    fields: list[Field]
    title: list[str]
    """Lines with the settings that all rows share."""
    settings: Callable[[], dict[str, Any]]
    """The settings for programs."""
    formulas: Sequence[Formula] = ()
    """The rule in symbols, as lines of working."""
    averages: Sequence[Sequence[Average]] = ()
    """For each average, the average of each param; formats that compute need them."""
    style: Style = Style()
    """The rounding of numbers."""
    by: int = 0
    """The number of leading columns that identify the group."""


class Closing(Record):
    """The end of an output."""

    notes: list[str]
    """Sentences for people."""
    data: dict[str, Any]
    """Numbers for programs."""
    rows: list[list[str]] = []  # noqa: RUF012
    """With --summary, a table for people: a row of headings, then a row for each number; columns are averages."""
    figure: Callable[[], None] | None = None
    """Draws the chart; the writer calls it where the chart belongs."""

    def beside(self, notes: Sequence[str]) -> Closing:
        """Copy with more notes."""
        return self.but(notes=[*self.notes, *notes])


class Writer:
    """A format, or a step on the way to one: takes rounds in batches, and writes them."""

    def write(self, results: Results) -> None:
        """Write a batch."""
        raise NotImplementedError

    def flush(self) -> None:
        """Show the rounds so far, since no more input has arrived yet."""

    def finish(self, closing: Closing) -> None:
        """End the output with its notes and summary."""
