"""The state of averages: a table of registers and counts, with a row for each average.

A row is all that an average needs to continue. It can be copied, stored and restored between two batches.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.literals import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ema_cli.core.numbers.dtypes import Dtype

COUNTS = ("begun", "rounds", "present", "calls", "done", "updates", "counter")
"""begun: 1 once the initial value is known. rounds: the number of rounds; present: those with a param; calls: those of
them on the update interval; done: those that no gate skipped; updates: those that updated. counter: the last value of
the rule's own counter.
"""

VALUES = ("initial", "shown")
"""initial: the param's value before the first update. shown: the average as last shown. A rule that uses times also has
`time`: the exact time of the last round that was not skipped, or None before there was one.
"""

_WIDER = {"b": "h", "h": "i", "i": "q"}
"""The next wider array type. A column of counts has the narrowest type that holds it, to save memory with many rows."""


class State:
    """A table of registers and counts, in columns.

    Args:
        num: The number system of the registers.
        start: The registers and counts of a fresh row.
    """

    __slots__ = ("_columns", "_num", "_start", "names")

    def __init__(self, num: Dtype, start: Mapping[str, Any]) -> None:
        self._num, self.names = num, [*start]
        """The names of the columns."""
        self._start = dict(start)
        floats = num.digits is not None
        self._columns: dict[str, Any] = {
            name: array("b") if name in COUNTS else array("d") if floats and name != "time" else [] for name in start
        }
        self.grow(1)

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())))

    def grow(self, rows: int) -> None:
        """Add fresh rows until there are `rows`."""
        if rows > len(self):
            for name, value in self._start.items():
                while len(column := self._columns[name]) < rows:
                    try:
                        column.extend([value] * (rows - len(column)))
                    except OverflowError:
                        self._widen(name)

    def _widen(self, name: str) -> None:
        """Convert a column of counts to the next wider type.

        Raises:
            KeyError: There is no wider type.
        """
        column = self._columns[name]
        self._columns[name] = array(_WIDER[column.typecode], column)

    def get(self, name: str, row: int) -> Any:
        """One value of a row."""
        return self._columns[name][row]

    def set(self, row: int, **values: Any) -> None:
        """Change some values of a row."""
        for name, value in values.items():
            self.put(name, (row,), (value,))

    def read(self, names: Sequence[str], row: int) -> list[Any]:
        """Several values of a row."""
        return [self._columns[name][row] for name in names]

    def pick(self, name: str, rows: Sequence[int]) -> list[Any]:
        """The values of a column in some rows."""
        return [*map(self._columns[name].__getitem__, rows)]

    def put(self, name: str, rows: Sequence[int], values: Sequence[Any]) -> None:
        """Change the values of a column in some rows."""
        column = self._columns[name]
        try:
            for row, value in zip(rows, values, strict=True):
                column[row] = value
        except OverflowError:
            self._widen(name)
            self.put(name, rows, values)

    def stored(self, row: int) -> dict[str, Any]:
        """A row as JSON values: a fraction, an infinity or a NaN is a string."""
        return {name: _plain(self._columns[name][row]) for name in self.names}

    def restore(self, row: int, stored: Mapping[str, Any]) -> None:
        """Set a row to a stored state."""
        if {*stored} != {*self.names}:
            raise SettingError(f"a state of this average has the values {', '.join(self.names)}")
        for name in self.names:
            try:
                self.set(row, **{name: self._value(name, stored[name])})
            except (TypeError, ValueError, ArithmeticError, KeyError):
                raise SettingError(f"a state's {name} is a number, not {quoted(str(stored[name]))}") from None

    def _value(self, name: str, value: Any) -> Any:
        if name in COUNTS or (name == "time" and not isinstance(value, str)):
            return value
        if name != "time" and (self._num.digits is not None or value == "nan"):
            return float(value)
        from fractions import Fraction

        return Fraction(value)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, int) or (isinstance(value, float) and value - value == 0):
        return value
    return str(value)
