"""--identify where no average fits: missing updates, another param; and the answer in a terminal, and in Chinese."""

from __future__ import annotations

import json
import re
from math import inf, nextafter, sin
from random import Random
from typing import TYPE_CHECKING

import pytest

from ema_cli import Average
from ema_cli.identify.missing_updates import _Move, _moved
from tests.harness import error_of, run

if TYPE_CHECKING:
    from collections.abc import Sequence

NARROW = "--rule fixed --rule torch"
NONE = (
    "none of the rules that were tried (fixed, torch) gives this log; none comes near it; without --rule more are tried"
)


def rows(count: int, decay: float = 0.99, rule: str = "fixed", seed: int = 1) -> list[tuple[int, float, float, float]]:
    """Steps, a falling loss, a weight that wanders, and its average."""
    random, weight = Random(seed), 0.3
    weights = [weight := weight + random.gauss(0, 0.05) for _ in range(count)]
    shadows = [round_.shadow for round_ in Average(decay, rule=rule).advance(weights)]
    return [(step, 2 - step / 1000, *pair) for step, pair in enumerate(zip(weights, shadows, strict=True))]


def written(header: str, table: Sequence[Sequence[object]]) -> str:
    """A file of these rows."""
    return "".join(",".join(map(str, row)) + "\n" for row in [header.split(","), *table])


def without_steps(table: Sequence[Sequence[object]]) -> str:
    """A file of their weights and shadows alone."""
    return written("w,ema_w", [row[2:] for row in table])


FULL = "step,loss,w,ema_w"


@pytest.mark.parametrize(("decay", "every"), [(0.9, 10), (0.99, 10), (0.99, 100), (0.999, 10), (0.999, 50)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_thinned_log(decay: float, every: int, seed: int) -> None:
    """Where the step skips some, missing updates are told, and about what the decay of one is; nothing is listed."""
    outcome = run(f"--identify ema_w -q {NARROW}", written(FULL, rows(100 * every, decay, seed=seed)[::every]))
    first, gap, estimate = outcome.out.splitlines()
    assert (0, NONE) == (outcome.code, first)
    assert gap.startswith(
        f"the step moves by {every} from row to row: if the average was updated at each step, the log"
    )
    low, high = re.findall(r"0\.\d+", estimate)[1:]
    assert float(low) <= decay <= float(high)
    assert f"is about {decay} (" in estimate


@pytest.mark.parametrize("of", ["short memory", "noise", "few rows", "another column"])
def test_an_estimate_that_says_nothing_is_not_told(of: str) -> None:
    """There is none of noise, of few rows, of another column, and of a decay that forgets all between two rows."""
    random, shadow = Random(8), 0.0
    table = rows(10_000, 0.9)[::100] if of == "short memory" else rows(100 if of == "few rows" else 600)[::10]
    if of == "noise":
        params = [random.uniform(-1, 1) for _ in range(600)]
        shadows = [shadow := 0.99 * shadow + 0.01 * param for param in params]
        table = [(step, 0, *pair) for step, pair in enumerate(zip(params, shadows, strict=True))][::10]
    if of == "another column":
        table = [(step, loss, random.uniform(-9, 9), shadow) for step, loss, _, shadow in table]
    outcome = run(f"--identify ema_w -q {NARROW}", written(FULL, table))
    assert "the log lacks updates, and no rule can be told from it: log every update" in outcome.out
    assert "the decay of an update is about" not in outcome.out


@pytest.mark.parametrize("bend", [0.0, 3.0])
def test_the_even_move_in_closed_form(bend: float) -> None:
    """It is what the updates give one by one, if the param moves in a line, or in a bend."""
    count, param, after = 7, 2.0, 5.0
    times = [k / count for k in range(1, count + 1)]
    params = [param + (after - param) * t - bend * t * (1 - t) / 2 for t in times]
    shadow = Average("0.9", rule="fixed", initial="1").advance(params).shadows[-1]
    assert shadow == pytest.approx(_moved(_Move(1.0, 0.0, param, after, count, bend), 0.1), rel=1e-12)


@pytest.mark.parametrize("decay", [0.9, 0.99, 0.999])
@pytest.mark.parametrize("every", [5, 10, 20])
def test_an_estimate_by_a_smooth_param(decay: float, every: int) -> None:
    """Where the param moves in bends, the true decay is within the estimate."""
    params = [0.5 + 0.4 * sin(step / 50) for step in range(60 * every)]
    shadows = [round_.shadow for round_ in Average(decay, rule="torch").advance(params)]
    table = [(step, *pair) for step, pair in enumerate(zip(params, shadows, strict=True))]
    estimate = run(f"--identify ema_w -q {NARROW}", written("step,w,ema_w", table[::every])).out.splitlines()[-1]
    low, high = map(float, re.findall(r"0\.\d+", estimate)[1:])
    assert low <= decay <= high


@pytest.mark.parametrize("every", [2, 5, 10, 50])
def test_a_thinned_log_without_steps(every: int) -> None:
    """Decays that jump about, while the shadow follows the param, look like missing updates."""
    outcome = run(f"--identify ema_w -q {NARROW}", without_steps(rows(60 * every)[::every]))
    assert "as it does where the log lacks updates between its rows: log every update" in outcome.out


@pytest.mark.parametrize(
    ("strides", "told"),
    [
        ([10, 20] * 20, "the step moves by 10 to 20 from row to row: "),
        ([1] * 20 + [30] + [1] * 20, "the step skips some in 1 of 42 rounds, first in round 22, from 20 to 50: "),
    ],
)
def test_steps_that_skip_some(strides: list[int], told: str) -> None:
    """The gaps may differ, and there may be one alone."""
    table = rows(sum(strides) + 1)
    steps = [0]
    for stride in strides:
        steps.append(steps[-1] + stride)
    outcome = run(f"--identify ema_w -q {NARROW}", written(FULL, [table[step] for step in steps]))
    assert told in outcome.out
    assert "of an update is about 0.99 (" in outcome.out or "constant decay 0.9900 in 40 of 41 rounds" in outcome.out


def test_a_param_that_stands_still_between_rows() -> None:
    """Where the param is that of the row before, the decay of an update follows from that of a row."""
    random, weight, shadow, table = Random(4), 0.0, 5.0, []
    for step in range(400):
        weight = round(random.uniform(-2, 2), 3) if step % 100 == 5 else weight
        shadow = 0.99 * shadow + 0.01 * weight
        table.append((step, weight, shadow))
    outcome = run(f"--identify ema_w -q {NARROW}", written("step,w,ema_w", table[::10]))
    assert (
        "the param is that of the row before; if it was so between the rows, too, the decay of an update is 0.99\n"
        in (outcome.out)
    )


@pytest.mark.parametrize("steps", [True, False])
def test_the_power_of_a_decay(steps: bool) -> None:
    """With a param that never moves each tenth row has a decay that nobody writes, which is the power of one."""
    table = [(step, 1.5, 3.5 * 0.99 ** (step + 1)) for step in range(0, 400, 10)]
    log = written("step,w,ema_w", [(step, param, f"{param + rest:.8f}") for step, param, rest in table])
    if not steps:
        log = "".join(line.partition(",")[2] + "\n" for line in log.splitlines())
    outcome = run("--identify ema_w -q --rule fixed", log)
    alone = "0.904382 is 0.99^10: if 10 updates lie between one row and the next, the decay is 0.99\n"
    assert "fixed, decay 0.904382075, float64 gives all 40 rounds" in outcome.out
    assert alone in outcome.out


@pytest.mark.parametrize("of", ["schedule", "schedule, no steps", "one decay", "random, no steps"])
def test_logs_that_lack_nothing(of: str) -> None:
    """A schedule of one's own and a constant decay show that each row is an update, though the step moves by ten; and a
    column of chance follows nothing.
    """
    random, weight, shadow, table = Random(5), 0.0, 1.0, []
    for number in range(60):
        weight += random.gauss(0, 0.1)
        decay = 0.5 + 0.4 * (number / 60) ** 2 if of.startswith("schedule") else 0.8
        shadow = random.gauss(0, 1) if of.startswith("random") else decay * shadow + (1 - decay) * weight
        table.append((number * 10, 0, weight, shadow))
    log = without_steps(table) if of.endswith("no steps") else written(FULL, table)
    outcome = run("--identify ema_w -q --rule tensorflow --rule torch", log)
    assert "none of the rules that were tried (tensorflow, torch) gives this log" in outcome.out
    assert "log every update" not in outcome.out


def test_the_wrong_column() -> None:
    """Where the shadow follows another column, that is all there is to say."""
    log = written("step,loss,weight,mean", rows(40))
    outcome = run(f"--identify mean -q {NARROW} --param-column loss", log)
    assert outcome.out == (
        f"{NONE}\n"
        "the logged shadow moves towards 'weight', and not past it, in 39 of 39 rounds: try --param-column 'weight'\n"
    )
    assert (
        "fixed, decay 0.99, float64 gives all 40 rounds"
        in run(f"--identify mean -q {NARROW} --param-column weight", log).out
    )


@pytest.mark.parametrize("option", ["--identify", "--check"])
@pytest.mark.parametrize("header", [True, False])
def test_which_of_several_params_the_shadow_follows(option: str, header: bool) -> None:
    """Where names don't say which of several params it is, the error says which one the shadow follows."""
    log = written("step,loss,weight,mean", rows(40))
    column, name = ("mean", "weight") if header else ("4", "param2")
    message = run(f"-q --decay 0.99 {option} {column}", log if header else log.partition("\n")[2]).err
    assert f"; {option} {name}={column} says which, and --param-column chooses among them" in message
    assert message.endswith(f"; the logged shadow moves towards {name}, and not past it\n")
    assert run(f"-q --decay 0.99 --rule fixed {option} weight=mean", log).code == 0


def test_the_param_of_the_name() -> None:
    """The column that the shadow's name points to is the param, in whichever format."""
    log = written("step,loss,weight,ema_weight", rows(30))
    found = json.loads(run(f"--identify ema_weight {NARROW} -F json", log).out)
    assert ("fixed", "0.99", "30 of 30") == (found[0]["rule"], found[0]["decay"], found[0]["agree"])


def test_other_columns_are_named() -> None:
    """Where nothing fits and no numbers tell the param, the columns that it could be are named."""
    random = Random(6)
    table = [(step, random.random(), random.random(), random.random()) for step in range(30)]
    outcome = run("--identify mean -q --rule fixed --param-column loss", written("step,loss,weight,mean", table))
    assert outcome.out.endswith("if another column is the param, --param-column says so: there are 'weight'\n")


def test_candidates_that_give_no_round_are_not_listed() -> None:
    """A candidate is near only if it gives more than the rounds that were copied."""
    table = [(step, 0, weight, weight if step == 0 else 7 - step) for step, _, weight, _ in rows(30)]
    outcome = run(f"--identify ema_w -F csv {NARROW}", written(FULL, table))
    assert (0, 1) == (outcome.code, len(outcome.out.splitlines()))
    assert "; none comes near it" in outcome.err


def test_candidates_that_give_some_rounds_are_listed() -> None:
    """Those that come near stand with the rounds they give, and where they differ first."""
    table = rows(40)
    table[20:] = [(step, loss, weight, nextafter(shadow, inf)) for step, loss, weight, shadow in table[20:]]
    outcome = run("--identify ema_w -q --rule fixed --decay 0.99 --dtype float64", written(FULL, table))
    assert "20 of 40 │ round 21" in outcome.out
    assert "the rows show what comes nearest" in outcome.out


def test_each_decay_is_listed_once() -> None:
    """1 and 1.0 are one decay, as are span 399 and 0.995; where a rule starts makes no candidate of its own."""
    table = rows(60, 0.995)
    table[30:] = [(step, loss, weight, nextafter(shadow, inf)) for step, loss, weight, shadow in table[30:]]
    outcome = run("--identify ema_w -F json --rule fixed --rule torch --dtype float64", written(FULL, table))
    found = [(row["rule"], row["parameters"], row["decay"]) for row in json.loads(outcome.out)]
    assert ("fixed", "", "0.995") in found
    assert len({*found}) == len(found)
    assert not any("span" in decay or "com" in decay for *_, decay in found)


def diffusers(rounds: int = 30) -> str:
    """The log of an average with long parameters, which counts from a step of its own."""
    parameters = {"use_ema_warmup": True, "inv_gamma": 3, "power": 0.75, "update_after_step": 4}
    average = Average(0.9999, rule="diffusers", parameters=parameters)
    random = Random(1)
    params = [round(random.uniform(-2, 2), 4) for _ in range(rounds)]
    shadows = [f"{round_.shadow:.6f}" for round_ in average.advance(params)]
    return "param,ema\n" + "".join(f"{one},{two}\n" for one, two in zip(params, shadows, strict=True))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [60, 80])
def test_what_decides_has_room(width: int, language: str) -> None:
    """No line is wider than the terminal, and rank, rule, decay and dtype are there."""
    outcome = run(
        f"--identify ema -q --rule diffusers --rule ultralytics --width {width} --lang {language}", diffusers()
    )
    lines = outcome.out.splitlines()
    assert max(map(len, lines)) <= width
    headings = {"en": ["rank", "rule", "decay", "dtype"], "zh": ["名次", "规则", "衰减率"]}[language]
    assert [word for word in headings if word in lines[1]] == headings


@pytest.mark.parametrize(
    ("shift", "counter"),
    [(1, {"en": "step-1", "zh": "轮数-1"}), (7, {"en": "its own", "zh": "自行计数"})],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_done_to_the_steps(shift: int, counter: dict[str, str], language: str) -> None:
    """The table says what is added to the steps of the script, and where the rule counts by itself in spite of them."""
    random = Random(1)
    params = [round(random.uniform(-2, 2), 4) for _ in range(30)]
    rule = "warmup" if shift == 1 else "torch-ema"
    shadows = Average(0.9999, rule=rule).advance(params, None if shift > 1 else list(range(30))).shadows
    steps = [step + shift if shift == 1 else step * step + shift for step in range(30)]
    log = written("step,w,ema_w", list(zip(steps, params, shadows, strict=True)))
    assert counter[language] in run(f"--identify ema_w -q --rule {rule} --lang {language}", log).out.splitlines()[3]


def test_what_all_rows_share_gives_way() -> None:
    """Where a table is too wide, what is the same in all rows stands in a sentence below it."""
    text = written(FULL, [(step, 0, weight, f"{shadow:.5f}") for step, _, weight, shadow in rows(30)])
    rules = "--rule fixed --rule optax-incremental --rule stylegan-tf"
    wide = run(f"--identify ema_w -q {rules} --initial 0 --width 80", text).out
    narrow = run(f"--identify ema_w -q {rules} --initial 0 --width 40", text).out
    assert "in all rows" not in wide
    assert ("initial" in wide.splitlines()[1], "initial" in narrow.splitlines()[1]) == (True, False)
    assert "in all rows: decay 0.99, initial 0\n" in narrow


def test_markdown() -> None:
    """A row is a line, and each sentence a paragraph of its own."""
    lines = run("--identify ema -q --rule diffusers -F markdown", diffusers()).out.splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert lines[: len(table)] == table
    assert {line.count("|") for line in table} == {table[0].count("|")}
    assert lines[len(table)] == ""


@pytest.mark.parametrize("format_", ["latex", "html", "svg"])
def test_a_format_without_lists(format_: str) -> None:
    """It is refused, whether or not there would be a row."""
    message = error_of(f"--identify ema_w -F {format_}", written(FULL, rows(30)), code=2)
    assert message == f"--format {format_} is for rounds; a list has table, csv, tsv, json, jsonl, markdown"


LOGS = {
    "found": (written(FULL, rows(30)), ""),
    "few rounds": ("step,w,ema_w\n0,1,0.9\n100,10,1.6445453\n100,10,2.3281732\n", "--rule tensorflow"),
    "warm-up": (written(FULL, rows(12, 0.999, "warmup")), "--rule warmup --rule tensorflow"),
    "offset": (written(FULL, [(a + 1, b, c, d) for a, b, c, d in rows(30, 0.9999, "warmup")]), "--rule warmup"),
    "span": (written(FULL, rows(30, 1 - 2 / 21)), "--rule fixed"),
    "thinned": (written(FULL, rows(300)[::10]), ""),
    "skipping": (written(FULL, [*rows(300)[:20], *rows(300)[50:80:7]]), ""),
    "jumping": (without_steps(rows(600)[::10]), ""),
    "wrong column": (written("step,loss,weight,ema_w", rows(30)), "--param-column loss"),
    "late": (written(FULL, [(*one[:3], two[3]) for two, one in zip(rows(31), rows(31)[1:], strict=False)]), ""),
    "swapped": (written("step,loss,ema_w,w", rows(30)), ""),
    "turned": (written(FULL, rows(30, 0.01)), "--rule fixed"),
    "param": (written(FULL, [(a, b, c, c) for a, b, c, _ in rows(30)]), ""),
    "still": (written(FULL, [(a, b, c, 7) for a, b, c, _ in rows(30)]), ""),
    "restart": (written(FULL, [*rows(30)[:15], *[(a, b, c, d + 1) for a, b, c, d in rows(30)[15:]]]), ""),
    "two digits": (written(FULL, [(a, b, c, f"{d:.2f}") for a, b, c, d in rows(4)]), ""),
}
WORDS = {
    "fixed",
    "torch",
    "tensorflow",
    "warmup",
    "float",
    "bfloat",
    "param",
    "column",
    "loss",
    "weight",
    "initial",
    "rule",
}
"""Names of rules, types, options and columns."""


@pytest.mark.parametrize("case", LOGS)
def test_the_answer_in_chinese(case: str) -> None:
    """Headings, cells and sentences have no word of English, and say something; records and notes stay English."""
    log, options = LOGS[case]
    line = f"--identify ema_w -q {options or NARROW}"
    outcome = run(f"{line} --lang zh", log)
    assert 0 == outcome.code
    assert re.search("[\u4e00-\u9fff]", outcome.out)
    sentences = re.sub("验证命令：.*", "", outcome.out)
    assert set(re.findall(r"[A-Za-z_]{2,}", sentences)) <= {*WORDS, "check"}
    assert run(f"{line} -F csv", log) == run(f"{line} -F csv --lang zh", log)


def test_lines_of_chinese_break_between_characters() -> None:
    """Each line but the last of a sentence is nearly full, and none begins with a comma."""
    log, _ = LOGS["thinned"]
    lines = run(f"--identify ema_w -q {NARROW} --lang zh --width 40", log).out.splitlines()
    assert lines[3:5] == ["每行之间轮数增加 10：如果每一轮都更新过", "滑动平均，日志就缺少更新，无法据此断定规"]
    assert not any(line[0] in "，。：；）" for line in lines)


def test_the_exit_code_is_documented() -> None:
    """The help says what the exit code is where nothing fits."""
    help_ = " ".join(run("--help").out.split())
    assert "Exit codes: 0 done; 1 bad data" in help_
    assert "--identify is done, with 0, also where it names no average." in help_
