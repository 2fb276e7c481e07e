"""--interactive: the page shows the command's digits for every change in a browser."""

import re

import pytest

from tests.formats.chromium import needs_browser
from tests.harness import SESSION, output


@pytest.fixture
def opened(browser, tmp_path):
    """Open the interactive page of a script, offline; none of its scripts may fail."""
    errors, pages = [], []

    def open_page(*line, width=1280, **settings):
        path = tmp_path / "page.html"
        output(*line, "--interactive", "-o", str(path), "-q")
        page = browser.new_page(viewport={"width": width, "height": 900}, offline=True, **settings)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: errors.append(request.url) if not request.url.startswith("file:") else None)
        page.goto(path.as_uri())
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert errors == []


def dated(path):
    """The page of a file with dates."""
    path.write_text("when,temp\n2024-01-01 00:00,1\n2024-01-01 00:05,3\n2024-01-01 00:20,2\n2024-01-01 01:00,5\n")
    return "--time-column", "when", str(path)


@needs_browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_half_life_of_dates_has_a_slider(opened, tmp_path, language):
    """At another half-life, in seconds, the page shows what the command prints for it."""
    line = dated(tmp_path / "dates.csv")
    page = opened("--half-life", "5min", *line, "--lang", language)
    move(page, "decay-slider", 45)
    assert page.input_value('[data-ema="decay"]') == "3000"
    assert shown(page) == printed("--half-life", "3000s", *line)
    assert re.search("(half-life|半衰期) 3000s", page.text_content("h1"))
    assert re.search("(half_life|半衰期)=3000", page.text_content(".rule"))
    move(page, "decay", "0")
    assert shown(page) == printed("--half-life", "3000s", *line)


def move(page, name, value):
    """Move a slider, or type into a field."""
    page.eval_on_selector(
        f'[data-ema="{name}"]',
        "(field, value) => { field.value = value; field.dispatchEvent(new Event('input', {bubbles: true})); }",
        str(value),
    )


def shown(page):
    """The cells of the table: round 0 and on, decay and shadow."""
    rows = page.eval_on_selector_all(
        "tbody tr", "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return [[cell.strip() for cell in row[3:5]] for row in rows[: page.locator("tbody >> nth=0").locator("tr").count()]]


def printed(*line):
    """The cells of the page as the command prints them."""
    page = output("-F", "markdown", "-c", "round,decay,shadow", "-q", *line)
    rows = [row.split("|")[2:4] for row in page.splitlines() if re.match(r"\| +\d", row)]
    return [[cell.strip() for cell in row] for row in rows]


def shares(page):
    """The cells of the last column, round 0 and on."""
    return page.eval_on_selector_all("tbody tr", "rows => rows.map(row => row.cells[5].textContent.trim())")


def number(cell):
    """The value of a cell; None for an empty one."""
    return float(cell) if cell else None


def formulas(page):
    """The formulas of the chosen round."""
    return page.eval_on_selector_all('[data-ema="worked"] math', "all => all.map(one => one.getAttribute('alttext'))")


@needs_browser
@pytest.mark.parametrize(
    "rule",
    ["warmup", "fixed", "tensorflow", "torch", "torch-ema", "optax:debias=false", "warmup --dtype bfloat16",
     "warmup --dtype float16", "torch --dtype bfloat16", "warmup --dtype float32", "timm", "mean-teacher"],
)  # fmt: skip
def test_every_digit_is_that_of_the_command(opened, rule):
    """The page has no digits of its own, whether the slider, a field or a param is changed."""
    script, given = ["0:1", "1:-2.75", "100:10x3", "5000:0.1x4"], ["--rule", *rule.split()]
    page = opened(*given, "--decay", "0.99", *script)
    assert page.is_hidden('[data-ema="differs"]')
    assert shown(page) == printed(*given, "--decay", "0.99", *script)
    for place in (0, 5, 12, 18, 29, 54):
        move(page, "decay-slider", place)
        decay = page.input_value('[data-ema="decay"]')
        assert shown(page) == printed(*given, "--decay", decay, *script), decay
    move(page, "decay", "0.123456789")
    page.fill("tbody tr:nth-child(3) input", "1e-3")
    changed = ["0:1", "1:1e-3", *script[2:]]
    assert shown(page) == printed(*given, "--decay", "0.123456789", *changed)
    if page.is_enabled('[data-ema="initial"]'):
        move(page, "initial", "-7.3")
        assert shown(page) == printed(*given, "--decay", "0.123456789", "--initial", "-7.3", *changed)
    page.click('[data-ema="reset"]')
    assert shown(page) == printed(*given, "--decay", "0.99", *script)


@needs_browser
@pytest.mark.parametrize("line", ["--rule fixed --initial mean:3", "--rule ta-lib:timeperiod=3"])
def test_an_average_that_starts_at_a_mean(opened, line):
    """It waits, then takes the mean, in which each param has the same part."""
    line = [*line.split(), *([] if "ta-lib" in line else ["--decay", "0.5"]), ":1", ":2.5", ":4.1", ":7"]
    page = opened(*line)
    assert shown(page) == printed(*line)
    assert len(formulas(page)) > 0  # of the first update
    page.click("tbody tr:nth-child(2) button")
    assert formulas(page) == []
    assert shares(page) == ["", "0.16666667", "0.16666667", "0.16666667", "0.5"]


@needs_browser
@pytest.mark.parametrize(
    ("line", "title"),
    [("--half-life 3 :1", "decay 0.5, rule warmup"), ("--rule fixed --span 4 :1 --lang zh", "衰减率 0.5，规则 fixed")],
)
def test_a_decay_that_is_moved_stands_in_the_title(opened, line, title):
    """It replaces the half-life or span in the title until it is set back."""
    page = opened(*line.split())
    still = page.inner_text("h1")
    move(page, "decay", "0.5")
    assert page.inner_text("h1").startswith(title)
    page.click('[data-ema="reset"]')
    assert page.inner_text("h1") == still


@needs_browser
def test_a_page_of_times(opened, tmp_path):
    """Dates stand in the table and below the chart; with plain numbers, DECAY to the power of the time changes."""
    (tmp_path / "log.csv").write_text("time,x\n2024-01-01,1\n2024-01-03,3\n")
    page = opened("--time-column", "time", "--half-life", "2d", str(tmp_path / "log.csv"))
    assert page.eval_on_selector_all("thead th", "all => all.map(one => one.textContent)") == [
        "round", "time", "param", "effective decay", "shadow", "share",
    ]  # fmt: skip
    assert formulas(page) == ["0.5^(172800/172800) = 0.5", "0.5 x 1 + 0.5 x 3 = 2"]
    below = page.eval_on_selector_all("figure text", "all => all.map(one => one.textContent)")
    assert [text for text in below if text.startswith("2024")] == [
        "2024-01-01",
        "2024-01-02",
        "2024-01-03",
        "2024-01-04",
    ]
    assert "time" in below
    (tmp_path / "log.csv").write_text("time,x\n1,1\n3,3\n")
    page = opened("--time-column", "time", "--decay", "0.9", str(tmp_path / "log.csv"))
    move(page, "decay", "0.5")
    assert [row[0] for row in shown(page)] == ["", "", "0.25"]


@needs_browser
def test_the_warm_up_can_be_turned_off(opened):
    """The decay is then the constant, in the table and in the rule."""
    page = opened(*SESSION)
    page.uncheck('[data-ema="warm"]')
    assert shown(page) == printed("--rule", "fixed", *SESSION)
    assert page.get_attribute(".formulas math >> nth=0", "alttext") == "decay = DECAY"
    page.check('[data-ema="warm"]')
    assert shown(page) == printed(*SESSION)


@needs_browser
def test_keys_and_readers_find_their_way(opened):
    """Each control has a name, keys move the slider, changes are announced, and invalid text is marked and ignored."""
    page = opened(*SESSION)
    page.focus('[data-ema="decay-slider"]')
    page.keyboard.press("ArrowRight")
    assert page.input_value('[data-ema="decay"]') == "0.991"
    assert page.get_attribute('[data-ema="decay-slider"]', "aria-valuetext") == "0.991"
    after = printed("--decay", "0.991", *SESSION[2:])
    assert page.inner_text('[role="status"]') == f"After round 8 the shadow is {after[-1][1]}."
    page.fill('[data-ema="decay"]', "1.5")
    assert page.get_attribute('[data-ema="decay"]', "aria-invalid") == "true"
    assert shown(page) == after
    unnamed = page.eval_on_selector_all(
        "input, button", "all => all.filter(one => !one.ariaLabel && !one.labels?.length && !one.textContent).length"
    )
    assert unnamed == 0


@needs_browser
@pytest.mark.parametrize("width", [320, 390, 1280, 1920])
def test_a_page_fits_its_screen(opened, width):
    """Nothing reaches out of the window, and the shadow is visible."""
    page = opened(*SESSION, width=width, color_scheme="dark", reduced_motion="reduce")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    right = page.eval_on_selector("tbody tr:nth-child(4) td.last", "cell => cell.getBoundingClientRect().right")
    assert right <= width


@needs_browser
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1440, 900), (1366, 768), (1280, 720)])
def test_the_chart_is_in_view_beside_the_controls(opened, language, width, height):
    """On a projector and on a laptop, the curve and the legend are visible without scrolling."""
    page = opened("--decay", "0.9", "0:1", "100:10x6", "--lang", language, width=width)
    page.set_viewport_size({"width": width, "height": height})
    assert page.eval_on_selector("figure svg", "chart => chart.getBoundingClientRect().bottom") <= height


@needs_browser
def test_it_prints_as_the_still_page(opened):
    """On paper there are no controls; the table and the chart stay."""
    page = opened(*SESSION)
    page.emulate_media(media="print")
    assert page.is_hidden('[data-ema="controls"]')
    assert page.is_visible("tbody tr:nth-child(9)")
    assert page.is_visible("figure svg")


@needs_browser
def test_shares_add_up(opened):
    """The shares of the params and what is left of the initial value add up to the whole shadow."""
    page = opened(*SESSION)
    assert sum(map(number, shares(page))) == pytest.approx(1, abs=1e-7)


@needs_browser
def test_a_rule_beyond_javascript_says_so(opened):
    """For a rule whose arithmetic JavaScript lacks, the page shows the textbook's digits, which are close."""
    page = opened("--rule", "optax", "--decay", "0.9", ":1", ":2", ":4.5")
    assert page.is_visible('[data-ema="differs"]')
    theirs = [float(row[1]) for row in printed("--rule", "optax", "--decay", "0.9", ":1", ":2", ":4.5")[1:]]
    assert [float(row[1]) for row in shown(page)[1:]] == pytest.approx(theirs, rel=1e-5)


def test_the_reference_session_is_small():
    """The page is at most 60 KB and fetches nothing; without scripts, it is the static page."""
    page = output(*SESSION, "-F", "html", "--interactive")
    assert len(page.encode()) <= 60_000
    assert ">4.9934079</td>" in page
    assert not re.search(r"https?://(?!www\.w3\.org)|\bimport\b|fetch\(", page.partition("<script>")[0])
