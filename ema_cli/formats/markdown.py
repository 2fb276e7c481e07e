"""A Markdown table, as the common forges render it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import printable
from ema_cli.formats.layout import TableWriter
from ema_cli.text.cell_text import BLANK, text_width
from ema_cli.working.typeset import markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink


def escaped(text: str) -> str:
    """Escape the characters that are special in Markdown or HTML."""
    for mark in "\\`*_{}[]<>#|~&!$:":
        text = text.replace(mark, "\\" + mark)
    return text


class Markdown(TableWriter):
    """Writes the title as a paragraph, then a pipe table with aligned numbers."""

    def clean(self, cell: str) -> str:
        """Escape the user's text for a cell."""
        return escaped(self.sink.spelled(printable(cell)))

    def worked(self, cell: str) -> str:
        """A line of working as a formula."""
        return self.clean(cell) if cell in ("", BLANK) else markdown(cell, self.look.language)

    def head(self) -> None:
        """Draw the title as lines of a paragraph."""
        lines = [*map(escaped, self.output.title)]
        lines += [escaped(line.label) + markdown(line.text, self.look.language) for line in self.output.formulas]
        self.sink.write_text("  \n".join(lines) + "\n")  # two spaces break a line

    def begin(self) -> None:
        """Draw the header, below an empty line."""
        cells, rules = [], []
        for shape in self.shapes:
            heading = escaped(shape.field.heading.replace("\n", " "))
            shape.width = max(shape.width, text_width(heading), 4)
            space = " " * (shape.width - text_width(heading))
            cells.append(space + heading if shape.numeric else heading + space)
            rules.append("-" * (shape.width + 1) + ":" if shape.numeric else ":" + "-" * (shape.width + 1))
        self.sink.write_text(f"\n| {' | '.join(cells)} |\n|{'|'.join(rules)}|\n")

    def rows(self, columns: list[list[str]]) -> None:
        """Draw some rows."""
        self.sink.write_text("".join(f"| {' | '.join(row)} |\n" for row in zip(*columns, strict=True)))

    def say(self, notes: list[str]) -> None:
        """Write each note as a paragraph."""
        self.sink.write_text(self.noted(notes, self.sink, self.look))

    @staticmethod
    def listed(columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> str:
        """A list as a pipe table."""
        cells = [[escaped(cell.replace("\n", " ")) for cell in row] for row in rows]
        lines = [columns, ["---"] * len(columns), *cells]
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)

    @staticmethod
    def noted(sentences: Sequence[str], sink: Sink, look: Look) -> str:
        """Sentences as paragraphs."""
        return "".join(f"\n{escaped(sentence)}\n" for sentence in sentences)
