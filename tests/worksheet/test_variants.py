"""--variant and --symbols: other numbers and other names for handouts."""

import csv
import re
from itertools import count

import pytest

from ema_cli import Average
from ema_cli.worksheet.variants import _drawn
from tests.harness import output, run

SESSION = ("--decay", "0.99", "0:1", "100:10x3")


def params(*options):
    """The params of the rounds."""
    return [row["param"] for row in csv.DictReader(output(*SESSION, "-F", "csv", *options).splitlines())]


def test_neighbours_have_other_numbers():
    """Each variant has its own numbers, as clean as those of the updates, and the same each time."""
    sheets = [params("--variant", str(number)) for number in range(1, 9)]
    assert len({tuple(sheet) for sheet in sheets}) == 8
    assert all(len(sheet) == 4 and len(set(sheet[1:])) == 1 for sheet in sheets)
    assert all(re.fullmatch("[2-9]", sheet[0]) and re.fullmatch("[2-9]0", sheet[1]) for sheet in sheets)
    assert params("--variant", "3") == sheets[2]
    assert params() == ["1", "10", "10", "10"]


@pytest.mark.parametrize(("text", "form"), [("2.5", r"\d\.\d"), ("-0.25", r"-0\.\d\d"), ("120", r"\d\d0"), ("0", "0")])
def test_a_number_keeps_its_form(text, form):
    """Digits, decimals and sign stay the same."""
    for number in range(1, 30):
        assert re.fullmatch(form, _drawn(number, count(1), text)), (number, text)


def test_a_variant_has_its_number_its_key_and_a_line_for_a_name():
    """The key is for the same numbers."""
    page = output(*SESSION, "--variant", "7", "--blank", "shadow", "--answers", "-F", "html")
    assert "<h1>No. 7</h1>" in page
    assert page.count("Name:") == 1
    drawn = params("--variant", "7")
    shadow = Average(0.99).advance([float(x) for x in drawn], steps=[0, 100, 100, 100]).shadows[-1]
    assert f"{shadow:.8g}" in page


def test_a_file_has_no_variant(tmp_path):
    """A file keeps its own numbers."""
    path = tmp_path / "a.csv"
    path.write_text("1\n2\n")
    assert "not for a file" in run(["--decay", "0.9", str(path), "--variant", "1"]).err


def test_symbols_are_read_by_people():
    """Headings, formulas and axes use them; data formats never change."""
    symbols = ("--symbols", "shadow=v,param=θ,decay=β")
    page = output(*SESSION, *symbols, "--explain")
    assert "v = β × v + (1 - β) × θ" in page
    assert re.search(r"┃ step ┃ +θ ┃ β ", page)
    assert output(*SESSION, *symbols, "-F", "csv") == output(*SESSION, "-F", "csv")
    latex = output(*SESSION, *symbols, "-F", "latex")
    assert r"$\displaystyle {} + (1 - \beta) \times \theta$" in latex
    assert r"$\theta$ & $\beta$ & v" in latex
    assert "<mi>θ</mi>" in output(*SESSION, *symbols, "-F", "html")
