"""The shapes in which people save a log as one JSON document, and the records that each of them holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ema_cli.reading.cells import is_numeric
from ema_cli.reading.json_log import Log, is_cell, is_number
from ema_cli.reading.json_record import Written
from ema_cli.reading.json_series import series_in_groups, series_in_records, series_of, series_with_names
from ema_cli.reading.moments import is_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_HEADS = ("columns", "column_names", "labels")
"""Keys of the names of columns, of pandas and InfluxDB, Quandl, and Netdata."""
_NUMBERED = re.compile(r"([^\d]*)(\d+)")
"""The key of a record by its number: `10`, `epoch_10`."""
_TURN_KEYS = "to_entries | reverse | from_entries"
_MOST_ITEMS = 16
"""A list of no more numbers within a record stands for a column for each."""


def list_of_records(document: Any) -> Log | None:
    """`[{"step": 0, "loss": 1}, ...]`."""
    if not isinstance(document, list) or not all(isinstance(item, dict) for item in document):
        return None
    return Log([_flat(record) for record in document], filter="reverse")


def _lists_of_records(document: Any) -> Log | None:
    """`[[{"state": "21.5"}, ...], ...]`, as Home Assistant has the history of each sensor."""
    if not isinstance(document, list) or not document or not all(isinstance(part, list) for part in document):
        return None
    return list_of_records([record for part in document for record in part])


def _list_of_lists(document: Any) -> Log | None:
    """`[[1575618724.7, 43, 2.84], ...]`, as TensorBoard's download has them, or rows with their names above them, or
    without.
    """
    if not _is_table(document):
        return None
    width, names = len(document[0]), tuple(map(str, document[0]))
    if len(set(names)) == width and len(document) > 1 and not any(map(is_numeric, names)):
        return Log([dict(zip(names, row, strict=True)) for row in document[1:]])
    stamped = width == 3 and all(_is_stamp(row[0]) and str(row[1]).isdecimal() for row in document)
    names = ("Wall time", "Step", "Value") if stamped else tuple(map(str, range(1, width + 1)))
    return Log([dict(zip(names, row, strict=True)) for row in document], named=stamped, filter="reverse")


def list_of_numbers(document: Any) -> Log | None:
    """`[2.5, 2.1, ...]`."""
    if not isinstance(document, list) or not document or not all(map(is_number, document)):
        return None
    return Log([{"param": item} for item in document])


def columns(document: Any) -> Log | None:
    """`{"loss": [2.5, 2.1, ...], "accuracy": [...]}`, as Keras' History has them."""
    lists = _of_kind(document, list)
    if not lists or not all(all(not isinstance(item, list | dict) for item in value) for value in lists.values()):
        return None
    if len(set(map(len, lists.values()))) > 1:
        return None
    return Log(
        [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)],
        filter="map_values(arrays |= reverse)",
    )


def _rows_by_index(document: Any) -> Log | None:
    """`{"loss": {"0": 2.5, "1": 2.1}, ...}`, as pandas' to_json has them; the index may be dates."""
    tables = _of_kind(document, dict)
    rows = list(next(iter(tables.values()))) if tables else []
    if not rows or any(list(table) != rows or not all(map(is_cell, table.values())) for table in tables.values()):
        return None
    return _indexed({row: {name: table[row] for name, table in tables.items()} for row in rows})


def _records_by_index(document: Any) -> Log | None:
    """`{"0": {"loss": 2.5}, "1": {"loss": 2.1}, ...}`, as pandas' `orient="index"` has them; the index may be dates."""
    if not isinstance(document, dict) or len(document) < 2:
        return None
    return _indexed(document) if all(isinstance(record, dict) for record in document.values()) else None


def _indexed(records: Mapping[str, Mapping[str, Any]]) -> Log | None:
    """Records by the number of their row, by their step, or by their date."""
    name, steps = "date", list(records)
    if not all(map(is_date, records)):
        matches = [_NUMBERED.fullmatch(row) for row in records]
        found = [match.groups() for match in matches if match]
        if len(found) < len(matches) or len({word for word, _ in found}) > 1:
            return None
        name, steps = found[0][0].strip(" _-") or "step", [number for _, number in found]
    flat = list(map(_flat, records.values()))
    if steps == list(map(str, range(len(steps)))) or any(name in record for record in flat):
        return Log(flat)
    rows = [{name: Written(step) if name != "date" else step} | row for step, row in zip(steps, flat, strict=True)]
    return Log(rows, filter=_TURN_KEYS)


def _numbers_by_index(document: Any) -> Log | None:
    """`{"0": 2.5, "1": 2.1, ...}`, as pandas' to_json has one column."""
    if not isinstance(document, dict) or len(document) < 2 or not all(map(is_number, document.values())):
        return None
    return _indexed({row: {"param": number} for row, number in document.items()})


def _columns_in_groups(document: Any) -> Log | None:
    """`{"train": {"loss": [2.5, 2.1, ...]}, "valid": {...}}`, as XGBoost's evals_result has them."""
    if not isinstance(document, dict) or not all(isinstance(group, dict) for group in document.values()):
        return None
    lists = {f"{name}.{key}": value for name, group in document.items() for key, value in group.items()}
    return columns(lists) if all(isinstance(value, list) for value in lists.values()) else None


def _columns_with_names(document: Any) -> Log | None:
    """`{"columns": [{"name": "loss", "values": [2.5, 2.1, ...]}, ...]}`, as Polars has written them."""
    named = document.get("columns") if isinstance(document, dict) else None
    if not isinstance(named, list) or not all(isinstance(one, dict) for one in named):
        return None
    return columns({str(one.get("name")): one.get("values") for one in named})


def _split(document: Any) -> Log | None:
    """`{"columns": [...], "data": [[...], ...]}`, as pandas' `orient="split"` has them, and others by other names."""
    document = document[0] if isinstance(document, list) and len(document) == 1 else document
    heads = (
        [document[key] for key in _HEADS if isinstance(document.get(key), list)] if isinstance(document, dict) else []
    )
    names = list(map(str, heads[0] if heads else ()))
    for key in ("data", "values"):
        rows = document.get(key) if heads else None
        if isinstance(rows, list) and _is_table(rows) and len(rows[0]) == len(names):
            return Log([dict(zip(names, row, strict=True)) for row in rows], (key,))
    return None


SHAPES_WITHIN: tuple[Callable[[Any], Log | None], ...] = (
    *(
        series_with_names,
        series_in_records,
        list_of_records,
        _lists_of_records,
        _list_of_lists,
        _split,
        _columns_with_names,
    ),
    *(columns, series_of, _rows_by_index, _records_by_index),
)
"""The shapes of a log that is part of a document."""

SHAPES: tuple[Callable[[Any], Log | None], ...] = (
    *(list_of_numbers, *SHAPES_WITHIN, series_in_groups, _columns_in_groups, _numbers_by_index),
)


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record whose short lists of numbers and whose records within are keys of its own."""
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, list) and 0 < len(value) <= _MOST_ITEMS and all(map(is_number, value)):
            names = [key] if len(value) == 1 else [f"{key}[{number}]" for number in range(len(value))]
            flat.update(zip(names, value, strict=True))
        else:
            flat[key] = value
    return flat


def _of_kind(document: Any, kind: type) -> dict[str, Any]:
    """The values of a document that are lists, or records, if it has nothing else but texts and numbers."""
    if not isinstance(document, dict):
        return {}
    return (
        {key: value for key, value in document.items() if isinstance(value, kind)}
        if all(isinstance(value, kind) or is_cell(value) for value in document.values())
        else {}
    )


def _is_table(rows: Any) -> bool:
    """True if these are rows of as many cells each."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
        return False
    return len(set(map(len, rows))) == 1 and len(rows[0]) > 0 and all(is_cell(cell) for row in rows for cell in row)


def _is_stamp(value: Any) -> bool:
    return is_number(value) and 1e9 <= float(value) < 1e10
