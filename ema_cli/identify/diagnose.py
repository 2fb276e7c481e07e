"""What a log looks like where no average of the catalogue gives it: what was seen, and how it may have been misread."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from ema_cli.check.diagnose import FEW_ULPS
from ema_cli.core.catalogue import rule
from ema_cli.core.dtypes import dtype
from ema_cli.core.literals import is_number
from ema_cli.identify.common_decays import WRITTEN, roughness
from ema_cli.identify.estimates import Hints
from ema_cli.identify.log import Between, Evidence, common, shortest_in
from ema_cli.identify.missing_updates import erratic, missing, power
from ema_cli.identify.prefilter import Screen
from ema_cli.identify.search import Fit, search
from ema_cli.languages.language import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.identify.candidate_table import Row
    from ema_cli.identify.constraints import Narrowed

    Say = Callable[..., str]
    Look = Callable[[str], None]

_ROUNDS = 500
"""The rounds that are looked at."""

_WINDOW = 200
"""The longest moving average that is looked for."""

_SURE = 8
"""So many of them are no accident."""

_FEW = 4
"""Fewer decays than these are in the way of some rule by accident."""

_MOSTLY = 0.8
"""A decay that this part of the rounds has is the decay, and the other rounds are exceptions."""

ENOUGH = 10.0
"""What a log must tell of its decays, in bits, before an average is named: as many as there are candidates to choose
from; and more for each number that was chosen to fit."""


def tells_nothing(evidence: Evidence, narrowed: Narrowed, say: Say = ENGLISH.say) -> str | None:
    """Why no search would be worth it; None if it is."""
    if evidence.params and Hints(evidence).copied == len(evidence):
        return say("the shadow is the param in every round: a decay of 0, or the column of the param itself")
    first = evidence.params[0]
    if evidence.still and narrowed.initial is None and abs((evidence.values[0] or 0.0) - first) > evidence.noise(0):
        return say("the shadow never moves: a decay of 1, or no average at all; --initial would say where it started")
    return too_little(evidence, say=say)


def too_little(evidence: Evidence, fit: Fit | None = None, say: Say = ENGLISH.say) -> str | None:
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
        return say("the log tells too little to name an average: more rounds would tell more, or more digits")
    return None


def _price(text: str) -> float:
    """What a log must tell for a number that was chosen to fit it, in bits: the more digits, the more."""
    digits = text.lstrip("-").partition("e")[0].replace(".", "").strip("0")
    return 3.0 + 4.0 * len(digits)


def doubts(evidence: Evidence, narrowed: Narrowed, nearest: Sequence[Row], say: Say, look: Look) -> list[str]:
    """What is seen in a log that no average gives, the likeliest first.

    Args:
        evidence: The log.
        narrowed: What the options say of the average.
        nearest: What comes near it.
        say: Says it in a language.
        look: Told now and then what is tried.
    """
    start = evidence.start(_ROUNDS)
    found = [*_misread(start, narrowed, say, look), *_mean(start, say)]
    lacking = [*missing(start, say)]
    steady = [*_mostly(start, narrowed, say)]
    if lacking:
        return [*found, *steady, *lacking]
    close = [] if steady else [*_rounded(nearest, say)]
    found += [*_turned(start, narrowed, say), *steady, *(close or _rising(start, say))]
    found += [] if found else erratic(start, say)
    return [*found, *_outside(start, say)]


def _decimals(decay: float) -> str:
    """A decay with four decimals, or as many as it has."""
    text = f"{decay:.6g}"
    return text if len(text) > 6 else f"{decay:.4f}"


def _named(fit: Fit, evidence: Evidence, say: Say) -> str:
    candidate = fit.candidate
    constant = candidate.constant
    if Hints(evidence).lasting is not None and constant is not None and constant.kind == "decay":
        return say("constant decay {decay}", decay=_decimals(constant.number))
    return (
        candidate.rule
        if constant is None
        else say(", ").join([candidate.rule, f"{say(constant.kind)} {constant.value}"])
    )


def _misread(evidence: Evidence, narrowed: Narrowed, say: Say, look: Look) -> Iterator[str]:
    """The same log as it would be if it had been written in another way."""
    for told, other in _misreadings(evidence):
        if tells_nothing(other, narrowed) is not None:
            continue
        likely = narrowed.dtypes or (list(other.dtypes.told) if other.exact else ["float32", "float64"])
        fits = search(
            other, narrowed.but(dtypes=likely), lambda tried: look(f"reading the log in another way: {tried}")
        )
        if fits and fits[0].fits and too_little(other, fits[0]) is None:
            yield told(say, _named(fits[0], other, say))


def _misreadings(evidence: Evidence) -> Sequence[tuple[Callable[[Say, str], str], Evidence]]:
    params, texts, steps = evidence.params, evidence.texts, evidence.steps
    found: list[tuple[Callable[[Say, str], str], Evidence]] = []
    if len(evidence) > 3:
        late = Evidence(params[:-1], texts[1:], None if steps is None else steps[:-1])
        early = Evidence(params[1:], texts[:-1], None if steps is None else steps[1:])
        found += [(_shadow_late, late), (_param_late, early)]
    if all(texts):
        swapped = Evidence([float(text) for text in texts], [repr(param) for param in params], steps)
        found.append((_swapped, swapped))
    return found


def _shadow_late(say: Say, average: str) -> str:
    return say("{average}, shadow read one round late: each row has the shadow from before its update", average=average)


def _param_late(say: Say, average: str) -> str:
    return say("{average}, param read one round late: each row has the shadow of the next row's param", average=average)


def _swapped(say: Say, average: str) -> str:
    return say("{average}, param and shadow swapped", average=average)


def _turned(evidence: Evidence, narrowed: Narrowed, say: Say) -> Iterator[str]:
    """The weights are the decays of some rule."""
    turned = evidence.turned()
    hints = Hints(turned)
    if len(hints.updating) < _FEW or turned.bits < ENOUGH:
        return
    for tried, candidate in Screen(turned, hints, narrowed.but(constants=[])).passing():
        entry, constant = tried.rule, candidate.constant
        if roughness(entry, constant) > 0 or constant is None:
            continue
        if entry.start == "none" or entry.debias is not None:
            continue
        known = hints.lasting
        what = say(
            "the weights are the decays of {rule}, {constant}",
            rule=entry.name,
            constant=f"{say(constant.kind)} {constant.value}",
        )
        if known is not None:
            decay = next((text for text in WRITTEN if float(text) in known), None)
            if decay is None or float(decay) <= 0.5:
                continue
            what = say(
                "the decay is constant, {decay}, and {written} is one that people write",
                decay=_decimals(1 - float(decay)),
                written=decay,
            )
        yield say("decay used where 1 - decay belongs: {what}", what=what)
        return


def _mean(evidence: Evidence, say: Say) -> Iterator[str]:
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
            yield say(
                "a simple moving average over {window} rounds, which weighs them alike, and no exponential one",
                window=window,
            )
            return


def _mostly(evidence: Evidence, narrowed: Narrowed, say: Say) -> Iterator[str]:
    """One decay in all rounds, or in most."""
    known = Hints(evidence).known
    interval = common([one for _, one in known])
    if interval is not None:
        near = next((float(text) for text in WRITTEN if float(text) in interval), shortest_in(interval))
        given = [float(one.decay(dtype("float64"))) for one in narrowed.constants]
        if near is not None and given and not any(decay in interval for decay in given):
            yield say("constant decay {decay} as far as the digits go, which was not tried", decay=_decimals(near))
        elif near is not None:
            yield say(
                "constant decay {decay} as far as the digits go, but no rule that was tried rounds so",
                decay=_decimals(near),
            )
        yield from filter(None, [power(evidence, interval, say)])
        return
    tried = [*map(float, WRITTEN), *(one.middle for _, one in known[:20])]
    best = max(tried, key=lambda decay: sum(decay in one for _, one in known), default=0.0)
    others = [row + 1 for row, one in known if best not in one]
    if len(known) - len(others) > max(_MOSTLY * len(known), 2):
        inside = common([one for _, one in known if best in one]) or Between(best, best)
        decay = best if str(best) in WRITTEN else shortest_in(inside) or best
        yield say(
            "constant decay {decay} in {count} of {known} rounds, but not in round {rounds}: a restart, a missing row,"
            " or another param there",
            decay=_decimals(decay),
            count=len(known) - len(others),
            known=len(known),
            rounds=say(", ").join([*map(str, others[:5]), *["..."] * (len(others) > 5)]),
        )


def _rising(evidence: Evidence, say: Say) -> Iterator[str]:
    """A decay that goes from one value to another."""
    known = [one for _, one in Hints(evidence).updating]
    middles = [one.middle for one in known]
    if len(known) > 3 and known[0].high < known[-1].low and all(b.high >= a.low for a, b in pairwise(known)):
        yield say(
            "the decay rises from {first} to {last} as a warm-up does, but as none that was tried",
            first=_decimals(middles[0]),
            last=_decimals(middles[-1]),
        )


def _rounded(nearest: Sequence[Row], say: Say) -> Iterator[str]:
    """Averages that are off by no more than another order of the operations may be."""
    near = [row for row in nearest if row.ulps is not None and row.ulps <= FEW_ULPS and row.fit.candidate.is_wide]
    if not near:
        return
    best = near[0].fit.candidate
    alike = [row for row in near if row.fit.candidate.constant == best.constant]
    entries = [rule(row.fit.candidate.rule) for row in alike]
    names = say(", ").join(dict.fromkeys(entry.name for entry in entries))
    constant = "" if best.constant is None else f"{say(best.constant.kind)} {best.constant.value}"
    what = say("a debiased average") if all(entry.debias is not None for entry in entries) else say("a warm-up")
    most = max(row.ulps or 0.0 for row in alike)
    yield say(
        "{what} ({rules}) within {ulps}: no rule that was tried rounds so",
        what=say(", ").join(filter(None, [what, constant])),
        rules=names,
        ulps=say("1 ulp") if most == 1 else say("{count} ulps", count=f"{most:.3g}"),
    )


def _outside(evidence: Evidence, say: Say) -> Iterator[str]:
    """Decays that are none."""
    known = Hints(evidence).known
    outside = [row + 1 for row, one in known if one.high < 0 or one.low > 1]
    if outside and len(outside) * 4 > len(known):
        yield say(
            "in {count} of {known} rounds the shadow is not between the shadow before and the param (first in round"
            " {number}): not an average of this param, or the log lacks updates",
            count=len(outside),
            known=len(known),
            number=outside[0],
        )
