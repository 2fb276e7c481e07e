"""Which columns of a file are the step and the params."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.core.numerals import printable
from ema_cli.core.records import Record
from ema_cli.errors import DataError, shown
from ema_cli.script.cells import is_numeric

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.script.cells import Reading

STEP_NAMES: tuple[Callable[[str], bool], ...] = (
    lambda name: name == "step",
    lambda name: name.endswith("global_step"),
    lambda name: name == "iteration",
    lambda name: name == "epoch",
)
"""The step is the first of these, in lower case."""

_CLOCKS = {"wall time", "wall_time", "walltime", "timestamp", "_timestamp", "_runtime", "time", "datetime", "date"}
_OWN_OUTPUT = re.compile(
    r"(?:.*\.)?(?:round|decay|shadow|weight|change|gap|biased|debiased|initial-weight|action|stalled|exact|error-ulps"
    r"|working|logged|difference|ulps)(?:\[.*\])?"
)


def step_rank(name: str) -> int:
    """How early a column is looked for as the step; len(STEP_NAMES) if its name is no step's."""
    lower = name.lower()
    return next((rank for rank, is_step in enumerate(STEP_NAMES) if is_step(lower)), len(STEP_NAMES))


def is_no_param(name: str) -> bool:
    """Whether a numeric column is known to be no param: epochs, clocks, W&B's extremes, ema-calc's own output."""
    lower = name.lower()
    return (
        step_rank(name) < len(STEP_NAMES)
        or lower in _CLOCKS
        or name.endswith(("__MIN", "__MAX"))
        or lower == "runs"
        or _OWN_OUTPUT.fullmatch(lower) is not None
    )


class Columns(Record):
    """The places of the columns that matter."""

    width: int
    step: int | None
    params: tuple[int, ...]
    names: tuple[str, ...]
    """The params' names; empty in a file without a header."""
    labels: tuple[str, ...]
    """What errors call the params."""
    step_label: str
    runs: int | None
    kept: tuple[int, ...]
    kept_names: tuple[str, ...]
    note: str
    """The guess that was made, if one was."""


def has_header(row: Sequence[str], reading: Reading, place: str) -> bool:
    """Whether the first row of a file is a header.

    Raises:
        DataError: Some of its cells are numbers and some are not.
    """
    if reading.header != "auto":
        return reading.header == "yes"
    numeric = [is_numeric(cell) for cell in row]
    if any(numeric) and not all(numeric):
        odd = numeric.index(False)
        raise DataError(
            f"{place}: column {odd + 1}: {shown(row[odd])} is not a number, but other cells of the first row are;"
            " --header yes or no says what the row is"
        )
    return not any(numeric)


def without_header(width: int, reading: Reading, source: str) -> Columns:
    """The columns of a file that has no header: they are named by number, from 1."""
    numbers = [str(number) for number in range(1, width + 1)]
    step: int | None = None if width == 1 else 0
    if reading.step_column is not None:
        step = _find(reading.step_column, numbers, source, "--step-column")
    if reading.param_columns:
        params = tuple(_find(name, numbers, source, "--param-column") for name in reading.param_columns)
        step = None if step in params and reading.step_column is None else step
    else:
        params = tuple(index for index in range(width) if index != step)
    if not params:
        raise DataError(f"{source}: there is no column left for the param")
    note = ""
    if width > 1 and reading.step_column is None and step is not None:
        chosen = listed([numbers[index] for index in params], quote=str)
        note = f"{source} has no header: column {step + 1} is taken for the step, {chosen} for the param"
    kept, kept_names = _kept(numbers, {step, *params}, reading)
    labels = tuple(f"column {numbers[index]}" for index in params)
    step_label = "" if step is None else f"column {numbers[step]}"
    return Columns(width, step, params, (), labels, step_label, None, kept, kept_names, note)


def with_header(header: Sequence[str], first: Sequence[str] | None, reading: Reading, source: str) -> Columns:
    """The columns of a file with a header.

    Args:
        header: The names.
        first: The first row of data, by which a column is seen to be numeric; None if there is none.
        reading: What the options decide.
        source: The file, for errors.

    Raises:
        DataError: A name stands twice, or two columns could be the step, or none can be the param.
    """
    names = [printable(name) for name in header]
    places: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in places:
            raise DataError(
                f"{source}: column name {shown(name)} stands twice, in columns {places[name] + 1} and {index + 1}"
            )
        places[name] = index
    step = _step(names, reading, source)
    runs = next((index for index, name in enumerate(names) if name.lower() == "runs"), None)
    left_out: list[str] = []
    if reading.param_columns:
        params = tuple(_find(name, names, source, "--param-column") for name in reading.param_columns)
    elif "param" in names:
        params = (names.index("param"),)
    else:
        candidates = [index for index, name in enumerate(names) if index != step and not is_no_param(name)]
        params = tuple(index for index in candidates if first is None or is_numeric(first[index]))
        used = {step, runs, *params}
        left_out = [name for index, name in enumerate(names) if index not in used]
    runs = None if runs in (step, *params) else runs
    if not params:
        raise DataError(
            f"{source}: no column can be the param; the columns are {listed(names)}; --param-column chooses"
        )
    note = ""
    guessed_step = step is not None and reading.step_column is None and names[step].lower() != "step"
    if not reading.param_columns and (guessed_step or left_out or len(params) > 1) and "param" not in names:
        note = f"{source}: step from {shown(names[step]) if step is not None else 'no column'}, param from "
        note += listed([names[index] for index in params])
        note += f"; left out: {listed(left_out)}" if left_out else ""
    elif guessed_step and step is not None:
        note = f"{source}: step from {shown(names[step])}"
    kept, kept_names = _kept(names, {step, runs, *params}, reading)
    labels = tuple(f"column {shown(names[index])}" for index in params)
    step_label = "" if step is None else f"column {shown(names[step])}"
    chosen = tuple(names[index] for index in params)
    return Columns(len(names), step, params, chosen, labels, step_label, runs, kept, kept_names, note)


def _step(names: list[str], reading: Reading, source: str) -> int | None:
    if reading.step_column is not None:
        return _find(reading.step_column, names, source, "--step-column")
    for rank in range(len(STEP_NAMES)):
        found = [
            index for index, name in enumerate(names) if step_rank(name) == rank and name not in reading.param_columns
        ]
        if len(found) > 1:
            both = " and ".join(shown(names[index]) for index in found)
            raise DataError(f"{source}: {both} could each be the step; --step-column chooses")
        if found:
            return found[0]
    return None


def _find(name: str, names: list[str], source: str, option: str) -> int:
    try:
        return names.index(printable(name))
    except ValueError:
        raise DataError(f"{source}: no column {shown(name)} for {option}; the columns are {listed(names)}") from None


def listed(names: Sequence[str], quote: Callable[[str], str] = shown) -> str:
    """The names as a message lists them: some of them, if they are many."""
    most = 30
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(quote, names[:most])) + more


def _kept(names: list[str], used: set[int | None], reading: Reading) -> tuple[tuple[int, ...], tuple[str, ...]]:
    kept = tuple(index for index in range(len(names)) if index not in used) if reading.keep else ()
    return kept, tuple(names[index] for index in kept)
