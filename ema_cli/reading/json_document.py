"""One JSON document that holds a log: a list of records, alone or under a key such as `log_history`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.errors import DataError, shown
from ema_cli.reading.column_names import is_own_output, may_be_param
from ema_cli.reading.column_roles import logged_name
from ema_cli.reading.jsonl import JsonLines, TwiceError, Written, cell, unique

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ema_cli.reading.batch import Batch
    from ema_cli.reading.source import Block

KEYS = ("log_history", "rounds")
"""Where the records are: of the Hugging Face trainer's trainer_state.json, and of ema-calc's own JSON."""


def begins(start: bytes) -> bool:
    r"""Whether a file that starts so is one document, not a record a line.

    >>> begins(b'{\n  "epoch": 1.0,'), begins(b'{"step": 0, "param": 1}\n{"step": 1, "param": 2}\n')
    (True, False)
    """
    line = start.partition(b"\n")[0].rstrip()
    return line.startswith(b"[") or not line.endswith(b"}") or any(b'"%b"' % key.encode() in line for key in KEYS)


class Document(JsonLines):
    """A reader of one file, which is read as a whole."""

    def batches(self, blocks: Iterator[Block | None]) -> Iterator[Batch | None]:
        """The updates of the file."""
        records, where = self._records("".join(block.text() for block in blocks if block is not None))
        self.name = f"{self.name}: {where}" if where else self.name
        try:
            rows = [{key: cell(value) for key, value in record.items()} for record in records]
        except RecursionError:
            raise DataError(f"{self.name}: no JSON that can be read: nested too deep") from None
        self._begin(rows)
        for number, row in enumerate(rows, 1):
            yield from self.record(number, row)
        yield from self.rest()

    def _records(self, text: str) -> tuple[list[dict[str, Any]], str]:
        """The records, and the key that they stand under."""
        import json

        try:
            found = json.loads(
                text,
                parse_float=Written,
                parse_int=Written,
                parse_constant=Written,
                object_pairs_hook=unique,
            )
        except TwiceError as error:
            raise DataError(f"{self.name}: key {shown(str(error))} stands twice") from None
        except RecursionError:
            raise DataError(f"{self.name}: no JSON that can be read: nested too deep") from None
        except json.JSONDecodeError as error:
            raise DataError(
                f"{self.name}:{error.lineno}: neither a JSON record a line nor one JSON document: {error.msg}"
            ) from None
        where = ""
        if isinstance(found, dict):
            where = next((key for key in KEYS if isinstance(found.get(key), list)), "")
            if not where:
                raise DataError(
                    f"{self.name}: a JSON document without a list of records; known are {' and '.join(KEYS)},"
                    " a list alone, and JSON Lines"
                )
            found = found[where]
        if not all(isinstance(record, dict) for record in found):
            raise DataError(f"{self.name}: a log is a list of JSON records, each in {{ and }}")
        return found, where

    def _begin(self, records: list[dict[str, str | None]]) -> None:
        """Choose the columns by the keys of all records.

        Raises:
            DataError: Records have different metrics, and no option says what to do.
        """
        every = {key: value for record in reversed(records) for key, value in record.items() if value}
        order = {key: every[key] for record in records for key in record if key in every}
        reading = self.reading
        own = is_own_output(order)
        metrics = [key for key, value in order.items() if may_be_param(key, value, own=own)]
        always = [key for key in metrics if all(key in record for record in records)]
        chosen = reading.param_columns or "param" in order or reading.missing != "error" or self._pairs(order)
        if len(always) < len(metrics) and not chosen:
            common = max(metrics, key=lambda key: sum(key in record for record in records))
            most = "loss" if "loss" in metrics else common
            raise DataError(
                f"{self.name}: not every record has every metric; --param-column {most} takes one (it may be repeated,"
                f" with --missing skip), --missing skip takes them all; there are {', '.join(map(shown, metrics))}"
            )
        if order:
            self.choose({**order})

    def _pairs(self, order: Mapping[str, str]) -> bool:
        """Whether the names of the columns that were logged say which keys alone are params."""
        if not self.reading.logged:
            return False
        from ema_cli.reading.shadow_names import param_of

        logged = [logged_name(text, list(order)) for text in self.reading.logged]
        left = [key for key in order if key not in [column for _, column in logged]]
        return all(not param and param_of(column, left) is not None for param, column in logged)
