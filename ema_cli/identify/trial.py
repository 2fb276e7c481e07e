"""Run candidates on the first rounds, then on all, and rank those that remain."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING, Any

from ema_cli.core.catalogue import parsed_rule
from ema_cli.core.record import Record
from ema_cli.identify.candidate import IMPOSSIBLE, Candidate
from ema_cli.identify.candidates import arithmetics, ways
from ema_cli.identify.curves import DEBIASED
from ema_cli.identify.log import BITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ema_cli.core.average import Average
    from ema_cli.identify.candidate import Narrowed
    from ema_cli.identify.decay_bounds import Measured
    from ema_cli.identify.interval import Number
    from ema_cli.identify.log import Log

_ENOUGH = 12  # number of updates that rule out most candidates
_MOST_FIRST = 400  # maximum number of rounds for these updates
_FEW_ROWS = 5  # number of rounds of an even shorter first trial
_SOME_ROWS = 2000  # number of rounds that candidates are run on before the best are run on all
_MOST_OF_A_RULE = 4
_MOST_ON_ALL = 10  # maximum number of fitting candidates to run on a longer log
_MOST_NUMBERS = 5  # maximum number of other constants to try
_ALLOWED = 16.0  # maximum number of roundings that add up


class Fit(Record):
    """A comparison of a candidate's shadows with logged ones."""

    candidate: Candidate
    compared: int
    differ: int
    """Number of rounds whose digits differ from the log."""
    first: int | None
    """The first such round, from 1; None if none differs."""
    off: float
    """The largest distance of a shadow from the log; meaningful only if `allowed`."""
    allowed: bool
    """True if all differences are within the rounding of the cells and the updates."""
    exact: bool
    """True if a fit must agree to the last bit."""

    @property
    def agrees(self) -> bool:
        """True if no round differs from the log."""
        return not self.differ

    @property
    def fits(self) -> bool:
        """True if all rounds agree: to the last bit if `exact`, else within the rounding."""
        return self.agrees or (self.allowed and not self.exact)


class Trial:
    """Runs candidates on a log, first on its beginning; those with the same arithmetic are computed once."""

    def __init__(self, measured: Measured, narrowed: Narrowed) -> None:
        self.log, self.measured, self.narrowed = measured.log, measured, narrowed
        log = self.log
        self.loose = [
            unit * 1.01 + min(row + 1, _ALLOWED) * log.error(row, measured.arithmetic)
            for row, unit in enumerate(accumulate(measured.unsure, max))
        ]
        """Allowed error of each round, from the rounding of the params and of the updates before it."""
        told = [row for row, _ in measured.updates() if row >= measured.start][:_ENOUGH]
        most = told[-1] + 1 if len(told) == _ENOUGH else len(log)
        counts = log.head + _FEW_ROWS, min(most, _MOST_FIRST), _SOME_ROWS
        self.few, self.begin, self.some = (log.part(0, count) for count in counts)
        self._known: dict[Any, Fit] = {}
        self.cut = False
        """True if candidates were left out that may also fit."""

    def _tried(self, one: Candidate, log: Log) -> Fit:
        """Compare a candidate with a part of the log, with a cache by arithmetic."""
        try:
            key = len(log), _arithmetic(one) or (one.key, one.initial, one.continued)
            if key in self._known:
                return self._known[key].but(candidate=one)
            shadows = one.shadows(log)
        except IMPOSSIBLE:
            return Fit(one, log.compared, log.compared, 1, inf, allowed=False, exact=self.measured.exact)
        rows = log.differing(shadows, one.dtype)
        loose, off, led = self.loose, 0.0, one.schedule
        if one.continued and led is not None and led.is_constant and not log.exact:  # from a rounded shadow
            seed, kept = log.units[log.head], led.fit.second.value
            loose = [allowed + seed * kept**row for row, allowed in enumerate(loose[: len(log)])]
        if log.exact and led is not None and led.curve is DEBIASED:  # whose divisor is first of few digits
            loose = [_ALLOWED * allowed for allowed in loose]
        beyond = log.beyond(shadows, rows, loose)
        if rows and not beyond:
            off = max(abs(own - float(text)) for own, text in zip(shadows, log.texts, strict=True) if text)
        first = rows[0] + 1 if rows else None
        found = Fit(one, log.compared, len(rows), first, off, not beyond, self.measured.exact)
        self._known[key] = found
        return found

    def _starts(self, one: Candidate) -> Iterator[Candidate]:
        """The candidate with each start to try: initial values, and the first logged shadow."""
        if one.average.rule.start != "initial":
            yield one
        elif self.narrowed.initial is not None:
            yield one.but(initial=self.narrowed.initial)
        else:
            yield one.but(initial="0")
            yield one.but(initial="first", cost=one.cost + 0.1)
            if not self.log.head or one.average.counter is None or one.counters(self.log):
                yield one.but(initial="0", continued=True, cost=one.cost + 2)

    def _begun(self, one: Candidate) -> Iterator[Candidate]:
        """The candidate with each dtype, start and (in a short dtype) arithmetic that the first rounds allow."""
        (rule, _), fits = parsed_rule(one.rule), False
        for name in self.narrowed.dtypes or (self.log.types if self.log.exact or self.log.stored else [rule.dtype]):
            if fits and self.narrowed.dtypes is None:
                return  # a longer type holds the values of a shorter one
            own = one.but(dtype=name, round_each=self.log.round_each)
            for this in arithmetics(own, short=True) if BITS[name] < 24 else [own]:
                if not this.is_possible:
                    continue
                for started in self._starts(this):
                    if all(self._tried(started, part).allowed for part in (self.few, self.begin)):
                        fits = True
                        yield started

    def fits(self, candidates: Iterable[Candidate]) -> list[Fit]:
        """Try candidates with each start and arithmetic on the first rounds, then the best of each rule on all."""
        first: list[Fit] = []
        for one in (started for each in candidates for started in self._begun(each)):
            short = BITS[one.dtype] < 24 or not self.log.exact
            first += [self._tried(this, self.begin) for this in ([one] if short else arithmetics(one, short=False))]
        first.sort(key=lambda fit: (fit.differ if self.measured.exact else 0, fit.candidate.cost))
        if self.log.exact and first and first[0].agrees:
            first = [fit for fit in first if fit.agrees]
        fits = self._best(first, self.some)
        return fits if len(self.some) == len(self.log) else self._best(fits, self.log, _MOST_ON_ALL)

    def _best(self, begun: Sequence[Fit], log: Log, most: float = inf) -> list[Fit]:
        """Fits on more rounds, the best first: a few of each rule and dtype until one fits, at most `most` in all."""
        fits: list[Fit] = []
        kinds: Counter[Any] = Counter()
        for fit in begun:
            one = fit.candidate
            if kinds[one.rule, one.dtype] >= _MOST_OF_A_RULE:
                continue
            if sum(one.fits for one in fits) >= most:
                self.cut = True
                break
            fits.append(self._tried(one, log))
            # Others of this rule and dtype would only cost more.
            kinds[one.rule, one.dtype] += _MOST_OF_A_RULE if fits[-1].fits else 1
        return sorted((fit for fit in fits if fit.allowed), key=rank)

    def with_another(self, tried: Sequence[Candidate], numbers: Sequence[Number]) -> list[Fit]:
        """Try other constants until one makes a candidate fit; all fits with this constant, or with the first one."""
        stated = [one for one in tried if one.constant is not None]
        near: list[Fit] = []
        for number in (self._likely(stated, numbers) or numbers)[:_MOST_NUMBERS]:
            fits = self.fits(_but(one, number) for one in stated)
            if any(fit.fits for fit in fits):
                return fits
            near = near or fits
        return near

    def _likely(self, tried: Sequence[Candidate], numbers: Sequence[Number]) -> Sequence[Number]:
        """Keep the constants that lead from each logged shadow to the next; keep all if that can't be checked."""
        averages: dict[Any, Average] = {}
        for one in tried if self.measured.exact else ():
            for average in (this.average for this in arithmetics(one, short=False)):
                if average.counter is None and len(average.registers) == 1 and average.program.take is None:
                    scalars = average.scalars
                    kind = average.form.name, average.dtype.name, str(scalars.decay), str(scalars.weight)
                    averages.setdefault(kind, average)
        if not averages:
            return numbers
        known = (row for row, _ in self.measured.updates() if row >= self.measured.start)
        rows = [row for row in known if self.log.shadows[row - 1] is not None]
        decays = [Fraction(one.text) if one.kind == "decay" else one.value for one in numbers]
        places = {place for own in averages.values() for place in _stepping(own, decays, self.log, rows)}
        return [numbers[place] for place in sorted(places)]


def _but(one: Candidate, number: Number) -> Candidate:
    """The candidate with another constant, and the cost that goes with it."""
    assert one.schedule is not None
    constant = ways(parsed_rule(one.rule)[0], number)[0]
    return one.but(constant=constant, cost=one.cost + number.cost - one.schedule.constants()[0].cost)


def _stepping(average: Average, decays: Sequence[Any], log: Log, rows: Sequence[int]) -> list[int]:
    """Indices of the decays that lead exactly from each logged shadow to the next."""
    program, shadows = average.program, log.loaded(average.dtype.name)
    left = list(range(len(decays)))
    for row in rows:
        count = len(left)
        plan = program.schedule.plan(None, count, None, [decays[place] for place in left]).columns
        known = {"p": [*program.load([log.params[row]])] * count, "s": [shadows[row - 1]] * count, "k": [1] * count}
        found = program.recurrence.apart(known | plan | {"v": plan["decay"]})[0]
        left = [place for place, value in zip(left, found, strict=True) if value == shadows[row]]
        if not left:
            break
    return left


def rank(fit: Fit) -> tuple[Any, ...]:
    """Sort key, the likeliest first: those that fit, published rules, plain settings, then the fewest differences."""
    return not fit.fits, fit.candidate.rule == "custom", fit.candidate.cost, fit.differ


def _arithmetic(candidate: Candidate) -> Any:
    """Cache key, equal only for candidates that compute the same; None with a counter, a readout or no start."""
    average = candidate.average
    if average.readout is not None or average.counter is not None or average.rule.start == "none":
        return None
    rule, types = average.rule, (average.input_dtype.name, average.dtype.name)
    how = average.gate, rule.start, rule.by_float32, rule.flush, candidate.initial, candidate.continued
    return (average.form.name, *average.operands(None), *types, *how)
