"""The text of cells: its width, the sign between factors, and the blank."""

from __future__ import annotations

BLANK = "________"
"""A blank to be filled in. All blanks have the same width, so that it reveals nothing."""

TIMES = "\u00d7"
"""The sign between factors in printed working; expressions have `x`, which is ASCII."""


def with_times(text: str) -> str:
    """A line of working with × between factors."""
    return text.replace(" x ", f" {TIMES} ")


def text_width(text: str) -> int:
    """The width of a text in columns of a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
