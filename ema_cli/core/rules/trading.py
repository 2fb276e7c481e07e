"""Moving averages of trading: of libraries for technical analysis, and of charting platforms, in float64."""

from __future__ import annotations

from typing import Any

from ema_cli.core.coefficients import Scalars, weight_in_dtype
from ema_cli.core.rule import Choose, Counter, Parameter, Rule, Seed, resolve
from ema_cli.core.rules.frames import by_com
from ema_cli.core.rules.parts import COPIED, IN_FLOAT64, add_product, first_is_one
from ema_cli.core.schedules import Family, fixed
from ema_cli.core.updates import Form, two_products, weighted

_WILDER = "R(R(R(s*(size - 1)) + p)/size)"

_products = Form("products", "R(R(p*w) + R(s*d))")
_added = Form("added", "R(s + R(R(p - s)*w))")
_added_fused = Form("added_fused", "R(fma(R(p - s), w, s))")
_by_size = Choose(lambda o: Form("wilder", _WILDER, names=lambda num: {"size": num.number(_period(o))}))

_of_size = Scalars("R(v)", "R(1 - v)")
_of_count = Scalars("R(1 - v)", "R(v)", "1 - v")


_SUM_OF_PARTS: dict[str, Any] = {"steps": (("total", "R(total + R(p/count))"),), "mean": "total"}

# math.fsum: the error of each sum is kept beside it (Knuth's two-sum), and added at the end.
_SUM_ROUNDED_ONCE: dict[str, Any] = {
    "steps": (
        ("sum", "total + p"),
        ("part", "sum - total"),
        ("lost", "lost + ((total - (sum - part)) + (p - part))"),
        ("total", "sum"),
    ),
    "mean": "R((total + lost)/count)",
    "registers": ("total", "lost"),
}


def _period(o: Any) -> int:
    """The length, under the name that the library gives it."""
    return int(next(getattr(o, name) for name in ("timeperiod", "length", "period", "window", "n") if hasattr(o, name)))


def _of_span(o: Any) -> Family:
    """The weight 2/(n + 1)."""
    return fixed(o.precision.number(2) / (_period(o) + 1))


def _of_wilder(o: Any) -> Family:
    """The weight 1/n."""
    return fixed(o.precision.number(1) / _period(o))


def _rest_of_wilder(o: Any) -> Family:
    """The decay (n - 1)/n."""
    return fixed(o.precision.number(_period(o) - 1) / _period(o))


_LENGTH = "1 - 2 / (length + 1)"
_LENGTH_WILDER = "1 - 1 / length"
_SEEDED = "it starts with the mean of the first params: before that it shows nothing"


def _length(name: str, default: int) -> Parameter:
    return Parameter(name, default, "the length of the average, in params", 1, search="solve")


def _seeded(**fields: Any) -> dict[str, Any]:
    """The fields of a rule whose shadow starts at the mean of the first params, as many as the average is long.

    Args:
        fields: Those of the seed.
    """
    return {"seed": Choose(lambda o: Seed(_period(o), **fields)), "start": "mean", "shown_from": _period}


def _shown_from(o: Any) -> int:
    """The length, and a period that the caller wants hidden."""
    return _period(o) + int(o.unstable_period)


def _ema(name: str, framework: str, source: str, parameter: Parameter, **fields: Any) -> Rule:
    """An average with the weight 2/(n + 1)."""
    given: dict[str, Any] = {
        "formula": _LENGTH,
        "family": _of_span,
        "scalars": weight_in_dtype,
        "decay": None,
        "parameters": (parameter,),
        "source": source,
        "area": "trading",
        **IN_FLOAT64,
    }
    return Rule(name, framework, **(given | fields))


def _wilder(name: str, framework: str, source: str, parameter: Parameter, **fields: Any) -> Rule:
    """Wilder's average, with the weight 1/n."""
    return _ema(name, framework, source, parameter, **({"formula": _LENGTH_WILDER, "family": _of_wilder} | fields))


_FMA = Parameter("fma", True, "whether the processor fuses product and sum (C 0.8)", search="arithmetic")
_RELEASE = Parameter("release", "0.8", "the release of the C library", choices=("0.6", "0.8"), search="arithmetic")
_UNSTABLE = Parameter("unstable_period", 0, "more rows that show nothing")
_COMPATIBILITY = Parameter("compatibility", "default", "set_compatibility", choices=("default", "metastock"))
_TALIB = "TA-Lib, wheels 0.6.8 (C 0.6.4) and 0.8.2 (C 0.8.1)"


def _fused(o: Any) -> bool:
    return bool(o.release == "0.8" and o.fma)


def _talib_seed(o: Any) -> Seed:
    return Seed(1 if o.release == "0.6" and o.compatibility == "metastock" else _period(o))


def _talib_rma(o: Any) -> Any:
    if o.release == "0.6":
        return resolve(_by_size, o)
    return Form("rma_fused", "R(fma(s, d, R(p*w)))") if o.fma else Form("rma", "R(R(s*d) + R(p*w))")


_FIRST_PRICE = "it starts with the first price, not with a mean"

ENTRIES = (
    _ema(
        "ta-lib",
        "TA-Lib EMA",
        _TALIB,
        _length("timeperiod", 30),
        words=("talib", "macd"),
        aliases=(("ta-lib-ema", ""),),
        form=Choose(lambda o: _added_fused if _fused(o) else _added),
        parameters=(_length("timeperiod", 30), _RELEASE, _FMA, _UNSTABLE, _COMPATIBILITY),
        surprises=(
            _SEEDED,
            "from C 0.8 on the library fuses product and sum where the processor can: its last digits depend on that",
            "the unstable period only hides more rows",
        ),
        **_seeded() | {"seed": Choose(_talib_seed), "shown_from": _shown_from},
    ),
    _wilder(
        "ta-lib-rma",
        "TA-Lib RMA, and the averages of ATR, RSI and ADX (Wilder)",
        _TALIB,
        _length("timeperiod", 14),
        words=("talib", "rsi"),
        form=Choose(_talib_rma),
        family=lambda o: _rest_of_wilder(o),
        scalars=_of_size,
        parameters=(_length("timeperiod", 14), _RELEASE, _FMA, _UNSTABLE),
        aliases=(("atr", ""), ("wilder", "")),
        surprises=(_SEEDED, "the param is the true range, for ATR"),
        **_seeded() | {"shown_from": _shown_from},
    ),
    _ema(
        "tulip-ema",
        "Tulip Indicators ema",
        "TulipCharts/tulipindicators be18abb, indicators/ema.c",
        _length("period", 20),
        run=False,
        form=_added,
        surprises=(_FIRST_PRICE,),
        **COPIED,
    ),
    _wilder(
        "tulip-wilders",
        "Tulip Indicators wilders",
        "TulipCharts/tulipindicators be18abb, indicators/wilders.c",
        _length("period", 14),
        run=False,
        form=_added,
        surprises=(_SEEDED,),
        **_seeded(),
    ),
    _ema(
        "mt5-ema",
        "MetaTrader 5 ExponentialMAOnBuffer",
        "MetaTrader 5, MQL5/Include/MovingAverages.mqh",
        _length("period", 14),
        words=("metatrader",),
        run=False,
        form=_products,
        surprises=(_FIRST_PRICE,),
        **COPIED,
    ),
    _wilder(
        "mt5-smma",
        "MetaTrader 5 SmoothedMAOnBuffer",
        "MetaTrader 5, MQL5/Include/MovingAverages.mqh",
        _length("period", 14),
        words=("metatrader", "smma"),
        run=False,
        form=_by_size,
        surprises=(_SEEDED,),
        **_seeded(),
    ),
    _ema(
        "tradingview-ema",
        "TradingView ta.ema",
        "a copy of the Pine Script v5 reference",
        _length("length", 9),
        words=("macd",),
        run=False,
        form=two_products,
        start="zero",
        family=lambda o: first_is_one(_of_span(o).limit),
        counter=Counter("bar", "the bars so far, this one included", first=1),
        surprises=(_FIRST_PRICE, "third parties seed it with the mean of the first length prices"),
    ),
    _wilder(
        "tradingview-rma",
        "TradingView ta.rma",
        "a copy of the Pine Script v5 reference",
        _length("length", 14),
        words=("smma", "rsi"),
        run=False,
        form=_products,
        aliases=(("rma", ""),),
        surprises=(_SEEDED,),
        **_seeded(),
    ),
    _ema(
        "ta",
        "ta EMAIndicator",
        "ta 0.11.0, ta/trend.py, on pandas' ewm(span, adjust=False, min_periods=window)",
        _length("window", 14),
        family=lambda o: fixed(_of_pandas(o)),
        form=weighted(adjust=False, ignore_na=False),
        start="none",
        shown_from=lambda o: 0 if o.fillna else _period(o),
        parameters=(_length("window", 14), Parameter("fillna", False, "shows the first values, too")),
        surprises=(_FIRST_PRICE,),
    ),
    _ema(
        "pandas-ta-ema",
        "pandas-ta ema, without TA-Lib",
        "pandas-ta b465491, pandas_ta/overlap/ema.py",
        _length("length", 10),
        family=lambda o: fixed(_of_pandas(o)),
        run=False,
        form=Form("pandas_ta", "R(R(R(d*s) + R(w*p))/R(d + w)) if s != p else s"),
        surprises=(_SEEDED, "where TA-Lib is installed it computes: rule ta-lib"),
        **_seeded(),
    ),
    _wilder(
        "pandas-ta-rma",
        "pandas-ta rma, without TA-Lib",
        "pandas-ta b465491, pandas_ta/overlap/rma.py",
        _length("length", 10),
        family=lambda o: fixed(_of_pandas_alpha(o)),
        run=False,
        form=weighted(adjust=True, ignore_na=False),
        start="none",
        shown_from=_period,
        surprises=("it is pandas' ewm with adjust=True, not seeded as Wilder's",),
    ),
    _ema(
        "backtrader-ema",
        "backtrader EMA",
        "backtrader 1.9.78.123, backtrader/indicators/ema.py, basicops.py",
        _length("period", 30),
        form=_products,
        surprises=(_SEEDED, "the sum of the first prices is rounded once (math.fsum)"),
        **_seeded(**_SUM_ROUNDED_ONCE),
    ),
    _wilder(
        "backtrader-smma",
        "backtrader SmoothedMovingAverage (Wilder)",
        "backtrader 1.9.78.123, backtrader/indicators/smma.py, basicops.py",
        _length("period", 30),
        words=("smma",),
        form=_products,
        surprises=(_SEEDED, "the sum of the first prices is rounded once (math.fsum)"),
        **_seeded(**_SUM_ROUNDED_ONCE),
    ),
    _ema(
        "skender-ema",
        "Skender.Stock.Indicators GetEma",
        "DaveSkender/Stock.Indicators d5c6660",
        _length("length", 20),
        run=False,
        form=add_product,
        surprises=(_SEEDED,),
        **_seeded(),
    ),
    _ema(
        "ta4j-ema",
        "ta4j EMAIndicator",
        "ta4j 42e1a94",
        _length("length", 14),
        run=False,
        form=_added,
        surprises=(_FIRST_PRICE, "ta4j computes in a number type of its own choice; this is that of doubles"),
        **COPIED,
    ),
    _ema(
        "ta-rs-ema",
        "ta-rs ExponentialMovingAverage",
        "greyblake/ta-rs ecd65d8",
        _length("length", 9),
        run=False,
        form=two_products,
        surprises=(_FIRST_PRICE,),
        **COPIED,
    ),
    _ema(
        "nautilus-ema",
        "NautilusTrader ExponentialMovingAverage",
        "nautilus_trader",
        _length("period", 10),
        run=False,
        form=two_products,
        start="first",
        surprises=("the first price is copied, and then averaged with itself, which need not give it back",),
    ),
    _ema(
        "ttr-ema",
        "R TTR::EMA",
        "TTR 76e5618, src/moving_averages.c",
        _length("n", 10),
        run=False,
        form=_products,
        parameters=(
            _length("n", 10),
            Parameter("wilder", False, "a weight of 1/n instead of 2/(n + 1)", search="switch"),
        ),
        family=lambda o: _of_wilder(o) if o.wilder else _of_span(o),
        formula="1 - 2 / (n + 1); wilder: 1 - 1 / n",
        surprises=(_SEEDED, "the mean is a sum of quotients: each param is divided by n before it is added"),
        **_seeded(**_SUM_OF_PARTS),
    ),
    _ema(
        "flux-ema",
        "InfluxDB Flux exponentialMovingAverage()",
        "influxdata/flux 6b5cbdd, internal/moving_average",
        _length("n", 5),
        run=False,
        form=_products,
        area="data frames",
        surprises=(_SEEDED, "Go fuses product and sum on arm64"),
        **_seeded(),
    ),
)


def _of_pandas(o: Any) -> Any:
    """The weight of pandas' span."""
    return 1 / (1 + (_period(o) - 1) / o.precision.number(2))


def _of_pandas_alpha(o: Any) -> Any:
    """The weight of pandas' alpha = 1/n."""
    return by_com(o.precision.number(1) / _period(o))
