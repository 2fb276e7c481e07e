"""What a log looks like where no average of the catalogue gives it: what was seen, and how it may have been misread."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from ema_cli.core.catalogue import rule
from ema_cli.core.numerals import is_number
from ema_cli.identify.evidence import Between, Evidence, common, shortest_in
from ema_cli.identify.hints import Hints
from ema_cli.identify.screen import Narrowed, Screen
from ema_cli.identify.search import Fit, search
from ema_cli.identify.written import WRITTEN, roughness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ROUNDS = 500
"""The rounds that are looked at."""

_WINDOW = 200
"""The longest moving average that is looked for."""

_SURE = 8
"""So many of them are no accident."""

_MOSTLY = 0.8
"""A decay that this part of the rounds has is the decay, and the other rounds are exceptions."""

ENOUGH = 10.0
"""What a log must tell of its decays, in bits, before an average is named: as many as there are candidates to choose
from; and more for each number that was chosen to fit."""


def tells_nothing(evidence: Evidence, narrowed: Narrowed) -> str | None:
    """Why no search would be worth it; None if it is."""
    if evidence.params and Hints(evidence).copied == len(evidence):
        return "the shadow is the param in every round: a decay of 0, or the column of the param itself"
    first = evidence.params[0]
    if evidence.still and narrowed.initial is None and abs((evidence.values[0] or 0.0) - first) > evidence.noise(0):
        return "the shadow never moves: a decay of 1, or no average at all; --initial would say where it started"
    return too_little(evidence)


def too_little(evidence: Evidence, fit: Fit | None = None) -> str | None:
    """Whether the log tells too little to name any average, or this one; None if it tells enough."""
    needed = ENOUGH
    if fit is not None:
        candidate = fit.candidate
        numbers = [text for text in candidate.parameters.values() if is_number(text)]
        if candidate.constant is not None and roughness(rule(candidate.rule), candidate.constant) > 0:
            numbers.append(str(candidate.constant.value))
        if abs(candidate.offset or 0) > 1:
            numbers.append(str(candidate.offset))
        needed += sum(map(_price, numbers))
    if evidence.bits < needed:
        return "the log tells too little to name an average: more rounds would tell more, or more digits"
    return None


def _price(text: str) -> float:
    """What a log must tell for a number that was chosen to fit it, in bits: the more digits, the more."""
    digits = text.lstrip("-").partition("e")[0].replace(".", "").strip("0")
    return 3.0 + 4.0 * len(digits)


def doubts(evidence: Evidence, narrowed: Narrowed) -> list[str]:
    """What is seen in a log that no average gives, the likeliest first."""
    start = evidence.start(_ROUNDS)
    found: list[str] = []
    for look in (_misread, _turned, _mean, _mostly, _rising, _outside):
        found += look(start, narrowed)
    return list(dict.fromkeys(found))


def _decimals(decay: float) -> str:
    """A decay with four decimals, or as many as it has."""
    text = f"{decay:.6g}"
    return text if len(text) > 6 else f"{decay:.4f}"


def _named(fit: Fit, evidence: Evidence) -> str:
    lasting = Hints(evidence).lasting
    candidate = fit.candidate
    if lasting is not None and candidate.constant is not None and candidate.constant.kind == "decay":
        return f"constant decay {_decimals(float(candidate.constant.value))}"
    return candidate.rule + (f", {candidate.constant}" if candidate.constant is not None else "")


def _misread(evidence: Evidence, narrowed: Narrowed) -> Iterator[str]:
    """The same log as it would be if it had been written in another way."""
    for text, other in _misreadings(evidence):
        if tells_nothing(other, narrowed) is not None:
            continue
        likely = narrowed.dtypes or (list(other.dtypes.told) if other.exact else ["float32", "float64"])
        fits = search(other, narrowed.but(dtypes=likely))
        if fits and fits[0].fits and too_little(other, fits[0]) is None:
            yield f"{_named(fits[0], other)}, {text}"


def _misreadings(evidence: Evidence) -> Sequence[tuple[str, Evidence]]:
    params, texts, steps = evidence.params, evidence.texts, evidence.steps
    found = []
    if len(evidence) > 3:
        late = Evidence(params[:-1], texts[1:], None if steps is None else steps[:-1])
        early = Evidence(params[1:], texts[:-1], None if steps is None else steps[1:])
        found += [
            ("shadow read one round late: each row has the shadow from before its update", late),
            ("param read one round late: each row has the shadow of the next row's param", early),
        ]
    if all(texts):
        swapped = Evidence([float(text) for text in texts], [repr(param) for param in params], steps)
        found.append(("param and shadow swapped", swapped))
    return found


def _turned(evidence: Evidence, narrowed: Narrowed) -> Iterator[str]:
    """The weights are the decays of some rule."""
    turned = evidence.turned()
    hints = Hints(turned)
    if len(hints.updating) < 2 or turned.bits < ENOUGH:
        return
    for entry, candidate in Screen(turned, hints, narrowed.but(constants=[])).passing():
        if roughness(entry, candidate.constant) > 0 or candidate.constant is None:
            continue
        if entry.start == "none" or entry.debias is not None:
            continue
        known = hints.lasting
        what = f"the weights are the decays of {entry.name}, {candidate.constant}"
        if known is not None:
            decay = next((text for text in WRITTEN if float(text) in known), None)
            if decay is None or float(decay) <= 0.5:
                continue
            what = f"the decay is constant, {_decimals(1 - float(decay))}, and {decay} is one that people write"
        yield f"decay used where 1 - decay belongs: {what}"
        return


def _mean(evidence: Evidence, narrowed: Narrowed) -> Iterator[str]:
    """A moving average that weighs alike."""
    sums = [0.0, *accumulate(evidence.params)]
    known = [(row + 1, value) for row, value in enumerate(evidence.values) if value is not None]
    scale = max(map(abs, evidence.params), default=0.0)
    for window in range(2, min(_WINDOW, len(evidence) - _SURE)):
        rounds = [(until, value) for until, value in known if until >= window]
        if len(rounds) >= _SURE and all(
            abs((sums[until] - sums[until - window]) / window - value) <= evidence.tolerance(until - 1) + 1e-6 * scale
            for until, value in rounds
        ):
            yield f"a simple moving average over {window} rounds, which weighs them alike, and no exponential one"
            return


def _mostly(evidence: Evidence, narrowed: Narrowed) -> Iterator[str]:
    """One decay in all rounds, or in most."""
    known = Hints(evidence).known
    interval = common([one for _, one in known])
    if interval is not None:
        near = next((float(text) for text in WRITTEN if float(text) in interval), shortest_in(interval))
        if near is not None:
            yield f"constant decay {_decimals(near)} as far as the digits go, but no rule that was tried rounds so"
        return
    tried = [*map(float, WRITTEN), *(one.middle for _, one in known[:20])]
    best = max(tried, key=lambda decay: sum(decay in one for _, one in known), default=0.0)
    others = [row + 1 for row, one in known if best not in one]
    if len(known) - len(others) > max(_MOSTLY * len(known), 2):
        inside = common([one for _, one in known if best in one]) or Between(best, best)
        decay = best if str(best) in WRITTEN else shortest_in(inside) or best
        rounds = ", ".join(map(str, others[:5])) + (", ..." if len(others) > 5 else "")
        yield (
            f"constant decay {_decimals(decay)} in {len(known) - len(others)} of {len(known)} rounds, but not in"
            f" round {rounds}: a restart, a missing row, or another param there"
        )


def _rising(evidence: Evidence, narrowed: Narrowed) -> Iterator[str]:
    """A decay that goes from one value to another."""
    known = [one for _, one in Hints(evidence).updating]
    middles = [one.middle for one in known]
    if len(known) > 3 and known[0].high < known[-1].low and all(b.high >= a.low for a, b in pairwise(known)):
        yield (
            f"the decay rises from {_decimals(middles[0])} to {_decimals(middles[-1])} as a warm-up does,"
            " but as none of the catalogue"
        )


def _outside(evidence: Evidence, narrowed: Narrowed) -> Iterator[str]:
    """Decays that are none."""
    known = Hints(evidence).known
    outside = [row + 1 for row, one in known if one.high < 0 or one.low > 1]
    if outside and len(outside) * 4 > len(known):
        yield (
            f"in {len(outside)} of {len(known)} rounds the shadow is not between the shadow before and the param"
            f" (first in round {outside[0]}): not an average of this param, or not of every round"
        )
