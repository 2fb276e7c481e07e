"""Command that verifies the first candidate against the log with --check."""

from __future__ import annotations

import re
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ema_cli.identify.candidate_table import Row

    Say = Callable[..., str]

_READING = {"where": (), "step_column": None, "param_column": (), "missing": "error", "header": "auto"}
"""The options that say how a file is read, and their defaults."""


_FEW_ULPS = 1e6


def again(rows: Sequence[Row], options: Mapping[str, Any], *, steps: bool, seed: int, say: Say) -> str:
    """The command whose --check agrees in all rounds, for the first candidate that has one.

    Args:
        rows: The candidates.
        options: Those of --identify.
        steps: Whether the log has steps, which are then the counter.
        seed: The rounds whose mean is the first shadow; 0 if there are none.
        say: Says it in a language.
    """
    row = next((row for row in rows if not (row.offset and steps)), None)
    if row is None:
        return say(
            "no --check can repeat this: the rule counts step{offset}, so add {added} to the column of steps",
            offset=f"{rows[0].offset:+d}",
            added=rows[0].offset,
        )
    fit, candidate = row.fit, row.fit.candidate
    words = ["ema-calc", "--rule", str(candidate)]
    if candidate.constant is not None:
        words += [f"--{candidate.constant.kind}", str(candidate.constant.value)]
    initial = (f"mean:{seed}" if seed else "logged") if candidate.continued else candidate.initial
    if initial not in (None, "0"):
        words += ["--initial", str(initial)]
    if candidate.count_from is not None:
        words += ["--count-from", str(candidate.count_from)]
    words += ["--dtype", candidate.dtype]
    if fit.agree < fit.compared:
        near = row.ulps is not None and fit.exact and row.ulps <= _FEW_ULPS
        words += ["--tolerance", f"ulp:{ceil(row.ulps or 0)}" if near else f"abs:{_above(fit.off)}"]
    reading = dict(options) | ({"step_column": "none"} if row.offset is None and steps else {})
    for name, default in _READING.items():
        value = reading[name]
        values = [] if value == default else value if isinstance(value, (list, tuple)) else [value]
        words += [word for one in values for word in (f"--{name.replace('_', '-')}", str(one))]
    words += ["--check", options["identify"], *options["script"]]
    return say("to see it: {command}", command=" ".join(map(quoted, words)))


def _above(distance: float) -> str:
    """A number of one digit that is not less.

    >>> _above(0.00312), _above(0.005)
    ('0.004', '0.006')
    """
    unit = 10.0 ** floor(log10(distance))
    return f"{(floor(distance / unit) + 1) * unit:.1g}"


def quoted(word: str) -> str:
    r"""A word as a shell takes it, in double quotes where it needs them.

    >>> print(quoted("a.csv"), quoted("$x y"))
    a.csv "\$x y"
    """
    if re.fullmatch(r"[\w@%+=:,./-]+", word):
        return word
    return '"' + re.sub(r'(["\\$`])', r"\\\1", word) + '"'
