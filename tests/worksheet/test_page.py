"""Pages in Markdown, LaTeX, HTML and SVG."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len

from ema_cli import rules
from ema_cli.formats.svg import width_of
from tests.harness import SESSION, output, run
from tests.pages import FORMATS, SHADOWS, shown

NASTY = "50% <b>&\"'{x}_#$^~\\ `code` | [1] -- :smile: [/b]"


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_shows_the_same(format_):
    """Each format has the title, the rounds, the results of the working, and the note."""
    page = shown(output(*SESSION, "--explain", "-F", format_, "--title", "Lesson 3"), format_)
    assert "Lesson 3" in page
    assert "decay 0.99, rule warmup, float64, initial value 0" in page
    assert all(shadow in page for shadow in SHADOWS)
    assert "Computed in float64, shown to 8 significant digits." in " ".join(page.split())
    assert "DECAY" in page


@pytest.mark.parametrize("ending", [".tex", ".html", ".svg", ".md", ".txt"])
def test_the_ending_of_a_file_chooses_the_format(ending, tmp_path):
    """-o FILE needs no --format."""
    path = tmp_path / f"page{ending}"
    output(*SESSION, "-o", str(path))
    start = {".tex": "% in the preamble", ".html": "<!DOCTYPE html>", ".svg": "<svg"}.get(ending, "decay 0.99")
    assert path.read_text("utf-8").startswith(start)


@pytest.mark.parametrize("format_", ["table", "markdown", "latex", "html", "svg"])
def test_the_summary_stands_in_every_format(format_):
    """--summary is a table below the table."""
    page = shown(output(*SESSION, "--summary", "-F", format_), format_)
    assert page.index("1.6445455") < page.index("half-life, in rounds")
    assert "68.967564" in page


def test_latex_is_a_part_of_a_document():
    """It is plain LaTeX with booktabs: rules, numbers padded to align at the point, formulas in math mode."""
    page = output(*SESSION, "-F", "latex")
    assert "\\documentclass" not in page
    assert page.count("\n{\\emalongfalse\\ematable{rrrrr}") == page.count("\n}}\n") == 1
    assert "$2$ & $100$ & $10$ & $0.91818182$ & $1.6445455$ \\\\" in page
    assert "$0.1\\phantom{1818182}$ & $0.9\\phantom{445455}$" in page
    assert "\\min\\left(\\mathit{DECAY},\\, \\frac{1 + \\mathit{step}}{10 + \\mathit{step}}\\right)" in page


def test_latex_by_itself():
    """--standalone adds the rest of a document."""
    page = output(*SESSION, "-F", "latex", "--standalone")
    assert page.startswith("% compile with pdflatex, xelatex or lualatex\n\\documentclass{article}\n")
    assert page.endswith("\\end{document}\n")
    assert run([*SESSION, "--standalone"]).code == 2


def test_latex_escapes_what_the_user_wrote():
    """TeX acts on no character of a title."""
    title = next(line for line in output(*SESSION, "-F", "latex", "--title", NASTY).splitlines() if "50" in line)
    assert title == (
        r"\textbf{50\% \textless{}b\textgreater{}\&{\ttfamily\char34}'\{x\}\_\#\$\textasciicircum{}\textasciitilde{}"
        r"\textbackslash{} `code` \textbar{} {[}1] -{}- :smile: {[}/b]}\\"
    )


def test_the_lines_of_a_heading_stand_over_their_column():
    """A heading of two lines is aligned with its cells: left above words and formulas, right above numbers."""
    page = output("--decay", "0.9", "--decay", "0.5", ":1", "--explain", "-c", "+gap", "-F", "latex", "-q")
    assert r"\begin{tabular}[b]{@{}l@{}}shadow \\ 0.9\end{tabular}" in page
    assert r"\begin{tabular}[b]{@{}r@{}}param - shadow \\ 0.9\end{tabular}" in page


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex")
@pytest.mark.parametrize("rule", ["fixed", "optax", "torch", "tensorflow"])
def test_wide_latex_tables_are_cut(rule, tmp_path):
    """However many columns there are, none is set over the edge of the page."""
    averages = ("--decay", "0.9", "--decay", "0.99", "--decay", "0.999", "--rule", rule)
    output(*averages, "0..5:1,-2", "--explain", "--standalone", "-o", str(tmp_path / "page.tex"))
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "page.tex"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert b"Overfull" not in done.stdout


LATEX_CLASSES = {
    "one column": r"\documentclass[12pt]{article}\usepackage{booktabs,longtable}",
    "two columns": r"\documentclass[twocolumn]{article}\usepackage{booktabs,longtable}",
    "two columns of 12 pt": r"\documentclass[twocolumn,12pt]{article}\usepackage{booktabs}",
    "without longtable": r"\documentclass{article}\usepackage{booktabs}",
    "beamer": r"\documentclass{beamer}\usepackage{booktabs}",
}


@pytest.mark.long
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex")
@pytest.mark.parametrize(
    "options",
    [[":1x60"], [*SESSION[2:], "--explain", "--answers", "--blank", "shadow"], ["0..59:1.5", "--explain"]],
    ids=["long", "worked", "both"],
)
@pytest.mark.parametrize("place", LATEX_CLASSES)
def test_a_table_fits_where_it_is_put(place, options, tmp_path):
    """It continues over pages, columns and slides, each with its head; nothing is cut off or overprinted."""
    output("--decay", "0.9", *options, "-q", "-o", str(tmp_path / "part.tex"))
    frame = r"\begin{frame}[allowframebreaks]{A}\input{part}\end{frame}" if place == "beamer" else r"\input{part}"
    (tmp_path / "page.tex").write_text(rf"{LATEX_CLASSES[place]}\begin{{document}}{frame}\end{{document}}")
    for _ in range(2):
        call = ["pdflatex", "-interaction=nonstopmode", "page.tex"]
        done = subprocess.run(call, cwd=tmp_path, capture_output=True, check=False)
    if place == "beamer" and b"beamer.cls' not found" in done.stdout:
        pytest.skip("there is no beamer")
    assert done.returncode == 0
    assert b"Overfull" not in done.stdout
    assert b"is wider than the line" not in done.stdout


@pytest.mark.long
@pytest.mark.skipif(shutil.which("xelatex") is None, reason="there is no xelatex")
@pytest.mark.parametrize("rule", ["warmup:decay=0.99", "clickhouse-decayed", "dropwizard"])
def test_a_chinese_table_fits_on_a_slide(rule, tmp_path):
    """Its headings are narrow: only its worked numbers decide where it is cut."""
    line = "--rule", rule, "0:1", "1:-2.75", "100:10", "--lang", "zh", "--explain", "-q"
    output(*line, "-o", str(tmp_path / "part.tex"))
    head = r"\documentclass{beamer}\usepackage{booktabs}\usepackage[fontset=fandol]{ctex}"
    frame = r"\begin{frame}[allowframebreaks]{A}\input{part}\end{frame}"
    (tmp_path / "page.tex").write_text(rf"{head}\begin{{document}}{frame}\end{{document}}")
    call = ["xelatex", "-interaction=nonstopmode", "page.tex"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, check=False)
    if b"not found" in done.stdout:
        pytest.skip("there is no beamer, or no ctex")
    assert done.returncode == 0
    assert b"Overfull" not in done.stdout


@pytest.mark.long
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex")
def test_the_formulas_of_each_rule_compile(tmp_path):
    """Each function of a rule has its command, and each worked table fits its page."""
    page = [r"\documentclass{article}\usepackage{booktabs,longtable}\begin{document}"]
    for rule in rules().values():
        line = ["--rule", rule.name, *([] if rule.decay is None else ["--decay", "0.99"])]
        steps, bare = ["0:1", "1:-2.75", "100:10"], [":1", ":-2.75", ":10"]
        script = bare if run([*line, *steps, "-q"]).code else steps
        (tmp_path / f"{rule.name}.tex").write_text(output(*line, *script, "--explain", "-F", "latex", "-q"))
        page.append(rf"\input{{{rule.name}}}")
    (tmp_path / "page.tex").write_text("\n".join([*page, r"\end{document}"]))
    call = ["pdflatex", "-interaction=nonstopmode", "page.tex"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, [line for line in done.stdout.splitlines() if line.startswith(b"!")]
    assert b"Overfull" not in done.stdout


@pytest.mark.long
@pytest.mark.skipif(None in (shutil.which("pdflatex"), shutil.which("pdftotext")), reason="there is no pdflatex")
def test_a_title_stays_with_its_wide_table(tmp_path):
    """In two columns, a wide table floats to another page together with its title and its notes."""
    output("--decay", "0.9", "0..9:1.5", "--explain", "-q", "-o", str(tmp_path / "part.tex"))
    text = r"\newcount\n\loop Words in a column. \advance\n1 \ifnum\n<250 \repeat\par"
    (tmp_path / "page.tex").write_text(
        rf"{LATEX_CLASSES['two columns']}\begin{{document}}{text}\input{{part}}{text}\end{{document}}"
    )
    subprocess.run(["pdflatex", "-interaction=nonstopmode", "page.tex"], cwd=tmp_path, capture_output=True, check=True)
    told = subprocess.run(["pdftotext", "page.pdf", "-"], cwd=tmp_path, capture_output=True, check=True, text=True)
    floated = [page for page in told.stdout.split("\f") if "effective decay" in page]
    assert len(floated) == 1
    assert "decay 0.9, rule warmup" in floated[0]
    assert "Computed in float64" in floated[0]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex")
@pytest.mark.parametrize("options", [["--explain"], ["--title", NASTY], ["--blank", "shadow", "--answers"]])
def test_latex_compiles(options, tmp_path):
    """pdflatex compiles it without an error or an overfull line."""
    output(*SESSION, "--standalone", "-o", str(tmp_path / "page.tex"), *options)
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "page.tex"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert b"Overfull" not in done.stdout


class Tags(HTMLParser):
    """A parser that checks that each element is closed."""

    def __init__(self, page):
        super().__init__()
        self.open, self.seen = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_notes_are_broken_between_words(lang):
    """If the width is limited, no line is longer, and none begins or ends within a word."""
    options = ("--decay", "0.9", "--rule", "torch", ":1x2", "--explain", "--lang", lang)
    whole, narrow = output(*options), output(*options, "--width", "60")
    assert max(map(cell_len, narrow.splitlines())) <= 60
    assert max(map(cell_len, whole.splitlines())) > 60
    words = [line for line in narrow.splitlines() if "│" not in line and "━" not in line and "─" not in line]
    assert lang == "zh" or {word for line in words for word in line.split()} <= set(whole.split())


def test_html_is_whole_and_accessible():
    """Every element is closed; the table has a caption and scopes, formulas are MathML, the chart has a name."""
    page = Tags(output(*SESSION, "-F", "html", "--explain"))
    assert not page.open
    tags = [tag for tag, _ in page.seen]
    assert tags.count("caption") == 1
    assert [attrs["scope"] for tag, attrs in page.seen if tag == "th"] == ["col"] * 5 + ["row"] * 9
    assert tags.count("mfrac") > 9
    assert [attrs["role"] for tag, attrs in page.seen if tag == "svg"] == ["img"]
    assert next(attrs for tag, attrs in page.seen if tag == "html") == {"lang": "en"}


def test_a_wide_page_is_cut_into_tables_for_print():
    """A table wider than a sheet of paper becomes several, each with the rounds, since print would cut it off."""
    page = output("--decay", "0.9", "--decay", "0.99", "--decay", "0.999", "0..5:1", "--explain", "-F", "html")
    heads = re.findall(r"<thead>.*?</thead>", page)
    assert len(heads) == 3
    assert all(head.startswith('<thead><tr><th scope="col" class="n">round</th>') for head in heads)
    assert ["<br>0.9<" in heads[0], "<br>0.99<" in heads[1], "<br>0.999<" in heads[2]] == [True] * 3
    assert page.count('<th scope="row" class="n" data-label="round">6</th>') == 3


def test_several_params_are_called_by_their_names():
    """The working of each param has the heading of its shadow."""
    page = output("--decay", "0.9", "0:1,2", "--name", "w1,b1", "--explain")
    assert "┃ w1.shadow " in page
    assert "┃ b1.shadow " in page


def test_parentheses_are_as_tall_as_what_is_in_them():
    """Parentheses around a line are as tall as a line; around a fraction they stretch."""
    page = output("--decay", "0.9", "--rule", "tensorflow", "0:1", "100:-1", "--explain", "-F", "html")
    assert '<mo stretchy="false">(</mo><mrow><mo>&#x2212;</mo><mn>1</mn></mrow><mo stretchy="false">)</mo>' in page
    assert "<mi>min</mi><mo>&#x2061;</mo><mrow><mo>(</mo><mn>0.9</mn><mo>,</mo><mfrac>" in page


def test_html_has_the_summary_inside_of_its_section():
    """The summary is a second table, named by its heading."""
    page = Tags(output(*SESSION, "-F", "html", "--summary"))
    assert not page.open
    assert [tag for tag, _ in page.seen].count("table") == 2


@pytest.mark.parametrize("format_", ["html", "svg"])
def test_nothing_is_fetched(format_):
    """The only address in a page is the name of SVG."""
    addresses = re.findall(r"https?://[^\"')\s]*", output(*SESSION, "-F", format_, "--explain"))
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("format_", ["html", "svg"])
def test_markup_of_the_user_is_text(format_):
    """A title is text in every format."""
    page = output(*SESSION, "-F", format_, "--title", "<script>alert(1)</script> & {styles}")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "{styles}" in page


def test_svg_is_a_picture():
    """The SVG is well-formed XML, and the same each time."""
    page = output(*SESSION, "-F", "svg")
    assert ElementTree.fromstring(page).tag == "{http://www.w3.org/2000/svg}svg"
    assert page == output(*SESSION, "-F", "svg")


def test_a_picture_is_as_wide_as_its_table():
    """Notes are wrapped at the width of the table, on the worksheet and on the key."""
    page = output(*SESSION, "--explain", "--blank", "shadow", "--answers", "-F", "svg")
    table = max(int(end) for end in re.findall(r'd="M0 [\d.]+H(\d+)"', page))
    notes = re.findall(r'font-size="13"[^>]*>([^<]+)<', page)
    assert len(notes) >= 2
    assert max(width_of(note, 13) for note in notes) <= table


def test_markdown_escapes_blanks():
    """In Markdown, a blank does not start an emphasis."""
    assert r"\underline{\hspace{4.5em}}" in output(*SESSION, "-F", "markdown", "--explain", "--blank", "shadow")


@pytest.mark.parametrize(("every", "word"), [("2", "2nd"), ("3", "3rd"), ("5", "5th")])
def test_rounds_left_out(every, word):
    """A note below a thinned table says how many rounds are left out."""
    assert f"every {word} round and the last are shown." in output(*SESSION, "--every", every)


def test_nothing_left_out():
    """A table with all its rounds has no such note."""
    assert "left out" not in output("--decay", "0.9", "0:1x1", "--every", "2")


def test_long_pages_stream():
    """Past ten thousand rounds, a page is written while it is computed."""
    for format_ in "html", "latex":
        page = output("--decay", "0.9", "0..10500:1", "-F", format_)
        assert ">10501<" in page or "$10501$" in page


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
@pytest.mark.parametrize("ending", [".html", ".tex", ".txt"])
def test_a_long_page_of_formulas_stays_small(ending, tmp_path):
    """Formulas are made a few hundred rows at a time: memory stays under 40 MB, however many there are."""
    peak = "import sys; from ema_cli.__main__ import main\n"
    peak += "try: main()\nfinally: print(open('/proc/self/status').read().split('VmHWM:')[1], file=sys.stderr)"
    call = ["--decay", "0.9", "7:1x10500", "--explain", "-o", str(tmp_path / f"page{ending}")]
    done = subprocess.run([sys.executable, "-c", peak, *call], capture_output=True, text=True, check=True)
    assert int(done.stderr.split()[0]) < 40_000  # kilobytes


def test_a_picture_has_an_end():
    """A table too long for a picture is refused, with what to do."""
    code, _, message = run(["--decay", "0.9", "0..70000:1", "-F", "svg"])
    assert code == 1
    assert "too long for a picture; use --every K" in message


@pytest.mark.parametrize("format_", ["html", "latex"])
def test_names_in_symbols_are_explained_where_they_stand(format_):
    """A rule in symbols explains its names, with and without the working."""
    assert "k counts the updates." in output("--decay", "0.9", "--rule", "optax", ":1", "-F", format_, "-q")
    assert "carried at full precision" not in output(*SESSION, "-F", format_)


def test_a_legend_has_room_for_its_labels():
    """Long labels stand two or one to a line, so that none overlaps the next."""
    rules = ("--rule", "tensorflow", "--rule", "tensorflow-debias", "--decay", "0.9")
    page = output(*rules, ":1", "-F", "html", "-q")
    places = re.findall(r'<text x="(\d+)" y="(\d+)">(param|tensorflow[^<]*)<', page)
    assert [x for x, _, _ in places] == ["110", "432", "110"]
    one, other, below = [int(y) for _, y, _ in places]
    assert one == other < below
