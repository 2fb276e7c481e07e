"""The answer of --identify: the candidates in rows, and sentences on what the log tells and what it leaves open."""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING, Any

from ema_cli.core.dtypes import dtype
from ema_cli.core.record import Record
from ema_cli.identify.candidate import IMPOSSIBLE
from ema_cli.identify.candidate_table import Row
from ema_cli.identify.curves import DEBIASED, ELAPSED
from ema_cli.identify.diagnose import doubts, swapped, tells_nothing
from ema_cli.identify.expressions import short
from ema_cli.identify.findings import Finding
from ema_cli.identify.search import of_formula, search
from ema_cli.identify.sentences import also_fit, by_time, schedule, stated, unreached
from ema_cli.languages.language import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.identify.constraints import Narrowed
    from ema_cli.identify.estimates import Measured
    from ema_cli.identify.log import Log
    from ema_cli.identify.search import Found
    from ema_cli.identify.shapes import Shape
    from ema_cli.identify.trial import Fit
    from ema_cli.languages.language import Language

    Say = Callable[..., str]

MOST = 10
"""The candidates that are told."""

_SURER = 10
"""With so many rounds that tell something the answer is sure enough."""

_ENOUGH = 10.0
"""The bits that a log must tell before an average is named, beside what its settings take."""

_A_DIGIT = 3.3

_ANOTHER_TYPE = 1e6
"""From so many ulps on, a shadow was not computed in the type of the log's digits."""


class Report(Record):
    """Findings, as text and tables."""

    rows: list[Row]
    """The candidates."""
    notes: list[str]
    identified: bool
    measured: Measured | None = None
    seed: int = 0
    """The number of params whose mean is the first shadow."""
    proved: list[Row] = []  # noqa: RUF012
    """A custom rule that gives what no published one does: a restart, stairs, resets."""


def report(
    log: Log,
    narrowed: Narrowed,
    language: Language = ENGLISH,
    look: Callable[[str], None] = lambda tried: None,
    another: Callable[[bool], str] = lambda sure: "",
) -> Report:
    """Identify, and say what there is to say.

    Args:
        log: The log.
        narrowed: What the options say of the average.
        language: Of the sentences.
        look: Told now and then what is tried.
        another: What speaks for another column as the param, surely or not; empty if nothing does.
    """
    say = language.say
    seed, seeded = _seed(log, say)
    if seeded:
        log = log.part(log.head, len(log))
    found = search(log, narrowed, look)
    few = _few(len(found.measured.rows), say)
    nothing = tells_nothing(found.measured, narrowed, say)
    if nothing is not None:
        told = [say("no average is named: {why}", why=nothing), another(True), few]
        return Report([], [*filter(None, told)], False, found.measured)
    elapsed = next((shape for shape in found.shapes if shape.curve is ELAPSED), None)
    fits = [fit for fit in found.fits if not _miscounted(fit)]
    fits = [fit for fit in fits if fit.fits] or _near(fits)
    if not found.measured.reading.rounded:  # then digits that differ say something
        fits = [fit for fit in fits if fit.agree == fit.compared] or fits
    if fits and (elapsed is None or fits[0].candidate.cost <= elapsed.cost):
        shape = fits[0].candidate.shape
        if shape is not None and _bits(log, found.measured) < _ENOUGH + _A_DIGIT * fits[0].candidate.cost:
            told = [say("no average is named: the log tells too little: log more rounds or more digits")]
            told += [*schedule(found.shapes[:1], found.measured, say), few]
            return Report([], [*filter(None, told)], False, found.measured)
        ranks = ("" if fit.candidate.rule == "custom" else str(number) for number, fit in enumerate(fits, 1))
        rows = [_row(rank, fit, log) for rank, fit in zip(ranks, _distinct(fits, log)[:MOST], strict=False)]
        notes = [*_told(fits, found, log, language), seed, few]
        return Report(rows, [*filter(None, notes)], True, found.measured, seeded)
    proved: list[Row] = []
    other, none = another(True), narrowed.none_fits(say)
    if other:
        why = [none, other]
    elif elapsed is not None:
        why = [by_time(elapsed, say)]
    elif found.shapes:
        why = [*schedule(found.shapes[:1], found.measured, say), swapped(found.shapes[0], say), none, another(False)]
    else:
        seen = doubts(log, found.measured, say)
        formula = next((one.decay for one in seen if isinstance(one, Finding)), "")
        fit = of_formula(formula, found.measured, narrowed) if formula else None
        proved = [] if fit is None else [_row("", fit, log)]
        why = [*seen, none, another(False)]
    return Report([], [*filter(None, [*why, few])], False, found.measured, proved=proved)


def _seed(log: Log, say: Say) -> tuple[str, int]:
    """Say that the first shadow is the mean of the first params, and of how many; the rounds before it have none."""
    head = log.head
    first = log.shadows[head]
    if not head or first is None:
        return "", 0
    count = head + 1
    mean = sum(log.params[:count]) / count
    if abs(mean - first) > log.units[head] + log.param_units[head] + 1e-6 * log.scale:
        return say("the shadow is first logged in round {number}", number=count), 0
    told = say(
        "the first shadow, in round {count}, is the mean of the first {count} params: --initial mean:{count}",
        count=count,
    )
    return told, count


def _few(count: int, say: Say) -> str:
    if not 0 < count < _SURER:
        return ""
    if count == 1:
        return say("Only 1 round constrains the decay; log at least 10.")
    return say("Only {count} rounds constrain the decay; log at least 10.", count=count)


def _miscounted(fit: Fit) -> bool:
    """True for a rule whose debiasing counts otherwise than its code does."""
    one = fit.candidate
    return one.shape is not None and one.shape.curve is DEBIASED and one.shape.origin != -1 and bool(one.offset)


def _near(fits: list[Fit]) -> list[Fit]:
    """Candidates of a constant decay that round otherwise: the decay is known, and only the last digits are not."""
    near = [fit for fit in fits if fit.candidate.shape is not None and _sure(fit.candidate.shape)]
    return sorted(near, key=lambda fit: (fit.candidate.rule != "fixed", fit.candidate.cost))


def _sure(shape: Shape) -> bool:
    return shape.is_constant or shape.curve.name == "debiased"


def _bits(log: Log, measured: Measured) -> float:
    """Information the rounds give about the decay, in bits."""
    told = 0.0
    for one in measured.decays:
        if one is not None:
            told += min(max(-log2(max(one.width, 1e-300)), 0.0), 52.0)
    follows = sum(value is not None and log.shadows[row] is None for row, value in enumerate(log.shadows[1:]))
    return told + 10 * follows


def _distinct(fits: list[Fit], log: Log) -> list[Fit]:
    """The simplest candidate of each rule, and of each dtype if the digits tell it."""
    seen: dict[tuple[Any, ...], Fit] = {}
    for fit in fits:
        seen.setdefault((fit.candidate.rule, fit.candidate.dtype if log.exact else ""), fit)
    return list(seen.values())


def _row(rank: str, fit: Fit, log: Log) -> Row:
    return Row(rank, fit, fit.candidate.parameters, fit.candidate.offset, worst(fit, log))


def worst(fit: Fit, log: Log) -> float | None:
    """The largest distance in units in the last place; None where the log has fewer digits than the dtype."""
    from fractions import Fraction

    from ema_cli.report.derived import in_ulps

    if not fit.exact:
        return None
    if fit.agree == fit.compared:
        return 0.0
    num = dtype(fit.candidate.dtype)
    try:
        shadows = fit.candidate.shadows(log)
    except IMPOSSIBLE:
        return None
    pairs = [
        (value, num.load(logged))
        for value, logged in zip(shadows, log.shadows, strict=False)
        if logged is not None and value is not None and value - value == 0
    ]
    return max(
        (
            in_ulps(Fraction(value) - Fraction(logged), Fraction(value), num)
            for value, logged in pairs
            if value != logged
        ),
        default=None,
    )


def _told(fits: list[Fit], found: Found, log: Log, language: Language) -> list[str]:
    """Sentences on the first candidate: what it gives, its schedule, and what stays open."""
    say = language.say
    best = fits[0]
    one = best.candidate
    others = len(_distinct(fits, log)) - 1
    average = say(", ").join([one.named(language), one.dtype])
    if best.agree == best.compared:
        digits = say("to the last bit") if best.exact else say("at the digits that were logged")
        told = say("{average} gives all {count} rounds {digits}", average=average, count=best.compared, digits=digits)
    elif not best.exact:
        told = say(
            "{average} gives all {count} rounds, as far as the rounding of the params in the log allows",
            average=average,
            count=best.compared,
        )
    elif (ulps := worst(best, log) or 0.0) > _ANOTHER_TYPE:
        told = say(
            "{average} gives all {count} rounds within {off}: the schedule is this one, but the code computes a part"
            " of it in a shorter type",
            average=average,
            count=best.compared,
            off=short(float(f"{best.off:.2g}")),
        )
    else:
        told = say(
            "{average} gives {agree} of {count} rounds to the last bit, and the others within {ulps} ulps: the schedule"
            " is this one, but the code computes it in another order or precision than the rules that were tried",
            average=average,
            agree=best.agree,
            count=best.compared,
            ulps=short(round(ulps, 1)),
        )
    if others == 1:
        told += say("; so does 1 other")
    elif others > 0 and found.cut:
        told += say("; so do at least {count} others", count=others)
    elif others > 0:
        told += say("; so do {count} others", count=others)
    if one.rule == "custom":
        told += say("; no rule of the catalogue does")
    notes = [told]
    shape = one.shape
    if shape is not None:
        notes += [
            *(stated(one, say) or schedule([shape], found.measured, say)),
            swapped(shape, say),
            *unreached(best, shape, log, say),
            *also_fit(shape, log, say),
        ]
    return notes
