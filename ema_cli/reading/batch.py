"""A batch: a few thousand updates stored by column, the form in which the averages receive every script."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from ema_cli.core.numbers.literals import fraction, is_number
from ema_cli.core.typed_columns import take_rows
from ema_cli.errors import DataError, SettingError, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.reading.file_columns import Columns

SIZE = 4096
"""Maximum updates in a batch read row by row or from a piece; a block read at once may have more."""


class Batch:
    """Updates in order.

    Attributes:
        steps: The step of each update, None for an update without a step; None if no update has a step.
        step_texts: The steps as written, "" for an update without a step; may be None if no update has a step.
        texts: For each param, its values as written.
        values: For each param, its values in float64; None where the row does not update the param.
        kept: For each column passed through, its cells.
        where: Returns the place of an update (file and line), for errors.
        complete: True if no value is missing; False if that is not known.
    """

    __slots__ = ("_fractions", "complete", "kept", "step_texts", "steps", "texts", "values", "where")

    def __init__(
        self,
        steps: Sequence[Any] | None,
        step_texts: list[str] | None,
        texts: list[list[str]],
        values: Sequence[Sequence[Any]],
        kept: list[list[str]],
        where: Callable[[int], str],
        *,
        complete: bool = False,
    ) -> None:
        self.steps, self.step_texts, self.texts, self.values = steps, step_texts, texts, values
        self.kept, self.where, self.complete = kept, where, complete
        self._fractions: dict[int, list[Any]] = {}

    def __len__(self) -> int:
        return len(self.values[0])

    @property
    def has_stepless(self) -> bool:
        """True if any update has no step."""
        return self.steps is None or (not isinstance(self.steps, array) and None in self.steps)

    def params(self, index: int, *, exact: bool) -> Sequence[Any]:
        """The values of one param: fractions for exact arithmetic, else float64.

        Raises:
            DataError: A value has no fraction.
        """
        if not exact:
            return self.values[index]
        if index not in self._fractions:
            self._fractions[index] = [self._fraction(index, row) for row in range(len(self))]
        return self._fractions[index]

    def _fraction(self, index: int, row: int) -> Any:
        value = self.values[index][row]
        if value is None:
            return None
        text = self.texts[index][row]
        if not is_number(text):
            raise DataError(f"{self.where(row)}: exact arithmetic can't hold {quoted(text)}; use --missing skip")
        try:
            return fraction(text)
        except SettingError as error:
            raise DataError.of(error, f"{self.where(row)}: ") from None

    def with_first(self, cells: list[str]) -> Batch:
        """The updates, with `cells` as the first of the columns passed through."""
        columns = (self.steps, self.step_texts, self.texts, self.values, [cells, *self.kept])
        return Batch(*columns, self.where, complete=self.complete)

    def picked(self, rows: Sequence[int]) -> Batch:
        """The updates at these rows."""
        return self._each(lambda column: take_rows(column, rows), lambda row: self.where(rows[row]))

    def part(self, first: int, end: int) -> Batch:
        """The updates from row `first` up to, but not including, row `end`."""
        return self._each(lambda column: column[first:end], lambda row: self.where(first + row))

    def _each(self, pick: Callable[[Any], Any], where: Callable[[int], str]) -> Batch:
        """A batch made by applying `pick` to each column."""
        return Batch(
            None if self.steps is None else pick(self.steps),
            None if self.step_texts is None else pick(self.step_texts),
            list(map(pick, self.texts)),
            list(map(pick, self.values)),
            list(map(pick, self.kept)),
            where,
            complete=self.complete,
        )


class Lines(Batch):
    """Updates parsed by the compiled core from the lines of one block. Lines are cut into texts only on demand.

    Attributes:
        data: The lines, each ending with a newline.
        spans: The start and end of each cell in `data`.
        literals: The text before, between and after the cells of a line, the same for every line.
        columns: Places of the step, the params and the columns passed through.
    """

    __slots__ = ("_cut", "columns", "data", "literals", "spans", "width")

    def __init__(
        self,
        steps: Sequence[int] | None,
        values: Sequence[Any],
        where: Callable[[int], str],
        data: bytes,
        spans: array[int],
        literals: Sequence[bytes],
        columns: Columns,
    ) -> None:
        self.steps, self.values, self.where, self.complete = steps, values, where, True
        self.data, self.spans, self.literals, self.width = data, spans, literals, len(literals) - 1
        self.columns = columns
        self._cut: dict[int, list[str]] = {}
        self._fractions = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the uncut lines: cells are cut on demand after unpickling."""
        return Lines, (self.steps, self.values, self.where, self.data, self.spans, self.literals, self.columns)

    def column(self, place: int) -> list[str]:
        """The cells of a column, which are plain ASCII."""
        if place not in self._cut:
            text = self.data.decode("latin-1")  # one character per byte, so that spans fit
            starts, ends = self.spans[2 * place :: 2 * self.width], self.spans[2 * place + 1 :: 2 * self.width]
            self._cut[place] = [text[start:end] for start, end in zip(starts, ends, strict=True)]
        return self._cut[place]

    @property
    def has_stepless(self) -> bool:
        """True if the file has no step column; otherwise every line has a step."""
        return self.steps is None

    @property
    def step_texts(self) -> list[str] | None:  # type: ignore[override]
        """The steps as written; None without a step column."""
        return None if self.columns.step is None else self.column(self.columns.step)

    @property
    def texts(self) -> list[list[str]]:  # type: ignore[override]
        """For each param, its values as written."""
        return [self.column(place) for place in self.columns.params]

    @property
    def kept(self) -> list[list[str]]:  # type: ignore[override]
        """For each column passed through, its cells."""
        return [self.column(place) for place in self.columns.kept]
