"""Each kind of page in Chromium: it fits the screen, and axe finds nothing to complain about."""

from itertools import combinations

import pytest

from tests.formats.chromium import needs_browser
from tests.harness import SESSION, output

PAGES = {
    "table": SESSION,
    "working": (*SESSION, "--explain", "--summary"),
    "averages": ("--decay", "0.9", "--decay", "0.99", "0:1", "100:10x7", "--explain"),
    "params": ("--decay", "0.9", ":1,2,3x4", "-c", "+gap,biased,share"),
    "worksheet": (*SESSION, "--explain", "--blank", "shadow:2..5", "--answers", "--variant", "3"),
    "interactive": (*SESSION, "--interactive"),
    "Chinese": (*SESSION, "--explain", "--lang", "zh", "--interactive"),
}


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a page in a window of a width."""
    pages = []

    def open_page(kind, width, scheme):
        path = tmp_path / "page.html"
        output(*PAGES[kind], "-o", str(path), "-q")
        pages.append(browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme))
        pages[-1].goto(path.as_uri())
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()


@needs_browser
@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (390, "light"), (1280, "dark"), (1920, "light")])
def test_axe_finds_no_violation(opened, kind, width, scheme):
    """Contrast, names, headings, regions: on each page, at each size; and no page is wider than its window."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="there is no axe (make browser)")
    page = opened(kind, width, scheme)
    found = axe.Axe().run(page)
    assert found.response["passes"]
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@needs_browser
@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("width", [320, 390])
def test_each_number_is_in_view_on_a_phone(opened, kind, width):
    """Nobody has to scroll sideways for a number, and none covers another."""
    page = opened(kind, width, "light")
    row = page.locator("tbody tr:nth-child(3)").first
    row.scroll_into_view_if_needed()
    cells = row.evaluate("row => [...row.cells].filter(one => one.textContent).map(one => one.getBoundingClientRect())")
    assert all(0 <= one["left"] and one["right"] <= width for one in cells)
    for cell, other in combinations(cells, 2):
        beside = cell["right"] <= other["left"] + 0.1 or other["right"] <= cell["left"] + 0.1
        assert beside or cell["bottom"] <= other["top"] + 0.1
