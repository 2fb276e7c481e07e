"""Prefixes that other programs put before each line of a table, with the command that takes them off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.errors import DataError, shown
from ema_cli.reading.cells import is_missing

if TYPE_CHECKING:
    from ema_cli.reading.source import Block
    from ema_cli.reading.table_start import Start

_PREFIXES = (
    ("> ?", "sed -E 's/^> ?//' FILE"),
    ("[+]", "sed 's/^+//' FILE"),
    (" *[0-9]+\t", "cut -f 2- FILE"),
    ("[0-9]+:", "cut -d : -f 2- FILE"),
    ("[^ ,;:]+[.][a-z]+:([0-9]+:)?", "sed -E 's/^[^:]+:([0-9]+:)?//' FILE"),
    ("[^ ,;|]+ +[|] ", "sed -E 's/^[^|]+[|] //' FILE"),
    ("[0-9:.]+ -> ", "sed 's/^.* -> //' FILE"),
    ("[0-9-]{10}[T ][0-9:.,]+(Z|[-+][0-9:]+)?[ \t]", "sed -E 's/^[-0-9]{10}[T ][^ ,;]+[[:space:]]//' FILE"),
)
"""Of mails, diffs, cat -n, grep, containers, the Arduino IDE and clusters."""

_ENOUGH = 20
"""Lines that show a prefix."""


def check(start: Block, begun: Start) -> None:
    """Refuse a table with a prefix before its header and before each of its rows.

    Raises:
        DataError: It is one.
    """
    lines = list(filter(str.strip, start.text().split("\n")[begun.skipped :][:_ENOUGH]))
    if lines[0][0].isalpha() and not {":", "|"} & {*lines[0]}:
        return  # most files
    for pattern, command in _PREFIXES:
        prefix = re.match(pattern, lines[0])
        if prefix and len(lines) > 1 and all(re.match(pattern, line) for line in lines):
            header, row, *_ = rest = [re.sub(pattern, "", line, count=1) for line in lines]
            cuts = {len(re.findall("[,;\t]", line)) for line in rest}
            if (
                (re.match('["A-Za-z_]', header) or "->" in prefix[0])
                and not is_missing(re.split("[,;\t]", header)[0])
                and re.match('[-+"0-9]', row)
                and 0 < min(cuts) == max(cuts)
            ):
                what = f"{start.source}: each line has a prefix, such as {shown(prefix[0])}"
                raise DataError(f"{what}; {command} | ema-calc reads it")
