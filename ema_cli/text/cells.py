"""The text of a cell: the columns it takes, and what stands in a blank one."""

from __future__ import annotations

BLANK = "________"
"""What stands where a value is to be filled in. All blanks are alike: their width tells nothing."""


def text_width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
