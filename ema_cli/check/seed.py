"""--initial logged: start from the first logged shadow; this round is not compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.check.comparison import targets
from ema_cli.core.gates import SEEDS
from ema_cli.core.numbers.literals import is_value, quoted
from ema_cli.errors import DataError, SettingError
from ema_cli.reading.cells import is_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.reading.batch import Batch
    from ema_cli.reading.script import Script


class Seeds:
    """Starts averages at the first logged shadow of each param; `names` gives their names after the first batch.

    Attributes:
        rounds: For each param, the rounds that start from the logged shadow.
    """

    def __init__(self, script: Script, names: Callable[[], Sequence[str]]) -> None:
        self.script, self._names = script, names
        self.rounds: dict[int, set[int]] = {}
        self._places: dict[int, int] | None = None
        self._waiting = True
        self._seeded: set[int] = set()

    def split(self, batches: Iterator[Batch | None]) -> Iterator[Batch | None]:
        """Make a batch of each update until all averages have started."""
        for batch in batches:
            row = 0
            while batch is not None and self._waiting and row < len(batch):
                yield batch.part(row, row + 1)
                row += 1
            if batch is None or row < len(batch):
                yield batch if batch is None or not row else batch.part(row, len(batch))

    def follow(self, averages: Sequence[Average], batch: Batch, found: Sequence[Rounds]) -> None:
        """Start averages at the shadows logged in this batch of one update.

        Raises:
            SettingError: The rule's shadow is not the state that it continues from.
            DataError: The logged shadow is not a number.
        """
        if not self._waiting:
            return
        if self._places is None:
            self._places = targets(self.script, self._names())
        left = 0
        for index, place in self._places.items():
            average, rounds, text = averages[index], found[index], batch.kept[place][0]
            if id(average) in self._seeded:
                continue
            if is_missing(text):
                rounds.hide(bytes(len(rounds)))
                left += 1
                continue
            if not is_value(text):
                raise DataError(f"{batch.where(0)}: the logged {quoted(text)} is not a number")
            rounds.columns["shadow"][0] = start_at(average, text)
            rounds.codes, rounds.constant = bytes([SEEDS]), False
            rounds.start = {**rounds.start, "begun": [0]}
            self._seeded.add(id(average))
            self.rounds.setdefault(index, set()).add(rounds.first)
        self._waiting = left > 0


def start_at(average: Average, shadow: Any) -> Any:
    """Continue an average from a logged shadow, a number or text; keep its counters. Return the shadow in its dtype.

    Raises:
        SettingError: The rule's shadow is not the state that it continues from.
    """
    if average.readout is not None or average.rule.start == "none":
        raise SettingError(
            f"rule {average.rule.name} debiases, so it can't start from a logged shadow", "state the initial value"
        )
    value = average.dtype.load(shadow)
    stored = value if average.dtype.digits is not None else str(value)
    average.restore(average.state() | {"s": stored, "shown": stored})
    return value


def from_logged(
    average: Average, params: Sequence[Any], logged: Sequence[Any], steps: Sequence[Any] | None, *, plain: bool = False
) -> tuple[list[Any], int]:
    """Compute the shadows of an average that starts from the first logged one; also return that round, or 0. Nothing
    was logged in a round with None or a blank text; with `plain`, params and steps are already checked.
    """
    advance = average.advance_plain if plain else average.advance
    until = next((row for row, one in enumerate(logged, 1) if one is not None and one != ""), 0)
    if not until:
        return advance(params, steps).shadows, 0
    before = advance(params[:until], None if steps is None else steps[:until]).shadows
    before[until - 1] = start_at(average, logged[until - 1])
    return [*before, *advance(params[until:], None if steps is None else steps[until:]).shadows], until
