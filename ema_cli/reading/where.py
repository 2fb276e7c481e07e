"""--where: rows that are read, by the cells of a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.literals import is_number, printable
from ema_cli.errors import DataError, shown
from ema_cli.reading.columns import absent

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_VALUES = 20
"""Values that an error lists, and some more."""


class Where:
    """Conditions on rows: of one column any that is met will do, those on different columns must all be met.

    Args:
        conditions: As they were typed, COLUMN=VALUE or COLUMN!=VALUE.
        names: The columns of the file.
        source: The file, for errors.

    Raises:
        DataError: A condition names no column.
    """

    def __init__(self, conditions: Sequence[str], names: Sequence[str], source: str) -> None:
        self._conditions = conditions
        self._wanted: dict[int, list[str]] = {}
        self._unwanted: dict[int, list[str]] = {}
        self._met = False
        self._seen: dict[int, dict[str, None]] = {}
        for text in conditions:
            place, differs, value = _parsed(text, names, source)
            (self._unwanted if differs else self._wanted).setdefault(place, []).append(value)
            self._seen[place] = {}

    def keeps(self, row: Sequence[str]) -> bool:
        """True if a row meets the conditions."""
        if not self._met:
            for place, values in self._seen.items():
                if len(values) <= _MOST_VALUES:
                    values[row[place]] = None
        kept = all(any(_same(row[place], value) for value in values) for place, values in self._wanted.items())
        kept = kept and not any(
            _same(row[place], value) for place, values in self._unwanted.items() for value in values
        )
        self._met = self._met or kept
        return kept

    def found(self) -> str:
        """Say that no row meets the conditions, with the values there are; empty if one does."""
        if self._met:
            return ""
        values = next(iter(self._seen.values()))
        some = ", ".join(map(shown, list(values)[:_MOST_VALUES])) + " and more" * (len(values) > _MOST_VALUES)
        told = " and ".join(map(printable, self._conditions))
        meant = f"; did you mean {told.replace('==', '=')}?" if "==" in told else ""
        return f"no row has {told}; the values are {some}{meant}"


def _parsed(text: str, names: Sequence[str], source: str) -> tuple[int, bool, str]:
    """The place of the column of a condition, whether it must differ, and the value."""
    for place, sign in enumerate(text):
        if sign == "=":
            differs = text[place - 1 : place] == "!" and printable(text[:place]) not in names
            name = printable(text[: place - differs])
            if name in names:
                return names.index(name), differs, text[place + 1 :]
    if "=" not in text:
        raise DataError(f"--where {shown(text)} is not a condition; give COLUMN=VALUE or COLUMN!=VALUE")
    raise absent(text.partition("=")[0].removesuffix("!"), names, source, "--where")


def _same(cell: str, value: str) -> bool:
    """True if a cell equals a value, as text or as a number."""
    return cell == value or (is_number(cell) and is_number(value) and float(cell) == float(value))
