"""Averages in operating systems, in services and in progress bars, in float64 unless said otherwise."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from ema_cli.core import debias
from ema_cli.core.coefficients import in_dtype, weight_in_dtype
from ema_cli.core.debias import Readout
from ema_cli.core.numbers.operations import finite
from ema_cli.core.rule import Counter, DecayParameter, Parameter, Rule
from ema_cli.core.rules.parts import COPIED, add_product, constant, first_is_one, number
from ema_cli.core.schedules import Family, fixed
from ema_cli.core.updates import Form, two_products

if TYPE_CHECKING:
    from ema_cli.core.updates import Names

_TICKS = Counter("ticks", "ticks so far, including this one", first=1)
_UPDATES = Counter("updates", "updates so far, including this one", first=1)


def _on_grid(unit: int) -> Names:
    """Names of formulas that round to multiples of 1/unit."""
    return lambda num: {"floor": finite(math.floor), "ceil": finite(math.ceil), "unit": unit}


_loadavg = Form(
    "loadavg",
    {"": "R((ceil((d*s + w*p)*unit) if p >= s else floor((d*s + w*p)*unit))/unit)", "exact": "d*s + w*p"},
    "d*s + w*p in fixed point with 11 fractional bits: rounded up while p >= s, else down",
    readable="d*s + w*p",
    names=_on_grid(2048),
)

_srtt = Form(
    "srtt",
    {"": "R(max(w, floor((s + w*(p - floor(s)))*unit)/unit))", "exact": "max(w, s + w*(p - s))"},
    "srtt += m - (srtt >> 3), in eighths: s + (p - floor(s))/8, at least 1/8",
    readable="s + w*(p - s)",
    names=_on_grid(8),
)

_tick = Form("tick", "R(s + R(w*R(R(p/tick) - s)))", names=lambda num: {"tick": num.number(5_000_000_000)})

_double = Form(
    "double", "R(R(d*s) + R(w*p))", registers=(("s", 0), ("twice", 0)), after=(("twice", "R(R(d*twice) + R(w*s))"),)
)

_percent = Form(
    "percent",
    "R(R(R(R(100 - W)*s)/100) + R(R(W*p)/100))",
    readable="d*s + w*p",
    names=lambda num: {},
    before=(("W", "R(100*w)"),),
)

_restarting = Form("restarting", "p if s == 0 else R(R(d*s) + R(w*p))")

_after_ten = Form(
    "after_ten",
    "R(s + p) if k <= 10 else R(R(p*w) + R(R(s/10)*d)) if k == 11 else R(R(p*w) + R(s*d))",
    "the sum of the first ten; their mean, and R(R(p*w) + R(s*d)), from the eleventh on",
)


def _exp_weight(o: Any) -> Family:
    alpha = 1 - math.exp(-5 / 60.0 / o.minutes)
    return first_is_one(alpha).but(rational=False)


def _hotspot(o: Any) -> Family:
    text = "N(max(weight, 100//n))/100 if n <= 100 else N(weight)/100"
    return Family(text, (("weight", o.weight_percent),), ("weight",))


_rule = partial(Rule, form=two_products, scalars=weight_in_dtype, area="systems", dtype="float64", by_float32=False)

ENTRIES = (
    # operating systems
    _rule(
        "linux-loadavg",
        "Linux's load average, calc_load",
        words=("loadavg", "uptime"),
        formula="EXP / 2048, EXP = 1884, 2014 or 2037 for 1, 5 or 15 minutes",
        family=lambda o: fixed(o.precision.number({1: 1884, 5: 2014, 15: 2037}[int(o.minutes)]) / 2048),
        form=_loadavg,
        scalars=in_dtype,
        decay=None,
        parameters=(Parameter("minutes", "1", "the period, in minutes", choices=("1", "5", "15")),),
        source="linux, include/linux/sched/loadavg.h, calc_load",
        surprises=(
            "the param is the number of tasks that run or wait, sampled every 5 s plus one tick",
            "it computes in fixed point, rounding up while the load rises and down while it falls",
            "kernels before 4.20 rounded to nearest",
        ),
    ),
    _rule(
        "linux-srtt",
        "Linux TCP's smoothed round-trip time, tcp_rtt_estimator",
        words=("rtt", "jacobson", "ping", "rfc6298"),
        formula="7/8",
        family=lambda o: fixed(o.precision.number(1) / 8),
        form=_srtt,
        decay=None,
        source="linux, net/ipv4/tcp_input.c, tcp_rtt_estimator",
        run=False,
        surprises=("the kernel keeps eight times the value, in whole microseconds", "the first measurement is copied"),
        **COPIED,
    ),
    _rule(
        "psutil",
        "psutil.getloadavg() on Windows",
        words=("loadavg",),
        formula="exp(-5 / (60 minutes))",
        family=lambda o: fixed(
            {"1": 0.9200444146293232, "5": 0.9834714538216175, "15": 0.9944598480048967}[o.minutes]
        ).but(rational=False),
        scalars=in_dtype,
        decay=None,
        parameters=(Parameter("minutes", "1", "the period, in minutes", choices=("1", "5", "15")),),
        start="zero",
        source="psutil d77cf39, psutil/arch/windows/wmi.c",
        run=False,
        surprises=("it starts at 0 and is not debiased", "the param is the queue length, sampled every 5 s"),
    ),
    # services
    _rule(
        "dropwizard",
        "Dropwizard (Codahale) metrics EWMA, and rcrowley/go-metrics",
        formula="exp(-5 / 60 / minutes)",
        family=_exp_weight,
        form=_tick,
        counter=_TICKS,
        decay=None,
        parameters=(number("minutes", 1, "the period, in minutes: 1, 5 or 15", above=True),),
        start="zero",
        debias=Readout("R(s*1000000000)", "R(s * 1e9), the rate per second."),
        aliases=(("codahale", ""), ("go-metrics", "")),
        words=("m1rate", "m5rate", "m15rate", "meter"),
        source="dropwizard/metrics 2049d96, metrics-core/.../EWMA.java; rcrowley/go-metrics 65e299d, ewma.go",
        surprises=("the param is the count of events in a 5 s tick", "Go fuses product and sum on arm64"),
    ),
    _rule(
        "vividcortex",
        "VividCortex/ewma SimpleEWMA",
        formula="29/31",
        family=lambda o: fixed(o.precision.number(2) / 31),
        form=_restarting,
        decay=None,
        start="zero",
        source="VividCortex/ewma 487e8c9, ewma.go",
        run=False,
        surprises=("0 means that there is no value yet, so an average that reaches 0 starts again",),
    ),
    _rule(
        "vividcortex-variable",
        "VividCortex/ewma VariableEWMA",
        formula="1 - 2 / (age + 1)",
        family=lambda o: fixed(2 / (o.age + 1)),
        form=_after_ten,
        decay=None,
        parameters=(number("age", 30.0, "the average age of the samples", above=True),),
        start="zero",
        debias=Readout("0 if k <= 10 else s", "0 in the first ten updates, then s."),
        source="VividCortex/ewma 487e8c9, ewma.go",
        run=False,
        surprises=("the first ten updates show 0",),
    ),
    _rule(
        "hotspot",
        "HotSpot (OpenJDK) AdaptiveWeightedAverage",
        formula="1 - max(weight, 100 // count) / 100 in the first 100 updates, then 1 - weight / 100",
        family=_hotspot,
        form=_percent,
        counter=_UPDATES,
        decay=None,
        parameters=(Parameter("weight_percent", 25, "the weight in percent", 1, most=100),),
        start="zero",
        dtype="float32",
        by_float32=True,
        source="openjdk, src/hotspot/share/gc/shared/gcUtil.hpp",
        run=False,
        surprises=("the first updates have a weight of 100 // count percent, so the first one copies",),
    ),
    # progress bars
    _rule(
        "tqdm",
        "tqdm.std.EMA",
        start="zero",
        debias=debias.by_power_in_dtype,
        source="tqdm 4.70.1, tqdm/std.py",
        surprises=(
            "the first value may differ from the param: 0.1 gives 0.09999999999999998",
            "the bar divides an average of iterations by one of seconds; in tqdm, smoothing=0 turns both off",
        ),
        **constant("smoothing", 0.3, "alpha"),
    ),
    _rule(
        "progressbar2",
        "progressbar2 ExponentialMovingAverage",
        source="progressbar2 4.6.0, progressbar/algorithms.py",
        surprises=("the time between the updates is ignored",),
        **COPIED,
        **constant("alpha", 0.5, "alpha"),
    ),
    _rule(
        "progressbar2-double",
        "progressbar2 DoubleExponentialMovingAverage",
        words=("dema",),
        formula="1 - alpha; 2 e1 - e2, where e2 averages e1",
        family=lambda o: first_is_one(o.weight),
        form=_double,
        counter=_UPDATES,
        decay=DecayParameter("alpha", 0.5, "alpha"),
        start="zero",
        debias=Readout("R(R(2*s) - twice)", "R(R(2*s) - twice), where twice is the average of s."),
        source="progressbar2 4.6.0, progressbar/algorithms.py",
        surprises=("it may overshoot: 2 e1 - e2 can lie outside the range of the params",),
    ),
    _rule(
        "yt-dlp",
        "yt-dlp SmoothValue, the speed",
        scalars=in_dtype,
        source="yt-dlp 2026.10.26, yt_dlp/utils/progress.py",
        surprises=("it starts at 0 and is not debiased", "the ETA follows another rule, yt-dlp-eta"),
        **constant("smoothing", 0.7),
    ),
    _rule(
        "yt-dlp-eta",
        "yt-dlp SmoothValue, the ETA",
        scalars=in_dtype,
        source="yt-dlp 2026.10.26, yt_dlp/utils/progress.py",
        **COPIED,
        **constant("smoothing", 0.9),
    ),
    _rule(
        "alive-progress",
        "alive-progress, the rate and the ETA",
        words=("gensimpleexponentialsmoothing",),
        form=add_product,
        source="alive-progress 3.3.0, alive_progress/utils/timing.py",
        **COPIED,
        **constant("alpha", 0.3, "alpha"),
    ),
)
