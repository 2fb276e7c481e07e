"""A page: a table or a worksheet, its chart and its answer key in one document."""

from __future__ import annotations

from functools import partial
from os.path import realpath
from typing import TYPE_CHECKING, Any

from ema_cli.charts.data import Chart
from ema_cli.core.numbers.literals import printable
from ema_cli.core.record import Record
from ema_cli.errors import UsageError
from ema_cli.extras import require
from ema_cli.formats.document import Spool
from ema_cli.formats.registry import imported
from ema_cli.report.column_specs import chart_axis, chart_columns
from ema_cli.report.output import Closing, Writer
from ema_cli.text.language import find_language
from ema_cli.worksheet.blanks import Blanks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ema_cli.formats.registry import Format, Look
    from ema_cli.formats.sink import Sink
    from ema_cli.report.header import Headline
    from ema_cli.report.output import Output, Results
    from ema_cli.text.number_text import Style


def check_options(options: Mapping[str, Any], format_: Format) -> None:
    """Check that the options for a page are compatible."""
    if options["standalone"] and not format_.part:
        raise UsageError("--standalone is for --format latex; leave it out of others")
    if options["interactive"] and not format_.interactive:
        raise UsageError("--interactive makes an HTML page; give --format html or --output FILE.html")
    if options["interactive"] and options["initial"] == "first":
        raise UsageError("--interactive needs an initial value to move; give --initial X")
    if options["blank"] and not (format_.people or format_.summed):
        raise UsageError(f"--blank makes a worksheet, but {format_.name} holds records; use a table, latex or html")
    if options["answers"] and (format_.file or not format_.people):
        raise UsageError(
            f"--answers adds a key, which {format_.name} cannot hold; use a table, markdown, latex, html or svg"
        )
    if options["plot"]:
        if not format_.chart:
            raise UsageError(
                f"--plot draws in a table, markdown, html or svg; with {format_.name}, use --plot-file FILE.svg"
            )
        if format_.chart_needs:
            require("--plot", format_.chart_needs)
    Blanks(options["blank"])
    used = {} if options["output"] is None else {realpath(options["output"]): "--output and --plot-file name"}
    for path in options["plot_file"]:
        imported("mpl:check", "charts")(path, find_language(options["lang"]))
        if realpath(path) in used:
            raise UsageError(f"{used[realpath(path)]} the same file, which can hold only one of them")
        used[realpath(path)] = "two --plot-file name"


class _Part(Record):
    """The table or the key, with its writer, its sink and its chart."""

    writer: Writer
    sink: Sink
    chart: Chart | None
    look: Look


class Page(Writer):
    """A writer of the whole page.

    Args:
        format_: The format.
        sink: The target of the page.
        look: The appearance of the page.
        options: The command's options.
        output: Function that makes the output, with blanks or (for None) without.
        about: The averages, with their labels and the params' names.
        step_name: The name of a file's step column; empty without one.
        thin: Function that wraps a writer to apply --every.
        remarks: Notes that reveal no answers; worksheets show only these.
        group: Function from a group's number to its name; None without groups.
    """

    def __init__(
        self,
        format_: Format,
        sink: Sink,
        look: Look,
        options: Mapping[str, Any],
        output: Callable[[Blanks | None], Output],
        about: Headline,
        step_name: str,
        thin: Callable[[Writer, Output], Writer],
        remarks: Sequence[str],
        group: Callable[[int], str] | None = None,
    ) -> None:
        self.format, self.options, self.about, self.remarks = format_, options, about, remarks
        blanks = Blanks(options["blank"]) if options["blank"] else None
        worksheet = output(blanks)
        if blanks is not None:
            blanks.check([field.name for field in worksheet.fields])
        self.blanks = blanks
        self.title = [*map(printable, worksheet.title)]
        self.document: Any = None
        if format_.document:
            self.document = imported(format_.document)(sink, self.title, look)
            sink = self.document
        drawn = options["plot"] or format_.charted
        columns, key = chart_columns(options["columns"]), chart_axis(options["columns"])
        chart = partial(Chart, columns, about, look.language, step_name, options["time_column"], key, group=group)
        self.figure = chart(blanks=blanks) if options["plot_file"] else None
        self.most_groups: int | None = chart().most_groups if drawn or self.figure else None
        """The number of groups that are drawn; None without a chart."""

        def part(output_: Output, to: Sink, look_: Look, hides: Blanks | None) -> _Part:
            writer = thin(imported(format_.writer)(output_, to, look_), output_)
            return _Part(writer, to, chart(blanks=hides) if drawn else None, look_)

        self.parts = [part(worksheet, sink, look, blanks)]
        if options["answers"]:
            full = output(None)
            first, *others = full.title
            title = [look.language.named(look.language.say("Key"), first), *others]
            self.parts.append(part(full.but(title=title), Spool(sink), look.but(key=True), None))

    def waiting(self, style: Style) -> Writer:
        """The page itself or, for a worksheet, a writer around it that decides which cells are hidden."""
        if self.blanks is None:
            return self
        from ema_cli.worksheet.hiding import Worksheet

        return Worksheet(self, self.blanks, self.about.averages, style, self.options["every"] or 1)

    def write(self, results: Results) -> None:
        """Write the rounds of a batch."""
        for part in self.parts:
            part.writer.write(results)
        for chart in [*(part.chart for part in self.parts), self.figure]:
            if chart is not None:
                chart.add(results)

    def flush(self) -> None:
        """Show the rounds so far."""
        self.parts[0].writer.flush()

    def finish(self, closing: Closing) -> None:
        """End the table and the key, draw the charts, and end the document."""
        for part in self.parts:
            hiding = self.blanks is not None and not part.look.key
            own = Closing([*self.remarks], {}) if hiding else closing
            part.writer.finish(own.but(figure=None if part.chart is None else partial(self._draw, part)))
        sink = self.parts[0].sink
        for part in self.parts[1:]:
            if self.format.document == "":
                sink.write_text("\n")
            part.sink.pour(sink)  # type: ignore[attr-defined]
        if self.document is not None:
            self.document.close()
        if self.figure is not None:
            for path in self.options["plot_file"]:
                imported("mpl:save", "charts")(self.figure, self.title, path, self.parts[0].look.language)

    def _draw(self, part: _Part) -> None:
        draw = imported(self.format.chart, "charts")
        draw(part.chart, " - ".join(self.title), part.sink, part.look)
