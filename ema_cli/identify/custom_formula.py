"""A schedule written as a formula for --rule custom."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.identify.decay_bounds import Measured
    from ema_cli.identify.found_schedule import FoundSchedule


def short(number: float) -> str:
    """A number in few digits, at most 12.

    >>> short(20.0), short(0.98765), short(2 / 3)
    ('20', '0.98765', '0.666666666667')
    """
    return f"{number:.12g}"


def moved(counter: str, by: float, over: float = 1.0) -> str:
    """Write a counter plus `by`, divided by `over`.

    >>> moved("step", 0), moved("step", 3), moved("n", -2), moved("step", -1, 4)
    ('step', '(3 + step)', '(n - 2)', '(step - 1)/4')
    """
    text = counter if not by else f"({short(by)} + {counter})" if by > 0 else f"({counter} - {short(-by)})"
    return text if over == 1 else f"{text}/{short(over)}"


def expression(schedule: FoundSchedule, counter: str, zero: float = 0.0, stride: float = 1.0) -> str:
    """The decay as a formula.

    Args:
        schedule: The schedule.
        counter: The counter's name in the formula.
        zero: Its value where the counter of the schedule is 0.
        stride: Its change for each count of the schedule.
    """
    text = _curve(schedule, counter, zero + schedule.origin * stride, stride)
    for limit, function in ((schedule.floor, "max"), (schedule.cap, "min")):
        if limit is not None:
            text = f"{function}({limit[0].text if limit[0].kind == 'decay' else short(limit[0].value)}, {text})"
    return text


def _curve(schedule: FoundSchedule, counter: str, zero: float, stride: float) -> str:
    first, second = schedule.fit.first.value, schedule.fit.second
    if schedule.curve.name == "power" and second.value == 1:  # written as a ratio
        return f"{moved(counter, -zero)}/{moved(counter, first * stride - zero)}"
    if schedule.curve.name == "ratio":
        offset = first * stride - zero
        return f"{moved(counter, offset - second.value * stride)}/{moved(counter, offset)}"
    if schedule.curve.name == "power" and first == 1:
        return f"1 - {moved(counter, stride - zero, stride)}^-{_bracketed(second.text)}"
    written = second.text if second.kind == "decay" else short(second.value)
    start = short(1 - first) if schedule.curve.name == "linear" else ""
    x = moved(counter, -zero, stride)
    return schedule.curve.text.format(first=short(first), second=_bracketed(written), x=x, start=start)


def _bracketed(text: str) -> str:
    return f"({text})" if "/" in text else text


def by_step(measured: Measured, parts: Sequence[tuple[int, str]]) -> str:
    """A formula of the step for decays that change at given rows."""
    steps, text = measured.log.steps, parts[-1][1]
    for (_, before), (row, _) in reversed([*pairwise(parts)]):
        text = f"{before} if step < {row if steps is None else steps[row]} else {text}"
    return text
