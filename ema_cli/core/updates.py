"""Arithmetic forms: how one update is rounded.

A form is a formula (`core/formula.py`) of the shadow s, the param p, and the operands d and w that the scalars
(`core/coefficients.py`) make of the effective decay: mostly the decay and the weight, 1 - d. One formula serves
every dtype. Where compiled code fuses a product with a sum, the variant is a form of its own; the types of 16 bits
never fuse.
"""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any

from ema_cli.core import arithmetic
from ema_cli.core.dtypes import dtype
from ema_cli.core.formula import Recurrence, rewritten
from ema_cli.core.record import Record
from ema_cli.core.written import Written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ema_cli.core.dtypes import Dtype, Round
    from ema_cli.core.formula import Text
    from ema_cli.core.written import Follow

    Update = Callable[[Any, Any, Any, Any], Any]
    Names = Callable[[Dtype], dict[str, Any]]


class Form(Record):
    """One way to round an update."""

    name: str
    text: Text
    """The shadow after an update: a formula of s, p, d and w."""
    written: Written
    """How it is written on a board."""
    names: Names | None = None
    """What else the formula calls, made anew for each average: it may remember."""
    meaning: str = ""
    """What a formula that calls something else does, in words."""

    def over(self, num: Dtype) -> Recurrence:
        """The recurrence in a number system."""
        return Recurrence(self.text, num, self.names(num) if self.names is not None else {})

    @property
    def told(self) -> str:
        """The formula as it is told to people."""
        if self.meaning or isinstance(self.text, str):
            return self.meaning or str(self.text)
        others: dict[str, list[str]] = {}
        for name, text in self.text.items():
            if name:
                others.setdefault(text, []).append(name)
        known = [f"in {' and '.join(own)} {text}" for text, own in others.items()]
        return "; ".join([self.text[""], *known]).replace("in float16 and bfloat16", "in 16 bits")


def _short(text: str, short: str) -> dict[str, str]:
    """A formula, and that of the types of 16 bits."""
    return {"": text, "float16": short, "bfloat16": short}


_TWO_PRODUCTS = "R(R(s*d) + R(p*w))"
_PRODUCTS = Written("d*s + w*p")

two_products = Form("two_products", _TWO_PRODUCTS, _PRODUCTS)

two_products_fused_shadow = Form("two_products_fused_shadow", _short("fma(s, d, R(p*w))", _TWO_PRODUCTS), _PRODUCTS)

two_products_fused_param = Form("two_products_fused_param", _short("fma(p, w, R(s*d))", _TWO_PRODUCTS), _PRODUCTS)

two_products_of_half = Form(  # XLA rewrites s/2 + p/2 so: the sum may overflow
    "two_products_of_half", {"": "R(R(s + p)*d)", "bfloat16": _TWO_PRODUCTS}, _PRODUCTS
)


def two_products_of_short_param(short: str, fused: bool = False) -> Form:
    """Two products, that of param and weight in their own, shorter type; one of the two may be fused with the sum."""
    text = "fma(s, d, r(p*w))" if fused else "R(R(s*d) + r(p*w))"
    return Form(
        "two_products_of_short_param",
        text,
        _PRODUCTS,
        lambda num: {"r": dtype(short, by_float32=True, flush=True).round},
        f"{text}, where r rounds to {short}, the type of param and weight",
    )


_SUBTRACT = "R(s - R(R(s - p)*w))"
_DISTANCE = Written("s - (s - p)*w")

subtract = Form("subtract", _SUBTRACT, _DISTANCE)

subtract_fused = Form("subtract_fused", _short("fma(-w, R(s - p), s)", _SUBTRACT), _DISTANCE)

from_param = Form("from_param", "R(p + R(R(s - p)*d))", Written("p + (s - p)*d"))

# A vector register has w - 1 where the rest of a tensor has -(p - s): of zeros at w = 1 the sign differs.
_LERP = "fma(w, O(p - s), s) if w < 0.5 else fma(O(1 - w), -O(p - s), p)"
_LERP_VECTOR = "fma(w, O(p - s), s) if w < 0.5 else fma(O(w - 1), O(p - s), p)"
_LERPED = "s + w*(p - s) if w < 0.5 else p - (1 - w)*(p - s)"

lerp = Form("lerp", _short(_LERP, f"R({_LERP})"), Written(_LERPED))

lerp_vector = Form("lerp_vector", _short(_LERP_VECTOR, f"R({_LERP_VECTOR})"), Written(_LERPED))

_REVERSE_LERP = "fma(d, O(s - p), p) if d < 0.5 else fma(O(d - 1), O(s - p), s)"

reverse_lerp = Form(
    "reverse_lerp",
    _short(_REVERSE_LERP, f"R({_REVERSE_LERP})"),
    Written("p + d*(s - p) if d < 0.5 else s - (1 - d)*(s - p)"),
)

# torch's add(t, x, alpha=w) is fma(w, x, t). In 16 bits it is R(R(w*x) + t), but where a tensor fills vector registers,
# R(O(w*x + t)).

mul_add_alpha = Form("mul_add_alpha", _short("fma(w, p, R(s*d))", "R(R(w*p) + R(s*d))"), _PRODUCTS)

mul_add_alpha_vector = Form("mul_add_alpha_vector", _short("fma(w, p, R(s*d))", "R(O(w*p + R(s*d)))"), _PRODUCTS)

_LESS = Written("s - w*(s - p)")

sub_sub_alpha = Form("sub_sub_alpha", _short("fma(-w, R(s - p), s)", "R(R(-w*R(s - p)) + s)"), _LESS)

sub_sub_alpha_vector = Form("sub_sub_alpha_vector", _short("fma(-w, R(s - p), s)", "R(O(-w*R(s - p) + s))"), _LESS)

_MORE = Written("s + w*(p - s)")

diff_alpha = Form("diff_alpha", _short("fma(w, R(p - s), s)", "R(R(w*R(p - s)) + s)"), _MORE)

diff_alpha_vector = Form("diff_alpha_vector", _short("fma(w, R(p - s), s)", "R(O(w*R(p - s) + s))"), _MORE)

add_div = Form(
    "add_div",
    "R(s + R(R(p - s)/w))",
    Written("s + (p - s)/w"),
    meaning="R(s + R(R(p - s)/w)), where w is the count of the params so far",
)

batchnorm = Form(
    "batchnorm", {"": "R(O(O(w*p) + O(d*s)))", "bfloat16": "R(R(w*p) + R(d*s))"}, Written("w*p + d*s")
)  # no fma


def stochastic(seed: int, numel: int, index: int) -> Form:
    """O(fma(w, p, O(s*d))), cut off to bfloat16 after a random number was added to its lower 16 bits."""

    def names(num: Dtype) -> dict[str, Any]:
        draw = arithmetic.mersenne_twister(seed)

        def draw_own() -> int:
            draws = [draw() for _ in range(numel)]  # each element takes one draw in each round
            return draws[index]

        return {"truncate": arithmetic.truncated_at_random(draw_own)}

    return Form("stochastic", "truncate(fma(w, p, O(s*d)))", _PRODUCTS, names, _first_line(stochastic))


def _first_line(function: Callable[..., Form]) -> str:
    return (function.__doc__ or "").partition("\n")[0].rstrip(".")


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

    def names(num: Dtype) -> dict[str, Any]:
        R = num.round
        variable: Any = None
        rounds = 0

        def overwrite(s: Any, g: Any, d: Any, w: Any) -> Any:
            nonlocal variable, rounds
            variable = R((s if rounds % every == 0 else variable) - g)
            rounds += 1
            return R(R(s * d) + R(variable * w))

        return {"overwrite": overwrite}

    return Form(
        "overwriting",
        "overwrite(s, p, d, w)",
        Written("d*s + w*(x - p)", follow),
        names,
        _first_line(overwriting),
    )


def _finite_only(num: Dtype) -> Follow:
    return lambda names: {} if names["p"] - names["p"] == 0 else None


passing_by = Form(
    "passing_by",
    f"{_TWO_PRODUCTS} if p - p == 0 else s",
    Written("d*s + w*p", _finite_only),
    meaning="s*d + p*w; a param that is infinite or NaN leaves s as it is",
)


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
            missing = p - p != 0
            if not missing or not ignore_na:
                old = R(old * names["d"])
            if missing:
                return None
            told = {"old": old, "new": 1 if adjust else w if w != 0.5 else R(1 - old)}
            old = R(old + told["new"]) if adjust else 1
            return told

        return tell

    def names(num: Dtype) -> dict[str, Any]:
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

        return {"update": update}

    return Form(
        "weighted",
        "update(s, p, d, w)",
        Written("(old*s + new*p)/(old + new)", follow),
        names,
        _first_line(weighted),
    )


_CERTAIN_DECIMALS = 12
"""Decimals that are left where two numbers of an exercise, of a few thousands at most, are subtracted in float64."""


def by_hand(num: Dtype, decimals: int) -> Round:
    """The nearest decimal number of so many decimals, halves away from zero, as a class rounds.

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


def rounded_each(form: Form, decimals: int) -> Form:
    """The form with each round's shadow rounded to decimals."""

    def names(num: Dtype) -> dict[str, Any]:
        return {**(form.names(num) if form.names is not None else {}), "settle": by_hand(num, decimals)}

    return form.but(text=rewritten(form.text, "settle({})".format), names=names, meaning=form.told)
