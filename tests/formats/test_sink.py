"""Writing of bytes that the command line does not reach by itself."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ema_cli.cli.console import open_sink
from ema_cli.errors import DataError
from ema_cli.formats.some_rounds import EveryWriter

if TYPE_CHECKING:
    from pathlib import Path


def test_folder_that_goes_away(tmp_path: Path) -> None:
    """A file that can't be moved into place is an error, even if all was written."""
    folder = tmp_path / "a"
    folder.mkdir()
    sink = open_sink(str(folder / "x.csv"))
    sink.write(b"1\n")
    shutil.rmtree(folder)
    with pytest.raises(DataError, match=r"cannot write .*x\.csv: No such file or directory"):
        sink.commit()


def test_only_what_can_be_seen_has_begun(tmp_path: Path) -> None:
    """An incomplete file shows nothing."""
    sink = open_sink(str(tmp_path / "x.csv"))
    sink.write(b"1\n")
    assert not sink.begun
    assert not (tmp_path / "x.csv").exists()
    sink.commit()
    assert b"1\n" == (tmp_path / "x.csv").read_bytes()


def test_thinned_passes_silence_on() -> None:
    """A writer that shows only some rounds draws them when no more input has arrived."""

    class Writer:
        flushed = 0

        def flush(self) -> None:
            self.flushed += 1

    writer = Writer()
    EveryWriter(writer, 3, people=True).flush()  # type: ignore[arg-type]
    assert 1 == writer.flushed
