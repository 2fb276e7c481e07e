"""The answer to --identify: remarks on the log, and the candidates, as records and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.check.verdict import apart
from ema_cli.core.record import Record
from ema_cli.identify.curves import BY_TIME
from ema_cli.identify.decay_bounds import ENOUGH, Measured
from ema_cli.identify.no_match import doubts, rounded_param, swapped, tells_nothing
from ema_cli.identify.search import of_formula, search
from ema_cli.identify.sentences import Finding, also_fit, by_time, copied_first, gives, schedule_and_rhythm, unreached
from ema_cli.identify.usual_settings import mean_of, starts_at_mean, unmeasured
from ema_cli.identify.whole_numbers import ROUNDINGS
from ema_cli.text.language import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.identify.candidate import Narrowed
    from ema_cli.identify.log import Log
    from ema_cli.identify.search import Found
    from ema_cli.identify.trial import Fit
    from ema_cli.text.language import Language, Say

MOST = 10
"""Maximum number of candidates reported."""

_SURER = 10  # number of rounds constraining the decay that need no caveat
_A_DIGIT = 3.3  # bits per decimal digit
_FEWEST = 10  # number of rounds in which untargeted settings can't agree by accident


class Report(Record):
    """The answer: candidates, remarks and measured decays."""

    rows: list[Row] = []  # noqa: RUF012
    """The candidates."""
    notes: list[str] = []  # noqa: RUF012
    measured: Measured | None = None
    seed: int = 0
    """N of `--initial mean:N`, if the first shadow is the mean of N params; else 0."""
    proved: list[Row] = []  # noqa: RUF012
    """The row of a `custom` rule that reproduces a pattern no published rule has, such as a restart; may be empty."""
    longer: bool = False
    """True if the log has more rounds than were used."""


def report(
    log: Log,
    narrowed: Narrowed,
    language: Language = ENGLISH,
    another: Callable[[bool], str] = lambda sure: "",
) -> Report:
    """Identify the average, and report it. `another` returns the evidence for another column as the param, or an empty
    text; its argument is True to ask for sure evidence only.
    """
    say, whole, count = language.say, log, mean_of(log)
    found = search(log.part(log.head, len(log)) if count else log, narrowed)
    measured, log = found.measured, found.measured.log
    fits = _likely(found)
    if count or (not any(fit.fits for fit in fits) and log.compared >= _FEWEST):
        again = Measured(whole, measured.arithmetic, rounded=measured.rounded)
        fits = unmeasured(again, found.schedules, narrowed) or fits
    none, schedule = narrowed.none_fits(say), next(iter(found.schedules), None)
    seen = "" if schedule is None else schedule_and_rhythm(schedule, measured, say)
    little = say("no average is named, as the log says too little: log more rounds or more digits")

    def answer(*notes: str, **more: Any) -> Report:
        few = ""
        if 0 < len(measured.rows) < _SURER:
            few = say("Few rounds constrain the decay ({count}); log at least 10.", count=len(measured.rows))
        return Report(notes=[*filter(None, [*notes, few])], measured=measured, **more)

    if found.within:
        low, high = (f"{end:.4f}" for end in found.within)
        return answer(little, say("whole numbers leave the decay between {low} and {high}", low=low, high=high))
    if nothing := tells_nothing(measured, narrowed, say):
        return answer(say("no average is named: {why}", why=nothing), another(True))
    off = fits and not fits[0].fits and log is not whole  # off by more than the rounding of digits explains
    if off and whole.exact and (short := next(rounded_param(whole, say), "")):
        return answer(short, none)
    elapsed = next((one for one in found.schedules if one.curve in BY_TIME), None)
    if fits and (elapsed is None or fits[0].candidate.cost <= elapsed.cost):
        one = fits[0].candidate
        if one.schedule is not None and measured.bits < ENOUGH + _A_DIGIT * one.cost:
            return answer(little, seen)
        distinct = _distinct(fits, log)
        rows = [_row(number, fit, log) for number, fit in enumerate(distinct[:MOST], 1)]
        mean = count if one.continued and starts_at_mean(one, count, whole) else 0
        told = _told(rows[0], len(distinct) - 1, found, language)
        return answer(*told, _begins(whole, count, mean, say), rows=rows, seed=mean)
    if other := another(True):
        return answer(none, other)
    if elapsed is not None:
        return answer(by_time(elapsed, log, say))
    if schedule is not None and measured.bits < ENOUGH:
        return answer(little, seen)
    if schedule is not None and (not schedule.is_doubtful(log) or copied_first(schedule, log, say)):
        remarks = copied_first(schedule, log, say), swapped(schedule, measured, say)
        return answer(seen, *remarks, none, another(False))
    doubted = doubts(log, measured, say)
    formula = next((sentence.decay for sentence in doubted if isinstance(sentence, Finding)), "")
    fit = of_formula(formula, measured, narrowed)
    return answer(*doubted, none, another(False), proved=[] if fit is None else [_row(1, fit, log)])


def _begins(log: Log, count: int, mean: int, say: Say) -> str:
    """Say in which round the first shadow is logged, or that it is a mean of params; empty if that is round 1. `mean`
    is `count` if the average can start from this mean, else 0.
    """
    if not count:
        return say("the shadow is first logged in round {number}", number=log.head + 1) if log.head else ""
    told = say("the first shadow, in round {count}, is the mean of the first {count} params", count=count)
    return say("{told}: --initial mean:{count}", told=told, count=count) if mean else told


def _likely(found: Found) -> list[Fit]:
    """The candidates that fit; else those whose schedule is sure, so that only rounding differs, the nearest first."""
    known = [fit for fit in found.fits if fit.fits or ((led := fit.candidate.schedule) is not None and led.is_sure)]
    fits = [fit for fit in known if fit.fits]
    if not fits:
        by_digits = found.measured.log.round_each is None
        fits = sorted(
            known, key=lambda fit: (fit.candidate.rule == "custom", by_digits and fit.differ, fit.candidate.cost)
        )
    if not found.measured.rounded:  # params are exact, so each digit counts
        fits = [fit for fit in fits if fit.agrees] or fits
    return fits


def _distinct(fits: list[Fit], log: Log) -> list[Fit]:
    """The first candidate of each rule, and of each dtype if the log is exact."""
    seen: dict[tuple[Any, ...], Fit] = {}
    for fit in fits:
        seen.setdefault((fit.candidate.rule, fit.candidate.dtype if log.exact else ""), fit)
    return list(seen.values())


def _row(number: int, fit: Fit, log: Log) -> Row:
    """A row for a candidate, with the largest distance in ulps if the log has all digits."""
    rank = "" if fit.candidate.rule == "custom" else str(number)
    if not fit.exact or fit.agrees or fit.candidate.round_each is not None:
        return Row(rank, fit, 0.0 if fit.exact and fit.agrees else None)
    shadows, num = fit.candidate.shadows(log), fit.candidate.average.dtype
    distances = [apart(own, text, num)[1] for own, text in zip(shadows, log.texts, strict=True) if text]
    return Row(rank, fit, max((ulps for ulps in distances if ulps is not None), default=None))


def _told(row: Row, others: int, found: Found, language: Language) -> list[str]:
    """Sentences on the first candidate: its agreement, its schedule, and what remains open; some may be empty."""
    say, one, log = language.say, row.fit.candidate, found.measured.log
    told = gives(row, log, language)
    if others == 1 and row.fit.fits:
        told += say("; so does 1 other")
    elif others and row.fit.fits:
        told += say("; so do at least {count} others" if found.cut else "; so do {count} others", count=others)
    if one.rule == "custom":
        told += say("; no rule in the catalogue does")
    schedule = one.schedule
    if schedule is None:
        return [told]
    return [
        told,
        schedule_and_rhythm(schedule, found.measured, say, one),
        log.stored
        and say("the shadows were computed in a longer type and rounded to {dtype} when logged", dtype=log.stored),
        ""
        if one.round_each is None
        else say("each shadow is rounded to {count} decimals before the next round", count=one.round_each),
        say(ROUNDINGS[log.whole].said) if log.whole else "",
        say("the log has the shadows rounded down to whole numbers") if log.cut else "",
        swapped(schedule, found.measured, say),
        unreached(one, schedule, log, say),
        also_fit(row.fit, schedule, say),
    ]


COLUMNS = ("rank", "rule", "decay", "parameters", "dtype", "initial", "counter", "agree", "worst ulps", "differs at")
"""Columns of records; programs rely on them."""

HEADINGS = ("rank", "rule", "decay", "differs at", "dtype", "ulps", "initial", "counter")
"""Headings of tables, the most important first, as a narrow table drops the last columns."""

_WHOLE = 100  # ulps from which no decimals are shown


class Row(Record):
    """A row of the answer: a candidate and its fit."""

    rank: str
    """The rank, from 1; empty for the rule `custom`."""
    fit: Fit
    ulps: float | None
    """The largest distance in ulps; None if the log lacks digits, so that it has no values of the dtype."""

    def record(self, say: Say = ENGLISH.say) -> dict[str, str]:
        """The cells by the names in COLUMNS."""
        fit, one, stated = self.fit, self.fit.candidate, self.fit.candidate.constant
        kind = "" if stated is None or stated.kind == "decay" else f"{say(stated.kind)} "
        return {
            "rank": self.rank,
            "rule": one.rule,
            "decay": "" if stated is None else f"{kind}{stated.value}",
            "parameters": ",".join(f"{name}={value}" for name, value in one.parameters.items()),
            "dtype": one.dtype,
            "initial": "as logged in round 1" if one.continued else one.initial or "",
            "counter": self._counter(say),
            "agree": f"{fit.compared - fit.differ} of {fit.compared}",
            "worst ulps": "" if self.ulps is None else f"{self.ulps:{'.0f' if self.ulps >= _WHOLE else '.3g'}}",
            "differs at": "" if fit.first is None else say("round {number}", number=fit.first),
        }

    def cells(self, say: Say) -> list[str]:
        """The cells under HEADINGS, with each parameter of the rule on its own line."""
        known = self.record(say)
        known["ulps"] = known["worst ulps"]
        known["rule"] += f":\n{known['parameters']}".replace(",", ",\n") if known["parameters"] else ""
        known["initial"] = say("as logged") if self.fit.candidate.continued else known["initial"]
        return [known[heading] for heading in HEADINGS]

    def _counter(self, say: Say) -> str:
        """Describe the counter: its start, its offset from the steps, or "its own"; empty if it is the steps."""
        one = self.fit.candidate
        if one.count_from is not None:
            return say("from {number}", number=one.count_from)
        if one.offset is None:
            return say("its own")
        return say("step") + f"{one.offset:+d}" if one.offset else ""


def measured_table(measured: Measured) -> tuple[Sequence[str], list[list[str]]]:
    """Table of the interval of each round's decay, for --explain; blank for a round that does not constrain it."""
    log, rows = measured.log, []
    for row, one in enumerate(measured.decays):
        step = "" if log.steps is None or log.steps[row] is None else str(log.steps[row])
        ends = ["", "", ""] if one is None else [f"{x:.9g}" for x in (one.middle, one.low, one.high)]
        rows.append([str(row + 1), step, log.param_texts[row], log.texts[row], *ends])
    return ("round", "step", "param", "logged", "decay", "low", "high"), rows


def table(rows: Sequence[Row], language: Language) -> tuple[list[str], list[list[str]]]:
    """Headings and cells for people, without empty columns."""
    rows = [row for row in rows if row.rank]  # the command shows a custom one
    cells = zip(*(row.cells(language.say) for row in rows), strict=True)
    columns = {heading: own for heading, own in zip(HEADINGS, cells, strict=False) if any(own)}
    return [*map(language.say, columns)], [list(row) for row in zip(*columns.values(), strict=True)]
