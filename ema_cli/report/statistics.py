"""--summary: what the numbers of an average mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError
from ema_cli.core.response import Response
from ema_cli.core.sigma_rel import sigma_rel_of
from ema_cli.report.decay_info import WORDS as DECAY_WORDS
from ema_cli.report.decay_info import of_decay, whole_rounds_to
from ema_cli.report.derived import InitialWeight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds

_FAR = 2**40
"""A step that every warm-up has ended at, if it ends."""


class Statistics:
    """Statistics of one average of one param, round by round.

    Args:
        average: The average.
        shares: Whether to say, too, what the shares of the params come to.
    """

    def __init__(self, average: Average, *, shares: bool = False) -> None:
        self.average = average
        self._response = Response(average, exact=False) if shares else None
        self._left_from: dict[int, int | None] = {}  # from each percentage on, the first round with no more
        self._initial = InitialWeight(average)
        self.gap: Any = None
        """param - shadow in the last round that has a param."""
        self._warming: int | None = None  # the last round whose decay was not the constant

    def follow(self, rounds: Rounds) -> None:
        """See the rounds of a batch."""
        constant = self.average.constant
        own = rounds.decays
        left = self._initial.after(rounds)
        if self._response is not None:
            self._response.follow(rounds, keep=False)
            self._look_for_percentages(rounds.first, left)
        if own and constant is not None and (not rounds.constant or own[0] != constant):
            for row in range(len(own) - 1, -1, -1):
                if own[row] is not None and own[row] != constant:
                    self._warming = rounds.first + row
                    break
        for param, shadow in zip(reversed(rounds.params), reversed(rounds.shadows), strict=True):
            if param is not None and shadow is not None:
                self.gap = self.average.dtype.round(param - shadow)
                break

    def _look_for_percentages(self, first: int, column: Sequence[Any]) -> None:
        for percent in _PERCENTAGES:
            if self._left_from.get(percent) is None:
                rows = (row for row, left in enumerate(column, first) if left is not None and left * 100 <= percent)
                self._left_from[percent] = next(rows, None)

    def _of_shares(self) -> dict[str, Any]:
        if self._response is None:
            return {}
        moments = self._response.moments()
        found: dict[str, Any] = {
            f"{percent}-percent-left-from-round": self._left_from.get(percent) for percent in _PERCENTAGES
        }
        found["worth"] = None if moments is None else moments.worth
        found["mean-age"] = None if moments is None else moments.age
        return found

    def values(self, rounds: int) -> dict[str, Any]:
        """The numbers by their names; None for what this average has not."""
        average = self.average
        decay = None if average.stated is None else float(average.constant)
        weight = None if average.stated is None else float(average.stated.weight(average.decay_dtype))
        last = None
        if self._warming is not None and self._warming < rounds:
            last = self._warming + 1
        profile = {}
        if average.exponent is not None:
            profile = {"sigma-rel": sigma_rel_of(average.exponent), "exponent": average.exponent}
        return profile | {
            **of_decay(average.stated, decay, weight),
            "warm-up-ends-at-step": warmup_end(average),
            "warm-up-ended-in-round": last,
            "initial-weight": None if self._initial.left is None else float(self._initial.left),
            "rounds-to-1-percent": whole_rounds_to(0.01, decay),
            "gap": self.gap,
            **self._of_shares(),
        }


_PERCENTAGES = (10, 1)

WORDS = {
    **DECAY_WORDS,
    "sigma-rel": "sigma_rel, the relative standard deviation of the profile",
    "exponent": "exponent of the profile",
    "warm-up-ends-at-step": "warm-up ends at step",
    "warm-up-ended-in-round": "warm-up ended in round",
    "initial-weight": "what is left of the initial value",
    "rounds-to-1-percent": "rounds until within 1 % of a constant param, at DECAY",
    "10-percent-left-from-round": "at most 10 % of the initial value left from round",
    "1-percent-left-from-round": "at most 1 % of the initial value left from round",
    "worth": "effective number of params: (sum of shares)^2 / sum of share^2",
    "mean-age": "mean age of the params, in rounds (the last has age 0)",
    "stalled": "stalled rounds",
    "gap": "param - shadow at the end",
}
"""Names of the numbers for people."""


def warmup_end(average: Average) -> int | None:
    """The first step from which the decay is the constant; None for a rule that doesn't warm up, or never gets there.

    >>> from ema_cli import Average
    >>> [warmup_end(Average(decay)) for decay in (0.99, 0.999, 0.9999)]
    [890, 8990, 89990]
    """
    if average.counter is None or average.counter.fractional or average.stated is None:
        return None

    def warms(step: int) -> bool:
        rounds = average.beside().advance([0.0], [step])
        return bool(rounds.decays[0] != average.constant)

    try:
        low, high = 0, _FAR
        if warms(high) or not (warms(low) or warms(1)):
            return None
        while low < high:
            middle = (low + high) // 2
            if warms(middle):
                low = middle + 1
            else:
                high = middle
    except (SettingError, ArithmeticError, TypeError):
        return None
    return low
