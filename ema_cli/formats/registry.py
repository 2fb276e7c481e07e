"""The registry of output formats. Each format has a module, imported on first use."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ema_cli.core.record import Record
from ema_cli.errors import UsageError
from ema_cli.text.language import ENGLISH, Language


def imported(place: str, room: str = "formats") -> Any:
    """Import a class or a function by its module and its name, such as `html:Page`; `room` is the module's package."""
    module, _, name = place.partition(":")
    return getattr(import_module(f"ema_cli.{room}.{module}"), name)


class Look(Record):
    """The appearance of a table for people, as options set it."""

    width: int | None = None
    color: str = "auto"
    """auto, always or never."""
    standalone: bool = False
    """True to write a complete document, in a format that otherwise writes a part of one."""
    key: bool = False
    """True if the table is the answer key after a worksheet."""
    theme: str = "auto"
    """auto, light or dark."""
    signed: bool = False
    """True to add a line for name and date."""
    language: Language = ENGLISH


class Format(Record):
    """One format of output. To add one: a module with a Writer, and an entry here."""

    name: str
    ending: str
    """The ending of file names that chooses it."""
    writer: str
    """Module and class, imported when it is used."""
    people: bool = True
    """True if it is a table for people: with round 0, and rounded numbers."""
    document: str = ""
    """Module and class of the document (`formats/document.py`) around the writer's output; empty without one."""
    chart: str = ""
    """Module and function (`charts/`) that draw its charts; empty if it has none."""
    chart_needs: str = ""
    """The optional package that draws its charts; empty if they need none."""
    charted: bool = False
    """True if it always has a chart."""
    interactive: str = ""
    """Module of the writer and the document for --interactive; empty if there is none."""
    part: bool = False
    """True if it is a part of a document, which --standalone completes."""
    rule: bool = False
    """True if it always shows the rule in symbols."""
    computes: bool = False
    """True if its cells are numbers and formulas: the working is added to them, instead of replacing them."""
    file: bool = False
    """True if it is a binary file: it is not shown on a terminal, and nothing may follow it."""
    aliases: tuple[str, ...] = ()
    """Other names, for which an error suggests this format, as for its ending without the point."""
    lists: bool = False
    """True if it can hold a list, such as --list-rules: see `lister`."""
    summed: bool = False
    """True if it always includes the summary."""

    def as_interactive(self) -> Format:
        """The format with the writer, the document and the chart of --interactive."""
        live = f"{self.interactive}:Interactive"
        return self.but(writer=live, document=f"{self.interactive}:Live", chart="svg:draw_live")

    @property
    def lister(self) -> Any:
        """The class that writes lists: it has `listed` and, in a format for people, `noted`.

        Raises:
            UsageError: The format can't hold a list.
        """
        if not self.lists:
            known = ", ".join(entry.name for entry in FORMATS.values() if entry.lists)
            raise UsageError(f"--format {self.name} cannot hold a list; use {known}")
        return imported(self.writer)


_ENTRIES = (
    Format(
        "table", ".txt", "table:Table", chart="terminal:draw", chart_needs="plotille", lists=True, aliases=("text",)
    ),
    Format("csv", ".csv", "delimited:Csv", people=False, lists=True),
    Format("tsv", ".tsv", "delimited:Tsv", people=False, lists=True, aliases=("tab",)),
    Format("json", ".json", "json:Json", people=False, summed=True, lists=True, aliases=("yaml",)),
    Format("jsonl", ".jsonl", "json:JsonLines", people=False, lists=True, aliases=("jsonlines", "ndjson")),
    Format("markdown", ".md", "markdown:Markdown", chart="terminal:draw_fenced", chart_needs="plotille", lists=True),
    Format("latex", ".tex", "latex:Latex", document="latex:Standalone", part=True, rule=True, aliases=("pdf",)),
    Format(
        "html",
        ".html",
        "html:Html",
        document="html:Page",
        chart="svg:draw",
        charted=True,
        interactive="interactive",
        rule=True,
        aliases=("pdf", "docx", "doc", "odt"),
    ),
    Format("xlsx", ".xlsx", "xlsx:Xlsx", rule=True, computes=True, file=True, aliases=("excel", "xls")),
    Format(
        "svg", ".svg", "svg:Svg", document="svg:Drawing", chart="svg:draw_block", aliases=("image", "picture", "png")
    ),
)

FORMATS = {entry.name: entry for entry in _ENTRIES}
