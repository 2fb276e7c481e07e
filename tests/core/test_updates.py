"""Properties of every form and decay family; the roundings are compared with exact fractions."""

# ruff: noqa: E741 - O is the name that the field gives to the rounding to the compute type

from __future__ import annotations

import ast
import math
from fractions import Fraction
from random import Random

import pytest

from ema_cli import Average, SettingError
from ema_cli.core import updates as forms
from ema_cli.core.formula import Recurrence, column, text_in
from ema_cli.core.numbers import operations
from ema_cli.core.numbers.dtypes import DTYPES, dtype
from ema_cli.core.rules.tensorflow import overwriting
from ema_cli.working.readable_formulas import parsed, usual
from tests.core.numbers.test_dtypes import SHAPES
from tests.fuzz.oracle import nearest_of

FORMS = {
    **{name: form for name, form in vars(forms).items() if isinstance(form, forms.Form) and name != "decayed_sum"},
    "two_products_of_short_param": forms.two_products_of_short_param("bfloat16", fused=False),
}
EVERY = FORMS | {
    "decayed_sum": forms.decayed_sum,
    "stochastic": forms.stochastic(0, 1, 0),
    "overwriting": overwriting(1),
    "weighted": forms.weighted(adjust=True, ignore_na=False),
}
"""Forms that remember more than the shadow or round at random, too."""


def updated(form, num, s, params, d, w):
    """The shadows after a few updates with the same operands, or with a column of each."""
    registers = [name for name, _ in form.registers]
    recurrence = Recurrence(registers, form.steps, num, form.names(num) if form.names is not None else {})
    state = [s if name == "s" else start for name, start in form.registers]
    operands = {name: one if isinstance(one, list) else [one] * len(params) for name, one in {"d": d, "w": w}.items()}
    return list(recurrence.run([state], {"p": params, "k": range(1, len(params) + 1), **operands})[0])


def rounding_of(name, x):
    """The value of a type nearest to a double."""
    return float(nearest_of(Fraction(x), *SHAPES[name]))


FLOATING = [name for name in DTYPES if name != "exact"]


def operands(form, weight):
    """The operands d and w of a form, for a weight."""
    return 1 - weight, 1 / weight if form == "add_div" else weight


@pytest.mark.parametrize("weight", [0.25, 0.5, 0.75])
@pytest.mark.parametrize("name", DTYPES)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_textbooks_update(form, name, weight):
    """If nothing needs rounding, every form gives decay x shadow + weight x param."""
    if form == "add_div" and weight == 0.75:
        weight = 0.125  # 1/0.75 is not a floating-point number
    if form == "two_products_of_half":
        weight = 0.5
    num = dtype(name)
    s, p, (d, w) = 3.0, -5.0, operands(form, weight)
    given = [num.number(x) if name == "exact" else x for x in (s, p, d, w)]
    if form == "two_products_of_short_param" and name == "exact":
        return  # its param is a bfloat16
    s, p, d, w = given
    expected = [3 * (1 - weight) - 5 * weight]
    expected.append(expected[0] * (1 - weight) - 5 * weight)
    assert updated(FORMS[form], num, s, [p, p], d, w) == expected
    assert updated(FORMS[form], num, s, [p, p], [d, d], [w, w]) == expected


@pytest.mark.parametrize("name", ["exact", "bfloat16"])
@pytest.mark.parametrize("weight", [Fraction(1, 10), Fraction(9, 10)])
@pytest.mark.parametrize("form", FORMS)
def test_what_is_written_of_a_form_is_the_update(form, weight, name):
    """The readable formula of a form is the textbook's update, in whatever order it is written."""
    (d, w), s, p = operands(form, weight), Fraction(2, 7), Fraction(-3, 11)
    values = {"s": s, "p": p, "d": d, "w": w}
    assert eval(ast.unparse(board(form, name)), values) == (1 - weight) * s + weight * p


@pytest.mark.parametrize("form", ["lerp", "lerp_vector", "reverse_lerp", "reverse_lerp_vector"])
def test_what_is_written_of_a_form_turns_where_the_form_does(form):
    """The readable formula changes sides at the same weight as the arithmetic."""
    computed, told = FORMS[form].text[""], ast.unparse(board(form, "float32"))
    conditions = [text.partition(" if ")[2].partition(" else ")[0] for text in (computed, told)]
    assert conditions == ["d < 0.5" if form.startswith("reverse") else "w < 0.5"] * 2


@pytest.mark.parametrize(
    ("function", "x", "rounded"),
    [
        ("f32", 1e-40, rounding_of("float32", 1e-40)),
        ("flush32", 1e-40, 0.0),
        ("flush32", 0.1, rounding_of("float32", 0.1)),
        ("b16", 1e-39, rounding_of("bfloat16", 1e-39)),
        ("f16", 1e-7, rounding_of("float16", 1e-7)),
    ],
)
def test_a_type_that_a_formula_names(function, x, rounded):
    """A formula may round to a type other than its own, with or without subnormal numbers."""
    assert list(column(f"{function}(x) + 0", ["x"], dtype("float64"), {})([x])) == [rounded]


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("lerp_vector", "s + w * (p - s) if w < 0.5 else p - (1 - w) * (p - s)"),
        ("reverse_lerp_vector", "p + d * (s - p) if d < 0.5 else s - (1 - d) * (s - p)"),
        ("weighted", "(old * s + new * p) / (old + new)"),
    ],
)
def test_what_is_written_of_a_form(form, written):
    """The readable formula is that of the remainder of a tensor, and of a mean's usual case."""
    assert ast.unparse(board(form, "float32")) == written


def board(form, name):
    """The formula of a form for people."""
    return usual(parsed(text_in(EVERY[form].readable or EVERY[form].text, dtype(name))))


def products(R, O, s, p, d, w):
    return R(R(s * d) + R(p * w))


def less(R, O, s, p, d, w):
    return R(s - R(R(s - p) * w))


def less_fused(R, O, s, p, d, w):
    return R(s - w * R(s - p))


def more_fused(R, O, s, p, d, w):
    return R(s + w * R(p - s))


def added_fused(R, O, s, p, d, w):
    return R(w * p + R(s * d))


def towards(R, O, s, p, d, w):
    return R(O(s + w * O(p - s)) if w < 0.5 else O(p + O(1 - w) * O(s - p)))


def back(R, O, s, p, d, w):
    return towards(R, O, p, s, w, d)


ROUNDED = {
    "two_products": (products, products),
    "passing_by": (products, products),
    "two_products_fused_shadow": (lambda R, O, s, p, d, w: R(s * d + R(p * w)), products),
    "two_products_fused_param": (added_fused, products),
    "two_products_rounded_once": (lambda R, O, s, p, d, w: R(O(O(w * p) + O(d * s))),) * 2,
    "two_products_of_short_param": (
        lambda R, O, s, p, d, w: R(R(s * d) + rounding("bfloat16")(rounding("float32")(p * w))),
    )
    * 2,
    "subtract": (less, less),
    "subtract_fused": (less_fused, less),
    "from_param": (lambda R, O, s, p, d, w: R(p + R(R(s - p) * d)),) * 2,
    "lerp": (towards, towards),
    "lerp_vector": (towards, towards),
    "two_products_of_half": (lambda R, O, s, p, d, w: R(R(s + p) * d), products),
    "reverse_lerp": (back, back),
    "reverse_lerp_vector": (back, back),
    "mul_add_alpha": (added_fused, products),
    "mul_add_alpha_vector": (added_fused, lambda R, O, s, p, d, w: R(O(w * p + R(s * d)))),
    "sub_sub_alpha": (less_fused, less),
    "sub_sub_alpha_vector": (less_fused, lambda R, O, s, p, d, w: R(O(s - w * R(s - p)))),
    "diff_alpha": (more_fused, lambda R, O, s, p, d, w: R(R(w * R(p - s)) + s)),
    "diff_alpha_vector": (more_fused, lambda R, O, s, p, d, w: R(O(s + w * R(p - s)))),
    "add_div": (lambda R, O, s, p, d, w: R(s + R(R(p - s) / w)),) * 2,
    "batchnorm": (lambda R, O, s, p, d, w: R(O(O(w * p) + O(d * s))),) * 2,
    "decayed_sum": (lambda R, O, s, p, d, w: R(R(d * s) + p),) * 2,
}
"""The roundings of each form in types of 32 bits or more, and of 16: R to the type, O to the compute type."""


def rounding(name):
    """The nearest value of a type, as a fraction."""
    return lambda x: nearest_of(Fraction(x), *SHAPES[name])


def test_rounded_once_is_from_float32():
    """The sum is rounded to float32 first, where it may lose what would decide a tie in bfloat16."""
    average = Average(rule="custom:decay=257/512,update=two_products_rounded_once", dtype="bfloat16", initial=2)
    assert average.update(2.0**-29).shadow == 1  # 1 + 2^-8 + 2^-30 is nearer to 1 + 2^-7


def test_the_constants_of_an_update_in_double():
    """The decay and 1 - decay are doubles, and only their sum is rounded to float32."""
    shadows = (
        Average(rule="custom:decay=0.99,update=two_products_in_double", dtype="float32").advance([0.3, 0.7]).shadows
    )
    round32, expected, shadow = rounding("float32"), [], 0.0
    for param in (0.3, 0.7):
        shadow = float(round32(0.99 * shadow + (1 - 0.99) * float(round32(param))))
        expected.append(shadow)
    assert expected == [*shadows]


def test_whole_numbers_are_rounded_down():
    """A result that is whole but for rounding stays, and infinity is refused."""
    average = Average(rule="custom:decay=0.9,update=rounded_down", initial=7)
    assert [7, 16, 7, -1] == [*average.advance([7, 99, -73, -73]).shadows]
    assert [7] == [*Average(rule="custom:decay=0.9,update=rounded_down", initial=7, dtype="exact").advance([7]).shadows]
    with pytest.raises(SettingError, match="fixed point cannot hold inf"):
        average.update(math.inf)


@pytest.mark.parametrize("dtype", ["float64", "exact"])
@pytest.mark.parametrize(
    ("form", "shadows"),
    [
        ("rounded_down", [-2, 0, -3, 5, 3]),
        ("rounded_up", [-1, 1, -1, 7, 5]),
        ("rounded_half_up", [-1, 1, -2, 6, 4]),
        ("rounded_to_zero", [-1, 1, -1, 6, 4]),
        ("rounded_to_shadow", [-1, 1, -1, 6, 5]),
    ],
)
def test_ways_to_round_to_whole_numbers(form, shadows, dtype):
    """Fractions are rounded down, up, to the nearest, toward zero, or toward the shadow before the update."""
    average = Average(rule=f"custom:decay=3/4,update={form}", dtype=dtype)
    assert shadows == [*average.advance([-5, 7, -10, 30, -1]).shadows]


@pytest.mark.parametrize("name", FLOATING)
@pytest.mark.parametrize("form", ROUNDED)
def test_every_form_rounds_where_it_says(form, name):
    """A form rounds each operation once, but not a product that is fused with a sum."""
    wide = "float32" if name != "float64" else name
    R, O = rounding(name), rounding(wide)
    expected_of = ROUNDED[form][name in ("float16", "bfloat16")]
    if (form, name) == ("batchnorm", "bfloat16"):
        expected_of = products
    if (form, name) == ("two_products_of_half", "float16"):
        expected_of = ROUNDED[form][0]
    draw = Random(1)
    for count in range(60):
        s, p = (R(draw.uniform(-1, 1) * 2.0 ** draw.randint(-10, 10)) for _ in range(2))
        w = O(draw.choice([0.5, 0.51, 0.49, draw.random()]))
        if count >= 40:  # the product w*p is close to halfway between two 16-bit values
            s, digits = Fraction(0), SHAPES[name][0] if name != wide else SHAPES["bfloat16"][0]
            p = R(p if p else 1)
            half = Fraction(draw.randrange(2**digits + 1, 2 ** (digits + 1), 2), 2 ** (digits + 1))
            w = O(half / abs(p) / Fraction(2) ** max(0, 1 + math.ceil(-math.log2(abs(p)))))
        d = O(1 - w)
        if form == "two_products_of_half":
            d = w = Fraction(1, 2)
        if form == "add_div":
            w = Fraction(draw.randint(1, 1000))
        given = [float(x) for x in (s, p, d, w)]
        shadows = updated(EVERY[form], dtype(name), given[0], [given[1]], *given[2:])
        assert shadows == [float(expected_of(R, O, s, p, d, w))], given


@pytest.mark.parametrize("adjust", [True, False])
@pytest.mark.parametrize("name", ["float32", "bfloat16"])
def test_a_mean_of_decaying_weights_rounds_each_operation(name, adjust):
    """The weight of earlier params decays at a gap, too, unless gaps are ignored."""
    R, draw, old = rounding(name), Random(3), Fraction(1)
    d = R(Fraction(9, 10))
    new = 1 if adjust else R(1 - d)
    params = [R(draw.random()), *(None if draw.random() < 0.3 else R(draw.random()) for _ in range(60))]
    expected = [shadow := params[0]]
    for p in params[1:]:
        old = R(old * d)
        if p is not None:
            shadow = R(R(R(old * shadow) + R(new * p)) / R(old + new))
            old = R(old + new) if adjust else Fraction(1)
        expected.append(shadow)
    given = [math.nan if p is None else float(p) for p in params]
    form = forms.weighted(adjust=adjust, ignore_na=False)
    shadows = updated(form, dtype(name), math.nan, given, float(d), float(1 - d if adjust else new))
    assert shadows == [float(one) for one in expected]


@pytest.mark.parametrize("short", ["bfloat16", "float16"])
def test_a_fused_product_of_a_shorter_param(short):
    """The product of param and weight is rounded to their type, then added to the other one, which is not rounded."""
    form, draw = forms.two_products_of_short_param(short, fused=True), Random(2)
    for _ in range(50):
        p, w = (rounding(short)(draw.random()) for _ in range(2))
        s, d = (rounding("float32")(draw.random()) for _ in range(2))
        expected = rounding("float32")(d * s + rounding(short)(rounding("float32")(w * p)))
        assert updated(form, dtype("float32"), float(s), [float(p)], float(d), float(w)) == [float(expected)]


@pytest.mark.parametrize(("form", "d"), [("lerp", 0.0), ("reverse_lerp", 1.0)])
def test_the_sign_of_zero_in_a_vector_register(form, d):
    """At a weight of 1, a full vector register turns -0.0 into 0.0, and the remainder of a tensor keeps it."""
    signs = {
        name: math.copysign(1, *updated(FORMS[name], dtype("float32"), -0.0, [-0.0], d, 1 - d))
        for name in (form, f"{form}_vector")
    }
    assert signs == {form: -1, f"{form}_vector": 1}


@pytest.mark.parametrize(
    ("seed", "s", "p"), [(1046, 2.171875, 1.2890625), (1046, 0.76171875, 3.40625), (474, 2.5625, 1.5078125)]
)
def test_what_is_rounded_at_random_is_a_float32(seed, s, p):
    """The product with the decay and the fused sum are rounded to float32 before random bits are added."""
    single = rounding("float32")
    d, w = single(Fraction(9, 10)), single(Fraction(1, 10))
    total = float(single(w * Fraction(p) + single(Fraction(s) * d)))
    expected = operations.truncated_at_random(seed, 1, 0)(total, 1)
    assert updated(forms.stochastic(seed, 1, 0), dtype("bfloat16"), s, [p], float(d), float(w)) == [expected]


@pytest.mark.parametrize("every", [2, 3])
@pytest.mark.parametrize("name", ["float32", "bfloat16", "exact"])
def test_a_param_that_is_a_gradient(name, every):
    """Gradients move one param; its average follows, and from time to time overwrites it."""
    num = dtype(name)
    form = overwriting(every)
    s, x, d, w = num.number(0), num.number(1), num.load("0.75"), num.load("0.25")
    gradients = [num.load(text) for text in ("0.5", "-0.25", "2", "1", "0.5", "-1", "4")]
    expected = []
    for count, gradient in enumerate(gradients, 1):
        x = num.round(x - gradient)
        s = num.round(num.round(s * d) + num.round(x * w))
        x = s if count % every == 0 else x
        expected.append(s)
    assert updated(form, num, num.number(1), gradients, d, w) == expected


@pytest.mark.parametrize(
    ("name", "decimals", "value", "expected"),
    [
        ("exact", 2, Fraction(1, 8), Fraction(13, 100)),
        ("exact", 2, Fraction(-1, 8), Fraction(-13, 100)),
        ("exact", 2, Fraction(1, 3), Fraction(33, 100)),
        ("exact", 1, Fraction(-2, 3), Fraction(-7, 10)),
        ("exact", 0, Fraction(0), Fraction(0)),
        ("float64", 2, 0.125, 0.13),
        ("float64", 2, -0.125, -0.13),
        ("float64", 2, 12345.00499999997, 12345.01),  # equal to a half in fifteen digits
        ("float64", 2, 12345.0049999999, 12345.0),
        ("float64", 2, 0.1249999999996, 0.13),  # equal to a half in twelve decimals
        ("float64", 2, 0.1249999999994, 0.12),
        ("float64", 11, 1.4996e-11, 2e-11),  # equal to a half in three more decimals than asked for
        ("float64", 11, 1.494e-11, 1e-11),
        ("float64", 2, 1e300, 1e300),
        ("float64", 250, 1.5e300, 1.5e300),
        ("float64", 2, -math.inf, -math.inf),
        ("float32", 2, 1.00499999523162841796875, 1.0),
    ],
)
def test_a_value_rounded_by_hand(name, decimals, value, expected):
    """Rounding is half away from zero, and a half that the arithmetic's own error has missed is still a half."""
    assert forms.by_hand(dtype(name), decimals)(value) == expected


def test_a_form_is_called_the_same_everywhere():
    """The pages call each form as the catalogue does."""
    assert {name: name for name in EVERY} == {name: form.name for name, form in EVERY.items()}


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("two_products", "R(R(d*s) + R(w*p))"),
        ("subtract_fused", "fma(R(s - p), -w, s); in 16 bits R(s - R(R(s - p)*w))"),
        ("batchnorm", "R(O(O(w*p) + O(d*s))); in bfloat16 R(R(w*p) + R(d*s))"),
        ("passing_by", "s*d + p*w; a param that is infinite or NaN leaves s unchanged"),
        (
            "stochastic",
            "O(fma(w, p, O(s*d))), cut off to bfloat16 after a random number was added to its lower 16 bits",
        ),
        (
            "overwriting",
            "The param is a gradient g: x = R(x - g), then R(R(s*d) + R(x*w)), from 0 on; every"
            " ema_overwrite_frequency rounds, x = s",
        ),
        (
            "weighted",
            "(s*old + p*new) / (old + new), where old is the decayed weight of all earlier params",
        ),
    ],
)
def test_what_is_told_of_a_form(form, told):
    """--about-rule shows the computed formula, with those of shorter types, or a description."""
    assert EVERY[form].description == told
