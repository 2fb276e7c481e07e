"""Moving averages of libraries for technical analysis and of charting platforms, in float64."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ema_cli.core.coefficients import Scalars, weight_in_dtype
from ema_cli.core.debias import Readout
from ema_cli.core.formula import general_text, rename
from ema_cli.core.rule import Counter, Parameter, Rule, Seed
from ema_cli.core.rules.frames import by_com
from ema_cli.core.rules.parts import COPIED, IN_FLOAT64, add_product, first_is_one, number
from ema_cli.core.schedules import Family, fixed
from ema_cli.core.updates import Form, two_products, two_products_fused_shadow, weighted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.numbers.dtypes import Dtype

_WILDER = "R(R(R(s*(size - 1)) + p)/size)"
_WILDER_BY_PART = "R(R(R(s*(size - 1)) + p)*part)"

_added_fused = Form("added_fused", "R(fma(R(p - s), w, s))")

_of_size = Scalars("R(v)", "R(1 - v)")
_of_count = Scalars("R(1 - v)", "R(v)", "1 - v")


_SUM_OF_PARTS: dict[str, Any] = {"steps": (("added", "R(added + R(p/count))"),), "mean": "added"}

# math.fsum: the error of each sum is kept beside it (Knuth's two-sum), and added at the end.
_SUM_ROUNDED_ONCE: dict[str, Any] = {
    "steps": (
        ("sum", "added + p"),
        ("part", "sum - added"),
        ("lost", "lost + ((added - (sum - part)) + (p - part))"),
        ("added", "sum"),
    ),
    "mean": "R((added + lost)/count)",
    "registers": ("added", "lost"),
}


def _period(o: Any) -> int:
    """The length, under the name that the library gives it."""
    return int(next(getattr(o, name) for name in ("timeperiod", "length", "period", "window", "n") if hasattr(o, name)))


def _sizes(num: Dtype, o: Any) -> dict[str, Any]:
    """Names in Wilder's formulas: the length `size`, and `part`, 1/size."""
    size = num.number(_period(o))
    return {"size": size, "part": num.round(num.number(1) / size)}


def _of_span(o: Any) -> Family:
    """The weight 2/(n + 1)."""
    return fixed(o.precision.number(2) / (_period(o) + 1))


def _of_wilder(o: Any) -> Family:
    """The weight 1/n."""
    return fixed(o.precision.number(1) / _period(o))


def _length_of_ttr(o: Any) -> int:
    """The length, or the one that belongs to a ratio."""
    return int(o.n) if o.ratio is None else max(int(2 / o.ratio - 1), 1)


def _of_ttr(o: Any) -> Family:
    if o.ratio is not None:
        return fixed(o.precision.number(o.ratio))
    return _of_wilder(o) if o.wilder else _of_span(o)


def _rest_of_wilder(o: Any) -> Family:
    """The decay (n - 1)/n."""
    return fixed(o.precision.number(_period(o) - 1) / _period(o))


_LENGTH = "1 - 2 / (length + 1)"
_LENGTH_WILDER = "1 - 1 / length"
_SEEDED = "it starts at the mean of the first params and shows nothing before"


def _length(name: str, default: int, least: int = 1) -> Parameter:
    return Parameter(name, default, "the length of the average, in params", least, search="period")


def _seeded(count: Callable[[Any], int] = _period, **fields: Any) -> dict[str, Any]:
    """Fields of a rule whose shadow starts at the mean of the first params, by default as many as its length.

    Args:
        count: Number of params in the mean.
        fields: Those of the seed.
    """
    return {"seed": lambda o: Seed(count(o), **fields), "start": "mean", "shown_from": count}


def _shown_from(o: Any) -> int:
    """The length plus the unstable period, which the caller wants hidden."""
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
_FUNCTION = Parameter(
    "function",
    "atr",
    "the function that uses the average; atr for RMA, too",
    choices=("atr", "rsi", "adx"),
    search="arithmetic",
)
_RELEASE = Parameter("release", "0.8", "the release of the C library", choices=("0.6", "0.8"), search="arithmetic")
_UNSTABLE = Parameter("unstable_period", 0, "additional rows at the start that show nothing")
_COMPATIBILITY = Parameter("compatibility", "default", "set_compatibility's mode", choices=("default", "metastock"))
_TALIB = "TA-Lib, wheels 0.6.8 (C 0.6.4) and 0.8.2 (C 0.8.1)"


def _fused(o: Any) -> bool:
    return bool(o.release == "0.8" and o.fma)


def _talib_count(o: Any) -> int:
    """The number of values in the mean that TA-Lib's averages start from."""
    return 1 if o.release == "0.6" and getattr(o, "compatibility", "") == "metastock" else _period(o)


def _by_size(o: Any) -> Form:
    return Form("wilder", _WILDER, names=lambda num: _sizes(num, o))


def _talib_rma(o: Any) -> Any:
    if o.release == "0.6" or o.function == "adx":
        return _by_size(o)
    if o.function == "rsi":
        return Form("wilder_by_part", _WILDER_BY_PART, names=lambda num: _sizes(num, o))
    return Form("rma_fused", "R(fma(s, d, R(p*w)))") if o.fma else Form("rma", "R(R(s*d) + R(p*w))")


def _cascade(move: Form, averages: int, count: int, delay: int) -> Form:
    """An average of an average, and so on, each of which starts with the mean of the first values of the one before.

    Args:
        move: The arithmetic of each.
        averages: Number of averages: s, e2, e3 and so on.
        count: Number of values in the mean.
        delay: Rows between the first value of an average and that of the next.
    """
    names = ["s", *(f"e{place}" for place in range(2, averages + 1))]
    constants, before, after = {"size": count}, [], []
    for place, (source, name) in enumerate(pairwise(names), 1):
        first, last = f"first{place + 1}", f"last{place + 1}"
        constants |= {first: place * delay - count + 2, last: place * delay}
        before.append((name, f"{source} if k == {first} else {name}"))
        moved, added = rename(general_text(move.text), {"s": name, "p": source}), f"R({name} + {source})"
        after.append((name, f"{moved} if k > {last} else R({added}/size) if k == {last} else {added}"))
    return move.but(
        name=f"{move.name}_{averages}",
        registers=tuple((name, 0) for name in names),
        before=tuple(before),
        after=tuple(after),
        names=lambda num: constants,
    )


def _averaged(averages: int, move: Callable[[Any], Form], delay: Callable[[Any], int]) -> dict[str, Any]:
    """The fields of TA-Lib's averages of averages."""
    return {
        "form": lambda o: _cascade(move(o), averages, _talib_count(o), delay(o)),
        "seed": lambda o: Seed(_talib_count(o)),
        "start": "mean",
        "shown_from": lambda o: averages * delay(o) + 1,
    }


def _move(o: Any) -> Form:
    return _added_fused if _fused(o) else add_product


def _t3(o: Any) -> Readout:
    """Tillson's sum of the third to the sixth average, whose factors add up to 1."""
    fma = o.precision.fma if _fused(o) else lambda a, b, c: a * b + c
    v = o.precision.number(o.vfactor)
    square = v * v
    c6 = -(square * v)
    c3 = fma(3, square, fma(3, v, 1) - c6)
    factors = {"c6": c6, "c5": 3 * (square - c6), "c4": -6 * square - 3 * (v - c6), "c3": c3}
    fused = "R(fma(c3, e3, R(fma(c4, e4, R(fma(c6, e6, R(c5*e5)))))))"
    plain = "R(R(R(R(c6*e6) + R(c5*e5)) + R(c4*e4)) + R(c3*e3))"
    return Readout(
        fused if _fused(o) else plain,
        "c6*e6 + c5*e5 + c4*e4 + c3*e3, whose factors follow from vfactor and add up to 1.",
        readable=" + ".join(f"({factor})*{name.replace('c', 'e')}" for name, factor in factors.items()),
        names=lambda num: {name: num.number(factor) for name, factor in factors.items()},
    )


_FUSED = "from C 0.8 on, the library fuses product and sum if the processor can, which changes the last digits"
_TWICE = "each average starts at the mean of the previous one's first values; nothing is shown until the last starts"
_UNSTABLE_DELAYS = "the unstable period of an average delays the next one, so it changes the values, too"
_TIMEPERIOD = _length("timeperiod", 30, 2)
_OF_EMA = (_TIMEPERIOD, _RELEASE, _FMA, _UNSTABLE, _COMPATIBILITY)
_FIRST_PRICE = "it starts at the first price, not at a mean"

ENTRIES = (
    _ema(
        "ta-lib",
        "TA-Lib EMA",
        _TALIB,
        _TIMEPERIOD,
        words=("talib",),
        aliases=(("ta-lib-ema", ""),),
        form=_move,
        parameters=_OF_EMA,
        surprises=(_SEEDED, _FUSED, "the unstable period only hides more rows"),
        **_seeded(_talib_count) | {"shown_from": _shown_from},
    ),
    _ema(
        "ta-lib-dema",
        "TA-Lib DEMA, the double exponential moving average",
        _TALIB,
        _TIMEPERIOD,
        words=("talib", "dema"),
        formula=f"{_LENGTH}; 2 e1 - e2, where e2 averages e1",
        debias=Readout("R(R(2*s) - e2)", "R(R(2*s) - e2), where e2 is the average of s."),
        parameters=_OF_EMA,
        surprises=(_TWICE, _FUSED, _UNSTABLE_DELAYS),
        **_averaged(2, _move, lambda o: _shown_from(o) - 1),
    ),
    _ema(
        "ta-lib-tema",
        "TA-Lib TEMA, the triple exponential moving average",
        _TALIB,
        _TIMEPERIOD,
        words=("talib",),
        aliases=(("tema", ""),),
        formula=f"{_LENGTH}; 3 e1 - 3 e2 + e3, where e2 averages e1, and e3 e2",
        debias=Readout(
            "R(e3 + R(R(3*s) - R(3*e2)))", "R(e3 + R(R(3*s) - R(3*e2))), e2 the average of s, e3 that of e2."
        ),
        parameters=_OF_EMA,
        surprises=(_TWICE, _FUSED, _UNSTABLE_DELAYS),
        **_averaged(3, _move, lambda o: _shown_from(o) - 1),
    ),
    _ema(
        "ta-lib-t3",
        "TA-Lib T3, Tillson's average",
        _TALIB,
        _TIMEPERIOD,
        words=("talib", "tillson"),
        aliases=(("t3", ""),),
        formula=f"{_LENGTH}; of e3 to e6, where each averages the one before",
        debias=_t3,
        parameters=(
            _length("timeperiod", 5, 2),
            number("vfactor", 0.7, "the part of the lag that is removed: 0 shows e3 itself", most=1),
            _RELEASE,
            _FMA,
            _UNSTABLE,
        ),
        surprises=(_TWICE, _FUSED, "the unstable period only hides more rows"),
        **_averaged(6, lambda o: two_products_fused_shadow if _fused(o) else two_products, lambda o: _period(o) - 1)
        | {"shown_from": lambda o: 6 * (_period(o) - 1) + 1 + int(o.unstable_period)},
    ),
    _wilder(
        "ta-lib-rma",
        "TA-Lib RMA, and the averages of ATR, RSI and ADX (Wilder)",
        _TALIB,
        _length("timeperiod", 14, 2),
        words=("talib",),
        form=_talib_rma,
        family=lambda o: _rest_of_wilder(o),
        scalars=_of_size,
        parameters=(_length("timeperiod", 14, 2), _FUNCTION, _RELEASE, _FMA, _UNSTABLE),
        aliases=(("atr", ""), ("adx", "function=adx"), ("ta-lib-rsi", "function=rsi"), ("wilder", "")),
        surprises=(
            _SEEDED,
            "the param is the true range for ATR, a gain or a loss for RSI, and DX for ADX",
            "C 0.8 fuses product and sum in RMA and ATR, multiplies by 1/n in RSI, and divides by n in ADX",
        ),
        **_seeded() | {"shown_from": _shown_from},
    ),
    _ema(
        "tulip-ema",
        "Tulip Indicators ema",
        "TulipCharts/tulipindicators be18abb, indicators/ema.c",
        _length("period", 20),
        run=False,
        form=add_product,
        surprises=(_FIRST_PRICE,),
        **COPIED,
    ),
    _wilder(
        "tulip-wilders",
        "Tulip Indicators wilders",
        "TulipCharts/tulipindicators be18abb, indicators/wilders.c",
        _length("period", 14),
        run=False,
        form=add_product,
        surprises=(_SEEDED,),
        **_seeded(),
    ),
    _ema(
        "mt5-ema",
        "MetaTrader 5 ExponentialMAOnBuffer",
        "MetaTrader 5, MQL5/Include/MovingAverages.mqh",
        _length("period", 14),
        words=("metatrader", "exponentialmaonarray", "imaonarray"),
        run=False,
        form=two_products,
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
        words=("taema",),
        run=False,
        form=two_products,
        start="zero",
        family=lambda o: first_is_one(_of_span(o).limit),
        counter=Counter("bar", "bars so far, including this one", first=1),
        surprises=(_FIRST_PRICE, "third-party versions start at the mean of the first length prices"),
    ),
    _wilder(
        "tradingview-rma",
        "TradingView ta.rma",
        "a copy of the Pine Script v5 reference",
        _length("length", 14),
        words=("smma", "rsiaverage", "tarma"),
        run=False,
        form=two_products,
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
        parameters=(_length("window", 14), Parameter("fillna", False, "whether the first values are shown, too")),
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
        surprises=(_SEEDED, "if TA-Lib is installed, pandas-ta calls it: see rule ta-lib"),
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
        surprises=("it is pandas' ewm(adjust=True) and does not start at a mean, unlike Wilder's",),
    ),
    _ema(
        "backtrader-ema",
        "backtrader EMA",
        "backtrader 1.9.78.123, backtrader/indicators/ema.py, basicops.py",
        _length("period", 30),
        form=two_products,
        surprises=(_SEEDED, "the sum of the first prices is rounded once (math.fsum)"),
        **_seeded(**_SUM_ROUNDED_ONCE),
    ),
    _wilder(
        "backtrader-smma",
        "backtrader SmoothedMovingAverage (Wilder)",
        "backtrader 1.9.78.123, backtrader/indicators/smma.py, basicops.py",
        _length("period", 30),
        words=("smma",),
        form=two_products,
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
        surprises=(_SEEDED, "in the library, unlike here, a NaN restarts it at the mean of the next prices"),
        **_seeded(),
    ),
    _ema(
        "ta4j-ema",
        "ta4j EMAIndicator",
        "ta4j 42e1a94",
        _length("length", 14),
        run=False,
        form=add_product,
        surprises=(_FIRST_PRICE, "ta4j lets you choose the number type; this rule computes in doubles"),
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
        surprises=("the first price is copied, then averaged with itself, which may round it",),
    ),
    _ema(
        "ttr-ema",
        "R TTR::EMA",
        "TTR 76e5618, src/moving_averages.c",
        _length("n", 10),
        run=False,
        form=two_products,
        parameters=(
            _length("n", 10),
            Parameter("wilder", False, "whether the weight is 1/n instead of 2/(n + 1)", search="switch"),
            number("ratio", None, "the weight itself; n is then int(2/ratio - 1)", above=True, most=1, optional=True),
        ),
        family=_of_ttr,
        formula="1 - 2 / (n + 1); wilder: 1 - 1 / n; ratio: 1 - ratio",
        surprises=(_SEEDED, "the mean is a sum of quotients: each param is divided by n before it is added"),
        **_seeded(_length_of_ttr, **_SUM_OF_PARTS),
    ),
    _ema(
        "flux-ema",
        "InfluxDB Flux exponentialMovingAverage()",
        "influxdata/flux 6b5cbdd, internal/moving_average",
        _length("n", 5),
        run=False,
        form=two_products,
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
