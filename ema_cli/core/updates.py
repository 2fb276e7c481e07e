"""Arithmetic forms: how one update is rounded.

A form is a formula (`core/formula.py`) of the shadow s, the param p, and the operands d and w that the scalars
(`core/coefficients.py`) make of the effective decay: mostly the decay and the weight, 1 - d. A form may have registers
beside s, which move before or after it. One formula serves every dtype. Where compiled code fuses a product with a sum,
the variant is a form of its own; the types of 16 bits never fuse.
"""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any

from ema_cli.core.formula import general, rewritten
from ema_cli.core.numbers import arithmetic
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.formula import Step, Text
    from ema_cli.core.numbers.dtypes import Dtype, Round

    Names = Callable[[Dtype], dict[str, Any]]


class Form(Record):
    """One way to round an update."""

    name: str
    text: Text
    """The shadow s after an update."""
    meaning: str = ""
    """A formula that calls something else, in words."""
    said: Text | None = None
    """The formula for people, where it differs from the text by more than its roundings."""
    registers: tuple[tuple[str, Any], ...] = (("s", 0),)
    """Registers, with their values before the first update; the rule sets that of s."""
    before: tuple[Step, ...] = ()
    """Assignments before s: to registers, or to names local to the update."""
    after: tuple[Step, ...] = ()
    """Assignments after s."""
    names: Names | None = None
    """Maker of the other functions the formulas call."""
    at_random: bool = False
    """True if it draws random numbers, one after the other: the updates of several groups must not alternate."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """All that an update assigns, in order."""
        return (*self.before, ("s", self.text), *self.after)

    @property
    def told(self) -> str:
        """The formula as it is told to people."""
        if self.meaning or isinstance(self.text, str):
            return self.meaning or str(self.text)
        others: dict[str, list[str]] = {}
        for name, text in self.text.items():
            if name:
                others.setdefault(text, []).append(name.replace("short", "16 bits"))
        known = [f"in {' and '.join(own)} {text}" for text, own in others.items()]
        return "; ".join([general(self.text), *known])


def short(text: str, in_16_bits: str) -> dict[str, str]:
    """A formula, and that of the types of 16 bits and less."""
    return {"": text, "short": in_16_bits}


_TWO_PRODUCTS = "R(R(d*s) + R(w*p))"

two_products = Form("two_products", _TWO_PRODUCTS)

two_products_fused_shadow = Form("two_products_fused_shadow", short("fma(d, s, R(w*p))", _TWO_PRODUCTS))

two_products_fused_param = Form("two_products_fused_param", short("fma(w, p, R(d*s))", _TWO_PRODUCTS))

# Arithmetic in float32 that is stored in a type of 16 bits after each round.
two_products_rounded_once = Form("two_products_rounded_once", "R(O(O(d*s) + O(w*p)))")

two_products_of_half = Form(  # XLA rewrites s/2 + p/2 so: the sum may overflow
    "two_products_of_half", {"": "R(R(s + p)*d)", "bfloat16": _TWO_PRODUCTS}, said="d*s + w*p"
)


def two_products_of_short_param(name: str, fused: bool) -> Form:
    """Two products, that of param and weight in their own, shorter type; one of the two may be fused with the sum."""
    product = "b16(flush32(w*p))" if name == "bfloat16" else "f16(f32(w*p))"
    text = "fma(d, s, r(w*p))" if fused else "R(R(d*s) + r(w*p))"
    return Form(
        "two_products_of_short_param",
        text.replace("r(w*p)", product),
        f"{text}, where r rounds to {name}, the type of param and weight",
    )


_SUBTRACT = "R(s - R(R(s - p)*w))"

subtract = Form("subtract", _SUBTRACT)

subtract_fused = Form("subtract_fused", short("fma(R(s - p), -w, s)", _SUBTRACT))

from_param = Form("from_param", "R(p + R(R(s - p)*d))")

# A vector register has w - 1 where the rest of a tensor has -(p - s): of zeros at w = 1 the sign differs.
_LERP = "fma(w, O(p - s), s) if w < 0.5 else fma(O(1 - w), -O(p - s), p)"
_LERP_VECTOR = "fma(w, O(p - s), s) if w < 0.5 else fma(O(w - 1), O(p - s), p)"

lerp = Form("lerp", short(_LERP, f"R({_LERP})"))

lerp_vector = lerp.but(
    name="lerp_vector",
    text=short(_LERP_VECTOR, f"R({_LERP_VECTOR})"),
    said="s + w*(p - s) if w < 0.5 else p - (1 - w)*(p - s)",
)

_REVERSE_LERP = "fma(d, O(s - p), p) if d < 0.5 else fma(O(1 - d), -O(s - p), s)"
_REVERSE_LERP_VECTOR = "fma(d, O(s - p), p) if d < 0.5 else fma(O(d - 1), O(s - p), s)"

reverse_lerp = Form("reverse_lerp", short(_REVERSE_LERP, f"R({_REVERSE_LERP})"))

reverse_lerp_vector = reverse_lerp.but(
    name="reverse_lerp_vector",
    text=short(_REVERSE_LERP_VECTOR, f"R({_REVERSE_LERP_VECTOR})"),
    said="p + d*(s - p) if d < 0.5 else s - (1 - d)*(s - p)",
)

# torch's add(t, x, alpha=w) is fma(w, x, t). In 16 bits it is R(R(w*x) + t), but where a tensor fills vector registers,
# R(O(w*x + t)).

mul_add_alpha = Form("mul_add_alpha", short("fma(w, p, R(d*s))", _TWO_PRODUCTS))

mul_add_alpha_vector = Form("mul_add_alpha_vector", short("fma(w, p, R(d*s))", "R(O(R(d*s) + w*p))"))

sub_sub_alpha = Form("sub_sub_alpha", short("fma(-w, R(s - p), s)", "R(s + R(-w*R(s - p)))"))

sub_sub_alpha_vector = Form("sub_sub_alpha_vector", short("fma(-w, R(s - p), s)", "R(O(s + -w*R(s - p)))"))

diff_alpha = Form("diff_alpha", short("fma(w, R(p - s), s)", "R(s + R(w*R(p - s)))"))

diff_alpha_vector = Form("diff_alpha_vector", short("fma(w, R(p - s), s)", "R(O(s + w*R(p - s)))"))

add_div = Form("add_div", "R(s + R(R(p - s)/w))", "R(s + R(R(p - s)/w)), where w is the count of the params so far")


batchnorm = Form("batchnorm", {"": "R(O(O(w*p) + O(d*s)))", "bfloat16": "R(R(w*p) + R(d*s))"})  # no fma


def stochastic(seed: int, numel: int, index: int) -> Form:
    """Two products, rounded by a random number, of which each of a tensor's elements draws one in each round."""
    return Form(
        "stochastic",
        "truncate(fma(w, p, O(d*s)), k)",
        "O(fma(w, p, O(s*d))), cut off to bfloat16 after a random number was added to its lower 16 bits",
        names=lambda num: {"truncate": arithmetic.truncated_at_random(seed, numel, index)},
        at_random=True,
    )


passing_by = Form(
    "passing_by",
    f"{_TWO_PRODUCTS} if p - p == 0 else s",
    "s*d + p*w; a param that is infinite or NaN leaves s as it is",
)


def weighted(adjust: bool, ignore_na: bool) -> Form:
    """The mean with weights that decay: old is what those of all earlier params have decayed to, new that of p."""
    return Form(
        "weighted",
        "R(R(R(old*s) + R(new*p))/R(old + new)) if known and s != p else s if s == s or p - p != 0 else p",
        "(s*old + p*new) / (old + new), where old is what the weights of all earlier params have decayed to",
        said="(old*s + new*p)/(old + new) if known else s",
        registers=(("s", nan), ("old", 1)),
        before=(
            ("known", "s == s and p - p == 0"),  # there was a param, and this is one
            ("old", f"R(old*d) if {'known' if ignore_na else 's == s'} else old"),
            ("new", "1" if adjust else "w if w != 0.5 else R(1 - old)"),
        ),
        after=(("old", f"{'R(old + new)' if adjust else '1'} if known else old"),),
    )


decayed_sum = Form("decayed_sum", "R(R(d*s) + p)")


def by_recurrence(form: Form, moves: tuple[Step, ...], registers: tuple[tuple[str, Any], ...]) -> Form:
    """The form, with operands d and w that follow from registers of their own, moved before it in each update.

    Such as the moves c = R(R(v*c) + 1), w = R(1/c), d = R(1 - w), from c = 0.
    """
    return form.but(registers=(*form.registers, *registers, ("d", 0), ("w", 0)), before=(*moves, *form.before))


_CERTAIN_DECIMALS = 12
"""Decimals that are left where two numbers of an exercise, of a few thousands at most, are subtracted in float64."""


def by_hand(num: Dtype, decimals: int) -> Round:
    """The function that rounds to decimals as taught at school: halves away from zero.

    In float64 what 15 digits or 12 decimals cannot tell from a half counts as one: the arithmetic's own error must not
    decide.
    """
    from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

    if num.digits is None:
        from fractions import Fraction

        scale = 10**decimals
        return lambda x: Fraction(int(abs(x) * scale + Fraction(1, 2)), scale) * (-1 if x < 0 else 1)
    unit, wide = Decimal(1).scaleb(-decimals), Context(prec=400 + decimals)
    precision = 15 if num.digits == 53 else 17
    noise = Decimal(1).scaleb(-max(_CERTAIN_DECIMALS, decimals + 3))

    def settle(x: Any) -> Any:
        if x - x != 0:
            return x
        known = Decimal(f"{x:.{precision}g}").quantize(noise, ROUND_HALF_EVEN, wide)
        return num.round(float(known.quantize(unit, ROUND_HALF_UP, wide)))

    return settle


def rounded_each(text: Text, names: Names | None, decimals: int) -> dict[str, Any]:
    """The fields of a form or a read-out whose value is rounded to decimals in each round."""

    def settling(num: Dtype) -> dict[str, Any]:
        return {**({} if names is None else names(num)), "settle": by_hand(num, decimals)}

    return {"text": rewritten(text, "settle({})".format), "names": settling}
