"""TensorBoard's event files."""

from __future__ import annotations

import struct
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.harness import csv_of, error_of, run

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("tensorboard")


def record(event: Any) -> bytes:
    """An event as stored in a file."""
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

    data, length = event.SerializeToString(), struct.pack("<Q", event.ByteSize())
    return length + struct.pack("<I", masked_crc32c(length)) + data + struct.pack("<I", masked_crc32c(data))


def event(step: int, version: str = "", tensors: bool = False, **values: float) -> Any:
    """An event with scalars."""
    from tensorboard.compat.proto.event_pb2 import Event

    found = Event(wall_time=1675730338.5 + step, step=step)
    if version:
        found.file_version = version
    for tag, value in values.items():
        one = found.summary.value.add(tag=tag)
        if tensors:
            one.tensor.dtype = 1
            one.tensor.float_val.append(value)
        else:
            one.simple_value = value
    return found


def log(*events: Any) -> bytes:
    """An event file."""
    return b"".join(map(record, events))


LOG = log(event(0, "brain.Event:2"), event(0, loss=1), event(0, acc=5), event(5, loss=2))


def test_tags_are_columns() -> None:
    """Each tag has its own steps, and a gap is not an update."""
    rows = csv_of("-q", LOG).rows
    assert [("0", "1.0", "5.0"), ("5", "2.0", "")] == [(row["step"], row["loss"], row["acc"]) for row in rows]
    assert ["", "5.0"] == [csv_of("-q", log(event(1, a=1), event(2, b=5))).rows[0]["b.shadow"], rows[0]["acc"]]
    assert ["5.0"] == csv_of("-q --param-column acc", LOG).column("param")
    assert ["5.0", "5.0"] == csv_of("-q --missing hold", LOG).column("acc")


def test_values_that_are_tensors() -> None:
    """Newer writers store scalars as tensors, with numbers or bytes; other tensors are ignored."""
    packed, image = event(2, loss=0), event(3, loss=0)
    packed.summary.value[0].tensor.dtype = 2
    packed.summary.value[0].tensor.tensor_content = struct.pack("<d", 3.5)
    image.summary.value[0].tensor.tensor_shape.dim.add(size=2)
    words = event(4, loss=0)
    words.summary.value[0].tensor.dtype = 7
    assert ["1.5", "3.5"] == csv_of("-q", log(event(1, tensors=True, loss=1.5), packed, image, words)).column("param")


def test_a_run_that_goes_on() -> None:
    """The last record may be unfinished; a damaged one before it is an error."""
    assert ["0", "5"] == csv_of("-q", LOG + LOG[:17]).column("step")
    assert ["0"] == csv_of("-q --param-column loss", LOG[:-3]).column("step")
    for place in (3, 20):
        data = LOG + bytes([LOG[0]]) + LOG[1:place] + b"\x7f" + LOG[place + 1 :]
        assert "the event file is damaged at byte" in error_of("--decay 0.9", data)


def test_values_that_are_missing() -> None:
    """A NaN is not a gap."""
    data = log(event(0, loss=1), event(1, loss=float("nan")))
    assert error_of("--decay 0.9", data).startswith("<stdin>: 'loss' is nan at step 1: choose --missing skip or hold")
    assert ["0"] == csv_of("-q --missing skip", data).column("step")


def test_nothing_to_average() -> None:
    """A file without scalars says so; records of another kind are not events; a graph is ignored."""
    assert error_of("--decay 0.9", log(event(0, "brain.Event:2"))) == "no update in <stdin>: it has no scalars"
    odd = event(0, "brain.Event:2").SerializeToString()[:9] + b"\xff\xff"
    data = log(type("Odd", (), {"SerializeToString": lambda s: odd, "ByteSize": lambda s: len(odd)})())
    assert error_of("--decay 0.9", data) == "<stdin>: record 1 is not a TensorBoard event"
    assert ["1.0"] == csv_of("-q", log(event(0, "x" * 5000), event(0, loss=1))).column("param")


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what the file is, and what to install."""
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto.event_pb2", None)
    needed = "<stdin>, a TensorBoard event file, needs tensorboard: "
    assert f"{needed}{sys.executable} -m pip install tensorboard" == error_of("--decay 0.9", LOG, 2)


def test_folders(tmp_path: Path) -> None:
    """A folder with one log is read; of several, the error names them."""
    run_of = tmp_path / "runs" / "one"
    run_of.mkdir(parents=True)
    (run_of / "events.out.tfevents.1.host").write_bytes(LOG)
    (run_of / "hparams.yaml").write_text("lr: 1\n")
    assert ["0", "5"] == csv_of(["-q", str(tmp_path / "runs")]).column("step")
    (run_of / "metrics.csv").write_text("step,loss\n0,1\n")
    error = error_of(["--decay", "0.9", str(run_of)])
    assert error.startswith(f"{run_of} is a folder with 2 logs; give one: {run_of}/events.out")


def test_folders_of_other_tools(tmp_path: Path) -> None:
    """MLflow's metrics are files without extensions; a single table will do; beyond a limit, files are not read."""
    metrics = tmp_path / "mlruns" / "0" / "abc" / "metrics"
    metrics.mkdir(parents=True)
    (metrics / "loss").write_text("1665036129822 0.5 0\n1665036130058 0.25 1\n")
    assert ["0.5", "0.25"] == csv_of(["-q", str(metrics)]).column("param")
    assert ["0.5", "0.25"] == csv_of(["-q", str(tmp_path / "mlruns")]).column("param")
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.csv").write_text("step,loss\n0,1\n")
    assert ["1"] == csv_of(["-q", str(other)]).column("param")
    for number in range(7):
        (metrics / f"m{number}").write_text("")
    assert run(["--decay", "0.9", str(metrics)]).err.endswith(" and 3 more\n")


def test_folders_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of files and the depth of folders are limited."""
    monkeypatch.setattr("ema_cli.reading.folder._MOST", 1)
    deep = tmp_path / "a" / "b" / "c" / "d" / "e" / "f"
    deep.mkdir(parents=True)
    (deep / "metrics.csv").write_text("step,loss\n0,1\n")
    assert "without a known log" in error_of(["--decay", "0.9", str(tmp_path)])
    for name in "xy":
        (tmp_path / name).write_text("")
    assert "without a known log" in error_of(["--decay", "0.9", str(tmp_path)])
