"""Notes on values that are lost: of params, as the dtype rounds them; of --initial, as the first round copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.gates import COPY, SEED, WAIT
from ema_cli.core.numbers.dtypes import SHORT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.reading.batch import Batch
    from ema_cli.text.number_text import Style


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
                    if abs(held - param) * 2 > abs(param - shadow) or held - held:  # past the range it is inf
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
            each = enumerate(zip(own.params, own.actions or [""] * len(own), strict=True))
            row = next((row for row, (param, action) in each if param is not None and action not in (WAIT, SEED)), None)
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
        if self._averages[0][0].seed is not None:
            text = language.say("--initial has no effect: the first round after the mean copies the param")
        unseen = {one for one in range(len(labels)) if one not in self._seen}
        return [language.named(labels[one], text) for one in sorted(unseen - {one for one, _ in self._waiting})]


def notes_on(averages: Sequence[Sequence[Average]], *, initial: bool) -> list[HeldParams | InitialEffect]:
    """The followers that may have a note on the averages of a script, all its groups together."""
    found: list[HeldParams | InitialEffect] = []
    if initial:
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
    if average.seed is not None:
        return not copied
    if not (copied or str(shadow) == str(param) or not rounds.decays[row] or rounds.forgets() == row):
        return True
    other = average.beside(1 if average.initial == 0 else 0)
    [found] = other.advance_plain([param], None if step is None else [step]).shadows
    return str(found) != str(shadow)  # as texts, -0.0 and 0.0 differ, and NaNs do not
