"""A constant decay in other terms: its half-life, its span, the rounds until 1 % of the initial value is left, ..."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, isclose, log, sqrt
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.record import Record
from ema_cli.core.rules.karras import exponent_of, sigma_rel_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ema_cli.core.decay_setting import Constant
    from ema_cli.text.language import Language

_BATCHES = (2, 4, 8)
"""Factors by which the batch size may grow."""

_PROFILES = (0.05, 0.1)
"""The values of sigma_rel that EDM2 trains with."""

WORDS = {
    "half-life": "half-life, in rounds: ln 0.5 / ln DECAY",
    "time-constant": "time constant, in rounds: 1 / (1 - DECAY)",
    "span": "span, in rounds: 2 / (1 - DECAY) - 1",
    "com": "centre of mass, in rounds: DECAY / (1 - DECAY)",
}
"""Words for the quantities of `of_decay`."""


class Quantity(Record):
    """One line about a decay."""

    name: str
    words: str
    value: Any
    """The number; None if it does not exist for this decay."""
    numbers: Mapping[str, Any] = {}
    """The numbers for the braces in `words`."""
    in_full: bool = False
    """True if even tables show all digits."""


def of_decay(stated: Constant | None, decay: float | None, weight: float | None) -> dict[str, Any]:
    """The half-life, time constant, span and centre of mass of a constant decay; None for each that does not exist."""
    terms: dict[str, Any] = {
        "half-life": rounds_to(0.5, decay),
        "time-constant": 1 / weight if weight else None,
        "span": 2 / weight - 1 if weight else None,
        "com": 1 / weight - 1 if weight else None,
    }
    if stated is not None and terms.get(stated.kind) is not None:
        terms[stated.kind] = stated.number
    return terms


def rounds_to(part: float, decay: float | None) -> float | None:
    """The number of rounds until `part` of the initial value is left; None for a decay of 0 or 1."""
    if decay is None or not 0 < decay < 1:
        return None
    return log(part) / log(decay)


def whole_rounds_to(part: float, decay: float | None) -> int | None:
    """The least whole number of rounds after which at most `part` of the initial value is left."""
    rounds = rounds_to(part, decay)
    if rounds is None:
        return None
    is_whole = isclose(rounds, round(rounds), rel_tol=1e-9)  # with a tolerance: the decay is rounded, too
    return round(rounds) if is_whole else ceil(rounds)


def about(stated: Constant, runs: int | None) -> list[Quantity]:
    """All quantities of a decay. `runs`, the length of training in rounds or None, determines some of them."""
    num = dtype("float64")
    decay, weight = stated.decay(num), stated.weight(num)
    sigma = sqrt(decay) / weight if weight else None

    lines = [
        Quantity("decay", "decay", decay, in_full=True),
        Quantity("alpha", "weight (alpha): 1 - DECAY", weight),
        *(Quantity(name, WORDS[name], value) for name, value in of_decay(stated, decay, weight).items()),
        Quantity("sigma", "standard deviation of the params' ages, in rounds: sqrt(DECAY) / (1 - DECAY)", sigma),
    ]
    if runs is None:
        words = "rounds after which sigma_rel is {sigma_rel} (exponent {exponent})"
        for goal in _PROFILES:
            numbers = {"sigma_rel": goal, "exponent": f"{exponent_of(goal):.4g}"}
            lines.append(Quantity(f"sigma-rel-{goal}", words, None if sigma is None else sigma / goal, numbers))
    else:
        numbers = {"runs": runs}
        sigma_rel = sigma / runs if sigma is not None else None
        exponent = exponent_of(sigma_rel) if sigma_rel and sigma_rel < sigma_rel_of(0) else None
        lines += [
            Quantity("sigma-rel", "sigma_rel after {runs} rounds: that deviation / {runs}", sigma_rel, numbers),
            Quantity("exponent", "exponent of that sigma_rel", exponent),
            Quantity("left", "what is left of the initial value after {runs} rounds", decay**runs, numbers),
        ]
    for percent in (10, 1):
        words, numbers = "rounds until {percent} % of the initial value is left", {"percent": percent}
        rounds = whole_rounds_to(percent / 100, decay)
        lines.append(Quantity(f"rounds-to-{percent}-percent", words, rounds, numbers))
    worth = (1 + decay) / weight if weight else None
    lines.append(Quantity("worth", "effective number of params: (1 + DECAY) / (1 - DECAY)", worth))
    for times in _BATCHES:
        words, numbers = "decay for {times} times the batch: DECAY^{times}", {"times": times}
        lines.append(Quantity(f"decay-{times}", words, _power(stated, decay, times), numbers, in_full=True))
    return lines


def _power(stated: Constant, decay: float, times: int) -> float:
    """The double nearest to a power of the decay, which is the exact fraction if it was stated as one."""
    try:
        exact = Fraction(stated.decay(dtype("exact")))
    except SettingError:  # a half-life
        exact = Fraction(decay)
    return float(exact**times)


def table(
    decays: Sequence[Constant], runs: int | None, write: Callable[[float], str], language: Language
) -> tuple[list[str], list[list[str]]]:
    """The table of several decays, side by side, for people: its headings and its rows."""
    say = language.say
    rows = [
        [say(lines[0].words, **lines[0].numbers), *(_text(line, write) for line in lines)]
        for lines in zip(*(about(stated, runs) for stated in decays), strict=True)
    ]
    labels = (f"{each.value}" if each.kind == "decay" else f"{say(each.kind)} {each.value}" for each in decays)
    return ["", *labels], rows


def records(decays: Sequence[Constant], runs: int | None) -> tuple[list[str], list[list[Any]]]:
    """The records of several decays for programs: the names of the columns, and a row for each decay."""
    each = [about(stated, runs) for stated in decays]
    return ["stated", *(line.name for line in each[0])], [
        [str(stated), *(line.value for line in lines)] for stated, lines in zip(decays, each, strict=True)
    ]


def _text(line: Quantity, write: Callable[[float], str]) -> str:
    if line.value is None or isinstance(line.value, int):
        return "" if line.value is None else str(line.value)
    return repr(line.value) if line.in_full else write(line.value)
