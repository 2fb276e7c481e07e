"""The shapes in which people save a log as one JSON document, and the records that each of them holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record
from ema_cli.reading.json_record import Written
from ema_cli.reading.moments import is_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Records = list[dict[str, Any]]

KEYS = ("log_history", "rounds")
"""Lists of records that are looked for first: of the Transformers' trainer_state.json, and of ema-calc's own JSON."""

_STEPS = ("steps", "step", "x")
_VALUES = ("values", "value", "y")
_MOST_ITEMS = 16
"""A list of no more numbers within a record stands for a column for each."""


class Log(Record):
    """The records of a document."""

    records: Records
    where: str = ""
    """The key that they stand under."""
    named: bool = True
    """True if they have names, and not numbers, for keys."""
    sparse: bool = False
    """True if a gap is no update: each column has steps of its own."""


def log_of(document: Any) -> Log | None:
    """The log that a document holds; None if it is none."""
    for shape in _SHAPES:
        log = shape(document)
        if log is not None:
            return log
    return None


def _list_of_records(document: Any) -> Log | None:
    """`[{"step": 0, "loss": 1}, ...]`."""
    if not isinstance(document, list) or not all(isinstance(item, dict) for item in document):
        return None
    return Log([_flat(record) for record in document])


def _list_of_lists(document: Any) -> Log | None:
    """`[[1575618724.7, 43, 2.84], ...]`, as TensorBoard's download has them, or rows without names."""
    if not _is_table(document):
        return None
    width = len(document[0])
    stamped = width == 3 and all(_is_stamp(row[0]) for row in document)
    names = ("Wall time", "Step", "Value") if stamped else tuple(map(str, range(1, width + 1)))
    return Log([dict(zip(names, row, strict=True)) for row in document], named=stamped)


def _list_of_numbers(document: Any) -> Log | None:
    """`[2.5, 2.1, ...]`."""
    if not isinstance(document, list) or not document or not all(map(_is_number, document)):
        return None
    return Log([{"param": item} for item in document])


def _records_under_a_key(document: Any) -> Log | None:
    """`{"log_history": [{...}, ...]}`, or any other key with the only list of records."""
    if not isinstance(document, dict):
        return None
    lists = [key for key, value in document.items() if value and isinstance(value, list) and _list_of_records(value)]
    known = [key for key in KEYS if isinstance(document.get(key), list)] or lists
    if len(known) != 1 and not set(known) & set(KEYS):
        return None
    log = _list_of_records(document[known[0]])
    return None if log is None else log.but(where=known[0])


def _columns(document: Any) -> Log | None:
    """`{"loss": [2.5, 2.1, ...], "accuracy": [...]}`, as Keras' History has them."""
    lists = _of_kind(document, list)
    if not lists or not all(all(not isinstance(item, list | dict) for item in value) for value in lists.values()):
        return None
    if len(set(map(len, lists.values()))) > 1:
        return None
    return Log([dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)])


def _rows_by_index(document: Any) -> Log | None:
    """`{"loss": {"0": 2.5, "1": 2.1}, ...}`, as pandas' to_json has them; the index may be dates."""
    tables = _of_kind(document, dict)
    rows = list(next(iter(tables.values()))) if tables else []
    if not rows or any(list(table) != rows or not all(map(_is_cell, table.values())) for table in tables.values()):
        return None
    if all(map(is_date, rows)):
        return Log([{"date": row} | {name: table[row] for name, table in tables.items()} for row in rows])
    if not all(row.isdecimal() for row in rows):
        return None
    return Log([{name: table[row] for name, table in tables.items()} for row in rows])


def _records_by_index(document: Any) -> Log | None:
    """`{"0": {"loss": 2.5}, "1": {"loss": 2.1}, ...}`, as pandas' `orient="index"` has them."""
    if not _is_indexed(document) or not all(isinstance(record, dict) for record in document.values()):
        return None
    return Log([_flat(record) for record in document.values()])


def _numbers_by_index(document: Any) -> Log | None:
    """`{"0": 2.5, "1": 2.1, ...}`, as pandas' to_json has one column."""
    if not _is_indexed(document) or not all(map(_is_number, document.values())):
        return None
    return Log([{"param": number} for number in document.values()])


def _columns_in_groups(document: Any) -> Log | None:
    """`{"train": {"loss": [2.5, 2.1, ...]}, "valid": {...}}`, as XGBoost's evals_result has them."""
    if not isinstance(document, dict) or not all(isinstance(group, dict) for group in document.values()):
        return None
    lists = {f"{name}.{key}": value for name, group in document.items() for key, value in group.items()}
    return _columns(lists) if all(isinstance(value, list) for value in lists.values()) else None


def _columns_with_names(document: Any) -> Log | None:
    """`{"columns": [{"name": "loss", "values": [2.5, 2.1, ...]}, ...]}`, as Polars has written them."""
    columns = document.get("columns") if isinstance(document, dict) else None
    if not isinstance(columns, list) or not all(isinstance(one, dict) for one in columns):
        return None
    return _columns({str(one.get("name")): one.get("values") for one in columns})


def _split(document: Any) -> Log | None:
    """`{"columns": [...], "index": [...], "data": [[...], ...]}`, as pandas' `orient="split"` has them."""
    if not isinstance(document, dict) or not {"columns", "data"} <= document.keys() or not _is_table(document["data"]):
        return None
    names = list(map(str, document["columns"]))
    if len(names) != len(document["data"][0]):
        return None
    return Log([dict(zip(names, row, strict=True)) for row in document["data"]], "data")


def _series_in_groups(document: Any) -> Log | None:
    """`{"loss": {"train": {"x": [...], "y": [...]}, ...}, ...}`, as ClearML has them."""
    if not isinstance(document, dict) or not all(isinstance(group, dict) for group in document.values()):
        return None
    return _series({f"{name}.{key}": one for name, group in document.items() for key, one in group.items()})


def _series_with_names(document: Any) -> Log | None:
    """`[{"name": "loss", "x": [...], "y": [...]}, ...]`, as Comet has them."""
    if not isinstance(document, list) or not all(isinstance(one, dict) and "name" in one for one in document):
        return None
    return _series({str(one["name"]): one for one in document})


def _series(document: Any) -> Log | None:
    """`{"training.loss": {"steps": [...], "values": [...]}, ...}`, as Sacred has them, each with steps of its own."""
    if not isinstance(document, dict) or not document:
        return None
    rows: dict[Any, dict[str, Any]] = {}
    for name, one in document.items():
        points = _points(one)
        if points is None:
            return None
        for number, (step, value) in enumerate(points):
            # The same step again is another row.
            key = (step, sum(other == step for other, _ in points[:number]) if number < _MOST_ITEMS else number)
            rows.setdefault(key, {"step": step})[name] = value
    order = sorted(rows, key=lambda key: (float(key[0]), key[1]))
    return Log([rows[key] for key in order], sparse=len(document) > 1)


def _points(one: Any) -> Sequence[tuple[Any, Any]] | None:
    """The steps and values of one series."""
    if not isinstance(one, dict):
        return None
    steps = next((one[key] for key in _STEPS if isinstance(one.get(key), list)), None)
    values = next((one[key] for key in _VALUES if isinstance(one.get(key), list)), None)
    if not steps or values is None or len(steps) != len(values) or not all(map(_is_number, steps)):
        return None
    return list(zip(steps, values, strict=True))


_SHAPES: tuple[Callable[[Any], Log | None], ...] = (
    *(_series_with_names, _list_of_records, _list_of_lists, _list_of_numbers, _split, _columns_with_names),
    *(_records_under_a_key, _columns, _series, _series_in_groups, _columns_in_groups),
    *(_rows_by_index, _records_by_index, _numbers_by_index),
)


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record whose short lists of numbers and whose records within are keys of its own."""
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, list) and 0 < len(value) <= _MOST_ITEMS and all(map(_is_number, value)):
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
        if all(isinstance(value, kind) or _is_cell(value) for value in document.values())
        else {}
    )


def _is_table(rows: Any) -> bool:
    """True if these are rows of as many cells each."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
        return False
    return len(set(map(len, rows))) == 1 and len(rows[0]) > 0 and all(_is_cell(cell) for row in rows for cell in row)


def _is_indexed(document: Any) -> bool:
    """True if a document has the numbers of rows for keys."""
    return isinstance(document, dict) and len(document) > 1 and all(key.isdecimal() for key in document)


def _is_cell(value: Any) -> bool:
    return not isinstance(value, list | dict)


def _is_number(value: Any) -> bool:
    """True if a value is a number, which stands here as the text that was written."""
    return isinstance(value, Written)


def _is_stamp(value: Any) -> bool:
    return _is_number(value) and 1e9 <= float(value) < 1e10
