"""PyTorch and what is built on it. The shadow starts as a copy of the parameter everywhere but in BatchNorm.

A Python scalar is converted once to the compute type: float32 for the types of up to 32 bits. Vector registers round
less often in 16-bit tensors of 32 and more elements; in longer types they only affect the sign of a zero. `numel` and
`index` state the size of the tensor and the element in it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ema_cli.core.coefficients import (
    alpha_in_dtype,
    alpha_subtracted_twice,
    count,
    in_compute_type,
    in_dtype,
    subtracted_in_float32,
    weight_as_alpha,
    weight_in_compute_type,
    weight_subtracted_in_type,
)
from ema_cli.core.errors import SettingError
from ema_cli.core.gates import (
    chain,
    copied_until,
    first_copied,
    first_done_copied,
    frozen,
    interval,
    interval_of_calls,
    restarted,
    skipped_before,
)
from ema_cli.core.rule import Counter, DecayParameter, Parameter, Rule, either
from ema_cli.core.rules.karras import (
    MOST_SIGMA_REL,
    exponent_of,
    half_life,
    halved,
    inverse_power_function,
    power_function,
)
from ema_cli.core.rules.parts import constant, number
from ema_cli.core.schedules import (
    cosine,
    cosine_of_rest,
    counted,
    counted_weight,
    exponential_ramp,
    fixed,
    from_step,
    harmonic,
    inverse_count,
    inverse_power,
    linear,
    not_under,
    one_less_harmonic,
    ratio,
    shifted,
)
from ema_cli.core.updates import (
    add_div,
    batchnorm,
    diff_alpha,
    diff_alpha_vector,
    lerp,
    lerp_vector,
    mul_add_alpha,
    mul_add_alpha_vector,
    reverse_lerp,
    reverse_lerp_vector,
    stochastic,
    sub_sub_alpha,
    sub_sub_alpha_vector,
    subtract,
    two_products,
)

if TYPE_CHECKING:
    from ema_cli.core.rule import FromSettings
    from ema_cli.core.updates import Form

    Source = str

_REGISTERS = {"float64": 8, "float32": 16}
"""Elements in two vector registers of 32 bytes, which torch fills at once; 32 for 16-bit types."""
TENSOR = (
    Parameter(
        "numel", 1, "elements in the param's tensor, contiguous and updated by one thread", 1, search="arithmetic"
    ),
    Parameter("index", 0, "the index of the param in its tensor"),
)


def _vector(o: Any, inside: Any, outside: Any) -> Any:
    """One of two forms: for an element in full vector registers, or in the remainder."""
    full = _REGISTERS.get(o.input_dtype, 32)
    return inside if o.index < o.numel // full * full else outside


def _by_place(inside: Form, outside: Form) -> FromSettings:
    """The one of two forms that the place of the element chooses."""
    return lambda o: _vector(o, inside, outside)


_PLACE = (TENSOR[0].but(search=""), TENSOR[1])
"""Parameters of a tensor where the place of the element only affects the sign of a zero."""

_LERPS = (lerp_vector, lerp)
_REVERSE_LERP = _by_place(reverse_lerp_vector, reverse_lerp)
_ADD_ALPHAS = (mul_add_alpha_vector, mul_add_alpha)
_LERP = _by_place(*_LERPS)
MUL_ADD_ALPHA = _by_place(*_ADD_ALPHAS)
_DIFF_ALPHA = _by_place(diff_alpha_vector, diff_alpha)
_SUB_SUB_ALPHA = _by_place(sub_sub_alpha_vector, sub_sub_alpha)

_BATCHNORM_SCALARS = {"float16": weight_in_compute_type}

_N_AVERAGED_FIRST = Parameter("n_averaged", 0, "the counter's first value", search="count")
_FIRST_COPIES = "the first update copies the params, whatever the decay"
_SWA_UTILS: Source = "torch 2.13.0, torch/optim/swa_utils.py"
_UPDATES = "updates, incremented before use"
_POWER = 2 / 3

_rule = partial(Rule, form=two_products, scalars=in_compute_type, usual=True)


def _own_counter(parameter: str, name: str, meaning: str, ahead: int = 0) -> FromSettings:
    """A counter whose first value is a parameter, plus `ahead` if it is incremented before it is used."""
    return lambda o: Counter(name, meaning, first=getattr(o, parameter) + ahead)


_N_AVERAGED = _own_counter("n_averaged", "n_averaged", "updates before this one")


def _images(meaning: str, after: bool) -> FromSettings:
    """A counter of images: it moves by the batch size."""
    return lambda o: Counter("N", meaning, first=o.batch_size if after else 0, stride=o.batch_size)


def _sigma_rel(meaning: str) -> Parameter:
    return number("sigma_rel", None, meaning, above=True, most=MOST_SIGMA_REL, optional=True)


def _edm2_exponent(o: Any) -> float:
    if o.exp is not None:
        return float(o.exp)
    return exponent_of(o.std if o.sigma_rel is None else o.sigma_rel)


def _karras_exponent(o: Any) -> float:
    return float(o.gamma) if o.sigma_rel is None else exponent_of(o.sigma_rel)


def _diffusers(o: Any) -> Any:
    if o.use_ema_warmup:
        family = inverse_power(max(o.decay, o.min_decay), o.inv_gamma, o.power, o.min_decay)
    else:
        family = ratio(max(o.decay, o.min_decay))
        if o.min_decay > 0:
            family = not_under(o.min_decay, family)
    return from_step(o.update_after_step + 2, family, counted_from=o.update_after_step + 1)


def _timm_v3(o: Any) -> Any:
    family = fixed(o.decay)
    if o.use_warmup:
        most = max(o.decay, o.min_decay)
        lasting = None if most > o.decay else most  # a round without a step uses o.decay itself
        family = inverse_power(most, o.warmup_gamma, o.warmup_power, o.min_decay).but(limit=lasting)
    return from_step(o.update_after_step + 2, family, counted_from=o.update_after_step + 1)


def _mixed(o: Any) -> bool:
    """True if timm holds the shadow of 16-bit params in float32."""
    return o.dtype is not None and o.input_dtype in ("bfloat16", "float16")


def _timm_v3_form(o: Any) -> Any:
    if o.dtype is not None and o.foreach and o.input_dtype == "float64":
        raise SettingError("rule timm-v3: a float32 average of float64 params is not supported; use foreach=false")
    if _mixed(o):
        return mul_add_alpha if o.foreach else lerp
    if o.stochastic_rounding and o.input_dtype == "bfloat16":
        if o.index >= o.numel:
            raise SettingError(f"rule timm-v3 draws a number for each element: index must be below numel, {o.numel}")
        return stochastic(o.stochastic_rounding_seed, o.numel, o.index)
    return _vector(o, *_LERPS)


def _ema_pytorch(o: Any) -> Any:
    family = inverse_power(o.decay, o.inv_gamma, o.power, o.min_value)
    return from_step(o.update_after_step + 1, family, counted_from=o.update_after_step)


def _composer(o: Any) -> Any:
    if o.decay is not None:
        return fixed(o.decay)
    if o.half_life is None:
        raise SettingError("rule composer needs half_life or smoothing")
    return halved(o.update_interval, o.half_life)


_MMENGINE = (
    Parameter("interval", 1, "calls between updates", 1, search="interval"),
    Parameter("steps", 0, "the counter's first value", search="count"),
)
_mmengine = partial(
    _rule,
    words=("openmmlab",),
    counter=_own_counter("steps", "steps", "calls before this one"),
    gate=lambda o: chain(first_copied, interval(o.interval)),
    source="mmengine 0.10.7, mmengine/model/averaged_model.py",
    surprises=(_FIRST_COPIES,),
)

_YOLOV5 = _rule(
    "yolov5",
    "YOLOv5 ModelEMA",
    words=("rtdetr", "yolo", "yolov7"),
    formula="DECAY (1 - e^(-updates / tau))",
    family=lambda o: exponential_ramp(o.decay, o.tau),
    counter=_own_counter("updates", "updates", _UPDATES, 1),
    decay=DecayParameter("decay", 0.9999),
    parameters=(
        number("tau", 2000, "the time constant of the ramp", above=True, search="tau"),
        Parameter("updates", 0, "the counter before the first update", search="count"),
    ),
    aliases=(("yolox", "tau=2000"),),
    source="ultralytics/yolov5 5081342, utils/torch_utils.py",
)

ENTRIES = (
    # torch itself
    _rule(
        "torch",
        "torch AveragedModel(multi_avg_fn=get_ema_multi_avg_fn(decay))",
        words=("pytorch",),
        source=_SWA_UTILS,
        form=_LERP,
        counter=_N_AVERAGED,
        gate=first_copied,
        parameters=(_N_AVERAGED_FIRST, *_PLACE),
        surprises=(_FIRST_COPIES,),
        **constant("decay", 0.999),
    ),
    _rule(
        "torch-avg",
        "torch AveragedModel(avg_fn=get_ema_avg_fn(decay))",
        source=_SWA_UTILS,
        counter=_N_AVERAGED,
        gate=first_copied,
        parameters=(_N_AVERAGED_FIRST,),
        surprises=(_FIRST_COPIES, "it rounds differently from multi_avg_fn"),
        **constant("decay", 0.999),
    ),
    _rule(
        "torch-swa",
        "torch AveragedModel(): the equally weighted average, SWA",
        words=("getswaavgfn", "getswamultiavgfn", "polyakaveraging", "polyakruppert", "stochasticweightaveraging"),
        formula="1 - 1 / (n_averaged + 1)",
        family=lambda o: harmonic() if o.multi_avg_fn else counted(),
        form=lambda o: _vector(o, *_LERPS) if o.multi_avg_fn else add_div,
        scalars=either("multi_avg_fn", weight_in_compute_type, count),
        counter=_N_AVERAGED,
        decay=None,
        parameters=(
            _N_AVERAGED_FIRST,
            Parameter("multi_avg_fn", False, "whether get_swa_multi_avg_fn() is used", search="arithmetic"),
            *_PLACE,
        ),
        gate=first_copied,
        source=_SWA_UTILS,
        precision="float32",
        surprises=("with multi_avg_fn the weight is a float32, even for float64 params",),
    ),
    _rule(
        "batchnorm",
        "torch BatchNorm, running_mean",
        words=("bn", "batchnorm1d", "batchnorm2d", "batchnorm3d", "instancenorm", "syncbatchnorm", "torchbn"),
        usual=False,
        formula="1 - momentum; 1 - 1 / num_batches_tracked if momentum is none",
        family=lambda o: inverse_count() if o.weight is None else fixed(o.weight),
        form=batchnorm,
        scalars=lambda o: _BATCHNORM_SCALARS.get(o.input_dtype, weight_subtracted_in_type),
        counter=_own_counter("num_batches_tracked", "num_batches_tracked", "batches so far, including this one", 1),
        decay=DecayParameter("momentum", 0.1, "alpha", optional=True),
        parameters=(Parameter("num_batches_tracked", 0, "the counter before the first batch", search="count"),),
        source="torch 2.13.0, torch/nn/modules/batchnorm.py, aten/src/ATen/native/Normalization.cpp",
        surprises=("in Keras, momentum is the decay",),
    ),
    # training libraries
    _rule(
        "lightning",
        "Lightning EMAWeightAveraging",
        words=("emacallback", "pytorchlightning"),
        source="lightning 2.6.6, lightning/pytorch/callbacks/weight_averaging.py",
        counter=Counter("step_idx", "steps before this one", first=0),
        parameters=(
            Parameter("update_every_n_steps", 1, "steps between updates", 1, search="interval"),
            Parameter("update_starting_at_step", None, "no update before this step", optional=True, search="start"),
        ),
        gate=lambda o: chain(
            skipped_before(o.update_starting_at_step or 0), interval(o.update_every_n_steps), first_done_copied
        ),
        surprises=(_FIRST_COPIES,),
        **constant("decay", 0.999),
    ),
    _rule(
        "timm",
        "timm ModelEma, ModelEmaV2",
        source="timm 1.0.31, timm/utils/model_ema.py",
        **constant("decay", 0.9999),
    ),
    _rule(
        "timm-v3",
        "timm ModelEmaV3",
        formula="0 while x <= 0, then DECAY; use_warmup: 1 - (1 + x / warmup_gamma)^-warmup_power in"
        " [min_decay, DECAY]; x = step - update_after_step - 1",
        family=_timm_v3,
        form=_timm_v3_form,
        scalars=lambda o: alpha_subtracted_twice if _mixed(o) and o.foreach else in_compute_type,
        counter=Counter("step", "the step passed to update; without one, DECAY is used"),
        decay=DecayParameter("decay", 0.9999),
        parameters=(
            number("min_decay", 0.0, "the lowest decay of the warm-up", most=1),
            Parameter("update_after_step", 0, "the decay is 0 up to the step after this one", search="start"),
            Parameter("use_warmup", False, "whether the decay warms up", search="switch"),
            number("warmup_gamma", 1.0, "the scale of the warm-up", above=True, search="gamma"),
            number("warmup_power", _POWER, "the exponent of the warm-up", search="power"),
            Parameter(
                "dtype",
                None,
                "the type of the shadow, if it is not that of the params; for float64 params only with foreach=false",
                choices=("float32",),
                optional=True,
            ),
            Parameter("foreach", True, "whether torch._foreach is used; it matters only with another dtype"),
            Parameter(
                "stochastic_rounding",
                True,
                "bfloat16 only: whether the average is rounded stochastically",
                search="arithmetic",
            ),
            Parameter("stochastic_rounding_seed", 0, "the seed of the random numbers"),
            *TENSOR,
        ),
        state=lambda o: o.dtype,
        source="timm 1.0.31, timm/utils/model_ema.py",
        surprises=(
            "called without a step, it silently skips its warm-up",
            "in bfloat16 it rounds stochastically by default",
        ),
    ),
    _rule(
        "ema-pytorch",
        "ema-pytorch EMA",
        words=("lucidrains",),
        formula="1 - (1 + x / inv_gamma)^-power in [min_value, DECAY], x = step - update_after_step",
        family=_ema_pytorch,
        form=_LERP,
        counter=_own_counter("step", "step", "calls before this one"),
        decay=DecayParameter("beta", 0.9999),
        parameters=(
            Parameter("update_after_step", 100, "it copies up to this step", search="start"),
            Parameter("update_every", 10, "calls between updates", 1, search="interval"),
            number("inv_gamma", 1.0, "the scale of the warm-up", above=True, search="gamma"),
            number("power", _POWER, "the exponent of the warm-up", in_float64=True, search="power"),
            number("min_value", 0.0, "the lowest decay", most=1, search="floor"),
            Parameter("use_foreach", False, "whether torch._foreach is used; the values are the same"),
            Parameter("step", 0, "the counter's first value", search="count"),
            *_PLACE,
        ),
        gate=lambda o: chain(
            interval(o.update_every), first_copied, copied_until(o.update_after_step), frozen if o.decay == 1 else None
        ),
        source="ema-pytorch 0.8.3, ema_pytorch/ema_pytorch.py",
        precision="float32",
        surprises=(
            "by default it copies for 100 steps, then updates every tenth step",
            "a beta of 1 freezes the average after its last copy",
        ),
    ),
    _rule(
        "ema-pytorch-karras",
        "ema-pytorch KarrasEMA",
        words=("karras", "posthoc"),
        formula="(1 - 1 / (t + 1))^(1 + gamma), t = step + 1",
        family=lambda o: shifted(-2, inverse_power_function(1 + _karras_exponent(o))),
        exponent=_karras_exponent,
        form=_LERP,
        counter=_own_counter("step", "step", "calls before this one"),
        decay=None,
        parameters=(
            number("gamma", 6.94, "the exponent minus one", search="exponent"),
            _sigma_rel("the relative standard deviation of the profile, instead of gamma"),
            Parameter("update_every", 100, "calls between updates", 1, search="interval"),
            Parameter("step", 0, "the counter's first value", search="count"),
            *_PLACE,
        ),
        gate=lambda o: chain(interval(o.update_every), restarted),
        source="ema-pytorch 0.8.3, ema_pytorch/post_hoc_ema.py",
    ),
    _rule(
        "torch-ema",
        "torch-ema ExponentialMovingAverage (fadel/pytorch_ema)",
        formula="min(DECAY, (1 + k) / (10 + k)), k = num_updates + 1",
        family=lambda o: shifted(-1, ratio(o.decay)) if o.use_num_updates else fixed(o.decay),
        form=subtract,
        counter=_own_counter("num_updates", "num_updates", "updates before this one"),
        parameters=(
            Parameter("use_num_updates", True, "whether the decay warms up", search="switch"),
            Parameter("num_updates", 0, "the counter's first value", search="count"),
        ),
        aliases=(("score-sde", ""), ("score-sde-pytorch", ""), ("openfold", "use_num_updates=false")),
        source="torch-ema 0.3, torch_ema/ema.py",
        surprises=("num_updates is incremented before it is used: the first decay is 2/11, not 1/10",),
    ),
    _rule(
        "diffusers",
        "diffusers EMAModel",
        words=("hf", "huggingface", "sd", "stablediffusion"),
        formula="0 while x <= 0, then min(DECAY, (1 + x) / (10 + x)); use_ema_warmup: 1 - (1 + x / inv_gamma)^-power;"
        " at least min_decay; x = optimization_step - update_after_step - 1",
        family=_diffusers,
        form=lambda o: _vector(o, sub_sub_alpha_vector, sub_sub_alpha) if o.foreach else subtract,
        scalars=either("foreach", alpha_in_dtype, in_compute_type),
        counter=_own_counter("optimization_step", "optimization_step", "steps, including this one", 1),
        decay=DecayParameter("decay", 0.9999),
        parameters=(
            number("min_decay", 0.0, "the lowest decay", most=1, search="floor"),
            Parameter("update_after_step", 0, "the decay is 0 up to the step after this one", search="start"),
            Parameter("use_ema_warmup", False, "whether the warm-up follows a power law", search="switch"),
            number("inv_gamma", 1.0, "the scale of the power law", above=True, search="gamma"),
            number("power", _POWER, "the exponent of the power law", search="power"),
            Parameter("foreach", False, "whether torch._foreach is used", search="arithmetic"),
            Parameter("optimization_step", 0, "the counter before the first step", search="count"),
            *TENSOR,
        ),
        source="diffusers 0.42.1, src/diffusers/training_utils.py",
        surprises=(
            "the first update has decay 0 but is computed: s - (s - x) * 1 may differ from x",
            "the second decay is 2/11",
        ),
    ),
    _rule(
        "k-diffusion",
        "k-diffusion EMAWarmup with ema_update",
        formula="1 - (1 + x / inv_gamma)^-power in [min_value, DECAY], x = max(0, last_epoch - start_at)",
        family=lambda o: shifted(o.start_at, inverse_power(o.decay, o.inv_gamma, o.power, o.min_value)),
        form=_LERP,
        counter=_own_counter("last_epoch", "last_epoch", "calls of step() before this update"),
        decay=DecayParameter("max_value", 1.0),
        parameters=(
            number("inv_gamma", 1.0, "the scale of the warm-up", above=True, search="gamma"),
            number("power", 1.0, "the exponent of the warm-up", search="power"),
            number("min_value", 0.0, "the lowest decay", most=1, search="floor"),
            Parameter("start_at", 0, "where the warm-up starts", search="start"),
            Parameter("last_epoch", 0, "the counter's first value", search="count"),
            *_PLACE,
        ),
        source="crowsonkb/k-diffusion 4601bf0, k_diffusion/utils.py",
    ),
    _YOLOV5,
    _YOLOV5.but(
        name="ultralytics",
        words=("yolo", "yolo11", "yolov8"),
        framework="Ultralytics ModelEMA",
        aliases=(),
        form=_LERP,
        parameters=(*_YOLOV5.parameters, *_PLACE),
        source="ultralytics 8.4.190, ultralytics/utils/torch_utils.py",
    ),
    _rule(
        "lit-ema",
        "LitEma (latent-diffusion, stable-diffusion)",
        words=("sd", "stablediffusion"),
        formula="min(DECAY, (1 + num_updates) / (10 + num_updates))",
        family=lambda o: ratio(o.decay, counter_in_type=False) if o.use_num_upates else fixed(o.decay),
        form=subtract,
        scalars=subtracted_in_float32,
        counter=_own_counter("num_updates", "num_updates", _UPDATES, 1),
        decay=DecayParameter("decay", 0.9999),
        parameters=(
            Parameter(
                "use_num_upates", True, "whether the decay warms up (the framework's own spelling)", search="switch"
            ),
            Parameter("num_updates", 0, "the counter before the first update", search="count"),
        ),
        source="CompVis/latent-diffusion a506df5, ldm/modules/ema.py",
        precision="float32",
        surprises=("the decay is a float32 tensor, and its rounding error weighs more in 1 - decay",),
    ),
    _rule(
        "edm",
        "EDM",
        words=("karras",),
        formula="0.5^(batch_size / max(h, 1e-8)), h = min(ema_halflife_kimg * 1000, N * ema_rampup_ratio)",
        family=lambda o: half_life(o.batch_size, o.ema_halflife_kimg * 1000, o.ema_rampup_ratio),
        form=_REVERSE_LERP,
        counter=_images("images before this update", after=False),
        decay=None,
        parameters=(
            number("ema_halflife_kimg", 500, "the half-life in thousands of images"),
            number("ema_rampup_ratio", 0.05, "the largest half-life, as a fraction of N", optional=True),
            Parameter("batch_size", 512, "images per update", 1, search="batch"),
            *_PLACE,
        ),
        source="NVlabs/edm 008a4e5, training/training_loop.py",
    ),
    _rule(
        "stylegan3",
        "StyleGAN3, StyleGAN2-ADA (PyTorch)",
        formula="0.5^(batch_size / max(h, 1e-8)), h = min(ema_kimg * 1000, N * ema_rampup)",
        family=lambda o: half_life(o.batch_size, o.ema_kimg * 1000, o.ema_rampup),
        form=_REVERSE_LERP,
        counter=_images("images before this update", after=False),
        decay=None,
        parameters=(
            number("ema_kimg", 10, "the half-life in thousands of images"),
            number("ema_rampup", 0.05, "the largest half-life, as a fraction of N", optional=True),
            Parameter("batch_size", 32, "images per update", 1, search="batch"),
            *_PLACE,
        ),
        source="NVlabs/stylegan3 c233a91, training/training_loop.py",
    ),
    _rule(
        "edm2",
        "EDM2 PowerFunctionEMA",
        words=("karras",),
        formula="(1 - batch_size / N)^(exp + 1)",
        family=lambda o: power_function(_edm2_exponent(o) + 1, o.batch_size),
        exponent=_edm2_exponent,
        form=_LERP,
        counter=_images("images, including this update's", after=True),
        decay=None,
        parameters=(
            number("std", 0.05, "the relative width of the profile", above=True, most=0.28),
            number("exp", None, "the exponent, instead of std", optional=True, search="exponent"),
            _sigma_rel("the same as std"),
            Parameter("batch_size", 2048, "images per update", 1, search="batch"),
            *_PLACE,
        ),
        source="NVlabs/edm2 4bf8162, training/phema.py",
        surprises=("the exponent comes from numpy.roots, whose last bit may differ between machines",),
    ),
    _rule(
        "edm2-traditional",
        "EDM2 TraditionalEMA",
        formula="0.5^(batch_size / max(h, 1e-8)), h = min(halflife_Mimg, N / 1000000 * rampup_ratio) * 1000000",
        family=lambda o: half_life(
            o.batch_size,
            float("inf") if o.halflife_Mimg is None else o.halflife_Mimg * 1000000,
            o.rampup_ratio,
            "n/1000000*ramp*1000000",
        ),
        form=_LERP,
        counter=_images("images, including this update's", after=True),
        decay=None,
        parameters=(
            number("halflife_Mimg", None, "the half-life in millions of images; none or inf: no bound", optional="inf"),
            number("rampup_ratio", 0.09, "the largest half-life, as a fraction of N", optional=True),
            Parameter("batch_size", 2048, "images per update", 1, search="batch"),
            *_PLACE,
        ),
        source="NVlabs/edm2 4bf8162, training/phema.py",
    ),
    _mmengine(
        "mmengine",
        "MMEngine ExponentialMovingAverage",
        form=_LERP,
        scalars=weight_in_compute_type,
        parameters=(*_PLACE, *_MMENGINE),
        **constant("momentum", 0.0002, "alpha"),
    ),
    _mmengine(
        "mmengine-annealing",
        "MMEngine MomentumAnnealingEMA",
        formula="1 - max(momentum, gamma / (gamma + steps))",
        family=lambda o: harmonic(o.weight, o.gamma),
        form=_LERP,
        scalars=weight_in_compute_type,
        decay=DecayParameter("momentum", 0.0002, "alpha"),
        parameters=(Parameter("gamma", 100, "the scale of the annealing", 1, search="gamma"), *_PLACE, *_MMENGINE),
    ),
    _mmengine(
        "mmengine-swa",
        "MMEngine StochasticWeightAverage",
        formula="1 - 1 / (steps // interval + 1)",
        family=lambda o: counted_weight(o.interval),
        form=_DIFF_ALPHA,
        scalars=weight_as_alpha,
        decay=None,
        parameters=(*TENSOR, *_MMENGINE),
    ),
    _rule(
        "mmcv",
        "MMCV EMAHook",
        words=("openmmlab", "emahook"),
        formula="1 - min(momentum^interval, (1 + iter) / (warm_up + iter))",
        family=lambda o: ratio(o.weight, o.warm_up).raised(o.interval),
        form=MUL_ADD_ALPHA,
        scalars=weight_as_alpha,
        counter=Counter("iter", "iterations before this one", first=0),
        decay=DecayParameter("momentum", 0.0002, "alpha"),
        parameters=(
            Parameter("interval", 1, "iterations between updates", 1, search="interval"),
            Parameter("warm_up", 100, "the offset of the warm-up", 1, search="offset"),
            *TENSOR,
        ),
        gate=lambda o: interval(o.interval),
        source="mmcv 1.7.2, mmcv/runner/hooks/ema.py",
        surprises=(
            "the weight warms up, from 1/warm_up to momentum, so the average moves least at the start",
            "momentum is raised to the power of interval: with momentum=0.1 and interval=2 the weight is 0.01",
        ),
    ),
    _rule(
        "nemo",
        "NeMo EMAOptimizer",
        words=("emacallback",),
        source="NVIDIA/NeMo 8cfedd7, nemo/collections/common/callbacks/ema.py",
        form=MUL_ADD_ALPHA,
        scalars=in_dtype,
        counter=_own_counter("current_step", "current_step", "steps before this one"),
        parameters=(
            Parameter("every_n_steps", 1, "steps between updates", 1, search="interval"),
            Parameter("current_step", 0, "the counter's first value", search="count"),
            *TENSOR,
        ),
        gate=lambda o: interval(o.every_n_steps),
        surprises=("in bfloat16 the decay itself is rounded: 0.999 becomes 1.0, and the shadow grows",),
        **constant("decay", 0.9999),
    ),
    _rule(
        "composer",
        "Composer compute_ema",
        words=("mosaicml",),
        formula="2^-(update_interval / half_life), or smoothing",
        family=_composer,
        counter=Counter("batch", "batches so far, including this one", first=1),
        decay=DecayParameter("smoothing", None, optional=True),
        parameters=(
            number("half_life", 1000, "the half-life, in the unit of update_interval", above=True, optional=True),
            Parameter("update_interval", 1, "batches between updates", 1, search="interval"),
        ),
        gate=lambda o: interval(o.update_interval),
        source="mosaicml 0.32.1, composer/algorithms/ema/ema.py",
    ),
    _rule(
        "fairseq",
        "fairseq EMA",
        decay=DecayParameter("ema_decay", 0.9999),
        source="facebookresearch/fairseq 3d262bb, fairseq/models/ema/ema.py",
        formula="0 while updates < ema_start_update, then DECAY",
        family=lambda o: from_step(o.ema_start_update, fixed(o.decay)),
        form=MUL_ADD_ALPHA,
        scalars=alpha_in_dtype,
        counter=Counter("updates", "updates of the trainer", first=1),
        parameters=(
            Parameter("ema_start_update", 0, "the decay is 0 before this update", search="start"),
            Parameter("ema_update_freq", 1, "calls between updates", 1, search="interval"),
            Parameter("ema_fp32", False, "whether the shadow is in float32", search="arithmetic"),
            *TENSOR,
        ),
        gate=lambda o: interval_of_calls(o.ema_update_freq),
        state=either("ema_fp32", "float32", None),
        surprises=("ema_update_freq counts calls, not updates",),
    ),
    _rule(
        "fairseq-module",
        "fairseq EMAModule",
        source="facebookresearch/fairseq 3d262bb, fairseq/modules/ema_module.py",
        form=MUL_ADD_ALPHA,
        scalars=alpha_subtracted_twice,
        parameters=(Parameter("ema_fp32", False, "whether the shadow is in float32", search="arithmetic"), *TENSOR),
        state=either("ema_fp32", "float32", None),
        surprises=("the shadow is multiplied by 1 - (1 - decay), which may differ from the decay in the last bit",),
        **constant("ema_decay", 0.9999),
    ),
    _rule(
        "d2go",
        "D2Go EMAUpdater",
        formula="DECAY; min(DECAY, (1 + k) / (decay_warm_up_factor + k)) if the factor isn't negative",
        family=lambda o: ratio(o.decay, o.decay_warm_up_factor) if o.decay_warm_up_factor >= 0 else fixed(o.decay),
        form=lambda o: _vector(o, *(_LERPS if o.use_lerp else _ADD_ALPHAS)),
        scalars=either("use_lerp", in_compute_type, in_dtype),
        counter=_own_counter("num_updates", "k", _UPDATES, 1),
        decay=DecayParameter("decay", 0.999),
        parameters=(
            Parameter("use_lerp", False, "whether lerp is used instead of mul and add", search="arithmetic"),
            number(
                "decay_warm_up_factor", -1, "the offset of the warm-up; negative: none", least=None, search="offset"
            ),
            Parameter("num_updates", 0, "the counter before the first update", search="count"),
            *TENSOR,
        ),
        source="facebookresearch/d2go f4ac156, d2go/modeling/ema.py",
        surprises=("in bfloat16 and without use_lerp the decay itself is rounded: 0.999 becomes 1.0",),
    ),
    # self-supervised learning, reinforcement learning, semi-supervised learning
    _rule(
        "dino",
        "DINO, the teacher",
        words=("momentumencoder",),
        formula="1 + (DECAY - 1) (1 + cos(pi i / (epochs * niter_per_ep))) / 2",
        family=lambda o: cosine(o.decay, o.epochs * o.niter_per_ep),
        counter=Counter("i", "iterations before this one", first=0),
        decay=DecayParameter("momentum_teacher", 0.996),
        parameters=(
            Parameter("epochs", 100, "epochs of training", 1, search="unit"),
            Parameter("niter_per_ep", 1000, "iterations per epoch", 1, search="length"),
        ),
        aliases=(("ibot", ""),),
        source="facebookresearch/dino 7c446df, utils.py, main_dino.py",
    ),
    _rule(
        "moco",
        "MoCo v1, v2",
        words=("momentumencoder",),
        aliases=(("spinning-up", "m=0.995"), ("u-vit", "m=0.9999")),
        source="facebookresearch/moco a419ef2, moco/builder.py",
        **constant("m", 0.999),
    ),
    _rule(
        "moco-v3",
        "MoCo v3",
        formula="1 - (1 + cos(pi epoch / epochs)) / 2 (1 - DECAY); DECAY without moco_m_cos",
        family=lambda o: cosine_of_rest(o.decay, o.epochs) if o.moco_m_cos else fixed(o.decay),
        counter=Counter("epoch", "fractional: epoch + i / iterations per epoch", fractional=True),
        decay=DecayParameter("moco_m", 0.99),
        parameters=(
            Parameter("epochs", 100, "epochs of training", 1, search="length"),
            Parameter("moco_m_cos", True, "whether the decay follows a cosine", search="switch"),
        ),
        source="facebookresearch/moco-v3 c349e6e, main_moco.py, moco/builder.py",
    ),
    _rule(
        "byol",
        "byol-pytorch EMA",
        words=("momentumencoder",),
        source="lucidrains/byol-pytorch 2993126, byol_pytorch/byol_pytorch.py",
        **constant("moving_average_decay", 0.99),
    ),
    _rule(
        "mean-teacher",
        "Mean Teacher, update_ema_variables",
        formula="min(1 - 1 / (global_step + 1), DECAY)",
        family=lambda o: one_less_harmonic(o.decay),
        form=MUL_ADD_ALPHA,
        scalars=alpha_in_dtype,
        counter=Counter("global_step", "incremented before the first update", first=1),
        decay=DecayParameter("alpha", 0.999),
        parameters=TENSOR,
        source="CuriousAI/mean-teacher 546348f, pytorch/main.py",
        surprises=("its alpha is the decay", "the first decay is 1/2"),
    ),
    _rule(
        "guided-diffusion",
        "guided-diffusion update_ema",
        words=("openai",),
        aliases=(
            ("dit", "rate=0.9999"),
            ("open-sora", "rate=0.9999"),
            ("basicsr", ""),
            ("rosinality", "rate=0.5^(32/10000)"),
        ),
        source="openai/guided-diffusion 22e0df8, guided_diffusion/nn.py",
        form=MUL_ADD_ALPHA,
        scalars=alpha_in_dtype,
        parameters=TENSOR,
        surprises=("its scripts set rate to 0.9999",),
        **constant("rate", 0.99),
    ),
    _rule(
        "sb3",
        "Stable-Baselines3 polyak_update",
        words=("ddpg", "dqn", "polyak", "polyakaveraging", "sac", "softupdate", "targetnetwork"),
        source="DLR-RM/stable-baselines3 e05d2db, stable_baselines3/common/utils.py",
        form=MUL_ADD_ALPHA,
        scalars=weight_as_alpha,
        parameters=TENSOR,
        **constant("tau", None, "alpha"),
    ),
    _rule(
        "ignite",
        "Ignite EMAHandler",
        words=("linear", "monai", "pytorchignite"),
        formula="1 - momentum; the weight goes from momentum_warmup to momentum in warmup_iters equal steps",
        family=lambda o: (
            fixed(o.weight)
            if o.momentum_warmup is None or o.warmup_iters is None
            else linear(o.weight, o.momentum_warmup, max(2, o.warmup_iters))
        ),
        form=MUL_ADD_ALPHA,
        scalars=weight_as_alpha,
        counter=Counter("iteration", "iterations, including this one", first=1),
        decay=DecayParameter("momentum", 0.0002, "alpha"),
        parameters=(
            number("momentum_warmup", None, "the first weight", most=1, optional=True, search="first weight"),
            Parameter("warmup_iters", None, "iterations of the warm-up", 1, optional=True, search="length"),
            *TENSOR,
        ),
        source="pytorch-ignite de08e79, ignite/handlers/ema_handler.py",
        surprises=("there is no warm-up unless both momentum_warmup and warmup_iters are given",),
    ),
)
