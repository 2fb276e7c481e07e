"""An alarm for tests that hang."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.fuzz.draws import SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def in_time() -> Iterator[None]:
    """A test that takes too long fails."""

    def hangs(number: int, frame: object) -> NoReturn:
        raise AssertionError("it hangs")  # a TimeoutError is an OSError, which writing reports as one of its own

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
