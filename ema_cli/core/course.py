"""Batches as the formulas see them: the values of a param, and what the rounds do with them.

Of all rounds some have a param; of those, a gate skips some; of the rest, some copy the param and most update. Each of
these steps has fewer rows than the one before, and a mask says which.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, Any

from ema_cli.core.arithmetic import difference
from ema_cli.core.errors import Backwards, SettingError
from ema_cli.core.gates import UPDATES, UPDATING
from ema_cli.core.literals import LAST_STEP
from ema_cli.core.record import Record
from ema_cli.core.typed_columns import chosen, spread, spread_bytes, strides, typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.dtypes import Dtype
    from ema_cli.core.planned import Plan
    from ema_cli.core.program import Program
    from ema_cli.core.state import State
    from ema_cli.core.typed_columns import Column


class Values(Record):
    """The values of one param in a batch, where there are any."""

    values: Column
    present: bytes | None
    """Mask of the rounds that have one; None if all do."""
    count: int
    """Number of rounds."""

    def spread(self, num: Dtype) -> Column:
        """A value for each round, zero where it is missing."""
        return self.values if self.present is None else spread(self.values, self.present, num)

    def among(self, kept: bytes, num: Dtype) -> Values:
        """Those of a mask."""
        present = kept if self.present is None else spread_bytes(kept, self.present)
        return Values(typed(num, compress(self.values, kept)), present, self.count)


class Lane(Record):
    """One param in a batch: its row of state, and its values."""

    state: State
    row: int
    given: Values
    """The params."""
    taken: Values
    """The values that the rounds take of them."""
    shows: bytes | None
    """Mask of the rounds with a shadow after them; None if all have one."""


class Course(Record):
    """Actions of the rounds of a batch, which follow from a row's counts and from the rounds that have a param."""

    acting: Sequence[Any] | None
    """The counter of each round that is not skipped."""
    acts: bytes | None
    """Their actions; None if all are updates."""
    kept: bytes | None
    """Mask of the rounds with a param that are not skipped; None if no round is."""
    plan: Plan
    """The decays of the updates."""
    steps: Sequence[Any] | None
    """The counter of each round."""
    codes: bytes | None
    """Action of each round; None if all are updates."""
    columns: dict[str, Column]
    """decay and weight of each round; elapsed and given, where there are such."""
    timed: bytes | None
    """Mask of the rounds that have an elapsed time; None if all have one, or none does."""
    counts: dict[str, Any]
    """The counts after the batch."""
    updates_before: int
    """Number of updates before the batch."""


def course_of(
    program: Program,
    counters: Sequence[Any] | None,
    counts: dict[str, Any],
    present: bytes | None,
    count: int,
    times: Sequence[Any] | None = None,
    decays: Sequence[Any] | None = None,
) -> Course:
    """Plan the rounds of a batch.

    Args:
        program: The formulas.
        counters: The counter of each round that has a param.
        counts: Those of the row of state.
        present: Mask of the rounds that have a param; None if all have.
        count: Number of rounds.
        times: The time of each round that has a param, if the rule heeds it.
        decays: The decay of each round that has a param, in the place of the rule's own.
    """
    num, given = program.num, count if present is None else present.count(1)
    own = bytes([UPDATES]) * given
    if program.acts is not None:
        first = counts["calls"] + 1
        own = program.acts(counts["done"], counters, range(first, first + given))
    acts, kept, steps = own.replace(b"\0", b""), own if 0 in own else None, counters
    done = len(acts)
    if kept is not None:
        counters, times, decays = _among(own, counters, times, decays)

    elapsed = timed = None
    if times is not None:
        elapsed = _elapsed(num, times, counts["time"])
        if counts["time"] is None:
            timed = b"\0" + b"\1" * (done - 1)
        counts = counts | {"time": times[-1] if times else counts["time"]}

    mask = acts.translate(UPDATING)
    updates, updating, since = done, counters, elapsed
    all_update = acts.count(UPDATES) == done
    if not all_update:
        updates = mask.count(1)
        updating, since, decays = _among(mask, counters, elapsed, decays)
    plan = program.schedule.plan(updating, updates, since, decays)

    codes = None if all_update and done == count else own
    columns = {name: plan.columns[name] for name in ("decay", "weight")}
    if decays is not None:
        columns["given"] = decays
    if present is not None:
        codes = spread_bytes(own, present)
        numbers = iter(steps or ())
        steps = None if steps is None else [next(numbers) if there else None for there in present]
    if codes is not None:
        columns = {name: spread(one, codes.translate(UPDATING), num) for name, one in columns.items()}
    if elapsed is not None:
        columns["elapsed"] = elapsed
        if codes is not None:
            columns["elapsed"] = spread(elapsed, codes, num)
            timed = spread_bytes(timed or b"\1" * done, codes)
    moved = {"rounds": count, "calls": given, "done": done, "updates": updates}
    after = counts | {name: counts[name] + by for name, by in moved.items()}
    acts_ = None if all_update else acts
    return Course(counters, acts_, kept, plan, steps, codes, columns, timed, after, counts["updates"])


def check_counter(most: int) -> None:
    """Refuse a counter that no step can be."""
    if most > LAST_STEP:
        raise SettingError(f"the counter has gone past the largest step, 2^63 - 1 = {LAST_STEP}")


def _among(mask: bytes, *columns: Sequence[Any] | None) -> list[Any]:
    """The rows of a mask, of columns that may be none."""
    return [None if one is None else chosen(one, mask) for one in columns]


def _elapsed(num: Dtype, times: Sequence[Any], last: Any) -> Column:
    """The time since the round before, exact and rounded once; 0 before there was any."""
    compiled = None if num.digits is None else strides(times, last)
    if compiled is not None:
        return compiled
    found = []
    for time in times:
        found.append(since(time, last))
        last = time
    return typed(num, found)


def since(time: Any, last: Any) -> Any:
    """The time since the round before, exact; 0 before there was any."""
    elapsed = difference(time, time if last is None else last)
    if elapsed < 0:
        raise SettingError(f"time runs backwards: {time} comes after {last}", fact=Backwards(time, last))
    return elapsed
