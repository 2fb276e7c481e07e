"""The working: the arithmetic of each round, written out."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ema_cli import Average, SettingError
from ema_cli.core.catalogue import rules
from ema_cli.core.formula import text_in
from ema_cli.core.loop_list import settings
from ema_cli.text.language import LANGUAGES, find_language
from ema_cli.text.number_text import Style
from ema_cli.working import expression, readable_formulas, typeset
from ema_cli.working.derivations import Working
from ema_cli.working.footnotes import MEANINGS
from ema_cli.working.rule_formulas import symbols
from tests.examples import examples
from tests.harness import error_of, output, run
from tests.pages import evaluated, workings

SESSION = ("--decay", "0.99", "0:1", "100:10x2")
NAMES = list(rules())
COARSE = ("linux-loadavg", "linux-srtt")
"""Rules that round to a multiple of 1/2048 or 1/8: a line is only close to its value."""


def average(name, dtype=None, parameters=None):
    """An average of a rule, with whatever it needs."""
    decay = rules()[name].decay
    return Average(
        "0.99" if decay is not None and not decay.optional else None, rule=name, dtype=dtype, parameters=parameters
    )


def rounds_of(ema):
    """A few rounds, the first of which may copy."""
    steps = [0.0, 0.5, 1.5, 3.0] if ema.counter is not None and ema.counter.fractional else None
    return ema.advance([1.0, 10.0, 10.0, -2.5], steps)


def lines_of(working, rounds):
    """The line of working of each round."""
    return [working(rounds, row) for row in range(len(rounds))]


def equations(line):
    """Both sides of each equation of a line, and the sign between them."""
    for part in line.split("; "):
        if match := re.fullmatch(r"(.*) ([=≈]) (.*)", part):
            yield match.groups()


def rational(expression):
    """The exact value of an expression, or None if it has more than the four operations and small powers."""
    found = None if re.search(r"\^(?!\d{1,2}(?![\d.]))|exp|cos|pi", expression) else evaluated(expression)
    return found if isinstance(found, Fraction) else None


def test_the_reference_session():
    """A rational decay stays a fraction, and = is used only if both sides are equal."""
    assert workings(*SESSION) == [
        "min(0.99, (1 + 0)/(10 + 0)) = 1/10; 1/10 x 0 + 9/10 x 1 = 0.9",
        "min(0.99, (1 + 100)/(10 + 100)) = 101/110; 101/110 x 0.9 + 9/110 x 10 ≈ 1.6445455",
        "min(0.99, (1 + 100)/(10 + 100)) = 101/110; 101/110 x 1.6445455 + 9/110 x 10 ≈ 2.3281736",
    ]


def test_the_table_shows_the_rule_in_symbols():
    """The rule stands above the table, the working in it, and the meaning of = and ≈ below it."""
    shown = output(*SESSION, "--explain")
    assert "decay = min(DECAY, (1 + step)/(10 + step))" in shown
    assert "DECAY = 0.99" in shown
    assert "shadow = decay × shadow + (1 - decay) × param" in shown
    assert "│ 101/110 × 0.9 + 9/110 × 10 ≈ 1.6445455 " in shown
    assert "Computed in float64, shown to 8 significant digits. = is exact as printed" in shown


@pytest.mark.parametrize(
    ("options", "note"),
    [
        (["--dtype", "exact"], "Computed in exact fractions."),
        (
            ["--dtype", "exact", "--digits", "4"],
            "Computed in exact fractions, shown to 4 significant digits.",
        ),
        (
            ["--dtype", "float32", "--decimals", "3"],
            "Computed in float32, shown to 3 decimals.",
        ),
        (["--rule", "optax"], "k counts the updates."),
        (["--rule", "rlax"], "product is the product of the decays so far."),
        (["--rule", "pandas"], "old and new are the weights of the shadow and of the param."),
        (
            ["--rule", "optax", "--round-each", "2"],
            "Each accumulator and shadow is rounded to 2 decimals (half away from zero); the accumulator enters",
        ),
    ],
)
def test_what_is_said_below_the_working(options, note):
    """Footnotes explain the precision of values, and names that only some rules have."""
    assert note in output("--decay", "0.9", ":1", ":2", "--explain", *options)


def test_exact_fractions():
    """In exact arithmetic, every value is a fraction, and every line an equation."""
    assert workings(*SESSION, "--dtype", "exact")[1:] == [
        "min(99/100, (1 + 100)/(10 + 100)) = 101/110; 101/110 x 9/10 + 9/110 x 10 = 1809/1100",
        "min(99/100, (1 + 100)/(10 + 100)) = 101/110; 101/110 x 1809/1100 + 9/110 x 10 = 281709/121000",
    ]


def test_rounded_by_hand():
    """--round-each carries the value that it shows."""
    lines = workings(*SESSION, "--round-each", "3")
    assert lines[1].endswith("; 101/110 x 0.900 + 9/110 x 10 ≈ 1.645")
    assert lines[2].endswith("; 101/110 x 1.645 + 9/110 x 10 ≈ 2.329")
    assert "Each shadow is rounded to 3 decimals (half away from zero) before the next round" in output(
        *SESSION, "--round-each", "3", "--explain"
    )


@pytest.mark.parametrize(("param", "shadow"), [("0.25", "0.13"), ("-0.25", "-0.13"), ("0.23", "0.12")])
def test_a_half_is_rounded_away_from_zero(param, shadow):
    """A half rounds as in class: 0.125 is 0.13, in every type that can represent it."""
    for dtype in "float64", "exact":
        table = output("--decay", "0.5", f":{param}", "--round-each", "2", "--dtype", dtype, "-q", "-c", "shadow")
        assert f" {shadow} " in table


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--rule", "tensorflow", "0:1", "100:-10"], "0.9 - (0.9 - (-10)) x 0.08181816 ≈ 0.008182049"),
        (["--rule", "torch", ":1", ":2"], "1 + 0.01 x (2 - 1) = 1.01"),
        (["--rule", "torch", ":1", ":2", "--missing", "skip"], "1 + 0.01 x (2 - 1) = 1.01"),
        (["--rule", "tensorboard", ":1", ":2"], "0.99 x 0.01 + 0.01 x 2 = 0.0299; 0.0299/(1 - 0.99^2) ≈ 1.5025126"),
        (["--rule", "rlax", "--dtype", "float64", ":1", ":2"], "0.0299/(1 - 0.98010004) ≈ 1.502514"),
        (
            ["--rule", "haiku:jit=false", "0:1", "1:1"],
            "0.019899981/(1 - 0.99^1) ≈ 1.9900001",
        ),  # the first divides by zero
        (["--rule", "keras-overwrite", ":1", ":2"], "0.99 x (-1) + 0.0099999905 x (-1 - 2) ≈ -1.02"),
        (["--rule", "pandas", ":1", ":3"], "(0.99 x 1 + 1 x 3)/(0.99 + 1) ≈ 2.0050251"),
        (["--rule", "pandas", ":2", ":2"], "(0.99 x 2 + 1 x 2)/(0.99 + 1) = 2"),
        (["--rule", "warmup", "0:1", ":3"], "0.99 x 0.9 + 0.01 x 3 = 0.921"),
    ],
)
def test_each_form_shows_its_own_arithmetic(options, line):
    """A subtracting form shows its subtraction, a debiased one its division, and others their own arithmetic."""
    assert workings("--decay", "0.99", *options)[1].split("; ", 1)[-1].endswith(line.split("; ", 1)[-1])
    assert line in workings("--decay", "0.99", *options)[1]


def test_lerp_turns_at_a_half():
    """From a weight of a half on, lerp starts from the other end, and so does the working."""
    assert workings("--decay", "0.5", "--rule", "torch", ":1", ":3")[1] == "3 - (1 - 0.5) x (3 - 1) = 2"
    assert workings("--decay", "0.50001", "--rule", "torch", ":1", ":3")[1].startswith("1 + 0.49999 x (3 - 1) ")
    edm = "edm:ema_halflife_kimg=0.512,batch_size=512,ema_rampup_ratio=none"
    assert workings("--rule", edm, ":1", ":3")[1] == "0.5^(512/512) = 0.5; 0.5 - (1 - 0.5) x (0.5 - 3) = 1.75"


def test_copied_and_skipped_rounds():
    """A round that is not an update says so."""
    assert workings("--decay", "0.9", "--rule", "mmengine:interval=2", ":1x3")[:2] == ["copied", "skipped"]
    assert workings("--decay", "0.9", "--rule", "pandas", ":1")[0].endswith("copied")
    assert workings("--rule", "tensorboard", ":1x3") == ["copied"] * 3
    assert "copied" not in workings("--rule", "tensorboard", ":1x2", ":2")  # the points are not all equal in the end


def test_what_is_shown_may_be_the_average_itself():
    """If a read-out shows the average itself in some rounds, the update is the whole working."""
    assert workings("--rule", "tensorboard:smoothingWeight=1", ":1", ":2")[1] == "1 x 0 + 0 x 2 = 0"
    counted = workings("--rule", "vividcortex-variable", ":1", ":2x9", ":3")
    assert counted[0] == "1 - 2/31 = 29/31; 0 + 1 = 1; 0"
    assert counted[10] == "1 - 2/31 = 29/31; 3 x 2/31 + 19/10 x 29/31 ≈ 1.9709677"


@pytest.mark.parametrize(
    "rule",
    [
        "pandas:alpha=0.25",
        "pandas:alpha=0.25,ignore_na=true",
        "pandas:alpha=0.25,adjust=false",
        "pandas:alpha=0.5,adjust=false",
        "pandas:alpha=0.5,adjust=false,ignore_na=true",
        "tensorboard:smoothingWeight=0.75",
    ],
)
def test_missing_values_leave_the_working_of_later_rounds_right(rule, tmp_path):
    """A round without a number has no arithmetic, and the working after it gives the right shadows."""
    path = tmp_path / "gaps.csv"
    path.write_text("param\nNaN\n1\n2\nNA\ninf\n4\n-8\n")
    options = ("--rule", rule, "--missing", "rule", str(path))
    last = [line.split("; ")[-1] for line in workings(*options)]
    shadows = output(*options, "-q", "-F", "csv", "-c", "shadow").splitlines()[1:]
    assert [last[round_] in ("kept", "copied", "waiting") for round_ in (0, 2, 3, 4, 5, 6)] == [
        True,
        False,
        True,
        True,
        False,
        False,
    ]
    for round_ in (2, 5, 6):
        assert float(evaluated(re.split(" [=≈] ", last[round_])[0])) == pytest.approx(float(shadows[round_]), rel=1e-6)


@pytest.mark.parametrize(
    "rule", ["tensorboard:smoothingWeight=0.75", "rlax", "sonnet", "tensorflow-debias", "optax:debias=true", "warmup"]
)
def test_what_is_shown_is_rounded_by_hand(rule):
    """--round-each rounds what a debiasing rule shows like any shadow."""
    options = ("--decay", "0.75", "--rule", rule, "--round-each", "2", ":1.3", ":2.7", ":-3.1", ":0.9")
    shadows = output(*options, "-F", "csv", "-c", "shadow", "-q").split()[1:]
    assert [round(float(Fraction(shadow)), 2) for shadow in shadows] == [float(shadow) for shadow in shadows]


def test_decays_of_rows_are_put_into_a_rules_own_form():
    """If a form takes a weight, the working uses the weight of each row's decay."""
    file = "loss,d\n1,0.5\n3,0.75\n"
    options = ("--rule", "tensorflow", "--decay-column", "d", "--dtype", "float64", "-c", "working", "-F", "csv", "-")
    lines = output(*options, stdin=file).splitlines()[1:]
    assert lines == ["0 - (0 - 1) x 0.5 = 0.5", "0.5 - (0.5 - 3) x 0.25 = 1.125"]


def test_a_memory_is_followed_through_rounds_that_are_not_shown():
    """With --every, the working of a rule with registers is that of the whole script."""
    script = ("--decay", "0.9", "--rule", "rlax", ":1", ":3", ":2", ":7", ":5", "--dtype", "float64")
    assert workings(*script, "--every", "2") == [
        line for i, line in enumerate(workings(*script), 1) if i in (1, 2, 4, 5)
    ]


def test_explain_beside_chosen_columns():
    """--explain adds the working to the columns that were asked for."""
    header = output(*SESSION, "--explain", "-c", "round,shadow", "-F", "csv", "-q").splitlines()[0]
    assert header == "round,shadow,working"


def test_several_averages():
    """Each average has its working; averages that differ only in numbers share the rule."""
    shown = output("--decay", "0.9", "--decay", "0.5", "--rule", "fixed", ":1", "--explain", "--dtype", "exact")
    assert "1/2 × 0 + 1/2 × 1 = 1/2" in shown
    assert "9/10 × 0 + 1/10 × 1 = 1/10" in shown


def test_an_encoding_without_the_sign():
    """If ≈ can't be printed, it is ~=."""
    from ema_cli.formats.sink import Sink

    assert Sink(None, "", "ascii").spelled("1/3 ≈ 0.33") == "1/3 ~= 0.33"
    assert Sink(None, "", "utf-8").spelled("1/3 ≈ 0.33") == "1/3 ≈ 0.33"


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_has_its_working(name):
    """Each line of each rule is what the rule computed, and can be typeset in every notation."""
    ema = average(name)
    coarse = 0.1 if name in COARSE else 1e-4
    for line in lines_of(Working(ema, Style()).whole, rounds_of(ema)):
        assert typeset.latex(line)
        assert typeset.mathml(line)
        for left, sign, right in equations(line):
            exact = rational(left)
            if exact is not None:
                assert exact == pytest.approx(float(Fraction(right)), rel=coarse, abs=1e-6)
                assert (exact == Fraction(right)) == (sign == "=")
    assert any(line.startswith(("decay = ", "weight = ")) for line in symbols(ema))
    for language in map(find_language, LANGUAGES):
        for line in symbols(ema, language):
            assert typeset.latex(line, language)
            pieces = [typeset.mathml(part, language) for part in typeset.parts(line, language)]
            assert _text("".join(pieces)) == _text(typeset.mathml(line, language))


def _text(markup):
    """The characters that a reader sees in a formula."""
    return re.sub("<[^>]*>|&#xA0;", "", markup)


@pytest.mark.parametrize("name", NAMES)
def test_exact_working_has_equations_alone(name):
    """In exact arithmetic nothing is rounded: each line evaluates to its right side."""
    try:
        ema = average(name, "exact")
    except SettingError:
        pytest.skip("its decay is no fraction")
    for line in lines_of(Working(ema, Style()).whole, rounds_of(ema)):
        for left, sign, right in equations(line):
            assert sign == "="
            assert evaluated(left) == Fraction(right)


decimals = st.decimals(-1000, 1000, places=3).map(str)


@examples(60)
@given(
    params=st.lists(decimals, min_size=1, max_size=6),
    steps=st.integers(0, 2000),
    places=st.integers(0, 6),
    decay=st.decimals(0, 1, places=4).map(str),
    initial=decimals,
    rule=st.sampled_from(["warmup", "fixed", "torch-ema", "stylegan-tf", "pandas:adjust=false"]),
)
def test_every_line_can_be_recomputed_from_the_page(params, steps, places, decay, initial, rule):
    """With --round-each, the right side is the left side rounded to this many decimals."""
    if rule.startswith("pandas"):
        decay, initial = "0.75", None
    ema = Average(decay, rule=rule, dtype="float64", initial=initial, round_each=places)
    rounds = ema.advance(list(map(float, params)), range(steps, steps + len(params)))
    before = None
    for line in lines_of(Working(ema, Style()).shadow, rounds):
        for left, sign, right in equations(line):
            exact, printed = evaluated(left), Fraction(right)
            assert abs(exact - printed) <= Fraction(1, 2 * 10**places)
            assert (exact == printed) == (sign == "=")
            assert before is None or before in left
            before = right


def test_what_cannot_be_rounded_each():
    """The number of decimals has a range."""
    with pytest.raises(SettingError, match="round_each must be between 0 and 300"):
        Average(0.9, round_each=301)
    told = error_of("--decay 0.9 :1 --round-each -1", code=2)
    assert told == "--round-each must be between 0 and 300, not -1"


@pytest.mark.parametrize(
    ("text", "values", "shown", "latex"),
    [
        ("a - (b - c)", {"b": "-1"}, "a - (-1 - c)", "a - (-1 - c)"),
        ("a/(b*c)", {}, "a/(b x c)", r"\frac{a}{b \times c}"),
        ("a**b", {"a": "9/10", "b": "-2"}, "(9/10)^(-2)", r"\left(\frac{9}{10}\right)^{-2}"),
        ("-a", {"a": "-2"}, "-(-2)", "-(-2)"),
        ("-(a + b)", {}, "-(a + b)", "-(a + b)"),
        ("a//3 + 1", {"a": "7"}, "floor(7/3) + 1", r"\left\lfloor \frac{7}{3} \right\rfloor + 1"),
        ("a*b", {"a": "1e-05", "b": "2/3"}, "1e-05 x 2/3", r"1 \cdot 10^{-5} \times \frac{2}{3}"),
        ("a*b + 20", {"a": "影子值", "b": "10"}, "影子值 x 10 + 20", r"\mbox{影子值} \times 10 + 20"),
        (
            "0 if n <= 3 else exp(pi)",
            {},
            "0 if n <= 3, else exp(pi)",
            r"0\mbox{ if }n \le 3\mbox{, else }\exp(\pi)",
        ),
    ],
)
def test_spellings(text, values, shown, latex):
    """Parentheses are written where needed, in plain text and in LaTeX."""
    assert expression.plain(readable_formulas.parsed(text), values) == shown
    assert typeset.latex(shown) == latex


@pytest.mark.parametrize("text", ["1/0", "exp(2)", "2**0.5", "2**1000", "________ + 1"])
def test_values_that_fractions_cannot_tell(text):
    """If there is no exact value, there is no =."""
    assert not expression.equals(readable_formulas.parsed(text), {}, text)


def test_a_decay_that_is_a_fraction_of_thousands_of_digits_is_a_decimal():
    """A fraction too long for a page is written as a decimal; in exact arithmetic it is an error that says so."""
    session = ("--rule", "axlearn", "--decay", "0.99", "5000:1", "--explain", "-q")
    assert "≈ 0.99" in output(*session)
    code, _, message = run([*session, "--dtype", "exact"])
    assert code == 1
    assert "the exact fraction has grown past" in message


COMMON = {"s", "p", "d", "w", "v", "x", "new", "max"}
"""Names in formulas that need no note: the usual letters, a function, and one explained in another note."""


@pytest.mark.parametrize("name", NAMES)
def test_each_name_in_a_formula_is_explained(name):
    """A note explains each unusual name in a formula, for each value of the rule's parameters."""
    for parameters in settings(rules()[name]):
        try:
            ema = average(name, parameters=parameters)
        except SettingError:  # values that do not go together
            continue
        assert all(typeset.latex(line) for line in symbols(ema))
        shown = [one for one in (ema.form, ema.readout) if one is not None and one.text != "s"]
        trees = [
            readable_formulas.usual(readable_formulas.parsed(text_in(one.readable or one.text, ema.dtype)))
            for one in shown
        ]
        named = {
            one for tree in trees for one in readable_formulas.names_in(tree) if not re.fullmatch(r"x\d+|e[4-6]", one)
        } - COMMON
        assert named <= MEANINGS.keys(), "name them in ema_cli/working/footnotes.py"


def test_a_large_power_is_written_as_a_decimal():
    """A decay whose fraction has too many digits is shown as computed."""
    assert "0.9^48999 ≈ 0" in output("--rule", "elapsed", "--decay", "0.9", "--explain", "1:2", "49000:3")


def test_a_shadow_that_was_set_stands_beside_its_origin():
    """The mean of the first params and a logged start are numbers from which the next line continues."""
    line = ["--decay", "0.5", "--explain"]
    assert "the mean so far = 2 " in output(*line, "--initial", "mean:2", ":1", ":3", ":4")
    assert "the mean so far ≈ 2.3333333 " in output(*line, "--initial", "mean:3", ":1", ":3", ":3", ":4")
    told = output(*line, "--initial", "mean:2", "--blank", "shadow:2", "--rule", "fixed", ":1", ":3", ":4")
    assert "the mean so far = ________ " in told
    assert "0.5 × ________ + 0.5 × 4 = 3" in told
    logged = output(*line, "--initial", "logged", "--check", "ema", stdin="param,ema\n1,2.5\n3,2.75\n")
    assert "the logged shadow = 2.5 " in logged


def test_a_product_within_a_line_begins_with_no_sign():
    """A negative factor is in parentheses, wherever its product stands."""
    assert "0.94 × 0 + 0.06 × (-2) × (-2) = 0.24" in output("--rule", "arch", "--explain", ":-2", ":3")
