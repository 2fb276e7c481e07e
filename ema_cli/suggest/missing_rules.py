"""Names of averages without a rule, and of things that are not averages: for each, a sentence on the alternative."""

from __future__ import annotations

from ema_cli.suggest.match import bare, in_words, rule_words

_NOT_READ = "--identify COLUMN finds the rules that fit a log of its average"
_OF_WINDOW = "it covers a window and forgets what was before; the mean of a window is --rule sma:window=N"
_TREND = "it has a trend, which no rule has; the level without a trend is --rule statsmodels"
_UNPUBLISHED = "its smoothing is not published; export both columns, and --identify COLUMN finds the rules that fit"
_NO_AVERAGE = "it keeps no average of the weights; --list-rules training lists frameworks that do"

SENTENCES = {
    # training
    "lookahead": (
        "it writes its average back into the params; the average alone is --rule"
        " custom:decay=0.5,update_every=6,start=first"
    ),
    "schedulefree adamwschedulefree sgdschedulefree": (
        "its weights depend on the learning rate: give 1 - weight of each step in --decay-column NAME; at a"
        " constant rate it is --rule cumulative"
    ),
    "momentum": (
        "for an encoder it is the decay (--rule moco), for torch's BatchNorm the weight (--rule batchnorm), for SGD"
        " the decay of a sum (--rule custom:decay=0.9,weight=1)"
    ),
    "sgd sgdmomentum heavyball nesterov": "it is a decaying sum, not an average: --rule custom:decay=0.9,weight=1",
    "tau softupdatetau": "it is a weight: --rule sb3:tau=0.005, or --alpha 0.005 for any rule",
    "adagrad": "its squares add up and never decay; RMSprop's are --rule torch-rmsprop",
    "modelsoup lawa latestweightaveraging": "the mean of the last N is --rule sma:window=N, of all --rule cumulative",
    "kohya kohyass sdscripts": "it averages no weights; its printed loss is a plain mean, --rule cumulative",
    "torchtitan megatron megatronlm": _NO_AVERAGE,
    "pycls accelerate torchtune maxtext t5x scenic easylm olmo detectron2 hiera mindspore oneflow espnet coqui"
    " fairseq2 rllib speechbrain dopamine micrometer netty": _NOT_READ,
    # dashboards and services
    "comet cometml neptune neptuneai polyaxon": _UNPUBLISHED,
    "trackio": "it shows a centred running mean; the mean of the last points is --rule sma:window=N",
    "grafana": "it has no exponential moving average; the mean of a window is --rule sma:window=N",
    "prometheus promql": (
        "its double_exponential_smoothing has a trend, which no rule has; --time-column NAME --half-life 5min"
        " averages any series by time"
    ),
    "rate irate": "it is the growth over a window, not an average; the mean of a window is --rule sma:window=N",
    "rich": "it keeps no EMA: its speed is the mean over the last 30 s; tqdm's is --rule tqdm",
    "mdev rttvar rto": (
        "the deviation rises and falls with different weights, which no rule does; the round-trip time itself is"
        " --rule linux-srtt"
    ),
    "tcp estimatedrtt samplertt": "it is --rule fixed --alpha 1/8 --initial first; in integers, --rule linux-srtt",
    "rfc793": "its ALPHA is the decay: --rule fixed --decay 0.9 --initial first",
    "peakewma finagle linkerd": "larger params replace the average, which no rule does; else it is --rule elapsed",
    "esphome homeassistant": "it is --rule fixed --alpha 0.1 --initial first; a time constant N, --alpha 1/N",
    # data frames, statistics and trading
    "ewmstd ewmvar std var volatility": "give the squares as a column; of returns, it is --rule riskmetrics",
    "rsi": "it is 100 gains / (gains + losses), each an average: give both as columns to --rule ta-lib-rsi",
    "metastock": "it starts at the first price, as --rule ta-lib:release=0.6,compatibility=metastock",
    "smoothingfactor": (
        "in time series it is the weight, --alpha 0.3; on dashboards the decay, --rule tensorboard --decay 0.6"
    ),
    "holt holtlinear holtslinear holtwinters ets doubleexponentialsmoothing tripleexponentialsmoothing": _TREND,
    "kalman kalmanfilter": (
        "its weight depends on variances: give 1 - gain of each row in --decay-column NAME; once the gain has"
        " settled it is --rule fixed --alpha GAIN"
    ),
    "ewmachart ewmacontrolchart ewmachartcontrollimits controllimits ucl lcl controlchart shewhart shewhartchart": (
        "its statistic is --rule fixed --alpha 0.2 --initial TARGET; its limits, TARGET ± L sigma sqrt(alpha / (2"
        " - alpha)), are not drawn"
    ),
    "kama ama vidya mama fama frama": (
        "its weight depends on how the prices moved: give 1 - weight of each row in --decay-column NAME"
    ),
    "wma lwma hma hull hullma alma trima vwma savgol savitzkygolay lowess loess median movingmedian": _OF_WINDOW,
    "vwap": "it weights prices by volume and forgets none; with equal weights it is --rule cumulative",
    "zlema zerolag": "it averages 2 x price - the price one lag earlier: give that column to --rule ta-lib",
    "macd apo": (
        "it is the difference of two averages: --rule ta-lib:timeperiod=12 --rule ta-lib:timeperiod=26 shows both"
    ),
    "duckdb sql postgres postgresql sqlite mysql bigquery snowflake": (
        "it has no EMA; a recursive query for a*x + (1 - a)*s is --rule fixed --alpha 0.3 --initial first"
    ),
    "cudf modin graphite quantlib lean quantconnect freqtrade dolphindb tibco deephaven xq elasticsearch opensearch"
    " datadog netdata splunk collectd envoy ninjatrader amibroker tradestation zipline vectorbt finta": _NOT_READ,
}
"""For each alternative, the names that lead to it (only letters and digits), and its sentence."""

_SENTENCE_OF = {name: sentence for names, sentence in SENTENCES.items() for name in names.split()}


def instead_of(text: str) -> str:
    """The sentence on the alternative to a rule of this name; empty if there is none.

    >>> instead_of("Holt-Winters") == instead_of("statsmodels.tsa.Holt")
    True
    """
    plain = bare(text)
    if plain in rule_words():
        return ""
    return next(filter(None, map(_SENTENCE_OF.get, (plain, *map(bare, in_words(text))))), "")
