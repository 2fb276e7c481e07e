"""Explain a log that no average fits: other inputs, a pattern such as a restart, or missing rows."""

from __future__ import annotations

from itertools import pairwise
from math import log as ln
from typing import TYPE_CHECKING

from ema_cli.check.causes import moves
from ema_cli.core.numbers.dtypes import SHORT, dtype
from ema_cli.identify.decay_bounds import Measured
from ema_cli.identify.found_schedule import expression, short
from ema_cli.identify.interval import WRITTEN, common, decays
from ema_cli.identify.patterns import (
    at,
    by_direction,
    changes,
    counter_starts_again,
    divided,
    exceptions,
    window,
)
from ema_cli.identify.schedule_search import find_schedules
from ema_cli.identify.search import measures
from ema_cli.identify.sentences import Finding, constant, described
from ema_cli.identify.two_coefficients import coefficients

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.identify.candidate import Narrowed
    from ema_cli.identify.found_schedule import FoundSchedule
    from ema_cli.identify.log import Log
    from ema_cli.text.language import Say

_PLAIN = 5.0  # maximum cost of a schedule's constants if the inputs are reinterpreted
_ENOUGH = 8  # number of rounds that suffice as evidence
_FEW = 4
_ROUNDS = 500  # number of rounds examined


def tells_nothing(measured: Measured, narrowed: Narrowed, say: Say) -> str:
    """The reason that no average can be named, whichever is tried; empty if one can."""
    log = measured.log.part(measured.log.head, len(measured.log))
    if len(measured.copies) == log.compared == len(log):
        return say("the shadow is the param in every round: a decay of 0, or the column of the param itself")
    still, first = len({value for value in log.shadows if value is not None}) == 1, log.shadows[0]
    away = first is not None and max(abs(param - first) for param in log.params) > 2 * log.units[0]
    if still and narrowed.initial is None and away:
        return say(
            "the shadow never moves: a decay at or near 1, updates lost to rounding, or no average at all; --initial X"
            " says where it started"
        )
    if not measured.rows and log.compared == len(log):
        return say("no round constrains the decay: log more rounds or more digits")
    return ""


def doubts(log: Log, measured: Measured, say: Say) -> list[str]:
    """The best explanation of a log that no average fits, or else remarks on the range of its decays."""
    own = Measured(log.part(0, _ROUNDS), measured.arithmetic, rounded=measured.rounded)
    found = next(_signs(own, measured, say), None)
    return [*_range(measured, say)] if found is None else [found]


def _signs(begin: Measured, measured: Measured, say: Say) -> Iterator[str]:
    """Possible explanations, the surest first; only the first is used."""
    log = begin.log
    logged = log.part(log.head, len(log))
    inside = common(one for _, one in begin.updates()) if len(log) < len(measured.log) else None
    steady = [] if inside is None else decays(inside)
    yield from _resumed(measured.log, say)
    yield from divided(measured, say)
    yield from _skipping(measured, say)
    yield from by_direction(measured, say)
    yield from exceptions(measured, say)
    if not steady:
        yield from _misread(logged, say)
    for look in (counter_starts_again, changes, window, coefficients):
        yield from look(measured, say)
    yield from exceptions(measured, say, why=False)
    yield from _turned(begin, say)
    yield from _lacking(begin, say)
    if steady:
        what = constant(steady[0].value, steady[0].kind, steady[0].text, say)
        yield say("{what} in the first {count} rounds, but not in all later ones", what=what, count=len(log))


def _schedule(log: Log, say: Say) -> str:
    """The plain schedule of a log in words; empty if there is none, or too few rounds show it."""
    ways = [way for way in measures(log) if way[0].log is log]  # not with wider bounds, which other params would fit
    measured, found = next((way for way in ways if way[1]), ways[0])
    if not found:
        return next(by_direction(measured, say), "")
    enough = len(measured.rows) >= _ENOUGH and found[0].cost <= _PLAIN and found[0].reached != 1
    return described(found[0], say) if enough and not found[0].is_doubtful(log) else ""


READINGS: tuple[tuple[str, Callable[[float], float], Callable[[float], float]], ...] = (
    ("{what}, of the magnitude of the param: an average of abs(param)", abs, lambda x: x),
    ("{what}, of the square of the param: an average of param^2", lambda x: x * x, lambda x: x),
    (
        "{what}, of the square of the param: the shadow is the root of an average of param^2",
        lambda x: x * x,
        lambda x: x * x,
    ),
    ("{what}, of the logarithm of the param: an average of log(param)", ln, lambda x: x),
    ("{what}, of the logarithm of the param: the shadow is a geometric mean, exp of an average of log(param)", ln, ln),
    ("{what}, and the shadow is exp of the average, as a perplexity is of a loss", lambda x: x, ln),
    ("{what}, and the shadow is 1 over the average, as a rate is of times", lambda x: x, lambda x: 1 / x),
    ("{what}, of 1 over the param: the shadow is a harmonic mean", lambda x: 1 / x, lambda x: 1 / x),
    ("{what}, of 1 over the param: an average of 1/param, as frames per second of times", lambda x: 1 / x, lambda x: x),
)
"""Other inputs of an average: the sentence, and the functions applied to params and shadows."""


def _misread(log: Log, say: Say) -> Iterator[str]:
    """Explain a log whose average has another input, such as the logarithm of the param."""
    params, texts, steps = log.param_texts, log.texts, log.steps
    if all(texts):
        early = None if steps is None else steps[:-1]
        if what := _schedule(log.but(params=params[:-1], shadows=texts[1:], steps=early), say):
            yield say("{what}, shadow read one round late: each row has the shadow from before its update", what=what)
        if what := _schedule(log.but(params=params[1:], shadows=texts[:-1], steps=early), say):
            yield say("{what}, param read one round late: each row has the shadow of the next row's param", what=what)
        if what := _schedule(log.but(params=texts, shadows=params), say):
            yield say("{what}, param and shadow swapped", what=what)
    for told, of_param, of_shadow in READINGS:
        other = log.changed(of_param, of_shadow)
        if other and (other.params, other.shadows) != (log.params, log.shadows) and (what := _schedule(other, say)):
            yield say(told, what=what)
    yield from rounded_param(log, say)


def rounded_param(log: Log, say: Say) -> Iterator[str]:
    """Explain a log by a plain schedule over params rounded to a short dtype, as if the model was stored in it."""
    for name in reversed(SHORT):
        short = [repr(float(dtype(name).load(value))) for value in log.params]
        what = "" if [*map(float, short)] == log.params else _schedule(log.but(params=short), say)
        if what:
            yield say(
                "{what}, of the param rounded to {dtype}: the param was rounded before it was averaged",
                what=what,
                dtype=name,
            )


def _resumed(log: Log, say: Say) -> Iterator[str]:
    """Explain steps that go back: a resumed run wrote rows again, or the rows are out of order."""
    steps = log.counted
    back = next((row for row in range(1, len(steps)) if steps[row] <= steps[row - 1]), None)
    if back is None or len(set(steps)) == 1:
        return
    kept = [*dict(sorted((step, row) for row, step in enumerate(steps))).values()]
    columns = {"params": log.param_texts, "shadows": log.texts, "steps": steps}
    if what := _schedule(log.but(**{name: [column[row] for row in kept] for name, column in columns.items()}), say):
        yield say(
            "{what}, if the rows are sorted by step, keeping the last of each step: the steps go back to {step} in"
            " round {number}, as when a run is resumed",
            what=what,
            step=steps[back],
            number=back + 1,
        )


def _skipping(measured: Measured, say: Say) -> Iterator[str]:
    """Explain gaps in the steps: only rounds without a gap follow a schedule."""
    steps = measured.log.counted
    gaps = [after - before for before, after in pairwise(steps)]
    least = min(gaps, default=0)
    skips = [row for row, gap in enumerate(gaps, 1) if gap > least]
    if least <= 0 or not skips:
        return
    near = measured.without({*skips})
    found = find_schedules(near) if len(near.rows) >= _ENOUGH else []
    if found and found[0].cost <= _PLAIN:
        yield say(
            "{what} in the {count} rounds where the step moves by {least}; it moves by more in {others}, first in"
            " {where}: updates are missing from the log there",
            what=described(found[0], say),
            count=len(near.rows),
            least=least,
            others=len(skips),
            where=at(measured, skips[0], say),
        )


def _turned(measured: Measured, say: Say) -> Iterator[str]:
    """Explain a log whose weights, not its decays, follow a schedule."""
    for schedule in find_schedules(measured.turned())[:1]:
        if not schedule.is_constant and schedule.cost <= _PLAIN and not schedule.is_doubtful(measured.log):
            told = say("decay used where 1 - decay belongs: the weights follow {what}", what=described(schedule, say))
            yield Finding(told, f"1 - ({expression(schedule, 'step')})" if schedule.counter == "step" else "")


def swapped(schedule: FoundSchedule, measured: Measured, say: Say) -> str:
    """Say that decay and weight may be swapped: the decay is 1 minus a usual one, or falls below a half like a weight;
    else empty.
    """
    if schedule.curve.name == "fall" and [*measured.updates()][-1][1].high < 0.5:
        return next(_turned(measured, say), "")
    decay = schedule.fit.second.value if schedule.is_constant else 1.0
    usual = next((text for text in WRITTEN if abs(1 - float(text) - decay) < 1e-9 * decay), None)
    if usual is None or not 0 < decay < 0.5:
        return ""
    return say(
        "decay used where 1 - decay belongs? The decay is {decay}, and 1 - {decay} = {usual} is a common one",
        decay=short(decay),
        usual=usual,
    )


def _lacking(measured: Measured, say: Say) -> Iterator[str]:
    """Explain gaps in the steps as missing updates."""
    gaps = [after - before for before, after in pairwise(measured.log.counted)]
    if min(gaps, default=0) <= 0 or max(gaps) <= 1:
        return
    yield say(
        "{what}: if the average was updated at each step, the log lacks updates, and no rule can be identified: log"
        " every update",
        what=moves(gaps, say),
    )


def _range(measured: Measured, say: Say) -> Iterator[str]:
    """Note decays outside 0 to 1, if there are many, and the range of all decays."""
    known = [one for _, one in measured.updates()]
    outside = [row for row, one in measured.updates() if one.high < 0 or one.low > 1]
    if len(outside) * 4 > len(known):
        yield say(
            "in {count} of {known} rounds the shadow is not between the previous one and the param (first in {where}):"
            " not an average of this param, or the log lacks updates",
            count=len(outside),
            known=len(known),
            where=at(measured, outside[0], say),
        )
    if len(known) < _FEW:
        return
    yield say(
        "the decays lie between {low} and {high} and fit no curve that was tried: updates are missing from the log, or"
        " it is not an average of this param alone; --explain lists them",
        low=f"{min(one.high for one in known):.6g}",
        high=f"{max(one.low for one in known):.6g}",
    )
