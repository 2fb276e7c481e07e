"""Params and groups in one call get the results that each gets alone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from ema_cli import Average, SettingError, rules
from ema_cli.core.advance import advance
from tests.harness import csv_of
from tests.native import only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.rounds import Rounds


def made(rule: str, **settings: Any) -> Average:
    """An average of a rule, at its default decay or a given one."""
    return Average("0.9" if rules()[rule].decay is not None else None, rule=rule, **settings)


def values(rounds: Rounds) -> dict[str, Any]:
    """All columns, to the last bit, and the masks."""
    named = {**rounds.columns, **{f"register {name}": one for name, one in rounds.registers.items()}}
    columns = {name: [float.hex(float(x)) for x in one] for name, one in named.items()}
    masks = {name: (getattr(rounds, name) or b"").strip(b"\1") for name in ("codes", "shows", "present", "timed")}
    return columns | masks | {"before": rounds.before, "first": rounds.first}


def alone_in(rounds: Rounds) -> list[Rounds]:
    """The rounds of each group."""
    return [rounds.picked(range(a, b)) for _, a, b in rounds.parts.each()]


def told(averages: Sequence[Average], columns: Sequence[Sequence[float | None]], steps: Sequence[int]) -> Any:
    """The rounds of averages for rows that come in two batches, or the error."""
    found: list[list[Any]] = [[] for _ in averages]
    try:
        for part in slice(None, 40), slice(40, None):
            batch = advance(averages, [column[part] for column in columns], steps[part])
            for one, rounds in zip(found, batch, strict=True):
                one.append(values(rounds))
    except (ValueError, ArithmeticError) as error:
        return str(error)
    return found


@pytest.mark.parametrize("rule", rules())
def test_params_together_are_what_each_is_alone(rule: str) -> None:
    """One param has a gap, and so rounds and decays of its own; the others share theirs."""
    draw = random.Random(rule)
    columns: list[list[float | None]] = [[draw.uniform(-3, 3) for _ in range(80)] for _ in range(4)]
    columns[1][5] = columns[1][45] = None
    steps = range(1, 81)
    for compiled in False, True:
        first = made(rule)
        with only(compiled=compiled):
            together = told([first, *(first.beside() for _ in columns[1:])], columns, steps)
            alone = [told([made(rule)], [column], steps) for column in columns]
        assert together == (alone[0] if isinstance(together, str) else [one for [one] in alone])


def grouped(
    averages: Sequence[Average], columns: Sequence[Sequence[Any]], groups: Sequence[int], **others: Sequence[Any] | None
) -> tuple[list[Rounds], dict[int, list[int]]]:
    """The rounds of a batch with alternating groups, and the places of each group in it."""
    places: dict[int, list[int]] = {}
    for place, group in enumerate(groups):
        places.setdefault(group, []).append(place)
    order = [place for own in places.values() for place in own]

    def sorted_(column: Sequence[Any] | None) -> list[Any] | None:
        return None if column is None else [column[place] for place in order]

    found = advance(
        averages,
        [[column[place] for place in order] for column in columns],
        **{name: sorted_(column) for name, column in others.items()},  # type: ignore[arg-type]
        rows=[*places],
        lengths=[len(own) for own in places.values()],
    )
    return found, places


@pytest.mark.parametrize(
    "settings", [{}, {"update_every": 3}, {"dtype": "exact"}, {"initial": "mean:4"}, {"round_each": 2}], ids=str
)
@pytest.mark.parametrize("stepped", [True, False])
@pytest.mark.parametrize("rule", rules())
def test_groups_together_are_what_each_is_alone(rule: str, stepped: bool, settings: dict[str, Any]) -> None:
    """Two params, one of them with gaps: every number of every round is the same, and the state after them."""
    draw = random.Random(rule)
    groups = [draw.randrange(7) for _ in range(60)]
    params: list[list[float | None]] = [[draw.uniform(-5, 5) for _ in groups] for _ in range(2)]
    params[1][3] = params[1][10] = params[1][11] = params[1][31] = None
    steps = [place // 4 + 1 for place in range(60)] if stepped else None
    try:
        together, alone = (made(rule, **settings) for _ in range(2))
    except SettingError:
        return  # the rule has an interval or a start of its own, or is not exact
    times = [place * 0.5 for place in range(60)] if together.family.timed and not stepped else None
    both, apart = ([one, one.beside(settings.get("initial"))] for one in (together, alone))
    for part in slice(None, 35), slice(35, None):
        columns = [column[part] for column in params]
        given = {"steps": steps and steps[part], "times": times and times[part]}
        try:
            found, places = grouped(both, columns, groups[part], **given)
        except SettingError as error:
            with pytest.raises(SettingError, match=error.problem[:20]):
                advance(apart, columns, **given)
            return
        for index, rounds in enumerate(found):
            for (group, own), some in zip(places.items(), alone_in(rounds), strict=True):
                chosen = {name: one and [one[place] for place in own] for name, one in given.items()}
                of_group = [[column[place] for place in own] for column in columns]
                [expected] = advance([apart[index]], [of_group[index]], **chosen, rows=[group])  # type: ignore[arg-type]
                assert values(some) == values(expected)
                assert (some.elapsed, [*(some.steps or ())]) == (expected.elapsed, [*(expected.steps or ())])
                assert [*some.numbers] == [*expected.numbers]
                assert both[index].state(group) == apart[index].state(group)


@pytest.mark.parametrize("steps", [[5, None, None, 5, None, None], None])
def test_updates_that_are_numbered(steps: list[int | None] | None) -> None:
    """--count-from numbers the updates without a step in each group; a rule's own counter continues from its step."""
    groups, params = [0, 1, 0, 1, 1, 0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    for settings in {"count_from": 3}, {"rule": "torch-ema"}:
        [found], places = grouped([Average(0.9, **settings)], [params], groups, steps=steps)  # type: ignore[arg-type]
        for own, some in zip(places.values(), alone_in(found), strict=True):
            alone = Average(0.9, **settings)  # type: ignore[arg-type]
            expected = alone.advance([params[place] for place in own], steps and [steps[place] for place in own])
            assert some.shadows == expected.shadows


def test_a_decay_for_each_row_of_groups() -> None:
    """A row without a decay is not an update of its group."""
    average = Average(rule="fixed", by_row=True)
    [found], _ = grouped([average], [[1.0, 2.0, 3.0, 4.0]], [0, 1, 0, 1], decays=[0.5, None, 0.25, 0.75])
    assert [[0.5, 2.375], [0.0, 1.0]] == [some.shadows for some in alone_in(found)]
    assert [[0.5, 0.25], [0.0, 0.75]] == [[*some.columns["given"]] for some in alone_in(found)]


def test_a_counter_that_ends() -> None:
    """The largest step is the last one in each group."""
    with pytest.raises(SettingError, match="past the largest step"):
        grouped([Average(0.9, count_from=2**63 - 1)], [[1.0, 1.0]], [0, 0])
    with pytest.raises(SettingError, match="past the largest step"):
        grouped([Average(0.9, count_from=2**63 - 2)], [[1.0] * 4], [0, 0, 0, 1])


def test_times_that_run_backwards() -> None:
    """Times that run backwards are an error in each group."""
    average = Average(0.9, rule="elapsed")
    with pytest.raises(SettingError, match="time runs backwards: 1 comes after 2"):
        grouped([average], [[1.0, 1.0, 1.0]], [0, 1, 0], times=[2, 0, 1])


@pytest.mark.parametrize("rule", ["warmup", "torch --dtype float64", "ema-pytorch --dtype float64"])
def test_many_groups_of_a_file(rule: str) -> None:
    """Rows of many groups, in any order, give the rounds of each group alone."""
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


def test_every_second_round_of_one_group() -> None:
    """Without groups there is one row of state; rounds off the interval are skipped and keep the shadow."""
    average = Average(0.5, rule="fixed", update_every=2)
    [rounds] = advance([average], [[8.0, 4.0, 8.0, 4.0]])
    assert (rounds.actions, list(rounds.shadows)) == (["skip", "update"] * 2, [0, 2, 2, 3])
    assert len(average.table) == 1
    assert average.state()["rounds"] == 4


def test_every_second_param_that_there_is() -> None:
    """A missing param is no round of the interval."""
    [rounds] = advance([Average(0.5, rule="fixed", update_every=2)], [[8.0, None, 4.0, 2.0]])
    assert (rounds.actions, list(rounds.shadows)) == (["skip", "skip", "update", "skip"], [0, 0, 2, 2])


def test_no_elapsed_time_before_the_second_round_that_is_not_skipped() -> None:
    """Skipped rounds are no rounds from which time passes."""
    rounds = Average(half_life=1, rule="elapsed", update_every=2).advance([1, 2, 3, 4], times=[0, 1, 3, 4])
    assert (rounds.actions, rounds.elapsed) == (["skip", "copy", "skip", "update"], [None, None, None, 3.0])


@pytest.mark.parametrize(
    ("rule", "given", "told"),
    [
        ("warmup", {"times": [0]}, "rule warmup does not use times"),
        ("optax", {"decays": [0.5]}, "rule optax raises one decay to a power, so it takes no decay per row"),
        ("cumulative", {"decays": [0.5]}, "rule cumulative has no decay to replace, so it takes no decay per row"),
        ("elapsed", {"times": [0], "decays": [0.5]}, "give times or decays, not both"),
    ],
)
def test_times_and_decays_that_a_rule_cannot_use(rule: str, given: dict[str, Any], told: str) -> None:
    """They are refused before anything is computed."""
    average = made(rule)
    with pytest.raises(SettingError, match=told):
        advance([average], [[1.0]], **given)
    assert average.rounds == 0
