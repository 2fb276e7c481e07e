"""The search: measure, fit curves, take the rules that have such a schedule, run them, and rank those that are left."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, product
from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record
from ema_cli.identify.candidate import IMPOSSIBLE, Candidate
from ema_cli.identify.candidates import arithmetics, candidates, ways
from ema_cli.identify.constants import floats_near, refined
from ema_cli.identify.curves import ELAPSED
from ema_cli.identify.customs import customs
from ema_cli.identify.estimates import Measured, Reading
from ema_cli.identify.interval import Between, digits, shortest
from ema_cli.identify.precision import BITS, significant
from ema_cli.identify.shapes import Shape, shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.rule import Rule
    from ema_cli.identify.constraints import Narrowed
    from ema_cli.identify.interval import Number
    from ema_cli.identify.log import Log

_ENOUGH = 12
"""Number of updates that suffice to rule out most candidates."""

_MOST_FIRST = 400

_ROUNDED = 4
"""Params of so many digits beside a rounded shadow are rounded sooner than round numbers."""

_SEVERAL = 6
"""Number of constants of a schedule to try, the plainest first, until one fits."""

_BUDGET = 5000
"""Number of comparisons after which no further constant is tried."""

_FEW_ROWS = 5
_MOST_ARITHMETICS = 12
"""Number of arithmetics to try with each of these floats."""


_MOST_OF_A_RULE = 4
_MOST_RUN = 400
"""Maximum number of candidates to run on more than the first rounds."""

_PLAIN_START = 1
"""Number of digits of an initial value that somebody wrote."""

_NARROW = 1e-3
"""The part of it that is left open where that is no accident."""

_SOME_ROWS = 2000
"""Number of rounds that candidates are run on before the best are run on all."""

_MOST_ON_ALL = 10
"""Number of candidates that fit, where the log is longer."""

_ALLOWED = 16.0
"""Number of roundings that may add up."""


class Fit(Record):
    """Fit of a candidate."""

    candidate: Candidate
    agree: int
    """The rounds whose digits are those of the log."""
    compared: int
    first: int | None
    """The first round that differs, from 1."""
    off: float = 0.0
    """The largest difference of a round that differs."""
    allowed: bool = True
    """True if no round is further off than the rounding of the cells and of the updates allows."""
    exact: bool = True
    """True if each round must agree to the last bit."""

    @property
    def fits(self) -> bool:
        """True if all rounds agree, as far as the rounding of the log allows."""
        return self.agree == self.compared or (self.allowed and not self.exact)


class Found(Record):
    """Result of a search."""

    measured: Measured
    shapes: list[Shape]
    fits: list[Fit]
    """The candidates, the likeliest first."""


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
    log, trial = measured.log, _Trial(measured, narrowed)
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
        fits = sorted([*fits, *trial.run(more)], key=_rank)
    if (
        narrowed.rules is None
        and not narrowed.constants
        and not any(fit.fits and fit.candidate.offset in (0, None) for fit in fits)
    ):
        own = [one for shape in found for each in customs(shape, measured) for one in trial.begun(each)]
        begun += own
        fits = sorted([*trial.run(own), *fits], key=_rank)
    if measured.exact and not any(fit.fits for fit in fits) and not narrowed.constants:
        floats = [one for shape in found if shape.is_constant for one in floats_near(shape, log)]
        fits = sorted([*trial.run(trial.of_floats(begun, floats)), *fits], key=_rank)
    return Found(measured, found, fits)


def of_formula(decay: str, measured: Measured, narrowed: Narrowed) -> Fit | None:
    """The fit of `custom` with a decay; None if it does not give the log."""
    if narrowed.rules is not None or narrowed.constants:
        return None
    trial = _Trial(measured, narrowed)
    one = Candidate("custom", {"decay": decay}, None, measured.reading.dtype if measured.log.exact else "float64")
    return next((fit for fit in trial.run([*trial.begun(one)]) if fit.fits), None)


class _Outcome(Record):
    """Comparison of computed shadows with logged ones."""

    differ: int
    """Number of rounds whose digits are not those of the log."""
    first: int | None
    """The first of these, from 1."""
    beyond: bool
    """True if one of these is further off than the rounding of the cells and of the updates allows."""
    off: float
    """The largest difference."""


class _Trial:
    """The trial of candidates: on the first rounds, where each arithmetic is computed once, and then on all."""

    def __init__(self, measured: Measured, narrowed: Narrowed) -> None:
        self.log, self.measured, self.narrowed = measured.log, measured, narrowed
        self.loose = self._loose()
        """Allowed error of each round, from the rounding of the params and of the updates before it."""
        self.few, self.begin, self.some = (self.log.part(0, n) for n in (_FEW_ROWS, self._first_rows(), _SOME_ROWS))
        self._known: dict[Any, _Outcome] = {}
        self.spent = 0
        """Number of comparisons so far."""

    def _loose(self) -> list[float]:
        log, reading = self.log, self.measured.reading
        units = accumulate(log.param_units, max) if reading.rounded else [0.0] * len(log)
        return [unit * 1.01 + min(row + 1, _ALLOWED) * log.error(row, reading.dtype) for row, unit in enumerate(units)]

    def _first_rows(self) -> int:
        """Number of rounds that suffice to begin with."""
        told = 0
        for row, _ in self.measured.updates():
            told += row >= self.measured.start
            if told >= _ENOUGH or row >= _MOST_FIRST:
                return row + 1
        return min(len(self.log), _MOST_FIRST)

    def _tried(self, one: Candidate, average: Average, log: Log) -> _Outcome:
        """Comparison of a candidate with a part of the log, done once for each arithmetic."""
        kind = _arithmetic(one, average)
        key = None if kind is None else (len(log), *kind)
        if key is not None and key in self._known:
            return self._known[key]
        self.spent += 1
        shadows = one.shadows(log, average)
        differ = log.differing(shadows, one.dtype)
        beyond = log.beyond(shadows, differ, self.loose)
        off = 0.0 if beyond else max((abs(shadows[row] - (log.shadows[row] or 0.0)) for row in differ), default=0.0)
        found = _Outcome(len(differ), differ[0] + 1 if differ else None, beyond, off)
        if key is not None:
            self._known[key] = found
        return found

    def _starts(self, rule: Rule, shape: Shape | None) -> Iterator[tuple[str | None, bool, float]]:
        """The initial values that are tried, whether the first logged shadow is one, and what each costs."""
        if rule.start != "initial":
            yield None, False, 0.0
        elif self.narrowed.initial is not None:
            yield self.narrowed.initial, False, 0.0
        else:
            yield "0", False, 0.0
            yield "first", False, 0.1
            if self.log.shadows[0] is not None:
                yield "0", True, 2.0
            if shape is not None and shape.is_constant:
                yield from self._solved(shape.fit.second.value)

    def _solved(self, decay: float) -> Iterator[tuple[str, bool, float]]:
        """The plain initial value that gives the first logged shadow."""
        first, param = self.log.shadows[0], self.log.params[0]
        if first is None or not decay:
            return
        slack = (self.log.units[0] + self.loose[0]) / decay
        start = (first - (1 - decay) * param) / decay
        text = shortest(Between(start - slack, start + slack), _PLAIN_START)
        if text is not None and float(text) and slack < _NARROW * abs(start):
            yield text, False, 0.5 + digits(text) / 2

    def begun(self, one: Candidate) -> Iterator[tuple[Candidate, Average]]:
        """The candidate with each start, and each arithmetic of a short type, that the first rounds allow."""
        rule, some = one.average().rule, False
        for name in self.narrowed.dtypes or (self.log.types if self.log.exact else [rule.dtype]):
            if some and self.narrowed.dtypes is None:
                return  # a longer type holds the values of a shorter one
            for way in arithmetics(rule, one.parameters, short=True) if BITS[name] < 24 else [{}]:
                this = one.but(dtype=name, parameters=one.parameters | way, cost=one.cost + len(way) / 2)
                try:
                    average = this.average()
                    for initial, continued, cost in self._starts(rule, one.shape):
                        started = this.but(initial=initial, continued=continued, cost=this.cost + cost)
                        if not any(self._tried(started, average, part).beyond for part in (self.few, self.begin)):
                            some = True
                            yield started, average
                except IMPOSSIBLE:
                    continue

    def run(self, begun: Sequence[tuple[Candidate, Average]]) -> list[Fit]:
        """Fits of candidates: each arithmetic on the first rounds, then the best of each rule on all."""
        first: list[tuple[int, float, Candidate]] = []
        for one, average in begun:
            short = BITS[one.dtype] < 24 or not self.log.exact
            for way in [{}] if short else arithmetics(average.rule, one.parameters, short=False):
                this = one.but(parameters=one.parameters | way, cost=one.cost + len(way) / 2)
                try:
                    own = average if not way else this.average()
                    first.append((self._tried(this, own, self.begin).differ, this.cost, this))
                except IMPOSSIBLE:
                    continue
        first.sort(key=lambda one: one[:2] if self.measured.exact else one[1:2])
        if self.log.exact and first and first[0][0] == 0:
            first = [one for one in first if one[0] == 0]
        fits: list[Fit] = []
        kinds: Counter[Any] = Counter()
        for _, _, one in first[:_MOST_RUN]:
            kinds[one.rule, one.dtype] += 1
            if kinds[one.rule, one.dtype] <= _MOST_OF_A_RULE:
                fits.append(self._compared(one, self.some))
                if fits[-1].fits:  # with other settings it would only cost more
                    kinds[one.rule, one.dtype] = _MOST_OF_A_RULE
        fits = sorted((fit for fit in fits if fit.allowed), key=_rank)
        if len(self.some) == len(self.log):
            return fits
        whole: list[Fit] = []
        for fit in fits:
            whole.append(self._compared(fit.candidate, self.log))
            if sum(one.fits for one in whole) == _MOST_ON_ALL:
                break
        return sorted((fit for fit in whole if fit.allowed), key=_rank)

    def _compared(self, one: Candidate, log: Log) -> Fit:
        """Fit of a candidate on some rounds, or on all."""
        found, count = self._tried(one, one.average(), log), log.compared
        return Fit(one, count - found.differ, count, found.first, found.off, not found.beyond, self.measured.exact)

    def of_floats(
        self, begun: Sequence[tuple[Candidate, Average]], floats: Sequence[Number]
    ) -> list[tuple[Candidate, Average]]:
        """Candidates with a constant decay that give the first rounds with one of these in the place of theirs."""
        found = []
        seen: set[tuple[Any, ...]] = set()
        for one, average in sorted(begun, key=lambda one: one[0].cost):
            if one.constant is None or one.shape is None or not one.shape.is_constant or len(seen) > _MOST_ARITHMETICS:
                continue
            for way in arithmetics(average.rule, one.parameters, short=False):
                base = one.but(parameters=one.parameters | way)
                kind = _kind(base.average(), one)
                if kind in seen:
                    continue
                seen.add(kind)
                for number in floats:
                    constant = ways(average.rule, number)[0]
                    this = base.but(constant=constant, cost=number.cost + one.cost - one.shape.fit.second.cost)
                    own = this.average()
                    if not any(self._tried(this, own, part).differ for part in (self.few, self.begin)):
                        found.append((this, own))
                        break
        return found


def _rank(fit: Fit) -> tuple[Any, ...]:
    """Less is likelier: what gives each digit, what is published, and what has the fewest and plainest settings."""
    return not fit.fits, fit.candidate.rule == "custom", fit.candidate.cost, -fit.agree


def _arithmetic(candidate: Candidate, average: Average) -> Any:
    """Key that is equal for candidates that compute the same; None where that is not easily seen."""
    if average.readout is not None or average.counter is not None or average.rule.start == "none":
        return None
    types = average.input_dtype.name, average.dtype.name
    rule = average.rule
    how = average.gate, rule.start, rule.by_float32, rule.flush, candidate.initial, candidate.continued
    return (average.form.name, *average.operands(None), *types, *how)


def _kind(average: Average, one: Candidate) -> tuple[Any, ...]:
    return average.form.name, str(average.scalars.weight), average.rule.flush, one.initial, one.continued, one.offset
