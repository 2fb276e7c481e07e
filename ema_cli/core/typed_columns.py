"""Typed columns of numbers, and masks: bytes with a zero for each row without a value."""

from __future__ import annotations

from array import array
from itertools import accumulate, chain, compress, pairwise
from typing import TYPE_CHECKING, Any

from ema_cli.core.compiled_loops import worth
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ema_cli.core.numbers.dtypes import Dtype

    Column = Any
    """Numbers: an `array` of doubles in the float types, a list in exact arithmetic."""


def as_column(num: Dtype, values: Iterable[Any]) -> Column:
    """Convert numbers to a column of a number system."""
    if num.digits is None:
        return values if isinstance(values, list) else list(values)
    return values if isinstance(values, array) else array("d", values)


def constant_column(value: Any, count: int, num: Dtype) -> Column:
    """A column with one value in all rows."""
    return [value] * count if num.digits is None else array("d", (value,)) * count


def joined(columns: Sequence[Column]) -> Column:
    """The columns concatenated."""
    whole = columns[0][:]
    for column in columns[1:]:
        whole += column
    return whole


class Parts(Record):
    """The parts of a batch, one after another: each holds the rounds of one row of a table of states."""

    rows: Sequence[int]
    """The row of each part in the table of states."""
    lengths: Sequence[int]
    """The number of rounds of each part."""

    def among(self, mask: bytes | None) -> Parts:
        """The parts reduced to the rounds of a mask; None keeps all rounds."""
        return self if mask is None else Parts(self.rows, [mask.count(1, a, b) for a, b in self.spans()])

    def spans(self) -> Iterator[tuple[int, int]]:
        """The half-open range of rounds of each part."""
        return pairwise(accumulate(self.lengths, initial=0))

    def each(self) -> Iterator[tuple[int, int, int]]:
        """The row of each part, and the half-open range of its rounds."""
        return ((row, a, b) for row, (a, b) in zip(self.rows, self.spans(), strict=True))

    def numbers(self, before: Sequence[int], stride: int = 1) -> Sequence[int]:
        """The number of each round, counting on from `before`, which has the last number before each part."""
        counted = [
            range(last + stride, last + stride * length + 1, stride)
            for last, length in zip(before, self.lengths, strict=True)
        ]
        return counted[0] if len(counted) == 1 else array("q", chain.from_iterable(counted))


def take_rows(column: Any, rows: Sequence[int]) -> Any:
    """The values of some rows of a column or a mask, in the order of `rows`."""
    values = map(column.__getitem__, rows)
    if isinstance(column, array):
        return array(column.typecode, values)
    return bytes(values) if isinstance(column, bytes) else [*values]


def select(values: Sequence[Any], mask: bytes) -> Sequence[Any]:
    """The values in the rows of a mask."""
    core = worth(len(mask)) if isinstance(values, array) else None
    if core is None:
        return [*compress(values, mask)]
    found = array(values.typecode, bytes(8 * (len(mask) - mask.count(0))))  # type: ignore[attr-defined]
    core.gather(values, mask, found)
    return found


def scatter(values: Iterable[Any], mask: bytes, num: Dtype, before: Any = None) -> Column:
    """Place values in the rows of a mask; other rows repeat the value above, at first `before`, or are 0 without it."""
    core = worth(len(mask)) if isinstance(values, array) else None
    if core is not None:
        found = array("d", bytes(8 * len(mask)))
        if before is not None:
            found[0] = before
        core.scatter(values, mask, found, before is not None)
        return found
    following = iter(values)
    if before is None:
        zero = num.number(0)
        return as_column(num, [next(following) if there else zero for there in mask])
    return as_column(num, [before := next(following) if there else before for there in mask])


def scatter_whole(numbers: Any, mask: bytes | None) -> Any:
    """Place whole numbers in the rows of a mask, and zeros in the others."""
    if mask is None or numbers is None:
        return numbers
    following = iter(numbers)
    found = [next(following) if there else 0 for there in mask]
    return array("q", found) if isinstance(numbers, array | range) else found


def scatter_bytes(values: bytes, mask: bytes) -> bytes:
    """Place bytes in the rows of a mask, and zeros in the others."""
    following = iter(values)
    return bytes([next(following) if there else 0 for there in mask])


def strides(values: Any, before: int | None) -> array[float] | None:
    """Differences between successive whole numbers, rounded once, computed by the compiled core.

    None if the compiled core is not loaded, a value is not a 64-bit integer, or a value is less than its predecessor.
    `before` precedes the first value; if it is None, the first difference is 0.
    """
    core = worth(len(values)) if isinstance(values, array | range) else None
    if core is None:
        return None
    whole = array("q", values) if isinstance(values, range) else values
    first = values[0] if before is None else before
    if whole.typecode != "q" or not isinstance(first, int):
        return None
    found = array("d", bytes(8 * len(whole)))
    return found if core.strides(whole, first, found) else None
