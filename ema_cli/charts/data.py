"""The data of a chart: values of columns by round, step or time, in panels with one scale each."""

from __future__ import annotations

from itertools import pairwise
from operator import lt
from typing import TYPE_CHECKING, Any

from ema_cli.charts.downsample import LARGEST, Trace
from ema_cli.charts.scale import Scale
from ema_cli.core.gates import COPY
from ema_cli.core.record import Record
from ema_cli.reading.time_and_decay import Times
from ema_cli.report.column_specs import View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.charts.downsample import Point
    from ema_cli.core.rounds import Rounds
    from ema_cli.report.column_specs import Column
    from ema_cli.report.header import Headline
    from ema_cli.report.output import Results
    from ema_cli.text.language import Language, Say
    from ema_cli.worksheet.blanks import Blanks, Hidden

MOST_CURVES = 8
"""The most curves of a chart with groups; more would hide each other."""

MOST_SIGNS = 40
"""The most points of a curve that are drawn with signs; more would hide the curve."""


class Curve(Record):
    """One curve, or one row of bars."""

    label: str
    """Its name in the legend."""
    strokes: list[list[Point]]
    """Its points, split into runs at hidden rounds."""
    look: int
    """The number of its colour and sign; curves with the same label in several panels share it."""
    bars: bool = False
    """True if each value is a bar from zero."""
    behind: bool = False
    """True if it is data drawn thinly behind the averages."""

    @property
    def points(self) -> list[Point]:
        """All its points, in order."""
        return [point for stroke in self.strokes for point in stroke]


class Panel(Record):
    """Curves on one scale, with the name of the scale."""

    label: str
    curves: list[Curve]

    @property
    def bars(self) -> bool:
        """True if its curves are bars."""
        return self.curves[0].bars

    @property
    def values(self) -> Scale:
        """The axis of its values, with a margin above and below; bars start at zero without one."""
        values = [point[1] for curve in self.curves for point in curve.points] + [0.0] * self.bars
        low = min(values)
        high = max(values) or float(self.bars and not low)  # bars that are all zero still need a height
        margin = (high - low) * 0.05 or abs(values[0]) * 0.5 or 1.0
        below, above = (0 if self.bars and end == 0 else margin for end in (low, high))
        return Scale(low - below, high + above)


def axis_below(panels: Sequence[Panel], *, dated: bool = False, bars: bool = False) -> Scale:
    """The horizontal axis (rounds, steps or times), shared by all panels; bars need room on both sides."""
    places = sorted({point[0] for panel in panels for curve in panel.curves for point in curve.points}) or [0]
    unit = min((after - before for before, after in pairwise(places)), default=1)
    beside = unit / 2 if bars or any(panel.bars for panel in panels) else 0
    whole = all(place == int(place) for place in places)
    return Scale(places[0] - beside, max(places[-1], places[0] + unit) + beside, whole, unit, dated)


def legend(panels: Sequence[Panel]) -> dict[str, Curve]:
    """The first curve with each label."""
    curves: dict[str, Curve] = {}
    for panel in panels:
        for curve in panel.curves:
            curves.setdefault(curve.label, curve)
    return curves


class _Source(Record):
    """The source of a curve: a column for one average and param."""

    column: Column
    place: tuple[int, int]
    label: str
    traces: dict[int, Trace]
    """The trace of each group."""


class Chart:
    """The columns of an output as curves, by round, step or time.

    Args:
        columns: The columns to draw, each with an axis (`report/column_specs.py`).
        about: The averages with their labels, and the params' names.
        language: The language of legend and axes.
        step_name: The name of a file's step column; empty without one.
        time_name: The name of the time column, or None.
        key: The column of the horizontal axis, `round`, `step` or `time`; None to use the times, else the steps of a
            file as long as they rise, else the rounds.
        blanks: Cells to be filled in, which must not be drawn.
        group: Function from a group's number to its name; None without groups.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        about: Headline,
        language: Language,
        step_name: str = "",
        time_name: str | None = None,
        key: str | None = None,
        blanks: Blanks | None = None,
        group: Callable[[int], str] | None = None,
    ) -> None:
        self._blanks, self._group = blanks, group
        self.language, self._names, self._averages = language, about.names, about.averages
        self._keys = {"round": "", "step": step_name, "time": time_name or ""}
        self._by = key or next((name for name in ("time", "step") if self._keys[name]), "round")
        self._must_rise = key is None
        self._last_steps: dict[int, Any] = {}  # of each group
        self._times = Times()
        width, averages = range(len(about.averages[0])), range(len(about.averages))
        params = [column for column in columns if column.scope == "param"]
        others = [column for column in columns if column.scope != "param"]
        places = [(column, (0, index)) for column in params for index in width]
        for number in averages:
            for column in others:
                places += [(column, (number, index)) for index in (width if column.scope == "each" else (0,))]
        self._sources = [
            _Source(column, place, _label(column, place, about, columns, language.say), {}) for column, place in places
        ]
        self.most_groups = max(1, MOST_CURVES // len(self._sources)) if self._sources else 1
        """The number of groups that are drawn, from the first."""

    def add(self, results: Results) -> None:
        """Add the rounds of a batch."""
        batch, rounds, places = results.batch, results.rounds, self._places(results)
        for source in self._sources:
            column, (number, index) = source.column, source.place
            average, own = self._averages[number][index], rounds[number][index]
            values = [*(column.drawn or column.read)(View(batch, index, own, average, alone=len(rounds) == 1))]
            for group, a, b in own.parts.each():
                if a == b or group >= self.most_groups:
                    continue
                if group not in source.traces:
                    source.traces[group] = Trace(_hides(self._blanks, source.place, column.name))
                trace, first = source.traces[group], own.numbers[a]
                copies = own.actions is not None and own.actions[a] == COPY
                if first == 1 and not copies and average.readout is None and average.initial is not None:
                    trace.add(0, [column.start(average.of_row(group))])
                trace.add(first, values[a:b], None if places is None else places[a:b])

    def _places(self, results: Results) -> Sequence[Any] | None:
        """The steps or times of a batch; None to draw by round."""
        batch = results.batch
        if self._by == "time" and batch.kept:
            times, unit = self._times.read(batch, batch.kept[-1]), 10**9 if self._times.dated else 1
            return [float(time / unit) if abs(time) < LARGEST else None for time in times]
        return self._steps(batch.steps, results.rounds[0][0]) if self._by == "step" else None

    def _steps(self, given: Sequence[Any] | None, rounds: Rounds) -> Sequence[Any] | None:
        """The steps of a batch. If they do not rise and were not asked for, the axis changes to rounds."""
        steps = given if given is not None else rounds.steps
        rises = steps is not None and None not in steps
        if rises and steps is not None and self._must_rise:
            for group, a, b in rounds.parts.each():
                part = steps[a:b]
                rises = rises and all(map(lt, [self._last_steps.get(group, -1), *part], part))
                self._last_steps[group] = steps[b - 1]
        self._by = "step" if rises else "round"
        return steps

    @property
    def key(self) -> str:
        """The name of the horizontal axis."""
        return self._keys[self._by] or self.language.say(self._by)

    @property
    def dated(self) -> bool:
        """True if the horizontal axis has dates, in seconds since 1970."""
        return self._by == "time" and bool(self._times.dated)

    def places(self) -> dict[int, float]:
        """The horizontal place of each kept round."""
        traces = (trace for source in self._sources for trace in source.traces.values())
        each = (trace.places(by_round=self._by == "round") for trace in traces)
        return {number: at for places in each for number, at in places.items()}

    def panels(self) -> list[Panel]:
        """The curves that have points, with a panel for each scale."""
        axes: dict[str, list[tuple[Column, str, list[list[Point]]]]] = {}
        for source in self._sources:
            for group, trace in source.traces.items():
                name = "" if self._group is None else self._group(group)
                strokes = trace.strokes(by_round=self._by == "round")
                if strokes:
                    label = self.language.say(", ").join(filter(None, [name, source.label]))
                    axes.setdefault(source.column.axis, []).append((source.column, label, strokes))
        looks: dict[str, int] = {}
        panels = []
        for members in axes.values():
            curves = []
            for column, label, strokes in members:
                look = looks.setdefault(label, len(looks))
                behind = column.scope == "param" and sum(map(len, strokes)) > MOST_SIGNS
                curves.append(Curve(label, strokes, look, column.bars, behind))
            panels.append(Panel(self._axis_name([column for column, *_ in members]), curves))
        return panels

    def _axis_name(self, columns: Sequence[Column]) -> str:
        """The name of a scale: its single param or column, else `value`."""
        say = self.language.say
        if columns[0].axis == "value" and len(self._names) == 1:
            return self._names[0]
        kinds = {column.name: column for column in columns}
        return say(columns[0].heading if len(kinds) == 1 else "value")


def _label(column: Column, place: tuple[int, int], about: Headline, columns: Sequence[Column], say: Say) -> str:
    """The name of a curve: its param, column and average, without those that all curves share."""
    param = about.names[place[1]] if len(about.averages[0]) > 1 and column.scope != "average" else ""
    label = about.legend[place[0]] if column.scope != "param" else ""
    alone = sum(other.axis == column.axis and other.scope != "param" for other in columns) == 1
    kind = "" if (param and column.scope == "param") or (label and alone) else say(column.name)
    return say(", ").join(filter(None, [param, kind, label]))


def _hides(blanks: Blanks | None, place: tuple[int, int], kind: str) -> Callable[[int], bool]:
    if blanks is None:
        return lambda number: False
    hidden: Hidden | None = blanks.hidden(place, kind)
    return (lambda number: False) if hidden is None else lambda number: hidden(kind, number)
