"""Advance the averages of all params and groups by one batch of updates."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any, SupportsFloat

from ema_cli.core.actions_and_decays import course_of
from ema_cli.core.catalogue import timed_rule
from ema_cli.core.errors import SettingError
from ema_cli.core.formula import names_in, text_in
from ema_cli.core.gates import SEEDS, SKIPS, WAITS
from ema_cli.core.numbers.literals import PAST_FLOAT64, quoted
from ema_cli.core.program import Lane
from ema_cli.core.typed_columns import Parts, both, select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.actions_and_decays import Course
    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.core.rule import Seed
    from ema_cli.core.typed_columns import Column


AT_ONCE = 64
"""Params whose rounds are computed in one call; more would take memory and save no time."""


def advance(
    averages: Sequence[Average],
    columns: Sequence[Sequence[Any]],
    steps: Sequence[Any] | None = None,
    *,
    times: Sequence[Any] | None = None,
    decays: Sequence[Any] | None = None,
    rows: Sequence[int] = (0,),
    lengths: Sequence[int] = (),
) -> list[Rounds]:
    """Advance the averages of several params by a batch, and compute the decays that they share once.

    Params whose rounds differ (one has a gap) get decays of their own. For groups, pass the updates of one group after
    another, with `rows` and `lengths`: the table of states then has a row for each group, and a new row starts as the
    average did.

    >>> from ema_cli import Average
    >>> first = Average(0.5, rule="fixed")
    >>> both = [first, first.beside(initial=8)]
    >>> [rounds.shadows for rounds in advance(both, [[1.0, 2.0], [0.0, 0.0]])]
    [[0.5, 1.25], [4.0, 2.0]]
    >>> [rounds.shadows for rounds in advance(both, [[4.0, 4.0], [4.0, 4.0]], rows=[0, 1], lengths=[1, 1])]
    [[2.625, 2.0], [3.0, 6.0]]

    Args:
        averages: One average for each param, all with the same settings (`Average.beside`).
        columns: The values of each param as Python numbers; None skips the round.
        steps: The rule's counter for each round; None in an update without a step.
        times: The time of each round, an exact number, for a rule that uses times; without it the steps are the times.
        decays: The decay of each round, in place of the rule's own; None skips the round.
        rows: The row of each part of the batch in the tables of states.
        lengths: The number of rounds of each part; by default there is one part.
    """
    _check_inputs(averages[0], times, decays)
    program = averages[0].program
    parts = Parts(rows, lengths or [len(columns[0])])
    counts = ["rounds", "present", "calls", "done", "updates", "counter", *["time"] * averages[0].family.timed]
    alike: dict[Any, tuple[Course, list[Lane], list[int]]] = {}  # params whose rounds take the same actions
    for place, (average, params) in enumerate(zip(averages, columns, strict=True)):
        average.table.grow(max(rows) + 1)
        lane, active = _lane(average, params, parts, decays)
        key = lane.present, active, *(tuple(lane.start[name]) for name in counts)
        if key not in alike:
            course = course_of(average, parts, lane.start, lane.present, active, steps, times, decays)
            alike[key] = course, [], []
        _, lanes, places = alike[key]
        lanes.append(lane)
        places.append(place)
    results: dict[int, Rounds] = {}
    for course, lanes, places in alike.values():
        for first in range(0, len(lanes), AT_ONCE):
            block = slice(first, first + AT_ONCE)
            results.update(zip(places[block], program.advance(lanes[block], parts, course), strict=True))
    return [results[place] for place in range(len(averages))]


def _lane(
    average: Average, params: Sequence[Any], parts: Parts, decays: Sequence[Any] | None
) -> tuple[Lane, bytes | None]:
    """The lane of a param, and the mask of its active rounds; None if all are active."""
    program, table = average.program, average.table
    values, present = _loaded(average, params)
    averaged = values if program.take is None else program.take(values)
    active = present
    if average.update_every > 1:
        numbers = parts.numbers(table.pick("present", parts.rows), mask=present)
        active = both(active, bytes([number % average.update_every == 0 for number in numbers]))
    if average.rule.skips_missing:
        active = both(active, bytes([value == value for value in averaged]))
    if decays is not None and None in decays and program.acts is None:  # else the gate may copy
        active = both(active, bytes([decay is not None for decay in decays]))
    active = active if active is not None and 0 in active else None
    shows, seeding = _shows(average, parts, active), None
    if average.seed is not None:
        seeding = _seeding(average, average.seed, parts, active, averaged)
        active = active if seeding is None else both(active, bytes([code == SKIPS for code in seeding]))
    elif 0 in table.pick("begun", parts.rows):
        for row, a, b in parts.each():  # the first param is the initial value
            taken = averaged[a:b] if active is None else select(averaged[a:b], active[a:b])
            first = next((value for value in taken if value == value or not program.starts_empty), None)
            if first is not None and not table.get("begun", row):
                _begin(average, row, first)
    start = {name: table.pick(name, parts.rows) for name in table.names}
    return Lane(table, start, values, averaged, present, shows, seeding), active


def _shows(average: Average, parts: Parts, active: bytes | None) -> bytes | None:
    """Mask of the rounds that show a shadow; None if all do."""
    calls, begun = (average.table.pick(name, parts.rows) for name in ("calls", "begun"))
    known = active if average.rule.skips_missing else None
    least = [max(average.shown_from, 0 if there else 1) for there in begun]
    if all(map(int.__ge__, calls, least)):
        return known
    numbers, spans = parts.numbers(calls, mask=active), zip(parts.spans(), least, strict=True)
    return both(known, bytes([number >= first for (a, b), first in spans for number in numbers[a:b]]))


def _seeding(average: Average, seed: Seed, parts: Parts, active: bytes | None, values: Column) -> bytes | None:
    """Add values to the means that the shadows start from, and return the action codes, WAITS or SEEDS, of their
    rounds, else 0; None if all shadows have started.
    """
    program, table = average.program, average.table
    before = table.pick("calls", parts.rows)
    if min(before) >= seed.count:
        return None
    numbers = zip(parts.numbers(before, mask=active), active or repeat(True), strict=False)
    codes = bytes([(SEEDS if n == seed.count else WAITS) if there and n <= seed.count else 0 for n, there in numbers])
    for calls, (row, a, b) in zip(before, parts.each(), strict=True):
        if used := select(values[a:b], codes[a:b]):
            sums = [column[-1:] for column in program.seed_sum.run([table.read(seed.registers, row)], {"p": used})]
            last = {name: value for name, [value] in zip(seed.registers, sums, strict=True)}
            table.set(row, calls=calls + len(used), **last)
            if SEEDS in codes[a:b]:
                _begin(average, row, program.seed_mean(*sums)[0])
    return codes


def _begin(average: Average, row: int, value: Any) -> None:
    """Set the initial value of a row, and start its shadow there."""
    shadows = () if average.program.starts_empty else average.program.shadows
    average.table.set(row, begun=1, initial=value, shown=value, **dict.fromkeys(shadows, value))


def _loaded(average: Average, params: Sequence[Any]) -> tuple[Column, bytes | None]:
    """The params in the dtype, with a zero in each round without one, and a mask of the other rounds; None if all."""
    try:
        return average.program.load(params), None
    except (OverflowError, ValueError):  # the rounding of a short type raises ValueError
        raise SettingError(f"a param {PAST_FLOAT64}") from None
    except (TypeError, ArithmeticError):  # comparing a Decimal NaN raises an ArithmeticError
        present = bytes([param is not None for param in params])
    if 0 in present:
        return _loaded(average, [0 if param is None else param for param in params])[0], present
    for param in params:
        if not isinstance(param, SupportsFloat):
            raise SettingError(f"a param must be a number, its text or None, not {quoted(str(param))}")
    return _loaded(average, _floats(params))


def _check_inputs(average: Average, times: Any, decays: Any) -> None:
    """Refuse times or decays that the rule can't use."""
    name, readout = average.rule.name, average.readout
    if times is not None and not average.family.timed:
        raise SettingError(f"rule {name} does not use times", f"rule {timed_rule(name)} does")
    if decays is not None:
        reasons = {
            "raises one decay to a power": readout and "k" in names_in(text_in(readout.text, average.dtype)),
            "divides by a value that depends on one decay": readout and readout.of_constant,
            "has no decay to replace": average.rule.decay is None,
            "computes its decay from a count": "d" in dict(average.form.registers),
        }
        why = next((why for why, holds in reasons.items() if holds), "")
        if why:
            raise SettingError(f"rule {name} {why}, so it takes no decay per row")
        if times is not None:
            raise SettingError("give times or decays, not both")


def _floats(params: Sequence[Any]) -> list[float]:
    """Numbers of other kinds, such as Decimals, as floats: not every dtype can load them directly."""
    try:
        return list(map(float, params))
    except (OverflowError, ValueError):
        raise SettingError(f"a param {PAST_FLOAT64}") from None
