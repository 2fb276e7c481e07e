"""The groups of a script, each as a script of its own, for what reads all rows of one before the next."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ema_cli.reading.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ema_cli.reading.batch import Batch


class _Alone(Script):
    """One group of a script that has been read, as if it were all of it."""

    def __init__(self, script: Script) -> None:
        self.__dict__.update(vars(script))
        self.rows: list[Batch] = []

    def batches(self) -> Iterator[Batch | None]:
        """The updates of the group."""
        return iter(self.rows)


def split(script: Script, most: int) -> list[tuple[dict[str, str], Script]]:
    """The groups of a script, each with the cells by which it is known, and little more than `most` of its rows."""
    columns = len(script.reading.by)
    groups: dict[tuple[str, ...], _Alone] = {}
    counts: Counter[tuple[str, ...]] = Counter()
    for batch in filter(None, script.batches()):
        places: dict[tuple[str, ...], list[int]] = {}
        for place, key in enumerate(zip(*batch.kept[:columns], strict=True)):
            places.setdefault(key, []).append(place)
        for key, those in places.items():
            groups.setdefault(key, _Alone(script))
            if counts[key] <= most:
                groups[key].rows.append(batch.picked(those))
            counts[key] += len(those)
    return [(dict(zip(script.kept, key, strict=False)), alone) for key, alone in groups.items()]
