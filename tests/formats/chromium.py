"""The system's Chromium, driven by playwright (dependency group `browser`)."""

from __future__ import annotations

import shutil
from importlib.util import find_spec

import pytest

PATH = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def needs_browser(test):
    """Mark a test that opens pages."""
    if PATH is None or find_spec("playwright") is None:
        test = pytest.mark.skip(reason="there is no Chromium, or no playwright (make browser)")(test)
    return pytest.mark.browser(pytest.mark.long(test))
