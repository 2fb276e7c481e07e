"""A batch of updates of many rows of a table of states, a few of each: those of a wave have different rows, and are
computed at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.columns import typed
from ema_cli.core.errors import SettingError
from ema_cli.core.literals import LAST_STEP
from ema_cli.core.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average

_MOVED = ("rounds", "asked", "calls", "done", "updates")


def waves(rows: Sequence[int]) -> list[list[int]]:
    """Split the places of a batch into waves, in each of which no row comes twice.

    >>> waves([7, 8, 7, 7, 8])
    [[0, 1], [2, 4], [3]]
    """
    counts: dict[int, int] = {}
    found: list[list[int]] = []
    for place, row in enumerate(rows):
        number = counts[row] = counts.get(row, -1) + 1
        if number == len(found):
            found.append([])
        found[number].append(place)
    return found


def may_be_apart(average: Average) -> bool:
    """True if each round of an average is an update, by its step, its param and the registers alone."""
    program, readout = average.program, average.readout
    looks = readout is not None and (readout.ahead or readout.shown_if is not None)
    other = average.gate is not None or average.seed is not None or program.shown_from or average.update_every > 1
    counted = "d" in program.registers or (average.counter is not None and average.counter.fractional)
    known = average.table.get("begun", 0) and not (program.timed or average.form.at_random or counted)
    return bool(known and not (looks or other))


def advance_apart(
    averages: Sequence[Average],
    columns: Sequence[Sequence[Any]],
    steps: Sequence[Any] | None,
    rows: Sequence[int],
    parted: Sequence[Sequence[int]],
) -> list[Rounds]:
    """The rounds of a batch, in its order: their columns param, decay, weight and shadow.

    All averages `may_be_apart`, and their columns have no gaps; `parted` are the waves of the rows.
    """
    found = []
    for average, params in zip(averages, columns, strict=True):
        program, table, num = average.program, average.table, average.dtype
        table.grow(max(rows) + 1)
        values = program.load(params)
        taken = values if program.take is None else program.take(values)
        shown: dict[str, list[Any]] = {name: [None] * len(rows) for name in ("decay", "weight", "shadow")}
        for places in parted:
            own = [rows[place] for place in places]
            counters = _counted(average, None if steps is None else [steps[place] for place in places], own)
            plan = program.schedule.plan(counters, len(places))
            after, shadow = program.update_apart(
                {name: table.pick(name, own) for name in program.registers},
                typed(num, [taken[place] for place in places]),
                counters,
                plan,
                [number + 1 for number in table.pick("updates", own)],
            )
            for name in _MOVED:
                table.put(name, own, [number + 1 for number in table.pick(name, own)])
            for name, column in {**after, "shown": shadow}.items():
                table.put(name, own, column)
            for name, column in {**plan.columns, "shadow": shadow}.items():
                if name in shown:
                    for place, cell in zip(places, column, strict=True):
                        shown[name][place] = cell
        made = {"param": values, **{name: typed(num, cells) for name, cells in shown.items()}}
        found.append(Rounds(1, steps, made, None, {}, {}))
    return found


def _counted(average: Average, steps: list[Any] | None, rows: Sequence[int]) -> list[Any] | None:
    """The counter of each update: its step, or where there is none the next number, if the rule counts by itself."""
    own = average.counts_itself
    if not own and average.count_from is None:
        return steps
    stride = int(average.counter.stride) if average.counter is not None else 1
    last = average.table.pick("counter", rows)
    asked = steps or [None] * len(rows)
    counted = [number + stride if step is None else step for number, step in zip(last, asked, strict=True)]
    if max(counted) > LAST_STEP:
        raise SettingError(f"the counter has gone past the largest step, 2^63 - 1 = {LAST_STEP}")
    moved = [
        number if own or step is None else before for number, before, step in zip(counted, last, asked, strict=True)
    ]
    average.table.put("counter", rows, moved)
    return counted
