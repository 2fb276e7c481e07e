"""What every format is given: columns of text, and the words over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.core.rounds import Rounds
    from ema_cli.reading.batch import Batch, Lines
    from ema_cli.working.rule_text import Formula

    Texts = Callable[[int, Batch, Sequence[Sequence[Rounds]]], list[str]]


class Field(Record):
    """One column of one output: its name, and the text of its cells."""

    name: str
    heading: str
    key: bool
    """Whether it tells which round a row is: repeated where a table is cut in parts."""
    group: int | None
    """The number of the average it belongs to; columns of one stay together where a table is cut."""
    numeric: bool
    """Whether a number of it may stand bare where numbers and words differ, as in JSON."""
    texts: Texts
    initial: str
    """The cell in round 0."""
    free: bool = False
    """Whether its cells are the user's text, which may hold anything."""
    place: Callable[[Lines], int | None] | None = None
    """Its place in the lines that a batch holds, if it repeats what was written."""
    blanks: bool = False
    """Whether some of its cells may be blank."""
    math: bool = False
    """Whether its cells are lines of working, which some formats set as formulas."""
    numbers: Callable[[int, Batch, Sequence[Sequence[Rounds]]], tuple[Sequence[float], Any] | None] | None = None
    """The values of a batch's cells, and how the compiled core prints them: a format may do so by itself."""


class Sheet(Record):
    """What an output is about: its columns, and what is common to its rows."""

    fields: list[Field]
    title: list[str]
    """Lines that say what the rows have in common."""
    settings: Callable[[], dict[str, Any]]
    """The same for programs."""
    formulas: Sequence[Formula] = ()
    """The rule in symbols, as lines of working."""

    def heading(self) -> list[str]:
        """The title and the formulas, as lines of plain text."""
        return [*self.title, *map(str, self.formulas)]


class Closing(Record):
    """What stands at the end of an output."""

    notes: list[str]
    """Sentences for people."""
    data: dict[str, Any]
    """The same and more for programs."""
    rows: list[list[str]] = []  # noqa: RUF012
    """With --summary, a table for people: a row of headings, then a row for each number; columns are averages."""
    figure: Callable[[], None] | None = None
    """Draws the chart, which a writer calls where its place is."""

    def beside(self, notes: Sequence[str]) -> Closing:
        """The same with more notes."""
        return Closing(**(self.__dict__ | {"notes": [*self.notes, *notes]}))
