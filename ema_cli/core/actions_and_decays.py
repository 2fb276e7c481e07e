"""The course of a batch: the action and the decay of each round.

Rounds are filtered in steps: those with a param (`present`), those on the update interval (`active`), those that the
gate does not skip (`done`), those that update (`updated`). Each mask has a byte for each round left by the mask before.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import Backwards, SettingError
from ema_cli.core.gates import DONE, SKIPS, UPDATES, UPDATING
from ema_cli.core.numbers.literals import LAST_STEP
from ema_cli.core.numbers.operations import difference
from ema_cli.core.record import Record
from ema_cli.core.typed_columns import as_column, joined, scatter, scatter_bytes, scatter_whole, select, strides

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.core.typed_columns import Column, Parts

    Start = Mapping[str, Sequence[Any]]
    """The counts and registers before a batch; each is a list with one value for each part."""


class Course(Record):
    """The actions of a batch's rounds, their decays, and the counts after them."""

    codes: bytes | None
    """Action of each round; None if all are updates."""
    steps: Sequence[Any] | None
    """The counter of each round, None in a round that is left out; None if there are no counters."""
    columns: dict[str, Column]
    """The columns decay and weight; also elapsed if the rule uses times, and given if each row has a decay."""
    inputs: dict[str, Any]
    """Inputs of the update formulas that all params share: the operands, v and k, as columns or single numbers."""
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
        average: An average of one of the params.
        parts: The parts of the batch.
        start: The counts before the batch.
        present: Mask of the rounds that have a param; None if all have.
        active: Mask, over all rounds, of those with a param on the update interval; None if all are active.
        steps: The step of each round, or None.
        times: The time of each round, if the rule uses times.
        decays: The decay of each round, in place of the rule's own.
    """
    program, num, count = average.program, average.dtype, sum(parts.lengths)
    counters, times, decays = (_among(active, column) for column in (steps, times, decays))
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
    codes = acts if active is None else scatter_bytes(acts or bytes([UPDATES]) * sum(taking.lengths), active)
    updating = None if acts is None else acts.translate(UPDATING)
    updated = None if codes is None else codes.translate(UPDATING)
    doing = taking if acts is None else taking.among(acts.translate(DONE))

    elapsed = since = timed = None
    last = start.get("time", ())
    if times is not None:
        since, last = _elapsed(num, select(times, acts) if acts is not None else times, doing, last)
        elapsed = since if codes is None else scatter(since, codes, num)
        since = elapsed if updated is None else as_column(num, select(elapsed, updated))
        timed = _timed(doing, start["time"])
        if codes is not None:
            timed = scatter_bytes(timed or b"\1" * sum(doing.lengths), codes)

    decays = _among(updating, decays)
    updates = count if updated is None else updated.count(1)
    plan = program.schedule.plan(_among(updating, counters), updates, since, decays)
    made = plan.columns if decays is None else plan.columns | {"given": decays}
    if updated is not None:
        made = {name: scatter(column, updated, num) for name, column in made.items()}
    if average.counts_itself:
        k = scatter_whole(counters, active)
    else:
        k = scatter_whole(parts.among(updated).numbers(start["updates"]), updated)
    operands = plan.constants or made
    inputs = {**operands, "v": operands["decay"], "k": k}
    columns = {name: made[name] for name in ("decay", "weight", "given") if name in made}
    if elapsed is not None:
        columns["elapsed"] = elapsed

    moved = {"rounds": parts, "present": parts.among(present), "calls": taking, "done": doing}
    moved["updates"] = parts.among(updated)
    after: dict[str, Any] = {
        name: [a + b for a, b in zip(start[name], of_name.lengths, strict=True)] for name, of_name in moved.items()
    }
    after |= {"counter": counted} | ({"time": last} if times is not None else {})
    shown = counters
    if active is not None and counters is not None:
        following = iter(counters)
        shown = [next(following) if there else None for there in active]
    return Course(codes, shown, columns, inputs, timed, after, plan.constants is not None)


def _among(mask: bytes | None, column: Sequence[Any] | None) -> Sequence[Any] | None:
    """The values in the rows of a mask; None for no column."""
    return column if mask is None or column is None else select(column, mask)


def _count(
    average: Average, steps: Sequence[Any] | None, parts: Parts, before: Sequence[int]
) -> tuple[Sequence[Any] | None, Sequence[int]]:
    """The counter of each round, and the last counter of each part. A round without a step gets the next number, if the
    rule counts by itself or `count_from` is set.
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
    """Refuse a counter past the largest step."""
    if most > LAST_STEP:
        raise SettingError(f"the counter has gone past the largest step, 2^63 - 1 = {LAST_STEP}")


def _elapsed(num: Dtype, times: Sequence[Any], parts: Parts, before: Sequence[Any]) -> tuple[Column, list[Any]]:
    """The time since the round before, subtracted exactly and rounded once; and the last time of each part."""
    columns, lasts = [], []
    for (a, b), last in zip(parts.spans(), before, strict=True):
        part = times[a:b]
        compiled = None if num.digits is None else strides(part, last)
        columns.append(compiled if compiled is not None else as_column(num, map(since, part, [last, *part])))
        lasts.append(part[-1] if part else last)
    return joined(columns), lasts


def since(time: Any, last: Any) -> Any:
    """The exact time since the round before; 0 in the first round."""
    elapsed = difference(time, time if last is None else last)
    if elapsed < 0:
        raise SettingError(f"time runs backwards: {time} comes after {last}", fact=Backwards(time, last))
    return elapsed


def _timed(parts: Parts, before: Sequence[Any]) -> bytes | None:
    """Mask of the rounds that follow another round of their group; None if all do."""
    if None not in before:
        return None
    mask = bytearray(b"\1") * sum(parts.lengths)
    for (a, b), last in zip(parts.spans(), before, strict=True):
        if a < b and last is None:
            mask[a] = 0
    return bytes(mask)
