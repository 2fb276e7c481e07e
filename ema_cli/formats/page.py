"""A document: a sink around what a writer writes."""

from __future__ import annotations

import io
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, cast

from ema_cli.formats.sink import Sink

if TYPE_CHECKING:
    from typing import IO

    from ema_cli.formats.registry import Look

_IN_MEMORY = 1 << 20


class Document(Sink):
    """Hands on what it is given, with a beginning and an end around it.

    Args:
        sink: Where it goes.
        title: What the document is about.
        look: How it is drawn.
    """

    encoding = "utf-8"

    def __init__(self, sink: Sink, title: list[str], look: Look) -> None:
        self.sink, self.title, self.look = sink, title, look
        self.name, self.terminal, self.begun = sink.name, False, False
        self.encoding = "utf-8"
        self._begun = False

    def write(self, data: bytes) -> None:
        """Some bytes, after the beginning."""
        if not self._begun:
            self._begun = True
            self.sink.write(self.beginning().encode())
        self.begun = True
        self.sink.write(data)

    def beginning(self) -> str:
        """Text before everything else."""
        return ""

    def ending(self) -> str:
        """Text after everything else."""
        return ""

    def close(self) -> None:
        """Everything was written."""
        self.sink.write(self.ending().encode())


class Spool(Sink):
    """Keeps what it is given, in memory or in a temporary file, until it is wanted."""

    def __init__(self, like: Sink) -> None:
        kept = cast("IO[bytes]", SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115  closed when it is poured out
        super().__init__(kept, like.name, like.encoding, terminal=like.terminal)

    def pour(self, sink: Sink) -> None:
        """Hand all of it to another sink."""
        self._file.seek(0)
        while data := self._file.read(io.DEFAULT_BUFFER_SIZE * 8):
            sink.write(data)
        self._file.close()
