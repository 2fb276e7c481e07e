"""Smoothing of a series, in float64: TensorBoard and pandas."""

from __future__ import annotations

import math
from typing import Any

from ema_cli.core import debias
from ema_cli.core.coefficients import in_dtype, weight_in_dtype
from ema_cli.core.rule import Choose, Parameter, Rule, Stated
from ema_cli.core.schedules import fixed
from ema_cli.core.updates import passing_by, weighted


def _alpha(o: Any) -> Any:
    """The weight 1 / (1 + com), where com follows from what was stated as pandas computes it."""
    kind, value = o.stated.kind, o.precision.load(o.stated.value)
    if kind == "com":
        com = value
    elif kind == "span":
        com = (value - 1) / 2
    elif kind == "half-life":
        com = 1 / (1 - math.exp(math.log(0.5) / value)) - 1
    else:
        alpha = value if kind == "alpha" else 1 - value
        com = (1 - alpha) / alpha
    return 1 / (1 + com)


ENTRIES = (
    Rule(
        "tensorboard",
        "TensorBoard's smoothing of a chart",
        formula="WEIGHT",
        family=lambda o: fixed(o.decay),
        form=passing_by,
        scalars=in_dtype,
        decay=Stated("smoothingWeight", 0.6, clamped=True),
        start="zero",
        debias=debias.series,
        dtype="float64",
        looks_ahead=True,
        source="tensorboard 70b76c9, tensorboard/webapp/widgets/line_chart_v2/data_transformer.ts",
        surprises=(
            "it is debiased, so it equals pandas' ewm(alpha=1-w, adjust=True, ignore_na=True) apart from rounding",
            "a series whose points are all equal is left as it is",
            "a smoothing of 1 shows 0 throughout",
            "the last digits are those of Chrome and Edge: Math.pow of other browsers rounds otherwise",
        ),
    ),
    Rule(
        "pandas",
        "pandas ewm().mean()",
        formula="1 - alpha, alpha = 1 / (1 + com); adjust: divided by the sum of the weights",
        family=lambda o: fixed(_alpha(o)),
        form=Choose(lambda o: weighted(o.adjust, o.ignore_na)),
        scalars=weight_in_dtype,
        decay=Stated("alpha", None, "alpha", also=(("com", "com"), ("span", "span"), ("halflife", "half-life"))),
        parameters=(
            Parameter("adjust", True, "whether the weights are those of a finite series", search="switch"),
            Parameter("ignore_na", False, "whether a missing value leaves the weights as they are"),
        ),
        start="none",
        dtype="float64",
        source="pandas, pandas/_libs/window/aggregations.pyx, pandas/core/window/ewm.py",
        surprises=(
            "adjust is True by default: the first values are weighted otherwise than by the recurrence",
            "a missing value decays the weights, unless ignore_na",
        ),
    ),
)
