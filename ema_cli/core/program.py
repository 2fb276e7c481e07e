"""A rule as a program of formulas: gate, schedule, operands, update and read-out, compiled for an average.

Each formula (`core/formula.py`) is evaluated over the columns of a batch and the registers of a row of state:

    formula   result                                                 inputs
    gate      the action: update, copy, restart or skip              n, call, done
    schedule  the decay v                                            n
    operands  d and w                                                v
    update    the next registers: s, and those of form and read-out  p, d, w, v, k, the registers
    read-out  the value that is shown                                p, d, w, v, k, the registers
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from ema_cli.core.formula import Recurrence, actions, column, mask
from ema_cli.core.gates import CODES
from ema_cli.core.record import Record
from ema_cli.core.rounds import Rounds
from ema_cli.core.schedules import Schedule
from ema_cli.core.typed_columns import both, joined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ema_cli.core.actions_and_decays import Course
    from ema_cli.core.settings import Settings
    from ema_cli.core.state import State
    from ema_cli.core.typed_columns import Column, Parts


class Lane(Record):
    """One param in a batch: its table of states, its values, and masks of its rounds."""

    state: State
    start: Mapping[str, Sequence[Any]]
    """The state before each part of the batch."""
    params: Column
    """The params, with a zero in each round without a param."""
    averaged: Column
    """The quantity that is averaged, such as p*p, with a zero in each round without a param."""
    present: bytes | None
    """Mask of the rounds that have a param; None if all have."""
    shows: bytes | None
    """Mask of the rounds that show a shadow; None if all do."""
    seeding: bytes | None
    """Action codes, WAITS or SEEDS, of the rounds before the shadow starts, else 0; None if it has started."""


class Program:
    """The formulas of an average's settings, compiled."""

    def __init__(self, settings: Settings) -> None:
        num, readout, input_dtype, seed = settings.dtype, settings.readout, settings.input_dtype, settings.seed
        self.schedule = Schedule(settings.family, settings.scalars, settings.constant, num, settings.decay_dtype)
        exact, load = input_dtype.digits is None, input_dtype.load
        self.load: Any = (lambda values: [*map(load, values)]) if exact else column("R(p)", ["p"], input_dtype, {})
        """Function from params to a column in the params' dtype."""
        self.registers = {name: num.round(0 if start == "s" else start) for name, start in settings.registers}
        """The registers, s first, and their values before the first update; the rule's start replaces that of s."""
        self.starts_empty = self.registers["s"] != self.registers["s"]
        """True if s is NaN before the first update: the form makes the shadow from the first param."""
        self.shadows = tuple(name for name, start in settings.registers if "s" in (name, start))
        """The registers that start like the shadow and are copied with it; s first."""
        self._is_known = mask("s == s", "s") if self.starts_empty else None
        self._is_visible = mask("visible != 0", "visible") if "visible" in self.registers else None
        shown = None if readout is None or readout.text == "s" else readout.text
        self.reads_out = shown is not None
        """True if the rule shows another value than the accumulator s."""
        names, steps = settings.functions(num), settings.assignments
        moved, copied = [*self.registers], dict.fromkeys(self.shadows)
        if shown is not None:
            moved, steps, copied["shown"] = [*moved, "shown"], (*steps, ("shown", shown)), None
        copy = "p" if settings.round_each is None else "settle(p)"
        self.recurrence = Recurrence(moved, steps, num, names, [*copied], copy)
        self._ahead = () if readout is None else readout.ahead
        self.take = None if settings.take == "p" else column(settings.take, ["p"], num, {})
        """Function from a column of params to the averaged quantity; None if the params are averaged themselves."""
        if seed is not None:
            constants = {"count": num.number(seed.count)}
            self.seed_sum = Recurrence(seed.registers, seed.steps, num, constants)
            self.seed_mean = column(seed.mean, seed.registers, num, constants)
        self.acts = None
        """The gate's function (`formula.actions`); None if all rounds update."""
        if (gate := settings.gate) is not None:
            self.acts = actions(["done"], ["n", "call"], gate.steps, {**CODES, **dict(gate.names)})

    def advance(self, lanes: Sequence[Lane], parts: Parts, course: Course) -> list[Rounds]:
        """Advance several params with the same course by a batch: one `Rounds` for each lane."""
        moved = self.recurrence.registers
        states = [state for lane in lanes for state in zip(*(lane.start[name] for name in moved), strict=True)]
        inputs = {"p": joined([lane.averaged for lane in lanes])} | course.inputs
        inputs = {name: values for name, values in inputs.items() if name not in moved}
        columns = self._run(states, inputs, parts, course.codes)
        rows = len(lanes[0].params)
        cuts = [slice(number * rows, (number + 1) * rows) for number in range(len(lanes))]
        of_lanes = [{name: values[cut] for name, values in columns.items()} for cut in cuts]
        return [self._rounds(*each, parts, course) for each in zip(lanes, of_lanes, strict=True)]

    def _run(
        self, states: Sequence[Any], inputs: dict[str, Any], parts: Parts, codes: bytes | None
    ) -> dict[str, Column]:
        """The registers after each round, one param's rounds after another's."""
        names, lengths = self.recurrence.registers, () if len(parts.lengths) == 1 else parts.lengths
        columns = dict(zip(names, self.recurrence.run(states, inputs, lengths, codes), strict=True))
        count = len(inputs["p"])
        if not self._ahead or not count:
            return columns
        firsts = range(0, count, count * len(parts.lengths) // len(states))
        ends = [first + end - 1 for first in firsts for end in accumulate(parts.lengths)]
        starts = [
            tuple(
                columns[name][end] if name in self._ahead else value for name, value in zip(names, state, strict=True)
            )
            for state, end in zip(states, ends, strict=True)
        ]
        if starts == states:
            return columns
        return dict(zip(names, self.recurrence.run(starts, inputs, lengths, codes), strict=True))

    def _rounds(self, lane: Lane, columns: dict[str, Column], parts: Parts, course: Course) -> Rounds:
        """The rounds of a param, from its registers after each; the lane's state becomes that after the last round."""
        shadow = columns["shown" if self.reads_out else "s"]
        if shadow:
            last = [end - 1 for end in accumulate(parts.lengths)]
            after = {name: [column[place] for place in last] for name, column in columns.items()}
            for name, values in {**course.counts, "shown": after["s"], **after}.items():
                lane.state.put(name, parts.rows, values)
        registers = {name: columns[name] for name in self.registers}
        shows, codes = lane.shows, course.codes
        if self._is_visible is not None:
            shows = both(shows, self._is_visible(registers["visible"]))
        if self._is_known is not None and any(shadow[a] != shadow[a] for a, b in parts.spans() if b):
            shows = both(shows, self._is_known(shadow))  # no param is known yet
        shown = {"param": lane.params, **course.columns, "shadow": shadow}
        if "d" in registers:  # the decay follows from registers, and they follow from v
            shown |= {"v": shown["decay"], "decay": registers["d"], "weight": registers["w"]}
        if self.reads_out:
            shown["biased"] = registers["s"]
        if lane.seeding is not None:
            codes = bytes(map(max, codes or b"", lane.seeding))
        return Rounds(
            course.steps,
            shown,
            registers,
            lane.start,
            parts,
            codes=codes,
            present=lane.present,
            shows=shows,
            timed=course.timed,
            constant=course.constant and codes is None and "d" not in registers,
        )
