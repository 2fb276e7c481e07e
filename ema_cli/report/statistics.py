"""The numbers of --summary about one average."""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError
from ema_cli.core.rules.karras import sigma_rel_of
from ema_cli.report.decay_info import WORDS as DECAY_WORDS
from ema_cli.report.decay_info import of_decay, whole_rounds_to
from ema_cli.report.derived import InitialWeight
from ema_cli.report.response import Response

if TYPE_CHECKING:
    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds

_FAR = 2**40
"""A step past the end of every finite warm-up."""


class Statistics:
    """Collects statistics of one average of one param, for each group; with `shares` also those that follow from the
    shares of the params.
    """

    def __init__(self, average: Average, *, shares: bool = False) -> None:
        self.average = average
        self._stated = None if average.family.timed else average.stated
        """The constant decay per round; None if the rule applies its decay per unit of time."""
        self._response = Response(average, exact=False) if shares else None
        self._left_from: dict[tuple[int, int], int] = {}
        """For each group and percentage, the first round after which at most that much of the initial value is left."""
        self._initial = InitialWeight(average)
        self._gaps: dict[int, Any] = {}
        """param - shadow in each group's last round with a param and a shadow."""
        self._warming: dict[int, int] = {}
        """The last round of each group whose decay was not the constant."""

    def follow(self, rounds: Rounds) -> None:
        """Add the rounds of a batch."""
        constant, decays, numbers = self._stated and self.average.constant, rounds.decays, rounds.numbers
        left, params, shadows = self._initial.after(rounds), rounds.params, rounds.shadows
        if self._response is not None:
            self._response.follow(rounds, keep=False)
        warms = decays and constant is not None and (not rounds.constant or decays[0] != constant)
        for group, a, b in rounds.parts.each():
            for percent in _PERCENTAGES if self._initial.exists and self._response is not None else ():
                if (group, percent) not in self._left_from:
                    reached = (numbers[row] for row in range(a, b) if left[row] * 100 <= percent)
                    self._left_from.update(((group, percent), number) for number in islice(reached, 1))
            for row in reversed(range(a, b) if warms else ()):
                if decays[row] is not None and decays[row] != constant:
                    self._warming[group] = numbers[row]
                    break
            for row in reversed(range(a, b)):
                if params[row] is not None and shadows[row] is not None:
                    self._gaps[group] = self.average.dtype.round(params[row] - shadows[row])
                    break

    @cached_property
    def _of_settings(self) -> dict[str, Any]:
        """The numbers that all groups share; the others are None, so that the order of all is fixed."""
        average, stated = self.average, self._stated
        decay = None if stated is None else float(average.constant)
        weight = None if stated is None else float(stated.weight(average.decay_dtype))
        profile = {}
        if average.exponent is not None:
            profile = {"sigma-rel": sigma_rel_of(average.exponent), "exponent": average.exponent}
        return profile | {
            **of_decay(stated, decay, weight),
            "warm-up-ends-at-step": warmup_end(average),
            "warm-up-ended-in-round": None,
            "initial-weight": None,
            "rounds-to-1-percent": whole_rounds_to(0.01, decay),
            "gap": None,
        }

    def values(self, rounds: int, group: int = 0) -> dict[str, Any]:
        """The numbers of a group after `rounds` rounds, by their names; None for each that this average lacks."""
        left, warming = self._initial.left(group), self._warming.get(group)
        found = self._of_settings | {
            "warm-up-ended-in-round": None if warming is None or warming == rounds else warming + 1,
            "initial-weight": None if left is None else float(left),
            "gap": self._gaps.get(group),
        }
        if self._response is not None:
            for percent in _PERCENTAGES:
                found[f"{percent}-percent-left-from-round"] = self._left_from.get((group, percent))
            found["worth"], found["mean-age"] = self._response.worth_and_age(group)
        return found


_PERCENTAGES = (10, 1)

WORDS = {
    **DECAY_WORDS,
    "sigma-rel": "sigma_rel, the relative standard deviation of the profile",
    "exponent": "exponent of the profile",
    "warm-up-ends-at-step": "warm-up ends at step",
    "warm-up-ended-in-round": "warm-up ended in round",
    "initial-weight": "what is left of the initial value",
    "rounds-to-1-percent": "rounds to within 1 % of a constant param, at DECAY",
    "10-percent-left-from-round": "at most 10 % of the initial value left from round",
    "1-percent-left-from-round": "at most 1 % of the initial value left from round",
    "worth": "effective number of params: (sum of shares)^2 / sum of share^2",
    "mean-age": "mean age of the params, in rounds (the last has age 0)",
    "stalled": "stalled rounds",
    "gap": "param - shadow at the end",
}
"""Words for the numbers, for people."""


def warmup_end(average: Average) -> int | None:
    """The first step at which the decay is the constant; None if the rule doesn't warm up, or never ends its warm-up.

    >>> from ema_cli import Average
    >>> [warmup_end(Average(decay)) for decay in (0.99, 0.999, 0.9999)]
    [890, 8990, 89990]
    """
    if average.counter is None or average.counter.fractional or average.stated is None:
        return None

    def warms(step: int) -> bool:
        rounds = average.beside().advance([0.0], [step])
        return bool(rounds.decays[0] != average.constant)

    from bisect import bisect_left  # loads a shared library

    try:
        if warms(_FAR) or not (warms(0) or warms(1)):
            return None
        return bisect_left(range(_FAR), True, key=lambda step: not warms(step))
    except (SettingError, ArithmeticError, TypeError):
        return None
