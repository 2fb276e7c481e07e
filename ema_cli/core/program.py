"""A rule as a program of formulas: gate, schedule, operands, update and read-out, compiled for an average.

Each is a text (`core/formula.py`) over the columns of a batch and the registers of a row of state:

    gate      what a round does: update, copy, restart or skip      n, call, done
    schedule  the decay v                                           n
    operands  d and w                                               v
    update    the next registers: s, and those of form and read-out p, d, w, v, k, n
    read-out  the value that is shown                               the registers, p, d, w, v, k
"""

from __future__ import annotations

from itertools import groupby, repeat
from typing import TYPE_CHECKING, Any

from ema_cli.core.formula import (
    Recurrence,
    actions,
    chosen,
    column,
    held,
    names_in,
    rewritten,
    said,
    same,
    spread,
    spread_bytes,
    typed,
)
from ema_cli.core.gates import COPIES, RESTARTS, UPDATES, UPDATING
from ema_cli.core.planned import Schedule
from ema_cli.core.record import Record
from ema_cli.core.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.config import Settings
    from ema_cli.core.formula import Column
    from ema_cli.core.planned import Plan
    from ema_cli.core.state import State


_OPERANDS = ("p", "d", "w", "v", "k")


class Course(Record):
    """What the rounds of a batch do: it follows from a row's counts, and from which rounds have a param."""

    acting: Sequence[Any] | None
    """The counter of each round that is not skipped."""
    acts: bytes | None
    """What these do; None if all are updates."""
    kept: bytes | None
    """Which rounds with a param are not skipped; None if none is."""
    plan: Plan
    """The decays of the updates."""
    steps: Sequence[Any] | None
    """The counter of each round."""
    codes: bytes | None
    """What each round does; None if all are updates."""
    decays: Column
    """The decay of each round."""
    weights: Column
    """The weight of each round."""
    counts: dict[str, int]
    """The counts after the batch."""


class Program:
    """The formulas of some settings, compiled.

    Args:
        settings: The settings of an average.
    """

    def __init__(self, settings: Settings) -> None:
        form, readout, num = settings.form, settings.readout, settings.dtype
        self.num, self._settle, self._start = num, settings.settle, settings.rule.start
        self.schedule = Schedule(settings.family, settings.scalars, settings.constant, num, settings.decay_dtype)
        given = settings.input_dtype
        self.load = given.load_all if given.digits is None else column("R(p)", ["p"], given, {})
        """From params to a column of values of their type."""
        registers, steps, calls = form.registers, form.steps, [form.names]
        if readout is not None:
            registers, steps = (*registers, *readout.registers), (*readout.before, *steps, *readout.after)
            if readout.shown_if is not None:
                registers = (*registers, ("visible", 0))
                steps = (*steps, ("visible", rewritten(readout.shown_if, "1 if {} else 0".format)))
            calls.append(readout.names)
        self.registers = {name: num.round(start) for name, start in registers}
        """The registers, s first, and their values before the first update; that of s is the rule's."""
        names = {name: call for make in calls if make is not None for name, call in make(num).items()}
        self._recurrence = Recurrence(list(self.registers), steps, num, names)
        self._shows: Any = None
        self._ahead = () if readout is None else readout.ahead
        if readout is not None and readout.text != "s":
            used = names_in(said(readout.text, num))
            self._shown_by = [one for one in dict.fromkeys((*self.registers, *_OPERANDS)) if one in used]
            self._shows = column(readout.text, self._shown_by, num, names)
        self._acts = None if settings.gate is None else actions(settings.gate.text, dict(settings.gate.names))
        self._counts_itself = settings.counter is not None and settings.counter.first is not None
        self._draws = [call for call in names.values() if hasattr(call, "seek")]

    def trace(self, names: dict[str, Any]) -> dict[str, Any]:
        """The names as the formula of s finds them in one update, given the registers before it and its operands."""
        return self._recurrence.trace(names)

    def course(
        self, counters: Sequence[Any] | None, counts: dict[str, int], present: bytes | None, count: int
    ) -> Course:
        """What the rounds of a batch do.

        Args:
            counters: The counter of each round that has a param.
            counts: The counts of the row of state.
            present: Which rounds have a param; None if all have.
            count: How many rounds there are.
        """
        given = count if present is None else present.count(1)
        acting, acts, kept = counters, None, None
        own = b"\1" * given if present is not None else None
        if self._acts is not None:
            first = counts["calls"] + 1
            own = kept = self._acts(counts["done"], counters, range(first, first + given))
            acts = own.replace(b"\0", b"")
            if len(acts) == given:
                kept = None
            elif counters is not None:
                acting = chosen(counters, own)
            if acts.count(UPDATES) == len(acts):
                acts = None
        done = given if kept is None else given - kept.count(0)
        updates, updating = done, acting
        if acts is not None:
            updates -= acts.count(COPIES)
            if acting is not None:
                updating = [n for n, act in zip(acting, acts, strict=True) if act != COPIES]
        plan = self.schedule.plan(updating, updates)
        codes = None if acts is None and done == count else own
        steps, decays, weights = counters, plan.v, plan.weights
        if present is not None:
            codes = spread_bytes(own or b"", present)
            numbers = iter(counters or ())
            steps = None if counters is None else [next(numbers) if there else None for there in present]
        if codes is not None and updates < count:
            mask = codes.translate(UPDATING)
            decays, weights = spread(decays, mask, self.num), spread(weights, mask, self.num)
        moved = {"rounds": count, "calls": given, "done": done, "updates": updates}
        counts = counts | {name: counts[name] + by for name, by in moved.items()}
        return Course(acting, acts, kept, plan, steps, codes, decays, weights, counts)

    def advance(self, state: State, row: int, values: Column, present: bytes | None, course: Course) -> Rounds:
        """The rounds of a batch: those of one param.

        Args:
            state: The table of states.
            row: The average's.
            values: The params, where there are any.
            present: Which rounds have a param; None if all have.
            course: What the rounds do.
        """
        num, codes, count = self.num, course.codes, len(values) if present is None else len(present)
        first, updates = state.get("rounds", row) + 1, state.get("updates", row)
        shows = None
        if not state.get("begun", row):
            missing = 0 if present is None else present.find(1) if len(values) else count
            shows = bytes(missing) + b"\1" * (count - missing) if missing else None
            if len(values):  # the first param is the initial value
                own = {} if self._start == "none" else {"s": values[0]}
                state.set(row, begun=1, initial=values[0], shown=values[0], **own)
        start = dict(zip(self.registers, state.read([*self.registers], row), strict=True))
        before = state.get("shown", row)
        columns, shadow = self._run(
            list(start.values()), values if course.kept is None else typed(num, chosen(values, course.kept)), course,
            updates,
        )  # fmt: skip
        if codes is not None and 0 in codes:
            columns = [held(one, codes, value, num) for one, value in zip(columns, start.values(), strict=True)]
            shadow = columns[0] if self._shows is None else held(shadow, codes, before, num)
        registers = dict(zip(self.registers, columns, strict=True))
        if count:
            last = {name: one[-1] for name, one in registers.items()}
            state.set(row, **course.counts, **last, shown=shadow[-1])
        if "visible" in registers:
            visible = bytes(map(bool, registers["visible"]))
            shows = visible if shows is None else bytes(map(min, visible, shows))
        shown = {"param": values if present is None else spread(values, present, num), "decay": course.decays}
        shown |= {"weight": course.weights, "shadow": shadow}
        if self._shows is not None:
            shown["biased"] = registers["s"]
        return Rounds(
            first, course.steps, shown, before if state.get("begun", row) else None, registers, start,
            codes=codes, present=present, shows=shows, updates_before=updates,
            constant=course.plan.constant and codes is None,
        )  # fmt: skip

    def _run(self, state: list[Any], values: Column, course: Course, updates: int) -> tuple[list[Column], Column]:
        """The registers after each round that is not skipped, and what is shown then."""
        if course.acts is None:
            return self._update(state, values, course.acting, course.plan, updates)
        found: list[list[Any]] = [[] for _ in state]
        shown: list[Any] = []
        at = planned = 0
        for act, group in groupby(course.acts):
            until = at + sum(1 for _ in group)
            if act == COPIES:
                state[0], copies = values[until - 1], values[at:until]
                if self._settle is not None:
                    copies = [*map(self._settle, copies)]
                    state[0] = copies[-1]
                columns, shadow = [copies, *(repeat(value, until - at) for value in state[1:])], copies
                for one, new in zip(found, columns, strict=True):
                    one.extend(new)
                shown.extend(shadow)
                at = until
            while at < until:  # all at once, or one after the other, where each copies before it updates
                end = until if act == UPDATES else at + 1
                if act == RESTARTS:
                    state[0] = values[at]
                counters = course.acting[at:end] if course.acting is not None else None
                plan = course.plan.part(planned, planned + end - at)
                columns, shadow = self._update(state, values[at:end], counters, plan, updates + planned)
                for one, new in zip(found, columns, strict=True):
                    one.extend(new)
                shown.extend(shadow)
                state, planned, at = [one[-1] for one in columns], planned + end - at, end
        columns = [typed(self.num, one) for one in found]
        return columns, columns[0] if self._shows is None else typed(self.num, shown)

    def _update(
        self, state: list[Any], values: Column, counters: Sequence[Any] | None, plan: Plan, updates: int
    ) -> tuple[list[Column], Column]:
        """The registers after each update, and what is shown then."""
        if not values:
            empty = typed(self.num, [])
            return [empty] * len(state), empty
        for draws in self._draws:
            draws.seek(updates)
        number = counters if self._counts_itself else range(updates + 1, updates + 1 + len(values))
        moving, lasting = plan.columns(p=values, n=counters, k=number)
        moving = {name: column for name, column in moving.items() if name not in self.registers}
        columns = self._recurrence.run(state, moving, lasting)
        for place, name in enumerate(self.registers):
            if name in self._ahead:
                columns[place] = same(columns[place][-1], len(values), self.num)
        if self._shows is None:
            return columns, columns[0]
        known = moving | {name: repeat(value) for name, value in lasting.items()}
        known |= dict(zip(self.registers, columns, strict=True))
        return columns, self._shows(*(known[name] for name in self._shown_by))
