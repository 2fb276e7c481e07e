"""The text of a cell: its width in columns, its signs, and the blank."""

from __future__ import annotations

BLANK = "________"
"""A blank to be filled in. All blanks are equal, so that their width gives nothing away."""

TIMES = "\u00d7"
"""The sign between factors in a line of working that people read; expressions have `x`, which is ASCII."""


def with_times(text: str) -> str:
    """A line of working with × between factors."""
    return text.replace(" x ", f" {TIMES} ")


def text_width(text: str) -> int:
    """Width of the text in columns of a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
