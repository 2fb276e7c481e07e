"""A spreadsheet that computes (the extra `xlsx`): DECAY and the initial value in cells, decays and shadows as formulas.

A sheet computes in float64. What it cannot compute to the digit stands there as a value, and a note says so.
"""

from __future__ import annotations

import io
from math import floor, log10
from typing import TYPE_CHECKING, Any

from ema_cli.core.gates import COPIES, SKIPS, UPDATES
from ema_cli.core.numbers.literals import is_number, printable
from ema_cli.errors import DataError
from ema_cli.extras import require
from ema_cli.formats.sheet_formulas import Live, reference
from ema_cli.text.cell_text import BLANK, with_times
from ema_cli.text.number_text import TABLE_DIGITS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ema_cli.core.rounds import Rounds
    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink
    from ema_cli.reading.batch import Batch
    from ema_cli.report.table import Closing, Field, Sheet

_MOST_ROWS = 1_000_000


def check() -> None:
    """Raise a UsageError if there is no XlsxWriter."""
    require("--format xlsx", "xlsxwriter")


class Xlsx:
    """A sheet: title, DECAY and initial value in cells, the table, notes, a chart."""

    def __init__(self, sheet: Sheet, sink: Sink, look: Look) -> None:
        check()
        self.sheet, self.sink, self.say = sheet, sink, look.language.say
        self._columns: list[list[Any]] = [[_cell(field.initial)] for field in sheet.fields]
        self._codes: list[list[bytes]] = [[b""] * len(each) for each in sheet.averages]
        self._counters: list[Any] = []
        self._numbers: list[int] = []

    def write(self, first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        """Keep the rounds of a batch.

        Raises:
            DataError: There are more than a sheet has rows.
        """
        if first + len(batch) > _MOST_ROWS:
            raise DataError("the table is too long for a sheet; use --every K, or another format")
        for field, column in zip(self.sheet.fields, self._columns, strict=True):
            column += self._values(field, first, batch, rounds)
        for each, own in zip(self._codes, rounds, strict=True):
            for index, one in enumerate(own):
                each[index] += one.codes or bytes([UPDATES]) * len(one)
        self._numbers += rounds[0][0].numbers
        steps = rounds[0][0].steps
        self._counters += [None] * len(batch) if steps is None else steps

    def _values(self, field: Field, first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> list[Any]:
        texts = field.texts(first, batch, rounds)
        if field.values is None or field.blanks:
            return [with_times(text) if field.math else _cell(text) for text in texts]
        return [
            _cell(text) if value is None or isinstance(value, str) else float(value)
            for text, value in zip(texts, field.values(first, batch, rounds), strict=True)
        ]

    def flush(self) -> None:
        """Do nothing: the file is written at the end."""

    def finish(self, closing: Closing) -> None:
        """Write the file."""
        from datetime import datetime

        import xlsxwriter

        file = io.BytesIO()
        self.book = xlsxwriter.Workbook(file, {"in_memory": True, "nan_inf_to_errors": True})
        self.book.set_properties({"created": datetime(2000, 1, 1)})  # the same table is the same file
        self.page = self.book.add_worksheet()
        self.page.set_landscape()
        self.page.set_paper(9)  # A4
        self.page.fit_to_pages(1, 0)  # on paper, as wide as one page
        self.bold = self.book.add_format({"bold": True})
        head = {"bold": True, "top": 2, "bottom": 1, "text_wrap": True, "valign": "bottom"}
        self.heads = {side: self.book.add_format({**head, "align": side}) for side in ("left", "right")}
        self.entry = self.book.add_format({"bg_color": "#FFF7D6", "border": 1, "border_color": "#B5B5B5"})
        self.soft = self.book.add_format({"font_color": "#555555"})
        self._row = self._label_width = 0
        self._befores = self._rows_before()
        live = self._live()
        self._title()
        places = self._settings(live)
        top = self._table(live, places)
        self._notes(closing, live)
        self._chart(top)
        self.book.close()
        self.sink.write(file.getvalue())

    def _rows_before(self) -> list[int | None]:
        """For each row, from 0, the row of the round before it in its group; None if that is left out."""
        last: dict[tuple[Any, ...], tuple[int, int]] = {}
        rows: list[int | None] = [None]
        for row, number in enumerate(self._numbers, 1):
            key = tuple(column[row] for column in self._columns[: self.sheet.by])
            before, place = last.get(key, (0, 0))
            rows.append(place if number == before + 1 else None)
            last[key] = number, row
        return rows

    def _live(self) -> list[Live | None]:
        """The formulas of each average; None for one that a sheet cannot compute."""
        found: list[Live | None] = []
        for each in self.sheet.averages:
            try:
                found.append(None if any(field.blanks for field in self.sheet.fields) else Live(each[0]))
            except KeyError:
                found.append(None)
        return found

    def _title(self) -> None:
        for place, line in enumerate(self.sheet.title):
            self.page.write_string(self._row, 0, printable(line), self.soft if place else self.bold)
            self._row += 1
        for formula in self.sheet.formulas:
            self.page.write_string(self._row, 0, with_times(printable(str(formula))))
            self._row += 1

    def _settings(self, live: Sequence[Live | None]) -> list[tuple[str, list[str]]]:
        """Write DECAY and the initial values; gives their cells for each average."""
        places = []
        begins = {
            field.of: self._columns[at][0] for at, field in enumerate(self.sheet.fields) if field.kind == "shadow"
        }
        self._row += 1
        params = [field for field in self.sheet.fields if field.kind == "param"]
        names = {field.of[1]: f" {printable(field.heading)}" for field in params if len(params) > 1}
        several = len(live) > 1
        for number, (one, averages) in enumerate(zip(live, self.sheet.averages, strict=True)):
            if one is None:
                places.append(("", [""] * len(averages)))
                continue
            heading = next((field.heading for field in self.sheet.fields if field.group == number), "")
            label = f" {heading.rpartition(chr(10))[2]}" if several else ""
            decay, stated = "", averages[0].stated
            if stated is not None and "DECAY" in one.names:
                decay = self._setting(f"{self.say('DECAY')}{label}", float(stated.decay(averages[0].decay_dtype)))
            starts = [
                self._setting(f"{self.say('initial value')}{names.get(index, '')}{label}", float(average.initial))
                if average.rule.start == "initial" and begins.get((number, index)) != ""
                else ""
                for index, average in enumerate(averages)
            ]
            places.append((decay, starts))
        return places

    def _setting(self, label: str, value: float) -> str:
        self._label_width = max(self._label_width, len(label))
        self.page.write_string(self._row, 0, label)
        self.page.write_number(self._row, 1, value, self.entry)
        self._row += 1
        return f"$B${self._row}"

    def _table(self, live: Sequence[Live | None], places: Sequence[tuple[str, list[str]]]) -> int:
        """Write the table; gives the row of its headings."""
        self._row += 1
        top, fields = self._row, self.sheet.fields
        at = {(field.kind, field.of): place for place, field in enumerate(fields)}
        for place, field in enumerate(fields):
            head = self.heads["right" if field.numeric else "left"]
            lines = [*map(printable, field.heading.split("\n"))]
            self.page.write_string(top, place, "\n".join(lines), head)
            wide = max(*map(len, lines), 0 if place else self._label_width)
            longest = max((len(cell) for cell in self._columns[place] if isinstance(cell, str)), default=0)
            self.page.set_column(place, place, min(max(wide, longest, 11 if field.numeric else 0) + 2, 60))
        self.page.freeze_panes(top + 1, 1)
        self.page.repeat_rows(top)
        for place, (field, column) in enumerate(zip(fields, self._columns, strict=True)):
            form = self._format(field, column)
            for row, cell in enumerate(column):
                formula = self._formula(field, row, top + 1 + row, at, live, places)
                if formula and cell != "":
                    self.page.write_formula(top + 1 + row, place, f"={formula}", form, cell)
                elif cell == BLANK:
                    self.page.write_blank(top + 1 + row, place, None, self.entry)
                elif isinstance(cell, str):
                    self.page.write_string(top + 1 + row, place, printable(cell)) if cell else None
                else:
                    self.page.write_number(top + 1 + row, place, cell, self.entry if field.kind == "param" else form)
        self._row = top + 1 + len(self._columns[0])
        return top

    def _formula(
        self,
        field: Field,
        row: int,
        line: int,
        at: Mapping[tuple[str, tuple[int, int]], int],
        live: Sequence[Live | None],
        places: Sequence[tuple[str, list[str]]],
    ) -> str:
        """The formula of a cell; empty for a value. Rows are counted from round 0, lines as the sheet has them."""
        number, index = field.of
        one = live[number] if field.kind in ("decay", "shadow") else None
        decays, params = at.get(("decay", (number, 0))), at.get(("param", (0, index)))
        shadows, counters = at.get(("shadow", field.of)), at.get(("step", (0, 0)))
        if one is None or decays is None or params is None or shadows is None:
            return ""
        constant, starts = places[number]
        if not row:
            return starts[index] if field.kind == "shadow" else ""
        code, counter = self._codes[number][index][row - 1], self._counters[row - 1]
        ref = reference
        if field.kind == "decay":
            if "n" in one.schedule and counter is not None and counters is None:
                return ""
            n = None if counter is None or counters is None else ref(line, counters)
            return one.decay(constant, n) if constant and code not in (COPIES, SKIPS) else ""
        param, place = ref(line, params), self._befores[row]
        if code == COPIES:
            return param
        if place is None:
            return ""
        before = ref(line - row + place, shadows)
        if self._columns[shadows][place] == "" and self.sheet.averages[number][index].rule.start == "initial":
            return ""  # the shadow starts here, as it was logged
        if code == SKIPS:
            return before
        return one.shadow(before if code == UPDATES else param, param, ref(line, decays))

    def _format(self, field: Field, column: Sequence[Any]) -> Any:
        """The number format of a column: as many decimals as the largest value leaves to the digits of a table."""
        sizes = [abs(cell) for cell in column if isinstance(cell, float) and cell and cell - cell == 0]
        if not field.numeric or not sizes or field.kind in ("round", "step"):
            return None
        style = self.sheet.style
        digits = style.digits or TABLE_DIGITS
        decimals = digits - 1 - floor(log10(max(sizes))) if style.decimals is None else style.decimals
        if style.decimals is None and (max(sizes) >= 1e12 or not 0 <= decimals <= 15):
            return self.book.add_format({"num_format": f"0.{'0' * (digits - 1)}E+00"})
        return self.book.add_format({"num_format": f"0.{'0' * decimals}".rstrip(".")})

    def _notes(self, closing: Closing, live: Sequence[Live | None]) -> None:
        notes = [*closing.notes]
        if None in self._befores[1:] and any(live):
            notes.append(self.say("A shadow is a value where the round before it is left out."))
        blank = any(field.blanks for field in self.sheet.fields)
        if None in live and not blank:
            one = self.say("A sheet can't reproduce this rule's arithmetic exactly, so its cells are values.")
            each = self.say(
                "A sheet can't reproduce every rule's arithmetic exactly; cells without a formula are values."
            )
            notes.append(one if len(live) == 1 else each)
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
        """Draw params and shadows beside the table, unless it has groups."""
        fields, last = self.sheet.fields, top + len(self._columns[0])
        rounds = next((place for place, field in enumerate(fields) if field.kind == "round"), None)
        drawn = [place for place, field in enumerate(fields) if field.kind in ("param", "shadow") and not field.blanks]
        if rounds is None or not drawn or self.sheet.by:
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


def _cell(text: str) -> Any:
    """A number, where the text is one."""
    return float(text) if is_number(text) else text
