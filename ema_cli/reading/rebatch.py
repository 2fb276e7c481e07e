"""Regroup updates into smaller batches, or into batches that a rule must see together."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from ema_cli.reading.batch import Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

FEW = 64
"""Updates in a batch of exact arithmetic, where each shadow may be a fraction of any length."""


def suited(
    batches: Iterator[Batch | None], held: Sequence[Callable[[float], float]], *, small: bool, gaps: bool
) -> Iterator[Batch | None]:
    """Regroup batches as the averages need them.

    Args:
        batches: The updates.
        held: For each average that looks ahead, the function that rounds a value to what the average stores.
        small: True if a round may take much memory (exact arithmetic).
        gaps: True if a value may be missing.
    """
    batches = in_parts(batches, FEW) if small else batches
    if held:
        return until_points_differ(batches, held)
    return first_alone(batches) if gaps else batches


def in_parts(batches: Iterator[Batch | None], size: int) -> Iterator[Batch | None]:
    """Split updates into batches of limited length."""
    for batch in batches:
        if batch is None:
            yield None
        else:
            yield from (batch.part(first, first + size) for first in range(0, len(batch), size))


def first_alone(batches: Iterator[Batch | None]) -> Iterator[Batch | None]:
    """Put the first update into its own batch if a value is missing in it. Output before the first
    update then does not depend on how the script is divided into batches.
    """
    begun = False
    for batch in batches:
        if batch is None or begun or all(values[0] is not None for values in batch.values):
            yield batch
        else:
            yield batch.part(0, 1)
            if len(batch) > 1:
                yield batch.part(1, len(batch))
        begun = begun or batch is not None


def until_points_differ(
    batches: Iterator[Batch | None], held: Sequence[Callable[[float], float]]
) -> Iterator[Batch | None]:
    """Put the updates until each param has had two different values into one batch; the whole script if that never
    happens.

    TensorBoard does not smooth a series of equal points, so the first point alone cannot be computed.
    """
    waiting: list[Batch] = []
    firsts: dict[tuple[int, int], float] = {}
    alike: list[tuple[int, int]] | None = None

    def differs(batch: Batch, index: int, number: int) -> bool:
        values = (held[number](value) for value in batch.values[index] if value is not None)
        return any(firsts.setdefault((index, number), value) != value for value in values)

    for batch in batches:
        if batch is None:
            continue
        waiting.append(batch)
        if alike is None:
            alike = [(index, number) for index in range(len(batch.values)) for number in range(len(held))]
        alike = [place for place in alike if not differs(batch, *place)]
        if not alike:
            yield joined(waiting)
            yield from batches
            return
    yield joined(waiting)  # a script has at least one update


def joined(batches: list[Batch]) -> Batch:
    """Join batches into one."""
    if len(batches) == 1:
        return batches[0]
    places = [(batch, row) for batch in batches for row in range(len(batch))]
    params = range(len(batches[0].values))
    kept = max(len(batch.kept) for batch in batches)
    steps = [step for batch in batches for step in batch.steps or [None] * len(batch)]
    return Batch(
        steps if any(batch.steps is not None for batch in batches) else None,
        [text for batch in batches for text in batch.step_texts or [""] * len(batch)],
        [list(chain.from_iterable(batch.texts[index] for batch in batches)) for index in params],
        [list(chain.from_iterable(batch.values[index] for batch in batches)) for index in params],
        [[cell for batch in batches for cell in _kept(batch, index)] for index in range(kept)],
        lambda row: places[row][0].where(places[row][1]),
    )


def _kept(batch: Batch, index: int) -> list[str]:
    return batch.kept[index] if index < len(batch.kept) else [""] * len(batch)
