"""Worksheets and their keys."""

import json
import re

import pytest

from tests.harness import SESSION, output, run
from tests.pages import FORMATS, SHADOWS, shown


def sheet(*options, session=SESSION, format_="table"):
    """A worksheet without its key."""
    return shown(output(*session, *options, "-F", format_), format_)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("explain", [[], ["--explain"]])
def test_a_blank_shadow_can_be_read_off_nowhere(format_, explain):
    """It is blank in its cell, in the working, in the next substitution, and in changes and gaps."""
    page = sheet("--blank", "shadow", "-c", "+change,gap,stalled", *explain, format_=format_)
    for number in ("0.9 ", "0.9<", "0.9$", "8.3554545", "0.74454545", "7.6718264", "0.68362810", *SHADOWS):
        assert number not in page


def test_round_0_and_the_givens_stay():
    """A worksheet keeps what is needed to fill it in."""
    rows = [re.findall(r"[^│]+", line) for line in sheet("--blank", "shadow").splitlines() if line.startswith("│")]
    assert [cell.strip() for cell in rows[0]] == ["0", "", "", "", "0"]
    assert [cell.strip() for cell in rows[2]] == ["2", "100", "10", "0.91818182", "________"]


@pytest.mark.parametrize(
    ("rounds", "blank"), [("2", {2}), ("2..5", {2, 3, 4, 5}), ("2,4", {2, 4}), ("1,3..4,8..99", {1, 3, 4, 8})]
)
def test_rounds_of_a_blank(rounds, blank):
    """ROUNDS is 2, 2..5, or 2,4."""
    lines = [line for line in sheet("--blank", f"shadow:{rounds}").splitlines() if line.startswith("│")]
    assert {number for number, line in enumerate(lines) if "____" in line} == blank


def test_a_change_tells_the_shadow_before_it():
    """If a shadow is blank, the next change is blank, too."""
    lines = [line for line in sheet("--blank", "shadow:2", "-c", "+change").splitlines() if line.startswith("│")]
    assert [line.count("________") for line in lines] == [0, 0, 2, 1, 0, 0, 0, 0, 0]


def test_a_blank_decay_hides_the_weight_and_its_substitution():
    """If a decay is blank, neither the weight nor the substitution in the working is shown."""
    page = sheet("--blank", "decay", "-c", "+weight", "--explain")
    assert "min(0.99, (1 + 100)/(10 + 100)) = ________" in page
    assert "________ × 0.9 + ________ × 10 ≈ 1.6445455" in page
    assert "9/110" not in page
    assert "0.0818" not in page


def rows(*options, session=SESSION):
    """The rows of a worksheet."""
    return [line for line in sheet(*options, session=session).splitlines() if line.startswith("│")]


def test_a_blank_decay_is_blank_in_every_round_of_the_same_step():
    """The other rounds, earlier or later, would show the answer."""
    session = ("--decay", "0.99", "100:1", "5:1", "100:2", "0:1", "100:3")
    lines = rows("--blank", "decay:3", "-c", "+weight", session=session)
    assert [line.count("________") for line in lines] == [0, 2, 0, 2, 0, 2]
    lines = rows("--blank", "weight:3", "--explain", session=session)
    assert ["9/110 ×" in line for line in lines] == [False] * 6
    assert ["3/5 ×" in line for line in lines] == [False, False, True, False, False, False]


def test_where_a_decay_follows_from_no_step_it_is_one_answer():
    """If a rule has one decay, or no steps, a blank decay is blank in all rounds."""
    assert (
        "0.9" not in "".join(rows("--blank", "decay:2", session=("--decay", "0.9", "--rule", "fixed", "0..4:1")))[200:]
    )
    lines = rows("--blank", "decay:2", session=("--decay", "0.75", ":1", ":2", "7:3"))
    assert [line.count("________") for line in lines] == [0, 1, 1, 0]


def test_the_decays_of_each_average_are_its_own():
    """A blank that names one average leaves the others visible."""
    session = ("--decay", "0.5", "--decay", "0.75", "--rule", "fixed", ":1x3")
    assert [line.count("________") for line in rows("--blank", "decay[0.5]:2", session=session)] == [0, 1, 1, 1]


def test_an_earlier_answer_past_the_first_batch():
    """Rounds are kept until the last blank has come, however the script arrives."""
    page = output("--decay", "0.99", "7:1x5000", "3:1", "7:1", "--blank", "decay:5001,5002", "-c", "round,decay", "-q")
    assert page.count("________") == 5002


def test_the_last_round_is_shown_whatever_every_says():
    """--every shows the last round, too, and each multiple."""
    for rounds in "7", "6..7", "4..5":
        assert "________" in output("--decay", "0.9", ":1x7", "--blank", f"shadow:{rounds}", "--every", "4")


def test_a_worksheet_has_an_end():
    """Rounds are kept for a late blank, but not without end."""
    code, _, message = run(["--decay", "0.9", ":1x20000", "--blank", "shadow:20000", "-q"])
    assert (code, message) == (2, "ema-calc: error: --blank: only the first 10000 rounds can have blanks\n")


def test_blank_working_hides_its_results_too():
    """The result of a blank line of working is shown neither in its own column nor in the next line."""
    lines = rows("--blank", "working:2", "--explain", "-c", "+shadow,change,decay", session=SESSION)
    assert "1.6445455" not in "".join(lines)
    assert "101/110 × ________ + " not in "".join(lines)
    assert "________ × ________ + ________ × 10 ≈ 2.3281736" in lines[3]


def test_a_blank_accumulator_in_the_working():
    """The working of a debiasing rule has it three times."""
    session = ("--decay", "0.99", "--rule", "optax", "--dtype", "float64", ":1x3")
    lines = rows("--blank", "biased:2", "--explain", "-c", "+biased", session=session)
    assert "0.99 × 0.01 + 0.01 × 1 = ________; ________/(1 - 0.99^2) = 1" in lines[2]
    assert "0.99 × ________ + 0.01 × 1 = 0.029701" in lines[3]
    assert "0.0199" not in "".join(lines)


def test_other_blanks_in_the_working():
    """A step, a param and a weight are blank where they are substituted."""
    assert "min(0.99, (1 + ________)/(10 + ________)) = 101/110" in sheet("--blank", "step", "--explain")
    assert "101/110 × 0.9 + 9/110 × ________ ≈ 1.6445455" in sheet("--blank", "param", "--explain")
    assert "101/110 × 0.9 + ________ × 10 ≈ 1.6445455" in sheet("--blank", "weight", "--explain")
    assert "101/110 x" not in sheet("--blank", "working", "--explain")


def test_a_debiased_worksheet():
    """Neither the accumulator nor the debiased value is shown."""
    page = sheet("--blank", "shadow:1", "--explain", "--rule", "optax", session=("--decay", "0.5", ":1", ":3"))
    assert "0.5 × 0 + 0.5 × 1 = ________; ________/(1 - 0.5^1) = ________" in page
    assert "0.5 × ________ + 0.5 × 3" in page


def test_one_average_of_several():
    """A blank names a kind of column, or one column."""
    session = ("--decay", "0.9", "--decay", "0.5", ":1,2")
    page = sheet("--blank", "param2.shadow[0.5]", "-q", session=session)
    assert page.count("________") == 1
    assert sheet("--blank", "param1.shadow", "-q", session=session).count("________") == 2
    assert sheet("--blank", "shadow", "-q", session=session).count("________") == 4


@pytest.mark.parametrize("format_", FORMATS)
def test_the_key_follows(format_):
    """--answers appends the same table without blanks."""
    page = sheet("--blank", "shadow", "--answers", format_=format_)
    first, key = re.split(r"Key\\?: ", page)
    assert SHADOWS[0] not in first
    assert all(shadow in key for shadow in SHADOWS)


def test_the_key_has_a_page_of_its_own():
    """In LaTeX and HTML, the key starts a page."""
    options = (*SESSION, "--blank", "shadow", "--answers")
    assert "\\emapage\n\\ematitle{\\begin{center}\n\\textbf{Key: " in output(*options, "-F", "latex")
    assert '<section class="key">' in output(*options, "-F", "html")
    assert ".key { break-before: page;" in output(*options, "-F", "html")


def test_a_worksheet_filled_in_by_hand():
    """Computing from the page alone, and rounding as it says, gives the key."""
    options = ("--round-each", "3", "--blank", "shadow", "--explain", "--dtype", "float64")
    pattern = r"│ (\S+) x (\S+) \+ (\S+) x (\S+) [=≈] (\S+) "
    asked = re.findall(pattern, sheet(*options))
    key = re.findall(pattern, output(*SESSION, *options, "--answers").split("Key: ")[1])
    from decimal import ROUND_HALF_UP, Decimal
    from fractions import Fraction

    shadow = Fraction(0)
    for (d, _, w, param, blank), (*_, answer) in zip(asked, key, strict=True):
        assert blank == "________"
        exact = Fraction(d) * shadow + Fraction(w) * Fraction(param)
        decimal = Decimal(exact.numerator) / Decimal(exact.denominator)
        shadow = Fraction(decimal.quantize(Decimal("0.001"), ROUND_HALF_UP))
        assert shadow == Fraction(answer)


def test_notes_tell_no_answer():
    """The note on stalled rounds is on the key."""
    session = ("--decay", "0.999", "--rule", "fixed", "--dtype", "bfloat16", ":1x600", "--every", "300")
    page = output(*session, "--blank", "shadow", "--answers")
    worksheet, key = page.split("Key: ")
    assert "it ends at 0.5" in key
    assert "ends at" not in worksheet
    assert "598 of 600 rounds are left out: round 0, every 300th round and the last are shown." in worksheet


def test_blanks_in_json():
    """In JSON a blank is null, and the summary gives nothing away."""
    document = json.loads(output(*SESSION, "--blank", "shadow:2", "-F", "json"))
    assert [row["shadow"] is None for row in document["rounds"]] == [False, True, *[False] * 6]


def columns(page):
    """The cells of a table, by heading."""
    lines = [re.split("[┃│]", line)[1:-1] for line in page.splitlines() if line.startswith(("┃", "│"))]
    heads = [" ".join(part.strip() for part in parts).strip() for parts in zip(*lines[:-5], strict=True)]
    return {head: [line[place].strip() for line in lines[-5:]] for place, head in enumerate(heads)}


@pytest.mark.parametrize(
    ("options", "column", "blank"),
    [
        # the same step, another constant, another type
        (["--decay", "0.9", "--decay", "0.99", "--blank", "decay[0.9]:1"], "effective decay 0.99", {1}),
        (["--decay", "0.9", "--decay", "0.99", "--blank", "decay[0.9]:1", "-c", "+weight"], "weight 0.99", {1}),
        (["--decay", "0.9", "--decay", "0.99", "--blank", "decay[0.9]:2"], "effective decay 0.99", set()),
        (
            ["--decay", "0.99", "--dtype", "float64", "--dtype", "float32", "--blank", "decay[float64]:2"],
            "effective decay float32",
            {2, 3},
        ),
        # the same shadow
        (["--decay", "0.9", "--decay", "0.99", "--blank", "shadow[0.9]:1..2"], "shadow 0.99", {1}),
        (["--decay", "0.9", "--decay", "0.99", "--blank", "change[0.9]:1", "-c", "+change"], "change 0.99", {1}),
        (["--decay", "0.9", "--blank", "biased:2", "-c", "+biased"], "shadow", {2}),
        (["--decay", "0.9", "--rule", "optax", "--blank", "debiased:2", "-c", "+debiased"], "shadow", {2}),
        (["--decay", "0.9", "--rule", "optax", "--blank", "biased:2", "-c", "+biased"], "shadow", set()),
        (["--decay", "0.99", "--dtype", "exact", "--blank", "exact:2", "-c", "+exact"], "shadow", {2}),
        (["--decay", "0.99", "--dtype", "float32", "--blank", "shadow:2", "-c", "+exact"], "exact value", {2}),
        # what the first call copies
        (["--decay", "0.9", "--rule", "torch", "--blank", "param:1"], "shadow", {1}),
        (["--decay", "0.9", "--rule", "torch", "--blank", "shadow:1"], "param", set()),
        # the product of the decays
        (
            ["--decay", "0.9", "--rule", "fixed", "--blank", "decay:2", "-c", "+initial-weight"],
            "initial weight",
            {1, 2, 3, 4},
        ),
    ],
)
def test_where_else_an_answer_would_stand(options, column, blank):
    """A value is blank in every column that would show it, of any average, and in no other round."""
    cells = columns(output(*options, "0:1", "100:10.5", "100:3", "5000:4", "-q"))[column]
    assert {number for number, cell in enumerate(cells) if cell == "________"} == blank


def test_a_round_that_is_no_update_repeats_the_answer():
    """If the round is skipped, its shadow is that of the round before: blank as well, and so is the change after it."""
    rule = ("--decay", "0.9", "--rule", "mmengine:interval=2", "-c", "round,action,shadow,change")
    cells = columns(output(*rule, ":1", ":10.5", ":3", ":4", "--blank", "shadow:3", "-q"))
    assert cells["action"] == ["", "copy", "skip", "update", "skip"]
    assert cells["shadow"] == ["0", "1", "1", "________", "________"]
    assert cells["change"] == ["", "1", "0", "________", "________"]


def test_the_decay_of_another_average_in_the_working():
    """If a rule counts from another number, the same fraction appears a round later."""
    rules = ("--rule", "tensorflow", "--rule", "torch-ema")
    page = output("--decay", "0.99", *rules, "0:1", "1:10", "2:3", "--explain", "--blank", "decay[torch-ema]:1", "-q")
    assert "min(0.99, (1 + 1)/(10 + 1)) = ________" in page
    assert "2/11" not in page
    assert "min(0.99, (1 + 0)/(10 + 0)) = 1/10" in page


def test_blanks_name_a_column_of_the_working_as_any_other():
    """With --explain there is no column `shadow[0.9]`, but a blank may still name it."""
    script = ("--decay", "0.9", "--decay", "0.5", "--name", "w1,b1", "0:1,2", "100:3,4", "--explain", "-q")
    page = output(*script, "--blank", "b1.shadow[0.5]:2")
    assert page.count("________") == 1
    assert "________" in page.splitlines()[-3]
    assert output(*script, "--blank", "decay[0.9]:2").count("________") == 5
    assert output(*script, "--blank", "w1:2").count("________") == 3


def test_a_blank_above_a_bar_has_room_to_write():
    """The bar of the fraction serves as the line; in LaTeX and Markdown, there is room above it for handwriting."""
    line = ("--rule", "optax", "--decay", "0.9", ":1", "--explain", "--blank", "shadow")
    for format_ in "latex", "markdown":
        assert r"\frac{\rule{0pt}{4ex}\hspace{5em}}{1 - 0.9^{1}}" in output(*line, "-F", format_)
