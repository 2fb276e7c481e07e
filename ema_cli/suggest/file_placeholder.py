"""Fill the name of a file into a suggested command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def with_name(sentence: str, operands: Sequence[str]) -> str:
    """Replace FILE in a sentence by the operand that the sentence begins with, quoted where a shell would split it;
    FILE stays if the name has characters that need more than quotes.

    >>> with_name("run.log:3: a comment; grep -v '^#' FILE | ema-calc leaves it out", ["run.log"])
    "run.log:3: a comment; grep -v '^#' run.log | ema-calc leaves it out"
    >>> with_name("my run.log is compressed; unpack it into a pipe: gzip -dc FILE | ema-calc", ["my run.log"])
    "my run.log is compressed; unpack it into a pipe: gzip -dc 'my run.log' | ema-calc"
    """
    named = (path for path in operands if sentence.startswith((f"{path}:", f"{path} ")))
    path = next((path for path in named if re.fullmatch(r"[\w./+][^\"'$`\\!]*", path)), "FILE")
    name = path if re.fullmatch(r"[\w./+-]+", path) else f"'{path}'"
    return re.sub(r"('?)(?<!-o )\bFILE\b\1", lambda found: f"'{path}'" if found[1] else name, sentence)
