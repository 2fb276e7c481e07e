"""Notes about steps with no effect or an unexpected effect."""

from __future__ import annotations

from collections import Counter
from itertools import count
from math import isclose
from typing import TYPE_CHECKING, Any

from ema_cli.core.decay_setting import LeftDecay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.typed_columns import Parts
    from ema_cli.reading.batch import Batch


_LOOKS = 4096
"""The number of updates that are checked for unevenly spaced steps."""


class StepNotes:
    """Notes steps that do not fit the counters of the rules.

    Args:
        averages: The averages that use the steps.
        count_from: The first number for updates without a step, or None.
        note: A function that prints a note.
        of_file: True if the steps come from a file or a pipe. In operands, uneven steps are intentional.
    """

    def __init__(
        self, averages: Sequence[Average], count_from: int | None, note: Callable[[str], None], *, of_file: bool = False
    ) -> None:
        pairs = dict.fromkeys((average.rule.name, average.counter) for average in averages)
        self._counters = [(name, counter) for name, counter in pairs if counter is not None]
        self._count_from, self._note = count_from, note
        self._lacking = False
        self._from_zero = of_file and all(a.given_initial is None and a.rule.start == "initial" for a in averages)
        # Alphas, spans and half-lives are words of fields whose averages start at the first value and never warm up.
        others = [a for a in averages if of_file and a.stated is not None and a.stated.kind not in ("decay", "leaves")]
        plain = (a for a in others if a.counter is None and a.rule.area != "training" and a.rule.take == "p")
        self._at_zero = self._from_zero and any(plain)
        self._warmed = [a.constant for a in others if a.rule.name == "warmup"]
        self._spaced = of_file and any(average.stated is not None and not average.family.timed for average in averages)
        self._spaces: dict[int, Any] = {}  # of each group, the last step, and the first difference that is not 0
        self._looks = 0
        self._first: Any = None
        self._left: list[tuple[Average, LeftDecay]] = []  # the decays of --leaves, found over steps from the first on
        self._done: Counter[int] = Counter()  # the rounds of each group whose steps were compared with those

    def begin(self, batch: Batch, averages: Iterable[Average]) -> None:
        """Note a start at 0, a warm-up, and a first step below a counter's; the averages are those that follow."""
        self._first = step = None if batch.steps is None else batch.steps[0]
        left = [(each, each.stated) for each in averages if step is not None and each.counter is not None]
        self._left = [(average, stated) for average, stated in left if isinstance(stated, LeftDecay)]
        if self._at_zero:
            self._note("the shadow starts at 0; --initial first starts it at the first param")
        if step is not None and any((1 + step) / (10 + step) < constant for constant in self._warmed):
            self._note("the steps warm up the decay; --rule fixed uses the same decay in each round")
        for name, counter in self._counters:
            if step is not None and counter.first is not None and step < counter.first:
                self._note(
                    f"rule {name} counts from {counter.first:g} ({counter.name}), but the first step here is {step}"
                )

    def follow(self, batch: Batch, parts: Parts) -> None:
        """Note the first update without a step, the first two differences of steps that are not equal, and a step that
        --leaves did not count on; `parts` are those of the groups.
        """
        for group, a, b in parts.each() if self._spaced or self._left else ():
            if self._spaced:
                self._note_spaces(batch, group, range(a, b))
            if self._left:
                self._note_uncounted(batch, group, range(a, b))
        if self._lacking or not batch.has_stepless:
            return
        self._lacking = True
        if self._count_from is None and any(counter.first is None for _, counter in self._counters):
            self._note(
                "updates without a step use DECAY as it is, without a warm-up; --count-from 0 numbers them 0, 1, ..."
                + "; the shadow starts at 0, --initial first starts it at the first param" * self._from_zero
            )
        for rule, counter in self._counters:
            if counter.noted:
                name = rule.partition(":")[0]
                self._note(
                    f"rule {name} numbers updates without a step from {counter.first:g} on; {name}:count=N starts at N"
                )

    def _note_uncounted(self, batch: Batch, group: int, rows: range) -> None:
        """Note the first step of a group that --leaves did not count on, if its decay is another."""
        for row, number in zip(rows, count(self._done[group])):
            step, counted = None if batch.steps is None else batch.steps[row], self._first + number
            left = [] if step in (None, counted) else [one for one, stated in self._left if number < stated.rounds]
            if any(average.value(step) != average.value(counted) for average in left):
                self._left = []
                self._note(
                    f"the decay of --leaves was found for steps {self._first}, {self._first + 1} and so on, but"
                    f" {batch.where(row)} has step {step}: another part of the initial value is left"
                )
                return
        self._done[group] += len(rows)

    def _note_spaces(self, batch: Batch, group: int, rows: range) -> None:
        """Note unevenly spaced steps in a group: a decay per round ignores the gaps."""
        for row in rows:
            step, (last, usual) = None if batch.steps is None else batch.steps[row], self._spaces.get(group, (None, 0))
            self._looks += 1
            stride = 0 if last is None or step is None else step - last
            gap = step is None or not (batch.complete or all(column[row] is not None for column in batch.values))
            if gap or stride < 0 or self._looks > _LOOKS:  # negative: the steps restart
                self._spaced = False
                return
            self._spaces[group] = step, usual or stride
            if stride and usual and not isclose(stride, usual):
                self._spaced = False
                self._note(
                    f"the steps are unevenly spaced ({usual} and {stride} apart), but the decay applies once per"
                    " round; to apply it per step, name the step's column with --time-column"
                )
                return

    def finish(self) -> None:
        """Note a --count-from without effect."""
        if self._count_from is not None and not self._lacking:
            self._note("--count-from has no effect: every update has a step")
