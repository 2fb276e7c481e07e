"""Lists of words, such as the rules, in the formats that can hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.errors import UsageError
from ema_cli.formats.registry import FORMATS, imported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink


def check_list(name: str) -> None:
    """Check that a format can hold a list.

    Raises:
        UsageError: The format can't hold a list.
    """
    if not FORMATS[name].lists:
        known = ", ".join(entry.name for entry in FORMATS.values() if entry.lists)
        raise UsageError(f"--format {name} cannot hold a list; use {known}")


def write_list(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]], sink: Sink, look: Look) -> None:
    """Write the rows in a format.

    Raises:
        UsageError: The format cannot hold a list.
    """
    check_list(name)
    sink.write_text(imported(FORMATS[name].writer).listed(columns, rows, sink, look))


def write_notes(name: str, sentences: Sequence[str], sink: Sink, look: Look) -> None:
    """Write sentences below a list for people."""
    sink.write_text(imported(FORMATS[name].writer).noted(sentences, sink, look))
