"""Cells that are wider than the terminal."""

import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ema_cli.core.catalogue import rules
from ema_cli.text.wrap import folded
from ema_cli.working import typeset
from tests.harness import output

SCRIPT = ("1:1", "2..4:10.25", "100:-3x4")


def script(name):
    """A script that the rule accepts."""
    decay = rules()[name].decay
    steps = ("2048:1", "4096:10.25", "6144:-3x4") if name == "edm2" else SCRIPT
    return ("--rule", name, *steps, *(("--decay", "0.99") if decay is not None and not decay.optional else ()))


def cells(page):
    """The cells of all tables of a page, each with its lines joined."""
    rows = []
    for line in page.splitlines():
        if line.startswith("│"):
            texts = [cell.strip() for cell in line.strip("│").split("│")]
            if texts[0]:
                rows.append(texts)
            else:
                rows[-1] = [
                    f"{before} {text}".strip() if not before.endswith("/") else before + text
                    for before, text in zip(rows[-1], texts, strict=True)
                ]
    return {cell for row in rows for cell in row}


@pytest.mark.parametrize("name", list(rules()))
def test_no_table_is_wider_than_the_terminal(name):
    """For any rule's working, each line has its borders, and the cells are those of a wide table."""
    long = ("--explain", "-q", "--digits", "17")
    narrow = output(*script(name), *long, "--width", "60")
    assert max(map(cell_len, narrow.splitlines())) <= 60
    assert {line[-1] for line in narrow.splitlines() if line[0] in "┏┃┡│└"} <= set("┓┃┩│┘")
    assert cells(narrow) == cells(output(*script(name), *long))


@pytest.mark.parametrize("rule", ["optax", "edm2", "tensorflow-debias", "pandas"])
def test_worksheets_and_keys_are_folded(rule):
    """A blank keeps its width and is not broken."""
    page = output(*script(rule), "--explain", "--blank", "shadow", "--answers", "--width", "80")
    assert max(map(cell_len, page.splitlines())) <= 80
    assert {len(blank) for blank in re.findall("__+", page)} == {8}


def test_a_line_of_working_is_broken_at_its_signs():
    """A line breaks between equations first, then before the sign between two sides, then between terms."""
    line = "0.99 x 0.1099 + 0.01 x 10 = 0.208801; 0.208801/(1 - 0.99^3) ≈ 7.0301013"
    assert folded(line, 80) == [line]
    assert folded(line, 45) == ["0.99 x 0.1099 + 0.01 x 10 = 0.208801;", "0.208801/(1 - 0.99^3) ≈ 7.0301013"]
    assert folded(line, 30) == [
        "0.99 x 0.1099 + 0.01 x 10",
        "  = 0.208801;",
        "0.208801/(1 - 0.99^3)",
        "  ≈ 7.0301013",
    ]
    assert folded(line, 16) == [
        "0.99 x 0.1099",
        "  + 0.01 x 10",
        "  = 0.208801;",
        "0.208801/",
        "  (1 - 0.99^3)",
        "  ≈ 7.0301013",
    ]


def test_a_long_fraction_is_broken_too():
    """In exact arithmetic, no terminal is wide enough for long: a fraction breaks above its bar, then below."""
    page = output("--decay", "0.99", "--dtype", "exact", "0:1", "100:10x45", "--width", "60", "-q", "--every", "46")
    assert max(map(len, page.splitlines())) == 60
    digits = "".join(re.findall(r"\d{10,}/?", page))
    assert digits.startswith("71466505905123179685041059425992502070690032245499271")
    assert digits.count("/") == 1


@pytest.mark.parametrize("width", range(40, 70, 3))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_product_below_a_table_stays_on_one_line(width, language):
    """The last shadow, written out, breaks between its terms, not within one."""
    script = ("--decay", "0.9", "--rule", "fixed", ":1.25", ":2.5", ":3.75", ":5", ":6.25")
    page = output(*script, "--explain", "--width", str(width), "--lang", language, "-q")
    below = page[page.rindex("└") :].splitlines()[1:]
    assert "\N{MULTIPLICATION SIGN}" in "".join(below)
    assert all(line.strip(" \N{MULTIPLICATION SIGN}") == line for line in below)
    assert max(map(cell_len, below)) <= width


@pytest.mark.long
def test_a_table_that_is_drawn_as_its_rows_come_is_folded():
    """It is folded past ten thousand rounds, too."""
    page = output("--decay", "0.9999", "--rule", "optax", "0..10200:1.5", "--explain", "--width", "80", "-q")
    assert {len(line) for line in page.splitlines() if line[0] in "┏┃┡│└"} == {80}


@given(st.text("ab12 ;=+/(),x≈复", max_size=60), st.integers(12, 40))
def test_nothing_is_lost(text, width):
    """The lines are within the width, and joined they are the text, except for spaces."""
    lines = folded(text, width)
    assert max(map(cell_len, lines)) <= width
    assert re.sub(" ", "", "".join(lines)) == text.replace(" ", "")


LONG = ("--rule", "optax", "--decay", "0.99", "1:1", "1:10.25x3", "--explain", "--digits", "17", "-q")


def test_a_formula_that_is_wider_than_paper_is_broken_too():
    """In HTML and LaTeX, each of its lines is a formula that begins with the sign it was broken at."""
    assert len(re.findall(r"</math><br><math[ >]", output(*LONG, "-F", "html"))) == 4
    exact = ("--decay", "0.99", "--dtype", "exact", "0:1", "100:10x20", "--explain", "-q")
    page = output(*exact, "-F", "html")
    assert re.search('<br>&#x2003;<math[^>]*><mstyle displaystyle="true"><mrow></mrow><mo>=</mo><mfrac>', page)
    page = output(*exact, "-F", "latex")
    assert r"\\\addlinespace[3pt] \quad $\displaystyle {} = \frac{" in page
    assert typeset.latex("+ 2/3 x 10;") == r"{} + \frac{2}{3} \times 10,"
    assert typeset.mathml("- 2") == "<mrow><mrow></mrow><mo>&#x2212;</mo><mn>2</mn></mrow>"
    assert typeset.latex("- (1 - 2)") == "{} - (1 - 2)"


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex")
@pytest.mark.parametrize(
    "options",
    [
        LONG,
        ("--decay", "0.99", "--dtype", "exact", "0:1", "100:10x40", "--explain"),
        ("--decay", "0.99", "0:1", "100:10x70", "--explain"),
        ("--decay", "0.99", "--dtype", "exact", "0:1", "100:10x40"),
    ],
)
def test_no_page_of_latex_is_too_small(options, tmp_path):
    """However wide and many the formulas are, none is set over the edge of its page."""
    output(*options, "--standalone", "-o", str(tmp_path / "page.tex"))
    call = ["pdflatex", "-interaction=nonstopmode", "page.tex"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0
    assert b"Overfull" not in done.stdout


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex")
@pytest.mark.parametrize(
    "options", [LONG, ("--decay", "0.99", "0:1", "100:10x7", "--explain", "--blank", "shadow", "--answers")]
)
def test_a_table_fits_into_the_document_that_it_is_put_in(options, tmp_path):
    """With any margins, the type is the largest that fits."""
    output(*options, "-o", str(tmp_path / "part.tex"))
    document = r"\documentclass{article}\usepackage{booktabs}\begin{document}A handout. \input{part}\end{document}"
    (tmp_path / "page.tex").write_text(document)
    call = ["pdflatex", "-interaction=nonstopmode", "page.tex"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0
    assert b"Overfull" not in done.stdout
