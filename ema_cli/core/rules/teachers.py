"""Teachers of self-supervised learning: a momentum encoder whose decay follows a curve, in PyTorch."""

from __future__ import annotations

from functools import partial
from typing import Any

from ema_cli.core.coefficients import (
    alpha_in_dtype,
    alpha_subtracted_twice,
    in_compute_type,
    weight_as_alpha,
    weight_in_compute_type,
)
from ema_cli.core.gates import SKIP, Gate, first_copied
from ema_cli.core.rule import Counter, DecayParameter, Parameter, Rule
from ema_cli.core.rules.parts import curve, number
from ema_cli.core.rules.pytorch import MUL_ADD_ALPHA, TENSOR
from ema_cli.core.schedules import Family
from ema_cli.core.updates import lerp, two_products

_BEFORE = Counter("i", "iterations before this one", first=0)
_STEPS = Counter("steps", "calls before this one", first=0)
_LAST = "the decay at the end"
_FIRST_COPIES = "the first update copies the params, whatever the decay"
_NUMPY = "it uses numpy's cosine, which is the C library's from numpy 2 on"


def _length(name: str, default: int, meaning: str = "iterations of training") -> Parameter:
    return Parameter(name, default, meaning, 1, search="length")


def _straight(o: Any) -> Family:
    """From the first decay to the last in equal steps."""
    names = (("DECAY", o.decay), ("final", o.final), ("total", o.iterations * o.ipe_scale))
    return Family("DECAY + min(n, total)*(final - DECAY)/total", names, ("final", "total"))


def _dinov2(o: Any) -> Family:
    span = o.total_iters - o.warmup_iters - o.freeze_iters
    cosine = "final + 0.5*(DECAY - final)*(1 + cos_numpy(pi*(n - start)/span))"
    warm = "first + (n - freeze)*((DECAY - first)/(warmup - 1))" if o.warmup_iters > 1 else "first"
    text = f"0 if n < freeze else {warm} if n < start else {cosine} if n < total else final"
    start = o.freeze_iters + o.warmup_iters
    return curve(
        text if start else f"{cosine} if n < total else final",
        DECAY=o.decay, final=o.final_value, start=start, span=span, total=o.total_iters,
        first=o.start_warmup_value, freeze=o.freeze_iters, warmup=o.warmup_iters,
    ).but(inlined=("final", "start", "span", "total", "first", "freeze", "warmup"))  # fmt: skip


def _dinov3(o: Any) -> Family:
    warm = "start + n*((DECAY - start)/warmup)"
    cosine = "final + 0.5*(DECAY - final)*(1 + cos_numpy((n - warmup)*(pi/(total - warmup - 1))))"
    text = f"{cosine} if n < total else final"
    return curve(
        f"{warm} if n < warmup else {text}" if o.warmup_iterations else text,
        DECAY=o.decay, start=o.start, final=o.end, warmup=o.warmup_iterations, total=o.total_iterations,
    ).but(inlined=("start", "final", "warmup", "total"))  # fmt: skip


def _fairseq_annealed(o: Any) -> Family:
    names = (("DECAY", o.decay), ("final", o.ema_end_decay), ("last", o.ema_anneal_end_step))
    return Family(
        "final - (final - DECAY)*(1 - N(n)/last) if n < last else final",
        names,
        ("final", "last"),
        limit=o.ema_end_decay,
    )


def _cosine(text: str) -> Any:
    return lambda o: curve(text, DECAY=o.decay, final=getattr(o, "final", 1.0), last=o.max_steps).but(
        inlined=("final", "last")
    )


_MAX_STEPS = _length("max_steps", 100000)

_teacher = partial(Rule, form=MUL_ADD_ALPHA, scalars=alpha_in_dtype, counter=_BEFORE, run=False)

ENTRIES = (
    _teacher(
        "dinov2",
        "DINOv2, the teacher",
        formula="final + (DECAY - final) (1 + cos(pi i / total_iters)) / 2, after freeze and warm-up",
        family=_dinov2,
        decay=DecayParameter("momentum_teacher", 0.992),
        parameters=(
            number("final_value", 1.0, _LAST, most=1),
            _length("total_iters", 125000),
            Parameter("warmup_iters", 0, "iterations of a linear warm-up"),
            number("start_warmup_value", 0.0, "the decay at the start of the warm-up", most=1),
            Parameter("freeze_iters", 0, "iterations at the start with a decay of 0"),
            *TENSOR,
        ),
        source="facebookresearch/dinov2 b8931f7, dinov2/utils/utils.py, train/ssl_meta_arch.py",
        surprises=(_NUMPY,),
    ),
    _teacher(
        "dinov3",
        "DINOv3, the teacher: linear_warmup_cosine_decay",
        formula="from start to DECAY in equal steps, then to end along a cosine whose last step is end",
        family=_dinov3,
        decay=DecayParameter("peak", 0.994),
        parameters=(
            number("start", 0.994, "the decay at the start of the warm-up", most=1),
            number("end", 1.0, _LAST, most=1),
            Parameter("warmup_iterations", 0, "iterations of a linear warm-up"),
            _length("total_iterations", 1000000),
            *TENSOR,
        ),
        source="facebookresearch/dinov3 6876159, dinov3/train/cosine_lr_scheduler.py",
        surprises=(_NUMPY, "for CosineScheduler, see rule dinov2"),
    ),
    _teacher(
        "vissl",
        "VISSL's momentum encoders",
        words=("momentumencoder",),
        formula="1 - (1 - DECAY) (1 + cos(pi i / max_steps)) / 2",
        family=_cosine("1 - 0.5*(1 - DECAY)*(cos(pi*n/last) + 1)"),
        form=two_products,
        scalars=in_compute_type,
        decay=DecayParameter("momentum", 0.996),
        parameters=(_MAX_STEPS,),
        source="facebookresearch/vissl 09270ed, vissl/hooks",
    ),
    _teacher(
        "i-jepa",
        "I-JEPA, the target encoder",
        words=("jepa", "linear"),
        formula="DECAY + i (final - DECAY) / (iterations ipe_scale)",
        family=_straight,
        form=two_products,
        scalars=in_compute_type,
        decay=DecayParameter("ema", 0.996),
        parameters=(
            number("final", 1.0, _LAST, most=1),
            _length("iterations", 300000),
            number("ipe_scale", 1.0, "the factor of the iterations", above=True),
        ),
        source="facebookresearch/ijepa 52c1ae9, src/train.py",
    ),
    _teacher(
        "v-jepa",
        "V-JEPA 2, the target encoder",
        words=("jepa", "linear"),
        formula="DECAY + i (final - DECAY) / (iterations ipe_scale)",
        family=_straight,
        decay=DecayParameter("ema", 0.998),
        parameters=(
            number("final", 1.0, _LAST, most=1),
            _length("iterations", 300000),
            number("ipe_scale", 1.25, "the factor of the iterations", above=True),
            *TENSOR,
        ),
        aliases=(("v-jepa-2", ""),),
        source="facebookresearch/vjepa2 c2963a4, app/vjepa/train.py",
    ),
    _teacher(
        "data2vec",
        "data2vec (fairseq), the teacher",
        words=("linear",),
        formula="from DECAY to ema_end_decay in ema_anneal_end_step equal steps",
        family=_fairseq_annealed,
        scalars=alpha_subtracted_twice,
        counter=Counter("num_updates", "updates, including this one", first=1),
        decay=DecayParameter("ema_decay", 0.999),
        parameters=(
            number("ema_end_decay", 0.9999, _LAST, most=1),
            _length("ema_anneal_end_step", 30000, "steps until the decay reaches its last value"),
            *TENSOR,
        ),
        gate=lambda o: (
            Gate((("n >= last", SKIP),), (("last", o.ema_anneal_end_step),)) if o.ema_end_decay >= 1 else None
        ),
        state="float32",
        source="fairseq, examples/data2vec/models/data2vec_audio.py, fairseq/modules/ema_module.py",
        surprises=("the first call creates the teacher without updating it", "a decay of 1 skips the update"),
    ),
    _teacher(
        "lightly",
        "lightly update_momentum with cosine_schedule",
        formula="final - (final - DECAY) (1 + cos(pi step / (max_steps - 1))) / 2",
        family=_cosine("final - (final - DECAY)*(cos_numpy(pi*n/(last - 1)) + 1)/2 if n < last - 1 else final"),
        counter=Counter("step", "steps before this one", first=0),
        decay=DecayParameter("start_value", 0.996),
        parameters=(number("final", 1.0, _LAST, most=1), _length("max_steps", 100000), *TENSOR),
        source="lightly e8d317f, lightly/utils/scheduler.py, lightly/models/utils.py",
        surprises=(_NUMPY,),
    ),
    _teacher(
        "solo-learn",
        "solo-learn MomentumUpdater",
        formula="final - (final - DECAY) (1 + cos(pi step / max_steps)) / 2; the first update has DECAY itself",
        family=_cosine("final - (final - DECAY)*(cos(pi*n/last) + 1)/2 if n else DECAY"),
        form=two_products,
        scalars=in_compute_type,
        decay=DecayParameter("base_tau", 0.996),
        parameters=(number("final", 1.0, _LAST, most=1), _MAX_STEPS),
        source="vturrisi/solo-learn 9187ea3, solo/utils/momentum.py",
    ),
    _teacher(
        "lightning-bolts",
        "lightning-bolts BYOLMAWeightUpdate",
        formula="1 - (1 - DECAY) (1 + cos(pi global_step / max_steps)) / 2; the first update has DECAY itself",
        family=_cosine("1 - (1 - DECAY)*(cos(pi*n/last) + 1)/2 if n else DECAY"),
        form=two_products,
        scalars=in_compute_type,
        counter=Counter("global_step", "steps before this one", first=0),
        decay=DecayParameter("initial_tau", 0.996),
        parameters=(_MAX_STEPS,),
        source="lightning-bolts 34958a8, pl_bolts/callbacks/byol_updates.py",
    ),
    _teacher(
        "mmpretrain",
        "MMPretrain CosineEMA",
        formula="1 - (end - (end - momentum) (1 + cos(pi steps / max_iters)) / 2)",
        family=lambda o: curve(
            "final - (final - DECAY)*((cos(pi*n/float(last)) + 1)/2)",
            DECAY=o.weight,
            final=o.end_momentum,
            last=o.max_iters,
        ).but(inlined=("final", "last"), readable="final - (final - DECAY)*(cos(pi*n/last) + 1)/2"),
        scalars=weight_as_alpha,
        counter=_STEPS,
        decay=DecayParameter("momentum", 0.004, "alpha"),
        parameters=(
            number("end_momentum", 0.0, "the weight at the end", most=1),
            _length("max_iters", 100000),
            *TENSOR,
        ),
        gate=first_copied,
        source="mmpretrain 08dc8c7, mmpretrain/models/utils/ema.py",
        surprises=(_FIRST_COPIES,),
    ),
    _teacher(
        "mmdet",
        "MMDetection ExpMomentumEMA (YOLOX, RTMDet)",
        formula="1 - ((1 - momentum) e^(-(1 + steps) / gamma) + momentum)",
        family=lambda o: curve("(1 - DECAY)*exp(-(1 + n)/gamma) + DECAY", DECAY=o.weight, gamma=o.gamma).but(
            inlined=()
        ),
        form=lerp,
        scalars=weight_in_compute_type,
        counter=_STEPS,
        decay=DecayParameter("momentum", 0.0002, "alpha"),
        parameters=(Parameter("gamma", 2000, "the time constant of the ramp", 1, search="tau"),),
        gate=first_copied,
        source="mmdet 38922f6, mmdet/models/layers/ema.py",
        surprises=(_FIRST_COPIES,),
    ),
)
