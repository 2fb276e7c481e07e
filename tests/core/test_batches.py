"""Batches of any length, with and without gaps."""

from __future__ import annotations

from array import array
from fractions import Fraction
from typing import Any

import pytest

from ema_cli import Average
from ema_cli.core.advance import advance

LENGTHS = (3, 1, 5, 5, 0, 2)


@pytest.mark.parametrize("rule", ["fixed", "warmup", "torch-ema", "keras"])
@pytest.mark.parametrize("steps", [None, 100])
def test_batches_of_other_lengths(rule: str, steps: int | None) -> None:
    """Each round of a batch has its own decay, however long the batch before was."""
    average = Average(0.9, rule=rule)
    for length in LENGTHS:
        rounds = average.advance([1.0] * length, None if steps is None else [steps] * length)
        assert [length] * 3 == [len(rounds), len(rounds.decays), len(rounds.weights)]
        assert length == len(list(rounds))


@pytest.mark.parametrize("length", [3, 40])
def test_rounds_without_a_param(length: int) -> None:
    """A round without a param has no decay, leaves the shadow unchanged, and has not stalled."""
    params: list[float | None] = [1.0, None, *[2.0] * (length - 2)]
    rounds = Average(0.5, rule="fixed").advance(params)
    assert rounds.decays == [0.5, None, *[0.5] * (length - 2)]
    assert rounds.shadows[:3] == [0.5, 0.5, 1.25]
    assert list(rounds.stalled()) == [0.0] * length


def test_the_value_of_a_round_alone() -> None:
    """The value depends on the given counter, elapsed time or decay; without any of them it is the constant."""
    warm, timed = Average(0.9), Average(0.9, rule="elapsed")
    assert [warm.value(None), warm.value(0), warm.value(None, given=0.5), warm.value(0, given=0.5)] == [
        0.9,
        0.1,
        0.5,
        0.5,
    ]
    assert timed.value(None, elapsed=2) == 0.81
    weighs = Average(alpha=0.25, rule="pandas")
    assert (weighs.value(None), weighs.value(None, given=0.5)) == (0.25, 0.5)


@pytest.mark.parametrize(
    ("before", "times"),
    [(0, array("q", range(1, 41))), (Fraction(1, 2), array("q", range(1, 41))), (0, array("d", range(1, 41)))],
)
def test_times_of_other_kinds(before: Any, times: Any) -> None:
    """Whole times are subtracted in compiled code; after a fraction, or with doubles, the result is the same."""
    params = [float(number % 7) for number in range(40)]
    shadows = []
    for own in times, [*times]:
        average = Average(half_life=3, rule="elapsed")
        advance([average], [[1.0]], times=[before])
        shadows.append(advance([average], [params], times=own)[0].shadows)
    assert shadows[0] == shadows[1]
