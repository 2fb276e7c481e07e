"""Batches of rounds of whatever length, with gaps or without."""

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


@pytest.mark.parametrize("length", [3, 40])
def test_rounds_without_a_param(length: int) -> None:
    """A round without a param has no decay, leaves the shadow as it is, and has not stalled."""
    params: list[float | None] = [1.0, None, *[2.0] * (length - 2)]
    rounds = Average(0.5, rule="fixed").advance(params)
    assert rounds.decays == [0.5, None, *[0.5] * (length - 2)]
    assert rounds.shadows[:3] == [0.5, 0.5, 1.25]
    assert list(rounds.stalled()) == [0.0] * length
