"""A decay stated by what it leaves of the initial value: `1%:5000` leaves 1 % after 5000 rounds.

Of a constant decay it is LEFT^(1/ROUNDS). Where the decay warms up it is found over the rule's own rounds.
"""

from __future__ import annotations

from fractions import Fraction
from math import exp, fsum, inf, log, nextafter
from typing import TYPE_CHECKING, Any

from ema_cli.core.decay_setting import Leaving, leaving
from ema_cli.core.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds

_MOST_ROUNDS = 1_000_000
"""The most rounds that a decay which is not constant is found over."""

_CERTAIN_ROUNDS = 20_000
"""The most rounds whose product of decays is taken in fractions, where two neighbouring doubles are told apart."""

_BATCH = 4096


def resolved(stated: Any, make: Callable[..., Average], first: Any = None) -> Leaving:
    """The statement with the decay that holds for a rule; one that has a decay keeps it.

    Args:
        stated: The statement, or its text.
        make: Makes the rule's average from a decay, and in another dtype than its own from that, too.
        first: The counter of the first round, from which it moves by one; None for that of the rule.
    """
    own = stated if isinstance(stated, Leaving) else leaving(stated)
    if own.found is not None:
        return own
    trial = make(own.number)
    if trial.stated is None or trial.stated.value != own.number:  # the rule has a decay of its own
        return own
    name, goal = trial.rule.name, log(own.left) if own.left else -inf
    if trial.rule.start == "none":
        raise SettingError(f"leaves {own.value}: rule {name} has no initial value")
    if next(_rounds(trial, own.rounds, first)).constant:
        return own

    def left(decay: float) -> float:
        return _logarithm_left(make(decay), own.rounds, first)

    most, least = left(1.0), left(0.0)
    if most == -inf:
        raise SettingError(
            f"leaves {own.value}: rule {name} has a round that copies the param,"
            " which leaves nothing of the initial value"
        )
    if not least <= goal <= most:
        bound, amount = ("at most", exp(most)) if goal > most else ("at least", exp(least))
        told = f"{bound} {amount:.3g}" if amount else "less than 1e-300"
        raise SettingError(
            f"leaves {own.value}: rule {name} leaves {told} of the initial value after {own.rounds} rounds,"
            " whatever the decay",
            "rule fixed has no warm-up and can leave any part" if goal > most else "",
        )
    return own.but(found=_nearest(own, goal, make, first, left) if goal > least else 0.0)


def _rounds(average: Average, count: int, first: Any) -> Iterator[Rounds]:
    """The rounds of an average from its start, in batches; if those of one have a constant decay, all later ones do."""
    while average.rounds < count:
        places = range(average.rounds, min(average.rounds + _BATCH, count))
        yield average.advance([0] * len(places), None if first is None else [first + place for place in places])


def _logarithm_left(average: Average, count: int, first: Any) -> float:
    """The logarithm of the part of the initial value that is left after `count` rounds."""
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
                f"leaves: rule {average.rule.name} has a different decay in each round; give at most {_MOST_ROUNDS}"
                " rounds"
            )
    return fsum(logarithms)


def _nearest(stated: Leaving, goal: float, make: Callable[..., Average], first: Any, left: Any) -> float:
    """The double nearest to the decay. Of neighbours, fractions decide, where the rule has them."""
    low, high = 0.0, 1.0
    while nextafter(low, 1) < high:
        middle = (low + high) / 2
        low, high = (low, middle) if left(middle) >= goal else (middle, high)
    if stated.rounds <= _CERTAIN_ROUNDS:
        around = 2**-47 / stated.rounds  # by which rounded logarithms may be wrong
        found, last = low - low * around, high + high * around
        try:
            while found < last:
                after = nextafter(found, 2)
                average = make((Fraction(found) + Fraction(after)) / 2, dtype="exact")
                if _product(average, stated.rounds, first) >= stated.left:
                    break
                found = after
            return found
        except SettingError:  # its decay is no fraction, or after is past 1
            pass
    return low if goal - left(low) < left(high) - goal else high


def _product(average: Average, count: int, first: Any) -> Fraction:
    """Weight of the initial value, to 28 digits."""
    from decimal import Context, Decimal

    context, product = Context(), Decimal(1)
    for rounds in _rounds(average, count, first):
        for decay in rounds.decays:
            if decay is not None:
                above, below = Decimal(decay.numerator), Decimal(decay.denominator)
                product = context.multiply(product, context.divide(above, below))
    return Fraction(product)
