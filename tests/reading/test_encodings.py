"""The bytes of a file: encodings, line ends, and files that are not text."""

from __future__ import annotations

import gzip
import pickle

import pytest

from ema_cli.reading.encoding import Encoding
from tests.harness import csv_of, error_of

TABLE = "step,loss\n0,1\n5,2\n"


@pytest.mark.parametrize(
    "data",
    [
        TABLE.replace("\n", "\r\r\n").encode(),
        TABLE.replace("\n", "\r").encode(),
        TABLE.encode("utf-16-le").join([b"\xff\xfe", b""]),
        TABLE.encode("utf-16-be").join([b"\xfe\xff", b""]),
        TABLE.replace("\n", "\r\n").encode("utf-16"),
        b"\xef\xbb\xbf" + TABLE.encode(),
        b"sep=;\r\n" + TABLE.replace(",", ";").encode(),
        b'"sep=|"\n' + TABLE.replace(",", "|").encode(),
    ],
)
@pytest.mark.parametrize("block", [7, 65536])
def test_one_table_in_many_encodings(data: bytes, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is the same for any program that wrote it, and in any parts."""
    monkeypatch.setattr("ema_cli.reading.source.BLOCK", max(block, 24))
    outcome = csv_of("", data)
    assert (["0", "5"], ["1", "2"]) == (outcome.column("step"), outcome.column("param"))


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n", b"\r\r\n"])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_ends_of_lines_in_small_pieces(end: bytes, size: int) -> None:
    """A pipe may deliver a line in any pieces: it ends where it would end at once."""
    data = TABLE.encode().replace(b"\n", end)
    pieces, whole = Encoding(data), Encoding(data)
    joined = b"".join(pieces.utf8(data[place : place + size]) for place in range(0, len(data), size))
    assert whole.utf8(data).rstrip() == joined.rstrip()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pickle.dumps({"loss": [1.0]}), "is a Python pickle; if you trust it"),
        (gzip.compress(b"0,1\n", mtime=0), "is compressed; unpack it into a pipe: gzip -dc FILE | ema-calc"),
        (b"PK\x03\x04" + bytes(22) + b"\x00\x00\x00\x00[Content_Types].xml", "is an Excel file; python -c"),
        (b"PK\x03\x04" + bytes(26) + b"archive/data.pkl", "is a PyTorch checkpoint"),
        (b"PK\x03\x04" + bytes(26) + b"arr_0.npy", "is a NumPy archive"),
        (b"PAR1\x15\x04", "is a Parquet file; python -c"),
        (b"\x89PNG\r\n\x1a\n", "is an image"),
        (b"\x89HDF\r\n\x1a\n", "is an HDF5 file"),
        (b"SQLite format 3\x00", "is an SQLite database; sqlite3 FILE .tables"),
        (b":W&B$\xbe\x01\x00", "is Weights & Biases' own record of a run"),
        (b'\x50\x00\x00\x00\x00\x00\x00\x00{"a"', "holds model weights"),
        (b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument", "is an OpenDocument sheet"),
        (b"<stata_dta><header>\x00", "is a Stata file"),
        (b"\x82\x00\x01\x00\x02\x00\x03\x04", "is not text: it has NUL bytes"),
        ('[{"step": 0}]'.encode("utf-16-le"), "is in UTF-16; iconv -f UTF-16LE -t UTF-8 FILE | ema-calc"),
        (TABLE.encode("utf-16-le"), "is in UTF-16; iconv -f UTF-16LE -t UTF-8 FILE | ema-calc"),
        (TABLE.encode("utf-16-be"), "is in UTF-16; iconv -f UTF-16BE -t UTF-8 FILE | ema-calc"),
        ("步,损失\n0,1\n".encode("utf-16-be"), "is in UTF-16; iconv -f UTF-16BE -t UTF-8 FILE | ema-calc"),
        (TABLE.encode("utf-32"), "is in UTF-32; iconv -f UTF-32 -t UTF-8 FILE | ema-calc"),
        (TABLE.encode("utf-32-le"), "is in UTF-32; iconv -f UTF-32LE -t UTF-8 FILE | ema-calc"),
        (TABLE.encode("utf-32-be"), "is in UTF-32; iconv -f UTF-32BE -t UTF-8 FILE | ema-calc"),
    ],
)
def test_files_that_are_no_text(data: bytes, message: str) -> None:
    """Each is called by its kind, with the command that converts it, if there is one."""
    assert error_of("--decay 0.9", data).startswith(f"<stdin> {message}")


def test_bytes_of_no_encoding() -> None:
    """No encoding is named for bytes with control characters, but the end of an old file (0x1a) is none of them."""
    told = "<stdin>:1: the file is not text: it has the control character 0x05"
    assert told == error_of("--decay 0.9", b"\x82\x83\x05,\x83\x9d\n1,2\n")
    assert "iconv -f CP932 -t UTF-8" in error_of("--decay 0.9", b"\x83\x66\x83\x5e\n1\n\x1a")


def test_chinese_programs() -> None:
    """Chinese encodings are recognized by their most frequent characters."""
    assert "iconv -f GB18030 -t UTF-8" in error_of("--decay 0.9", "步数,损失\n0,1\n".encode("gb18030"))
    assert "iconv -f CP1252 -t UTF-8" in error_of("--decay 0.9", "Größe °C\n1\n".encode("cp1252"))
    assert "iconv -f CP1251 -t UTF-8" in error_of("--decay 0.9", "Эпоха;Потери\n0;1\n".encode("cp1251"))
    assert "iconv -f CP932 -t UTF-8" in error_of("--decay 0.9", "エポック,損失\n0,1\n".encode("cp932"))
    assert "iconv -f CP932 -t UTF-8" in error_of("--decay 0.9", "年月日時,気温(℃)\n0,1\n".encode("cp932"))


@pytest.mark.parametrize(
    "text", ["loss\0es\n", "ab\0\n1", "step,lo\0ss\n0,1\n", '{"step": 0}\n\0\0\n', "loss\n1\n2\n3\n4\n\0\0\n"]
)
def test_nul_bytes(text: str) -> None:
    """They are named wherever they are, with the command that removes them."""
    assert "the line has NUL bytes; tr -d '\\000' < FILE | ema-calc leaves them out" in error_of("--decay 0.9", text)


def test_zeros_are_no_matter_of_encoding() -> None:
    """Zero bytes mean that a file is not text, whatever else is in it."""
    assert error_of("--decay 0.9", b"ab\xff\x00") == "<stdin>:1: the file is not text: it has NUL bytes"
