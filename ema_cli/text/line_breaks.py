"""Line breaks of Chinese: between any two characters, but not before a comma or after an opening bracket."""

from __future__ import annotations

import re

from ema_cli.text.cell_text import text_width

_OPENING = "\uff08\u300a\u201c\u2018"  # brackets and quotation marks
_CLOSING = "\uff09\u300b\u201d\u2019\uff0c\u3002\uff1b\uff1a\u3001\uff01\uff1f"  # closing ones, commas and stops
_WIDE = "\u2e80-\uffef"
_PARTS = re.compile(rf"\s+|[{_OPENING}]*(?:[^\s{_WIDE}{_OPENING}{_CLOSING}]+|[{_WIDE}])[{_CLOSING}]*|.")
"""Spaces, words, and Chinese characters, each with the marks that belong to it."""


def broken(text: str, limit: int) -> str:
    r"""Break a text with Chinese characters into lines; parts without a place to break may stay wider.

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
