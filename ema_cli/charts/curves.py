"""The curves of a chart: a param, and its averages, over the rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.gates import COPY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.languages.language import Language
    from ema_cli.worksheet.blanks import Blanks, Hidden

_BUCKETS = 1000

_LARGEST = 1e300
"""The largest value that a chart draws, and the inverse of the least but zero: the lengths that it computes with must
be finite, too, and more than zero."""

Point = tuple[int, float]


class Curve:
    """The points of one curve. Of many, the least and the greatest of each bucket are kept, the first and the last.

    Args:
        label: What it is a curve of.
        hidden: Whether its value is hidden in a round; there the curve is broken.
    """

    def __init__(self, label: str, hidden: Callable[[int], bool]) -> None:
        self.label, self._hidden = label, hidden
        self._wide = 1  # rounds in a bucket
        self._buckets: list[tuple[Point, Point]] = []
        self._gaps: list[int] = []
        self._ends: list[Point] = []

    def add(self, number: int, values: Sequence[Any]) -> None:
        """The values from a round on; None and what a chart can't reach is no point."""
        for place, value in enumerate(values, number):
            if value is None or not -_LARGEST <= value <= _LARGEST:
                continue
            if self._hidden(place):
                self._gaps.append(place) if len(self._gaps) < _BUCKETS else None
                continue
            self._point((place, float(value) if abs(value) > 1 / _LARGEST else 0.0))

    def _point(self, point: Point) -> None:
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
        """Buckets twice as wide."""
        self._wide *= 2
        merged: dict[int, tuple[Point, Point]] = {}
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
        return sorted({*self._ends, *(point for bucket in self._buckets for point in bucket)})

    def strokes(self) -> list[list[Point]]:
        """The points in runs between hidden rounds."""
        runs: list[list[Point]] = [[]]
        gaps = iter([*self._gaps, float("inf")])
        gap = next(gaps)
        for point in self.points:
            if point[0] > gap:
                runs.append([])
                while point[0] > gap:
                    gap = next(gaps)
            runs[-1].append(point)
        return [run for run in runs if run]


class Curves:
    """The params and the shadows of an output.

    Args:
        averages: For each average, that of each param.
        labels: What tells each average from the others; empty for a single one.
        names: The params' names; empty for a single one that has none.
        language: That of the words in the legend.
        blanks: What is to be filled in, and must not be drawn.
    """

    def __init__(
        self,
        averages: Sequence[Sequence[Average]],
        labels: Sequence[str],
        names: Sequence[str],
        language: Language,
        blanks: Blanks | None = None,
    ) -> None:
        several = len(averages[0]) > 1
        names = names if several else [language.say("param")]
        shadow = language.say("shadow")
        self.params = [Curve(name, _hides(blanks, (0, index), "param")) for index, name in enumerate(names)]
        self.shadows = [
            [
                Curve(
                    f"{f'{name}.' if several else ''}{shadow}{f' {label}' if label else ''}",
                    _hides(blanks, (number, index), "shadow"),
                )
                for index, name in enumerate(names)
            ]
            for number, label in enumerate(labels)
        ]
        self._averages = averages

    def add(self, first: int, rounds: Sequence[Sequence[Rounds]]) -> None:
        """The rounds of a batch."""
        for curve, some in zip(self.params, rounds[0], strict=True):
            curve.add(first, some.params)
        for each, own, averages in zip(self.shadows, rounds, self._averages, strict=True):
            for curve, some, average in zip(each, own, averages, strict=True):
                if first == 1 and _begins_at_initial(average, some):
                    curve.add(0, [average.initial])
                curve.add(first, some.shadows)

    def __iter__(self) -> Iterator[Curve]:
        """Those that have a point."""
        every = [*self.params, *(curve for each in self.shadows for curve in each)]
        return (curve for curve in every if curve.points)


def _begins_at_initial(average: Average, rounds: Rounds) -> bool:
    """Whether the initial value is one of the shadow: a debiased one has none yet, and a copy doesn't start there."""
    begins = rounds.actions is None or rounds.actions[0] != COPY
    return begins and average.readout is None and average.initial is not None


def _hides(blanks: Blanks | None, place: tuple[int, int], kind: str) -> Callable[[int], bool]:
    if blanks is None:
        return lambda number: False
    hidden: Hidden | None = blanks.hidden(place, kind)
    return (lambda number: False) if hidden is None else lambda number: hidden(kind, number)
