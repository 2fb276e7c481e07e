"""--format xlsx: a sheet whose formulas give the command's digits wherever they are computed."""

import csv
import re
import shutil
import subprocess
import zipfile

import pytest

from ema_cli.core.catalogue import rules
from tests.harness import SESSION, output, run

pytest.importorskip("xlsxwriter", reason="the extra xlsx is not installed")

STEPPED = ("0:1", "1:-2.75", "100:10x3", "5000:0.1x4")
STEPLESS = (":1", ":-2.75", ":10x3", ":0.1x4")

OFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="there is no LibreOffice")


def sheet(path):
    """The XML of the sheet."""
    with zipfile.ZipFile(path) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def changed(path, change):
    """Change the XML of the sheet, and drop the stored results of its formulas."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    text = re.sub(r"</f><v>[^<]*</v>", "</f>", change(parts["xl/worksheets/sheet1.xml"].decode()))
    parts["xl/worksheets/sheet1.xml"] = text.encode()
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)


def recalculated(*paths):
    """The rows of each table as LibreOffice shows them, to 7 or 8 decimals, computed from the formulas alone."""
    form, folder = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false", paths[0].parent
    home = f"-env:UserInstallation=file://{folder}/office"
    command = [OFFICE, home, "--headless", "--convert-to", form, "--outdir", str(folder), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    found = []
    for path in paths:
        rows = list(csv.reader(path.with_suffix(".csv").read_text("utf-8").splitlines()))
        start = next(place for place, row in enumerate(rows) if row[0] == "round")
        rows = [row[3:5] for row in rows[start + 1 :] if row[0].isdigit()]
        found.append([[cell and pytest.approx(float(cell), abs=5.1e-8) for cell in row] for row in rows[1:]])
    return found


def printed(*line):
    """Decay and shadow of each round, to the last digit, as the command prints them."""
    rows = csv.DictReader(output("-F", "csv", "-q", *line).splitlines())
    return [[cell and float(cell) for cell in (row["decay"], row["shadow"])] for row in rows]


@pytest.mark.long
@needs_office
@pytest.mark.parametrize("rule", ["warmup", "fixed", "warmup --initial 2.5"])
def test_a_sheet_computes_the_digits_of_the_command(rule, tmp_path):
    """It does so without the stored values, and with another DECAY, another param and another start."""
    path = tmp_path / "table.xlsx"
    rule = ["--rule", *rule.split()]
    output(*rule, *SESSION, "-o", str(path))
    changed(path, lambda text: text)
    assert recalculated(path) == [printed(*rule, *SESSION)]
    changed(path, lambda text: text.replace("<v>0.99</v>", "<v>0.5</v>", 1))
    assert recalculated(path) == [printed(*rule, "--decay", "0.5", *SESSION[2:])]


@pytest.mark.long
@needs_office
def test_the_formulas_of_every_rule_give_the_digits_of_the_command(tmp_path):
    """They do in float64, if a sheet has formulas for the rule: most rules without a read-out."""
    lines = {}
    for rule in rules().values():
        line = ["--rule", rule.name, "--dtype", "float64", *(["--decay", "0.9"] if rule.needs_decay else [])]
        line += next(some for some in (STEPPED, STEPLESS) if not run([*line, *some, "-q"]).code)
        path = tmp_path / f"{rule.name}.xlsx"
        output(*line, "-o", str(path))
        if "<f>" in sheet(path) and "inf" not in output(*line, "-F", "csv", "-q"):
            changed(path, lambda text: text)
            lines[path] = line
    assert len(lines) > 30
    assert recalculated(*lines) == [printed(*line) for line in lines.values()]


RUNS = "run,step,loss\na,0,1\nb,0,2\na,1,3\nb,1,4\na,2,5\nb,2,1\n"


def links(path):
    """The shadow of each round, and the shadow at the start of its formula."""
    rows = re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f>\(\([A-Z]+\d+\*([A-Z]+\d+)\)', sheet(path))
    return dict(rows)


def test_a_shadow_follows_from_that_of_its_own_group(tmp_path):
    """Rows of other groups may stand between; such a sheet has no chart."""
    source, path = tmp_path / "runs.csv", tmp_path / "table.xlsx"
    source.write_text(RUNS)
    line = "--decay", "0.9", "--by", "run", str(source)
    output(*line, "-o", str(path))
    assert links(path) == {"F11": "F10", "F12": "F10", "F13": "F11", "F14": "F12", "F15": "F13", "F16": "F14"}
    values = [float(value) for value in re.findall(r'<c r="F1[1-6]"[^>]*><f>[^<]*</f><v>([^<]*)<', sheet(path))]
    assert values == [row[1] for row in printed(*line)]
    assert not any("chart" in name for name in zipfile.ZipFile(path).namelist())


def test_without_some_rounds_all_cells_are_values(tmp_path):
    """A cell of DECAY that changed the decays but not the shadows would mislead."""
    path = tmp_path / "table.xlsx"
    output("--decay", "0.9", "0..9:1", "--every", "9", "-o", str(path))
    assert "<f>" not in sheet(path)
    with zipfile.ZipFile(path) as book:
        strings = book.read("xl/sharedStrings.xml").decode()
    assert "with rounds left out, the cells are values" in strings
    assert "<t>DECAY</t>" not in strings


@pytest.mark.parametrize("param", ["0.30000000000000004", "39.857142857142854", "1.2345678901234567e-300", "5e-324"])
def test_each_number_reads_back(param, tmp_path):
    """Params and settings have all their digits, however few a table shows."""
    path = tmp_path / "table.xlsx"
    output("--decay", "1-1/3", "--initial", param, f":{param}", "-o", str(path))
    values = [float(value) for value in re.findall(r"<v>([^<]*)</v></c>", sheet(path))]
    assert values.count(float(param)) >= 4
    assert 2 / 3 in values


def test_a_fraction_past_the_range_of_a_cell_is_text(tmp_path):
    """A fraction past the range of a cell is text."""
    output("--decay", "1/2", "--dtype", "exact", "--initial", "1/3", ":1", ":2e400", "-o", str(tmp_path / "table.xlsx"))
    with zipfile.ZipFile(tmp_path / "table.xlsx") as book:
        assert f"<t>{10**401 // 10 * 3 + 1}/3<" in book.read("xl/sharedStrings.xml").decode()
    assert f"<v>{1 / 3!r}</v>" in sheet(tmp_path / "table.xlsx")


def test_labels_and_headings_can_be_read(tmp_path):
    """A column is as wide as its labels, which name the param or the average; a heading of two lines has two."""
    path = tmp_path / "table.xlsx"
    output("--decay", "0.9", "--rule", "fixed", "--rule", "warmup", "0..2:1,2", "-o", str(path))
    with zipfile.ZipFile(path) as book:
        strings = book.read("xl/sharedStrings.xml").decode()
    labels = [f"initial value param{number} {rule}" for rule in ("fixed", "warmup") for number in (1, 2)]
    assert all(f"<t>{label}</t>" in strings for label in labels)
    assert "param1.shadow\nfixed<" in strings
    assert float(re.search(r'<col min="1" max="1" width="([^"]*)"', sheet(path))[1]) > max(map(len, labels))


def test_decay_and_initial_value_are_cells(tmp_path):
    """Every decay and shadow is a formula of these cells; values are stored for viewers that do not compute."""
    path = tmp_path / "table.xlsx"
    output(*SESSION, "-o", str(path))
    formulas = re.findall(r"<f>([^<]*)</f><v>([^<]*)</v>", sheet(path))
    assert len(formulas) == 8 + 9
    assert formulas[0] == ("$B$7", "0.0")
    assert all("$B$6" in formula for formula, _ in formulas[1::2])
    assert formulas[-1][1] == "4.993407866039768" or float(formulas[-1][1]) == pytest.approx(4.9934078660397)
    first = path.read_bytes()
    output(*SESSION, "-o", str(path))
    assert path.read_bytes() == first


def test_a_start_that_was_logged_is_a_value(tmp_path):
    """The round that takes the logged shadow has no formula, and no cell claims an initial value."""
    path = tmp_path / "a.xlsx"
    run(f"--rule fixed --decay 0.9 --initial logged --check e -o {path}", "step,w,e\n0,1,5\n1,2,4.7\n2,3,4.53\n")
    assert ["$B$5", "4.7", "$B$5", "4.53"] == [
        formula if formula.startswith("$") else value
        for formula, value in re.findall(r"<f>([^<]*)</f><v>([^<]*)</v>", sheet(path))
    ]


def test_the_mean_of_the_first_params_is_a_value(tmp_path):
    """The round that starts the shadow has no formula, and the next one continues from it."""
    path = tmp_path / "table.xlsx"
    output("--decay", "0.5", "--rule", "fixed", "--initial", "mean:2", ":1", ":2", ":4", "-o", str(path))
    formulas = re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f>([^<]*)</f><v>([^<]*)<', sheet(path))
    assert [(cell[0], value) for cell, _, value in formulas] == [("D", "0.5"), ("E", "2.75")]
    assert "<v>1.5</v></c>" in sheet(path)


def test_squares_of_the_params_are_averaged_as_squares(tmp_path):
    """The formula has the averaged quantity, not the param."""
    path = tmp_path / "table.xlsx"
    output("--rule", "keras-adam-sq", "--dtype", "float64", ":3", ":2", "-o", str(path))
    shadows = [formula for formula in re.findall(r"<f>([^<]*)</f>", sheet(path)) if "C" in formula]
    assert len(shadows) == 2
    assert all(re.search(r"\((C\d+)\*\1\)", shadow) for shadow in shadows)


def test_a_rule_beyond_a_sheet_gives_values(tmp_path):
    """Float32, fused sums and read-outs are values, and a note says so."""
    path = tmp_path / "table.xlsx"
    output("--rule", "torch", ":1", ":2", "-o", str(path))
    assert "<f>" not in sheet(path)
    with zipfile.ZipFile(path) as book:
        assert "A sheet can't reproduce this rule's arithmetic" in book.read("xl/sharedStrings.xml").decode()


def test_the_working_stands_beside_the_formulas(tmp_path):
    """With --explain, decays and shadows still follow the cells; a note says that the working does not."""
    path = tmp_path / "table.xlsx"
    output(*SESSION, "-o", str(path))
    formulas = re.findall("<f>[^<]*</f>", sheet(path))
    output(*SESSION, "--explain", "-o", str(path))
    assert re.findall("<f>[^<]*</f>", sheet(path)) == formulas
    with zipfile.ZipFile(path) as book:
        texts = book.read("xl/sharedStrings.xml").decode()
    assert "min(0.99, (1 + 0)/(10 + 0)) = 1/10; 1/10 × 0 + 9/10 × 1 = 0.9" in texts
    assert "The working does not change with the cells." in texts


def test_a_blank_is_an_empty_cell(tmp_path):
    """A worksheet has neither answers nor formulas that would give them."""
    path = tmp_path / "table.xlsx"
    output(*SESSION, "--blank", "shadow", "-o", str(path))
    assert "<f>" not in sheet(path)
    assert "4.99" not in sheet(path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("-F", "xlsx"), "give --output FILE.xlsx"),
        (("-o", "x.xlsx", "--blank", "shadow", "--answers"), "which xlsx cannot hold"),
        (("-o", "x.xlsx", "--plot"), "with xlsx, use --plot-file FILE.svg"),
    ],
)
def test_what_a_sheet_has_no_place_for(options, message, tmp_path, monkeypatch):
    """One sentence says so, and no file is left behind."""
    monkeypatch.chdir(tmp_path)
    code, _, told = run([*SESSION, *options])
    assert (code, message in told) == (2, True), told
    assert [] == list(tmp_path.iterdir())


def test_a_mean_that_is_not_reached_without_its_column(tmp_path):
    """If the shadow has not begun and is not shown, no cell has its initial value."""
    path = tmp_path / "a.xlsx"
    output("--decay", "0.5", "--rule", "fixed", "--initial", "mean:2", ":1", "-c", "round,decay", "-o", str(path))
    assert "initial value" not in str(sheet(path))
