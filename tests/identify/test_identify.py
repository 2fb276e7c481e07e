"""--identify finds the rule, decay and schedule behind a log, and claims no more than the log shows."""

from __future__ import annotations

import json
import re
import shlex
from functools import reduce
from math import exp, inf
from operator import add
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ema_cli import Average
from ema_cli.core.catalogue import joined_rule
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.text.number_text import shortest
from tests.examples import examples
from tests.harness import run
from tests.identify.logs import averaged, params, written

if TYPE_CHECKING:
    from pathlib import Path

FEW = "--rule fixed --rule torch-ema --rule tensorflow --rule warmup --rule lightning"


def log(average: Average, rounds: int = 40, form: str = "r", first: int = 0, steps: bool = True) -> str:
    """The log of a training run whose code computes this average."""
    values, numbers = params(rounds), range(first, first + rounds)
    shadows = average.advance(values, list(numbers) if steps else None).shadows
    return written(values, shadows, numbers if steps else None, form)


def identified(text: str, options: str = "") -> list[dict[str, str]]:
    """The candidates."""
    outcome = run(f"--identify ema -q -F json {options}", text)
    assert outcome.code == 0
    found: list[dict[str, str]] = json.loads(outcome.out)
    return found


def notes(text: str, options: str = "") -> str:
    """The sentences."""
    return run(f"--identify ema -F csv {options}", text).err


@pytest.mark.parametrize(
    ("rule", "decay", "dtype"),
    [
        ("fixed", "0.99", "float64"),
        ("fixed", "0.9137", "float64"),
        ("fixed", "0.9951091671836622", "float64"),
        ("fixed", "0.95139997", "float32"),
        ("fixed", "0.95", "bfloat16"),
        ("tensorflow", "0.7", "float32"),
        ("torch-ema", "0.7", "float32"),
    ],
)
def test_rule_decay_and_dtype(rule: str, decay: str, dtype: str) -> None:
    """The rule behind a log is found, with its decay and dtype, and every round agrees."""
    best = identified(log(Average(decay, rule=rule, dtype=dtype)), FEW)[0]
    assert (rule, decay, dtype, "40 of 40", "0") == tuple(
        best[name] for name in ("rule", "decay", "dtype", "agree", "worst ulps")
    )


def test_a_short_type_in_the_digits_of_float32() -> None:
    """numpy prints a bfloat16 that was converted to float32 in the fewest digits of float32."""
    values = params(60)
    shadows = Average("0.95", rule="fixed", dtype="bfloat16").advance(values, range(60)).shadows
    write = shortest(dtype("float32"))
    texts = [write(shadow) for shadow in shadows]
    assert any(float(text) != shadow for text, shadow in zip(texts, shadows, strict=True))
    best = identified(written(values, texts, range(60)), FEW)[0]
    assert (best["rule"], best["decay"], best["dtype"]) == ("fixed", "0.95", "bfloat16")


@pytest.mark.parametrize(
    ("rule", "settings", "found"),
    [
        ("ultralytics", {"decay": 0.999, "parameters": {"tau": 50}}, ("0.999", "tau=50")),
        ("d2go", {"decay": 0.999, "parameters": {"decay_warm_up_factor": 16}}, ("0.999", "decay_warm_up_factor=16")),
        ("mmengine-annealing", {"parameters": {"gamma": 37}}, ("alpha 0.0002", "gamma=37")),
        (
            "diffusers",
            {"parameters": {"use_ema_warmup": True, "power": 0.75}},
            ("0.9999", "power=0.75,use_ema_warmup=true"),
        ),
        (
            "diffusers",
            {"parameters": {"use_ema_warmup": True, "min_decay": 0.5}},
            ("0.9999", "min_decay=0.5,use_ema_warmup=true"),
        ),
        ("torch-ema", {"decay": 0.9999, "parameters": {"num_updates": 777}}, ("0.999", "num_updates=777")),
        ("pandas", {"span": 20}, ("span 20", "")),
        ("edm2", {"parameters": {"exp": 10, "batch_size": 1}}, ("", "exp=10")),
        ("ema-pytorch-karras", {"parameters": {"gamma": 5, "update_every": 1}}, ("", "gamma=5,update_every=1")),
    ],
)
def test_settings_that_were_not_logged(rule: str, settings: dict[str, Any], found: tuple[str, str]) -> None:
    """The constants of a warm-up, and the start of its counter, follow from the decays."""
    best = identified(log(Average(rule=rule, **settings), steps=False), f"--rule {rule}")[0]
    assert (rule, "40 of 40") == (best["rule"], best["agree"])
    assert found == (best["decay"], ",".join(sorted(best["parameters"].split(","))))


@pytest.mark.parametrize(
    ("decay", "stated"),
    [
        (0.98765, "0.98765"),
        (1 - 2 / 51, "span 50"),
        (0.5 ** (1 / 1000), "half-life 1000"),
        (0.9995**4, "0.9980014995000627"),
        (exp(-1 / 250), "0.9960079893439915"),
        (1 - 2**-7, "0.9921875"),
    ],
)
def test_decays_as_people_state_them(decay: float, stated: str) -> None:
    """A decay is stated in the plainest way that gives every bit."""
    values = params(300)
    assert stated == identified(written(values, averaged(values, lambda k: decay, 0.0)), "--rule fixed")[0]["decay"]


def test_a_span_of_two_digits_comes_before_a_decay_of_five() -> None:
    """Where few digits leave several decays, the one that people would type is shown."""
    values = params(60)
    text = written(values, averaged(values, lambda k: 1 - 2 / 27), form=".4f")
    assert "span 26" == identified(text, "--rule fixed")[0]["decay"]


def test_a_half_life_that_fits_beside_the_span() -> None:
    """With fewer digits, each way to state the decay that may be meant is told."""
    values = params(60)
    said = run("--identify ema", written(values, averaged(values, lambda k: 1 - 2 / 27), form=".3f")).out
    assert "schedule: constant decay 0.9258747123 (half-life 9)\n" in said
    assert "fit as well, such as span 26\n" in said


def test_params_of_three_digits_may_be_rounded() -> None:
    """If they lead to the logged shadows only from a start that was not logged, the range allows for their rounding."""
    values = params(60)
    said = run("--identify ema", written(values, averaged(values, lambda k: 1 - 2 / 27), form=".2f")).out
    low, high = re.search(r"decays from (\S+) to (\S+) fit", said).groups()
    assert float(low) < 1 - 2 / 27 < float(high)


@pytest.mark.parametrize("form", [".4f", ".6g", ".3e"])
@pytest.mark.parametrize("decay", [0.9, 0.98765])
def test_rounded_logs(form: str, decay: float) -> None:
    """The rounding of each cell, params included, is allowed for; all rounds together give the decay."""
    values = params(300)
    outcome = run(
        "--identify ema -F json --rule fixed --rule torch-ema",
        written(values, averaged(values, lambda k: decay), form=form),
    )
    best = json.loads(outcome.out)[0]
    assert best["rule"] == "fixed"
    assert float(best["decay"]) == pytest.approx(decay, abs=(1 - decay) * 5e-3)


def test_params_of_fewer_decimals_than_the_shadows() -> None:
    """A price with two decimals beside a shadow with six was not rounded."""
    closes = [round(100 + x, 2) for x in params(250)]
    shadows = averaged(closes, lambda k: 11 / 13)
    text = "close,ema\n" + "".join(f"{p:.2f},{s:.6f}\n" for p, s in zip(closes, shadows, strict=True))
    best = identified(text, "--rule fixed")[0]
    assert ("span 12", "250 of 250") == (best["decay"], best["agree"])


def test_float32_without_all_its_digits_in_some_cells() -> None:
    """Small cells with a fixed number of decimals are taken as rounded, not as computed in another order."""
    load = dtype("float32").load
    values, shadow, shadows = [load(x / 9) for x in params(200)], 0.0, []
    for k, value in enumerate(values):
        shadow = load(load(load((1 + k) / (10 + k)) * shadow) + load(load(9 / (10 + k)) * value))
        shadows.append(shadow)
    told = notes(written(values, shadows, range(1, 201), ".8f"))
    assert "gives all 200 rounds" in told
    assert "another order" not in told


def test_the_plainest_candidate_comes_first() -> None:
    """A constant decay is not explained by a warm-up that is over, a least decay, or a half-life of many digits."""
    for decay in (0.9, 0.1, 0.9973, 2 / 11):
        values = params(60)
        assert "fixed" == identified(written(values, averaged(values, lambda k, d=decay: d, 1.0)))[0]["rule"]  # type: ignore[misc]


def test_a_decay_that_was_never_reached() -> None:
    """The answer says that a constant which no round reached is open, and which constants give the same."""
    told = notes(log(Average("0.9999", rule="warmup"), 60), "--rule warmup")
    assert "DECAY was never reached: any DECAY from 0.869566 up fits as well; 0.999 is shown" in told
    assert "never reached" not in notes(log(Average("0.5", rule="warmup"), 60), "--rule warmup")


def test_a_swap_is_told_beside_what_fits() -> None:
    """A decay of 0.01 fits, and still looks like 1 - decay."""
    values = params(60)
    told = notes(written(values, averaged(values, lambda k: 0.01, 1.0)))
    assert "decay used where 1 - decay belongs? The decay is 0.01, and 1 - 0.01 = 0.99" in told


@pytest.mark.parametrize("count_from", [0, 1, 7])
def test_a_counter_that_was_not_logged(count_from: int) -> None:
    """A log without steps leads to a rule that is given a counter, and the suggested command agrees."""
    text = log(Average(0.7, rule="warmup", count_from=count_from), steps=False)
    best = identified(text, FEW)[0]
    assert ("warmup", f"from {count_from}", "40 of 40") == (best["rule"], best["counter"], best["agree"])
    command = notes(text, FEW).splitlines()[-1].partition("to see it: ema-calc ")[2]
    assert "all 40 rounds agree" in run(command, text).out


def test_the_command_stands_on_one_line() -> None:
    """It does so in a narrow table, too, so that it can be copied."""
    text = log(Average(0.7, rule="fixed"))
    [line] = re.findall("to see it: ema-calc (.*)", run("--identify ema --rule fixed --width 40", text).out)
    assert run(shlex.split(line), text).code == 0


def test_a_counter_that_is_not_the_logged_step() -> None:
    """A counter ahead of or behind the logged steps is stated by its first number."""
    average = Average(0.9999, rule="timm-v3:use_warmup=true,warmup_power=1", count_from=3)
    values = params(20)
    best = identified(written(values, average.advance(values).shadows, range(2, 22)), "--rule timm-v3")[0]
    assert ("from 3", "20 of 20") == (best["counter"], best["agree"])


def test_a_shadow_past_float64() -> None:
    """A logged number that no double holds is treated like an infinity: not as a shadow."""
    values = params(12)
    shadows = [*map(str, Average(0.9, rule="fixed").advance(values[:11]).shadows), "1" * 400]
    assert "fixed, decay 0.9, float64 gives all 11 rounds" in notes(written(values, shadows), "--rule fixed")


def test_a_shadow_that_was_logged_from_the_middle_on() -> None:
    """A shadow whose start was not logged is followed from its first logged value."""
    values = params(60)
    best = identified(written(values, averaged(values, lambda k: 0.9, 3.25)), "--rule fixed")[0]
    assert ("as logged in round 1", "60 of 60") == (best["initial"], best["agree"])


@pytest.mark.parametrize(("rule", "decay"), [("fixed", "0.98"), ("tensorflow", "0.999")])
def test_a_shadow_that_was_logged_in_every_tenth_row(rule: str, decay: str) -> None:
    """The decay follows from all rounds between two shadows, and the rule from running it through them."""
    lines = log(Average(decay, rule=rule, dtype="float64"), 200).splitlines()
    rows = [line if k % 10 == 0 else line.rpartition(",")[0] + "," for k, line in enumerate(lines)]
    best = identified("\n".join(rows) + "\n", FEW)[0]
    assert (decay, "20 of 20") == (best["decay"], best["agree"])


def test_a_start_at_the_mean_of_the_first_params() -> None:
    """The answer recognizes blank cells before the first shadow, and a first shadow that is a mean."""
    values = params(60)
    seed = reduce(add, values[:10]) / 10  # sum() is more exact from Python 3.12 on
    shadows = ["" for _ in range(9)] + [repr(x) for x in [seed, *averaged(values[10:], lambda k: 1 - 2 / 11, seed)]]
    told = notes(written(values, shadows), "--rule fixed")
    assert "the first shadow, in round 10, is the mean of the first 10 params: --initial mean:10" in told
    assert "span 10" in told


@pytest.mark.parametrize("rounds", [118, 119, 120, 121, 125])
def test_a_constant_that_the_last_rounds_alone_reach(rounds: int) -> None:
    """The warm-up of 0.93 ends at step 119: after so many rounds of it, one round at 0.93 is enough."""
    best = identified(log(Average("0.93"), rounds))[0]
    assert ("warmup", f"{rounds} of {rounds}") == (best["rule"], best["agree"])
    assert rounds < 120 or best["decay"] == "0.93"


@pytest.mark.parametrize(
    ("rule", "parameters"),
    [
        ("ta-lib", {}),
        ("sma", {"window": "5"}),
        ("ta-lib", {"timeperiod": "14"}),
        ("ta-lib-rma", {"function": "rsi"}),
        ("backtrader-smma", {}),
        ("ttr-ema", {}),
        ("mt5-smma", {}),
        ("tradingview-rma", {"length": "9"}),
        ("ta-lib-dema", {"timeperiod": "17"}),
        ("ta-lib-tema", {"timeperiod": "11"}),
        ("ta-lib-t3", {"timeperiod": "7"}),
        ("sma", {}),
        ("linux-loadavg", {}),
        ("hotspot", {}),
        ("vividcortex-variable", {}),
    ],
)
def test_averages_that_no_measured_decay_leads_to(rule: str, parameters: dict[str, str], tmp_path: Path) -> None:
    """Averages that start at a mean, average averages or count in another way are named, and the command agrees."""
    average = Average(rule=rule, parameters=parameters)
    values = params(120, decimals=4)
    shadows = ["" if x is None else repr(x) for x in average.advance(values).shadows]
    (tmp_path / "log.csv").write_text(written(values, shadows))
    outcome = run(["--identify", "ema", str(tmp_path / "log.csv")])
    assert re.search(rf"│ \d+ +│ {rule}[: ]", outcome.out)
    assert re.search(rf"^{joined_rule(rule, parameters)}\b.* gives all ", outcome.out, re.MULTILINE)
    [line] = re.findall("to see it: ema-calc (.*)", outcome.out)
    assert run(shlex.split(line)).code == 0


@pytest.mark.parametrize("options", ["--dtype float32", "--decay 0.9"])
def test_options_hold_for_rules_that_are_run_as_they_are(options: str) -> None:
    """A rule that the options exclude is not named, even if it fits without them."""
    values = params(120, decimals=4)
    shadows = ["" if x is None else repr(x) for x in Average(rule="ta-lib").advance(values).shadows]
    text = written(values, shadows)
    assert [] != [one for one in identified(text) if one["rule"] == "ta-lib"]
    assert [] == [one for one in identified(text, options) if one["rule"] == "ta-lib"]


def test_a_mean_that_was_summed_otherwise_is_taken_as_logged(tmp_path: Path) -> None:
    """If mean:N would be an ulp off, the suggested command starts from the first logged shadow."""
    values = params(60, seed=4)
    seed = reduce(add, reversed(values[:10])) / 10
    assert seed != reduce(add, values[:10]) / 10
    shadows = ["" for _ in range(9)] + [repr(x) for x in [seed, *averaged(values[10:], lambda k: 0.75, seed)]]
    (tmp_path / "log.csv").write_text(written(values, shadows))
    told = run(["--identify", "ema", str(tmp_path / "log.csv")]).out
    assert "in round 10, is the mean of the first 10 params\n" in told
    [line] = re.findall("to see it: ema-calc (.*)", told)
    assert " --initial logged " in line
    assert run(shlex.split(line)).code == 0


@pytest.mark.parametrize("steps", [True, False])
@pytest.mark.parametrize(
    ("rule", "decay", "parameters", "dtype"),
    [
        ("fixed", "0.99", {}, "float64"),
        ("tensorflow", "0.7", {}, "float32"),
        ("torch-ema", "0.995", {"use_num_updates": "false"}, "float32"),
        ("batchnorm", "0.9", {}, "float32"),
        ("fixed", "0.95", {}, "bfloat16"),
        ("ultralytics", "0.999", {"tau": "50"}, "float32"),
        ("mmcv", "0.8", {"warm_up": "60"}, "float32"),
    ],
)
def test_the_command_makes_check_agree(
    rule: str, decay: str, parameters: dict[str, str], dtype: str, steps: bool, tmp_path: Path
) -> None:
    """All rounds agree under the command at the end of the answer."""
    text = log(Average(decay, rule=rule, parameters=parameters, dtype=dtype), steps=steps)
    path = tmp_path / "a log.csv"
    path.write_text(text)
    outcome = run(["--identify", "ema", "--rule", rule, str(path)])
    words = shlex.split(outcome.out.splitlines()[-1].removeprefix("to see it: "))
    assert "ema-calc" == words[0]
    checked = run(words[1:])
    assert (0, "all 40 rounds agree") == (checked.code, checked.out.splitlines()[-1][:19])


@pytest.mark.parametrize("form", ["r", ".6f"])
def test_a_warm_up_of_the_weight(form: str) -> None:
    """The answer calls it a warm-up of the weight; a decay that falls below a half may be a weight used as one."""
    values = params(200)
    slow = averaged(values, lambda k: 1 - min(0.2, (1 + k) / (50 + k)), 0.0)
    told = run("--identify ema", written(values, slow, form=form)).out
    assert "schedule: a warm-up of the weight, min(0.2, (1 + n)/(50 + n))" in told
    assert "belongs" not in told
    mistaken = averaged(values, lambda k: 1 - min(0.99, (1 + k) / (10 + k)), 0.0)
    told = run("--identify ema", written(values, mistaken, form=form)).out
    assert "decay used where 1 - decay belongs: the weights follow a warm-up, (1 + n)/(10 + n)" in told


@examples(15)
@given(st.integers(500, 9999), st.integers(40, 120), st.sampled_from(["r", ".5f"]), st.integers(0, 99))
def test_the_true_decay_is_never_excluded(weight: int, rounds: int, form: str, seed: int) -> None:
    """Whatever the decay, the digits and the params, a constant decay near the true one is named."""
    decay = 1 - weight / 100_000
    values = params(rounds, seed)
    found = identified(written(values, averaged(values, lambda k: decay, 0.0), form=form), "--rule fixed")
    best = Average(rule="fixed", **_stated(found[0]["decay"])).constant
    assert best == pytest.approx(decay, abs=(1 - decay) * (1e-9 if form == "r" else 2e-2))


def _stated(text: str) -> dict[str, str]:
    kind, _, value = text.rpartition(" ")
    return {(kind or "decay").replace("-", "_"): value}


def _late(values: list[float], shadows: list[float], unlogged: int) -> str:
    return written(values, ["" if row < unlogged else repr(shadow) for row, shadow in enumerate(shadows)])


def test_what_only_comes_near_is_sorted_by_how_near() -> None:
    """If no rule has the arithmetic, the averages that differ in the fewest rounds come first."""
    values, shadow, shadows = params(80), 0.0, []
    for value in values:
        shadow = (9 * shadow + value) / 10
        shadows.append(shadow)
    outcome = run(
        "--identify ema -F json --rule fixed --rule torch-ema --rule lightning", written(values, shadows, range(80))
    )
    agree = [int(one["agree"].split()[0]) for one in json.loads(outcome.out)]
    assert agree == sorted(agree, reverse=True) != [80] * len(agree)
    assert "computes it in another order or precision than the rules that were tried\n" in outcome.err


def test_a_start_that_was_not_logged() -> None:
    """A shadow that is first logged later is computed from the first param if that gives it, whatever the rounding."""
    values = params(60)
    shadows = averaged(values, lambda k: 0.9)
    foreign = [shadow * (1 + 2**-52) if row % 3 == 2 else shadow for row, shadow in enumerate(shadows)]
    for logged, often in ((shadows, "to the last bit"), (foreign, "within")):
        told = run("--identify ema --rule fixed", _late(values, logged, 11)).out
        assert "decay 0.9, float64 gives" in told
        assert often in told
        assert "--initial first" in told


def test_an_exponent_that_is_off_by_one_after_a_round_that_is_infinite() -> None:
    """Dividing by 1 - decay^0 makes the first shadow infinite, and the next ones give the exponent."""
    values = params(60)
    sums = averaged(values, lambda k: 0.9, 0.0)
    shadows = [inf, *(total / (1 - 0.9**row) for row, total in enumerate(sums[1:], 1))]
    assert "divides by 1 - decay^(t - 1)" in run("--identify ema", written(values, shadows, range(60))).out


@pytest.mark.long
def test_the_others_that_fit_a_long_log_are_a_lower_bound() -> None:
    """If a log is longer than the rounds that all candidates run on, not all candidates run to its end."""
    values = params(2100)
    told = run("--identify ema", written(values, averaged(values, lambda k: 0.9))).out
    assert re.search(r"so do at least \d+ others", told)


def test_a_warm_up_whose_counter_stands_still() -> None:
    """The reference session is recognized as a warm-up, although all rounds but the first have one decay."""
    session = run("--decay 0.99 0:1 100:10x7 -c step,param,shadow -F csv -q").out
    found = run("--identify shadow -q", session).out
    assert "schedule: a warm-up, (1 + step)/(10 + step)" in found
    assert "DECAY was never reached" in found
