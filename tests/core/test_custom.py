"""The rule `custom`: the user's schedule and arithmetic, a text that is never evaluated as code."""

from __future__ import annotations

import copy
import json
import math
import pickle
import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ema_cli import Average, SettingError
from ema_cli.core.catalogue import label, split_rule
from tests.harness import error_of, run

PARAMS = [0.3, -1.7, 2.9, 10.0, 4.4, 0.1]
SAME = (
    ("custom:decay=min(DECAY, (1+step)/(10+step))", "warmup", range(6)),
    ("custom:decay=DECAY", "fixed", None),
    ("custom:", "fixed", None),
    ("custom:decay=DECAY^elapsed, start=first", "elapsed", range(0, 18, 3)),
)


def shadows(rule: str, decay: str | None = None, steps: range | None = None, **settings: str) -> list[float]:
    found: list[float] = Average(decay, rule=rule, **settings).advance(PARAMS, steps).shadows
    return found


@pytest.mark.parametrize(("custom", "published", "steps"), SAME)
def test_a_formula_of_a_published_rule_gives_its_digits(custom: str, published: str, steps: range | None) -> None:
    """Rules of the catalogue can also be written as formulas."""
    assert shadows(custom, "0.99", steps) == shadows(published, "0.99", steps)


def test_the_arithmetic_and_the_start_are_chosen() -> None:
    """The first param is copied, and then the update subtracts."""
    shadow, found = PARAMS[0], [PARAMS[0]]
    for step, param in enumerate(PARAMS[1:], 1):
        shadow -= (shadow - param) * (1 - min(0.999, (1 + step) / (20 + step)))
        found.append(shadow)
    rule = "custom:decay=min(0.999, (1+step)/(20+step)), update=subtract, start=first"
    assert shadows(rule) == found


def test_functions_and_conditions_are_those_of_the_library() -> None:
    """Each function and both branches of a condition work."""
    decay = "0.5 + 0.1*cos(pi*step/3) if step <= 2 else max(0.1, 1 - exp(-step/8) - sqrt(step)/9, log(step)/7)"
    found = Average(rule=f"custom:decay={decay}").advance(PARAMS).decays
    wanted = [
        0.5 + 0.1 * math.cos(math.pi * n / 3)
        if n <= 2
        else max(0.1, 1 - math.exp(-n / 8) - math.sqrt(n) / 9, math.log(n) / 7)
        for n in range(6)
    ]
    assert found == wanted


@pytest.mark.parametrize(("sign", "steps"), [("<", [0, 1]), ("<=", [0, 1, 2]), (">", [3]), (">=", [2, 3]), ("==", [2])])
def test_conditions_compare(sign: str, steps: list[int]) -> None:
    """The decay is 0.5 at the steps where the condition holds."""
    found = Average(rule=f"custom:decay=0.5 if step {sign} 2 else 0.25").advance(PARAMS[:4]).decays
    assert [n for n, decay in enumerate(found) if decay == 0.5] == steps


def test_a_weight_makes_a_decayed_sum() -> None:
    """weight=1 replaces 1 - decay."""
    found, total = [], 0.0
    for param in PARAMS:
        total = 0.9 * total + param
        found.append(total)
    assert shadows("custom:decay=0.9, weight=1") == found
    assert Average(rule="custom:decay=1/2, weight=1/3", dtype="exact").advance([1, 1]).shadows == [
        Fraction(1, 3),
        Fraction(1, 2),
    ]
    explained = run('--rule "custom:decay=0.9,weight=0.3" :1 --explain').out
    assert "weight = 0.3" in explained
    assert "0.9 × 0 + 0.3 × 1" in explained.replace("9/10", "0.9").replace("3/10", "0.3")


def test_rounds_are_skipped_before_a_step_and_between_updates() -> None:
    """after= and update_every= choose the rounds that update; start=first copies at the first of them."""
    rounds = Average(rule="custom:decay=0.9, after=2, update_every=2, start=first").advance(PARAMS)
    assert rounds.actions == ["skip", "skip", "skip", "copy", "skip", "update"]
    error = error_of('--rule "custom:decay=0.9" --update-every 2 :1', code=2)
    assert error.endswith("custom:decay=0.9,update_every=2")


@pytest.mark.parametrize("how", ["power", "product", "weights"])
def test_a_shadow_from_zero_is_debiased(how: str) -> None:
    """The first shadow is the first param."""
    rule = f"custom:decay=0.9, debias={how}" + (", weight=1" if how == "weights" else "")
    assert shadows(rule)[0] == pytest.approx(PARAMS[0], rel=1e-6)


def test_steps_are_counted_unless_they_are_given() -> None:
    """A note says from which number; count= sets it."""
    line = '--rule "custom:decay=min(0.9, step/4){}" :1 :2 -F csv'
    outcome = run(line.format(""))
    assert outcome.column("decay") == ["0.0", "0.25"]
    assert "from 0" in outcome.err
    outcome = run(line.format(", count=2"))
    assert (outcome.column("decay"), outcome.err) == (["0.5", "0.75"], "")


def test_exact_arithmetic_has_what_is_rational() -> None:
    """Whole powers are fractions; roots are refused."""
    found = Average(rule="custom:decay=1 - (1 + step)^-2", dtype="exact").advance([1, 1]).decays
    assert found == [0, Fraction(3, 4)]
    for text in ("sqrt(step)/9", "0.5^(step/2)", "pi/4", "exp(-step)"):
        with pytest.raises(SettingError, match="exact"):
            Average(rule=f"custom:decay={text}", dtype="exact")


def test_labels_are_names_or_the_text() -> None:
    """Headings keep the spaces between words."""
    rules = '--rule "custom:decay=0.5, name=mine" --rule "custom:decay=0.9 if step < 2 else (1 + 2) / 4"'
    heading = run(f"{rules} :1 -F csv").out.splitlines()[0]
    assert (
        heading
        == "param,decay[mine],shadow[mine],decay[custom:decay=0.9 if step<2 else (1+2)/4],".replace(
            "param", "step,param"
        )
        + "shadow[custom:decay=0.9 if step<2 else (1+2)/4]"
    )
    assert label("torch-ema: decay = 0.9") == "torch-ema:decay=0.9"


def test_parameters_end_at_commas_outside_of_brackets() -> None:
    """The key ends at the first equals sign, and the rule at the first colon."""
    text = "custom:decay=min(1, max(0,step) / 2) if step == 1 else 0, name=a:b"
    assert split_rule(text) == ("custom", {"decay": "min(1, max(0,step) / 2) if step == 1 else 0", "name": "a:b"})


def test_it_is_explained_checked_and_blanked_like_any_rule() -> None:
    """It works in both languages, and in worksheets."""
    rule = '--rule "custom:decay=min(0.9, (1+step)/(10+step))"'
    assert "min(0.9, (1 + 1)/(10 + 1)) = 2/11" in run(f"{rule} :1 :2 --explain").out
    assert "影子值" in run(f"{rule} :1 :2 --explain --lang zh").out
    assert "____" in run(f"{rule} :1 :2 --explain --blank shadow").out
    log = "step,param,ema\n0,1,0.9\n1,2,1.8\n"
    assert run(f"{rule} --check ema --tolerance abs:0.01", log).code == 0
    assert run(f"{rule} --check ema --tolerance abs:0.01", log.replace("1.8", "1.9")).code == 3
    assert "min(0.9, (1+step)/(10+step))" in run(["--about-rule", "custom:decay=min(0.9, (1+step)/(10+step))"]).out
    settings = json.loads(run(f"{rule} :1 -F json").out)["settings"]
    assert "custom:decay=" in json.dumps(settings)


def test_an_average_is_copied_with_its_formula() -> None:
    """An average is copied with its formula: by copy, by pickle, and in fractions."""
    average = Average("0.99", rule="custom:decay=min(DECAY, (1+step)/(20+step)), update=lerp, start=first")
    average.advance(PARAMS)
    for other in (copy.deepcopy(average), pickle.loads(pickle.dumps(average))):
        assert other.update(3.0) == average.beside().update(3.0) or other.rounds == average.rounds + 1
    assert average.exactly().advance([1, 2]).decays[1] == Fraction(2, 21)


@pytest.mark.parametrize(
    ("decay", "file", "told"),
    [
        ("0.5^elapsed", "1,0\n2,0.5\n", "the formula has a power whose exponent, 1/2, is not a whole number"),
        ("0.9^(step*1000000)", "1,0\n2,1\n", "the formula has a power that is too large to be computed exactly"),
    ],
)
def test_powers_that_exact_arithmetic_has_not(decay: str, file: str, told: str) -> None:
    """An error says why exact arithmetic lacks the power."""
    times = ["--time-column", "t"] if "elapsed" in decay else ["--step-column", "t"]
    line = ["--rule", f"custom:decay={decay}", "--dtype", "exact", "-", *times]
    assert told in run(line, f"loss,t\n{file}").err


@pytest.mark.parametrize(
    "text",
    [
        "step.__class__", "__import__('os')", "9^9^9^9^9", "2^(2^(2^(2^2^2^2)))", f"{'(' * 1000}1{')' * 1000}",
        f"{'(' * 60}1{')' * 60}", "+".join(["1"] * 150), "1" * 500, "", "min(1)", "lambda: 1", "sqrt(-1)", "1/0", "2",
        "log(0)", "log(step - 1)", "step if step else 1", "step < 2", "n", "0.5 0.5", "[1]", "DECAY DECAY", "(-1)^0.5",
        "(1/0) if step < 0 else 0/0", "1e400", "exp(1000)",
    ],
)  # fmt: skip
def test_hostile_formulas_are_errors_at_once(text: str) -> None:
    """No hostile formula is evaluated, and none takes long."""
    begun = time.process_time()
    error_of(["--rule", f"custom:decay={text}", ":1", ":2", "--decay", "0.9"] if "DECAY" in text else
             ["--rule", f"custom:decay={text}", ":1", ":2"], code=2)  # fmt: skip
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("dtype", ["float64", "exact"])
@pytest.mark.parametrize("text", ["step^step^step^step", "0.5^(step^9)", "(1+step)^-(9^9)"])
def test_powers_are_bounded(text: str, dtype: str) -> None:
    """A power is a decay or an error, at once."""
    begun = time.process_time()
    assert run(["--rule", f"custom:decay={text}", "99999999:1", "--dtype", dtype]).code in (0, 2)
    assert time.process_time() - begun < 2


PIECES = st.sampled_from(
    [
        *"0123456789+-*/^(),<>=.% ",
        "step",
        "elapsed",
        "DECAY",
        "pi",
        "min(",
        "exp(",
        "log(",
        " if ",
        " else ",
        "**",
        "__",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_no_text_raises_anything_else(text: str) -> None:
    """Any text of these pieces is a rule or a SettingError."""
    for dtype in ("float64", "exact"):
        try:
            Average("0.9", rule=f"custom:decay={text}", dtype=dtype).advance(PARAMS[:2], [0, 7])
        except SettingError:
            continue
