"""Patterns that no single schedule explains: a restart, a change of the decay, a window, a wrong debiasing."""

from __future__ import annotations

from itertools import accumulate, product
from math import isfinite
from statistics import median
from typing import TYPE_CHECKING, Any, cast

from ema_cli.check.causes import place
from ema_cli.identify.curves import CURVES
from ema_cli.identify.fits import fit
from ema_cli.identify.found_schedule import FoundSchedule, by_step, expression, short
from ema_cli.identify.interval import WRITTEN, Between, Number, common, decays, edge
from ema_cli.identify.sentences import Finding, described

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.identify.decay_bounds import Measured
    from ema_cli.text.language import Say

    Divisor = Callable[[float, int, float], float]

_FEW = 4
_MOST_STAIRS = 12
_EDGE = 1e-6  # tolerance of the decay by the first round, beyond the rounding of its cells
_MOSTLY = 0.8  # fraction of rounds that must share a decay for the others to be exceptions
_NARROW = 0.01  # widest interval of a decay that is no accident
_WINDOW = 260  # longest window of a moving average or median tried


def at(measured: Measured, row: int, say: Say) -> str:
    """Name a round, with its step if it has one."""
    steps = measured.log.steps
    return place(say, row + 1, None if steps is None else steps[row])


def exceptions(measured: Measured, say: Say, *, why: bool = True) -> Iterator[str]:
    """Find one decay in all rounds but a few, or but those with something in common; with `why`, report only exceptions
    with a known cause.
    """
    known, moving = measured.updates(), {*measured.moving}
    moved = [one for row, one in known if row in moving]
    if len(moved) < 2 * _FEW:
        return
    # The decay that most rounds allow: where the most intervals overlap.
    ends = sorted((end, side) for one in moved for side, end in enumerate(one))
    best = max(zip(accumulate(1 - 2 * side for _, side in ends), ends, strict=True), key=lambda one: one[0])[1][0]
    inside = common(one for _, one in known if best in one)
    others = [row for row, one in known if best not in one]
    least = 2 * _FEW if why and len(others) > _FEW else _MOSTLY * len(known)
    most = max(least, len(others)) if moving.intersection(others) else 2 * _FEW
    if inside is None or not others or len(known) - len(others) < most or not (numbers := decays(inside)):
        return
    number = numbers[0]
    rounds = [at(measured, row, say) for row in others[:_MOST_STAIRS]] + ["…"] * (len(others) > _MOST_STAIRS)
    counts = {"count": len(known) - len(others), "known": len(known)}
    facts = {"decay": number.as_decay, "rounds": say(", ").join(rounds), **counts}
    at_end = len(others) > 1 and others == [row for row, _ in known[-len(others) :]]
    if not why:
        yield say("constant decay {decay} in {count} of {known} rounds, but not in {rounds}", **facts)
    elif all(row in measured.copies for row in others):
        decay = number.as_decay
        parts = [(0, decay), *(part for row in others for part in ((row, "0"), (row + 1, decay)))]
        told = say(
            "constant decay {decay}, and the shadow is set to the param in {rounds}: the average was reset there, or"
            " copied into the param",
            **facts,
        )
        yield Finding(told, by_step(measured, [part for part in parts if part[0] < len(measured.log)]))
    elif not at_end:
        yield from _explained(measured, number.value, others, say, facts)


def _explained(
    measured: Measured, decay: float, others: Sequence[int], say: Say, facts: dict[str, Any]
) -> Iterator[str]:
    """Explain a decay that some rounds (`others`) lack: an accident, a dead band, or a clipped param."""
    shadows = cast("list[float]", measured.log.shadows)
    changes = sorted(abs(shadows[row] - decay * shadows[row - 1]) for row in others)
    if len(others) <= _FEW:
        yield say(
            "constant decay {decay} in {count} of {known} rounds, but not in {rounds}: a row is missing, the shadow was"
            " replaced, or another param was averaged there",
            **facts,
        )
    elif all(shadows[row] == shadows[row - 1] for row in others):
        yield say("constant decay {decay} in {count} of {known} rounds; the shadow does not move in {rounds}", **facts)
    elif decay < 1:
        slack, limit = 2 * max(map(measured.rounding, others)), changes[0] / (1 - decay)
        within = (abs(measured.log.params[row]) for row, _ in measured.updates() if row not in others)
        if changes[-1] - changes[0] <= slack and max(within) <= limit + slack / (1 - decay):
            yield say(
                "constant decay {decay} in {count} of {known} rounds, but elsewhere the averaged param seems to be"
                " ±{limit}: it was clipped first",
                limit=f"{limit:.4g}",
                **facts,
            )


def by_direction(measured: Measured, say: Say) -> Iterator[str]:
    """Find two decays, one where the param is above the shadow and one where it is below."""
    sides: tuple[list[Between], list[Between]] = ([], [])
    for row, one in measured.updates():
        sides[measured.log.params[row] > (measured.log.shadows[row - 1] or 0.0)].append(one)
    known = [inside for side in sides if len(side) >= 2 * _FEW and (inside := common(side)) is not None]
    below, above = ([decays(inside)[:1] for inside in known if inside.width < _NARROW] + [[], []])[:2]
    for down, up in zip(below, above, strict=False):
        yield say(
            "decay {up} where the param is above the shadow, and {down} where it is below, as for attack and release",
            up=short(up.value),
            down=short(down.value),
        )


def counter_starts_again(measured: Measured, say: Say) -> Iterator[str]:
    """Find a warm-up that restarts: the decay drops, then repeats its values from the start."""
    known = measured.updates()
    falls = [
        place
        for place in range(_FEW, len(known) - _FEW)
        if known[place][1].high < max(known[place - 1][1].low, known[place - 2][1].low) and known[place][1].middle < 0.9
    ]
    drops = [place for place in falls if place - 1 not in falls]
    if not drops or all(1.0 in one for _, one in known[: drops[0]]):  # a shadow that never moved has no warm-up
        return
    begin, copies = known[drops[0]][0], {*measured.copies}
    rest = [one for one in known[drops[0] : drops[1] if len(drops) > 1 else None] if one[0] not in copies]
    for curve, origin in product(CURVES[:4], (0.0, -1.0, 1.0)):
        for one in fit(curve, [(row - origin, own) for row, own in known[: drops[0]]])[:2]:
            for again in range(3):
                if not one.gives([(row - begin + again - origin, own) for row, own in rest]):
                    continue
                schedule = FoundSchedule(one, "round", origin, None, 0.0, one.cost)
                told = say(
                    "{what}, whose counter starts again in {where}, where the shadow is set to the param"
                    if begin in copies
                    else "{what}, whose counter starts again in {where}",
                    what=described(schedule, say),
                    where=say(", ").join(at(measured, known[drop][0], say) for drop in drops[:_FEW]),
                )
                zero = 0 if measured.log.steps is None else measured.log.steps[0]
                parts = [(0, expression(schedule, "step", zero))]
                for row in (known[drop][0] for drop in drops):
                    copied, formula = row in copies, expression(schedule, "step", zero + row - again)
                    parts += [(row, "0"), (row + 1, formula)] if copied else [(row - again, formula)]
                yield Finding(told, by_step(measured, parts) if len(parts) <= _MOST_STAIRS else "")
                return


def changes(measured: Measured, say: Say) -> Iterator[str]:
    """Find a decay that is constant in parts, with one or more changes."""
    runs: list[tuple[int, Between, int]] = []
    for row, one in measured.updates():
        start, inside, count = runs[-1] if runs else (row, one, 0)
        more = common((inside, one))
        if more is not None:
            runs[-1:] = [(start, more, count + 1)]
        elif count < _FEW or len(runs) == _MOST_STAIRS:
            return
        else:
            runs.append((row, one, 1))
    numbers = [decays(inside)[:1] for _, inside, _ in runs]
    if len(runs) < 2 or runs[-1][2] < _FEW or not all(numbers):
        return
    texts = [one.as_decay for each in numbers for one in each]
    stairs = [(row, text) for (row, _, _), text in zip(runs, texts, strict=True)]
    each = [say("{decay} from {where} on", decay=text, where=at(measured, row, say)) for row, text in stairs]
    told = say("the decay changes: {stairs}", stairs=say(", ").join(each))
    yield Finding(told, by_step(measured, stairs))


WINDOWS: tuple[tuple[Callable[[Sequence[float]], float], str], ...] = (
    (
        lambda rows: sum(rows) / len(rows),
        "a simple moving average over {window} rounds (--rule sma), with equal weights, not an exponential one",
    ),
    (
        lambda rows: sum(k * x for k, x in enumerate(rows, 1)) * 2 / (len(rows) * (len(rows) + 1)),
        "a moving average over {window} rounds with linear weights (WMA), not an exponential one",
    ),
    (median, "the median of the last {window} params, not an average"),
)
"""Statistics of a window of params, each with its sentence."""


def window(measured: Measured, say: Say) -> Iterator[str]:
    """Find a mean or a median of the last params."""
    log, params = measured.log, measured.log.params
    slack = log.units[0] + log.param_units[0] + 1e-6 * log.scale
    for size, (of, told) in product(range(2, min(_WINDOW, len(log) - 2 * _FEW)), WINDOWS):
        rounds = range(max(size - 1, log.head), len(log))
        if len(rounds) >= 2 * _FEW and all(
            own is None or abs(of(params[row + 1 - size : row + 1]) - own) <= slack
            for row, own in zip(rounds, log.shadows[rounds[0] :], strict=True)
        ):
            yield say(told, window=size)
            return


def divided(measured: Measured, say: Say) -> Iterator[str]:
    """Find an average from zero with a wrong debiasing (`DIVISORS`); the first round gives the decay."""
    log = measured.log
    first, param, steps = log.shadows[0], log.params[0], log.counted or [0] * len(log)
    if not first or not param or not all(value is not None and isfinite(value) for value in log.shadows):
        return
    slack = _EDGE + 2 * (log.units[0] + log.param_units[0]) / abs(param)
    usual = [Number(float(text), text, 1.0) for text in WRITTEN]
    for told, divisor in DIVISORS if log.counted else DIVISORS[:1]:
        near = _first_decay(divisor, steps[0], first / param)
        for number in [*decays(Between(near - slack, near + slack))[:3], *usual]:
            divided_by = [divisor(number.value, row, step) for row, step in enumerate(steps, 1)]
            if 0 < number.value < 1 and _divides(measured, number.value, divided_by):
                yield say(told, decay=number.as_decay)
                return


def _first_decay(divisor: Divisor, step: float, part: float) -> float:
    """The decay with (1 - decay) / divisor = part, the first shadow as a fraction of the param."""

    def above(decay: float) -> bool:
        return divisor(decay, 1, step) * part > 1 - decay

    return edge(0.0, 1.0, lambda decay: above(decay) == above(0.0))


def _divides(measured: Measured, decay: float, divisors: Sequence[float]) -> bool:
    """True if the shadows times these divisors are an average from zero, in enough telling rounds."""
    log, before, last, told = measured.log, 0.0, 0.0, 0
    for row, (shadow, param, divisor) in enumerate(zip(log.shadows, log.params, divisors, strict=True)):
        assert shadow is not None
        state, rounding = shadow * divisor, measured.rounding(row) * divisor
        slack = max(rounding, last) + log.param_units[row]
        if abs(state - decay * before - (1 - decay) * param) > slack:
            return False
        told += 4 * slack < (1 - decay) * abs(param)
        before, last = state, rounding
    return told >= 2 * _FEW


DIVISORS: tuple[tuple[str, Divisor], ...] = (
    (
        "an average that was debiased twice: decay {decay}, divided by (1 - decay^k)^2 in round k",
        lambda decay, count, step: (1 - decay**count) ** 2,
    ),
    (
        "a debiased average, decay {decay}, whose exponent is the step, which does not count the updates: it divides by"
        " 1 - decay^step",
        lambda decay, count, step: 1 - decay ** float(step) or 1.0,
    ),
)
"""Wrong debiasings: the sentence, and the divisor from the decay, the number of the round and the step."""
