"""Where bytes go: standard output, or a file that appears only when it is complete."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from typing import IO

from ema_cli.core.numerals import printable
from ema_cli.errors import DataError

_SPELLINGS = (("≈", "~="),)


class Sink:
    """Takes bytes, and hands them on.

    Args:
        file: The binary file.
        name: What to call it in errors.
        encoding: The encoding of text for people.
    """

    def __init__(self, file: IO[bytes], name: str, encoding: str, *, terminal: bool = False) -> None:
        self._file, self.name, self.encoding, self.terminal = file, name, encoding, terminal
        self.begun = False
        """Whether a part of the output can be seen."""

    def write(self, data: bytes) -> None:
        """Some bytes, at once.

        Raises:
            DataError: They cannot be written, for example because the disk is full.
        """
        self.begun = True
        try:
            self._file.write(data)
            self._file.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise DataError(f"cannot write {self.name}: {error.strerror}") from None

    def write_text(self, text: str) -> None:
        """Text for people, in the encoding of the place; a character that it lacks becomes an escape."""
        self.write(self.spelled(text).encode(self.encoding, "backslashreplace"))

    def spelled(self, text: str) -> str:
        """The text with the signs that the encoding lacks spelled in ASCII, where there is a spelling."""
        if text.isascii():
            return text
        for sign, spelling in _SPELLINGS:
            if sign in text and not self._has(sign):
                text = text.replace(sign, spelling)
        return text

    def _has(self, sign: str) -> bool:
        try:
            return bool(sign.encode(self.encoding))
        except UnicodeEncodeError:
            return False

    def commit(self) -> None:
        """All is written."""

    def abandon(self) -> None:
        """It broke off."""


class _File(Sink):
    """A file that is written beside its place and takes it in the end: a failure leaves the old file as it was."""

    def __init__(self, path: str) -> None:
        shown = printable(path)
        if os.path.isdir(path):
            raise DataError(f"cannot write {shown}: it is a folder")
        self.path = os.path.realpath(path)  # a link stays, and what it leads to is written
        self._beside: str | None = f"{self.path}.{os.getpid()}.part"
        try:
            if os.path.exists(path) and not os.path.isfile(path):
                self._beside = None  # a device or a pipe is written directly
                file: IO[bytes] = open(path, "wb", buffering=0)  # noqa: SIM115  closed by commit or abandon
            else:
                descriptor = os.open(
                    self._beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666
                )
                file = os.fdopen(descriptor, "wb")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "there can be no file of that name"
            raise DataError(f"cannot write {shown}: {reason}") from None
        super().__init__(file, shown, "utf-8")

    def write(self, data: bytes) -> None:
        """Some bytes, which nobody sees before the file is complete."""
        super().write(data)
        self.begun = self._beside is None

    def commit(self) -> None:
        """Close the file and give it its name.

        Raises:
            DataError: That cannot be done.
        """
        try:
            self._file.close()
            if self._beside is not None:
                if os.path.exists(self.path):
                    os.chmod(self._beside, stat.S_IMODE(os.stat(self.path).st_mode))
                os.replace(self._beside, self.path)
        except OSError as error:
            self.abandon()
            raise DataError(f"cannot write {self.name}: {error.strerror}") from None

    def abandon(self) -> None:
        """Leave the old file as it was."""
        with suppress(OSError):  # what could not be written is thrown away
            self._file.close()
        if self._beside is not None and os.path.exists(self._beside):
            os.unlink(self._beside)


def open_sink(path: str | None) -> Sink:
    """The sink for --output; `-` or None is standard output.

    Raises:
        DataError: The file cannot be written.
    """
    if path is not None and path != "-":
        return _File(path)
    out = sys.stdout
    if out is None:
        raise DataError("cannot write <stdout>: it is closed")
    return Sink(out.buffer, "<stdout>", out.encoding or "utf-8", terminal=out.isatty())
