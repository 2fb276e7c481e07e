"""Running the command as a user does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from ema_cli.cli.command import command

if TYPE_CHECKING:
    from click.testing import Result


def calc(*args: str, stdin: str | None = None) -> Result:
    """The exit code, standard output and standard error of one call."""
    return CliRunner().invoke(command, [*args, "-"] if stdin is not None else list(args), input=stdin)


def column(name: str, *args: str, stdin: str | None = None) -> list[str]:
    """One column of the CSV that a call gives, which must succeed."""
    result = calc("--format", "csv", *args, stdin=stdin)
    assert result.exit_code == 0, result.stderr
    header, *rows = [line.split(",") for line in result.stdout.splitlines()]
    return [row[header.index(name)] for row in rows]
