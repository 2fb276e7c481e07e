"""Cells that are wider than their column has room: lines of working are broken at their signs."""

from __future__ import annotations

import re

from ema_cli.output.cell import text_width

_INDENT = "  "
_DEEPER = 10
"""What a pair of parentheses adds to the rank of a break."""

# Where a line may be broken, and how gladly: the less the better.
_BREAKS = (
    (re.compile(r"(?<=;) "), 0),
    (re.compile(r" (?=(?:=|≈|~=) )"), 1),
    (re.compile(r" (?=[+-] )"), 2),
    (re.compile(r"(?<=,) "), 3),
    (re.compile(r" (?=x )"), 4),
    (re.compile(r"(?<=/)(?=.)"), 5),
    (re.compile(r" "), 6),
)


def folded(text: str, width: int) -> list[str]:
    """The text in lines of this width; all but the first are indented, unless an equation of its own begins there."""
    lines, indent = [], ""
    while text_width(indent + text) > width:
        end, start = _break(text, width - len(indent))
        lines.append(indent + text[:end])
        indent = "" if text[:end].endswith(";") else _INDENT
        text = text[start:]
    return [*lines, indent + text]


def _break(text: str, width: int) -> tuple[int, int]:
    """Where the first line ends, and where the next begins."""
    found: list[tuple[int, int, int]] = []
    for sign, rank in _BREAKS:
        for match in sign.finditer(text):
            if match.start() > 0 and text_width(text[: match.start()]) <= width:
                before = text[: match.start()]
                depth = before.count("(") - before.count(")")
                found.append((-rank - _DEEPER * depth, match.start(), match.end()))
    if found:
        return max(found)[1:]
    end = 1
    while end < len(text) and text_width(text[: end + 1]) <= width:
        end += 1
    return end, end
