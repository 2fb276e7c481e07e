"""Properties of every input, not only of those that somebody thought of."""

from __future__ import annotations

import io
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ema_cli.core.numbers.dtypes import dtype
from ema_cli.reading import source
from ema_cli.reading.cells import Reading
from ema_cli.reading.delimited import Delimited
from ema_cli.reading.script import Script
from ema_cli.reading.source import Block, Source
from ema_cli.text.number_text import fixed, shortest, significant
from tests.examples import examples
from tests.harness import csv_of, run
from tests.native import only

floats = st.floats(allow_nan=False, allow_infinity=False)

# Scripts.

numbers = st.one_of(
    floats.map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.sampled_from(["+1", ".5", "1.", "007", "-0", "1E5", "1e-400", "-.5e+3"]),
)
steps = st.one_of(
    st.integers(0, 2**63 - 1).map(str), st.sampled_from(["0", "7.0", "1e3", "007", "+5", "-0", str(2**63 - 1)])
)
rows = st.lists(st.tuples(steps, numbers, numbers), min_size=1, max_size=30)


def script_of(data: bytes, **reading: object) -> list[tuple[object, ...]]:
    """The updates of a file, one by one, with all that a batch has for each."""
    read = Reading(**reading)  # type: ignore[arg-type]
    with patch("sys.stdin", io.TextIOWrapper(io.BytesIO(data))):
        batches = [batch for batch in Script([Source("-")], read, str).batches() if batch is not None]
    found = []
    for batch in batches:
        for row in range(len(batch)):
            texts, values, kept = (
                [column[row] for column in group] for group in (batch.texts, batch.values, batch.kept)
            )
            step = None if batch.steps is None else batch.steps[row]
            text = None if batch.step_texts is None else batch.step_texts[row]
            found.append((step, text, texts, list(map(repr, values)), kept, batch.where(row)))
    return found


def text_of(found: list[tuple[str, str, str]], newline: str = "\n") -> bytes:
    """These rows as CSV."""
    return newline.join(["step,a,b", *map(",".join, found), ""]).encode()


@given(rows, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_plain_path_and_careful_path_agree(found: list[tuple[str, str, str]], newline: str, keep: bool) -> None:
    """A block of plain numbers gives the same batches, read at once or row by row."""
    data = text_of(found, newline)
    reading = {"keep": keep, "param_columns": ("b",) if keep else ()}
    taken = []
    plain = Delimited._plain

    def count(self: Delimited, block: Block, *columns: Any) -> object:
        batch = plain(self, block, *columns)
        taken.append(batch is not None)
        return batch

    with patch.object(source, "BLOCK", 16), patch.object(Delimited, "_plain", count):
        fast = script_of(data, **reading)
    for compiled in True, False:
        with only(compiled=compiled):
            assert fast == script_of(data, **reading)
    with patch.object(Delimited, "_plain", lambda self, block, columns: None):
        slow = script_of(data, **reading)
    assert slow == fast
    assert len(fast) == len(found)
    easy = all(step.isdigit() for step, *_ in found) and "e-400" not in data.decode()
    assert not (easy and len(data) > 200) or any(taken)


@examples(50)
@given(rows, st.integers(1, 40), st.sampled_from(["", "\ufeff"]))
def test_any_split_into_reads_gives_the_same(found: list[tuple[str, str, str]], size: int, mark: str) -> None:
    """Bytes may arrive in any pieces, split even within a byte order mark, a line break, a character or quotes."""
    text = mark.encode() + text_of(found, "\r\n") + b'0,"1",2\r\n1,"\t2",3\n'
    text = text.replace(b"step,a,b", 'step,é,"b\r\nc"'.encode(), 1)
    whole = script_of(text)
    with patch.object(source, "BLOCK", size):
        assert whole == script_of(text)
    assert len(whole) == len(found) + 2


@given(st.lists(st.tuples(st.integers(0, 2**63 - 1), floats), min_size=1, max_size=20), st.integers(1, 30))
def test_any_split_of_json_lines_gives_the_same(found: list[tuple[int, float]], size: int) -> None:
    """JSON Lines may arrive in any pieces."""
    text = "".join(f'{{"step": {step}, "é": {value!r}}}\n' for step, value in found).encode()
    whole = script_of(text)
    with patch.object(source, "BLOCK", size):
        assert whole == script_of(text)
    assert [(step, value) for step, value in found] == [(row[0], float(row[3][0])) for row in whole]  # type: ignore[index]


@examples(50)
@given(rows, st.sampled_from(["csv", "tsv", "jsonl"]))
def test_output_read_back_gives_the_same(found: list[tuple[str, str, str]], form: str) -> None:
    """Output in a data format is a script that gives the same output."""
    call = f"--decay 0.9 -q -F {form}"
    first = run(call, text_of(found))
    assert (0, "") == (first.code, first.err)
    assert first == run(call, first.out)


# Numbers.


@pytest.mark.parametrize("name", ["float64", "float32", "float16", "bfloat16"])
@examples(300)
@given(value=floats)
@example(value=0.1)
@example(value=2.0**-24)
@example(value=1e-45)
@example(value=65504.0)
@example(value=2.0**-126)
@example(value=1024.0)
@example(value=-0.0)
def test_shortest_text_reads_back(name: str, value: float) -> None:
    """The text of a value reads back in its dtype, no text with fewer digits does, and the layout is repr's."""
    num = dtype(name)
    held = num.round(value)
    text = shortest(num)(held)
    assert repr(num.round(float(text))) == repr(held)
    assert text == repr(float(text))
    if held == 0 or held - held != 0:
        return
    digits = len(Decimal(text).normalize().as_tuple().digits)
    if digits > 1:
        exact = Decimal(held)
        with localcontext(prec=digits - 1) as context:
            shorter = [
                exact.normalize(context),
                exact.normalize(context).next_plus(),
                exact.normalize(context).next_minus(),
            ]
        assert all(num.round(float(near)) != held for near in shorter)


def rounded(x: Fraction | float, unit: Decimal) -> Decimal:
    """The multiple of the unit nearest to the exact value, half to even."""
    exact = Fraction(x)
    with localcontext(prec=2000):
        return Decimal(round(exact / Fraction(unit))) * unit


values = st.one_of(
    floats,
    st.fractions(),
    st.sampled_from([0.5, 1.5, 2.5, 0.125, 1e22, 9.5, 99.5, Fraction(5, 2), Fraction(1, 10**30)]),
)


@given(values, st.integers(0, 30))
def test_fixed_rounds_correctly(x: Fraction | float, decimals: int) -> None:
    """--decimals rounds the exact value, half to even, and prints all decimals."""
    text = fixed(x, decimals)
    assert Fraction(rounded(x, Decimal(1).scaleb(-decimals))) == Fraction(text)
    assert decimals == (len(text.partition(".")[2]) if "." in text else 0)
    assert "e" not in text


@given(values, st.integers(1, 30))
def test_significant_rounds_correctly(x: Fraction | float, digits: int) -> None:
    """--digits rounds the exact value, half to even, without trailing zeros."""
    text = significant(x, digits)
    if not x:
        assert float(text) == 0
        return
    with localcontext(prec=2000):
        exponent = (Decimal(Fraction(x).numerator) / Fraction(x).denominator).adjusted()
    assert Fraction(rounded(x, Decimal(1).scaleb(exponent - digits + 1))) == Fraction(text)
    shown = text.lstrip("-").partition("e")[0].removesuffix(".0").replace(".", "").lstrip("0")
    assert len(shown.rstrip("0")) <= digits


@given(floats, st.integers(17, 30))
def test_many_digits_have_the_layout_of_repr(x: float, digits: int) -> None:
    """With all the digits of a value, the text is a number of the same value in the same layout."""
    text = significant(x, digits)
    assert x == float(text)
    assert ("e" in repr(x)) == ("e" in text)


# Whatever a user may write.

printable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
grammar = st.text("0123456789.:,xeE+-", max_size=12)
options = st.sampled_from(
    "--step --param --runs --count-from --name --header --step-column --param-column --missing --decay --half-life"
    " --span --com --alpha --initial --rule --dtype -F -c --keep --digits --decimals --every --title --width --color -q"
    " --".split()
)


def is_fine(outcome: tuple[int, str, str]) -> bool:
    """True if a call succeeded, or ended with one message."""
    code, _, err = outcome
    messages = [line for line in err.splitlines() if not line.startswith("ema-calc: note: ")]
    return (code == 0 and not messages) or (code in (1, 2) and messages[0].startswith("ema-calc: error: "))


@examples(200)
@given(st.lists(st.one_of(options, grammar, printable, st.sampled_from(["csv", "exact", "first"])), max_size=6))
def test_any_command_line(arguments: list[str]) -> None:
    """No command line gives a traceback."""
    arguments = [text for text in arguments if len(text.partition("x")[2]) < 4 and ".." not in text]
    assert is_fine(run(["--decay", "0.9", *arguments], "0,1\n")) or "--help" in arguments


@examples(200)
@given(grammar, grammar)
def test_any_piece(step: str, param: str) -> None:
    """No operand gives a traceback."""
    if len(param.partition("x")[2]) < 4 and ".." not in step:
        assert is_fine(run(["--decay", "0.9", "-F", "csv", "--", f"{step}:{param}"]))


soup = st.lists(
    st.one_of(
        st.sampled_from(
            [
                b"step",
                b"param",
                b"runs",
                b"a",
                b",",
                b"\t",
                b";",
                b"\n",
                b"\r\n",
                b'"',
                b"1",
                b"2",
                b"-1",
                b"1e999",
                b"nan",
                b"",
                b" ",
                b"\xff",
                b"\xc3\xa9",
                b"\xef\xbb\xbf",
                b"{",
                b"}",
                b'{"step": 1, "param": 2}',
                b"[",
                b":",
                b'{"param": ',
                b"null",
                b"true",
                b"\\u",
                b"0",
                b".5",
                b"1_0",
            ]
        ),
        st.binary(max_size=3),
    ),
    max_size=25,
).map(b"".join)


@examples(300)
@given(
    soup,
    st.sampled_from(
        ["", "--missing skip", "--missing hold", "--missing rule", "--dtype exact", "--keep", "--header yes"]
    ),
    st.sampled_from(["csv", "table", "json", "markdown", "tsv", "jsonl"]),
)
def test_any_input(data: bytes, option: str, form: str) -> None:
    """No input gives a traceback."""
    assert is_fine(run(f"--decay 0.9 -F {form} {option}", data))


@examples(50)
@given(st.lists(printable, min_size=1, max_size=3))
def test_any_text_in_csv_and_json(cells: list[str]) -> None:
    """Text that is passed through is unchanged, except for the spaces around it."""
    import csv
    import json

    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [["param", "x"], *(["1", cell] for cell in cells)]
    )
    expected = [cell.strip(" \t") for cell in cells]
    outcome = run("--decay 0.9 -q --keep -F jsonl --missing skip", text.getvalue())
    records = [json.loads(line, parse_int=str, parse_float=str) for line in outcome.out.split("\n")[:-1]]
    assert expected == [record["x"] or "" for record in records]
    assert (
        expected
        == [row[-1] for row in csv.reader(io.StringIO(csv_of("-q --keep", text.getvalue()).out, newline=""))][1:]
    )
