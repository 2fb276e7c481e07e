"""TensorFlow and Keras. On the CPU they flush subnormal numbers to zero, except in float16."""

from __future__ import annotations

from functools import partial
from typing import Any

from ema_cli.core import debias
from ema_cli.core.coefficients import (
    by_float32_in_dtype,
    in_dtype,
    subtracted_in_dtype,
    subtracted_in_float32,
    weight_in_dtype,
)
from ema_cli.core.rule import Counter, DecayParameter, Parameter, Rule
from ema_cli.core.rules.parts import constant
from ema_cli.core.schedules import Family, fixed, from_step, ratio
from ema_cli.core.updates import Form, from_param, subtract, two_products, two_products_fused_shadow

_NUM_UPDATES = Counter("num_updates", "the argument of apply, usually the global step; without one, DECAY is used")
_RATIO = "min(DECAY, (1 + num_updates) / (10 + num_updates))"
_MOVING_AVERAGES = "tensorflow 2.21.0 (the same in 1.15.0), tensorflow/python/training/moving_averages.py"
_ITERATIONS = Counter("iterations", "the optimizer's iterations before their increment", first=0)
_MOVING_VARIANCE = "moving_mean starts at 0, moving_variance at 1 (--initial 1)"
_START_STEP = Parameter("start_step", 0, "the step at which averaging starts", search="start")


_rule = partial(Rule, form=two_products, scalars=in_dtype, flush=True, usual=True)

_averaged = partial(
    _rule,
    formula=_RATIO,
    family=lambda o: ratio(o.decay),
    form=subtract,
    scalars=subtracted_in_float32,
    counter=_NUM_UPDATES,
    source=_MOVING_AVERAGES,
    precision="float32",
)  # ExponentialMovingAverage: shadow -= (shadow - x) * (1 - decay), the decay in float32


def _tfa(o: Any) -> Family:
    base = o.decay
    if o.num_updates is not None:
        base = ratio(base).over(o.precision)([o.num_updates])[0]
    return from_step(o.start_step, ratio(base) if o.dynamic_decay else fixed(base), counted_from=o.start_step)


def overwriting(every: int) -> Form:
    """The param is a gradient; the variable x starts at the initial value, and becomes s after every few rounds."""
    return Form(
        "overwriting",
        "R(R(d*average) + R(w*R(x - p)))",
        "The param is a gradient g: x = R(x - g), then R(R(s*d) + R(x*w)), from 0 on; every ema_overwrite_frequency"
        " rounds, x = s",
        readable="d*s + w*(x - p)",
        registers=(("s", 0), ("x", 0), ("count", 0)),
        before=(("x", "x if count % every else s"), ("average", "s if count else N(0)")),
        after=(("x", "R(x - p)"), ("count", "count + 1")),
        names=lambda num: {"every": every},
    )


ENTRIES = (
    _averaged(
        "tensorflow",
        "tf.train.ExponentialMovingAverage of a variable",
        words=("numupdates", "tf", "tf1", "contribquantize"),
        aliases=(("acer", ""),),
        surprises=(
            "the average never increments num_updates: it is the global step, not a count of updates",
            "starting at step 0, the first decay is 1/10: nine tenths of the first shadow come from the first param",
            "(1 + n)/(10 + n) reaches 0.99 at n = 890, 0.999 at 8 990 and 0.9999 at 89 990",
        ),
    ),
    _averaged(
        "tensorflow-eager",
        "tf.train.ExponentialMovingAverage, TF 2 eager: the first apply creates the shadow",
        words=("tf2",),
        start="first",
        surprises=("the first apply copies the variable to the shadow and then runs the update as well",),
    ),
    _averaged(
        "tensorflow-tensor",
        "tf.train.ExponentialMovingAverage of a Tensor (graph)",
        start="zero",
        surprises=("a Tensor's shadow starts at zero, a variable's at its value",),
    ),
    _averaged(
        "tensorflow-debias",
        "tf.train.ExponentialMovingAverage(zero_debias=True) of a Tensor (graph)",
        words=("biascorrected", "biascorrection", "debias"),
        start="zero",
        debias=debias.by_power_of_rest,
        surprises=("with num_updates it divides by 1 - (current decay)^k, not by 1 - the product of the decays",),
    ),
    _averaged(
        "tf-contrib",
        "tf.contrib.opt.MovingAverageOptimizer",
        decay=DecayParameter("average_decay", 0.9999),
        source="tensorflow 1.15.0, tensorflow/contrib/opt/python/training/moving_average_optimizer.py",
    ),
    _averaged(
        "compare-gan",
        "compare_gan's generator average",
        formula="DECAY if step >= ema_start_step else 0",
        family=lambda o: from_step(o.ema_start_step, fixed(o.decay)),
        counter=Counter("step", "the global step", first=0),
        decay=DecayParameter("ema_decay", 0.9999),
        parameters=(Parameter("ema_start_step", 40000, "the decay is 0 before this step", search="start"),),
        source="google/compare_gan, compare_gan/gans/modular_gan.py",
        surprises=("before the start the shadow is s - (s - x) * 1, which may differ from x in the last bit",),
    ),
    _rule(
        "tfa",
        "TensorFlow Addons MovingAverage",
        formula="0 before start_step, then DECAY; dynamic: min(DECAY, (1 + k) / (10 + k)), k = iterations - start_step",
        family=_tfa,
        form=subtract,
        scalars=subtracted_in_dtype,
        counter=_ITERATIONS,
        decay=DecayParameter("average_decay", 0.99),
        parameters=(
            Parameter("num_updates", None, "caps the decay at (1 + num_updates) / (10 + num_updates)", optional=True),
            _START_STEP,
            Parameter("dynamic_decay", False, "whether the decay warms up", search="switch"),
        ),
        source="tensorflow-addons 0.23.0, tensorflow_addons/optimizers/average_wrapper.py, moving_average.py",
        precision="float32",
        surprises=("num_updates is read once, when the optimizer is created, and lowers the decay from then on",),
    ),
    _rule(
        "tf-models",
        "TensorFlow Models ExponentialMovingAverage",
        formula="0 before start_step, then min(DECAY, (1 + k) / (10 + k)), k = iterations - start_step",
        family=lambda o: from_step(
            o.start_step, ratio(o.decay) if o.dynamic_decay else fixed(o.decay), counted_from=o.start_step
        ),
        form=subtract,
        scalars=subtracted_in_float32,
        counter=Counter("iterations", "the optimizer's iterations after their increment", first=1),
        decay=DecayParameter("average_decay", 0.99),
        parameters=(_START_STEP, Parameter("dynamic_decay", True, "whether the decay warms up", search="switch")),
        start="zero",
        source="tf-models-official 2.15.0, official/modeling/optimization/ema_optimizer.py",
        precision="float32",
        surprises=(
            "the shadow starts at zero and isn't debiased",
            "the counter is incremented before it is read: the first decay is 2/11",
        ),
    ),
    _rule(
        "keras",
        "Keras 3, use_ema=True",
        words=("tf2",),
        formula="0 if iterations == 0, else DECAY",
        family=lambda o: from_step(1, fixed(o.decay)),
        form=lambda o: two_products_fused_shadow if o.backend == "jax-jit" else two_products,
        scalars=lambda o: by_float32_in_dtype if o.backend == "torch" else subtracted_in_dtype,
        counter=_ITERATIONS,
        decay=DecayParameter("ema_momentum", 0.99),
        parameters=(
            Parameter(
                "backend",
                "tensorflow",
                choices=("tensorflow", "jax-eager", "jax-jit", "torch"),
                meaning="the Keras backend; tensorflow with jit_compile=True rounds like jax-jit",
                search="arithmetic",
            ),
        ),
        start="zero",
        source="keras 3.15.1, keras/src/optimizers/base_optimizer.py",
        flush=lambda o: o.backend != "torch",
        surprises=("the first update computes a copy: 0 * 0 + 1 * x",),
    ),
    _rule(
        "keras-overwrite",
        "Keras 3, SGD(1.0, use_ema=True, ema_overwrite_frequency=F): the params are gradients",
        formula="0 if iterations == 0, else DECAY",
        family=lambda o: from_step(1, fixed(o.decay)),
        form=lambda o: overwriting(o.ema_overwrite_frequency),
        scalars=subtracted_in_dtype,
        counter=_ITERATIONS,
        decay=DecayParameter("ema_momentum", 0.99),
        parameters=(Parameter("ema_overwrite_frequency", 1, "steps between overwrites of the variable", 1),),
        source="keras 3.15.1, keras/src/optimizers/base_optimizer.py",
        surprises=("the average feeds back into training: it overwrites the variable",),
    ),
    _rule(
        "tf-keras",
        "Keras 2 (tf-keras), use_ema=True",
        source="tf-keras 2.21.0, tf_keras/src/optimizers/optimizer.py",
        surprises=(
            "the shadow starts at the variable's value before its first update; in Keras 3, at its value after it",
        ),
        **constant("ema_momentum", 0.99),
    ),
    _rule(
        "keras-batchnorm",
        "Keras 3 BatchNormalization, moving_mean and moving_variance",
        words=("bn", "kerasbn", "tfbn"),
        usual=False,
        source="keras 3.15.1, keras/src/layers/normalization/batch_normalization.py",
        surprises=("momentum is the decay here; in torch's BatchNorm it is the weight", _MOVING_VARIANCE),
        **constant("momentum", 0.99),
    ),
    _rule(
        "tf-keras-batchnorm",
        "Keras 2 (tf-keras) BatchNormalization, not fused, moving_mean and moving_variance",
        usual=False,
        form=subtract,
        scalars=subtracted_in_float32,
        source="tf-keras 2.21.0, tf_keras/src/layers/normalization/batch_normalization.py",
        surprises=(_MOVING_VARIANCE,),
        **constant("momentum", 0.99),
    ),
    _rule(
        "sonnet",
        "Sonnet 2 ExponentialMovingAverage",
        words=("codebook", "vq", "vectorquantizerema"),
        form=subtract,
        start="zero",
        debias=debias.by_power_in_dtype,
        aliases=(("sonnet-vq", ""),),
        source="dm-sonnet 2.0.2, sonnet/src/moving_averages.py",
        **constant(),
    ),
    _rule(
        "stylegan-tf",
        "StyleGAN (TensorFlow), Network.setup_as_moving_average_of",
        form=from_param,
        source="NVlabs/stylegan, dnnlib/tflib/network.py",
        **constant("beta", 0.99),
    ),
    _rule(
        "tf-agents",
        "TF-Agents soft_variables_update",
        words=("softupdate", "targetnetwork"),
        scalars=weight_in_dtype,
        aliases=(("baselines", ""), ("stable-baselines", "")),
        source="tensorflow/agents, tf_agents/utils/common.py",
        **constant("tau", 1.0, "alpha"),
    ),
)
