"""The rule `custom` for schedules and patterns that no published rule has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.identify.candidate import Candidate
from ema_cli.identify.curves import DEBIASED, ELAPSED
from ema_cli.identify.expressions import Place, expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ema_cli.identify.estimates import Measured
    from ema_cli.identify.shapes import Shape


def customs(shape: Shape, measured: Measured) -> Iterator[Candidate]:
    """The settings of `custom` that have the decays of a schedule; where the shadow starts is left open."""
    if shape.curve is ELAPSED or (shape.curve is DEBIASED and shape.origin != -1):
        return
    log, counts = measured.log, shape.counter != "step"
    steps = None if counts else log.steps

    def counter(row: int) -> int:
        return row if steps is None else int(steps[row])

    place = Place(measured.phase, measured.period) if shape.counter == "update" else Place()
    parameters = {"decay": expression(shape, "step", place)}
    begin = measured.moving[0] if measured.held else 0
    if shape.lead > max(begin, 1):
        parameters["decay"] = f"0 if step < {counter(shape.lead)} else {parameters['decay']}"
    turns = range(measured.phase, begin, measured.period)
    if any(row not in measured.copies for row in turns):  # elsewhere an update would show nothing
        parameters["after"] = str(counter(begin))
    if measured.period > 1:
        parameters["update_every"] = str(measured.period)
        if (measured.phase + 1) % measured.period:
            parameters["phase"] = str(measured.phase + 1)
    if log.shadows[0] is None and measured.copies and measured.copies[0] == measured.first:
        parameters["start"] = "first"
    if shape.curve is DEBIASED:
        parameters |= {"debias": "power", "start": "zero"}
    own = counts and log.steps is not None
    name = measured.reading.dtype if log.exact else "float64"
    yield Candidate("custom", parameters, None, name, shape.cost, offset=None if own else 0, shape=shape)
