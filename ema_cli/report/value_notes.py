"""Notes on lost values: params that the dtype rounds too much, and an --initial that the first round overwrites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.gates import COPY, SEED, WAIT
from ema_cli.core.numbers.dtypes import SHORT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.report.output import Results
    from ema_cli.text.number_text import Style


class HeldParams:
    """Counts the rounds in which the dtype rounds the param by more than half of its distance from the shadow."""

    def __init__(self, averages: Sequence[Sequence[Average]]) -> None:
        self._averages = averages
        self._counts: dict[int, tuple[int, Any]] = {}
        """By average: the count, and the first such round's number, the param's index, its value and its held value."""

    def follow(self, results: Results) -> None:
        """Check the rounds of a batch."""
        for number, (averages, each) in enumerate(zip(self._averages, results.rounds, strict=True)):
            if averages[0].input_dtype.name not in SHORT:
                continue
            for index, own in enumerate(each):
                columns = zip(results.batch.params(index, exact=False), own.params, own.shadows, strict=True)
                for row, (param, held, shadow) in enumerate(columns):
                    if param is None or held is None or shadow is None or held == param:
                        continue
                    if abs(held - param) * 2 > abs(param - shadow) or held - held:  # inf past the dtype's range
                        new = own.numbers[row], index, param, held
                        count, first = self._counts.get(number, (0, new))
                        self._counts[number] = count + 1, min(first, new)

    def notes(self, labels: Sequence[str], style: Style) -> list[str]:
        """A sentence for each average that has such rounds, with its label."""
        say, sentences = style.language.say, []
        for number, (count, (first, _, param, held)) in sorted(self._counts.items()):
            text = say(
                "{dtype} rounds the param by more than half of param - shadow in {count} rounds, first in round"
                " {first}: {param} is held as {held}; -c +held shows it",
                dtype=self._averages[number][0].input_dtype.name,
                count=count,
                first=first,
                param=f"{param:.8g}",
                held=f"{held:.8g}",
            )
            sentences.append(style.language.named(labels[number], text))
        return sentences


class InitialEffect:
    """Notes an --initial without effect: the first round sets the shadow to the first param."""

    def __init__(self, averages: Sequence[Sequence[Average]]) -> None:
        self._averages = averages
        self._waiting = {(number, index) for number, each in enumerate(averages) for index in range(len(each))}
        self._affected: set[int] = set()  # the averages whose first round depends on the initial value

    def follow(self, results: Results) -> None:
        """Check the rounds of a batch."""
        steps = results.batch.steps
        for number, index in sorted(self._waiting):
            own, average = results.rounds[number][index], self._averages[number][index]
            each = enumerate(zip(own.params, own.actions or [""] * len(own), strict=True))
            row = next((row for row, (param, action) in each if param is not None and action not in (WAIT, SEED)), None)
            if row is not None:
                self._waiting.remove((number, index))
                if _depends_on_initial(average, own, row, None if steps is None else steps[row]):
                    self._affected.add(number)

    def notes(self, labels: Sequence[str], style: Style) -> list[str]:
        """A sentence for each average on which --initial has no effect, with its label."""
        language = style.language
        text = language.say("--initial has no effect: the first round sets the shadow to the first param")
        if self._averages[0][0].seed is not None:
            text = language.say("--initial has no effect: the first round after the mean copies the param")
        unaffected = {*range(len(labels))} - self._affected - {number for number, _ in self._waiting}
        return [language.named(labels[number], text) for number in sorted(unaffected)]


def _depends_on_initial(average: Average, rounds: Rounds, row: int, step: float | None) -> bool:
    """True if the first round, in this row, has another result from another initial value; a copy has not."""
    if average.rule.start != "initial":
        return False
    if average.seed is not None:
        return rounds.actions is None or rounds.actions[row] != COPY
    other = average.beside(1 if abs(average.initial) < 0.5 else 0)
    [shadow] = other.advance_plain([rounds.params[row]], None if step is None else [step]).shadows
    return str(shadow) != str(rounds.shadows[row])  # compared as texts: -0.0 and 0.0 differ, two NaNs do not
