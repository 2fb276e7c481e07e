"""What a difference under --check may come from beside the average: rounded params, missing updates, another param."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from ema_cli.core.numerals import is_number
from ema_cli.leaning import ROUNDING, Sample
from ema_cli.tolerance import decimals, unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.engine import Average
    from ema_cli.script import Script
    from ema_cli.script.batch import Batch

_FEW_DECIMALS = 3
"""Params with fewer decimals are round numbers sooner than rounded ones."""

FEW_ULPS = 16
"""So many units in the last place are a matter of rounding, in whichever type."""

_HARDLY_ANY = 0.1
"""Where this part of the rounds agrees or less, the param itself is doubtful."""


class Causes:
    """What is seen of one average of one param beside its logged shadow.

    Args:
        average: The average.
        script: What the rounds come from.
    """

    def __init__(self, average: Average, script: Script) -> None:
        self.average = average
        self._largest: Any = 0
        self._decimals = 0
        self._before: Any = None  # the step of the last round
        self._gap: tuple[Any, Any] | None = None
        self._sample = Sample(script)

    def follow(self, batch: Batch, index: int, logged: list[str]) -> None:
        """The rows of a batch."""
        self._sample.follow(batch, index, logged)

    def leave(self, batch: Batch) -> None:
        """The batch is done."""
        self._before = None if batch.steps is None else batch.steps[-1]

    def measure(self, difference: Any, param: str) -> None:
        """How far a round is off, and with how many decimals its param was logged."""
        self._largest = max(self._largest, difference if difference - difference == 0 else inf)
        if is_number(param):
            self._decimals = max(self._decimals, decimals(param))

    def first(self, batch: Batch, row: int, value: Any, logged: str, difference: Any, ulps: float | None) -> None:
        """The first round that differs: whether the step jumps there, if it differs by more than rounding."""
        rounding = max(ROUNDING * abs(value), 2 * unit(logged))
        if batch.steps is None or (ulps is not None and ulps <= FEW_ULPS) or difference <= rounding:
            return
        before, step = batch.steps[row - 1] if row else self._before, batch.steps[row]
        counter = self.average.counter
        stride = 1 if counter is None or counter.first is None else counter.stride
        if step is not None and before is not None and step - before > stride:
            self._gap = before, step

    def said(self, say: Callable[..., str], agreed: int, compared: int, *, by_digits: bool) -> str:
        """What there is to say of them, behind the verdict."""
        rounded = self._rounded(say) if by_digits else ""
        doubtful = agreed <= _HARDLY_ANY * compared
        another = self._sample.said(say, sure=agreed > 0) if doubtful else ""
        cause = another or rounded or self._missing(say)
        return say("; ") + cause if cause else ""

    def _rounded(self, say: Callable[..., str]) -> str:
        """An average of rounded params is off by as much as they are."""
        last = 10.0**-self._decimals
        if self._decimals < _FEW_DECIMALS or self._largest > last:
            return ""
        return say(
            "no difference is more than the last decimal of the params, which may have been rounded:"
            " --tolerance abs:{unit} allows for that",
            unit=f"{last:g}",
        )

    def _missing(self, say: Callable[..., str]) -> str:
        if self._gap is None:
            return ""
        return say(
            "the step goes from {before} to {after} there: if the log lacks the updates between, no shadow can be"
            " recomputed from it: log every update",
            before=self._gap[0],
            after=self._gap[1],
        )
