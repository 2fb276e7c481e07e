"""The command: `ema-calc`, or `python -m ema_cli`."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command."""
    try:
        # Modules live as long as the process, so collecting garbage among them only costs time.
        gc.disable()
        from ema_cli.cli.command import command

        gc.freeze()  # first, or enabling looks once
        gc.enable()
        command(prog_name="ema-calc")
    except KeyboardInterrupt:  # before the command was there to catch it
        sys.exit(130)
    except MemoryError:
        sys.exit("ema-calc: error: out of memory")


if __name__ == "__main__":
    main()
