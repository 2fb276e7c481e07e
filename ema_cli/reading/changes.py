"""Columns with one value in the first rows of a file: where they change, another series may begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.errors import shown
from ema_cli.reading.rows import Rows
from ema_cli.reading.source import Block

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Changes:
    """Looks at the last line of each block.

    Args:
        same: The places of the columns, and their values so far.
        names: The columns by the names that options know.
        rows: How lines are cut.
        note: Called once, with the first change.
    """

    def __init__(
        self, same: Sequence[tuple[int, str]], names: Sequence[str], rows: Rows, note: Callable[[str], None]
    ) -> None:
        self._same, self._names, self._rows, self._note = same, names, rows, note

    def follow(self, block: Block) -> None:
        """The next lines of the file."""
        if not self._same:
            return
        line = block.line + block.lines - 1
        last = block.data[block.data.rfind(b"\n", 0, -1) + 1 :]
        rows = Rows(self._rows.delimiter, block.source, barred=self._rows.barred)
        for _, row in rows.of(Block(block.source, last, line)):
            changed = [
                (place, value) for place, value in self._same if place < len(row) and row[place] not in ("", value)
            ]
            for place, value in changed[:1]:
                name = shown(self._names[place])
                self._note(
                    f"{block.source}:{line}: {name} is {shown(row[place])} here and {shown(value)} in the first rows,"
                    f" in one average: --by {name} keeps one for each"
                )
                self._same = ()
