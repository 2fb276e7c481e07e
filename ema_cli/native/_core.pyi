"""The functions of the compiled core. Each leaves special cases to Python."""

from array import array
from collections.abc import Callable

Buffer = bytes | bytearray | memoryview | array[int] | array[float]

_Cells = tuple[Buffer, array[int], int, int, int]
"""The block, its spans, the index of the column, the number of columns, and the form (0 as written, 1 JSON, 2 CSV)."""

_Numbers = tuple[array[float], str, Buffer | None, bytes, bool]
"""The values, their type, the mask of present ones, the text of absent ones, and True to quote infinities and NaN."""

interface: int
"""`compiled_loops.INTERFACE` of the sources that the core was built from."""

def works() -> bool:
    """True if this process keeps subnormals and computes fma in one rounding."""

def parse(
    data: Buffer, literals: tuple[bytes, ...], columns: tuple[array[int] | array[float] | None, ...], spans: array[int]
) -> int | None:
    """Parse a block into columns and return the number of rows; None if it has cells that are left to Python.

    Args:
        data: The block of lines, all with the same literals.
        literals: The text before, between and after the cells.
        columns: The arrays for the numbers; None for a column of text.
        spans: The array for the start and the end of each cell.
    """

def lines(
    rows: int,
    parts: tuple[bytes | list[str] | array[int] | range | _Cells | _Numbers, ...],
    write: Callable[[bytes], object],
) -> bool:
    """Join lines from literals, texts, cells of a block, whole numbers, and numbers of a type. False if the type lacks
    one of the numbers.

    Args:
        rows: The number of lines.
        parts: The parts of each line, in order.
        write: Function that takes the lines, in pieces.
    """

def find(key: str) -> tuple[int, str] | None:
    """The number of a loop, and the names of its inputs, separated by spaces; None if there is no such loop."""

def run(
    loop: int,
    parts: array[int],
    inputs: tuple[float | array[float] | array[int] | range, ...],
    registers: array[float],
    outputs: tuple[array[float] | bytearray, ...],
    codes: bytes,
) -> bool:
    """Run a loop from each state, and fill the outputs. False leaves the batch to Python, because an operation would
    raise an exception there, or a whole number is too large for doubles.

    Args:
        loop: The number of the loop.
        parts: The number of rows in each part of the batch.
        inputs: The values of its inputs; an array as long as the rows of all params has separate rows for each.
        registers: The state of each part before its first row, one param after another.
        outputs: Arrays for each register's value after each row, one param after another; or the actions of a gate.
        codes: The action of each row (`core/gates.py`); empty if all are updates.
    """

def gather(values: array[float] | array[int], mask: Buffer, output: array[float] | array[int]) -> None:
    """Copy the values in the rows of a mask to the output."""

def scatter(values: array[float] | array[int], mask: Buffer, output: array[float] | array[int]) -> None:
    """Copy the values to the rows of a mask; other rows become zero."""

def rise(values: array[int]) -> bool:
    """True if no value is less than the one before."""

def strides(values: array[int], before: int, output: array[float]) -> bool:
    """Fill the output with the difference of each value from the one before; False if a difference is negative."""

def texts(values: array[float], name: str) -> list[str] | None:
    """The shortest text of each number of a type; None if the type does not have one of the numbers."""
