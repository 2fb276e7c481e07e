"""Averages that no measured decay leads to: they are run with settings that people use, and compared."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from ema_cli.core.average import Average
from ema_cli.core.decay_setting import Constant
from ema_cli.identify.candidate import IMPOSSIBLE, Candidate
from ema_cli.identify.interval import WRITTEN
from ema_cli.identify.trial import Fit, Trial

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ema_cli.core.rule import Rule
    from ema_cli.identify.candidate import Narrowed
    from ema_cli.identify.log import Log
    from ema_cli.identify.measured import Measured
    from ema_cli.identify.search import Found

_AVERAGES = (1, 2, 3, 6)  # numbers of averages of each other, each of which waits for as many params


def mean_of(log: Log) -> int:
    """The number of params whose mean the first shadow is, where rounds before it have none; 0 if it is none."""
    first, count = log.shadows[log.head], log.head + 1
    if not log.head or first is None:
        return 0
    off = abs(sum(log.params[:count]) / count - first)
    return count if off <= log.units[log.head] + log.param_units[log.head] + 1e-6 * log.scale else 0


def by_length(log: Log, found: Found, narrowed: Narrowed) -> list[Fit]:
    """The fits of rules whose weight follows from a length, as in trading: they give each digit of a log, its first
    shadow included, which may be the mean of so many params.

    Args:
        log: The log, with the rounds before the first shadow.
        found: What its other rounds show.
        narrowed: What the options say of the average.
    """
    steady = found.shapes[:1] if found.shapes and found.shapes[0].is_constant else []
    weights = [1 - shape.fit.second.value for shape in steady if shape.fit.second.value < 1]
    lengths = [round(n) for weight in weights for n in (2 / weight - 1, 1 / weight)]
    lengths += [log.head // averages + 1 for averages in _AVERAGES if log.head]
    fits: list[Fit] = []
    for tried in narrowed.tried() if not narrowed.constants else ():
        settings = _settings(tried.rule, dict.fromkeys(map(str, lengths)))
        for given, name in product(settings, narrowed.dtypes or [tried.rule.dtype]):
            parameters, shape = given | tried.parameters, next(iter(steady), None)
            one = Candidate(tried.rule.name, parameters, None, name, float(len(given)), shape=shape)
            try:
                agrees = not log.differing(one.shadows(log), one.dtype)
            except IMPOSSIBLE:
                continue
            if agrees and all(fit.candidate.rule != one.rule for fit in fits):
                fits.append(Fit(one, log.compared, 0, None, 0.0, allowed=True, exact=log.exact))
    return fits


def _settings(rule: Rule, lengths: Iterable[str]) -> Iterator[dict[str, str]]:
    """Each length, alone and with each choice of another parameter."""
    for name in [parameter.name for parameter in rule.parameters if parameter.search == "period"]:
        for length in lengths:
            yield {name: length}
            for other in rule.parameters:
                choices = [value for value in other.names if value != str(other.default).lower()]
                yield from ({name: length, other.name: value} for value in choices)


def as_published(measured: Measured, narrowed: Narrowed) -> list[Fit]:
    """The fits of rules with their own settings and a decay that people write, where all rounds agree."""
    trial, begun = Trial(measured, narrowed), list[Candidate]()
    for tried in narrowed.tried():
        stated = tried.rule.decay
        constants: list[Constant | None] = [*tried.constants]
        if not constants and (stated is None or stated.default is not None):
            constants.append(None)
        if not constants and stated is not None:
            constants += [Constant("decay", text) for text in WRITTEN]
        for constant in constants:
            for offset in (0, None) if measured.log.steps else (0,):
                cost = float(bool(constant)) + (offset is None)
                one = Candidate(tried.rule.name, tried.parameters, constant, tried.rule.dtype, cost, offset=offset)
                begun += trial.begun(one)
    return [fit for fit in trial.run(begun) if fit.agrees]


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
