"""Logs of training tools, recognised by content: their step column and their params.

To add a log: a few lines in `of_header`, or in `of_first_row` if it has no header. A note says what was recognised;
--step-column and --param-column decide otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import is_number, whole
from ema_cli.core.record import Record
from ema_cli.reading.cells import is_numeric
from ema_cli.reading.column_names import CLOCK, known_as

if TYPE_CHECKING:
    from collections.abc import Sequence

_EXTREMES = ("__MIN", "__MAX")
# Milliseconds since 1970, as MLflow stamps them: the years 2001 to 2286.
_FIRST_STAMP, _LAST_STAMP = 10**12, 10**13


class KnownLog(Record):
    """A kind of log that has been recognised."""

    name: str
    """Tool that wrote the log."""
    step: int | None
    """The place of the step, from 0; None if it has none."""
    params: tuple[int, ...] = ()
    """The places of the params; empty where the names of the columns say which they are."""


def of_header(names: Sequence[str]) -> KnownLog | None:
    """The log whose header this is, if the names alone don't say which column is the step.

    >>> of_header(["epoch_id", "run - loss", "run - loss__MIN", "run - loss__MAX"]).step
    0
    """
    if any(name.endswith(_EXTREMES) and name[: -len(_EXTREMES[0])] in names for name in names):
        axis = known_as(names[0])
        return KnownLog("a chart of Weights & Biases", None if axis is not None and axis.role == CLOCK else 0)
    return None


def of_first_row(row: Sequence[str], delimiter: str) -> KnownLog | None:
    """The log without a header whose first row this is.

    >>> of_first_row(["1595270400000", "0.5", "3"], " ").step
    2
    """
    if delimiter == " " and len(row) in (2, 3) and is_number(row[0]) and all(map(is_numeric, row)):
        stamp = whole(row[0])
        if stamp is not None and _FIRST_STAMP <= stamp < _LAST_STAMP:
            return KnownLog("a metric of MLflow", 2 if len(row) == 3 else None, (1,))
    return None
