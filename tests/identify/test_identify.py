"""--identify: which average made a log."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ema_cli import Average
from ema_cli.identify.estimates import Hints
from ema_cli.identify.least_squares import fitted
from ema_cli.identify.log import Between, Evidence, common
from tests.command import calc
from tests.examples import examples
from tests.harness import run

NARROW = ("--rule", "fixed", "--rule", "torch-ema", "--rule", "tensorflow", "--rule", "warmup", "--rule", "lightning")


def log(
    average: Average,
    rounds: int = 30,
    digits: int | None = None,
    late: bool = False,
    swap: bool = False,
    own_steps: bool = False,
) -> str:
    """The log of a training whose code computes this average; with `own_steps` it counts by itself."""
    random = Random(1)
    params = [round(random.uniform(-2, 2), 4) for _ in range(rounds)]
    shadows = [round_.shadow for round_ in average.advance(params, None if own_steps else list(range(rounds)))]
    if late:
        shadows = [average.initial, *shadows[:-1]]
    texts = [repr(value) if digits is None else f"{value:.{digits}f}" for value in shadows]
    rows = [
        f"{step},{text},{param}" if swap else f"{step},{param},{text}"
        for step, (param, text) in enumerate(zip(params, texts, strict=True))
    ]
    return "step,param,ema\n" + "\n".join(rows) + "\n"


def identified(text: str, *args: str) -> list[dict[str, str]]:
    """The candidates."""
    result = calc("--identify", "ema", "-F", "json", *args, stdin=text)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("rule", "decay", "dtype"),
    [
        ("fixed", "0.99", "float64"),
        ("warmup", "0.9", "float64"),
        ("tensorflow", "0.9", "float32"),
        ("torch-ema", "0.9", "float32"),
        ("fixed", "0.95", "bfloat16"),
    ],
)
def test_rule_decay_and_dtype(rule, decay, dtype):
    """The rule that made a log is found, with its decay and dtype, and every round agrees."""
    best = identified(log(Average(decay, rule=rule, dtype=dtype)), *NARROW)[0]
    assert (best["rule"], best["decay"], best["dtype"]) == (rule, decay, dtype)
    assert best["agree"] == "30 of 30"
    assert best["worst ulps"] == "0"


def test_all_rules_are_tried():
    """Without any other option the whole catalogue is searched."""
    best = identified(log(Average(rule="ultralytics", decay=0.999, parameters={"tau": 50})))[0]
    assert (best["rule"], best["decay"], best["parameters"]) == ("ultralytics", "0.999", "tau=50")


def test_few_digits():
    """A log of four decimals is judged at four decimals."""
    best = identified(log(Average(0.9, rule="warmup"), digits=4), "--rule", "warmup")[0]
    assert (best["decay"], best["agree"]) == ("0.9", "30 of 30")


def test_decay_that_nobody_writes():
    """A decay that is none of those people write is estimated."""
    best = identified(log(Average(0.9137, rule="fixed")), "--rule", "fixed")[0]
    assert (best["decay"], best["agree"]) == ("0.9137", "30 of 30")


def test_unknown_initial_value():
    """A shadow that starts anywhere is followed from its first logged value."""
    best = identified(log(Average(0.9, rule="fixed", initial=3.25)), "--rule", "fixed")[0]
    assert (best["initial"], best["agree"]) == ("as logged in round 1", "30 of 30")


def test_counter_offset():
    """A counter that is off by one is found, and told."""
    text = log(Average(0.9999, rule="warmup"))
    shifted = text.replace("\n0,", "\n-,").splitlines()
    rows = [f"{int(row.split(',')[0]) + 1},{row.split(',', 1)[1]}" for row in text.splitlines()[1:]]
    best = identified("\n".join([shifted[0], *rows]) + "\n", "--rule", "warmup")[0]
    assert best["counter"] == "step-1"


def test_equal_candidates_are_told_apart():
    """Candidates that fit equally are listed, and what data would tell them apart."""
    text = log(Average(0.999, rule="torch-ema"), rounds=12)
    result = calc("--identify", "ema", "--rule", "torch-ema", "--rule", "diffusers", stdin=text)
    assert "torch-ema, decay" in result.stdout
    assert "would tell diffusers from torch-ema" in result.stdout


def test_decay_narrows():
    """With --decay, no other decay is tried."""
    result = calc("--identify", "ema", "--rule", "fixed", "--decay", "0.5", stdin=log(Average(0.9, rule="fixed")))
    assert result.exit_code == 0
    assert "none of the rules that were tried (fixed) gives this log" in result.stdout
    assert "constant decay 0.9000 as far as the digits go, which was not tried" in result.stdout


@pytest.mark.parametrize(
    ("options", "doubt"),
    [
        ({"late": True}, "constant decay 0.9000, shadow read one round late"),
        ({"swap": True}, "param and shadow swapped"),
    ],
)
def test_misreadings(options, doubt):
    """A log that was written in another way has no winner, but a doubt."""
    text = log(Average(0.9, rule="fixed", initial=1.5), **options)
    result = calc("--identify", "ema", "-F", "csv", "--rule", "fixed", stdin=text)
    assert doubt in result.stderr
    assert not any(line.startswith("1,") for line in result.stdout.splitlines())


def test_decay_in_the_place_of_the_weight():
    """A decay of 0.001 looks like 1 - decay: no winner is named."""
    result = calc("--identify", "ema", "--rule", "fixed", stdin=log(Average(0.001, rule="fixed")))
    assert "decay used where 1 - decay belongs: the decay is constant, 0.0010" in result.stdout
    assert "constant decay 0.0010" in result.stdout


def test_warm_up_that_is_used_the_wrong_way_round():
    """Weights that follow a rule's decays are told, with the rule."""
    random, shadow, rows = Random(1), 0.0, ["step,param,ema"]
    for step in range(30):
        param, decay = round(random.uniform(-2, 2), 4), (1 + step) / (10 + step)
        shadow = (1 - decay) * shadow + decay * param
        rows.append(f"{step},{param},{shadow!r}")
    result = calc("--identify", "ema", "--rule", "warmup", stdin="\n".join(rows) + "\n")
    assert "decay used where 1 - decay belongs: the weights are the decays of warmup" in result.stdout


@pytest.mark.parametrize(
    ("rule", "decay", "parameters", "found"),
    [
        ("ultralytics", 0.9999, {"tau": 1500, "updates": 1234}, "tau=1500,updates=1234"),
        ("torch-ema", 0.9999, {"num_updates": 777}, "num_updates=777"),
        ("mmengine-annealing", 0.999, {"gamma": 37}, "gamma=37"),
        ("tfa", 0.99, {"num_updates": 25}, "num_updates=25"),
        ("d2go", 0.999, {"decay_warm_up_factor": 16}, "decay_warm_up_factor=16"),
        ("edm2-traditional", None, {"rampup_ratio": 0.07}, "rampup_ratio=0.07"),
        ("ema-pytorch-karras", None, {"gamma": 4.5, "update_every": 1}, "update_every=1,gamma=4.5"),
    ],
)
def test_hidden_settings(rule, decay, parameters, found):
    """The scale of a warm-up and a counter that started anywhere follow from the log."""
    average = Average(decay, rule=rule, parameters=parameters)
    text = "\n".join(row.partition(",")[2] for row in log(average, own_steps=True, rounds=60).splitlines()) + "\n"
    best = identified(text, "--rule", rule)[0]
    assert (best["rank"], best["rule"], best["parameters"]) == ("1", rule, found)
    assert best["agree"] == "60 of 60"


def test_span():
    """A decay that was stated as a span is found as one."""
    best = identified(log(Average(rule="pandas", span=20)), "--rule", "pandas")[0]
    assert (best["decay"], best["agree"]) == ("span 20", "30 of 30")


def test_fixed_comes_before_a_warm_up_without_steps():
    """Without steps a warm-up has no counter, and the constant decay is the simpler answer."""
    text = "\n".join(row.partition(",")[2] for row in log(Average("0.95", rule="fixed")).splitlines()) + "\n"
    assert [best["rule"] for best in identified(text, "--rule", "warmup", "--rule", "fixed")] == ["fixed", "warmup"]


def test_shadow_that_was_logged_now_and_then():
    """A log with a shadow in every seventh row has enough to tell the average."""
    rows = log(Average("0.9", rule="fixed"), rounds=140).splitlines()
    rows[1:] = [row if at % 7 == 0 else row.rpartition(",")[0] + "," for at, row in enumerate(rows[1:])]
    best = identified("\n".join(rows) + "\n", "--rule", "fixed")[0]
    assert (best["rank"], best["decay"], best["agree"]) == ("1", "0.9", "20 of 20")


def test_restart():
    """One round in which the shadow jumps is told, and what the decay is in all others."""
    rows = log(Average("0.99", rule="fixed")).splitlines()
    step, param, _ = rows[17].split(",")
    rows[17] = f"{step},{param},5"
    result = calc("--identify", "ema", "--rule", "fixed", stdin="\n".join(rows) + "\n")
    assert "constant decay 0.9900 in 27 of 29 rounds, but not in round 17, 18" in result.stdout


def test_constants_that_were_not_reached():
    """Constants that the warm-up has not come to fit alike, which is told."""
    result = calc("--identify", "ema", "--rule", "warmup", "-F", "csv", stdin=log(Average("0.999"), rounds=12))
    assert "decay 0.99, decay 0.999" in result.stderr
    assert "more rounds would tell" in result.stderr


def test_long_log():
    """Of a log past 20 000 rounds the first are used, which is told."""
    rows = "".join(f"{step % 7},{(step % 7) * 0.5}\n" for step in range(20_001))
    result = calc("--identify", "ema", "--rule", "fixed", "-F", "csv", stdin=f"param,ema\n{rows}")
    assert "its first 20000 rounds were used" in result.stderr


def column(rows: int, of: str) -> str:
    """A log whose shadow is no average."""
    random = Random(7)
    params = [round(random.uniform(-1, 1), 6) for _ in range(rows)]
    means = [sum(params[max(row - 4, 0) : row + 1]) / min(row + 1, 5) for row in range(rows)]
    shadows = {
        "random": [round(random.uniform(-1, 1), 6) for _ in params],
        "random, two digits": [round(random.uniform(-1, 1), 2) for _ in params],
        "constant": [0.5] * rows,
        "zero": [0] * rows,
        "param": params,
        "mean": means,
        "index": list(range(rows)),
    }[of]
    return "param,ema\n" + "".join(f"{param},{shadow}\n" for param, shadow in zip(params, shadows, strict=True))


def test_fixed_span():
    """A round span is nearer to what people write than a decay of many digits."""
    best = identified(log(Average(rule="fixed", span=20)), "--rule", "fixed")[0]
    assert (best["decay"], best["agree"]) == ("span 20", "30 of 30")


@pytest.mark.parametrize(
    ("of", "rows", "said"),
    [
        ("random", 30, "the shadow is not between the shadow before and the param"),
        ("random", 3, "none of the rules that were tried (fixed, tensorflow) gives this log"),
        ("random, two digits", 3, "the log tells too little to name an average"),
        ("random, two digits", 30, "none of the rules that were tried (fixed, tensorflow) gives this log"),
        ("constant", 30, "the shadow never moves"),
        ("zero", 30, "no average is named"),
        ("param", 30, "the shadow is the param in every round"),
        ("mean", 30, "a simple moving average over 5 rounds"),
        ("index", 30, "none of the rules that were tried (fixed, tensorflow) gives this log"),
    ],
)
def test_what_is_no_average_has_no_winner(of, rows, said):
    """Of a column that is no average none is named, and what it looks like is said."""
    result = calc("--identify", "ema", "-F", "csv", "--rule", "fixed", "--rule", "tensorflow", stdin=column(rows, of))
    assert result.exit_code == 0
    assert said in result.stderr
    assert not any(line.startswith("1,") for line in result.stdout.splitlines())


def test_table_on_a_narrow_terminal():
    """A rule with many parameters folds between them, and 80 columns have room for what matters."""
    average = Average(0.9999, rule="diffusers", parameters={"use_ema_warmup": True, "inv_gamma": 3, "power": 0.75})
    text = log(average, own_steps=True)
    result = calc("--identify", "ema", "--rule", "diffusers", "--width", "80", stdin=text)
    assert "diffusers:" in result.stdout
    assert "use_ema_warmup=true" in result.stdout
    assert "no room" not in result.stdout


def test_no_average_at_all():
    """Numbers that are no average have no winner, and the nearest are told."""
    random = Random(2)
    rows = "".join(f"{random.random()},{random.random()}\n" for _ in range(20))
    result = calc("--identify", "ema", "--rule", "fixed", "--quiet", stdin=f"param,ema\n{rows}")
    assert result.exit_code == 0
    assert "none of the rules that were tried (fixed) gives this log" in result.stdout


@pytest.mark.parametrize(
    ("args", "stdin", "code", "message"),
    [
        (("--identify", "ema", "--check", "ema"), "param,ema\n1,1\n", 2, "give one of them"),
        (("--identify", "ema"), "param,ema\n1,1\n", 1, "needs three rounds with a logged value"),
        (("--identify", "ema"), "param,ema\n1,x\n", 1, "the logged 'x' is not a number"),
        (("--identify", "em"), "param,ema\n1,1\n", 1, "no column 'em' for --identify"),
        (("--identify", "ema", "--initial", "1,2"), "param,ema\n1,1\n", 2, "--initial takes one value"),
        (("--identify", "ema", "0:1"), None, 2, "--identify reads a column of a file"),
    ],
)
def test_wrong_use(args, stdin, code, message):
    """What makes no sense is an error that says so."""
    result = calc(*args, stdin=stdin)
    assert result.exit_code == code
    assert message in result.stderr


def test_sentences_are_broken_between_words() -> None:
    """Below the table no line is wider than the terminal, and no word is cut."""
    log = "step,param,shadow\n0,1,0.9\n100,10,1.6445453\n100,10,2.3281732\n"
    whole = run("--identify shadow -q", log).out.splitlines()
    lines = run("--identify shadow -q --width 60", log).out.splitlines()
    assert max(map(len, lines)) <= 60
    below = " ".join(line for line in lines if line[0] not in "┏┃┡│└")
    assert below.endswith(" ".join(line for line in whole if line[0] not in "┏┃┡│└"))


def numbered(average: Average, rounds: int = 40) -> str:
    """A log without steps of code that counts its updates, and hands the count over."""
    random = Random(2)
    params = [round(random.uniform(-2, 2), 4) for _ in range(rounds)]
    rows = zip(params, average.advance(params).shadows, strict=True)
    return "param,ema\n" + "".join(f"{param},{shadow!r}\n" for param, shadow in rows)


@pytest.mark.parametrize("rule", ["warmup", "tensorflow", "tensorflow-debias", "tf-contrib"])
@pytest.mark.parametrize("count_from", [0, 1, 7])
def test_a_counter_of_the_caller_that_was_not_logged(rule: str, count_from: int) -> None:
    """A log without steps is found to be of a rule that the code hands a counter, and what it counts from."""
    text = numbered(Average(0.9, rule=rule, count_from=count_from))
    narrow = ("--rule", rule, "--rule", "fixed", "--rule", "torch-ema")
    if rule == "tensorflow-debias" and count_from == 7:
        narrow = ("--rule", rule, "--count-from", "7")
    best = identified(text, *narrow)[0]
    assert (rule, f"from {count_from}", "40 of 40") == (best["rule"], best["counter"], best["agree"])


def test_a_counter_that_is_known() -> None:
    """--count-from says what the updates are numbered from, whoever counts them; no other way is tried."""
    text = numbered(Average(0.9, rule="torch-ema", count_from=3))
    best = identified(text, *NARROW, "--count-from", "3")[0]
    assert ("torch-ema", "from 3", "40 of 40") == (best["rule"], best["counter"], best["agree"])
    outcome = run("--identify ema --rule torch-ema --count-from 4", text)
    assert "without --rule, --count-from more are tried" in outcome.out
    told = next(line for line in outcome.out.splitlines() if "--count-from" in line)
    assert told.startswith("none of the rules that were tried (torch-ema) gives this log")


@pytest.mark.parametrize("count_from", [0, 5])
def test_the_command_for_a_counter_that_was_not_logged(count_from: int) -> None:
    """The command to type numbers the updates, and agrees."""
    text = numbered(Average(0.9, rule="warmup", count_from=count_from))
    told = run("--identify ema --rule warmup", text).out.splitlines()[-1]
    command = told.removeprefix("to see it: ema-calc ")
    assert f"--count-from {count_from} " in command
    assert "all 40 rounds agree" in run(command, text).out


def test_a_counter_in_chinese() -> None:
    """What the updates are numbered from is said in the table's language."""
    text = numbered(Average(0.9, rule="warmup", count_from=2))
    assert "从 2 起" in run("--identify ema --rule warmup --lang zh", text).out


@examples(25)
@given(
    st.floats(0.5, 0.9999),
    st.integers(3, 6),
    st.integers(20, 300),
    st.sampled_from(["float64", "float32"]),
    st.randoms(use_true_random=False),
)
def test_the_rounds_together_tell_the_decay(decay: float, digits: int, rounds: int, dtype: str, random: Random) -> None:
    """The decay that made a rounded log lies where all of its rounds say together, and where each one says."""
    decay = round(decay, 5)
    params = [round(random.uniform(-3, 3), 4) for _ in range(rounds)]
    shadows = Average(decay, rule="fixed", dtype=dtype, initial=random.choice([0, 0.3])).advance(params).shadows
    evidence = Evidence(params, [f"{shadow:.{digits}f}" for shadow in shadows], None)
    hints = Hints(evidence)
    alone = common([interval for _, interval in hints.updating])
    if alone is None or evidence.exact:
        return
    assert decay in alone
    lasting = hints.lasting
    assert lasting is not None
    assert decay in lasting
    assert alone.low <= lasting.low <= lasting.high <= alone.high


@pytest.mark.parametrize("decay", ["0.98763", "0.91234", "0.995321"])
@pytest.mark.parametrize("initial", ["0", "1.25"])
def test_a_decay_of_many_digits_in_a_log_of_few(decay: str, initial: str) -> None:
    """A decay that nobody would guess is found, though no round alone tells its last digits."""
    text = log(Average(decay, rule="fixed", initial=initial), 150, digits=4)
    best = identified(text, "--rule", "fixed", "--rule", "warmup")[0]
    assert (float(decay), "150 of 150") == (pytest.approx(float(best["decay"]), abs=2e-6), best["agree"])


@pytest.mark.parametrize(
    ("rule", "within", "fits"),
    [("fixed", (0.89, 0.92), True), ("warmup", (0.5, 0.95), False), ("fixed", (0.91, 0.92), False)],
)
def test_a_constant_decay_of_all_rounds_together(rule: str, within: tuple[float, float], fits: bool) -> None:
    """There is one where one gives all rounds, and none where the decay changes, or lies elsewhere."""
    random = Random(7)
    params = [round(random.uniform(-3, 3), 4) for _ in range(80)]
    shadows = Average(0.9, rule=rule).advance(params, list(range(80))).shadows
    texts = ["" if row % 3 == 1 else f"{shadow:.4f}" for row, shadow in enumerate(shadows)]
    found = fitted(Evidence(params, texts, None), Between(*within))
    assert fits == (found is not None)
    if found is not None:
        assert (0.9, 0.9 in found[0]) == (pytest.approx(found[1], abs=1e-5), True)


@pytest.mark.parametrize(
    ("params", "texts"),
    [([1.0] * 9, [""] * 9), ([1.0, float("nan"), 1.0], ["0.1", "0.2", "0.3"]), ([1.0] * 9, ["1.0"] * 9)],
)
def test_rounds_that_tell_no_decay(params: list[float], texts: list[str]) -> None:
    """Without a logged shadow, with a param that is no number, or if nothing moves, there is none."""
    assert fitted(Evidence(params, texts, None), Between(0.5, 0.95)) is None
