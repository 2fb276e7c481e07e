"""From a recorded case to a rule of the catalogue, and its replay through the public interface.

A case names a system, an API, a rule and settings. The table below gives the entry of the catalogue for it; a setting
is passed on under its own name, or under the name in the table. Nothing is computed here.
"""

from __future__ import annotations

import json
import math
import re
import struct
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ema_cli.core.average import Average
from ema_cli.core.catalogue import rule as find_rule


class Entry(NamedTuple):
    """A kind of recorded case, and the entry of the catalogue for it."""

    rule: str
    system: str | None = None
    recorded: str | None = None
    """The recorded rule, if it decides."""
    api: str = ""
    """A text that the recorded API must contain; empty if the framework decides."""
    names: dict[str, str] = {}  # noqa: RUF012
    """The parameters that stand for settings of other names."""
    values: dict[str, str] = {}  # noqa: RUF012
    """Parameters that the kind of case fixes."""
    without: tuple[str, ...] = ()
    """Settings that repeat the kind of case, the steps or the initial value."""
    initial: str | None = None
    """The setting that is the initial value."""
    lead: int = 0
    """The number of params before the first one that the average takes: a true range needs two prices."""
    when: tuple[str, str] | None = None
    """A setting and its value, if they decide."""


_TALIB = ("compatibility",)
_TENSORFLOW = ("num_updates", "zero_debias", "arg", "param")

TABLE = (
    Entry("tensorflow", recorded="tf.ema.num_updates", without=_TENSORFLOW),
    Entry("tensorflow", recorded="tf.ema.fixed", without=_TENSORFLOW),
    Entry("tensorflow-tensor", recorded="tf.ema.tensor", without=_TENSORFLOW),
    Entry("tensorflow-debias", recorded="tf.ema.tensor_debias", without=_TENSORFLOW),
    Entry("tensorflow-eager", recorded="tf2.ema.eager", without=_TENSORFLOW),
    Entry("tf-contrib", recorded="tf.contrib.moving_average_optimizer", without=("num_updates", "sequential_update")),
    Entry("compare-gan", recorded="compare_gan.ema"),
    Entry("stylegan-tf", recorded="stylegan_tf.lerp"),
    Entry("tf-agents", recorded="tf_agents.soft_update"),
    Entry("keras", recorded="keras3.use_ema", without=("ema_overwrite_frequency",)),
    Entry("keras-overwrite", recorded="keras3.use_ema.overwrite", without=("backend",)),
    Entry("tf-keras", recorded="tf_keras2.use_ema", without=("ema_overwrite_frequency",)),
    Entry("keras-batchnorm", recorded="keras3.batchnorm.moving_mean"),
    Entry("tf-keras-batchnorm", recorded="tf_keras2.batchnorm.moving_mean"),
    Entry("sonnet", recorded="sonnet.ema"),
    Entry("tfa", recorded="tfa.moving_average"),
    Entry("tf-models", recorded="tf_models.ema"),
    Entry("optax", recorded="optax.ema"),
    Entry("optax-incremental", recorded="optax.incremental_update"),
    Entry("flax", recorded="flax.nnx.ema"),
    Entry("praxis", recorded="praxis.apply_ema_weights"),
    Entry("haiku", recorded="haiku.ema"),
    Entry("haiku-params", recorded="haiku.ema_params_tree"),
    Entry("rlax", recorded="rlax.ema"),
    Entry("axlearn", recorded="bias_corrected_decay"),
    Entry("tensorboard", recorded="tensorboard.smoothing", without=("case",)),
    Entry("torch-adam-sq", "torch", api="exp_avg_sq"),
    Entry("torch-adam", "torch", api="exp_avg"),
    Entry("torch-adam-sq", "torch", api="square_avg", names={"alpha": "beta2", "rho": "beta2"}),
    Entry("torch-ao-observer", "torch", api="MovingAverageMinMaxObserver"),
    Entry("numbagg", "numbagg"),
    Entry("batchnorm", "torch", api="BatchNorm"),
    Entry("torch", "torch", api="get_ema_multi_avg_fn"),
    Entry("torch-avg", "torch", api="get_ema_avg_fn"),
    Entry("torch-swa", "torch", api="get_swa_multi_avg_fn", values={"multi_avg_fn": "true"}),
    Entry("torch-swa", "torch", api="AveragedModel"),
    Entry("lightning", "lightning"),
    Entry("timm-v3", "timm", api="ModelEmaV3"),
    Entry("timm", "timm"),
    Entry("ema-pytorch-karras", "ema-pytorch", api="KarrasEMA"),
    Entry("ema-pytorch", "ema-pytorch"),
    Entry("torch-ema", "torch-ema"),
    Entry("diffusers", "diffusers"),
    Entry("k-diffusion", "k-diffusion"),
    Entry("yolov5", "yolov5"),
    Entry("ultralytics", "ultralytics"),
    Entry("lit-ema", "latent-diffusion"),
    Entry("edm2-traditional", "edm2", api="TraditionalEMA"),
    Entry("edm2", "edm2", names={"exp_as_computed": "exp"}),
    Entry("edm", "edm"),
    Entry("stylegan3", "stylegan3"),
    Entry("mmengine-annealing", "mmengine", api="MomentumAnnealingEMA"),
    Entry("mmengine-swa", "mmengine", api="StochasticWeightAverage"),
    Entry("mmengine", "mmengine"),
    Entry("mmcv", "mmcv"),
    Entry("nemo", "nemo"),
    Entry("composer", "composer"),
    Entry("fairseq-module", "fairseq", api="EMAModule"),
    Entry("fairseq", "fairseq"),
    Entry("d2go", "d2go"),
    Entry("audiocraft", "audiocraft"),
    Entry("dino", "dino"),
    Entry("moco-v3", "moco-v3"),
    Entry("moco", "moco"),
    Entry("byol", "byol-pytorch"),
    Entry("mean-teacher", "mean-teacher"),
    Entry("guided-diffusion", "guided-diffusion"),
    Entry("sb3", "stable-baselines3"),
    Entry("ignite", "ignite"),
    Entry("tqdm", "tqdm"),
    Entry("pandas-times", "pandas", api="times", without=("gaps", "time_unit")),
    Entry("pandas", "pandas", without=("gaps",)),
    Entry("polars-ewm-mean-by", "polars", api="ewm_mean_by", without=("time_unit",)),
    Entry("polars-ewm-mean", "polars"),
    Entry("ta-lib-rma", "ta-lib", api="0.6.4) ATR", values={"release": "0.6"}, without=_TALIB, lead=1),
    Entry("ta-lib-rma", "ta-lib", api="RMA", without=_TALIB),
    Entry("ta-lib-rma", "ta-lib", api="ATR", without=_TALIB, lead=1),
    *(
        Entry(rule, "ta-lib", api=f"{release} {function}", values=values | own)
        for rule, function, own in (
            ("ta-lib-dema", "DEMA", {}),
            ("ta-lib-tema", "TEMA", {}),
            ("ta-lib-t3", "T3", {}),
            ("ta-lib-rma", "ADX", {"function": "adx"}),
            ("ta-lib", "", {}),
        )
        for release, values in (("0.6.4)", {"release": "0.6"}), ("", {}))
    ),
    Entry("statsmodels", "statsmodels", api="fittedvalues", values={"result": "fittedvalues"}, initial="initial_level"),
    Entry("statsmodels", "statsmodels", initial="initial_level"),
    Entry("progressbar2-double", "progressbar2", api="DoubleExponential"),
    Entry("progressbar2", "progressbar2"),
    Entry("river", "river", without=("found",)),
    Entry("yt-dlp-eta", "yt-dlp", when=("initial", "None"), without=("initial",)),
    Entry("yt-dlp", "yt-dlp", initial="initial"),
    Entry("alive-progress", "alive-progress"),
    Entry("arch", "arch", initial="backcast"),
    Entry("ta", "ta"),
    Entry("backtrader-smma", "backtrader", api="SMMA"),
    Entry("backtrader-ema", "backtrader"),
    Entry("dropwizard", "dropwizard", without=("alpha", "interval_s")),
    Entry("aim", "aim"),
    Entry("clearml", "clearml"),
    Entry("mlflow", "mlflow ui"),
    Entry(
        "wandb",
        "w&b",
        names={"smoothingParam": "smoothing", "rangeOfX": "range", "VIEWPORT_SCALE": "viewport"},
    ),
    Entry("tensorboard", "tensorboard", names={"weight": "smoothingWeight"}),
    Entry("linux-loadavg", "linux", without=("EXP_1", "EXP_5", "EXP_15", "FSHIFT")),
)

_DTYPES = {"fixed point": None}
"""The dtypes of kinds without a floating-point type: the rule's own."""
_LIVES = ("halflife", "half_life")
_COMPATIBILITIES = {0: "default", 1: "metastock"}
_MODES = {"jit": True, "eager": False}
# All elements of a tensor are updated alike, unless a rule has these parameters.
_PLACE = ("numel", "index")


class Difference(NamedTuple):
    """The place where a case first differs."""

    round: int
    expected: float | None
    actual: float | None
    ulps: int | None
    """The distance in units in the last place of the dtype; None if one of the values is NaN."""


def load(path: str) -> list[dict[str, Any]]:
    """The cases of a file."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)["cases"]  # type: ignore[no-any-return]


def entry(case: dict[str, Any]) -> Entry:
    """The line of the table for a case."""
    for line in TABLE:
        if line.recorded is not None:
            if line.recorded == case.get("rule"):
                return line
        elif (
            line.system == case["system"]
            and line.api in case["api"]
            and (line.when is None or str(case["settings"].get(line.when[0])) == line.when[1])
        ):
            return line
    raise LookupError(f"no entry for system {case['system']!r}, rule {case.get('rule')!r}, api {case['api']!r}")


def arguments(case: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The rule of a case, and its parameters."""
    line = entry(case)
    known = {parameter.name for parameter in find_rule(line.rule).parameters}
    parameters: dict[str, Any] = dict(line.values)
    for name, value in case["settings"].items():
        if name in ("form", line.initial) or name in line.without or (name in _PLACE and name not in known):
            continue
        if name == "mode":
            parameters["jit"] = _MODES[value]
        elif name == "compatibility":
            parameters[name] = _COMPATIBILITIES[value]
        else:
            parameters[line.names.get(name, name)] = in_microseconds(value) if name in _LIVES else value
    return line.rule, parameters


def average(case: dict[str, Any]) -> Average:
    """The average of a case, from its settings alone."""
    name, parameters = arguments(case)
    own = entry(case).initial
    given = case["settings"][own] if own is not None else case.get("initial")
    initial = given if find_rule(name).start == "initial" else None
    return Average(
        rule=name,
        parameters=parameters,
        dtype=_DTYPES.get(case["dtype"], case["dtype"]),
        initial=float(initial) if initial is not None else None,
    )


def columns(case: dict[str, Any]) -> tuple[list[Any] | None, list[float]]:
    """The steps, if any, and the params of a case; null becomes NaN."""
    if "params" in case:
        return None, [math.nan if param is None else float(param) for param in case["params"]]
    steps = [step for step, _ in case["updates"]]
    return None if all(step is None for step in steps) else steps, [float(param) for _, param in case["updates"]]


def in_microseconds(value: Any) -> Any:
    """A half-life with a unit, in microseconds like the times; `4i` is a half-life of a whole number."""
    days = re.fullmatch(r"(\d+) ?d(ays)?", str(value))
    return int(days[1]) * 86_400_000_000 if days else str(value).removesuffix("i")


def times(case: dict[str, Any]) -> list[list[int]]:
    """The times of a case, if any: whole numbers, or timestamps in microseconds."""
    if "times" not in case:
        return []
    first = datetime(2000, 1, 1)
    return [
        [
            time if isinstance(time, int) else (datetime.fromisoformat(time) - first) // timedelta(microseconds=1)
            for time in case["times"]
        ]
    ]


def replay(case: dict[str, Any]) -> Difference | None:
    """The first round whose shadow differs from the recorded one, or None."""
    expected = [None if shadow is None else float.fromhex(shadow) for shadow in case["shadow"]]
    steps, params = columns(case)
    ema, lead = average(case), entry(case).lead
    rounds = ema.advance([None] * lead + params[lead:], steps, *times(case))
    if len(rounds) != len(expected):
        return Difference(len(rounds), math.nan, math.nan, None)
    for number, (x, y) in enumerate(zip(expected, rounds.shadows, strict=True), 1):
        if x is None or y is None:
            if x is not y:
                return Difference(number, x, y, None)
        elif not same(x, y):
            return Difference(number, x, y, ulps(x, y, ema.dtype.name))
    return None


def same(x: float, y: float) -> bool:
    """True if two floats are the same, including NaN and the sign of a zero."""
    return x != x and y != y if x != x or y != y else x == y and math.copysign(1, x) == math.copysign(1, y)


_BITS = {
    "float64": ("<d", "<q", 0),
    "float32": ("<f", "<i", 0),
    "bfloat16": ("<f", "<i", 16),
    "float16": ("<e", "<h", 0),
}


def ulps(x: float, y: float, dtype: str) -> int | None:
    """Number of values of the dtype between x and y."""
    if x != x or y != y:
        return None

    def place(value: float) -> int:
        as_float, as_int, cut = _BITS[dtype]
        bits: int = struct.unpack(as_int, struct.pack(as_float, abs(value)))[0] >> cut
        return -bits if value < 0 else bits

    return abs(place(x) - place(y))
