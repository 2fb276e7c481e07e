"""Sentences on a log: its schedule, and the candidates that fit."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from math import log as ln
from typing import TYPE_CHECKING

from ema_cli.core.numbers.dtypes import dtype
from ema_cli.identify.curves import CONSTANT, DEBIASED, LOW_PASS
from ema_cli.identify.found_schedule import expression, short
from ema_cli.identify.interval import told_as
from ema_cli.identify.whole_numbers import ROUNDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from ema_cli.identify.candidate import Candidate
    from ema_cli.identify.decay_bounds import Measured
    from ema_cli.identify.found_schedule import FoundSchedule
    from ema_cli.identify.log import Log
    from ema_cli.identify.report import Row
    from ema_cli.identify.trial import Fit
    from ema_cli.text.language import Language, Say

_USUAL = 5.0  # maximum cost of a span or a half-life to name beside the decay

ANOTHER_TYPE = 1e6
"""Distance in ulps above which a part was computed in a shorter dtype than the log's."""


def described(schedule: FoundSchedule, say: Say) -> str:
    """Describe a schedule."""
    counter = "n" if schedule.counter in ("round", "update") else "step"
    name, fit = schedule.curve.name, schedule.fit
    if name == "constant":
        return constant(fit.second.value, fit.second.kind, fit.second.text, say)
    if name == "debiased" and schedule.origin == -1:
        return say("a debiased average, decay {decay}", decay=short(fit.second.value))
    if name == "debiased":
        return say(
            "a debiased average, decay {decay}, with the exponent off by one: round t divides by 1 - decay^{exponent}",
            decay=short(fit.second.value),
            exponent="(t + 1)" if schedule.origin < -1 else "(t - 1)",
        )
    if name == "linear" and schedule.cap is not None:
        return say(
            "a decay that rises linearly from {first} to {last} in {count} rounds",
            first=short(1 - fit.first.value),
            last=schedule.cap[0].as_decay,
            count=schedule.rise(),
        )
    if name == "fall":
        return say("a warm-up of the weight, {formula}", formula=expression(schedule.of_weight, counter))
    if schedule.mean_from == 0:
        return say("the running mean of all params so far: the weight is 1/n in round n")
    if schedule.mean_from > 0:
        first, named = schedule.mean_from, counter == "step"
        where = f"step {first:.0f}" if named else say("round {number}", number=f"{first + 1:.0f}")
        return say("the running mean of the params from {where} on: the n-th has weight 1/n", where=where)
    formula = expression(schedule, counter)
    if name == "linear":
        return say("a linear decay, {formula}", formula=formula)
    return say("a warm-up, {formula}", formula=formula)


def constant(value: float, kind: str, text: str, say: Say) -> str:
    """Describe a constant decay."""
    other = told_as(value)
    if kind in ("span", "half-life", "com"):
        other = f"{say(kind)} {text}"
    if other:
        return say("constant decay {decay} ({other})", decay=f"{value:.10g}", other=other)
    return say("constant decay {decay}", decay=text)


class Finding(str):
    """A sentence on a log, with its decay as a formula for --rule custom; the formula may be empty."""

    decay: str

    def __new__(cls, sentence: str, decay: str = "") -> Self:
        """Make a sentence with a formula."""
        found = super().__new__(cls, sentence)
        found.decay = decay
        return found


def gives(row: Row, log: Log, language: Language) -> str:
    """Say how well a candidate fits the log."""
    say, fit, ulps = language.say, row.fit, row.ulps or 0.0
    average = say(", ").join([fit.candidate.named(language), fit.candidate.dtype])
    known = {"average": average, "count": fit.compared}
    if fit.agrees:
        digits = say("to the last bit") if fit.exact else say("to the logged digits")
        return say("{average} gives all {count} rounds {digits}", digits=digits, **known)
    if not fit.exact:
        if fit.candidate.continued and not any(log.param_units):
            return say("{average} gives all {count} rounds, as far as the rounding of the first shadow allows", **known)
        return say(
            "{average} gives all {count} rounds, as far as the rounding of the params in the log allows", **known
        )
    off = short(float(f"{fit.off:.2g}"))
    if fit.candidate.round_each is not None:
        why = say("the code rounds halves differently")
    elif ulps > ANOTHER_TYPE:
        why = say("the schedule matches, but the code computes part of it in a shorter type")
    else:
        off = say("{count} ulps", count=short(round(ulps, 1)))
        why = say(
            "the schedule matches, but the code computes it in another order or precision than the rules that were"
            " tried"
        )
    return say(
        "{average} gives {agree} of {count} rounds, and the rest within {off}: {why}",
        agree=fit.compared - fit.differ,
        off=off,
        why=why,
        **known,
    )


def schedule_and_rhythm(schedule: FoundSchedule, measured: Measured, say: Say, one: Candidate | None = None) -> str:
    """Describe a schedule and its rhythm; a constant is written as the candidate states it."""
    what = described(schedule, say)
    if one is not None and one.constant is not None and schedule.is_constant:
        value = float(one.constant.decay(dtype("float64")))
        what = constant(
            value, one.constant.kind, one.constant.value if one.constant.kind != "alpha" else short(value), say
        )
    return say("; ").join([say("schedule: {what}", what=what), *_rhythm(schedule, measured, say)])


def _rhythm(schedule: FoundSchedule, measured: Measured, say: Say) -> Iterator[str]:
    """Say which rounds update, unless all do."""
    if measured.period > 1:
        first = next((row for row in measured.moving if row % measured.period == measured.phase), measured.phase)
        yield say(
            "the shadow updates every {period} rounds, first in round {number}",
            period=measured.period,
            number=first + 1,
        )
        if (copied := measured.copied_between) is not None:
            yield say("round {number} is the first to change it, to the param", number=copied + 1)
    elif measured.held > 1:
        yield say("the shadow does not move up to round {number}", number=measured.moving[0])
    if schedule.lead > measured.held + 1 and schedule.mean_from < 0:
        yield say("the schedule begins in round {number}", number=schedule.lead + 1)
    if schedule.counter == "update":
        yield say("n counts the updates, from 0 in round {number}", number=measured.phase + 1)


_UNITS = {"d": 86400, "h": 3600, "min": 60, "s": 1}


def by_time(schedule: FoundSchedule, log: Log, say: Say) -> str:
    """Describe a decay that depends on the time between rows, with the options that show it."""
    rate, column, tau = schedule.fit.second.value, schedule.counter, schedule.fit.second.text
    if schedule.curve is LOW_PASS:
        what = say("a low-pass filter over time: the decay is {tau}/({tau} + elapsed)", tau=tau)
        options = f"--rule custom:decay={tau}/({tau}+elapsed),start=first --time-column {column}"
    else:
        half = repr(float(f"{1 / rate:.16g}")).removesuffix(".0")
        if column in log.dates:
            unit = next((unit for unit, seconds in _UNITS.items() if seconds * rate <= 1), "s")
            half = f"{1 / (rate * _UNITS[unit]):.12g}{unit}"
        options = f"--time-column {column} --half-life {half}"
        what = say(
            "the decay follows the elapsed time: 0.5^(elapsed/{short}), a half-life of {half}, or exp(-elapsed/{time}),"
            " or {each}^elapsed",
            short=f"{1 / rate:.8g}",
            half=half,
            time=f"{1 / (rate * ln(2)):.8g}",
            each=f"{0.5**rate:.8g}",
        )
        if schedule.summed:
            what = say("{what}; the average is debiased, as in pandas", what=what)
            options = f"--rule pandas-times {options}"
    return say(
        "{what}; elapsed is the difference of column {column} between two rows; to see it, give {options}",
        what=what,
        column=column,
        options=options,
    )


def copied_first(schedule: FoundSchedule, log: Log, say: Say) -> str:
    """Say that a debiased average starts at the first param; empty if it does not."""
    first, left = log.shadows[0], 1 - schedule.fit.second.value
    slack = log.units[0] + log.param_units[0] + 1e-6 * abs(log.params[0])
    if schedule.curve is not DEBIASED or first is None or abs(first * left - log.params[0]) > slack:
        return ""
    return say(
        "it starts at the first param, not at zero, and is debiased all the same: {times} times the param in round 1",
        times=short(float(f"{1 / left:.6g}")),
    )


def unreached(one: Candidate, schedule: FoundSchedule, log: Log, say: Say) -> str:
    """Say that the warm-up never reached DECAY, and which values of it fit; empty if it did."""
    if (
        (one.constant is None) == (one.rule != "custom")
        or schedule.curve in (CONSTANT, DEBIASED)
        or schedule.constants()
        or schedule.falls
        or schedule.mean_from >= 0
    ):
        return ""
    decays = one.average.beside().advance_plain(log.params, one.counters(log)).decays
    used = [decay for decay in decays if decay is not None]
    least = Decimal(max(used, default=0.0)).quantize(Decimal(10) ** -6, ROUND_CEILING)
    if one.constant is None:
        return say("no round reached a constant DECAY: if there is one, it is at least {least}", least=least)
    return say(
        "DECAY was never reached: any DECAY from {least} up fits as well; {decay} is shown",
        least=least,
        decay=one.constant.value,
    )


def also_fit(fit: Fit, schedule: FoundSchedule, say: Say) -> str:
    """Say which other constant decays fit; empty if there are none, or the log agrees to the last bit."""
    within = schedule.fit.range
    sure = fit.exact and fit.agrees and fit.candidate.parameters.get("update") not in ROUNDINGS
    if sure or not schedule.is_constant or within.width < 1e-12:
        return ""
    places = max(4, 1 - int(f"{within.width:e}".partition("e")[2]))
    facts = {"low": f"{within.low:.{places}f}", "high": f"{within.high:.{places}f}"}
    shown = "decay" if fit.candidate.constant is None else fit.candidate.constant.kind
    others = (
        f"{say(one.kind)} {one.text}"
        for one in schedule.fit.seconds[1:]
        if one.kind not in ("decay", shown) and one.cost <= _USUAL
    )
    if other := next(others, ""):
        return say("decays from {low} to {high} fit as well, such as {other}", other=other, **facts)
    return say("decays from {low} to {high} fit as well", **facts)
