"""Gates: the rounds that copy or skip."""

from __future__ import annotations

import pytest

from ema_cli.core import gates
from ema_cli.core.average import Average
from ema_cli.core.formula import actions
from ema_cli.core.gates import ACTIONS, CODES, COPY, RESTART, SKIP, UPDATES


def acts(gate, done=1):
    """The actions of a gate at n = 0 to 4, with calls numbered from 1; None for an update."""
    run = actions(["done"], ["n", "call"], gate.steps, {**CODES, **dict(gate.names)})
    codes = run([(done,)], (range(5), range(1, 6)), [5])
    return [None if code == UPDATES else ACTIONS[code] for code in codes]


@pytest.mark.parametrize(
    ("gate", "expected"),
    [
        (lambda: gates.first_copied, [COPY, None, None, None, None]),
        (lambda: gates.first_done_copied, [None] * 5),
        (lambda: gates.restarted, [RESTART, None, None, None, None]),
        (lambda: gates.skipped_before(2), [SKIP, SKIP, None, None, None]),
        (lambda: gates.skipped_before(1), [SKIP, None, None, None, None]),
        (lambda: gates.interval(2), [None, SKIP, None, SKIP, None]),
        (lambda: gates.interval_of_calls(2), [SKIP, None, SKIP, None, SKIP]),
        (lambda: gates.interval_of_calls(3, 1), [None, SKIP, SKIP, None, SKIP]),
        (lambda: gates.interval_of_calls(2, 4), [SKIP, None, SKIP, None, SKIP]),
        (lambda: gates.copied_until(2), [COPY, COPY, COPY, None, None]),
        (lambda: gates.chain(gates.copied_until(1), gates.interval(3)), [COPY, COPY, SKIP, None, SKIP]),
        (lambda: gates.chain(gates.interval(3), gates.copied_until(1)), [COPY, SKIP, SKIP, None, SKIP]),
        (lambda: gates.chain(None, gates.interval(3), None), [None, SKIP, SKIP, None, SKIP]),
    ],
)
def test_gate(gate, expected):
    """A gate copies, skips or restarts by the counter; of several gates the first one that acts decides."""
    assert acts(gate()) == expected


def test_a_fresh_average_copies_whatever_the_counter():
    """The first round that isn't skipped copies."""
    assert acts(gates.first_done_copied, done=0) == [COPY, None, None, None, None]
    assert acts(gates.chain(gates.skipped_before(2), gates.first_done_copied), done=0) == [SKIP, SKIP, COPY, None, None]


@pytest.mark.parametrize(
    ("make", "arguments"),
    [
        (gates.skipped_before, (0,)),
        (gates.interval, (1,)),
        (gates.interval_of_calls, (1,)),
        (gates.chain, ()),
        (gates.chain, (None, None)),
    ],
)
def test_a_gate_that_never_acts_is_none(make, arguments):
    """A gate that never acts costs nothing."""
    assert make(*arguments) is None


@pytest.mark.parametrize("cut", range(12))
def test_calls_are_counted_from_batch_to_batch(cut):
    """A gate that counts calls continues in the next batch, and does not count rounds without a param."""
    average = Average(0.9, rule="fairseq:ema_update_freq=3")
    params = [1.0, None, 2.0, 3.0, None, None, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
    steps = list(range(1, 13))
    rounds = [*average.advance(params[:cut], steps[:cut]), *average.advance(params[cut:], steps[cut:])]
    assert [4, 9, 12] == [one.round for one in rounds if one.action == "update"]
    assert list(range(1, 13)) == [one.round for one in rounds]
    assert 12 == average.rounds
