"""--check: the shadows that somebody's code logged, beside those that are computed here."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from ema_cli.companions import in_ulps
from ema_cli.core.numerals import is_number, printable, shown
from ema_cli.core.records import Record
from ema_cli.errors import DataError, UsageError
from ema_cli.languages import ENGLISH
from ema_cli.script.cells import is_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.core.dtypes import Dtype
    from ema_cli.core.engine import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.languages import Language
    from ema_cli.script.batch import Batch

_FEW_DECIMALS = 3
"""Params with fewer decimals are round numbers sooner than rounded ones."""

DIFFERS = 3
"""The exit code that says so."""


def decimals(text: str) -> int:
    """How many digits a number's text has behind the point; negative where its last digits are only places.

    >>> decimals("1.50"), decimals("2e-7"), decimals("1.5e3"), decimals("12")
    (2, 7, -2, 0)
    """
    mantissa, _, exponent = text.lower().partition("e")
    return len(mantissa.partition(".")[2]) - int(exponent or 0)


def is_text_of(value: Any, text: str) -> bool:
    """Whether the value, rounded to the digits that the text has, is the text.

    >>> is_text_of(4.9934072, "4.993"), is_text_of(4.9934072, "4.994"), is_text_of(123456.0, "1.235e5")
    (True, False, True)
    """
    if value - value != 0:
        return False
    places = decimals(text)
    if isinstance(value, float) and 0 <= places <= 400:
        return float(f"{value:.{places}f}") == float(text)
    from fractions import Fraction

    scale = Fraction(10) ** places
    return round(Fraction(value) * scale) == Fraction(text) * scale


class Tolerance(Record):
    """Which distance from the logged value is none."""

    kind: str = "digits"
    """digits, abs, rel or ulp."""
    amount: float = 0.0

    def agrees(self, value: Any, text: str, ulps: float | None) -> bool:
        """Whether a computed value agrees with the logged one."""
        if self.kind == "digits":
            return is_text_of(value, text)
        if value - value != 0:
            return False
        if self.kind == "ulp":
            return ulps is not None and ulps <= self.amount
        distance = abs(float(value) - float(text))
        return distance <= (self.amount if self.kind == "abs" else self.amount * abs(float(text)))

    def said(self, language: Language) -> str:
        """It in words."""
        if self.kind == "digits":
            return language.say("at the digits that were logged")
        return language.say("within {tolerance}", tolerance=f"{self.kind}:{self.amount:g}")


def tolerance(text: str | None) -> Tolerance:
    """The tolerance that `abs:X`, `rel:X` or `ulp:N` states; without one, the digits that were logged decide.

    Raises:
        UsageError: It is none of these.
    """
    if text is None:
        return Tolerance()
    kind, _, amount = text.partition(":")
    if kind not in ("abs", "rel", "ulp") or not is_number(amount) or not 0 <= float(amount) < float("inf"):
        raise UsageError(f"--tolerance {shown(text)} is none of abs:X, rel:X and ulp:N, with a number from 0")
    return Tolerance(kind, float(amount))


def targets(logged: Sequence[tuple[str, str]], names: Sequence[str], option: str) -> dict[int, int]:
    """For each param with a logged column, the number of that column.

    Args:
        logged: The param that each column was asked for, empty if none was said; and the column.
        names: The params; empty for a single one that has no name.
        option: Which option asked.

    Raises:
        UsageError: It isn't clear which param a column belongs to.
    """
    found: dict[int, int] = {}
    for number, (param, column) in enumerate(logged):
        if param and param in names:
            place = names.index(param)
        elif param and not (len(names) < 2 and param == "param"):
            raise UsageError(f"{option} {param}={column}: no param {shown(param)}; there are {', '.join(names)}")
        elif len(names) > 1:
            raise UsageError(
                f"{option} {column}: there are the params {', '.join(names)}; {option} {names[0]}={column} says which,"
                " and --param-column chooses among them"
            )
        else:
            place = 0
        if place in found:
            raise UsageError(f"{option} has two columns for the same param")
        found[place] = number
    return found


class Comparison:
    """One average of one param beside its logged shadow, round by round: a companion (`companions.py`).

    Args:
        average: The average.
        label: What verdicts call it; empty for a single one.
        place: The number of the logged column among the columns that are passed through, or None if there is none.
        tolerance: Which distance is none.
    """

    def __init__(self, average: Average, label: str, place: int | None, tolerance: Tolerance) -> None:
        self.average, self.label, self.place, self.tolerance = average, label, place, tolerance
        self.compared = self.agreed = 0
        self.first: dict[str, Any] | None = None
        """The first round that differs."""
        self.worst: float | None = None
        self._largest: Any = 0
        self._decimals = 0

    def follow(self, batch: Batch, index: int, rounds: Rounds) -> dict[str, list[Any]]:
        """The columns `logged`, `difference` (computed - logged) and `ulps`."""
        nothing: list[Any] = [None] * len(rounds)
        if self.place is None or not batch.kept:
            return {"logged": [""] * len(rounds), "difference": nothing, "ulps": nothing}
        texts = batch.kept[self.place]
        differences: list[Any] = []
        distances: list[Any] = []
        for row, (text, value) in enumerate(zip(texts, rounds.shadows, strict=True)):
            if is_missing(text) or value is None:
                differences.append(None)
                distances.append(None)
                continue
            if not is_number(text):
                raise DataError(f"{batch.where(row)}: the logged {shown(text)} is not a number")
            difference, ulps = apart(value, text, self.average.dtype)
            differences.append(difference)
            distances.append(ulps)
            self.compared += 1
            self._measure(abs(difference), batch.texts[index][row])
            if self.tolerance.agrees(value, text, ulps):
                self.agreed += 1
            elif self.first is None:
                step = None if batch.steps is None else batch.steps[row]
                self.first = {"round": rounds.first + row, "step": step, "logged": text, "computed": value}
            if ulps is not None:
                self.worst = max(self.worst or 0.0, ulps)
        return {"logged": texts, "difference": differences, "ulps": distances}

    def _measure(self, difference: Any, param: str) -> None:
        """How far a round is off, and with how many decimals its param was logged."""
        self._largest = max(self._largest, difference if difference - difference == 0 else inf)
        if is_number(param):
            self._decimals = max(self._decimals, decimals(param))

    def _excuse(self, say: Callable[..., str]) -> str:
        """What a log with params of few digits is told: an average of rounded params is off by as much as they are."""
        unit = 10.0**-self._decimals
        if self.tolerance.kind != "digits" or self._decimals < _FEW_DECIMALS or self._largest > unit:
            return ""
        return say(
            "; no difference is more than the last decimal of the params, which may have been rounded:"
            " --tolerance abs:{unit} allows for that",
            unit=f"{unit:g}",
        )

    def verdict(self, write: Callable[[Any], str], language: Language = ENGLISH) -> str:
        """What there is to say, in a sentence."""
        text = self._verdict(write, language)
        return language.say("{name}: {text}", name=self.label, text=text) if self.label else text

    def _verdict(self, write: Callable[[Any], str], language: Language) -> str:
        say = language.say
        if not self.compared:
            return say("no round has a logged value to compare with")
        tolerance = self.tolerance.said(language)
        if self.first is None:
            return say("all {count} rounds agree {tolerance}", count=self.compared, tolerance=tolerance)
        number, step = self.first["round"], self.first["step"]
        where = say("round {number}", number=number)
        if step is not None:
            where = say("round {number} (step {step})", number=number, step=step)
        return say(
            "{agreed} of {count} rounds agree {tolerance}; the first difference is in {where}: logged {logged},"
            " computed {computed}",
            agreed=self.agreed,
            count=self.compared,
            tolerance=tolerance,
            where=where,
            logged=printable(self.first["logged"]),
            computed=write(self.first["computed"]),
        ) + self._excuse(say)

    def data(self) -> dict[str, Any]:
        """The same for programs."""
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
    from fractions import Fraction

    return difference, in_ulps(Fraction(value) - Fraction(logged), Fraction(value), dtype)


class Check:
    """The comparisons of all averages.

    Args:
        averages: For each average, that of each param.
        labels: The same, as verdicts call them.
        places: For each param with a logged column, its number among the columns that are passed through.
        tolerance: Which distance is none.
    """

    def __init__(
        self,
        averages: Sequence[Sequence[Average]],
        labels: Sequence[Sequence[str]],
        places: dict[int, int],
        tolerance: Tolerance,
    ) -> None:
        self.each = [
            [
                Comparison(average, label, places.get(index), tolerance)
                for index, (average, label) in enumerate(zip(own, names, strict=True))
            ]
            for own, names in zip(averages, labels, strict=True)
        ]
        self.comparisons = [one for own in self.each for one in own if one.place is not None]

    @property
    def exit_code(self) -> int:
        """0 if every round agrees, else DIFFERS.

        Raises:
            DataError: There is nothing that was logged.
        """
        if not any(one.compared for one in self.comparisons):
            raise DataError("--check: no round has a logged value to compare with")
        return DIFFERS if any(one.agreed < one.compared for one in self.comparisons) else 0


def of_script(
    logged: Sequence[tuple[str, str]],
    names: Sequence[str],
    averages: Sequence[Sequence[Average]],
    labels: Sequence[Sequence[str]],
    tolerated: str | None,
) -> Check:
    """The check that --check and --tolerance ask for.

    Raises:
        UsageError: The script has no logged column, one of them has no clear param, or the tolerance is none.
    """
    if not logged:
        raise UsageError("--check reads a column of a file, and the script starts with a piece that has none")
    return Check(averages, labels, targets(logged, names, "--check"), tolerance(tolerated))
