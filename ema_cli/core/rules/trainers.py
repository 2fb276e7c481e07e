"""Trainers of diffusion models, language models, detectors and agents, mostly in PyTorch."""

from __future__ import annotations

from functools import partial
from typing import Any

from ema_cli.core.coefficients import alpha_in_dtype, in_compute_type, in_dtype, weight_as_alpha, weight_in_compute_type
from ema_cli.core.debias import Readout
from ema_cli.core.gates import COPY, SKIP, Gate, chain, interval, interval_of_calls, skipped_before
from ema_cli.core.rule import Counter, DecayParameter, Parameter, Rule
from ema_cli.core.rules.parts import add_product, constant, curve, double_power, number
from ema_cli.core.rules.pytorch import MUL_ADD_ALPHA, TENSOR
from ema_cli.core.schedules import Family, exponential_ramp, fixed, from_step, ratio, shifted
from ema_cli.core.updates import Form, by_recurrence, lerp, reverse_lerp, subtract, two_products

_GLOBAL_STEP = Counter("global_step", "steps, including this one", first=1)
_HANDED = "the argument of update; without one, DECAY is used"
_FIRST_COPIES = "the first update copies the params, whatever the decay"

_icefall = Form("icefall", "R(R(d*s) + f32(w*p))", "R(R(s*d) + f32(p*w))", names=lambda num: {"f32": _single(num)})


def _single(num: Any) -> Any:
    from ema_cli.core.numbers.dtypes import dtype

    return num.round if num.digits is None else dtype("float32").round


def _audiocraft(o: Any) -> Form:
    """The form with weight 1/c, where c is the decayed count of the updates, or with the weight of DECAY."""
    form: Form = MUL_ADD_ALPHA(o)
    moves = (("c", "c*v + 1"), ("w", "R(1/c)"), ("d", "O(1 - 1/c)"))
    return by_recurrence(form, moves, (("c", 0),)) if o.unbias else form


def _by_count(o: Any) -> Family:
    return ratio(o.decay)


def _torchvision(o: Any) -> Family:
    """The decay, adjusted to the number of images between updates."""
    adjust = o.precision.load(o.world_size * o.batch_size * o.steps) / o.epochs
    return fixed(1 - min(1, (1 - o.decay) * adjust))


def _torchvision_gate(o: Any) -> Any:
    copies = o.lr_warmup_iters + o.steps if o.lr_warmup_iters else 1
    return chain(interval(o.steps), Gate((("n < copies", COPY),), (("copies", copies),)))


def _paddle(o: Any) -> Family:
    if o.ema_decay_type == "threshold":
        return ratio(o.decay)
    return shifted(-1, exponential_ramp(o.decay, 2000)) if o.ema_decay_type == "exponential" else fixed(o.decay)


_PADDLE_DETECTION = Readout(
    "R(s*R(div(1, 1 - pow64(v, k + 1))))",
    "R(s * R(1 / (1 - v^(k + 1)))): the power in double, v the last decay.",
    names=double_power,
)


def _bema_family(o: Any) -> Family:
    text = "max(least, (lag + multiplier*n)**-power)"
    return curve(text, least=o.min_ema_multiplier, lag=o.lag, multiplier=o.multiplier, power=o.ema_power)


def _bema_model(o: Any) -> Readout:
    """The average plus a part of the param's move since the first one."""
    constants = {"lag": o.lag, "multiplier": o.multiplier, "bias_power": o.bias_power}
    lag, multiplier, power = (str(value).removesuffix(".0") for value in constants.values())
    return Readout(
        "R(s + R(O((lag + multiplier*k)**-bias_power)*R(p - first)))",
        "R(s + R(alpha*R(p - first))), alpha = (lag + multiplier step)^-bias_power, first the first param.",
        registers=(("first", "s"),),
        readable=f"s + ({lag} + {multiplier}*k)**-{power}*(p - first)",
        names=lambda num: constants,
    )


def _consistency(o: Any) -> Family:
    """The decay whose time constant stays the same in units of the discretisation's scales."""
    text = "exp(log(DECAY)*start/max(1, ceil(sqrt(n/total*((end + 1)**2 - start**2) + start**2) - 1)))"
    return curve(text, DECAY=o.decay, start=o.start_scales, end=o.end_scales, total=o.total_steps).but(
        inlined=("start", "end", "total")
    )


_rule = partial(Rule, form=two_products, scalars=in_compute_type, run=False)  # mostly read, not run

ENTRIES = (
    # language models
    _rule(
        "trl-sync",
        "TRL SyncRefModelCallback",
        form=MUL_ADD_ALPHA,
        scalars=weight_as_alpha,
        counter=_GLOBAL_STEP,
        parameters=(Parameter("ref_model_sync_steps", 512, "steps between updates", 1, search="interval"), *TENSOR),
        gate=lambda o: interval(o.ref_model_sync_steps),
        source="huggingface/trl f2cd577, trl/trainer/callbacks.py",
        **constant("ref_model_mixup_alpha", 0.6, "alpha"),
    ),
    _rule(
        "trl-bema",
        "TRL BEMACallback: the average, or the model",
        formula="1 - max((lag + multiplier step)^-ema_power, min_ema_multiplier)",
        family=_bema_family,
        form=MUL_ADD_ALPHA,
        scalars=weight_as_alpha,
        counter=_GLOBAL_STEP,
        decay=None,
        parameters=(
            Parameter("update_freq", 400, "steps between updates", 1, search="interval"),
            Parameter("update_after", 0, "no update before this step, which copies the param", search="start"),
            number("ema_power", 0.5, "the exponent of the weight", search="power"),
            number("lag", 10.0, "the number added to the step", above=True),
            number("multiplier", 1.0, "the factor of the step"),
            number("min_ema_multiplier", 0.0, "the lowest weight", most=1),
            Parameter("result", "average", "what is shown: the average, or the model", choices=("average", "model")),
            number("bias_power", 0.2, "the exponent of the part that the model adds"),
            *TENSOR,
        ),
        gate=lambda o: chain(
            skipped_before(o.update_after),
            Gate((("n == after", COPY),), (("after", o.update_after),)),
            interval(o.update_freq),
        ),
        source="huggingface/trl f2cd577, trl/trainer/callbacks.py",
        debias=lambda o: _bema_model(o) if o.result == "model" else None,
        surprises=("the model adds alpha (param - first param) to the average",),
    ),
    _rule(
        "openrlhf",
        "OpenRLHF moving_average",
        parameters=(Parameter("accumulated_gradient", 1, "calls between updates", 1, search="interval"),),
        gate=lambda o: interval_of_calls(o.accumulated_gradient),
        counter=Counter("call", "calls, including this one", first=1),
        source="OpenRLHF 3c3be62, openrlhf/utils/deepspeed/deepspeed.py",
        **constant("beta", 0.992),
    ),
    _rule(
        "deepspeed-chat",
        "DeepSpeed-Chat moving_average",
        form=reverse_lerp,
        source="DeepSpeedExamples d3aabe3, dschat/utils/utils.py",
        **constant("beta", 0.992),
    ),
    # images
    _rule(
        "torchvision",
        "torchvision references/classification ExponentialMovingAverage",
        formula="1 - min(1, (1 - DECAY) world_size batch_size steps / epochs)",
        family=_torchvision,
        counter=Counter("i", "batches before this one", first=0),
        decay=DecayParameter("model_ema_decay", 0.99998),
        parameters=(
            Parameter("steps", 32, "batches between updates (model_ema_steps)", 1, search="interval"),
            Parameter("world_size", 1, "number of processes", 1),
            Parameter("batch_size", 32, "images per batch of one process", 1),
            Parameter("epochs", 90, "epochs of training", 1),
            Parameter(
                "lr_warmup_iters", 0, "batches in the learning-rate warm-up, during which updates copy", search="start"
            ),
        ),
        gate=_torchvision_gate,
        source="torchvision 0.28, references/classification/train.py, utils.py",
        surprises=(
            _FIRST_COPIES,
            "the effective decay is not the one given: it depends on batch_size, world_size, steps and epochs, too",
            "buffers are averaged, too",
        ),
    ),
    _rule(
        "onetrainer",
        "OneTrainer EMAModuleWrapper",
        formula="min(DECAY, (1 + n) / (10 + n))",
        family=_by_count,
        form=add_product,
        counter=Counter("n", "the optimizer's steps before this one", first=0),
        decay=DecayParameter("ema_decay", 0.999),
        parameters=(Parameter("ema_update_step_interval", 5, "steps between updates", 1, search="interval"),),
        gate=lambda o: (
            Gate((("(n + 1) % every", SKIP),), (("every", o.ema_update_step_interval),))
            if o.ema_update_step_interval > 1
            else None
        ),
        source="Nerogar/OneTrainer 23df383, modules/module/EMAModule.py",
    ),
    _rule(
        "simpletuner",
        "SimpleTuner EMAModel",
        formula="0 before the warm-up's end, then DECAY",
        family=lambda o: from_step(o.warmup_steps, fixed(o.decay)),
        form=subtract,
        counter=Counter("optimization_step", "steps, including this one", first=1),
        decay=DecayParameter("decay", 0.995),
        parameters=(Parameter("warmup_steps", 0, "steps at the start with a decay of 0", search="start"),),
        source="bghira/SimpleTuner bc8e6ab",
    ),
    _rule(
        "ai-toolkit",
        "ai-toolkit ExponentialMovingAverage, in float32",
        form=subtract,
        source="ostris/ai-toolkit 27a03a9, toolkit/ema.py",
        surprises=(
            "the library rounds 16-bit shadows stochastically; this rule does not",
            "use_feedback, which writes into the param, is not supported",
        ),
        **constant("ema_decay", 0.995),
    ),
    _rule(
        "biggan",
        "BigGAN-PyTorch ema",
        formula="0 while 0 < itr < start_itr, else DECAY",
        family=lambda o: (
            fixed(o.decay).within("{0} if n == 0 else N(0) if n < start else {0}", start=o.start_itr).but(limit=None)
            if o.start_itr > 0
            else fixed(o.decay)
        ),
        counter=Counter("itr", _HANDED),
        decay=DecayParameter("decay", 0.9999),
        parameters=(Parameter("start_itr", 0, "the decay is 0 before this iteration", search="start"),),
        source="ajbrock/BigGAN-PyTorch 9845943, utils.py",
        surprises=("iteration 0 does not count as before the start: its decay is DECAY",),
    ),
    _rule(
        "consistency-models",
        "consistency_models: the target's adaptive rate",
        formula="exp(ln(DECAY) start_scales / scales), scales growing with the step",
        family=_consistency,
        form=MUL_ADD_ALPHA,
        scalars=alpha_in_dtype,
        counter=Counter("step", "steps before this one", first=0),
        decay=DecayParameter("start_ema", 0.95),
        parameters=(
            Parameter("start_scales", 2, "the number of scales at the start", 1),
            Parameter("end_scales", 150, "the number of scales at the end", 1),
            Parameter("total_steps", 800000, "steps of training", 1, search="length"),
            *TENSOR,
        ),
        source="openai/consistency_models e32b69e, cm/script_util.py",
    ),
    _rule(
        "boltz",
        "Boltz EMA",
        formula="min(DECAY, (1 + num_updates) / (10 + num_updates))",
        family=_by_count,
        form=subtract,
        counter=Counter("num_updates", _HANDED),
        decay=DecayParameter("decay", 0.999),
        source="jwohlwend/boltz 832486d, src/boltz/model/optim/ema.py",
    ),
    # speech
    _rule(
        "audiocraft",
        "audiocraft ModuleDictEMA, demucs ModelEMA",
        formula="1 - 1 / c, c = c DECAY + 1 from 0; DECAY without unbias",
        family=lambda o: fixed(o.decay),
        form=_audiocraft,
        scalars=alpha_in_dtype,
        decay=DecayParameter("decay", 0.999),
        parameters=(
            Parameter("unbias", True, "whether the weight is 1 / (decayed count of updates)", search="switch"),
            *TENSOR,
        ),
        aliases=(("demucs", ""),),
        source="facebookresearch/audiocraft bf70522, audiocraft/optim/ema.py",
        surprises=("with unbias, the first update computes a copy and nothing is left of the initial value",),
        run=True,
    ),
    _rule(
        "icefall",
        "icefall (k2) update_averaged_model",
        formula="1 - average_period / batch",
        family=lambda o: Family("N(average_period)/n", (("average_period", o.average_period),), ("average_period",)),
        form=_icefall,
        scalars=weight_in_compute_type,
        counter=Counter("batch", "batches, including this one", first=1),
        decay=None,
        parameters=(Parameter("average_period", 200, "batches between updates", 1, search="interval"),),
        gate=lambda o: interval(o.average_period),
        state="float64",
        source="k2-fsa/icefall 36e0420, icefall/checkpoint.py",
        surprises=(
            "the average is in float64, the product with the params in float32",
            "it gives all batches so far the same weight",
        ),
    ),
    # Paddle
    _rule(
        "paddle",
        "Paddle static ExponentialMovingAverage",
        formula="DECAY; with thres_steps min(DECAY, (1 + t) / (10 + t))",
        family=_by_count,
        scalars=in_dtype,
        counter=Counter("thres_steps", "the step passed to apply; without one, DECAY is used"),
        decay=DecayParameter("decay", 0.999),
        start="zero",
        debias=Readout("R(div(s, R(1 - P(d, k))))", "R(s / R(1 - d^k)), d the last decay."),
        precision="float32",
        source="paddle, python/paddle/static, ExponentialMovingAverage",
        surprises=("with thres_steps it divides by 1 - (last decay)^k, not by 1 - the product of the decays",),
    ),
    _rule(
        "paddledetection",
        "PaddleDetection ModelEMA",
        formula="min(DECAY, (1 + n) / (10 + n)); exponential: DECAY (1 - e^(-(n + 1) / 2000)); normal: DECAY",
        family=_paddle,
        counter=Counter("step", "updates before this one", first=0),
        decay=DecayParameter("decay", 0.9998),
        parameters=(
            Parameter(
                "ema_decay_type",
                "threshold",
                "how the decay warms up",
                choices=("threshold", "exponential", "normal"),
                search="switch",
            ),
        ),
        start="zero",
        debias=lambda o: None if o.ema_decay_type == "exponential" else _PADDLE_DETECTION,
        source="PaddleDetection 1718e0f, ppdet/optimizer/ema.py",
        surprises=("with exponential it starts at zero, too, but is not debiased",),
    ),
    # agents
    _rule(
        "cleanrl",
        "CleanRL, TD3, Tianshou: the target network",
        words=("ddpg", "dqn", "sac", "softupdate", "targetnetwork"),
        scalars=weight_in_compute_type,
        aliases=(("td3", ""), ("tianshou", "")),
        source="CleanRL fe8d8a0, TD3 34770cc, Tianshou f240205",
        **constant("tau", 0.005, "alpha"),
    ),
    _rule(
        "torchrl",
        "TorchRL SoftUpdate",
        words=("softupdate", "targetnetwork"),
        formula="eps, or 1 - tau",
        family=lambda o: fixed(o.decay),
        form=lerp,
        decay=DecayParameter("eps", 0.999, also=(("tau", "alpha"),)),
        source="TorchRL ae9719f, torchrl/objectives/utils.py",
        surprises=("the code first computes eps = 1 - tau, and 1 - eps may differ from tau in the last bit",),
    ),
)
