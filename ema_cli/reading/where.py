"""--where: choose the rows to read by the cells of a column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import is_number, printable
from ema_cli.errors import UsageError, quoted
from ema_cli.reading.file_columns import absent, called

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.reading.batch import Batch

_ORDER = re.compile(r"(?P<name>.+?) *([<>]=?) *([^<>=].*)")

_MOST_VALUES = 20
"""Maximum number of values that an error lists."""


class Where:
    """Conditions on rows: for each column, one `=` condition (if any) and all `!=` conditions must be met.

    Args:
        conditions: Conditions as typed, COLUMN=VALUE or COLUMN!=VALUE.
        names: The columns of the file.
        source: The file, for errors.
        delimiter: The character between cells; empty for JSON records.

    Attributes:
        names: The columns of the file.
        met: True once a row has met the conditions.
        places: The places of the columns with conditions.

    Raises:
        DataError: A condition names an unknown column.
        UsageError: A condition is malformed.
    """

    def __init__(self, conditions: Sequence[str], names: Sequence[str], source: str, delimiter: str = "") -> None:
        self._conditions, self._source, self._delimiter = conditions, source, delimiter
        self.met, self.names = False, names
        self._parts: dict[int, list[tuple[str, bool, str]]] = {}  # of each column
        for text in conditions:
            place, differs, value = _parsed(text, names, source, delimiter)
            self._parts.setdefault(place, []).append((text, differs, value))
        self._seen: dict[int, dict[str, None]] = {place: {} for place in self._parts}
        self.places = tuple(self._seen)
        self._needed = max(self._seen) + 1  # minimum width of a row that can be judged

    def below(self, names: Sequence[str]) -> Where:
        """These conditions, applied to rows under another header."""
        where = Where(self._conditions, names, self._source, self._delimiter)
        where.met = self.met
        return where

    def keeps(self, row: Sequence[str]) -> bool:
        """True if a row meets the conditions, or is too short to be judged."""
        if len(row) < self._needed:
            return True
        for place, values in self._seen.items():
            if not self.met and len(values) <= _MOST_VALUES:
                values[row[place]] = None
            if not self._meets(place, row[place]):
                return False
        self.met = True
        return True

    def _meets(self, place: int, cell: str) -> bool:
        """True if a cell meets the conditions on its column."""
        verdicts = {(differs, _same(cell, value)) for _, differs, value in self._parts[place]}
        return (True, True) not in verdicts and ((False, True) in verdicts or (False, False) not in verdicts)

    def picked(self, batch: Batch) -> Batch:
        """The updates that meet the conditions on the last columns of the batch, which are then removed."""
        verdicts = []
        for place, cells in zip(self.places, batch.kept[-len(self.places) :], strict=True):
            met = {cell: self._meets(place, cell) for cell in set(cells)}
            verdicts.append(list(map(met.__getitem__, cells)))
        found = batch.picked([row for row, met in enumerate(zip(*verdicts, strict=True)) if all(met)])
        del found.kept[-len(self.places) :]
        return found

    def found(self) -> str:
        """Say that no row meets the conditions; empty if a row does. The listed values are those of the first column
        with conditions that no row meets, among the rows that meet the conditions on the columns before it.
        """
        if self.met:
            return ""
        place = [place for place, values in self._seen.items() if values or place == self.places[0]][-1]
        values = self._seen[place]
        before = [text for at in self.places[: self.places.index(place)] for text, *_ in self._parts[at]]
        of = f" of {quoted(self.names[place])} where {' and '.join(map(printable, before))}" if before else ""
        some = ", ".join(map(quoted, list(values)[:_MOST_VALUES])) + " and more" * (len(values) > _MOST_VALUES)
        told = " and ".join(map(printable, self._conditions))
        meant = f"; did you mean {told.replace('==', '=')}?" if "==" in told else ""
        name, _, value = told.partition("=")
        if "," in value and {*value.split(",")} <= {*values}:
            meant = f"; give {' '.join(f'--where {name}={part}' for part in value.split(','))}"
        return f"no row has {told}; the values{of} are {some}{meant}"


def _parsed(text: str, names: Sequence[str], source: str, delimiter: str) -> tuple[int, bool, str]:
    """Parse a condition: the place of the column, True for `!=`, and the value."""
    for place, sign in enumerate(text):
        if sign == "=":
            differs = text[place - 1 : place] == "!" and printable(text[:place]) not in names
            name = called(text[: place - differs].strip(), names)
            if name in names:
                return names.index(name), differs, text[place + 1 :].strip()
    if order := _ORDER.fullmatch(text):
        if order["name"] not in names:
            raise absent(order["name"], names, source, "--where")
        raise UsageError(f"--where {quoted(text)}: --where takes = and !=; {_filter(order, names, delimiter)}")
    if "=" not in text:
        raise UsageError(f"--where {quoted(text)} is not a condition; give 'COLUMN=VALUE' or 'COLUMN!=VALUE' in quotes")
    raise absent(text.partition("=")[0].removesuffix("!"), names, source, "--where")


def _filter(order: re.Match[str], names: Sequence[str], delimiter: str) -> str:
    """The command that filters rows by < or >, which --where lacks."""
    name, sign, value = order.groups()
    value = value if is_number(value) else f'"{value}"'
    if not delimiter:
        return f"jq -c 'select(.[\"{name}\"] {sign} {value})' FILE | ema-calc reads such records"
    parted = "" if delimiter == " " else f" -F '{delimiter}'".replace("\t", "\\t")
    return f"awk{parted} 'NR == 1 || ${names.index(name) + 1} {sign} {value}' FILE | ema-calc reads such rows"


def _same(cell: str, value: str) -> bool:
    """True if a cell equals a value, as text or as a number."""
    return cell == value or (is_number(cell) and is_number(value) and float(cell) == float(value))
