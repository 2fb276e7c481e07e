"""Options that exclude each other, and options that need another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.errors import UsageError
from ema_cli.report.column_specs import LOGGED

if TYPE_CHECKING:
    from collections.abc import Sequence

_CONFLICTS = (
    (("list_rules", "about_rule"), "", "--list-rules and --about-rule exclude each other: give one of them"),
    (("identify", "check"), "", "--identify finds an average and --check tests one: give one of them"),
    (("identify", "decay_column"), "", "--identify finds the decay that --decay-column gives: give one of them"),
    (("identify", "tolerance"), "", "--tolerance needs --check: --identify goes by the logged digits"),
    (("decay_column", "time_column"), "", "--decay-column and --time-column exclude each other: give one of them"),
    (("digits", "decimals"), "", "--digits and --decimals both round; give one of them"),
    (("tolerance",), "check", "--tolerance sets what --check accepts as equal; give --check COLUMN"),
    (("logged",), "check", "the columns logged, difference and ulps need --check COLUMN"),
    (("only_different",), "check", "--only-different shows the rounds that differ under --check; give --check COLUMN"),
    (("only_different", "by"), "", "--only-different shows one average: choose a group with --where, not --by"),
    (("only_different", "every"), "", "--only-different and --every both choose rounds; give one of them"),
    (("interactive", "decay_column"), "", "--interactive computes its decays: leave --decay-column out"),
    (("answers",), "blank", "--answers is the key of a worksheet: it needs --blank COLUMN"),
    *(
        (("interactive", name), "", f"--interactive chooses its own columns and rows; leave --{name} out")
        for name in ("columns", "blank", "every", "check", "keep", "width")
    ),
)
"""Options that are given together, the option that they need, and the error if it is missing; without one they exclude
each other. `logged` stands for a column that --check fills."""


def check_together(given: Sequence[str], columns: str | None) -> None:
    """Refuse options that do not go together.

    Args:
        given: The names of those that were given.
        columns: The text of --columns.

    Raises:
        UsageError: Some do not.
    """
    there = {*given, *("logged" for name in (columns or "").strip("+").split(",") if name in LOGGED)}
    for both, missing, sentence in _CONFLICTS:
        if there.issuperset(both) and missing not in there:
            raise UsageError(sentence)
