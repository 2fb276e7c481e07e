"""The targets of the coverage-guided run, fed by hypothesis: short, and the same in every environment."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import TIMES, examples
from tests.fuzz.feed import Feed
from tests.fuzz.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Iterator

USUAL = 35
OTHERS = {"identified": 2, "figures": 6, "worksheets": 12, "every_rule": 100}
"""How many inputs a target is fed."""

LONGEST = 300 * max(TIMES, 1)
"""Seconds that all inputs of a target may take: one or two, but not on a busy machine."""


@pytest.fixture
def _in_time() -> Iterator[None]:
    """An alarm, for what would hang."""

    def hangs(number: int, frame: object) -> NoReturn:
        raise AssertionError("it hangs")  # a TimeoutError is an OSError, which writing reports as one of its own

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(LONGEST)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.hypothesis
@pytest.mark.usefixtures("_in_time")
@pytest.mark.parametrize("name", TARGETS)
def test_target(name: str) -> None:
    """Nothing breaks a parser or a writer, and what they accept is what was meant."""

    @examples(OTHERS.get(name, USUAL))
    @given(st.binary(min_size=150, max_size=500))
    def feed(data: bytes) -> None:
        TARGETS[name](Feed(data))

    feed()
