"""Candidates for a schedule: rules with settings that give its decays, and formulas for `custom`."""

from __future__ import annotations

from bisect import bisect_left
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

from ema_cli.core.catalogue import parsed_rule
from ema_cli.core.decay_setting import Constant
from ema_cli.core.errors import SettingError
from ema_cli.identify.candidate import IMPOSSIBLE, Candidate
from ema_cli.identify.curves import BY_TIME, DEBIASED
from ema_cli.identify.found_schedule import expression, moved
from ema_cli.identify.interval import WRITTEN, Between, Number, digits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from ema_cli.core.rule import Counter, Parameter, Rule
    from ema_cli.identify.candidate import Tried
    from ema_cli.identify.decay_bounds import Measured
    from ema_cli.identify.found_schedule import FoundSchedule

_ROWS = 6  # number of rounds in which a rule's decays are compared with the log
_WEIGHT = 0.05  # cost of stating the weight instead of the decay
_TEXTBOOK = 0.15  # bonus of textbook rules over framework rules that a log can't distinguish from them
_RARE = 2.5  # cost of a rare rule: a well-known rule whose counter is off by one
_OPEN = 0.3  # cost of a constant that no round reaches
_IDLE = 1.5  # cost of a warm-up that is not visible in any round


def candidates(tried: Tried, schedule: FoundSchedule, measured: Measured) -> Iterator[Candidate]:
    """Settings of a rule that give the decays of a schedule; the initial value is left open."""
    rule = tried.rule
    roles = {parameter.search for parameter in rule.parameters}
    late = schedule.lead > 1 and not rule.gate and "start" not in roles
    if late or (measured.period > 1 and "interval" not in roles):
        return  # the rule can't skip rounds as the log does
    name = measured.arithmetic if measured.log.exact else rule.dtype
    own = _RARE * (not rule.usual) - (_TEXTBOOK if rule.source == "textbook" else 0.0)
    for parameters, cost in _settings(rule, schedule, measured, tried.parameters):
        for constant, price in _constants(tried, schedule):
            if constant is None and not parameters and schedule.is_constant:
                continue  # a default that nobody wrote says nothing
            one = Candidate(rule.name, parameters, constant, name, cost + price + own, schedule=schedule)
            try:
                average = one.average
            except IMPOSSIBLE:
                continue
            debiases = average.readout is not None or rule.start == "none"
            if debiases and schedule.curve is DEBIASED:
                yield one
            if schedule.curve is DEBIASED or (debiases and not (schedule.is_constant and rule.start == "none")):
                continue
            if schedule.is_constant and average.counter is not None:
                steady = _gives(one, [2, 10**9], [Between(decay := schedule.fit.second.value, decay)] * 2)
                one = one.but(cost=one.cost + (_WEIGHT if steady else _IDLE))
            yield from _counted(one, schedule, measured, tried.count_from)


def _settings(
    rule: Rule, schedule: FoundSchedule, measured: Measured, given: dict[str, str]
) -> Iterator[tuple[dict[str, str], float]]:
    """Values of the parameters that affect the decay, without defaults, each combination with its cost."""
    choices = {
        parameter.name: {n.as_decay: n.cost for n in _values(parameter, schedule, measured) if _allowed(parameter, n)}
        for parameter in rule.parameters
        if parameter.name not in given and parameter.search not in ("", "arithmetic", "count")
    }
    for chosen in _combined(choices):
        yield given | chosen, sum(choices[name][text] for name, text in chosen.items())


def _combined(choices: Mapping[str, Collection[str]]) -> Iterator[dict[str, str]]:
    """All combinations of a value, or of none, for each parameter."""
    for chosen in product(*([None, *texts] for texts in choices.values())):
        yield {name: text for name, text in zip(choices, chosen, strict=True) if text is not None}


def _allowed(parameter: Parameter, number: Number) -> bool:
    try:
        return bool(parameter.read(number.as_decay) != parameter.default)
    except SettingError:
        return False


def _values(parameter: Parameter, schedule: FoundSchedule, measured: Measured) -> list[Number]:
    """Values of a parameter to try, by its role in the decay."""
    role, stride, period = parameter.search, _stride(measured.log.steps), measured.period
    if role == "switch":
        return [Number(0.0, text, 1.0) for text in choices_of(parameter)]
    whole: dict[str, list[int]] = {
        "interval": [1, period, period * stride],
        "batch": [stride],
        "unit": [1] if schedule.role("length") else [],
        "start": [0, *_starts(measured, stride)],
    }
    if role not in whole:
        return schedule.role(role)[:2]
    return [Number(n, str(n), 1.0 + digits(str(n)) / 2 if n > 1 else 1.0) for n in whole[role] if n >= 0]


def _stride(steps: Sequence[Any] | None) -> int:
    if steps is None or len(steps) < 2 or None in steps[:2]:
        return 1
    stride = steps[1] - steps[0]
    return int(stride) if stride == int(stride) and stride > 0 else 1


def _starts(measured: Measured, stride: int) -> Iterator[int]:
    """Counters near the first round that updates, to try as the start of a rule."""
    row, steps = measured.start, measured.log.steps
    if row <= 1:
        return
    for number in [row] if steps is None or steps[row] is None else [row, int(steps[row])]:
        yield from (number + by for by in (-2, -1, 0, 1, -measured.period * stride, -measured.period * stride - 1))


def _constants(tried: Tried, schedule: FoundSchedule) -> list[tuple[Constant | None, float]]:
    """Constants of a rule for a schedule, with their costs; of the plain values of DECAY only the plainest."""
    stated = tried.rule.decay
    if stated is None:
        return [(None, 0.0)]
    if tried.constants:
        return [(one, 0.0) for one in tried.constants]
    found: list[tuple[Constant | None, float]] = [
        (constant, number.cost + _WEIGHT * (constant.kind == "alpha"))
        for number in schedule.constants()[:1]
        for constant in ways(tried.rule, number)
    ]
    none: list[tuple[Constant | None, float]] = [(None, 0.0)] if stated.optional and stated.default is None else []
    return none + (found or [(_unreached(tried.rule, schedule.reached), _OPEN)])


def ways(rule: Rule, number: Number) -> list[Constant]:
    """Ways to state a decay for a rule: as written, and as a weight if the rule stores one."""
    own = Constant(number.kind, number.text)
    if rule.decay is None or rule.decay.kind != "alpha" or number.kind != "decay":
        return [own]
    return [Constant("alpha", format((1 - Decimal(number.text)).normalize(), "f")), own]


def _unreached(rule: Rule, reached: float) -> Constant:
    """A constant that no round reaches: the default, or a usual decay."""
    if rule.decay is not None and rule.decay.default is not None:
        own = Constant(rule.decay.kind, str(rule.decay.default))
        least = 1 - own.number if own.kind == "alpha" else own.number
        if own.kind in ("alpha", "decay") and least >= reached:
            return own
    usual = ["0.999", "0.9999", *sorted(WRITTEN, key=float), "1"]
    return Constant("decay", next(text for text in usual if float(text) >= reached))


def _counted(
    one: Candidate, schedule: FoundSchedule, measured: Measured, count_from: int | None
) -> Iterator[Candidate]:
    """The candidate with each counter that makes its decays agree with the log."""
    counter, log = one.average.counter, measured.log
    known = measured.updating[bisect_left(measured.updating, schedule.lead) :] or measured.updating
    rows = known[:: max(len(known) // _ROWS, 1)] + known[-1:]
    decays = [measured.decays[row] for row in rows]
    if measured.sparse:  # a measured decay is then that of many rounds
        numbers: Any = range(len(log)) if schedule.counter == "round" else log.steps
        decays = [Between(decay, decay) for decay in (schedule.fit.decay(numbers[row]) for row in rows)]
    if counter is None:
        yield from [one] if _gives(one, None, decays) else []
        return
    own = counter.first is not None
    steps = log.counted if own or schedule.counter != "round" else []
    if not own and not log.counted and schedule.is_constant:
        yield one.but(cost=one.cost + 1, count_from=count_from)
        return
    least = int(counter.first or 0) if own and not steps else min(steps, default=0)
    for by, numbers in _numbers(counter, steps, rows, _shifts(schedule), count_from).items():
        if least + (by or 0) < 0 or not _gives(one, numbers, decays):
            continue
        this = one.but(cost=one.cost + (1.0 if by is None else by and 1.0 + digits(str(abs(by)))))
        if not steps:
            yield from _moved(this, by or 0) if own else [this.but(count_from=by, offset=None if log.counted else 0)]
        elif own or not by or _stride(steps) != 1:
            yield this.but(offset=by)
        else:
            yield this.but(offset=None, count_from=int(steps[0]) + by)


def _numbers(
    counter: Counter, steps: Sequence[Any], rows: Sequence[int], shifts: Sequence[int], count_from: int | None
) -> dict[int | None, list[Any]]:
    """The counters of a rule in some rounds, by their offset from the log's; None if the rule counts from its own start
    although the log has steps.
    """
    numbers: dict[int | None, list[Any]] = {}
    if steps:
        numbers = {by: [steps[row] + by for row in rows] for by in shifts}
    if counter.first is None:
        first_numbers = shifts if count_from is None else [count_from]
        return numbers or {by: [row + by for row in rows] for by in first_numbers}
    first = int(counter.first)
    if steps:
        return numbers | {None: [first + counter.stride * row for row in rows]}
    return {by - first: [by + counter.stride * row for row in rows] for by in (first, *shifts)}


def _shifts(schedule: FoundSchedule) -> list[int]:
    """Offsets to try between the counter of the log and that of a rule."""
    if schedule.is_constant:
        return [0]
    first, second = schedule.fit.first, schedule.fit.second
    near = first.value - second.value if schedule.curve.name in ("ratio", "fall") else -schedule.origin
    return list(dict.fromkeys([0, 1, -1, *(round(near) + by for by in (-1, 0, 1, -2))]))


def _gives(candidate: Candidate, numbers: Sequence[Any] | None, decays: Sequence[Between | None]) -> bool:
    """True if the decays at these counters lie in the measured intervals; rounds without an update are ignored."""
    try:
        own = candidate.average.beside().advance_plain([0.0] * len(decays), numbers).decays
    except IMPOSSIBLE:
        return False
    return all(
        decay is None or one is None or one.low - 1e-6 * (1 - one.low) <= decay <= one.high + 1e-6 * (1 - one.low)
        for decay, one in zip(own, decays, strict=True)
    )


def _moved(one: Candidate, by: int) -> Iterator[Candidate]:
    """The candidate with its start parameter set so that the counter starts later."""
    if not by:
        yield one
        return
    for parameter in one.average.rule.parameters:
        if parameter.search == "count" and parameter.name not in one.parameters:
            begin = Number(parameter.default + by, str(parameter.default + by), 0.0)
            if _allowed(parameter, begin):
                yield one.but(parameters={**one.parameters, parameter.name: begin.text})
            return


def choices_of(parameter: Parameter) -> list[str]:
    """The named values of a parameter, without the default."""
    return [value for value in parameter.names if value != str(parameter.default).lower()]


def arithmetics(one: Candidate, *, short: bool) -> Iterator[Candidate]:
    """The candidate, and its variants with each parameter that affects only the rounding of an update."""
    choices = {}
    for parameter in parsed_rule(one.rule)[0].parameters:
        if parameter.search != "arithmetic" or parameter.name in one.parameters:
            continue
        sizes = [*(["1"] if parameter.default != 1 else []), *(["32"] if short else [])]
        choices[parameter.name] = choices_of(parameter) if parameter.names else sizes
    for way in _combined(choices):
        found = one.but(parameters=one.parameters | way, cost=one.cost + len(way) / 2) if way else one
        if found.is_possible:
            yield found


def customs(schedule: FoundSchedule, measured: Measured) -> Iterator[Candidate]:
    """Formulas for `custom` that give the decays of a schedule; the initial value is left open."""
    if schedule.curve in BY_TIME or schedule.is_off_by_one:
        return
    log = measured.log
    counters: Any = log.steps if schedule.counter == "step" else range(len(log))
    place = (measured.phase, measured.period) if schedule.counter == "update" else ()
    parameters = {"decay": expression(schedule, "step", *place)}
    begin = measured.moving[0] if measured.held else 0
    if schedule.lead > max(begin, 1):
        parameters["decay"] = f"0 if step < {int(counters[schedule.lead])} else {parameters['decay']}"
    turns = range(measured.phase, begin, measured.period)
    if any(row not in measured.copies for row in turns):  # where the shadow is the param, an update changes nothing
        parameters["after"] = str(int(counters[begin]))
    if (copied := measured.copied_between) is not None:  # update_every would skip it
        turn = moved("step", -counters[measured.phase], measured.period * _stride(counters))
        decay = f"{parameters['decay']} if cos(2*pi*{turn}) > cos(pi/{measured.period}) else 1"
        parameters["decay"] = f"0 if step == {counters[copied]} else {decay}"
    elif measured.period > 1:
        parameters["update_every"] = str(measured.period)
        if (measured.phase + 1) % measured.period:
            parameters["phase"] = str(measured.phase + 1)
    if log.shadows[0] is None and log.head in measured.copies:
        parameters["start"] = "first"
    if schedule.curve is DEBIASED:
        parameters |= {"debias": "power", "start": "zero"}
    offset = None if schedule.counter != "step" and log.steps is not None else 0
    yield Candidate("custom", parameters, None, measured.dtype, schedule.cost, offset=offset, schedule=schedule)
