"""The columns of a file that matter, by their places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import printable
from ema_cli.core.record import Record
from ema_cli.errors import DataError, shown
from ema_cli.facts import NoColumn
from ema_cli.reading.column_names import is_computed, is_own_output, known_as

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Logged(Record):
    """A column of logged shadows."""

    param: str
    """The param that the option says it belongs to; empty if it says none."""
    column: str
    place: int | None = None
    """Place of the param, judged by the columns' names; None where they don't."""


class Columns(Record):
    """The places of the columns that matter."""

    heads: tuple[str, ...]
    """The names of all columns, or their numbers."""
    named: bool
    """True if they have names."""
    step: int | None
    params: tuple[int, ...]
    runs: int | None
    kept: tuple[int, ...]
    """The columns to be passed through, behind them those that were logged, and then the others or
    the column of times or decays.
    """
    kept_names: tuple[str, ...]
    note: str
    """The guess that was made, if one was."""
    logged: tuple[Logged, ...]
    others: tuple[str, ...]
    """Other columns that could be the params of the logged shadows."""
    empty: tuple[int, ...]
    """Columns without a name that held nothing so far."""
    same: dict[int, str]
    """Columns that may tell series apart and held one value so far, with this value."""
    falls: bool
    """True if the note says that the step or a clock runs backwards."""

    @property
    def width(self) -> int:
        """Number of cells in a row."""
        return len(self.heads)

    @property
    def names(self) -> tuple[str, ...]:
        """The params' names; empty in a file without a header."""
        return tuple(self.heads[place] for place in self.params if self.named)

    @property
    def step_name(self) -> str:
        """The step column as the header names it; empty if nothing does."""
        return "" if self.step is None or not self.named else self.heads[self.step]

    def label(self, place: int) -> str:
        """A column in errors."""
        return f"column {shown(self.heads[place]) if self.named else self.heads[place]}"

    @property
    def read(self) -> set[int]:
        """The columns whose cells are read as numbers."""
        places = (self.step, self.runs, *self.params, *self.kept[len(self.kept_names) :])
        return {place for place in places if place is not None and place < self.width}


def listed(names: Sequence[str], quote: Callable[[str], str] = shown) -> str:
    """The names as a message lists them: some of them, if they are many."""
    most = 30
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(quote, names[:most])) + more


def absent(name: str, names: Sequence[str], source: str, option: str) -> DataError:
    """The error that a column which an option names isn't there."""
    problem = f"{source}: no column {shown(name)} for {option}; the columns are {listed(names)}"
    return DataError(problem, fact=NoColumn(name, tuple(names), option))


def called(text: str, names: Sequence[str]) -> str:
    """The name of a column that an option gives; the number of a column will do if it has no name.

    >>> called("loss", ["column 1", "loss"]), called("1", ["column 1", "loss"]), called("2", ["column 1", "loss"])
    ('loss', 'column 1', '2')
    """
    name = printable(text)
    unnamed = _unnamed(name)
    return unnamed if name not in names and unnamed in names else name


def _unnamed(number: int | str) -> str:
    """The name of a column that has none in the file."""
    return f"column {number}"


def rewritten(columns: Columns, header: Sequence[str], source: str, line: int, computed: frozenset[str]) -> Columns:
    """Find the columns below another header, which a logger wrote when it began to log more.

    Args:
        columns: Their places below the header so far.
        header: The new one.
        source: The file, for messages.
        line: The line of the new header.
        computed: The columns that ema-calc computes.

    Raises:
        DataError: One of the columns is gone.
    """
    names, place = distinct(header), f"{source}:{line}"
    from_there = f"tail -n +{line} FILE | ema-calc reads the rows below it"

    def moved(index: int) -> int:
        if (name := columns.heads[index]) in names:
            return names.index(name)
        raise DataError(f"{place}: a new header without the column {shown(name)}; {from_there}")

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
    """The names by which options know the columns of a header: each stands once.

    >>> distinct(["", "x", "x"])
    ['column 1', 'x', 'x.1']
    """
    names: dict[str, None] = {}
    for place, head in enumerate(map(printable, heads), 1):
        name, number = head or _unnamed(place), 0
        while name in names:
            number += 1
            name = f"{head}.{number}"
        names[name] = None
    return list(names)


def logged_name(text: str, names: Sequence[str]) -> tuple[str, str]:
    """The param and the column of `[PARAM=]COLUMN`; a column may have an equals sign in its name."""
    param, equals, column = text.partition("=")
    return (param, column) if equals and printable(text) not in names else ("", text)
