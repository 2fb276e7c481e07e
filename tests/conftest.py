"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# On a busy machine the first call of what it is given takes as long as it takes.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
