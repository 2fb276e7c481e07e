"""Averages of data frames, of databases and of statistics packages, in float64."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from ema_cli.core.coefficients import in_dtype, weight_in_dtype, weight_subtracted_in_type
from ema_cli.core.debias import Readout, by_sum_of_weights
from ema_cli.core.rule import Counter, DecayParameter, Parameter, Rule
from ema_cli.core.rules.parts import COPIED, add_product, constant, library, number
from ema_cli.core.schedules import Family, fixed
from ema_cli.core.updates import Form, decayed_sum, two_products, weighted


def by_com(alpha: Any) -> Any:
    """The weight of an alpha as pandas computes it: by way of the centre of mass."""
    return 1 / (1 + (1 - alpha) / alpha)


def _stated(o: Any) -> tuple[str, Any]:
    """The kind of the stated constant, and its value."""
    kind = o.stated.kind
    return kind, o.stated.number if kind == "half-life" else o.precision.load(o.stated.value)


def _alpha(o: Any) -> Any:
    """The weight 1 / (1 + com), with com computed from the stated constant as pandas does."""
    kind, value = _stated(o)
    if kind == "com":
        com = value
    elif kind == "span":
        com = (value - 1) / 2
    elif kind == "half-life":
        com = 1 / (1 - math.exp(math.log(0.5) / value)) - 1
    else:
        return by_com(value if kind == "alpha" else 1 - value)
    return 1 / (1 + com)


def _direct_alpha(o: Any) -> Any:
    """The weight computed from the stated constant as libraries other than pandas do."""
    kind, value = _stated(o)
    if kind == "com":
        return 1 / (1 + value)
    if kind == "span":
        return 2 / (value + 1)
    if kind == "half-life":
        return 1 - math.exp(-math.log(2) / value)
    return value if kind == "alpha" else 1 - value


_ALPHA = DecayParameter("alpha", None, "alpha", also=(("com", "com"), ("span", "span"), ("half_life", "half-life")))
_TIME = Counter("time", "the step is the time if no times are given", first=0)


def _of_elapsed(o: Any, rest: Any = None) -> Family:
    """The decay after an elapsed time, from a decay per unit or a half-life; `rest` replaces the half per half-life."""
    if o.stated.kind != "half-life":
        return Family("P(DECAY, N(e))", (("DECAY", o.decay),), rational=False, timed=True)
    base = o.precision.load("0.5") if rest is None else 1 - by_com(rest)
    names = (("base", base), ("half_life", o.precision.number(o.stated.number)))
    return Family("P(base, R(N(e)/half_life))", names, rational=False, timed=True)


def _weighted_in_time(adjust: bool, ignore_na: bool) -> Form:
    """pandas' form where the weight of a gap depends on its length."""
    form = weighted(adjust, ignore_na)
    steps = tuple(
        ("new", "1" if adjust else "R(1 - old)") if name == "new" else (name, text) for name, text in form.before
    )
    return form.but(name="weighted_in_time", before=steps)


_between = Form("between", "p if s == p else R(R(p*w) + R(s*d))", readable="d*s + w*p")

_LATE = "each value is a forecast: it leaves out the row's own param"


def _polars(adjust: bool, ignore_nulls: bool) -> Form:
    """A mean with decaying weights, moved towards each param by its share of the weights."""
    decayed = "R(old*d)"
    return Form(
        "polars",
        "s if p != p else R(s + R(R(p - s)*R(new/R(old + new)))) if old == old else p",
        "s + (p - s)*(new / (old + new)), where old is the decayed weight of all earlier params",
        readable="s + (p - s)*(new/(old + new)) if old == old else p",
        registers=(("s", math.nan), ("old", math.nan)),
        before=(("old", f"{decayed} if p == p else old" if ignore_nulls else decayed), ("new", "1" if adjust else "w")),
        after=(("old", f"{'(R(old + 1) if old == old else 1)' if adjust else '1'} if p == p else old"),),
    )


def _sums(ignore_nulls: bool) -> Form:
    """A sum of params with decaying weights, and the sum of the weights."""
    missing = " if p == p else {}" if ignore_nulls else " if p == p else R({}*d)"
    return Form(
        "sums",
        f"R(R(s*d) + p){missing.format('s')}",
        "s = s*d + p and total = total*d + 1, the sums of params and weights",
        readable="d*s + p",
        registers=(("s", 0), ("total", 0)),
        after=(("total", f"R(R(total*d) + 1){missing.format('total')}"),),
    )


def _clickhouse(o: Any) -> Family:
    """The decay of a half-life in time by the C library's exp2."""
    if o.stated.kind != "half-life":
        return _of_elapsed(o)
    names = (("half_life", o.stated.number),)
    return Family("exp2(-e/half_life)", names, rational=False, calls=library, timed=True)


def _of_infinite_series(o: Any) -> Readout:
    """The sum divided by the weights of an infinite series with a value in each unit of time."""
    unit = math.exp2(-1.0 / o.stated.number) if o.stated.kind == "half-life" else o.decay
    weights = 1 / (1 - unit) if unit < 1 else math.inf
    return Readout(
        "R(s/all_weights)",
        "R(s / all_weights): the sum over the weights of an infinite series with a value in each unit of time.",
        readable=f"s/{weights!r}",
        names=lambda num: {"all_weights": num.round(weights)},
        of_constant=True,
    )


_QUOTIENT = Readout("R(div(s, total))", "R(s / total): the sum of the params divided by the sum of their weights.")


def _counting(known: str, count: int, shown: Readout) -> Readout:
    """A read-out that shows nothing before enough params are known."""
    where = f"seen >= least_seen and {shown.shown_if}" if shown.shown_if else "seen >= least_seen"
    return shown.but(
        registers=(("seen", 0),),
        after=(("seen", f"seen + 1 if {known} else seen"),),
        shown_if=where,
        names=lambda num: {"least_seen": count},
    )


def _of_pandas(o: Any) -> Readout | None:
    return _counting("p - p == 0", o.min_periods, Readout("s", "s")) if o.min_periods > 1 else None


def _of_polars(o: Any) -> Readout:
    shown = Readout("s", "s; a null shows a null.", shown_if="p == p")
    return _counting("p == p", o.min_samples, shown) if o.min_samples > 1 else shown


_PANDAS_KINDS = ("com", "com"), ("span", "span"), ("halflife", "half-life")
_PANDAS_ALPHA = DecayParameter("alpha", None, "alpha", also=_PANDAS_KINDS)
_ADJUST = Parameter("adjust", True, "whether to divide by the sum of the weights so far", search="switch")
_IGNORE_NA = Parameter("ignore_na", False, "whether a missing value leaves the weights unchanged")
_MIN_PERIODS = Parameter("min_periods", 0, "params needed before the average is shown")

_EARLIER = Readout(
    "earlier", "the shadow of the round before.", registers=(("earlier", 0),), before=(("earlier", "s"),)
)

_rule = partial(Rule, form=two_products, scalars=weight_in_dtype, area="data frames", dtype="float64", by_float32=False)

ENTRIES = (
    _rule(
        "pandas",
        "pandas ewm().mean()",
        words=("ewm", "ewma"),
        usual=True,
        formula="1 - alpha, alpha = 1 / (1 + com); adjust: divided by the sum of the weights",
        family=lambda o: fixed(_alpha(o)),
        form=lambda o: weighted(o.adjust, o.ignore_na),
        decay=_PANDAS_ALPHA,
        parameters=(_ADJUST, _IGNORE_NA, _MIN_PERIODS),
        start="none",
        debias=_of_pandas,
        source="pandas, pandas/_libs/window/aggregations.pyx, pandas/core/window/ewm.py",
        surprises=(
            "adjust is True by default: the first values are weighted otherwise than in the recurrence",
            "a missing value decays the weights, unless ignore_na is set",
        ),
    ),
    _rule(
        "pandas-times",
        "pandas ewm(halflife, times).mean()",
        formula="0.5^(elapsed / halflife); adjust: divided by the sum of the weights",
        family=lambda o: _of_elapsed(o, o.alpha),
        form=lambda o: _weighted_in_time(o.adjust, o.ignore_na),
        scalars=in_dtype,
        counter=_TIME,
        decay=DecayParameter("halflife", None, "half-life", in_time=True),
        parameters=(
            _ADJUST,
            _IGNORE_NA,
            number("alpha", None, "the decay per half-life becomes 1 - alpha instead of a half", most=1, optional=True),
            _MIN_PERIODS,
        ),
        start="none",
        debias=_of_pandas,
        source="pandas 3.1.1, pandas/_libs/window/aggregations.pyx, pandas/core/window/ewm.py",
        surprises=(
            "adjust is True by default: the first values are weighted otherwise than in the recurrence",
            "if alpha is given, too, the half-life is only a unit of time",
        ),
    ),
    _rule(
        "polars-ewm-mean-by",
        "polars ewm_mean_by()",
        formula="0.5^(elapsed / half_life)",
        family=_of_elapsed,
        form=_between,
        scalars=in_dtype,
        counter=_TIME,
        decay=DecayParameter("half_life", None, "half-life", in_time=True),
        skips_missing=True,
        precision="dtype",
        source="polars 2.1.0, crates/polars-ops/src/series/ops/ewm_by.rs",
        surprises=("it is not ewm_mean: a null gives a null and decays nothing",),
        **COPIED,
    ),
    _rule(
        "polars-ewm-mean",
        "polars ewm_mean()",
        formula="1 - alpha; adjust: divided by the sum of the weights",
        family=lambda o: fixed(_direct_alpha(o)),
        form=lambda o: _polars(o.adjust, o.ignore_nulls),
        scalars=weight_subtracted_in_type,
        decay=_ALPHA,
        parameters=(
            _ADJUST,
            Parameter("ignore_nulls", False, "whether a null leaves the weights unchanged"),
            Parameter("min_samples", 1, "params needed before the average is shown"),
        ),
        start="none",
        debias=_of_polars,
        source="polars 2.1.0, crates/polars-compute/src/ewm/mean.rs",
        surprises=(
            "its last digits differ from pandas': the mean is moved towards the param, not recomputed",
            "a null gives a null, where pandas repeats the value",
        ),
    ),
    _rule(
        "pyspark",
        "pyspark.pandas ewm().mean()",
        formula="1 - alpha; divided by the sum of the weights",
        family=lambda o: fixed(_direct_alpha(o)),
        form=lambda o: _sums(o.ignore_na),
        decay=_PANDAS_ALPHA,
        parameters=(_IGNORE_NA,),
        start="zero",
        debias=_QUOTIENT,
        source="pyspark 4.3, catalyst windowExpressions.scala, EWM",
        run=False,
        surprises=("it matches pandas' adjust=True only",),
    ),
    _rule(
        "numbagg",
        "numbagg move_exp_nanmean, and xarray rolling_exp().mean()",
        formula="1 - alpha; divided by the sum of the weights",
        family=lambda o: fixed(_direct_alpha(o)),
        form=_sums(ignore_nulls=False).but(
            name="sums_with_weight",
            registers=(("s", 0), ("total", 0), ("weight", 0)),
            after=(*_sums(ignore_nulls=False).after, ("weight", "R(R(weight*d) + w) if p == p else R(weight*d)")),
        ),
        decay=_PANDAS_ALPHA,
        parameters=(number("min_weight", 0.0, "no value is shown while the weights sum to less", most=1),),
        start="zero",
        debias=lambda o: _QUOTIENT.but(
            shown_if="weight >= least_weight and total > 0", names=lambda num: {"least_weight": o.min_weight}
        ),
        state="float64",
        aliases=(("xarray", ""),),
        source="numbagg 988fa46, numbagg/moving_exp.py",
        surprises=("a missing value decays the weights",),
    ),
    _rule(
        "clickhouse",
        "ClickHouse exponentialMovingAverage()",
        formula="2^(-elapsed / x); divided by the weights of an infinite series",
        family=_clickhouse,
        form=decayed_sum,
        scalars=in_dtype,
        counter=_TIME,
        decay=DecayParameter("x", None, "half-life", in_time=True),
        start="zero",
        debias=_of_infinite_series,
        source="ClickHouse, src/AggregateFunctions, ExponentiallySmoothedCounter.h",
        run=False,
        surprises=(
            "it divides by the weights of an infinite series with a value in each unit of time: a single 10 at x = 1"
            " shows 5, and gaps pull it to zero",
            "exponentialTimeDecayedAvg() is another function: rule clickhouse-decayed",
        ),
    ),
    _rule(
        "clickhouse-decayed",
        "ClickHouse exponentialTimeDecayedAvg() and exponentialTimeDecayedSum()",
        formula="e^(-elapsed / x); divided by the sum of the weights",
        family=lambda o: Family("exp(-e/x)", (("x", o.x),), ("x",), rational=False, calls=library, timed=True),
        form=decayed_sum,
        scalars=in_dtype,
        counter=_TIME,
        decay=None,
        parameters=(
            number("x", 10.0, "the time in which a weight falls to 1/e", above=True),
            Parameter("function", "avg", "the average, or the weighted sum itself", choices=("avg", "sum")),
        ),
        start="zero",
        debias=lambda o: by_sum_of_weights if o.function == "avg" else None,
        aliases=(("exponentialTimeDecayedAvg", ""), ("exponentialTimeDecayedSum", "function=sum")),
        source="ClickHouse, src/Processors/Transforms/WindowTransform.cpp",
        run=False,
        surprises=(
            "x is not a half-life: x = 10 has a half-life of 6.93",
            "the frame is all rows so far: ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
        ),
    ),
    _rule(
        "statsmodels",
        "statsmodels SimpleExpSmoothing",
        words=("ses", "exponentialsmoothing", "simpleexponentialsmoothing"),
        parameters=(Parameter("result", "level", "which result is shown", choices=("level", "fittedvalues")),),
        debias=lambda o: _EARLIER if o.result == "fittedvalues" else None,
        source="statsmodels 0.15.0, statsmodels/tsa/holtwinters",
        surprises=(
            "fit() chooses both smoothing_level and the initial level unless optimized=False",
            "--initial is the initial level",
            "fittedvalues are the levels, one row late",
        ),
        **constant("smoothing_level", None, "alpha"),
    ),
    _rule(
        "river",
        "river stats.EWMean",
        source="river 0.26.1, river/stats/ewmean.py and its Rust core",
        **COPIED,
        **constant("fading_factor", 0.5, "alpha"),
    ),
    _rule(
        "arch",
        "arch EWMAVariance (RiskMetrics)",
        words=("ewma",),
        formula="lam; of the params' squares",
        family=lambda o: fixed(o.decay),
        take="R(p*p)",
        scalars=in_dtype,
        decay=DecayParameter("lam", 0.94),
        debias=_EARLIER,
        aliases=(("riskmetrics", ""),),
        source="arch 8.0.0, arch/univariate/volatility.py, recursions.py",
        surprises=(
            "it averages the squares of the params",
            _LATE,
            "it starts at its backcast, an average of the first 75 squares: give that as --initial",
        ),
    ),
    _rule(
        "forecast-ses",
        "R forecast::ses, the level",
        words=("ses", "exponentialsmoothing", "simpleexponentialsmoothing"),
        form=add_product.but(name="add_product_of_known", text="R(s + R(w*R(p - s))) if p == p else s"),
        source="forecast 10d097e8, src/etscalc.c",
        run=False,
        surprises=(
            "initial='simple' starts at the first value (--initial first); 'optimal' fits the level (--initial X)",
        ),
        **constant("alpha", None, "alpha"),
    ),
    _rule(
        "excel",
        "Excel, Exponential Smoothing of the Analysis ToolPak",
        words=("exponentialsmoothing", "simpleexponentialsmoothing"),
        scalars=in_dtype,
        debias=_EARLIER.but(shown_if="k > 1"),
        start="first",
        source="manuals of third parties, which agree",
        run=False,
        surprises=(_LATE, "the first row is #N/A, the second repeats the first param"),
        **constant("damping_factor", 0.3),
    ),
    _rule(
        "kdb",
        "kdb+ ema",
        source="two clones of q.k",
        run=False,
        **COPIED,
        **constant("x", None, "alpha"),
    ),
)
