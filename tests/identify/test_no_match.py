"""--identify for logs that no rule gives, from classes and mistakes that people write: a description of the log."""

from __future__ import annotations

import json
import math
import re
import shlex
from fractions import Fraction
from itertools import pairwise
from math import cos, exp, log, pi, sqrt
from operator import mul
from random import Random
from typing import TYPE_CHECKING

import pytest

from ema_cli.core.numbers.dtypes import dtype
from ema_cli.text.number_text import shortest
from tests.harness import run
from tests.identify.logs import averaged, params, written

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 300
VALUES = params(COUNT)


def told(text: str, options: str = "") -> str:
    """The sentences; no candidate may be named."""
    outcome = run(f"--identify ema -F json {options}", text)
    assert (0, []) == (outcome.code, json.loads(outcome.out)), outcome.out
    return outcome.err


def _late() -> str:
    shadows = averaged(VALUES, lambda k: 0.99, 0.0)
    return written(VALUES[1:], shadows[:-1], range(COUNT - 1))


def _early() -> str:
    shadows = averaged(VALUES, lambda k: 0.99, 0.0)
    return written(VALUES[:-1], shadows[1:], range(COUNT - 1))


def _reset() -> str:
    shadows = [*averaged(VALUES[:200], lambda k: 0.99, 0.0), *averaged(VALUES[200:], lambda k: 0.99)]
    return written(VALUES, shadows, range(COUNT))


def _restarting() -> str:
    return written(VALUES, averaged(VALUES, lambda k: (1 + k % 200) / (10 + k % 200), 0.0), range(COUNT))


def _changing() -> str:
    return written(VALUES, averaged(VALUES, lambda k: 0.99 if k < 200 else 0.999, 0.0), range(COUNT), ".6g")


def _stairs() -> str:
    return written(VALUES, averaged(VALUES, lambda k: (0.9, 0.95, 0.98)[k // 100], 0.0), range(COUNT))


def _twice() -> str:
    inner = averaged(VALUES, lambda k: 0.98)
    return written(VALUES, averaged(inner, lambda k: 0.98))


def _divided(divisor: Callable[[int], float]) -> str:
    shadows = averaged(VALUES, lambda k: 0.9, 0.0)
    return written(VALUES, [s / divisor(k) for k, s in enumerate(shadows)], range(10, 10 + 10 * COUNT, 10))


def _momentum(decay: float, weight: float) -> str:
    shadow, shadows = 0.0, []
    for value in VALUES:
        shadow = decay * shadow + weight * value
        shadows.append(shadow)
    return written(VALUES, shadows)


def _resumed() -> str:
    shadows = averaged(VALUES, lambda k: 0.99, 0.0)
    rows = [*range(120), *range(100, COUNT)]
    return written([VALUES[k] for k in rows], [shadows[k] for k in rows], rows)


def _of(change: Callable[[float], float]) -> str:
    return written(VALUES, averaged([change(value) for value in VALUES], lambda k: 0.98, 0.0))


def _thinned() -> str:
    long = params(COUNT * 10)
    shadows = averaged(long, lambda k: 0.99, 0.0)
    return written(long[::10], shadows[::10], range(0, COUNT * 10, 10))


def _without(row: int) -> str:
    rows, shadows = [k for k in range(COUNT) if k != row], averaged(VALUES, lambda k: 0.99)
    return written([VALUES[k] for k in rows], [shadows[k] for k in rows], rows, ".6g")


def _clipped() -> str:
    own = Random(5)
    gradients = [own.gauss(0, 0.5) for _ in range(COUNT)]
    clipped = averaged([max(-0.5, min(x, 0.5)) for x in gradients], lambda k: 0.95, 0.0)
    return written(gradients, clipped, form=".6f")


def _stalled() -> str:
    near = [_short(0.5 + x / 100) for x in VALUES]
    return written(near, [near[0]] * COUNT)


def _short(value: float) -> float:
    return float(dtype("bfloat16").round(value))


def _shuffled() -> str:
    shadows, rows = averaged(VALUES, lambda k: 0.99, 0.0), sorted(range(COUNT), key=lambda k: k * 89 % COUNT)
    return written([VALUES[k] for k in rows], [shadows[k] for k in rows], rows)


def _reloaded() -> str:
    def decay(k: int) -> float:
        return (1 + k) / (10 + k)

    shadows = [*averaged(VALUES[:200], decay, 0.0), *averaged(VALUES[200:], decay)]
    return written(VALUES, shadows, range(COUNT))


def _turning() -> str:
    return written(VALUES, averaged(VALUES, lambda k: 0.99**2 if k % 10 == 9 else 0.99, 0.0))


def _resting() -> str:
    return written(VALUES, averaged(VALUES, lambda k: 1 if k % 27 == 19 else 0.98, 0.0))


def _root() -> str:
    return written(VALUES, [sqrt(s) for s in averaged([x * x for x in VALUES], lambda k: 0.98)])


def _shown(of: Callable[[float], float], shown: Callable[[float], float]) -> str:
    positive = [exp(x / 9) for x in VALUES]
    return written(positive, [shown(s) for s in averaged(list(map(of, positive)), lambda k: 0.98)])


def _of_changes() -> str:
    return written(VALUES, averaged([0.0, *(b - a for a, b in pairwise(VALUES))], lambda k: 0.9))


def _shifted() -> str:
    return written(VALUES, averaged([value + 5 for value in VALUES], lambda k: 0.9, 0.0))


def _envelope(of: Callable[[float], float]) -> str:
    """An envelope that follows the magnitude up faster than down."""
    shadow, shadows = 0.0, []
    for value in VALUES:
        level = abs(value)
        decay = 0.75 if level > shadow else 0.98
        shadow = decay * shadow + (1 - decay) * level
        shadows.append(shadow)
    return written([of(value) for value in VALUES], shadows)


def _in_a_dead_band() -> str:
    shadow, shadows = VALUES[0], []
    for value in VALUES:
        moved = shadow + 0.1 * (value - shadow)
        shadow = moved if abs(moved - shadow) > 0.2 else shadow
        shadows.append(shadow)
    return written(VALUES, shadows)


def _with_a_trend() -> str:
    """Holt's double exponential smoothing."""
    level, trend, levels = VALUES[0], 0.0, []
    for value in VALUES:
        before, level = level, 0.5 * value + 0.5 * (level + trend)
        trend = 0.3 * (level - before) + 0.7 * trend
        levels.append(level)
    return written(VALUES, levels)


def _high_pass() -> str:
    return written(VALUES, [x - s for x, s in zip(VALUES, averaged(VALUES, lambda k: 0.9, 0.0), strict=True)])


def _debiased_from_the_param() -> str:
    shadows = averaged(VALUES, lambda k: 0.98)
    return written(VALUES, [s / (1 - 0.98**k) for k, s in enumerate(shadows, 1)])


def _beyond_the_params() -> str:
    """A busy share in sixteenths, as in a block queue."""
    draw, level, levels = Random(1).random, 0, []
    busy = [int(draw() < 0.5) for _ in range(COUNT)]
    for one in busy:
        level = (level * 7 + 16 * one) // 8
        levels.append(level)
    return written(busy, levels)


def _two_averages() -> str:
    slow, fast = averaged(VALUES, lambda k: 0.95, 0.0), averaged(VALUES, lambda k: 0.8, 0.0)
    return written(VALUES, [b - a for a, b in zip(slow, fast, strict=True)])


def _mean() -> str:
    return written(VALUES, [sum(VALUES[max(k - 4, 0) : k + 1]) / min(k + 1, 5) for k in range(COUNT)])


def _linear() -> str:
    weights = range(1, 10)
    return written(VALUES, [0.0] * 8 + [sum(map(mul, weights, VALUES[k - 9 : k])) / 45 for k in range(9, COUNT + 1)])


def _median() -> str:
    return written(VALUES, [sorted(VALUES[max(k - 6, 0) : k + 1])[min(k, 6) // 2] for k in range(COUNT)])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (_early(), "constant decay 0.99, param read one round late"),
        (_late(), "constant decay 0.99, shadow read one round late"),
        (written(averaged(VALUES, lambda k: 0.99, 0.0), VALUES), "constant decay 0.99, param and shadow swapped"),
        (_reset(), "constant decay 0.99, and the shadow is set to the param in round 201 (step 200)"),
        (_restarting(), "a warm-up, (1 + n)/(10 + n), whose counter starts again in round 201 (step 200)"),
        (_changing(), "the decay changes: 0.99 from round 2 (step 1) on, 0.999 from round 201 (step 200) on"),
        (
            _stairs(),
            "0.9 from round 2 (step 1) on, 0.95 from round 101 (step 100) on, 0.98 from round 201 (step 200) on",
        ),
        (_twice(), "an average of an average: it looks smoothed twice, with decays 0.98 and 0.98"),
        (_divided(lambda k: (1 - 0.9 ** (k + 1)) ** 2), "an average that was debiased twice: decay 0.9"),
        (_divided(lambda k: 1 - 0.9 ** max(k, 1)), "decay 0.9, with the exponent off by one"),
        (_divided(lambda k: 1 - 0.9**k or 1), "decay 0.9, with the exponent off by one"),
        (_divided(lambda k: 1 - 0.9 ** (10 * k + 10)), "decay 0.9, whose exponent is the step"),
        (
            _momentum(0.9, 1.0),
            "each shadow is 0.9 of the last one and 1 of the param, 1.9 together; that is a decayed sum",
        ),
        (_momentum(1.01, -0.01), "the shadow moves away from the param: each shadow is 1.01 of the last one"),
        (_momentum(0.9, 0.05), "as an average with decay 0.9, the param is scaled by 0.5"),
        (_resumed(), "the steps go back to 100 in round 121, as when a run is resumed"),
        (_shuffled(), "constant decay 0.99, if the rows are sorted by step, keeping the last of each step"),
        (_reloaded(), "whose counter starts again in round 201 (step 200), where the shadow is set to the param"),
        (_turning(), "constant decay 0.99 in 269 of 299 rounds, but not in round 10, round 20, round 30,"),
        (_of(lambda x: max(-5.0, min(x, 5.0))), "but elsewhere the averaged param seems to be ±5:"),
        (_clipped(), "but elsewhere the averaged param seems to be ±0.5:"),
        (_without(90), "constant decay 0.99 in the 297 rounds where the step moves by 1"),
        (_resting(), "constant decay 0.98 in 288 of 299 rounds; the shadow does not move in round 20, round 47"),
        (_root(), "constant decay 0.98, of the square of the param: the shadow is the root of an average of param^2"),
        (_shown(log, exp), "exp of an average of log(param)"),
        (_shown(float, exp), "constant decay 0.98, and the shadow is exp of the average"),
        (_shown(float, lambda s: 1 / s), "constant decay 0.98, and the shadow is 1 over the average"),
        (
            _shown(lambda x: 1 / x, lambda s: 1 / s),
            "constant decay 0.98, of 1 over the param: the shadow is a harmonic",
        ),
        (
            written(VALUES, averaged(VALUES, lambda k: min(0.95, k / 100), 0.0)),
            "a decay that rises linearly from 0 to 0.95 in 95 rounds",
        ),
        (
            _momentum(1.0, 1.0),
            "1 of the last one and 1 of the param, 2 together; nothing is forgotten, as in a plain sum",
        ),
        (
            written(VALUES, [x / 2 + 5 for x in VALUES]),
            "1 of the last one, 0.5 of the param and -0.5 of the param before",
        ),
        (_shown(lambda x: 1 / x, float), "constant decay 0.98, of 1 over the param: an average of 1/param"),
        (_of_changes(), "an average of the changes of the param, decay 0.9"),
        (_high_pass(), "decay 0.9, or the param without its average: a high-pass filter"),
        (_with_a_trend(), "(Holt): each shadow is 1.35 of the last one, -0.5 of the one before it, 0.5 of the param"),
        (_envelope(abs), "decay 0.75 where the param is above the shadow, and 0.98 where it is below, as for attack"),
        (_envelope(float), "as for attack and release, of the magnitude of the param: an average of abs(param)"),
        (_in_a_dead_band(), "constant decay 0.9 in 45 of 299 rounds; the shadow does not move in round 2,"),
        (_debiased_from_the_param(), "is debiased all the same: 50 times the param in round 1"),
        (_beyond_the_params(), "the weights do not add up to 1"),
        (_shifted(), "something is added in each round: each shadow is 0.9 of the last one, 0.1 of the param, and 0.5"),
        (_two_averages(), "two averages of the param in one, with decays 0.95 and 0.8"),
        (_of(lambda x: -abs(x)), "fit no curve that was tried"),
        (_of(abs), "constant decay 0.98, of the magnitude of the param"),
        (_of(lambda x: x * x), "constant decay 0.98, of the square of the param"),
        (_of(_short), "constant decay 0.98, of the param rounded to bfloat16"),
        (
            _thinned(),
            "the step moves by 10 from row to row: if the average was updated at each step, the log lacks updates",
        ),
        (_mean(), "a simple moving average over 5 rounds (--rule sma), with equal weights"),
        (_linear(), "a moving average over 9 rounds with linear weights (WMA)"),
        (_median(), "the median of the last 7 params"),
        (written(VALUES, VALUES), "the shadow is the param in every round"),
        (written(VALUES, [7.0] * COUNT), "the shadow never moves"),
        (_stalled(), "the shadow never moves"),
    ],
)
def test_a_pattern_that_no_rule_gives(text: str, words: str) -> None:
    """No rule is named, and the sentence describes the log."""
    assert words in told(text, "--rule fixed --rule tensorflow")


def test_a_shadow_that_never_moved_has_no_counter() -> None:
    """A late copy and every tenth update after it are no warm-up that starts again."""
    shadow, shadows = 0.0, []
    for row, value in enumerate(VALUES):
        shadow = value if row == 50 else 0.9 * shadow + 0.1 * value if row > 50 and row % 10 == 3 else shadow
        shadows.append(shadow)
    said = run("--identify ema", written(VALUES, shadows)).out
    assert "starts again" not in said
    assert "custom, float64 gives 103 of 300 rounds, and the rest within 4 ulps: the schedule matches, but the" in said
    assert (
        "schedule: constant decay 0.9; the shadow updates every 10 rounds, first in round 54; round 51 is the" in said
    )


def test_params_whose_sum_is_too_large_for_a_float64() -> None:
    """Their mean overflows, which is not an error."""
    huge = [value / max(map(abs, VALUES)) * 1.7e308 for value in VALUES]
    assert "not an average of this param" in told(written(huge, huge[::-1]), "--rule fixed")


def test_a_decay_that_changes_late() -> None:
    """The first rounds, which fit an average, are not explained by other params."""
    held, shadow, shadows = dtype("float32").round, 0.0, []
    values = [held(value / 3) for value in params(1200)]
    for row, value in enumerate(values):
        decay = 0.99 if row < 700 else 0.999
        shadow = held(held(held(decay) * shadow) + held(held(1 - held(decay)) * value))
        shadows.append(shadow)
    said = told(written(values, shadows, form=".9g"))
    assert "the decay changes: 0.99 from round 2 on, 0.999 from round 701 on" in said


def test_another_param_from_the_middle_on() -> None:
    """If only the first rounds follow a schedule, the answer says nothing more about them."""
    values = params(1200)
    said = told(written(values, averaged(values[:700] + values[500::-1][:500], lambda k: 0.98, 0.0)))
    assert "constant decay 0.98 in the first 500 rounds, but not in all later ones" in said


def test_a_decay_by_the_distance_of_the_steps() -> None:
    """A decay that is a power of the gap is given as a half-life and as a time constant, with the option for it."""
    steps = [40 * k + (k % 7) * 5 for k in range(COUNT)]
    gaps = [0, *(b - a for a, b in pairwise(steps))]
    said = told(written(VALUES, averaged(VALUES, lambda k: exp(-gaps[k] / 300)), steps))
    assert "exp(-elapsed/300)" in said
    assert "--time-column step --half-life 207.94415" in said


def test_a_low_pass_filter_over_time() -> None:
    """A filter with the weight dt/(tau + dt) is given by its time constant, and the formula gives the log."""
    times = [40 * k + (k % 7) * 5 for k in range(COUNT)]
    gaps = [0, *(b - a for a, b in pairwise(times))]
    rows = zip(times, VALUES, averaged(VALUES, lambda k: 30 / (30 + gaps[k])), strict=True)
    text = "time,w,ema\n" + "".join(f"{time},{value!r},{shadow!r}\n" for time, value, shadow in rows)
    given = "--rule custom:decay=30/(30+elapsed),start=first --time-column time"
    assert f"to see it, give {given}\n" in told(text)
    assert 0 == run(f"{given} --tolerance rel:1e-12 --check ema -q", text).code


def test_a_half_life_of_dates() -> None:
    """A half-life over a column of dates is given in a unit of --half-life, and gives the log."""
    days = [1 + 2 * k + (k % 3) for k in range(13)]
    shadows = averaged(VALUES[:13], lambda k: 0.5 ** ((days[k] - days[k - 1]) / 7))
    rows = zip(days, VALUES, shadows, strict=False)
    text = "date,w,ema\n" + "".join(f"2025-03-{day:02},{value!r},{shadow:.9f}\n" for day, value, shadow in rows)
    said = told(text)
    assert "to see it, give --time-column date --half-life 7d\n" in said
    assert 0 == run("--time-column date --half-life 7d --check ema -q", text).code


def test_a_schedule_that_no_rule_has() -> None:
    """The answer has its formula and constants."""
    said = told(written(VALUES, averaged(VALUES, lambda k: (3 + k) / (50 + k), 0.0), range(COUNT)), "--rule fixed")
    assert "schedule: a warm-up, (3 + step)/(50 + step)" in said


def test_swapped_weights_of_a_warm_up() -> None:
    """The answer says that the weights follow the formula of a warm-up."""
    said = told(written(VALUES, averaged(VALUES, lambda k: 9 / (10 + k), 0.0), range(COUNT)), "--rule warmup")
    assert "decay used where 1 - decay belongs: the weights follow a warm-up, (1 + step)/(10 + step)" in said


def test_noise_has_no_winner() -> None:
    """For numbers that are not an average no rule is named, and the answer has the measured decays."""
    said = told(written(VALUES, params(COUNT, 9)), "--rule fixed")
    assert "none of the rules that were tried (fixed) gives this log; leave --rule out to try more" in said
    assert "the schedule matches" not in said


def test_the_measured_decays_in_full() -> None:
    """--explain lists the decay of each round, with its lower and upper bound."""
    outcome = run(
        "--identify ema --explain -F json -q",
        written(VALUES[:40], averaged(VALUES[:40], lambda k: 0.9, 0.0), form=".4f"),
    )
    rows = json.loads(outcome.out)
    assert 40 == len(rows)
    assert all(float(row["low"]) <= 0.9 <= float(row["high"]) for row in rows if row["decay"])


@pytest.mark.long
@pytest.mark.parametrize("text", [_changing(), _twice(), _thinned(), written(VALUES, VALUES), _restarting()])
def test_the_answer_in_chinese(text: str) -> None:
    """No English word is left in the sentences but names; records and notes stay English."""
    line = "--identify ema -q --rule fixed --rule torch"
    outcome = run(f"{line} --lang zh", text)
    assert 0 == outcome.code
    assert re.search("[\u4e00-\u9fff]", outcome.out)
    assert set(re.findall(r"[A-Za-z_]{2,}", outcome.out)) <= {"fixed", "torch", "rule", "explain"}
    assert run(f"{line} -F csv", text) == run(f"{line} -F csv --lang zh", text)


@pytest.mark.parametrize(
    ("decay", "formula"),
    [
        (lambda k: (1 + k % 20) / (10 + k % 20), "(1 + step)/(10 + step) if step < 20 else (step - 19)/(step - 10)"),
        (lambda k: 0.9 if k < 20 else 0.98, "0.9 if step < 20 else 0.98"),
        (lambda k: 0 if k == 20 else 0.9, "0.9 if step < 20 else 0 if step < 21 else 0.9"),
    ],
    ids=["counter", "change", "reset"],
)
def test_a_formula_that_gives_the_log(decay: Callable[[int], float], formula: str) -> None:
    """The answer to a pattern has a command whose --check agrees."""
    text = written(VALUES[:40], averaged(VALUES[:40], decay, 0.0), range(40))
    assert f'--rule "custom:decay={formula}" --dtype float64 --check ema' in told(text)
    outcome = run(["--rule", f"custom:decay={formula}", "--check", "ema", "-q"], text)
    assert 0 == outcome.code, outcome.err


def test_blank_rounds_before_the_first_copy() -> None:
    """An average that copies its third param is recognized by the copy, although nothing was logged before."""
    shadows = averaged(VALUES[2:40:3], lambda k: 0.9)
    cells = ["" if row < 2 else repr(shadows[(row - 2) // 3]) for row in range(40)]
    text = written(VALUES[:40], cells)
    outcome = run("--identify ema", text)
    assert "the shadow is first logged in round 3" in outcome.out
    line = outcome.out.partition("to see it: ema-calc ")[2]
    assert "--decay 0.9 " in line
    assert 0 == run([*shlex.split(line), "-q"], text).code


@pytest.mark.parametrize(
    ("decay", "formula"),
    [
        (lambda k: 1 - 0.1 * exp(-k / 40), "1 - 0.1*exp(-step/40)"),
        (
            lambda k: 0.999 - 0.099 * (1 + cos(pi * min(k, 80) / 80)) / 2,
            "0.999 - 0.099*(1 + cos(pi*min(step, 80)/80))/2",
        ),
        (lambda k: min(0.9, max(0.5, (1 + k) / (10 + k))), "min(0.9, max(0.5, (1 + step)/(10 + step)))"),
    ],
    ids=["exponential", "cosine", "limits"],
)
def test_a_curve_that_custom_gives(decay: Callable[[int], float], formula: str) -> None:
    """A decay that approaches its end, ends below 1, or has two limits is given as a formula."""
    text = written(VALUES[:120], averaged(VALUES[:120], decay, 0.0), range(120))
    assert f'--rule "custom:decay={formula}' in _agrees(text)


def test_another_column_than_the_names_say() -> None:
    """If a shadow follows a column other than the one in its name, the answer names that column."""
    rows = zip(params(60, 9), VALUES, averaged(VALUES[:60], lambda k: 0.9), strict=False)
    text = "step,a,b,a_ema\n" + "".join(f"{k},{a!r},{b!r},{s!r}\n" for k, (a, b, s) in enumerate(rows))
    assert "in 59 of 59 rounds the logged shadow moves towards 'b' and not past it" in run("--identify a_ema", text).out


def test_a_warm_up_with_a_floor() -> None:
    """The formula includes a least decay."""
    text = written(VALUES[:60], averaged(VALUES[:60], lambda k: max(0.6, k / (4 + k)), 0.0), range(60))
    assert "max(0.6, step/(4 + step))" in run("--identify ema", text).out


def _agrees(text: str) -> str:
    """The sentences of an answer whose command agrees in all rounds."""
    said = run("--identify ema", text).out
    line = said.partition("to see it: ema-calc ")[2].partition("\n")[0]
    assert 0 == run([*shlex.split(line), "-q"], text).code, said
    return said


def test_shadows_that_were_logged_in_a_shorter_type() -> None:
    """A long average that was rounded when logged keeps its decay, and the tolerance is that of the type."""
    said = _agrees(written(VALUES, [_short(s) for s in averaged(VALUES, lambda k: 0.98)]))
    assert "constant decay 0.98\n" in said
    assert "the shadows were computed in a longer type and rounded to bfloat16" in said
    assert '--tolerance "rel:2^-8"' in said


@pytest.mark.parametrize("decay", [0.97, 0.9921875])
def test_params_that_were_rounded_with_the_shadows(decay: float) -> None:
    """If both columns were rounded to float32 for the log, a usual decay is found within that rounding."""
    values = [0.05 + value / 9000 for value in VALUES[:60]]
    shadows = averaged(values, lambda k: decay, 0.0)
    short = dtype("float32")
    columns = [[shortest(short)(short.round(x)) for x in column] for column in (values, shadows)]
    said = _agrees("w,ema\n" + "".join(f"{p},{s}\n" for p, s in zip(*columns, strict=True)))
    assert f"schedule: constant decay {decay}\n" in said


def test_an_exponent_that_is_off_by_one_in_a_rounded_log() -> None:
    """A usual decay that the rounds determine well is told, though the digits are rounded."""
    shadows = [s / (1 - 0.95 ** (k + 2)) for k, s in enumerate(averaged(VALUES, lambda k: 0.95, 0.0))]
    said = run("--identify ema", written(VALUES, shadows, form=".6g")).out
    assert "a debiased average, decay 0.95, with the exponent off by one" in said


def test_decimals_that_look_like_a_short_type() -> None:
    """A dozen of short decimals that float16 prints as well may still be rounded values of a longer type."""
    values = [2.32, 1.93, 1.57, 1.30, 0.82, 0.85, 0.87, 0.89, 0.62, 0.45, 0.49, 0.49, 0.26, 0.22, 0.27]
    shadows = [2.316, 2.268, 2.18, 2.07, 1.914, 1.781, 1.667, 1.57, 1.451, 1.326, 1.221, 1.129, 1.02, 0.919, 0.838]
    said = _agrees("w,ema\n" + "".join(f"{p:.2f},{s:.3f}\n" for p, s in zip(values, shadows, strict=True)))
    assert "schedule: constant decay 0.875\n" in said


def test_a_shadow_that_moves_once() -> None:
    """One step between two decimals shows no rounding in each round, nor a warm-up."""
    shadows = [0.41] * 26 + [0.42] * 14
    said = run("--identify ema", written([0.41 + k / 100 for k in range(40)], shadows, form=".2f")).out
    assert "rounded to 2 decimals before the next round" not in said


def test_no_clip_within_which_the_params_are_not() -> None:
    """Whole numbers that were rounded twice show no clipped param, and no absolute values, where all are above it."""
    values = [100 + 8 * x for x in VALUES]
    for decay in (0.7, 0.95):
        shadows = averaged(values, lambda k, decay=decay: decay)
        said = run("--identify ema", written(map(round, values), map(round, shadows))).out
        assert "clipped" not in said
        assert "abs(param)" not in said


def test_no_warm_up_has_a_power_of_hundreds() -> None:
    """A shadow that hardly moves after some rounds is no warm-up."""
    shadow, shadows = 2.3, []
    values = [2.3 * exp(-k / 66) + 0.3 + VALUES[k] / 60 for k in range(200)]
    for value in values:
        shadow = 0.9 * shadow + 0.1 * value if abs(value - shadow) < 0.3 else shadow
        shadows.append(shadow)
    assert "^-" not in run("--identify ema", written(values, shadows, form=".4f")).out


@pytest.mark.parametrize(("of", "decay", "start"), [(7, "0.875", 0), (1884, "0.919921875", 500)])
def test_whole_numbers_that_are_rounded_down(of: int, decay: str, start: int) -> None:
    """Arithmetic of whole numbers, as on a microcontroller, is found with the fraction of its decay."""
    out_of, level, levels = 8 if of == 7 else 2048, start, []
    readings = [round(100 * value) + 512 for value in VALUES]
    for value in readings:
        level = (of * level + (out_of - of) * value) // out_of
        levels.append(level)
    said = _agrees(written(readings, levels))
    assert f"schedule: constant decay {decay}\n" in said
    assert "each shadow is rounded down to a whole number before the next round" in said


_READINGS = [8, 16, 3, 70, 20, 90, 10, 50, 1, 100, 7, -90, -5, 60, -33, -80, 41, -77, 12, 95]


@pytest.mark.parametrize(
    ("update", "rounded"),
    [
        (lambda s, p, n: ((n - 1) * s + p) // n, "rounded down to a whole number"),
        (lambda s, p, n: -(-((n - 1) * s + p) // n), "rounded up to a whole number"),
        (lambda s, p, n: ((n - 1) * s + p + n // 2) // n, "rounded to the nearest whole number"),
        (lambda s, p, n: math.trunc(Fraction((n - 1) * s + p, n)), "rounded toward zero to a whole number"),
        (lambda s, p, n: s + math.trunc(Fraction(p - s, n)), "each change is rounded toward zero"),
    ],
    ids=["down", "up", "nearest", "toward zero", "change"],
)
@pytest.mark.parametrize("divisor", [4, 8])
def test_short_logs_of_whole_numbers(update: Callable[[int, int, int], int], rounded: str, divisor: int) -> None:
    """Few rounds in the arithmetic of whole numbers suffice for a usual divisor, however C rounds it."""
    level, levels = 0, []
    for value in _READINGS:
        level = update(level, value, divisor)
        levels.append(level)
    said = _agrees(written(_READINGS, levels))
    assert f"schedule: constant decay {1 - 1 / divisor}\n" in said
    assert rounded in said


def test_eleven_rounds_of_whole_numbers_are_not_told_as_a_rounded_average() -> None:
    """A shift by 3 bits fits to the last bit, so a decay of 0.89 is not named."""
    said = _agrees(written(_READINGS[:11], [8, 9, 8, 15, 15, 24, 22, 25, 22, 31, 28]))
    assert "schedule: constant decay 0.875\n" in said
    assert "fit as well" not in said
    narrowed = run(
        "--identify ema --rule fixed", written(_READINGS[:11], [8, 9, 8, 15, 15, 24, 22, 25, 22, 31, 28])
    ).out
    assert "as far as the rounding of the first shadow allows" in narrowed  # whole params are not rounded


def test_whole_numbers_that_say_too_little() -> None:
    """Where several ways to round are possible, only the range of the decay is told."""
    said = run("--identify ema", written(_READINGS[:6], [8, 9, 8, 15, 15, 24])).out
    assert "no average is named, as the log says too little: log more rounds or more digits" in said
    assert "whole numbers leave the decay between 0." in said


def test_the_root_of_a_usual_decay() -> None:
    """A decay for each of four accumulated batches is told as the root of the usual one."""
    said = _agrees(written(VALUES, averaged(VALUES, lambda k: 0.95 ** (1 / 4))))
    assert "schedule: constant decay 0.9872585449 (0.95^(1/4))\n" in said


def test_shadows_that_the_log_rounds_down() -> None:
    """Shadows that are cast to whole numbers for the log keep their decay."""
    readings = [round(100 * value) + 5000 for value in VALUES]
    said = _agrees(written(readings, [int(s) for s in averaged(readings, lambda k: 0.9)]))
    assert "schedule: constant decay 0.9\n" in said
    assert "the log has the shadows rounded down to whole numbers" in said


def test_constants_of_c_in_float64() -> None:
    """A float32 that is updated with the double constants of C is found to the last bit."""
    held, shadow, shadows = dtype("float32").round, 0.0, []
    values = [held(value / 3) for value in VALUES]
    for value in values:
        shadow = held(shadow * 0.99 + value * (1 - 0.99))
        shadows.append(shadow)
    said = _agrees(written(values, shadows, form=".9g"))
    assert "update=two_products_in_double --dtype float32" in said


def test_the_weight_of_a_filter() -> None:
    """A weight that is no 1 minus a float64, such as dt/(RC + dt), is found with all its digits."""
    weight, shadow, shadows = 1 / (44100 / (2 * pi * 150) + 1), VALUES[0], []
    for value in VALUES:
        shadow = shadow + weight * (value - shadow)
        shadows.append(shadow)
    said = _agrees(written(VALUES, shadows))
    assert f"alpha {weight!r}, float64 gives all 300 rounds to the last bit" in said


def test_rows_of_several_updates() -> None:
    """Rows after every fourth update with the same param have the decay of four, and no params in a shorter type."""
    held, shadow, shadows = dtype("float32").round, 0.0, []
    values = [held(value / 9) for value in VALUES]
    for value in values:
        for _ in range(4):
            shadow = held(held(shadow * held(0.999)) + held(value * held(1 - 0.999)))
        shadows.append(shadow)
    said = run("--identify ema -F csv --rule fixed", written(values, shadows, form=".9g")).err
    assert "schedule: constant decay 0.996006" in said
    assert "rounded to float16" not in said


def test_a_named_column_of_times() -> None:
    """--time-column names the column that the decay follows, whatever its name."""
    times = [40 * k + (k % 7) * 5 for k in range(COUNT)]
    gaps = [0, *(b - a for a, b in pairwise(times))]
    rows = zip(times, VALUES, averaged(VALUES, lambda k: exp(-gaps[k] / 300)), strict=True)
    text = "tau,w,ema\n" + "".join(f"{time},{value!r},{shadow!r}\n" for time, value, shadow in rows)
    assert "give --time-column tau --half-life 207.94415" in told(text, "--time-column tau")


@pytest.mark.parametrize("decimals", [2, 5])
def test_shadows_that_are_rounded_by_hand(decimals: int) -> None:
    """If each shadow is rounded before the next round, the decay is found, and --round-each gives the log."""
    shadow, shadows, values = 0.0, [], [round(value, decimals) for value in VALUES[:80]]
    for value in values:
        shadow = round(0.83 * shadow + 0.17 * value, decimals)
        shadows.append(shadow)
    said = _agrees(written(values, shadows, range(80), f".{decimals}f"))
    assert "schedule: constant decay 0.83\n" in said
    assert f"each shadow is rounded to {decimals} decimals before the next round" in said


def test_halves_that_code_rounds_another_way() -> None:
    """Code that rounds halves down sometimes gives other digits, and keeps its decay."""
    shadow, shadows, values = 1.0, [], [round(value, 2) for value in VALUES[:80]]
    for value in values:
        shadow = -round(-(0.9 * shadow + 0.1 * value) * 100 + 1e-9) / 100
        shadows.append(shadow)
    said = _agrees(written(values, shadows, range(80), ".2f"))
    assert "and the rest within 0.01: the code rounds halves differently" in said
    assert "schedule: constant decay 0.9\n" in said


def test_a_counter_of_updates_beside_steps_that_skip() -> None:
    """A warm-up by the count of updates is recognized where the step moves by ten."""
    said = _agrees(written(VALUES[:90], averaged(VALUES[:90], lambda k: (1 + k) / (10 + k), 0.0), range(0, 900, 10)))
    assert "schedule: a warm-up, (1 + n)/(10 + n)" in said
    assert "--rule warmup --decay 0.999 --count-from 0" in said


def test_a_mean_of_the_params_from_a_late_round_on() -> None:
    """Sums divided by their count are a running mean, even if no rule rounds like that."""
    tail = [sum(VALUES[30 : k + 1]) / (k - 29) if k >= 30 else VALUES[k] for k in range(80)]
    said = _agrees(written(VALUES[:80], tail, range(80)))
    assert "the running mean of the params from step 30 on" in said
    assert "DECAY was never reached" not in said


FEW = VALUES[:60]


def _skipping(*gaps: int) -> str:
    """Each update of an average at 0.98 by step, some of which are logged."""
    shadows, rows = averaged(VALUES, lambda k: 0.98), [0]
    while rows[-1] + max(gaps) < COUNT:
        rows.append(rows[-1] + gaps[len(rows) % len(gaps)])
    return written([VALUES[row] for row in rows], [shadows[row] for row in rows], rows)


def _without_a_row() -> tuple[list[float], list[float]]:
    shadows = averaged(FEW, lambda k: 0.95, 0.0)
    return [*FEW[:30], *FEW[31:]], [*shadows[:30], *shadows[31:]]


def _lacking_a_row() -> str:
    return written(*_without_a_row(), [*range(30), *range(31, 60)])


def _summed_by_time() -> str:
    times = [row * row // 3 for row in range(60)]
    total = weights = 0.0
    rows = []
    for row, value in enumerate(FEW):
        left = 0.5 ** ((times[row] - times[row - 1]) / 15) if row else 0.0
        total, weights = left * total + value, left * weights + 1
        rows.append(f"{times[row]},{value!r},{total / weights!r}\n")
    return "time,w,ema\n" + "".join(rows)


def _second_order() -> str:
    shadows = [0.0, 0.0]
    for value in FEW:
        shadows.append(0.5 * shadows[-1] + 0.3 * shadows[-2] + 0.4 * value)
    return written(FEW, shadows[2:])


def _short_state() -> str:
    state, shadows, values = 0.0, [], [value / 3 for value in FEW]
    for row, value in enumerate(values, 1):
        state = float(dtype("float32").round(state * 0.9 + value * 0.1))
        shadows.append(state / (1 - 0.9**row))
    return written(values, shadows)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (_lacking_a_row(), "first in round 31 (step 31): updates are missing from the log there"),
        (written(*_without_a_row()), "constant decay 0.95 in 57 of 58 rounds, but not in round 31: a row is missing"),
        (
            _skipping(1, 4, 1, 1, 3),
            "constant decay 0.98 in the 89 rounds where the step moves by 1; it moves by more in 59",
        ),
        (_skipping(1, 4, 5, 5, 7, 9, 8, 7, 9, 6), "the step moves by 1 to 9 from row to row: if the average"),
        (_skipping(2, 5, 9), "the step moves by 2 to 9 from row to row"),
        (_summed_by_time(), "give --rule pandas-times --time-column time --half-life 15"),
        (_second_order(), "second order: each shadow is 0.5 of the last one, 0.3 of the one before it and 0.4 of the"),
        (
            written(FEW, averaged(FEW, lambda k: min(0.98, 0.9 + 0.002 * k)), range(60)),
            "rises linearly from 0.9 to 0.98 in",
        ),
        (written(FEW, averaged(FEW, lambda k: k / (k + 1))), "the running mean of all params so far"),
        (written(FEW, [0.25] * 60), "the shadow never moves"),
        (written([0.5] * 60, averaged([0.5] * 60, lambda k: 0.9)), "the shadow is the param in every round"),
        (written(FEW, params(60, 9)), "the shadow is not between the previous one and the param"),
        (
            written(FEW, averaged(FEW, lambda k: 0.3 + 0.6 * (k / 60) ** 3, 0.0)),
            "fit no curve that was tried",
        ),
        (written(FEW[:6], averaged(FEW[:6], lambda k: 0.9), [0, 1, 5, 9, 12, 20], ".1f"), "Few rounds constrain"),
        (written([x * 1e-300 for x in FEW], [x * 1e-300 for x in params(60, 9)]), "the shadow is not between"),
        (written(FEW[:4], ["", *map(repr, averaged(FEW[1:3], lambda k: 0.9)), ""]) + "1,1\n", "Few rounds"),
    ],
)
def test_what_a_short_log_looks_like(text: str, words: str) -> None:
    """Missing rows, other weights and schedules are recognized if the tried rule does not give them."""
    assert words in told(text, "--rule fixed")


def test_a_state_of_a_shorter_type() -> None:
    """A debiased average with a float32 state, divided in float64, is named with its distance."""
    assert (
        "computes part of it in a shorter type" in run("--identify ema --rule optax --rule haiku", _short_state()).out
    )
