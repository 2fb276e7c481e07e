"""JSON Lines: one record a line, `{"step": 0, "param": 1}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.numerals import printable
from ema_cli.errors import DataError, shown
from ema_cli.script.builder import Builder
from ema_cli.script.header import Columns, logged_name, may_be_param, may_be_step, with_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.script.batch import Batch
    from ema_cli.script.cells import Reading
    from ema_cli.script.source import Block


class Written(str):
    """A number as it was written."""

    __slots__ = ()


class JsonLines:
    """A reader of one file.

    Args:
        reading: How cells are read.
        name: What to call the file.
        held: The last value of each param, kept across the parts of a script.
        note: Called with the keys that later records have and that are left out.
    """

    def __init__(self, reading: Reading, name: str, held: dict[int, str], note: Callable[[str], None]) -> None:
        import json

        self.reading, self.name, self.held, self.note = reading, name, held, note
        self.columns: Columns | None = None
        self._keys: list[str] = []
        self._builder: Builder | None = None
        self._told = False
        self._decode = json.JSONDecoder(
            parse_float=Written, parse_int=Written, parse_constant=Written, object_pairs_hook=unique
        ).decode

    def batches(self, blocks: Iterator[Block | None]) -> Iterator[Batch | None]:
        """The updates of the file; None where nothing more has arrived."""
        for block in blocks:
            if block is None:
                yield None
                continue
            for line, text in enumerate(block.text().split("\n"), block.line):
                if text.strip():
                    yield from self.record(line, self._parse(line, text))
            yield from self.rest()

    def rest(self) -> Iterator[Batch]:
        """The records that no batch has yet."""
        if self._builder is not None and len(self._builder):
            yield self._builder.take()

    def _parse(self, line: int, text: str) -> dict[str, Any]:
        try:
            record = self._decode(text)
        except DataError as error:
            raise DataError(f"{self.name}:{line}: {error}") from None
        except ValueError as error:
            raise DataError(f"{self.name}:{line}: not a JSON record: {error}") from None
        except RecursionError:
            raise DataError(f"{self.name}:{line}: not a JSON record: nested too deep") from None
        if not isinstance(record, dict):
            raise DataError(f"{self.name}:{line}: a JSON record starts with {{ and ends with }}")
        return record

    def record(self, line: int, record: dict[str, Any]) -> Iterator[Batch]:
        """The batches that one more record completes."""
        if self.columns is None or self._builder is None:
            self.choose(record)
        elif not self._told:
            self._tell_of_others(line, record)
        columns, builder = self.columns, self._builder
        assert columns is not None
        assert builder is not None
        names = [self._keys[index] for index in columns.params]
        if not any(name in record for name in names):
            return
        step = None if columns.step is None else record.get(self._keys[columns.step])
        runs = None if columns.runs is None else record.get(self._keys[columns.runs])
        yield from builder.add(
            line,
            None if step is None else cell(step),
            [cell(record.get(name)) for name in names],
            [cell(record.get(self._keys[index])) for index in columns.kept],
            None if runs is None else cell(runs),
        )

    def _tell_of_others(self, line: int, record: dict[str, Any]) -> None:
        others = [key for key, value in record.items() if key not in self._keys and may_be_param(key, cell(value))]
        if others and not self.reading.param_columns:
            self._told = True
            self.note(
                f"{self.name}:{line}: {', '.join(map(shown, others))} not in the first record: left out;"
                " --param-column takes it"
            )

    def choose(self, record: dict[str, Any]) -> None:
        """Choose the step and the params among the keys of a record."""
        # Keys that the first record need not have: those that the options name, and the step.
        step = self.reading.step_column or ("step" if not any(map(may_be_step, record)) else None)
        logged = [logged_name(text, list(record))[1] for text in self.reading.logged]
        named = (step, *self.reading.param_columns, *logged)
        expected = [key for key in named if key is not None and key not in record]
        self._keys = [*record, *expected]
        first = [*map(cell, record.values()), *("" for _ in expected)]
        self.columns = with_header(self._keys, first, self.reading, self.name)
        self._builder = Builder(self.reading, self.name, self.columns.labels, self.columns.step_label, self.held)


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A record of these keys and values.

    Raises:
        DataError: A key stands twice.
    """
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise DataError(f"key {shown(twice)} stands twice")
    return record


def cell(value: Any) -> str:
    """A value as the text of a cell: a number as it was written, null as an empty cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return printable(repr(value))
