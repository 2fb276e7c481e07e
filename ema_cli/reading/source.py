"""Files and pipes, read in blocks of whole lines."""

from __future__ import annotations

import os
import stat
import sys
from typing import IO, TYPE_CHECKING, Any

from ema_cli.core.compiled_loops import compiled
from ema_cli.core.numbers.literals import printable
from ema_cli.error_facts import CutOff, NoFile
from ema_cli.errors import DataError
from ema_cli.reading.encoding import BOM, Encoding, not_utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BLOCK = 65536
"""Bytes per read: the capacity of a pipe; larger reads were measured to be slower."""

FEW_LINES = 512
"""Blocks with fewer lines than this are made larger, as each column of a block has a fixed cost."""

MANY_LINES = 4096
"""FEW_LINES with the compiled core, for which a row costs much less than a block."""

LARGE_BLOCK = 3 * 2**19
"""Maximum bytes of a block unless it has fewer than FEW_LINES: columns take some ten times its memory."""

LONGEST_LINE = 16 * 2**20
"""Maximum bytes of a line; a row of 100 000 columns has about 2 million."""

_PLAIN = bytes([9, 10, 13, *range(32, 127)])

_AT_ONCE = 0.002
"""Seconds of silence on a pipe after which the updates read so far are passed on."""


class Block:
    """Whole lines of a file.

    Attributes:
        data: The bytes, ending with a newline.
        line: The number of the first line, from 1.
        ended: False if the last line of the file lacks its newline.
    """

    __slots__ = ("_lines", "data", "ended", "line", "source")

    def __init__(self, source: str, data: bytes, line: int, *, ended: bool = True) -> None:
        self.source, self.data, self.line, self.ended = source, data, line, ended
        self._lines: int | None = None

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> Block:
        """Join consecutive blocks into one."""
        first, last = blocks[0], blocks[-1]
        return cls(first.source, b"".join(block.data for block in blocks), first.line, ended=last.ended)

    @property
    def lines(self) -> int:
        """Number of lines."""
        if self._lines is None:
            self._lines = self.data.count(b"\n")
        return self._lines

    def after(self, lines: int) -> Block:
        """The block without this number of lines at its start."""
        place = 0
        for _ in range(lines):
            place = self.data.index(b"\n", place) + 1
        return Block(self.source, self.data[place:], self.line + lines, ended=self.ended)

    def last(self) -> Block:
        """A block of the last line only."""
        return Block(self.source, self.data[self.data.rfind(b"\n", 0, -1) + 1 :], self.line + self.lines - 1)

    def cut_off(self, error: DataError, line: int) -> DataError:
        """The error of a line; if the file ends inside it, with the command that leaves it out."""
        if self.ended or line != self.line + self.lines - 1 or not isinstance(error.fact, CutOff):
            return error
        return DataError(error.problem, "the file ends inside this line; head -n -1 FILE | ema-calc leaves it out")

    def text(self) -> str:
        """The decoded lines.

        Raises:
            DataError: The bytes are not UTF-8.
        """
        try:
            return self.data.decode()
        except UnicodeDecodeError as error:
            line = self.line + self.data.count(b"\n", 0, error.start)
            raise not_utf8(f"{self.source}:{line}", error) from None


def is_event_file(start: bytes) -> bool:
    """True for a TensorBoard event file: a length, its checksum, and an event whose first field is a time."""
    return len(start) > 12 and start[4:8] == bytes(4) and start[12] == 0x09 and start[:4] != bytes(4)


class Source:
    """A file, a pipe, or standard input (`-`); `advice` says what to do if it is empty."""

    def __init__(self, path: str, advice: str = "") -> None:
        self.path, self._advice = path, advice
        self.name = "<stdin>" if path == "-" else printable(path) or "''"
        self.done = 0
        """Number of bytes read so far."""

    def empty(self) -> str:
        """Say that the source is empty, with the remedy."""
        return "; ".join(filter(None, ["it is empty", self._advice]))

    def size(self) -> int | None:
        """Size in bytes; None if unknown, as for a pipe."""
        try:
            status = os.fstat(sys.stdin.fileno()) if self.path == "-" else os.stat(self.path)
        except (OSError, ValueError, AttributeError):  # closed or missing: reading reports it
            return None
        return status.st_size if stat.S_ISREG(status.st_mode) else None

    def is_file(self, path: str) -> bool:
        """True if `path` is a path to the same file."""
        try:
            return self.path != "-" and os.path.samefile(self.path, path)
        except (OSError, ValueError):  # a file is missing
            return False

    def blocks(self) -> Iterator[Block | None]:
        """Blocks of whole lines as they arrive; None when a pipe is silent.

        Raises:
            DataError: The file cannot be read, or has a line that is too long.
        """
        try:
            if self.path == "-":
                stdin: Any = sys.stdin
                if stdin is None:
                    raise DataError(f"cannot read {self.name}: it is closed")
                yield from self._lines(_patient(getattr(stdin.buffer, "raw", stdin.buffer)), stdin)
            else:
                with open(self.path, "rb", buffering=0) as file:
                    yield from self._lines(_patient(file), file)
        except (OSError, ValueError) as error:
            if isinstance(error, FileNotFoundError):
                raise DataError(f"there is no file {self.name}", fact=NoFile(self.path)) from None
            reason = error.strerror if isinstance(error, OSError) else "no file can have that name"
            raise DataError(f"cannot read {self.name}: {reason}") from None

    def _is_no_text(self, start: bytes) -> bool:
        """True for an event file, which is binary; refuse any other binary file."""
        if not start[:512].translate(None, _PLAIN):  # most files
            return False
        if is_event_file(start):
            return True
        from ema_cli.reading import binary_kinds

        if found := binary_kinds.kind(start):
            raise DataError(f"{self.name} {found}")
        return False

    def _lines(self, read: Callable[[int], bytes], file: IO[Any]) -> Iterator[Block | None]:
        live = _is_live(file)
        if not live and _is_output(file):
            raise DataError(
                f"{self.name} is both input and output, and would never end; -o FILE can replace a file that is read"
            )
        line = 1
        rest: list[bytes] = []  # parts of the line that has not ended yet
        length = 0
        encoding: Encoding | None = None
        size = BLOCK
        while data := read(size):
            self.done += len(data)
            if encoding is None:
                while len(data) < len(BOM) and BOM.startswith(data) and (more := read(BLOCK)):
                    data += more
                if self._is_no_text(data):
                    while data:
                        yield Block(self.name, data, 1)
                        data = read(LARGE_BLOCK)
                        self.done += len(data)
                    return
                encoding = Encoding(data)
            data = encoding.utf8(data)
            cut = data.rfind(b"\n") + 1
            if line == 1 and b"\r" in data[cut:].rstrip(b"\r"):
                cut = 0  # a progress bar at the end: a text log is recognized by its whole line
            rest.append(data[:cut])
            tail = data[cut:]
            del data  # blocks may be large: free this one before the next
            if cut:
                block = Block(self.name, b"".join(rest), line)
                yield block
                line += block.lines
                if block.lines < (FEW_LINES if compiled() is None else MANY_LINES) and not live:
                    few = size * (FEW_LINES + 1) // block.lines
                    size = min(2 * size, max(LARGE_BLOCK, few), LONGEST_LINE)
                del block
                rest, length = [], 0
            rest.append(tail)
            length += len(tail)
            if length > LONGEST_LINE:
                raise DataError(f"{self.name}:{line}: a line of more than {LONGEST_LINE // 2**20} MiB")
            if live and not _ready(file):
                yield None
        if length:
            yield Block(self.name, b"".join(rest) + b"\n", line, ended=False)


def _patient(file: Any) -> Callable[[int], bytes]:
    """Return a read function that waits for data even if the file is non-blocking."""

    def read(size: int) -> bytes:
        while (data := file.read(size)) is None:
            import select

            select.select([file], [], [])
        return bytes(data)

    return read


def _is_live(file: IO[Any]) -> bool:
    """True if more data may arrive later: a pipe, a socket or a terminal."""
    try:
        return not stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    except OSError:  # not a file of the system
        return False


def _is_output(file: IO[Any]) -> bool:
    """True if standard output is this same file, so that it would grow as it is read."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.fstat(sys.stdout.fileno()))
    except (OSError, ValueError, AttributeError):  # closed, or not a file of the system
        return False


def _ready(file: IO[Any]) -> bool:
    """True if more can be read now or within `_AT_ONCE` seconds."""
    import select

    try:
        return bool(select.select([file], [], [], _AT_ONCE)[0])
    except (OSError, ValueError):  # a kind of file that the system cannot wait for
        return False
