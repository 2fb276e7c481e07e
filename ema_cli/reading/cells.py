"""One cell of a script: a param, a step, a count of runs, or a missing value."""

from __future__ import annotations

from math import inf, nan

from ema_cli.core.numbers.literals import LAST_STEP, PAST_FLOAT64, is_number, whole
from ema_cli.core.record import Record
from ema_cli.errors import DataError, NotNumber, shown

NOT_FINITE = frozenset(["nan", *(sign + word for sign in ("", "+", "-") for word in ("inf", "infinity"))])
"""A number that is not finite, in lower case."""

MISSING = NOT_FINITE.union(
    [
        *("", "na", "n/a", "null", "none", "missing", "-", "--", ".", "?", ":"),
        *("<na>", "#n/a", "#na", "n.a.", "\\n", "nat", "undefined", "nil", "(null)", "unavailable", "unknown"),
        *("#div/0!", "#value!", "#num!", "#ref!", "#name?", "1.#qnan", "-1.#ind", "1.#inf", "-1.#inf"),
        *("-nan", "nan(ind)", "-nan(ind)", "overflow", "no log"),
    ]
)
"""A missing value in spreadsheets, pandas, R, Julia, SAS, Eurostat, databases, sensors and logs, in lower case. Fortran
writes stars.
"""


def is_missing(text: str) -> bool:
    """True if the cell states that it holds no finite number: empty, NA, NaN, an infinity."""
    return text.strip("*").lower() in MISSING


def is_numeric(text: str) -> bool:
    """True if the cell is data: a number or a missing value."""
    return is_number(text) or is_missing(text)


def param(text: str) -> float:
    """The value of a param in float64.

    Raises:
        DataError: It is not a number, or past the range of float64.
    """
    if not is_number(text):
        raise DataError(f"{shown(text)} is not a number", fact=NotNumber(text))
    value = float(text)
    if value - value != 0:
        raise DataError(f"{shown(text)} {PAST_FLOAT64}")
    return value


def missing_value(text: str) -> float:
    """Value of a missing cell for a rule that takes it: an infinity as it is, anything else NaN."""
    if "inf" in text.lower():
        return -inf if text.startswith("-") else inf
    return nan


def step(text: str, *, fractional: bool = False) -> float:
    """A step: a number between 0 and 2^63 - 1, which is whole unless a rule's counter is an epoch with its part.

    Raises:
        DataError: It is something else.
    """
    if not is_number(text):
        raise DataError(f"step {shown(text)} is not a number" if text else "the step is empty")
    value: float | None = whole(text)
    if value is None:
        if not fractional:
            raise DataError(f"step {shown(text)} is not a whole number")
        value = float(text)
    if value < 0:
        raise DataError(f"step {shown(text)} is negative")
    if value > LAST_STEP:
        raise DataError(f"step {shown(text)} exceeds the largest step, 2^63 - 1 = {LAST_STEP}")
    return value


def runs(text: str) -> int:
    """Number of times an update is repeated: a whole number, at least 1.

    Raises:
        DataError: It is something else.
    """
    value = whole(text) if is_number(text) else None
    if value is None or value < 1:
        raise DataError(f"runs {shown(text)} is not a whole number of at least 1")
    return value


BY_FILE = "file"
"""The --by that makes a group of each file."""


class Reading(Record):
    """Settings for reading the cells of every part of a script."""

    missing: str = "error"
    """Treatment of missing values: error, skip, hold or rule."""
    fractional: bool = False
    """True if steps may be decimals."""
    exact: bool = False
    """True if all arithmetic is exact, so that float64 sets no range."""
    header: str = "auto"
    step_column: str | None = None
    param_columns: tuple[str, ...] = ()
    keep: bool = False
    logged: tuple[str, ...] = ()
    """Columns of logged shadows, as [PARAM=]COLUMN: passed through, and never a param."""
    logged_by: str = "--check"
    """The option that names them."""
    beside: tuple[tuple[str, str], ...] = ()
    """Columns of times or decays, and the options that name them: never a param."""
    by: tuple[str, ...] = ()
    """Columns that tell groups apart; `file` is the file itself."""
    where: tuple[str, ...] = ()
    """Conditions on rows, COLUMN=VALUE or COLUMN!=VALUE."""
    computed: frozenset[str] = frozenset()
    """Columns that ema-calc computes: never a param in its own output."""

    @property
    def by_columns(self) -> tuple[str, ...]:
        """The columns of a file that tell groups apart."""
        return tuple(name for name in self.by if name != BY_FILE)
