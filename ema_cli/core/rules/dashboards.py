"""Smoothing in the charts of dashboards: in doubles, with V8's Math.pow, which is not the C library's."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from ema_cli.core import debias
from ema_cli.core.coefficients import in_dtype
from ema_cli.core.debias import Readout
from ema_cli.core.numbers.pow_v8 import pow_v8
from ema_cli.core.rule import Counter, DecayParameter, Parameter, Rule
from ema_cli.core.rules.parts import COPIED, constant, number
from ema_cli.core.schedules import Family, fixed
from ema_cli.core.updates import Form, decayed_sum, passing_by, two_products

if TYPE_CHECKING:
    from ema_cli.core.numbers.dtypes import Dtype

_BROWSERS = "the last digits are those of Chrome and Edge: other browsers' Math.pow rounds differently"

_by_power = "R(div(s, R(1 - R(pow_v8(d, k)))))"


def _javascript(num: Dtype) -> dict[str, Any]:
    """The power of JavaScript's Math in V8; in exact arithmetic the exact one."""
    return {"pow_v8": num.power if num.digits is None else pow_v8}


_series = Readout(
    f"p if equal else p if p - p != 0 else s if d == 1 else {_by_power}",
    "s / (1 - pow_v8(d, k)), and s where d = 1. A param that is infinite or NaN is shown as it is and not counted. A"
    " series whose points so far are all equal is shown as it is.",
    registers=(("some", 0), ("first", 0), ("equal", 1), ("k", 0)),
    after=(
        ("first", "first if some else p"),
        ("some", "1"),
        ("equal", "1 if equal and p == first else 0"),
        ("k", "k + 1 if p - p == 0 else k"),
    ),
    ahead=("equal",),
    names=_javascript,
)

_counting_nan = Readout(
    f"p if equal else p if p != p else {_by_power}",
    "s / (1 - pow_v8(d, k)), where k counts a NaN too. A NaN is shown as it is, and so is a series whose points so far"
    " are all equal.",
    registers=(("some", 0), ("first", 0), ("equal", 1)),
    after=(("first", "first if some else p"), ("some", "1"), ("equal", "1 if equal and p == first else 0")),
    ahead=("equal",),
    names=_javascript,
)

_passing_nan = Form("passing_nan", "R(R(d*s) + R(w*p)) if p == p else s", "s*d + p*w; a NaN leaves s unchanged")


def _in_viewport(o: Any) -> Family:
    """W&B's decay: the slider's, to the power of the distance on the screen."""
    names = (("base", min(math.sqrt(o.decay), 0.999)), ("range", o.range), ("viewport", o.viewport))
    text = "R(pow_v8(base, e/range*viewport))"
    return Family(text, names, ("range", "viewport"), rational=False, calls=_javascript, timed=True)


def _of_slider(o: Any) -> Family:
    return fixed(o.lineSmoothness / o.precision.number(101) if o.lineSmoothness > 1 else o.precision.number(0))


_rule = partial(Rule, form=two_products, scalars=in_dtype, area="dashboards", dtype="float64", by_float32=False)

ENTRIES = (
    _rule(
        "tensorboard",
        "TensorBoard's smoothing of a chart",
        words=("smoothing", "losssmoothing", "smoothloss", "tb"),
        usual=True,
        form=passing_by,
        start="zero",
        debias=_series,
        looks_ahead=True,
        source="tensorboard 70b76c9, tensorboard/webapp/widgets/line_chart_v2/data_transformer.ts",
        surprises=(
            "it is debiased, so it equals pandas' ewm(alpha=1-w, adjust=True, ignore_na=True) apart from rounding",
            "a series whose points are all equal is left as it is",
            "a smoothing of 1 shows 0 throughout",
            _BROWSERS,
        ),
        **constant("smoothingWeight", 0.6, clamped=True),
    ),
    _rule(
        "wandb",
        "Weights & Biases, the time-weighted exponential moving average of a chart",
        words=("timeweighted", "twema", "weightsandbiases"),
        formula="min(sqrt(smoothing), 0.999)^(elapsed / range viewport); divided by the sum of the weights",
        family=_in_viewport,
        form=decayed_sum,
        counter=Counter("x", "the value on the chart's x axis, usually the step", first=0),
        decay=DecayParameter("smoothing", 0.6),
        parameters=(
            number("range", 1000.0, "the span of the chart's x axis: last x - first x", above=True),
            number("viewport", 1000.0, "the width that distances are scaled to", above=True),
        ),
        span="range",
        start="zero",
        debias=debias.by_sum_of_weights,
        aliases=(("swanlab", ""),),
        source="docs.wandb.ai and docs.swanlab.cn, Smooth line plots",
        surprises=(
            "the curve depends on the range of x: zooming in or adding a run changes it; by default, range is that of"
            " the whole script",
            "the viewport's width is undocumented; third parties use 1000",
            _BROWSERS,
        ),
    ),
    _rule(
        "wandb-ema",
        "Weights & Biases, the older exponential moving average of a chart",
        start="zero",
        debias=Readout(_by_power, "R(s / R(1 - pow_v8(d, k))).", names=_javascript),
        source="docs.wandb.ai and wandb/gitbook, Smooth line plots",
        run=False,
        surprises=("charts now default to the time-weighted average, rule wandb", _BROWSERS),
        **constant("smoothing", 0.6),
    ),
    _rule(
        "mlflow",
        "MLflow's line smoothing of a chart",
        formula="lineSmoothness / 101; 0 at a lineSmoothness of 1",
        family=_of_slider,
        form=_passing_nan,
        decay=None,
        parameters=(Parameter("lineSmoothness", 60, "the slider, from 1 to 100", 1, most=100),),
        start="zero",
        debias=_counting_nan,
        looks_ahead=True,
        source="mlflow 001cc178, mlflow/server/js/src/experiment-tracking/components/MetricsPlotView.tsx",
        surprises=(
            "a NaN is skipped but still counted, so later values are divided by too much",
            "at 100 on the slider, the decay is 100/101",
            _BROWSERS,
        ),
    ),
    _rule(
        "clearml",
        "ClearML's exponential smoothing of a chart",
        start="zero",
        debias=Readout(
            f"{_by_power} if k > 1 else s",
            "R(s / R(1 - pow_v8(d, k))), but s itself in the first update; nothing once s is infinite or NaN.",
            names=_javascript,
            shown_if="s - s == 0",
        ),
        source="allegroai/clearml-web 946d6ec9, single-graph.utils.ts",
        surprises=("the first value is not debiased: it is (1 - weight) of the first param", _BROWSERS),
        **constant("weight", 0.6),
    ),
    _rule(
        "aim",
        "Aim's exponential moving average of a chart",
        source="aimhubio/aim 753f4b184, smoothingData.ts",
        surprises=("it is not debiased: the first param is copied",),
        **COPIED,
        **constant("factor", 0.6),
    ),
)
