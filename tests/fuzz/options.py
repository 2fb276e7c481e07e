"""Every parser of the command line: options, the parameters of rules, what checks a log."""

from __future__ import annotations

from fractions import Fraction
from math import frexp
from typing import TYPE_CHECKING

from ema_cli.core.average import Average
from ema_cli.core.catalogue import rule as find_rule
from ema_cli.core.catalogue import rules
from ema_cli.core.dtypes import DTYPES
from ema_cli.formats.registry import FORMATS
from ema_cli.report.column_specs import COLUMNS
from tests.fuzz.asked import agree, asked, double, records
from tests.fuzz.oracle import TYPES, call, to
from tests.harness import run

if TYPE_CHECKING:
    from tests.fuzz.feed import Feed

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


def _valued(feed: Feed) -> dict[str, str]:
    """For each option that takes a value, some value that it may take."""
    small = str(feed.below(30))
    return {
        "--decay": feed.number(),
        "--half-life": feed.number(),
        "--span": feed.number(),
        "--com": feed.number(),
        "--alpha": feed.number(),
        "--initial": feed.pick(["first", feed.number(), f"{feed.number()},{feed.number()}"]),
        "--rule": feed.pick(RULES) + feed.pick(["", parameters(feed, feed.pick(RULES))]),
        "--dtype": feed.pick(list(DTYPES)),
        "--count-from": feed.step(),
        "--step": feed.step(),
        "--param": f"{feed.number()},{feed.number()}",
        "--runs": small,
        "--name": f"{feed.text()},{feed.text()}",
        "--header": feed.pick(["auto", "yes", "no"]),
        "--step-column": feed.pick(["step", "w", "1", feed.text()]),
        "--param-column": feed.pick(["w", "b", "2", feed.text()]),
        "--missing": feed.pick(["error", "skip", "hold", "rule"]),
        "-F": feed.pick(list(FORMATS)),
        "-c": feed.pick(["", "+"]) + ",".join(feed.many(lambda: feed.pick(list(COLUMNS)), 1, 4)),
        "--digits": small,
        "--decimals": small,
        "--every": small,
        "--title": feed.text(),
        "--width": small + feed.pick(["", "0"]),
        "--color": feed.pick(["auto", "always", "never"]),
        "--blank": feed.pick(["shadow", "decay:2", "shadow:1..3", "step", "w.shadow:2,3", feed.text()]),
        "--round-each": small,
        "--check": feed.pick(["shadow", "w=shadow", feed.text()]),
        "--tolerance": feed.pick(["abs:", "rel:", "ulp:", ""]) + feed.number(),
        "--about-rule": feed.pick([*RULES, feed.text()]),
        "--completion": feed.pick(["bash", "zsh", "fish"]),
    }


def options(feed: Feed) -> None:
    """Whatever stands on a command line, it is done or refused in one message."""
    arguments = ["--decay", feed.pick(["0.9", "0", "1"])] if feed.often() else []
    for _ in range(feed.below(6)):
        if feed.seldom():
            arguments.append(feed.pick([*FLAGS, feed.pick(["--", "-", ""]) + feed.text()]))
            continue
        valued = _valued(feed)
        name = feed.pick(list(valued))
        value = feed.odd() if feed.seldom() else valued[name]
        if feed.seldom():  # nearly a list, or nearly a name
            value += feed.pick(SEPARATORS) + feed.pick([feed.text(), *valued.values()])
        arguments += [f"{name}={value}"] if name.startswith("--") and feed.seldom() else [name, value]
    if "--help" in arguments or any(len(text.partition("x")[2]) > 3 or ".." in text for text in arguments):
        return  # a script as long as one likes is no fault
    call([*arguments, "-"], SCRIPT)


def averages(feed: Feed) -> None:
    """However a decay is stated, --count-from, --initial and the roundings of the output do what they say."""
    average = asked(feed)._replace(missing="error", dtype=feed.pick(["float64", "float32", "float16", "bfloat16"]))
    values = [feed.number() for _ in range(1 + feed.below(12))]
    start = int(float(feed.pick(["0", "5", "16777216", "9007199254740990"])))
    kind, stated, decay = feed.pick(STATED)
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


def parameters(feed: Feed, name: str) -> str:
    """Parameters of a rule, mostly of those that it has."""
    entry = find_rule(name)
    keys = [*(parameter.name for parameter in entry.parameters), *entry.constants, "decay"]
    values = ["true", "false", "none", "0", "1", "2", "0.5", "1e-9", "1e300", "999", "-1", "3.7", "bfloat16", "float32"]

    def one() -> str:
        key = feed.pick(keys) if not feed.seldom() else feed.text()
        return f"{key}={feed.pick(values) if feed.often() else feed.pick([feed.number(), feed.odd()])}"

    return ":" + ",".join(feed.many(one, 1, 3))


def rule_parameters(feed: Feed) -> None:
    """Any parameters of any rule are taken or refused; and a batch gives what the updates give one by one."""
    name = feed.pick(RULES)
    rule = name + (parameters(feed, name) if feed.often() else "")
    dtype, digits = feed.pick([None, *DTYPES]), feed.pick([None, "0", "3"])
    values = [feed.number() for _ in range(1 + feed.below(8))]
    decay = feed.pick([None, "0.9", "0", "1", "0.999"])
    fractional = feed.often()
    steps = [str(feed.below(40)) for _ in values] if fractional or feed.often() else None
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
        if average.dtype.digits is None:
            assert str(alone.shadow) == row["shadow"]
            continue
        held = float(row["shadow"])
        assert repr(alone.shadow) == repr(average.dtype.round(held)) or alone.shadow == held == 0
        if row["decay"]:
            assert (
                row["decay"] == repr(alone.decay)
                or alone.decay == float(row["decay"])
                or average.decay_dtype.round(float(row["decay"])) == alone.decay
            )


def checks(feed: Feed) -> None:
    """A shadow that was logged to some digits is agreed with, and another is not."""
    average = asked(feed)._replace(missing="error", dtype="float64", initial="0")
    values = [str(feed.below(100) / 8) for _ in range(1 + feed.below(6))]
    shadow, logged, wrong = 0.0, [], feed.below(len(values) * 2)
    digits = 2 + feed.below(15)
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
            feed.pick(["csv", "jsonl", "table"]),
        ],
        data,
    )
    assert outcome.code == (3 if wrong < len(values) else 0), data


def tolerances(feed: Feed) -> None:
    """A logged shadow agrees within a tolerance exactly if its distance, in fractions, is no more."""
    kind, dtype = feed.pick(["abs", "rel", "ulp"]), feed.pick(["float64", "float32", "float16", "bfloat16"])
    bits, least, _ = TYPES[dtype]
    values = [f"{feed.below(4000) / 8 - 250:g}" for _ in range(1 + feed.below(6))]
    line = ["-q", "-F", "csv", "--decay", "0.9", "--rule", "fixed", "--dtype", dtype]
    shadows = [row["shadow"] for row in records(call([*line, "--", *(f":{value}" for value in values)]).out)]
    amount = feed.pick(["0", "0.5", "1", "2", "1e-3", "0.25", "64"])
    logged, agree = [], True
    for text in shadows:
        shadow = Fraction(to(dtype, float(text)))
        unit = Fraction(2) ** (max(exponent(shadow), least) - bits + 1)
        log = to(
            dtype, float(shadow + unit * (feed.below(7) - 3 if feed.often() else feed.below(200)) / feed.pick([1, 2]))
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
    """The exponent of the power of two that is the greatest up to |x|."""
    return frexp(float(abs(x)))[1] - 1 if x else -(10**4)


TARGETS = (options, averages, rule_parameters, checks, tolerances)
