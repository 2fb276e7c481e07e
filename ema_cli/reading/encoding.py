"""The encoding of a file: UTF-8, or UTF-16 with a byte order mark; errors name the command that converts others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

BOM = b"\xef\xbb\xbf"

_ENCODINGS = (
    (rb"(?:[\xb0-\xd7][\xa1-\xfe]| )+", "GB18030", "Chinese programs"),
    (rb".*(?:[\x82\x83].*[\x82\x83]|[\x81\x8d\x8f\x90\x9d]).*", "CP932", "Japanese programs"),  # those not in CP1252
    (rb"(?=.*[\xc0-\xff]{4})[\xa8\xb8\xc0-\xff ]+", "CP1251", "Russian programs"),
    (b".*", "CP1252", "older Windows programs"),
)
"""Patterns of the non-ASCII bytes of a line, each with the likely encoding and the programs that write it."""

_CONTROL = rb"[\x00-\x08\x0e-\x19\x1c-\x1f]"
"""Characters of no text: line breaks, tabs, escapes, and the end of old files (0x1a) are left out."""


class Encoding:
    """Decoder to UTF-8 with newlines, by the byte order mark and the first line ending of a file."""

    def __init__(self, start: bytes) -> None:
        self._decode: Callable[[bytes], str] | None = None
        self._begun = False
        self._returns: bool | None = None  # True if lines end with \r alone; None before the first line ending
        self._last = b""  # carriage returns that a newline may still follow
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            import codecs

            self._decode = codecs.getincrementaldecoder("utf-16")("replace").decode

    def utf8(self, data: bytes) -> bytes:
        """The next bytes of the file as UTF-8 with newlines."""
        data = data if self._decode is None else self._decode(data).encode()
        if not self._begun:
            data, self._begun = data.removeprefix(BOM), True
        if self._returns is None:
            data, self._last = self._last + data, b""
            text = data.rstrip(b"\r")
            if b"\n" in text or b"\r" in text:
                self._returns = b"\n" not in text
            else:
                data, self._last = text, data[len(text) :]
        return data.replace(b"\r", b"\r\n") if self._returns else data


def not_utf8(place: str, error: UnicodeDecodeError) -> DataError:
    """The error for a line that is not UTF-8, with the command that converts the file."""
    data, start = error.object, error.start
    if control := re.search(_CONTROL, data):
        what = "NUL bytes" if b"\x00" in data else f"the control character 0x{control[0][0]:02x}"
        return DataError(f"{place}: the file is not text: it has {what}")
    column = start - data.rfind(b"\n", 0, start)
    problem = f"byte {column} of the line is 0x{data[start]:02x}, which is not UTF-8"
    high = b" ".join(re.findall(rb"[\x80-\xff]+", data))
    name, programs = next(found for pattern, *found in _ENCODINGS if re.fullmatch(pattern, high))
    return DataError(f"{place}: {problem}; iconv -f {name} -t UTF-8 FILE | ema-calc reads what {programs} write")


def nul_bytes(place: str) -> DataError:
    """The error for a line with NUL bytes."""
    return DataError(f"{place}: the line has NUL bytes; tr -d '\\000' < FILE | ema-calc leaves them out")
