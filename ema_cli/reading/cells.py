"""One cell of a script: a param, a step, a count of runs, or a missing value."""

from __future__ import annotations

from math import inf, nan

from ema_cli.core.numbers.literals import LAST_STEP, PAST_FLOAT64, is_number, whole
from ema_cli.core.record import Record
from ema_cli.errors import DataError, NotNumber, quoted

NOT_FINITE = frozenset(["nan", *(sign + word for sign in ("", "+", "-") for word in ("inf", "infinity"))])
"""NaN and the infinities, in lower case."""

MISSING = NOT_FINITE.union(
    [
        *("", "na", "n/a", "null", "none", "missing", "-", "--", ".", "?", ":"),
        *("<na>", "#n/a", "#na", "n.a.", "\\n", "nat", "undefined", "nil", "(null)", "unavailable", "unknown"),
        *("#div/0!", "#value!", "#num!", "#ref!", "#name?", "1.#qnan", "-1.#ind", "1.#inf", "-1.#inf"),
        *("-nan", "nan(ind)", "-nan(ind)", "overflow", "no log"),
    ]
)
"""Missing values in spreadsheets, pandas, R, Julia, SAS, Eurostat, databases, sensors and logs, in lower case.
`is_missing` also accepts Fortran's asterisks.
"""


def is_missing(text: str) -> bool:
    """True if the cell is a missing value: empty, NA, NaN, an infinity and the like."""
    return text.strip("*").lower() in MISSING


def is_numeric(text: str) -> bool:
    """True if the cell is data: a number or a missing value."""
    return is_number(text) or is_missing(text)


def param(text: str) -> float:
    """The value of a param in float64.

    Raises:
        DataError: The cell is not a number, or is out of float64 range.
    """
    if not is_number(text):
        raise DataError(f"{quoted(text)} is not a number", fact=NotNumber(text))
    value = float(text)
    if value - value != 0:
        raise DataError(f"{quoted(text)} {PAST_FLOAT64}")
    return value


def missing_value(text: str) -> float:
    """Value of a missing cell under `--missing rule`: an infinity stays, anything else becomes NaN."""
    if "inf" in text.lower():
        return -inf if text.startswith("-") else inf
    return nan


def step(text: str, *, fractional: bool = False) -> float:
    """Parse a step: a number from 0 to 2^63 - 1, which must be whole unless `fractional`.

    Raises:
        DataError: The cell is not such a number.
    """
    if not is_number(text):
        raise DataError(f"step {quoted(text)} is not a number" if text else "the step is empty")
    value: float | None = whole(text)
    if value is None:
        if not fractional:
            raise DataError(f"step {quoted(text)} is not a whole number")
        value = float(text)
    if value < 0:
        raise DataError(f"step {quoted(text)} is negative")
    if value > LAST_STEP:
        raise DataError(f"step {quoted(text)} exceeds the largest step, 2^63 - 1 = {LAST_STEP}")
    return value


def runs(text: str) -> int:
    """Parse the number of times an update is repeated: a whole number, at least 1.

    Raises:
        DataError: The cell is not such a number.
    """
    value = whole(text) if is_number(text) else None
    if value is None or value < 1:
        raise DataError(f"runs {quoted(text)} is not a whole number of at least 1")
    return value


BY_FILE = "file"
"""The value of --by that makes each file a group."""


class Reading(Record):
    """Settings for reading a script, the same for all its pieces and files."""

    missing: str = "error"
    """Treatment of missing values: error, skip, hold or rule."""
    fractional: bool = False
    """True if steps may be decimals."""
    exact: bool = False
    """True if all arithmetic is exact, so that params may exceed the range of float64."""
    header: str = "auto"
    step_column: str | None = None
    param_columns: tuple[str, ...] = ()
    keep: bool = False
    logged: tuple[str, ...] = ()
    """Columns of logged shadows, as [PARAM=]COLUMN; they are passed through and never used as params."""
    logged_by: str = "--check"
    """The option that gave `logged`, for errors."""
    beside: tuple[tuple[str, str], ...] = ()
    """Columns of times or decays, each with the option that names it; they are never used as params."""
    by: tuple[str, ...] = ()
    """Columns whose values separate the groups; `file` makes each file a group."""
    where: tuple[str, ...] = ()
    """Conditions on rows, COLUMN=VALUE or COLUMN!=VALUE."""
    computed: frozenset[str] = frozenset()
    """Columns that ema-calc computes; in its own output, they are never params."""

    @property
    def by_columns(self) -> tuple[str, ...]:
        """The columns of --by, without `file`."""
        return tuple(name for name in self.by if name != BY_FILE)
