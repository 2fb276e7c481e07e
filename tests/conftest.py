"""Settings for all tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.examples import TIMES

# No deadline: on a busy machine, the first call of a function may be slow. The usual run repeats the same examples, so
# that a check of the same program always gives the same result; searching for mistakes draws new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile(
    "search",
    deadline=None,
    max_examples=100 * max(TIMES, 1),
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # as a core with sanitizers is
)
settings.load_profile("search" if TIMES else "steady")
