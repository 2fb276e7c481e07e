"""Notes, numbers and the summary at the end of an output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record
from ema_cli.report.table import Closing
from ema_cli.text.number_text import Style, for_people, shortest, to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.check.comparison import Check
    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.report.statistics import Statistics


class _Series(Record):
    """One average of one param, with its counts."""

    label: str
    average: Average
    counts: dict[str, int]
    statistics: Statistics | None = None


class Tally:
    """Count rounds for the end of the output.

    Args:
        averages: For each average, the average of each param.
        labels: The label of each average; empty for a single one.
        names: The names of the params; empty for a single one.
        style: The rounding of numbers.
        whole: True for the whole summary, False for the warnings alone.
        rows: True for a summary as a table.
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
    ) -> None:
        self.rounds, self.labels, self.style, self._rows = 0, labels, style, rows
        self.series = [
            [
                _Series(
                    _label(name, label),
                    average,
                    {"stalled": 0, "first": 0, "updates": 0},
                    _statistics(average, shares=rows) if whole else None,
                )
                for name, average in zip(names, each, strict=True)
            ]
            for label, each in zip(labels, averages, strict=True)
        ]

    def names(self) -> list[list[str]]:
        """The label of each average of each param."""
        return [[series.label for series in each] for each in self.series]

    def add(self, rounds: Sequence[Sequence[Rounds]]) -> None:
        """Add the rounds of a batch."""
        self.rounds += len(rounds[0][0])
        for each, own in zip(self.series, rounds, strict=True):
            for series, some in zip(each, own, strict=True):
                if series.statistics is not None:
                    series.statistics.add(some)
                series.counts["updates"] += len(some) if some.updated is None else some.updated.count(1)
                # In float64 a stall only says that the average has converged.
                if series.average.dtype.digits not in (None, 53):
                    self._count_stalls(series, some)

    def _count_stalls(self, series: _Series, rounds: Rounds) -> None:
        lost = rounds.stalled()
        count = int(sum(lost))
        if count:
            series.counts["first"] = series.counts["first"] or rounds.first + lost.index(1)
            series.counts["stalled"] += count

    def closing(self, check: Check | None = None) -> Closing:
        """Build the end of the output, with the result of the check if there was one."""
        language, notes = self.style.language, []
        data: dict[str, Any] = {"rounds": self.rounds}
        stalls = {}
        for each in self.series:
            for series in each:
                count, average = series.counts["stalled"], series.average
                if not series.counts["updates"] and average.rule.gate is not None:
                    idle = language.say(
                        "no round was an update: each copied the param or was skipped; --about-rule {rule} says when it"
                        " updates",
                        rule=average.rule.name,
                    )
                    notes.append(language.say("{name}: {text}", name=series.label, text=idle) if series.label else idle)
                if count:
                    text = language.say(
                        "{count} of {rounds} rounds stalled, the first is round {first}: the change was too small for"
                        " {dtype}, so the shadow stayed as it was; it ends at {shadow}",
                        count=count,
                        rounds=self.rounds,
                        first=series.counts["first"],
                        dtype=average.dtype.name,
                        shadow=for_people(average.dtype, self.style)(average.shadow),
                    )
                    about = series.label
                    notes.append(language.say("{name}: {text}", name=about, text=text) if about else text)
                if average.dtype.digits not in (None, 53):
                    stalls[series.label] = count
        if stalls:
            data["stalled"] = stalls if len(stalls) > 1 else next(iter(stalls.values()))
        if check is not None:
            found = {}
            for one in check.comparisons:
                write = shortest(one.average.dtype)
                notes.append(one.verdict(lambda x, write=write: write(x).removesuffix(".0"), language))  # type: ignore[misc]
                found[one.label] = one.data()
            data["check"] = found if len(found) > 1 else next(iter(found.values()))
        values = self._values()
        if values:
            data["averages"] = values
        return Closing(notes, data, self._table(values) if self._rows else [])

    def _values(self) -> list[dict[str, Any]]:
        """Numbers of each average of each param, for programs."""
        found = []
        for series in (series for each in self.series for series in each):
            if series.statistics is None:
                continue
            values = series.statistics.values(self.rounds)
            gap = values["gap"]
            if gap is not None and not (isinstance(gap, int | float) and gap - gap == 0):
                values["gap"] = to_text(series.average.dtype, self.style)(gap)
            if series.average.dtype.digits not in (None, 53):
                values["stalled"] = series.counts["stalled"]
            found.append({"label": series.label} | values if series.label else values)
        return found

    def _table(self, values: list[dict[str, Any]]) -> list[list[str]]:
        """Rows for people, without those that no average has a number for."""
        from ema_cli.core.numbers.dtypes import dtype
        from ema_cli.report.statistics import WORDS

        write, say = for_people(dtype("float64"), self.style), self.style.language.say
        rows: list[list[str]] = []
        for name, words in WORDS.items():
            cells = [one.get(name) for one in values]
            if any(cell is not None for cell in cells):
                texts = [
                    write(cell) if isinstance(cell, float) else "" if cell is None else str(cell) for cell in cells
                ]
                rows.append([say(words), *texts])
        return [[say("summary"), *(one.get("label", "") for one in values)], *rows] if rows else []


def _statistics(average: Average, *, shares: bool) -> Statistics:
    from ema_cli.report.statistics import Statistics

    return Statistics(average, shares=shares)


def _label(name: str, label: str) -> str:
    return f"{name}[{label}]" if name and label else name or label
