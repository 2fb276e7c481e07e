"""What holds for all tests."""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.examples import TIMES

# On a busy machine the first call of what it is given takes as long as it takes. A check says the same of the same
# program each time it is run; what is drawn anew is for who looks for mistakes.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, max_examples=100 * max(TIMES, 1), print_blob=True)
settings.load_profile("search" if TIMES else "steady")

KNOWN_GAPS = (
    "test_the_same_names_in_a_log_of_something_else",
    "test_what_is_tried_is_shown_and_erased",
    "test_a_rule_that_is_not_affine_has_no_shares",
    "test_average_is_linear[sma]",
    "test_average_stays_within_its_values[sma]",
    "test_steps_of_any_size[i-jepa",
    "test_steps_of_any_size[v-jepa",
    "test_steps_of_any_size[swag",
    "test_every_format_shows_the_same",
    "test_identified",
)
"""Tests of what is known not to hold yet: to be mended, one after the other, and taken out of this list."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the known gaps to fail."""
    for item in items:
        if item.name.startswith(KNOWN_GAPS):
            item.add_marker(pytest.mark.xfail(reason="a known gap", strict=False))
