"""What functions keep between their calls, so that an average can be copied half-way, and stored.

Some forms and read-outs keep a number from round to round: the product of the decays, a count, a variable, a
generator of random numbers. It stands in the cells of their closures.
"""

from __future__ import annotations

from numbers import Number
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import CellType


def kept(functions: Iterable[Any]) -> list[Any]:
    """What some functions, and those that they call, keep.

    >>> def counter():
    ...     count = 0
    ...     def following():
    ...         nonlocal count
    ...         count += 1
    ...         return count
    ...     return following
    >>> one, other = counter(), counter()
    >>> one(), one()
    (1, 2)
    >>> keep([other], kept([one]))
    >>> one(), other()
    (3, 3)
    """
    contents = [cell.cell_contents for cell in _cells(functions)]
    return [content.getstate() if hasattr(content, "setstate") else content for content in contents]


def keep(functions: Iterable[Any], values: Iterable[Any]) -> None:
    """Let functions that were made as those others were go on from what those kept."""
    for cell, value in zip(_cells(functions), values, strict=True):
        if hasattr(cell.cell_contents, "setstate"):
            cell.cell_contents.setstate(value)
        else:
            cell.cell_contents = value


def _cells(functions: Iterable[Any]) -> Iterator[CellType]:
    """The cells that hold a number, nothing yet, or a generator of random numbers, always in the same order."""
    for function in functions:
        for cell in getattr(function, "__closure__", None) or ():
            content = cell.cell_contents
            if content is None or isinstance(content, Number) or hasattr(content, "setstate"):
                yield cell
            else:
                yield from _cells([content])
