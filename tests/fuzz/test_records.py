"""The parsers of JSON Lines, of one JSON document, and of the logs of training tools."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.fuzz.calls import Call, broken, drawn_call, holds, records
from tests.fuzz.draws import generated
from tests.fuzz.oracle import call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fuzz.draws import Draws

# JSON.


def value(draws: Draws, text: str) -> str:
    """A number in JSON: bare if JSON allows it, else a string."""
    try:
        json.loads(text)
    except ValueError:
        return json.dumps(text)
    return text if not draws.seldom() else json.dumps(text)


def record(draws: Draws, step: str | None, param: str) -> str:
    """A record, with its keys in any order and others among them."""
    other = draws.pick(["null", "true", '"x"', "[1, {}]", '{"a": NaN}', '"\\ud800"', json.dumps(draws.text())])
    items = [f'"param": {value(draws, param)}', f'"step": {value(draws, step) if step is not None else "null"}']
    items.insert(draws.below(3), f'"tag": {other}')
    return "{" + draws.pick([", ", ",", " , "]).join(items) + "}"


@pytest.mark.long
@generated(35)
def test_json_lines(draws: Draws) -> None:
    """JSON Lines are read as their records say, and no input breaks the reader."""
    average = drawn_call(draws)
    rows = draws.many(lambda: (draws.step() if draws.often() else None, draws.number()), 1, 10)
    if rows[0][0] is None:
        rows = [(None, text) for _, text in rows]
    data = "".join(record(draws, step, text) + draws.pick(["\n", "\r\n", "\n\n"]) for step, text in rows).encode()
    as_meant(draws, average, rows, data)


@generated(35)
def test_documents(draws: Draws) -> None:
    """A document is read as its list of records says."""
    average = drawn_call(draws)
    rows = draws.many(lambda: (str(draws.below(9)), draws.number()), 1, 10)
    inner = draws.pick([",", ",\n", ", "]).join(record(draws, step, text) for step, text in rows)
    key = draws.pick(["log_history", "rounds"])
    start, end = draws.pick(
        [("[\n", "]"), ("[", "\n]"), (f'{{"best": null, "{key}": [', "]}"), (f'{{\n"{key}": [', '],\n"x": 1}')]
    )
    as_meant(draws, average, rows, (start + inner + end + draws.pick(["", "\n"])).encode())


# The logs of training tools.


@generated(35)
def test_logs(draws: Draws) -> None:
    """Each kind of log is recognized, and its steps and values are read as written."""
    average = drawn_call(draws)._replace(missing=draws.pick(["error", "skip"]))
    count = 1 + draws.below(8)
    steps = [str(draws.below(1000)) for _ in range(count)]
    values = [draws.number() for _ in range(count)]
    rows = list(enumerate(zip(steps, values, strict=True)))
    match draws.below(6):
        case 0:
            text = "Wall time,Step,Value\n" + "".join(f"16{n}.5,{s},{v}\n" for n, (s, v) in rows)
        case 1:
            text = 'Step,"r - l","r - l__MIN","r - l__MAX"\n' + "".join(
                f'"{s}","{v}","{v}","{v}"\n' for _, (s, v) in rows
            )
        case 2:
            text = "epoch,step,loss\n" + "".join(f"{n},{s},{v}\n" for n, (s, v) in rows)
        case 3:
            text = "epoch,loss\n" + "".join(f"{s},{v}\n" for _, (s, v) in rows)
        case 4:
            text = "".join(f"15952704000{n:02} {v} {s}\n" for n, (s, v) in rows)
        case _:
            lines = [f'{{"epoch": 0.{n}, "loss": {value(draws, v)}, "step": {s}}}' for n, (s, v) in rows]
            text = '{"epoch": 1.0,\n"log_history": [\n' + ",\n".join(lines) + "\n]}"
    as_meant(draws, average, list(zip(steps, values, strict=True)), text.encode())


def as_meant(draws: Draws, average: Call, rows: Sequence[tuple[str | None, str]], data: bytes) -> None:
    """Records are read as written; broken ones do not break the reader."""
    if draws.seldom():
        broken(draws, average, average.options(), draws.mutated(data))
        return
    outcome = call(average.options(), data)
    if outcome.code:
        assert average.dtype == "exact", (outcome, data)
        assert "4300 digits" in outcome.err, (outcome, data)
        return
    assert [(step or "", text) for step, text in rows] == [(row["step"], row["param"]) for row in records(outcome.out)]
    holds(average, outcome)
