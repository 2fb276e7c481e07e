"""The course of a batch: what each of its rounds does, and with which decay.

Of all rounds some have a param; of those, an interval leaves out some, and a gate skips others; of the rest, some copy
the param and most update. A mask says which have what the step before has left.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import Backwards, SettingError
from ema_cli.core.gates import DONE, SKIPS, UPDATES, UPDATING
from ema_cli.core.numbers.arithmetic import difference
from ema_cli.core.numbers.literals import LAST_STEP
from ema_cli.core.record import Record
from ema_cli.core.typed_columns import chosen, joined, spread, spread_bytes, spread_whole, strides, typed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.core.typed_columns import Column, Parts

    Start = Mapping[str, Sequence[Any]]
    """The counts and registers before a batch, each as a column with a value for each part of it."""


class Course(Record):
    """The actions of the rounds of a batch, and what follows from them."""

    codes: bytes | None
    """Action of each round; None if all are updates."""
    steps: Sequence[Any] | None
    """The counter of each round that takes part."""
    columns: dict[str, Column]
    """decay and weight of each round; elapsed and given, where there are such."""
    inputs: dict[str, Any]
    """The names in the formulas of an update that are the same for all params."""
    timed: bytes | None
    """Mask of the rounds that have an elapsed time; None if all have one, or none does."""
    counts: dict[str, Sequence[Any]]
    """The counts after each part of the batch."""
    constant: bool
    """True if all decays are known to be equal."""


def course_of(
    average: Average,
    parts: Parts,
    start: Start,
    present: bytes | None,
    active: bytes | None,
    steps: Sequence[Any] | None,
    times: Sequence[Any] | None,
    decays: Sequence[Any] | None,
) -> Course:
    """Plan the rounds of a batch.

    Args:
        average: The average.
        parts: Those of the batch.
        start: The counts before it.
        present: Mask of the rounds that have a param; None if all have.
        active: Mask of those among them that take part.
        steps: The step of each round.
        times: The time of each round, if the rule heeds it.
        decays: The decay of each round, in the place of the rule's own.
    """
    program, num, count = average.program, average.dtype, sum(parts.lengths)
    counters, times, decays = (_among(active, one) for one in (steps, times, decays))
    taking = parts.among(active)
    counted = start["counter"]
    if times is None:
        counters, counted = _count(average, counters, taking, counted)
        times = counters if program.timed else None

    acts = None
    if program.acts is not None:
        acts = program.acts(start["done"], (counters, taking.numbers(start["calls"])), taking.lengths)
        if decays is not None:
            acts = bytes(SKIPS if d is None and UPDATING[act] else act for act, d in zip(acts, decays, strict=True))
        acts = None if acts.count(UPDATES) == len(acts) else acts
    codes = acts if active is None else spread_bytes(acts or bytes([UPDATES]) * sum(taking.lengths), active)
    updating = None if acts is None else acts.translate(UPDATING)
    updated = None if codes is None else codes.translate(UPDATING)
    doing = taking if acts is None else taking.among(acts.translate(DONE))

    elapsed = since = timed = None
    last = start.get("time", ())
    if times is not None:
        since, last = _elapsed(num, chosen(times, acts) if acts is not None else times, doing, last)
        elapsed = since if codes is None else spread(since, codes, num)
        since = elapsed if updated is None else typed(num, chosen(elapsed, updated))
        timed = _timed(doing, start["time"])
        if codes is not None:
            timed = spread_bytes(timed or b"\1" * sum(doing.lengths), codes)

    decays = _among(updating, decays)
    updates = count if updated is None else updated.count(1)
    plan = program.schedule.plan(_among(updating, counters), updates, since, decays)
    made = plan.columns if decays is None else plan.columns | {"given": decays}
    if updated is not None:
        made = {name: spread(one, updated, num) for name, one in made.items()}
    if average.counts_itself:
        k = spread_whole(counters, active)
    else:
        k = spread_whole(parts.among(updated).numbers(start["updates"]), updated)
    operands = plan.constants or made
    inputs = {**operands, "v": operands["decay"], "k": k}
    columns = {name: made[name] for name in ("decay", "weight", "given") if name in made}
    if elapsed is not None:
        columns["elapsed"] = elapsed

    moved = {"rounds": parts, "present": parts.among(present), "calls": taking, "done": doing}
    moved["updates"] = parts.among(updated)
    after: dict[str, Any] = {
        name: [a + b for a, b in zip(start[name], own.lengths, strict=True)] for name, own in moved.items()
    }
    after |= {"counter": counted} | ({"time": last} if times is not None else {})
    shown = counters
    if active is not None and counters is not None:
        following = iter(counters)
        shown = [next(following) if there else None for there in active]
    return Course(codes, shown, columns, inputs, timed, after, plan.constants is not None)


def _among(mask: bytes | None, column: Sequence[Any] | None) -> Sequence[Any] | None:
    """The rows of a mask, of a column that may be none."""
    return column if mask is None or column is None else chosen(column, mask)


def _count(
    average: Average, steps: Sequence[Any] | None, parts: Parts, before: Sequence[int]
) -> tuple[Sequence[Any] | None, Sequence[int]]:
    """The counter of each round, and the rule's own after each part: the step, or where there is none the next number,
    if the rule counts by itself.
    """
    counter, own = average.counter, average.counts_itself
    if counter is not None and counter.fractional and (steps is None or None in steps):
        raise SettingError(f"rule {average.rule.name} needs a step for each update: {counter.name}, {counter.meaning}")
    if not own and average.count_from is None:
        return steps, before
    stride, counted, lasts = int(counter.stride) if counter is not None else 1, steps, [*before]
    if steps is None:
        lasts = [last + stride * length for last, length in zip(before, parts.lengths, strict=True)]
        check_counter(max(lasts))
        counted = parts.numbers(before, stride)
    elif isinstance(steps, array | range) or None not in steps:
        lasts = [steps[b - 1] if own and a < b else last for (a, b), last in zip(parts.spans(), before, strict=True)]
    else:
        counted = []
        for place, (a, b) in enumerate(parts.spans()):
            for step in steps[a:b]:
                counted.append(lasts[place] + stride if step is None else step)
                if step is None or own:
                    lasts[place] = counted[-1]
        check_counter(max(counted))
    return counted, lasts


def check_counter(most: int) -> None:
    """Refuse a counter that no step can be."""
    if most > LAST_STEP:
        raise SettingError(f"the counter has gone past the largest step, 2^63 - 1 = {LAST_STEP}")


def _elapsed(num: Dtype, times: Sequence[Any], parts: Parts, before: Sequence[Any]) -> tuple[Column, list[Any]]:
    """The time since the round before, exact and rounded once, and the last time of each part."""
    found, lasts = [], []
    for (a, b), last in zip(parts.spans(), before, strict=True):
        own = times[a:b]
        compiled = None if num.digits is None else strides(own, last)
        found.append(compiled if compiled is not None else typed(num, map(since, own, [last, *own])))
        lasts.append(own[-1] if own else last)
    return joined(found), lasts


def since(time: Any, last: Any) -> Any:
    """The time since the round before, exact; 0 before there was any."""
    elapsed = difference(time, time if last is None else last)
    if elapsed < 0:
        raise SettingError(f"time runs backwards: {time} comes after {last}", fact=Backwards(time, last))
    return elapsed


def _timed(parts: Parts, before: Sequence[Any]) -> bytes | None:
    """Mask of the rounds that had a round before them; None if all had."""
    if None not in before:
        return None
    mask = bytearray(b"\1") * sum(parts.lengths)
    for (a, b), last in zip(parts.spans(), before, strict=True):
        if a < b and last is None:
            mask[a] = 0
    return bytes(mask)
