"""TensorBoard's event files, whoever wrote them: each tag is a column with its own steps.

Events are parsed by the extra `tensorboard`, which is imported only for such a file.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from ema_cli.errors import DataError, quoted
from ema_cli.extras import require
from ema_cli.reading.cells import is_missing
from ema_cli.reading.jsonl import JsonLines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ema_cli.reading.batch import Batch
    from ema_cli.reading.json_record import Row
    from ema_cli.reading.source import Block

_EVENTS = "tensorboard.compat.proto.event_pb2"
_CHECKSUMS = "tensorboard.compat.tensorflow_stub.pywrap_tensorflow"

_LENGTH = struct.Struct("<QI")
_CHECKED = 4096
"""Maximum bytes of a record that is read: scalars are smaller; larger records (graphs, images) are skipped."""


class EventFile(JsonLines):
    """Reader of one event file, which is read whole: any tag may first appear late."""

    sparse = all_keys = True

    def batches(self, blocks: Iterator[Block | None]) -> Iterator[Batch | None]:
        """The updates of the file."""
        yield from self.whole(self._events(b"".join(block.data for block in blocks if block is not None)))

    def found(self) -> str:
        """Say that the file has no scalars, for the error."""
        return "it has no scalars"

    def _events(self, data: bytes) -> list[Row]:
        """Rows of scalars; consecutive events of one step share a row, unless a tag repeats."""
        event_class, checksum = self._library()
        rows: list[Row] = []
        for number, record in enumerate(_records(data, checksum, self.name), 1):
            event = event_class()
            try:
                event.ParseFromString(record)
            except Exception:  # the library raises an exception class that it does not publish
                raise DataError(f"{self.name}: record {number} is not a TensorBoard event") from None
            step = str(event.step)
            for value in event.summary.value:
                scalar = _scalar(value)
                if scalar is None:
                    continue
                if is_missing(scalar) and self.reading.missing == "error":
                    raise DataError(
                        f"{self.name}: {quoted(value.tag)} is {scalar} at step {step}: choose --missing skip or hold"
                    )
                if not rows or rows[-1]["step"] != step or value.tag in rows[-1]:
                    rows.append({"step": step, "wall_time": repr(event.wall_time)})
                rows[-1][value.tag] = scalar
        return rows

    def _library(self) -> tuple[Any, Any]:
        """The event class and the checksum function of the library."""
        require(f"{self.name}, a TensorBoard event file,", "tensorboard", _EVENTS, _CHECKSUMS)
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

        return Event, masked_crc32c


def _records(data: bytes, checksum: Any, source: str) -> Iterator[bytes]:
    """The records of a file, except large ones; an unfinished last record (the run goes on) is ignored."""
    place = 0
    while place + _LENGTH.size <= len(data):
        length, check = _LENGTH.unpack_from(data, place)
        if checksum(data[place : place + 8]) != check:
            raise DataError(f"{source}: the event file is damaged at byte {place}")
        end = place + _LENGTH.size + length
        if end + 4 > len(data):
            return
        record = data[place + _LENGTH.size : end]
        if length <= _CHECKED:
            if checksum(record) != int.from_bytes(data[end : end + 4], "little"):
                raise DataError(f"{source}: the event file is damaged at byte {place}")
            yield record
        place = end + 4


def _scalar(value: Any) -> str | None:
    """The text of a value that is a scalar; None if it is an image, a histogram or a text."""
    kind = value.WhichOneof("value")
    if kind == "simple_value":
        return repr(value.simple_value)
    if kind != "tensor" or value.tensor.tensor_shape.dim:
        return None
    tensor = value.tensor
    for name, form, number in _TYPES:
        if numbers := getattr(tensor, name):
            return repr(numbers[0])
        if tensor.dtype == number and len(tensor.tensor_content) == struct.calcsize(form):
            return repr(struct.unpack(f"<{form}", tensor.tensor_content)[0])
    return None


_TYPES = (("float_val", "f", 1), ("double_val", "d", 2), ("int_val", "i", 3), ("int64_val", "q", 9))
"""Fields of a tensor, each with the `struct` format of its bytes and TensorFlow's number for the type."""
