"""Whether --initial makes a difference: a rule whose first round gives the first param does not see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.gates import COPY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.languages.language import Language
    from ema_cli.reading.batch import Batch


class Initials:
    """Looks at the first round of each average of each param, which were given an initial value.

    Args:
        averages: For each average, that of each param.
    """

    def __init__(self, averages: Sequence[Sequence[Average]]) -> None:
        self._averages = averages
        self._waiting = {(one, index) for one, each in enumerate(averages) for index in range(len(each))}
        self._seen: set[int] = set()  # the averages that an initial value made a difference to

    def follow(self, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        """The rounds of a batch."""
        for one, index in sorted(self._waiting):
            own = rounds[one][index]
            row = next((row for row, param in enumerate(own.params) if param is not None), None)
            if row is not None:
                self._waiting.remove((one, index))
                if _is_seen(self._averages[one][index], own, row, None if batch.steps is None else batch.steps[row]):
                    self._seen.add(one)

    def notes(self, labels: Sequence[str], language: Language) -> list[str]:
        """A sentence for each average that it makes no difference to.

        Args:
            labels: What tells each average from the others; empty for a single one.
            language: What it is written in.
        """
        text = language.say(
            "--initial makes no difference: after the first round the shadow is the first param in any case"
        )
        without = [label for one, label in enumerate(labels) if one not in self._seen]
        return [language.say("{name}: {text}", name=label, text=text) if label else text for label in without]


def _is_seen(average: Average, rounds: Rounds, row: int, step: float | None) -> bool:
    """Whether the first round, that of a row, shows the initial value.

    A copy does not; nor does an update that ends at the param, if it does so from another value, too.
    """
    if average.rule.start != "initial":
        return False
    param, shadow = rounds.params[row], rounds.shadows[row]
    copied = rounds.actions is not None and rounds.actions[row] == COPY
    counter = None if rounds.steps is None else rounds.steps[row]
    if not (copied or str(shadow) == str(param) or not rounds.decays[row] or average.restarts(counter, 1)):
        return True
    other = average.beside(1 if average.initial == 0 else 0)
    [found] = other.advance_plain([param], None if step is None else [step]).shadows
    return str(found) != str(shadow)  # which tells -0.0 from 0.0, and not one NaN from another
