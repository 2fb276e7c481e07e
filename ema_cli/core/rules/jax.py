"""JAX: optax, Haiku, Flax, Praxis, RLax, AXLearn.

jax.jit compiles a product and a sum to one fused multiply-add, which rounds once; run eagerly, each is rounded. The
default is jit, which is what users run. On the CPU, XLA flushes subnormal numbers to zero.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ema_cli.core import debias
from ema_cli.core.coefficients import (
    in_dtype,
    in_dtype_and_bfloat16,
    in_dtype_and_float16,
    subtracted_in_dtype,
    subtracted_in_float32,
    weight_in_dtype,
)
from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.dtypes import dtype as find_dtype
from ema_cli.core.rule import Counter, DecayParameter, Parameter, Rule, either
from ema_cli.core.rules.parts import constant, library
from ema_cli.core.schedules import Family, bias_corrected, fixed, from_step, ratio
from ema_cli.core.updates import (
    by_recurrence,
    subtract,
    subtract_fused,
    two_products,
    two_products_fused_param,
    two_products_fused_shadow,
    two_products_of_half,
    two_products_of_short_param,
)

if TYPE_CHECKING:
    from ema_cli.core.updates import Form

_JIT = Parameter("jit", True, "whether the update is compiled by jax.jit", search="arithmetic")
_ACCUMULATOR = Parameter(
    "accumulator_dtype",
    None,
    "the type of the average, if it is not that of the params",
    choices=("float32",),
    optional=True,
    search="arithmetic",
)


_NUMEL = Parameter(
    "numel",
    2,
    "elements in the array: one is divided, several are multiplied by the reciprocal",
    1,
    search="arithmetic",
)
_HAIKU_JIT = (debias.by_power_in_dtype, debias.by_power_in_dtype_reciprocal)
_HAIKU_EAGER = (debias.by_squared_power, debias.by_squared_power_reciprocal)


def _by_numel(o: Any, quotient: Any, product: Any) -> Any:
    """One of two read-outs: a tensor of one element is divided, a larger one is multiplied by 1/x."""
    return quotient if o.numel == 1 else product


_SHORT = {"bfloat16": in_dtype_and_bfloat16, "float16": in_dtype_and_float16}


def _short(o: Any) -> str | None:
    """The type of the params if optax accumulates in a longer one, else None."""
    return o.input_dtype if o.accumulator_dtype and o.input_dtype in _SHORT else None


def _accumulator(o: Any) -> str | None:
    """The type of the average; None for that of the params."""
    if o.accumulator_dtype and o.input_dtype == "float64":
        raise SettingError("rule optax: accumulator_dtype=float32 is shorter than float64, in which optax shows it")
    return o.accumulator_dtype  # type: ignore[no-any-return]


def _optax_form(o: Any) -> Any:
    short = _short(o)
    if short is None:
        return _by_param(o)
    if o.jit and short == "bfloat16":
        return two_products_fused_shadow  # float32 holds the product exactly
    return two_products_of_short_param(short, fused=o.jit)


def _by_shadow(o: Any) -> Any:
    return _compiled(o, o.decay, two_products_fused_shadow)


def _by_param(o: Any) -> Any:
    return _compiled(o, o.decay, two_products_fused_param)


def _compiled(o: Any, decay: Any, fused: Form) -> Form:
    """The form of two products with a constant decay: compiled, one of them is fused with the sum; where decay and
    weight are halves in the dtype, shadow and param are added first.
    """
    if not o.jit:
        return two_products
    R = find_dtype(o.input_dtype).round
    return fused if decay is None or R(decay) != R(1 - decay) else two_products_of_half


def _levanter(o: Any) -> Family:
    """One minus the raw weight, which falls from a given step on as 1 - sqrt(time since then)."""
    fallen = "1 - f32(1 - f32(sqrt(f32(min(max((n - switch)/steps, 0), 1)))))"
    names = (("DECAY", o.decay), ("switch", o.switch_step), ("steps", o.decay_steps))
    return Family(f"DECAY if n < switch else {fallen}", names, ("switch", "steps"), rational=False, calls=library)


_rule = partial(Rule, form=two_products, scalars=in_dtype, flush=True, usual=True)

_HAIKU = _rule(
    "haiku",
    "Haiku ExponentialMovingAverage",
    words=("jax",),
    formula="0 while counter <= 0 in a warm-up, else DECAY",
    family=lambda o: from_step(1, fixed(o.decay)) if o.warmup_length > 0 else fixed(o.decay),
    form=lambda o: _by_shadow(o) if o.warmup_length == 0 else two_products_fused_shadow if o.jit else two_products,
    scalars=subtracted_in_dtype,
    counter=lambda o: Counter("counter", "from -warmup_length, incremented before use", first=1 - o.warmup_length),
    parameters=(
        Parameter("zero_debias", True, "whether the average is debiased", search="switch"),
        Parameter("warmup_length", 0, "updates at the start that copy, with a decay of 0", search="start"),
        _JIT,
        _NUMEL,
    ),
    start="zero",
    debias=lambda o: _by_numel(o, *(_HAIKU_JIT if o.jit else _HAIKU_EAGER)) if o.zero_debias else None,
    source="dm-haiku 0.0.17, haiku/_src/moving_averages.py",
)

ENTRIES = (
    _rule(
        "optax",
        "optax.ema",
        words=("biascorrected", "biascorrection", "debias", "jax"),
        form=_optax_form,
        scalars=lambda o: _SHORT[o.input_dtype] if _short(o) else in_dtype,
        parameters=(
            Parameter("debias", True, "whether the average is debiased", search="switch"),
            _ACCUMULATOR,
            _JIT,
            _NUMEL,
        ),
        start="zero",
        debias=lambda o: _by_numel(o, debias.by_power, debias.by_power_reciprocal) if o.debias else None,
        state=_accumulator,
        source="optax 0.2.8, optax/transforms/_accumulation.py",
        **constant(),
    ),
    _rule(
        "optax-incremental",
        "optax.incremental_update",
        form=lambda o: _compiled(o, o.weight, two_products_fused_param),
        scalars=weight_in_dtype,
        parameters=(_JIT,),
        aliases=(("levanter", ""), ("acme", "")),
        source="optax 0.2.8, optax/_src/update.py",
        **constant("step_size", None, "alpha"),
    ),
    _rule(
        "levanter-decay-sqrt",
        "Levanter model_averaging: ema_decay_sqrt",
        formula="1 - w / (sum of all w), w = 1 - DECAY before switch_step, then"
        " 1 - sqrt((step - switch_step) / decay_steps)",
        family=_levanter,
        form=by_recurrence(
            two_products,
            (
                ("base", "v"),
                ("total", "total + (1 - base)"),
                ("part", "(1 - base)/total if total else 0"),
                ("w", "R(part)"),
                ("d", "R(1 - part)"),
            ),
            (("total", 0),),
        ),
        counter=Counter("step", "steps before this one", first=0),
        decay=DecayParameter("beta", 0.999),
        parameters=(
            Parameter("switch_step", 100000, "the step at which the weights start to fall", search="start"),
            Parameter("decay_steps", 100000, "the steps until they reach 0", 1, search="length"),
        ),
        aliases=(("ema_decay_sqrt", ""),),
        source="stanford-crfm/levanter, src/levanter/optim/model_averaging.py",
        run=False,
        surprises=("the first update computes a copy", "before switch_step all weights are equal, as in a mean"),
    ),
    _HAIKU,
    _HAIKU.but(name="haiku-params", framework="Haiku EMAParamsTree"),
    _rule(
        "flax",
        "Flax nnx.EMA",
        words=("jax",),
        form=_by_shadow,
        parameters=(_JIT,),
        aliases=(("jetformer", ""), ("big-vision", "")),
        source="flax 0.12.8, flax/nnx/training/ema.py",
        **constant(),
    ),
    _rule(
        "praxis",
        "Praxis apply_ema_weights",
        formula="min(DECAY, (1 + count) / (10 + count))",
        family=lambda o: ratio(o.decay),
        form=either("jit", subtract_fused, subtract),
        scalars=subtracted_in_float32,
        counter=Counter("count", "updates before this one", first=0),
        parameters=(_JIT,),
        source="google/praxis feeaff1, praxis/optimizers.py",
        precision="float32",
        surprises=("it averages the parameter as it was before the optimizer's step",),
    ),
    _rule(
        "rlax",
        "RLax create_ema, the mean",
        form=_by_shadow,
        parameters=(_JIT,),
        start="zero",
        debias=lambda o: debias.by_product(fused=o.jit),
        source="rlax 0.1.9, rlax/_src/moving_averages.py",
        surprises=("for an array it averages the mean of the elements: pass that mean as the param",),
        **constant("decay", 0.999),
    ),
    _rule(
        "axlearn",
        "AXLearn param_ema with decay_bias_correction",
        formula="DECAY (1 - DECAY^(t-1)) / (1 - DECAY^t)",
        family=lambda o: bias_corrected(o.decay),
        form=either("jit", two_products_fused_param, two_products),
        scalars=subtracted_in_dtype,
        counter=Counter("t", "count of updates", first=1),
        parameters=(_JIT,),
        source="apple/axlearn, axlearn/common/schedule.py, axlearn/common/optimizers.py",
        precision="float32",
    ),
)
