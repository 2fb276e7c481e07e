"""The first rows of a file, and features of each column in them."""

from __future__ import annotations

import re
from collections import Counter
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
"""Limits on the sample by which columns are judged."""

_MONEY = frozenset("$€£¥")
_MARKED = r"([$€£¥])? ?[-+]?\d[\d,\u00a0\u202f]*\.?\d*(\s?(?:%|[$€£¥]|[A-Za-zµ°Ω][A-Za-z/°]{0,5}))?"
"""A number with a currency sign before it or a unit after it."""

_SENTINEL = re.compile(r"(?:-99|999)9*(?:\.(?:9+|0+))?|(?:1(?:\.0+)?|9\.96921)[eE]\+?(?:20|30|36)")
"""A number that weather services, sensors and NetCDF write for a missing value."""

_UNSEEN = "\u00a0\u200b-\u200f\u202a-\u202e\u2060"

_MULTIPLIED = "sed -E 's/([0-9])[kK]/\\1e3/g;s/([0-9])M/\\1e6/g;s/([0-9])[BG]/\\1e9/g;s/([0-9])T/\\1e12/g' FILE"

_WRAPPED = {
    r"[-+]?[\d.]+ ?(?:±|\+/?-) ?[\d.]+": "sed -E 's; *(±|[+]/?-) *[0-9.]+;;g' FILE",
    rf"(?=.*[{_UNSEEN}])[{_UNSEEN}]*[-+]?[0-9.]+(?:[eE][-+]?\d+)?[{_UNSEEN}]*": (
        "perl -CSD -pe 's/[\\x{a0}\\x{200b}-\\x{200f}\\x{202a}-\\x{202e}\\x{2060}]//g' FILE"
    ),
    r"[-+]?[\d,.]+[kKMBGT]": _MULTIPLIED,
    r"[<>~≈≤≥] ?[-+]?[\d.,]+(?:[eE][-+]?\d+)?": "sed -E 's/(<|>|~|≈|≤|≥) ?([-+0-9.])/\\2/g' FILE",
    r"\d+:[0-5]\d\.\d+": "perl -pe 's/(\\d+):(\\d\\d\\.\\d+)/$1*60+$2/ge' FILE",
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
"""Patterns of decorated numbers, each with the command that makes them plain: with an error (2.5 ± 0.1), invisible
characters, a multiplier (12k), a sign for a limit (<0.1), minutes (1:23.4), a Unicode minus, a Fortran exponent, a
quality mark, parentheses for a minus, quotes, spaces between the thousands, or as a tensor.
"""

_MAGNITUDES = (*"kKMBGTeEx", *"OolI")
"""Letters after a number that are not units: multipliers, exponents, and letters mistyped for digits."""

_TIMES = 1_000 * 3600
"""Seconds below which a moment is a time of day, and above which it is a date."""

_MANY = 100
"""Fewest equal cells that make a column constant (see `Facts.same`)."""

FEW = 20
"""Most distinct values of a column that separates series."""


def mark_of(cell: str) -> str:
    """The currency sign or unit of a number, or the key of `_WRAPPED` that matches the cell; empty if the cell is plain
    or not a number.

    >>> mark_of("$1,234.50"), mark_of("1234 MiB"), mark_of("2.5"), mark_of("2023 Jan")
    ('$', ' MiB', '', '')
    """
    if wrapped := next((pattern for pattern in _WRAPPED if re.fullmatch(pattern, cell)), ""):
        return wrapped
    match = re.fullmatch(_MARKED, cell)
    mark = (match[1] or match[2] or "") if match else ""
    return "" if mark.strip() in _MAGNITUDES or dates.is_month(mark.strip()) else mark


def without_marks(cells: Sequence[str]) -> str:
    r"""The command that strips the marks from numbers; if the first cell matches `_WRAPPED`, only its kind of mark.

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
    """The command that makes a cell a plain number; empty unless its mark is unambiguous (units are not)."""
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
        """The cells that are not missing, with numbers rewritten in plain notation (1,5 as 1.5)."""
        return [self._usual(cell) for cell in self.cells if not is_missing(cell)]

    @cached_property
    def is_numeric(self) -> bool:
        """True if at least half of the present cells look like numbers, or no cell is present."""
        return 2 * sum(is_number(cell) or is_meant(cell) for cell in self.present) >= len(self.present)

    @property
    def is_blank(self) -> bool:
        """True if all cells are empty."""
        return not any(self.cells)

    @cached_property
    def _numbers(self) -> list[float] | None:
        """The present cells as floats; None if any of them is not a number."""
        return list(map(float, self.present)) if all(map(is_number, self.present)) else None

    @property
    def is_fraction(self) -> bool:
        """True if any value is a number that is not whole."""
        return any(is_number(cell) and whole(cell) is None for cell in self.present)

    @property
    def never_falls(self) -> bool:
        """True if all values are numbers, none less than the previous value."""
        return self._numbers is not None and self._numbers == sorted(self._numbers)

    @property
    def is_whole(self) -> bool:
        """True if all values are whole numbers, none negative."""
        return self._numbers is not None and not self.is_fraction and min(self._numbers, default=0) >= 0

    @property
    def counts_up(self) -> bool:
        """True if there are at least three rows, all with whole numbers, each above the previous row."""
        return len(set(self._numbers or ())) == len(self.cells) > 2 and self.is_whole and self.never_falls

    @property
    def wanders(self) -> bool:
        """True if the values often fall, but seldom to the lowest, where a run would start again."""
        steps = [] if self.falls else list(pairwise(self._numbers or ()))
        falls = sum(min(self._numbers or ()) < after < before for before, after in steps)
        return falls > 1 and 2 * falls >= sum(before < after for before, after in steps)

    @property
    def sentinel(self) -> str:
        """A number such as -9999 that probably marks missing values, far from all other numbers; empty if none does."""
        found = next(filter(_SENTINEL.fullmatch, self.present), "")
        others = [number for number in self._numbers or () if number != float(found)] if found else []
        return found if others and all(number / float(found) < 0.5 for number in others) else ""

    @property
    def is_date(self) -> bool:
        """True if there are values, and all are dates or times of day."""
        return bool(self.present) and any(all(map(test, self.present)) for test in (dates.is_date, dates.is_compact))

    @property
    def is_stamp(self) -> bool:
        """True if the values are sorted either way, and are Unix times in s, ms, µs or ns, from 2001 to 2096."""
        values = self._numbers or [0.0]
        ordered = values in (sorted(values), sorted(values, reverse=True))
        return (
            len(values) > 1
            and ordered
            and any(1e9 <= values[0] / unit < 4e9 and 1e9 <= values[-1] / unit < 4e9 for unit in (1, 1e3, 1e6, 1e9))
        )

    @property
    def numbers_things(self) -> bool:
        """True if the values look like numbers of things: all equal, or 0 or 1 and so on (rows), or as many from 0 or
        1 on, each twice or more on average.
        """
        values, rows = set(self._numbers or ()), len(self.present)
        again = len(values) <= rows // 2 and values in ({*range(len(values))}, {*range(1, len(values) + 1)})
        return len(values) == 1 or again or self._numbers in ([*range(rows)], [*range(1, rows + 1)])

    @cached_property
    def marked(self) -> str:
        """The first number with a mark, if at least half of the cells are numbers with this mark; else empty."""
        found = list(filter(mark_of, self.present))
        alike = len(set(map(mark_of, found))) == 1
        enough = alike and 2 * len(found) >= len(self.present) and not self.is_numeric
        return found[0] if enough and (":" in found[0] or not self.is_date) else ""

    @property
    def falls(self) -> bool:
        """True if there are at least three rows, and the numbers fall at each row or the dates run backwards."""
        if self._numbers is None or self.is_date:
            return dates.falls(self.present)
        return len(self.present) > 2 and all(before > after for before, after in pairwise(self._numbers))

    @property
    def is_disordered(self) -> bool:
        """True if the dates are out of order, and sorting their texts would sort them (so `sort` can)."""
        moments = [dates.moment(cell) or 0.0 for cell in self.present] if self.is_date else []
        if min(moments, default=0) < _TIMES or moments in (sorted(moments), sorted(moments, reverse=True)):
            return False
        return sorted(self.present) == [cell for _, cell in sorted(zip(moments, self.present, strict=True))]

    @property
    def same(self) -> str:
        """The value of all cells if there are at least `_MANY`, all equal; else empty."""
        return self.cells[0] if len(self.cells) >= _MANY and len(set(self.cells)) == 1 else ""

    @cached_property
    def series(self) -> list[str]:
        """The distinct values if the column may separate series: few, and repeated on average; else none. The empty
        cell is a value if it is about as frequent as another, within a factor of two.
        """
        counts = Counter(self.cells)
        empty, rest = counts[""] * (len(counts) - 1), len(self.cells) - counts[""]
        groups = [value for value in counts if value or rest <= 2 * empty <= 4 * rest]
        rows = sum(counts[value] for value in groups)
        few = 1 < len(groups) <= min(FEW, rows // 2) and 4 * rows >= 3 * len(self.cells)
        return groups if few and not self.is_date else []


class Sample:
    """The first rows of a file.

    Args:
        header: The names of the columns; None without a header.
        rows: The rows, all of one width.
        source: The file, for messages.
        delimiter: The character between cells.
        turned: The command that prints the file with its rows reversed; may be empty.
        later: Names of columns that no row of the sample has, but later records may.
        has_gaps: True if an empty cell may stand for an absent key.

    Attributes:
        heads: The names as in the header, or column numbers without a header.
        names: The names that options use: `heads` made unique.
        named: True if the file has a header.
        numerals: The notation of numbers in the file.
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
        self.named = header is not None
        self.delimiter, self.turned, self.later = delimiter, turned, later
        self.width = len(header) if header is not None else len(rows[0])
        self.heads = list(map(printable, header or map(str, range(1, self.width + 1))))
        self.names = distinct(self.heads)
        self.numerals = of_cells((cell for row in rows for cell in row), delimiter)
        self._facts: dict[int, Facts] = {}

    def column(self, place: int) -> Facts:
        """Features of the column at a place, from 0."""
        if place not in self._facts:
            self._facts[place] = Facts([row[place] for row in self.rows], self.numerals)
        return self._facts[place]

    def entry(self, place: int) -> Known | None:
        """The entry of `NAMES` that a column's name matches; None if none does."""
        return known_as(self.heads[place])
