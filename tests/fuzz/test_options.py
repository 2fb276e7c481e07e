"""Every parser of the command line: options, parameters of rules, and the options of a check."""

from __future__ import annotations

from fractions import Fraction
from math import frexp
from typing import TYPE_CHECKING

from ema_cli.core.average import Average
from ema_cli.core.catalogue import rule as find_rule
from ema_cli.core.catalogue import rules
from ema_cli.core.numbers.dtypes import DTYPES
from ema_cli.formats.registry import FORMATS
from ema_cli.report.column_specs import COLUMNS
from tests.fuzz.calls import agree, double, drawn_call, records
from tests.fuzz.draws import generated
from tests.fuzz.oracle import TYPES, call, to
from tests.harness import run

if TYPE_CHECKING:
    from tests.fuzz.draws import Draws

SCRIPT = b"step,w,b,shadow\n0,1,2,0.9\n100,10,NA,1.6\n101,-1,3,1.5\n"
RULES = list(rules())
STATED = (
    ("decay", "0.9", 0.9),
    ("span", "19", 1 - 2 / (19 + 1)),
    ("span", "1", 0.0),
    ("com", "9", 1 - 1 / (1 + 9)),
    ("com", "0", 0.0),
    ("half-life", "1", 0.5),
    ("half-life", "7.5", 0.5 ** (1 / 7.5)),
)
SEPARATORS = (",", ";", "|", "+", " ", ":", "=", "/", "(", ")", "%", "*")
FLAGS = ("--keep", "--summary", "--explain", "--answers", "--plot", "-q", "--list-rules", "--standalone")


def _valued(draws: Draws) -> dict[str, str]:
    """For each option with a value, some value that may be valid."""
    small = str(draws.below(30))
    return {
        "--decay": draws.number(),
        "--half-life": draws.number(),
        "--span": draws.number(),
        "--com": draws.number(),
        "--alpha": draws.number(),
        "--initial": draws.pick(["first", draws.number(), f"{draws.number()},{draws.number()}"]),
        "--rule": draws.pick(RULES) + draws.pick(["", parameters(draws, draws.pick(RULES))]),
        "--dtype": draws.pick(list(DTYPES)),
        "--count-from": draws.step(),
        "--step": draws.step(),
        "--param": f"{draws.number()},{draws.number()}",
        "--runs": small,
        "--name": f"{draws.text()},{draws.text()}",
        "--header": draws.pick(["auto", "yes", "no"]),
        "--step-column": draws.pick(["step", "w", "1", draws.text()]),
        "--param-column": draws.pick(["w", "b", "2", draws.text()]),
        "--missing": draws.pick(["error", "skip", "hold", "rule"]),
        "-F": draws.pick(list(FORMATS)),
        "-c": draws.pick(["", "+"]) + ",".join(draws.many(lambda: draws.pick(list(COLUMNS)), 1, 4)),
        "--digits": small,
        "--decimals": small,
        "--every": small,
        "--title": draws.text(),
        "--width": small + draws.pick(["", "0"]),
        "--color": draws.pick(["auto", "always", "never"]),
        "--blank": draws.pick(["shadow", "decay:2", "shadow:1..3", "step", "w.shadow:2,3", draws.text()]),
        "--round-each": small,
        "--check": draws.pick(["shadow", "w=shadow", draws.text()]),
        "--tolerance": draws.pick(["abs:", "rel:", "ulp:", ""]) + draws.number(),
        "--about-rule": draws.pick([*RULES, draws.text()]),
        "--completion": draws.pick(["bash", "zsh", "fish"]),
    }


@generated(35)
def test_options(draws: Draws) -> None:
    """Any command line succeeds or is refused in one message."""
    arguments = ["--decay", draws.pick(["0.9", "0", "1"])] if draws.often() else []
    for _ in range(draws.below(6)):
        if draws.seldom():
            arguments.append(draws.pick([*FLAGS, draws.pick(["--", "-", ""]) + draws.text()]))
            continue
        valued = _valued(draws)
        name = draws.pick(list(valued))
        value = draws.odd() if draws.seldom() else valued[name]
        if draws.seldom():  # almost a list, or almost a name
            value += draws.pick(SEPARATORS) + draws.pick([draws.text(), *valued.values()])
        arguments += [f"{name}={value}"] if name.startswith("--") and draws.seldom() else [name, value]
    if "--help" in arguments or any(len(text.partition("x")[2]) > 3 or ".." in text for text in arguments):
        return  # a script of any length is valid
    call([*arguments, "-"], SCRIPT)


@generated(35)
def test_averages(draws: Draws) -> None:
    """The ways to state a decay, --count-from, --initial and the roundings of the output do what they say."""
    average = drawn_call(draws)._replace(
        missing="error", dtype=draws.pick(["float64", "float32", "float16", "bfloat16"])
    )
    values = [draws.number() for _ in range(1 + draws.below(12))]
    start = int(float(draws.pick(["0", "5", "16777216", "9007199254740990"])))
    kind, stated, decay = draws.pick(STATED)
    outcome = call(
        [
            "-F",
            "csv",
            f"--{kind}",
            stated,
            "--rule",
            average.rule,
            "--dtype",
            average.dtype,
            "--initial",
            average.initial,
        ]
        + (["--count-from", str(start)] if average.rule == "warmup" else [])
        + ["--", *(f":{value}" for value in values)]
    )
    assert outcome.code == 0, outcome
    printed = records(outcome.out)
    steps = [start + place if average.rule == "warmup" else None for place in range(len(values))]
    agree(
        average._replace(decay=repr(decay)),
        list(zip(steps, map(float, values), strict=True)),
        [(row["decay"], row["shadow"]) for row in printed],
    )


def parameters(draws: Draws, name: str) -> str:
    """Parameters of a rule, most of them known to it."""
    entry = find_rule(name)
    keys = [*(parameter.name for parameter in entry.parameters), *entry.constants, "decay"]
    values = ["true", "false", "none", "0", "1", "2", "0.5", "1e-9", "1e300", "999", "-1", "3.7", "bfloat16", "float32"]

    def one() -> str:
        key = draws.pick(keys) if not draws.seldom() else draws.text()
        return f"{key}={draws.pick(values) if draws.often() else draws.pick([draws.number(), draws.odd()])}"

    return ":" + ",".join(draws.many(one, 1, 3))


@generated(35)
def test_rule_parameters(draws: Draws) -> None:
    """Any parameters of any rule are accepted or refused, and a batch gives the same as its updates one by one."""
    name = draws.pick(RULES)
    rule = name + (parameters(draws, name) if draws.often() else "")
    dtype, digits = draws.pick([None, *DTYPES]), draws.pick([None, "0", "3"])
    values = [draws.number() for _ in range(1 + draws.below(8))]
    decay = draws.pick([None, "0.9", "0", "1", "0.999"])
    fractional = draws.often()
    steps = [str(draws.below(40)) for _ in values] if fractional or draws.often() else None
    line = ["--rule", rule, "-F", "csv", "-c", "action,decay,shadow"]
    line += [] if decay is None else ["--decay", decay]
    line += [] if dtype is None else ["--dtype", dtype]
    line += [] if digits is None else ["--round-each", digits]
    outcome = call([*line, "--", *(f"{steps[n] if steps else ''}:{value}" for n, value in enumerate(values))])
    if outcome.code:
        return
    rows = records(outcome.out)
    assert len(values) == len(rows)
    average = Average(decay, rule=rule, dtype=dtype, round_each=None if digits is None else int(digits))
    if name == "tensorboard":
        return  # which looks ahead
    counts = (
        [None] * len(values)
        if steps is None
        else [
            float(step) if average.counter is not None and average.counter.fractional else int(step) for step in steps
        ]
    )
    for row, value, step in zip(rows, values, counts, strict=True):
        alone = average.update(value, step)
        assert alone.action == row["action"]
        if alone.shadow is None or average.dtype.digits is None:
            assert ("" if alone.shadow is None else str(alone.shadow)) == row["shadow"]
            continue
        held = float(row["shadow"])
        assert repr(alone.shadow) == repr(average.dtype.round(held)) or alone.shadow == held == 0
        if row["decay"]:
            assert (
                row["decay"] == repr(alone.decay)
                or alone.decay == float(row["decay"])
                or average.decay_dtype.round(float(row["decay"])) == alone.decay
            )


@generated(35)
def test_checks(draws: Draws) -> None:
    """A shadow that was logged to some digits agrees, and another does not."""
    average = drawn_call(draws)._replace(missing="error", dtype="float64", initial="0")
    values = [str(draws.below(100) / 8) for _ in range(1 + draws.below(6))]
    shadow, logged, wrong = 0.0, [], draws.below(len(values) * 2)
    digits = 2 + draws.below(15)
    decay = double(average.decay)
    for place, value in enumerate(values):
        d = min(decay, (1 + place) / (10 + place)) if average.rule == "warmup" else decay
        shadow = shadow * d + float(value) * (1 - d)
        text = f"{shadow:.{digits}g}"
        if place == wrong:
            text = f"{shadow * 1.5 + 1:.{digits}g}"
        logged.append(text)
    data = "step,param,mine\n" + "".join(
        f"{n},{value},{text}\n" for n, (value, text) in enumerate(zip(values, logged, strict=True))
    )
    outcome = run(
        [
            "--decay",
            average.decay,
            "--rule",
            average.rule,
            "--check",
            "mine",
            "-F",
            draws.pick(["csv", "jsonl", "table"]),
        ],
        data,
    )
    assert outcome.code == (3 if wrong < len(values) else 0), data


@generated(35)
def test_tolerances(draws: Draws) -> None:
    """A logged shadow agrees within a tolerance exactly if its distance, in fractions, is not larger."""
    kind, dtype = draws.pick(["abs", "rel", "ulp"]), draws.pick(["float64", "float32", "float16", "bfloat16"])
    bits, least, _ = TYPES[dtype]
    values = [f"{draws.below(4000) / 8 - 250:g}" for _ in range(1 + draws.below(6))]
    line = ["-q", "-F", "csv", "--decay", "0.9", "--rule", "fixed", "--dtype", dtype]
    shadows = [row["shadow"] for row in records(call([*line, "--", *(f":{value}" for value in values)]).out)]
    amount = draws.pick(["0", "0.5", "1", "2", "1e-3", "0.25", "64"])
    logged, agree = [], True
    for text in shadows:
        shadow = Fraction(to(dtype, float(text)))
        unit = Fraction(2) ** (max(exponent(shadow), least) - bits + 1)
        log = to(
            dtype,
            float(shadow + unit * (draws.below(7) - 3 if draws.often() else draws.below(200)) / draws.pick([1, 2])),
        )
        distance = abs(shadow - Fraction(log))
        allowed = {"abs": Fraction(1), "rel": abs(Fraction(log)), "ulp": unit}[kind] * Fraction(amount)
        if kind == "rel" and abs(distance - allowed) <= allowed / 2**40:
            return  # as close as the product of two floats comes
        agree = agree and distance <= allowed
        logged.append(repr(log))
    data = "param,mine\n" + "".join(f"{value},{log}\n" for value, log in zip(values, logged, strict=True))
    outcome = call([*line, "--check", "mine", "--tolerance", f"{kind}:{amount}"], data.encode())
    assert outcome.code == (0 if agree else 3), (data, kind, amount, dtype)


def exponent(x: Fraction) -> int:
    """The exponent of the greatest power of two up to |x|."""
    return frexp(float(abs(x)))[1] - 1 if x else -(10**4)
