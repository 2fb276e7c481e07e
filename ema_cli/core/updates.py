"""Arithmetic forms: the order of operations and the roundings of one update.

A form is a formula (`core/formula.py`) of the shadow s, the param p, and the operands d and w, which the scalars
(`core/coefficients.py`) derive from the effective decay: usually the decay and the weight, 1 - d. A form may have more
registers than s, updated before or after it. One formula serves every dtype. If compiled code fuses a product with a
sum, that variant is a form of its own; types of 16 bits never fuse.
"""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any

from ema_cli.core.formula import general_text, rewrite
from ema_cli.core.numbers import operations
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
    """The formula in words, if its text alone would not explain it."""
    readable: Text | None = None
    """The formula as printed, if it differs from the text by more than its roundings."""
    registers: tuple[tuple[str, Any], ...] = (("s", 0),)
    """Registers, with their values before the first update; the rule sets that of s."""
    before: tuple[Step, ...] = ()
    """Assignments before that of s: to registers, or to names local to the update."""
    after: tuple[Step, ...] = ()
    """Assignments after that of s."""
    names: Names | None = None
    """Maker of the other functions that the formulas call, for a number system."""
    window: int = 0
    """The number of params that the shadow is the mean of; 0 if the effect of a param never ends."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """All assignments of an update, in order."""
        return (*self.before, ("s", self.text), *self.after)

    @property
    def description(self) -> str:
        """The formula, with its roundings, or its meaning in words; formulas of single dtypes follow."""
        if self.meaning or isinstance(self.text, str):
            return self.meaning or str(self.text)
        dtypes: dict[str, list[str]] = {}
        for name, text in self.text.items():
            if name:
                dtypes.setdefault(text, []).append(name.replace("short", "16 bits"))
        others = [f"in {' and '.join(names)} {text}" for text, names in dtypes.items()]
        return "; ".join([general_text(self.text), *others])


def short(text: str, in_16_bits: str) -> dict[str, str]:
    """A formula with a variant for types of at most 16 bits."""
    return {"": text, "short": in_16_bits}


_TWO_PRODUCTS = "R(R(d*s) + R(w*p))"

two_products = Form("two_products", _TWO_PRODUCTS)

two_products_fused_shadow = Form("two_products_fused_shadow", short("fma(d, s, R(w*p))", _TWO_PRODUCTS))

two_products_fused_param = Form("two_products_fused_param", short("fma(w, p, R(d*s))", _TWO_PRODUCTS))

# Arithmetic in float32 that is stored in a type of 16 bits after each round.
two_products_rounded_once = Form("two_products_rounded_once", "R(O(O(d*s) + O(w*p)))")

two_products_of_half = Form(  # XLA's rewriting of s/2 + p/2, whose sum may overflow
    "two_products_of_half", {"": "R(R(s + p)*d)", "bfloat16": _TWO_PRODUCTS}, readable="d*s + w*p"
)


def two_products_of_short_param(name: str, fused: bool) -> Form:
    """Two products, w*p in the shorter type of param and weight; if `fused`, d*s is fused with the sum."""
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

# Vectorized code negates 1 - w, scalar code negates p - s; at w = 1 the zeros have different signs.
_LERP = "fma(w, O(p - s), s) if w < 0.5 else fma(O(1 - w), -O(p - s), p)"
_LERP_VECTOR = "fma(w, O(p - s), s) if w < 0.5 else fma(O(w - 1), O(p - s), p)"

lerp = Form("lerp", short(_LERP, f"R({_LERP})"))

lerp_vector = lerp.but(
    name="lerp_vector",
    text=short(_LERP_VECTOR, f"R({_LERP_VECTOR})"),
    readable="s + w*(p - s) if w < 0.5 else p - (1 - w)*(p - s)",
)

_REVERSE_LERP = "fma(d, O(s - p), p) if d < 0.5 else fma(O(1 - d), -O(s - p), s)"
_REVERSE_LERP_VECTOR = "fma(d, O(s - p), p) if d < 0.5 else fma(O(d - 1), O(s - p), s)"

reverse_lerp = Form("reverse_lerp", short(_REVERSE_LERP, f"R({_REVERSE_LERP})"))

reverse_lerp_vector = reverse_lerp.but(
    name="reverse_lerp_vector",
    text=short(_REVERSE_LERP_VECTOR, f"R({_REVERSE_LERP_VECTOR})"),
    readable="p + d*(s - p) if d < 0.5 else s - (1 - d)*(s - p)",
)

# torch's add(t, x, alpha=w) is fma(w, x, t). In 16 bits it is R(R(w*x) + t), or R(O(w*x + t)) for the elements that
# fill whole vector registers.

mul_add_alpha = Form("mul_add_alpha", short("fma(w, p, R(d*s))", _TWO_PRODUCTS))

mul_add_alpha_vector = Form("mul_add_alpha_vector", short("fma(w, p, R(d*s))", "R(O(R(d*s) + w*p))"))

sub_sub_alpha = Form("sub_sub_alpha", short("fma(-w, R(s - p), s)", "R(s + R(-w*R(s - p)))"))

sub_sub_alpha_vector = Form("sub_sub_alpha_vector", short("fma(-w, R(s - p), s)", "R(O(s + -w*R(s - p)))"))

diff_alpha = Form("diff_alpha", short("fma(w, R(p - s), s)", "R(s + R(w*R(p - s)))"))

diff_alpha_vector = Form("diff_alpha_vector", short("fma(w, R(p - s), s)", "R(O(s + w*R(p - s)))"))

add_div = Form("add_div", "R(s + R(R(p - s)/w))", "R(s + R(R(p - s)/w)), where w is the count of the params so far")


batchnorm = Form("batchnorm", {"": "R(O(O(w*p) + O(d*s)))", "bfloat16": "R(R(w*p) + R(d*s))"})  # no fma


def stochastic(seed: int, numel: int, index: int) -> Form:
    """Two products with stochastic rounding; each element of the tensor draws one random number in each round."""
    return Form(
        "stochastic",
        "truncate(fma(w, p, O(d*s)), k)",
        "O(fma(w, p, O(s*d))), cut off to bfloat16 after a random number was added to its lower 16 bits",
        names=lambda num: {"truncate": operations.truncated_at_random(seed, numel, index)},
    )


passing_by = Form(
    "passing_by",
    f"{_TWO_PRODUCTS} if p - p == 0 else s",
    "s*d + p*w; a param that is infinite or NaN leaves s unchanged",
)

two_products_in_double = Form("two_products_in_double", "R(d*s + w*p)")  # C code with a float and constants such as 0.9


def weighted(adjust: bool, ignore_na: bool) -> Form:
    """The mean with decaying weights: `old` is the decayed weight of all earlier params, `new` the weight of p."""
    return Form(
        "weighted",
        "R(R(R(old*s) + R(new*p))/R(old + new)) if known and s != p else s if s == s or p - p != 0 else p",
        "(s*old + p*new) / (old + new), where old is the decayed weight of all earlier params",
        readable="(old*s + new*p)/(old + new) if known else s",
        registers=(("s", nan), ("old", 1)),
        before=(
            ("known", "s == s and p - p == 0"),  # there was a param before, and p is finite
            ("old", f"R(old*d) if {'known' if ignore_na else 's == s'} else old"),
            ("new", "1" if adjust else "w if w != 0.5 else R(1 - old)"),
        ),
        after=(("old", f"{'R(old + new)' if adjust else '1'} if known else old"),),
    )


decayed_sum = Form("decayed_sum", "R(R(d*s) + p)")


def by_recurrence(form: Form, moves: tuple[Step, ...], registers: tuple[tuple[str, Any], ...]) -> Form:
    """The form with operands d and w that are computed by recurrence, before each update.

    For example c = R(R(v*c) + 1), w = R(1/c), d = R(1 - w), from c = 0.
    """
    return form.but(registers=(*form.registers, *registers, ("d", 0), ("w", 0)), before=(*moves, *form.before))


_CERTAIN_DECIMALS = 12
"""Decimals that are reliable after float64 subtractions of an exercise's numbers, which are a few thousands at most."""


def by_hand(num: Dtype, decimals: int) -> Round:
    """Make a function that rounds to decimals as taught at school: half away from zero.

    In float64, a number that equals a half to 15 digits or 12 decimals is treated as a half, so that floating-point
    error does not decide the direction.
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
    """Fields `text` and `names` for a form or read-out that rounds its value to decimals in each round."""

    def settling(num: Dtype) -> dict[str, Any]:
        return {**({} if names is None else names(num)), "settle": by_hand(num, decimals)}

    return {"text": rewrite(text, "settle({})".format), "names": settling}
