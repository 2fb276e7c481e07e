"""Sentences on the schedule of a log."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from ema_cli.core.dtypes import dtype
from ema_cli.identify.curves import CONSTANT, DEBIASED
from ema_cli.identify.expressions import constant, described, short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.identify.candidate import Candidate
    from ema_cli.identify.estimates import Measured
    from ema_cli.identify.log import Log
    from ema_cli.identify.shapes import Shape
    from ema_cli.identify.trial import Fit

    Say = Callable[..., str]


def stated(one: Candidate, say: Say) -> list[str]:
    """A constant decay as the candidate has it."""
    if one.constant is None or one.shape is None or not one.shape.is_constant:
        return []
    value = float(one.constant.decay(dtype("float64")))
    text = one.constant.value if one.constant.kind != "alpha" else short(value)
    return [say("schedule: {what}", what=constant(value, one.constant.kind, text, say))]


def schedule(known: list[Shape], measured: Measured, say: Say) -> list[str]:
    """The schedule in words."""
    if not known:
        return []
    shape = known[0]
    told = [say("schedule: {what}", what=described(shape, say))]
    return [say("; ").join([*told, *_rhythm(shape, measured, say)])]


def _rhythm(shape: Shape, measured: Measured, say: Say) -> Iterator[str]:
    """The rounds that update, where not all do."""
    if measured.period > 1:
        first = next((row for row in measured.moving if row % measured.period == measured.phase), measured.phase)
        yield say(
            "every {period} rounds the shadow updates, first in round {number}",
            period=measured.period,
            number=first + 1,
        )
    elif measured.held > 1:
        yield say("the shadow stays as it is until round {number}", number=measured.held)
    if shape.lead > measured.held + 1:
        yield say("the schedule begins in round {number}", number=shape.lead + 1)
    if shape.counter == "update":
        yield say("n counts the updates from 0, which is round {number}", number=measured.phase + 1)


def by_time(shape: Shape, say: Say) -> str:
    """A decay that is a function of the time between two rows."""
    from math import log as ln

    rate = shape.fit.second.value
    half, time = 1 / rate, 1 / (rate * ln(2))
    if shape.counter == "step":
        what = say("the decay follows the distance of the steps, elapsed = step - step before")
    else:
        what = say("the decay follows the elapsed time of column {column}", column=shape.counter)
    return say(
        "{what}: 0.5^(elapsed/{half}), a half-life of {half}, or exp(-elapsed/{time}), or {each}^elapsed; to see it,"
        " give --time-column {column} --half-life {half}",
        what=what,
        half=f"{half:.8g}",
        time=f"{time:.8g}",
        each=f"{0.5**rate:.8g}",
        column=shape.counter,
    )


def unreached(best: Fit, shape: Shape, log: Log, say: Say) -> list[str]:
    """Say that DECAY ends a warm-up which has not come to it."""
    one = best.candidate
    if (one.constant is None) == (one.rule != "custom") or shape.curve in (CONSTANT, DEBIASED) or shape.constants():
        return []
    used = [decay for decay in one.average().advance(log.params, one.counters(log)).decays if decay is not None]
    least = Decimal(max(used, default=0.0)).quantize(Decimal(10) ** -6, ROUND_CEILING)
    if one.constant is None:
        return [
            say("no round shows a DECAY that ends the warm-up: if there is one, it is at least {least}", least=least)
        ]
    return [
        say(
            "DECAY was never reached: any DECAY from {least} on gives the same, and {decay} stands for it",
            least=least,
            decay=one.constant.value,
        )
    ]


def also_fit(shape: Shape, log: Log, say: Say) -> list[str]:
    """The other plain constants that fit a rounded log as well."""
    if log.exact or not shape.is_constant or shape.fit.range.width < 1e-12:
        return []
    within = shape.fit.range
    width = within.width
    places = max(4, 1 - int(f"{width:e}".partition("e")[2]))
    return [
        say(
            "decays from {low} to {high} fit as well",
            low=f"{within.low:.{places}f}",
            high=f"{within.high:.{places}f}",
        )
    ]
