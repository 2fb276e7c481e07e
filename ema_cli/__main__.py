"""The command: `ema-calc`, or `python -m ema_cli`."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress


def main() -> None:
    """Run the command."""
    try:
        # Modules live as long as the process, so collecting garbage among them only costs time.
        gc.disable()
        from ema_cli.cli.command import command

        gc.freeze()  # before enabling, which would collect once
        gc.enable()
        command(prog_name="ema-calc")
    except KeyboardInterrupt:  # before the command could catch it
        sys.exit(130)
    except MemoryError:
        sys.exit("ema-calc: error: out of memory")


def run() -> None:
    """Run the command, and end the process at once.

    Taking every module apart would last as long as computing a few rounds. Nothing depends on it: the output is written
    without a buffer (`formats/sink.py`).
    """
    try:
        main()
    except SystemExit as end:
        if not isinstance(end.code, int):  # a message, which Python prints
            raise
        for file in sys.stdout, sys.stderr:
            with suppress(AttributeError, OSError, ValueError):  # it is closed, or its reader has gone
                file.flush()
        os._exit(end.code)


if __name__ == "__main__":
    run()
