"""An output file that appears only when it is complete."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from itertools import count
from typing import IO, TYPE_CHECKING, Any

from ema_cli.core.numbers.literals import printable
from ema_cli.errors import DataError
from ema_cli.formats.sink import Sink

if TYPE_CHECKING:
    from types import FrameType

_OPEN = re.compile("/(?:dev|proc/self)/fd/([0-9]+)")
"""The name of a file that is already open: output goes to its current position, and it stays open."""


class NewFile(Sink):
    """A file that is written under a temporary name and renamed at the end: a failure leaves the old file unchanged."""

    def __init__(self, path: str) -> None:
        shown = printable(path) or "''"
        if os.path.isdir(path):
            raise DataError(f"cannot write {shown}: it is a folder")
        if path.endswith(os.sep):
            raise DataError(f"cannot write {shown}: that is the name of a folder")
        self._beside: str | None = None
        self._handlers: dict[int, Any] = {}
        try:
            self.path = os.path.realpath(path)  # keep a link, and write its target
            if os.path.islink(self.path):
                os.stat(self.path)  # raises the error of a broken link
            opened = _OPEN.fullmatch({"/dev/stdout": "/dev/fd/1", "/dev/stderr": "/dev/fd/2"}.get(path, path))
            if opened is not None:
                file: IO[bytes] = open(os.dup(int(opened[1])), "wb", buffering=0)  # noqa: SIM115
            elif not path or (os.path.exists(path) and not os.path.isfile(path)):
                file = open(path, "wb", buffering=0)  # noqa: SIM115  a device or a pipe is written directly
            else:
                self._catch_signals()
                file = self._open_beside()
        except (OSError, ValueError) as error:
            self._leave_signals()
            reason = error.strerror if isinstance(error, OSError) else "no file can have that name"
            folder = os.path.dirname(path)
            if folder and not os.path.lexists(folder):
                reason = f"there is no folder {printable(folder)}"
            raise DataError(f"cannot write {shown}: {reason}") from None
        super().__init__(file, shown, "utf-8")
        self._seen = self._beside is None

    def _open_beside(self) -> IO[bytes]:
        """Create a temporary file in the same folder, with a short name: the final one may be as long as is allowed."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        for number in count():
            self._beside = os.path.join(os.path.dirname(self.path), f".ema-calc-{os.getpid()}-{number}.part")
            with suppress(FileExistsError):  # a killed process with the same id may have left one
                return os.fdopen(os.open(self._beside, flags, 0o666), "wb", buffering=0)
        raise AssertionError

    def _catch_signals(self) -> None:
        """Install handlers that remove the incomplete file if a signal ends the process."""
        import signal

        for name in "SIGTERM", "SIGHUP":  # Windows has no SIGHUP
            number = getattr(signal, name, None)
            with suppress(ValueError):  # only the main thread may catch signals
                if number is not None and signal.getsignal(number) == signal.SIG_DFL:
                    self._handlers[number] = signal.signal(number, self._end)

    def _leave_signals(self) -> None:
        if self._handlers:
            import signal

            while self._handlers:
                signal.signal(*self._handlers.popitem())

    def _end(self, number: int, frame: FrameType | None) -> None:
        """Remove the file, and end by the signal."""
        self._remove()
        self._leave_signals()
        os.kill(os.getpid(), number)

    def _remove(self) -> None:
        if self._beside is not None:
            with suppress(OSError):  # it may not exist
                os.unlink(self._beside)

    def commit(self) -> None:
        """Close the file and rename it.

        Raises:
            DataError: The file can't be closed or renamed.
        """
        try:
            self._file.close()
            if self._beside is not None:
                if os.path.exists(self.path):
                    os.chmod(self._beside, stat.S_IMODE(os.stat(self.path).st_mode))
                os.replace(self._beside, self.path)
            self._leave_signals()
        except OSError as error:
            self.abandon()
            raise DataError(f"cannot write {self.name}: {error.strerror}") from None

    def abandon(self) -> None:
        """Remove the new file, and leave the old one unchanged."""
        with suppress(OSError):  # the rest of the data is discarded anyway
            self._file.close()
        self._remove()
        self._leave_signals()
