"""The candidates that --identify lists: as records, as a table for people, and as a command."""

from __future__ import annotations

import re
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record
from ema_cli.identify.sentences import ANOTHER_TYPE
from ema_cli.languages.language import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ema_cli.identify.measured import Measured
    from ema_cli.identify.trial import Fit
    from ema_cli.languages.language import Language

    Say = Callable[..., str]

COLUMNS = ("rank", "rule", "decay", "parameters", "dtype", "initial", "counter", "agree", "worst ulps", "differs at")
"""Of records, in which they are an interface."""

HEADINGS = ("rank", "rule", "decay", "differs at", "dtype", "ulps", "initial", "counter")
"""Of tables: what decides comes first, as the last columns go where there is no room."""

_WHOLE = 100
"""Number of ulps from which on no decimals are shown."""

_READING = {"where": (), "step_column": None, "param_column": (), "missing": "error", "header": "auto"}
"""The options that say how a file is read, and their defaults."""


class Row(Record):
    """A candidate, and how well it fits."""

    rank: str
    """Empty where the rule is custom."""
    fit: Fit
    ulps: float | None
    """The largest distance; None where the log has fewer digits than the dtype, whose values are none of its own."""

    def record(self) -> list[str]:
        """Its cells in the columns COLUMNS."""
        fit, one = self.fit, self.fit.candidate
        return [
            self.rank,
            one.rule,
            "" if one.constant is None else str(one.constant).removeprefix("decay "),
            ",".join(f"{name}={value}" for name, value in one.parameters.items()),
            one.dtype,
            "as logged in round 1" if one.continued else one.initial or "",
            self._counter(ENGLISH.say),
            f"{fit.compared - fit.differ} of {fit.compared}",
            self._ulps(),
            "" if fit.first is None else f"round {fit.first}",
        ]

    def cells(self, language: Language) -> list[str]:
        """Its cells under the headings HEADINGS: a rule with its parameters below each other."""
        say, one, first = language.say, self.fit.candidate, self.fit.first
        settings = [f"{name}={value}" for name, value in one.parameters.items()]
        constant = "" if one.constant is None else str(one.constant.value)
        if one.constant is not None and one.constant.kind != "decay":
            constant = f"{say(one.constant.kind)} {constant}"
        return [
            self.rank,
            f"{one.rule}:\n" + ",\n".join(settings) if settings else one.rule,
            constant,
            "" if first is None else say("round {number}", number=first),
            one.dtype,
            self._ulps(),
            say("as logged") if one.continued else one.initial or "",
            self._counter(say),
        ]

    def _counter(self, say: Say) -> str:
        """Difference of the counter from the script's steps or from the rule's own count; empty if none."""
        one = self.fit.candidate
        if one.offset is None:
            return say("its own")
        if one.count_from is not None:
            return say("from {number}", number=one.count_from)
        return say("step") + f"{one.offset:+d}" if one.offset else ""

    def _ulps(self) -> str:
        if self.ulps is None:
            return ""
        return f"{self.ulps:.0f}" if self.ulps == round(self.ulps) or self.ulps >= _WHOLE else f"{self.ulps:.3g}"


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
    cells = zip(*(row.cells(language) for row in rows), strict=True)
    columns = {heading: own for heading, own in zip(HEADINGS, cells, strict=False) if any(own)}
    return [*map(language.say, columns)], [list(row) for row in zip(*columns.values(), strict=True)]


def command(rows: Sequence[Row], options: Mapping[str, Any], *, steps: bool, seed: int, say: Say) -> str:
    """The command whose --check agrees in all rounds, for the first candidate that has one.

    Args:
        rows: The candidates.
        options: Those of --identify.
        steps: Whether the log has steps, which are then the counter.
        seed: The rounds whose mean is the first shadow; 0 if there are none.
        say: Says it in a language.
    """
    row = next((row for row in rows if not (row.fit.candidate.offset and steps)), None)
    if row is None:
        offset = rows[0].fit.candidate.offset
        return say(
            "no --check can repeat this: the rule counts step{offset}, so add {added} to the column of steps",
            offset=f"{offset:+d}",
            added=offset,
        )
    fit, one = row.fit, row.fit.candidate
    words = ["ema-calc", "--rule", str(one)]
    if one.constant is not None:
        words += [f"--{one.constant.kind}", str(one.constant.value)]
    initial = (f"mean:{seed}" if seed else "logged") if one.continued else one.initial
    if initial not in (None, "0"):
        words += ["--initial", str(initial)]
    if one.count_from is not None:
        words += ["--count-from", str(one.count_from)]
    words += ["--dtype", one.dtype]
    if not fit.agrees:
        near = fit.exact and row.ulps is not None and row.ulps <= ANOTHER_TYPE
        words += ["--tolerance", f"ulp:{ceil(row.ulps or 0)}" if near else f"abs:{_above(fit.off)}"]
    reading = dict(options) | ({"step_column": "none"} if one.offset is None and steps else {})
    for name, default in _READING.items():
        value = reading[name]
        values = [] if value == default else value if isinstance(value, (list, tuple)) else [value]
        words += [word for one in values for word in (f"--{name.replace('_', '-')}", str(one))]
    words += ["--check", options["identify"], *options["script"]]
    return say("to see it: {command}", command=" ".join(map(quoted, words)))


def _above(distance: float) -> str:
    """A number of one digit that is not less.

    >>> _above(0.00312), _above(0.005)
    ('0.004', '0.006')
    """
    unit = 10.0 ** floor(log10(distance))
    return f"{(floor(distance / unit) + 1) * unit:.1g}"


def quoted(word: str) -> str:
    r"""A word as a shell takes it, in double quotes where it needs them.

    >>> print(quoted("a.csv"), quoted("$x y"))
    a.csv "\$x y"
    """
    if re.fullmatch(r"[\w@%+=:,./-]+", word):
        return word
    return '"' + re.sub(r'(["\\$`])', r"\\\1", word) + '"'
