"""A script: the updates from pieces and files, in order, as batches; `split` divides it into groups."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any

from ema_cli.errors import DataError, UsageError, quoted
from ema_cli.reading.cells import BY_FILE, Reading
from ema_cli.reading.inline import Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.reading.batch import Batch
    from ema_cli.reading.delimited import Delimited
    from ema_cli.reading.file_columns import Columns, Logged
    from ema_cli.reading.jsonl import JsonLines
    from ema_cli.reading.reader import Held
    from ema_cli.reading.source import Block, Source


class Script:
    """Updates from pieces and files, in order.

    Raises:
        UsageError: The pieces have different numbers of params.

    Attributes:
        names: The names of the params, known with the first batch; empty if they have none.
        step_name: The name of the first step column; empty if no file names one.
        width: Number of params, known with the first batch.
        kept: Names of the columns passed through for --by and --keep.
        sources: The files among the parts.
        logged: Columns of logged shadows, passed through after `kept`.
        others: Other columns that could be the param, passed through after `logged`; empty if the files differ in
            them.
        sparse: True if a missing value is not an update, known with the first batch.
    """

    def __init__(self, parts: Sequence[Piece | Source], reading: Reading, note: Callable[[str], None]) -> None:
        self.parts, self.reading, self.note = parts, reading, note
        self.names: tuple[str, ...] = ()
        self.step_name = ""
        self.kept: tuple[str, ...] = ()
        self.logged: tuple[Logged, ...] = ()
        self.others: tuple[str, ...] = ()
        self.width = 0
        self.sparse = reading.missing == "skip"
        self.sources = [part for part in parts if not isinstance(part, Piece)]
        self._first = ""
        self._found: list[str] = []  # for each file without an update, what it holds
        self._unwritten = False  # True if there was nothing at all to read
        self._held: Held = {}
        self._last_step: Any = None  # of the file before
        pieces = [part for part in parts if isinstance(part, Piece)]
        for piece in pieces:
            if len(piece.texts) != len(pieces[0].texts):
                raise UsageError(_differ(_name(piece), len(piece.texts), _name(pieces[0]), len(pieces[0].texts)))

    def batches(self) -> Iterator[Batch | None]:
        """The updates; None where nothing more has arrived yet.

        Raises:
            DataError: A file cannot be read, a cell is not a number, or there is no update at all.
        """
        for part in self.parts:
            yield from self._piece(part) if isinstance(part, Piece) else self._file(part)
        if not self.width:
            from ema_cli.error_facts import NoScript

            fact = NoScript() if self._unwritten else None
            raise DataError(f"no update in {'; none in '.join(self._found)}", fact=fact)

    def _piece(self, piece: Piece) -> Iterator[Batch]:
        self._agree(_name(piece), len(piece.texts), ())
        self._held.update((((), index), text) for index, text in enumerate(piece.texts))
        yield from piece.batches()

    def _file(self, source: Source) -> Iterator[Batch | None]:
        from ema_cli.reading.step_order import Order

        blocks = source.blocks()
        first, start = _until_known(blocks)
        by_file = BY_FILE in self.reading.by
        held = {} if by_file else self._held
        reader = _reader(start, self.reading, source.name, held, self.note)
        known: Columns | None = None
        order: Order | None = None
        for batch in reader.batches(chain(first, blocks)):
            if batch is not None and by_file:
                batch = batch.with_first([source.name] * len(batch))
            if batch is not None and known is None and reader.columns is not None:
                known = reader.columns
                self.sparse = self.sparse or reader.sparse
                order = Order(self.note, source.name, known)
                self._keep(source.name, (*[BY_FILE] * by_file, *known.kept_names))
                self._agree(source.name, len(known.params), known.names)
                self.step_name = self.step_name or known.step_name
                self.others = known.others if not self.logged or known.others == self.others else ()
                self.logged = known.logged
                self._compare(source.name, batch)
            if batch is not None and order is not None and not self.reading.by:
                order.follow(batch)
            yield batch
            del batch
        if order is not None:
            order.finish()
            self._last_step = order.last
        if not self.width:
            self._found.append(f"{source.name}: {reader.found() if first else source.empty()}")
            self._unwritten = not first

    def _compare(self, source: str, batch: Batch) -> None:
        """Note if the steps of a file start below the last step of the previous file."""
        first = None if batch.steps is None else batch.steps[0]
        if first is not None and self._last_step is not None and first < self._last_step and not self.reading.by:
            self.note(
                f"{source}: the steps start again at {first}, after {self._last_step} in the file before, averaged"
                " together: --by file separates the files"
            )

    def _agree(self, source: str, width: int, names: tuple[str, ...]) -> None:
        """Require the same params of all parts of the script."""
        if not self.width:
            self.width, self.names, self._first = width, names, source
        elif width != self.width:
            raise DataError(_differ(source, width, self._first, self.width))
        elif names and self.names and names != self.names:
            from ema_cli.reading.file_columns import listed

            raise DataError(
                f"{source} has the params {listed(names)}, but earlier ones were {listed(self.names)}",
                "average them in separate calls, or choose a common column with --param-column",
            )
        self.names = self.names or names

    def _keep(self, source: str, names: tuple[str, ...]) -> None:
        if self.width and names != self.kept:
            raise DataError(f"{source}: --keep needs the same columns in every file, and no piece before the first")
        self.kept = names


def _reader(start: bytes, reading: Reading, name: str, held: Held, note: Callable[[str], Any]) -> Delimited | JsonLines:
    """Choose the reader for a file by its first bytes, some of which are no white space."""
    from ema_cli.reading.source import is_event_file

    if is_event_file(start):
        from ema_cli.reading.event_file import EventFile

        return EventFile(reading, name, held, note)
    start = start.lstrip()
    if start.startswith((b"{", b"[")):
        from ema_cli.reading import json_document as document
        from ema_cli.reading import jsonl

        reader = document.Document if document.begins(start) else jsonl.JsonLines
        return reader(reading, name, held, note)
    from ema_cli.reading.delimited import Delimited

    return Delimited(reading, name, held, note)


def _until_known(blocks: Iterator[Block | None]) -> tuple[list[Block], bytes]:
    """Read blocks until the kind of file is clear; these blocks, and their text."""
    seen: list[Block] = []
    start = b""
    for block in blocks:
        if block is not None:
            seen.append(block)
            start = start + block.data if start.strip() else block.data
            text = start.lstrip()
            if text.startswith(b"{"):
                from ema_cli.reading.json_document import is_undecided

                if is_undecided(text):
                    continue
            if text:
                break
    return seen, start


def _differ(source: str, width: int, other: str, expected: int) -> str:
    return f"{source} has {width} param{'s' * (width > 1)}, but {other} has {expected}"


def _name(part: Piece | Source) -> str:
    return quoted(part.source) if isinstance(part, Piece) else part.name


class _Alone(Script):
    """One group of a script, which can be read like a whole script."""

    def __init__(self, script: Script) -> None:
        self.__dict__.update(vars(script))
        self.rows: list[Batch] = []

    def batches(self) -> Iterator[Batch | None]:
        """The updates of the group."""
        return iter(self.rows)


def split(script: Script, most: int) -> list[tuple[dict[str, str], Script]]:
    """Read a script and divide it into groups, with the cells that identify each; drop rows a little after `most`."""
    columns = len(script.reading.by)
    groups: dict[tuple[str, ...], _Alone] = {}
    counts: Counter[tuple[str, ...]] = Counter()
    for batch in filter(None, script.batches()):
        places: dict[tuple[str, ...], list[int]] = {}
        for place, key in enumerate(zip(*batch.kept[:columns], strict=True)):
            places.setdefault(key, []).append(place)
        for key, members in places.items():
            groups.setdefault(key, _Alone(script))
            if counts[key] <= most:
                groups[key].rows.append(batch.picked(members))
            counts[key] += len(members)
    return [(dict(zip(script.kept, key, strict=False)), alone) for key, alone in groups.items()]
