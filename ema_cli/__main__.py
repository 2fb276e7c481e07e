"""The command: `ema-calc`, or `python -m ema_cli`."""

from __future__ import annotations

import gc


def main() -> None:
    """Run the command."""
    # What is imported lives as long as the process: looking for garbage among it only costs time.
    gc.disable()
    from ema_cli.cli import command

    gc.enable()
    gc.freeze()
    command(prog_name="ema-calc")


if __name__ == "__main__":
    main()
