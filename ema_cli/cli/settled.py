"""The averages once the first batch of the script is known, on which some depend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.cli.request import Asked, average_of

if TYPE_CHECKING:
    from ema_cli.core.average import Average
    from ema_cli.reading.batch import Batch


def settled(options: dict[str, Any], asked: list[Asked], batch: Batch) -> list[Asked]:
    """The averages whose decay of --leaves follows from the first step, or that need the span of the whole script."""
    found = [_spanned(options, one, batch) if one.span else one for one in asked]
    first = None if batch.steps is None else batch.steps[0]
    return found if first is None or not options["leaves"] else [_leaving(options, one, first) for one in found]


def _spanned(options: dict[str, Any], one: Asked, batch: Batch) -> Asked:
    """The average with the span of all times, in seconds where they are dates, or else of all steps."""
    from ema_cli.core.catalogue import spanned

    places: Any = batch.steps or range(len(batch))
    unit = 1
    if options["time_column"] is not None:
        from ema_cli.reading.times import Times

        times = Times()
        places = times.read(batch, batch.kept[-1])
        unit = 10**9 if times.dated else 1
    dtype, rule = one.average.input_dtype.name, spanned(one.rule, places, unit)
    return one.but(average=average_of(options, rule, one.average.stated, dtype, one.initials[0]))


def _leaving(options: dict[str, Any], one: Asked, first: Any) -> Asked:
    from ema_cli.core.decay_setting import Leaving
    from ema_cli.core.leaves import settled as settled_leaving

    stated, dtype = one.average.stated, one.average.input_dtype.name
    if not isinstance(stated, Leaving) or one.average.counter is None:
        return one

    def make(decay: Any, dtype: str | None = dtype) -> Average:
        return average_of(options, one.rule, decay, dtype, one.initials[0])

    return one.but(average=make(settled_leaving(stated.but(found=None), make, first)))
