"""Numbers in other notations: decimal commas, and separators between the thousands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import is_number
from ema_cli.core.record import Record
from ema_cli.errors import DataError, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

_COMMA = r"(?![+-]0\d{3},)[+-]?\d+,\d+(?:[eE][+-]?\d+)?"
_SURE_COMMA = r"(?![+-]0\d{3},)[+-]?(?:0,\d+|\d{4}\d*,\d+|\d+,(?:\d\d?|\d{4}\d*|\d+(?=[eE])))(?:[eE][+-]?\d+)?"
_SURE_POINT = _SURE_COMMA.replace(",", r"\.")
_LAKHS = r"[+-]?\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?"
_COMMAS_GROUP = rf"[+-]?\d{{1,3}}(?:,\d{{3}})+\.\d+|[+-]?[1-9]\d{{0,2}}(?:,\d{{3}}){{2,}}|{_LAKHS}"
_POINTS_GROUP = r"[+-]?\d{1,3}(?:\.\d{3})+,\d+|[+-]?[1-9]\d{0,2}(?:\.\d{3}){2,}"
_GROUPED = rf"[+-]?[1-9]\d{{0,2}}(?:,\d{{3}})+(?:\.\d+)?|{_LAKHS}"
_APART = r"([+-]?\d{1,3}(?:[\u00a0\u2009\u202f'\u2019]\d{3})+)([.,]\d+)?"  # no-break and thin spaces, apostrophes
_EITHER = r"[+-]?[1-9]\d{0,2}[.,]\d{3}"


class Numerals(Record):
    """The notation of the numbers in a file."""

    decimal: str = "."
    grouped: bool = False
    """True if commas separate the thousands."""
    apart: bool = False
    """True if apostrophes, no-break or thin spaces separate the thousands."""

    @property
    def usual(self) -> bool:
        """True for plain notation: a decimal point and no separators."""
        return self.decimal == "." and not self.grouped and not self.apart

    def usually(self, text: str) -> str:
        """Rewrite the number in a cell in plain notation; any other text is returned as is.

        Raises:
            DataError: The number is ambiguous, such as 1,234.
        """
        if _is_marked(text) and (match := re.fullmatch(_APART, text)):
            return re.sub(r"[^\d+-]", "", match[1]) + (match[2] or "").replace(",", ".")
        if self.grouped:
            return text.replace(",", "") if re.fullmatch(_GROUPED, text) else text
        if self.decimal == ",":
            if re.fullmatch(_COMMA, text) or re.fullmatch(_POINTS_GROUP, text):
                return text.replace(".", "").replace(",", ".")
            if "." in text and re.fullmatch(_EITHER, text):
                raise DataError(
                    f"{quoted(text)} has a point, but the file has decimal commas: write {text.replace('.', '')} or"
                    f" {text.replace('.', ',')}; sed -E 's/([0-9])[.]([0-9]{{3}})\\b/\\1\\2/g' FILE | ema-calc reads"
                    " the first"
                )
            return text
        if "," in text and re.fullmatch(_EITHER, text):
            raise DataError(
                f"{quoted(text)} may be {text.replace(',', '')} with a thousands separator, or {text.replace(',', '.')}"
                " with a decimal comma; sed -E 's/([\"[:space:];|][-+]?[0-9]{1,3}),([0-9]{3})/\\1\\2/g' FILE | ema-calc"
                " reads the first"
            )
        return text


def of_cells(cells: Iterable[str], delimiter: str = ",") -> Numerals:
    """Find the notation of numbers in cells; in files with semicolons, an ambiguous comma is a decimal comma."""
    every = [*cells]
    marked = [*filter(_is_marked, every)]
    with_comma = [cell for cell in marked if "," in cell or cell.count(".") > 1]
    decimal = _some(_SURE_COMMA, with_comma) or _some(_POINTS_GROUP, with_comma)
    either = not decimal and _some(_EITHER, with_comma)
    grouped = _some(_COMMAS_GROUP, with_comma) or (either and _some(_SURE_POINT, every))
    decimal = decimal or (either and delimiter == ";" and not grouped)
    apart = _some(_APART, marked)
    return Numerals(decimal="," if decimal > grouped else ".", grouped=grouped > decimal, apart=apart)


def _some(pattern: str, cells: list[str]) -> bool:
    return any(re.fullmatch(pattern, cell) for cell in cells)


def may_group(cells: Iterable[str]) -> str:
    """The first cell with a point, if there are three or more and all could be thousands (1.234); else empty."""
    pointed = [cell for cell in cells if "." in cell]
    return pointed[0] if len(pointed) > 2 and all(re.fullmatch(_EITHER, cell) for cell in pointed) else ""


_MEANT = (_COMMA, _GROUPED, _POINTS_GROUP, _APART)


def is_meant(cell: str) -> bool:
    """True if a cell is a number with a decimal comma or separated thousands."""
    return _is_marked(cell) and any(re.fullmatch(known, cell) for known in _MEANT)


def _is_marked(cell: str) -> bool:
    """True if a cell is not a plain number but has other characters than letters and digits."""
    return not cell.isalnum() and not is_number(cell)
