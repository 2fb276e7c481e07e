"""The command to check an answer of --identify."""

from __future__ import annotations

import re
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

from ema_cli.identify.log import BITS
from ema_cli.identify.sentences import ANOTHER_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ema_cli.identify.report import Report

_READING = {"where": (), "step_column": None, "param_column": (), "missing": "error", "header": "auto"}
"""The options about reading a file, and their defaults."""


def check_command(report: Report, options: Mapping[str, Any], say: Callable[..., str]) -> list[str]:
    """The command with --check that reproduces the first candidate possible, or why none can; empty without candidates.
    The options are those of the call with --identify.
    """
    rows = report.rows or report.proved
    if not rows or report.longer or report.measured is None:
        return []
    steps = report.measured.log.steps is not None
    row = next((row for row in rows if not (row.fit.candidate.offset and steps)), None)
    if row is None:
        offset = rows[0].fit.candidate.offset
        return [
            say(
                "no --check can repeat this: the rule counts step{offset}, so add {added} to the step column",
                offset=f"{offset:+d}",
                added=offset,
            )
        ]
    fit, one = row.fit, row.fit.candidate
    words = ["ema-calc", "--rule", str(one)]
    if one.constant is not None:
        words += [f"--{one.constant.kind}", str(one.constant.value)]
    initial = (f"mean:{report.seed}" if report.seed else "logged") if one.continued else one.initial
    if initial not in (None, "0"):
        words += ["--initial", str(initial)]
    if one.count_from is not None:
        words += ["--count-from", str(one.count_from)]
    words += ["--dtype", one.dtype]
    if one.round_each is not None:
        words += ["--round-each", str(one.round_each)]
    stored, cut = report.measured.log.stored, report.measured.log.cut
    if stored and fit.agrees:
        words += ["--tolerance", f"rel:2^-{BITS[stored]}"]
    elif not fit.agrees or cut:
        near = fit.exact and row.ulps is not None and row.ulps <= ANOTHER_TYPE
        words += ["--tolerance", f"ulp:{ceil(row.ulps or 0)}" if near else f"abs:{_above(fit.off or 2 * cut)}"]
    reading = dict(options) | ({"step_column": "none"} if one.offset is None and steps else {})
    for name, default in _READING.items():
        value = reading[name]
        values = [] if value == default else value if isinstance(value, (list, tuple)) else [value]
        words += [word for one in values for word in (f"--{name.replace('_', '-')}", str(one))]
    words += ["--check", options["identify"], *options["script"]]
    return [say("to see it: {command}", command=" ".join(map(shell_quoted, words)))]


def _above(distance: float) -> str:
    """Round up to one significant digit, always to a greater number.

    >>> _above(0.00312), _above(0.005)
    ('0.004', '0.006')
    """
    unit = 10.0 ** floor(log10(distance))
    return f"{(floor(distance / unit) + 1) * unit:.1g}"


def shell_quoted(word: str) -> str:
    r"""Quote a word for a shell, with double quotes if needed.

    >>> print(shell_quoted("a.csv"), shell_quoted("$x y"))
    a.csv "\$x y"
    """
    if re.fullmatch(r"[\w@%+=:,./-]+", word):
        return word
    return '"' + re.sub(r'(["\\$`])', r"\\\1", word) + '"'
