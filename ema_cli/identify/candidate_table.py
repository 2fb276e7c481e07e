"""The candidates that --identify lists: as records, and as a table for people that has to fit a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.record import Record
from ema_cli.languages.language import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.identify.estimates import Measured
    from ema_cli.identify.trial import Fit
    from ema_cli.languages.language import Language

    Fits = Callable[[Sequence[str], Sequence[Sequence[str]]], bool]

COLUMNS = ("rank", "rule", "decay", "parameters", "dtype", "initial", "counter", "agree", "worst ulps", "differs at")
"""Of records, in which they are an interface."""

HEADINGS = ("rank", "rule", "decay", "agree", "differs at", "dtype", "ulps", "initial", "counter")
"""Of tables: what decides comes first, as the last columns go first where there is no room."""

_KEYS = ("rank", "rule")

_LONG = 20
"""A parameter with its value that is wider than this is cut before its value where room is short."""

_DIGITS = 8
"""The significant digits of a decay where room is short; the sentence below the table has all of them."""

_WHOLE = 100
"""From so many ulps on, parts of one say nothing."""


class Row(Record):
    """A candidate, and how well it fits."""

    rank: str
    """Empty where it does not fit, or where the log tells too little to name it."""
    fit: Fit
    parameters: dict[str, str]
    offset: int | None
    """Number added to the script's steps; None if the rule ignores them and counts by itself."""
    ulps: float | None
    """The largest distance; None where the log has fewer digits than the dtype, whose values are none of its own."""

    def record(self) -> list[str]:
        """Its cells in the columns COLUMNS."""
        fit = self.fit
        candidate = fit.candidate
        return [
            self.rank,
            candidate.rule,
            "" if candidate.constant is None else str(candidate.constant).removeprefix("decay "),
            ",".join(f"{name}={value}" for name, value in self.parameters.items()),
            candidate.dtype,
            "as logged in round 1" if candidate.continued else candidate.initial or "",
            self._counter(ENGLISH.say),
            f"{fit.agree} of {fit.compared}",
            self._ulps(),
            "" if fit.first is None else f"round {fit.first}",
        ]

    def cells(self, language: Language, *, short: bool) -> list[str]:
        """Its cells under the headings HEADINGS: a rule with its parameters below each other."""
        say, fit = language.say, self.fit
        candidate = fit.candidate
        return [
            self.rank,
            ",\n".join(self._rule(short=short)).replace(":,\n", ":\n"),
            self._decay(language, short=short),
            say("{agreed} of {count}", agreed=fit.agree, count=fit.compared),
            "" if fit.first is None else say("round {number}", number=fit.first),
            candidate.dtype,
            self._ulps(),
            say("as logged") if candidate.continued else candidate.initial or "",
            self._counter(say),
        ]

    def _counter(self, say: Callable[..., str]) -> str:
        """Difference of the counter from the script's steps or from the rule's own count; empty if none."""
        if self.offset is None:
            return say("its own")
        if self.fit.candidate.count_from is not None:
            return say("from {number}", number=self.fit.candidate.count_from)
        return say("step") + f"{self.offset:+d}" if self.offset else ""

    def _rule(self, *, short: bool) -> list[str]:
        rule = self.fit.candidate.rule
        settings = [f"{name}={value}" for name, value in self.parameters.items()]
        if short:
            settings = [text.replace("=", "\n=") if len(text) > _LONG else text for text in settings]
        return [f"{rule}:", *settings] if settings else [rule]

    def _decay(self, language: Language, *, short: bool) -> str:
        constant = self.fit.candidate.constant
        if constant is None:
            return ""
        value = str(constant.value)
        if short and len(value) > _DIGITS + 2:
            value = f"{constant.number:.{_DIGITS}g}"
        return value if constant.kind == "decay" else f"{language.say(constant.kind)} {value}"

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


def table(
    rows: Sequence[Row], language: Language, fits: Fits, *, identified: bool
) -> tuple[Sequence[str], list[list[str]], list[str]]:
    """Headings and cells for people, and a sentence on columns that had to go.

    A column that is empty everywhere is not shown, nor how many rounds agree where it is all of them. Where the table
    is too wide, cells get shorter; then columns that are the same in all rows go into the sentence, from the last on.

    Args:
        rows: The candidates.
        language: Of the words.
        fits: Whether a table of such headings and cells fits.
        identified: Whether they are answers.
    """
    say = language.say
    rows = [row for row in rows if row.rank]  # the command has all that there is to say of a custom one
    if not rows:
        return (), [], []
    for short in (False, True):
        columns = {}
        for heading, *cells in zip(HEADINGS, *(row.cells(language, short=short) for row in rows), strict=True):
            if any(cells) and not (heading == "agree" and identified):
                columns[heading] = cells
        headings, lines = _laid(columns, language)
        if fits(headings, lines):
            return headings, lines, []
    common = []
    for heading in reversed(list(columns)):
        same = set(columns[heading])
        if len(rows) > 1 and len(same) == 1 and heading not in _KEYS:
            common.append(f"{say(heading)} {same.pop()}")
            del columns[heading]
            headings, lines = _laid(columns, language)
            if fits(headings, lines):
                break
    notes = [say("in all rows: {columns}", columns=say(", ").join(reversed(common)))] if common else []
    return headings, lines, notes


def _laid(columns: dict[str, list[str]], language: Language) -> tuple[list[str], list[list[str]]]:
    return [language.say(heading) for heading in columns], [list(row) for row in zip(*columns.values(), strict=True)]
