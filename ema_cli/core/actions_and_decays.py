"""The course of a batch: the action and the decay of each round.

Each mask has a byte for every round of the batch, and holds fewer of them than the mask before: the rounds with a param
(`present`), those on the update interval (`active`), those that the gate does not skip (`done`), those that update
(`updated`).
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import Backwards, SettingError
from ema_cli.core.gates import DONE, SKIPS, UPDATES, UPDATING
from ema_cli.core.numbers.literals import LAST_STEP
from ema_cli.core.numbers.operations import difference
from ema_cli.core.record import Record
from ema_cli.core.typed_columns import as_column, both, joined, scatter, select, strides

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
    program, num = average.program, average.dtype
    taking, last, elapsed, timed = parts.among(active), start.get("time", ()), None, None
    counters, counted = _among(active, steps), start["counter"]
    if times is None:
        counters, counted = _count(average, counters, taking, counted)
    codes = active  # 1 is the code of an update, 0 of a skip
    if program.acts is not None:
        codes = program.acts([*zip(start["done"])], (counters, taking.numbers(start["calls"])), taking.lengths)
        codes = codes if active is None else bytes(scatter(codes, active))
        if decays is not None:
            codes = bytes(
                SKIPS if d is None and UPDATING[code] else code for code, d in zip(codes, decays, strict=True)
            )
        codes = None if codes.count(UPDATES) == len(codes) else codes
    updated = None if codes is None else codes.translate(UPDATING)
    done = None if codes is None else codes.translate(DONE)
    doing, updating = parts.among(done), parts.among(updated)

    shown = counters
    if active is not None and counters is not None:
        counters = scatter(counters, active)
        shown = [counter if there else None for counter, there in zip(counters, active, strict=True)]
    if times is None and average.family.timed:
        times = counters
    if times is not None:
        timed = _timed(parts, done, last)
        since, last = _elapsed(num, times if done is None else select(times, done), doing, last)
        elapsed = since if done is None else scatter(since, done)

    given = _among(updated, decays)
    plan = program.schedule.plan(_among(updated, counters), sum(updating.lengths), _among(updated, elapsed), given)
    made = plan.columns if given is None else plan.columns | {"given": given}
    if updated is not None:
        made = {name: scatter(column, updated) for name, column in made.items()}
    operands = plan.constants or made
    k = counters if average.counts_itself else parts.numbers(start["updates"], mask=updated)
    columns = {name: made[name] for name in ("decay", "weight", "given") if name in made}
    if elapsed is not None:
        columns["elapsed"] = elapsed

    moved = {"rounds": parts, "present": parts.among(present), "calls": taking, "done": doing, "updates": updating}
    after: dict[str, Any] = {
        name: [a + b for a, b in zip(start[name], of_name.lengths, strict=True)] for name, of_name in moved.items()
    }
    after |= {"counter": counted} | ({"time": last} if times is not None else {})
    inputs = {**operands, "v": operands["decay"], "k": k}
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


def _timed(parts: Parts, done: bytes | None, before: Sequence[Any]) -> bytes | None:
    """Mask of the rounds in `done` that follow another one of their group; None if all rounds do."""
    if None not in before:
        return done
    numbers = parts.numbers([last is not None for last in before], mask=done)
    return both(done, bytes([number > 1 for number in numbers]))
