"""JSON Lines whose records are all written alike: the same keys in the same order, with numbers or the same texts.

What stands between the numbers is what a block repeats; where it is taken out, plain lines of numbers are left, which
are read at once (`reading/numeric_block.py`). Whatever differs anywhere in a block leaves it to the careful path.
"""

from __future__ import annotations

import json
import re

_NUMBER = re.compile(r"(?<=[: ])-?[0-9][0-9.eE+-]*(?=[ ,}])")

_MARKS = bytes(range(0x80, 0x90))
"""Stand for the texts between the numbers while they are taken out, one for each: so many keys a record may have."""

_COMMAS = bytes.maketrans(_MARKS, b"," * len(_MARKS))


class Uniform:
    """How a record is written.

    Attributes:
        keys: The keys of its numbers.
        others: Those of what is the same in each record.
    """

    def __init__(self, keys: list[str], others: list[str], texts: list[bytes]) -> None:
        self.keys, self.others = keys, others
        self._first, *self._between, self._last = texts
        self._turn = self._last + b"\n" + self._first
        self._marks = list(map(bytes, zip(_MARKS[: len(self._between)])))
        self._pattern = b"".join(self._marks) + b"\n"
        self._taken = len(self._turn) - 1 + sum(len(text) - 1 for text in self._between)

    def numbers(self, data: bytes) -> bytes | None:
        """The numbers of lines that are all written so, with commas between them; None if one is not."""
        if not (data.startswith(self._first) and data.endswith(self._last + b"\n")):
            return None
        bare = data[len(self._first) :].replace(self._turn, b"\n")
        for text, mark in zip(self._between, self._marks, strict=True):
            bare = bare.replace(text, mark)
        bare = bare.removesuffix(self._last + b"\n") + b"\n"
        rows = bare.count(b"\n")
        rest = bare.translate(None, b"0123456789.eE+-")
        # A mark that stood there before would make the text longer than one from which all was taken out.
        if rest != self._pattern * rows or len(data) - len(bare) != self._taken * rows:
            return None
        return bare.translate(_COMMAS)


def uniform(line: str) -> Uniform | None:
    """How a line that is a record is written; None if it has no number, too many of them, or something in brackets."""
    texts = _NUMBER.split(line)
    try:
        pairs = json.loads("0".join(texts), object_pairs_hook=list)
    except (ValueError, RecursionError):
        return None
    if not 1 < len(texts) <= len(_MARKS):
        return None
    keys = [key for key, value in pairs if type(value) is int]
    others = [key for key, value in pairs if value is None or isinstance(value, str | bool)]
    # A number within a text is none of the record's.
    whole = len(keys) == len(texts) - 1 and len({*keys, *others}) == len(pairs)
    return Uniform(keys, others, [text.encode() for text in texts]) if whole else None
