"""The command: `ema-calc`, or `python -m ema_cli`."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress


def main() -> None:
    """Run the command."""
    try:
        gc.set_threshold(50_000)  # above the number of objects that imports create, so that they trigger no collection
        from ema_cli.cli.command import command

        command(prog_name="ema-calc")
    except KeyboardInterrupt:  # Ctrl-C before the command can catch it
        sys.exit(130)
    except MemoryError:
        sys.exit("ema-calc: error: out of memory")


def run() -> None:
    """Run the command, and end the process without Python's clean-up.

    Cleaning up all modules would take as long as computing a few rounds. Nothing depends on it: the output is written
    without a buffer (`formats/sink.py`).
    """
    try:
        main()
    except SystemExit as end:
        if not isinstance(end.code, int):  # a message, which Python prints
            raise
        for file in sys.stdout, sys.stderr:
            with suppress(AttributeError, OSError, ValueError):  # the stream may be closed, or its reader gone
                file.flush()
        os._exit(end.code)


if __name__ == "__main__":
    run()
