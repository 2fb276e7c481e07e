"""The verdict of --check on one average of one param, in the rounds of one group."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from math import inf
from typing import TYPE_CHECKING, Any

from ema_cli.check.causes import Causes, place
from ema_cli.core.numbers.literals import is_value, printable, quoted
from ema_cli.core.record import Record
from ema_cli.errors import DataError
from ema_cli.reading.cells import NOT_FINITE, is_missing
from ema_cli.report.derived import in_ulps
from ema_cli.text.number_text import whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.check.comparison import Comparison
    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.core.rounds import Rounds
    from ema_cli.reading.batch import Batch
    from ema_cli.text.language import Language


class Rows(Record):
    """The rounds of a batch beside the logged shadows."""

    batch: Batch
    index: int
    """The index of the param."""
    rounds: Rounds
    logged: list[str]
    written: list[str]
    """The shadows in full precision as ema-calc writes them, or empty texts."""
    differences: list[Any]
    """Computed - logged shadow; None if not compared (yet)."""
    distances: list[Any]
    """The differences in ulps."""
    differs: bytearray
    """Mask of the rounds that differ."""


class Verdict:
    """Counts of the rounds that agree and differ, and the first round that differs."""

    def __init__(self, of: Comparison, group: int) -> None:
        self._of, self._causes = of, Causes(of.average.of_row(group), of.script)
        self.compared = self.agreed = 0
        self._first: dict[str, Any] | None = None  # the first round that differs
        self._worst: float | None = None
        self._most: Any = 0  # the largest finite difference of a round that differs
        self._measured = True  # True if every distance in ulps is defined
        self._highest: tuple[Any, Any] | None = None  # the highest decay, and the counter of its round
        self._not_finite: tuple[int, str] | None = None  # the first round with a logged NaN or infinity, and its text

    def judge(self, rows: Rows, a: int, b: int) -> None:
        """Compare rows `a` up to `b`."""
        batch, rounds = rows.batch, rows.rounds
        self._causes.follow(rows, a, b)
        self._follow_decays(rounds, a, b)
        shadows, numbers, seeded = rounds.shadows, rounds.numbers, self._of.seeded
        for row in range(a, b):
            text, value = rows.logged[row], shadows[row]
            if value is None or numbers[row] in seeded:
                continue
            if is_missing(text):
                if text.lower() in NOT_FINITE:
                    self._not_finite = self._not_finite or (numbers[row], text)
                continue
            self.compared += 1
            if text == rows.written[row] and value - value == 0:  # fast path for most rows of most logs
                rows.differences[row] = rows.distances[row] = 0.0
                self.agreed += 1
                self._worst = self._worst or 0.0
                continue
            if not is_value(text):
                raise DataError(f"{batch.where(row)}: the logged {quoted(text)} is not a number")
            difference, ulps = apart(value, text, self._of.average.dtype)
            rows.differences[row], rows.distances[row] = difference, ulps
            if ulps is not None:
                self._worst = max(self._worst or 0.0, ulps)
            else:
                self._measured = False
            if self._of.tolerance.agrees(value, text, ulps):
                self.agreed += 1
                continue
            rows.differs[row] = True
            self._causes.differs(rows, row)
            if difference - difference == 0:
                self._most = max(self._most, abs(difference))
            if self._first is None:
                step = None if batch.steps is None else batch.steps[row]
                self._first = {"round": numbers[row], "step": step, "logged": text, "computed": value}
        self._causes.leave(rows, b)

    def _follow_decays(self, rounds: Rounds, a: int, b: int) -> None:
        """Update the highest decay so far, with its counter."""
        decays = [decay for decay in rounds.decays[a:b] if decay is not None]
        if not decays or self._of.average.stated is None or self._of.average.family.timed:
            return
        highest = max(decays)
        if self._highest is None or highest > self._highest[0]:
            steps = rounds.steps
            self._highest = highest, None if steps is None else steps[rounds.decays.index(highest, a)]

    def _unreached(self, say: Callable[..., str]) -> str:
        """Remark on a warm-up that never reached DECAY, so that any higher DECAY fits as well; else empty."""
        average, stated = self._of.average, self._of.average.stated
        if self._highest is None or self._highest[1] is None or stated is None or average.dtype.digits is None:
            return ""
        highest, counter = self._highest
        if not 0 < highest < float(stated.decay(average.decay_dtype)) or not self._of.goes_on_at(counter):
            return ""
        least = Decimal(float(highest)).quantize(Decimal(10) ** -6, ROUND_CEILING)
        return say("; DECAY was never reached: any DECAY from {least} up fits as well", least=least)

    def said(self, language: Language) -> str:
        """The verdict as a sentence."""
        say, told = language.say, self._said(language)
        if self._not_finite is not None:
            number, text = self._not_finite
            told += say(
                "; values such as the logged {text} in round {number} are not compared", text=text, number=number
            )
        return language.named(self._of.label, told)

    def _said(self, language: Language) -> str:
        say = language.say
        if not self.compared:
            return say("no round has a logged value to compare with")
        tolerance = self._of.tolerance.said(language)
        if self._first is None:
            if self.compared == 1:
                agree = say("the one round agrees {tolerance}", tolerance=tolerance)
            else:
                agree = say("all {count} rounds agree {tolerance}", count=self.compared, tolerance=tolerance)
            return agree + self._unreached(say)
        number, step = self._first["round"], self._first["step"]
        return say(
            "{differ} of {count} rounds differ {tolerance}, the first in {where}, by up to {most}: logged {logged},"
            " computed {computed} there",
            differ=self.compared - self.agreed,
            count=self.compared,
            tolerance=tolerance,
            where=place(say, number, step),
            most=f"{float(self._most):.6g}",
            logged=printable(self._first["logged"]),
            computed=whole(self._of.average.dtype)(self._first["computed"]),
        ) + self._causes.said(
            say,
            self.agreed,
            self.compared,
            self._worst if self._measured else None,
            by_digits=self._of.tolerance.kind == "digits",
        )

    def data(self) -> dict[str, Any]:
        """The verdict as data for programs."""
        first = self._first
        if first is not None:
            computed = first["computed"]
            exact = not isinstance(computed, float) or computed - computed != 0
            first = first | {"computed": str(computed) if exact else computed}
        worst = str(self._worst) if self._worst == inf else self._worst
        return {"compared": self.compared, "agree": self.agreed, "worst-ulps": worst, "first-difference": first}


def apart(value: Any, text: str, dtype: Dtype) -> tuple[Any, float | None]:
    """Compute value - text in the dtype, and the distance in units in the last place of the value; that is None in
    exact arithmetic, and if the difference is not finite.
    """
    logged = dtype.load(text)
    difference = dtype.round(value - logged)
    if dtype.digits is None or difference - difference != 0:
        return difference, None
    return difference, in_ulps(value - logged, value, dtype)
