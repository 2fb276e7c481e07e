"""Invariants of averages for any input, for every rule of the catalogue that promises them."""

from __future__ import annotations

from fractions import Fraction
from math import nan
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ema_cli import Average, rules
from ema_cli.core.catalogue import rule as find_rule
from tests.core.test_rules import TRANSCENDENTAL
from tests.examples import examples
from tests.fuzz.oracle import call
from tests.harness import run

if TYPE_CHECKING:
    from pathlib import Path

    from ema_cli.core.rounds import Rounds

NAMES = list(rules())
NONLINEAR = {"arch", "keras-adam-sq", "linux-srtt", "mlflow", "torch-adam-sq", "vividcortex"}
"""Rules that square, start again at 0, or limit the shown value."""


def hides(name: str) -> bool:
    """True if a rule shows no value in some rounds."""
    entry = find_rule(name)
    readout = Average(0.9 if entry.needs_decay else None, rule=name).readout
    return entry.shown_from != 0 or (readout is not None and readout.shown_if is not None)


RATIONAL = [name for name in NAMES if name not in {*TRANSCENDENTAL, *NONLINEAR} and not hides(name)]
FIXED_POINT = {"linux-loadavg", "linux-srtt"}  # which has no NaN
GRADIENT = "keras-overwrite"  # whose param is a step away from the variable, not its value
LARGEST = 2**63 - 1
EVERY = "decay,weight,shadow,change,gap,biased,debiased,initial-weight,action,stalled"

numbers = st.floats(-1e6, 1e6).map(repr)
scripts = st.lists(numbers, min_size=1, max_size=12)
short = st.lists(st.floats(-1e4, 1e4).map(repr), min_size=1, max_size=12)  # float16 holds them
fractions = st.lists(st.fractions(-100, 100, max_denominator=1000), min_size=1, max_size=8)


def needs_step(name: str) -> bool:
    """True if a rule's counter belongs to the caller."""
    counter = Average(**_decay(name), rule=name).counter
    return counter is not None and (counter.first is None or counter.fractional)


def _decay(name: str) -> dict[str, str]:
    stated = find_rule(name).decay
    return {} if stated is None or stated.optional else {"decay": "0.9"}


def line(name: str, *options: str) -> list[str]:
    """The options for a rule."""
    return [*(part for value in _decay(name).values() for part in ("--decay", value)), "--rule", name, *options]


def csv(name: str, *options: str) -> list[str]:
    """The options for a rule in CSV."""
    return line(name, "-q", "-F", "csv", *options)


# However a script comes.


@pytest.mark.parametrize("name", NAMES)
@examples(2)
@given(values=scripts, cut=st.integers(0, 12))
def test_script_may_be_split_anywhere(name: str, values: list[str], cut: int) -> None:
    """Operands, a pipe, and operands before and after a pipe give the same bytes."""
    steps = [str(number) if needs_step(name) else "" for number in range(len(values))]
    pieces = [f"{step}:{value}" for step, value in zip(steps, values, strict=True)]
    rows = [f"{step},{value}" if step else value for step, value in zip(steps, values, strict=True)]
    whole = run([*csv(name), "--", *pieces])
    assert 0 == whole.code
    assert whole == run([*csv(name), "--header", "no"], "".join(f"{row}\n" for row in rows))
    piped = "".join(f"{row}\n" for row in rows[cut : cut + 3])
    assert (
        whole == run([*csv(name), "--header", "no", "--", *pieces[:cut], "-", *pieces[cut + 3 :]], piped) or not piped
    )


@pytest.mark.parametrize("name", NAMES)
@examples(5)
@given(
    values=st.lists(st.none() | st.just(nan) | st.floats(-1e6, 1e6), min_size=1, max_size=14), cut=st.integers(0, 14)
)
@example(values=[None, 1.0], cut=1)
@example(values=[nan, 1.0, 2.0], cut=2)
@example(values=[5.0, *map(float, range(13))], cut=9)
def test_rounds_without_a_param_are_numbered_as_well(name: str, values: list[float | None], cut: int) -> None:
    """In any batches, rounds have the same numbers and values, those without a param included."""
    if name in FIXED_POINT:
        values = [None if value != value else value for value in values]
    counts = list(range(1, len(values) + 1)) if needs_step(name) else None
    whole, parts = (Average(**_decay(name), rule=name) for _ in range(2))
    batches = parts.advance(values[:cut], counts and counts[:cut]), parts.advance(values[cut:], counts and counts[cut:])
    rounds = [one for batch in batches for one in batch]
    if not find_rule(name).looks_ahead:
        once = whole.advance(values, counts)
        assert [*map(repr, once)] == [*map(repr, rounds)]
        assert _changes(once) == [change for batch in batches for change in _changes(batch)]
        assert repr(whole.shadow) == repr(parts.shadow)
    assert list(range(1, len(values) + 1)) == [one.round for one in rounds]
    assert len(values) == parts.rounds


def _changes(rounds: Rounds) -> list[str]:
    """The shadow before and after each round that shows one, and whether the round stalled."""
    each = zip(map(rounds.start_of, range(len(rounds))), rounds.shadows, rounds.stalled(), strict=True)
    return [repr(one) for one in each if one[1] is not None]


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in NAMES if not find_rule(name).looks_ahead])
@examples(3)
@given(
    rows=st.lists(st.tuples(st.none() | numbers, st.none() | numbers).filter(any), min_size=1, max_size=5),
    shape=st.sampled_from(["csv", "json", "table", "html"]),
    explain=st.booleans(),
)
@example(rows=[(None, "1.0"), (None, "2.0"), ("3.0", "4.0")], shape="table", explain=True)
@example(rows=[(None, "1.0"), ("2.0", "3.0")], shape="json", explain=False)
@example(rows=[(None, "4.25e-183")], shape="html", explain=True)
def test_script_with_gaps_may_arrive_in_parts(
    name: str,
    rows: list[tuple[str | None, str | None]],
    shape: str,
    explain: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A row depends on itself and earlier rows only, whether they are read at once or one by one."""
    folder, lines = tmp_path_factory.mktemp("parts"), []
    counter = Average(**_decay(name), rule=name).counter
    begin = max(4, (counter and counter.first) or 0)
    for number, (a, b) in enumerate(rows):
        lines.append(f"{begin + number},{a or ''},{b or ''}\n")
        (folder / f"{number}.csv").write_text(f"step,a,b\n{lines[-1]}")
    (folder / "whole.csv").write_text("".join(["step,a,b\n", *lines]))
    asked = [*line(name, "-q", "-F", shape, "--missing", "skip", "-c")]
    asked.append(EVERY if name in TRANSCENDENTAL else f"{EVERY},exact,error-ulps")
    asked += ["--explain"] * explain + ["--initial", "first"] * (find_rule(name).start == "initial")
    whole = run([*asked, str(folder / "whole.csv")])
    assert 0 == whole.code
    assert whole == run([*asked, *(str(folder / f"{number}.csv") for number in range(len(rows)))])


def test_script_may_be_split_over_files(tmp_path: Path) -> None:
    """A script may be split over files of different kinds."""
    (tmp_path / "a.csv").write_text("step,param\n0,1\n1,2\n")
    (tmp_path / "b.jsonl").write_text('{"step": 2, "param": 3}\n{"step": 3, "param": 4}\n')
    (tmp_path / "c.json").write_text('[{"step": 4, "param": 5}]')
    (tmp_path / "d.tsv").write_text("step\tparam\n5\t6\n")
    files = [str(tmp_path / name) for name in ("a.csv", "b.jsonl", "c.json", "d.tsv")]
    for name in "warmup", "torch", "optax", "tensorboard":
        assert run([*csv(name), *files]) == run([*csv(name), "0:1", "1:2", "2:3", "3:4", "4:5", "5:6"])


@pytest.mark.parametrize("name", NAMES)
def test_order_of_params_makes_no_difference(name: str) -> None:
    """Each param has its own shadow, wherever it stands."""
    step = "{}" if needs_step(name) else ""
    one = run([*csv(name), *(f"{step.format(n)}:{n * n},-{n}.5" for n in range(1, 6))]).rows
    other = run([*csv(name), *(f"{step.format(n)}:-{n}.5,{n * n}" for n in range(1, 6))]).rows
    assert [(row["param1.shadow"], row["param2.shadow"], row["decay"]) for row in one] == [
        (row["param2.shadow"], row["param1.shadow"], row["decay"]) for row in other
    ]


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
@examples(8)
@given(values=short, cut=st.integers(0, 12), first=st.sampled_from([0, 100, 2**24, 2**53, LARGEST - 20]))
@pytest.mark.parametrize("name", ["warmup", "fixed", "tensorflow"])
def test_average_goes_on_from_a_printed_shadow(name: str, dtype: str, values: list[str], cut: int, first: int) -> None:
    """A printed shadow is the whole state: the rest of a script continues from it with the same result."""
    pieces = [f"{first + number}:{value}" for number, value in enumerate(values)]
    whole = run([*csv(name), "--dtype", dtype, "--", *pieces]).rows
    cut = min(cut, len(values) - 1)
    shadow = whole[cut - 1]["shadow"] if cut else "0"
    rest = run([*csv(name), "--dtype", dtype, f"--initial={shadow}", "--", *pieces[cut:]]).rows
    assert whole[cut:] == rest


# Exact arithmetic.


def exactly(name: str, values: list[Fraction], initial: Fraction) -> list[Fraction]:
    """The shadows of a rule in fractions."""
    start = initial if find_rule(name).start == "initial" else None
    average = Average(**_decay(name), rule=name, dtype="exact", initial=start)
    return list(average.advance(values, range(1, len(values) + 1) if needs_step(name) else None).shadows)


@pytest.mark.parametrize("name", RATIONAL)
@examples(4)
@given(values=fractions, factor=st.fractions(-9, 9, max_denominator=99), shift=st.fractions(-9, 9, max_denominator=99))
def test_average_is_linear(name: str, values: list[Fraction], factor: Fraction, shift: Fraction) -> None:
    """Scaled params have a scaled average, and the average of a sum is the sum of the averages."""
    other = [value * value for value in values]
    one, two = exactly(name, values, shift), exactly(name, other, factor)
    scaled = exactly(name, [factor * value for value in values], factor * shift)
    assert [factor * shadow for shadow in one] == scaled
    both = exactly(name, [a + b for a, b in zip(values, other, strict=True)], shift + factor)
    assert [a + b for a, b in zip(one, two, strict=True)] == both


# tensorflow-debias divides by what a constant decay would have left, which a warm-up's decays do not.
NOT_CONVEX = {
    GRADIENT,
    "tensorflow-debias",
    "muon",
    "paddle",
    "paddledetection",
    "progressbar2-double",
    "vividcortex-variable",
}
CONVEX = [name for name in RATIONAL if name not in NOT_CONVEX]


@pytest.mark.parametrize("name", CONVEX)
@examples(4)
@given(values=fractions, initial=st.fractions(-100, 100, max_denominator=1000))
def test_average_stays_within_its_values(name: str, values: list[Fraction], initial: Fraction) -> None:
    """The shadow lies between the least and the greatest value so far; of a constant it is that constant."""
    entry = find_rule(name)
    start = {"initial": [initial], "zero": [] if entry.debias is not None else [Fraction(0)]}.get(entry.start, [])
    for place, shadow in enumerate(exactly(name, values, initial)):
        seen = [*start, *values[: place + 1]]
        assert min(seen) <= shadow <= max(seen)
    if set(start) <= {initial}:
        assert {initial} == set(exactly(name, [initial] * len(values), initial))


# The ends of the range.

STEPS = [1, 2**24 - 1, 2**24 + 1, 2**53 - 1, 2**53 + 1, LARGEST]


@pytest.mark.parametrize("dtype", ["float64", "float16", "exact"])
@pytest.mark.parametrize("name", NAMES)
def test_steps_of_any_size(name: str, dtype: str) -> None:
    """Every rule computes at the limits of a counter, or says why not; its shadow stays in its range."""
    outcome = call([*csv(name, "--dtype", dtype), "-c", "shadow", *(f"{step}:{step % 3}" for step in STEPS)])
    grows = name == "swag" and dtype == "float16"  # its mean times the counter is past float16
    if outcome.code == 0 and (name in CONVEX or name in TRANSCENDENTAL) and not grows:
        assert all(-0.01 <= Fraction(row["shadow"]) <= 2.01 for row in outcome.rows)


@pytest.mark.parametrize(
    "line",
    [
        f"--rule torch {LARGEST}:1 :1",
        f"--rule edm2 {LARGEST - 1}:1 :1x2",
        f"--decay 0.9 --count-from {LARGEST} :1x2",
        f"--decay 0.9 --count-from {LARGEST} :1 0:1 :1",
    ],
)
def test_counter_that_has_come_to_its_end(line: str) -> None:
    """A counter does not go past the largest step, in a batch or after given steps."""
    message = "the counter has gone past the largest step, 2^63 - 1 = 9223372036854775807"
    assert (2, "", f"ema-calc: error: {message}\n") == run(f"{line} -q -F csv -o /dev/null")
    stdin = "".join(f"{step},{value}\n" for step, value in [(LARGEST, 1), (5, 2)])
    assert 0 == run("--rule torch -q -F csv --header no", stdin).code


@pytest.mark.parametrize("decay", ["0", "5e-324", "2.220446049250313e-16", "0.9999999999999999", "1"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16", "exact"])
@pytest.mark.parametrize("rule", ["fixed", "tensorflow", "torch:n_averaged=1", "timm"])
def test_decays_at_the_ends(rule: str, dtype: str, decay: str) -> None:
    """At 0 the shadow is the param and at 1 it never moves, to the last bit; near them, it is close to that."""
    line = ["--decay", decay, "--rule", rule, "--dtype", dtype, "-F", "csv", "-c", "shadow", "-q"]
    shadows = [float(Fraction(text)) for text in call([*line, ":8", ":2", ":4"]).column("shadow")]
    if decay == "0":
        assert [8, 2, 4] == shadows
    elif decay == "1":
        assert [0, 0, 0] == shadows
    else:
        assert shadows == pytest.approx([8, 2, 4] if float(decay) < 0.5 else [0, 0, 0], abs=1e-14)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_signed_zeros_and_subnormals(dtype: str) -> None:
    """A zero keeps its sign, and a subnormal value keeps the digits that the type has."""
    least = {"float64": "5e-324", "float32": "1e-45", "float16": "6e-08", "bfloat16": "9e-41"}[dtype]
    line = f"--decay 0 --rule fixed --dtype {dtype} -F csv -c shadow -q --initial=-0 -- :-0 :{least} :-{least}"
    assert ["-0.0", least, f"-{least}"] == run(line).column("shadow")


def test_overflow_is_an_infinity_and_never_more() -> None:
    """Past the range of float16 a shadow is infinite; it stays so or becomes NaN."""
    shadows = run("--decay 0.5 --rule fixed --dtype float16 -F csv -q :1e6 :1 :-1e6").column("shadow")
    assert ["inf", "inf", "nan"] == shadows
