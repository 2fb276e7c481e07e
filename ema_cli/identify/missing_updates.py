"""Updates that a log lacks: what its steps say of them, what its decays do, and what can be told in spite of them.

Of a log with each 10th update, one row and the next have the decay^10 of an update where the param stands still between
them. Where it moves, the shadow depends on params that nobody logged.
"""

from __future__ import annotations

from itertools import pairwise
from math import exp, expm1, log, log1p, sqrt
from statistics import fmean, pvariance
from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record
from ema_cli.identify.common_decays import WRITTEN
from ema_cli.identify.log import Between, common, shortest_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.identify.log import Evidence

    Say = Callable[..., str]

_EVERY = (2, 4, 5, 8, 10, 16, 20, 25, 32, 50, 64, 100, 200, 250, 500, 1000)
"""Logs without steps have each of so many updates."""

_NARROW = 1e-4
"""A weight that is known to this part of it is no power of a written decay by chance."""

_FEW = 3
"""So many rounds with the same decay are no accident."""

_MANY = 12
"""So many rounds are enough to see that their decays jump about."""

_SIGMAS = 3.0
"""So far from one half is the part of the rounds whose decay is one, if the shadow follows the param at all."""

_ROUGH = 1.0
"""The mean square of the differences between neighbours, beside the variance: 2 where they have nothing to do with each
other, about 0 where a schedule moves the decay."""

_SMOOTH = 0.1
"""The same of decays that nothing but a schedule has."""

_KNOWN = 0.1
"""An estimated weight is told if its error is less than this part of it."""

_EXPLAINED = 0.5
"""The part of the shadow's moves that an estimate must explain."""

_LEAST = 0.5
"""A decay below this is hardly one that anyone wants."""

_GRID = [exp(-x / 4) for x in range(2, 66)]
"""The weights that are tried before an estimate is refined: from 0.6 to 1e-7."""


def strides(evidence: Evidence) -> list[int]:
    """How far the step moves from row to row, if it moves forward in all of them and skips some; else none."""
    steps = evidence.steps
    if steps is None or len(steps) < 2 or None in steps:
        return []
    found = [after - before for before, after in pairwise(steps)]
    return found if min(found) > 0 and max(found) > 1 and all(type(one) is int for one in found) else []


def missing(evidence: Evidence, say: Say) -> Iterator[str]:
    """That the step skips some, and what the decay of an update may be."""
    found = strides(evidence)
    if not found or _is_one_schedule(evidence):
        return
    low, high = min(found), max(found)
    if low == high:
        what = say("the step moves by {stride} from row to row", stride=low)
    elif low > 1:
        what = say("the step moves by {low} to {high} from row to row", low=low, high=high)
    else:
        row = next(row for row, stride in enumerate(found, 1) if stride > 1)
        steps: Sequence[Any] = evidence.steps or ()
        what = say(
            "the step skips some in {count} of {rounds} rounds, first in round {number}, from {before} to {after}",
            count=sum(stride > 1 for stride in found),
            rounds=len(steps),
            number=row + 1,
            before=steps[row - 1],
            after=steps[row],
        )
    yield say(
        "{what}: if the average was updated at each step, the log lacks updates, and no rule can be told from it: log"
        " every update",
        what=what,
    )
    told = _where_it_stands(evidence, [1, *found], say)
    yield from told or (_if_even(evidence, [1, *found], say) if low > 1 else [])


def erratic(evidence: Evidence, say: Say) -> Iterator[str]:
    """That the shadow follows the param, but by decays that jump about: so it looks where rows are missing."""
    known = [one for one in evidence.decays if one is not None]
    inside = [one for one in known if one.high >= 0 and one.low <= 1]
    if len(known) < _MANY or len(inside) - len(known) / 2 < _SIGMAS * sqrt(len(known)) / 2 or common(known):
        return
    if _roughness(known) < _ROUGH:
        return
    yield say(
        "the shadow moves towards the param in {count} of {known} rounds, but each time by another part of the way, as"
        " it does where the log lacks updates between its rows: log every update",
        count=len(inside),
        known=len(known),
    )


def _roughness(known: Sequence[Between]) -> float:
    """The mean square of the differences between neighbouring decays, beside their variance."""
    middles = [min(max(one.middle, -1.0), 2.0) for one in known]
    variance = pvariance(middles)
    return fmean((b - a) ** 2 for a, b in pairwise(middles)) / variance if variance else 0.0


def _is_one_schedule(evidence: Evidence) -> bool:
    """Whether decays that are steady, or go some way smoothly, show that no update is missing though the step jumps."""
    rows = [row for row, one in enumerate(evidence.decays) if one is not None]
    moving = [row for row in rows if evidence.params[row] != evidence.params[row - 1]]
    known = [one for row in moving if (one := evidence.decays[row]) is not None]
    return len(known) >= _MANY and (common(known) is not None or _roughness(known) < _SMOOTH)


def power(evidence: Evidence, decay: Between, say: Say) -> str:
    """That a decay nobody writes is a power of one that people write; empty if it is none."""
    found = strides(evidence)
    every = tuple(dict.fromkeys(found)) if found else _EVERY
    if len(every) > 1 and found:
        return ""
    written = decay.middle >= 1 or any(float(text) in decay for text in WRITTEN)
    if written or not 0 < decay.low <= decay.high < 1 or decay.high - decay.low > _NARROW * (1 - decay.middle):
        return ""
    for count in every:
        text = _written(_root(decay, count))
        if text is not None and float(text) > _LEAST:
            return say(
                "{decay} is {root}^{count}: if {count} updates lie between one row and the next, the decay is {root}",
                decay=f"{decay.middle:.6g}",
                root=text,
                count=count,
            )
    return ""


def _root(decay: Between, count: int, *, rounded: bool = False) -> Between:
    """The decay of so many updates that together have a decay; each of them was rounded, if they were not logged."""
    slack = count * (decay.high - decay.low) if rounded else 0.0
    return Between(max(decay.low - slack, 0.0) ** (1 / count), max(decay.high + slack, 0.0) ** (1 / count))


def _written(decay: Between) -> str | None:
    return next((text for text in WRITTEN if float(text) in decay), None)


def _where_it_stands(evidence: Evidence, counts: Sequence[int], say: Say) -> list[str]:
    """The decay of an update, by the rounds whose param is that of the row before."""
    rows = [
        row
        for row, interval in enumerate(evidence.decays)
        if interval is not None and row and evidence.params[row] == evidence.params[row - 1]
    ]
    roots = common([_root(evidence.decays[row] or Between(0, 0), counts[row], rounded=True) for row in rows])
    if len(rows) < _FEW or roots is None or not 0 < roots.low <= roots.high < 1:
        return []
    near = _written(roots) or shortest_in(roots)
    return [
        say(
            "in {count} rounds the param is that of the row before; if it was so between the rows, too, the decay of an"
            " update is {decay}",
            count=len(rows),
            decay=near,
        )
    ]


class _Move(Record):
    """What a log says of the updates between two rows."""

    shadow: float
    after: float
    """The shadow after them."""
    param: float
    to: float
    """The param after them."""
    count: int
    bend: float
    """The second difference of the param, over so many updates."""


def _if_even(evidence: Evidence, counts: Sequence[int], say: Say) -> list[str]:
    """The decay of an update, if it is constant and the param moves evenly from row to row: by least squares, with a
    param that moves in bends. How far the estimate is from that of a straight line is added to what is not known.
    """
    moves = list(_moves(evidence, counts))
    bent = _estimate(moves) if len(moves) >= _MANY else None
    straight = _estimate([one.but(bend=0.0) for one in moves]) if bent is not None else None
    if bent is None or straight is None:
        return []
    (weight, error), (other, _) = bent, straight
    unsure = error + abs(other - weight)
    if unsure > 2 * _KNOWN * weight:
        return []
    whole = Between(1 - weight - unsure, 1 - weight + unsure)
    return [
        say(
            "if the decay is constant and the param moves evenly between the rows, the decay of an update is about"
            " {decay} ({low} to {high})",
            decay=_written(whole) or shortest_in(whole),
            low=_short(whole.low, unsure),
            high=_short(whole.high, unsure),
        )
    ]


def _moves(evidence: Evidence, counts: Sequence[int]) -> Iterator[_Move]:
    params = evidence.params
    slopes = [0.0, *((q - p) / count for (p, q), count in zip(pairwise(params), counts[1:], strict=True))]
    bends = [
        2 * (slopes[row + 1] - slopes[row]) / (counts[row + 1] + counts[row]) if 0 < row < len(params) - 1 else 0.0
        for row in range(len(params))
    ]
    for row, (before, after) in enumerate(pairwise(evidence.values)):
        if before is not None and after is not None:
            bend = (bends[row] + bends[row + 1]) / 2 * counts[row + 1] ** 2
            yield _Move(before, after, params[row], params[row + 1], counts[row + 1], bend)


def _estimate(moves: Sequence[_Move]) -> tuple[float, float] | None:
    """The weight that explains the moves best, and how unsure it is; None if none explains them."""

    def error(weight: float) -> float:
        return sum((one.after - _moved(one, weight)) ** 2 for one in moves)

    best = min(range(len(_GRID)), key=lambda place: error(_GRID[place]))
    weight = _least(error, _GRID[min(best + 1, len(_GRID) - 1)], _GRID[max(best - 1, 0)])
    step = weight * 1e-3
    steep = sum(((_moved(one, weight + step) - _moved(one, weight - step)) / (2 * step)) ** 2 for one in moves)
    rest = error(weight)
    if not steep or rest > (1 - _EXPLAINED) * sum((one.after - one.shadow) ** 2 for one in moves):
        return None
    return weight, 2 * sqrt(rest / (len(moves) - 1) / steep)


def _short(decay: float, unsure: float) -> str:
    """A decay with as many decimals as its error leaves."""
    return f"{decay:.{max(4, 2 - int(log(max(unsure, 1e-12), 10)))}f}"


def _moved(move: _Move, weight: float) -> float:
    """The shadow after so many updates, in which the param moves evenly, in a line or in a bend.

    d^n s + (1 - d) sum of d^(n-k) p_k, with p_k = p + (q - p) t - bend t (1 - t) / 2 and t = k/n, in closed form.
    """
    count, decay = move.count, 1 - weight
    passed = -expm1(count * log1p(-weight))  # 1 - d^n: what the weights of the params come to
    first = 1 - decay * passed / (count * weight)  # their mean t
    second = 1 - decay * (2 * count * first - passed) / (count * count * weight)  # their mean t^2
    straight = move.shadow + (move.param - move.shadow) * passed + (move.to - move.param) * first
    return straight - move.bend / 2 * (first - second)


def _least(error: Callable[[float], float], low: float, high: float) -> float:
    """Where an error is least, between two weights."""
    low, high = log(low), log(high)
    for _ in range(60):
        third = (high - low) / 3
        if error(exp(low + third)) < error(exp(high - third)):
            high -= third
        else:
            low += third
    return exp((low + high) / 2)
