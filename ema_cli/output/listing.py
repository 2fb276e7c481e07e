"""A list of words, such as the rules, in each format that has a place for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.output import Look
    from ema_cli.output.sink import Sink

    Write = Callable[[Sequence[str], Sequence[Sequence[str]], Sink, Look], str]


_LEAST = 24
"""The room that a folded column needs, on the average, to be read; with less, the last columns are left out."""


def _broad(cell: str) -> int:
    """The columns that a cell's widest line takes."""
    from ema_cli.output.cell import text_width

    return max(map(text_width, cell.split("\n")))


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> str:
    from rich.table import Table
    from rich.text import Text

    from ema_cli.output.table import new_console, wrapped

    console = new_console(sink, look)
    broad = [3 + max(_broad(row[place]) for row in [columns, *rows]) for place in range(len(columns))]
    natural = 4 + sum(broad)
    if look.width is not None or not sink.terminal:
        console.width = look.width or natural  # off a terminal a line may be as long as it needs
    folded = max(2, min(len(columns), console.width // _LEAST))
    fitting = max(folded, sum(4 + sum(broad[: place + 1]) <= console.width for place in range(len(columns))))
    table = Table()
    for column in columns[:fitting]:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row[:fitting]))
    with console.capture() as captured:
        console.print(table)
    if fitting == len(columns):
        return captured.get()
    say = look.language.say
    names = say(", ").join(columns[fitting:])
    left_out = say("no room for {columns}; --width 200 or --format csv shows all", columns=names)
    return captured.get() + wrapped(left_out, console.width, console)


def _csv(columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> str:
    from ema_cli.output.delimited import csv_cell

    return "".join(",".join(map(csv_cell, row)) + "\n" for row in [columns, *rows])


def _tsv(columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> str:
    from ema_cli.output.delimited import tsv_cell

    return "".join("\t".join(map(tsv_cell, row)) + "\n" for row in [columns, *rows])


def _json(columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> str:
    from json import dumps

    return dumps([dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False, indent=1) + "\n"


def _jsonl(columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> str:
    from json import dumps

    return "".join(dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n" for row in rows)


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> str:
    from ema_cli.output.markdown import escaped

    lines = [columns, ["---"] * len(columns), *(list(map(escaped, row)) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


_FORMATS: dict[str, Write] = {
    "table": _table,
    "csv": _csv,
    "tsv": _tsv,
    "json": _json,
    "jsonl": _jsonl,
    "markdown": _markdown,
}


def usual_width(sink: Sink, look: Look) -> int:
    """The width of a list that is to be read, in a pager too: COLUMNS, or that of the terminal, or 80."""
    from ema_cli.output.table import new_console

    return max(new_console(sink, look).width or 80, _LEAST)


def write_notes(notes: Sequence[str], sink: Sink, look: Look) -> None:
    """Write sentences below a list for people, broken between words where the width has an end."""
    from ema_cli.output.table import new_console, wrapped

    console = new_console(sink, look)
    limit = look.width or (console.width if sink.terminal else None)
    sink.write_text("".join(wrapped(note, limit, console) for note in notes))


def write_list(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> None:
    """Write the rows in a format.

    Raises:
        UsageError: The format has no place for a list.
    """
    write = _FORMATS.get(name)
    if write is None:
        raise UsageError(f"--format {name} is for rounds; a list has {', '.join(_FORMATS)}")
    sink.write_text(write(columns, rows, sink, look))
