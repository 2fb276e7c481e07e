"""The textbook's averages."""

from __future__ import annotations

from typing import Any

from ema_cli.core.coefficients import count, in_compute_type
from ema_cli.core.gates import first_done_copied
from ema_cli.core.rule import Counter, DecayParameter, Parameter, Rule
from ema_cli.core.schedules import Family, counted, fixed, ratio
from ema_cli.core.updates import Form, add_div, two_products

_TEXTBOOK: dict[str, Any] = {
    "form": two_products,
    "scalars": in_compute_type,
    "source": "textbook",
    "area": "textbook",
    "dtype": "float64",
    "by_float32": False,
}


def _elapsed(o: Any) -> Family:
    """decay^elapsed, or 0.5^(elapsed / half-life)."""
    if o.stated.kind != "half-life":
        return Family("P(DECAY, e)", (("DECAY", o.decay),), timed=True)
    names = (("half_life", o.precision.number(o.stated.number)),)
    return Family("P(0.5, e/half_life)", names, rational=False, timed=True)


def _of_window(o: Any) -> Family:
    """1 - 1 / window."""
    window = o.precision.number(o.window)
    return Family("1 - 1/window", (("window", window),), ("window",), limit=1 - 1 / window)


def _mean_of_last(size: int) -> Form:
    """The mean of the last params, in the registers from x1, the newest, to the oldest; added from the oldest on."""
    names = [f"x{number}" for number in range(size, 0, -1)]
    return Form(
        "mean_of_last",
        "R(total/size)",
        "R(total / size), where total is the sum of the most recent params, added from the oldest on",
        readable=f"({' + '.join(names)})/{size}",
        registers=(("s", 0), *((name, 0) for name in names)),
        before=(
            *zip(names, [*names[1:], "p"], strict=True),
            ("total", names[0]),
            *(("total", f"R(total + {name})") for name in names[1:]),
        ),
        names=lambda num: {"size": size},
        window=size,
    )


_FILTERS = "expsmooth firstorder iir lfilter leakyintegrator lowpass lowpassfilter polyakaveraging rcfilter scipy"
"""Words of signal processing for the textbook EMA."""

ENTRIES = (
    Rule(
        "warmup",
        "the textbook EMA, whose decay warms up",
        words=("default", "allennlp", "ema", "exponential", "numupdates", "textbook"),
        usual=True,
        formula="min(DECAY, (1 + step) / (10 + step))",
        family=lambda o: ratio(o.decay),
        counter=Counter("step", "the step as the script gives it; an update without one uses DECAY as it is"),
        surprises=(
            "why warm up: at a constant 0.9999 the initial value still makes up 90 % of the shadow after 1000 updates",
            "a warm-up soon forgets the initial value: compare --rule warmup --rule fixed -c initial-weight,shadow",
        ),
        **_TEXTBOOK,
    ),
    Rule(
        "fixed",
        "the textbook EMA with a constant decay",
        words=(
            "constant",
            "ema",
            "exponential",
            "none",
            "nowarmup",
            "polyak",
            "standard",
            "textbook",
            *_FILTERS.split(),
        ),
        usual=True,
        formula="DECAY",
        family=lambda o: fixed(o.decay),
        **_TEXTBOOK,
    ),
    Rule(
        "elapsed",
        "the textbook EMA of values at irregular times",
        formula="DECAY^elapsed; with a half-life 0.5^(elapsed / half-life)",
        family=_elapsed,
        counter=Counter("step", "the step is the time if no times are given", first=0),
        decay=DecayParameter(in_time=True),
        start="first",
        gate=first_done_copied,
        **_TEXTBOOK,
    ),
    Rule(
        "cumulative",
        "the running mean: the mean of all params so far",
        words=("mean", "average", "polyakruppert", "runningaverage"),
        usual=True,
        formula="1 - 1 / (n + 1)",
        family=lambda o: counted(),
        counter=Counter("n", "params before this one", first=0),
        decay=None,
        start="first",
        gate=first_done_copied,
        surprises=("not an EMA: it forgets nothing, and all params have equal shares",),
        aliases=(("running-mean", ""), ("cma", "")),
        **_TEXTBOOK | {"form": add_div, "scalars": count},
    ),
    Rule(
        "sma",
        "the simple moving average: the mean of the most recent params",
        words=("mean", "rolling", "simple", "slidingwindow", "slidingwindowmovingaverage"),
        formula="1 - 1 / window",
        family=_of_window,
        decay=None,
        parameters=(Parameter("window", 7, "the number of params in the mean", 1, 200, search="period"),),
        start="none",
        shown_from=lambda o: int(o.window),
        surprises=(
            "not an EMA: a param counts fully while it is in the window, and then not at all",
            "no mean is shown until the window is full; --rule cumulative shows the mean of the params so far",
        ),
        aliases=(("moving-average", ""), ("rolling-mean", "")),
        **_TEXTBOOK | {"form": lambda o: _mean_of_last(o.window)},
    ),
)
