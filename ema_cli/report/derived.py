"""Columns derived from the rounds of an average: the weight of the initial value, the exact value, ...

A follower sees all rounds of one average of one param, including rounds that are not printed, and adds columns to them.
Like the average, it has a row of state for each group. To add one, write a class and a line in the table.
"""

from __future__ import annotations

from itertools import chain
from math import frexp, inf, ldexp
from typing import TYPE_CHECKING, Any, Protocol

from ema_cli.core.gates import COPIES, RESTARTS, SEEDS, UPDATES
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.errors import SettingError, UsageError
from ema_cli.text.number_text import Style, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.core.rounds import Rounds
    from ema_cli.reading.batch import Batch
    from ema_cli.report.output import Results


class Follower(Protocol):
    """Computes columns for one average of one param."""

    def follow(self, batch: Batch, index: int, rounds: Rounds) -> dict[str, list[Any]]:
        """Compute columns for the rounds of a batch; `index` is the number of the param."""


class InitialWeight:
    """Weight of the initial value in the shown value: the product of the decays so far, and 0 after a copy.

    For a rule that shows the accumulator before the update, it is the weight in that accumulator.
    """

    def __init__(self, average: Average) -> None:
        self.exists = average.rule.start != "none" and average.seed is None
        """False for a rule that has no initial value."""
        self._one = dtype("exact" if average.dtype.digits is None else "float64").load(1)
        self._lags = average.readout is not None and average.readout.lags
        self._weights: dict[int, tuple[Any, Any]] = {}
        """For each group, the weight in the accumulator before its last update, and after it."""

    def left(self, group: int = 0) -> Any:
        """The weight after the last round; None if there is no initial value."""
        before, after = self._weights.get(group, (self._one, self._one))
        return None if not self.exists else before if self._lags else after

    def after(self, rounds: Rounds) -> list[Any]:
        """Advance by some rounds, and return the weight after each; None if there is no initial value."""
        if not self.exists:
            return [None] * len(rounds)
        column: list[Any] = []
        codes, decays = rounds.codes or bytes([UPDATES]) * len(rounds), rounds.columns["decay"]
        if codes == bytes([SEEDS]):  # the average starts at a logged shadow
            self._weights = {}
        for group, a, b in rounds.parts.each():
            before, after = self._weights.get(group, (self._one, self._one))
            for code, decay in zip(codes[a:b], decays[a:b], strict=True):
                if code == UPDATES:
                    before, after = after, after * decay
                elif code in (COPIES, RESTARTS):
                    before = after = 0 * after
                column.append(before if self._lags else after)
            self._weights[group] = before, after
        return column


class Debiased:
    """Columns `initial-weight`, and `debiased`: the shadow / (1 - initial-weight), unless the rule debiases itself.

    `debiased` is None while the weight is 1: the shadow then consists of the initial value alone. `initial-weight` is
    None if the rule has no initial value.
    """

    def __init__(self, average: Average) -> None:
        self._weight, self._round = InitialWeight(average), average.dtype.round

    def follow(self, batch: Batch, index: int, rounds: Rounds) -> dict[str, list[Any]]:
        """Columns `initial-weight` and `debiased`."""
        column, shadows = self._weight.after(rounds), rounds.shadows
        if not self._weight.exists or rounds.biased is not None:
            return {"initial-weight": column, "debiased": list(shadows)}
        debiased = [
            None if x == 1 or s is None else self._round(s / (1 - x)) for s, x in zip(shadows, column, strict=True)
        ]
        return {"initial-weight": column, "debiased": debiased}


class Exact:
    """Columns `exact`, the shadow computed in fractions from the decay and the params as written, and `error-ulps`, the
    distance of the shadow from `exact` in ulps of the dtype at `exact`; None where the shadow is not finite.
    """

    def __init__(self, average: Average) -> None:
        try:
            self.average = average.exactly()
        except SettingError as error:
            raise UsageError.of(error, "the columns exact and error-ulps: ") from None
        self.dtype = average.dtype

    def follow(self, batch: Batch, index: int, rounds: Rounds) -> dict[str, list[Any]]:
        """Columns `exact` and `error-ulps`."""
        params, parts = batch.params(index, exact=True), rounds.parts
        exact = self.average.advance(params, batch.steps, rows=parts.rows, lengths=parts.lengths).shadows
        if rounds.codes == bytes([SEEDS]) and self.average.seed is None:  # the shadow was logged
            text = to_text(self.dtype, Style())(rounds.shadows[0])
            self.average.restore(self.average.state() | {"s": text, "shown": text})
            exact = [self.average.shadow]
        errors = [error_in_ulps(s, x, self.dtype) for s, x in zip(rounds.shadows, exact, strict=True)]
        return {"exact": exact, "error-ulps": errors}


class Share:
    """Column `share`: the fraction of the final shadow that comes from a round's param, known after the last round."""

    def __init__(self, average: Average) -> None:
        from ema_cli.report.response import Response

        self._response = Response(average, exact=average.dtype.digits is None)
        self._shares: dict[int, list[Any]] = {}  # of each group

    def follow(self, batch: Batch, index: int, rounds: Rounds) -> dict[str, list[Any]]:
        """Column `share`, empty until `reveal`."""
        self._response.follow(rounds, keep=True)
        return {"share": [None] * len(rounds)}

    def reveal(self, rounds: Rounds) -> None:
        """Fill the column for some of the rounds, after the last round."""
        rounds.extra["share"] = column = []
        for group, a, b in rounds.parts.each():
            if group not in self._shares:
                self._shares[group] = self._response.shares(group)
            column += [self._shares[group][number - 1] for number in rounds.numbers[a:b]]


def error_in_ulps(value: Any, exact: Any, dtype: Dtype) -> float | None:
    """|value - exact| in ulps of the dtype at the exact value; in exact arithmetic the plain difference."""
    from fractions import Fraction

    if value is None or exact is None or value - value != 0:
        return None
    if dtype.digits is None:
        return float(abs(value - exact))
    return in_ulps(Fraction(value) - exact, exact, dtype)


def in_ulps(distance: Any, value: Any, dtype: Dtype) -> float:
    """|distance| in ulps of the dtype at the value; infinite if it exceeds the range of float64."""
    try:
        return float(abs(distance) / unit(value, dtype))
    except OverflowError:
        return inf


def unit(value: Any, dtype: Dtype) -> Any:
    """The ulp of the dtype at a value, a power of two: a float for a float, a Fraction for a Fraction."""
    assert dtype.digits is not None
    least = frexp(dtype.least)[1]
    if isinstance(value, float):
        return ldexp(1.0, (max(frexp(value)[1], least) if value else least) - dtype.digits)
    from fractions import Fraction

    exponent = least
    if value:
        numerator, denominator = abs(value).as_integer_ratio()
        exponent = numerator.bit_length() - denominator.bit_length()
        below = Fraction(2) ** exponent > Fraction(numerator, denominator)
        exponent = max(exponent + 1 - below, least)
    return Fraction(2) ** (exponent - dtype.digits)


FOLLOWERS: dict[str, type[Debiased | Exact | Share]] = {
    "initial-weight": Debiased,
    "debiased": Debiased,
    "exact": Exact,
    "error-ulps": Exact,
    "share": Share,
}
"""The follower that computes each column."""


class DerivedColumns:
    """The followers that compute columns for all averages and params, and `others` that are at hand.

    Raises:
        UsageError: One of the columns can't be computed for an average.
    """

    def __init__(
        self, averages: Sequence[Sequence[Average]], columns: Iterable[str], others: Sequence[Sequence[Follower]] = ()
    ) -> None:
        kinds = list(dict.fromkeys(FOLLOWERS[name] for name in columns if name in FOLLOWERS))
        self._each: list[list[Follower]] = [[kind(average) for kind in kinds] for average in chain(*averages)]
        for followers, follower in zip(self._each, chain(*others), strict=False):
            followers.append(follower)

    def follow(self, results: Results) -> None:
        """Add the columns to the rounds of a batch."""
        followers = iter(self._each)
        for of_params in results.rounds:
            for index, rounds in enumerate(of_params):
                for follower in next(followers):
                    rounds.extra.update(follower.follow(results.batch, index, rounds))

    def reveal(self, results: Results) -> None:
        """Fill the columns that look ahead, after the last round."""
        for followers, rounds in zip(self._each, chain(*results.rounds), strict=True):
            for follower in followers:
                if isinstance(follower, Share):
                    follower.reveal(rounds)
