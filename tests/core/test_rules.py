"""Properties of every rule of the catalogue."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ema_cli.core.average import Average
from ema_cli.core.catalogue import rule as find_rule
from ema_cli.core.catalogue import rules
from ema_cli.core.decay_list import decays, first_decays
from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.dtypes import DTYPES, dtype
from ema_cli.core.rules.karras import exponent_of
from ema_cli.report.rule_info import RuleTexts
from tests.examples import examples

NAMES = list(rules())
FLOATING = [name for name in DTYPES if name != "exact"]
TRANSCENDENTAL = {
    *("ema-pytorch", "ema-pytorch-karras", "k-diffusion", "yolov5", "ultralytics", "edm", "stylegan3", "edm2"),
    *("edm2-traditional", "composer", "dino", "moco-v3", "trl-bema", "consistency-models", "dinov2", "dinov3", "vissl"),
    *(
        "lightly",
        "solo-learn",
        "lightning-bolts",
        "mmpretrain",
        "mmdet",
        "psutil",
        "dropwizard",
        "wandb",
        "pandas-times",
    ),
    *("polars-ewm-mean-by", "clickhouse", "clickhouse-decayed", "levanter-decay-sqrt"),
}
EARLIEST = {"axlearn": 2, "edm2": 2048, "icefall": 1, "hotspot": 1}
"""The first steps of rules that have no decay at 0."""
params = st.lists(st.floats(-1e3, 1e3, width=16), min_size=1, max_size=30)


def average(name, dtype=None, **more):
    """The rule with its defaults, a decay if it needs one, and no long pauses."""
    rule = find_rule(name)
    decay = 0.9 if rule.decay is not None and not rule.decay.optional else None
    known = {parameter.name for parameter in rule.parameters}
    short = dict.fromkeys(("timeperiod", "length", "period", "window", "n"), 2)
    busy = {
        **short,
        "update_every": 2,
        "update_after_step": 2,
        "ema_start_step": 3,
        "batch_size": 64,
        "niter_per_ep": 10,
    }
    return Average(decay, rule=name, parameters={k: v for k, v in busy.items() if k in known}, dtype=dtype, **more)


def steps_for(ema, count):
    """Steps for a rule that needs them."""
    return [float(i) for i in range(count)] if ema.counter is not None and ema.counter.fractional else None


def run(name, values, dtype=None):
    ema = average(name, dtype)
    return list(ema.advance(values, steps_for(ema, len(values))))


@pytest.mark.parametrize("name", NAMES)
@examples(15)
@given(values=params, cut=st.integers(0, 30))
def test_splitting_a_batch_changes_nothing(name, values, cut):
    """Rounds are the same whether their updates come in one batch or in two."""
    if find_rule(name).looks_ahead:
        values = [*values, 1.0, 2.0]
        cut = len(values) - 1 if cut == 1 else 0  # whether all are equal must be known from the first batch on
    whole = run(name, values)
    ema = average(name)
    steps = steps_for(ema, len(values))
    first = list(ema.advance(values[:cut], steps and steps[:cut]))
    parts = first + list(ema.advance(values[cut:], steps and steps[cut:]))
    assert repr(parts) == repr(whole) or find_rule(name).looks_ahead


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in NAMES if not find_rule(name).looks_ahead])
@examples(15)
@given(
    updates=st.lists(st.tuples(st.integers(0, 6), st.none() | st.floats(-1e3, 1e3, width=16)), min_size=1, max_size=12),
    cut=st.integers(0, 12),
)
@example(updates=[(0, 1.0), (0, 2.0), (1, 4.0)], cut=1)
def test_splitting_a_batch_changes_nothing_whatever_its_steps(name, updates, cut):
    """They are the same even if steps stand still or run backwards, or rounds have no param."""
    steps, values = map(list, zip(*updates, strict=True))
    steps = [EARLIEST.get(name, 0) + step for step in (sorted(steps) if average(name).family.timed else steps)]
    ema = average(name)
    parts = [*ema.advance(values[:cut], steps[:cut]), *ema.advance(values[cut:], steps[cut:])]
    assert repr(parts) == repr(list(average(name).advance(values, steps)))


@pytest.mark.parametrize("dtype", FLOATING)
@pytest.mark.parametrize("name", NAMES)
def test_every_rule_in_every_dtype(name, dtype):
    """Every rule computes in every floating-point type, and its shadows are values of that type."""
    ema = average(name, dtype)
    for row in ema.advance([1.0, -2.5, 3.0, 0.1] * 2, steps_for(ema, 8)):
        assert row.shadow is None or ema.dtype.round(row.shadow) == row.shadow or math.isnan(row.shadow)
    assert row.shadow is not None


@pytest.mark.parametrize("name", NAMES)
def test_exact_arithmetic(name):
    """A rule computes in fractions, or says that it can't and in which dtypes it can."""
    if name in TRANSCENDENTAL:
        with pytest.raises(SettingError, match="use float64, float32, float16, bfloat16"):
            average(name, "exact")
        return
    ema = average(name, "exact")
    shadows = [row.shadow for row in ema.advance(["1", "0.5", "2"] * 3, steps_for(ema, 9))]
    assert all(isinstance(shadow, Fraction | int) for shadow in shadows if shadow is not None)
    assert shadows[-1] is not None


@pytest.mark.parametrize("name", ["warmup", "fixed", "tensorflow", "torch", "timm", "torch-ema", "mmengine", "flax"])
@given(values=params)
def test_exact_and_float64_agree(name, values):
    """In float64, a rule is close to its result in fractions."""
    exact = [float(row.shadow) for row in run(name, values, "exact")]
    close = [row.shadow for row in run(name, values, "float64")]
    assert close == pytest.approx(exact, rel=1e-5, abs=1e-2)


@pytest.mark.parametrize("name", ["warmup", "fixed"])
@given(initial=st.floats(-1e6, 1e6), values=st.lists(st.floats(-1e6, 1e6), min_size=1), decay=st.floats(0, 1))
def test_the_shadow_stays_within_its_range(name, initial, values, decay):
    """The textbook's shadow lies between the least and the greatest value so far."""
    ema = Average(decay, rule=name, dtype="exact", initial=initial)
    seen = [Fraction(initial)]
    for row in ema.advance(values, range(len(values))):
        seen.append(row.param)
        assert min(seen) <= row.shadow <= max(seen)


@pytest.mark.parametrize(
    "name", ["warmup", "fixed", "tensorflow", "torch", "mmengine", "edm", "diffusers", "k-diffusion"]
)
@given(value=st.floats(-1e3, 1e3, width=16))
def test_a_constant_is_a_fixed_point(name, value):
    """A shadow that equals its param stays: to the last bit if the form uses the difference."""
    ema = average(name, initial=value)
    for row in ema.advance([value] * 20):
        assert row.shadow == pytest.approx(value, rel=1e-6, abs=1e-30)


@pytest.mark.parametrize(("name", "stop"), [("torch", 0.25), ("fixed", 0.5), ("timm", 0.5)])
def test_bfloat16_stalls(name, stop):
    """In bfloat16 at decay 0.999, a constant 1 is never reached: lerp stops at 0.25, two products at 0.5."""
    parameters = {"n_averaged": 1} if name == "torch" else None
    ema = Average(0.999, rule=name, dtype="bfloat16", parameters=parameters)
    assert ema.advance([1.0] * 1000).shadows[-1] == stop


@pytest.mark.parametrize("name", NAMES)
def test_params_beside_each_other(name):
    """Each param of a model has the shadows that it has alone."""
    first = average(name)
    second = first.beside(None)
    values, others = [1.0, 2.0, 3.0], [-1.0, 4.0, 0.5]
    steps = steps_for(first, 3)
    together = [list(first.advance(values, steps)), list(second.advance(others, steps))]
    assert together == [run(name, values), run(name, others)]


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_param_is_no_round(name):
    """Without a param, the shadow and the counter stand still."""
    if average(name).counter is not None and average(name).counter.fractional:
        pytest.skip("it has no counter of its own")
    values = [None, 1.0, None, None, 2.0, 3.0]
    rows = list(average(name).advance(values))
    assert [row.shadow for row in rows if row.param is not None] == [row.shadow for row in run(name, [1.0, 2.0, 3.0])]
    assert [row.action for row in rows if row.param is None] == ["skip"] * 3


@pytest.mark.parametrize("name", NAMES)
def test_about(name):
    """Every rule says what it does, what was read, and what its parameters are."""
    told = RuleTexts().lines(name)
    titles = [title for title, _ in told]
    assert [title for title in titles if title != "alias"][:4] == ["rule", "framework", "area", "effective decay"]
    assert titles[-1] == "source"
    assert all(text.strip() for _, text in told)
    assert sum(title == "parameter" for title in titles) == len(find_rule(name).parameters) + len(
        find_rule(name).constants
    )


def test_rows():
    """The list has every rule, with its first decays at 0.9999."""
    listed = {row[0]: dict(zip(RuleTexts().columns(), row, strict=True)) for row in RuleTexts().rows()}
    assert sorted(listed) == sorted([*NAMES, "custom"])
    areas = list(dict.fromkeys(row["area"] for row in listed.values()))
    assert areas == ["textbook", "training", "dashboards", "data frames", "trading", "systems"]
    assert [row["area"] for row in listed.values()] == sorted((r["area"] for r in listed.values()), key=areas.index)
    assert listed["tensorflow"]["first decays at 0.9999"] == "0.1, 0.181818, 0.25"
    assert listed["torch-ema"]["first decays at 0.9999"] == "0.181818, 0.25, 0.307692"
    assert listed["ema-pytorch"]["first decays at 0.9999"] == "copy, skip, skip"
    assert listed["mmengine"]["default decay"] == "0.9998 (momentum 0.0002)"


def test_decays_for_a_loop_of_ones_own():
    """The decays of a rule can be computed without a param."""
    assert decays("tensorflow", [0, 100], decay=0.99) == [0.10000000149011612, 0.918181836605072]
    assert decays("warmup", 2, decay=0.99) == [0.1, 2 / 11]
    assert decays("mmengine:interval=2", 3) == [None, None, 0.9998]
    assert first_decays("edm2", count=1) == [0.0]
    assert first_decays("warmup") == [0.1, 2 / 11, 0.25]


def test_an_accumulator_shorter_than_the_params():
    """optax shows the average before it is rounded to the accumulator's type."""
    with pytest.raises(SettingError, match="accumulator_dtype=float32 is shorter than float64"):
        Average(0.9, rule="optax:accumulator_dtype=float32", dtype="float64")


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("nope", "no rule 'nope'; ema-calc --list-rules lists them"),
        ("composer:half_life=none", "rule composer needs half_life or smoothing"),
        ("torch:speed=1", "rule torch has no parameter 'speed'; it has decay, n_averaged"),
        ("torch-swa:decay=0.9", "rule torch-swa has no parameter 'decay'; it has n_averaged, multi_avg_fn"),
        ("torch:n_averaged=1.5", "n_averaged must be a whole number from 0 up, not '1.5'"),
        ("torch:n_averaged=-1", "n_averaged must be a whole number from 0"),
        ("torch:n_averaged=none", "n_averaged must be a whole number from 0"),
        ("torch:n_averaged=x", "n_averaged must be a whole number from 0"),
        ("diffusers:foreach=maybe", "foreach must be true or false, not 'maybe'"),
        ("diffusers:inv_gamma=0", "inv_gamma must be a number above 0, not '0'"),
        ("diffusers:min_decay=2", "min_decay must be a number from 0 to 1"),
        ("keras:backend=mxnet", "backend must be tensorflow, jax-eager, jax-jit or torch, not 'mxnet'"),
        ("optax:decay=0.9,accumulator_dtype=float64", "accumulator_dtype must be float32 or none, not 'float64'"),
        ("torch:decay", "'decay' is not KEY=VALUE"),
        ("diffusers:x", "'x' is not KEY=VALUE; for example foreach=true"),
        ("diffusers:0.9", "'0.9' is not KEY=VALUE; for example decay=0.99"),
        ("torch:=1", "'=1' is not KEY=VALUE"),
        ("torch:decay=0.9,decay=0.8", "decay is given twice"),
        ("mmengine:decay=0.9,momentum=0.1", "decay and momentum state the decay twice"),
        ("torch:decay=2", "rule torch: decay: decay must be between 0 and 1, not 2"),
        ("torch:decay=1_0", "rule torch: decay: decay '1_0' is not a number"),
        ("tensorboard:smoothingWeight=x", "smoothingWeight: decay 'x' is not a number"),
        ("sb3", "rule sb3 needs a decay: give one of decay, half_life, span, com, alpha, leaves"),
        ("edm:ema_halflife_kimg=nan", "ema_halflife_kimg must be a number from 0"),
    ],
)
def test_wrong_settings(rule, message):
    """A wrong name or value is answered with the right ones."""
    with pytest.raises(SettingError) as caught:
        Average(rule=rule)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"rule": "optax", "decay": 0.9, "initial": 1.0}, "rule optax starts its shadow at zero: it takes no initial"),
        ({"rule": "optax", "decay": 0.9, "initial": "first"}, "rule optax starts its shadow at zero"),
        ({"rule": "tensorflow-eager", "decay": 0.9, "initial": 1.0}, "starts its shadow at the first param"),
        (
            {"rule": "torch-swa", "decay": 0.9},
            "it takes no decay; its own settings are n_averaged, multi_avg_fn, numel, index: --about-rule torch-swa",
        ),
        ({"decay": 0.9, "span": 3}, "decay and span state the decay twice"),
        ({"decay": 0.9, "count_from": -1}, "count_from must be between 0 and"),
        ({"decay": 0.9, "rule": "yolov5", "dtype": "exact"}, "use float64, float32, float16, bfloat16"),
        ({"half_life": 3, "dtype": "exact"}, "dtype exact holds only fractions"),
        ({"rule": "moco-v3", "parameters": {"epochs": True}}, "epochs must be a whole number from 1"),
    ],
)
def test_settings_that_do_not_go_together(settings_, message):
    """Settings that contradict each other or the rule are refused with a reason."""
    with pytest.raises(SettingError) as caught:
        Average(**settings_)
    assert message in str(caught.value)


def test_a_step_that_is_needed():
    """A rule that counts fractional epochs can't count by itself."""
    with pytest.raises(SettingError, match="rule moco-v3 needs a step for each update: epoch"):
        Average(rule="moco-v3").advance([1.0])


@pytest.mark.parametrize("name", DTYPES)
def test_params_that_were_checked_before(name):
    """Checked values give the same rounds as unchecked ones."""
    params = [1 / n for n in range(1, 40)]
    rounds = Average(0.9, rule="fixed", dtype=name).advance(params)
    plain = Average(0.9, rule="fixed", dtype=name).advance_plain(params)
    assert (plain.params, plain.shadows) == (rounds.params, rounds.shadows)


@pytest.mark.parametrize("name", [name for name, rule in rules().items() if rule.debias is not None])
def test_debiasing_goes_on_in_another_batch(name):
    """A debiased average counts its updates across batches, also one by one."""
    if find_rule(name).looks_ahead:
        pytest.skip("its first batch is all that it looks ahead for")
    values = [1.0, -2.5, 3.0, 0.1, 7.0]
    ema = average(name)
    assert [ema.update(value).shadow for value in values] == [row.shadow for row in run(name, values)]


def test_how_a_rule_counts_by_itself():
    """A rule's own counter moves by its stride, and `count_from` by one, whether or not the rule has a counter."""
    assert decays("edm2:batch_size=64", 3) == decays("edm2:batch_size=64", [64, 128, 192])
    assert [row.step for row in Average(0.9, rule="fixed", count_from=5).advance([1.0, 2.0, 3.0])] == [5, 6, 7]


def test_steps_around_a_missing_param():
    """A round without a param has no step, and the others keep theirs."""
    for name, steps in (("warmup", [0, 1, 2]), ("fixed", [5, 6, 7])):
        rows = Average(0.9, rule=name).advance([1.0, None, 2.0], steps)
        assert [row.step for row in rows] == [steps[0], None, steps[2]]
    assert [row.step for row in Average(0.9, rule="fixed").advance([1.0, None, 2.0])] == [None] * 3


def test_an_accumulator_that_stalls_beside_a_missing_param():
    """The first update of a batch has stalled if the accumulator of the batch before stays, with or without gaps."""
    ema = Average(0.999, rule="optax", dtype="bfloat16")
    ema.advance([1.0] * 3000)
    assert list(ema.advance([1.0, None, 1.0]).stalled()) == [True, False, True]


def test_a_param_that_is_no_number():
    """A param that is neither a number nor its text is refused."""
    with pytest.raises(SettingError, match="a param must be a number"):
        Average(0.9).advance([[1.0]])


def test_the_rules_own_decay_wins():
    """A decay among the rule's parameters takes precedence over the common one."""
    assert Average(0.5, rule="torch:decay=0.9").constant == 0.9
    assert Average(rule="mmengine:momentum=0.1").advance([1.0, 2.0]).weights == [None, 0.10000000149011612]
    assert Average(rule="sb3", alpha="0.1", dtype="exact").advance([1]).weights == [Fraction(1, 10)]


@pytest.mark.parametrize(
    ("setting", "weight"),
    [
        ("alpha=0.25", 0.25),
        ("com=3", 0.25),
        ("span=7", 0.25),
        ("halflife=1", 0.5),
        ("halflife=2", 1 - 0.5**0.5),
        ("decay=0.75", 0.25),
    ],
)
def test_pandas_takes_its_constant_in_every_way(setting, weight):
    """The constant of pandas' ewm may be alpha, com, span or halflife."""
    assert Average(rule=f"pandas:{setting}").advance([1.0]).weights == pytest.approx([weight])


def test_pandas_without_adjust_keeps_irregular_weights():
    """With com 1, adjust=False and a gap, the weights still sum to 1, as in pandas."""
    rows = Average(rule="pandas:com=1,adjust=false").advance([4.0, math.nan, 8.0])
    assert rows.shadows == [4.0, 4.0, 7.0]
    ignoring = Average(rule="pandas:com=1,ignore_na=true").advance([math.nan, 4.0, math.nan, 8.0])
    assert ignoring.shadows[1:] == [4.0, 4.0, 20 / 3]


@pytest.mark.parametrize("rule", ["nemo", "mmengine-swa", "diffusers:foreach=true"])
def test_an_element_is_in_a_full_vector_or_in_the_rest(rule):
    """16-bit tensors are computed in vectors of 32 elements, and the remainder one by one."""
    params = [1 / n for n in range(1, 60)]

    def shadows(numel, index):
        name = f"{rule}{',' if ':' in rule else ':'}numel={numel},index={index}"
        return list(Average(rule=name, dtype="bfloat16").advance(params).shadows)

    inside, alone = shadows(32, 0), shadows(1, 0)
    assert inside != alone
    assert [shadows(70, index) for index in (0, 40, 63)] == [inside] * 3
    assert [shadows(70, 64), shadows(70, 69), shadows(31, 30)] == [alone] * 3


def test_batchnorm_in_float16():
    """In float16, BatchNorm's momentum and its complement are float32."""
    single, half = (lambda x, name=name: Fraction(dtype(name).round(float(x))) for name in ("float32", "float16"))
    weight = single(Fraction(1, 10))
    decay, expected, shadow = single(1 - Fraction(0.1)), [], Fraction(0)
    params = [half(1 / n) for n in range(1, 60)]
    for param in params:
        shadow = half(single(single(weight * param) + single(decay * shadow)))
        expected.append(float(shadow))
    assert Average(rule="batchnorm", dtype="float16").advance(list(map(float, params))).shadows == expected


def test_ema_pytorchs_power_is_a_float64():
    """The exponent of a float32 tensor's power is a Python number, which is not rounded."""
    R = dtype("float32").round
    rule = "ema-pytorch:update_every=1,update_after_step=0,power=0.8,beta=0.9999999"
    assert decays(rule, 300)[1:] == [R(1 - R((1 + n) ** -0.8)) for n in range(1, 300)]


def test_lit_emas_counter_is_a_whole_number():
    """(1 + num_updates) / (10 + num_updates) is a quotient of whole numbers, each converted to float32."""
    R = dtype("float32").round
    counters = range(2**24 - 20, 2**24 + 40)
    expected = [R(R(1 + n) / R(10 + n)) for n in counters]
    assert decays("lit-ema", counters, decay=1) == expected
    assert [R(R(1 + R(n)) / R(10 + R(n))) for n in counters] != expected


def test_haikus_warmup():
    """The updates of the warm-up copy; without a warm-up none does, whatever the counter."""
    assert [decays(f"haiku:warmup_length={n}", 3, decay=0.5) for n in (1, 2)] == [[0.0, 0.5, 0.5], [0.0, 0.0, 0.5]]
    assert decays("haiku", [0, 1], decay=0.5) == [0.5, 0.5]


@pytest.mark.parametrize("jit", ["true", "false"])
def test_an_accumulator_of_the_type_that_the_params_have(jit):
    """A float32 accumulator changes nothing if the params are float32, too."""
    params = [1 / n for n in range(1, 30)]
    asked = Average(0.9, rule=f"optax:jit={jit},accumulator_dtype=float32", dtype="float32")
    assert (
        asked.advance(params).shadows == Average(0.9, rule=f"optax:jit={jit}", dtype="float32").advance(params).shadows
    )


def test_a_debiased_rule_shows_both():
    """A rule that debiases shows the debiased value, and keeps the accumulator as well."""
    rows = Average(0.9, rule="optax", dtype="float64").advance([1.0, None, 2.0])
    assert rows.shadows == pytest.approx([1.0, 1.0, 0.29 / 0.19])
    assert rows.biased == pytest.approx([0.1, 0.1, 0.29])
    assert rows.before == 0.0


def test_an_empty_batch():
    """A batch without updates has no rounds and changes nothing."""
    for name in NAMES:
        ema = average(name)
        assert len(ema.advance([], [])) == 0


def test_first_initial_value():
    """The first param may be the initial value; a rule that starts there anyway accepts it."""
    assert Average(0.9, rule="fixed", initial="first").advance([2.0, 2.0]).shadows == [2.0, 2.0]
    assert Average(0.9, rule="tensorflow-eager", initial="first").advance([2.0]).shadows == [2.0]


def test_composer_without_half_life():
    """A rule with an optional constant accepts `none` for it."""
    assert Average(rule="composer:smoothing=0.9").constant == 0.9
    assert Average(rule="composer:smoothing=none").constant is None
    assert Average(rule="batchnorm:momentum=none").advance([4.0, 8.0]).shadows == [4.0, 6.0]


def test_edm2s_exponent():
    """The exponent of a relative width is the root of EDM2's cubic, to the last bits of numpy's own root."""
    assert exponent_of(0.05) == pytest.approx(16.972198602303447, rel=1e-14)
    assert exponent_of(0.1) == pytest.approx(6.937203937601809, rel=1e-14)


@pytest.mark.parametrize(("power", "expected"), [(0.5, 0.18350344896316528), (1, 1 / 3), (2, 5 / 9), (0.8, None)])
def test_torchs_power_of_a_tensor(power, expected):
    """ema-pytorch's decay follows torch's power, which is computed in another way for some exponents."""
    rule = f"ema-pytorch:update_every=1,update_after_step=0,inv_gamma=2,power={power}"
    if expected is not None:
        assert decays(rule, 2)[1] == pytest.approx(expected, rel=2**-24)
    else:
        assert decays(rule, 2)[1] == pytest.approx(1 - 1.5**-0.8, rel=2**-23)


@pytest.mark.parametrize("rule", ["warmup", "fixed"])
@pytest.mark.parametrize(
    ("dtype", "decay", "param", "shadow", "twice"),
    [("bfloat16", 0.55, 97.5, 43.75, 44.0), ("float16", 0.6793, 78.125, 25.046875, 25.0625)],
)
def test_a_product_of_the_textbook_is_rounded_once(rule, dtype, decay, param, shadow, twice):
    """It is rounded to the short type, not to float32 first, which would give a number farther from the product."""
    weight = Fraction(Average(decay, rule=rule, dtype=dtype).advance([param]).weights[0])
    product = weight * Fraction(param)
    assert abs(product - Fraction(shadow)) < abs(product - Fraction(twice))
    assert Average(decay, rule=rule, dtype=dtype).advance([param]).shadows == [shadow]
