"""The scales of a chart: limits and round ticks, which every chart writer shares."""

from __future__ import annotations

from itertools import pairwise
from math import floor, log10
from typing import TYPE_CHECKING

from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.charts.data import Panel


def ticks(low: float, high: float, count: int = 6) -> list[float]:
    """Round numbers between two, about as many as asked for."""
    rough = (high - low) / count
    unit = 10.0 ** floor(log10(rough))
    step = unit * next(times for times in (1, 2, 5, 10) if unit * times >= rough * 0.8)
    first = -floor(-low / step)
    return [float(f"{step * number:.12g}") for number in range(first, floor(high / step + 1e-9) + 1)]


class Scale(Record):
    """One axis, from its least value to its greatest."""

    low: float
    high: float
    whole: bool = False
    """True for whole numbers alone."""
    unit: float = 1.0
    """The least distance of its places, the room of a bar."""

    def at(self, value: float) -> float:
        """The place of a value on the axis: 0 at its low end, 1 at its high end."""
        return (value - self.low) / (self.high - self.low)

    def ticks(self, count: int = 6) -> list[float]:
        """Round numbers on the axis."""
        return ticks(self.low, self.high, count)

    def named(self, count: int = 6) -> list[tuple[float, str]]:
        """Round numbers on the axis, each with a text that differs from the others."""
        if self.whole:
            return [(tick, str(int(tick))) for tick in self.ticks(count) if tick == int(tick)]
        some = self.ticks(count)
        digits = next((few for few in range(6, 17) if len({f"{tick:.{few}g}" for tick in some}) == len(some)), 17)
        return [(tick, f"{tick:.{digits}g}") for tick in some]


def of_places(panels: Sequence[Panel]) -> Scale:
    """The axis of rounds or steps, which all panels share; bars have room on both sides."""
    places = sorted({point[0] for panel in panels for curve in panel.curves for point in curve.points})
    unit = min((after - before for before, after in pairwise(places)), default=1)
    beside = unit / 2 if any(panel.bars for panel in panels) else 0
    whole = all(place == int(place) for place in places)
    return Scale(places[0] - beside, max(places[-1], places[0] + unit) + beside, whole, unit)


def of_values(panel: Panel) -> Scale:
    """The axis of a panel's values, with some room above and below; bars stand on zero."""
    values = panel.values
    low, high = min(values), max(values)
    margin = (high - low) * 0.05 or abs(values[0]) * 0.5 or 1.0
    return Scale(low if panel.bars and low == 0 else low - margin, high if panel.bars and high == 0 else high + margin)
