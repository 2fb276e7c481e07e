"""Documents: sinks that add a beginning and an end."""

from __future__ import annotations

import io
import os
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, cast

from ema_cli.formats.sink import Sink

if TYPE_CHECKING:
    from typing import IO

    from ema_cli.formats.registry import Look

_IN_MEMORY = 1 << 20


def asset(name: str) -> str:
    """Read a file in this folder, such as styles, scripts or macros."""
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return file.read()


class Document(Sink):
    """A sink with a beginning and an end around its bytes."""

    encoding = "utf-8"

    def __init__(self, sink: Sink, title: list[str], look: Look) -> None:
        self.sink, self.title, self.look = sink, title, look
        self.name, self.terminal, self.begun = sink.name, False, False

    def write(self, data: bytes) -> None:
        """Write bytes after the beginning."""
        if not self.begun:
            self.begun = True
            self.sink.write(self.beginning().encode())
        self.sink.write(data)

    def beginning(self) -> str:
        """The text before everything else."""
        return ""

    def ending(self) -> str:
        """The text after everything else."""
        return ""

    def close(self) -> None:
        """Write the end."""
        self.sink.write(self.ending().encode())


class Spool(Sink):
    """A sink that keeps its bytes, in memory or in a temporary file, until they are poured into another sink."""

    def __init__(self, like: Sink) -> None:
        kept = cast("IO[bytes]", SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115  closed when it is poured out
        super().__init__(kept, like.name, like.encoding, terminal=like.terminal)

    def pour(self, sink: Sink) -> None:
        """Write everything to another sink."""
        self._file.seek(0)
        while data := self._file.read(io.DEFAULT_BUFFER_SIZE * 8):
            sink.write(data)
        self._file.close()
