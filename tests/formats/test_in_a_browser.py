"""Each kind of page in Chromium: it fits the screen, and axe has no complaint."""

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
    "blanks": (*SESSION, "--blank", "shadow"),
    "interactive": (*SESSION, "--interactive"),
    "Chinese": (*SESSION, "--explain", "--lang", "zh", "--interactive"),
}


@pytest.fixture
def opened(browser, tmp_path):
    """Open a page in a window of a given width."""
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
    """Contrast, names, headings and regions are right on each page at each size; no page is wider than its window."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="there is no axe (make browser)")
    page = opened(kind, width, scheme)
    found = axe.Axe().run(page)
    assert found.response["passes"]
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@needs_browser
def test_a_blank_is_a_line_to_write_on(opened):
    """Its text, which keeps the place, is invisible; the line is visible, on screen and on paper."""
    page = opened("blanks", 1280, "light")
    page.emulate_media(media="print")
    colour = "one => [getComputedStyle(one).color, getComputedStyle(one).borderBottomColor]"
    text, line = page.locator(".blank").first.evaluate(colour)
    assert (text, line) == ("rgba(0, 0, 0, 0)", "rgb(26, 26, 26)")
    assert page.locator("tr:has(.blank)").first.bounding_box()["height"] >= 30


@needs_browser
@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("width", [320, 390])
def test_each_number_is_in_view_on_a_phone(opened, kind, width):
    """No number needs sideways scrolling, and none covers another."""
    page = opened(kind, width, "light")
    row = page.locator("tbody tr:nth-child(3)").first
    row.scroll_into_view_if_needed()
    cells = row.evaluate("row => [...row.cells].filter(one => one.textContent).map(one => one.getBoundingClientRect())")
    assert all(0 <= one["left"] and one["right"] <= width for one in cells)
    for cell, other in combinations(cells, 2):
        beside = cell["right"] <= other["left"] + 0.1 or other["right"] <= cell["left"] + 0.1
        assert beside or cell["bottom"] <= other["top"] + 0.1


@needs_browser
@pytest.mark.parametrize(("rounds", "whole"), [(5, "avoid"), (15, "avoid"), (16, "auto")])
def test_a_short_table_stays_on_one_sheet(browser, rounds, whole):
    """On paper, a table that fits on one page is not broken."""
    page = browser.new_page()
    page.set_content(output("--decay", "0.9", f":1x{rounds}", "-F", "html", "-q"))
    page.emulate_media(media="print")
    assert page.eval_on_selector(".scroll", "table => getComputedStyle(table).breakInside") == whole
    page.close()


LOUD = """
table { width: 100%; border: 3px solid red; margin: 20px }
td, th, li { border: 1px solid red; padding: 12px; background: #fee }
h1 { text-transform: uppercase; font-size: 40px } p { text-indent: 3em }
figure { border: 4px dotted blue } svg { width: 50px } caption { caption-side: bottom }
input { width: 100% } label { display: block } button { background: red }
"""

STYLES = """() => {
  const kinds = "h1, p, li, table, caption, th, td, figure, svg, input, label, button";
  const all = document.querySelectorAll(`.ema :is(${kinds})`);
  const laid = /^(inline|block|perspective|transform)|size$|width|height/;
  return [...all].map(one => [...getComputedStyle(one)].filter(name => !laid.test(name))
    .map(name => `${name}: ${getComputedStyle(one).getPropertyValue(name)}`).join("; "));
}"""


@needs_browser
@pytest.mark.parametrize("kind", ["working", "interactive"])
def test_a_page_looks_the_same_inside_of_another(opened, kind):
    """The styles of the surrounding page stop at its edge, and its own do not leave it."""
    page = opened(kind, 1280, "light")
    alone = page.evaluate(STYLES)
    page.evaluate(
        """css => { document.body.insertAdjacentHTML("beforeend", "<table><tr><td id=theirs>1</td></tr></table>");
        document.head.insertAdjacentHTML("afterbegin", `<style>${css}</style>`); }""",
        LOUD,
    )
    assert page.evaluate(STYLES) == alone
    padding = page.eval_on_selector("#theirs", "cell => getComputedStyle(cell).padding")
    assert padding == "12px"
