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

    def texts(self, *names: str) -> dict[str, str]:
        """The coefficients by these names, in as few digits as their errors allow."""
        known = zip(names, self.values, self.errors, strict=True)
        return {name: _plainly(value, 4 * error + 1e-12 * abs(value)) for name, value, error in known}


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
    for terms, told in _FORMS.items():
        solved = _solve([[_TERMS[term](shadows, params, row) for term in terms] for row in rows], targets)
        if solved is not None and solved.worst <= noise * (1 + (len(terms) > 2)):
            yield from told(solved, say)
            return


def _of_two(two: _Solved, say: Say) -> Iterator[str]:
    shadow, param = two.values
    texts = two.texts("shadow", "param")
    if abs(shadow + param - 1) <= 8 * sum(two.errors) + 1e-6:
        if shadow > 1 or shadow < 0:
            yield say(
                "the shadow moves away from the param: each shadow is {shadow} of the last one and {param} of the param"
                " (a decay above 1, or a flipped sign)",
                **texts,
            )
        return
    told = say(
        "the weights do not add up to 1: each shadow is {shadow} of the last one and {param} of the param, {total}"
        " together",
        **texts,
        total=f"{shadow + param:.6g}",
    )
    if shadow >= 1 - 1e-9:
        told += say("; nothing is forgotten, as in a plain sum")
    elif abs(param - 1) <= 4 * two.errors[1] + 1e-6:
        told += say("; that is a decayed sum (momentum), {times} times an average", times=f"{1 / (1 - shadow):.6g}")
    else:
        scale = f"{param / (1 - shadow):.6g}"
        told += say(
            "; as an average with decay {decay}, the param is scaled by {scale}", decay=texts["shadow"], scale=scale
        )
    yield told


def _of_second_order(solved: _Solved, say: Say) -> Iterator[str]:
    param, *before = solved.values[2:]
    high, low, slack = _roots(solved)
    product = (1 - high) * (1 - low)
    if 0 < low <= high < 1 and (before or abs(param - product) < 0.05 * product + slack):
        yield say(
            "two averages of the param in one, with decays {first} and {second}, as in DEMA or MACD"
            if before
            else "an average of an average: it looks smoothed twice, with decays {first} and {second}",
            first=_plainly(high, slack),
            second=_plainly(low, slack),
        )
        return
    yield say(
        "second order, as an average with a trend (Holt): each shadow is {first} of the last one, {second} of the one"
        " before it, {param} of the param and {before} of the param before it"
        if before
        else "second order: each shadow is {first} of the last one, {second} of the one before it and {param} of the"
        " param",
        **solved.texts(*("first", "second", "param", "before")[: len(solved.values)]),
    )


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


def _of_last_param(three: _Solved, say: Say) -> Iterator[str]:
    texts = three.texts("shadow", "param", "before")
    told = say(
        "each shadow is {shadow} of the last one, {param} of the param and {before} of the param before it", **texts
    )
    shadow, own, last = three.values
    if shadow < 1 - 1e-9 and abs(own + last) <= 4 * (three.errors[1] + three.errors[2]) + 1e-9 * abs(own):
        told += say("; that is an average of the changes of the param, decay {decay}", decay=texts["shadow"])
        if abs(own - shadow) <= 4 * (three.errors[0] + three.errors[1]) + 1e-6:
            told += say(", or the param without its average: a high-pass filter")
    yield told


def _of_offset(three: _Solved, say: Say) -> Iterator[str]:
    yield say(
        "something is added in each round: each shadow is {shadow} of the last one, {param} of the param, and {more}",
        **three.texts("shadow", "param", "more"),
    )


_TERMS: dict[str, Callable[[Sequence[float], Sequence[float], int], float]] = {
    "shadow": lambda shadows, params, row: shadows[row - 1],
    "shadow before": lambda shadows, params, row: shadows[row - 2],
    "param": lambda shadows, params, row: params[row],
    "param before": lambda shadows, params, row: params[row - 1],
    "one": lambda shadows, params, row: 1.0,
}

_FORMS: dict[tuple[str, ...], Callable[[_Solved, Say], Iterator[str]]] = {
    ("shadow", "param"): _of_two,
    ("shadow", "shadow before", "param"): _of_second_order,
    ("shadow", "param", "param before"): _of_last_param,
    ("shadow", "param", "one"): _of_offset,
    ("shadow", "shadow before", "param", "param before"): _of_second_order,
}
"""Terms that may add up to a shadow, each with the function that explains the result."""
