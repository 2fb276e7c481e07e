"""Patterns that no single schedule gives: a restart, a change of the decay, coefficients that are no average's."""

from __future__ import annotations

from itertools import accumulate, pairwise
from math import sqrt
from statistics import fmean, median, pvariance
from typing import TYPE_CHECKING, Any

from ema_cli.identify.coefficients import coefficients
from ema_cli.identify.curves import CURVES
from ema_cli.identify.expressions import Place, described, expression, short
from ema_cli.identify.findings import Finding, by_step
from ema_cli.identify.fits import fit
from ema_cli.identify.interval import Between, common, decays, lengths
from ema_cli.identify.shapes import Shape, columns_of_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.identify.estimates import Measured

    Say = Callable[..., str]

_FEW = 4
_MOST_STAIRS = 12
_MOSTLY = 0.8
"""A decay that this part of the rounds has is the decay, and the other rounds are exceptions."""

_PLAIN = 6.0
_WINDOW = 60
"""The longest window of a moving average or median that is looked for."""

_BISECTIONS = 60


def patterns(measured: Measured, say: Say) -> Iterator[str]:
    """The sentences for the patterns that all rounds show, the surest first; the first will do."""
    for look in (_counter_starts_again, _runs, _twice_debiased, _debiased_in_time, _window, coefficients):
        yield from look(measured, say)


def at(measured: Measured, row: int, say: Say) -> str:
    """A round, with its step if it has one."""
    steps = measured.log.steps
    if steps is None or steps[row] is None:
        return say("round {number}", number=row + 1)
    return say("round {number} (step {step})", number=row + 1, step=steps[row])


def _known(measured: Measured) -> list[tuple[int, Between]]:
    return list(measured.updates())


def exceptions(measured: Measured, say: Say) -> Iterator[str]:
    """One decay in all rounds but a few."""
    known = _known(measured)
    if len(known) < 2 * _FEW:
        return
    middle = median(one.middle for _, one in known)
    tried = [middle, *(one.middle for _, one in sorted(known, key=lambda one: one[1].width)[:5])]
    best = max(tried, key=lambda decay: sum(decay in one for _, one in known))
    inside = common(one for _, one in known if best in one)
    others = [row for row, one in known if best not in one]
    if inside is None or not others or len(known) - len(others) < _MOSTLY * len(known):
        return
    if len(others) > _FEW and not all(row in measured.copies for row in others):
        return
    if _later_half_differs([row for row, _ in known], others):
        return
    numbers = decays(inside)
    decay = numbers[0].text if numbers else short(best)
    if all(row in measured.copies for row in others):
        parts = [(0, decay)]
        for row in others:
            parts += [(row, "0"), (row + 1, decay)]
        told = say(
            "constant decay {decay}, and the shadow is set to the param in {rounds}: the average was reset there",
            decay=decay,
            rounds=say(", ").join(
                [at(measured, row, say) for row in others[:_MOST_STAIRS]] + ["…"] * (len(others) > _MOST_STAIRS)
            ),
        )
        yield Finding(told, by_step(measured, [part for part in parts if part[0] < len(measured.log)]))
        return
    yield say(
        "constant decay {decay} in {count} of {known} rounds, but not in {rounds}: a row is missing, the shadow was"
        " replaced, or another param was averaged there",
        decay=decay,
        count=len(known) - len(others),
        known=len(known),
        rounds=say(", ").join(at(measured, row, say) for row in others),
    )


def _later_half_differs(rows: list[int], others: list[int]) -> bool:
    return len(others) > 1 and others == rows[-len(others) :]


def _counter_starts_again(measured: Measured, say: Say) -> Iterator[str]:
    """A warm-up that begins again: the decay falls, and from there on it is what it was from the start on."""
    known = _known(measured)
    drops = [
        place
        for place in range(_FEW, len(known) - _FEW)
        if known[place][1].high < max(known[place - 1][1].low, known[place - 2][1].low) and known[place][1].middle < 0.9
    ]
    drops = [place for place in drops if place - 1 not in drops]
    if not drops:
        return
    first = drops[0]
    begin, rest = known[:first], known[first:]
    for curve in CURVES[:4]:
        for origin in (0.0, -1.0, 1.0) if curve.origin else (0.0,):
            for one in fit(curve, [(row - origin, known) for row, known in begin])[:2]:
                for again in range(3):
                    start = rest[0][0] - again
                    last = rest[: (drops[1] - first if len(drops) > 1 else len(rest))]
                    if one.gives([(row - start - origin, known) for row, known in last]):
                        shape = Shape(one, "round", origin, None, 0.0, one.cost)
                        told = say(
                            "{what}, whose counter starts again in {where}",
                            what=described(shape, say),
                            where=say(", ").join(at(measured, known[place][0], say) for place in drops[:_FEW]),
                        )
                        begins = [0, *(known[place][0] - again for place in drops)]
                        zero = 0 if measured.log.steps is None else measured.log.steps[0]
                        parts = [(row, expression(shape, "step", Place(zero + row))) for row in begins]
                        yield Finding(told, by_step(measured, parts) if len(parts) <= _MOST_STAIRS else "")
                        return


def _runs(measured: Measured, say: Say) -> Iterator[str]:
    """A decay that changes once, or in stairs."""
    known = _known(measured)
    if len(known) < 2 * _FEW:
        return
    runs: list[tuple[int, Between]] = []
    inside: Between | None = None
    start = count = 0
    for row, one in known:
        more = one if inside is None else inside.meets(one)
        if more is None:
            runs.append((start, inside or one))
            if len(runs) > _MOST_STAIRS or count < _FEW:
                return
            more, count = one, 0
        if count == 0:
            start = row
        inside, count = more, count + 1
    if inside is not None:
        runs.append((start, inside))
    if len(runs) < 2 or len(runs) > _MOST_STAIRS or count < _FEW:
        return
    numbers = [decays(one) for _, one in runs]
    if not all(numbers):
        return
    texts = [each[0].text if each[0].kind == "decay" else short(each[0].value) for each in numbers]
    decay = by_step(measured, [(row, text) for (row, _), text in zip(runs, texts, strict=True)])
    if len(runs) == 2:
        told = say(
            "the decay changes once: {first} until {where}, then {last}",
            first=texts[0],
            where=at(measured, runs[1][0] - 1, say),
            last=texts[1],
        )
        yield Finding(told, decay)
        return
    told = say(
        "the decay changes in stairs: {stairs}",
        stairs=say(", ").join(
            say("{decay} from {where} on", decay=text, where=at(measured, row, say))
            for text, (row, _) in zip(texts, runs, strict=True)
        ),
    )
    yield Finding(told, decay)


def _twice_debiased(measured: Measured, say: Say) -> Iterator[str]:
    """An average from zero that was divided by 1 - decay^k twice: the first round gives the decay."""
    log = measured.log
    first, param = log.shadows[0], log.params[0]
    if first is None or not first or not 0 < param / first < 1:
        return
    slack = log.units[0] / abs(first) + 2e-6
    near = 1 - param / first
    numbers = decays(Between(near - slack, near + slack))
    for number in numbers[:3]:
        decay, before, power = number.value, 0.0, 1.0
        for row, shadow in enumerate(log.shadows):
            power *= decay
            if shadow is None:
                break
            left = (1 - power) ** 2
            state = shadow * left
            if abs(state - decay * before - (1 - decay) * log.params[row]) > measured.rounding(row) * left + 1e-300:
                break
            before = state
        else:
            yield say(
                "an average that was debiased twice: decay {decay}, divided by (1 - decay^k)^2 in round k",
                decay=number.text,
            )
            return


def _debiased_in_time(measured: Measured, say: Say) -> Iterator[str]:
    """An average by elapsed time whose weights are divided by their sum, as pandas' ewm(times=...) has it."""
    for name, column in columns_of_time(measured):
        gaps = [0.0, *(b - a for a, b in pairwise(column))]

        def outside(rate: float, gaps: Sequence[float] = gaps) -> int:
            """1 if the rate is too high, -1 if it is too low, 0 if all rounds allow it."""
            old, found = 1.0, 0
            for row, one in enumerate(measured.decays):
                if row == 0:
                    continue
                old *= 0.5 ** (rate * gaps[row])
                decay = old / (old + 1)
                if one is not None:
                    wide = one.wider(8)
                    found = found or (1 if decay < wide.low else -1 if decay > wide.high else 0)
                    if found:
                        return found
                old += 1
            return 0

        low, high = 1e-12, 1e12
        for _ in range(2 * _BISECTIONS):
            rate = sqrt(low * high)
            side = outside(rate)
            if not side:
                break
            low, high = (low, rate) if side > 0 else (rate, high)
        else:
            continue
        ends = []
        for end in (low, high):
            inner, outer = rate, end
            for _ in range(_BISECTIONS):
                middle = sqrt(inner * outer)
                inner, outer = (middle, outer) if not outside(middle) else (inner, middle)
            ends.append(inner)
        numbers = lengths(Between(min(ends), max(ends)))
        if numbers and numbers[0].cost <= _PLAIN:
            yield say(
                "an average by elapsed time, debiased: {what} of {column}, as pandas' ewm(halflife, times=...)",
                what=f"{say(numbers[0].kind)} {numbers[0].text}",
                column=name,
            )
            return


def _window(measured: Measured, say: Say) -> Iterator[str]:
    """A mean or a median of the last rounds."""
    log = measured.log
    known = [(row, value) for row, value in enumerate(log.shadows) if value is not None]
    sums = [0.0, *accumulate(log.params)]
    for window in range(2, min(_WINDOW, len(log) - 2 * _FEW)):
        rounds = [(row, value) for row, value in known if row >= window - 1]
        slack = log.units[0] + (log.param_units[0] if log.param_units else 0.0) + 1e-6 * log.scale

        def all_are(of: Callable[[int], float], rounds: Any = rounds, slack: float = slack) -> bool:
            return len(rounds) >= 2 * _FEW and all(abs(of(row) - value) <= slack for row, value in rounds)

        if all_are(lambda row, window=window: (sums[row + 1] - sums[row + 1 - window]) / window):  # type: ignore[misc]
            yield say(
                "a simple moving average over {window} rounds, with equal weights, and not an exponential one",
                window=window,
            )
            return
        if all_are(lambda row, window=window: median(log.params[row + 1 - window : row + 1])):  # type: ignore[misc]
            yield say("the median of the last {window} params, not an average", window=window)
            return


def jumps_about(measured: Measured) -> tuple[int, int] | None:
    """In how many of how many rounds the shadow moves towards the param, if its decays have nothing to do with each
    other, as where rows are missing.
    """
    known = [one for _, one in _known(measured)]
    inside = [one for one in known if one.high >= 0 and one.low <= 1]
    if len(known) < 3 * _FEW or len(inside) - len(known) / 2 < 1.5 * sqrt(len(known)):
        return None
    middles = [min(max(one.middle, -1.0), 2.0) for one in known]
    variance = pvariance(middles)
    rough = fmean((b - a) ** 2 for a, b in pairwise(middles)) / variance if variance else 0.0
    return (len(inside), len(known)) if rough >= 1 else None
