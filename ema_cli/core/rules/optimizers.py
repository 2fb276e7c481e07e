"""Averages inside optimizers and layers: moments of gradients, statistics of batches, codebooks, losses."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from ema_cli.core import debias
from ema_cli.core.coefficients import Scalars, count, in_compute_type, in_dtype, weight_in_compute_type, weight_in_dtype
from ema_cli.core.debias import Readout
from ema_cli.core.rule import Counter, DecayParameter, Parameter, Rule, either
from ema_cli.core.rules.parts import COPIED, IN_FLOAT64, add_product, constant, double_power, number
from ema_cli.core.schedules import Family, counted, fixed
from ema_cli.core.updates import (
    Form,
    decayed_sum,
    lerp,
    mul_add_alpha,
    reverse_lerp,
    short,
    subtract,
    two_products,
    two_products_fused_shadow,
)

_STEP = Counter("step", "steps so far, including this one", first=1)
_FROM_ZERO = "it starts at zero; the optimizer debiases it"

_lerp_nesterov = Readout(
    "fma(d, O(s - p), p) if d < 0.5 else fma(O(d - 1), O(s - p), s)",
    "the gradient's lerp towards s by the decay (Nesterov).",
    readable="p + d*(s - p) if d < 0.5 else s - (1 - d)*(s - p)",
)

_squares = Form(
    "squares",
    short("fma(R(w*p), p, R(d*s))", "R(fma(O(w*p), p, R(d*s)))"),
    "fma(R(w*g), g, R(d*s)), g the gradient",
    readable="d*s + w*p*p",
)

_swag = Form(
    "swag", "R(R(R(s*R(w - 1))/w) + R(p/w))", "R(R(R(s*(w - 1))/w) + R(p/w)), where w is the count of the models so far"
)

_tenth = Scalars("R(v)", {"": "R(0.1)", "exact": "1 - v"}, meaning="d = R(v), w = 0.1")


def _ademamix(o: Any) -> Family:
    """The decay of AdEMAMix's slow average, whose half-life grows in equal steps."""
    if o.T_beta3 is None:
        return fixed(o.decay)

    def lives(decay: float) -> float:
        return math.log(0.5) / math.log(decay + 1e-8) - 1

    text = "min(DECAY, 0.5**(1/((1 - n/last)*start + n/last*end + 1))) if n < last else DECAY"
    names = (("DECAY", o.decay), ("last", o.T_beta3), ("start", lives(o.beta1)), ("end", lives(o.decay)))
    return Family(text, names, ("last",), rational=False, limit=o.decay)


_rule = partial(Rule, form=two_products, scalars=in_dtype, run=False)  # mostly read, not run

ENTRIES = (
    _rule(
        "torch-adam",
        "torch Adam, AdamW: exp_avg",
        words=("adam", "adamw", "nadam", "radam", "firstmoment", "mhat"),
        form=lerp,
        scalars=in_compute_type,
        start="zero",
        source="torch 2.13.0, torch/optim/adam.py",
        surprises=("the param is the gradient", _FROM_ZERO, "before 2.0 it used mul_ and add_, as rule d2go does"),
        run=True,
        **constant("beta1", 0.9),
    ),
    _rule(
        "torch-adam-sq",
        "torch Adam, AdamW: exp_avg_sq",
        words=("adam", "adamw", "secondmoment", "vhat"),
        aliases=(("torch-rmsprop", "beta2=0.99"), ("torch-adadelta", "beta2=0.9")),
        formula="DECAY; of the squares of the gradients",
        family=lambda o: fixed(o.decay),
        form=_squares,
        scalars=in_compute_type,
        decay=DecayParameter("beta2", 0.999),
        start="zero",
        source="torch 2.13.0, torch/optim/adam.py",
        surprises=("the param is the gradient", _FROM_ZERO),
        run=True,
    ),
    _rule(
        "keras-adam",
        "Keras 3 Adam: m",
        words=("adam",),
        form=subtract,
        start="zero",
        flush=True,
        source="keras 3.15.1, keras/src/optimizers/adam.py",
        surprises=("the param is the gradient", _FROM_ZERO),
        **constant("beta_1", 0.9),
    ),
    _rule(
        "keras-adam-sq",
        "Keras 3 Adam: v",
        words=("adam",),
        formula="DECAY; of the squares of the gradients",
        family=lambda o: fixed(o.decay),
        form=subtract,
        take="R(p*p)",
        decay=DecayParameter("beta_2", 0.999),
        start="zero",
        flush=True,
        source="keras 3.15.1, keras/src/optimizers/adam.py",
        surprises=("the param is the gradient", _FROM_ZERO),
    ),
    _rule(
        "muon",
        "Muon: the momentum buffer",
        form=lerp,
        scalars=in_compute_type,
        parameters=(
            Parameter("nesterov", False, "whether to show the gradient's lerp towards the buffer", search="switch"),
        ),
        start="zero",
        debias=either("nesterov", _lerp_nesterov, None),
        source="KellerJordan/Muon 857d1ad, muon.py",
        surprises=("the param is the gradient",),
        **constant("beta", 0.95),
    ),
    _rule(
        "ademamix",
        "AdEMAMix: the slow average",
        formula="DECAY; in the first T_beta3 steps its half-life grows from that of beta1",
        family=_ademamix,
        form=mul_add_alpha,
        scalars=in_compute_type,
        counter=_STEP,
        decay=DecayParameter("beta3", 0.9999),
        parameters=(
            Parameter("T_beta3", None, "steps of the warm-up", 1, optional=True, search="length"),
            number("beta1", 0.9, "the decay that the warm-up starts from", most=1),
        ),
        start="zero",
        source="AdEMAMix c3d73c0, ademamix.py",
        surprises=("the param is the gradient",),
    ),
    _rule(
        "swag",
        "SWAG: the mean",
        formula="1 - 1 / (n + 1)",
        family=lambda o: counted(),
        form=_swag,
        scalars=count,
        counter=Counter("n_models", "models before this one", first=0),
        decay=None,
        start="zero",
        source="wjmaddox/swa_gaussian 61a918f, swag/posteriors/swag.py",
    ),
    # layers
    _rule(
        "flax-batchnorm",
        "Flax BatchNorm (linen, nnx): the running mean and variance",
        words=("bn",),
        form=either("jit", two_products_fused_shadow, two_products),
        parameters=(Parameter("jit", True, "whether the update is compiled by jax.jit", search="arithmetic"),),
        flush=True,
        source="flax 0.12.8, flax/linen/normalization.py",
        surprises=(
            "momentum is the decay here; in torch's BatchNorm it is the weight",
            "the variance starts at 1 (--initial 1)",
        ),
        **constant("momentum", 0.99),
    ),
    _rule(
        "equinox-batchnorm",
        "Equinox BatchNorm: the running mean and variance",
        flush=True,
        source="equinox, equinox/nn/_batch_norm.py, mode='ema'",
        surprises=("the first batch is copied", "mode='batch' starts at zero and is debiased: rule equinox-debiased"),
        **COPIED,
        **constant("momentum", 0.99),
    ),
    _rule(
        "equinox-debiased",
        "Equinox BatchNorm, mode='batch': the running mean and variance",
        start="zero",
        debias=debias.by_power_in_dtype,
        flush=True,
        source="equinox, equinox/nn/_batch_norm.py, mode='batch'",
        **constant("momentum", 0.99),
    ),
    _rule(
        "caffe-batchnorm",
        "Caffe BatchNorm: the mean and variance",
        formula="DECAY; divided by the sum of the weights",
        family=lambda o: fixed(o.decay),
        form=decayed_sum,
        decay=DecayParameter("moving_average_fraction", 0.999),
        start="zero",
        debias=debias.by_sum_of_weights.but(
            text="R(s*R(div(1, weights)))",
            meaning="R(s * R(1 / weights)), where weights is the sum of the weights, decayed like s.",
        ),
        source="caffe, src/caffe/layers/batch_norm_layer.cpp",
    ),
    _rule(
        "torch-ao-observer",
        "torch.ao MovingAverageMinMaxObserver: the minimum or the maximum",
        words=("movingaverageperchannelminmaxobserver",),
        form=add_product,
        scalars=weight_in_compute_type,
        source="torch 2.13.0, torch/ao/quantization/observer.py",
        surprises=("the first minimum or maximum is copied",),
        run=True,
        **COPIED,
        **constant("averaging_constant", 0.01, "alpha"),
    ),
    _rule(
        "vq-pytorch",
        "vector-quantize-pytorch: cluster_size and embed_avg",
        words=("codebook", "vq", "vectorquantizerema"),
        form=lerp,
        scalars=in_compute_type,
        source="vector-quantize-pytorch 0d7d1aa, vector_quantize_pytorch/vector_quantize_pytorch.py",
        surprises=(
            "cluster_size starts at 1 (--initial 1), embed_avg at the codebook",
            "the codebook is embed_avg divided by cluster_size, which is first smoothed across the codes",
        ),
        **constant("decay", 0.8),
    ),
    # losses and rates
    _rule(
        "fastai",
        "fastai AvgSmoothLoss",
        words=("losssmoothing", "smoothloss"),
        form=reverse_lerp,
        scalars=in_compute_type,
        start="zero",
        debias=Readout("R(div(s, O(1 - pow64(v, k))))", "R(s / O(1 - v^k)): the power in double.", names=double_power),
        source="fastai, fastai/learner.py",
        **constant("beta", 0.98),
    ),
    _rule(
        "nanochat",
        "nanochat: the printed loss",
        words=("losssmoothing",),
        start="zero",
        debias=debias.by_power_in_dtype,
        source="karpathy/nanochat 92d63d4, scripts/base_train.py",
        **IN_FLOAT64,
        **constant("ema_beta", 0.9),
    ),
    _rule(
        "nanogpt",
        "nanoGPT: running_mfu",
        formula="0.9",
        family=lambda o: fixed(o.precision.load("0.9")),
        scalars=_tenth,
        decay=None,
        source="karpathy/nanoGPT, train.py",
        surprises=(
            "0.9 and 0.1 add up to 1, but 0.1 is not 1 - 0.9 in floating point",
            "the first five iterations are not measured",
        ),
        **COPIED,
        **IN_FLOAT64,
    ),
    _rule(
        "dreamerv3",
        "DreamerV3 Normalize",
        formula="1 - rate; divided by the average of ones",
        family=lambda o: fixed(o.weight),
        scalars=weight_in_dtype,
        decay=DecayParameter("rate", 0.01, "alpha"),
        start="zero",
        debias=Readout(
            "R(s*R(div(1, max(w, ones))))",
            "R(s * R(1 / max(rate, ones))), where ones is the average of ones.",
            registers=(("ones", 0),),
            after=(("ones", "R(R(d*ones) + w)"),),
        ),
        flush=True,
        source="danijar/dreamerv3 e3f0224, embodied/jax/utils.py",
    ),
    _rule(
        "dreamerv3-slow",
        "DreamerV3 SlowModel",
        formula="1 - rate where count % every == 0, else 1",
        family=lambda o: Family(
            "DECAY if n % every == 0 else N(0)", (("DECAY", o.weight), ("every", o.every)), ("every",)
        ),
        scalars=weight_in_dtype,
        counter=Counter("count", "updates before this one", first=0),
        decay=DecayParameter("rate", 0.02, "alpha"),
        parameters=(Parameter("every", 1, "updates between two that mix in the param", 1, search="interval"),),
        flush=True,
        source="danijar/dreamerv3 e3f0224, embodied/jax/utils.py",
        surprises=("the rounds in between are still computed, with a weight of 0",),
    ),
)
