"""A batch: a few thousand updates in columns, the form in which every script reaches the averages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.literals import fraction, is_number
from ema_cli.errors import DataError, SettingError, shown

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 4096
"""Updates in a batch, where the script is not cut by how it arrives."""


class Batch:
    """Updates in order.

    Attributes:
        steps: The step of each; None where an update has none, and None as a whole if no update has one.
        step_texts: The steps as they were written, empty where there is none.
        texts: For each param, its values as they were written.
        values: For each param, its values in float64; None where it has no round.
        kept: For each column to be passed through, its cells.
        where: Names the place of an update, for errors.
        complete: Whether it is known that each value is there.
    """

    __slots__ = ("_fractions", "complete", "kept", "step_texts", "steps", "texts", "values", "where")

    def __init__(
        self,
        steps: list[Any] | None,
        step_texts: list[str] | None,
        texts: list[list[str]],
        values: list[list[float | None]],
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
        """Whether some update has no step."""
        return self.steps is None or None in self.steps

    def params(self, index: int, *, exact: bool) -> list[Any]:
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
            raise DataError(f"{self.where(row)}: {shown(text)} has no place in exact arithmetic; use --missing skip")
        try:
            return fraction(text)
        except SettingError as error:
            raise DataError.of(error, f"{self.where(row)}: ") from None

    def only(self, row: int) -> Batch:
        """One of the updates, alone."""
        return self.part(row, row + 1)

    def part(self, first: int, end: int) -> Batch:
        """The updates from one to before another."""

        def pick(column: list[Any]) -> list[Any]:
            return column[first:end]

        return Batch(
            None if self.steps is None else pick(self.steps),
            None if self.step_texts is None else pick(self.step_texts),
            list(map(pick, self.texts)),
            list(map(pick, self.values)),
            list(map(pick, self.kept)),
            lambda row: self.where(first + row),
        )


class Lines(Batch):
    """Updates that are lines of plain numbers, the step and then the params. They are cut into cells when asked for.

    Attributes:
        lines: The lines, each ending with a newline.
        delimiter: What stands between their cells.
    """

    __slots__ = ("_cells", "_texts", "delimiter", "lines")

    def __init__(
        self,
        steps: list[int],
        values: list[list[float | None]],
        where: Callable[[int], str],
        lines: bytes,
        delimiter: str,
    ) -> None:
        self.steps, self.values, self.kept, self.where, self.complete = steps, values, [], where, True
        self.lines, self.delimiter = lines, delimiter
        self._fractions = {}
        self._cells: list[str] | None = None
        self._texts: list[list[str]] | None = None

    def _column(self, place: int) -> list[str]:
        if self._cells is None:
            self._cells = self.lines.decode().replace("\n", self.delimiter).split(self.delimiter)
            self._cells.pop()
        return self._cells[place :: 1 + len(self.values)]

    @property
    def has_stepless(self) -> bool:
        """Each line has its step."""
        return False

    @property
    def step_texts(self) -> list[str]:  # type: ignore[override]
        """The steps as they were written."""
        return self._column(0)

    @property
    def texts(self) -> list[list[str]]:  # type: ignore[override]
        """For each param, its values as they were written."""
        if self._texts is None:
            self._texts = [self._column(1 + index) for index in range(len(self.values))]
        return self._texts
