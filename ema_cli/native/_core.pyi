"""The functions of the compiled core. Each leaves what is odd to Python."""

from array import array
from collections.abc import Callable

Buffer = bytes | bytearray | memoryview | array[int] | array[float]

_Cells = tuple[Buffer, array[int], int, int, int, int]
"""The block, its spans, the place of the column, the number of columns, how (0 as written, 1 as JSON, 2 as CSV), and
how many columns are taken together with what stands between them."""

_Numbers = tuple[array[float], str, Buffer | None, bytes, bool]
"""The values, their type, which are present, the text of what is not, and whether infinities are quoted."""

interface: int
"""`compiled.INTERFACE` of the sources it was built from."""

def works() -> bool:
    """Whether arithmetic is here what it must be."""

def parse(
    data: Buffer, literals: tuple[bytes, ...], columns: tuple[array[int] | array[float] | None, ...], spans: array[int]
) -> int | None:
    """Read a block into columns: whole numbers, doubles, or None for cells of text. Gives the number of rows.

    Args:
        data: The block, whose lines all have the same literals.
        literals: What stands before, between and behind the cells.
        columns: Where the numbers go.
        spans: Where the place of each cell goes: its start and its end.
    """

def lines(
    rows: int,
    parts: tuple[bytes | list[str] | array[int] | range | _Cells | _Numbers, ...],
    write: Callable[[bytes], object],
) -> bool:
    """Put lines together: literals, texts, cells of a block, whole numbers, and numbers of a type. False where the type
    has no such number.

    Args:
        rows: The number of lines.
        parts: What stands in each line, in order.
        write: Takes the lines, in pieces.
    """

def find(key: str) -> tuple[int, str] | None:
    """The number of a loop, and the names of its inputs with spaces between them."""

def run(
    loop: int,
    parts: array[int],
    inputs: tuple[float | array[float] | array[int] | range, ...],
    registers: array[float],
    outputs: tuple[array[float] | bytearray, ...],
    codes: bytes,
) -> bool:
    """Run a loop from each of some states, and fill the outputs. False leaves the batch to Python: something in it
    would raise an exception there, or a whole number is too large for doubles.

    Args:
        loop: Its number.
        parts: The number of rows in each part of the batch; the parts follow each other.
        inputs: The values of its names; an array that has the rows of all params has rows of its own for each.
        registers: The state of each part before its first row, for one param after the other.
        outputs: The value of each register after each row, for one param after the other; or the actions of a gate.
        codes: The action of each row (`core/gates.py`); empty if all are updates.
    """

def gather(values: array[float] | array[int], mask: Buffer, output: array[float] | array[int]) -> None:
    """Fill the output with the values in the rows of a mask."""

def scatter(values: array[float] | array[int], mask: Buffer, output: array[float] | array[int], holds: bool) -> None:
    """Fill the rows of a mask with the values; each of the others with the value before it (the first with what stands
    there already), or with zero.
    """

def rise(values: array[int]) -> bool:
    """True if no value is less than the one before."""

def strides(values: array[int], before: int, output: array[float]) -> bool:
    """Fill the output with the difference of each value to the one before. False if one of them is negative."""

def texts(values: array[float], name: str) -> list[str] | None:
    """The text of each number of a type; None where it has no such number."""
