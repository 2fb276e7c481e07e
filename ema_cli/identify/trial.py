"""The trial of candidates: on the first rounds, then on all, and the rank of those that are left."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record
from ema_cli.identify.candidate import IMPOSSIBLE, Candidate
from ema_cli.identify.candidates import arithmetics, ways
from ema_cli.identify.interval import Between, digits, shortest
from ema_cli.identify.precision import BITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ema_cli.core.average import Average
    from ema_cli.identify.constraints import Narrowed
    from ema_cli.identify.estimates import Measured
    from ema_cli.identify.interval import Number
    from ema_cli.identify.log import Log

_ENOUGH = 12
"""Number of updates that suffice to rule out most candidates."""

_MOST_FIRST = 400


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


class Trial:
    """The trial of candidates: on the first rounds, where each arithmetic is computed once, and then on all."""

    def __init__(self, measured: Measured, narrowed: Narrowed) -> None:
        self.log, self.measured, self.narrowed = measured.log, measured, narrowed
        self.loose = self._loose()
        """Allowed error of each round, from the rounding of the params and of the updates before it."""
        self.few, self.begin, self.some = (
            self.log.part(0, n) for n in (self.log.head + _FEW_ROWS, self._first_rows(), _SOME_ROWS)
        )
        self._known: dict[Any, _Outcome] = {}
        self.spent = 0
        """Number of comparisons so far."""
        self.cut = False
        """True if rules were left out that may fit as well."""

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

    def _starts(self, one: Candidate, average: Average) -> Iterator[tuple[str | None, bool, float]]:
        """The initial values that are tried, whether the first logged shadow is one, and what each costs."""
        if average.rule.start != "initial":
            yield None, False, 0.0
        elif self.narrowed.initial is not None:
            yield self.narrowed.initial, False, 0.0
        else:
            yield "0", False, 0.0
            yield "first", False, 0.1
            if not self.log.head or average.counter is None or one.counters(self.log):
                yield "0", True, 2.0
            if one.shape is not None and one.shape.is_constant:
                yield from self._solved(one.shape.fit.second.value)

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
                    for initial, continued, cost in self._starts(this, average):
                        started = this.but(initial=initial, continued=continued, cost=this.cost + cost)
                        if not any(self._tried(started, average, part).beyond for part in (self.few, self.begin)):
                            some = True
                            yield started, average
                except IMPOSSIBLE:
                    continue

    def run(self, begun: Sequence[tuple[Candidate, Average]]) -> list[Fit]:
        """Fits of candidates: each arithmetic on the first rounds, then the best of each rule on all."""
        first: list[tuple[int, float, Candidate, Average]] = []
        for one, average in begun:
            short = BITS[one.dtype] < 24 or not self.log.exact
            for way in [{}] if short else arithmetics(average.rule, one.parameters, short=False):
                this = one.but(parameters=one.parameters | way, cost=one.cost + len(way) / 2)
                try:
                    own = average if not way else this.average()
                    first.append((self._tried(this, own, self.begin).differ, this.cost, this, own))
                except IMPOSSIBLE:
                    continue
        first.sort(key=lambda one: one[:2] if self.measured.exact else one[1:2])
        if self.log.exact and first and first[0][0] == 0:
            first = [one for one in first if one[0] == 0]
        fits: list[Fit] = []
        kinds: Counter[Any] = Counter()
        for _, _, one, average in first[:_MOST_RUN]:
            kinds[one.rule, one.dtype] += 1
            if kinds[one.rule, one.dtype] <= _MOST_OF_A_RULE:
                fits.append(self._compared(one, average, self.some))
                if fits[-1].fits:  # with other settings it would only cost more
                    kinds[one.rule, one.dtype] = _MOST_OF_A_RULE
        self.cut |= any((one.rule, one.dtype) not in kinds for _, _, one, _ in first[_MOST_RUN:])
        fits = sorted((fit for fit in fits if fit.allowed), key=rank)
        if len(self.some) == len(self.log):
            return fits
        whole: list[Fit] = []
        for fit in fits:
            whole.append(self._compared(fit.candidate, fit.candidate.average(), self.log))
            if sum(one.fits for one in whole) == _MOST_ON_ALL:
                break
        self.cut |= len(whole) < len(fits)
        return sorted((fit for fit in whole if fit.allowed), key=rank)

    def _compared(self, one: Candidate, average: Average, log: Log) -> Fit:
        """Fit of a candidate on some rounds, or on all."""
        found, count = self._tried(one, average, log), log.compared
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


def rank(fit: Fit) -> tuple[Any, ...]:
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
