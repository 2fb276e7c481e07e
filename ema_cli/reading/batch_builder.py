"""From rows of cells to batches: the careful path, which every kind of script can take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ema_cli.core.numbers.literals import is_number
from ema_cli.errors import DataError, shown
from ema_cli.reading import cells
from ema_cli.reading.batch import SIZE, Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.reading.cells import Reading


_T = TypeVar("_T")


class Builder:
    """Collects rows, checks each cell, and gives batches.

    Args:
        reading: How cells are read.
        source: What to call the script in errors.
        labels: What to call each param in errors.
        step_label: What to call the step.
        held: The last value of each param, kept across the parts of a script.
        step_hint: What to type where a cell of the step is none.
    """

    def __init__(
        self,
        reading: Reading,
        source: str,
        labels: Sequence[str],
        step_label: str,
        held: dict[int, str],
        step_hint: str = "",
    ) -> None:
        self.reading, self.source, self.labels, self.step_label, self.held = reading, source, labels, step_label, held
        self._step_hint = step_hint
        self.begun = False
        self._clear()

    def _clear(self) -> None:
        self.steps: list[Any] = []
        self.step_texts: list[str] = []
        self.texts: list[list[str]] = [[] for _ in self.labels]
        self.values: list[list[float | None]] = [[] for _ in self.labels]
        self.kept: list[list[str]] = []
        self.lines: list[int] = []

    def add(
        self, line: int, step: str | None, params: Sequence[str], kept: Sequence[str] = (), runs: str | None = None
    ) -> Iterator[Batch]:
        """One row, as often as its runs say. Gives a batch whenever one is full."""
        step_value = None if step is None else self._read_step(line, step)
        count = 1 if runs is None else self._located(line, "column 'runs'", cells.runs, runs)
        row = [self._param(line, index, text) for index, text in enumerate(params)]
        self.begun = True
        if all(value is None for _, value in row):
            return
        while count:
            repeated = min(count, SIZE - len(self.lines))
            count -= repeated
            self.lines += [line] * repeated
            self.steps += [step_value] * repeated
            self.step_texts += [step or ""] * repeated
            for index, (text, value) in enumerate(row):
                self.texts[index] += [text] * repeated
                self.values[index] += [value] * repeated
            if kept:
                self.kept = self.kept or [[] for _ in kept]
                for column, cell in zip(self.kept, kept, strict=True):
                    column += [cell] * repeated
            if len(self.lines) >= SIZE:
                yield self.take()

    def take(self) -> Batch:
        """The rows collected so far, as a batch."""
        lines, source = self.lines, self.source
        stepped = any(step is not None for step in self.steps)
        batch = Batch(
            self.steps if stepped else None,
            self.step_texts if stepped else None,
            self.texts,
            self.values,
            self.kept,
            lambda row: f"{source}:{lines[row]}",
        )
        self._clear()
        return batch

    def __len__(self) -> int:
        return len(self.lines)

    def _read_step(self, line: int, text: str) -> float:
        fractional = self.reading.fractional
        try:
            return self._located(line, self.step_label, lambda cell: cells.step(cell, fractional=fractional), text)
        except DataError as error:
            hint = self._step_hint if is_number(text) else ""
            if self.begun and text.isalpha() and len(text) > 2 and not cells.is_missing(text):
                hint = f"if it sums up the rows above, grep -v {shown(text)} FILE | ema-calc leaves it out"
            raise DataError(error.problem, hint, error.fact) from None

    def _param(self, line: int, index: int, text: str) -> tuple[str, float | None]:
        """A param as written, and its value; None if the row is no round for it."""
        if not cells.is_missing(text):
            if self.reading.exact and is_number(text):
                value = float(text)
            else:
                value = self._located(line, self.labels[index], cells.param, text)
            if self.reading.missing == "hold":
                self.held[index] = text
            return text, value
        match self.reading.missing:
            case "skip":
                return text, None
            case "rule":
                return text, cells.missing_value(text)
            case "hold" if index in self.held:
                return self.held[index], float(self.held[index])
            case "hold":
                raise self._error(
                    line, f"{self.labels[index]} is missing, and no value comes before it to hold; use --missing skip"
                )
        what = "is empty" if not text else f"is {text}"
        raise self._error(
            line,
            f"{self.labels[index]} {what}; --missing skip leaves such rows out, --missing hold repeats the last value",
        )

    def _located(self, line: int, label: str, read: Callable[[str], _T], text: str) -> _T:
        try:
            return read(text)
        except DataError as error:
            raise DataError.of(error, f"{self.source}:{line}: {label}: ") from None

    def _error(self, line: int, message: str) -> DataError:
        return DataError(f"{self.source}:{line}: {message}")
