"""A batch of updates for all params of an average: one call, from what was read to the rounds."""

from __future__ import annotations

from array import array
from itertools import compress
from typing import TYPE_CHECKING, Any, SupportsFloat

from ema_cli.core.course import Lane, Values, check_counter, course_of
from ema_cli.core.errors import SettingError
from ema_cli.core.formula import names_in, said
from ema_cli.core.literals import PAST_FLOAT64, shown
from ema_cli.core.state import COUNTS
from ema_cli.core.typed_columns import chosen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.course import Course
    from ema_cli.core.rounds import Rounds
    from ema_cli.core.typed_columns import Column


AT_ONCE = 64
"""Params whose rounds are computed in one call: more save no time, and take memory."""

_COUNTED = [name for name in COUNTS if name != "begun"]


def _floats(params: Sequence[Any]) -> list[float]:
    """Numbers of other kinds as floats: of Decimals, for example, not every type can take a value as it is."""
    try:
        return list(map(float, params))
    except (OverflowError, ValueError):
        raise SettingError(f"a param {PAST_FLOAT64}") from None


def advance_params(
    averages: Sequence[Average],
    columns: Sequence[Sequence[Any]],
    steps: Sequence[Any] | None = None,
    *,
    times: Sequence[Any] | None = None,
    decays: Sequence[Any] | None = None,
    row: int = 0,
) -> list[Rounds]:
    """The rounds of a batch for all params of an average: one call, which makes the decays once.

    Params whose rounds differ (one has a gap) have decays of their own. For groups, hand over the updates of one group
    after the other, each with the number of the group as `row`: every average then has a table of states with a row for
    each group, of which a new one starts as the average did.

    >>> from ema_cli import Average
    >>> first = Average(0.5, rule="fixed")
    >>> both = [first, first.beside(initial=8)]
    >>> [rounds.shadows for rounds in advance_params(both, [[1.0, 2.0], [0.0, 0.0]])]
    [[0.5, 1.25], [4.0, 2.0]]
    >>> [rounds.shadows for rounds in advance_params(both, [[4.0], [4.0]], row=1)]
    [[2.0], [6.0]]

    Args:
        averages: One for each param, of the same settings (`Average.beside`).
        columns: The values of each param, Python's numbers; None for no round.
        steps: The rule's counter for each round; None for none.
        times: The time of each round, an exact number, for a rule that heeds times; else the steps are the times.
        decays: The decay of each round, in the place of the rule's own; None for no update.
        row: The row of the tables of states.
    """
    _check_inputs(averages[0], times, decays)
    program = averages[0].program
    names = [*_COUNTED, "time"] if program.timed else _COUNTED
    alike: dict[Any, tuple[Course, list[Lane], list[int]]] = {}  # params whose rounds do the same
    seeded = []
    for place, (average, params) in enumerate(zip(averages, columns, strict=True)):
        table = average.table
        table.grow(row + 1)
        given = Values(*_loaded(average, params), len(params))
        taken = given if program.take is None else given.but(values=program.take(given.values))
        asked = _asked(average, taken, decays, row)
        shows, seeding = program.shows(table, row, asked), program.seed(table, row, asked.values)
        if seeding:
            seeded.append((place, seeding, asked.present))
            asked = asked.among(bytes(len(seeding)) + b"\1" * (len(asked.values) - len(seeding)), program.num)
        counts = table.read(names, row)
        key = asked.present, *counts
        if key not in alike:
            course = _course(average, given, asked, dict(zip(names, counts, strict=True)), steps, times, decays)
            alike[key] = course, [], []
        _, lanes, places = alike[key]
        lanes.append(Lane(table, row, given, asked, shows))
        places.append(place)
    found: dict[int, Rounds] = {}
    for course, lanes, places in alike.values():
        for first in range(0, len(lanes), AT_ONCE):
            some = slice(first, first + AT_ONCE)
            found.update(zip(places[some], program.advance(lanes[some], course), strict=True))
    for place, seeding, present in seeded:
        found[place].mark(seeding, present)
    return [found[place] for place in range(len(averages))]


def _course(
    average: Average, given: Values, asked: Values, counts: dict[str, Any], *columns: Sequence[Any] | None
) -> Course:
    """Plan the rounds of a param from the steps, times and decays of a batch."""
    program, present = average.program, asked.present
    counters, times, decays = [one if one is None or present is None else chosen(one, present) for one in columns]
    if not (program.timed and times is not None):
        counters, counts["counter"] = _count(average, counters, len(asked.values), counts["counter"])
    counts["asked"] += len(given.values)
    if program.timed and times is None:
        times = counters
    return course_of(program, counters, counts, present, given.count, times, decays)


def _loaded(average: Average, params: Sequence[Any]) -> tuple[Column, bytes | None]:
    """The params in the dtype, where there are any, and a mask of them; None if there is one in each round."""
    try:
        return average.program.load(params), None
    except (OverflowError, ValueError):  # the latter from the cell of a short type
        raise SettingError(f"a param {PAST_FLOAT64}") from None
    except (TypeError, ArithmeticError):  # the latter where a Decimal that is no number is compared
        present = bytes([param is not None for param in params])
    if 0 in present:
        return _loaded(average, [param for param in params if param is not None])[0], present
    for param in params:
        if not isinstance(param, SupportsFloat):
            raise SettingError(f"a param must be a number, its text or None, not {shown(str(param))}")
    return _loaded(average, _floats(params))


def _check_inputs(average: Average, times: Any, decays: Any) -> None:
    """Refuse times or decays that the rule cannot do with."""
    name, readout = average.rule.name, average.readout
    if times is not None and not average.program.timed:
        raise SettingError(f"rule {name} does not use times", "rule elapsed does")
    if decays is not None:
        raised = readout is not None and "k" in names_in(said(readout.text, average.dtype))
        if raised or average.scalars.written == "1 - 1/v" or average.rule.decay is None:
            why = "raises one decay to a power" if raised else "has no decay to replace"
            raise SettingError(f"rule {name} {why}: it takes no decay for each row")
        if times is not None:
            raise SettingError("times and a decay for each row do not go together")


def _asked(average: Average, taken: Values, decays: Sequence[Any] | None, row: int) -> Values:
    """The values of the rounds that an interval, a missing param or a missing decay does not leave out."""
    if average.program.skips_missing:
        known = bytes([value == value for value in taken.values])
        taken = taken.among(known, average.dtype) if 0 in known else taken
    if average.update_every > 1:
        first = average.table.get("asked", row) + 1
        numbers = range(first, first + len(taken.values))
        taken = taken.among(bytes([number % average.update_every == 0 for number in numbers]), average.dtype)
    if decays is not None and None in decays:
        given = decays if taken.present is None else compress(decays, taken.present)
        taken = taken.among(bytes([decay is not None for decay in given]), average.dtype)
    return taken


def _count(average: Average, steps: Sequence[Any] | None, count: int, last: int) -> tuple[Sequence[Any] | None, int]:
    """The counter of each round, and the rule's own after them: the step, or where there is none the next number,
    if the rule counts by itself.
    """
    counter = average.counter
    if counter is not None and counter.fractional and (steps is None or None in steps):
        raise SettingError(f"rule {average.rule.name} needs a step for each update: {counter.name}, {counter.meaning}")
    own = average.counts_itself
    if not own and average.count_from is None:
        return steps, last
    stride = int(counter.stride) if counter is not None else 1
    counted: Sequence[Any]
    if steps is None:
        first, last = last + stride, last + stride * count
        most, counted = last, range(first, last + stride, stride)
    elif isinstance(steps, array):
        counted, most = steps, 0
        if own and steps:
            last = steps[-1]
    else:
        counted = numbers = []
        for step in steps:
            numbers.append(last + stride if step is None else step)
            if step is None or own:
                last = numbers[-1]
        most = max(numbers) if None in steps else 0
    check_counter(most)
    return counted, last
