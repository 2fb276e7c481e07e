"""Settings for all tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.examples import TIMES

# On a busy machine the first call of what it is given takes as long as it takes. A check says the same of the same
# program each time it is run; what is drawn anew is for who looks for mistakes.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile(
    "search",
    deadline=None,
    max_examples=100 * max(TIMES, 1),
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # as a core with sanitizers is
)
settings.load_profile("search" if TIMES else "steady")
