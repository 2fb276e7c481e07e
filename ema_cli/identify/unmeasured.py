"""Averages that no measured decay leads to: they are run with settings that people use, and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.average import Average
from ema_cli.core.decay_setting import Constant
from ema_cli.identify.candidate import IMPOSSIBLE, Candidate
from ema_cli.identify.interval import WRITTEN
from ema_cli.identify.trial import Fit, Trial

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ema_cli.core.rule import Rule
    from ema_cli.identify.candidate import Narrowed, Tried
    from ema_cli.identify.log import Log
    from ema_cli.identify.measured import Measured
    from ema_cli.identify.shapes import Shape

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

    Args:
        measured: The log, with the rounds before the first shadow, which may be the mean of so many params.
        shapes: The schedules of the other rounds.
        narrowed: What the options say of the average.
    """
    trial, lengths = Trial(measured, narrowed), dict.fromkeys(map(str, _lengths(measured.log, shapes)))
    steady = next((shape for shape in shapes[:1] if shape.is_constant), None)
    begun: list[Candidate] = []
    for tried in narrowed.tried():
        for given in _settings(tried.rule, lengths) if not narrowed.constants else ():
            cost, parameters = float(len(given)), given | tried.parameters
            begun += trial.begun(Candidate(tried.rule.name, parameters, None, tried.rule.dtype, cost, shape=steady))
        for constant in _usual(tried, () if shapes else WRITTEN):
            for offset in (0, None) if measured.log.steps else (0,):
                cost = float(bool(constant)) + (offset is None)
                one = Candidate(tried.rule.name, tried.parameters, constant, tried.rule.dtype, cost, offset=offset)
                begun += trial.begun(one)
    return [fit for fit in trial.run(begun) if fit.agrees]


def _lengths(log: Log, shapes: Sequence[Shape]) -> Iterator[int]:
    """The lengths that a constant decay and the first shadow speak for."""
    for shape in shapes[:1]:
        if shape.is_constant and shape.fit.second.value < 1:
            weight = 1 - shape.fit.second.value
            yield from (round(2 / weight - 1), round(1 / weight))
    yield from (log.head // averages + 1 for averages in _AVERAGES if log.head)


def _usual(tried: Tried, decays: Sequence[str]) -> Sequence[Constant | None]:
    """The constants that are tried: those that are given, the default, or else these."""
    stated = tried.rule.decay
    if tried.constants:
        return tried.constants
    return [Constant("decay", text) for text in decays] if stated is not None and stated.default is None else [None]


def _settings(rule: Rule, lengths: Iterable[str]) -> Iterator[dict[str, str]]:
    """Each length, alone and with each choice of another parameter."""
    for name in [parameter.name for parameter in rule.parameters if parameter.search == "period"]:
        for length in lengths:
            yield {name: length}
            for other in rule.parameters:
                choices = [value for value in other.names if value != str(other.default).lower()]
                yield from ({name: length, other.name: value} for value in choices)


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
