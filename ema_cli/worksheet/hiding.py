"""Worksheets: find all cells that reveal a blank value, and write the page once they are known."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from ema_cli.core.gates import COPY
from ema_cli.errors import EmaError, SettingError, UsageError
from ema_cli.formats.layout import MOST_WHOLE
from ema_cli.report.column_specs import COLUMNS, View
from ema_cli.report.output import Writer
from ema_cli.text.number_text import by_hand, for_people
from ema_cli.worksheet.blanks import GROUPS, RATES, revealing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.report.output import Closing, Results
    from ema_cli.text.number_text import Style
    from ema_cli.worksheet.blanks import Blanks, Cell

    Printer = Callable[[Any], str | None]

_LATER = {"shadow": ("change", "stalled"), "biased": ("stalled",)}
"""From each kind of column to the kinds that reveal its value in the next round."""

_LASTING = (*GROUPS[0], "initial-weight")
"""Kinds of column whose values stay the same in a round without an update."""


_KEPT = 1000  # cached closures: most rounds hide one of a few sets of cells


def _printer(dtype: Dtype, style: Style, decimals: int | None) -> Printer:
    """Function that gives the text of a number as a column of this type shows it, None if the column can't hold it;
    `decimals` are those of --round-each.
    """
    write = for_people(dtype, style)
    if decimals is not None and not style.rounds:
        write = by_hand(dtype, write, decimals)

    def text(x: Any) -> str | None:
        try:
            return write(dtype.load(x))
        except (EmaError, SettingError):
            return None

    return text


class _Values:
    """The values of a batch in all kinds of column, including columns that are not shown."""

    def __init__(self, results: Results, averages: Sequence[Sequence[Average]]) -> None:
        self.results, self.averages = results, averages
        self._columns: dict[Cell, Sequence[Any]] = {}

    def __call__(self, cell: Cell, row: int) -> Any:
        """The value of a cell; None if it has none."""
        if cell not in self._columns:
            self._columns[cell] = self._column(*cell)
        column = self._columns[cell]
        return column[row] if column and column[row] != "" else None

    def _column(self, kind: str, number: int, index: int) -> Sequence[Any]:
        rounds, column = self.results.rounds[number][index], COLUMNS[kind]
        if column.beside and kind not in rounds.extra:
            return ()
        return [*column.read(View(self.results.batch, index, rounds, self.averages[number][index], alone=False))]


class Secrets:
    """Decides which cells are hidden, and stores the decision in `blanks.decided`."""

    def __init__(self, blanks: Blanks, averages: Sequence[Sequence[Average]], style: Style) -> None:
        self.blanks, self.averages = blanks, averages
        self.places = [(number, index) for number, each in enumerate(averages) for index in range(len(each))]
        self._printers: dict[Cell, Printer] = {}
        printers: dict[tuple[str, int | None], Printer] = {}
        for number, index in self.places:
            average = averages[number][index]
            for kind in ("param", *RATES, *chain(*GROUPS)):
                of = COLUMNS[kind].dtype
                dtype = average.dtype if of is None else of(average)
                decimals = None if kind in RATES else average.round_each
                printer = printers.setdefault((dtype.name, decimals), _printer(dtype, style, decimals))
                self._printers[kind, number, index] = printer
        self._rate_printers = {kind: {self._printers[cell] for cell in self._cells(kind)} for kind in RATES}
        self._rate_texts: dict[str, set[tuple[Printer, str | None]]] = {kind: set() for kind in RATES}
        """The hidden rates of each kind, as all columns of the kind print them."""

    def learn(self, results: Results) -> None:
        """Learn the decays and weights hidden in some rounds, to hide them everywhere."""
        values = _Values(results, self.averages)
        for row, round_ in enumerate(results.numbers):
            for cell in _closed(self._named(round_)):
                texts = self._rate_texts.get(cell[0])
                if texts is not None and len(texts) < MOST_WHOLE and (value := values(cell, row)) is not None:
                    texts |= self._texts(cell[0], value)

    def decide(self, results: Results) -> None:
        """Decide the hidden cells of rounds that are about to be written."""
        decided, values = self.blanks.decided, _Values(results, self.averages)
        for number in [number for number in decided if number < results.numbers[0] - 1]:
            del decided[number]
        for row, number in enumerate(results.numbers):
            before = decided.get(number - 1, frozenset())
            hidden = _closed(self._named(number) | self._carried_over(before, results, row))
            while more := self._alike(hidden, values, row):
                hidden = _closed(hidden | more)
            decided[number] = hidden

    def _named(self, number: int) -> frozenset[Cell]:
        return frozenset(
            cell for blank in self.blanks.blanks if blank.covers(number) for cell in blank.cells(self.places)
        )

    def _carried_over(self, before: frozenset[Cell], results: Results, row: int) -> frozenset[Cell]:
        """The cells of a round that reveal hidden values of the round before."""
        cells: set[Cell] = set()
        for kind, number, index in before:
            cells.update((other, number, index) for other in _LATER.get(kind, ()))
            if kind in _LASTING:
                rounds = results.rounds[number][index]
                copies = rounds.actions is not None and rounds.actions[row] == COPY
                if not rounds.weights[row] and not copies:  # the round left the average unchanged
                    cells.add((kind, number, index))
        return frozenset(cells)

    def _alike(self, hidden: frozenset[Cell], values: _Values, row: int) -> set[Cell]:
        """The cells that are not hidden yet, and whose value equals a hidden one."""
        equal: set[Cell] = set()
        for kind in RATES:
            for cell in self._cells(kind) - hidden if self._rate_texts[kind] else ():
                value = values(cell, row)
                if value is not None and not self._rate_texts[kind].isdisjoint(self._texts(kind, value)):
                    equal.add(cell)
        for group in GROUPS:
            hiding = hidden & self._cells(*group, *["param"] * (group is GROUPS[0]))  # shadows may reveal params
            secrets = {self._shown(cell, value) for cell in hiding if (value := values(cell, row)) is not None}
            for cell in self._cells(*group) - hidden if secrets else ():
                if (value := values(cell, row)) is not None:
                    _, shown = self._shown(cell, value)
                    if any(text in (shown, of(value)) for of, text in secrets):
                        equal.add(cell)
        return equal

    def _cells(self, *kinds: str) -> set[Cell]:
        return {(kind, *place) for kind in kinds for place in self.places}

    def _texts(self, kind: str, value: Any) -> set[tuple[Printer, str | None]]:
        """A rate as each column of its kind prints it."""
        return {(of, text) for of in self._rate_printers[kind] if (text := of(value)) is not None}

    def _shown(self, cell: Cell, value: Any) -> tuple[Printer, str | None]:
        """A value as text, with the printer of its column."""
        printer = self._printers[cell]
        return printer, printer(value)


@lru_cache(_KEPT)
def _closed(cells: frozenset[Cell]) -> frozenset[Cell]:
    """These cells, and the cells of the same average and param that reveal them."""
    return frozenset((other, number, index) for kind, number, index in cells for other in revealing((kind,)))


class Worksheet(Writer):
    """A writer that holds rounds until all cells that reveal a blank are known, then passes them on.

    It must wait because an earlier round may show the answer as well.
    """

    def __init__(
        self, writer: Writer, blanks: Blanks, averages: Sequence[Sequence[Average]], style: Style, every: int
    ) -> None:
        self.writer, self.blanks, self.every = writer, blanks, every
        self.secrets = Secrets(blanks, averages, style)
        self._kept: list[Results] = []
        self._count = 0
        self._open = False

    def write(self, results: Results) -> None:
        """Hold the rounds of a batch, or pass them on.

        Raises:
            UsageError: There are too many rounds before the last blank.
        """
        self._count += len(results)
        self.secrets.learn(results)
        if self._open:
            self._pass(results)
            return
        self._kept.append(results)
        if self._count > MOST_WHOLE:
            if self.blanks.last > self._count:
                raise UsageError(f"--blank: only the first {MOST_WHOLE} rounds can have blanks")
            self._release()

    def flush(self) -> None:
        """Show the rounds so far."""
        self.writer.flush()

    def finish(self, closing: Closing) -> None:
        """End the table.

        Raises:
            UsageError: A blank names no round that is shown.
        """
        self._release()
        self.writer.finish(closing)

    def _release(self) -> None:
        if not self._open:
            self.blanks.check_rounds(self._count, self.every)
        kept, self._kept, self._open = self._kept, [], True
        for held in kept:
            self._pass(held)

    def _pass(self, results: Results) -> None:
        self.secrets.decide(results)
        self.writer.write(results)
