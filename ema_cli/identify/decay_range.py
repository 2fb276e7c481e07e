"""Which decays around one that fits a rounded log fit as well: each is tried, from one end to the other."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import floor, log10
from typing import TYPE_CHECKING

from ema_cli.core.decay_setting import Constant
from ema_cli.core.dtypes import dtype
from ema_cli.identify.log import Between, shortest_in
from ema_cli.identify.prefilter import IMPOSSIBLE
from ema_cli.identify.search import agrees

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.identify.candidates import Candidate
    from ema_cli.identify.log import Evidence

    Say = Callable[..., str]

_HALVINGS = 12
"""So often an end is looked for between a decay that fits and one that does not."""

_DIGITS = 2
"""So many digits of the distance of the ends are told of the ends, which are rounded inwards."""

_BETWEEN = 24
"""So many decays between the ends are tried."""


def around(candidate: Candidate, evidence: Evidence, within: Between, say: Say) -> str:
    """That decays fit from one to another; empty if that cannot be said.

    Args:
        candidate: It fits, with a constant decay.
        evidence: The log.
        within: Decays outside do not fit.
        say: Says it in a language.
    """
    if evidence.exact or candidate.constant is None:
        return ""

    def fits(decay: float) -> bool:
        try:
            return agrees(candidate.but(constant=Constant("decay", repr(decay))), evidence)
        except IMPOSSIBLE:
            return False

    own = float(candidate.constant.decay(dtype("float64")))
    if not fits(own):
        return ""
    low, high = _end(fits, own, max(within.low, 0.0)), _end(fits, own, min(within.high, 1.0))
    tried = [low + (high - low) * part / _BETWEEN for part in range(1, _BETWEEN)]
    if not low < high or not all(map(fits, tried)):
        return ""
    places = _DIGITS - floor(log10(high - low))
    unit = Decimal(1).scaleb(-places)
    first = Decimal(low).quantize(unit, ROUND_CEILING)
    last = Decimal(high).quantize(unit, ROUND_FLOOR)
    return say(
        "decays from {low} to {high} fit, of which {short} has the fewest digits",
        low=f"{first:f}",
        high=f"{last:f}",
        short=shortest_in(Between(float(first), float(last))),
    )


def _end(fits: Callable[[float], bool], inside: float, outside: float) -> float:
    """The last decay that fits on the way out."""
    if fits(outside):
        return outside
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if fits(middle) else (inside, middle)
    return inside
