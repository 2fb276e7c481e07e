"""Checks from Python: compare the shadows of the user's code with those of a rule."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from ema_cli.check.python_values import columns, numbers_of
from ema_cli.check.seed import from_logged
from ema_cli.check.tolerance import Tolerance
from ema_cli.check.tolerance import tolerance as read_tolerance
from ema_cli.check.verdict import apart
from ema_cli.core.average import Average
from ema_cli.core.catalogue import spanned_rule
from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.literals import is_value, quoted
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 10
"""The most rounds that a table shows."""

_LOGGED = "logged"


class Difference(Record):
    """A round whose computed and logged shadows differ."""

    name: str
    """The param's name; empty if it has none."""
    round: int
    step: Any
    param: Any
    logged: Any
    computed: Any
    difference: Any
    """computed - logged"""
    ulps: float | None
    """The distance in units in the last place; None if it is undefined."""


class Checked(Record):
    """The result of a check; true in a condition if every round agrees."""

    average: str
    """Description of the average that computed the shadows."""
    compared: int
    differences: list[Difference]
    worst_ulps: float
    """The largest distance of all rounds, in units in the last place."""

    def __bool__(self) -> bool:
        return not self.differences

    @property
    def agree(self) -> int:
        """Number of rounds that agree."""
        return self.compared - len(self.differences)

    def __str__(self) -> str:
        """The verdict, and the first rounds that differ as a table."""
        names, rows = self._table()
        cells = [names, *rows] if names else []
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(map(str.rjust, row, widths)) for row in cells]
        more = len(self.differences) - _MOST
        return "\n".join([self._verdict(), *lines, *([f"... and {more} more"] if more > 0 else [])])

    def _repr_html_(self) -> str:
        """The verdict, and the first rounds that differ, as a table in a notebook."""
        from html import escape

        from ema_cli.formats.notebook import table

        verdict = f"<p>{escape(self._verdict())}</p>"  # not a caption, which would be as narrow as the table
        return f"{verdict}{table(*self._table())}" if self.differences else verdict

    def _verdict(self) -> str:
        if not self.differences:
            return f"all {self.compared} rounds agree ({self.average})"
        known = [abs(one.difference) for one in self.differences if one.difference is not None]
        most = max(known, key=lambda x: x if x == x else inf, default=inf)
        return (
            f"{len(self.differences)} of {self.compared} rounds differ from round {self.differences[0].round} on, by"
            f" up to {most:.6g} ({self.average})"
        )

    def _table(self) -> tuple[list[str], list[list[str]]]:
        """Headings, and the cells of the first rounds that differ; both empty if all agree."""
        some = self.differences[:_MOST]
        optional = {"name": some[0].name, "step": some[0].step is not None} if some else {}
        names = [name for name in Difference._fields if optional.get(name, True)] if some else []
        return names, [[_cell(name, getattr(one, name)) for name in names] for one in some]


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3g}" if name in ("ulps", "difference") else repr(value).removesuffix(".0")
    return str(value)


def check_ema(
    params: Any, shadows: Any, steps: Sequence[Any] | None = None, *, tolerance: str | None = None, **settings: Any
) -> Checked:
    """Compare the shadows of your code with those of a rule.

    >>> print(check_ema([1.0, 2.0], [0.5, 1.25], decay=0.5, rule="fixed"))
    all 2 rounds agree (decay 0.5, rule fixed, float64)
    >>> print(check_ema([1.0, 2.0], [0.5, 1.5], decay=0.5, rule="fixed"))
    1 of 2 rounds differ from round 2 on, by up to 0.25 (decay 0.5, rule fixed, float64)
    round  param  logged  computed  difference      ulps
        2      2     1.5      1.25       -0.25  1.13e+15

    Args:
        params: The value of the param in each round: a list, an array, a tensor or a column of a frame. For several
            params, a row for each round (shape N x P), or a state dict for each round.
        shadows: The shadow after each round, in the same shape. None and blank texts are not compared, nor is a NaN
            where there is no shadow yet (`initial="mean:10"`).
        steps: The rule's counter in each round, between 0 and 2^63 - 1.
        tolerance: The greatest distance that counts as equal, `abs:X`, `rel:X` or `ulp:N`. By default numbers must be
            identical, and a text must be the value rounded to the digits that the text has.
        **settings: The settings of `Average`. `dtype` is by default that of the array or the tensor. `initial` is one
            value, one for each param (in the shape of a round), `mean:N`, or `logged` to start at the first shadow.

    Raises:
        SettingError: A setting is wrong, there are not as many shadows as params, or none to compare with.
    """
    own, logged = columns(params), columns(shadows)
    if [len(one) for one in own.values] != [len(one) for one in logged.values]:
        raise SettingError("there must be a shadow for each param")
    initial = settings.pop("initial", None)
    dtype = settings.pop("dtype", None) or own.dtype
    seed = initial if isinstance(initial, str) and initial.startswith("mean:") else None
    starts = [initial if seed is None else None] * len(own.values)
    if initial is not None and not isinstance(initial, (str, int, float)):
        each = columns([initial])
        starts = [column[0] for column in each.values]
    if len(starts) != len(own.values):
        raise SettingError(f"there are {len(starts)} initial values for {len(own.values)} params")
    allowed = read_tolerance(None if tolerance is None else str(tolerance))
    base = Average(dtype=dtype, initial=seed, **settings)
    numbers = numbers_of(steps)
    if base.rule.span:
        spanning = spanned_rule(settings["rule"], numbers or range(len(own.values[0])))
        base = Average(dtype=dtype, initial=seed, **settings | {"rule": spanning})
    found: list[Difference] = []
    compared, worst = 0, 0.0
    for name, values, texts, start in zip(own.names, own.values, logged.values, starts, strict=True):
        average, first = base.beside(None if start == _LOGGED else start), 0
        if start == _LOGGED:
            computed, first = from_logged(average, values, texts, numbers)
        else:
            computed = average.advance(values, numbers).shadows
        for row, (value, text) in enumerate(zip(computed, texts, strict=True)):
            if text is None or text == "" or row < first or (value is None and text != text):
                continue
            if isinstance(text, str) and not is_value(text):
                raise SettingError(f"shadow {quoted(text)} is not a number")
            compared += 1
            given = text if isinstance(text, str) else repr(text)
            difference, ulps = (None, None) if value is None else apart(value, text, base.dtype)
            worst = max(worst, ulps or 0.0)
            if value is None or not _agrees(value, text, given, ulps, allowed):
                step = None if numbers is None else numbers[row]
                found.append(Difference(name, row + 1, step, values[row], text, value, difference, ulps))
    if not compared:
        raise SettingError("there is no shadow to compare with")
    stated = f"{base.stated}, " if base.stated is not None else ""
    return Checked(f"{stated}rule {base.rule.name}, {base.dtype.name}", compared, found, worst)


def _agrees(value: Any, text: Any, given: str, ulps: float | None, allowed: Tolerance) -> bool:
    if allowed.kind == "digits" and not isinstance(text, str):
        return ulps == 0 if ulps is not None else bool(value == text or (value != value and text != text))
    return allowed.agrees(value, given, ulps)


def assert_ema(
    params: Any, shadows: Any, steps: Sequence[Any] | None = None, *, tolerance: str | None = None, **settings: Any
) -> None:
    """Raise if the shadows of your code are not those of a rule (see `check_ema`).

    >>> assert_ema([1.0, 2.0], [0.5, 1.5], decay=0.5, rule="fixed")
    Traceback (most recent call last):
        ...
    AssertionError: 1 of 2 rounds differ from round 2 on, by up to 0.25 (decay 0.5, rule fixed, float64)
    round  param  logged  computed  difference      ulps
        2      2     1.5      1.25       -0.25  1.13e+15

    Args:
        params: As for `check_ema`, like the other arguments.
        shadows: The shadow after each round.
        steps: The rule's counter in each round.
        tolerance: The greatest distance that counts as equal.
        **settings: The settings of `Average`.

    Raises:
        AssertionError: Some rounds differ. The message has the first of them as a table.
        SettingError: A setting is wrong, or there is nothing to compare.
    """
    checked = check_ema(params, shadows, steps, tolerance=tolerance, **settings)
    if not checked:
        raise AssertionError(str(checked))
