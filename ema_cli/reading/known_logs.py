"""Logs recognized by their header or first row, with their step and params.

Most logs need no code here, as their columns are recognized by name (`reading/column_names.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import is_number, whole
from ema_cli.core.record import Record
from ema_cli.reading.cells import is_numeric
from ema_cli.reading.column_names import CLOCK

if TYPE_CHECKING:
    from ema_cli.reading.column_facts import Sample

_EXTREMES = ("__MIN", "__MAX")

_FIRST_STAMP, _LAST_STAMP = 10**12, 10**13
"""Milliseconds since 1970, as MLflow stamps its metrics: the years 2001 to 2286."""


class KnownLog(Record):
    """A kind of log."""

    name: str
    """Tool that wrote the log."""
    step: int | None
    """The place of the step column, from 0; None for a log without a step."""
    params: tuple[int, ...] = ()
    """The places of the params; empty to choose them by the names of the columns."""


def known_log(sample: Sample) -> KnownLog | None:
    """The kind of log by its first rows; None if unknown. --step-column and --param-column override it."""
    heads, row = sample.heads, sample.rows[:1]
    if sample.named and any(head.endswith(_EXTREMES) and head[: -len(_EXTREMES[0])] in heads for head in heads):
        axis = sample.entry(0)
        return KnownLog("a chart of Weights & Biases", None if axis is not None and axis.role == CLOCK else 0)
    if sample.named and {"timeStamp", "elapsed", "label"} <= set(heads):
        return KnownLog("a log of JMeter", None, (heads.index("elapsed"),))
    if sample.named and heads[:5] == ["YY", "MM", "DD", "hh", "mm"]:
        values = (place for place in range(5, sample.width) if sample.column(place).is_numeric)
        return KnownLog("a log of a buoy", None, tuple(values))
    if not sample.named and sample.delimiter == " " and len(heads) in (2, 3) and all(map(is_numeric, row[0])):
        stamp = whole(row[0][0]) if is_number(row[0][0]) else None
        if stamp is not None and _FIRST_STAMP <= stamp < _LAST_STAMP:
            return KnownLog("a metric of MLflow", 2 if len(heads) == 3 else None, (1,))
    return None
