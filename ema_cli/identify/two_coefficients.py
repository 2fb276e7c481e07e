"""Explain shadows that are no weighted mean, by linear coefficients: sums, averages of averages, momentum."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite, sqrt
from statistics import fmean
from typing import TYPE_CHECKING, cast

from ema_cli.core.record import Record
from ema_cli.identify.interval import Between, shortest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.identify.decay_bounds import Measured
    from ema_cli.text.language import Say

_FEWEST = 12
_MOST_ROWS = 200
_INDEPENDENT = Fraction(1, 10**20)  # minimum part of a column's square that earlier columns don't explain


class _Solved(Record):
    """Least-squares coefficients, with their errors and the largest residual."""

    values: list[float]
    errors: list[float]
    worst: float

    def texts(self) -> list[str]:
        """The coefficients in as few digits as their errors allow."""
        known = zip(self.values, self.errors, strict=True)
        return [_plainly(value, 4 * error + 1e-12 * abs(value)) for value, error in known]


def _plainly(value: float, slack: float) -> str:
    return shortest(Between(value - slack, value + slack)) or f"{value:.6g}"


def _solve(rows: Sequence[Sequence[float]], targets: Sequence[float]) -> _Solved | None:
    """Solve least squares in fractions; None if the columns do not determine the coefficients."""
    count = len(rows[0])
    exact = [[Fraction(x) for x in (*row, target)] for row, target in zip(rows, targets, strict=True)]
    system: list[list[Fraction]] = [
        [
            *(sum((row[j] * row[k] for row in exact), Fraction(0)) for k in range(count + 1)),
            *(Fraction(j == k) for k in range(count)),
        ]
        for j in range(count)
    ]
    for k in range(count):
        if system[k][k] <= _INDEPENDENT * sum(row[k] ** 2 for row in exact):
            return None
        system[k] = [x / system[k][k] for x in system[k]]
        for j in range(count):
            if j != k:
                system[j] = [x - system[j][k] * y for x, y in zip(system[j], system[k], strict=True)]
    try:
        values = [float(line[count]) for line in system]
        errors = [sqrt(float(line[count + 1 + k])) for k, line in enumerate(system)]
    except OverflowError:
        return None
    off = [float(row[-1] - sum(x * line[count] for x, line in zip(row, system, strict=False))) for row in exact]
    spread = sqrt(fmean(x * x for x in off))
    return _Solved(values, [spread * error for error in errors], max(map(abs, off)))


def coefficients(measured: Measured, say: Say) -> Iterator[str]:
    """Explain a log by coefficients that don't add up to 1, or by a second order (an average of an average)."""
    log, shadows, params = measured.log, cast("list[float]", measured.log.shadows), measured.log.params
    rows = [row for row in range(2, len(log)) if None not in shadows[row - 2 : row + 1] and isfinite(params[row])]
    rows = rows[:_MOST_ROWS]
    if len(rows) < _FEWEST:
        return
    noise = max(4 * log.units[row] + log.param_units[row] + 4 * measured.rounding(row) for row in rows)
    targets = [shadows[row] for row in rows]
    for terms, explained in _FORMS.items():
        solved = _solve([[TERMS[term][1](shadows, params, row) for term in terms] for row in rows], targets)
        if solved is not None and solved.worst <= noise * (1 + (len(terms) > 2)):
            parts = [say(TERMS[term][0], number=text) for term, text in zip(terms, solved.texts(), strict=True)]
            told = explained(solved, say("each shadow is {parts}", parts=say(" plus ").join(parts)), say)
            yield from filter(None, [told])
            return


def _of_two(two: _Solved, told: str, say: Say) -> str:
    """Explain a sum of shadow and param; empty for an average."""
    shadow, param = two.values
    if abs(shadow + param - 1) <= 8 * sum(two.errors) + 1e-6:
        away = say("; it moves away from the param: a decay above 1, or a flipped sign")
        return "" if 0 <= shadow <= 1 else told + away
    told += say("; the weights add up to {total}, not to 1", total=f"{shadow + param:.6g}")
    if shadow >= 1 - 1e-9:
        return told + say("; nothing is forgotten, as in a plain sum")
    scale = f"{param / (1 - shadow):.6g}"
    if abs(param - 1) <= 4 * two.errors[1] + 1e-6:
        return told + say("; that is a decayed sum (momentum), {times} times an average", times=scale)
    return told + say(
        "; as an average with decay {decay}, the param is scaled by {scale}", decay=two.texts()[0], scale=scale
    )


def _of_second_order(solved: _Solved, told: str, say: Say) -> str:
    """Explain a sum with the shadow before the last one: two averages, if their decays give the coefficients."""
    param, *before = solved.values[2:]
    high, low, slack = _roots(solved)
    product = (1 - high) * (1 - low)
    if 0 < low <= high < 1 and (before or abs(param - product) < 0.05 * product + slack):
        return say(
            "two averages of the param in one, with decays {first} and {second}, as in DEMA or MACD"
            if before
            else "an average of an average: it looks smoothed twice, with decays {first} and {second}",
            first=_plainly(high, slack),
            second=_plainly(low, slack),
        )
    return say("second order, such as an average with a trend (Holt): {told}", told=told)


def _roots(solved: _Solved) -> tuple[float, float, float]:
    """The decays of two chained averages with these coefficients, and their possible error."""
    first, second = solved.values[:2]
    inside = first * first + 4 * second
    if second >= 0 or inside <= -1e-4:
        return 0.0, 0.0, 0.0
    root = sqrt(max(inside, 0.0))
    if root < 1e-2:  # a double root, which is sensitive to errors
        root, slack = 0.0, max(2 * solved.errors[0], 1e-7)
    else:
        slack = 8 * sum(solved.errors) + 1e-6
    return (first + root) / 2, (first - root) / 2, slack


def _of_last_param(three: _Solved, told: str, say: Say) -> str:
    """Explain a sum with the param before the last one: an average of changes, if both weights cancel out."""
    shadow, own, last = three.values
    if shadow < 1 - 1e-9 and abs(own + last) <= 4 * (three.errors[1] + three.errors[2]) + 1e-9 * abs(own):
        told += say(
            "; that is an average of the changes of the param (a high-pass filter), decay {decay}",
            decay=three.texts()[0],
        )
    return told


TERMS: dict[str, tuple[str, Callable[[Sequence[float], Sequence[float], int], float]]] = {
    "shadow": ("{number} of the last one", lambda shadows, params, row: shadows[row - 1]),
    "shadow before": ("{number} of the one before it", lambda shadows, params, row: shadows[row - 2]),
    "param": ("{number} of the param", lambda shadows, params, row: params[row]),
    "param before": ("{number} of the param before it", lambda shadows, params, row: params[row - 1]),
    "one": ("the constant {number}", lambda shadows, params, row: 1.0),
}
"""The terms of a sum, each with its text and its value in a row."""

_FORMS: dict[tuple[str, ...], Callable[[_Solved, str, Say], str]] = {
    ("shadow", "param"): _of_two,
    ("shadow", "shadow before", "param"): _of_second_order,
    ("shadow", "param", "param before"): _of_last_param,
    ("shadow", "param", "one"): lambda solved, told, say: told,
    ("shadow", "shadow before", "param", "param before"): _of_second_order,
}
"""Terms that may add up to a shadow, each with the function that explains the sum."""
