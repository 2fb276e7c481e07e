"""The warm-ups: for each shape of one, the settings that people write, and those that the log suggests.

Each function gives what is tried of the parameters of one shape: an empty setting leaves them as they are.
"""

from __future__ import annotations

from itertools import product
from math import acos, log, pi
from typing import TYPE_CHECKING, Any

from ema_cli.identify.common_decays import WRITTEN
from ema_cli.identify.estimates import SHORT, Hints, half_life_of, simple
from ema_cli.identify.log import Between, shortest_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ema_cli.core.rule import Rule

    Settings = dict[str, Any]
    Tried = Callable[[Hints, Rule], Iterator[Settings]]

CONSTANT = "decay"
"""The name of a setting that is no parameter: the constant that goes with the others."""

_POWERS = (2 / 3, 0.75, 1.0, 0.5, 0.6, 0.7, 0.8, 0.9)
_BATCHES = (32, 512, 2048)
_FEW = (2, 3, 4, 5)
_ROUND = (10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 5000, 10_000, 100_000)
"""Lengths that people write: tried where the log is too coarse to draw a line through."""


def default_of(rule: Rule, name: str) -> Any:
    """The default of one of the rule's parameters."""
    return next(parameter.default for parameter in rule.parameters if parameter.name == name)


def powers(flag: str | None, scale: str, power: str, least: str) -> Tried:
    """1 - (1 + n / scale)^-power, not under `least`."""

    def tried(hints: Hints, rule: Rule) -> Iterator[Settings]:
        for lowest in _least_decays(hints):
            floor = {} if lowest is None else {least: lowest}
            yield floor
            for setting in curves(hints, rule, lowest):
                yield {**setting, **floor, **({flag: True} if flag else {})}

    def curves(hints: Hints, rule: Rule, lowest: float | None) -> Iterator[Settings]:
        known = hints.solved(lambda n, p: 1 - (1 + n) ** -p, dict.fromkeys((-1, 0, 1, -hints.copied)))
        tried = _POWERS if hints.bends() else _POWERS[:3]
        for p in dict.fromkeys((default_of(rule, power), *tried, *known)):
            scales = hints.scales(lambda d, p=p: (1 - d) ** (-1 / p), above=lowest)  # type: ignore[misc]
            if scales or not hints.bends():
                yield from ({power: p, scale: x} for x in dict.fromkeys((1.0, *scales)))

    return tried


def _least_decays(hints: Hints) -> list[float | None]:
    least = [shortest_in(Between(one.low - SHORT, one.high + SHORT)) for _, one in hints.updating[:1]]
    return [None, *(x for x in least if x is not None and 0 < x < 1)]


def taus(hints: Hints, rule: Rule) -> Iterator[Settings]:
    """DECAY (1 - e^(-n / tau))."""
    yield {}
    highest = max((one.low for _, one in hints.updating), default=0.0)
    for top in WRITTEN:
        d = float(top)
        for tau in hints.scales(lambda x, d=d: -log(1 - x / d)) if d >= highest else ():  # type: ignore[misc]
            yield {"tau": tau, CONSTANT: top}
    if not hints.bends():
        yield from ({"tau": tau} for tau in _ROUND)


def gammas(hints: Hints, rule: Rule) -> Iterator[Settings]:
    """The weight gamma / (gamma + n)."""
    yield {}
    yield from ({"gamma": n} for n in hints.whole_scales(lambda d: 1 / (1 - d)))
    if not hints.bends():
        yield from ({"gamma": n} for n in _ROUND)


def factors(hints: Hints, rule: Rule) -> Iterator[Settings]:
    """(1 + n) / (factor + n)."""
    yield {}
    yield {"decay_warm_up_factor": 10}
    yield from ({"decay_warm_up_factor": x + 1} for x in hints.scales(lambda d: 1 / (1 - d)))


def exponents(name: str, written: tuple[Any, ...], less: float) -> Tried:
    """(1 - 1 / k)^(exponent + less), where k counts the updates, or the images in batches."""

    def tried(hints: Hints, rule: Rule) -> Iterator[Settings]:
        yield {}
        yield from ({name: value} for value in written)
        batch = float(hints.stride) if hints.evidence.steps is not None else 1.0

        def decay_at(n: float, x: float) -> float:
            return float((1 - batch / n) ** (64 - x))

        for turned in hints.solved(decay_at, (0, -batch, batch, 2 * batch)):
            exponent = 64 - turned - less
            yield {name: float(f"{exponent:.12g}")}
            yield {name: float(f"{exponent:.3g}")}
        for power in _exponent_of_line(hints) if hints.bends() else ():
            yield {name: float(f"{power - less:.3g}")}

    return tried


def _exponent_of_line(hints: Hints) -> Iterator[float]:
    """The exponent e with which 1 / (1 - d^(1/e)) rises by one from update to update."""
    per = float(hints.stride) if hints.evidence.steps is not None else 1.0
    low, high = 0.5, 64.0
    for _ in range(50):
        middle = (low + high) / 2
        slope = hints.slope(lambda d: 1 / (1 - d ** (1 / middle)))  # noqa: B023
        if slope is None:
            return
        # The larger the exponent, the larger its root of d, and the steeper the line.
        if slope.low > 1 / per:
            high = middle
        elif slope.high < 1 / per:
            low = middle
        else:
            yield middle
            return


def half_lives(name: str, scale: float, ramp: str) -> Tried:
    """0.5^(batch / h), h = min(half-life, ramp * n)."""

    def tried(hints: Hints, rule: Rule) -> Iterator[Settings]:
        batches = [{}, *({"batch_size": b} for b in (_BATCHES if hints.evidence.steps is None else (hints.stride,)))]
        default = default_of(rule, "batch_size")
        for setting in batches:
            batch = setting.get("batch_size", default)
            ends: list[Settings] = [{}]
            for _, interval in hints.known[-1:]:
                if interval.low > 0 and interval.high < 1:
                    lives = Between(
                        half_life_of(interval.low) * batch / scale, half_life_of(interval.high) * batch / scale
                    )
                    ends += ({name: h} for h in simple(lives))
            ramps: list[Settings] = [{}, {ramp: None}]
            slope = hints.slope(half_life_of)
            if slope is not None:
                images = batch if hints.evidence.steps is not None else 1  # in a unit of the counter
                ramps += ({ramp: x} for x in simple(Between(slope.low * images, slope.high * images)))
            yield from ({**setting, **end, **rise} for end, rise in product(ends, ramps))

    return tried


def halved(hints: Hints, rule: Rule) -> Iterator[Settings]:
    """2^-(interval / half-life)."""
    yield {}
    intervals = {1: {}, **({hints.period: {"update_interval": hints.period}} if hints.period > 1 else {})}
    for interval, setting in intervals.items():
        yield setting
        if hints.lasting is not None and hints.lasting.low > 0 and hints.lasting.high < 1:
            lives = Between(half_life_of(hints.lasting.low) * interval, half_life_of(hints.lasting.high) * interval)
            yield from ({**setting, "half_life": h} for h in simple(lives))


def cosines(name: str, others: Mapping[str, Any]) -> Tried:
    """1 + (DECAY - 1) (1 + cos(pi n / length)) / 2."""

    def tried(hints: Hints, rule: Rule) -> Iterator[Settings]:
        yield {}
        tops = [_default_constant(rule), *hints.plausible([*map(str, WRITTEN)]), *map(str, hints.constants())]
        for base in dict.fromkeys(map(float, tops)):
            if base < 1:
                bent = lambda d, base=base: acos(min(max(2 * (1 - d) / (1 - base) - 1, -1.0), 1.0))  # noqa: E731
                yield from ({name: n, **others} for n in hints.whole_scales(bent, pi))
        if not hints.bends():
            yield from ({name: n, **others} for n in (*_FEW, *_ROUND))

    return tried


def _default_constant(rule: Rule) -> str:
    return "0.99" if rule.decay is None or rule.decay.default is None else str(rule.decay.default)


def linear(hints: Hints, rule: Rule) -> Iterator[Settings]:
    """The weight, from momentum_warmup to DECAY in warmup_iters equal steps."""
    yield {}
    steady = [row for row, interval in hints.known if interval.meets(hints.known[-1][1])] if hints.known else []
    lengths = [n for n in (steady[0], steady[0] + 1, steady[0] + 2) if n >= 2] if steady else []
    slope = hints.slope(lambda d: d)
    firsts = []
    for row, interval in hints.rising[:1]:
        rise = Between(slope.low * (hints.count(row) - 1), slope.high * (hints.count(row) - 1)) if slope else None
        if rise is not None:
            firsts += simple(Between(1 - interval.high + rise.low, 1 - interval.low + rise.high))
    for first in firsts:
        for weight in dict.fromkeys(float(f"{1 - float(text):.12g}") for text in WRITTEN):
            if slope is not None and weight < first:
                ends = Between((first - weight) / slope.high + 1, (first - weight) / slope.low + 1)
                near = shortest_in(ends)
                lengths += [round(near)] if near is not None and near < 1e9 and ends.high - ends.low < 2 else []
        for length in dict.fromkeys(lengths):
            if length >= 2:
                yield {"momentum_warmup": first, "warmup_iters": length}


def profiles(hints: Hints, rule: Rule) -> Iterator[Settings]:
    """EDM2's profiles: a width or an exponent, and the images in a batch."""
    batch = {"batch_size": hints.stride} if hints.evidence.steps is not None else {}
    yield batch
    yield {**batch, "std": 0.1}
    for setting in exponents("exp", (), 1.0)(hints, rule):
        yield {**batch, **setting}
