"""JSON Lines: one record a line, `{"step": 0, "param": 1}`."""

from __future__ import annotations

import re
from json import JSONDecodeError
from typing import TYPE_CHECKING

from ema_cli.core.compiled_loops import compiled
from ema_cli.core.numbers.literals import printable
from ema_cli.error_facts import CutOff, NoColumn, NoParam
from ema_cli.errors import DataError, quoted
from ema_cli.reading.column_facts import MOST_CELLS, MOST_ROWS, Sample
from ema_cli.reading.column_names import STEP_RANKS, step_rank
from ema_cli.reading.column_roles import NO_STEP, choose
from ema_cli.reading.encoding import nul_bytes
from ema_cli.reading.file_columns import absent, called, distinct, listed, logged_name
from ema_cli.reading.json_record import DECODER, Row, has_metrics, is_metric, located, row_of
from ema_cli.reading.reader import Reader
from ema_cli.reading.rebatch import first_alone
from ema_cli.reading.source import Block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ema_cli.reading.batch import Batch
    from ema_cli.reading.cells import Reading
    from ema_cli.reading.file_columns import Columns
    from ema_cli.reading.numeric_block import Template
    from ema_cli.reading.reader import Held

_ONE_LINE = 'a record is one line, such as {"step": 0, "param": 1}'

_MOST_KEYS = 10_000
"""Maximum number of keys that are tracked; further new keys are left out without a note."""

_MOST_WAITING = 2**20
"""Bytes after which the columns are chosen even if no record has numbers yet."""


class JsonLines(Reader):
    """Reader of one JSON Lines file; the first records decide which keys are the step and the params."""

    turned = "tac FILE"
    """The command that prints the records in reverse; may be empty."""
    all_keys = False
    """True if the file is read whole, so that params may be keys that only some records have."""

    named = True
    """True if the keys are names, False if they are column numbers."""

    def __init__(self, reading: Reading, name: str, held: Held, note: Callable[[str], None]) -> None:
        super().__init__(reading, name, held, note)
        self.names: list[str] = []  # keys of the first records
        self._keys: list[str] = []  # keys of the columns, including some only later records may have
        self._parsed: list[tuple[int, Row]] = []  # records before the columns were chosen
        self._params: set[str] = set()
        self._seen: set[str] = set()
        self._rank = STEP_RANKS  # rank of the best step name in the first records
        self._awaited: str | None = None  # the key of --step-column, until a record has it
        self._template: Template | None = None

    def _from_data(self, blocks: Iterator[Block | None]) -> Iterator[Block | None]:
        waiting: list[Block] = []
        for block in blocks:
            if self.columns is not None:
                yield block
                continue
            if block is not None:
                waiting.append(block)
                self._parsed += self._records(block)
            records = [record for _, record in self._parsed]
            if self._may_choose(records, silent=block is None, size=sum(len(one.data) for one in waiting)):
                self._choose(records)
                yield Block.of(waiting)
            if block is None:
                yield None
        if self.columns is None and self._parsed:
            self._choose([record for _, record in self._parsed], ended=True)
            yield Block.of(waiting)
        if self._awaited is not None:
            raise absent(self._awaited, distinct(self.names), self.name, "--step-column")

    def _may_choose(self, records: list[Row], *, silent: bool, size: int) -> bool:
        """True if the columns can be chosen by these records, or must be because the pipe is silent or much has been
        read already.
        """
        given = self.reading.step_column
        numeric = any(map(has_metrics, records)) or self.reading.param_columns
        named = given in (None, NO_STEP) or any(given in record for record in records)
        return bool(records) and (size > _MOST_WAITING or (bool(numeric) and (silent or named)))

    def _plain(self, block: Block, columns: Columns) -> Batch | None:
        batch = None if self._template is None else self._template.batch(block, columns, self._keys)
        if batch is None and compiled(len(block.data)) is not None:
            from ema_cli.reading.numeric_block import template_of

            found = template_of(block.last().text()[:-1])
            self._template = found if found is not None and self._seen >= {*found.keys, *found.others} else None
        return batch

    def _careful(self, block: Block) -> Iterator[Batch]:
        records, self._parsed = self._parsed or self._records(block), []
        return self.all(records)

    def _records(self, block: Block) -> list[tuple[int, Row]]:
        """The records of a block, each with the number of its line."""
        lines = enumerate(block.text().split("\n"), block.line)
        found: list[tuple[int, Row]] = []
        for line, text in lines:
            try:
                found += [(line, self._parse(line, text))] if text.strip() else []
            except DataError as error:
                raise block.cut_off(error, line) from None
        return found

    def _parse(self, line: int, text: str) -> Row:
        """Parse the record of a line."""
        place = f"{self.name}:{line}"
        try:
            with located(place):
                record = DECODER.decode(text)
                if not isinstance(record, dict):
                    raise DataError(f"not a JSON record; {_ONE_LINE}")
                return row_of(record)
        except JSONDecodeError as error:
            from ema_cli.reading import text_log

            if "\x00" in text:
                raise nul_bytes(place) from None
            way = "jq -c . FILE | ema-calc reads several on a line" if re.search(r"\}\s*\{", text) else _ONE_LINE
            begins = text.lstrip().startswith("{")
            if not begins:
                way = "grep '^ *{' FILE | ema-calc leaves the other lines out"
            problem = f"{place}: not a JSON record, from column {error.colno} on; {way}"
            fact = None if text.rstrip().endswith("}") else CutOff()
            logged = text_log.error(self.name, [text], self.reading) if begins else None
            raise logged or DataError(problem, fact=fact) from None

    def all(self, records: Iterable[tuple[int, Row]]) -> Iterator[Batch]:
        """The updates of numbered records."""
        for line, record in records:
            yield from self.record(line, record)
        yield from self._rest()

    def whole(self, rows: list[Row]) -> Iterator[Batch | None]:
        """The updates of a file that has been read whole."""
        if self.sparse and self.reading.missing != "hold":
            self.reading = self.reading.but(missing="skip")
        if any(any(row.values()) for row in rows):
            self._choose(rows, ended=True)
            self._look(self.name, self._row(rows[-1]))
        batches = self.all(enumerate(rows, 1) if self.columns is not None else ())
        return first_alone(batches) if self.sparse else batches

    def record(self, line: int, record: Row) -> Iterator[Batch]:
        """Read a record; yield the batches that it completes."""
        row = self._row(record)
        if self._where is not None and not self._where.keeps(row):
            return
        if not record.keys() <= self._seen:
            self._late(line, record)
        if self._awaited in record:
            self._awaited = None
        if not self._params.isdisjoint(record):
            yield from self._add(line, row, gaps=True)

    def found(self) -> str:
        """Say what a file without updates holds, for the error."""
        if self.columns is None:
            return "its list of records is empty"
        if self._where is not None and (unmet := self._where.found()):
            return unmet
        lack = f"no record has a value of {listed(self.columns.names)}"
        return f"{lack}; the first has the keys {listed(list(map(printable, self.names)))}"

    def _choose(self, records: list[Row], *, ended: bool = False) -> None:
        """Choose the step and the params among the keys of the first records, which are all records if it `ended`."""
        reading = self.reading
        if not self.all_keys:
            records = records[: max(1, min(MOST_ROWS, MOST_CELLS // max(1, len(records[0]))))]
        self.names = self._keys_of(records)
        names = distinct(self.names)
        records = self.filtered(records) or records
        if self.all_keys or reading.missing == "skip":
            there = set(self._keys_of(records) if self.all_keys else self.names)
        else:
            there = set(_typical(records))
        given = [reading.step_column] if reading.step_column not in (None, NO_STEP) else []
        logged = [logged_name(text, names)[1] for text in reading.logged]
        expected = [called(name, names) for name in (*given, *reading.param_columns, *logged)]
        self._awaited = next((name for name in expected[: len(given)] if name not in names), None)
        if ended and self._awaited is not None:
            raise absent(self._awaited, names, self.name, "--step-column")
        self._rank = min([STEP_RANKS - 1, *map(step_rank, there)])
        if self.named and all(step_rank(key) == STEP_RANKS for key in there):
            expected.append("step")  # later records may have one
        if self.named and "runs" not in map(str.lower, self.names):
            expected.append("runs")  # likewise
        late = [key for key in self.names if key not in there]
        self._keys = list(dict.fromkeys([*self.names, *(name for name in expected if name not in names)]))
        self._seen = {*self._keys} - {key for key in late if step_rank(key) <= self._rank and key not in expected}
        columns = self._columns(records, [key for key in self._keys if key not in there])
        if self.all_keys and reading.missing == "error" and not reading.param_columns:
            self._check_gaps([self._keys[place] for place in columns.params], records)
        self._params = {self._keys[place] for place in columns.params}
        self._begin(columns)
        metrics = [key for key in late if any(is_metric(key, record.get(key)) for record in records)]
        others = f"only other records have {listed(metrics)}: --missing skip reads them"
        if metrics and not self._is_told:
            self.note(f"{columns.note}; {others}" if columns.note else f"{self.name}: {others}")
        elif columns.note:
            self.note(columns.note)

    def _columns(self, records: list[Row], later: list[str]) -> Columns:
        """The columns by the first records; `later` are the keys that only later records may have."""
        sample = Sample(
            self._keys if self.named else None,
            list(map(self._row, records[:MOST_ROWS])),
            self.name,
            turned=self.turned,
            later=later,
            has_gaps=True,
        )
        try:
            return choose(sample, self.reading)
        except DataError as error:
            if self.all_keys or not isinstance(error.fact, NoParam | NoColumn):
                raise
            from ema_cli.reading import text_log

            raise text_log.in_records(sample, self.reading) or error from None

    def _keys_of(self, records: list[Row]) -> list[str]:
        """The keys of records, without those that never have a value if the file is read whole."""
        return list(dict.fromkeys(key for one in records for key in one if one[key] or not self.all_keys))

    def _check_gaps(self, params: list[str], records: list[Row]) -> None:
        """Refuse records that lack some of several params; called only if no option says what to do."""
        if len(params) == 1 or all(key in record for record in records for key in params):
            return
        common = max(params, key=lambda key: sum(key in record for record in records))
        most = "loss" if "loss" in params else common
        raise DataError(
            f"{self.name}: some records lack some metrics; --param-column {most} reads one (repeat it for others, with"
            f" --missing skip), --missing skip reads all; the metrics are {', '.join(map(quoted, params))}"
        )

    def _rows_of(self, block: Block) -> Iterator[tuple[int, list[str]]]:
        return ((line, self._row(record)) for line, record in self._records(block))

    def _row(self, record: Row) -> list[str]:
        """The cells of a record in the order of the columns."""
        return [record.get(key) or "" for key in self._keys]

    def filtered(self, records: list[Row]) -> list[Row]:
        """The records that meet the conditions of --where."""
        if self.reading.where and self._where is None:
            from ema_cli.reading.where import Where

            self._where = Where(self.reading.where, distinct(self.names), self.name)
        where, names = self._where, self.names
        return [one for one in records if where is None or where.keeps([one.get(key) or "" for key in names])]

    @property
    def _is_told(self) -> bool:
        """True if the params are explicit: named by --param-column, or by the key `param`."""
        return bool(self.reading.param_columns) or (self.columns is not None and "param" in self.columns.names)

    def _late(self, line: int, record: Row) -> None:
        """Note new metrics in a record, which are left out; refuse a new key that could be the step."""
        reading, metrics = self.reading, []
        for key in record:
            if key in self._seen or not record[key]:
                continue
            if len(self._seen) < _MOST_KEYS:
                self._seen.add(key)
            if reading.step_column is None and key not in reading.param_columns and step_rank(key) <= self._rank:
                raise DataError(
                    f"{self.name}:{line}: {quoted(key)} could be the step, but the first record does not have it;"
                    " choose it with --step-column"
                )
            if not self._is_told and key in self._seen and is_metric(key, record[key]):
                metrics.append(key)
        if metrics:
            added = f"this record adds {listed(metrics)}: left out; --param-column with --missing skip reads it"
            self.note(f"{self.name}:{line}: {added}")


def _typical(records: list[Row]) -> Row:
    """The record whose keys are there from the start: the first with metrics, or the first with a step if that has
    metrics of its own, as the records before it then hold settings.
    """
    typical = next(filter(has_metrics, records), records[0])
    stepped = next((record for record in records if any(step_rank(key) < STEP_RANKS for key in record)), typical)
    same = any(is_metric(key, typical[key]) for key in typical.keys() & stepped.keys())
    return stepped if has_metrics(stepped) and not same else typical
