"""The search: screen all candidates by their decays, run those that are left on the first rounds, then on all."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from ema_cli.core.dtypes import dtype
from ema_cli.core.record import Record
from ema_cli.identify.candidates import Candidate, counters, dtypes, numbering, starts
from ema_cli.identify.estimates import Hints
from ema_cli.identify.grids import arithmetics
from ema_cli.identify.prefilter import IMPOSSIBLE, Screen
from ema_cli.report.derived import in_ulps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ema_cli.core.average import Average
    from ema_cli.identify.constraints import Narrowed
    from ema_cli.identify.log import Evidence

_ENOUGH = 24
"""So many rounds that tell something are what candidates are run on at first."""

_ENOUGH_UPDATES = 8
"""So many of them update, if there are."""

_MOST_AT_FIRST = 1000
"""Not more rounds than these, though."""

_VERY_FIRST = 6
"""So many rounds are enough to see that most don't fit."""

_MOST_OF_A_RULE = 12
"""How many settings of a rule are run on all rounds, if the first rounds don't tell them apart."""

_MORE_OF_A_RULE = 2
"""How many more are run after one that fits."""

_MOST_RULES = 24
"""How many rules are run on all rounds."""

_NEAREST = 5
"""How many are told where none fits."""


class Fit(Record):
    """How well a candidate fits."""

    candidate: Candidate
    agree: int
    """The rounds that agree."""
    compared: int
    first: int | None
    """The first round that differs, from 1."""

    @property
    def fits(self) -> bool:
        """Whether all rounds agree."""
        return self.agree == self.compared


def search(evidence: Evidence, narrowed: Narrowed, look: Callable[[str], None] = lambda tried: None) -> list[Fit]:
    """The candidates that fit, the simplest first; if there is none, those that come nearest.

    Args:
        evidence: The log.
        narrowed: What is known of the average.
        look: Told now and then what is tried.
    """
    hints = Hints(evidence)
    prefix = evidence.start(_at_first(evidence, hints))
    begun: list[tuple[Candidate, Average]] = []
    near: list[tuple[int, int, Candidate]] = []
    for number, (candidate, average) in enumerate(_candidates(prefix, hints, narrowed, begun, look)):
        look(f"trying {candidate.named()}")
        agree, compared = _count(candidate, average, prefix)
        if agree == compared:
            begun.append((candidate, average))
        else:
            near.append((-agree, number, candidate))
            if len(near) > 20 * _NEAREST:
                near = _nearest(near)
    begun.sort(key=lambda one: _order(one[0], one[1], hints))
    fits = _on_all(begun, evidence, look, shorter=len(prefix) < len(evidence))
    found = [fit for fit in fits if fit.fits]
    if found:
        # A value that is the text's own says more than one that rounds to it.
        return found if evidence.exact else sorted(found, key=lambda fit: not _is_own(fit.candidate, prefix))
    partly = [*fits, *(_fit(candidate, evidence) for _, _, candidate in _nearest(near))]
    # A round that copies agrees with whatever copies, and the first with whatever starts from it.
    partly = [fit for fit in partly if fit.agree > max(hints.copied, fit.candidate.continued)]
    return _best(sorted(partly, key=lambda fit: (-fit.agree, fit.candidate.simplicity)))


def _alike(candidate: Candidate) -> Candidate:
    """What a candidate has in common with those that differ in where they start, or in how the decay is stated."""
    decay = None if candidate.constant is None else candidate.constant.decay(dtype("float64"))
    return candidate.but(constant=decay, initial=None, offset=None, continued=False)


def _nearest(near: list[tuple[int, int, Candidate]]) -> list[tuple[int, int, Candidate]]:
    """Those that agree most often, one of each kind."""
    found: dict[Any, tuple[int, int, Candidate]] = {}
    for one in sorted(near, key=lambda one: one[:2]):
        found.setdefault((one[0], _alike(one[2])), one)
    return list(found.values())[:_NEAREST]


def _best(fits: Iterable[Fit]) -> list[Fit]:
    """The first of those that agree as often, one of each kind."""
    found: dict[Any, Fit] = {}
    for fit in fits:
        found.setdefault((fit.agree, fit.first, _alike(fit.candidate)), fit)
    return list(found.values())[:_NEAREST]


def _on_all(
    begun: list[tuple[Candidate, Average]], evidence: Evidence, look: Callable[[str], None], *, shorter: bool
) -> list[Fit]:
    """How those that fit the first rounds fit all: the simplest of each rule, and some more of it."""
    if not shorter:
        compared = evidence.compared()
        return [Fit(candidate, compared, compared, None) for candidate, _ in begun]
    first = evidence.start(_MOST_AT_FIRST)
    fits: list[Fit] = []
    run: dict[Any, int] = {}
    fitting: dict[Any, int] = {}
    alike: dict[Any, Fit] = {}
    for candidate, average in begun:
        kind = candidate.rule, candidate.dtype
        if fitting.get(kind, 0) > _MORE_OF_A_RULE or run.get(kind, 0) > _MOST_OF_A_RULE or len(run) > _MOST_RULES:
            continue
        run[kind] = run.get(kind, 0) + 1
        look(f"trying {candidate.named()}, on all {len(evidence)} rounds")
        same = _arithmetic(candidate, average)
        if same is None or same not in alike:
            begins = _fit(candidate, first)
            alike[same] = _fit(candidate, evidence) if begins.fits else begins
        fits.append(alike[same].but(candidate=candidate))
        fitting[kind] = fitting.get(kind, 0) + fits[-1].fits
    if any(fit.fits for fit in fits):
        return fits
    nearest = _best(sorted(fits, key=lambda fit: -(fit.first or 0)))
    return [_fit(fit.candidate, evidence) for fit in nearest]


def _idle_counter(average: Average, evidence: Evidence) -> bool:
    """Whether the rule would be given a counter, and is not: then a simpler rule says the same."""
    return evidence.steps is None and average.counter is not None and numbering(average) is None


def _order(candidate: Candidate, average: Average, hints: Hints) -> tuple[Any, ...]:
    """Less is told sooner. Where the log has one decay, a constant one says as much as a counter that was put beyond
    the end of a warm-up.
    """
    past = hints.lasting is not None and average.rule.gate is None and abs(candidate.offset or 0) > 1
    continued, rough, *others = candidate.simplicity
    return continued, rough, past, *others, _idle_counter(average, hints.evidence)


def _at_first(evidence: Evidence, hints: Hints) -> int:
    """How many rounds tell enough to begin with."""
    updating = {row for row, _ in hints.updating}
    told = updates = 0
    for row, interval in enumerate(evidence.decays[:_MOST_AT_FIRST]):
        follows = row > 0 and evidence.values[row] is not None and evidence.values[row - 1] is None
        told += interval is not None or follows
        updates += row in updating or follows
        if told >= _ENOUGH and updates >= _ENOUGH_UPDATES:
            return row + 1
    return min(len(evidence), _MOST_AT_FIRST)


def _candidates(
    prefix: Evidence, hints: Hints, narrowed: Narrowed, begun: Sequence[Any], look: Callable[[str], None]
) -> Iterator[tuple[Candidate, Average]]:
    """The candidates that have the decays of the log, and their averages; those of the likely dtypes first, and the
    others if there are no fits yet.
    """
    passing = list(Screen(prefix, hints, narrowed, look).passing())
    for likely in (True, False):
        for tried, base in passing:
            rule = tried.rule
            types = dtypes(rule, prefix)[0 if likely else 1] if narrowed.dtypes is None else narrowed.dtypes
            for way, name in product(arithmetics(rule, hints, tried.parameters), types):
                one = base.but(parameters={**base.parameters, **way}, dtype=name)
                try:
                    average = one.average()
                    if narrowed.dtypes is None and average.dtype.name not in prefix.dtypes:
                        continue
                except IMPOSSIBLE:
                    continue
                for initial, continued in starts(rule, narrowed.initial):
                    yield one.but(initial=initial, continued=continued), average
        if narrowed.dtypes is not None or begun:
            return


def _arithmetic(candidate: Candidate, average: Average) -> Any:
    """What a candidate with a constant decay computes, the same for two that compute the same; None for another."""
    if average.counter is not None or average.readout is not None:
        return None
    types = average.input_dtype.name, average.dtype.name
    rule = average.rule
    how = rule.start, rule.by_float32, average.flush, candidate.initial, candidate.continued
    return (average.form, *average.operands(None), *types, *how)


def shadows_of(candidate: Candidate, evidence: Evidence) -> tuple[list[Any], Average]:
    """The shadows that a candidate gives, and its average."""
    return _shadows(candidate, candidate.average(), evidence)


def _shadows(candidate: Candidate, average: Average, evidence: Evidence) -> tuple[list[Any], Average]:
    numbers = counters(average, candidate.offset, evidence)
    first = evidence.values[0] if evidence.values else None
    if not candidate.continued or first is None:
        fresh = average.beside(candidate.initial)
        return fresh.advance_plain(evidence.params, numbers).shadows, fresh
    rest = average.beside(first)
    number = numbering(average)
    if numbers is None and number is not None:
        numbers = [number(row) for row in range(len(evidence))]
    steps = None if numbers is None else numbers[1:]
    return [rest.dtype.load(first), *rest.advance_plain(evidence.params[1:], steps).shadows], rest


def _fit(candidate: Candidate, evidence: Evidence) -> Fit:
    shadows, average = shadows_of(candidate, evidence)
    loose = evidence.tolerance(0) if candidate.continued and not evidence.exact else 0.0
    compared = evidence.compared(len(shadows))
    differ = evidence.differing(shadows, average.dtype.name, loose)
    return Fit(candidate, compared - len(differ), compared, differ[0] + 1 if differ else None)


def agrees(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether a candidate gives all rounds."""
    return _fit(candidate, evidence).fits


def _is_own(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether each shadow is the value of its text in the dtype, not only one that rounds to it."""
    shadows, average = shadows_of(candidate, evidence)
    load = dtype(average.dtype.name).load
    pairs = zip(shadows, evidence.values, strict=True)
    return all(logged is None or load(logged) == value for value, logged in pairs)


def worst(candidate: Candidate, evidence: Evidence) -> float | None:
    """The largest distance in units in the last place; None where there is none."""
    from fractions import Fraction

    shadows, average = shadows_of(candidate, evidence)
    load = dtype(average.dtype.name).load  # a log flushes nothing
    pairs = [
        (value, load(logged))
        for value, logged in zip(shadows, evidence.values, strict=False)
        if logged is not None and value is not None and value - value == 0
    ]
    apart = [
        (abs(value - loaded) / max(abs(value), average.dtype.least), value, loaded)
        for value, loaded in pairs
        if loaded - loaded == 0
    ]
    if not apart:
        return None
    # In ulps a distance is at most twice as large as it looks beside the value.
    most = max(relative for relative, _, _ in apart)
    return max(
        in_ulps(Fraction(value) - Fraction(loaded), Fraction(value), average.dtype)
        for relative, value, loaded in apart
        if relative >= most / 2
    )


def _count(candidate: Candidate, average: Average, prefix: Evidence) -> tuple[int, int]:
    """How many of the first rounds agree, of how many; where the very first don't, no others are looked at."""
    compared = prefix.compared()
    agree = 0
    loose = prefix.tolerance(0) if candidate.continued and not prefix.exact else 0.0
    for part in (prefix.start(_VERY_FIRST), prefix) if len(prefix) > _VERY_FIRST else (prefix,):
        try:
            shadows, _ = _shadows(candidate, average, part)
        except IMPOSSIBLE:
            return 0, compared
        differ = part.differing(shadows, average.dtype.name, loose)
        agree = part.compared() - len(differ)
        if differ:
            break
    return agree, compared
