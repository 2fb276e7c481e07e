"""A batch of updates for all params and groups of an average: one call, from what was read to the rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, SupportsFloat

from ema_cli.core.batch_course import course_of
from ema_cli.core.errors import SettingError
from ema_cli.core.formula import names_in, said
from ema_cli.core.gates import SKIPS
from ema_cli.core.numbers.literals import PAST_FLOAT64, shown
from ema_cli.core.program import Lane
from ema_cli.core.typed_columns import Parts, chosen, spread, spread_bytes, typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.batch_course import Course
    from ema_cli.core.rounds import Rounds
    from ema_cli.core.typed_columns import Column


AT_ONCE = 64
"""Params whose rounds are computed in one call: more save no time, and take memory."""


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
    """The rounds of a batch for all params of an average: one call, which makes the decays once.

    Params whose rounds differ (one has a gap) have decays of their own. For groups, hand over the updates of one group
    after the other, with the number of each group, and of its updates: every average then has a table of states with a
    row for each group, of which a new one starts as the average did.

    >>> from ema_cli import Average
    >>> first = Average(0.5, rule="fixed")
    >>> both = [first, first.beside(initial=8)]
    >>> [rounds.shadows for rounds in advance(both, [[1.0, 2.0], [0.0, 0.0]])]
    [[0.5, 1.25], [4.0, 2.0]]
    >>> [rounds.shadows for rounds in advance(both, [[4.0, 4.0], [4.0, 4.0]], rows=[0, 1], lengths=[1, 1])]
    [[2.625, 2.0], [3.0, 6.0]]

    Args:
        averages: One for each param, of the same settings (`Average.beside`).
        columns: The values of each param, Python's numbers; None for no round.
        steps: The rule's counter for each round; None for none.
        times: The time of each round, an exact number, for a rule that heeds times; else the steps are the times.
        decays: The decay of each round, in the place of the rule's own; None for no update.
        rows: The row in the tables of states of each part of the batch.
        lengths: The rounds of each part; all are those of one row if there are none.
    """
    _check_inputs(averages[0], times, decays)
    program = averages[0].program
    parts = Parts(rows, lengths or [len(columns[0])])
    counts = ["rounds", "present", "calls", "done", "updates", "counter", *["time"] * program.timed]
    alike: dict[Any, tuple[Course, list[Lane], list[int]]] = {}  # params whose rounds do the same
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
    found: dict[int, Rounds] = {}
    for course, lanes, places in alike.values():
        for first in range(0, len(lanes), AT_ONCE):
            some = slice(first, first + AT_ONCE)
            found.update(zip(places[some], program.advance(lanes[some], parts, course), strict=True))
    return [found[place] for place in range(len(averages))]


def _lane(
    average: Average, params: Sequence[Any], parts: Parts, decays: Sequence[Any] | None
) -> tuple[Lane, bytes | None]:
    """The values of a param, and a mask of its rounds that take part; None if all do."""
    program, table, num = average.program, average.table, average.dtype
    values, present = _loaded(average, params)
    taken = values if program.take is None else program.take(values)
    given = parts.among(present)
    masks: list[bytes | None] = [present]  # each mask is of the rounds that the one before has left
    if average.update_every > 1:
        numbers = given.numbers(table.pick("present", parts.rows))
        masks.append(bytes([number % average.update_every == 0 for number in numbers]))
    if program.skips_missing:
        masks.append(bytes([value == value for value in _left(taken, masks[1:])]))
    if decays is not None and None in decays and program.acts is None:  # else the gate may copy
        masks.append(bytes([decay is not None for decay in _left(decays, masks)]))
    taking = [mask for mask in masks if mask is not None and 0 in mask]
    shows, seeding = program.shows(table, parts, _as_one(taking)), None
    left = _left(taken, taking[1:] if present is not None else taking)
    spans = [*parts.among(_as_one(taking)).spans()]
    if program.seed is not None:
        seeds = [(program.seeding(table, row, left[a:b]), b - a) for row, (a, b) in zip(parts.rows, spans, strict=True)]
        own = b"".join(codes + bytes(length - len(codes)) for codes, length in seeds)
        if any(own):
            seeding = own if not taking else spread_bytes(own, _as_one(taking) or b"")
            taking.append(bytes(code == SKIPS for code in own))
    elif 0 in table.pick("begun", parts.rows):
        for row, (a, b) in zip(parts.rows, spans, strict=True):  # the first param is the initial value
            first = a
            while program.starts_empty and first < b and left[first] != left[first]:
                first += 1
            if first < b and not table.get("begun", row):
                program.begin(table, row, left[first])
    if present is not None:
        values, taken = (spread(one, present, num) for one in (values, taken))
    start = {name: table.pick(name, parts.rows) for name in table.names}
    return Lane(table, start, values, typed(num, taken), present, shows, seeding), _as_one(taking)


def _left(values: Any, masks: Sequence[bytes | None]) -> Any:
    """The values that are left by one mask after the other."""
    for mask in masks:
        values = values if mask is None else chosen(values, mask)
    return values


def _as_one(masks: Sequence[bytes]) -> bytes | None:
    """The mask of the rounds that all leave, where each is of those that the one before has left; None without any."""
    found = None
    for mask in reversed(masks):
        found = mask if found is None else spread_bytes(found, mask)
    return found


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
        reasons = {
            "raises one decay to a power": readout and "k" in names_in(said(readout.text, average.dtype)),
            "divides by a value that depends on one decay": readout and readout.of_constant,
            "has no decay to replace": average.rule.decay is None,
            "computes its decay from a count": "d" in dict(average.form.registers),
        }
        why = next((why for why, holds in reasons.items() if holds), "")
        if why:
            raise SettingError(f"rule {name} {why}: it takes no decay for each row")
        if times is not None:
            raise SettingError("give times or decays, not both")


def _floats(params: Sequence[Any]) -> list[float]:
    """Numbers of other kinds as floats: of Decimals, for example, not every type can take a value as it is."""
    try:
        return list(map(float, params))
    except (OverflowError, ValueError):
        raise SettingError(f"a param {PAST_FLOAT64}") from None
