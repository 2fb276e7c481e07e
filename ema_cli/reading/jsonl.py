"""JSON Lines: one record a line, `{"step": 0, "param": 1}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.literals import printable
from ema_cli.errors import DataError, shown
from ema_cli.native.compiled import compiled
from ema_cli.reading.batch_builder import Builder
from ema_cli.reading.column_names import STEP_NAMES, is_own_output, may_be_param, step_rank
from ema_cli.reading.column_roles import Columns, listed, logged_name, with_header
from ema_cli.reading.numeric_block import compiled_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.reading.alike_records import Alike
    from ema_cli.reading.batch import Batch
    from ema_cli.reading.cells import Reading
    from ema_cli.reading.source import Block

_ONE_LINE = 'a record is one line, such as {"step": 0, "param": 1}'


_MOST_KEYS = 10_000
"""So many keys are told apart, however many a file has; past them, a new one is left out without a word."""


class Written(str):
    """A number as it was written."""

    __slots__ = ()


class JsonLines:
    """A reader of one file. Its first record says which keys are the step and the params.

    Args:
        reading: How cells are read.
        name: What to call the file.
        held: The last value of each param, kept across the parts of a script.
        note: Called with each guess that was made.
    """

    def __init__(self, reading: Reading, name: str, held: dict[int, str], note: Callable[[str], None]) -> None:
        import json

        self.reading, self.name, self.held, self.note = reading, name, held, note
        self.columns: Columns | None = None
        self._first: list[str] = []  # the keys of the first record
        self._keys: list[str] = []
        self._chosen: tuple[str | None, str | None, list[str], list[str]] = (None, None, [], [])
        """The keys of step, runs, params, and of what is passed through."""
        self._seen: set[str] = set()
        self._own = False
        self._rank = 0  # of the best name of a step in the first record
        self._builder: Builder | None = None
        self._alike: tuple[Alike, Columns] | None = None
        self._decode = json.JSONDecoder(
            parse_float=Written, parse_int=Written, parse_constant=Written, object_pairs_hook=unique
        ).decode

    def batches(self, blocks: Iterator[Block | None]) -> Iterator[Batch | None]:
        """The updates of the file; None where nothing more has arrived."""
        for block in blocks:
            if block is None:
                yield None
                continue
            batch = self._plain(block)
            if batch is not None:
                yield batch
                continue
            lines = block.text().split("\n")
            for line, text in enumerate(lines, block.line):
                if text.strip():
                    yield from self.record(line, self._parse(line, text))
            yield from self.rest()
            if compiled(len(block.data)) is not None:
                self._learn(lines[-2])

    def _plain(self, block: Block) -> Batch | None:
        """The batch of a block whose records are all written as the last one was; None if they are not."""
        if self._alike is None:
            return None
        alike, columns = self._alike
        unread = {columns.step, *columns.params}
        numeric = [place for place in alike.numbers if place not in unread]
        batch = compiled_batch(block, block.data, columns, alike.literals, numeric)
        if batch is not None and self.reading.missing == "hold":
            self.held.update((index, column[-1]) for index, column in enumerate(batch.texts))
        return batch

    def _learn(self, line: str) -> None:
        """How a record is written, if those like it can be read at once: with a cell for each param, and no runs."""
        from ema_cli.reading.alike_records import alike

        self._alike, found = None, alike(line)
        if self.columns is None or found is None or not self._seen.issuperset([*found.keys, *found.others]):
            return
        step, runs, params, kept = self._chosen
        places = {key: place for place, key in enumerate(found.keys)}
        if {step, runs}.isdisjoint(found.others) and runs not in places and places.keys() >= {*params, *kept}:
            own = self.columns.but(
                width=len(places),
                step=None if step is None else places.get(step),
                params=tuple(map(places.__getitem__, params)),
                kept=tuple(map(places.__getitem__, kept)),
            )
            self._alike = found, own

    def names(self, start: Block) -> list[str]:
        """The keys of the first record of a file that starts so.

        Raises:
            DataError: It is no record.
        """
        return list(self._parse(start.line, start.text().split("\n")[0]))

    def found(self) -> str:
        """What the file holds, if no update."""
        if self.columns is None:
            return "its list of records is empty"
        told = f"no record has a value of {listed(self.columns.names)}"
        return f"{told}; the first has the keys {listed(list(map(printable, self._first)))}"

    def rest(self) -> Iterator[Batch]:
        """The records that no batch has yet."""
        if self._builder is not None and len(self._builder):
            yield self._builder.take()

    def _parse(self, line: int, text: str) -> dict[str, str | None]:
        """The record of a line, its values as the texts of cells; None for null."""
        import json

        place = f"{self.name}:{line}"
        try:
            record = self._decode(text)
            if not isinstance(record, dict):
                raise DataError(f"{place}: not a JSON record; {_ONE_LINE}")
            return {key: cell(value) for key, value in record.items()}
        except TwiceError as error:
            raise DataError(f"{place}: key {shown(str(error))} stands twice") from None
        except json.JSONDecodeError as error:
            raise DataError(f"{place}: not a JSON record, from column {error.colno} on; {_ONE_LINE}") from None
        except RecursionError:
            raise DataError(f"{place}: not a JSON record: nested too deep") from None

    def record(self, line: int, record: dict[str, str | None]) -> Iterator[Batch]:
        """The batches that one more record completes."""
        if self._builder is None:
            self.choose(record)
        elif not record.keys() <= self._seen:
            self._late(line, record)
        builder, (step, runs, params, kept) = self._builder, self._chosen
        assert builder is not None
        cells = list(map(record.get, params))
        if cells.count(None) < len(cells) or any(name in record for name in params):
            yield from builder.add(
                line,
                None if step is None else record.get(step),
                [cell or "" for cell in cells],
                [record.get(name) or "" for name in kept],
                None if runs is None else record.get(runs),
            )

    def choose(self, record: dict[str, str | None]) -> None:
        """Choose the step and the params among the keys of a record."""
        self._first = list(record)
        logged = [logged_name(text, list(record))[1] for text in self.reading.logged]
        named = (self.reading.step_column, *self.reading.param_columns, *logged)
        expected = [name for name in named if name is not None]
        self._rank = min([len(STEP_NAMES) - 1, *map(step_rank, record)])
        if all(step_rank(key) == len(STEP_NAMES) for key in record):
            expected.append("step")  # later records may have one
        if "runs" not in map(str.lower, record):
            expected.append("runs")  # the same
        self._keys = list(dict.fromkeys([*record, *expected]))
        first = [record.get(key) or "" for key in self._keys]
        later = [key for key in self._keys if key not in record]
        self.columns = with_header(self._keys, first, self.reading, self.name, later)
        if self.columns.note:
            self.note(self.columns.note)
        self._seen, self._own = set(self._keys), is_own_output(self._keys)
        self._builder = Builder(self.reading, self.name, self.columns.labels, self.columns.step_label, self.held)
        step, runs = (None if place is None else self._keys[place] for place in (self.columns.step, self.columns.runs))
        params, kept = ([self._keys[place] for place in places] for places in (self.columns.params, self.columns.kept))
        self._chosen = step, runs, params, kept

    def _late(self, line: int, record: dict[str, str | None]) -> None:
        """Say what becomes of keys that the first record does not have."""
        columns, reading = self.columns, self.reading
        assert columns is not None
        for key in record.keys() - self._seen:
            if len(self._seen) < _MOST_KEYS:
                self._seen.add(key)
            if reading.step_column is None and key not in reading.param_columns and step_rank(key) <= self._rank:
                raise DataError(
                    f"{self.name}:{line}: {shown(key)} could be the step, but the first record does not have it;"
                    " --step-column chooses"
                )
            chosen = reading.param_columns or "param" in columns.names
            if not chosen and key in self._seen and may_be_param(key, record[key] or "", own=self._own):
                self.note(
                    f"{self.name}:{line}: {shown(key)} is left out, as the first record does not have it;"
                    " --param-column chooses"
                )


class TwiceError(Exception):
    """A key stands twice in a record."""


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A record of these keys and values.

    Raises:
        TwiceError: A key stands twice.
    """
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        raise TwiceError(next(key for key in keys if keys.count(key) > 1))
    return record


def cell(value: Any) -> str | None:
    """A value as the text of a cell, a number as it was written; None for null."""
    if value is None or isinstance(value, Written):
        return value
    if isinstance(value, str):  # half of a surrogate pair, which only an escape can bring in, is no text
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(key)}: {_json(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(map(_json, value)) + "]"


def _json(value: Any) -> str:
    """A value as JSON."""
    if isinstance(value, str) and not isinstance(value, Written):
        return _quoted(value)
    return cell(value) or "null"


def _quoted(text: str) -> str:
    from json import dumps

    return dumps(text)
