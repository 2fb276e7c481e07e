"""The candidates that --identify lists: as records, and as a table for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.record import Record
from ema_cli.languages.language import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.identify.measured import Measured
    from ema_cli.identify.trial import Fit
    from ema_cli.languages.language import Language, Say

COLUMNS = ("rank", "rule", "decay", "parameters", "dtype", "initial", "counter", "agree", "worst ulps", "differs at")
"""Of records, in which they are an interface."""

HEADINGS = ("rank", "rule", "decay", "differs at", "dtype", "ulps", "initial", "counter")
"""Of tables: what decides comes first, as the last columns go where there is no room."""

_WHOLE = 100  # number of ulps from which on no decimals are shown


class Row(Record):
    """A candidate, and how well it fits."""

    rank: str
    """Empty where the rule is custom."""
    fit: Fit
    ulps: float | None
    """The largest distance; None where the log has fewer digits than the dtype, whose values are none of its own."""

    def record(self, say: Say = ENGLISH.say) -> dict[str, str]:
        """Its cells by the columns COLUMNS."""
        fit, one, stated = self.fit, self.fit.candidate, self.fit.candidate.constant
        kind = "" if stated is None or stated.kind == "decay" else f"{say(stated.kind)} "
        return {
            "rank": self.rank,
            "rule": one.rule,
            "decay": "" if stated is None else f"{kind}{stated.value}",
            "parameters": ",".join(f"{name}={value}" for name, value in one.parameters.items()),
            "dtype": one.dtype,
            "initial": "as logged in round 1" if one.continued else one.initial or "",
            "counter": self._counter(say),
            "agree": f"{fit.compared - fit.differ} of {fit.compared}",
            "worst ulps": "" if self.ulps is None else f"{self.ulps:{'.0f' if self.ulps >= _WHOLE else '.3g'}}",
            "differs at": "" if fit.first is None else say("round {number}", number=fit.first),
        }

    def cells(self, say: Say) -> list[str]:
        """Its cells under the headings HEADINGS: a rule with its parameters below each other."""
        known = self.record(say)
        known["ulps"] = known["worst ulps"]
        known["rule"] += f":\n{known['parameters']}".replace(",", ",\n") if known["parameters"] else ""
        known["initial"] = say("as logged") if self.fit.candidate.continued else known["initial"]
        return [known[heading] for heading in HEADINGS]

    def _counter(self, say: Say) -> str:
        """Difference of the counter from the script's steps or from the rule's own count; empty if none."""
        one = self.fit.candidate
        if one.offset is None:
            return say("its own")
        if one.count_from is not None:
            return say("from {number}", number=one.count_from)
        return say("step") + f"{one.offset:+d}" if one.offset else ""


def measured_table(measured: Measured) -> tuple[Sequence[str], list[list[str]]]:
    """The decay of each round that its cells allow, from low to high; a round that says nothing has none."""
    log, rows = measured.log, []
    for row, one in enumerate(measured.decays):
        step = "" if log.steps is None or log.steps[row] is None else str(log.steps[row])
        ends = ["", "", ""] if one is None else [f"{x:.9g}" for x in (one.middle, one.low, one.high)]
        rows.append([str(row + 1), step, log.param_texts[row], log.texts[row], *ends])
    return ("round", "step", "param", "logged", "decay", "low", "high"), rows


def table(rows: Sequence[Row], language: Language) -> tuple[list[str], list[list[str]]]:
    """Headings and cells for people, without the columns that are empty everywhere."""
    rows = [row for row in rows if row.rank]  # the command has all that there is to say of a custom one
    cells = zip(*(row.cells(language.say) for row in rows), strict=True)
    columns = {heading: own for heading, own in zip(HEADINGS, cells, strict=False) if any(own)}
    return [*map(language.say, columns)], [list(row) for row in zip(*columns.values(), strict=True)]
