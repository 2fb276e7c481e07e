"""The first rows of a file, and what they show of each column."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import is_number, printable, whole
from ema_cli.errors import DataError
from ema_cli.reading import dates
from ema_cli.reading.cells import is_missing
from ema_cli.reading.column_names import known_as
from ema_cli.reading.file_columns import distinct
from ema_cli.reading.numerals import Numerals, is_meant, of_cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.reading.column_names import Known

MOST_ROWS = 1000
MOST_CELLS = 20_000
"""Rows and cells by which columns are judged."""

_MONEY = frozenset("$€£¥")
_MARKED = r"([$€£¥])? ?[-+]?\d[\d,]*\.?\d*( ?(?:%|[A-Za-zµ°Ω][A-Za-z/°]{0,5}))?"
"""A number with a sign of money before it, or a unit behind it."""

_SENTINEL = re.compile(r"(?:-99|999)9*(?:\.(?:9+|0+))?|(?:1(?:\.0+)?|9\.96921)[eE]\+?(?:20|30|36)")
"""A number that weather services, sensors and NetCDF write where there is no value."""

_UNSEEN = "\u00a0\u200b-\u200f\u202a-\u202e\u2060"

_MULTIPLIED = "sed -E 's/([0-9])[kK]/\\1e3/g;s/([0-9])M/\\1e6/g;s/([0-9])[BG]/\\1e9/g;s/([0-9])T/\\1e12/g' FILE"

_WRAPPED = {
    r"[-+]?[\d.]+ ?(?:±|\+/?-) ?[\d.]+": "sed -E 's; *(±|[+]/?-) *[0-9.]+;;g' FILE",
    rf"(?=.*[{_UNSEEN}])[{_UNSEEN}]*[-+]?[0-9.]+(?:[eE][-+]?\d+)?[{_UNSEEN}]*": (
        "perl -CSD -pe 's/[\\x{a0}\\x{200b}-\\x{200f}\\x{202a}-\\x{202e}\\x{2060}]//g' FILE"
    ),
    r"[-+]?[\d,.]+[kKMBGT]": _MULTIPLIED,
    r"\u2212[\d.]+(?:[eE][-+]?\d+)?": "sed 's/\u2212/-/g' FILE",
    r"[-+]?[\d.]+[dD][-+]?\d+": "sed -E 's/([0-9.])[dD]([-+0-9])/\\1E\\2/g' FILE",
    r"[-+]\d{4},\d": "sed -E 's/\"([-+][0-9]{4}),[0-9]\"/\\1/g' FILE",
    r"\([\d.,]+\)": "sed -E 's/\\(([0-9.,]+)\\)/-\\1/g' FILE",
    r"'[^'\d]*\d[^']*'?": 'tr -d "\'" < FILE',
    r'="[^"]*"': "tr -d '=\"' < FILE",
    r"[-+]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?": "sed -E ':a;s/([0-9]) ([0-9]{3})/\\1\\2/;ta' FILE",
    r"[A-Za-z_][\w.]*\([-+]?[\d.]+(?:[eE][-+]?\d+)?(?:, .*)?\)|\[[-+]?[\d.]+(?:[eE][-+]?\d+)?\]": (
        "sed -E 's/[A-Za-z_.0-9]*[[(]([-+.0-9eE]+)([^]()]|[(][^)]*[)])*[])]/\\1/g' FILE"
    ),
}
"""Numbers with their errors, among characters that are not seen, with a letter that multiplies them, in the notation of
Fortran, with a mark of their quality, within quotes or brackets, as of tensors, or with spaces between the thousands;
and what makes plain ones.
"""

_MAGNITUDES = (*"kKMBGTeEx", *"OolI")
"""Letters behind a number that are not units: they multiply it, or stand for a digit by mistake."""

_TIMES = 1_000 * 3600
"""Times of day are less than this, in seconds, and dates are more."""

_MANY = 100
"""Cells that show a column to be the same in a run."""

FEW = 20
"""A column that tells series apart has no more values than this."""


def mark_of(cell: str) -> str:
    """The sign of money before a number, the unit behind it, or the pattern of another way to write one; empty if the
    cell is anything else.

    >>> mark_of("$1,234.50"), mark_of("1234 MiB"), mark_of("2.5"), mark_of("2023 Jan")
    ('$', ' MiB', '', '')
    """
    if wrapped := next((pattern for pattern in _WRAPPED if re.fullmatch(pattern, cell)), ""):
        return wrapped
    match = re.fullmatch(_MARKED, cell)
    mark = (match[1] or match[2] or "") if match else ""
    return "" if mark.strip() in _MAGNITUDES or dates.is_month(mark.strip()) else mark


def without_marks(cells: Sequence[str]) -> str:
    r"""The command that makes plain numbers of cells with marks, at least of those like the first.

    >>> print(without_marks(["5 %", "7 m/s"]))
    sed -E 's/([0-9.])( m\/s| %)/\1/g' FILE
    """
    first, *others = map(mark_of, cells)
    if first in _WRAPPED:
        return _WRAPPED[first]
    marks = {first, *others} - _WRAPPED.keys()
    units = sorted((mark.replace("/", r"\/") for mark in marks - _MONEY), key=lambda unit: (-len(unit), unit))
    money = "".join(sorted(marks & _MONEY))
    parts = [f"s/[{money}]//g"] * bool(money) + [rf"s/([0-9.])({'|'.join(units)})/\1/g"] * bool(units)
    return f"sed -E '{';'.join(parts)}' FILE"


def plainly(cell: str) -> str:
    """The command that makes a number of a cell with a mark that has one meaning; empty if there is none."""
    return without_marks([cell]) if mark_of(cell) in _WRAPPED.keys() | _MONEY else ""


class Facts:
    """Features of the first cells of a column."""

    def __init__(self, cells: list[str], numerals: Numerals) -> None:
        self.cells = cells
        self._numerals = numerals

    def _usual(self, cell: str) -> str:
        try:
            return self._numerals.usually(cell)
        except DataError:
            return cell

    @cached_property
    def present(self) -> list[str]:
        """The cells that are not missing, their numbers as this program writes them."""
        return [self._usual(cell) for cell in self.cells if not is_missing(cell)]

    @cached_property
    def is_numeric(self) -> bool:
        """True if at least half of the cells that are there are meant for numbers; also where none is there."""
        return 2 * sum(is_number(cell) or is_meant(cell) for cell in self.present) >= len(self.present)

    @property
    def is_blank(self) -> bool:
        """True if all cells are empty."""
        return not any(self.cells)

    @cached_property
    def _numbers(self) -> list[float] | None:
        """The values; None if one of them is not a number."""
        return list(map(float, self.present)) if all(map(is_number, self.present)) else None

    @property
    def is_fraction(self) -> bool:
        """True if some value is a number that is not whole."""
        return any(is_number(cell) and whole(cell) is None for cell in self.present)

    @property
    def never_falls(self) -> bool:
        """True if no value is less than the one before it."""
        values = self._numbers
        return values is not None and all(before <= after for before, after in pairwise(values))

    @property
    def is_negative(self) -> bool:
        """True if some value is less than 0."""
        return min(self._numbers or [0.0]) < 0

    @property
    def is_whole(self) -> bool:
        """True if the values are whole numbers from 0 on."""
        values = self._numbers
        return values is not None and not self.is_fraction and not self.is_negative

    @property
    def counts(self) -> bool:
        """True if the values are whole numbers from 0 on that never fall."""
        return self.is_whole and self.never_falls

    @property
    def counts_up(self) -> bool:
        """True if there are three rows or more of whole numbers, each above the one before it."""
        values = self._numbers
        return values is not None and len(set(values)) == len(self.cells) > 2 and self.counts

    @property
    def sentinel(self) -> str:
        """A number that seems to stand for a missing value, far beyond all others; empty if there is none."""
        found = next(filter(_SENTINEL.fullmatch, self.present), "")
        others = [number for number in self._numbers or () if number != float(found)] if found else []
        return found if others and all(number / float(found) < 0.5 for number in others) else ""

    @property
    def is_date(self) -> bool:
        """True if all cells that are there are dates or times of day."""
        present = self.present
        return bool(present) and (all(map(dates.is_date, present)) or all(map(dates.is_compact, present)))

    @property
    def is_stamp(self) -> bool:
        """True if the values never fall or never rise, and are seconds since 1970 in this century, or parts of them."""
        values = self._numbers or [0.0]
        ordered = values in (sorted(values), sorted(values, reverse=True))
        return (
            len(values) > 1
            and ordered
            and any(1e9 <= values[0] / unit < 4e9 and 1e9 <= values[-1] / unit < 4e9 for unit in (1, 1e3, 1e6, 1e9))
        )

    @property
    def numbers_things(self) -> bool:
        """True if there is one number, or there are 0, 1, 2 and so on, each of them again."""
        values = set(self._numbers or ())
        again = len(values) <= len(self.present) // 2 and values == set(range(len(values)))
        return len(values) == 1 or (self.is_whole and again)

    @cached_property
    def marked(self) -> str:
        """A cell that is a number with a mark, if half of the cells are such and have the mark; else empty."""
        found = list(filter(mark_of, self.present))
        alike = len(set(map(mark_of, found))) == 1
        return found[0] if alike and 2 * len(found) >= len(self.present) and not self.is_date else ""

    @property
    def falls(self) -> bool:
        """True if each value or date is less than the one before it."""
        if self._numbers is None or self.is_date:
            return dates.falls(self.present)
        return len(self.present) > 2 and all(before > after for before, after in pairwise(self._numbers))

    @property
    def is_disordered(self) -> bool:
        """True if there are dates that rise and fall, and whose texts sort as they do."""
        moments = [dates.moment(cell) or 0.0 for cell in self.present] if self.is_date else []
        if min(moments, default=0) < _TIMES or moments in (sorted(moments), sorted(moments, reverse=True)):
            return False
        return sorted(self.present) == [cell for _, cell in sorted(zip(moments, self.present, strict=True))]

    @property
    def same(self) -> str:
        """The value of all cells, where there are many and all are alike; else empty."""
        return self.cells[0] if len(self.cells) >= _MANY and len(set(self.cells)) == 1 else ""

    @cached_property
    def series(self) -> list[str]:
        """The values by which the column may tell series apart: few, each of which is there again; else none."""
        present = list(filter(None, self.cells))
        values = list(dict.fromkeys(present))
        few = 1 < len(values) <= min(FEW, len(present) // 2) and 4 * len(present) >= 3 * len(self.cells)
        return values if few and not self.is_date else []


class Sample:
    """The first rows of a file.

    Args:
        header: The names, if it has a header.
        rows: As many cells each.
        source: The file, in messages.
        delimiter: What parts its cells.
        turned: The command that prints it with its rows turned round; may be empty.
        later: Names that no row has, but later records may.
        has_gaps: True if an empty cell may stand for one that is not there.

    Attributes:
        heads: The names as they stand in the file, or the numbers of the columns.
        names: The names by which options know the columns: each stands once.
        numerals: How numbers are written.
    """

    def __init__(
        self,
        header: list[str] | None,
        rows: list[list[str]],
        source: str,
        *,
        delimiter: str = ",",
        turned: str = "",
        later: Sequence[str] = (),
        has_gaps: bool = False,
    ) -> None:
        self.header, self.rows, self.source, self.has_gaps = header, rows, source, has_gaps
        self.delimiter, self.turned, self.later = delimiter, turned, later
        self.width = len(header) if header is not None else len(rows[0])
        self.heads = list(map(printable, header or map(str, range(1, self.width + 1))))
        self.names = distinct(self.heads)
        self.numerals = of_cells((cell for row in rows for cell in row), delimiter)
        self._facts: dict[int, Facts] = {}

    def column(self, place: int) -> Facts:
        """Features of a column in the rows."""
        if place not in self._facts:
            self._facts[place] = Facts([row[place] for row in self.rows], self.numerals)
        return self._facts[place]

    @property
    def named(self) -> bool:
        """True if the columns have names."""
        return self.header is not None

    def entry(self, place: int) -> Known | None:
        """The entry that the name of a column fits, if one does."""
        return known_as(self.heads[place])
