"""Find the log in a JSON document: all of it, or what stands under one of its keys."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from ema_cli.core.numbers.literals import is_number
from ema_cli.reading.column_names import STEP_RANKS, is_setting, step_rank
from ema_cli.reading.json_record import FIRST, cell, has_metrics
from ema_cli.reading.json_shapes import SHAPES, SHAPES_WITHIN, columns, list_of_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ema_cli.reading.json_record import Log

KEYS = ("log_history", "rounds")
"""Lists of records that are looked for first: of the Transformers' trainer_state.json, and of ema-calc's own JSON."""

_DEPTH = 4
"""Keys below one another under which a log is looked for."""


def log_of(document: Any) -> Log | None:
    """The log that a document is, or holds; None if there is none, or several are as long."""
    return _log_of(document, SHAPES) or _log_under_known_key(document) or _longest(logs_within(document))


def _log_of(document: Any, shapes: Sequence[Callable[[Any], Log | None]]) -> Log | None:
    return next(filter(None, (shape(document) for shape in shapes)), None)


def _log_under_known_key(document: Any) -> Log | None:
    """`{"log_history": [{...}, ...]}`."""
    known = [key for key in KEYS if isinstance(document, dict) and isinstance(document.get(key), list)]
    log = list_of_records(document[known[0]]) if known else None
    return None if log is None else log.but(keys=(known[0],))


def _longest(logs: Sequence[Log]) -> Log | None:
    """The log that is longer than each of the others."""
    most = max((len(log.records) for log in logs), default=0)
    longest = [log for log in logs if len(log.records) == most]
    return longest[0] if len(longest) == 1 else None


def logs_within(document: Any, shapes: Sequence[Callable[[Any], Log | None]] = SHAPES_WITHIN) -> list[Log]:
    """The logs that stand least deep under keys of a document: `{"data": {"history": [{...}, ...]}}`. A record alone is
    one if there is no other.
    """
    level: dict[tuple[str, ...], Any] = {(): document}
    alone: list[Log] = []
    for _ in range(_DEPTH):
        level = dict(chain.from_iterable(_inner(keys, value) for keys, value in level.items()))
        found = [(keys, _log_of(value, shapes)) for keys, value in level.items()]
        logs = [log.but(keys=keys) for keys, log in found if log is not None and any(map(_has_number, log.records))]
        if longer := [log for log in logs if len(log.records) > 1]:
            return longer
        alone = alone or logs
    return alone


def _inner(keys: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The values of a record by their keys, without settings; the record may stand alone in a list."""
    if isinstance(value, list) and len(value) == 1:
        keys, value = (*keys, FIRST), value[0]
    if isinstance(value, dict):
        yield from (((*keys, key), one) for key, one in value.items() if not is_setting(key))


def _has_number(record: Mapping[str, Any]) -> bool:
    return any(
        _has_number(value) if isinstance(value, dict) else isinstance(value, str) and is_number(value)
        for value in record.values()
    )


def may_hold_log(record: Mapping[str, Any]) -> bool:
    """True if a record alone in its file is more likely a document with a log than one update.

    >>> may_hold_log({"loss": ["2.5", "2.1"]}), may_hold_log({"count": "7", "views": [{"count": "1"}, {"count": "6"}]})
    (True, True)
    >>> may_hold_log({"start": "monday", "rewards": ["1", "2"], "lengths": ["3", "4"]})
    True
    >>> may_hold_log({"loss": "1", "hist": ["1", "2"]}), may_hold_log({"step": "1", "stats": {"reward": ["1", "2"]}})
    (False, False)
    """
    cells = [key for key, value in record.items() if not isinstance(value, list | dict)]
    if any(key == "param" or step_rank(key) < STEP_RANKS for key in cells):
        return any(isinstance(value, list) and len(value) > 1 and list_of_records(value) for value in record.values())
    first = next(iter(record), "")
    log = columns(record) if len(record) > len(cells) + 1 else None
    if log is not None and len(log.records) > 1 and not has_metrics({key: cell(record[key]) for key in cells}):
        return True
    return bool(record) and (first not in cells or first.isdecimal() or bool(logs_within(record)))
