"""Text that could be interpreted: names, cells, titles and file names with markup, escapes, formulas or commands."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from tests.harness import run, terminal

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = {
    "markup": "[red]x[/red]",
    "closing markup": "[/b]",
    "emoji code": ":smile:",
    "colours": "\x1b[31mred",
    "title of the window": "\x1b]0;t\x07",
    "C1": "\x9b31mred",
    "backspaces": "a\b\b\bb",
    "carriage return": "good\rbad",
    "newline": "a\nema-calc: error: b",
    "right to left": "a\u202etxt.exe",
    "zero width": "a\u200b\ufeffb",
    "line separator": "a\u2028b",
    "tags": "a\U000e0041",
    "combining": "e\u0301\u0301\u0301",
    "formula": '=HYPERLINK("http://x","y")',
    "command": "@SUM(1+1)|cmd",
    "HTML": "<script>x()</script>",
    "entity": "&lt;b&gt;",
    "comment": "--><!--",
    "LaTeX": "\\input{/etc/passwd}$^%",
    "template": "%s%(x)s{0}{x}",
    "NUL": "a\0b",
    "no character": "\ufffe\uffff",
    "wide": "漢字😀",
}
FORMS = ["table", "csv", "tsv", "json", "jsonl", "markdown", "latex", "html", "svg"]


def script(text: str) -> str:
    """A file with this text as a column name and as a cell; a NUL in a name is refused."""
    out = io.StringIO()
    csv.writer(out, csv.unix_dialect, lineterminator="\n").writerows(
        [["step", "param", f"n{text}".replace("\0", "")], ["0", "1", f"c{text}"]]
    )
    return out.getvalue()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_escape_reaches_a_terminal(text: str) -> None:
    """No format for people, nor JSON, contains anything that a terminal acts on."""
    for form in FORMS:
        if form in ("csv", "tsv"):
            continue
        outcome = run(["--decay", "0.9", "--keep", "-F", form, "--color", "never", "--title", text], script(text))
        assert (0, "") == (outcome.code, outcome.err)
        assert all(line.replace("\xa0", " ").isprintable() for line in outcome.out.split("\n")), form


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_records_carry_the_text_as_it_is(text: str) -> None:
    """CSV, TSV and JSON give a program the exact text, even a formula or an escape."""
    out = run("--decay 0.9 --keep -F csv", script(text)).out
    assert f"c{text}" == list(csv.reader(io.StringIO(out, newline="")))[1][-1]
    out = run("--decay 0.9 --keep -F jsonl", script(text)).out
    assert f"c{text}" == list(json.loads(out).values())[-1]
    out = run("--decay 0.9 --keep -F tsv", script(text)).out.removesuffix("\n")
    shown = out.split("\n")[-1].split("\t")[-1]
    assert f"c{text}".replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r") == shown


@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl"])
def test_records_on_a_terminal(form: str) -> None:
    """Records that are shown on a terminal contain nothing that it acts on."""
    text = "".join(HOSTILE.values())
    outcome = terminal(f"ema-calc --decay 0.9 -q --keep -F {form}", stdin=script(text).encode())
    assert "red" in outcome.out
    assert all(line.isprintable() for line in outcome.out.replace("\t", " ").split("\n"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--rule", "torch:\x1b]0;t\x07=1"], "did you mean torch:\\x1b]0,t\\x07=1?"),
        (["--rule", "warmup;fixed:\x1b=1"], "--rule fixed:\\x1b=1"),
        (["=\0/torch"], "=\\x00/torch"),
    ],
)
def test_what_to_type_instead_is_shown_as_text(arguments: list[str], told: str) -> None:
    """A suggestion with the user's text is one line of printable characters."""
    outcome = run(["--decay", "0.9", "0:1", *arguments])
    assert outcome.code in (1, 2)
    assert outcome.err.removesuffix("\n").isprintable()
    assert told in outcome.err


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_errors_and_notes_show_the_text(text: str, tmp_path: Path) -> None:
    """A message with the user's text is one line of printable characters."""
    name = text.replace("\0", "").replace("/", "") + ".csv"
    (tmp_path / name).write_text("epoch,loss\n0,1\n")
    calls: list[tuple[list[str], str]] = [
        (["--decay", "0.9", str(tmp_path / name)], ""),  # a note that names the file
        (["--decay", "0.9", str(tmp_path / name), "--param-column", text], ""),
        (["--decay", "0.9", f"{text}.csv"], ""),
        (["--decay", "0.9", "-"], script(text).split('"0","1"')[0]),  # a header alone
        (["--decay", "0.9", "-"], script(text).replace("param", "loss").replace('"0","1"', "0,x")),
        (["--decay", text, "0:1"], ""),
        (["--rule", text, "0:1"], ""),
        (["--rule", f"torch:{text}=1", "0:1"], ""),
        (["--rule", f"torch:n_averaged={text}", "0:1"], ""),
        (["--decay", "0.9", "--initial", text, "0:1"], ""),
        (["--decay", "0.9", "-c", text, "0:1"], ""),
        (["--decay", "0.9", "-F", text, "0:1"], ""),
        (["--decay", "0.9", "-o", f"{text}/x.csv", "0:1"], ""),
        (["--decay", "0.9", "--step", text, "--param", "1"], ""),
        (["--decay", "0.9", "--check", text], "step,param\n0,1\n"),
        (["--decay", "0.9", "--name", f"{text},b", "0:1"], ""),
        ([f"--{text}"], ""),
        ([f"-{text}", "0:1"], ""),
        (["--about-rule", text], ""),
        (["--blank", text, "--decay", "0.9", "0:1"], ""),
        (["--tolerance", text, "--check", "x", "--decay", "0.9"], "x,param\n1,1\n"),
    ]
    for arguments, stdin in calls:
        outcome = run(arguments, stdin)
        lines = outcome.err.removesuffix("\n").split("\n")
        assert all(line.isprintable() for line in lines), (arguments, outcome.err)
        assert all(line.startswith(("ema-calc: ", "Try 'ema-calc --help'")) for line in lines if line), outcome.err


def test_formula_is_text_in_every_format() -> None:
    """A formula is neither computed nor changed; CSV quotes it like any text."""
    text = HOSTILE["formula"]
    out = run("--decay 0.9 --keep -F csv", script(text)).out
    assert '0,1,0.1,0.9,"c=HYPERLINK(""http://x"",""y"")"\n' == out.split("\n", 1)[1]
