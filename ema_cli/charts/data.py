"""The data of a chart: the values of columns by round, step or time, in panels of one scale each."""

from __future__ import annotations

from itertools import repeat
from operator import itemgetter, lt
from typing import TYPE_CHECKING, Any

from ema_cli.core.gates import COPY
from ema_cli.core.record import Record
from ema_cli.reading.times import Times
from ema_cli.report.column_specs import View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.languages.language import Language
    from ema_cli.reading.batch import Batch
    from ema_cli.report.column_specs import Column
    from ema_cli.worksheet.blanks import Blanks, Hidden

MOST_SIGNS = 40
"""Points of a curve that have a sign each; more would hide it."""

_BUCKETS = 1000
_ROUND, _PLACE = 0, 2  # places in what is kept of a point

_LARGEST = 1e300
"""The largest value that a chart draws, and the inverse of the least but zero: the lengths that it computes with must
be finite, too, and more than zero."""

Point = tuple[float, float]
"""A place on the axis below, and a value."""

_Kept = tuple[int, float, Any]  # the round, the value, the step or time


class Curve:
    """Points of one curve. Of many, the first, the last, and the least and the greatest of each bucket are kept.

    Args:
        label: Its name in the legend.
        hidden: True for a round whose value is hidden; there the curve is broken.
    """

    def __init__(self, label: str, hidden: Callable[[int], bool]) -> None:
        self.label, self._hidden = label, hidden
        self.look = 0
        """The number of its colour and sign, which curves of one label in several panels share."""
        self.behind = False
        """True if it is the data under the averages."""
        self.bars = False
        """True if each value is a bar from zero."""
        self.along = _ROUND
        self._wide = 1  # rounds in a bucket
        self._buckets: list[tuple[_Kept, _Kept]] = []
        self._gaps: list[int] = []
        self._ends: list[_Kept] = []

    def add(self, number: int, values: Sequence[Any], along: Sequence[Any] | None = None) -> None:
        """Add values from a round on; None and numbers beyond a chart's range give no point."""
        for place, (value, at) in enumerate(zip(values, along or repeat(None), strict=False), number):
            if value is None or not -_LARGEST <= value <= _LARGEST:
                continue
            if self._hidden(place):
                self._gaps.append(place) if len(self._gaps) < _BUCKETS else None
                continue
            self._point((place, float(value) if abs(value) > 1 / _LARGEST else 0.0, at))

    def _point(self, point: _Kept) -> None:
        self._ends[1:] = [point]
        if self._buckets and self._buckets[-1][0][0] // self._wide == point[0] // self._wide:
            low, high = self._buckets[-1]
            if point[1] < low[1]:
                low = point
            if point[1] > high[1]:
                high = point
            self._buckets[-1] = low, high
            return
        self._buckets.append((point, point))
        if len(self._buckets) > _BUCKETS:
            self._merge()

    def _merge(self) -> None:
        """Double the width of the buckets."""
        self._wide *= 2
        merged: dict[int, tuple[_Kept, _Kept]] = {}
        for low, high in self._buckets:
            place = low[0] // self._wide
            if place in merged:
                low = min(merged[place][0], low, key=lambda point: point[1])
                high = max(merged[place][1], high, key=lambda point: point[1])
            merged[place] = low, high
        self._buckets = list(merged.values())

    @property
    def points(self) -> list[Point]:
        """All points that were kept, in order."""
        return [point for stroke in self.strokes() for point in stroke]

    def _kept(self) -> list[_Kept]:
        return sorted({*self._ends, *(point for bucket in self._buckets for point in bucket)}, key=itemgetter(_ROUND))

    def places(self) -> dict[int, float]:
        """The place on the axis below of each round that was kept."""
        return {point[0]: point[self.along] for point in self._kept() if point[self.along] is not None}

    def strokes(self) -> list[list[Point]]:
        """The points in runs between hidden rounds."""
        runs: list[list[Point]] = [[]]
        gaps = iter([*self._gaps, float("inf")])
        gap = next(gaps)
        for point in self._kept():
            if point[_ROUND] > gap:
                runs.append([])
                while point[_ROUND] > gap:
                    gap = next(gaps)
            if point[self.along] is not None:
                runs[-1].append((point[self.along], point[1]))
        return [run for run in runs if run]


class Panel(Record):
    """Curves on one scale, and the name of the scale."""

    label: str
    curves: list[Curve]
    bars: bool = False
    """True to draw each value as a bar from zero."""

    @property
    def values(self) -> list[float]:
        """Every value that is drawn, and zero below bars."""
        found = [point[1] for curve in self.curves for point in curve.points]
        return [*found, 0.0] if self.bars else found


def legend(panels: Sequence[Panel]) -> dict[str, Curve]:
    """The first curve of each label."""
    found: dict[str, Curve] = {}
    for panel in panels:
        for curve in panel.curves:
            found.setdefault(curve.label, curve)
    return found


class Chart:
    """The columns of an output as curves, by round, step or time.

    Args:
        columns: The columns to draw, each with an axis (`report/column_specs.py`).
        averages: For each average, that of each param.
        labels: The differences between the averages; empty for a single one.
        names: The params' names; empty for a single one that has none.
        language: The language of legend and axes.
        step_name: The step column of a file, by which curves are drawn unless another column is asked for.
        time_name: The time column, which goes before it.
        key: The column to draw by, `round`, `step` or `time`; None for the times or the rising steps of a file, else
            the rounds.
        blanks: Cells to be filled in, which must not be drawn.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        averages: Sequence[Sequence[Average]],
        labels: Sequence[str],
        names: Sequence[str],
        language: Language,
        step_name: str = "",
        time_name: str | None = None,
        key: str | None = None,
        blanks: Blanks | None = None,
    ) -> None:
        self.language, self._names, self._averages = language, names, averages
        self._keys = {"round": "", "step": step_name, "time": time_name or ""}
        self._by = key or next((name for name in ("time", "step") if self._keys[name]), "round")
        self._must_rise = key is None
        self._last_step: Any = -1
        self._times = Times()
        self._curves: list[tuple[Column, tuple[int, int], Curve]] = []
        width = len(averages[0])
        for of_averages in False, True:
            some = [column for column in columns if (column.scope != "param") is of_averages]
            for number, label in enumerate(labels) if of_averages else [(0, "")]:
                for column in some:
                    alone = sum(other.axis == column.axis for other in some) == 1
                    for index in range(1) if column.scope == "average" else range(width):
                        own = names[index] if width > 1 and column.scope != "average" else ""
                        kind = "" if (own and not of_averages) or (label and alone) else language.say(column.name)
                        text = language.say(", ").join(filter(None, [own, kind, label]))
                        place = number, index
                        self._curves.append((column, place, Curve(text, _hides(blanks, place, column.name))))

    def add(self, first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        """Add the rounds of a batch."""
        places = self._places(batch, rounds)
        for column, (number, index), curve in self._curves:
            average, own = self._averages[number][index], rounds[number][index]
            if first == 1 and _begins_at_initial(average, own):
                curve.add(0, [column.start(average)])
            view = View(batch, index, own, average, alone=len(rounds) == 1)
            curve.add(first, [*(column.drawn or column.read)(view)], places)

    def _places(self, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> Sequence[Any] | None:
        """The steps or times of a batch; None to draw by round."""
        if self._by == "time" and batch.kept:
            times, unit = self._times.read(batch, batch.kept[-1]), 10**9 if self._times.dated else 1
            return [float(time / unit) if abs(time) < _LARGEST else None for time in times]
        return self._steps(batch, rounds) if self._by == "step" else None

    def _steps(self, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> Sequence[Any] | None:
        """The steps of a batch. Where they do not rise and were not asked for, the rounds stand below the chart."""
        steps = batch.steps if batch.steps is not None else rounds[0][0].steps
        rises = steps is not None and None not in steps
        if rises and steps is not None and self._must_rise:
            rises = all(map(lt, [self._last_step, *steps], steps))
            self._last_step = steps[-1]
        self._by = "step" if rises else "round"
        return steps

    @property
    def key(self) -> str:
        """The name of the axis below."""
        return self._keys[self._by] or self.language.say(self._by)

    @property
    def dated(self) -> bool:
        """True if the places are dates, in seconds since 1970."""
        return self._by == "time" and bool(self._times.dated)

    def panels(self) -> list[Panel]:
        """The curves that have a point, those on one scale together."""
        axes: dict[str, list[tuple[Column, Curve]]] = {}
        for column, _, curve in self._curves:
            curve.along = _ROUND if self._by == "round" else _PLACE
            if curve.points:
                curve.behind = column.scope == "param" and len(curve.points) > MOST_SIGNS
                axes.setdefault(column.axis, []).append((column, curve))
        panels = [
            Panel(self._axis_name([column for column, _ in own]), [curve for _, curve in own], bars=own[0][0].bars)
            for own in axes.values()
        ]
        labels = list(legend(panels))
        for panel in panels:
            for curve in panel.curves:
                curve.look, curve.bars = labels.index(curve.label), panel.bars
        return panels

    def _axis_name(self, columns: Sequence[Column]) -> str:
        """The name of a scale: that of its one column or param, or `value`."""
        say = self.language.say
        if columns[0].axis == "value" and len(self._names) == 1:
            return self._names[0]
        kinds = {column.name: column for column in columns}
        return say(columns[0].heading if len(kinds) == 1 else "value")


def _begins_at_initial(average: Average, rounds: Rounds) -> bool:
    """True if the initial value is one of the shadow: a debiased one has none yet, and a copy doesn't start there."""
    begins = rounds.actions is None or rounds.actions[0] != COPY
    return begins and average.readout is None and average.initial is not None


def _hides(blanks: Blanks | None, place: tuple[int, int], kind: str) -> Callable[[int], bool]:
    if blanks is None:
        return lambda number: False
    hidden: Hidden | None = blanks.hidden(place, kind)
    return (lambda number: False) if hidden is None else lambda number: hidden(kind, number)
