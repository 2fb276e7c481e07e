"""Scripts with times, given decays and groups give the same bytes with and without the compiled core."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.native import needs_core
from tests.native.test_columns import agree

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = needs_core

TIMED = ("elapsed", "pandas-times", "polars-ewm-mean-by", "wandb")
STRIDES = st.lists(
    st.sampled_from([0, 1, 1, 2, 7, 1000, 2**40, 2**53 + 1]) | st.integers(0, 99), min_size=1, max_size=60
)
BLOCKS = st.integers(40, 400)


def table(header: str, rows: Sequence[Sequence[object]]) -> str:
    """A CSV script."""
    return f"{header}\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)


def summed(strides: Sequence[int], start: float = 0) -> list[float]:
    """The running sum of the strides."""
    return [start := start + stride for stride in strides]


@pytest.mark.parametrize("rule", TIMED)
@pytest.mark.parametrize("name", ["float64", "float32", "bfloat16"])
@examples(7)
@given(STRIDES, st.sampled_from([0, 0.5, 5, 2**53 - 3, 2**62]), BLOCKS, st.booleans())
def test_steps_that_are_times(rule: str, name: str, strides: list[int], start: float, block: int, back: bool) -> None:
    """Elapsed times are exact differences rounded once; times that run backwards are refused in the same words."""
    steps = summed(strides, start)
    steps[-1] -= back * 3
    script = table("step,param", [(max(step, 0), (row * 7 % 13 - 6) / 8) for row, step in enumerate(steps)])
    agree(f"--decay 0.9 --rule {rule} --dtype {name} -F csv -c +elapsed", script, block)


@pytest.mark.parametrize("kind", ["{}", "{}.25", "-{}", "2024-05-01 10:00:{:02}", "2024-05-01T10:{:02}:00.5Z"])
@examples(7)
@given(STRIDES, BLOCKS)
def test_a_column_of_times(kind: str, strides: list[int], block: int) -> None:
    """Numbers and dates."""
    times = [kind.format(time if kind in ("{}", "{}.25") else time % 60) for time in summed(strides)]
    script = table("time,param", [(time, row % 5) for row, time in enumerate(times)])
    stated = "--half-life 5min" if ":" in kind else "--decay 0.9"
    agree(f"{stated} --time-column time -F csv -c +elapsed", script, block)


DECAYS = st.lists(st.sampled_from(["0", "1", "0.5", "0.999", "1e-3", "", "1.5", "x"]) | st.floats(0, 1).map(repr))


@pytest.mark.parametrize("rule", ["fixed", "torch", "optax", "torch-ema"])
@examples(7)
@given(DECAYS.filter(bool), BLOCKS, st.sampled_from(["csv", "jsonl"]))
def test_a_decay_for_each_row(rule: str, decays: list[str], block: int, form: str) -> None:
    """Cells are decays, empty, or neither."""
    script = table("step,param,d", [(row, row % 7 / 2, decay) for row, decay in enumerate(decays)])
    agree(f"--rule {rule} --decay-column d -F {form}", script, block)


@pytest.mark.parametrize("more", ["", "--rule torch --dtype bfloat16", "--rule linux-srtt", "--rule optax --every 3"])
@examples(7)
@given(st.lists(st.sampled_from("aabc"), min_size=1, max_size=80), BLOCKS)
def test_groups(more: str, names: list[str], block: int) -> None:
    """Rows of groups may come in any order."""
    script = table("step,run,param", [(row, name, row * 5 % 11 / 4) for row, name in enumerate(names)])
    decay = "" if "linux" in more else "--decay 0.9"
    agree(f"{decay} --by run {more} -F csv", script, block)


@pytest.mark.parametrize("more", ["", "--missing skip", "--rule torch", "--rule optax", "--update-every 3"])
@examples(7)
@given(
    st.lists(st.lists(st.sampled_from(["1", "2.5", "-3e2", "", "0.125"]), min_size=4, max_size=4), min_size=1), BLOCKS
)
def test_several_params(more: str, rows: list[list[str]], block: int) -> None:
    """Params side by side, some with gaps."""
    script = table("step,a,b,c,d", [("0", "1", "1", "1", "1"), *([row + 1, *cells] for row, cells in enumerate(rows))])
    agree(f"--decay 0.9 {more} -F csv", script, block)
