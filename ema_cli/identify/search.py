"""The search: measure, fit curves, take the rules that have such a schedule, run them, and rank those that are left."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from ema_cli.core.record import Record
from ema_cli.identify.candidate import Candidate
from ema_cli.identify.candidates import candidates
from ema_cli.identify.constants import floats_near, refined
from ema_cli.identify.curves import ELAPSED
from ema_cli.identify.customs import customs
from ema_cli.identify.estimates import Measured, Reading
from ema_cli.identify.precision import significant
from ema_cli.identify.shapes import Shape, shapes
from ema_cli.identify.trial import Fit, Trial, rank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.core.average import Average
    from ema_cli.identify.constraints import Narrowed
    from ema_cli.identify.log import Log

_ROUNDED = 4
"""Params of so many digits beside a rounded shadow are rounded sooner than round numbers."""

_SEVERAL = 6
"""Number of constants of a schedule to try, the plainest first, until one fits."""

_BUDGET = 5000
"""Number of comparisons after which no further constant is tried."""


class Found(Record):
    """Result of a search."""

    measured: Measured
    shapes: list[Shape]
    fits: list[Fit]
    """The candidates, the likeliest first."""
    cut: bool
    """True if rules were left out that may fit as well."""


def readings(log: Log) -> Iterator[Reading]:
    """Ways to read the cells of a log: first with all their digits, then with ever wider bounds."""
    own = log.held[0] if log.exact else "float32"
    if not log.exact and any(log.param_units) and max(map(significant, log.param_texts)) >= _ROUNDED:
        yield Reading(own, rounded=True)
        return
    yield Reading(own)
    if any(log.param_units):
        yield Reading(own, rounded=True)
    if own == "float64":
        yield Reading("float32")


def measures(log: Log) -> Iterator[tuple[Measured, list[Shape]]]:
    """The decays of a log, and the schedules that give them, by each reading that leaves one, or else by the first."""
    first: Measured | None = None
    left = False
    for reading in readings(log):
        measured = Measured(log, reading)
        found = shapes(measured)
        if found:
            left = True
            yield measured, found
        first = first or measured
    if not left and first is not None:
        yield first, []


def measure(log: Log) -> tuple[Measured, list[Shape]]:
    """The decays of a log, and the schedules that give them, by the first reading that leaves one."""
    return next(measures(log))


def search(log: Log, narrowed: Narrowed, look: Callable[[str], None] = lambda tried: None) -> Found:
    """The candidates that fit, the likeliest first; if there is none, those that come nearest.

    Args:
        log: The log.
        narrowed: What is known of the average.
        look: Told now and then what is tried.
    """
    first: Found | None = None
    for measured, schedules in measures(log):
        found = _search(measured, schedules, narrowed, look)
        first = first or found
        if log.exact or any(fit.fits for fit in found.fits):
            return found if any(fit.fits for fit in found.fits) else first
    assert first is not None
    return first


def _search(
    measured: Measured, found: list[Shape], narrowed: Narrowed, look: Callable[[str], None] = lambda tried: None
) -> Found:
    log, trial = measured.log, Trial(measured, narrowed)
    if not log.exact:
        found = [refined(shape, log, trial.loose) if shape.is_constant else shape for shape in found]
    found.sort(key=lambda shape: shape.cost)
    begun: list[tuple[Candidate, Average]] = []
    fits: list[Fit] = []
    seen = set()
    for shape, place in product(found, range(_SEVERAL)):
        if shape.curve is ELAPSED or (place and (trial.spent > _BUDGET or any(fit.fits for fit in fits))):
            continue
        if any(one.shape is not None and one.shape.cost < shape.cost for one, _ in begun):
            break  # a plainer schedule has averages that give the first rounds
        more: list[tuple[Candidate, Average]] = []
        for tried in narrowed.tried():
            look(f"trying {tried.rule.name}")
            for one in candidates(tried, shape, measured, place):
                if one.key not in seen:
                    seen.add(one.key)
                    more += trial.begun(one)
        begun += more
        fits = sorted([*fits, *trial.run(more)], key=rank)
    if (
        narrowed.rules is None
        and not narrowed.constants
        and not any(fit.fits and fit.candidate.offset in (0, None) for fit in fits)
    ):
        own = [one for shape in found for each in customs(shape, measured) for one in trial.begun(each)]
        begun += own
        fits = sorted([*trial.run(own), *fits], key=rank)
    if measured.exact and not any(fit.fits for fit in fits) and not narrowed.constants:
        floats = [one for shape in found if shape.is_constant for one in floats_near(shape, log)]
        fits = sorted([*trial.run(trial.of_floats(begun, floats)), *fits], key=rank)
    return Found(measured, found, fits, trial.cut)


def of_formula(decay: str, measured: Measured, narrowed: Narrowed) -> Fit | None:
    """The fit of `custom` with a decay; None if it does not give the log."""
    if narrowed.rules is not None or narrowed.constants:
        return None
    trial = Trial(measured, narrowed)
    one = Candidate("custom", {"decay": decay}, None, measured.reading.dtype if measured.log.exact else "float64")
    return next((fit for fit in trial.run([*trial.begun(one)]) if fit.fits), None)
