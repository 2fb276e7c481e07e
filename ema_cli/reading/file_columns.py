"""The columns of a file that are used, by their places from 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import printable
from ema_cli.core.record import Record
from ema_cli.error_facts import NoColumn
from ema_cli.errors import DataError, quoted
from ema_cli.reading.column_names import is_computed, is_own_output, known_as

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Logged(Record):
    """A column of logged shadows."""

    param: str
    """The param that the option pairs it with; empty if the option names only the column."""
    column: str
    place: int | None = None
    """Index of its param among the params; None if the names don't pair it with any."""


class Columns(Record):
    """The places of the columns that are used."""

    heads: tuple[str, ...]
    """The names of all columns, or their numbers without a header."""
    named: bool
    """True if the file has a header or keys."""
    step: int | None
    params: tuple[int, ...]
    runs: int | None
    kept: tuple[int, ...]
    """Columns passed through, in order: those of --by and --keep, then the logged ones, then those of times or decays,
    then `others`.
    """
    kept_names: tuple[str, ...]
    note: str
    """The note on the columns; empty if nothing was guessed or looks odd."""
    logged: tuple[Logged, ...]
    others: tuple[str, ...]
    """Other columns that could be the params of the logged shadows."""
    empty: tuple[int, ...]
    """Columns without values so far; a value in one of them is an error."""
    same: dict[int, str]
    """Constant columns that may separate series later in the file, each with its value."""
    falls: bool
    """True if the note says that the step or a clock runs backwards, so that no other note has to."""

    @property
    def width(self) -> int:
        """Number of cells in a row."""
        return len(self.heads)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the params; empty for a file without a header."""
        return tuple(self.heads[place] for place in self.params if self.named)

    @property
    def step_name(self) -> str:
        """The name of the step column; empty without a step or a header."""
        return "" if self.step is None or not self.named else self.heads[self.step]

    def label(self, place: int) -> str:
        """Describe a column in errors."""
        return f"column {quoted(self.heads[place]) if self.named else self.heads[place]}"

    @property
    def read(self) -> set[int]:
        """The columns whose cells are read as numbers."""
        places = (self.step, self.runs, *self.params, *self.kept[len(self.kept_names) :])
        return {place for place in places if place is not None and place < self.width}


def listed(names: Sequence[str], quote: Callable[[str], str] = quoted) -> str:
    """List names in a message, at most 30 of them."""
    most = 30
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(quote, names[:most])) + more


def absent(name: str, names: Sequence[str], source: str, option: str) -> DataError:
    """The error for a column that an option names and the file lacks."""
    problem = f"{source}: no column {quoted(name)} for {option}; the columns are {listed(names)}"
    return DataError(problem, fact=NoColumn(name, tuple(names), option))


def called(text: str, names: Sequence[str]) -> str:
    """The name of the column that an option gives; a column without a name may be given by its number.

    >>> called("loss", ["column 1", "loss"]), called("1", ["column 1", "loss"]), called("2", ["column 1", "loss"])
    ('loss', 'column 1', '2')
    """
    name = printable(text)
    return f"column {name}" if name not in names and f"column {name}" in names else name


def rewritten(columns: Columns, header: Sequence[str], source: str, line: int, computed: frozenset[str]) -> Columns:
    """Find the columns under a new header in the middle of a file: some loggers write one when a metric is added.

    Raises:
        DataError: The new header lacks a column that is used.
    """
    names, place = distinct(header), f"{source}:{line}"
    from_there = f"tail -n +{line} FILE | ema-calc reads the rows below it"

    def moved(index: int) -> int:
        if (name := columns.heads[index]) in names:
            return names.index(name)
        raise DataError(f"{place}: a new header without the column {quoted(name)}; {from_there}")

    own = computed if is_own_output(names) else ()
    fresh = [name for name in names if name not in columns.heads]
    added = [name for name in fresh if known_as(name) is None and not is_computed(name, own)]
    return columns.but(
        heads=tuple(names),
        step=None if columns.step is None else moved(columns.step),
        params=tuple(map(moved, columns.params)),
        runs=None if columns.runs is None else moved(columns.runs),
        kept=tuple(map(moved, columns.kept)),
        note=f"{place}: a new header adds {listed(added)}: left out; {from_there}" if added else "",
        empty=(),
        same={},
    )


def distinct(heads: Sequence[str]) -> list[str]:
    """Unique names for the columns of a header, which options use.

    >>> distinct(["", "x", "x"])
    ['column 1', 'x', 'x.1']
    """
    names: dict[str, None] = {}
    for place, head in enumerate(map(printable, heads), 1):
        name, number = head or f"column {place}", 0
        while name in names:
            number += 1
            name = f"{head}.{number}"
        names[name] = None
    return list(names)


def logged_name(text: str, names: Sequence[str]) -> tuple[str, str]:
    """The param and the column of `[PARAM=]COLUMN`; a column may have an equals sign in its name."""
    param, equals, column = text.partition("=")
    return (param, column) if equals and printable(text) not in names else ("", text)
