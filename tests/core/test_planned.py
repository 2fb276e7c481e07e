"""The decays of a batch of rounds, of whatever length."""

from __future__ import annotations

import pytest

from ema_cli import Average

LENGTHS = (3, 1, 5, 5, 0, 2)


@pytest.mark.parametrize("rule", ["fixed", "warmup", "torch-ema", "keras"])
@pytest.mark.parametrize("steps", [None, 100])
def test_batches_of_other_lengths(rule: str, steps: int | None) -> None:
    """Each round of a batch has its decay, however long the batch before was."""
    average = Average(0.9, rule=rule)
    for length in LENGTHS:
        rounds = average.advance([1.0] * length, None if steps is None else [steps] * length)
        assert [length] * 3 == [len(rounds), len(rounds.decays), len(rounds.weights)]
        assert length == len(list(rounds))
