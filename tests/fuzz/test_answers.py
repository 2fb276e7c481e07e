"""Answers that are lists: the averages behind a log, and the completions for a shell."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from ema_cli.core.catalogue import rule as find_rule
from ema_cli.core.catalogue import rules
from ema_cli.core.numbers.dtypes import DTYPES
from ema_cli.formats.registry import FORMATS
from ema_cli.report.column_specs import COLUMNS
from tests.fuzz.calls import records
from tests.fuzz.draws import generated
from tests.fuzz.oracle import NUMBER, call
from tests.harness import run

if TYPE_CHECKING:
    from tests.fuzz.draws import Draws

KNOWN = {
    "--rule": set(rules()),
    "--about-rule": set(rules()),
    "--dtype": set(DTYPES),
    "-F": set(FORMATS),
    "--format": set(FORMATS),
    "-c": set(COLUMNS),
    "--columns": set(COLUMNS),
    "--missing": {"error", "skip", "hold", "rule"},
}
"""The completions of each option."""


SHIFTED = re.compile(r"step[+-]\d+")
"""Logged steps, and a number to add to them."""


@pytest.mark.long
@generated(2)
def test_identified(draws: Draws) -> None:
    """A candidate that agrees in each round agrees under --check, too; and no input breaks the search."""

    def log(counter: str) -> bytes | None:
        """The log as a candidate counts; None if that takes more than another column of steps."""
        counts_itself = counter == "its own" or counter.startswith("from ")
        if counter and not counts_itself and not SHIFTED.fullmatch(counter):
            return None
        shift = int(counter.removeprefix("step")) if counter.startswith("step") else 0
        if not all(0 <= int(step) + shift for step in steps):
            return None
        counts = [str(int(step) + shift) for step in steps]
        rows = zip(counts, values, shadows, strict=False)
        texts = [",".join(row[1:] if counts_itself else row) for row in rows]
        return "\n".join([*(["param,mine"] if counts_itself else ["step,param,mine"]), *texts, ""]).encode()

    name = draws.pick(
        ["warmup", "fixed", "tensorflow", "torch", "optax", "timm", "torch-ema", "mean-teacher", "pandas"]
    )
    decay, count = draws.pick(["0.9", "0.99", "0.999", "0.5", "0.9137"]), 3 + draws.below(20)
    values = [f"{draws.below(4000) / 8 - 250:g}" for _ in range(count)]
    steps = [str(place) for place in range(draws.below(3), count + 3)]
    pieces = [f"{step}:{value}" for step, value in zip(steps, values, strict=False)]
    digits = ["--digits", str(2 + draws.below(8))] if draws.often() else []
    made = call(["-q", "-F", "csv", "--rule", name, "--decay", decay, *digits, "--", *pieces])
    shadows = [row["shadow"] for row in records(made.out)]
    if draws.seldom():
        shadows[draws.below(count)] = draws.odd().replace("\n", "").replace("\r", "").replace('"', "")
    data = log("")
    assert data is not None
    if draws.seldom():
        call(["-q", "-F", "csv", "--identify", "mine"], draws.mutated(data))
        return
    found = call(["-q", "-F", "csv", "--identify", "mine"], data)
    for row in records(found.out) if found.code == 0 else []:
        counted = log(row["counter"])
        agrees = row["rank"] and not row["differs at"]
        if agrees and counted is not None and (not row["initial"] or NUMBER.fullmatch(row["initial"])):
            assert 0 == run([*_candidate(row), "--check", "mine"], counted).code, (row, data)


def _candidate(row: dict[str, str]) -> list[str]:
    """The options of a candidate."""
    parameters = f":{row['parameters']}" if row["parameters"] else ""
    kind, _, stated = row["decay"].rpartition(" ")
    decay = [f"--{kind or 'decay'}", stated] if stated and find_rule(row["rule"]).decay is not None else []
    initial = ["--initial", row["initial"]] if row["initial"] and find_rule(row["rule"]).start == "initial" else []
    first = ["--count-from", row["counter"].removeprefix("from ")] if row["counter"].startswith("from ") else []
    return ["-q", "-F", "csv", "--rule", row["rule"] + parameters, *decay, "--dtype", row["dtype"], *initial, *first]


@generated(35)
def test_completed(draws: Draws) -> None:
    """A completion continues the typed text, and the command accepts it."""
    before = draws.many(lambda: draws.pick(["0:1", "-q", "--keep", "--decay", "0.9", "x.csv", draws.odd()]), 0, 3)
    option = draws.pick([*KNOWN, "--output", "-o", "--plot-file", draws.odd(), ""])
    rule = find_rule(draws.pick(list(rules())))
    key = draws.pick([*(one.name for one in rule.parameters), *rule.constants, "decay", draws.odd()])
    words = [*KNOWN["-c"], *KNOWN["-F"], *KNOWN["--dtype"], rule.name, f"{rule.name}:{key}={draws.odd()},{key}"]
    word = draws.pick([*words, draws.odd(), draws.text()])
    word = word[: draws.below(len(word) + 1)].replace("\n", "").replace("\0", "")
    quoted = (f"'{text}'" if "'" not in text else "x" for text in ["ema-calc", *before, *filter(None, [option])])
    line = " ".join([*quoted, word]).replace("\0", "")
    settings = {"COMP_WORDS": line, "COMP_CWORD": word, "_EMA_CALC_COMPLETE": "fish_complete"}
    with patch.dict(os.environ, settings):
        outcome = run([])
    assert "" == outcome.err
    assert outcome.code in (0, 1)
    for answer in filter(None, outcome.out.split("\n")):
        kind, _, value = answer.partition(",")
        assert kind in ("plain", "file", "dir"), answer
        value = value.partition("\t")[0]
        if kind == "plain" and option in KNOWN and not {*word} & {*",:-"}:
            assert value.removeprefix("+").partition(":")[0] in KNOWN[option], answer
