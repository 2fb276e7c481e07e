"""Find the decay stated as LEFT:ROUNDS: `1%:5000` leaves 1 % of the initial value after 5000 rounds.

A constant decay is LEFT^(1/ROUNDS). If the rule warms up, the decay is found by bisection over the rule's own rounds.
"""

from __future__ import annotations

from fractions import Fraction
from math import exp, fsum, inf, log, nextafter
from typing import TYPE_CHECKING, Any

from ema_cli.core.decay_setting import LeftDecay, leaving
from ema_cli.core.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds

_MOST_ROUNDS = 1_000_000
"""The most rounds to search over if the decay is not constant."""

_CERTAIN_ROUNDS = 20_000
"""The most rounds for which the product of decays is computed in fractions, to choose between neighbouring doubles."""

_BATCH = 4096


def find_decay(stated: Any, make: Callable[..., Average], first: Any = None) -> LeftDecay:
    """The statement with the decay found for a rule; a statement whose decay was found before keeps it.

    Args:
        stated: The statement, or its text.
        make: Makes the rule's average from a decay and, optionally, a dtype.
        first: The counter of the first round, which grows by one in each round; None if the rule counts by itself.
    """
    leaves = stated if isinstance(stated, LeftDecay) else leaving(stated)
    if leaves.found is not None:
        return leaves
    trial = make(leaves.number)
    if trial.stated is None or trial.stated.value != leaves.number:  # the rule has a decay of its own
        return leaves
    name, goal = trial.rule.name, log(leaves.left) if leaves.left else -inf
    if trial.rule.start == "none":
        raise SettingError(f"leaves {leaves.value}: rule {name} has no initial value")
    if next(_rounds(trial, leaves.rounds, first)).constant:
        return leaves.but(found=leaves.number)

    def left(decay: float) -> float:
        return _logarithm_left(make(decay), leaves.rounds, first)

    most, least = left(1.0), left(0.0)
    if most == -inf:
        raise SettingError(
            f"leaves {leaves.value}: rule {name} has a round that copies the param,"
            " which leaves nothing of the initial value"
        )
    if not least <= goal <= most:
        bound, amount = ("at most", exp(most)) if goal > most else ("at least", exp(least))
        reachable = f"{bound} {amount:.3g}" if amount else "less than 1e-300"
        raise SettingError(
            f"leaves {leaves.value}: rule {name} leaves {reachable} of the initial value after {leaves.rounds} rounds,"
            " whatever the decay",
            "rule fixed has no warm-up and can leave any part" if goal > most else "",
        )
    return leaves.but(found=_nearest(leaves, goal, make, first, left) if goal > least else 0.0)


def _rounds(average: Average, count: int, first: Any) -> Iterator[Rounds]:
    """The first `count` rounds of an average, in batches; after a batch with one constant decay, all rounds have it."""
    while average.rounds < count:
        places = range(average.rounds, min(average.rounds + _BATCH, count))
        yield average.advance([0] * len(places), None if first is None else [first + place for place in places])


def _logarithm_left(average: Average, count: int, first: Any) -> float:
    """The natural logarithm of the weight of the initial value after `count` rounds."""
    logarithms: list[float] = []
    for rounds in _rounds(average, count, first):
        decays = [decay for decay in rounds.decays if decay is not None]
        if 0 in decays or rounds.forgets() is not None:
            return -inf
        logarithms.append(fsum(map(log, decays)))
        if rounds.constant:
            logarithms.append((count - average.rounds) * log(decays[0]))
            break
        if average.rounds > _MOST_ROUNDS:
            raise SettingError(
                f"leaves: rule {average.rule.name} changes its decay each round; give at most {_MOST_ROUNDS} rounds"
            )
    return fsum(logarithms)


def _nearest(stated: LeftDecay, goal: float, make: Callable[..., Average], first: Any, left: Any) -> float:
    """The double nearest to the decay: by bisection, then in fractions among its neighbours, if the rule is exact."""
    low, high = 0.0, 1.0
    while nextafter(low, 1) < high:
        middle = (low + high) / 2
        low, high = (low, middle) if left(middle) >= goal else (middle, high)
    if stated.rounds <= _CERTAIN_ROUNDS:
        around = 2**-47 / stated.rounds  # a bound on the error of rounded logarithms
        found, last = low - low * around, high + high * around
        try:
            while found < last:
                after = nextafter(found, 2)
                average = make((Fraction(found) + Fraction(after)) / 2, dtype="exact")
                if _product(average, stated.rounds, first) >= stated.left:
                    break
                found = after
            return found
        except SettingError:  # the rule's decay is not a fraction, or `after` is greater than 1
            pass
    return low if goal - left(low) < left(high) - goal else high


def _product(average: Average, count: int, first: Any) -> Fraction:
    """Weight of the initial value after `count` rounds, to 28 digits."""
    from decimal import Context, Decimal

    context, product = Context(), Decimal(1)
    for rounds in _rounds(average, count, first):
        for decay in rounds.decays:
            if decay is not None:
                above, below = Decimal(decay.numerator), Decimal(decay.denominator)
                product = context.multiply(product, context.divide(above, below))
    return Fraction(product)
