"""The parsers of JSON Lines, of one JSON document, and of the logs of training tools."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.fuzz.asked import Asked, asked, broken, holds, records
from tests.fuzz.oracle import call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fuzz.feed import Feed

# JSON.


def value(feed: Feed, text: str) -> str:
    """A number in JSON: bare where JSON has it, else a string."""
    try:
        json.loads(text)
    except ValueError:
        return json.dumps(text)
    return text if not feed.seldom() else json.dumps(text)


def record(feed: Feed, step: str | None, param: str) -> str:
    """A record, its keys in any order, with others among them."""
    other = feed.pick(["null", "true", '"x"', "[1, {}]", '{"a": NaN}', '"\\ud800"', json.dumps(feed.text())])
    items = [f'"param": {value(feed, param)}', f'"step": {value(feed, step) if step is not None else "null"}']
    items.insert(feed.below(3), f'"tag": {other}')
    return "{" + feed.pick([", ", ",", " , "]).join(items) + "}"


def json_lines(feed: Feed) -> None:
    """JSON Lines are what their records say; and nothing breaks the reader."""
    average = asked(feed)
    rows = feed.many(lambda: (feed.step() if feed.often() else None, feed.number()), 1, 10)
    if rows[0][0] is None:
        rows = [(None, text) for _, text in rows]
    data = "".join(record(feed, step, text) + feed.pick(["\n", "\r\n", "\n\n"]) for step, text in rows).encode()
    _as_meant(feed, average, rows, data)


def documents(feed: Feed) -> None:
    """One document is what its list of records says."""
    average = asked(feed)
    rows = feed.many(lambda: (str(feed.below(9)), feed.number()), 1, 10)
    inner = feed.pick([",", ",\n", ", "]).join(record(feed, step, text) for step, text in rows)
    key = feed.pick(["log_history", "rounds"])
    start, end = feed.pick(
        [("[\n", "]"), ("[", "\n]"), (f'{{"best": null, "{key}": [', "]}"), (f'{{\n"{key}": [', '],\n"x": 1}')]
    )
    _as_meant(feed, average, rows, (start + inner + end + feed.pick(["", "\n"])).encode())


# The logs of training tools.


def logs(feed: Feed) -> None:
    """Each kind of log is recognised, its steps and values taken as they stand."""
    average = asked(feed)._replace(missing=feed.pick(["error", "skip"]))
    count = 1 + feed.below(8)
    steps = [str(feed.below(1000)) for _ in range(count)]
    values = [feed.number() for _ in range(count)]
    rows = list(enumerate(zip(steps, values, strict=True)))
    match feed.below(6):
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
            lines = [f'{{"epoch": 0.{n}, "loss": {value(feed, v)}, "step": {s}}}' for n, (s, v) in rows]
            text = '{"epoch": 1.0,\n"log_history": [\n' + ",\n".join(lines) + "\n]}"
    _as_meant(feed, average, list(zip(steps, values, strict=True)), text.encode())


def _as_meant(feed: Feed, average: Asked, rows: Sequence[tuple[str | None, str]], data: bytes) -> None:
    """What was written is what is read; and when it is broken, nothing breaks the reader."""
    if feed.seldom():
        broken(feed, average, average.options(), feed.mutated(data))
        return
    outcome = call(average.options(), data)
    if outcome.code:
        assert average.dtype == "exact", (outcome, data)
        assert "4300 digits" in outcome.err, (outcome, data)
        return
    assert [(step or "", text) for step, text in rows] == [(row["step"], row["param"]) for row in records(outcome.out)]
    holds(average, outcome)


TARGETS = (json_lines, documents, logs)
