"""Search for schedules that give the decays of a log."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, pairwise
from math import inf
from typing import TYPE_CHECKING

from ema_cli.identify.curves import BY_TIME, CONSTANT, CURVES, DEBIASED, ELAPSED
from ema_cli.identify.fits import CurveFit, fit
from ema_cli.identify.found_schedule import FoundSchedule, short
from ema_cli.identify.interval import Between, Number, common, decays, digits, edge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.identify.curves import Curve, Points
    from ema_cli.identify.decay_bounds import Measured

_FEWEST = 3  # minimum number of rounds that determine a curve or its limit
_MANY = 30  # number of rounds of a curve after which a single round at a plain constant shows its end
_MOST_POINTS = 1000  # maximum number of first rounds, and of later ones, to compare a warm-up with
_PLAIN = 4.0  # maximum cost of a warm-up that is preferred to one with a limit
_PLAINEST = 1.5  # maximum cost of a warm-up that is preferred to one with another counter
_SLACK = 1e-12
_USUAL = (10.0, 11.0)  # the offsets of the usual warm-ups, (1 + n)/(10 + n) and (2 + n)/(11 + n)


def find_schedules(measured: Measured) -> list[FoundSchedule]:
    """Find the schedules that all rounds allow, the plainest first."""
    found: list[FoundSchedule] = []
    outside = [row for row, one in measured.updates() if one.high < -_SLACK or one.low > 1 + _SLACK]
    # Round 2 is outside for a debiased average whose exponent starts late.
    if (outside and outside != [1]) or (not outside and measured.complete and _leaves(measured)):
        return []
    for points, counter, lead in _views(measured) if not outside else ():
        if not points:
            continue
        steady = fit(CONSTANT, points)
        found += [
            FoundSchedule(one, counter, 0, None, one.second.value, one.cost + bool(lead), lead) for one in steady[:1]
        ]
        if measured.sparse or (steady and steady[0].cost > _PLAIN):
            found += _usual(measured, points, counter)
        if steady:
            break
        found += () if measured.sparse else _of_points(measured, points, counter, lead)
        if found and found[0].cost <= _PLAINEST:
            break
    if not any(one.is_constant or one.mean_from >= 0 for one in found):
        found += [*_debiased(measured), *(_elapsed(measured) if not outside else ())]
    return sorted(found, key=lambda one: one.cost)


def _leaves(measured: Measured) -> bool:
    """True if a shadow lies beyond the first one and all params, where no mean of them can be."""
    log = measured.log
    known = [*log.params, log.shadows[log.head] or 0.0]
    slack = max(measured.rounding(row) + unsure for row, unsure in enumerate(measured.unsure))
    low, high = min(known) - slack, max(known) + slack
    return any(value is not None and not low <= value <= high for value in log.shadows)


def _usual(measured: Measured, points: Points, counter: str) -> Iterator[FoundSchedule]:
    """The usual warm-ups, if the counter moves too little to rule them out, or few shadows are logged."""
    nine = Number(9.0, "9", 1.0)
    for offset in _USUAL:
        one = CurveFit(CURVES[0], Number(offset, short(offset), 1.0), nine, Between(9, 9), [nine], 2.0)
        if measured.sparse or one.gives(points):
            yield FoundSchedule(one, counter, 0, None, max(known.low for _, known in points), 2.0)


def _views(measured: Measured) -> Iterator[tuple[Points, str, int]]:
    """Points to fit, for each start and each counter, with the counter's name and the rounds left out before."""
    updates = list(measured.updates())
    begin = measured.moving[0] if measured.moving and measured.held > 0 else 0
    for start in dict.fromkeys([0, begin, measured.start]):
        if not start or updates[0][0] < start:  # else the points are those of start 0
            for name, number in _counters(measured):
                yield [(number(row), one) for row, one in updates if row >= start], name, start


def _counters(measured: Measured) -> Iterator[tuple[str, Callable[[int], float]]]:
    """The counters that a schedule may follow: the name, and the function from a row to its counter."""
    steps = measured.log.counted
    stepped = bool(steps) and steps[0] != steps[-1]
    if stepped:
        yield "step", lambda row: float(steps[row])
    if not stepped or {b - a for a, b in pairwise(steps)} != {1}:
        yield "round", float
    if measured.period > 1:
        yield "update", lambda row: (row - measured.phase) / measured.period


def _of_points(measured: Measured, points: Points, counter: str, lead: int) -> Iterator[FoundSchedule]:
    if len(points) < _FEWEST or _turns(points):
        return
    points = _some(points)
    count, head, tail = len(points), _alike(points), len(points) - _alike(points[::-1])
    highest, best = max(one.low for _, one in points), inf
    # If head >= tail, one constant follows another without a curve between.
    parts = [(0, tail), (head, count), (head, tail)] if head < tail else []
    for curve in CURVES:
        if best <= _PLAIN and curve.name not in ("power", "half-life"):
            continue
        for origin in _origins(points, counter, measured.period) if curve.origin else (0.0,):
            moved = [(x - origin, one) for x, one in points]
            odd = 0.0 if origin in (0.0, -1.0) or moved[0][0] in (0.0, 1.0) else 1.0 + digits(f"{origin:g}")
            odd += bool(lead) + (counter == "update") / 2
            found = [
                FoundSchedule(one, counter, origin, None, highest, one.cost + odd - usual, lead)
                for one in fit(curve, moved)[:1]
                for usual in [curve.name == "ratio" and one.second.value == 9 and one.first.value in _USUAL]
            ]
            best = min([best, *(one.cost for one in found)])
            for part in parts:
                for one, floor, cap in _limited(curve, moved, *part) if best > _PLAIN else ():
                    cost = one.cost + odd + sum(numbers[0].cost for numbers in (floor, cap) if numbers) + bool(floor)
                    found.append(FoundSchedule(one, counter, origin, cap, highest, cost, lead, floor))
            best = min([best, *(one.cost for one in found)])
            yield from found


def _some(points: Points) -> Points:
    """A sample of points: the first ones, and some of the rest."""
    return [*points[:_MOST_POINTS], *points[_MOST_POINTS :: len(points) // _MOST_POINTS + 1]]


def _turns(points: Points) -> bool:
    """True if the decays both rise and fall beyond doubt; no curve does."""
    known = [one for _, one in sorted(points)]
    lows, highs = accumulate((one.low for one in known), max), accumulate((one.high for one in known), min)
    falls = any(one.high < low - _SLACK for one, low in zip(known, lows, strict=True))
    return falls and any(one.low > high + _SLACK for one, high in zip(known, highs, strict=True))


def _origins(points: Points, counter: str, period: int) -> list[float]:
    """Values of the counter to try as the zero of a curve."""
    first = points[0][0]
    if counter == "update":
        return list(dict.fromkeys([0.0, -1.0, first - 1, first, first - 2]))
    # An average that first copies, as in ema-pytorch, may count from before the copy.
    before = [first - period, *([first - period + 1, first - 2 * period, first - 2 * period + 1] if period > 1 else [])]
    return list(dict.fromkeys([0.0, -1.0, 1.0, first - 1, first, first - 2, *before, -2.0]))


def _alike(points: Points) -> int:
    """Number of rounds at the start that allow a common decay."""
    lows = accumulate((max(one.low, 0.0) for _, one in points), max)
    highs = accumulate((min(one.high, 1.0) for _, one in points), min)
    return sum(low <= high for low, high in zip(lows, highs, strict=True))


def _limited(
    curve: Curve, points: Points, first: int, last: int
) -> Iterator[tuple[CurveFit, list[Number] | None, list[Number] | None]]:
    """Fit a curve to points `first` up to `last`, limited in the others; return it with its floor and its cap. A rising
    curve has its floor before and its cap after them, a falling one the other way round.
    """
    after = len(points) - last
    ends_soon = 0 < after < _FEWEST
    if last - first < (_MANY if ends_soon else _FEWEST) or last - first == len(points):
        return
    for one in fit(curve, points[first:last])[:2]:
        held = [(one.decay(x), known) for x, known in points]
        falls = held[last - 1][0] < held[first][0]
        start = _ends(min if falls else max, held[:last]) if first else None
        end = _ends(max if falls else min, held[first:]) if after else None
        if ends_soon and end:
            end = [number for number in end if number.cost <= _PLAIN]
        if [] not in (start, end):
            yield (one, end, start) if falls else (one, start, end)
            return


def _ends(limit: Callable[[float, float], float], held: Sequence[tuple[float, Between]]) -> list[Number]:
    """Plain decays that limit a curve, given its decay and the interval of each round; empty if none does."""
    beyond = common(known for decay, known in held if decay not in known)
    return [
        number
        for number in (decays(beyond) if beyond is not None else [])
        if all(known.low - _SLACK <= limit(decay, number.value) <= known.high + _SLACK for decay, known in held)
    ]


def _debiased(measured: Measured) -> Iterator[FoundSchedule]:
    """Fit a debiased average with a constant decay, whose exponent is the round, or is off by one."""
    points = _some([(float(row), one.wider(4)) for row in measured.rows if (one := measured.decays[row]) is not None])
    if len(points) < 2 or (measured.lead == 0 and measured.period > 1):
        return
    for ahead in (1, 2, 0):
        found: list[CurveFit] = []
        for among in (points[:: len(points) // _MANY + 1], points):
            later = [(x + ahead, one) for x, one in among if x + ahead > 1]
            found = fit(DEBIASED, [(x, _of_debiased(x, one)) for x, one in later])[:1]
            if not found:
                break
        for whole in found:
            if whole.second.value < 1:
                cost = whole.cost + 2 * (ahead != 1) + 0.5
                yield FoundSchedule(whole, "round", -float(ahead), None, whole.second.value, cost)


def _of_debiased(x: float, one: Between) -> Between:
    """Interval of the constant decay of a debiased average whose measured decay in round x is in this interval."""

    def reached(decay: float) -> float:
        return edge(0.0, 1.0, lambda own: own * (1 - own ** (x - 1)) / (1 - own**x) < decay)

    most = (x - 1) / x  # the measured decay if the constant is 1
    low = 0.0 if one.low <= 0 else reached(one.low) if one.low < most else 1.0 if one.low == most else inf
    return Between(low, 0.0 if one.high <= 0 else reached(one.high) if one.high < most else 1.0)


def _elapsed(measured: Measured) -> Iterator[FoundSchedule]:
    """Fit a decay that depends on the time, or on the difference of the steps, between two rows."""
    for name, column in {"step": [*map(float, measured.log.counted)], **measured.log.times}.items():
        gaps = [0.0, *(b - a for a, b in pairwise(column))]
        if min(gaps) < 0 or len(gaps) - Counter(gaps).most_common(1)[0][1] <= min(_FEWEST, len(gaps) // 2):
            continue
        ways = [(curve, measured.decays, False) for curve in BY_TIME] + [(ELAPSED, _unsummed(measured), True)]
        for curve, known, summed in ways:
            points = [(gap, one.wider(8)) for gap, one in zip(gaps, known, strict=True) if one is not None]
            for whole in fit(curve, points)[:1]:
                yield FoundSchedule(whole, name, 0, None, 0.0, whole.cost + 1 + summed, summed=summed)


def _unsummed(measured: Measured) -> list[Between | None]:
    """Undo the division by the sum of the weights; in each round, the sum is 1/(1 - measured decay)."""
    known = [Between(0.0, 0.0), *measured.decays[1:]]
    found: list[Between | None] = [None]
    for before, one in pairwise(known):
        if before is None or one is None or not 0 <= one.low <= one.high < 1:
            found.append(None)
        else:
            low, high = (1 - before.high) / (1 - one.low), (1 - before.low) / (1 - one.high)
            found.append(Between(one.low * low, one.high * high))
    return found
