"""Wrap cells that are wider than their column: working at its signs, Chinese between any two characters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.text.cell_text import TIMES, text_width

if TYPE_CHECKING:
    from collections.abc import Callable

INDENT = "  "
_DEEPER = 10
"""The rank that each enclosing pair of parentheses adds to a break."""

# Places where a line may be broken, with their ranks: lower ranks are preferred.
_BREAKS = (
    (re.compile(r"(?<=;) "), 0),
    (re.compile(r" (?=(?:=|≈|~=) )"), 1),
    (re.compile(r" (?=[+-] )"), 2),
    (re.compile(r"(?<=,) "), 3),
    (re.compile(rf" (?=[x{TIMES}] )"), 4),
    (re.compile(r"(?<=/)(?=.)"), 5),
    (re.compile(r" "), 6),
)
_BETWEEN_FORMULAS = (0, 1, 2, 4)
"""The ranks of breaks after which both lines are formulas; the second may begin with a sign."""

_OPENING = "\uff08\u300a\u201c\u2018"  # brackets and quotation marks
_CLOSING = "\uff09\u300b\u201d\u2019\uff0c\u3002\uff1b\uff1a\u3001\uff01\uff1f"  # closing ones, commas and stops
_WIDE = "\u2e80-\uffef"
_PARTS = re.compile(rf"\s+|[{_OPENING}]*(?:[^\s{_WIDE}{_OPENING}{_CLOSING}]+|[{_WIDE}])[{_CLOSING}]*|.")
"""Spaces, words, and Chinese characters, each with the marks that belong to it."""


def folded(text: str, width: int, measure: Callable[[str], int] = text_width, *, formula: bool = False) -> list[str]:
    """Fold a text into lines of this width. Lines after the first are indented, unless a new equation begins there.

    Args:
        text: The text.
        width: The greatest width of a line.
        measure: Function that gives the width of a text.
        formula: True if each line must be a formula by itself. Then no line is broken inside parentheses or a number,
            and a line without a break may be wider.
    """
    lines, indent = [], ""
    while measure(text) > width - len(indent):
        end, start = _break(text, width - len(indent), measure, formula=formula)
        if end == len(text):
            break
        lines.append(indent + text[:end])
        indent = "" if text[:end].endswith(";") else INDENT
        text = text[start:]
    return [*lines, indent + text]


def _break(text: str, width: int, measure: Callable[[str], int], *, formula: bool) -> tuple[int, int]:
    """Find the end of the first line and the beginning of the next."""
    breaks: list[tuple[bool, int, int, int]] = []
    for sign, rank in _BREAKS:
        for match in sign.finditer(text, 1):
            before = text[: match.start()]
            depth = before.count("(") - before.count(")")
            if not formula or (not depth and rank in _BETWEEN_FORMULAS):
                fits = measure(before) <= width
                place = match.start() if fits else -match.start()
                breaks.append((fits, -rank - _DEEPER * depth if fits else 0, place, match.end()))
    best = max(breaks, default=None)
    if best is not None and (best[0] or formula):
        return abs(best[2]), best[3]
    if formula:
        return len(text), len(text)
    end = 1
    while end < len(text) and measure(text[: end + 1]) <= width:
        end += 1
    return end, end


def broken(text: str, limit: int) -> str:
    r"""Break a text with Chinese characters into lines; a part that can't be broken may be wider than the limit.

    >>> broken("\u8870\u51cf\u7387\uff0c 0.99", 6).split("\n") == ["\u8870\u51cf", "\u7387\uff0c", "0.99"]
    True
    >>> broken("\u2248 0.99", 4) == "\u2248 0.99"
    True
    """
    if not re.search(f"[{_WIDE}]", text):
        return text
    lines, width = [""], 0
    for part in _PARTS.findall(text):
        wide = text_width(part)
        if width and width + wide > limit:
            lines.append("")
            width = 0
        if width or not part.isspace():
            lines[-1] += part
            width += wide
    return "\n".join(line.rstrip() for line in lines)
