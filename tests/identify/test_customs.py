"""--identify writes averages that no published rule has as `custom`, and its command agrees under --check."""

from __future__ import annotations

import shlex
from math import exp
from random import Random
from typing import TYPE_CHECKING

import pytest

from ema_cli.core.numbers.dtypes import dtype
from tests.harness import run
from tests.identify.logs import params, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COUNT = 160


def _log(decay: Callable[[int], float], updates: Callable[[int], bool], form: str = "r", steps: bool = True) -> str:
    """A log whose shadow starts at the first param and moves in the rows that update."""
    values = params(COUNT)
    shadow, shadows = values[0], []
    for row, value in enumerate(values):
        if updates(row):
            d = decay(row)
            shadow = d * shadow + (1 - d) * value
        shadows.append(shadow)
    return written(values, shadows, range(COUNT) if steps else None, form)


def _copied_late(last: int, every: int, phase: int, decay: float) -> str:
    """A log whose shadow stands still up to a row, becomes the param there, and moves every few rows from then on."""
    values, shadow, shadows = params(COUNT), 0.25, []
    for row, value in enumerate(values):
        if row >= last and (row == last or row % every == phase):
            shadow = value if row == last else decay * shadow + (1 - decay) * value
        shadows.append(shadow)
    return written(values, shadows, range(COUNT))


def _rounded_once(decay: float) -> str:
    """A log in bfloat16 of updates that are computed in float32 and rounded when stored.

    Halfway between two values, if d and w are not exact, other arithmetic rounds the other way.
    """
    stored, computed = dtype("bfloat16").round, dtype("float32").round
    draw = Random(5).gauss
    values, shadow, shadows = [stored(draw(1, 0.5)) for _ in range(COUNT)], 0.0, []
    for value in values:
        old, new = computed(computed(decay) * shadow), computed(computed(1 - decay) * value)
        shadow = stored(computed(old + new))
        shadows.append(shadow)
    return written(values, shadows, range(COUNT))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (_rounded_once(0.9), "decay=0.9,update=two_products_rounded_once"),
        pytest.param(
            _log(lambda k: (k - 40) / (k - 30), lambda k: k >= 40 and k % 2 == 0),
            "decay=(step - 40)/(step - 30),after=40,update_every=2,phase=1",
            marks=pytest.mark.long,
        ),
        pytest.param(
            _log(lambda k: (3 + k) / (50 + k), lambda k: True, steps=False),
            "decay=(3 + step)/(50 + step)",
            marks=pytest.mark.long,
        ),
        pytest.param(
            _log(lambda k: 0.9 + 0.0005 * k, lambda k: k % 2 == 0, ".6g"),
            "decay=0.9 + 0.0005*step,update_every=2,phase=1",
            marks=pytest.mark.long,
        ),
        pytest.param(
            _log(lambda k: 0.99 * (1 - exp(-k / 40)), lambda k: k % 4 == 3, ".6f"),
            "decay=0.99*(1 - exp(-step/40)),update_every=4",
            marks=pytest.mark.long,
        ),
        (
            _copied_late(25, 10, 3, 0.9),
            "decay=0 if step == 25 else 0.9 if cos(2*pi*(step - 3)/10) > cos(pi/10) else 1,after=25",
        ),
    ],
)
def test_the_command_of_a_custom_average(text: str, words: str, tmp_path: Path) -> None:
    """The settings are those that made the log, and every round agrees under the command."""
    path = tmp_path / "a log.csv"
    path.write_text(text)
    told = run(["--identify", "ema", str(path)]).out.splitlines()
    assert f"custom:{words}" in told[-1]
    checked = run(shlex.split(told[-1].removeprefix("to see it: "))[1:])
    count = COUNT - ("--initial logged" in told[-1])
    assert (0, f"all {count} rounds agree") == (checked.code, checked.out.splitlines()[-1][:20])


def test_a_copy_between_two_updates_is_told() -> None:
    """The round of the copy is named where it is none of those that update, and the first that does."""
    told = run("--identify ema -", _copied_late(25, 10, 3, 0.9)).out
    assert "; the shadow updates every 10 rounds, first in round 34; round 26 is the first to change it, to the" in told
    assert "the first to change it" not in run("--identify ema -", _copied_late(25, 10, 5, 0.9)).out
    assert "does not move up to round 25;" in run("--identify ema -", _copied_late(25, 1, 0, 0.9)).out
