"""Records written by the compiled core: input cells copied as they stand, numbers printed in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.native.compiled import compiled
from ema_cli.reading.batch import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.core.rounds import Rounds
    from ema_cli.reading.batch import Batch
    from ema_cli.report.table import Field


def compiled_lines(
    fields: Sequence[Field],
    first: int,
    batch: Batch,
    rounds: Sequence[Sequence[Rounds]],
    literals: Sequence[bytes],
    cells: Callable[[Field, list[str]], list[str]],
    way: int,
    write: Callable[[bytes], None],
) -> bool:
    """Write the records of a batch; False if the compiled core is missing or not loaded yet.

    Args:
        fields: The columns.
        first: The number of the first round.
        batch: The updates.
        rounds: For each average, that of each param.
        literals: What stands before, between and behind the cells of a record.
        cells: From the texts of a column to its cells.
        way: How a cell of the input is written (`native/_core.pyi`).
        write: Takes whole records.
    """
    core = compiled()
    if core is None:
        return False
    quoted, absent = way == 1, b"null" if way == 1 else b""

    def part(field: Field) -> Any:
        if isinstance(batch, Lines) and field.place is not None and (place := field.place(batch)) is not None:
            own = way if field.free else 0  # a number is written alike everywhere
            return batch.data, batch.spans, place, batch.width, own, 1
        numbers = None if field.numbers is None else field.numbers(first, batch, rounds)
        if numbers is not None:
            (values, mask), printed = numbers
            return values, printed, mask, absent, quoted
        return cells(field, field.texts(first, batch, rounds))

    parts: list[Any] = [literals[0]]
    for field, literal in zip(fields, literals[1:], strict=True):
        parts += part(field), literal
        if isinstance(batch, Lines):
            _join(parts, batch)
    written: bool = core.lines(len(batch), tuple(parts), write)
    return written


def _join(parts: list[Any], batch: Lines) -> None:
    """Merge two cells that are neighbours in the input, too, with the same separator."""
    match parts:
        case [*_, (_, _, int(place), width, way, int(count)), bytes(between), (_, _, int(next_), _, own, 1), end]:
            if 1 not in (way, own) and next_ == place + count and batch.literals[next_] == between:
                parts[-4:] = (batch.data, batch.spans, place, width, 0, count + 1), end
