"""What --identify says: the candidates in rows, and in sentences what would tell them apart or why none fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record
from ema_cli.identify.candidate_table import Row
from ema_cli.identify.common_decays import roughness
from ema_cli.identify.decay_range import around
from ema_cli.identify.diagnose import doubts, tells_nothing, too_little
from ema_cli.identify.discriminate import what_tells_apart
from ema_cli.identify.estimates import Hints
from ema_cli.identify.missing_updates import power
from ema_cli.identify.prefilter import IMPOSSIBLE
from ema_cli.identify.search import Fit, search, worst
from ema_cli.languages.language import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.identify.candidates import Candidate
    from ema_cli.identify.constraints import Narrowed
    from ema_cli.identify.log import Evidence
    from ema_cli.languages.language import Language

MOST = 10
"""The candidates that are told."""

_SURER = 10
"""With so many rounds that tell something the answer is sure enough."""


class Report(Record):
    """What was found."""

    rows: list[Row]
    """The candidates."""
    notes: list[str]
    identified: bool


def report(
    evidence: Evidence,
    narrowed: Narrowed,
    language: Language = ENGLISH,
    look: Callable[[str], None] = lambda tried: None,
    another: Callable[[bool], str] = lambda sure: "",
) -> Report:
    """Identify, and say what there is to say.

    Args:
        evidence: The log.
        narrowed: What the options say of the average.
        language: Of the sentences.
        look: Told now and then what is tried.
        another: What speaks for another column as the param, surely or not; empty if nothing does.
    """
    say = language.say
    notes = []
    if 0 < evidence.informative < _SURER:
        one, many = (
            say("1 round tells something of the decay; with ten or more the answer is surer"),
            say(
                "{count} rounds tell something of the decay; with ten or more the answer is surer",
                count=evidence.informative,
            ),
        )
        notes.append(one if evidence.informative == 1 else many)
    nothing = tells_nothing(evidence, narrowed, say)
    if nothing is not None:
        return Report(
            [], [say("no average is named: {why}", why=nothing), *filter(None, [another(True)]), *notes], False
        )
    found = search(evidence, narrowed, look)
    if found and found[0].fits:
        told = [fit for fit in found if too_little(evidence, fit) is None]
        refused = None if told else too_little(evidence, found[0], say)
        found = told or found
        fitting = _distinct(found, evidence.exact)
        rows = [_row("" if refused else str(number), fit, evidence) for number, fit in enumerate(fitting[:MOST], 1)]
        if refused:
            return Report(rows, [say("no average is named: {why}", why=refused), *notes], False)
        notes[:0] = [_sentence(fitting, evidence, language), *_on_decay(fitting[0].candidate, evidence, language)]
        look("trying what would tell them apart")
        notes += what_tells_apart(fitting[:MOST], found, evidence, language)
        return Report(rows, notes, True)
    rows = [_row("", fit, evidence) for fit in found]
    none = narrowed.none_fits(say, near=bool(rows))
    other = another(True)
    why = [other] if other else [*doubts(evidence, narrowed, rows, say, look), *filter(None, [another(False)])]
    return Report(rows, [none, *why, *notes], False)


def _on_decay(candidate: Candidate, evidence: Evidence, language: Language) -> list[str]:
    """Where the decay is none that people write: which others fit, and whether it is a power of one."""
    average = candidate.average()
    lasting = Hints(evidence).lasting
    if lasting is None or average.counter is not None or roughness(average.rule, candidate.constant) == 0:
        return []
    say = language.say
    return list(filter(None, [around(candidate, evidence, lasting, say), power(evidence, lasting, say)]))


def _distinct(fits: list[Fit], exact: bool) -> list[Fit]:
    """The simplest candidate of each rule, and of each dtype if the digits tell it."""
    seen: dict[tuple[Any, ...], Fit] = {}
    for fit in fits:
        seen.setdefault((fit.candidate.rule, fit.candidate.dtype if exact else ""), fit)
    return list(seen.values())


def _row(rank: str, fit: Fit, evidence: Evidence) -> Row:
    parameters, offset = _settings(fit.candidate, evidence)
    known = evidence.exact and fit.candidate.dtype in evidence.dtypes.told
    ulps = worst(fit.candidate, evidence)
    return Row(rank, fit, parameters, offset, ulps if known or ulps == 0 else None)


def _settings(candidate: Candidate, evidence: Evidence) -> tuple[dict[str, str], int | None]:
    """The parameters, and what is added to the steps. A counter that the rule keeps by itself starts at a parameter."""
    offset = candidate.offset
    if offset and evidence.steps is None:
        average = candidate.average()
        for parameter in average.rule.parameters:
            if type(parameter.default) is not int or parameter.name in candidate.parameters:
                continue
            moved = {**candidate.parameters, parameter.name: str(parameter.default + offset)}
            try:
                counter = candidate.but(parameters=moved).average().counter
            except IMPOSSIBLE:  # before the first value that the parameter takes
                continue
            if counter is not None and average.counter is not None and counter.first == average.counter.first + offset:
                return moved, 0
    return candidate.parameters, offset


def _sentence(fits: list[Fit], evidence: Evidence, language: Language) -> str:
    say = language.say
    best = fits[0].candidate
    others = len(fits) - 1
    digits = say("to the last bit") if evidence.exact else say("at the digits that were logged")
    told = say(
        "{average} gives all {count} rounds {digits}",
        average=say(", ").join([best.named(language), best.dtype]),
        count=fits[0].compared,
        digits=digits,
    )
    if others == 1:
        told += say("; so does 1 other")
    elif len(fits) > MOST:
        told += say("; so do {count} others, of which {listed} are listed", count=others, listed=MOST - 1)
    elif others:
        told += say("; so do {count} others", count=others)
    return told
