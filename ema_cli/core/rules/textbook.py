"""The textbook's averages."""

from __future__ import annotations

from typing import Any

from ema_cli.core.coefficients import in_compute_type
from ema_cli.core.gates import first_done_copied
from ema_cli.core.rule import Counter, Rule
from ema_cli.core.schedules import Family, fixed, half_life_of_elapsed, of_elapsed, ratio
from ema_cli.core.updates import two_products

_TEXTBOOK: dict[str, Any] = {
    "form": two_products,
    "scalars": in_compute_type,
    "source": "textbook",
    "area": "textbook",
    "dtype": "float64",
    "by_float32": False,
}


def _elapsed(o: Any) -> Family:
    if o.stated.kind == "half-life":
        return half_life_of_elapsed(o.precision.number(o.stated.number))
    return of_elapsed(o.decay)


ENTRIES = (
    Rule(
        "warmup",
        "the textbook's average, with the decay warming up",
        usual=True,
        formula="min(DECAY, (1 + step) / (10 + step))",
        family=lambda o: ratio(o.decay),
        counter=Counter("step", "the step as the script gives it; an update without one uses DECAY as it is"),
        surprises=(
            "why warm up: with a constant 0.9999 the initial value is still 90 % of the shadow after 1000 updates",
            "the warm-up lets the first params replace it: compare --rule warmup --rule fixed -c initial-weight,shadow",
        ),
        **_TEXTBOOK,
    ),
    Rule(
        "fixed",
        "the textbook's average with a constant decay",
        usual=True,
        formula="DECAY",
        family=lambda o: fixed(o.decay),
        **_TEXTBOOK,
    ),
    Rule(
        "elapsed",
        "the textbook's average of values that come at any time",
        formula="DECAY^elapsed; with a half-life 0.5^(elapsed / half-life)",
        family=_elapsed,
        counter=Counter("step", "the time, where no times are given", first=0),
        start="first",
        gate=lambda o: first_done_copied,
        **_TEXTBOOK,
    ),
)
