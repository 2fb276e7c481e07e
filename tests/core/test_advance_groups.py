"""Updates of many groups at once are those of each group alone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from ema_cli import Average, SettingError, rules
from ema_cli.core.advance_groups import advance_groups, may_be_grouped, waves
from ema_cli.core.advance_params import advance_params
from ema_cli.core.catalogue import rule as find_rule
from tests.harness import csv_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def _average(name: str, **settings: object) -> Average:
    return Average(0.9 if find_rule(name).needs_decay else None, rule=name, **settings)  # type: ignore[arg-type]


APART = [name for name in rules() if may_be_grouped(_average(name))]


def test_many_rules_are_computed_so() -> None:
    """All but those that look ahead, draw at random, need a step, or begin with a mean."""
    assert {"warmup", "fixed", "tensorflow", "optax", "elapsed", "sma", "torch", "ema-pytorch"} <= {*APART}
    assert "tensorboard" not in APART
    assert not may_be_grouped(Average(0.9, initial="mean:2"))


@pytest.mark.parametrize("settings", [{}, {"update_every": 3}, {"dtype": "exact"}])
@pytest.mark.parametrize("stepped", [True, False])
@pytest.mark.parametrize("name", APART)
def test_each_row_is_as_alone(name: str, stepped: bool, settings: dict[str, object]) -> None:
    """Every number of every round, and the state after them, are those of a row that goes on alone."""
    draw = random.Random(name)
    groups = [draw.randrange(7) for _ in range(60)]
    params = [draw.uniform(-5, 5) for _ in groups]
    steps = [place // 4 for place in range(60)] if stepped else None
    try:
        both, alone = ([_average(name, **settings) for _ in range(2)] for _ in range(2))
    except SettingError:
        return  # the rule has an interval of its own, or is not exact
    times = [place * 0.5 for place in range(60)] if both[0].program.timed and not stepped else None
    try:
        found = advance_groups(both, [params, params[::-1]], steps, groups, waves(groups), times)
    except SettingError as error:
        with pytest.raises(SettingError, match=error.problem[:20]):
            advance_params(alone, [params, params[::-1]], steps, times=times)
        return
    for group in range(7):
        places = [place for place, one in enumerate(groups) if one == group]

        def own(column: Sequence[Any] | None, places: Sequence[int] = places) -> list[Any] | None:
            return None if column is None else [column[place] for place in places]

        expected = advance_params(
            alone,
            [own(params), own(params[::-1])],
            own(steps),
            times=own(times),
            row=group,  # type: ignore[list-item]
        )
        for rounds, those in zip(found, expected, strict=True):
            for column in ("params", "decays", "weights", "shadows", "biased", "elapsed"):
                assert repr(own(getattr(rounds, column))) == repr(getattr(those, column)), column
            updates = ["update"] * len(places)
            assert (own(rounds.actions) or updates) == (those.actions or updates)
        for one, other in zip(both, alone, strict=True):
            blank = {} if one.table.get("begun", group) else {"shown": None}  # nothing is shown yet
            assert one.state(group) | blank == other.state(group) | blank


@pytest.mark.parametrize("steps", [[5, None, None, 5, None, None], None])
def test_updates_that_are_numbered(steps: list[int | None] | None) -> None:
    """--count-from numbers the updates without a step of each group; the counter of a rule goes on from its step."""
    groups, params = [0, 1, 0, 1, 1, 0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    for make in (lambda: Average(0.9, count_from=3), lambda: Average(0.9, rule="torch-ema")):
        [found] = advance_groups([make()], [params], steps, groups, waves(groups))
        alone = make()
        for group in (0, 1):
            places = [place for place, one in enumerate(groups) if one == group]
            own = steps and [steps[place] for place in places]
            [expected] = advance_params([alone], [[params[place] for place in places]], own, row=group)
            assert [found.columns["shadow"][place] for place in places] == [*expected.columns["shadow"]]


def test_a_counter_that_ends() -> None:
    """The largest step is the last."""
    with pytest.raises(SettingError, match="past the largest step"):
        advance_groups([Average(0.9, count_from=2**63 - 1)], [[1.0, 1.0]], None, [0, 0], waves([0, 0]))


def test_many_rounds_of_a_row() -> None:
    """Counts grow past what one byte holds."""
    average, rows = Average(0.9), [0] * 200
    advance_groups([average], [[1.0] * 200], None, rows, waves(rows))
    assert average.rounds == 200


def test_times_that_run_backwards() -> None:
    """They are an error for each row by itself."""
    average = Average(0.9, rule="elapsed")
    with pytest.raises(SettingError, match="time runs backwards: 1 comes after 2"):
        advance_groups([average], [[1.0, 1.0, 1.0]], None, [0, 1, 0], [[0, 1], [2]], [2, 0, 1])


@pytest.mark.parametrize("rule", ["warmup", "torch --dtype float64", "ema-pytorch --dtype float64"])
def test_many_groups_of_a_file(rule: str) -> None:
    """The rows of many groups, whatever their order, are those of each group alone."""
    draw = random.Random(rule)
    rows = [(draw.randrange(40), step, draw.randrange(100)) for step in range(300)]
    text = "run,step,loss\n" + "".join(f"r{group},{step},{loss}\n" for group, step, loss in rows)
    whole = csv_of(f"--rule {rule} --by run -q", text).rows
    assert [f"r{group}" for group, _, _ in rows] == [row["run"] for row in whole]
    for group in ("r0", "r7"):
        alone = csv_of(f"--rule {rule} --where run={group} -q", text).rows
        assert alone == [
            {key: cell for key, cell in row.items() if key != "run"} for row in whole if row["run"] == group
        ]
