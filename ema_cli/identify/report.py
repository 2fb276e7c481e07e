"""What --identify says: the candidates in rows, and in sentences what would tell them apart or why none fits."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from ema_cli.core.records import Record
from ema_cli.identify.candidates import WRITTEN, Hints
from ema_cli.identify.evidence import Evidence, common, shortest_in
from ema_cli.identify.search import IMPOSSIBLE, Fit, Narrowed, search, shadows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = ("rank", "rule", "decay", "parameters", "dtype", "initial", "counter", "agree", "worst ulps", "differs at")
MOST = 10
"""The candidates that are told."""


class Report(Record):
    """What was found."""

    rows: list[list[str]]
    """The candidates, in the columns COLUMNS."""
    notes: list[str]
    identified: bool


def report(evidence: Evidence, narrowed: Narrowed) -> Report:
    """Identify, and say what there is to say."""
    found = search(evidence, narrowed)
    notes = []
    few = evidence.informative
    if few < 10:
        notes.append(f"{few} rounds tell something of the decay; with ten or more the answer is surer")
    if found and found[0].fits:
        fitting = _distinct(found)
        rows = [_row(str(number), fit) for number, fit in enumerate(fitting[:MOST], 1)]
        notes.insert(0, _sentence(fitting, evidence))
        if len(fitting) > 1:
            notes.append(_what_tells_apart(fitting, evidence))
        return Report(rows, notes, True)
    rows = [_row("", fit) for fit in found]
    notes[:0] = [
        "no average of the catalogue gives this log; the rows show what comes nearest",
        *_doubts(evidence, narrowed),
    ]
    return Report(rows, notes, False)


def _distinct(fits: list[Fit]) -> list[Fit]:
    """The simplest candidate of each rule, dtype and constant decay."""
    seen: dict[tuple[Any, ...], Fit] = {}
    for fit in fits:
        seen.setdefault((fit.candidate.rule, fit.candidate.dtype), fit)
    return list(seen.values())


def _row(rank: str, fit: Fit) -> list[str]:
    candidate = fit.candidate
    parameters = ",".join(f"{name}={value}" for name, value in candidate.parameters.items())
    initial = "as logged in round 1" if candidate.continued else candidate.initial or ""
    counter = "its own" if candidate.offset is None else f"step{candidate.offset:+d}" if candidate.offset else ""
    return [
        rank,
        candidate.rule,
        "" if candidate.constant is None else str(candidate.constant).removeprefix("decay "),
        parameters,
        candidate.dtype,
        initial,
        counter,
        f"{fit.agree} of {fit.compared}",
        "" if fit.worst is None else f"{fit.worst:.3g}",
        "" if fit.first is None else f"round {fit.first}",
    ]


def _sentence(fits: list[Fit], evidence: Evidence) -> str:
    best = fits[0].candidate
    what = f"{best.rule}" + (f", {best.constant}" if best.constant is not None else "") + f", {best.dtype}"
    digits = "to the last bit" if evidence.exact else "at the digits that were logged"
    others = f"; so do {len(fits) - 1} others" if len(fits) > 1 else ""
    return f"{what} gives all {fits[0].compared} rounds {digits}{others}"


def _what_tells_apart(fits: list[Fit], evidence: Evidence) -> str:
    """Which further data two candidates would differ on: tried on data made up for it."""
    pairs = [(fits[0], other) for other in fits[1:MOST]]
    random = Random(0)
    steps = evidence.steps
    known = steps is not None and None not in steps
    last = steps[-1] if steps is not None and known else 0
    scale = max(map(abs, evidence.params), default=1.0) or 1.0

    def longer(count: int, stride: int) -> Evidence:
        params = [*evidence.params, *(random.uniform(-scale, scale) for _ in range(count))]
        more = [*steps, *(last + stride * k for k in range(1, count + 1))] if steps is not None and known else None
        return Evidence(params, [""] * len(params), more)

    tries = [
        ("the same rounds logged with all digits", evidence),
        ("100 more rounds, logged with all digits", longer(100, 1)),
        ("2 000 more rounds", longer(2000, 1)),
    ]
    if known:
        tries.append(("rounds at much later steps", longer(100, 100_000)))
    told: dict[str, list[str]] = {}
    for one, other in pairs:
        for name, data in tries:
            if _differ(one, other, data):
                told.setdefault(name, []).append(other.candidate.rule)
                break
        else:
            told.setdefault("", []).append(other.candidate.rule)
    parts = [f"{name} would tell {_names(rules)} from {fits[0].candidate.rule}" for name, rules in told.items() if name]
    if "" in told:
        parts.append(f"{_names(told[''])} computes the same to the last bit on all data that was tried")
    return "; ".join(parts)


def _names(rules: list[str]) -> str:
    return ", ".join(dict.fromkeys(rules))


def _differ(one: Fit, other: Fit, data: Evidence) -> bool:
    try:
        return shadows_of(one.candidate, data)[0] != shadows_of(other.candidate, data)[0]
    except IMPOSSIBLE:
        return True


def _doubts(evidence: Evidence, narrowed: Narrowed) -> list[str]:
    """What the log looks like, if it is no average as it stands."""
    found = []
    start = evidence.start(200)
    interval = common(Hints(start).evidence.decays)
    if interval is not None:
        near = shortest_in(interval)
        if near is not None:
            found.append(f"the decay looks constant: {near:.6g}")
            rest = f"{1 - near:.12g}"
            if near <= 0.2 and rest in WRITTEN:
                found.append(f"decay used where 1 - decay belongs? {rest} is a decay that people write")
    return found + [text for text, other in _misreadings(start) if _fits(other, narrowed)]


def _misreadings(evidence: Evidence) -> Sequence[tuple[str, Evidence]]:
    """The same log as it would be if it had been written in another way."""
    params, texts, steps = evidence.params, evidence.texts, evidence.steps
    found = []
    if len(evidence) > 3:
        late = Evidence(params[:-1], texts[1:], None if steps is None else steps[:-1])
        early = Evidence(params[1:], texts[:-1], None if steps is None else steps[1:])
        found += [
            ("the shadow was read one round late: each row has the shadow from before its update", late),
            ("the param was read one round late: each row has the shadow of the next row's param", early),
        ]
    if all(texts):
        swapped = Evidence([float(text) for text in texts], [repr(param) for param in params], steps)
        found.append(("param and shadow are swapped", swapped))
    return found


def _fits(evidence: Evidence, narrowed: Narrowed) -> bool:
    found = search(evidence, narrowed) if evidence.informative else []
    return bool(found) and found[0].fits
