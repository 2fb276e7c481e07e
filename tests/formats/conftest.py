"""A browser for the pages."""

import pytest

from tests.formats import chromium


@pytest.fixture(scope="module")
def browser():
    """A browser without a screen."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        found = started.chromium.launch(executable_path=chromium.PATH, args=["--no-sandbox"])
        yield found
        found.close()
