"""Diagnosis of a log that no average gives: written in another way, a pattern, or rows that are missing."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ema_cli.core.dtypes import dtype
from ema_cli.identify.estimates import Measured
from ema_cli.identify.expressions import described, short
from ema_cli.identify.interval import WRITTEN
from ema_cli.identify.patterns import at, exceptions, jumps_about, patterns
from ema_cli.identify.search import measure
from ema_cli.identify.shapes import shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.identify.constraints import Narrowed
    from ema_cli.identify.log import Log
    from ema_cli.identify.shapes import Shape

    Say = Callable[..., str]

_PLAIN = 5.0
"""Maximum cost of a schedule's constants when the log is read in another way."""

_ENOUGH = 8
"""Number of rounds that suffice as evidence."""

_FEW = 4

_ROUNDS = 500
"""The rounds that are looked at."""


def tells_nothing(measured: Measured, narrowed: Narrowed, say: Say) -> str | None:
    """Why no average can be named, whatever is tried; None if one can."""
    log = measured.log.part(measured.first, len(measured.log))
    if len(measured.copies) == log.compared == len(log):
        return say("the shadow is the param in every round: a decay of 0, or the column of the param itself")
    still = len({value for value in log.shadows if value is not None}) == 1
    first = log.shadows[0]
    if still and narrowed.initial is None and first is not None and abs(first - log.params[0]) > 2 * log.units[0]:
        return say("the shadow never moves: a decay of 1, or no average at all; --initial would say where it started")
    if not measured.rows and log.compared == len(log):
        return say("no round constrains the decay: log more rounds or more digits")
    return None


def doubts(log: Log, measured: Measured, say: Say) -> list[str]:
    """Findings in a log that no average gives, the surest first."""
    begin = log.part(0, _ROUNDS)
    own = Measured(begin, measured.reading)
    looks: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: _resumed(begin, say),
        lambda: exceptions(measured, say),
        lambda: _lacking(own, say) if jumps_about(own) and not log.times else iter(()),
        lambda: _misread(begin.part(own.first, len(begin)), say),
        lambda: patterns(measured, say),
        lambda: _turned(own, say),
        lambda: _lacking(own, say),
        lambda: _erratic(own, say),
    )
    for look in looks:
        found = next(look(), None)
        if found is not None:
            return [found]
    return [*_outside(own, say), *_range(own, say)]


def _plainest(log: Log) -> Shape | None:
    """The plain schedule of a log, if enough rounds say so."""
    if len(log) < 3:
        return None
    measured, found = measure(log)
    if found and len(measured.rows) >= _ENOUGH and found[0].cost <= _PLAIN:
        return found[0]
    return None


def _misread(log: Log, say: Say) -> Iterator[str]:
    """Message for a log that makes sense once read in another way."""
    for told, other in _misreadings(log, say):
        shape = _plainest(other)
        if shape is not None:
            yield told(described(shape, say))
            return


def _misreadings(log: Log, say: Say) -> Iterator[tuple[Callable[[str], str], Log]]:
    """Other ways to read a log, and what to say of the schedule that each shows."""
    params, texts, steps = log.param_texts, log.texts, log.steps
    if all(texts):
        yield (
            lambda what: say(
                "{what}, shadow read one round late: each row has the shadow from before its update", what=what
            ),
            log.but(params=params[:-1], shadows=texts[1:], steps=None if steps is None else steps[:-1], times={}),
        )
        yield (
            lambda what: say(
                "{what}, param read one round late: each row has the shadow of the next row's param", what=what
            ),
            log.but(params=params[1:], shadows=texts[:-1], steps=None if steps is None else steps[:-1], times={}),
        )
        for rows in (2, 3):
            yield (
                lambda what, rows=rows: say(  # type: ignore[misc]
                    "{what}, of the param {count} rows before", what=what, count=rows
                ),
                log.but(
                    params=params[:-rows], shadows=texts[rows:], steps=None if steps is None else steps[rows:], times={}
                ),
            )
        yield lambda what: say("{what}, param and shadow swapped", what=what), log.but(params=texts, shadows=params)
    if min(log.params) < 0:
        yield (
            lambda what: say("{what}, of the magnitude of the param: an average of abs(param)", what=what),
            log.but(params=[text.lstrip("-") for text in params]),
        )
    yield (
        lambda what: say("{what}, of the square of the param: an average of param^2", what=what),
        log.but(params=[repr(value * value) for value in log.params]),
    )
    for name in ("bfloat16", "float16"):
        load = dtype(name).load
        short = [repr(float(load(value))) for value in log.params]
        if list(map(float, short)) != log.params:
            yield (
                lambda what, name=name: say(  # type: ignore[misc]
                    "{what}, of the param rounded to {dtype}: the param was rounded before it was averaged",
                    what=what,
                    dtype=name,
                ),
                log.but(params=short),
            )


def _resumed(log: Log, say: Say) -> Iterator[str]:
    """Steps that go back: rows that a resumed run has written once more."""
    steps = log.steps
    if steps is None or None in steps:
        return
    back = [row for row in range(1, len(log)) if steps[row] <= steps[row - 1]]
    if not 0 < len(back) <= _FEW or len(set(steps)) == 1:
        return
    kept: list[int] = []
    for row, step in enumerate(steps):
        while row in back and kept and steps[kept[-1]] >= step:
            kept.pop()
        kept.append(row)
    other = log.but(
        params=[log.param_texts[row] for row in kept],
        shadows=[log.texts[row] for row in kept],
        steps=[steps[row] for row in kept],
        times={},
    )
    shape = _plainest(other)
    if shape is None:
        return
    yield say(
        "{what}, if the rows that were written twice are dropped: the steps go back to {step} in round {number}, as"
        " where a run was resumed",
        what=described(shape, say),
        step=steps[back[0]],
        number=back[0] + 1,
    )


def _turned(measured: Measured, say: Say) -> Iterator[str]:
    """The weights are what the decays should be."""
    turned = measured.turned()
    for shape in shapes(turned)[:1]:
        if not shape.is_constant and shape.cost <= _PLAIN:
            yield say("decay used where 1 - decay belongs: the weights follow {what}", what=described(shape, say))


def swapped(shape: Shape, say: Say) -> str:
    """Say that a constant decay is 1 minus a usual one; empty if it is not."""
    if not shape.is_constant:
        return ""
    decay = shape.fit.second.value
    usual = next((text for text in WRITTEN if abs(1 - float(text) - decay) < 1e-9 * decay), None)
    if usual is None or not 0 < decay < 0.5:
        return ""
    return say(
        "decay used where 1 - decay belongs? The decay is {decay}, and 1 - {decay} = {usual} is a usual one",
        decay=short(decay),
        usual=usual,
    )


def _lacking(measured: Measured, say: Say) -> Iterator[str]:
    """Steps that skip some, where decays say that updates are missing."""
    steps = measured.log.steps
    if steps is None or None in steps or len(steps) < 2:
        return
    gaps = [after - before for before, after in pairwise(steps)]
    low, high = min(gaps), max(gaps)
    if low <= 0 or high <= 1:
        return
    if low == high:
        what = say("the step moves by {stride} from row to row", stride=low)
    elif low > 1:
        what = say("the step moves by {low} to {high} from row to row", low=low, high=high)
    else:
        row = next(row for row, gap in enumerate(gaps, 1) if gap > 1)
        what = say("the step skips some, first before {where}", where=at(measured, row, say))
    yield say(
        "{what}: if the average was updated at each step, the log lacks updates, and no rule can be identified: log"
        " every update",
        what=what,
    )


def _erratic(measured: Measured, say: Say) -> Iterator[str]:
    """Decays that jump about, while the shadow follows the param."""
    found = jumps_about(measured)
    if found is not None:
        yield say(
            "the shadow moves towards the param in {count} of {known} rounds, but by a varying part of the way, as when"
            " updates are missing from the log: log every update",
            count=found[0],
            known=found[1],
        )


def _outside(measured: Measured, say: Say) -> Iterator[str]:
    """Decays that are none."""
    known = list(measured.updates())
    outside = [row for row, one in known if one.high < 0 or one.low > 1]
    if outside and len(outside) * 4 > len(known):
        yield say(
            "in {count} of {known} rounds the shadow is not between the shadow before and the param (first in {where}):"
            " not an average of this param, or the log lacks updates",
            count=len(outside),
            known=len(known),
            where=at(measured, outside[0], say),
        )


def _range(measured: Measured, say: Say) -> Iterator[str]:
    """The least and the greatest decay that were measured."""
    known = [one for _, one in measured.updates()]
    if len(known) < _FEW:
        return
    if known[0].high < known[-1].low and all(b.high >= a.low for a, b in pairwise(known)):
        yield say(
            "the decay rises from {first} to {last}, by no curve that was tried; --explain lists that of each round",
            first=f"{known[0].middle:.6g}",
            last=f"{known[-1].middle:.6g}",
        )
        return
    middles = [one.middle for one in known]
    yield say(
        "the measured decays lie between {low} and {high}; --explain lists that of each round",
        low=f"{min(middles):.6g}",
        high=f"{max(middles):.6g}",
    )
