"""CSV, TSV and the like; numbers in cells; bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ema_cli.errors import DataError
from ema_cli.reading.cells import Reading
from ema_cli.reading.delimited import Delimited
from ema_cli.reading.source import BLOCK, LONGEST_LINE, Block
from tests.harness import csv_of, error_of, run

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "step,param\n"


@pytest.mark.parametrize(
    "cell",
    [
        "1_000",
        "１",
        "0x10",
        "1 2",
        "1\t2",
        "--1",
        "1e",
        "e1",
        "1.2.3",
        "1,5"[:1] + "·5",
        "0b1",
        "1f",
        "١",
    ],
)
def test_cell_that_is_no_number(cell: str) -> None:
    """Only decimal numbers are numbers, in files, operands and options alike."""
    assert error_of("--decay 0.9", f"{HEADER}0,1\n1,{cell}\n").startswith("<stdin>:3: column 'param': '")
    assert run(["--decay", "0.9", "--param", cell, "--step", "0"]).code == 2


def test_number_past_the_range() -> None:
    """A number out of float64 range is an error, also in a block of plain numbers."""
    message = "column 'param': '1e999' is beyond the range of float64, about 1.8e308"
    assert f"<stdin>:2: {message}" == error_of("--decay 0.9", f"{HEADER}0,1e999\n")
    plain = HEADER + "".join(f"{step},1\n" for step in range(BLOCK))
    outcome = run("--decay 0.9 -F csv", f"{plain}7,1e999\n")
    assert (1, f"ema-calc: error: <stdin>:{BLOCK + 2}: {message}; the output is incomplete\n") == (
        outcome.code,
        outcome.err,
    )


def test_long_number_past_the_range() -> None:
    """Digits alone can exceed the range, too, among rows that are all short."""
    plain = HEADER + "".join(f"{step},1\n" for step in range(BLOCK))
    assert "is beyond the range of float64" in run("--decay 0.9 -F csv", f"{plain}7,{'9' * 400}\n").err


def test_sum_past_the_range() -> None:
    """Large numbers are valid even if their sum is out of range."""
    outcome = csv_of("-c param", HEADER + "".join(f"{step},1e308\n" for step in range(BLOCK)))
    assert BLOCK == outcome.out.count("1e308\n")


def test_cell_of_ten_thousand_digits() -> None:
    """A long cell may be a number; an error shows it shortened."""
    digits = "1" * 10_000
    assert ["0.9"] == csv_of("", f"{HEADER}0,1.{'0' * 10_000}\n").column("shadow")
    assert f"<stdin>:2: column 'param': '{'1' * 20}...{'1' * 10}' is beyond the range of float64, about 1.8e308" == (
        error_of("--decay 0.9", f"{HEADER}0,{digits}\n")
    )
    assert f"'{'1' * 20}...{'1' * 10}' exceeds the largest step" in error_of("--decay 0.9", f"{HEADER}{digits},1\n")
    assert "has more than 4300 digits, too many for exact fractions" in error_of(
        "--decay 0.9 --dtype exact", f"{HEADER}0,{digits}\n"
    )


@pytest.mark.parametrize("cell", ["0", "1000000000000000", "1e15", "9223372036854775807", "7.0", "007", "+3", "-0"])
def test_good_step(cell: str) -> None:
    """Steps are echoed as written."""
    assert [cell] == csv_of("", f"{HEADER}{cell},1\n").column("step")


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('"a"', "a"),
        ('"a,b"', "a,b"),
        ('"a""b"', 'a"b'),
        ('""', ""),
        ('"a\nb"', "a\nb"),
        ('"a\r\nb\r\nc"', "a\r\nb\r\nc"),
        ('"a\n\n\nb"', "a\n\n\nb"),
        (' "a" ', "a"),
        ('\t"a"\t', "a"),
        ('5" pipe 6"', '5" pipe 6"'),
        ("é", "é"),
        ("[/b] :smile:", "[/b] :smile:"),
    ],
)
def test_quotes(text: str, cells: str) -> None:
    """A quoted cell may hold delimiters, doubled quotes and line breaks."""
    outcome = run("--decay 0.9 -F jsonl --keep -c param", f"step,param,tag\n0,1,{text}\n1,2,end\n")
    import json

    assert [cells or None, "end"] == [json.loads(line)["tag"] for line in outcome.out.splitlines()]


def test_quote_that_is_never_closed_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """An open quote does not collect text without end."""
    monkeypatch.setattr("ema_cli.reading.rows.LONGEST_LINE", 1000)
    monkeypatch.setattr("ema_cli.reading.delimited.LONGEST_LINE", 1000)
    lines = iter([f'{HEADER}0,"1\n'.encode(), *[b"1,2\n" * 100] * 5])
    blocks = (Block("f", data, 1) for data in lines)
    with pytest.raises(DataError, match=r"^f:2: a quote is opened and never closed$"):
        list(Delimited(Reading(), "f", {}, str).batches(blocks))
    assert 2 == len(list(lines))


def test_quote_that_is_never_closed_far_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not, either, if the quote is opened after rows of data."""
    monkeypatch.setattr("ema_cli.reading.rows.LONGEST_LINE", 1000)
    monkeypatch.setattr("ema_cli.reading.delimited.LONGEST_LINE", 1000)
    lines = iter([f"{HEADER}0,1\n".encode(), b'1,"1\n', *[b"1,2\n" * 100] * 5])
    blocks = (Block("f", data, 1) for data in lines)
    with pytest.raises(DataError, match=r"^f:\d: a quote is opened and never closed$"):
        list(Delimited(Reading(), "f", {}, str).batches(blocks))
    assert 2 == len(list(lines))


def test_no_row_of_data_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty lines are not collected without end."""
    monkeypatch.setattr("ema_cli.reading.delimited.LONGEST_LINE", 2**20)
    lines = iter([HEADER.encode(), *[b"\n" * 2**19] * 5])
    blocks = (Block("f", data, 1) for data in lines)
    with pytest.raises(DataError, match=r"^f: there is no row of data in the first 1 MiB$"):
        list(Delimited(Reading(), "f", {}, str).batches(blocks))
    assert 3 == len(list(lines))


def test_line_without_end() -> None:
    """The length of a line is limited, so that it is not collected without end."""
    assert "<stdin>:2: a line of more than 16 MiB" == error_of("--decay 0.9", HEADER + "1" * (LONGEST_LINE + 1))


def test_line_across_reads() -> None:
    """A line longer than one read arrives whole."""
    text = "1." + "0" * 3 * BLOCK
    assert f"0,{text},0.1,0.9" == csv_of("", f"{HEADER}0,{text}\n").out.splitlines()[1]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters(delimiter: str) -> None:
    """Comma, semicolon or tab separates cells, as decided by the first line; quotes protect them."""
    text = f'step{delimiter}param{delimiter}"a{delimiter}"\n0{delimiter}1{delimiter}"x"\n'
    expected = [("0", "1", "x"), ("0", "1", "x")]
    outcome = csv_of("--keep", text + text.splitlines()[1])
    assert expected == [(row["step"], row["param"], list(row.values())[-1]) for row in outcome.rows]


def test_comma_in_a_name_of_tsv() -> None:
    """A tab in the first line makes commas part of names."""
    assert ["x"] == csv_of("--keep", "step\tparam\ta, b\n0\t1\tx\n").column("a, b")


def test_empty_cells_of_tsv() -> None:
    """A row of nothing but tabs has empty cells, and is not an empty line."""
    assert ["", "4"] == csv_of("-q --missing skip --keep -c param", "param\tx\n1\t\n2\t4\n").column("x")
    assert "<stdin>:2: a row without values" in error_of("--decay 0.9 --param-column 1", "1\t2\n\t\n")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"step,param\n0,1\n1,\xff2\n", "<stdin>:3: byte 3 of the line is 0xff, which is not UTF-8"),
        (b"step,param\n\xe9,1\n", "<stdin>:2: byte 1 of the line is 0xe9, which is not UTF-8"),
        (b"step,param\n0,\xc3", "<stdin>:2: byte 3 of the line is 0xc3, which is not UTF-8"),
        (b'{"param": 1}\n{"param": "\xff"}\n', "<stdin>:2: byte 12 of the line is 0xff, which is not UTF-8"),
        (b"\xef\xbb", "<stdin>:1: byte 1 of the line is 0xef, which is not UTF-8"),
    ],
)
def test_bytes_that_are_not_utf8(data: bytes, message: str) -> None:
    """Bytes that are not UTF-8 are an error that names the byte and the line."""
    way_on = "iconv -f CP1252 -t UTF-8 FILE | ema-calc reads what older Windows programs write"
    assert f"{message}; {way_on}" == error_of("--decay 0.9", data)


def test_bytes_that_are_not_utf8_far_on() -> None:
    """The line is right in a later block, too."""
    data = b"step,param\n" + b"0,1\n" * BLOCK + b"1,\xff\n"
    assert f"<stdin>:{BLOCK + 2}: byte 3 of the line is 0xff" in run("--decay 0.9", data).err


def test_byte_order_mark_alone() -> None:
    """A byte order mark alone is an empty file."""
    assert error_of("--decay 0.9", b"\xef\xbb\xbf").startswith("no update in <stdin>: it is empty")


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file, a folder, a file without permission and an impossible name each get one clear sentence."""
    assert f"{tmp_path} is a folder without a known log; give a file" == error_of(["--decay", "0.9", str(tmp_path)])
    assert "there is no file no.csv" == error_of("--decay 0.9 no.csv")
    assert r"cannot read a\x00b: no file can have that name" == error_of(["--decay", "0.9", "a\0b"])
    assert r"there is no file a\x1b[31m" == error_of(["--decay", "0.9", "a\x1b[31m"])


@pytest.mark.long
def test_ten_thousand_columns() -> None:
    """A row may be as wide as a model has parameters."""
    width = 10_000
    names = ",".join(f"w{number}" for number in range(width))
    outcome = csv_of("-q", f"step,{names}\n0{',1' * width}\n")
    assert width == outcome.out.splitlines()[1].count(",0.9")


def test_name_of_two_lines_that_arrives_in_two_parts() -> None:
    """A name in the header may have two lines, which a pipe delivers one at a time."""
    reader = Delimited(Reading(), "f", {}, str)
    blocks = [Block("f", b'step,"a\n', 1), Block("f", b"b\n", 2), Block("f", b'c"\n', 3), Block("f", b"0,1\n", 4)]
    assert [[[1.0]]] == [[*map(list, batch.values)] for batch in reader.batches(iter(blocks)) if batch is not None]
    assert reader.columns is not None
    assert (r"a\nb\nc",) == reader.columns.names
