"""The textbook's averages."""

from __future__ import annotations

from ema_cli.core.coefficients import in_compute_type
from ema_cli.core.rule import Counter, Rule
from ema_cli.core.schedules import fixed, ratio
from ema_cli.core.updates import two_products

ENTRIES = (
    Rule(
        "warmup",
        "the textbook's average, with the decay warming up",
        formula="min(DECAY, (1 + step) / (10 + step))",
        family=lambda o: ratio(o.decay),
        form=two_products,
        scalars=in_compute_type,
        counter=Counter("step", "the step as the script gives it; an update without one uses DECAY as it is"),
        source="textbook",
        area="textbook",
        dtype="float64",
        by_float32=False,
    ),
    Rule(
        "fixed",
        "the textbook's average with a constant decay",
        formula="DECAY",
        family=lambda o: fixed(o.decay),
        form=two_products,
        scalars=in_compute_type,
        source="textbook",
        area="textbook",
        dtype="float64",
        by_float32=False,
    ),
)
