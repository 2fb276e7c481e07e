"""A spreadsheet (the extra `xlsx`) whose formulas compute decays and shadows from cells with DECAY and initial values.

A sheet computes in float64. Values that it can't reproduce to the last digit are written as numbers, with a note.
"""

from __future__ import annotations

import io
from math import floor, log10
from typing import TYPE_CHECKING, Any

from ema_cli.core.numbers.literals import is_number, printable
from ema_cli.errors import DataError
from ema_cli.extras import require
from ema_cli.formats.spreadsheet_formulas import Formulas
from ema_cli.report.output import Writer
from ema_cli.text.cell_text import BLANK, with_times
from ema_cli.text.number_text import TABLE_DIGITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink
    from ema_cli.report.output import Closing, Field, Output, Results

_MOST_ROWS = 1_000_000
_WIDEST, _WIDEST_WORKING = 60, 120
"""The greatest width of a column, and of a column of working, in characters."""


class _Number(float):
    """A float that XlsxWriter writes with all its digits; it writes 16 digits of a plain float."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


class Xlsx(Writer):
    """Writes a sheet: title, DECAY and initial value in cells, the table, notes and a chart."""

    def __init__(self, output: Output, sink: Sink, look: Look) -> None:
        require("--format xlsx", "xlsxwriter")
        self.output, self.sink, self.say = output, sink, look.language.say
        self.formulas = Formulas(output)
        self._columns: list[list[Any]] = []
        for field in output.fields:
            (number, index), known = field.of, field.initial and field.kind != "round"
            self._columns.append([_cell(field.initial, output.averages[number][index].initial if known else None)])

    def write(self, results: Results) -> None:
        """Keep the rounds of a batch.

        Raises:
            DataError: There are more rounds than rows in a sheet.
        """
        if len(self._columns[0]) + len(results) > _MOST_ROWS:
            raise DataError("the table is too long for a sheet; use --every K, or another format")
        for field, column in zip(self.output.fields, self._columns, strict=True):
            texts = field.texts(results)
            if field.values is None or field.blanks:
                column += [with_times(text) if field.math else _cell(text) for text in texts]
            else:
                column += map(_cell, texts, field.values(results))
        self.formulas.learn(results.rounds)

    def finish(self, closing: Closing) -> None:
        """Write the file."""
        from datetime import datetime

        import xlsxwriter

        file = io.BytesIO()
        self.book = xlsxwriter.Workbook(file, {"in_memory": True, "nan_inf_to_errors": True})
        self.book.set_properties({"created": datetime(2000, 1, 1)})  # so that the same table gives the same file
        self.page = self.book.add_worksheet()
        self.page.set_landscape()
        self.page.set_paper(9)  # A4
        self.page.fit_to_pages(1, 0)  # one page wide in print
        self.bold = self.book.add_format({"bold": True})
        self.entry = self.book.add_format({"bg_color": "#FFF7D6", "border": 1, "border_color": "#B5B5B5"})
        self.soft = self.book.add_format({"font_color": "#555555"})
        self.words = self.book.add_format({"indent": 1})
        self._row = self._label_width = 0
        whole = self.formulas.settle(self._columns)
        self._title()
        self._settings()
        top = self._table()
        self._notes(closing, whole=whole)
        self._chart(top)
        self.book.close()
        self.sink.write(file.getvalue())

    def _title(self) -> None:
        for place, line in enumerate(self.output.title):
            self.page.write_string(self._row, 0, printable(line), self.soft if place else self.bold)
            self._row += 1
        for formula in self.output.formulas:
            self.page.write_string(self._row, 0, with_times(printable(str(formula))))
            self._row += 1
        self._row += 1

    def _settings(self) -> None:
        """Write DECAY and the initial values of each average that has formulas."""
        fields = self.output.fields
        begins = {field.of: self._columns[at][0] for at, field in enumerate(fields) if field.kind == "shadow"}
        params = [field for field in fields if field.kind == "param"]
        names = {field.of[1]: f" {printable(field.heading)}" for field in params if len(params) > 1}
        for number, (live, averages) in enumerate(zip(self.formulas.live, self.output.averages, strict=True)):
            if live is None:
                continue
            heading = next((field.heading for field in fields if field.group == number), "")
            label = f" {heading.rpartition(chr(10))[2]}" if len(self.output.averages) > 1 else ""
            stated = averages[0].stated
            if stated is not None and live.constant:
                decay = float(stated.decay(averages[0].decay_dtype))
                self.formulas.decays[number] = self._setting(f"{self.say('DECAY')}{label}", decay)
            for index, average in enumerate(averages):
                seeded = average.seed is not None or begins.get((number, index)) == ""
                if average.rule.start == "initial" and not seeded:
                    named = f"{self.say('initial value')}{names.get(index, '')}{label}"
                    self.formulas.starts[number][index] = self._setting(named, float(average.initial))

    def _setting(self, label: str, value: float) -> str:
        """Write a value that the user can change, and return the name of its cell."""
        self._label_width = max(self._label_width, len(label))
        self.page.write_string(self._row, 0, label)
        self.page.write_number(self._row, 1, _Number(value), self.entry)
        self._row += 1
        return f"$B${self._row}"

    def _table(self) -> int:
        """Write the table, and return the row of its headings."""
        self._row += 1
        top = self._row
        head = {"bold": True, "top": 2, "bottom": 1, "text_wrap": True, "valign": "bottom"}
        heads = {
            True: self.book.add_format({**head, "align": "right"}),
            False: self.book.add_format({**head, "align": "left", "indent": 1}),
        }
        for place, (field, column) in enumerate(zip(self.output.fields, self._columns, strict=True)):
            lines = [*map(printable, field.heading.split("\n"))]
            self.page.write_string(top, place, "\n".join(lines), heads[field.numeric])
            wide = max(*map(len, lines), 0 if place else self._label_width)
            longest = max((len(cell) for cell in column if isinstance(cell, str)), default=0)
            most = _WIDEST_WORKING if field.math else _WIDEST
            self.page.set_column(place, place, min(max(wide, longest, 11 if field.numeric else 0) + 2, most))
            form = self._format(field, column) if field.numeric else self.words
            for row, cell in enumerate(column):
                line = top + 1 + row
                formula = self.formulas.of(field, row, line)
                if formula and cell != "":
                    self.page.write_formula(line, place, f"={formula}", form, cell)
                elif cell == BLANK:
                    self.page.write_blank(line, place, None, self.entry)
                elif isinstance(cell, str):
                    self.page.write_string(line, place, printable(cell), form) if cell else None
                else:
                    self.page.write_number(line, place, cell, self.entry if field.kind == "param" else form)
        self.page.freeze_panes(top + 1, 1)
        self.page.repeat_rows(top)
        self._row = top + 1 + len(self._columns[0])
        return top

    def _format(self, field: Field, column: Sequence[Any]) -> Any:
        """The number format of a column, whose decimals show the largest value with the digits of a table."""
        sizes = [abs(cell) for cell in column if isinstance(cell, float) and cell and cell - cell == 0]
        if not sizes or field.kind in ("round", "step"):
            return None
        style = self.output.style
        digits = style.digits or TABLE_DIGITS
        decimals = digits - 1 - floor(log10(max(sizes))) if style.decimals is None else style.decimals
        if style.decimals is None and (max(sizes) >= 1e12 or not 0 <= decimals <= 15):
            return self.book.add_format({"num_format": f"0.{'0' * (digits - 1)}E+00"})
        return self.book.add_format({"num_format": f"0.{'0' * decimals}".rstrip(".")})

    def _notes(self, closing: Closing, *, whole: bool) -> None:
        """Write the notes, including one on cells without formulas, and the summary."""
        live, notes = self.formulas.live, [*closing.notes]
        if not whole:
            notes.append(self.say("Formulas need every round; with rounds left out, the cells are values."))
        elif None in live and not any(field.blanks for field in self.output.fields):
            one = self.say("A sheet can't reproduce this rule's arithmetic exactly, so its cells are values.")
            each = self.say(
                "A sheet can't reproduce every rule's arithmetic exactly; cells without a formula are values."
            )
            notes.append(one if len(live) == 1 else each)
        if any(field.math for field in self.output.fields) and any(live):
            notes.append(self.say("The working does not change with the cells."))
        for note in notes:
            self._row += 1
            self.page.write_string(self._row, 0, printable(note), self.soft)
        for row in closing.rows:
            self._row += 1
            for place, cell in enumerate(row):
                bold = self.bold if row is closing.rows[0] else None
                value = _cell(cell.strip())
                write = self.page.write_string if isinstance(value, str) else self.page.write_number
                write(self._row, place, value, bold)

    def _chart(self, top: int) -> None:
        """Draw a chart of params and shadows beside the table, unless the table has groups."""
        fields, last = self.output.fields, top + len(self._columns[0])
        rounds = next((place for place, field in enumerate(fields) if field.kind == "round"), None)
        drawn = [place for place, field in enumerate(fields) if field.kind in ("param", "shadow")]
        if rounds is None or not drawn or self.output.by:
            return
        chart = self.book.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
        name = self.page.get_name()
        for place in drawn:
            chart.add_series(
                {
                    "name": [name, top, place],
                    "categories": [name, top + 1, rounds, last, rounds],
                    "values": [name, top + 1, place, last, place],
                    "marker": {"type": "automatic", "size": 5} if last - top <= 40 else {"type": "none"},
                }
            )
        chart.set_x_axis(
            {"name": self.say("round"), "min": 0, "max": last - top - 1, "major_gridlines": {"visible": False}}
        )
        chart.set_legend({"position": "bottom"})
        chart.show_blanks_as("gap")
        self.page.insert_chart(top, len(fields) + 1, chart)


def _cell(text: str, value: Any = None) -> Any:
    """The value or the text as a number with all its digits, if one of them is a number; else the text."""
    known = value if value is not None and (not isinstance(value, str) or is_number(value)) else text
    try:
        return _Number(known) if known is not text or is_number(text) else text
    except OverflowError:  # a fraction past the range of a double
        return text
