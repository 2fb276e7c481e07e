"""Columns: numbers in rows, typed. What is absent is told by masks, bytes with a zero for each row that has none."""

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


def typed(num: Dtype, values: Iterable[Any]) -> Column:
    """Numbers as a column of a number system."""
    if num.digits is None:
        return values if isinstance(values, list) else list(values)
    return values if isinstance(values, array) else array("d", values)


def same(value: Any, count: int, num: Dtype) -> Column:
    """A column of one value."""
    return [value] * count if num.digits is None else array("d", (value,)) * count


def joined(columns: Sequence[Column]) -> Column:
    """One column of all, in order."""
    found = columns[0][:]
    for one in columns[1:]:
        found += one
    return found


class Parts(Record):
    """A batch in parts, one after the other: the rounds of each row of a table of states."""

    rows: Sequence[int]
    """The row of each part."""
    lengths: Sequence[int]
    """The rounds of each."""

    def among(self, mask: bytes | None) -> Parts:
        """The parts with the rounds of a mask alone."""
        return self if mask is None else Parts(self.rows, [mask.count(1, a, b) for a, b in self.spans()])

    def spans(self) -> Iterator[tuple[int, int]]:
        """The place of the first round of each part, and that behind its last one."""
        return pairwise(accumulate(self.lengths, initial=0))

    def each(self) -> Iterator[tuple[int, int, int]]:
        """The row of each part, the place of its first round, and that behind its last one."""
        return ((row, a, b) for row, (a, b) in zip(self.rows, self.spans(), strict=True))

    def numbers(self, before: Sequence[int], stride: int = 1) -> Sequence[int]:
        """The number of each round, counted on in each part from what was `before` it."""
        counted = [
            range(last + stride, last + stride * length + 1, stride)
            for last, length in zip(before, self.lengths, strict=True)
        ]
        return counted[0] if len(counted) == 1 else array("q", chain.from_iterable(counted))


def picked(column: Any, rows: Sequence[int]) -> Any:
    """The values of some rows, in their order, or the bytes of a mask."""
    found = map(column.__getitem__, rows)
    if isinstance(column, array):
        return array(column.typecode, found)
    return bytes(found) if isinstance(column, bytes) else [*found]


def chosen(values: Sequence[Any], mask: bytes) -> Sequence[Any]:
    """The values in the rows of a mask."""
    core = worth(len(mask)) if isinstance(values, array) else None
    if core is None:
        return [*compress(values, mask)]
    found = array(values.typecode, bytes(8 * (len(mask) - mask.count(0))))  # type: ignore[attr-defined]
    core.gather(values, mask, found)
    return found


def spread(values: Iterable[Any], mask: bytes, num: Dtype, before: Any = None) -> Column:
    """The values, in the rows of a mask; in the others the last one, at first `before`; or zeros if that is None."""
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
        return typed(num, [next(following) if there else zero for there in mask])
    return typed(num, [before := next(following) if there else before for there in mask])


def spread_whole(numbers: Any, mask: bytes | None) -> Any:
    """The whole numbers, in the rows of a mask; zeros in the others."""
    if mask is None or numbers is None:
        return numbers
    following = iter(numbers)
    found = [next(following) if there else 0 for there in mask]
    return array("q", found) if isinstance(numbers, array | range) else found


def spread_bytes(values: bytes, mask: bytes) -> bytes:
    """The bytes, in the rows of a mask; zeros in the others."""
    following = iter(values)
    return bytes([next(following) if there else 0 for there in mask])


def strides(values: Any, before: int | None) -> array[float] | None:
    """The difference of each whole number to the one before, rounded once, as the compiled core has it.

    None where it does not: without it, of other numbers, and where one is less than the one before. Without a number
    `before` the first difference is 0.
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
