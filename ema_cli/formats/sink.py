"""The target of the output: standard output or a file."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, TextIO

from ema_cli.errors import DataError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_SPELLINGS = (("≈", "~="), ("\u00d7", "x"))


class Sink:
    """A target for bytes.

    Args:
        file: The unbuffered binary file; Python would write the rest of a buffer again at exit.
        name: The name in error messages.
        encoding: The encoding of text for people.
    """

    def __init__(self, file: IO[bytes], name: str, encoding: str, *, terminal: bool = False) -> None:
        self._file, self.name, self.encoding, self.terminal = file, name, encoding, terminal
        self._seen = True
        self.begun = False
        """True if the user can already see a part of the output."""

    def write(self, data: bytes) -> None:
        """Write bytes at once.

        Raises:
            DataError: The bytes can't be written, for example because the disk is full.
        """
        self.begun = self._seen
        rest = memoryview(data)
        try:
            while rest:  # a disk that fills up accepts a part and refuses the next one
                count = self._file.write(rest)
                if count is None:  # a non-blocking pipe is full
                    import select

                    select.select([], [self._file], [])
                else:
                    rest = rest[count:]
        except BrokenPipeError:
            raise
        except OSError as error:
            raise DataError(f"cannot write {self.name}: {error.strerror}") from None

    def write_text(self, text: str) -> None:
        """Write text for people in the sink's encoding; characters that the encoding lacks become escapes."""
        self.write(self.spelled(text).encode(self.encoding, "backslashreplace"))

    def spelled(self, text: str) -> str:
        """The text with ASCII spellings for the signs in _SPELLINGS that the encoding lacks."""
        if text.isascii():
            return text
        for sign, spelling in _SPELLINGS:
            try:
                sign.encode(self.encoding)
            except UnicodeEncodeError:
                text = text.replace(sign, spelling)
        return text

    def commit(self) -> None:
        """Complete the output."""

    def abandon(self) -> None:
        """Abandon the output."""

    def __enter__(self) -> Self:
        """Begin a block that commits the output, or abandons it if an exception leaves the block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Commit or abandon."""
        if kind is None:
            self.commit()
        else:
            self.abandon()


def standard(stream: TextIO | None, name: str) -> Sink:
    """Make the sink of a standard stream.

    Raises:
        DataError: The stream is closed.
    """
    if stream is None:
        raise DataError(f"cannot write {name}: it is closed")
    stream.flush()  # write earlier output of the process first
    file = getattr(stream.buffer, "raw", stream.buffer)
    return Sink(file, name, stream.encoding or "utf-8", terminal=stream.isatty())
