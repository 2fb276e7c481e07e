"""Reader of a JSON document that holds a log: a list of records or another common shape."""

from __future__ import annotations

import re
from itertools import chain
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any

from ema_cli.core.numbers.literals import is_number
from ema_cli.errors import DataError
from ema_cli.reading.column_names import STEP_RANKS, is_setting, step_rank
from ema_cli.reading.file_columns import listed
from ema_cli.reading.json_record import DECODER, FIRST, cell, has_metrics, located, row_of
from ema_cli.reading.json_shapes import SHAPES, SHAPES_WITHIN, columns, list_of_numbers, list_of_records
from ema_cli.reading.jsonl import JsonLines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ema_cli.reading.batch import Batch
    from ema_cli.reading.json_record import JsonLog
    from ema_cli.reading.source import Block

_NO_SPACE = re.compile(r"\S")


def begins(start: bytes) -> bool:
    r"""True if a file with this start is one JSON document, not JSON Lines.

    >>> begins(b'{\n  "epoch": 1.0,'), begins(b'{"step": 0, "param": 1}\n{"step": 1, "param": 2}\n')
    (True, False)
    >>> begins(b'{"loss": [2.5, 2.1]}\n'), begins(b'{"loss": 1, "hist": [1, 2]}\n')
    (True, False)
    """
    line = start.partition(b"\n")[0].rstrip()
    known = any(b'"%b"' % key.encode() in line for key in KEYS)
    return line.startswith(b"[") or not line.endswith(b"}") or known or is_undecided(start)


def is_undecided(start: bytes) -> bool:
    """True if a file with this start is one document unless a second record follows, so more must be read to decide."""
    line, _, rest = start.partition(b"\n")
    if rest.strip() or not line.rstrip().endswith(b"}"):
        return False
    try:
        return may_hold_log(DECODER.decode(line.decode()))
    except (ValueError, RecursionError, DataError):
        return False


class Document(JsonLines):
    """Reader of one file, which is read whole."""

    all_keys = True

    def batches(self, blocks: Iterator[Block | None]) -> Iterator[Batch | None]:
        """The updates of the file."""
        log = self._log("".join(block.text() for block in blocks if block is not None))
        self.name = ": ".join(filter(None, [self.name, log.place]))
        if log.others:
            what = "is the longest of several logs" if log.keys else "holds other logs, too"
            self.note(f"{self.name} {what}; jq '{log.others[0]}' FILE | ema-calc reads another")
        self.sparse, self.turned, self.named = log.sparse, log.turned, log.named
        with located(self.name):
            rows = list(map(row_of, log.records))
        yield from self.whole(rows)

    def _log(self, text: str) -> JsonLog:
        """Parse the text and find its log."""
        text = text.rstrip()
        found: list[Any] = []
        end = 0
        try:
            with located(self.name):
                # A file may also be several JSON values in a row, each on several lines.
                while start := _NO_SPACE.search(text, end):
                    record, end = DECODER.raw_decode(text, start.start())
                    found.append(record)
                log = log_of(found[0] if len(found) == 1 else found)
        except JSONDecodeError as error:
            raise self._not_json(text, error) from None
        if log is None:
            raise self._without_log(text, found[0] if len(found) == 1 else found)
        return log

    def _not_json(self, text: str, error: JSONDecodeError) -> DataError:
        """The error for a text that is not JSON."""
        from ema_cli.reading import text_log

        if text.lstrip().startswith("[") and (logged := text_log.error(self.name, text.split("\n"), self.reading)):
            return logged
        remedy = "give one record per line, or one whole document"
        if "},\n" in text[: error.pos + 2]:
            remedy = "sed 's/,$//' FILE | ema-calc reads one record per line"
        return DataError(f"{self.name}:{error.lineno}: this is not JSON ({error.msg})", remedy)

    def _without_log(self, text: str, found: Any) -> DataError:
        """The error for a document with no log, or with several."""
        if isinstance(found, dict) and not any(isinstance(value, list | dict) for value in found.values()):
            return DataError(f"{self.name}: one record of results, not a series: there is nothing to average")
        several = logs_within(found) + logs_within(found, [list_of_numbers])
        if len(several) > 1:
            names = listed([log.place for log in several])
            return DataError(
                f"{self.name}: {len(several)} logs in one JSON document, {names};"
                f" jq '{several[0].path}' FILE | ema-calc reads one"
            )
        return DataError(
            f"{self.name}: no log was found in this JSON document; give a list of records such as"
            ' [{"step": 0, "loss": 1}], lists of one length such as {"loss": [1, 2]}, or one record per line'
        )


KEYS = ("log_history", "rounds")
"""Keys of records looked up first: in trainer_state.json of Transformers, and in ema-calc's own JSON."""

_DEPTH = 8
"""Maximum number of nested keys above a log."""


def log_of(document: Any) -> JsonLog | None:
    """The log that a document is or contains; None if there is none, or several are equally long."""
    named = [(key, list_of_records(document.get(key))) for key in KEYS] if isinstance(document, dict) else []
    under = next((log.but(keys=(key,)) for key, log in named if log), None)
    return _log_of(document, SHAPES) or under or _longest(document)


def _log_of(document: Any, shapes: Sequence[Callable[[Any], JsonLog | None]]) -> JsonLog | None:
    return next(filter(None, (shape(document) for shape in shapes)), None)


def _longest(document: Any) -> JsonLog | None:
    """The longest log in a document; None if another log, or a list of decimals beside it, is as long."""
    logs, lists = logs_within(document), logs_within(document, [list_of_numbers])
    logs += [one for one in lists if logs and len(one.keys) <= len(logs[0].keys) and "." in str(one.records)]
    most = max((len(log.records) for log in logs), default=0)
    longest = [log for log in logs if len(log.records) == most]
    return longest[0].but(others=tuple(log.path for log in logs if log not in longest)) if len(longest) == 1 else None


def logs_within(document: Any, shapes: Sequence[Callable[[Any], JsonLog | None]] = SHAPES_WITHIN) -> list[JsonLog]:
    """The logs under the fewest keys of a document, as in `{"data": {"history": [{...}, ...]}}`. Logs of one record
    count only if no longer log is found.
    """
    level: dict[tuple[str, ...], Any] = {(): document}
    alone: list[JsonLog] = []
    for _ in range(_DEPTH):
        level = dict(chain.from_iterable(_inner(keys, value) for keys, value in level.items()))
        found = [(keys, _log_of(value, shapes)) for keys, value in level.items()]
        logs = [log.but(keys=keys) for keys, log in found if log is not None and any(map(_has_number, log.records))]
        if longer := [log for log in logs if len(log.records) > 1]:
            return longer
        alone = alone or logs
    return alone


def _inner(keys: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The values of a record (or of a list with one record) with their keys, except settings."""
    if isinstance(value, list) and len(value) == 1:
        yield (*keys, FIRST), value[0]
    if isinstance(value, dict):
        yield from (((*keys, key), one) for key, one in value.items() if not is_setting(key))


def _has_number(record: Mapping[str, Any]) -> bool:
    return any(
        _has_number(value) if isinstance(value, dict) else isinstance(value, str) and is_number(value)
        for value in record.values()
    )


def may_hold_log(record: Mapping[str, Any]) -> bool:
    """True if the only record of a file is more likely a document with a log than a single update.

    >>> may_hold_log({"loss": ["2.5", "2.1"]}), may_hold_log({"count": "7", "views": [{"count": "1"}, {"count": "6"}]})
    (True, True)
    >>> may_hold_log({"start": "monday", "rewards": ["1", "2"], "lengths": ["3", "4"]})
    True
    >>> may_hold_log({"loss": "1", "hist": ["1", "2"]}), may_hold_log({"step": "1", "stats": {"reward": ["1", "2"]}})
    (False, False)
    """
    cells = [key for key, value in record.items() if not isinstance(value, list | dict)]
    records = any(isinstance(value, list) and len(value) > 1 and list_of_records(value) for value in record.values())
    if records or any(key == "param" or step_rank(key) < STEP_RANKS for key in cells):
        return records
    first = next(iter(record), "")
    log, several = columns(record), len(record) > len(cells) + 1
    results = not several or has_metrics({key: cell(record[key]) for key in cells})  # or a record with a short list
    if log is not None and len(log.records) > (2 if results else 1):
        return True
    return bool(record) and (first not in cells or first.isdecimal() or bool(logs_within(record)))
