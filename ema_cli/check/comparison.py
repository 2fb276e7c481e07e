"""--check: logged shadows beside computed ones."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from math import inf
from typing import TYPE_CHECKING, Any

from ema_cli.check.diagnose import Causes
from ema_cli.check.param_guess import likeliest
from ema_cli.check.tolerance import tolerance
from ema_cli.core.average import Average
from ema_cli.core.numbers.literals import is_value, printable, shown
from ema_cli.errors import DataError, SettingError, UsageError
from ema_cli.languages.language import ENGLISH
from ema_cli.reading.cells import is_missing
from ema_cli.report.derived import in_ulps
from ema_cli.text.number_text import column, shortest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.check.tolerance import Tolerance
    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.core.rounds import Rounds
    from ema_cli.languages.language import Language
    from ema_cli.reading.batch import Batch
    from ema_cli.reading.script import Script

DIFFERS = 3
"""The exit code that says so."""


def targets(script: Script, names: Sequence[str], option: str) -> dict[int, int]:
    """For each param with a logged column, the number of that column.

    Args:
        script: The script with the columns.
        names: The params; empty for a single one that has no name.
        option: The option that asked.

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
            raise UsageError(f"{option} {param}={column}: no param {shown(param)}; {there}")
        elif len(names) > 1:
            likely = likeliest(script, number)
            name = names[likely or 0]
            follows = "" if likely is None else f"; the logged shadow moves towards {name}, and not past it"
            raise UsageError(
                f"{option} {column} needs one of the params {', '.join(names)}: give {option} {name}={column}, or"
                f" choose with --param-column{follows}"
            )
        else:
            place = 0
        if place in found:
            raise UsageError(f"{option} has two columns for the same param")
        found[place] = number
    return found


class Comparison:
    """One average of one param beside its logged shadow, round by round: a follower (`report/derived.py`).

    Args:
        average: The average.
        label: Its name in verdicts; empty for a single one.
        place: The number of the logged column among the columns that are passed through, or None if there is none.
        tolerance: The distance that counts as equal.
        script: The script that the rounds come from.
    """

    def __init__(self, average: Average, label: str, place: int | None, tolerance: Tolerance, script: Script) -> None:
        self.average, self.label, self.place, self.tolerance = average, label, place, tolerance
        self.causes = Causes(average, script)
        self.compared = self.agreed = 0
        self.first: dict[str, Any] | None = None
        """The first round that differs."""
        self.worst: float | None = None
        self.seeded: set[int] = set()
        """The rounds that took the logged shadow as it is, which are not judged."""
        self.differs = bytearray()
        """Mask of the rounds of the last batch that differ."""
        self._most: Any = 0  # the largest difference of a round that differs
        self._measured = True  # each distance in ulps
        self._highest: tuple[Any, Any] | None = None  # the highest decay, and the counter of its round

    def follow(self, batch: Batch, index: int, rounds: Rounds) -> dict[str, list[Any]]:
        """The columns `logged`, `difference` (computed - logged) and `ulps`."""
        nothing: list[Any] = [None] * len(rounds)
        if self.place is None or not batch.kept:
            return {"logged": [""] * len(rounds), "difference": nothing, "ulps": nothing}
        texts = batch.kept[self.place]
        self.causes.follow(batch, index, texts)
        self._follow_decays(rounds)
        self.differs = bytearray(len(rounds))
        measured: list[tuple[Any, float | None]] = []
        for row, (text, value, own) in enumerate(zip(texts, rounds.shadows, self._written(rounds), strict=True)):
            if is_missing(text) or value is None or rounds.first + row in self.seeded:
                measured.append((None, None))
                continue
            self.compared += 1
            if text == own and value - value == 0:  # most rows of most logs: the rest would find no more than this
                measured.append((0.0, 0.0))
                self.agreed += 1
                self.worst = self.worst or 0.0
                continue
            if not is_value(text):
                raise DataError(f"{batch.where(row)}: the logged {shown(text)} is not a number")
            difference, ulps = apart(value, text, self.average.dtype)
            measured.append((difference, ulps))
            self.causes.measure(abs(difference))
            if ulps is not None:
                self.worst = max(self.worst or 0.0, ulps)
            else:
                self._measured = False
            if self.tolerance.agrees(value, text, ulps):
                self.agreed += 1
                continue
            self.differs[row] = True
            if difference - difference == 0:
                self._most = max(self._most, abs(difference))
            if self.first is None:
                step = None if batch.steps is None else batch.steps[row]
                self.first = {"round": rounds.first + row, "step": step, "logged": text, "computed": value}
                self.causes.first(batch, row, value, text, abs(difference), ulps)
                if rounds.first + row == 1:
                    self.causes.starts(batch.texts[index][row], value, text, abs(difference), ulps)
        self.causes.leave(batch)
        return {
            "logged": texts,
            "difference": [difference for difference, _ in measured],
            "ulps": [ulps for _, ulps in measured],
        }

    def _written(self, rounds: Rounds) -> list[str]:
        """The shadows as this program writes them in full; in exact arithmetic, where that may be long, nothing."""
        if self.average.dtype.digits is None:
            return [""] * len(rounds)
        return column(shortest(self.average.dtype), rounds.shadows, gaps=rounds.shows is not None)

    def _follow_decays(self, rounds: Rounds) -> None:
        """Keep the highest decay so far, with its counter."""
        decays = [decay for decay in rounds.decays if decay is not None]
        if not decays or self.average.stated is None:
            return
        highest = max(decays)
        if self._highest is None or highest > self._highest[0]:
            steps = rounds.steps
            self._highest = highest, None if steps is None else steps[rounds.decays.index(highest)]

    def _unreached(self, say: Callable[..., str]) -> str:
        """Sentence on a warm-up that no round came to the end of: any higher DECAY gives the same."""
        average, stated = self.average, self.average.stated
        if self._highest is None or self._highest[1] is None or stated is None or average.dtype.digits is None:
            return ""
        highest, counter = self._highest
        if not 0 < highest < float(stated.decay(average.decay_dtype)):
            return ""
        parameters = {p.name: average.parameters[p.name] for p in average.rule.parameters}
        try:
            other = Average(1, rule=average.rule.name, parameters=parameters, dtype=average.input_dtype.name)
            same = other.value(counter) == average.value(counter)
        except (SettingError, ArithmeticError):
            return ""
        if not same:
            return ""
        least = Decimal(float(highest)).quantize(Decimal(10) ** -6, ROUND_CEILING)
        return say("; DECAY was never reached: any DECAY from {least} on gives the same", least=least)

    def verdict(self, write: Callable[[Any], str], language: Language = ENGLISH) -> str:
        """Result as a sentence."""
        return language.named(self.label, self._verdict(write, language))

    def _verdict(self, write: Callable[[Any], str], language: Language) -> str:
        say = language.say
        if not self.compared:
            return say("no round has a logged value to compare with")
        tolerance = self.tolerance.said(language)
        if self.first is None:
            if self.compared == 1:
                agree = say("the one round agrees {tolerance}", tolerance=tolerance)
            else:
                agree = say("all {count} rounds agree {tolerance}", count=self.compared, tolerance=tolerance)
            return agree + self._unreached(say)
        number, step = self.first["round"], self.first["step"]
        where = say("round {number}", number=number)
        if step is not None:
            where = say("round {number} (step {step})", number=number, step=step)
        return say(
            "{differ} of {count} rounds differ {tolerance}, the first in {where}, by up to {most}: logged {logged},"
            " computed {computed} there",
            differ=self.compared - self.agreed,
            count=self.compared,
            tolerance=tolerance,
            where=where,
            most=f"{float(self._most):.6g}",
            logged=printable(self.first["logged"]),
            computed=write(self.first["computed"]),
        ) + self.causes.said(
            say,
            self.agreed,
            self.compared,
            self.worst if self._measured else None,
            by_digits=self.tolerance.kind == "digits",
        )

    def data(self) -> dict[str, Any]:
        """Settings for programs."""
        first = self.first
        if first is not None:
            computed = first["computed"]
            exact = not isinstance(computed, float) or computed - computed != 0
            first = first | {"computed": str(computed) if exact else computed}
        worst = str(self.worst) if self.worst == inf else self.worst
        return {"compared": self.compared, "agree": self.agreed, "worst-ulps": worst, "first-difference": first}


def apart(value: Any, text: str, dtype: Dtype) -> tuple[Any, float | None]:
    """value - text in the dtype, and their distance in units in the last place at the value; None where there is none:
    in exact arithmetic, and where the value is not finite.
    """
    logged = dtype.load(text)
    difference = dtype.round(value - logged)
    if dtype.digits is None or difference - difference != 0:
        return difference, None
    return difference, in_ulps(value - logged, value, dtype)


class Check:
    """The comparisons of all averages, as --check and --tolerance ask for them.

    Args:
        script: The script that the rounds come from.
        names: The params; empty for a single one that has no name.
        averages: For each average, that of each param.
        labels: The name of each in verdicts.
        tolerated: The text of --tolerance.

    Raises:
        UsageError: The script has no logged column, one of them has no clear param, or the tolerance is wrong.
    """

    def __init__(
        self,
        script: Script,
        names: Sequence[str],
        averages: Sequence[Sequence[Average]],
        labels: Sequence[Sequence[str]],
        tolerated: str | None,
    ) -> None:
        if not script.logged:
            raise UsageError("--check reads a column of a file, but the script starts with a piece")
        kept = {index: len(script.kept) + number for index, number in targets(script, names, "--check").items()}
        allowed = tolerance(tolerated)
        self.each = [
            [
                Comparison(average, label, kept.get(index), allowed, script)
                for index, (average, label) in enumerate(zip(own, called, strict=True))
            ]
            for own, called in zip(averages, labels, strict=True)
        ]
        self.comparisons = [one for own in self.each for one in own if one.place is not None]
        self.unlogged = [index for index, one in enumerate(self.each[0]) if one.place is None]
        """The params with no logged column."""

    @property
    def exit_code(self) -> int:
        """0 if every round agrees, else DIFFERS.

        Raises:
            DataError: There is nothing that was logged.
        """
        if not any(one.compared for one in self.comparisons):
            raise DataError("--check: no round has a logged value to compare with")
        return DIFFERS if any(one.agreed < one.compared for one in self.comparisons) else 0
