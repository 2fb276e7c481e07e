"""Parts of a script that the command line does not reach by itself."""

from __future__ import annotations

import io
import math
import os
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING

import pytest

from ema_cli.cli.command import command
from ema_cli.cli.request import averages_of, reading_of
from ema_cli.errors import DataError, UsageError
from ema_cli.reading import cells
from ema_cli.reading.batch import Batch
from ema_cli.reading.cells import Reading
from ema_cli.reading.delimited import Delimited
from ema_cli.reading.inline import from_options, piece
from ema_cli.reading.jsonl import JsonLines
from ema_cli.reading.rebatch import first_alone, in_parts
from ema_cli.reading.script import Script
from ema_cli.reading.source import BLOCK, Block, Source, _ready
from ema_cli.report.column_specs import COMPUTED
from tests.harness import csv_of, error_of, run

if TYPE_CHECKING:
    from pathlib import Path

EPOCHS = Reading(fractional=True)


def test_decimal_steps() -> None:
    """A rule with a fractional counter accepts decimal steps, in operands, options and files."""
    assert 1.5 == piece("1.5:1", EPOCHS).step
    whole = ["0", "2", str(2**53 + 1), str(2**63 - 1)]
    assert whole == [str(cells.step(text, fractional=True)) for text in ("0.0", "2.0", *whole[2:])]
    assert 0.25 == from_options("0.25", "1", None, EPOCHS).step
    blocks = iter([Block("f", b"epoch,param\n0.5,1\n", 1)])
    assert [[0.5]] == [batch.steps for batch in Delimited(EPOCHS, "f", {}, str).batches(blocks) if batch is not None]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the step is empty"),
        ("x", "step 'x' is not a number"),
        ("-0.5", "step '-0.5' is negative"),
        ("1e999", f"step '1e999' exceeds the largest step, 2^63 - 1 = {2**63 - 1}"),
        (str(2**63), f"step '{2**63}' exceeds the largest step, 2^63 - 1 = {2**63 - 1}"),
    ],
)
def test_bad_decimal_step(text: str, message: str) -> None:
    """A decimal step is a number from 0 up."""
    with pytest.raises(DataError) as raised:
        cells.step(text, fractional=True)
    assert message == str(raised.value)


def test_run_of_decimal_steps() -> None:
    """FIRST..LAST moves by one between whole steps, whatever the rule's counter is."""
    with pytest.raises(UsageError, match=r"^'1\.5\.\.2:1': step '1\.5' is not a whole number$"):
        piece("1.5..2:1", EPOCHS)


def test_a_reading_of_which_nothing_is_asked() -> None:
    """A script that is read without options is read as the command reads it."""
    options = command.make_context("ema-calc", ["--decay", "0.9", "0:1"]).params
    assert repr(Reading(computed=COMPUTED)) == repr(reading_of(options, averages_of(options)))


def test_a_number_past_the_range_of_float64_in_exact_arithmetic() -> None:
    """If all arithmetic is exact, a file may hold any number, with or without missing values beside it."""
    for rows in ("0,1e400\n", "0,1e400\n0,NA\n"):
        outcome = csv_of("-q --dtype exact --missing skip", f"step,param\n{rows}")
        assert [str(9 * 10**399)] == outcome.column("shadow")


def test_sources_of_a_script() -> None:
    """The files of a script are known, so that the progress through them can be shown."""
    files = [Source("a"), Source("-")]
    script = Script([files[0], piece("0:1", Reading()), files[1]], Reading(), print)
    assert files == script.sources


@pytest.mark.parametrize("data", [b"1,2\n", b'{"step": 1, "param": 2}\n'])
def test_silence_is_passed_on(data: bytes) -> None:
    """If no more input has arrived, a reader says so, so that the table can be drawn."""
    reader = JsonLines(Reading(), "f", {}, str) if data.startswith(b"{") else Delimited(Reading(), "f", {}, str)
    found = list(reader.batches(iter([None, Block("f", data, 1), None, Block("f", data, 2), None])))
    assert [None, [1], None, [1], None] == [batch and list(batch.steps or ()) for batch in found]


def test_silence_before_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe may be silent, and deliver empty lines, before the first row."""
    blocks = [None, Block("f", b"\n", 1), None, Block("f", b"1,2\n", 2)]
    monkeypatch.setattr(Source, "blocks", lambda self: iter(blocks))
    found = [batch for batch in Script([Source("f")], Reading(), str).batches() if batch is not None]
    assert [([1], "f:2")] == [(list(batch.steps or ()), batch.where(0)) for batch in found]


def test_silence_between_parts_of_a_batch() -> None:
    """If a batch is cut into smaller ones, silence is passed on as well."""
    batch = next(piece("0..4:1", Reading()).batches())
    parts = list(in_parts(iter([None, batch, None]), 2))
    assert [part and part.steps for part in parts] == [None, [0, 1], [2, 3], [4], None]


@pytest.mark.parametrize(
    ("rows", "lengths"), [(["0,1,2", "1,,2", "2,1,"], [3]), (["0,,2", "1,,2", "2,1,"], [1, 2]), (["0,1,"], [1])]
)
def test_first_update_stands_alone_where_a_value_is_missing(rows: list[str], lengths: list[int]) -> None:
    """The others stay together, and silence is passed on."""
    text = "".join(f"{row}\n" for row in ("step,a,b", *rows)).encode()
    reading = Reading(missing="skip")
    batch = next(Delimited(reading, "f", {}, str).batches(iter([Block("f", text, 1)])))
    found = list(first_alone(iter([None, batch, None, batch])))
    assert [None, *lengths, None, len(rows)] == [part and len(part) for part in found]
    assert ["f:2", f"f:{len(rows) + 1}"] == [found[1].where(0), found[len(lengths)].where(lengths[-1] - 1)]  # type: ignore[union-attr]


def test_pipe_says_when_it_is_silent() -> None:
    """A pipe delivers what has arrived, then says that there is no more, even in mid-line."""
    read, write = os.pipe()
    os.write(write, b"1,2\n3,")
    blocks = Source(f"/dev/fd/{read}").blocks()
    first = next(blocks)
    assert first is not None
    assert (b"1,2\n", 1) == (first.data, first.line)
    assert next(blocks) is None
    os.write(write, b"4")
    assert next(blocks) is None
    os.close(write)
    last = next(blocks)
    assert last is not None
    assert (b"3,4\n", 2) == (last.data, last.line)
    assert list(blocks) == []
    os.close(read)


@pytest.mark.parametrize("width", [1000, 3000])
def test_wide_files_come_in_blocks_of_many_rows(tmp_path: Path, width: int) -> None:
    """Each column of a block costs time, so blocks grow until they have 512 rows."""
    file = tmp_path / "wide.csv"
    file.write_text(f"{','.join('1' * width)}\n" * 4000)
    lines = [block.lines for block in Source(str(file)).blocks() if block is not None]
    assert sum(lines) == 4000
    assert all(512 <= count < 1100 for count in lines[6:-1])
    assert len(lines) < 16


def test_what_cannot_be_waited_for() -> None:
    """A file that the system cannot wait for counts as silent."""
    assert not _ready(io.BytesIO())


def test_fractions_are_made_once() -> None:
    """Averages that share a batch share its fractions."""
    batch = Batch(None, None, [["0.5"]], [[0.5]], [], str)
    assert [Fraction(1, 2)] == batch.params(0, exact=True)
    assert batch.params(0, exact=True) is batch.params(0, exact=True)


@pytest.mark.parametrize("step", ["-1", "9223372036854775808", "1" * 5000])
def test_bad_step_among_plain_rows(step: str) -> None:
    """A step out of range is found among plain rows, too."""
    err = run("--decay 0.9 -F csv", "step,param\n" + "1,1\n" * BLOCK + f"{step},1\n").err
    assert err.startswith(f"ema-calc: error: <stdin>:{BLOCK + 2}: column 'step': step '{step[:20]}")


def test_runs_in_the_first_record() -> None:
    """A key named runs, in any case, repeats its record."""
    assert ["1", "1"] == csv_of("", '{"step": 1, "param": 2, "Runs": 2}\n').column("step")
    assert "<stdin>:1: column 'runs': runs '0' is not" in error_of(
        "--decay 0.9", '{"step": 1, "param": 2, "runs": 0}\n'
    )


def test_block_without_an_update() -> None:
    """A part of a pipe without an update gives no batch."""
    blocks = [Block("f", b'{"param": 1}\n', 1), Block("f", b'{"note": 1}\n', 2), Block("f", b'{"param": 3}\n', 3)]
    found = [batch for batch in JsonLines(Reading(), "f", {}, str).batches(iter(blocks)) if batch is not None]
    assert [[["1"]], [["3"]]] == [batch.texts for batch in found]


@pytest.mark.parametrize("first", ["1", "0,1", '{"step": 0, "param": 1}'])
def test_empty_lines_take_no_room(first: str) -> None:
    """Consecutive empty lines are not kept, however many they are."""
    import tracemalloc

    blocks = (Block("f", b"\n" * 500, 2 + 500 * number) for number in range(20))
    start = Block("f", f"{first}\n".encode(), 1)
    reader = JsonLines(Reading(), "f", {}, str) if first.startswith("{") else Delimited(Reading(), "f", {}, str)
    batches = reader.batches(chain([start], blocks))
    assert next(batches) is not None
    tracemalloc.start()
    assert [] == list(batches)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200_000  # ten thousand numbers would take twice as much


def test_keys_without_end_take_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records with a new key each are read, and only some of the keys are noted."""
    monkeypatch.setattr("ema_cli.reading.jsonl._MOST_KEYS", 10)
    told: list[str] = []
    lines = "".join(f'{{"loss": {number}, "k{number}": 1}}\n' for number in range(1000))
    reader = JsonLines(Reading(param_columns=("loss",)), "f", {}, told.append)
    assert 1000 == sum(
        len(batch) for batch in reader.batches(iter([Block("f", lines.encode(), 1)])) if batch is not None
    )
    reader = JsonLines(Reading(), "f", {}, told.append)
    lines = '{"loss": 1}\n' + lines
    assert 1001 == sum(
        len(batch) for batch in reader.batches(iter([Block("f", lines.encode(), 1)])) if batch is not None
    )
    assert 1 == len(told)


def test_size_of_what_is_read(tmp_path: Path) -> None:
    """A file has a size; a pipe or a missing file has none."""
    path = tmp_path / "a.csv"
    path.write_text("0,1\n")
    os.mkfifo(tmp_path / "pipe")
    assert 4 == Source(str(path)).size()
    assert [None] * 3 == [Source(name).size() for name in (str(tmp_path / "pipe"), "no.csv", "a\0b")]


def test_size_of_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard input may be a file of known size; `-` is not the name of a file."""
    path = tmp_path / "log.csv"
    path.write_text("0,1\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-").write_text("another\n")
    with path.open() as file:
        monkeypatch.setattr("sys.stdin", file)
        assert 4 == Source("-").size()


@pytest.mark.parametrize("rows", [3, 3000])
def test_negative_zero_in_plain_lines(rows: int) -> None:
    """A zero keeps its sign, in few lines and in many, on every path."""
    data = b"0,-0\n1,0\n2,-0.0\n3,1.5\n" * rows
    (batch,) = [one for one in Delimited(Reading(), "f", {}, str).batches(iter([Block("f", data, 1)])) if one]
    assert [-1.0, 1.0, -1.0, 1.0] * rows == [math.copysign(1, value) for value in batch.values[0] if value is not None]


def test_byte_order_mark_that_arrives_in_pieces() -> None:
    """A pipe may deliver one byte at a time, even of a byte order mark."""
    pieces = iter([bytes([byte]) for byte in b"\xef\xbb\xbf0,1\n"])
    blocks = Source("-")._lines(lambda size: next(pieces, b""), io.BytesIO())
    assert [b"0,1\n"] == [block.data for block in blocks if block is not None]
