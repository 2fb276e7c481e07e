"""Likely causes of a difference under --check: rounded params, missing updates, another param."""

from __future__ import annotations

from itertools import pairwise
from math import ceil, floor, inf, log10
from typing import TYPE_CHECKING, Any

from ema_cli.check.averaged_column import MOST_ROWS, ROUNDING, Sample
from ema_cli.check.tolerance import decimals, significant, unit
from ema_cli.core.numbers.dtypes import DTYPES, dtype
from ema_cli.core.numbers.literals import is_number
from ema_cli.core.numbers.values import value_of
from ema_cli.text.number_text import shortest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.check.verdict import Rows
    from ema_cli.core.average import Average
    from ema_cli.reading.script import Script

_FEW_DECIMALS = 3
"""Params with fewer decimals are assumed to be exact, not rounded."""

FEW_ULPS = 16
"""The largest distance in ulps that rounding may explain, in any type."""

_CLEAR = 1e-3
"""Maximum error of a decay, from the rounding of the logged digits, for the decay to be reported."""

_ENOUGH = 8
"""The fewest values, and the fewest digits in the longest one, that determine a dtype."""

_HARDLY_ANY = 0.1
"""If no more than this fraction of the rounds agrees, the choice of the param is doubtful."""


class Causes:
    """Collects evidence for the causes of a difference: for one average of one param, round by round."""

    def __init__(self, average: Average, script: Script) -> None:
        self.average = average
        self._largest: Any = 0
        self._begin = 0  # first row of the current part of a batch
        self._last: tuple[Any, str, Any] = None, "", None  # the previous round: step, logged and computed shadow
        self._gap: tuple[Any, Any] | None = None
        counter = average.counter
        self._stride = 1 if counter is None or counter.first is None else counter.stride
        self._moves: list[Any] = []  # differences of the step between rows, in the first rows
        self._any = self._differs = self._copies = False
        self._decays: tuple[Any, Any, float, float, float] | None = None
        """A round that differs: its number, its step, the error of its decay, and the logged and the computed decay."""
        self._elsewhere = False  # True if the round before that one differs as well
        self._takes_first = average.initial is not None  # True if --initial first would be a change
        self._sample = Sample(script)

    def follow(self, rows: Rows, a: int, b: int) -> None:
        """Begin rows `a` up to `b` of a batch."""
        batch, self._begin = rows.batch, a
        self._sample.follow(batch, rows.index, rows.logged, a, b)
        if batch.steps is not None and len(self._moves) < MOST_ROWS:
            steps = [self._last[0], *batch.steps[a:b][:MOST_ROWS]]
            self._moves += [two - one for one, two in pairwise(steps) if one is not None and two is not None]

    def leave(self, rows: Rows, b: int) -> None:
        """End the rows before row `b`."""
        self._last = self._before(rows, b)
        for difference in filter(None, rows.differences[self._begin : b]):
            self._largest = max(self._largest, abs(difference) if difference == difference else inf)

    def _before(self, rows: Rows, row: int) -> tuple[Any, str, Any]:
        """The round before a row: its step, its logged and its computed shadow."""
        if row == self._begin:
            return self._last
        steps = rows.batch.steps
        return None if steps is None else steps[row - 1], rows.logged[row - 1], rows.rounds.shadows[row - 1]

    def differs(self, rows: Rows, row: int) -> None:
        """Record a round that differs."""
        is_first, self._any = not self._any, True
        ulps, difference = rows.distances[row], abs(rows.differences[row])
        if (ulps is not None and ulps <= FEW_ULPS) or self._decays is not None:
            return
        logged, value, number = rows.logged[row], rows.rounds.shadows[row], rows.rounds.numbers[row]
        param, step = rows.batch.texts[rows.index][row], None if rows.batch.steps is None else rows.batch.steps[row]
        before, *_ = last = self._before(rows, row)
        if number == 1 and is_number(param) and float(param) == value_of(logged):
            self._copies = bool(difference > ROUNDING * abs(value))
        if is_first and not difference <= max(ROUNDING * abs(value), 2 * unit(logged)):
            self._differs = True
            if step is not None and before is not None and step - before > self._stride:
                self._gap = before, step
        if difference - difference == 0:
            self._compare(rows, row, step, last)

    def _compare(self, rows: Rows, row: int, step: Any, last: tuple[Any, str, Any]) -> None:
        """Record the logged and the computed decay of a round, if the logged digits are precise enough."""
        _, before, computed = last
        param, logged = rows.batch.values[rows.index][row], rows.logged[row]
        if None in (param, computed) or not is_number(before):
            return
        apart, own = float(before) - float(param), float(computed) - float(param)
        slack = unit(before) + unit(logged) + ROUNDING * abs(float(before))
        if slack < _CLEAR * min(abs(apart), abs(own)):
            decays = (float(logged) - float(param)) / apart, (float(rows.rounds.shadows[row]) - float(param)) / own
            self._elsewhere = abs(float(before) - float(computed)) > slack
            self._decays = rows.rounds.numbers[row], step, slack / abs(apart), *decays

    def said(self, say: Callable[..., str], agreed: int, compared: int, worst: float | None, *, by_digits: bool) -> str:
        """Remarks that follow the verdict; `worst` is the largest distance in ulps, None if one is undefined."""
        if worst is not None and worst <= 1:
            return say("; ") + say("no difference is more than 1 ulp: --tolerance ulp:1 allows for that")
        if worst is not None and worst <= FEW_ULPS:
            return say("; ") + say(
                "no difference is more than {count} ulps: --tolerance ulp:{count} allows for that", count=ceil(worst)
            )
        rounded = self._rounded(say) if by_digits else ""
        doubtful = agreed <= _HARDLY_ANY * compared
        short = self._short()
        held = say("every logged shadow is a {dtype} number: try --dtype {dtype}", dtype=short) if short else ""
        cause = (
            (self._sample.said(say, sure=True) if doubtful else "")
            or rounded
            or self._missing(say, regular=doubtful)
            or (self._sample.said(say) if not agreed else "")
            or self._of_decays(say, short)
        )
        return "".join(say("; ") + one for one in (self._start(say), held, cause) if one)

    def _start(self, say: Callable[..., str]) -> str:
        """Remark on code that seems to start its shadow at the first param."""
        if not self._copies:
            return ""
        if self._takes_first and self.average.rule.start == "initial":
            return say("the logged shadow of round 1 is the param: try --initial first, or a rule that copies first")
        return say("the logged shadow of round 1 is the param, as with a rule that copies first")

    def _short(self) -> str:
        """The dtype, shorter than the average's, that holds all logged shadows; empty if none does."""
        texts, digits = {*filter(is_number, self._sample.logged)}, self.average.dtype.digits or inf
        if len(texts) < _ENOUGH or max(map(significant, texts)) < _ENOUGH:
            return ""
        for name in DTYPES[-2:0:-1]:
            num = dtype(name)
            write, pairs = shortest(num), [(value_of(text), num.load(text)) for text in texts]
            if (num.digits or inf) < digits and all(value in (near, float(write(near))) for value, near in pairs):
                return name
        return ""

    def _of_decays(self, say: Callable[..., str], short: str) -> str:
        """Remark on a logged decay; `short` is the shorter dtype of the log, which widens its error."""
        if self._decays is None:
            return ""
        number, step, slack, logged, computed = self._decays
        if short:
            slack *= max(2.0 ** -(dtype(short).digits or 0) / ROUNDING, 1.0)
        if abs(logged - computed) <= 4 * slack:
            if short or self._copies or number > 2 or not self._elsewhere:
                return ""
            return say("the decays agree, but the log starts from another value: try --initial logged")
        where = place(say, number, step)
        if not -slack <= logged <= 1 + slack:
            return say(
                "in {where} the logged shadow is not between the one before it and the param: --identify says more",
                where=where,
            )
        digits = max(min(floor(-log10(slack)) - 1, 8), 2)
        return say(
            "in {where} the logged decay is {logged}, the computed one {computed}: --identify says more",
            where=where,
            logged=f"{logged:.{digits}f}".rstrip("0").rstrip("."),
            computed=f"{computed:.{digits}f}".rstrip("0").rstrip("."),
        )

    def _rounded(self, say: Callable[..., str]) -> str:
        """Remark on params that seem to be rounded: no difference exceeds their last decimal."""
        places = max(map(decimals, filter(is_number, self._sample.params)), default=0)
        last = 10.0**-places
        if places < _FEW_DECIMALS or self._largest > last:
            return ""
        return say(
            "no difference is more than the last decimal of the params, which may have been rounded:"
            " --tolerance abs:{unit} allows for that",
            unit=f"{last:g}",
        )

    def _missing(self, say: Callable[..., str], *, regular: bool) -> str:
        if self._gap is None:
            if not regular or not self._differs or min(self._moves, default=0) <= self._stride:
                return ""
            return say(
                "{what}: if updates are missing from the log, the shadow can't be recomputed: log every update",
                what=moves(self._moves, say),
            )
        return say(
            "the step goes from {before} to {after} there: if updates are missing from the log, the shadow can't be"
            " recomputed: log every update",
            before=self._gap[0],
            after=self._gap[1],
        )


def place(say: Callable[..., str], number: Any, step: Any) -> str:
    """Name a round, with its step if it has one."""
    if step is None:
        return say("round {number}", number=number)
    return say("round {number} (step {step})", number=number, step=step)


def moves(by: Sequence[Any], say: Callable[..., str]) -> str:
    """Say by how much the step increases from row to row."""
    low, high = min(by), max(by)
    if low == high:
        return say("the step moves by {stride} from row to row", stride=low)
    return say("the step moves by {low} to {high} from row to row", low=low, high=high)
