"""One average that may have made a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.average import Average
from ema_cli.core.catalogue import joined
from ema_cli.core.errors import SettingError
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from ema_cli.core.decay_setting import Constant
    from ema_cli.identify.log import Log
    from ema_cli.identify.shapes import Shape
    from ema_cli.languages.language import Language

IMPOSSIBLE = (SettingError, ArithmeticError, ValueError, TypeError)
"""The settings make no average, or it has no value."""


class Candidate(Record):
    """One average with all its settings."""

    rule: str
    parameters: dict[str, str]
    constant: Constant | None
    dtype: str
    cost: float = 0.0
    """Cost of its settings; plainer ones cost less."""
    initial: str | None = None
    """The initial value, as for `Average`; None where the rule takes none."""
    offset: int | None = 0
    """Number added to the script's steps; None if the rule ignores them and counts by itself."""
    count_from: int | None = None
    """First number of the updates, where neither the rule nor the script counts them."""
    every: int = 1
    """Only each so many-th round is handed over, as --update-every does."""
    continued: bool = False
    """True if it starts from the first logged shadow, as nothing is known of what was before."""
    shape: Shape | None = None
    """The schedule that it follows."""

    def average(self, start: Any = None) -> Average:
        """The average, before its first round."""
        return Average(
            self.constant,
            rule=str(self),
            dtype=self.dtype,
            initial=self.initial if start is None else start,
            count_from=self.count_from,
        )

    def __str__(self) -> str:
        """The rule with its parameters, as --rule takes it."""
        return joined(self.rule, self.parameters)

    def named(self, language: Language) -> str:
        """The rule with its constant, in words."""
        if self.constant is None:
            return self.rule
        stated = f"{language.say(self.constant.kind)} {self.constant.value}"
        return language.say(", ").join([self.rule, stated])

    @property
    def key(self) -> tuple[Any, ...]:
        """Key that identifies it, whichever schedule it was found by."""
        parameters = tuple(sorted(self.parameters.items()))
        return self.rule, parameters, self.constant, self.dtype, self.offset, self.count_from, self.every

    def counters(self, log: Log) -> list[Any] | None:
        """The steps that the average is given."""
        if self.offset is None or log.steps is None:
            return None
        return [None if step is None else step + self.offset for step in log.steps]

    def shadows(self, log: Log, average: Average | None = None) -> list[Any]:
        """The shadows that it gives."""
        average = self.average() if average is None else average
        steps = self.counters(log)
        head = log.head
        first = log.shadows[head]
        if not self.continued or first is None:
            return list(average.beside(self.initial).advance_plain(log.params, steps).shadows)
        rest = average.beside(first)
        number = self.count_from if average.counter is None else average.counter.first or self.count_from
        if steps is None and average.counter is not None and number is not None:
            steps = [number + average.counter.stride * row for row in range(len(log))]
        after = head + 1
        later = rest.advance_plain(log.params[after:], None if steps is None else steps[after:]).shadows
        return [*[None] * head, rest.dtype.load(first), *later]
