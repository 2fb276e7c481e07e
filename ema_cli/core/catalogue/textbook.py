"""The textbook's averages."""

from __future__ import annotations

from ema_cli.core.decay import fixed, ratio
from ema_cli.core.entry import Counter, Rule
from ema_cli.core.forms import two_products
from ema_cli.core.scalars import in_compute_type

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
        dtype="float64",
        by_float32=False,
    ),
)
