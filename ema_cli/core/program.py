"""A rule as a program of formulas: gate, schedule, operands, update and read-out, compiled for an average.

Each is a text (`core/formula.py`) over the columns of a batch and the registers of a row of state:

    gate      what a round does: update, copy, restart or skip      n, call, done
    schedule  the decay v                                           n
    operands  d and w                                               v
    update    the next registers: s, and those of form and read-out p, d, w, v, k, n
    read-out  the value that is shown                               the registers, p, d, w, v, k
"""

from __future__ import annotations

from itertools import accumulate, groupby, islice, repeat
from typing import TYPE_CHECKING, Any

from ema_cli.core.formula import Recurrence, actions, column, mask, names_in, said
from ema_cli.core.gates import COPIES, RESTARTS, SEEDS, UPDATES, WAITS
from ema_cli.core.planned import Schedule
from ema_cli.core.rounds import Rounds
from ema_cli.core.typed_columns import chosen, joined, repeated, same, spread, typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.config import Settings
    from ema_cli.core.course import Course, Lane, Values
    from ema_cli.core.planned import Plan
    from ema_cli.core.state import State
    from ema_cli.core.typed_columns import Column


class Program:
    """The formulas of an average's settings, compiled."""

    def __init__(self, settings: Settings) -> None:
        num, readout, given = settings.dtype, settings.readout, settings.input_dtype
        self.num, self.settle, self.timed = num, settings.settle, settings.family.timed
        self.schedule = Schedule(settings.family, settings.scalars, settings.constant, num, settings.decay_dtype)
        exact = given.digits is None
        self.load: Any = (lambda values: [*map(given.load, values)]) if exact else column("R(p)", ["p"], given, {})
        """From params to a column of values of their type."""
        self.registers = {name: num.round(0 if start == "s" else start) for name, start in settings.registers}
        """The registers, s first, and their values before the first update; that of s is the rule's."""
        self._starts_empty = self.registers["s"] != self.registers["s"]  # the form makes the shadow of the first param
        self.shadows = [name for name, start in settings.registers if start == "s"]
        """Those that start as the shadow does, and are copied as it is."""
        self.begun = () if self._starts_empty else ("s", *self.shadows)
        """The registers that the first param starts, where it is the initial value."""
        self._is_known = mask("s == s", "s", num) if self._starts_empty else None
        self._is_visible = mask("visible != 0", "visible", num) if "visible" in self.registers else None
        names = settings.functions(num)
        self.recurrence = Recurrence(list(self.registers), settings.assignments, num, names)
        self.take = None if settings.take == "p" else column(settings.take, ["p"], num, {})
        """Function from a column of params to the averaged quantity; None for the params themselves."""
        self.reads_out = False
        """True if what is shown is not the accumulator."""
        self.skips_missing = settings.rule.skips_missing
        """True if a round whose param is NaN is skipped, and shows nothing."""
        self._seed, self.shown_from = settings.seed, settings.shown_from
        if self._seed is not None:
            self.shown_from = max(self.shown_from, self._seed.count)
            constants = {"count": num.number(self._seed.count)}
            self._sum = Recurrence(self._seed.registers, self._seed.steps, num, constants)
            self._mean = column(self._seed.mean, self._seed.registers, num, constants)
        self._shows: Any = None
        self._ahead = () if readout is None else readout.ahead
        if readout is not None and readout.text != "s":
            used = names_in(said(readout.text, num))
            self._shown_by = [one for one in dict.fromkeys((*self.registers, "p", "d", "w", "v", "k")) if one in used]
            self._shows, self.reads_out = column(readout.text, self._shown_by, num, names), True
        self.acts = None if settings.gate is None else actions(settings.gate.text, dict(settings.gate.names))
        """From the rounds done before, counters and numbers of calls to actions; None if all update."""
        self._counts_itself = settings.counts_itself

    def update_apart(
        self, before: dict[str, Column], values: Column, counters: Sequence[Any] | None, plan: Plan, updates: list[int]
    ) -> tuple[dict[str, Column], Column]:
        """The registers after an update in each of several rows of state, and what is shown then.

        `before` has the registers before it; `updates` are the numbers of the update, as each row counts.
        """
        known = {"p": values, "n": counters, "k": counters if self._counts_itself else updates, **plan.inputs, **before}
        after = dict(zip(self.registers, self.recurrence.apart(known), strict=True))
        return after, self._show(known | after)

    def seed(self, state: State, row: int, values: Column) -> bytes:
        """Add the first values to the mean that the shadow starts from, and give what each of their rounds does."""
        if self._seed is None:
            return b""
        calls, names = state.get("calls", row), self._seed.registers
        missing: int = max(self._seed.count - calls, 0)
        values = values[:missing]
        if not values:
            return b""
        sums = [one[-1:] for one in self._sum.run(state.read(names, row), {"p": values})]
        state.set(row, calls=calls + len(values), **{name: last for name, [last] in zip(names, sums, strict=True)})
        if len(values) < missing:
            return bytes([WAITS]) * len(values)
        self._begin(state, row, self._mean(*sums)[0])
        return bytes([WAITS]) * (missing - 1) + bytes([SEEDS])

    def shows(self, state: State, row: int, taken: Values) -> bytes | None:
        """Mask of the rounds with a shadow after them; None if all have one."""
        calls, least = state.get("calls", row), max(self.shown_from, 0 if state.get("begun", row) else 1)
        known = taken.present if self.skips_missing else None
        if calls >= least:
            return known
        so_far = accumulate(taken.present or b"\1" * taken.count, initial=calls)
        return _both(known, bytes([number >= least for number in islice(so_far, 1, None)]))

    def _begin(self, state: State, row: int, value: Any) -> None:
        """Start the shadow of a row at a value."""
        state.set(row, begun=1, initial=value, shown=value, **dict.fromkeys(self.begun, value))

    def advance(self, lanes: Sequence[Lane], course: Course) -> list[Rounds]:
        """The rounds of a batch for each param, all of which have the same course."""
        for lane in lanes:
            values, begun = lane.taken.values, lane.state.get("begun", lane.row) or self._seed is not None
            if not begun and len(values) and (values[0] == values[0] or not self._starts_empty):
                self._begin(lane.state, lane.row, values[0])  # the first param is the initial value
        names, num = [*self.registers], self.num
        starts = [lane.state.read(names, lane.row) for lane in lanes]
        columns = [lane.taken.values for lane in lanes]
        if course.kept is not None:
            columns = [typed(num, chosen(values, course.kept)) for values in columns]
        if course.acts is None:
            found = self._update(starts, columns, course.acting, course.plan, course.updates_before)
        else:
            found = [self._run(start, values, course) for start, values in zip(starts, columns, strict=True)]
        return [
            self._rounds(lane, course, *each) for lane, each in zip(lanes, zip(starts, found, strict=True), strict=True)
        ]

    def _rounds(self, lane: Lane, course: Course, start: list[Any], found: tuple[list[Column], Column]) -> Rounds:
        """The rounds of a param, from the registers after each that is not skipped, and from what is shown then."""
        state, row, shows, num, codes = lane.state, lane.row, lane.shows, self.num, course.codes
        columns, shadow = found
        before = state.get("shown", row)
        if codes is not None and 0 in codes:
            columns = [spread(one, codes, num, value) for one, value in zip(columns, start, strict=True)]
            shadow = columns[0] if self._shows is None else spread(shadow, codes, num, before)
        registers = dict(zip(self.registers, columns, strict=True))
        if shadow:
            last = {name: one[-1] for name, one in registers.items()}
            state.set(row, **course.counts, **last, shown=shadow[-1])
        if self._is_visible is not None:
            shows = _both(shows, self._is_visible(registers["visible"]))
        if self._is_known is not None and shadow and shadow[0] != shadow[0]:  # no param is known yet
            shows = _both(shows, self._is_known(shadow))
        shown = {"param": lane.given.spread(num), **course.columns, "shadow": shadow}
        if "d" in registers:  # the decay follows from registers: v is what they follow from
            shown |= {"v": shown["decay"], "decay": registers["d"], "weight": registers["w"]}
        if self._shows is not None:
            shown["biased"] = registers["s"]
        if self.take is not None:
            shown["taken"] = lane.taken.spread(num)
        return Rounds(
            course.counts["rounds"] - len(shadow) + 1,
            course.steps,
            shown,
            before if state.get("begun", row) else None,
            registers,
            dict(zip(self.registers, start, strict=True)),
            codes=codes,
            present=lane.given.present,
            shows=shows,
            timed=course.timed,
            updates_before=course.updates_before,
            constant=course.plan.constant and codes is None and "d" not in registers,
        )

    def _run(self, state: list[Any], values: Column, course: Course) -> tuple[list[Column], Column]:
        """The registers of a param after each round that is not skipped, and what is shown then."""
        found: list[list[Any]] = [[] for _ in (*state, "shown")]
        at = planned = 0
        for act, group in groupby(course.acts or ()):
            until = at + sum(1 for _ in group)
            if act == COPIES:
                copies: Any = values[at:until] if self.settle is None else [*map(self.settle, values[at:until])]
                columns: list[Any] = [
                    copies if name == "s" or name in self.shadows else repeat(value, until - at)
                    for name, value in zip(self.registers, state, strict=True)
                ]
                state = [copies[-1] if one is copies else old for one, old in zip(columns, state, strict=True)]
                _extend(found, [*columns, copies])
                at = until
            while at < until:  # all at once, or one after the other, where each copies before it updates
                end = until if act == UPDATES else at + 1
                if act == RESTARTS:
                    state = [values[at], *state[1:]]
                counters = course.acting[at:end] if course.acting is not None else None
                plan = course.plan.part(planned, planned + end - at)
                updates = course.updates_before + planned
                [(columns, shadow)] = self._update([state], [values[at:end]], counters, plan, updates)
                _extend(found, [*columns, shadow])
                state, planned, at = [one[-1] for one in columns], planned + end - at, end
        *columns, shadow = [typed(self.num, one) for one in found]
        return columns, columns[0] if self._shows is None else shadow

    def _update(
        self, states: list[list[Any]], params: list[Column], counters: Sequence[Any] | None, plan: Plan, updates: int
    ) -> list[tuple[list[Column], Column]]:
        """For each param the registers after each update, and what is shown then."""
        count, rows = len(params), len(params[0])
        if not rows:
            empty = typed(self.num, [])
            return [([empty] * len(self.registers), empty)] * count
        number = counters if self._counts_itself else range(updates + 1, updates + 1 + rows)
        given = {"p": joined(params), "n": counters, "k": number} | plan.inputs
        given = {name: one for name, one in given.items() if name not in self.registers}
        columns = self.recurrence.run([value for state in states for value in state], given)
        for place, name in enumerate(self.registers):
            if name in self._ahead:
                lasts = columns[place][rows - 1 :: rows]
                columns[place] = joined([same(last, rows, self.num) for last in lasts])
        shadow = columns[0]
        if self._shows is not None:
            known = {name: one if name == "p" else repeated(one, count) for name, one in given.items()}
            shadow = self._show(known | dict(zip(self.registers, columns, strict=True)))
        if count == 1:
            return [(columns, shadow)]
        parts = [slice(first, first + rows) for first in range(0, count * rows, rows)]
        shadows = [shadow[part] for part in parts]
        registers = [shadows if one is shadow else [one[part] for part in parts] for one in columns]
        return list(zip(map(list, zip(*registers, strict=True)), shadows, strict=True))

    def _show(self, known: dict[str, Any]) -> Column:
        """Compute the shown values from the registers and the operands."""
        return known["s"] if self._shows is None else self._shows(*(known[name] for name in self._shown_by))


def _both(one: bytes | None, other: bytes) -> bytes:
    """The rounds that both masks mark; None marks all."""
    return other if one is None else bytes(map(min, one, other))


def _extend(columns: list[list[Any]], more: list[Any]) -> None:
    for own, values in zip(columns, more, strict=True):
        own.extend(values)
