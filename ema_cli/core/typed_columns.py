"""Typed columns of numbers, and masks: bytes with a zero for each row without a value."""

from __future__ import annotations

from array import array
from itertools import accumulate, chain, compress, count, islice, pairwise
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

    def numbers(self, before: Sequence[int], stride: int = 1, mask: bytes | None = None) -> Sequence[int]:
        """The number of each round, counting on from `before`, which has the last number before each part.

        With a mask, only its rounds count, by one each.
        """
        if mask is not None:
            spans = zip(self.spans(), before, strict=True)
            counts = (islice(accumulate(mask[a:b], initial=last), 1, None) for (a, b), last in spans)
            return array("q", [*chain.from_iterable(counts)])
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


def scatter(values: Any, mask: bytes) -> Any:
    """Place values in the rows of a mask, and zeros in the others."""
    values = array("q", values) if isinstance(values, range) else values
    typed = isinstance(values, array)
    found: Any = array(values.typecode, bytes(8 * len(mask))) if typed else [0] * len(mask)
    core = worth(len(mask)) if typed else None
    if core is not None:
        core.scatter(values, mask, found)
    else:
        for row, value in zip(compress(count(), mask), values, strict=False):
            found[row] = value
    return found


def both(one: bytes | None, other: bytes) -> bytes:
    """The mask of the rounds in both masks; None is the mask of all rounds."""
    return other if one is None else bytes(map(min, one, other))


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
