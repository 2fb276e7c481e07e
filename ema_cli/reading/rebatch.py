"""Regroup updates into other batches: smaller ones, or those that a rule must see together."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from ema_cli.reading.batch import Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

FEW = 64
"""Updates in a batch of exact arithmetic: each of its shadows may be a fraction of any length."""


def suited(
    batches: Iterator[Batch | None], held: Sequence[Callable[[float], float]], *, small: bool, gaps: bool
) -> Iterator[Batch | None]:
    """The batches that averages ask for.

    Args:
        batches: The updates.
        held: A function for each average that looks ahead: what it holds of a value.
        small: True if a round may take much memory.
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
    """Put the first update into its own batch if a value is missing in it. What is told before the first
    update then knows of no later one, in whatever parts the script arrives.
    """
    begun = False
    for batch in batches:
        if batch is None or begun or all(values[0] is not None for values in batch.values):
            yield batch
        else:
            yield batch.only(0)
            if len(batch) > 1:
                yield batch.part(1, len(batch))
        begun = begun or batch is not None


def until_points_differ(
    batches: Iterator[Batch | None], held: Sequence[Callable[[float], float]]
) -> Iterator[Batch | None]:
    """Collect the updates up to a second value of each param in one batch. A script that never gets
    there is one batch as a whole.

    TensorBoard leaves a series of equal points as it is, which its first point cannot know.

    Args:
        batches: The updates.
        held: What each average that looks ahead holds of a value: in few digits, values that differ may be equal.
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
    yield joined(waiting)  # a script has an update at least


def joined(batches: list[Batch]) -> Batch:
    """One batch of the updates of several."""
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
