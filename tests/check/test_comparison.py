"""--check: compare the shadows that somebody's code logged with computed ones."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING

import pytest

from ema_cli import Average
from tests.harness import column, csv_of, error_of, run
from tests.identify.logs import averaged, params, written

if TYPE_CHECKING:
    from pathlib import Path

# The reference session, as TensorFlow 1 and 2 print it.
TENSORFLOW = ("0.9", "1.6445453", "2.3281732", "2.955868", "3.532206", "4.061389", "4.547275", "4.9934072")
LOG = "step,w,ema\n0,1,{}\n" + "100,10,{}\n" * 7
CHECK = ("--decay", "0.99", "--check", "ema")


def test_a_log_that_agrees():
    """Every round agrees: exit code 0 and a verdict."""
    result = run([*CHECK, "--rule", "tensorflow"], LOG.format(*TENSORFLOW))
    assert result.code == 0
    assert result.out.splitlines()[-1].startswith("all 8 rounds agree in the logged digits; DECAY was never")


def test_a_log_that_differs():
    """A round differs: exit code 3 and the first difference."""
    result = run([*CHECK, "-F", "csv"], LOG.format(*TENSORFLOW))
    assert result.code == 3
    assert result.out.splitlines()[2].startswith("100,10,0.9181818181818182,1.6445454545454543,1.6445453,1.5454545")
    assert "5 of 8 rounds differ in the logged digits, the first in round 2 (step 100)" in (result.err)
    assert "logged 1.6445453, computed 1.6445454545454543" in result.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--decay 0.99", "; in round 2 the logged decay is 0.95, the computed one 0.99: --identify says more"),
        ("--decay 0.95 --initial 3", "; the decays agree, but the log starts from another value"),
        ("--decay 0.95 --initial 1 --param-column ema --check w", "round 2 the logged shadow is not between the one"),
    ],
)
def test_the_decay_of_a_round_that_differs(options: str, words: str) -> None:
    """The verdict names the decay of the first round that differs, or says that only the start differs."""
    values, shadow, rows = params(20), 1.0, []
    for value in values:
        shadow = 0.95 * shadow + 0.05 * value
        rows.append(f"{value!r},{shadow!r}\n")
    check = "" if "--check" in options else " --check ema"
    outcome = run(f"--rule fixed {options}{check}", "w,ema\n" + "".join(rows))
    assert 3 == outcome.code
    assert words in outcome.out


def test_the_decay_of_a_later_round_and_of_another_batch() -> None:
    """Rounds that differ by rounding alone are passed over, and a batch knows the last round of the batch before."""
    count = 9000
    values = params(count)
    shadows = averaged(values, lambda k: 0.95 if k < 8500 else 0.9, 0.0)
    outcome = run("--rule fixed --decay 0.95 -F csv --check ema", written(values, shadows, range(count)))
    assert "in round 8501 (step 8500) the logged decay is 0.9, the computed one 0.95" in outcome.err


def test_an_index_beside_the_param() -> None:
    """A column that counts up is not the param of a shadow whose name points to none, and the note says so."""
    text = "k,z,x_hat\n" + "".join(f"{k},{value!r},{value!r}\n" for k, value in enumerate(params(12)))
    outcome = run("--decay 0 --rule fixed --check x_hat", text)
    assert 0 == outcome.code
    assert "param from 'z'; left out: 'k'; 'k' counts up: --step-column 'k' makes it the step\n" in outcome.err
    assert 3 == run("--decay 0 --rule fixed --check x_hat --param-column k", text).code


def test_shadows_of_a_shorter_dtype() -> None:
    """The verdict names a shorter dtype that holds all logged shadows, in full or in its shortest digits."""
    for text in (LOG.format(*TENSORFLOW), "w,ema\n" + "1,0.1000061035156\n" * 3):
        told = run("--decay 0.99 --check ema -F csv", text).err
        assert ("; every logged shadow is a float32 number: try --dtype float32" in told) is ("0.9" in text)


def test_the_digits_that_were_logged_decide():
    """A log of few digits agrees with every value that rounds to them, and with no other."""
    rounded = [f"{float(text):.2f}" for text in TENSORFLOW]
    assert run([*CHECK], LOG.format(*rounded)).code == 0
    rounded[-1] = "4.98"
    assert run([*CHECK], LOG.format(*rounded)).code == 3


@pytest.mark.parametrize(
    ("text", "agrees"),
    [("1.2346e5", True), ("1.2345e5", False), ("123456", True), ("123456.00", True), ("1e5", True), ("2e5", False)],
)
def test_digits_of_an_exponent(text, agrees):
    """1.2346e5 has five digits."""
    result = run(["--decay", "0", "--check", "ema"], f"param,ema\n123456,{text}\n")
    assert result.code == (0 if agrees else 3)


def test_negative_zero_is_zero():
    """A value that rounds to zero from below agrees with a logged zero."""
    assert run(["--decay", "0", "--check", "ema"], "param,ema\n-0.0001,0.00\n").code == 0


@pytest.mark.parametrize(
    ("tolerance", "code"),
    [("abs:0.001", 0), ("abs:0.0001", 3), ("rel:0.001", 0), ("rel:0.0001", 3), ("ulp:2", 3), ("ulp:1e13", 0)],
)
def test_tolerance(tolerance, code):
    """A tolerance may be absolute, relative, or in units in the last place."""
    log = "step,w,ema\n0,1,0.9005\n"
    assert run([*CHECK, "--tolerance", tolerance], log).code == code


def test_ulps_are_those_of_the_dtype():
    """Ulps are counted in the dtype's own steps."""
    args = ("--decay", "0.5", "--dtype", "float32", "--check", "ema", "--tolerance", "ulp:1")
    assert column("ulps", *args, stdin="param,ema\n1,0.50000006\n") == ["1.0"]


@pytest.mark.parametrize("text", ["1e-6", "ulps:1", "abs", "abs:-1", "rel:x", "ulp:inf", "abs:1e999"])
def test_wrong_tolerance(text):
    """An invalid tolerance is a usage error."""
    result = run([*CHECK, "--tolerance", text], LOG.format(*TENSORFLOW))
    assert result.code == 2
    assert "is not abs:X, rel:X or ulp:N" in result.err
    assert ("did you mean abs:1e-6?" in result.err) == (text == "1e-6")


def test_check_column_is_no_param():
    """The logged column is never a param, whatever its name; without a header, it has a number."""
    result = run(["--decay", "0.99", "--check", "3", "-F", "csv"], "0,1,0.9\n100,10,1.645\n")
    assert result.code == 0
    assert result.out.splitlines()[0] == "step,param,decay,shadow,logged,difference,ulps"


def test_rounds_without_a_logged_value():
    """A round without a logged value is not compared, nor is a round from another part of the script."""
    log = "step,w,ema\n0,1,\n100,10,1.645\n"
    result = run([*CHECK, "-F", "json", "-c", "+logged"], log)
    assert result.code == 0
    assert json.loads(result.out)["summary"]["check"]["compared"] == 1


def test_nothing_to_compare():
    """A log without a single value is bad data, not agreement."""
    result = run([*CHECK], "step,w,ema\n0,1,\n")
    assert result.code == 1
    assert "--check: no round has a logged value to compare with" in result.err


def test_logged_text_that_is_no_number():
    """A logged cell that is not a number is an error that says where it is."""
    result = run([*CHECK], "step,w,ema\n0,1,0.9\n1,1,oops\n")
    assert result.code == 1
    assert "<stdin>:3: the logged 'oops' is not a number" in result.err


def test_json_holds_the_verdict():
    """In JSON, the summary has the counts and the first difference."""
    result = run([*CHECK, "-F", "json"], "step,w,ema\n0,1,0.8\n")
    assert json.loads(result.out)["summary"]["check"] == {
        "compared": 1,
        "agree": 0,
        "worst-ulps": pytest.approx(0.1 / 2**-53, rel=1e-3),
        "first-difference": {"round": 1, "step": 0, "logged": "0.8", "computed": 0.9},
    }


SEVERAL = "step,w,b,ema_w,ema_b\n0,1,2,0.9,1.8\n"
UNCLEAR = "step,w,b,one,two\n0,1,2,0.9,1.8\n"


def test_several_params():
    """With several params, PARAM=COLUMN says whose shadow a column is; the columns stand side by side."""
    args = ("--decay", "0.99", "--check", "w=ema_w", "--check", "b=ema_b", "-F", "csv")
    result = run([*args], SEVERAL)
    assert result.code == 0
    assert result.out.splitlines()[0].endswith("w.ulps,b.ulps")
    assert run([*args], SEVERAL.replace("1.8", "1.7")).code == 3


def test_a_param_without_a_logged_column_has_none_of_the_check() -> None:
    """Only params that are compared have columns of the check."""
    outcome = run("--rule fixed --decay 0.5 --check w=ema_w -F csv -q", "step,w,loss,ema_w\n0,1,5,0.5\n")
    assert outcome.out.splitlines()[0].endswith("w.shadow,loss.shadow,w.logged,w.difference,w.ulps")


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (("one", "b=two"), "--check one needs one of the params w, b: give --check w=one, or choose"),
        (("w=one", "x=two"), "no param 'x'; there are w, b"),
        (("w=one", "w=two"), "--check names two columns for one param"),
    ],
)
def test_unclear_param(check, message):
    """It is a usage error if the param of a logged column is unclear."""
    args = [part for text in check for part in ("--check", text)]
    result = run(["--decay", "0.99", *args], UNCLEAR)
    assert result.code == 2
    assert message in result.err


def test_column_that_is_not_there():
    """A misspelt column is an error that lists the existing ones."""
    result = run(["--decay", "0.99", "--check", "em"], LOG.format(*TENSORFLOW))
    assert result.code == 1
    assert "no column 'em' for --check; the columns are 'step', 'w', 'ema'" in result.err


def test_equals_sign_in_a_name():
    """A column may have an equals sign in its name."""
    assert run(["--decay", "0.99", "--check", "a=b"], "step,w,a=b\n0,1,0.9\n").code == 0


def test_json_lines():
    """A log of JSON Lines can be checked too."""
    text = '{"step": 0, "w": 1, "ema": 0.9}\n{"step": 100, "w": 10, "ema": 1.645}\n'
    assert run([*CHECK], text).code == 0


def test_check_compares_averages_too():
    """Each average has its own verdict; one that differs decides the exit code."""
    result = run([*CHECK, "--rule", "warmup", "--rule", "tensorflow", "-F", "csv"], LOG.format(*TENSORFLOW))
    assert result.code == 3
    assert "note: warmup float64: 5 of 8 rounds differ" in result.err
    assert "note: tensorflow float32: all 8 rounds agree" in result.err


def test_exact_arithmetic_can_be_checked():
    """Fractions are rounded to the logged digits; they have no ulps."""
    args = (*CHECK, "--dtype", "exact", "-c", "ulps")
    assert column("ulps", *args, stdin="step,w,ema\n0,1,0.9\n100,10,1.6445455\n") == ["", ""]


@pytest.mark.parametrize("args", [("--tolerance", "abs:1"), ("-c", "+logged"), ("-c", "ulps")])
def test_what_needs_check(args):
    """--tolerance and the check's columns are errors without --check."""
    result = run(["--decay", "0.9", *args, "0:1"])
    assert result.code == 2
    assert "--check COLUMN" in result.err


def test_check_of_pieces():
    """Pieces have no logged values to check."""
    result = run([*CHECK, "0:1"])
    assert result.code == 2
    assert "--check reads a column of a file" in result.err


def test_help_documents_the_exit_code():
    """The help documents exit code 3."""
    assert "3 --check found a difference" in " ".join(run(["--help"]).out.split())


def test_a_distance_that_cannot_be_counted():
    """Next to zero, the distance in ulps is infinite if no number can hold it; JSON has it as a string."""
    log = "step,w,ema\n0,0,1\n"
    result = run([*CHECK, "-F", "json"], log)
    assert (result.code, "inf") == (3, json.loads(result.out)["summary"]["check"]["worst-ulps"])
    assert run([*CHECK, "-F", "csv", "-c", "ulps"], log).out == "ulps\ninf\n"


def test_params_of_few_digits_excuse_a_small_difference() -> None:
    """If the params were logged rounded and every difference is within that, the verdict names a tolerance."""
    params = ["0.123457", "0.234568", "0.345679", "0.456790"]
    true = ["0.1234567", "0.2345678", "0.3456789", "0.4567896"]
    logged = csv_of([f":{param}" for param in true]).column("shadow")
    text = "param,shadow\n" + "".join(f"{param},{value}\n" for param, value in zip(params, logged, strict=True))
    outcome = run("--decay 0.9 --check shadow -q", text)
    assert 3 == outcome.code
    assert "; no difference is more than the last decimal of the params" in outcome.out
    assert "--tolerance abs:1e-06 allows for that" in outcome.out
    assert 0 == run("--decay 0.9 --check shadow -q --tolerance abs:1e-06", text).code
    assert "allows for that" not in run("--decay 0.8 --check shadow -q", text).out


def test_a_param_that_has_the_name_of_a_computed_column() -> None:
    """`weight` beside `decay` and `shadow` is taken for ema-calc's own column; a note tells how to choose it."""
    outcome = run("--decay 0.99 --check mean -F csv", "step,loss,weight,decay,shadow,mean\n0,1,5,0.1,2,0.9\n")
    assert "left out: 'weight', 'decay', 'shadow'; --param-column 'weight' takes another\n" in outcome.err
    outcome = run("--decay 0.99 --check mean -F csv", "step,loss,weight,mean\n0,1,5,0.9\n")
    assert outcome.err.endswith(
        "needs one of the params loss, weight: give --check loss=mean, or choose with --param-column\n"
    )


def test_param_before_the_equals_sign_may_be_any_column() -> None:
    """PARAM= may name a column that would not be chosen by default, or its number."""
    assert run("--decay 0.99 --check weight=mean", "step,loss,weight,mean\n0,9,1,0.9\n").code == 0
    assert run("--decay 0.99 --check 3=4 --header no", "0,9,1,0.9\n").code == 0


def test_pairs_in_records() -> None:
    """Keys of JSON records pair as columns do, even if not every record has each metric."""
    lines = '{"step": 0, "loss": 9, "w": 1, "ema_w": 0.9}\n{"step": 100, "loss": 8, "w": 10, "ema_w": 1.6445453}\n'
    assert run("--rule tensorflow --decay 0.99 --check ema_w", lines).code == 0
    whole = '[{"step": 0, "loss": 9}, {"step": 0, "w": 1, "ema_w": 0.9}]'
    assert run("--rule tensorflow --decay 0.99 --check ema_w", whole).code == 0


def test_logged_values_beside_columns_that_are_kept() -> None:
    """--keep puts columns before the logged one, which is still compared."""
    line = "--decay 0.99 --rule tensorflow --keep --check ema -F csv"
    outcome = run(line, "step,note,param,ema\n0,7,1,0.9\n100,8,10,1.6445453\n")
    assert (0, ["0.9", "1.6445453"], ["7", "8"]) == (outcome.code, outcome.column("logged"), outcome.column("note"))


def drifting(rows: int = 30, every: int = 1, unit: int = 17) -> list[tuple[int, float, float, str]]:
    """Steps, a falling loss, a wandering weight and its average at 0.9; only each Kth round is logged."""
    random = Random(3)
    weight = 0.3
    weights = [weight := weight + random.gauss(0, 0.1) for _ in range(rows * every)]
    shadows = [round_.shadow for round_ in Average(0.9, rule="torch").advance(weights)]
    table = [
        (step, 2 - step / 1000, weight, f"{shadow:.{unit}g}")
        for step, (weight, shadow) in enumerate(zip(weights, shadows, strict=True))
    ]
    return table[::every]


def as_csv(header: str, rows: list[tuple[int, float, float, str]]) -> str:
    """The rows below a header."""
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"


@pytest.mark.parametrize("options", ["--param-column loss", "--param-column loss -F csv"])
def test_a_check_of_the_wrong_column(options: str) -> None:
    """If no round agrees and the shadow follows another column, the verdict names that column."""
    log = as_csv("step,loss,weight,mean", drifting())
    outcome = run(f"--decay 0.9 --rule torch --check mean {options}", log)
    assert outcome.code == 3
    assert (
        "in 29 of 29 rounds the logged shadow moves towards 'weight' and not past it: try --param-column 'weight'"
        in (outcome.out + outcome.err)
    )
    assert run("--decay 0.9 --rule torch --check mean --tolerance rel:1e-6 --param-column weight", log).code == 0


def test_a_check_of_the_wrong_column_in_a_log_of_two_files(tmp_path: Path) -> None:
    """Files with the same columns, one after another, are one log."""
    rows = drifting()
    for name, some in {"a.csv": rows[:12], "b.csv": rows[12:]}.items():
        (tmp_path / name).write_text(as_csv("step,loss,weight,mean", some))
    outcome = run(f"--decay 0.9 --rule torch --param-column loss --check mean {tmp_path}/a.csv {tmp_path}/b.csv")
    assert "in 29 of 29 rounds the logged shadow moves towards 'weight' and not past it" in outcome.out


def test_a_check_of_the_wrong_decay() -> None:
    """If the param is right, no other column is suggested."""
    outcome = run("--decay 0.5 --rule torch --check ema_weight", as_csv("step,loss,weight,ema_weight", drifting()))
    assert "--param-column" not in outcome.out + outcome.err


def test_other_columns_are_named_where_the_shadow_follows_none() -> None:
    """If no round agrees and the numbers don't show which column is the param, the verdict lists the columns."""
    outcome = run("--decay 0.9 --param-column loss --check mean -q", "step,loss,weight,mean\n0,1,5,8\n1,1,5,7\n")
    assert outcome.out.endswith("; if the param is another column ('weight'), choose it with --param-column\n")


def test_updates_that_the_log_lacks() -> None:
    """If the first difference follows a jump of the step, the verdict says that updates may be missing."""
    thinned = as_csv("step,loss,w,ema_w", drifting(every=10))
    outcome = run("--decay 0.9 --rule torch --check ema_w", thinned)
    assert "; the step goes from 0 to 10 there: if updates are missing from the log" in outcome.out
    whole = as_csv("step,loss,w,ema_w", drifting())
    assert "the step goes" not in run("--decay 0.8 --rule torch --check ema_w", whole).out
    jump = as_csv("step,loss,w,ema_w", [*drifting()[:10], *drifting(40)[20:]])
    assert "the step goes from 9 to 20 there" in run("--decay 0.9 --rule torch --check ema_w", jump).out


def test_a_jump_of_the_step_before_a_matter_of_rounding() -> None:
    """A difference in the last digits is not blamed on missing updates."""
    outcome = run("--decay 0.99 --check ema", LOG.format(*TENSORFLOW))
    assert outcome.code == 3
    assert "the step goes" not in outcome.out


def steady(every: int = 1, rounds: int = 40) -> str:
    """The log of a training run that starts at the first param, with a row for every few updates."""
    random = Random(4)
    params = [random.gauss(0, 1) for _ in range(rounds * every)]
    shadows = Average(0.99, rule="fixed", initial="first").advance(params).shadows
    rows = list(zip(range(len(params)), params, shadows, strict=True))[::every]
    return "step,w,ema\n" + "".join(f"{step},{param},{shadow}\n" for step, param, shadow in rows)


@pytest.mark.parametrize("rule", ["fixed", "tensorflow", "haiku"])
def test_a_log_that_starts_at_the_param(rule: str) -> None:
    """If the log shows the first param in round 1 and the average does not, the verdict suggests --initial first."""
    told = "the logged shadow of round 1 is the param: try --initial first, or a rule that copies first"
    zero = run(f"--rule {rule} --decay 0.99 --check ema", steady())
    assert (told in zero.out) == (rule != "haiku")  # which shows the first param, too
    first = run("--rule fixed --decay 0.9 --initial first --check ema", steady())
    assert (3, False) == (first.code, "the logged shadow of round 1" in first.out)


def test_whole_numbers_that_start_at_the_param() -> None:
    """The suggestion is the same for a log of whole numbers."""
    outcome = run("--rule fixed --decay 0.9 --check ema", "step,w,ema\n0,1,1\n1,2,1.1\n2,3,1.29\n")
    assert "the logged shadow of round 1 is the param" in outcome.out
    assert 0 == run("--rule fixed --decay 0.9 --initial first --check ema", "step,w,ema\n0,1,1\n1,2,1.1\n").code


@pytest.mark.parametrize("every", [1, 10])
def test_a_thinned_log_whose_first_round_differs(every: int) -> None:
    """If hardly any round agrees and the step moves by ten, the verdict suspects missing updates, wherever it is."""
    outcome = run("--rule tensorflow --decay 0.9 --check ema", steady(every))
    told = "the step moves by 10 from row to row: if updates are missing from the log"
    assert (3, every == 10) == (outcome.code, told in outcome.out)


def test_differences_of_some_ulps() -> None:
    """If only the rounding differs, the verdict says by how much and which tolerance allows it, in short numbers."""
    random, rows, shadow = Random(4), [], 0.0
    for _ in range(40):
        param = random.uniform(1, 2)
        shadow = shadow - (shadow - param) * (1 - 0.9)
        rows.append(f"{param},{shadow}\n")
    log = "w,ema\n" + "".join(rows)
    outcome = run("--rule fixed --decay 0.9 --check ema", log)
    allowed = outcome.out.rpartition("--tolerance ")[2].partition(" ")[0]
    assert (3, "ulp:") == (outcome.code, allowed[:4])
    assert f"no difference is more than {allowed[4:]} ulp" in outcome.out
    assert 0 == run(f"--rule fixed --decay 0.9 --check ema --tolerance {allowed}", log).code
    assert 3 == run(f"--rule fixed --decay 0.9 --check ema --tolerance ulp:{int(allowed[4:]) - 1}", log).code


def test_the_computed_value_is_the_shortest_text() -> None:
    """A computed float32 is printed with its own digits."""
    outcome = run("--rule fixed --decay 0.9 --dtype float32 --check ema", "w,ema\n1,0.1000001\n2,0.29\n")
    assert "logged 0.1000001, computed 0.1 there;" in outcome.out


def test_a_single_round() -> None:
    """The sentence about a single round is in the singular."""
    for option, sentence in ("", "the one round agrees in the logged digits"), ("--lang zh", "唯一一次更新"):
        assert sentence in run(f"--decay 0.9 --check s {option}", "step,x,s\n0,1,0.9\n").out


@pytest.mark.parametrize("decay", ["0.99", "2/3"])
def test_own_fractions(decay: str) -> None:
    """A log of exact fractions can be checked, and continued from any row."""
    script = "step,param\n" + "".join(f"{step},{step % 7}.5\n" for step in range(0, 90, 9))
    whole = run(f"--decay {decay} --dtype exact -F csv --initial 1/3", script)
    check = run(f"--decay {decay} --dtype exact --initial 1/3 --check shadow -F csv", whole.out)
    assert (0, ["0"] * 10) == (check.code, check.column("difference"))
    assert "all 10 rounds agree" in check.err
    wrong = run(f"--decay {decay} --dtype exact --check shadow -F csv", whole.out)
    assert (3, "-1/30") == (wrong.code, wrong.column("difference")[0])
    for cut in range(1, 10):
        rest = "\n".join(["step,param", *script.splitlines()[cut + 1 :]])
        initial = whole.column("shadow")[cut - 1]
        ours = run(["--decay", decay, "--dtype", "exact", "-F", "csv", "--initial", initial], f"{rest}\n")
        assert whole.rows[cut:] == ours.rows


def test_fractions_beside_floats() -> None:
    """A logged fraction has all digits: a float agrees if it is the nearest one, or within the tolerance."""
    text = "step,x,s\n0,1,9/10\n100,10,1809/1100\n"
    outcome = run("--decay 0.99 --check s -F csv", text)
    assert (3, ["0.0", "-2.220446049250313e-16"]) == (outcome.code, outcome.column("difference"))
    assert "1 of 2 rounds differ in the logged digits, the first in round 2" in outcome.err
    for tolerance, code in ("ulp:1", 0), ("abs:1e-15", 0), ("rel:1e-15", 0), ("rel:1e-17", 3), ("ulp:0.5", 3):
        assert code == run(f"--decay 0.99 --check s --tolerance {tolerance}", text).code
    assert "the logged '9/0' is not a number" in run("--decay 0.99 --check s", text.replace("9/10", "9/0")).err


@pytest.mark.parametrize(("logged", "code"), [("0.12", 0), ("0.13", 0), ("0.125", 0), ("0.11", 3), ("0.14", 3)])
def test_the_middle_of_two_numbers(logged: str, code: int) -> None:
    """A tie may have been rounded to either side: Python and JavaScript differ."""
    assert code == run("--decay 0 --rule fixed --check s", f"x,s\n0.125,{logged}\n").code
    assert code == run("--decay 0 --rule fixed --dtype exact --check s", f"x,s\n0.125,{logged}\n").code


def test_next_to_the_middle_of_two_numbers() -> None:
    """One float64 ulp beside a tie, only one number is nearest."""
    text = "x,s\n-233.25,{}\n"
    assert [3, 0] == [run("--decay 0.9 --rule fixed --check s", text.format(s)).code for s in ("-23.33", "-23.32")]


REPLACED = "step,w,ema\n0,1,5\n1,2,4.7\n2,3,4.53\n3,4,4.9\n4,5,4.91\n5,6,5.019\n6,7,5.2171\n7,8,5.49539\n"
"""An average at 0.9 whose earlier rounds are unknown; in round 4 the shadow was replaced."""


def test_a_start_from_the_first_logged_shadow() -> None:
    """--initial logged starts from the first logged shadow, does not compare that round, and goes on from there."""
    outcome = run("--rule fixed --decay 0.9 --initial logged --check ema -F json -q", REPLACED)
    check = json.loads(outcome.out)["summary"]["check"]
    first = next(iter(check)) if isinstance(check, list) else check
    assert (7, 2) == (first["compared"], first["agree"])
    assert json.loads(outcome.out)["settings"]["initial"] is None
    columns = "action,decay,shadow,change,share,initial-weight,exact,working"
    rows = run(f"--rule fixed --decay 0.9 --initial logged --check ema -F csv -c {columns} -q", REPLACED).rows[:2]
    assert ["seed", "", "5.0", "", "0.0", "1.0", "5", "the logged shadow = 5"] == [*rows[0].values()][:8]
    assert ["update", "0.9", "4.7", "0.9", "47/10"] == [
        rows[1][name] for name in ("action", "decay", "shadow", "initial-weight", "exact")
    ]
    assert float(rows[1]["change"]) == pytest.approx(-0.3)
    later = "step,w,ema\n0,1,\n1,2,4.7\n2,3,4.53\n"  # earlier rounds have no share in it
    line = "--rule fixed --decay 0.9 --initial logged --check ema -F csv -q --dtype exact -c share,initial-weight"
    assert [["0", "0", "1/10"], ["9/10", "1", "9/10"]] == [*map(run(line, later).column, ("share", "initial-weight"))]
    blank = REPLACED.replace(",5\n", ",\n", 1).replace(",4.9\n", ",4.477\n")
    assert (
        "all 2 rounds agree" in run("--rule fixed --decay 0.9 --initial logged --check ema", blank.split("4,5,")[0]).out
    )
    first = "x,ema\n1,1\n2,1.1\n3,1.29\n"  # the first logged shadow is the first param
    assert "has no effect" not in run("--rule fixed --decay 0.9 --initial logged --check ema -F csv", first).err
    title, *table = run("--rule fixed --decay 0.9 --initial logged --check ema -F markdown", REPLACED).out.splitlines()
    assert title.endswith("initial value first logged shadow")
    assert ["0"] == next(row for line in table if "0" in (row := line.replace("|", " ").split()))


def test_only_the_rounds_that_differ() -> None:
    """--only-different shows the rounds that differ: in tables with a neighbour on each side, in data formats alone."""
    line = "--rule fixed --decay 0.9 --initial logged --check ema --only-different"
    wrong = (
        REPLACED.replace("4,5,4.91", "4,5,4.5293")
        .replace("5.019", "4.67637")
        .replace("5.2171", "4.908733")
        .replace("5.49539", "5.2178597")
    )
    outcome = run(f"{line} -F markdown", wrong)
    rounds = [row.split("|")[1].strip() for row in outcome.out.splitlines() if row.startswith("|")][2:]
    assert ["0", "3", "4", "5"] == rounds
    assert "1 of 7 rounds differ in the logged digits, the first in round 4 (step 3), by up to 0.423" in outcome.out
    assert "5 of 8 rounds are left out" in outcome.out
    assert ["3"] == [row.split(",")[0] for row in run(f"{line} -F csv -q", wrong).out.splitlines()[1:]]
    assert "give --check COLUMN" in error_of("--decay 0.9 --only-different 0:1", code=2)
    assert "give one of them" in error_of(f"{line} --every 2", REPLACED, code=2)


def test_a_constant_that_no_round_reached() -> None:
    """The verdict on a warm-up names the constants that give the same rounds; with a constant decay it does not."""
    log = "step,w,ema\n0,1,0.9\n1,2,1.8\n2,3,2.7\n"
    verdict = run("--decay 0.9999 --check ema", log).out.splitlines()[-1]
    assert verdict.startswith("all 3 rounds agree")
    assert verdict.endswith("DECAY was never reached: any DECAY from 0.250000 up fits as well")
    assert "never reached" not in run("--decay 0.2 --check ema", log).out
    assert "never reached" not in run("--rule ultralytics --decay 0.9 --check ema", log).out
    made = run("--rule axlearn --decay 0.9 -F csv -q 1:1 2:2 3:3").out.replace("shadow", "ema")
    verdict = run("--rule axlearn --decay 0.9 --check ema", made).out
    assert "all 3 rounds agree" in verdict
    assert "never reached" not in verdict


def test_logged_values_that_are_not_finite() -> None:
    """The verdict names the first logged NaN or infinity, which is not compared; blank cells are not mentioned."""
    verdict = run("--decay 0.9999 --check ema", "step,w,ema\n0,1,0.9\n1,2,-inf\n2,3,nan\n").out.splitlines()[-1]
    assert verdict.startswith("the one round agrees")
    assert verdict.endswith("; values such as the logged -inf in round 2 are not compared")
    assert "not compared" not in run("--decay 0.9999 --check ema", "step,w,ema\n0,1,0.9\n1,2,\n2,3,NA\n").out
