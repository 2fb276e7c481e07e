"""The search: measure decays, fit curves, find rules with such a schedule, run them, and rank those that fit."""

from __future__ import annotations

from decimal import Decimal
from math import frexp
from typing import TYPE_CHECKING, Any

from ema_cli.check.tolerance import significant
from ema_cli.core.record import Record
from ema_cli.identify.candidate import Candidate
from ema_cli.identify.candidates import candidates, customs
from ema_cli.identify.curves import BY_TIME
from ema_cli.identify.decay_bounds import ENOUGH, Measured
from ema_cli.identify.interval import Between, Number, common, decays, shortest
from ema_cli.identify.log import BITS
from ema_cli.identify.schedule_search import find_schedules
from ema_cli.identify.trial import Fit, Trial, rank
from ema_cli.identify.whole_numbers import ROUNDS, is_whole, rounded_anyhow, updates_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ema_cli.identify.candidate import Narrowed
    from ema_cli.identify.found_schedule import FoundSchedule
    from ema_cli.identify.log import Log

_ROUNDED = 4  # params with this many digits beside rounded shadows are assumed to be rounded, too
_SEVERAL = 6  # maximum number of constants of a schedule to try, the plainest first
_ODD = 16  # minimum number of rounds that can't agree by accident with one of many decays of all digits
_MOST_FLOATS = 600  # maximum number of floats near an estimate to try as the weight
_CENTRAL = 0.8  # part of an interval in which to look for a plain decay; its ends need all roundings to conspire
_SURELY = 30  # number of rounds that can't look by accident as if each shadow was rounded before the next
_AGREED = 2.0  # extra cost of a candidate that agrees in each round over one that only fits
_MOVES = 3  # minimum number of rounds that change the shadow for another reading of its digits
_SHORT = 1.5  # maximum cost of a decay of two digits
_NEWTON = 8  # number of Newton steps to refine a decay


class Found(Record):
    """The result of a search."""

    measured: Measured
    schedules: list[FoundSchedule]
    fits: list[Fit]
    """The candidates, the likeliest first."""
    cut: bool
    """True if candidates were left out that may also fit."""
    within: Between | None = None
    """The range of a constant decay, if whole numbers leave open which one it is."""


def measures(log: Log, known: list[FoundSchedule] | None = None) -> Iterator[tuple[Measured, list[FoundSchedule]]]:
    """Measure the decays of a log, and find their schedules unless `known`; first strictly, then with wider bounds."""
    own = log.types[0] if log.exact or log.stored else "float32"
    unsure, alike = any(log.param_units), max(log.param_units) <= 10 * max(log.units)
    if not log.exact and unsure and alike and max(map(significant, log.param_texts)) >= _ROUNDED:
        ways = [(log, own, True)]
    else:
        looser = [(log.looser(), own, False)] if log.exact and BITS[own] >= BITS["float32"] else []
        short = [(log, "float32", False)] if own == "float64" and not log.stored else []
        ways = [(log, own, False), *([(log, own, True)] if unsure else []), *looser, *short]
        ways = ways[:1] if log.round_each is not None else ways
    for read, arithmetic, rounded in ways:
        measured = Measured(read, arithmetic, rounded=rounded)
        yield measured, known or find_schedules(measured)


def search(log: Log, narrowed: Narrowed) -> Found:
    """Find the candidates that fit a log and the options, the likeliest first; if none fits, the nearest ones."""
    found = _read(log, narrowed)
    fits = any(fit.fits for fit in found.fits[:1])
    if narrowed.allows_custom and is_whole(log) and not any(map(_is_plain, found.fits[:1])):
        whole = _in_whole_numbers(log, narrowed, found)
        if whole is not None:
            return whole
    ways: Iterable[Log] = ()
    if log.exact and log.types[0] != "float64" and not fits:
        ways = log.rounded()
    elif not log.exact and (not fits or (found.fits[0].differ and log.compared >= _SURELY)):
        ways = log.by_hand()
    for way in ways:
        again = _read(way, narrowed, found.schedules if way.stored else None)
        if len(again.measured.moving) < _MOVES:
            continue
        most = log.compared / 10 if way.stored else log.compared
        if any(fit.fits and fit.differ <= most for fit in again.fits[:1]):
            return again
        if again.measured.log.round_each is not None and again.schedules and not fits:
            found = again
    return found


def _in_whole_numbers(log: Log, narrowed: Narrowed, found: Found) -> Found | None:
    """The average in whole numbers that gives a log, or of a short log the range of its decay; None if neither is sure.
    `found` is the result of a search for other averages.
    """
    possible = updates_of(log)
    for measured, schedule, one in possible:
        fits = [fit for fit in Trial(measured, narrowed).fits([one]) if fit.agrees]
        if fits and len(measured.rows) >= ROUNDS[schedule.cost]:
            return Found(measured, [schedule], fits, False)
    within = common(one for _, one in rounded_anyhow(log).updates()) if log.compared < _SURELY else None
    unsure = possible or not any(_is_plain(fit, _SHORT) for fit in found.fits[:1])
    return found.but(fits=[], within=within) if within and unsure else None


def _is_plain(fit: Fit, cost: float = 1.0) -> bool:
    """True if each round agrees, with a usual decay or one of at most this cost."""
    led = fit.candidate.schedule
    return fit.agrees and (led is None or not led.is_constant or led.fit.second.cost <= cost)


def _read(log: Log, narrowed: Narrowed, known: list[FoundSchedule] | None = None) -> Found:
    """Search with each measurement of a log until a plain candidate agrees in each round, with the schedules in `known`
    if given; else the plainest of those that fit.
    """
    tried: list[Found] = []
    for measured, schedules in measures(log, known):
        found = _search(measured, schedules, narrowed)
        tried.append(found)
        if any(map(_is_plain, found.fits[:1])) or (log.exact and schedules):
            break
    fitting = [found for found in tried if any(fit.fits for fit in found.fits[:1])]
    if fitting:
        return min(fitting, key=lambda found: found.fits[0].candidate.cost - _AGREED * found.fits[0].agrees)
    return next((found for found in tried if found.schedules), tried[0])


def _search(measured: Measured, found: list[FoundSchedule], narrowed: Narrowed) -> Found:
    log, trial = measured.log, Trial(measured, narrowed)
    if not log.exact:
        found = [_refined(schedule, log, trial.loose) if schedule.is_constant else schedule for schedule in found]
    found.sort(key=lambda schedule: schedule.cost)
    fits: list[Fit] = []
    seen: set[Any] = set()
    for schedule in found if measured.bits >= ENOUGH else ():
        if schedule.curve in BY_TIME or schedule.is_off_by_one:
            continue
        if any(fit.candidate.schedule is not None and fit.candidate.schedule.cost < schedule.cost for fit in fits):
            break  # candidates of a plainer schedule fit
        fresh = []
        for one in (one for tried in narrowed.tried() for one in candidates(tried, schedule, measured)):
            if one.key not in seen:
                seen.add(one.key)
                fresh.append(one)
        fits += trial.fits(fresh)
        if not any(fit.fits for fit in fits) and not narrowed.constants:
            fits += trial.with_another(fresh, _others(schedule, measured))
    if narrowed.allows_custom and not any(fit.fits and fit.candidate.offset in (0, None) for fit in fits):
        fits += trial.fits(one for schedule in found for one in customs(schedule, measured))
    return Found(measured, found, sorted(fits, key=rank), trial.cut)


def _others(schedule: FoundSchedule, measured: Measured) -> list[Number]:
    """Constants of a schedule after the plainest; if each digit counts, also floats near a constant decay."""
    sure = measured.exact and schedule.is_constant and len(measured.rows) >= _ODD
    floats = _floats_near(schedule, measured) if sure else []
    return [*schedule.constants()[1:_SEVERAL], *floats]


def of_formula(decay: str, measured: Measured, narrowed: Narrowed) -> Fit | None:
    """The fit of `custom` with this decay; None if it does not fit the log."""
    if not decay or not narrowed.allows_custom:
        return None
    one = Candidate("custom", {"decay": decay}, None, measured.dtype)
    return next(iter(Trial(measured, narrowed).fits([one])), None)


def _refined(schedule: FoundSchedule, log: Log, loose: Sequence[float]) -> FoundSchedule:
    """Refine a constant decay by Newton steps, with all shadows computed from the first one."""
    within, head = schedule.fit.range, log.head
    decay = within.middle
    best: Between | None = None
    for _ in range(_NEWTON):
        low, high = within.low - decay, within.high - decay
        shadow, slope, left = log.shadows[head] or 0.0, 0.0, 1.0
        pull = squares = 0.0
        for row in range(head + 1, len(log)):
            param, logged = log.params[row], log.shadows[row]
            slope = decay * slope + shadow - param
            shadow = decay * shadow + (1 - decay) * param
            left *= decay
            if logged is None or not slope:
                continue
            slack = (log.units[row] + loose[row] + left * log.units[head]) / abs(slope)
            off = (logged - shadow) / slope
            pull, squares = pull + (logged - shadow) * slope, squares + slope * slope
            low, high = max(low, off - slack), min(high, off + slack)
        moved = min(max(decay + pull / (squares or 1.0), within.low), within.high)
        best = Between(decay + low, decay + high) if low <= high else None
        if best is not None and abs(moved - decay) < best.width / 4:
            break
        decay = moved
    numbers = decays(best.wider(_CENTRAL)) if best is not None else []
    if not numbers or best is None:
        return schedule
    fit = schedule.fit.but(second=numbers[0], range=best, seconds=numbers, cost=numbers[0].cost)
    return schedule.but(fit=fit, cost=schedule.cost - schedule.fit.cost + fit.cost)


def _floats_near(schedule: FoundSchedule, measured: Measured) -> list[Number]:
    """Decays near an estimate that are floats of the log's dtype, or whose weights are."""
    within, bits = common(one for _, one in measured.updates()) or schedule.fit.range, BITS[measured.log.types[0]]
    small = within.high < 0.5  # else the weight is the smaller one, and has more digits
    low, high = within if small else Between(1 - within.high, 1 - within.low)
    if not 0 < low <= high < 1:
        return []
    step = 2.0 ** (frexp(high)[1] - bits)
    if (high - low) / step > 2 * _MOST_FLOATS:  # rather those of 1 minus a float64
        step = max(step, 2.0**-53)
    most = min(int((high - low) / step) // 2 + 1, _MOST_FLOATS)
    middle = round((low + high) / 2 / step)
    found = []
    for by in sorted(range(-most, most + 1), key=abs):
        number, half = (middle + by) * step, step * 0.49
        decay = number if small else 1 - number
        text: str | None = repr(decay)
        if step > 2.0**-50:
            text = shortest(Between(decay - half, decay + half))
        elif not small and 1 - decay != number:  # no float64 has this decay
            text = str(1 - Decimal(repr(number)))
        if text is not None:
            found.append(Number(float(text), text, float(len(text.strip("0.")))))
    return sorted(found, key=lambda one: repr(one.value) != one.text)  # first those that are float64 numbers
