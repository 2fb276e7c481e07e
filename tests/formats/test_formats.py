"""The formats, byte by byte; numbers and text in each."""

from __future__ import annotations

import json
import re

import pytest

from ema_cli.core.numbers.dtypes import dtype
from ema_cli.text.number_text import fixed, shortest
from tests.harness import csv_of, run

UGLY = 'step,param,tag\n0,1,"a,b|c\td ""e"" \\*_`<b>&[x]#~$:\n\x1b[31m"\n'


def test_csv_quotes() -> None:
    """CSV quotes commas, quotes and line breaks, and doubles quotes."""
    out = csv_of("--keep -c step", UGLY).out
    assert 'step,tag\n0,"a,b|c\td ""e"" \\*_`<b>&[x]#~$:\n\x1b[31m"\n' == out


def test_csv_quotes_names() -> None:
    """Names are quoted like cells."""
    out = csv_of("-q", 'step,"a,1","b ""2"""\n0,1,2\n').out
    assert 'step,"a,1","b ""2""",decay,"a,1.shadow","b ""2"".shadow"' == out.splitlines()[0]


def test_tsv_escapes() -> None:
    """TSV writes tabs, line breaks and backslashes as escapes."""
    out = run("--decay 0.9 -F tsv --keep -c step", UGLY).out
    assert 'step\ttag\n0\ta,b|c\\td "e" \\\\*_`<b>&[x]#~$:\\n\x1b[31m\n' == out


def test_jsonl() -> None:
    """JSON Lines has one record per line, with JSON strings."""
    out = run("--decay 0.9 -F jsonl --keep -c step", UGLY).out
    assert {"step": 0, "tag": 'a,b|c\td "e" \\*_`<b>&[x]#~$:\n\x1b[31m'} == json.loads(out)
    assert '{"50% \\"x\\"": 1, "b": 2}\n' == run("--decay 0.9 -F jsonl -c param", '"50% ""x""",b\n1,2\n').out


def test_json() -> None:
    """JSON is one document with settings, rounds and a summary; batches do not repeat any of it."""
    document = json.loads(run("--decay 0.9 0..9999:1 -F json").out)
    assert ["settings", "rounds", "summary"] == list(document)
    assert list(range(10_000)) == [record["step"] for record in document["rounds"]]
    assert 10_000 == document["summary"]["rounds"]
    assert 10 == round(document["summary"]["averages"][0]["time-constant"])


@pytest.mark.parametrize(
    ("cell", "value"), [("1", 1), ("1.50", 1.5), (".5", ".5"), ("+1", "+1"), ("007", "007"), ("1.", "1.")]
)
def test_params_in_json(cell: str, value: object) -> None:
    """JSON echoes a param that is a JSON number, and writes any other as a string."""
    assert value == json.loads(run(f"--decay 0.9 0:{cell} -F jsonl").out)["param"]


def test_empty_in_json() -> None:
    """Empty cells are null."""
    assert json.loads(run("--decay 0.9 :1 -q -F jsonl").out)["step"] is None


def test_fractions_in_json() -> None:
    """A fraction is a string; a whole one is a number."""
    record = json.loads(run("--decay 0.5 --rule fixed 0:1 -F jsonl --dtype exact").out)
    assert {"step": 0, "param": 1, "decay": "1/2", "shadow": "1/2"} == record


def test_overflow() -> None:
    """A value beyond the range of its dtype is an infinity, a string in JSON."""
    assert ["inf"] == csv_of("--dtype float16 --rule fixed :1e6 -q").column("shadow")
    assert ["-inf"] == csv_of("--dtype float16 --rule fixed :-1e6 -q").column("shadow")
    assert '"shadow": "inf"' in run("--decay 0.9 --dtype float16 --rule fixed :1e6 -F jsonl").out


def test_markdown_escapes() -> None:
    """Text in Markdown stays text: none of it is interpreted."""
    out = run("--decay 0.9 -F markdown --keep -c step --title 'a*b|c'", UGLY).out
    assert out.startswith("a\\*b\\|c  \ndecay 0.9, rule warmup, float64, initial value 0\n\n| step | tag")
    row = out.splitlines()[-1]
    assert 'a,b\\|c\\\\td "e" \\\\\\*\\_\\`\\<b\\>\\&\\[x\\]\\#\\~\\$\\:\\\\n\\\\x1b\\[31m' in row
    assert 3 == row.replace("\\|", "").count("|")


def test_markdown_is_aligned() -> None:
    """Numbers are aligned right, words left."""
    lines = run("--decay 0.9 0:1 -F markdown -c action,shadow").out.splitlines()
    assert ["| action | shadow |", "|:-------|-------:|", "|        |    0   |", "| update |    0.9 |"] == lines[2:]


def test_text_in_a_table() -> None:
    """Text in a table stays text: no markup, emoji codes or terminal escapes; wide characters take two columns."""
    out = run(
        ["--decay", "0.9", "--keep", "--title", "[b]\x1b[2J :smile:"], "step,param,[/b]\n0,1,:smile:\n1,2,漢字%s\n"
    ).out
    assert out.startswith("[b]\\x1b[2J :smile:\ndecay 0.9")
    assert "┃ [/b]    ┃" in out
    assert "│ :smile: │\n" in out
    assert "│ 漢字%s  │\n" in out
    assert "\x1b" not in out


def test_title() -> None:
    """The title states decay, rule, dtype and initial value; --title comes first."""
    assert run("--decay 0.9 --rule tensorflow --initial first 0:1").out.startswith(
        "decay 0.9, rule tensorflow, float32, initial value first param\n"
    )
    assert run("--decay 0.9 --initial 1,2 0:1,2 --title Layers").out.startswith(
        "Layers\ndecay 0.9, rule warmup, float64, initial value 1, 2\n"
    )


def test_numbers_are_aligned_on_the_point() -> None:
    """The decimal points of a column are aligned."""
    out = run("--decay 0.9 --rule fixed 0:1 0:1000 0:-1e-9 0:123456").out
    lines = [line for line in out.splitlines() if line.startswith("│")]
    shadows = [line.split("│")[-2] for line in lines]
    assert shadows == [
        "     0     ", "     0.1   ", "   100.09  ", "    90.081 ", " 12426.673 ",
    ]  # fmt: skip


def test_width_splits_a_table() -> None:
    """A table that is too wide is split; each part has the round and the step, and every number is whole."""
    line = "--decay 0.9 0:1.23456789,1000.5,3 -c +change,gap,weight"
    wide = run(line).out
    narrow = run(f"{line} --width 45").out
    assert max(map(len, narrow.splitlines()[1:])) <= 45 < max(map(len, wide.splitlines()))
    assert wide.count("round") == 1 < narrow.count("round") == narrow.count("step") == narrow.count("└")

    def cells(out: str) -> list[str]:
        rows = [row.split("│")[1:-1] for row in out.splitlines() if row.startswith("│     1")]
        return [cell.strip() for row in rows for cell in row if cell.strip() not in ("0", "1")]

    assert {*cells(wide)} == {*cells(narrow)}


@pytest.mark.parametrize("decays", ["--decay 0.9", "--decay 0.9 --decay 0.99"])
def test_a_param_stands_beside_its_shadow(decays: str) -> None:
    """If a table is split, each shadow stays with its param."""
    out = run(f"{decays} --name a,b,c,d,e 0:1,2,3,4,5 --width 60").out
    tables = [re.findall(r"\b[a-e](?:\.shadow)?\b", head) for head in re.findall(r"┏.*?┡", out, flags=re.DOTALL)]
    assert [] == [name for table in tables for name in table if name.removesuffix(".shadow") not in table]
    assert [*"abcde"] == sorted({name for table in tables for name in table if len(name) == 1})


def test_long_table_streams() -> None:
    """Past 10 000 rounds, rows stream; a row that does not fit starts the header again, and no row is lost."""
    out = run("--decay 0.9 --rule fixed 0..29999:1 30000:1e15 30001..30500:1").out
    rounds = [line.split("│")[1].strip() for line in out.splitlines() if line.startswith("│")]
    assert list(map(str, range(30_502))) == rounds
    assert 1 < out.count("effective decay") == out.count("└")
    markdown = run("--decay 0.9 --rule fixed 0..29999:1 30000:1e15 -F markdown").out
    firsts = [line.split("|")[1].strip() for line in markdown.splitlines() if line.startswith("| ")]
    assert list(map(str, range(30_002))) == [first for first in firsts if first != "round"]
    assert 1 < firsts.count("round")


def test_table_of_ten_thousand_rounds_is_one() -> None:
    """Up to 10 000 rounds are laid out as one table."""
    assert 1 == run("--decay 0.9 --rule fixed 0..9998:1 9999:1e15").out.count("effective decay")


# Numbers.


@pytest.mark.parametrize(
    ("options", "decay", "shadow"),
    [
        ("", "0.9181818181818182", "0.8181818181818179"),
        ("--digits 3", "0.918", "0.818"),
        ("--digits 1", "0.9", "0.8"),
        ("--digits 20", "0.91818181818181821008", "0.81818181818181789922"),
        ("--decimals 2", "0.92", "0.82"),
        ("--decimals 0", "1", "1"),
        ("--decimals 20", "0.91818181818181821008", "0.81818181818181789922"),
        ("--dtype exact --digits 30", "0.918181818181818181818181818182", "0.818181818181818181818181818182"),
        ("--dtype exact --decimals 4", "0.9182", "0.8182"),
        ("--dtype float32", "0.9181818181818182", "0.81818175"),
        ("--rule tensorflow", "0.91818184", "0.81818163"),
    ],
)
def test_digits_and_decimals(options: str, decay: str, shadow: str) -> None:
    """Data formats print the shortest text that reads back; --digits and --decimals round computed columns only."""
    row = run(f"--decay 0.99 -F csv 100:10.000 {options}").rows[0]
    assert {"step": "100", "param": "10.000", "decay": decay, "shadow": shadow} == row


def test_digits_in_tables() -> None:
    """Tables round every column, by default to 8 digits; a short text stays as written."""

    def row(options: str) -> list[str]:
        line = run(f"--decay 0.99 100:10.123456789 {options}").out.splitlines()[-2]
        return [cell.strip() for cell in line.split("│")[1:-1]]

    assert ["1", "100", "10.123457", "0.91818182", "0.82828283"] == row("")
    assert ["1", "100", "10.12", "0.9182", "0.8283"] == row("--digits 4")
    assert ["1", "100", "10.12", "0.92", "0.83"] == row("--decimals 2")
    assert ["1", "100", "10.123457", "0.91818184", "0.82828265"] == row("--rule tensorflow")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e15, "1000000000000000.0"),
        (1e16, "1e+16"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (-0.0, "-0.0"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (5e-324, "5e-324"),
    ],
)
def test_layout(value: float, text: str) -> None:
    """Numbers have one layout: positional from 1e-4 to below 1e16, else with an exponent."""
    assert text == shortest(dtype("float64"))(value)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("float32", 0.1, "0.1"),
        ("float32", 16777216.0, "16777216.0"),
        ("float32", 3.4e38, "3.4e+38"),
        ("float32", 1e-45, "1e-45"),
        ("float16", 65504.0, "65500.0"),
        ("float16", 0.1, "0.1"),
        ("bfloat16", 0.1, "0.1"),
        ("bfloat16", 256.0, "256.0"),
        ("float16", float("nan"), "nan"),
        ("bfloat16", float("inf"), "inf"),
    ],
)
def test_shortest_text_of_short_types(name: str, value: float, text: str) -> None:
    """A short type needs few digits."""
    num = dtype(name)
    assert text == shortest(num)(num.round(value))


def test_fixed_of_what_is_not_finite() -> None:
    """Infinities and NaN are not rounded."""
    assert ("nan", "inf") == (fixed(float("nan"), 2), fixed(float("inf"), 2))
    assert ["inf"] == csv_of("--dtype float16 --rule fixed :1e6 -q --digits 3").column("shadow")


def test_limit_of_exact_fractions() -> None:
    """A fraction that is too long to print is an error that says what to do; --digits prints it."""
    outcome = run("--decay 0.999 --dtype exact --rule fixed :1x3000 -F csv -q")
    message = "the exact fraction has grown past 4300 digits; --digits N prints decimals, or use fewer rounds"
    assert (1, f"ema-calc: error: {message}; the output is incomplete\n") == (outcome.code, outcome.err)
    last = outcome.out.splitlines()[-1]
    assert 4200 < len(last.rpartition("/")[2]) <= 4300
    assert run("--decay 0.999 --dtype exact --rule fixed :1x3000").err == f"ema-calc: error: {message}\n"
    assert 3000 == len(csv_of("--dtype exact --rule fixed :1x3000 --digits 5").rows)
    outcome = run("--decay 0.5 --dtype exact --rule fixed :1e4300 --decimals 1000 -F csv -q")
    assert "ema-calc: error: a number of more than 4300 digits is not printed\n" == outcome.err
    assert 1 == outcome.code


@pytest.mark.parametrize("title", [r"a\1b", r"\g<0>", "\\", "{x}", "</title>", "\udcff"])
def test_title_of_a_picture(title: str) -> None:
    """The title of a picture is text, whatever a template would make of it."""
    from xml.etree import ElementTree

    svg = run(["--decay", "0.9", "0:1", "-F", "svg", "--title", title]).out
    told = ElementTree.fromstring(svg).findtext("{http://www.w3.org/2000/svg}title")
    assert told == f"{title} - decay 0.9, rule warmup, float64, initial value 0".replace("\udcff", "\\udcff")


def test_notes_below_a_narrow_table() -> None:
    """If the width is limited, the notes below a table are wrapped between words; otherwise each is one line."""
    line = "--decay 0.99 0:1 100:10 --explain"
    wide, narrow = (run(f"{line}{more}").out.rpartition("┘\n")[2] for more in ("", " --width 60"))
    assert 2 == len(wide.splitlines())
    assert wide.split() == narrow.split()
    assert 60 >= max(map(len, narrow.splitlines()))
