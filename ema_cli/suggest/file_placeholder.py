"""The name of a file in a command that reads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def with_name(sentence: str, operands: Sequence[str]) -> str:
    """A sentence that begins with a file's name, with that name in its command, too, unless a shell would change it.

    >>> with_name("run.log:3: a comment; grep -v '^#' FILE | ema-calc leaves it out", ["run.log"])
    "run.log:3: a comment; grep -v '^#' run.log | ema-calc leaves it out"
    """
    for path in operands:
        if sentence.startswith((f"{path}:", f"{path} ")) and re.fullmatch(r"[\w./+][\w./+-]*", path):
            return re.sub(r"(?<!-o )\bFILE\b", path, sentence)
    return sentence
