"""Command that verifies the first candidate against the log with --check."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ema_cli.identify.candidate_table import Row

    Say = Callable[..., str]

_READING = {"step_column": None, "param_column": (), "missing": "error", "header": "auto"}
"""The options that say how a file is read, and their defaults."""


def again(row: Row, options: Mapping[str, Any], *, steps: bool, say: Say) -> str:
    """The command whose --check agrees in all rounds, or why there is none.

    Args:
        row: The first candidate.
        options: Those of --identify.
        steps: Whether the log has steps, which are then the counter.
        say: Says it in a language.
    """
    candidate = row.fit.candidate
    if row.offset is None:
        return say(
            "no --check can repeat this: the rule counts by itself, so leave the column of steps out of the file"
        )
    if row.offset and steps:
        return say(
            "no --check can repeat this: the rule counts step{offset}, so add {added} to the column of steps",
            offset=f"{row.offset:+d}",
            added=row.offset,
        )
    rule = candidate.rule + (":" if row.parameters else "") + ",".join(f"{k}={v}" for k, v in row.parameters.items())
    words = ["ema-calc", "--rule", rule]
    if candidate.constant is not None:
        words += [f"--{candidate.constant.kind}", str(candidate.constant.value)]
    if candidate.continued:
        words += ["--initial", "VALUE"]
    elif candidate.initial not in (None, "0"):
        words += ["--initial", str(candidate.initial)]
    if candidate.count_from is not None and not steps:
        words += ["--count-from", str(candidate.count_from)]
    words += ["--dtype", candidate.dtype]
    for name, default in _READING.items():
        value = options[name]
        values = [] if value == default else value if isinstance(value, (list, tuple)) else [value]
        words += [word for one in values for word in (f"--{name.replace('_', '-')}", str(one))]
    words += ["--check", options["identify"], *options["script"]]
    command = " ".join(map(quote, words))
    if candidate.continued:
        return say(
            "no --check can repeat this: the log lacks the shadow before round 1; if you know it, as VALUE: {command}",
            command=command,
        )
    return say("to see it: {command}", command=command)
