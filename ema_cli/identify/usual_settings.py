"""Averages that no measured decay leads to: they are run with settings that people use, and compared."""

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
    from ema_cli.identify.log import Log
    from ema_cli.identify.shape import Shape

_AVERAGES = (1, 2, 3, 6)  # numbers of averages of each other, each of which waits for as many params


def mean_of(log: Log) -> int:
    """The number of params whose mean the first shadow is, where rounds before it have none; 0 if it is none."""
    first, count = log.shadows[log.head], log.head + 1
    if not log.head or first is None:
        return 0
    off = abs(sum(log.params[:count]) / count - first)
    return count if off <= log.units[log.head] + log.param_units[log.head] + 1e-6 * log.scale else 0


def unmeasured(measured: Measured, shapes: Sequence[Shape], narrowed: Narrowed) -> list[Fit]:
    """The fits of rules with a length, as in trading, or with settings that people use, where all rounds agree.
    The log has the rounds before the first shadow, which may be the mean of so many params.
    """
    steady = next((shape for shape in shapes[:1] if shape.is_constant), None)
    weight = 1.0 if steady is None else 1 - steady.fit.second.value
    told = [round(2 / weight - 1), round(1 / weight)] if steady is not None and weight > 0 else []
    told += [measured.log.head // averages + 1 for averages in _AVERAGES if measured.log.head]
    lengths = dict.fromkeys(map(str, told))  # those that a constant decay and the first shadow speak for
    some: list[Candidate] = []
    for tried in narrowed.tried():
        one = Candidate(tried.rule.name, tried.parameters, None, tried.rule.dtype)
        some += [
            one.but(parameters=given | tried.parameters, cost=float(len(given)), shape=steady)
            for given in (_settings(tried.rule, lengths) if not narrowed.constants else ())
        ]
        constants: list[Constant | None] = [*tried.constants]
        if not constants and (tried.rule.decay is None or tried.rule.decay.default is not None):
            constants = [None]
        elif not constants and not shapes:
            constants = [Constant("decay", text) for text in WRITTEN]
        for constant in constants:
            some += [
                one.but(constant=constant, offset=offset, cost=float(bool(constant)) + (offset is None))
                for offset in ((0, None) if measured.log.steps else (0,))
            ]
    return [fit for fit in Trial(measured, narrowed).fits(some) if fit.agrees]


def _settings(rule: Rule, lengths: Iterable[str]) -> Iterator[dict[str, str]]:
    """Each length, alone and with each choice of another parameter."""
    others = [{}, *({parameter.name: value} for parameter in rule.parameters for value in choices_of(parameter))]
    for parameter in rule.parameters:
        if parameter.search == "period":
            yield from ({parameter.name: length} | other for length in lengths for other in others)


def starts_at_mean(one: Candidate, count: int, log: Log) -> bool:
    """True if an average that starts at the mean of so many params gives the first logged shadow."""
    if not count:
        return False
    try:
        average = Average(one.constant, rule=str(one), dtype=one.dtype, initial=f"mean:{count}")
    except IMPOSSIBLE:
        return False
    begin = log.part(0, count)
    return not begin.differing(average.advance_plain(begin.params).shadows, one.dtype)
