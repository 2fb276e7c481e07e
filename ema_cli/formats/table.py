"""Tables for the terminal, drawn by Rich.

Rich draws the title, the header, one row and the bottom. All rows are filled into that row, which gives the same bytes
and takes as long for thousands of rows as Rich takes for ten.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from ema_cli.formats.layout import TableWriter, spread
from ema_cli.text.cell_text import TIMES, text_width, with_times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.formats.column_widths import Shape
    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink
    from ema_cli.report.output import Output

_PLACEHOLDER = 0xF0000  # the first of the private-use characters that stand for columns; Rich draws them unchanged

_LEAST = 24
"""Average width that a folded column of a list needs; if there is less room, the last columns are left out."""


class Table(TableWriter):
    """A table for a terminal; in a file or a pipe it is as wide as it needs to be."""

    def __init__(self, output: Output, sink: Sink, look: Look) -> None:
        super().__init__(output, sink, look)
        self.console = new_console(sink, look)
        self.limit = limit(sink, look, self.console)

    def worked(self, cell: str) -> str:
        """A line of working with × between its factors, if the sink's encoding has it."""
        return self.clean(with_times(cell))

    def head(self) -> None:
        """Draw the title, which may be wider than the table; an empty one separates the summary from the table."""
        title = Text("\n".join(self.output.title), style="table.title")
        lines = self._drawn(title, self.limit or title.cell_len)
        lines += [wrapped(self.worked(str(formula)), self.limit, self.console) for formula in self.output.formulas]
        self.sink.write_text("".join(lines))

    def table(self, columns: list[list[str]]) -> None:
        """Draw a whole table, with its folded columns narrowed to their longest lines."""
        for shape, column in zip(self.shapes, columns, strict=True):
            shape.tighten(column)
        super().table(columns)

    def begin(self) -> None:
        """Draw the top of a table: Rich draws all of it with one row, which becomes a template."""
        table = RichTable()
        for shape in self.shapes:
            table.add_column(
                Text(_heading(shape)),
                justify="right" if shape.numeric else "left",
                style="bold" if shape.field.name.endswith("shadow") else "",
                width=shape.drawn,
                no_wrap=True,
            )
        marks = [chr(_PLACEHOLDER + place) * shape.drawn for place, shape in enumerate(self.shapes)]
        table.add_row(*map(Text, marks))
        lines = self._drawn(table, spread(self.shapes))
        middle = next(number for number, line in enumerate(lines) if marks[0] in line)
        self._row, self._bottom = lines[middle].replace("%", "%%"), "".join(lines[middle + 1 :])
        for mark in marks:
            self._row = self._row.replace(mark, "%s")
        self.sink.write_text("".join(lines[:middle]))

    def rows(self, columns: list[list[str]]) -> None:
        """Draw rows by filling the frame's template."""
        rows, row = zip(*columns, strict=True), self._row
        if all(shape.room is None for shape in self.shapes):
            self.sink.write_text("".join(map(row.__mod__, rows)))
            return
        empty = [" " * shape.drawn for shape in self.shapes]
        lines = []
        for cells in rows:
            stacks = [cell.split("\n") for cell in cells]
            for level in range(max(map(len, stacks))):
                parts = zip(stacks, empty, strict=True)
                lines.append(row % tuple(stack[level] if level < len(stack) else none for stack, none in parts))
        self.sink.write_text("".join(lines))

    def end(self) -> None:
        """Draw the bottom of the table."""
        self.sink.write_text(self._bottom)

    def say(self, notes: list[str]) -> None:
        """Write each note as a line, wrapped on a terminal."""
        self.sink.write_text("".join(wrapped(note, self.limit, self.console) for note in notes))

    def _drawn(self, drawable: Text | RichTable, width: int) -> list[str]:
        """Let Rich draw at this width, and return the lines."""
        self.console.width = max(width, 20)
        with self.console.capture() as captured:
            self.console.print(drawable)
        return [line.rstrip() + "\n" for line in captured.get().splitlines()]

    @staticmethod
    def listed(columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> str:
        """A list as a table for a terminal; columns that do not fit are left out and named below."""
        console = new_console(sink, look)
        cells = [[row[at].split("\n") for row in [columns, *rows]] for at in range(len(columns))]
        edges = [1, *(3 + max(text_width(line) for lines in column for line in lines) for column in cells)]
        console.width = limit(sink, look, console) or sum(edges)
        folded = max(2, min(len(columns), console.width // _LEAST))
        room = max(folded, sum(sum(edges[: at + 2]) <= console.width for at in range(len(columns))))
        table = RichTable()
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

    @staticmethod
    def noted(sentences: Sequence[str], sink: Sink, look: Look) -> str:
        """Sentences, wrapped at the width of the terminal."""
        console = new_console(sink, look)
        return "".join(wrapped(sentence, limit(sink, look, console), console) for sentence in sentences)


def _heading(shape: Shape) -> str:
    heading = shape.field.heading
    if shape.room is None:
        return heading
    return "\n".join(part for line in heading.split("\n") for part in shape.lines(line, shape.room))


def limit(sink: Sink, look: Look, console: Console) -> int | None:
    """The greatest width of a table or a sentence, in characters; None if it is unlimited."""
    return look.width or (console.width if sink.terminal else None)


_PRODUCT = f"\ufffe{TIMES}\ufffe"
"""The sign between factors, between noncharacters that stand for unbreakable spaces."""


def wrapped(text: str, most: int | None, console: Console) -> str:
    """Wrap a sentence at the greatest width, or not at all if it is None; a command stays whole so it can be copied."""
    if most is None or text_width(text) <= most or "ema-calc --" in text:
        return f"{text}\n"
    most, text = max(most, 20), text.replace(f" {TIMES} ", _PRODUCT)
    if not text.isascii():
        from ema_cli.text.wrap import broken

        text = broken(text, most)
    lines = [line.plain.rstrip() for line in Text(text).wrap(console, most)]
    return "".join(f"{line}\n" for line in lines).replace(_PRODUCT, f" {TIMES} ")


class _Paper(io.StringIO):
    """A file for Rich with the properties of the sink; Rich's output is captured, and never written to it."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self._sink = sink

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding, from which Rich decides what line characters it can draw."""
        return self._sink.encoding

    def isatty(self) -> bool:
        """True if the sink is a terminal, which may show colours."""
        return self._sink.terminal


def new_console(sink: Sink, look: Look) -> Console:
    """Make a Rich console that draws for a sink."""
    file = _Paper(sink)
    options = {"emoji": False, "markup": False, "highlight": False, "legacy_windows": False}
    if look.color == "always":
        return Console(file=file, force_terminal=True, color_system="standard", no_color=False, **options)  # type: ignore[arg-type]
    if look.color == "never":
        return Console(file=file, color_system=None, force_terminal=False, **options)  # type: ignore[arg-type]
    return Console(file=file, **options)  # type: ignore[arg-type]


def usual_width(sink: Sink, look: Look) -> int:
    """The width of a list for reading, even in a pager: COLUMNS, else the terminal's width, else 80."""
    return max(new_console(sink, look).width or 80, _LEAST)
