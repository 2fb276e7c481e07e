"""Notes about options and steps that have no effect, or an unexpected one."""

from __future__ import annotations

from math import isclose
from typing import TYPE_CHECKING, Any

from ema_cli.core.gates import COPY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.reading.batch import Batch
    from ema_cli.text.number_text import Style


_LOOKS = 4096
"""The number of updates that are searched for uneven steps."""


class StepNotes:
    """Note steps that do not fit the counters of the rules.

    Args:
        averages: The averages that take the steps.
        count_from: The first number for updates without a step; None if they have none.
        note: A function that prints a note.
        of_file: True if the steps come from a file or a pipe. In pieces, uneven steps are intended.
    """

    def __init__(
        self,
        averages: Sequence[Average],
        count_from: int | None,
        note: Callable[[str], None],
        *,
        of_file: bool = False,
    ) -> None:
        self._averages, self._count_from, self._note = averages, count_from, note
        self._lacking = False
        self._spaced = of_file and any(average.stated is not None for average in averages)
        self._last: Any = None
        self._stride: Any = None  # the first one
        self._looks = 0

    def begin(self, batch: Batch) -> None:
        """Note a first step below the first value of a rule's counter."""
        step = None if batch.steps is None else batch.steps[0]
        for average in self._averages:
            counter = average.counter
            if step is not None and counter is not None and counter.first is not None and step < counter.first:
                self._note(
                    f"rule {average.rule.name} counts from {counter.first:g} ({counter.name}), and the first step here"
                    f" is {step}"
                )

    def follow(self, batch: Batch) -> None:
        """Note the first update without a step, and the first two strides of the steps that differ."""
        if self._spaced:
            self._note_spaces(batch)
        if self._lacking or not batch.has_stepless:
            return
        self._lacking = True
        counters = [average.counter for average in self._averages]
        callers = any(counter is not None and counter.first is None for counter in counters)
        if callers and self._count_from is None:
            self._note(
                "updates without a step use DECAY as it is, without a warm-up; --count-from 0 numbers them 0, 1, ..."
            )

        for average, counter in zip(self._averages, counters, strict=True):
            if counter is not None and counter.noted:
                name = average.rule.name.partition(":")[0]
                self._note(
                    f"rule {name} numbers updates without a step from {counter.first:g} on; {name}:count=N starts at N"
                )

    def _note_spaces(self, batch: Batch) -> None:
        """Note unevenly spaced steps: a decay per round ignores the gaps."""
        for row, step in enumerate(batch.steps or [None]):
            self._looks += 1
            stride = 0 if self._last is None or step is None else step - self._last
            gap = step is None or not (batch.complete or all(column[row] is not None for column in batch.values))
            if gap or stride < 0 or self._looks > _LOOKS:  # negative where the steps start again
                self._spaced = False
                return
            self._last = step
            if not stride or (self._stride is not None and isclose(stride, self._stride)):
                continue
            if self._stride is None:
                self._stride = stride
                continue
            self._spaced = False
            self._note(
                f"the steps are unevenly spaced ({self._stride} and {stride} apart), but the decay applies once per"
                " round; to apply it per step, name the step's column with --time-column"
            )
            return

    def finish(self) -> None:
        """Note a --count-from that numbered nothing."""
        if self._count_from is not None and not self._lacking:
            self._note("--count-from has no effect: every update has a step")


SHORT = ("float16", "bfloat16")
"""The dtypes in which rounding the param may hide the effect of the average."""


class HeldParams:
    """Count the rounds in which the dtype rounds the param by more than half of its distance from the shadow.

    Args:
        averages: For each average, that of each param.
    """

    def __init__(self, averages: Sequence[Sequence[Average]]) -> None:
        self._averages = averages
        self._found: dict[int, tuple[int, Any]] = {}
        """Of an average: how many rounds, and of the first its number, which param, its value, and that as held."""

    def follow(self, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        """Look at the rounds of a batch."""
        for one, (averages, each) in enumerate(zip(self._averages, rounds, strict=True)):
            if averages[0].input_dtype.name not in SHORT:
                continue
            for index, own in enumerate(each):
                columns = zip(batch.params(index, exact=False), own.params, own.shadows, strict=True)
                for row, (param, held, shadow) in enumerate(columns):
                    if param is None or held is None or shadow is None or held == param:
                        continue
                    if abs(held - param) * 2 > abs(param - shadow):
                        new = own.numbers[row], index, param, held
                        count, first = self._found.get(one, (0, new))
                        self._found[one] = count + 1, min(first, new)

    def notes(self, labels: Sequence[str], style: Style) -> list[str]:
        """A sentence for each average that has such rounds.

        Args:
            labels: The name of each average; empty for a single one.
            style: The language of the sentences, and how numbers are rounded.
        """
        say, found = style.language.say, []
        for one, (count, (first, _, param, held)) in self._found.items():
            text = say(
                "{dtype} rounds the param by more than half of param - shadow in {count} rounds, first in round"
                " {first}: {param} is held as {held}; -c +held shows it",
                dtype=self._averages[one][0].input_dtype.name,
                count=count,
                first=first,
                param=f"{param:.8g}",
                held=f"{held:.8g}",
            )
            found.append(style.language.named(labels[one], text))
        return found


class InitialEffect:
    """Note an --initial without effect: the first round sets the shadow to the first param.

    Args:
        averages: For each average, that of each param.
    """

    def __init__(self, averages: Sequence[Sequence[Average]]) -> None:
        self._averages = averages
        self._waiting = {(one, index) for one, each in enumerate(averages) for index in range(len(each))}
        self._seen: set[int] = set()  # the averages whose first round depends on the initial value

    def follow(self, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        """Look at the rounds of a batch."""
        for one, index in sorted(self._waiting):
            own = rounds[one][index]
            row = next((row for row, param in enumerate(own.params) if param is not None), None)
            if row is not None:
                self._waiting.remove((one, index))
                if _is_seen(self._averages[one][index], own, row, None if batch.steps is None else batch.steps[row]):
                    self._seen.add(one)

    def notes(self, labels: Sequence[str], style: Style) -> list[str]:
        """A sentence for each average on which --initial has no effect.

        Args:
            labels: The name of each average; empty for a single one.
            style: The language of the sentences.
        """
        language = style.language
        text = language.say("--initial has no effect: the first round sets the shadow to the first param")
        return [language.named(label, text) for one, label in enumerate(labels) if one not in self._seen]


def notes_on(averages: Sequence[Sequence[Average]], *, initial: bool) -> list[HeldParams | InitialEffect]:
    """The followers that may have a note on the averages of a script, all its groups together."""
    found: list[HeldParams | InitialEffect] = []
    if initial and averages[0][0].seed is None:
        found.append(InitialEffect(averages))
    if any(each[0].input_dtype.name in SHORT for each in averages):
        found.append(HeldParams(averages))
    return found


def _is_seen(average: Average, rounds: Rounds, row: int, step: float | None) -> bool:
    """True if the first round (that of this row) depends on the initial value.

    A copy does not, nor does an update that ends at the param from another initial value as well.
    """
    if average.rule.start != "initial":
        return False
    param, shadow = rounds.params[row], rounds.shadows[row]
    copied = rounds.actions is not None and rounds.actions[row] == COPY
    if not (copied or str(shadow) == str(param) or not rounds.decays[row] or rounds.forgets() == row):
        return True
    other = average.beside(1 if average.initial == 0 else 0)
    [found] = other.advance_plain([param], None if step is None else [step]).shadows
    return str(found) != str(shadow)  # as texts, -0.0 and 0.0 differ, and NaNs do not
