"""The end of an output: notes, and the summary as a table and as data."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any

from ema_cli.core.typed_columns import Parts
from ema_cli.report.output import Closing
from ema_cli.text.number_text import Style, for_people, to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.check.comparison import Check
    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.report.closed_form import ClosedForm
    from ema_cli.report.output import Results
    from ema_cli.report.statistics import Statistics


class _Series:
    """One average of one param, and its counts of rounds in each group; its label in notes is empty if it is alone."""

    def __init__(self, label: str, average: Average, statistics: Statistics | None, closed: ClosedForm | None) -> None:
        self.label, self.average, self.statistics, self.closed = label, average, statistics, closed
        self.may_stall = average.dtype.digits not in (None, 53)
        """True for a short dtype; in float64 an average stalls only once it has converged."""
        self.updates: Counter[int] = Counter()
        self.shown: Counter[int] = Counter()
        self.stalled: Counter[int] = Counter()
        self.first_stalled: dict[int, int] = {}

    def add(self, rounds: Rounds, parts: Parts) -> None:
        """Add the rounds of a batch; `parts` assigns them to the groups that are counted."""
        for follower in self.statistics, self.closed:
            if follower is not None:
                follower.follow(rounds)
        _count(self.updates, parts.among(rounds.updated))
        _count(self.shown, parts if rounds.shows is None else parts.among(rounds.shows))
        lost = rounds.stalled() if self.may_stall else b""
        for group, a, b in parts.each() if 1 in lost else ():
            self.stalled[group] += lost.count(1, a, b)
            if (row := lost.find(1, a, b)) >= 0:
                self.first_stalled.setdefault(group, rounds.numbers[row])

    def notes(self, group: int, rounds: int, style: Style) -> list[str]:
        """Warnings about the rounds of a group."""
        average, language, notes = self.average.of_row(group), style.language, []
        if not self.shown[group]:
            notes.append(language.say("all shadows are blank: there are too few params for the first one"))
        elif not self.updates[group] and average.rule.gate is not None:
            notes.append(
                language.say(
                    "no round was an update: each copied the param or was skipped; --about-rule {rule} says when it"
                    " updates",
                    rule=average.rule.name,
                )
            )
        if self.stalled[group]:
            notes.append(
                language.say(
                    "{count} of {rounds} rounds stalled, first in round {first}: the change was too small for {dtype},"
                    " so the shadow did not move; it ends at {shadow}",
                    count=self.stalled[group],
                    rounds=rounds,
                    first=self.first_stalled[group],
                    dtype=average.dtype.name,
                    shadow=for_people(average.dtype, style)(average.shadow),
                )
            )
        return [language.named(self.label, note) for note in notes]

    def values(self, group: int, rounds: int, style: Style) -> dict[str, Any]:
        """The summary's numbers for a group, as JSON values; empty without a summary."""
        if self.statistics is None:
            return {}
        values = ({"label": self.label} if self.label else {}) | self.statistics.values(rounds, group)
        gap = values["gap"]
        if gap is not None and not (isinstance(gap, int | float) and gap - gap == 0):
            values["gap"] = to_text(self.average.dtype, style)(gap)
        return values | ({"stalled": self.stalled[group]} if self.may_stall else {})


class Tally:
    """Collects what the end of the output reports: counts of rounds, warnings and statistics.

    Args:
        averages: For each average, the average of each param.
        labels: The label of each average; empty if there is only one.
        names: The names of the params; empty if there is only one.
        style: The rounding of numbers.
        whole: True for the whole summary, False for the warnings alone.
        rows: True for a summary as a table.
        worked: True to write out the closed form of the last shadows of a short script.
        apart: True to count each group separately, False to count all groups together.
    """

    def __init__(
        self,
        averages: Sequence[Sequence[Average]],
        labels: Sequence[str],
        names: Sequence[str],
        style: Style,
        *,
        whole: bool = False,
        rows: bool = False,
        worked: bool = False,
        apart: bool = False,
    ) -> None:
        if whole:
            from ema_cli.report.statistics import Statistics
        if worked:
            from ema_cli.report.closed_form import ClosedForm

        self.style, self._rows, self._apart = style, rows, apart
        self.rounds: Counter[int] = Counter()
        self.labels = [[f"{name}[{label}]" if name and label else name or label for name in names] for label in labels]
        """For each average, the label of its series of each param."""
        self._series = [
            _Series(
                label,
                average,
                Statistics(average, shares=rows) if whole else None,
                ClosedForm(average) if worked else None,
            )
            for label, average in zip(chain(*self.labels), chain(*averages), strict=True)
        ]

    def follow(self, results: Results) -> None:
        """Add the rounds of a batch."""
        parts = results.rounds[0][0].parts if self._apart else Parts([0], [len(results)])
        _count(self.rounds, parts)
        for series, of_series in zip(self._series, chain.from_iterable(results.rounds), strict=True):
            series.add(of_series, parts)

    def closing(self, check: Check | None = None, group: int = 0) -> Closing:
        """Build the end of the output of a group, with the result of the check if there was one."""
        rounds, style = self.rounds[group], self.style
        data: dict[str, Any] = {"rounds": rounds}
        notes = [note for series in self._series for note in series.notes(group, rounds, style)]
        stalls = {series.label: series.stalled[group] for series in self._series if series.may_stall}
        if stalls:
            data["stalled"] = _alone(stalls)
        if check is not None:
            verdicts = [comparison.verdict(group) for comparison in check.comparisons]
            notes += [verdict.said(style.language) for verdict in verdicts]
            data["check"] = _alone(
                {of.label: verdict.data() for of, verdict in zip(check.comparisons, verdicts, strict=True)}
            )
        for series in self._series:
            if series.closed is not None:
                notes += series.closed.notes(series.label, style, group)
        values = [found for series in self._series if (found := series.values(group, rounds, style))]
        if values:
            data["averages"] = values
        return Closing(notes, data, self.table([("", data)]))

    def table(self, groups: Sequence[tuple[str, dict[str, Any]]]) -> list[list[str]]:
        """The summary of groups (their labels, and the data of their closings) as rows for people, if it was asked for,
        without rows for which no average has a number.
        """
        if not self._rows:
            return []
        from ema_cli.core.numbers.dtypes import dtype
        from ema_cli.report.statistics import WORDS

        write, say = for_people(dtype("float64"), self.style), self.style.language.say
        columns = [(group, values) for group, data in groups for values in data.get("averages", ())]
        rows: list[list[str]] = []
        for name, words in WORDS.items():
            cells = [values.get(name) for _, values in columns]
            if any(cell is not None for cell in cells):
                texts = [
                    write(cell) if isinstance(cell, float) else "" if cell is None else str(cell) for cell in cells
                ]
                rows.append([say(words), *texts])
        labels = (" ".join(filter(None, [group, values.get("label")])) for group, values in columns)
        return [[say("summary"), *labels], *rows] if rows else []


def _alone(by_label: dict[str, Any]) -> Any:
    """The values by their labels; a single value without its label."""
    return by_label if len(by_label) > 1 else next(iter(by_label.values()))


def _count(counts: Counter[int], parts: Parts) -> None:
    """Add the number of rounds of each group to its count."""
    for group, length in zip(parts.rows, parts.lengths, strict=True):
        counts[group] += length
