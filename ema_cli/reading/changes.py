"""Columns with one value in the first rows of a file: where they change, another series may begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.errors import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ema_cli.reading.source import Block


class Changes:
    """Looks at the last line of each block.

    Args:
        same: The places of the columns, and their values so far.
        names: The columns by the names that options know.
        rows: Cuts a block into rows.
        note: Called once, with the first change.
    """

    def __init__(
        self,
        same: Sequence[tuple[int, str]],
        names: Sequence[str],
        rows: Callable[[Block], Iterable[tuple[int, Sequence[str]]]],
        note: Callable[[str], None],
    ) -> None:
        self._same, self._names, self._rows, self._note = same, names, rows, note

    def follow(self, block: Block) -> None:
        """The next lines of the file."""
        for line, row in self._rows(block.last()) if self._same else ():
            self.look(f"{block.source}:{line}", row)

    def look(self, where: str, row: Sequence[str]) -> None:
        """One more row."""
        for place, value in self._same:
            if place < len(row) and row[place] not in ("", value):
                name = shown(self._names[place])
                self._note(
                    f"{where}: {name} is {shown(row[place])} here and {shown(value)} in the first rows, in one average:"
                    f" --by {name} keeps one for each"
                )
                self._same = ()
