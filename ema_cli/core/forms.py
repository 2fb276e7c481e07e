"""Arithmetic forms: how one update is rounded. And scalars: how the decay becomes its operands.

s is the shadow, p the param, d and w the operands that the scalars make of the effective decay: mostly the decay and
the weight, 1 - d. R rounds to the dtype, O to the compute type (`core/dtypes.py`), and fma(a, b, c) is a*b + c
rounded once. Each form is one body over a number system: it serves every dtype, one update and a batch. Where compiled
code fuses a product with a sum, the variant is a form of its own; the types of 16 bits never fuse.
"""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

from ema_cli.core import arithmetic
from ema_cli.core.dtypes import dtype
from ema_cli.core.written import written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ema_cli.core.dtypes import Dtype, Round
    from ema_cli.core.written import Follow

    Update = Callable[[Any, Any, Any, Any], Any]
    Form = Callable[[Dtype], Update]


@written("d*s + w*p")
def two_products(num: Dtype) -> Update:
    """R(R(s*d) + R(p*w))."""
    R = num.round
    return lambda s, p, d, w: R(R(s * d) + R(p * w))


@written("d*s + w*p")
def two_products_fused_shadow(num: Dtype) -> Update:
    """fma(s, d, R(p*w)); in 16 bits R(R(s*d) + R(p*w))."""
    if not num.fused:
        return two_products(num)
    R, fma = num.round, num.fma
    return lambda s, p, d, w: fma(s, d, R(p * w))


@written("d*s + w*p")
def two_products_fused_param(num: Dtype) -> Update:
    """fma(p, w, R(s*d)); in 16 bits R(R(s*d) + R(p*w))."""
    if not num.fused:
        return two_products(num)
    R, fma = num.round, num.fma
    return lambda s, p, d, w: fma(p, w, R(s * d))


@written("d*s + w*p")
def two_products_of_short_param(num: Dtype) -> Update:
    """R(R(s*d) + r(p*w)), where r rounds to bfloat16, the type of param and weight."""
    R, r = num.round, dtype("bfloat16", by_float32=True).round
    return lambda s, p, d, w: R(R(s * d) + r(p * w))


@written("s - (s - p)*w")
def subtract(num: Dtype) -> Update:
    """R(s - R(R(s - p) * w)), which needs one product."""
    R = num.round
    return lambda s, p, d, w: R(s - R(R(s - p) * w))


@written("s - (s - p)*w")
def subtract_fused(num: Dtype) -> Update:
    """fma(-w, R(s - p), s); in 16 bits R(s - R(R(s - p) * w))."""
    if not num.fused:
        return subtract(num)
    R, fma = num.round, num.fma
    return lambda s, p, d, w: fma(-w, R(s - p), s)


@written("p + (s - p)*d")
def from_param(num: Dtype) -> Update:
    """R(p + R(R(s - p) * d))."""
    R = num.round
    return lambda s, p, d, w: R(p + R(R(s - p) * d))


_LERP = "s + w*(p - s) if w < 0.5 else p - (1 - w)*(p - s)"


@written(_LERP)
def lerp(num: Dtype) -> Update:
    """delta = O(p - s); |w| < 0.5: R(fma(w, delta, s)); else R(fma(O(1 - w), -delta, p))."""
    R, O, fma = num.round, num.compute, num.fma  # noqa: E741
    if num.fused or num.digits is None:
        return lambda s, p, d, w: fma(w, O(p - s), s) if -0.5 < w < 0.5 else fma(O(1 - w), O(s - p), p)
    return lambda s, p, d, w: R(fma(w, O(p - s), s) if -0.5 < w < 0.5 else fma(O(1 - w), O(s - p), p))


@written("p + d*(s - p) if d < 0.5 else s - (1 - d)*(s - p)")
def reverse_lerp(num: Dtype) -> Update:
    """delta = O(s - p); |d| < 0.5: R(fma(d, delta, p)); else R(fma(O(1 - d), -delta, s)): lerp from the param by d."""
    forward = lerp(num)
    return lambda s, p, d, w: forward(p, s, w, d)


def _add(num: Dtype, vector: bool) -> Callable[[Any, Any, Any], Any]:
    """torch's add(t, p, alpha=w): fma(w, p, t); in 16 bits R(R(w*p) + t), and in a vector register R(O(w*p + t))."""
    R, O, fma = num.round, num.compute, num.fma  # noqa: E741
    if num.fused or num.digits is None:
        return fma
    if vector:
        return lambda w, p, t: R(O(w * p + t))
    return lambda w, p, t: R(R(w * p) + t)


@written("d*s + w*p")
def mul_add_alpha(num: Dtype) -> Update:
    """t = R(s*d); fma(w, p, t). In 16 bits R(R(w*p) + t)."""
    R, add = num.round, _add(num, vector=False)
    return lambda s, p, d, w: add(w, p, R(s * d))


@written("d*s + w*p")
def mul_add_alpha_vector(num: Dtype) -> Update:
    """t = R(s*d); fma(w, p, t). In 16 bits R(O(w*p + t)): what vector registers do."""
    R, add = num.round, _add(num, vector=True)
    return lambda s, p, d, w: add(w, p, R(s * d))


@written("s - w*(s - p)")
def sub_sub_alpha(num: Dtype) -> Update:
    """t = R(s - p); fma(-w, t, s). In 16 bits R(R(-w*t) + s)."""
    R, add = num.round, _add(num, vector=False)
    return lambda s, p, d, w: add(-w, R(s - p), s)


@written("s - w*(s - p)")
def sub_sub_alpha_vector(num: Dtype) -> Update:
    """t = R(s - p); fma(-w, t, s). In 16 bits R(O(-w*t + s))."""
    R, add = num.round, _add(num, vector=True)
    return lambda s, p, d, w: add(-w, R(s - p), s)


@written("s + w*(p - s)")
def diff_alpha(num: Dtype) -> Update:
    """t = R(p - s); fma(w, t, s). In 16 bits R(R(w*t) + s)."""
    R, add = num.round, _add(num, vector=False)
    return lambda s, p, d, w: add(w, R(p - s), s)


@written("s + w*(p - s)")
def diff_alpha_vector(num: Dtype) -> Update:
    """t = R(p - s); fma(w, t, s). In 16 bits R(O(w*t + s))."""
    R, add = num.round, _add(num, vector=True)
    return lambda s, p, d, w: add(w, R(p - s), s)


@written("s + (p - s)/w")
def add_div(num: Dtype) -> Update:
    """R(s + R(R(p - s) / w)), where w is the count of the params so far."""
    R = num.round
    return lambda s, p, d, w: R(s + R(R(p - s) / w))


@written("w*p + d*s")
def batchnorm(num: Dtype) -> Update:
    """R(O(O(w*p) + O(d*s))), with no fma; in bfloat16 R(R(w*p) + R(d*s))."""
    R = num.round
    O = R if num.name == "bfloat16" else num.compute  # noqa: E741
    return lambda s, p, d, w: R(O(O(w * p) + O(d * s)))


def stochastic(seed: int, numel: int, index: int) -> Form:
    """lerp; in bfloat16 O(fma(w, p, O(s*d))), cut off after a random number was added to its lower 16 bits."""

    @written(lambda num: "d*s + w*p" if num.name == "bfloat16" else _LERP)
    def form(num: Dtype) -> Update:
        if num.name != "bfloat16":
            return lerp(num)
        draw = arithmetic.mersenne_twister(seed)

        def draw_own() -> int:
            draws = [draw() for _ in range(numel)]  # each element takes one draw in each round
            return draws[index]

        truncate = arithmetic.truncated_at_random(draw_own)
        O, fma = num.compute, num.fma  # noqa: E741
        return lambda s, p, d, w: truncate(fma(w, p, O(s * d)))

    form.__doc__ = stochastic.__doc__
    return form


def overwriting(every: int) -> Form:
    """The param is a gradient g: x = R(x - g), then R(R(s*d) + R(x*w)); after every so many rounds x = s.

    The variable x starts at the initial value.
    """

    def follow(num: Dtype) -> Follow:
        variable, rounds = None, 0

        def tell(names: Mapping[str, Any]) -> Mapping[str, Any]:
            nonlocal variable, rounds
            before = names["s"] if variable is None or rounds % every == 0 else variable
            variable, rounds = num.round(before - names["p"]), rounds + 1
            return {"x": before}

        return tell

    @written("d*s + w*(x - p)", follow)
    def form(num: Dtype) -> Update:
        R, update = num.round, two_products(num)
        variable, rounds = None, 0

        def overwrite(s: Any, g: Any, d: Any, w: Any) -> Any:
            nonlocal variable, rounds
            variable = R((s if variable is None else variable) - g)
            s = update(s, variable, d, w)
            rounds += 1
            if rounds % every == 0:
                variable = s
            return s

        return overwrite

    form.__doc__ = overwriting.__doc__
    return form


def _finite_only(num: Dtype) -> Follow:
    return lambda names: {} if names["p"] - names["p"] == 0 else None


@written("d*s + w*p", _finite_only)
def passing_by(num: Dtype) -> Update:
    """s*d + p*w; a param that is infinite or NaN leaves s as it is."""
    R = num.round
    return lambda s, p, d, w: R(R(s * d) + R(p * w)) if p - p == 0 else s


def weighted(adjust: bool, ignore_na: bool) -> Form:
    """(s*old + p*new) / (old + new), where old is what the weights of all earlier params have decayed to.

    old is multiplied by d in each round, if ignore_na only where there is a param. If adjust, new = 1 and is added to
    old; else new = w (1 - old if w is a half, as pandas has it), and old is 1 again. A NaN or an
    infinity leaves s as it is, and so does a param that equals it.
    """

    def follow(num: Dtype) -> Follow:
        R = num.round
        old: Any = 1

        def tell(names: Mapping[str, Any]) -> Mapping[str, Any] | None:
            nonlocal old
            s, p, w = names["s"], names["p"], names["w"]
            if s is None or s != s:
                return None
            if p == p or not ignore_na:
                old = R(old * names["d"])
            if p != p:
                return None
            told = {"old": old, "new": 1 if adjust else w if w != 0.5 else R(1 - old)}
            old = R(old + told["new"]) if adjust else 1
            return told

        return tell

    @written("(old*s + new*p)/(old + new)", follow)
    def form(num: Dtype) -> Update:
        R = num.round
        old: Any = 1

        def update(s: Any, p: Any, d: Any, w: Any) -> Any:
            nonlocal old
            missing = p - p != 0
            if s is None or s != s:  # before the first param
                return nan if missing else p
            if missing:
                if not ignore_na:
                    old = R(old * d)
                return s
            old = R(old * d)
            new = 1 if adjust else w if w != 0.5 else R(1 - old)
            if s != p:
                s = R(R(R(old * s) + R(new * p)) / R(old + new))
            old = R(old + new) if adjust else 1
            return s

        return update

    form.__doc__ = weighted.__doc__
    return form


def by_hand(num: Dtype, decimals: int) -> Round:
    """The nearest decimal number of so many decimals, halves away from zero, as a class rounds.

    In float64 what 15 digits cannot tell from a half counts as one: the arithmetic's own error must not decide.
    """
    from decimal import ROUND_HALF_UP, Context, Decimal

    if num.digits is None:
        from fractions import Fraction

        scale = 10**decimals
        return lambda x: Fraction(int(abs(x) * scale + Fraction(1, 2)), scale) * (-1 if x < 0 else 1)
    unit, wide = Decimal(1).scaleb(-decimals), Context(prec=400 + decimals)
    precision = 15 if num.digits == 53 else 17

    def settle(x: Any) -> Any:
        if x - x != 0:
            return x
        return num.round(float(Decimal(f"{x:.{precision}g}").quantize(unit, ROUND_HALF_UP, wide)))

    return settle


def rounded_each(form: Form, decimals: int) -> Form:
    """The form with each round's shadow rounded to decimals."""

    def rounded(num: Dtype) -> Update:
        update, settle = form(num), by_hand(num, decimals)
        return lambda s, p, d, w: settle(update(s, p, d, w))

    rounded.__doc__ = form.__doc__
    return written(form.written.text, form.written.follow)(rounded)  # type: ignore[attr-defined]


class Scalars(NamedTuple):
    """How the value v of a family (a decay, a weight or a count) becomes the operands d and w of a form."""

    text: str
    """The same as a formula."""
    decay: Callable[[Dtype], Callable[[Any], Any]] | None
    """None for forms that take no d."""
    weight: Callable[[Dtype], Callable[[Any], Any]]
    shown: Callable[[Any], Any] | None = None
    """The decay that belongs to v, where v is no decay."""
    shown_weight: Callable[[Any], Any] | None = None
    """The weight that belongs to v, where the operand is no weight."""
    written: str = "v"
    """The decay as an expression of v."""


def _compute(num: Dtype) -> Callable[[Any], Any]:
    return num.compute


def _compute_rest(num: Dtype) -> Callable[[Any], Any]:
    if num.digits == 53:
        return (1.0).__sub__  # the body below, where O does nothing
    O = num.compute  # noqa: E741
    return lambda v: O(1 - v)


def _compute_rest_of_rest(num: Dtype) -> Callable[[Any], Any]:
    O = num.compute  # noqa: E741
    return lambda v: O(1 - (1 - v))


def _cast(num: Dtype) -> Callable[[Any], Any]:
    return num.round


def _cast_rest(num: Dtype) -> Callable[[Any], Any]:
    R = num.round
    return lambda v: R(1 - v)


def _rest_of_cast(num: Dtype) -> Callable[[Any], Any]:
    R = num.round
    return lambda v: R(1 - R(v))


def _short_cast_rest(num: Dtype) -> Callable[[Any], Any]:
    r = dtype("bfloat16", by_float32=True).round
    return lambda v: r(1 - v)


def _cast_rest_in_float32(num: Dtype) -> Callable[[Any], Any]:
    if num.digits is None:
        return _cast_rest(num)
    R, f32 = num.round, dtype("float32").round
    return lambda v: R(f32(1 - v))


def _rest(v: Any) -> Any:
    return 1 - v


def _rest_of_part(v: Any) -> Any:
    return 1 - 1 / v


def _part(v: Any) -> Any:
    return 1 / v


# 1 - v is taken in the precision that the decay is computed in, unless v is converted first.
in_compute_type = Scalars("d = O(v), w = O(1 - v)", _compute, _compute_rest)

in_dtype = Scalars("d = R(v), w = R(1 - v)", _cast, _cast_rest)

subtracted_in_dtype = Scalars("d = R(v), w = R(1 - R(v))", _cast, _rest_of_cast)

subtracted_in_float32 = Scalars("w = R(f32(1 - v))", None, _cast_rest_in_float32)

alpha_in_dtype = Scalars("d = O(v), w = R(1 - v)", _compute, _cast_rest)

alpha_subtracted_twice = Scalars("d = O(1 - (1 - v)), w = R(1 - v)", _compute_rest_of_rest, _cast_rest)

weight_in_short_type = Scalars("d = R(v), w = 1 - v rounded to bfloat16", _cast, _short_cast_rest)

weight_in_compute_type = Scalars(
    "v is the weight: d = O(1 - v), w = O(v)", _compute_rest, _compute, _rest, None, "1 - v"
)

weight_in_dtype = Scalars("v is the weight: d = R(1 - v), w = R(v)", _cast_rest, _cast, _rest, None, "1 - v")

weight_as_alpha = Scalars("v is the weight: d = O(1 - v), w = R(v)", _compute_rest, _cast, _rest, None, "1 - v")

weight_subtracted_in_type = Scalars(
    "v is the weight: w = R(v), d = R(1 - R(v))", _rest_of_cast, _cast, _rest, None, "1 - v"
)

count = Scalars(
    "v is a count, and the weight is 1/v: w = O(v)", _compute_rest, _compute, _rest_of_part, _part, "1 - 1/v"
)
