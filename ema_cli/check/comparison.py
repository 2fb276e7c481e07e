"""--check: compare logged shadows with computed ones, round by round."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from ema_cli.check.tolerance import tolerance
from ema_cli.check.verdict import Rows, Verdict
from ema_cli.core.average import Average
from ema_cli.core.numbers.literals import quoted
from ema_cli.errors import DataError, SettingError, UsageError
from ema_cli.text.number_text import column, shortest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.check.tolerance import Tolerance
    from ema_cli.core.rounds import Rounds
    from ema_cli.reading.batch import Batch
    from ema_cli.reading.script import Script

DIFFERS = 3
"""The exit code if a shadow differs."""


def targets(script: Script, names: Sequence[str], option: str = "--check") -> dict[int, int]:
    """Match logged columns with params: for each param with a logged column, that column's place in `batch.kept`. The
    params have these names, none for a single one without a name.

    Raises:
        UsageError: It isn't clear which param a column belongs to.
    """
    found: dict[int, int] = {}
    for number, one in enumerate(script.logged):
        param, column = one.param, one.column
        if param and param in names:
            place = names.index(param)
        elif one.place is not None:
            place = one.place
        elif param and not (len(names) < 2 and param == "param"):
            there = (
                f"there are {', '.join(names)}" if names else f"the file has one param, so {option} {column} is enough"
            )
            raise UsageError(f"{option} {param}={column}: no param {quoted(param)}; {there}")
        elif len(names) > 1:
            raise UsageError(
                f"{option} {column} needs one of the params {', '.join(names)}: give {option} {names[0]}={column}, or"
                " choose with --param-column"
            )
        else:
            place = 0
        if place in found:
            raise UsageError(f"{option} names two columns for one param")
        found[place] = len(script.kept) + number
    return found


class Comparison:
    """Compares one average of one param with its logged shadow, which is at `place` in `batch.kept`, except in the
    rounds that start from it (`seeded`): a follower (`report/derived.py`).
    """

    def __init__(
        self, average: Average, label: str, place: int | None, tolerance: Tolerance, script: Script, seeded: set[int]
    ) -> None:
        self.average, self.label, self.place, self.tolerance, self.script = average, label, place, tolerance, script
        self.verdicts: dict[int, Verdict] = {}
        """The verdict on each group."""
        self.seeded = seeded
        self.differs = bytearray()
        """Mask of the rounds of the last batch that differ."""

    def verdict(self, group: int) -> Verdict:
        """The verdict on a group."""
        if group not in self.verdicts:
            self.verdicts[group] = Verdict(self, group)
        return self.verdicts[group]

    def follow(self, batch: Batch, index: int, rounds: Rounds) -> dict[str, list[Any]]:
        """The columns `logged`, `difference` (computed - logged) and `ulps`."""
        nothing: list[Any] = [None] * len(rounds)
        self.differs = bytearray(len(rounds))
        if self.place is None or not batch.kept:
            return {"logged": [""] * len(rounds), "difference": nothing, "ulps": nothing}
        rows = Rows(
            batch, index, rounds, batch.kept[self.place], self._written(rounds), nothing, [*nothing], self.differs
        )
        for group, a, b in rounds.parts.each():
            self.verdict(group).judge(rows, a, b)
        return {"logged": rows.logged, "difference": rows.differences, "ulps": rows.distances}

    def _written(self, rounds: Rounds) -> list[str]:
        """The shadows in full precision, as ema-calc writes them; empty texts in exact arithmetic (may be long)."""
        if self.average.dtype.digits is None:
            return [""] * len(rounds)
        return column(shortest(self.average.dtype), *rounds.masked_column("shadow"))

    def goes_on_at(self, counter: Any) -> bool:
        """True if the warm-up continues at a counter: the decay there would be the same with DECAY 1."""
        try:
            return self._endless is not None and self._endless.value(counter) == self.average.value(counter)
        except ArithmeticError:  # a debiased decay of 1 is undefined
            return False

    @cached_property
    def _endless(self) -> Average | None:
        """The average with DECAY 1, which no warm-up reaches; None if the rule does not allow it."""
        average = self.average
        parameters = {p.name: average.parameters[p.name] for p in average.rule.parameters}
        try:
            return Average(1, rule=average.rule.name, parameters=parameters, dtype=average.input_dtype.name)
        except (SettingError, ArithmeticError):
            return None


class Check:
    """The comparisons of all averages for --check. For each param, `seeded` has the rounds that start from the logged
    shadow; it is filled while the script is read.

    Raises:
        UsageError: There is no logged column, one has no clear param, or the tolerance is malformed.
    """

    def __init__(
        self,
        script: Script,
        names: Sequence[str],
        averages: Sequence[Sequence[Average]],
        labels: Sequence[Sequence[str]],
        tolerated: str | None,
        seeded: dict[int, set[int]],
    ) -> None:
        if not script.logged:
            raise UsageError("--check reads a column of a file, but the script starts with a piece")
        kept = targets(script, names)
        allowed = tolerance(tolerated)
        self.each = [
            [
                Comparison(average, label, kept.get(index), allowed, script, seeded.setdefault(index, set()))
                for index, (average, label) in enumerate(zip(own, called, strict=True))
            ]
            for own, called in zip(averages, labels, strict=True)
        ]
        self.comparisons = [one for own in self.each for one in own if one.place is not None]
        self.unlogged = [index for index, one in enumerate(self.each[0]) if one.place is None]
        """The params with no logged column."""

    def differs(self) -> list[bool]:
        """For each round of the last batch, True if an average differs."""
        return [any(masks) for masks in zip(*(one.differs for one in self.comparisons), strict=True)]

    @property
    def exit_code(self) -> int:
        """0 if every round agrees, else DIFFERS.

        Raises:
            DataError: No shadow was logged.
        """
        verdicts = [verdict for one in self.comparisons for verdict in one.verdicts.values()]
        if not any(one.compared for one in verdicts):
            raise DataError("--check: no round has a logged value to compare with")
        return DIFFERS if any(one.agreed < one.compared for one in verdicts) else 0
