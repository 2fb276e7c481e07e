"""Fill the name of a file into a suggested command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def with_name(sentence: str, operands: Sequence[str]) -> str:
    """Replace FILE in a sentence by the operand that the sentence begins with, unless a shell would change that name.

    >>> with_name("run.log:3: a comment; grep -v '^#' FILE | ema-calc leaves it out", ["run.log"])
    "run.log:3: a comment; grep -v '^#' run.log | ema-calc leaves it out"
    """
    for path in operands:
        if sentence.startswith((f"{path}:", f"{path} ")) and re.fullmatch(r"[\w./+][\w./+-]*", path):
            return re.sub(r"(?<!-o )\bFILE\b", path, sentence)
    return sentence
