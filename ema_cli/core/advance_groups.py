"""A batch of updates of many rows of a table of states, a few of each: those of a wave have different rows, and are
computed at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.course import check_counter, since
from ema_cli.core.gates import COPIES, RESTARTS, SKIPS, UPDATES
from ema_cli.core.rounds import Rounds
from ema_cli.core.typed_columns import typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average


def waves(rows: Sequence[int]) -> list[list[int]]:
    """The places of a batch in waves, of which none has a row twice.

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


def may_be_grouped(average: Average) -> bool:
    """True if a round needs no more than its step, its time, its param and its row of state."""
    readout, counter = average.readout, average.counter
    looks = readout is not None and readout.ahead
    counted = counter is not None and counter.fractional
    return not (looks or counted or average.seed is not None or average.form.at_random)


def advance_groups(
    averages: Sequence[Average],
    columns: Sequence[Sequence[Any]],
    steps: Sequence[Any] | None,
    rows: Sequence[int],
    parted: Sequence[Sequence[int]],
    times: Sequence[Any] | None = None,
) -> list[Rounds]:
    """The rounds of a batch, in its order: their columns, and what each of them did.

    Args:
        averages: One for each param, all of which `may_be_grouped`.
        columns: The values of each param, without a gap.
        steps: The step of each update; None for none.
        rows: The row of each update.
        parted: The waves of the rows.
        times: The time of each update, for a rule that heeds times; else the steps are the times.
    """
    found = []
    for average, params in zip(averages, columns, strict=True):
        computed = _Computed(average, params, steps, rows, times)
        for places in parted:
            computed.advance(places)
        found.append(computed.rounds())
    return found


class _Computed:
    """The rounds of one param, as far as they are computed.

    Args:
        average: The average, with a row of state for each group.
        params: The value of each update.
        steps: The step of each.
        rows: The row of each.
        times: The time of each.
    """

    def __init__(
        self,
        average: Average,
        params: Sequence[Any],
        steps: Sequence[Any] | None,
        rows: Sequence[int],
        times: Sequence[Any] | None,
    ) -> None:
        self._average, self._program, self._table = average, average.program, average.table
        self._steps, self._rows, self._times, count = steps, rows, times, len(rows)
        self._table.grow(max(rows) + 1)
        program = self._program
        self._columns: dict[str, Any] = {"param": program.load(params)}
        self._taken = self._columns["param"]
        if program.take is not None:
            self._taken = self._columns["taken"] = program.take(self._taken)
        shown = ["decay", "weight", "shadow", *["elapsed"] * program.timed, *["v"] * ("d" in program.registers)]
        shown += ["biased"] * program.reads_out
        self._columns |= {name: [0] * count for name in shown}
        self._hides = program.shown_from > 0 or not self._table.fresh("begun")
        self._counters: list[Any] = [None] * count
        self._codes, self._shows, self._timed = (bytearray([UPDATES]) * count for _ in range(3))

    def rounds(self) -> Rounds:
        """The rounds of the batch."""
        num, masks = self._average.dtype, (self._codes, self._shows, self._timed)
        for place, code in enumerate(self._codes):
            self._timed[place] &= code != SKIPS
        codes, shows, timed = (None if mask.count(1) == len(mask) else bytes(mask) for mask in masks)
        columns = {name: typed(num, column) for name, column in self._columns.items()}
        return Rounds(1, self._steps, columns, None, {}, {}, codes=codes, shows=shows, timed=timed)

    def advance(self, wave: Sequence[int]) -> None:
        """Compute the rounds of a wave."""
        program, places = self._program, wave
        self._add("rounds", wave)
        numbers, begun = self._add("asked", wave), self._pick("begun", wave)
        if (every := self._average.update_every) > 1:
            places = self._kept(wave, [number % every == 0 for number in numbers])
        if not (program.timed and self._times is not None):
            self._count(places)
        calls = self._add("calls", places)
        if self._hides:
            self._begin(places)
            for place, call, known in zip(wave, self._pick("calls", wave), begun, strict=True):
                self._shows[place] = call >= max(program.shown_from, not known)
        done = self._acting(places, calls) if program.acts is not None else places
        self._add("done", done)
        if program.timed:
            self._elapse(done)
        if program.acts is not None:
            self._copy([place for place in done if self._codes[place] == COPIES])
            done = [place for place in done if self._codes[place] != COPIES]
        if done:
            self._update(done)
        for name, column in (("shown", "shadow"), *[("s", "biased")] * program.reads_out):
            self._show(column, wave, self._pick(name, wave))
        if program.skips_missing and len(places) < len(wave):
            for place in {*wave}.difference(places):
                self._shows[place] = 0
        if "visible" in program.registers:
            for place, visible in zip(wave, self._pick("visible", wave), strict=True):
                self._shows[place] &= bool(visible)

    def _pick(self, name: str, places: Sequence[int]) -> list[Any]:
        rows = self._rows
        return self._table.pick(name, [rows[place] for place in places])

    def _put(self, name: str, places: Sequence[int], values: Sequence[Any]) -> None:
        rows = self._rows
        self._table.put(name, [rows[place] for place in places], values)

    def _show(self, name: str, places: Sequence[int], values: Sequence[Any]) -> None:
        column = self._columns[name]
        for place, value in zip(places, values, strict=True):
            column[place] = value

    def _add(self, name: str, places: Sequence[int]) -> list[int]:
        """Count one more in the rows of these places."""
        numbers = [number + 1 for number in self._pick(name, places)]
        self._put(name, places, numbers)
        return numbers

    def _kept(self, places: Sequence[int], keeps: Sequence[bool]) -> list[int]:
        """The places that are kept; the rounds of the others are skipped."""
        for place, keep in zip(places, keeps, strict=True):
            self._codes[place] = UPDATES if keep else SKIPS
        return [place for place in places if self._codes[place]]

    def _count(self, places: Sequence[int]) -> None:
        """Find the counter of each update: its step, or where there is none the next number, if the rule counts."""
        average, steps = self._average, self._steps
        asked = [None if steps is None else steps[place] for place in places]
        own = average.counts_itself
        if own or average.count_from is not None:
            stride = int(average.counter.stride) if average.counter is not None else 1
            last = self._pick("counter", places)
            counted = [number + stride if step is None else step for number, step in zip(last, asked, strict=True)]
            check_counter(max(counted, default=0))
            moved = [
                number if own or step is None else before
                for number, before, step in zip(counted, last, asked, strict=True)
            ]
            self._put("counter", places, moved)
            asked = counted
        for place, counter in zip(places, asked, strict=True):
            self._counters[place] = counter

    def _begin(self, places: Sequence[int]) -> None:
        """Start the shadow of each row at its first param, if it has not begun."""
        first = [place for place, begun in zip(places, self._pick("begun", places), strict=True) if not begun]
        values = [self._taken[place] for place in first]
        self._put("begun", first, [1] * len(first))
        for name in ("initial", "shown", *self._program.begun):
            self._put(name, first, values)

    def _acting(self, places: Sequence[int], calls: Sequence[int]) -> list[int]:
        """Find what each round does, and give those that are not skipped."""
        acts, known = self._program.acts, dict[Any, int]()
        assert acts is not None
        for place, done, call in zip(places, self._pick("done", places), calls, strict=True):
            key = done, self._counters[place], call
            if key not in known:
                counter = None if key[1] is None else [key[1]]
                known[key] = acts(done, counter, [call])[0]
            self._codes[place] = known[key]
        return [place for place in places if self._codes[place]]

    def _elapse(self, places: Sequence[int]) -> None:
        """Find the time since the round before; there is none before the first."""
        times = [(self._counters if self._times is None else self._times)[place] for place in places]
        elapsed = []
        for place, time, last in zip(places, times, self._pick("time", places), strict=True):
            self._timed[place] = last is not None
            elapsed.append(since(time, last))
        self._put("time", places, times)
        self._show("elapsed", places, typed(self._average.dtype, elapsed))

    def _copy(self, places: Sequence[int]) -> None:
        """Copy the params."""
        values = [self._taken[place] for place in places]
        values = values if self._program.settle is None else [*map(self._program.settle, values)]
        for name in ("shown", "s", *self._program.shadows):
            self._put(name, places, values)

    def _update(self, places: Sequence[int]) -> None:
        """Compute the updates."""
        program, num = self._program, self._average.dtype
        values = typed(num, [self._taken[place] for place in places])
        again = [place for place in places if self._codes[place] == RESTARTS]
        self._put("s", again, [self._taken[place] for place in again])
        counters: Any = [self._counters[place] for place in places]
        if counters.count(None) == len(counters):
            counters = None
        elapsed = typed(num, [self._columns["elapsed"][place] for place in places]) if program.timed else None
        plan = program.schedule.plan(counters, len(places), elapsed)
        before = {name: typed(num, self._pick(name, places)) for name in program.registers}
        after, shadow = program.update_apart(before, values, counters, plan, self._add("updates", places))
        for name, column in {**after, "shown": shadow}.items():
            self._put(name, places, column)
        shown = {name: plan.columns[name] for name in ("decay", "weight")}
        if "d" in after:  # the decay follows from registers: v is what they follow from
            shown |= {"v": shown["decay"], "decay": after["d"], "weight": after["w"]}
        for name, column in shown.items():
            self._show(name, places, column)
