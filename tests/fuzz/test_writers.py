"""Every writer: hostile text and odd numbers come out as text and as the same numbers."""

from __future__ import annotations

import csv
import io
import json
import re
from fractions import Fraction
from html.parser import HTMLParser
from math import isfinite
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.numbers.literals import printable
from ema_cli.text.number_text import fixed, shortest, significant
from tests.extras import HAS_PLOT
from tests.fuzz.draws import generated
from tests.fuzz.oracle import TYPES, call, to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fuzz.draws import Draws
    from tests.harness import Outcome

EXTRAS = [
    ["--explain"],
    ["--summary"],
    ["--plot"] if HAS_PLOT else [],
    ["--blank", "shadow", "--answers"],
    ["--every", "2"],
]
ESCAPED = re.compile(r"\\(.)")


DOUBLED = re.compile(r"\r\r+\n")
"""A line end that was translated twice; readers take it for one."""


class Written:
    """A call whose text comes from the draws: title, names of params, a column that is passed through.

    Attributes:
        title, names, tags: The text, as it is shown: what a terminal would act on stands as escapes.
        values: The params.
        outcome: What came of it.
    """

    def __init__(self, draws: Draws, form: str, options: Sequence[str] = ()) -> None:
        self.form = form
        title, names = draws.text(), [f"{draws.name()}n0", f"{draws.name()}n1"]
        texts = [draws.text().strip(" \t") for _ in range(1 + draws.below(4))]
        tag, tags = f"{draws.name()}tag", ["t" + DOUBLED.sub("\r\n", text) for text in texts]
        self.values = [[draws.number(), draws.number()] for _ in tags]
        self.raw = tags
        self.title, self.tags = printable(title), list(map(printable, tags))
        self.names = [*map(printable, names), printable(tag)]
        data = io.StringIO()
        rows = [["step", *names, tag], *(["1", *values, text] for values, text in zip(self.values, tags, strict=True))]
        csv.writer(data, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
        columns = [part for name in names for part in ("--param-column", name)]
        line = ["--decay", "0.9", "-q", "-F", form, "--keep", "--title", title, *columns, *options]
        self.outcome: Outcome = call(line, data.getvalue().encode())
        assert self.outcome.code == 0, self.outcome


def safe(text: str) -> None:
    """Check that a terminal acts on nothing in it."""
    assert all(line.isprintable() for line in text.split("\n")), text


@generated(35)
def test_csv_and_tsv(draws: Draws) -> None:
    """The cells of CSV and TSV are the text that went in."""
    form = draws.pick(["csv", "tsv"])
    written = Written(draws, form)
    if form == "csv":
        header, *rows = csv.reader(io.StringIO(written.outcome.out, newline=""), strict=True)
    else:
        marks = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}
        header, *rows = [
            [ESCAPED.sub(lambda found: marks[found[1]], cell) for cell in line.split("\t")]
            for line in written.outcome.out.split("\n")[:-1]
        ]
    names = written.names
    assert ["step", *names[:2], "decay", f"{names[0]}.shadow", f"{names[1]}.shadow", names[2]] == header
    assert written.raw == [row[-1] for row in rows]
    assert written.values == [row[1:3] for row in rows]


@generated(35)
def test_json_and_lines(draws: Draws) -> None:
    """The strings of JSON are the text that went in, its numbers the numbers."""
    form = draws.pick(["json", "jsonl"])
    written = Written(draws, form)
    if form == "jsonl":
        found = [json.loads(line, parse_constant=_refused) for line in written.outcome.out.split("\n")[:-1]]
    else:
        document = json.loads(written.outcome.out, parse_constant=_refused)
        found = document["rounds"]
    assert written.raw == [record[written.names[2]] for record in found]
    for record, values in zip(found, written.values, strict=True):
        assert [float(text) for text in values] == [float(record[name]) for name in written.names[:2]]
        assert list(record)[-1] == written.names[2]


def _refused(text: str) -> None:
    raise AssertionError(f"{text} is no JSON")


@generated(35)
def test_table(draws: Draws) -> None:
    """A table shows the text, in rows of one width, with nothing that a terminal acts on."""
    width = draws.pick(["20", "60", "100000"])
    written = Written(draws, "table", ["--color", "never", "--width", width])
    out = written.outcome.out
    safe(out)
    if width != "100000":
        return
    from rich.cells import cell_len

    lines = out.split("\n")
    rows = [line for line in lines if line.startswith(("┃", "│", "└", "┏", "┡"))]
    assert len({cell_len(line) for line in rows}) == 1
    body = [line for line in rows if line.startswith("│")][1:]
    assert written.tags == [line.split("│", 8)[-1].removesuffix("│")[1:].rstrip() or "" for line in body] or any(
        text != text.rstrip() for text in written.tags
    )


@generated(35)
def test_markdown(draws: Draws) -> None:
    """A Markdown table has its cells, whatever they contain, and every special character is escaped."""
    written = Written(draws, "markdown")
    out = written.outcome.out
    safe(out)
    rows = [line for line in out.split("\n") if line.startswith("|")]
    cells = [re.split(r"(?<!\\)(?:\\\\)*\|", row)[1:-1] for row in rows]
    assert {7 + 1} == {len(row) for row in cells}
    for row, text in zip(cells[3:], written.tags, strict=True):
        assert text.rstrip() == ESCAPED.sub(r"\1", row[-1][1:]).rstrip()
    bare = re.sub(r"\\.", "", "\n".join(line for line in out.split("\n") if not line.startswith("|")))
    assert not set(bare) & set("`*_[]<>#|~&$")


LATEX = {
    r"\textbackslash{}": "\\",
    r"\textasciicircum{}": "^",
    r"\textasciitilde{}": "~",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
    r"{\ttfamily\char34}": '"',
    r"$\approx$": "≈",
}
TOKEN = re.compile(
    r"\\text[a-z]+\{\}|\{\\ttfamily\\char34\}|\$\\approx\$|\\[{}$&#%_]|\{\[\}|\{\*\}|-\{\}-|`\{\}`|'\{\}'|[^\\{}$&#%_^~<>|\"]"
)


@pytest.mark.long
@generated(35)
def test_latex(draws: Draws) -> None:
    """A LaTeX table has its cells, and no special characters but its own."""
    written = Written(draws, "latex")
    out = written.outcome.out
    safe(out)
    last = out.rpartition("\\ematable{")[2].partition("\n}}")[0]
    rows = [line.removesuffix(" \\\\") for line in last.split("\n") if line.endswith(" \\\\")]
    for row, text in zip(rows[1:], written.tags, strict=True):
        cell = re.split(r"(?<!\\) & ", row)[-1]
        assert text.rstrip() == unescaped(cell).rstrip(), (cell, text)


def unescaped(cell: str) -> str:
    """The text that TeX sets for a cell."""
    parts, place = [], 0
    while place < len(cell):
        found = TOKEN.match(cell, place)
        assert found is not None, cell[place:]
        token = found[0]
        parts.append(
            LATEX.get(token) or (token[1:] if token.startswith("\\") else token.replace("{", "").replace("}", ""))
        )
        place = found.end()
    return "".join(parts)


class Cells(HTMLParser):
    """The rows of the tables of a page, and its elements and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.heading = ""
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in ("td", "th"):
            self.rows[-1][-1] += data
        if "h1" in self._open:
            self.heading += data


ELEMENTS = set(
    "html head meta title style body main section h1 h2 p ul li math mstyle div table caption thead tbody tr th td br"
    " figure svg g path text line rect circle polyline figcaption span mn mo mi mfrac mrow msup desc tspan use defs"
    " mtext marker polygon clippath".split()
)


@generated(35)
def test_html(draws: Draws) -> None:
    """A page has the text in its cells and its heading, and no other element or attribute."""
    written = Written(draws, "html")
    out = written.outcome.out
    safe(out)
    page = Cells()
    page.feed(out)
    page.close()
    assert page.tags <= ELEMENTS, page.tags - ELEMENTS
    assert not [name for name in page.attributes if name.startswith("on") or name in ("href", "src")]
    last = page.rows[-len(written.tags) :]  # of the last table, if there are several
    assert [text.rstrip() for text in written.tags] == [row[-1].rstrip() for row in last]
    assert written.title.strip() in page.heading or not written.title


@generated(35)
def test_svg(draws: Draws) -> None:
    """A picture is well-formed XML with the text, which fetches nothing and runs nothing."""
    written = Written(draws, "svg")
    out = written.outcome.out
    root = ElementTree.fromstring(out)
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= {"svg", "rect", "g", "text", "title", "path"}, names
    assert (
        "http" not in out.replace("http://www.w3.org/2000/svg", "").replace(written.title, "")
        or "http" in written.title
    )
    words = "".join("".join(element.itertext()) for element in root.iter()).replace("\xa0", " ")
    for text in written.tags:
        assert text.replace("\xa0", " ").strip() in words, (text, words)


@generated(35)
def test_pages(draws: Draws) -> None:
    """In all that a page shows beside its table, text stays text."""
    form = draws.pick(["table", "markdown", "latex", "html", "svg", "json"])
    extras = draws.pick(EXTRAS)
    options = [] if form == "json" and extras[:1] in (["--plot"], ["--blank"]) else extras
    options = ["--explain"] if form == "latex" and extras == ["--plot"] else options
    out = Written(draws, form, [*options, "--color", "never", "--lang", draws.pick(["en", "zh"])]).outcome.out
    if form == "svg":
        ElementTree.fromstring(out)
        return
    safe(out)
    if form == "html":
        page = Cells()
        page.feed(out)
        assert page.tags <= ELEMENTS, page.tags - ELEMENTS
        assert not [name for name in page.attributes if name.startswith("on") or name in ("href", "src")]
    elif form == "markdown":
        text = re.sub(r"^```text\n.*?^```$", "", out, flags=re.MULTILINE | re.DOTALL)  # in which nothing is acted on
        assert not re.search(r"(?<!\\)(\\\\)*<[a-z/!]", text)
    elif form == "latex":
        bare = re.sub(r"\\\\|\\[{}$&#%_]", "", out)
        assert bare.count("{") == bare.count("}")
        assert bare.count("$") % 2 == 0
        assert not {"\\input", "\\write"} & set(re.findall(r"\\[a-z]+", bare))
    elif form == "json":
        json.loads(out, parse_constant=_refused)


@generated(35)
def test_numbers(draws: Draws) -> None:
    """The text of a number reads back, and rounds as its exact value does."""
    name = draws.pick(list(TYPES))
    x = to(name, float(draws.number()))
    if not isfinite(x):
        return
    text = shortest(dtype(name))(x)
    assert repr(to(name, float(text))) == repr(x)
    count = draws.below(25)
    unit = Fraction(1, 10**count)
    assert Fraction(fixed(x, count)) == round(Fraction(x) / unit) * unit
    shown = significant(x, count + 1)
    if x:
        exponent = (
            len(str(abs(int(x)))) - 1
            if abs(x) >= 1
            else -len(f"{Fraction(x).denominator // abs(Fraction(x).numerator)}")
        )
        while Fraction(10) ** exponent > abs(Fraction(x)):
            exponent -= 1
        while Fraction(10) ** (exponent + 1) <= abs(Fraction(x)):
            exponent += 1
        unit = Fraction(10) ** (exponent - count)
        assert Fraction(shown) == round(Fraction(x) / unit) * unit
