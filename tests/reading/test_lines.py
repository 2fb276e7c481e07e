"""The beginning and end of a row: delimiters, spaces, blank lines, comments, quotes, and blocks that end anywhere."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from ema_cli.errors import DataError
from ema_cli.reading.cells import Reading
from ema_cli.reading.delimited import Delimited
from ema_cli.reading.source import Block
from tests.harness import csv_of, error_of, run

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize("start", ["", "\r\n", " \n  \r\n"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_delimiter_of_the_first_line_with_text(start: str, delimiter: str) -> None:
    """Neither blank lines before it nor quoted text decide about the delimiter."""
    header = delimiter.join(['"step, or |"', "param", '"a; b"'])
    row = delimiter.join(["0", "1", "x"])
    outcome = csv_of("--keep --step-column 'step, or |'", f"{start}{header}\r\n{row}\r\n")
    assert (["0"], ["1"], ["x"]) == (outcome.column("step"), outcome.column("param"), outcome.column("a; b"))


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("step,param\n0,\t1\t\n1\t,2\n", ["1", "2"]),
        ("step,param\n0,1\n\t\n \t \n1,2\n\t", ["1", "2"]),
        ("step\tparam\n0\t1\n  \n1\t 2 \n", ["1", "2"]),
        ('step\tparam\tx\n"0"\t"1"\t\n"1"\t "2" \t"y"\n', ["1", "2"]),
        ('step\tx\tparam\n"0"\t\t"1"\n"1"\t\t"2"\n', ["1", "2"]),
        ('step,param,x\n"0",\t1 \t,\n"1","2",\n', ["1", "2"]),
    ],
)
def test_spaces_and_empty_cells(text: str, params: list[str]) -> None:
    """Spaces and tabs around a cell are dropped, but not a tab that separates cells; the last cell may be empty."""
    assert params == csv_of("-q --missing skip --param-column param", text).column("param")


def test_kept_cells_have_no_spaces_around() -> None:
    """Cells of a column that is passed through lose the spaces around them."""
    outcome = csv_of("--keep -c param", "step,param,tag\n0,1,\t a b \t\n1, 2 , c\t\n")
    assert ["a b", "c"] == outcome.column("tag")


def test_a_blank_line_is_missing_once() -> None:
    """In a file with one column it is a missing value at its place, and no more in the rows after it."""
    assert ["1", "1", "2", "3"] == csv_of("--missing hold", " 1\n\n2\n 3\n").column("param")


@pytest.mark.parametrize("block", range(8, 24))
def test_values_are_held_from_one_block_to_the_next(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """--missing hold repeats the last value, whether or not it came in a plain block."""
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", block)
    text = "step,a,b\n0,1,2\n1,3,4\n2,5,6\n3,NA,7\n4,8,NA\n5,9,10\n6,NA,NA\n"
    rows = csv_of("-q --missing hold", text).rows
    assert [("5", "7"), ("8", "7"), ("9", "10"), ("9", "10")] == [(row["a"], row["b"]) for row in rows[3:]]


def test_no_blank_line_where_blocks_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No value is missing at the end of a block."""
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", 16)
    assert ["1"] * 20 == csv_of("", " 1 \n" * 20).column("param")


def test_blank_lines_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to this many blank lines may precede the first row; one more is an error."""
    monkeypatch.setattr("ema_cli.reading.delimited.LONGEST_LINE", 2**20)
    lines = (" " * 1023 + "\n") * 1024
    assert "it has only blank lines" in error_of("--decay 0.9", lines)
    assert "there is no row of data in the first 1 MiB" in error_of("--decay 0.9", f"{lines}\n")


def test_lines_in_quotes_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record may have this many lines, and no more."""
    monkeypatch.setattr("ema_cli.reading.rows.LONGEST_LINE", 1000)
    monkeypatch.setattr("ema_cli.reading.delimited.LONGEST_LINE", 1000)
    text = "step,param,tag\n0,1,a\n" + '1,2,"' + "x" * 490 + "\n" + "y" * 503 + '"\n'
    assert ["1", "2"] == csv_of("", text).column("param")
    assert "<stdin>:3: a quote is opened and never closed" in run("--decay 0.9", text.replace("y", "yy", 1)).err


@pytest.mark.parametrize(
    ("first", "line"), [("# a comment\n",) * 2, ("\n", "\n"), ('step,"a\n', "b\n"), ("", "// b\n")]
)
def test_what_is_no_row_is_looked_at_once(monkeypatch: pytest.MonkeyPatch, first: str, line: str) -> None:
    """Blocks without the beginning of a row cost the same, however many there are."""
    looked, text_of = [], Block.text

    def text(block: Block) -> str:
        looked.append(len(block.data))
        return text_of(block)

    monkeypatch.setattr(Block, "text", text)
    data = [(first or line).encode(), *[line.encode()] * 200]
    blocks = (Block("f", part, number) for number, part in enumerate(data, 1))
    with suppress(DataError):
        list(Delimited(Reading(), "f", {}, str).batches(blocks))
    assert 5 * sum(map(len, data)) > sum(looked)


def test_quotes_that_close_are_seen_at_once() -> None:
    """A live pipe whose header has a two-line name shows the first row as soon as it comes."""
    reader = Delimited(Reading(), "f", {}, str)
    sent = []

    def blocks() -> Iterator[Block]:
        for line, data in enumerate((b'step,"a\n', b'b"\n', b"0,1\n", b"1,2\n"), 1):
            sent.append(line)
            yield Block("f", data, line)

    batches = reader.batches(blocks())
    assert next(batches) is not None
    assert [1, 2, 3] == sent


def test_a_lone_carriage_return_ends_no_line() -> None:
    """In a plain file, too, a line ends with a newline, perhaps after a carriage return."""
    assert error_of("--decay 0.9", "step,param\n0,1\r1,2\n") == "<stdin>:2: 3 cells, but the header has 2"
    assert ["1", "2"] == csv_of("", "step,param\r\n0,1\r\n1,2\r\n").column("param")


def test_a_comment_with_quotes_below_the_first_row() -> None:
    """It is reported like any other comment, such as those of a monitor that was restarted."""
    text = '#{"t": 1}\nr,l\n1,2\n#{"t": 9, "env": "a"}\nr,l\n3,4\n'
    assert "looks like a comment; grep -v '^#' FILE" in error_of("--decay 0.9 -q", text)
