"""The shapes of JSON in which each series has steps or times of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.reading.json_log import Log, is_cell, is_number
from ema_cli.reading.json_record import Written

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEPS = ("steps", "step", "x")
_VALUES = ("values", "value", "y")
_PAIRS = {
    "values": ("timestamp", "value"),
    "pointlist": ("timestamp", "value"),
    "dps": ("timestamp", "value"),
    "datapoints": ("value", "timestamp"),
}
"""Keys of lists of pairs, of Prometheus, Datadog, OpenTSDB and Graphite, with the meaning of each pair."""
_FEW = 16
"""Points of a series in which a step that stands again is looked for."""


def series_in_groups(document: Any) -> Log | None:
    """`{"loss": {"train": {"x": [...], "y": [...]}, ...}, ...}`, as ClearML has them."""
    if not isinstance(document, dict) or not all(isinstance(group, dict) for group in document.values()):
        return None
    return series_of({f"{name}.{key}": one for name, group in document.items() for key, one in group.items()})


def series_with_names(document: Any) -> Log | None:
    """`[{"name": "loss", "x": [...], "y": [...]}, ...]`, as Comet has them."""
    if not isinstance(document, list) or not all(isinstance(one, dict) and "name" in one for one in document):
        return None
    return series_of({str(one["name"]): one for one in document})


def series_in_records(document: Any) -> Log | None:
    """`[{"metric": {"instance": "a"}, "values": [[1700000000, "0.5"], ...]}, ...]`, as Prometheus has them, and other
    records that hold a series each and no number beside it.
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
        odd = any(isinstance(one, dict) or (is_number(one) and lists.keys().isdisjoint(_PAIRS)) for one in told)
        if odd or len(set(map(len, lists.values()))) != 1:
            return None
        labels = {key: label for key, label in labels.items() if not is_number(label)}
        points = [_point(dict(zip(lists, row, strict=True))) for row in zip(*lists.values(), strict=True)]
        if not all(is_cell(value) for point in points for value in point.values()):
            return None
        rows += [labels | point for point in points]
    return Log(rows)


def _point(cells: dict[str, Any]) -> dict[str, Any]:
    """One point of a series, whose time and value may stand in a pair."""
    for key, names in _PAIRS.items():
        if isinstance(pair := cells.get(key), list) and len(pair) == 2:
            return dict(zip(names, pair, strict=True))
    return cells


def series_of(document: Any) -> Log | None:
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
            key = (step, sum(other == step for other, _ in points[:number]) if number < _FEW else number)
            rows.setdefault(key, {"step": step})[name] = value
    order = sorted(rows, key=lambda key: (float(key[0]), key[1]))
    return Log([rows[key] for key in order], sparse=len(document) > 1)


def _points(one: Any) -> Sequence[tuple[Any, Any]] | None:
    """The steps and values of one series."""
    if not isinstance(one, dict):
        return None
    steps = next((one[key] for key in _STEPS if isinstance(one.get(key), list)), None)
    values = next((one[key] for key in _VALUES if isinstance(one.get(key), list)), None)
    if not steps or values is None or len(steps) != len(values) or not all(map(is_number, steps)):
        return None
    return list(zip(steps, values, strict=True))
