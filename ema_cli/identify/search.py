"""The search: screen all candidates by their decays, run those that are left on the first rounds, then on all."""

from __future__ import annotations

from math import nextafter
from typing import TYPE_CHECKING, Any

from ema_cli.companions import in_ulps
from ema_cli.core.dtypes import dtype
from ema_cli.core.errors import SettingError
from ema_cli.core.gates import COPY, SKIP
from ema_cli.core.records import Record
from ema_cli.identify.candidates import Candidate, Hints, all_rules, constants, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.core.decay import Constant
    from ema_cli.core.engine import Average
    from ema_cli.core.entry import Rule
    from ema_cli.identify.evidence import Between, Evidence

PREFIX = 24
"""The rounds that candidates are screened on."""

_FAR = 2**32
"""A counter that every warm-up has passed."""

_ALL_OFFSETS = 16
"""If this many offsets of the counter are possible, all of them are tried; of more, the round numbers."""

_MOST_OF_A_RULE = 20
"""How many settings of a rule are run on all rounds, if the first rounds don't tell them apart."""

_NEAREST = 5
"""How many are told where none fits."""


IMPOSSIBLE = (SettingError, ArithmeticError, ValueError, TypeError)
"""What a candidate raises whose settings or steps make no sense together; a negative number to a power that is no whole
number is a complex one, which no dtype takes."""


class Narrowed(Record):
    """What the options say already."""

    rules: list[str] | None = None
    constants: list[Constant] = []  # noqa: RUF012
    dtypes: list[str] | None = None
    initial: str | None = None


class Fit(Record):
    """How well a candidate fits."""

    candidate: Candidate
    agree: int
    """The rounds that agree."""
    compared: int
    first: int | None
    """The first round that differs, from 1."""
    worst: float | None
    """The largest distance in units in the last place; None where there is none."""

    @property
    def fits(self) -> bool:
        """Whether all rounds agree."""
        return self.agree == self.compared


def search(evidence: Evidence, narrowed: Narrowed) -> list[Fit]:
    """The candidates that fit, the simplest first; if there is none, those that come nearest."""
    prefix = evidence.start(PREFIX)
    hints = Hints(prefix)
    fits: list[Fit] = []
    near: list[tuple[int, int, Candidate]] = []
    known: dict[Any, tuple[int, int]] = {}
    full: dict[tuple[str, str, bool], int] = {}
    for number, (candidate, arithmetic) in enumerate(_screened(prefix, hints, narrowed)):
        same = (arithmetic, candidate.dtype, candidate.initial, candidate.continued)
        if same not in known:
            known[same] = _count(candidate, prefix)
        agree, compared = known[same]
        if agree == compared:
            whole = candidate.rule, candidate.dtype, candidate.continued
            full[whole] = full.get(whole, 0) + 1
            if full[whole] > _MOST_OF_A_RULE:
                continue
            fits.append(_fit(candidate, evidence) if len(evidence) > PREFIX else _fit(candidate, prefix))
        else:
            near.append((-agree, number, candidate))
            if len(near) > 20 * _NEAREST:
                near = sorted(near)[:_NEAREST]
    found = [fit for fit in fits if fit.fits]
    if found:
        return sorted(found, key=_order)
    partly = [*fits, *(_fit(candidate, evidence) for _, _, candidate in sorted(near)[:_NEAREST])]
    return sorted(partly, key=lambda fit: (-fit.agree, *_order(fit)))[:_NEAREST]


def _order(fit: Fit) -> tuple[Any, ...]:
    return fit.candidate.simplicity


def _screened(prefix: Evidence, hints: Hints, narrowed: Narrowed) -> Iterator[tuple[Candidate, Any]]:
    """The candidates whose decays are those of the log; and what their arithmetic is, the same for many."""
    for rule in all_rules(narrowed.rules):
        for parameters in settings(rule, hints):
            for stated in constants(rule, hints, narrowed.constants):
                base = Candidate(rule.name, parameters, stated, "float64", None, 0)
                try:
                    average = base.average()
                except IMPOSSIBLE:
                    continue
                for offset, arithmetic in _offsets(average, base, prefix, hints):
                    for name in narrowed.dtypes or _dtypes(rule, prefix):
                        for candidate in _starts(rule, base, name, offset, narrowed.initial):
                            yield candidate, arithmetic


def _dtypes(rule: Rule, evidence: Evidence) -> Sequence[str]:
    """The dtypes that are tried: those that could hold the log, or of a rounded log those that the rule is used in."""
    if evidence.exact:
        return [name for name in evidence.dtypes if name == evidence.dtypes[0] or name.endswith("float16")]
    return list(dict.fromkeys((rule.dtype, "float64")))


def _starts(rule: Rule, base: Candidate, name: str, offset: int | None, initial: str | None) -> Iterator[Candidate]:
    def candidate(start: str | None, continued: bool = False) -> Candidate:
        return Candidate(rule.name, base.parameters, base.constant, name, start, offset, continued)

    if rule.start != "initial":
        yield candidate(None)
    elif initial is not None:
        yield candidate(initial)
    else:
        yield candidate("0")
        yield candidate("first")
        yield candidate("0", continued=True)


def _offsets(
    average: Average, base: Candidate, prefix: Evidence, hints: Hints
) -> Iterator[tuple[int | None, tuple[Any, ...]]]:
    """The offsets of the counter under which the decays are those of the log; and what the arithmetic then is."""
    counter = average.counter
    own = counter is not None and counter.first is not None
    tried: list[int | None] = [0]
    if counter is not None and (own or prefix.steps is not None):
        tried += [1, -1]
    if own and prefix.steps is not None and counter is not None and not counter.fractional:
        tried.append(None)
    if average.readout is not None:
        tried = [offset for offset in tried if not offset]
    found = False
    for offset in tried:
        arithmetic = _arithmetic(average, base, offset, prefix)
        if arithmetic is not None:
            found = True
            yield offset, arithmetic
    if not found and counter is not None and average.readout is None and len(base.parameters) < 3:
        for offset in _inverted(average, base, prefix, hints):
            arithmetic = _arithmetic(average, base, offset, prefix)
            if arithmetic is not None:
                yield offset, arithmetic


def _inverted(average: Average, base: Candidate, prefix: Evidence, hints: Hints) -> list[int]:
    """Offsets at which the first and the last known decay are those of the log: by bisection, as a warm-up rises."""
    if not hints.updating or average.counter is None or average.counter.fractional:
        return []

    def at(n: int) -> float:
        decay = average.beside().advance([0.0], [n]).decays[0]
        return -1.0 if decay is None else float(decay)

    def first_above(bound: float) -> int:
        low, high = 0, _FAR
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if at(middle) < bound else (low, middle)
        return low

    try:
        counters = base.counters(prefix, average) or average.beside().advance(prefix.params).steps
        least, most = -_FAR, _FAR
        lowest, highest = at(1), at(_FAR)
        for row, interval in dict((hints.updating[0], hints.updating[-1])).items():
            if counters is None or counters[row] is None:
                return []
            if lowest == highest or lowest > interval.high or highest < interval.low:
                return []
            own = int(counters[row] or 0)
            least = max(least, first_above(interval.low) - own)
            most = min(most, first_above(nextafter(interval.high, 2.0)) - 1 - own)
    except IMPOSSIBLE:
        return []
    if most - least < _ALL_OFFSETS:
        return list(range(least, most + 1))
    found = [least, least + 1]
    for digits in range(1, 10):  # the roundest numbers in between
        round_number = -(-least // 10**digits) * 10**digits
        found += [number for number in (round_number, round_number + 1, round_number - 1) if least <= number <= most]
    return list(dict.fromkeys(found))


def _arithmetic(average: Average, base: Candidate, offset: int | None, prefix: Evidence) -> tuple[Any, ...] | None:
    """What a candidate computes, the same for two that compute the same; None if its decays are not those of the log.

    What a debiasing rule shows has not the decays of its accumulator: it is not held against them.
    """
    candidate = Candidate(base.rule, base.parameters, base.constant, base.dtype, base.initial, offset)
    try:
        counters = candidate.counters(prefix, average)
        if counters is not None and any(step is not None and step < 0 for step in counters):
            return None
        rounds = average.beside().advance(prefix.params, counters)
    except IMPOSSIBLE:
        return None
    rule = average.rule
    actions = rounds.actions or [""] * len(rounds)
    if average.readout is None and rule.start != "none":
        columns = zip(prefix.decays, rounds.decays, rounds.weights, actions, strict=True)
        if any(one is not None and not _within(decay, weight, action, one) for one, decay, weight, action in columns):
            return None
    counted = None if average.readout is None or rounds.steps is None else tuple(rounds.steps)
    how = (average.form, average.scalars, average.readout, rule.start, rule.state, rule.by_float32, rule.flush)
    return (*how, tuple(rounds.decays), tuple(rounds.weights), tuple(actions), counted)


def _within(decay: Any, weight: Any, action: str, interval: Between) -> bool:
    """Whether a round's decay is in the interval: as it is, or as its weight has it, which was rounded apart."""
    value = {COPY: 0.0, SKIP: 1.0}.get(action, decay)
    return value is None or value in interval or (weight is not None and 1 - weight in interval)


def shadows_of(candidate: Candidate, evidence: Evidence) -> tuple[list[Any], Average]:
    """The shadows that a candidate gives, and its average."""
    counters = candidate.counters(evidence)
    average = candidate.average()
    if not candidate.continued:
        return average.advance(evidence.params, counters).shadows, average
    rounds = average.advance(evidence.params, counters)
    first = evidence.values[0]
    if first is None:
        return rounds.shadows, average
    rest = candidate.average(start=first)
    steps = None if rounds.steps is None else list(rounds.steps)[1:]
    return [rest.dtype.load(first), *rest.advance(evidence.params[1:], steps).shadows], rest


def _load(average: Average) -> Callable[[Any], Any]:
    """From what was logged to a value of the dtype: a log flushes nothing."""
    return dtype(average.dtype.name).load


def _fit(candidate: Candidate, evidence: Evidence) -> Fit:
    shadows, average = shadows_of(candidate, evidence)
    load, loose = _load(average), evidence.tolerance(0) if candidate.continued else 0.0
    agree = compared = 0
    first: int | None = None
    worst: float | None = None
    for row, value in enumerate(shadows):
        logged = evidence.values[row]
        if logged is None:
            continue
        compared += 1
        if evidence.agrees(row, value, load, loose):
            agree += 1
        elif first is None:
            first = row + 1
        distance = _ulps(value, logged, average)
        if distance is not None:
            worst = max(worst or 0.0, distance)
    return Fit(candidate, agree, compared, first, worst)


def _ulps(value: Any, logged: float, average: Average) -> float | None:
    from fractions import Fraction

    loaded = _load(average)(logged)
    if value is None or value - value != 0 or loaded - loaded != 0:
        return None
    return in_ulps(Fraction(value) - Fraction(loaded), Fraction(value), average.dtype)


def _count(candidate: Candidate, prefix: Evidence) -> tuple[int, int]:
    """How many of the first rounds agree, of how many; counted up to the second that doesn't."""
    compared = sum(value is not None for value in prefix.values)
    try:
        shadows, average = shadows_of(candidate, prefix)
    except IMPOSSIBLE:
        return 0, compared
    load, loose = _load(average), prefix.tolerance(0) if candidate.continued else 0.0
    agree = missed = 0
    for row, value in enumerate(shadows):
        if prefix.values[row] is not None:
            if prefix.agrees(row, value, load, loose):
                agree += 1
            else:
                missed += 1
                if missed > 1:
                    break
    return agree, compared
