"""Settings that depend on the script: a --leaves decay on its first step, a parameter on its span."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from ema_cli.cli.request import Request, average_of, initial_texts
from ema_cli.core.decay_setting import LeftDecay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average
    from ema_cli.reading.batch import Batch


def complete(options: dict[str, Any], requests: list[Request], batches: list[Batch]) -> list[Request]:
    """The requests, with averages whose settings depend on these batches: the first of the script, or all of it."""
    return [_resolved(options, each, batches) if each.of_script else each for each in requests]


def _resolved(options: dict[str, Any], request: Request, batches: list[Batch]) -> Request:
    steps, stated, default = batches[0].steps, request.average.stated, request.average.input_dtype.name
    rule = _spanned(options, request.rule, batches) if request.span else request.rule

    def make(decay: Any, dtype: str | None = default) -> Average:
        return average_of(options, rule, decay, dtype, initial_texts(options)[0])

    if isinstance(stated, LeftDecay) and request.average.counter is not None:
        from ema_cli.core.leaves_solver import find_decay

        stated = find_decay(stated.but(found=None), make, steps[0] if steps else None)
    return request.but(average=make(stated))


def _spanned(options: dict[str, Any], rule: str, batches: list[Batch]) -> str:
    """The text of the rule with the span of all times (for dates in seconds), or without times of all steps."""
    from ema_cli.core.catalogue import spanned_rule

    if options["time_column"] is not None:
        from ema_cli.reading.time_and_decay import Times

        times = Times()
        places = chain.from_iterable([times.read(batch, batch.kept[-1]) for batch in batches])
        return spanned_rule(rule, places, 10**9 if times.dated else 1)
    if all(batch.steps is None for batch in batches):
        return spanned_rule(rule, [0, sum(map(len, batches)) - 1])
    return spanned_rule(rule, chain.from_iterable(map(_outer_steps, batches)))


def _outer_steps(batch: Batch) -> Sequence[Any]:
    """The lowest and the highest step of a batch where the steps rise, else all its steps."""
    from ema_cli.reading.step_order import rises

    steps = batch.steps or ()
    return steps if batch.has_stepless or not rises(steps) else (steps[0], steps[-1])
