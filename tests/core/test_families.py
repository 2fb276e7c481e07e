"""The decay families, compared with the formulas in their frameworks' pages."""

from __future__ import annotations

import ast
import math
from fractions import Fraction

import pytest

from ema_cli import Average
from ema_cli.core import schedules as decay
from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.rules import karras
from ema_cli.working.readable_formulas import of_family
from tests.core.test_updates import rounding
from tests.harness import run

D, single = Fraction(9, 10), rounding("float32")


def ratio(n):
    """The usual family, at an offset of ten."""
    return min(D, Fraction(1 + n, 10 + n))


COUNTERS = (1, 2, 3, 7, 40, 64, 99, 100, 101, 1000, 9999)
RATIONAL = {
    "fixed": (lambda: decay.fixed(D), lambda n: D),
    "ratio": (lambda: decay.ratio(D), ratio),
    "ratio of another offset": (lambda: decay.ratio(D, 9), lambda n: min(D, Fraction(1 + n, 9 + n))),
    "ratio of whole numbers": (lambda: decay.ratio(D, 10, False), ratio),
    "harmonic": (lambda: decay.harmonic(), lambda n: Fraction(1, 1 + n)),
    "harmonic from a weight on": (
        lambda: decay.harmonic(Fraction(1, 50), Fraction(5)),
        lambda n: max(Fraction(1, 50), Fraction(5, 5 + n)),
    ),
    "one less harmonic": (lambda: decay.one_less_harmonic(D), lambda n: min(1 - Fraction(1, n + 1), D)),
    "counted": (lambda: decay.counted(), lambda n: n + 1),
    "counted in intervals": (lambda: decay.counted(3), lambda n: n // 3 + 1),
    "counted weight": (lambda: decay.counted_weight(), lambda n: Fraction(1, n + 1)),
    "counted weight in intervals": (lambda: decay.counted_weight(2), lambda n: Fraction(1, n // 2 + 1)),
    "inverse count": (lambda: decay.inverse_count(), lambda n: Fraction(1, n)),
    "linear": (
        lambda: decay.linear(D, Fraction(1, 10), 100),
        lambda n: Fraction(1, 10) + (D - Fraction(1, 10)) * Fraction(n - 1, 99) if n <= 100 else D,
    ),
    "bias corrected": (lambda: decay.bias_corrected(D), lambda n: D * (1 - D ** (n - 1)) / (1 - D**n)),
    "not under": (
        lambda: decay.not_under(Fraction(1, 2), decay.ratio(D)),
        lambda n: max(0.5, ratio(n)),
    ),
    "from step": (
        lambda: decay.from_step(3, decay.ratio(D)),
        lambda n: 0 if n < 3 else ratio(n),
    ),
    "from step, counted from there": (
        lambda: decay.from_step(3, decay.ratio(D), 2),
        lambda n: 0 if n < 3 else ratio(n - 2),
    ),
    "from the start, counted from one": (
        lambda: decay.from_step(0, decay.ratio(D), 1),
        lambda n: ratio(n - 1),
    ),
    "from step one": (lambda: decay.from_step(1, decay.ratio(D), 1), lambda n: ratio(n - 1)),
    "shifted": (
        lambda: decay.shifted(2, decay.ratio(D)),
        lambda n: ratio(max(n - 2, 0)),
    ),
    "shifted by one": (lambda: decay.shifted(1, decay.ratio(D)), lambda n: ratio(n - 1)),
    "shifted line": (
        lambda: decay.shifted(1, decay.linear(D, Fraction(1, 10), 100)),
        lambda n: Fraction(1, 10) + (D - Fraction(1, 10)) * Fraction(n - 2, 99) if n <= 101 else D,
    ),
    "shifted ahead": (lambda: decay.shifted(-2, decay.ratio(D)), lambda n: ratio(n + 2)),
    "not shifted": (lambda: decay.shifted(0, decay.ratio(D)), ratio),
}
TRANSCENDENTAL = {
    "inverse power": (lambda: decay.inverse_power(0.99, 2.0, 0.75), lambda n: min(0.99, 1 - (1 + n / 2) ** -0.75)),
    "inverse power from a decay on": (
        lambda: decay.inverse_power(0.99, 1.0, 0.5, 0.5),
        lambda n: min(0.99, max(0.5, 1 - (1 + n) ** -0.5)),
    ),
    "exponential ramp": (lambda: decay.exponential_ramp(0.99, 200.0), lambda n: 0.99 * (1 - math.exp(-n / 200))),
    "half-life": (lambda: karras.half_life(32, 500.0), lambda n: 0.5 ** (32 / 500)),
    "half-life of a ramp": (lambda: karras.half_life(32, 500.0, 0.5), lambda n: 0.5 ** (32 / min(500, n / 2))),
    "halved": (lambda: karras.halved(3, 100.0), lambda n: 2 ** -(3 / 100)),
    "power function": (lambda: karras.power_function(6.5, 64), lambda n: (1 - 64 / n) ** 6.5 if n >= 64 else None),
    "inverse power function": (lambda: karras.inverse_power_function(6.5), lambda n: (1 - 1 / n) ** 6.5),
    "cosine": (
        lambda: decay.cosine(0.9, 100),
        lambda n: 1 + (0.9 - 1) * (1 + math.cos(math.pi * min(n, 100) / 100)) / 2,
    ),
    "cosine of the rest": (
        lambda: decay.cosine_of_rest(0.9, 20000),
        lambda n: 1 - (1 + math.cos(math.pi * n / 20000)) / 2 * (1 - 0.9),
    ),
}


def values(family, num, counters):
    """The values of a family at some counters."""
    return list(family.over(num)(counters))


def on_the_board(family, n):
    names = {"exp": math.exp, "cos": math.cos, "pi": math.pi, **dict(family.names), "n": n}
    return eval(ast.unparse(of_family(family)), names)


@pytest.mark.parametrize("name", RATIONAL)
def test_family_of_fractions(name):
    """In exact arithmetic, a family equals its formula, and so does its readable text."""
    make, formula = RATIONAL[name]
    family = make()
    expected = [formula(n) for n in COUNTERS]
    assert family.rational
    assert values(family, dtype("exact"), COUNTERS) == expected
    assert [on_the_board(family, n) for n in COUNTERS] == pytest.approx(list(map(float, expected)), rel=1e-12)


@pytest.mark.parametrize("name", TRANSCENDENTAL)
def test_family_that_is_no_fraction(name):
    """A family with a root, a power or a cosine has no fractions, and equals its formula in float64."""
    make, formula = TRANSCENDENTAL[name]
    family = make()
    known = [n for n in COUNTERS if formula(n) is not None]
    expected = pytest.approx([formula(n) for n in known], rel=1e-12)
    assert not family.rational
    assert values(family, dtype("float64"), known) == expected
    assert [on_the_board(family, n) for n in known] == expected


@pytest.mark.parametrize(
    "name", [name for name in RATIONAL if name.split()[0] in ("counted", "inverse", "ratio", "harmonic")]
)
def test_family_in_a_shorter_type(name):
    """A decay computed in float32 is a float32 close to the formula."""
    make, formula = RATIONAL[name]
    family = make()
    num = dtype("float32")
    family = family.but(names=tuple((key, num.round(value)) for key, value in family.names))
    found = values(family, num, COUNTERS)
    assert list(map(num.round, found)) == found == pytest.approx([float(formula(n)) for n in COUNTERS], rel=1e-6)


@pytest.mark.parametrize("offset", [0, 1, 9, 10, 9.5, 2**24 - 1, 2**24, -3])
@pytest.mark.parametrize("type_", ["float32", "bfloat16"])
def test_counter_that_a_type_cannot_hold(type_, offset):
    """Past the whole numbers that a type holds, the counter, the two sums and their quotient are each rounded."""
    R = rounding(type_)
    counters = [c for n in (12, 2**8, 2**11, 2**24 - 10, 2**25, 2**53) for c in range(n - 3, n + 4)] + [2**63 - 1]
    in_type = values(decay.ratio(1.0, offset), dtype(type_), counters)
    assert in_type == [float(min(1, R(R(1 + single(n)) / R(Fraction(offset) + single(n))))) for n in counters]
    whole = values(decay.ratio(1.0, offset, counter_in_type=False), dtype(type_), counters)
    assert whole == [float(min(1, R(single(R(1 + n)) / R(Fraction(offset) + n)))) for n in counters]


def test_roundings_of_a_power_in_float32():
    """torch rounds the power of a float32 tensor at each step, in another way for some exponents."""
    R, counters = single, [*range(60), *range(2**24, 2**24 + 60), 2**40 + 1]
    for gamma in (1.0, float(R(2.7)), 1e7):
        base = [R(1 + R(single(n) / Fraction(gamma))) for n in counters]
        for power, of in ((1.0, lambda x: R(1 / x)), (2.0, lambda x: R(1 / R(x * x)))):
            family = decay.inverse_power(2.0, gamma, power)
            assert values(family, dtype("float32"), counters) == [float(max(0, R(1 - of(x)))) for x in base]
        roots = [R(1 / R(math.sqrt(x))) for x in base]
        family = decay.inverse_power(2.0, gamma, 0.5)
        assert values(family, dtype("float32"), counters) == [float(max(0, R(1 - root))) for root in roots]
    family = decay.inverse_power(2.0, 3.0, 0.5)
    assert values(family, dtype("float64"), range(999)) == [max(0, 1 - (1 + n / 3) ** -0.5) for n in range(999)]


@pytest.mark.parametrize("gamma", [1.0, 5.0, 0.3, 1.1])
def test_roundings_of_a_weight_in_float32(gamma):
    """A weight that falls with the counter is a quotient in the type."""
    gamma = single(gamma)
    weights = values(decay.harmonic(0, float(gamma)), dtype("float32"), [*range(100), 2**24 + 1])
    assert weights == [float(single(gamma / single(gamma + n))) for n in [*range(100), 2**24 + 1]]


@pytest.mark.parametrize("constant", [0.75, 0.7])
def test_roundings_of_a_corrected_decay_in_float32(constant):
    """Both complements of powers, their product with the decay, and the quotient are rounded."""
    d, num = single(constant), dtype("float32")
    found = values(decay.bias_corrected(float(d)), num, range(1, 60))
    powers = [Fraction(num.power(float(d), n)) for n in range(60)]  # covered by another test
    assert found == [float(single(single(d * single(1 - powers[n - 1])) / single(1 - powers[n]))) for n in range(1, 60)]


@pytest.mark.parametrize("name", [*RATIONAL, *TRANSCENDENTAL])
def test_value_that_lasts(name):
    """If a family states its final value, late counters have it; the families that do are known."""
    family = (RATIONAL | TRANSCENDENTAL)[name][0]()
    lasting = ("fixed", "ratio", "harmonic from", "one less", "linear", "inverse power", "not", "from", "shifted")
    assert (family.limit is not None) == (name.startswith(lasting) and "function" not in name)
    if family.limit is not None:
        assert values(family, dtype("exact" if family.rational else "float64"), [10**9]) == [family.limit]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: decay.counted(1), "n + 1"),
        (lambda: decay.counted_weight(2), "1/(n//2 + 1)"),
        (lambda: decay.harmonic(0, 1.0), "1/(1 + n)"),
        (lambda: karras.half_life(32, 500.0), "0.5**(32/500)"),
        (lambda: karras.half_life(32, 500.0, 0.5), "0.5**(32/max(min(500, 0.5*n), 1e-8))"),
        (lambda: decay.from_step(0, decay.inverse_count()), "1/n"),
        (lambda: decay.from_step(1, decay.inverse_count()), "0 if n < 1 else 1/n"),
        (lambda: decay.from_step(-1, decay.inverse_count()), "1/n"),
        (lambda: decay.shifted(0, decay.inverse_count()), "1/n"),
        (lambda: decay.shifted(1, decay.inverse_count()), "1/max(n - 1, 0)"),
        (lambda: decay.shifted(-1, decay.inverse_count()), "1/(n + 1)"),
    ],
)
def test_what_is_written_is_no_longer_than_it_must_be(make, text):
    """The readable formula has no term without an effect."""
    assert ast.unparse(of_family(make())) == ast.unparse(ast.parse(text, mode="eval"))


def test_counter_before_its_first_value():
    """EDM2's formulas begin at the first batch and say so."""
    with pytest.raises(SettingError, match="the rule's counter starts at 64; it has no decay at step 63"):
        karras.power_function(6.5, 64).over(dtype("float64"))([63])
    with pytest.raises(SettingError, match="the rule's counter starts at 1; it has no decay at step 0"):
        karras.inverse_power_function(6.5).over(dtype("float64"))([0])
    with pytest.raises(SettingError, match="it has no decay at step 2"):  # the first one, not the least
        Average(rule="edm2").advance([0.0, 0.0], [2, 1])


def test_a_decay_adjusted_by_the_size_of_the_batches_is_a_fraction_in_exact_arithmetic() -> None:
    """The numbers of images, processes and epochs are whole, so the adjusted decay is a fraction."""
    outcome = run("-q --rule torchvision:steps=1,epochs=64,model_ema_decay=0.5 --dtype exact :1 :3 -F csv")
    assert outcome.column("decay") == ["", "3/4"]
    assert outcome.column("shadow") == ["1", "3/2"]
