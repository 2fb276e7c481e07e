"""Wrap cells that are wider than their column: lines of working are broken at their signs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.text.cell_text import TIMES, text_width

if TYPE_CHECKING:
    from collections.abc import Callable

INDENT = "  "
_DEEPER = 10
"""The rank that a pair of parentheses adds to a break."""

# Places where a line may be broken, and their ranks: lower ones are preferred.
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
"""The ranks of breaks that leave a formula on both sides, or a sign before one."""


def folded(text: str, width: int, measure: Callable[[str], int] = text_width, *, formula: bool = False) -> list[str]:
    """The text in lines of this width; all but the first are indented, unless an equation of its own begins there.

    Args:
        text: The text.
        width: The greatest width of a line.
        measure: A function that gives the width of a text.
        formula: True if each line must be a formula by itself. It is broken neither in parentheses nor in a number, and
            stays wider if it cannot be broken.
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
    found: list[tuple[bool, int, int, int]] = []
    for sign, rank in _BREAKS:
        for match in sign.finditer(text, 1):
            before = text[: match.start()]
            depth = before.count("(") - before.count(")")
            if not formula or (not depth and rank in _BETWEEN_FORMULAS):
                fits = measure(before) <= width
                place = match.start() if fits else -match.start()
                found.append((fits, -rank - _DEEPER * depth if fits else 0, place, match.end()))
    best = max(found, default=None)
    if best is not None and (best[0] or formula):
        return abs(best[2]), best[3]
    if formula:
        return len(text), len(text)
    end = 1
    while end < len(text) and measure(text[: end + 1]) <= width:
        end += 1
    return end, end
