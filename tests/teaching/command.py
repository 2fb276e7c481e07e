"""Runs the command as a user does, and reads lines of working without the tool's own parser."""

import csv
import io
import re
from fractions import Fraction

from click.testing import CliRunner

from ema_cli.cli import command


def run(*args, stdin=None):
    """The result of a call that succeeds: its standard output."""
    result = CliRunner().invoke(command, list(args), input=stdin)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def refused(*args, stdin=None):
    """What a call says that fails, and its exit code."""
    result = CliRunner().invoke(command, list(args), input=stdin)
    assert "Traceback" not in result.stderr
    return result.exit_code, result.stderr


def workings(*args):
    """The cells of the column `working`."""
    rows = csv.DictReader(io.StringIO(run(*args, "--explain", "-F", "csv", "-q")))
    return [row["working"] for row in rows]


def evaluated(expression):
    """The exact value of an expression as it stands on the page."""
    numbers = re.sub(r"\d+(\.\d+)?(e[+-]?\d+)?", lambda match: f"Fraction('{match.group()}')", expression)
    names = {"Fraction": Fraction, "min": min, "max": max, "floor": lambda x: x // 1}
    return eval(numbers.replace(" x ", "*").replace("^", "**"), names)  # the tool's output
