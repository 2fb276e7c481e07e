"""The encoding of a file: UTF-8 or UTF-16 with a mark; of others, what makes UTF-8 of them."""

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
"""Encodings by the characters that are not of ASCII, the most usual of theirs, and who writes them."""


class Encoding:
    """The encoding of a file and the ends of its lines, as its first bytes tell.

    Args:
        start: The first bytes.
    """

    def __init__(self, start: bytes) -> None:
        self._decode: Callable[[bytes], str] | None = None
        self._begun = False
        self._returns: bool | None = None  # whether lines end with a carriage return alone, once an end is seen
        self._last = b""  # carriage returns that may be the end of a line, or half of one
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            import codecs

            self._decode = codecs.getincrementaldecoder("utf-16")("replace").decode

    def utf8(self, data: bytes) -> bytes:
        """The next bytes as UTF-8, each line with a newline at its end."""
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
    """The error that the bytes of a line are not UTF-8, with the command that makes UTF-8 of them."""
    data, start = error.object, error.start
    if b"\x00" in data:
        return DataError(f"{place}: the file is not text: it has NUL bytes")
    column = start - data.rfind(b"\n", 0, start)
    problem = f"byte {column} of the line is 0x{data[start]:02x}, which is not UTF-8"
    high = b" ".join(re.findall(rb"[\x80-\xff]+", data))
    name, programs = next(found for pattern, *found in _ENCODINGS if re.fullmatch(pattern, high))
    return DataError(f"{place}: {problem}; iconv -f {name} -t UTF-8 FILE | ema-calc reads what {programs} write")


def nul_bytes(place: str) -> DataError:
    """The error that a line has NUL bytes."""
    return DataError(f"{place}: the line has NUL bytes; tr -d '\\000' < FILE | ema-calc leaves them out")
