"""Averages that measured decays can't lead to: run rules with usual settings, and compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.average import Average
from ema_cli.core.decay_setting import Constant
from ema_cli.identify.candidate import IMPOSSIBLE, Candidate
from ema_cli.identify.candidates import choices_of
from ema_cli.identify.interval import WRITTEN
from ema_cli.identify.trial import Fit, Trial

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ema_cli.core.rule import Rule
    from ema_cli.identify.candidate import Narrowed
    from ema_cli.identify.decay_bounds import Measured
    from ema_cli.identify.found_schedule import FoundSchedule
    from ema_cli.identify.log import Log

_AVERAGES = (1, 2, 3, 6)  # numbers of chained averages that may each wait for the mean of a length of params


def mean_of(log: Log) -> int:
    """N if the first shadow, in round N > 1, is the mean of the first N params; else 0."""
    first, count = log.shadows[log.head], log.head + 1
    if not log.head or first is None:
        return 0
    off = abs(sum(log.params[:count]) / count - first)
    return count if off <= log.units[log.head] + log.param_units[log.head] + 1e-6 * log.scale else 0


def unmeasured(measured: Measured, schedules: Sequence[FoundSchedule], narrowed: Narrowed) -> list[Fit]:
    """Try rules with a length, as in trading, and rules with usual settings; the fits that agree in all rounds.
    The log includes the rounds before the first shadow, which may be the mean of their params.
    """
    steady = next((schedule for schedule in schedules[:1] if schedule.is_constant), None)
    weight = 1.0 if steady is None else 1 - steady.fit.second.value
    periods = [round(2 / weight - 1), round(1 / weight)] if steady is not None and weight > 0 else []
    periods += [measured.log.head // averages + 1 for averages in _AVERAGES if measured.log.head]
    lengths = dict.fromkeys(map(str, periods))  # by a constant decay and the first shadow
    usual: list[Candidate] = []
    for tried in narrowed.tried():
        one = Candidate(tried.rule.name, tried.parameters, None, tried.rule.dtype)
        usual += [
            one.but(parameters=given | tried.parameters, cost=float(len(given)), schedule=steady)
            for given in (_settings(tried.rule, lengths) if not narrowed.constants else ())
        ]
        constants: list[Constant | None] = [*tried.constants]
        if not constants and (tried.rule.decay is None or tried.rule.decay.default is not None):
            constants = [None]
        elif not constants and not schedules:
            constants = [Constant("decay", text) for text in WRITTEN]
        for constant in constants:
            usual += [
                one.but(constant=constant, offset=offset, cost=float(bool(constant)) + (offset is None))
                for offset in ((0, None) if measured.log.steps else (0,))
            ]
    return [fit for fit in Trial(measured, narrowed).fits(usual) if fit.agrees]


def _settings(rule: Rule, lengths: Iterable[str]) -> Iterator[dict[str, str]]:
    """Settings of a rule: each length, alone and with each named value of another parameter."""
    others = [{}, *({parameter.name: value} for parameter in rule.parameters for value in choices_of(parameter))]
    for parameter in rule.parameters:
        if parameter.search == "period":
            yield from ({parameter.name: length} | other for length in lengths for other in others)


def starts_at_mean(one: Candidate, count: int, log: Log) -> bool:
    """True if the average, started at the mean of `count` params, gives the first logged shadow."""
    if not count:
        return False
    try:
        average = Average(one.constant, rule=str(one), dtype=one.dtype, initial=f"mean:{count}")
    except IMPOSSIBLE:
        return False
    begin = log.part(0, count)
    return not begin.differing(average.advance_plain(begin.params).shadows, one.dtype)
