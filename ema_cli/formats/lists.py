"""Lists of words, such as the rules, in the formats that can hold them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ema_cli.errors import UsageError
from ema_cli.formats.registry import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink


_LEAST = 24
"""Width that a folded column needs on average; with less, the last columns are left out."""


def _broad(cell: str) -> int:
    """Width of a cell's widest line."""
    from ema_cli.text.cell_text import text_width

    return max(map(text_width, cell.split("\n")))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> str:
    """A list as a table for a terminal."""
    from rich.table import Table
    from rich.text import Text

    from ema_cli.formats.table import new_console, wrapped

    console = new_console(sink, look)
    broad = _widths(columns, rows)
    # Off a terminal a line may be as long as it needs.
    console.width = _limit(sink, look) or sum(broad)
    folded = max(2, min(len(columns), console.width // _LEAST))
    room = max(folded, sum(sum(broad[: place + 2]) <= console.width for place in range(len(columns))))
    table = Table()
    for column in columns[:room]:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row[:room]))
    with console.capture() as captured:
        console.print(table)
    if room == len(columns):
        return captured.get()
    say = look.language.say
    names = say(", ").join(columns[room:])
    left_out = say("no room for {columns}; --width 200 or --format csv shows all", columns=names)
    return captured.get() + wrapped(left_out, console.width, console)


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Widths of a table's left edge, and of each column with the edge after it."""
    return [1, *(3 + max(_broad(row[place]) for row in [columns, *rows]) for place in range(len(columns)))]


def _limit(sink: Sink, look: Look) -> int | None:
    """Greatest width of a table; None for as wide as it needs."""
    from ema_cli.formats.table import new_console

    return look.width or (new_console(sink, look).width if sink.terminal else None)


def usual_width(sink: Sink, look: Look) -> int:
    """The width of a list that is to be read, in a pager too: COLUMNS, or that of the terminal, or 80."""
    from ema_cli.formats.table import new_console

    return max(new_console(sink, look).width or 80, _LEAST)


def check_list(name: str) -> None:
    """Check that a format can hold a list.

    Raises:
        UsageError: It cannot.
    """
    if not FORMATS[name].list_writer:
        known = ", ".join(entry.name for entry in FORMATS.values() if entry.list_writer)
        raise UsageError(f"--format {name} cannot hold a list; use {known}")


def notes(sentences: Sequence[str], sink: Sink, look: Look) -> str:
    """Sentences below a list for a terminal, broken at its width."""
    from ema_cli.formats.table import new_console, wrapped

    console, limit = new_console(sink, look), _limit(sink, look)
    return "".join(wrapped(sentence, limit, console) for sentence in sentences)


def write_list(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> None:
    """Write the rows in a format.

    Raises:
        UsageError: The format cannot hold a list.
    """
    check_list(name)
    sink.write_text(_function(FORMATS[name].list_writer)(columns, rows, sink, look))


def write_notes(name: str, sentences: Sequence[str], sink: Sink, look: Look) -> None:
    """Write sentences below a list for people."""
    sink.write_text(_function(FORMATS[name].note_writer)(sentences, sink, look))


def _function(place: str) -> Callable[..., str]:
    """A function of a format's writer, by its module and its name."""
    module, _, name = place.partition(":")
    found: Callable[..., str] = getattr(import_module(f"ema_cli.formats.{module}"), name)
    return found
