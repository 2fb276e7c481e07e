"""Common shapes of a log in a JSON document; each function returns its records, or None for another shape."""

from __future__ import annotations

import re
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

from ema_cli.reading.cells import is_numeric
from ema_cli.reading.column_names import STEP_RANKS, is_setting, step_rank
from ema_cli.reading.dates import is_date
from ema_cli.reading.json_record import JsonLog, Written, is_cell, is_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_HEADS = ("columns", "column_names", "labels")
"""Keys of column names, in JSON of pandas and InfluxDB, Quandl, and Netdata."""
_NUMBERED = re.compile(r"([^\d]*)(\d+)")
"""A numbered key of a record: `10`, `epoch_10`."""
_TURN_KEYS = "to_entries | reverse | from_entries"
_MOST_ITEMS = 16
"""Longest list of numbers in a record that becomes one column per item."""
_STEPS = ("steps", "step", "x")
_VALUES = ("values", "value", "y")
_PAIRS = {
    "values": ("timestamp", "value"),
    "pointlist": ("timestamp", "value"),
    "dps": ("timestamp", "value"),
    "datapoints": ("value", "timestamp"),
    "data": ("step", "value"),
}
"""Keys of lists of pairs (Prometheus, Datadog, OpenTSDB, Graphite, Highcharts), with the meaning of each pair."""
_SERIES = (*_PAIRS, "times")
"""Keys of a list that is a series even if there are single numbers beside it; also in Strava and hyperfine."""
_FIRST_STAMP = 1e9
"""Smallest number that is read as seconds since 1970, not as a step."""
_FEW = 16
"""Number of points at the start of a series in which repeated steps are detected."""


def list_of_records(document: Any) -> JsonLog | None:
    """`[{"step": 0, "loss": 1}, ...]`, or a list of such lists, as in Home Assistant's history."""
    if isinstance(document, list) and document and all(isinstance(part, list) for part in document):
        document = [record for part in document for record in part]
    if not isinstance(document, list) or not all(isinstance(item, dict) for item in document):
        return None
    return JsonLog([_flat(record) for record in document], filter="reverse")


def _list_of_lists(document: Any) -> JsonLog | None:
    """`[[1575618724.7, 43, 2.84], ...]`, as downloaded from TensorBoard; or rows with or without a header; or
    columns, `[[0, 1, 2, 3, 4], [2.5, 2.1, ...]]`, if the first one rises.
    """
    if not _is_table(document):
        return None
    across = 1 < len(document) < len(document[0]) > 4 and all(map(is_number, document[0]))
    across = across and all(float(before) < float(after) for before, after in pairwise(document[0]))
    document = list(zip(*document, strict=True)) if across else document
    width, names = len(document[0]), tuple(map(str, document[0]))
    if len(set(names)) == width and len(document) > 1 and not any(map(is_numeric, names)):
        return _below(names, document[1:])
    stamped = width == 3 and all(is_number(a) and 1e9 <= float(a) < 1e10 and str(b).isdecimal() for a, b, _ in document)
    names = ("Wall time", "Step", "Value") if stamped else tuple(map(str, range(1, width + 1)))
    return _below(names, document).but(named=stamped, filter="map(reverse)" if across else "reverse")


def list_of_numbers(document: Any) -> JsonLog | None:
    """`[2.5, 2.1, ...]`."""
    if not isinstance(document, list) or not document or not all(map(is_number, document)):
        return None
    return JsonLog([{"param": item} for item in document])


def columns(document: Any) -> JsonLog | None:
    """`{"loss": [2.5, 2.1, ...], "accuracy": [...]}`, as in Keras' History; beside them may be shorter tables."""
    lists = _of_kind(document, list)
    others = [key for key, value in lists.items() if any(isinstance(item, list | dict) for item in value)]
    flat = {key: value for key, value in lists.items() if key not in others}
    short = len(flat) > 1 and all(
        _is_table(lists[key]) and len(lists[key]) <= max(map(len, flat.values())) for key in others
    )
    if (others and not short) or len(set(map(len, flat.values()))) != 1:
        return None
    log = _below(flat, zip(*flat.values(), strict=True))
    return log.but(
        filter="map_values(arrays |= reverse)", others=tuple(JsonLog([], keys=(key,)).path for key in others)
    )


def _rows_by_index(document: Any) -> JsonLog | None:
    """`{"loss": {"0": 2.5, "1": 2.1}, ...}`, as written by pandas' to_json; the index may be dates."""
    tables = _of_kind(document, dict)
    rows = list(next(iter(tables.values()))) if tables else []
    if not rows or any(list(table) != rows or not all(map(is_cell, table.values())) for table in tables.values()):
        return None
    return _indexed({row: {name: table[row] for name, table in tables.items()} for row in rows})


def _records_by_index(document: Any) -> JsonLog | None:
    """`{"0": {"loss": 2.5}, "1": {"loss": 2.1}, ...}`, as pandas writes with `orient="index"`; keys may be dates."""
    if not isinstance(document, dict) or len(document) < 2:
        return None
    kinds = [{*map(type, one.values())} if isinstance(one, dict) else {list} for one in document.values()]
    return None if {list} in kinds else _indexed(document)  # groups of lists are no records


def _indexed(records: Mapping[str, Mapping[str, Any]]) -> JsonLog | None:
    """Records with a row number, a step or a date as the key; None for other keys."""
    name, steps = "date", list(records)
    if not all(map(is_date, records)):
        matches = [_NUMBERED.fullmatch(row) for row in records]
        found = [match.groups() for match in matches if match]
        if len(found) < len(matches) or len({word for word, _ in found}) > 1:
            return None
        name, steps = found[0][0].strip(" _-"), [number for _, number in found]
    flat = list(map(_flat, records.values()))
    numbered = step_rank(name) == STEP_RANKS and steps == list(map(str, range(len(steps))))
    name = name or "step"
    if numbered or any(name in record for record in flat):
        return JsonLog(flat)
    rows = [{name: Written(step) if name != "date" else step} | row for step, row in zip(steps, flat, strict=True)]
    return JsonLog(rows, filter=_TURN_KEYS)


def _numbers_by_index(document: Any) -> JsonLog | None:
    """`{"0": 2.5, "1": 2.1, ...}`, as pandas' to_json writes a single column."""
    numbers = isinstance(document, dict) and len(document) > 1 and all(map(is_number, document.values()))
    return _rows_by_index({"param": document}) if numbers else None


def _in_groups(document: Any) -> JsonLog | None:
    """`{"train": {"loss": [2.5, 2.1, ...]}, "valid": {...}}`, as in XGBoost's evals_result; or series with their
    own steps, `{"loss": {"train": {"x": [...], "y": [...]}, ...}, ...}`, as in ClearML.
    """
    if not isinstance(document, dict) or not all(isinstance(group, dict) for group in document.values()):
        return None
    series = {f"{name}.{key}": one for name, group in document.items() for key, one in group.items()}
    lists = all(isinstance(one, list) for one in series.values())
    return columns(series) if lists else _series(series)


def _with_names(document: Any) -> JsonLog | None:
    """`[{"name": "loss", "x": [...], "y": [...]}, ...]`, as in Comet."""
    if not isinstance(document, list) or not all(isinstance(one, dict) and "name" in one for one in document):
        return None
    return _series({str(one["name"]): one for one in document})


def _split(document: Any) -> JsonLog | None:
    """`{"columns": [...], "data": [[...], ...]}`, as pandas writes with `orient="split"`; others use other keys, and
    records for the columns, such as `{"name": "loss"}`.
    """
    found = [one for one in document.items() if isinstance(one[1], list)] if isinstance(document, dict) else []
    for (key, rows), (head, heads) in product(found, found):
        names = [
            one.get("name") or one.get("title") if isinstance(one, dict) else head in _HEADS and one for one in heads
        ]
        if _is_table(rows) and len(rows[0]) == len(names) and all(names):
            return _below(map(str, names), rows).but(keys=(key,))
    return None


def _series_in_records(document: Any) -> JsonLog | None:
    """`[{"metric": {"instance": "a"}, "values": [[1700000000, "0.5"], ...]}, ...]`, as in Prometheus, and similar
    records that each hold one series and no single number.
    """
    if not isinstance(document, list) or not document or not all(isinstance(one, dict) for one in document):
        return None
    rows: list[dict[str, Any]] = []
    for one in document:
        if isinstance(one.get("metric"), dict) and isinstance(one.get("value"), list):  # one point of Prometheus
            one = {"metric": one["metric"], "values": [one["value"]]}
        if isinstance(points := one.get("dps"), dict):
            one = one | {"dps": [[Written(stamp), value] for stamp, value in points.items()]}
        lists = {key: value for key, value in one.items() if isinstance(value, list) and (value[1:] or key in _PAIRS)}
        labels = {key: value for key, value in one.items() if key not in lists}
        told = [one for label in labels.values() for one in (label.values() if isinstance(label, dict) else [label])]
        told += [item for one in told if isinstance(one, list) for item in one]
        odd = any(isinstance(one, dict) or (is_number(one) and lists.keys().isdisjoint(_SERIES)) for one in told)
        if odd or len(set(map(len, lists.values()))) != 1 or not lists.keys().isdisjoint(_HEADS):
            return None
        labels = {key: label for key, label in labels.items() if not is_number(label)}
        points = [_point(dict(zip(lists, row, strict=True))) for row in zip(*lists.values(), strict=True)]
        if not all(is_cell(value) for point in points for value in point.values()):
            return None
        rows += [labels | point for point in points]
    return JsonLog(rows)


def _point(cells: dict[str, Any]) -> dict[str, Any]:
    """One point of a series as a record; a pair of time and value is split."""
    for key, names in _PAIRS.items():
        if isinstance(pair := cells.get(key), list) and len(pair) == 2:
            point = dict(zip(names, pair, strict=True))
            stamped = is_number(point.get("step")) and float(point["step"]) >= _FIRST_STAMP
            return {"timestamp": point["step"], "value": point["value"]} if stamped else point
    return cells


def _series(document: Any) -> JsonLog | None:
    """`{"training.loss": {"steps": [...], "values": [...]}, ...}`, as in Sacred, each with its own steps."""
    if not isinstance(document, dict) or not document:
        return None
    rows: dict[Any, dict[str, Any]] = {}
    for name, one in document.items():
        points = _points(one)
        if points is None:
            return None
        for number, (step, value) in enumerate(points):
            # A repeated step becomes another row.
            key = (step, sum(other == step for other, _ in points[:number]) if number < _FEW else number)
            rows.setdefault(key, {"step": step})[name] = value
    return JsonLog([rows[at] for at in sorted(rows, key=lambda at: (float(at[0]), at[1]))], sparse=len(document) > 1)


def _points(one: Any) -> Sequence[tuple[Any, Any]] | None:
    """The pairs of step and value of one series; None if it has another shape."""
    if not isinstance(one, dict):
        return None
    steps, values = (next(filter(None, map(one.get, keys)), None) for keys in (_STEPS, _VALUES))
    if not isinstance(steps, list) or not isinstance(values, list) or len(steps) != len(values):
        return None
    return list(zip(steps, values, strict=True)) if all(map(is_number, steps)) else None


SHAPES_WITHIN: tuple[Callable[[Any], JsonLog | None], ...] = (
    *(_with_names, _series_in_records, list_of_records, _list_of_lists, _split),
    *(columns, _series, _rows_by_index, _records_by_index),
)
"""Shapes recognized below the top level of a document, too."""

SHAPES: tuple[Callable[[Any], JsonLog | None], ...] = (list_of_numbers, *SHAPES_WITHIN, _in_groups, _numbers_by_index)


def _below(names: Iterable[str], rows: Iterable[Sequence[Any]]) -> JsonLog:
    """A log of rows under these names."""
    heads = list(names)
    return JsonLog([dict(zip(heads, row, strict=True)) for row in rows])


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Flatten the short lists of numbers in a record, `x` to `x[0]`, `x[1]`; a list of one item becomes the item."""
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, list) and 1 < len(value) <= _MOST_ITEMS and all(map(is_number, value)):
            flat.update((f"{key}[{number}]", one) for number, one in enumerate(value))
        else:
            flat[key] = value
    return flat


def _of_kind(document: Any, kind: type) -> dict[str, Any]:
    """The lists or dicts (`kind`) in a document; empty if it also has containers that are neither this nor settings."""
    if not isinstance(document, dict):
        return {}
    found = {key: value for key, value in document.items() if not is_cell(value) and not is_setting(key)}
    return found if all(isinstance(value, kind) for value in found.values()) else {}


def _is_table(rows: Any) -> bool:
    """True for a list of rows of one width, with plain cells."""
    even = isinstance(rows, list) and all(isinstance(row, list) for row in rows) and len(set(map(len, rows))) == 1
    return even and len(rows[0]) > 0 and all(is_cell(cell) for row in rows for cell in row)
