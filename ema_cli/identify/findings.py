"""Sentences on a log, with the formula that proves them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from ema_cli.identify.estimates import Measured


class Finding(str):
    """A sentence on a log, and the decay that it states, as --rule custom takes it; empty if it states none."""

    decay: str

    def __new__(cls, sentence: str, decay: str = "") -> Self:
        """The sentence with its formula."""
        found = super().__new__(cls, sentence)
        found.decay = decay
        return found


def by_step(measured: Measured, parts: Sequence[tuple[int, str]]) -> str:
    """Decays that each begin at a row, as a formula of the step."""
    steps, text = measured.log.steps, parts[-1][1]
    for (_, before), (row, _) in reversed([*pairwise(parts)]):
        text = f"{before} if step < {row if steps is None else steps[row]} else {text}"
    return text
