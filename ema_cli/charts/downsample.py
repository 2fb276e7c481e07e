"""Downsample the values of a column for a chart, in bounded memory."""

from __future__ import annotations

from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BUCKETS = 1000

LARGEST = 1e300
"""The largest absolute value that a chart draws; smaller values than its inverse are drawn as 0. Lengths computed from
drawn values are then finite, and positive."""

Point = tuple[float, float]
"""A place on the horizontal axis, and a value."""

_Kept = tuple[int, float, Any]  # the round, the value, the step or time


class Trace:
    """The points of one curve, which is broken at rounds whose value is hidden. Of many points, it keeps the first, the
    last, and each bucket's least and greatest.
    """

    def __init__(self, hidden: Callable[[int], bool]) -> None:
        self._hidden = hidden
        self._wide = 1  # rounds in a bucket
        self._buckets: list[tuple[_Kept, _Kept]] = []
        self._gaps: list[int] = []
        self._ends: list[_Kept] = []

    def add(self, number: int, values: Sequence[Any], along: Sequence[Any] | None = None) -> None:
        """Add the values of successive rounds, from round `number`; None and numbers past LARGEST give no point."""
        for place, (value, at) in enumerate(zip(values, along or repeat(None), strict=False), number):
            if value is None or not -LARGEST <= value <= LARGEST:
                continue
            if not self._hidden(place):
                self._point((place, float(value) if abs(value) > 1 / LARGEST else 0.0, at))
            elif len(self._gaps) < _BUCKETS:
                self._gaps.append(place)

    def _point(self, point: _Kept) -> None:
        self._ends[1:] = [point]
        if not self._buckets or self._buckets[-1][0][0] // self._wide != point[0] // self._wide:
            self._buckets.append((point, point))
            if len(self._buckets) > _BUCKETS:
                self._merge()
            return
        self._buckets[-1] = _extremes(*self._buckets[-1], point, point)

    def _merge(self) -> None:
        """Double the width of the buckets, and merge them."""
        self._wide *= 2
        merged: dict[int, tuple[_Kept, _Kept]] = {}
        for bucket in self._buckets:
            place = bucket[0][0] // self._wide
            merged[place] = _extremes(*merged[place], *bucket) if place in merged else bucket
        self._buckets = list(merged.values())

    def _kept(self) -> list[_Kept]:
        return sorted({*self._ends, *(point for bucket in self._buckets for point in bucket)}, key=itemgetter(0))

    def places(self, *, by_round: bool) -> dict[int, float]:
        """The horizontal place of each kept round: its number, or its step or time."""
        places = ((number, number if by_round else at) for number, _, at in self._kept())
        return {number: place for number, place in places if place is not None}

    def strokes(self, *, by_round: bool = True) -> list[list[Point]]:
        """The points, split into runs at hidden rounds; their places are rounds, or steps or times."""
        places = self.places(by_round=by_round)
        runs: list[list[Point]] = [[]]
        gaps = iter([*self._gaps, float("inf")])
        gap = next(gaps)
        for number, value, _ in self._kept():
            if number > gap:
                runs.append([])
                while number > gap:
                    gap = next(gaps)
            if number in places:
                runs[-1].append((places[number], value))
        return [run for run in runs if run]


def _extremes(low: _Kept, high: _Kept, other_low: _Kept, other_high: _Kept) -> tuple[_Kept, _Kept]:
    """The least and the greatest point of two buckets; of equal points, the first."""
    return other_low if other_low[1] < low[1] else low, other_high if other_high[1] > high[1] else high
