"""--symbols: the user's names in headings, formulas and axes, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.errors import Unknown, UsageError, quoted
from ema_cli.report.column_specs import COLUMNS

if TYPE_CHECKING:
    from ema_cli.text.language import Language

_NAMES = ("DECAY", "WEIGHT")
"""Symbols in formulas that are not names of columns."""


def with_symbols(language: Language, symbols: str) -> Language:
    """A language with its words replaced by the symbols of `NAME=TEXT,...`.

    Raises:
        UsageError: A name is unknown, or a text can't stand in a formula.
    """
    strings, seen = dict(language.strings), dict[str, str]()
    for part in symbols.split(","):
        of, sign, text = (piece.strip() for piece in part.partition("="))
        if not sign or not text.isidentifier():
            raise UsageError(
                f"--symbols {quoted(part)}: give NAME=TEXT, with a text of letters, digits and _, as in decay=β"
            )
        if of not in COLUMNS and of not in _NAMES:
            names = (*COLUMNS, *_NAMES)
            swapped = f"did you mean {text}={of}?" if text in names else ""
            raise UsageError(
                f"--symbols: no column {quoted(of)}",
                swapped or f"there are {', '.join(names)}",
                Unknown("column", of, names),
            )
        if of in seen:
            raise UsageError(f"--symbols names {quoted(of)} twice")
        strings[of] = seen[of] = text
        if of in COLUMNS:
            strings[COLUMNS[of].heading] = text
    return language.but(strings=strings)
