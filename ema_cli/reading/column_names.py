"""What the name of a column says of it: that it is the step, or no param."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.reading.cells import is_numeric

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

STEP_NAMES: tuple[Callable[[str], bool], ...] = (
    lambda name: name == "step",
    lambda name: name == "_step",  # Weights & Biases
    lambda name: name.endswith("global_step"),
    lambda name: name == "iteration",
    lambda name: name == "epoch",
)
"""The step is the first of these, in lower case."""

_CLOCKS = {"wall time", "wall_time", "walltime", "timestamp", "_timestamp", "time", "datetime", "date"}
_SPEEDS = ("_runtime", "_per_second", "total_flos")  # of the Hugging Face trainer and, alone, of Weights & Biases
_COMPUTED = frozenset(["decay", "shadow"])
"""The columns by which ema-calc's own output is known."""

_OWN_OUTPUT = _COMPUTED | frozenset(
    [
        *("round", "weight", "change", "gap", "biased", "debiased", "initial-weight", "action"),
        *("stalled", "exact", "error-ulps", "working", "logged", "difference", "ulps"),
    ]
)
"""The columns that are no param beside one of those: elsewhere `weight` is somebody's weight."""


def step_rank(name: str) -> int:
    """How early a column is looked for as the step; len(STEP_NAMES) if its name is no step's."""
    lower = name.lower()
    return next((rank for rank, is_step in enumerate(STEP_NAMES) if is_step(lower)), len(STEP_NAMES))


def is_own_output(names: Iterable[str]) -> bool:
    """Whether columns of these names are what ema-calc has printed."""
    return any(_kind(name) in _COMPUTED for name in names)


def is_no_param(name: str, *, own: bool) -> bool:
    """Whether a numeric column is known to be no param: epochs, clocks, speeds, W&B's extremes, ema-calc's output.

    Args:
        name: What it is called.
        own: Whether it stands in ema-calc's own output.
    """
    lower = name.lower()
    return (
        may_be_step(name)
        or lower in _CLOCKS
        or lower.endswith(_SPEEDS)
        or name.endswith(("__MIN", "__MAX"))
        or lower == "runs"
        or _kind(name) in (_OWN_OUTPUT if own else _COMPUTED)
    )


def _kind(name: str) -> str:
    """The kind of column that ema-calc would mean by a name: of `shadow`, `w1.shadow`, `shadow[0.9]` it is `shadow`."""
    bare = name.rpartition("[")[0] if name.endswith("]") else name
    return bare.lower().rpartition(".")[2]


def may_replace(name: str) -> bool:
    """Whether a column that is left out could be the param all the same: one that has the name of a computed column."""
    return not is_no_param(name, own=False) or _kind(name) in _COMPUTED


def may_be_step(name: str) -> bool:
    """Whether a column of this name could be the step, if nothing else is said."""
    return step_rank(name) < len(STEP_NAMES)


def may_be_param(name: str, cell: str, *, own: bool) -> bool:
    """Whether a column of this name could be a param, if nothing else is said."""
    return is_numeric(cell) and not is_no_param(name, own=own)
