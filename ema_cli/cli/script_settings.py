"""Settings that follow from the script: a decay from its first step, a parameter from its span."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from ema_cli.cli.request import Request, average_of
from ema_cli.core.decay_setting import Leaving
from ema_cli.reading.step_order import rises

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average
    from ema_cli.reading.batch import Batch


def resolved(options: dict[str, Any], requests: list[Request], batches: list[Batch]) -> list[Request]:
    """The averages, with the settings that follow from these batches: the first of the script, or all."""
    return [_resolved(options, one, batches) if one.of_script else one for one in requests]


def _resolved(options: dict[str, Any], one: Request, batches: list[Batch]) -> Request:
    steps, stated, own = batches[0].steps, one.average.stated, one.average.input_dtype.name
    rule = _spanned(options, one.rule, batches) if one.span else one.rule

    def make(decay: Any, dtype: str | None = own) -> Average:
        return average_of(options, rule, decay, dtype, one.initials[0])

    if isinstance(stated, Leaving) and one.average.counter is not None:
        from ema_cli.core.decay_solver import resolved as resolved_leaving

        stated = resolved_leaving(stated.but(found=None), make, steps[0] if steps else None)
    return one.but(average=make(stated))


def _spanned(options: dict[str, Any], rule: str, batches: list[Batch]) -> str:
    """The rule with the span of all times, in seconds where they are dates, or else of all steps."""
    from ema_cli.core.catalogue import spanned_rule

    if options["time_column"] is not None:
        from ema_cli.reading.times import Times

        times = Times()
        places = chain.from_iterable([times.read(batch, batch.kept[-1]) for batch in batches])
        return spanned_rule(rule, places, 10**9 if times.dated else 1)
    if all(batch.steps is None for batch in batches):
        return spanned_rule(rule, [0, sum(map(len, batches)) - 1])
    return spanned_rule(rule, chain.from_iterable(map(_extremes, batches)))


def _extremes(batch: Batch) -> Sequence[Any]:
    """Steps of a batch, among which are its least and its greatest."""
    steps: Sequence[Any] = batch.steps or ()
    return steps if batch.has_stepless or not rises(steps) else [*steps[:1], *steps[-1:]]
