"""What --identify says: the candidates in rows, and in sentences what would tell them apart or why none fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.records import Record
from ema_cli.identify.apart import what_tells_apart
from ema_cli.identify.doubts import doubts, tells_nothing, too_little
from ema_cli.identify.search import Fit, search, worst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.identify.candidates import Candidate
    from ema_cli.identify.evidence import Evidence
    from ema_cli.identify.screen import Narrowed

COLUMNS = ("rank", "rule", "decay", "parameters", "dtype", "initial", "counter", "agree", "worst ulps", "differs at")
MOST = 10
"""The candidates that are told."""

_SURER = 10
"""With so many rounds that tell something the answer is sure enough."""


class Report(Record):
    """What was found."""

    rows: list[list[str]]
    """The candidates, in the columns COLUMNS."""
    notes: list[str]
    identified: bool

    def for_people(self) -> tuple[Sequence[str], list[list[str]]]:
        """The same for a table: a rule with its parameters as one writes it, without the columns that tell nothing."""
        rule, parameters = COLUMNS.index("rule"), COLUMNS.index("parameters")
        rows = [list(row) for row in self.rows]
        for row in rows:
            if row[parameters]:
                row[rule] += ":\n" + row[parameters].replace(",", ",\n")
        agree = COLUMNS.index("agree")
        alike = self.identified and len({row[agree] for row in rows}) == 1
        kept = [
            place
            for place in range(len(COLUMNS))
            if place != parameters and not (place == agree and alike) and any(row[place] for row in rows)
        ]
        headings = [COLUMNS[place].removeprefix("worst ") for place in kept]
        return headings, [[row[place] for place in kept] for row in rows]


def report(evidence: Evidence, narrowed: Narrowed) -> Report:
    """Identify, and say what there is to say."""
    notes = []
    if 0 < evidence.informative < _SURER:
        few = f"{evidence.informative} rounds tell" if evidence.informative > 1 else "1 round tells"
        notes.append(f"{few} something of the decay; with ten or more the answer is surer")
    nothing = tells_nothing(evidence, narrowed)
    if nothing is not None:
        return Report([], [f"no average is named: {nothing}", *notes], False)
    found = search(evidence, narrowed)
    if found and found[0].fits:
        told = [fit for fit in found if too_little(evidence, fit) is None]
        refused = None if told else too_little(evidence, found[0])
        found = told or found
        fitting = _distinct(found, evidence.exact)
        rows = [_row("" if refused else str(number), fit, evidence) for number, fit in enumerate(fitting[:MOST], 1)]
        if refused:
            return Report(rows, [f"no average is named: {refused}", *notes], False)
        notes.insert(0, _sentence(fitting, evidence))
        notes += what_tells_apart(fitting[:MOST], found, evidence)
        return Report(rows, notes, True)
    rows = [_row("", fit, evidence) for fit in found]
    nearest = "; the rows show what comes nearest" if rows else ""
    notes[:0] = [f"no average of the catalogue gives this log{nearest}", *doubts(evidence, narrowed)]
    return Report(rows, notes, False)


def _distinct(fits: list[Fit], exact: bool) -> list[Fit]:
    """The simplest candidate of each rule, and of each dtype if the digits tell it."""
    seen: dict[tuple[Any, ...], Fit] = {}
    for fit in fits:
        seen.setdefault((fit.candidate.rule, fit.candidate.dtype if exact else ""), fit)
    return list(seen.values())


def _row(rank: str, fit: Fit, evidence: Evidence) -> list[str]:
    candidate = fit.candidate
    parameters, counter = _settings(candidate, evidence)
    ulps = worst(candidate, evidence)
    return [
        rank,
        candidate.rule,
        "" if candidate.constant is None else str(candidate.constant).removeprefix("decay "),
        ",".join(f"{name}={value}" for name, value in parameters.items()),
        candidate.dtype,
        "as logged in round 1" if candidate.continued else candidate.initial or "",
        counter,
        f"{fit.agree} of {fit.compared}",
        "" if ulps is None else f"{ulps:.3g}",
        "" if fit.first is None else f"round {fit.first}",
    ]


def _settings(candidate: Candidate, evidence: Evidence) -> tuple[dict[str, str], str]:
    """The parameters, and what is done to the steps. A counter that the rule keeps by itself starts at a parameter."""
    offset = candidate.offset
    if offset is None:
        return candidate.parameters, "its own"
    if not offset:
        return candidate.parameters, ""
    if evidence.steps is None:
        average = candidate.average()
        for parameter in average.rule.parameters:
            if type(parameter.default) is not int or parameter.name in candidate.parameters:
                continue
            moved = {**candidate.parameters, parameter.name: str(parameter.default + offset)}
            counter = candidate.but(parameters=moved).average().counter
            if counter is not None and average.counter is not None and counter.first == average.counter.first + offset:
                return moved, ""
    return candidate.parameters, f"step{offset:+d}"


def _sentence(fits: list[Fit], evidence: Evidence) -> str:
    best = fits[0].candidate
    what = f"{best.rule}" + (f", {best.constant}" if best.constant is not None else "") + f", {best.dtype}"
    digits = "to the last bit" if evidence.exact else "at the digits that were logged"
    others = len(fits) - 1
    so = f"; so {'does' if others == 1 else 'do'} {others} other{'s' * (others > 1)}" if others else ""
    told = f", of which {MOST - 1} are listed" if len(fits) > MOST else ""
    return f"{what} gives all {fits[0].compared} rounds {digits}{so}{told}"
