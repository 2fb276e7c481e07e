"""Coefficients of the rounds before, where no weighted mean gives a shadow: sums, averages of averages, momentum."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite, sqrt
from statistics import fmean
from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record
from ema_cli.identify.expressions import short
from ema_cli.identify.interval import Between, shortest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.identify.estimates import Measured

    Say = Callable[..., str]

_FEWEST = 12
_MOST_ROWS = 200
_INDEPENDENT = Fraction(1, 10**20)
"""Part of a column's square that the columns before must leave."""


class _Solved(Record):
    """Coefficients by least squares, and how far off they leave a round at the most."""

    values: list[float]
    errors: list[float]
    worst: float


def _solve(rows: Sequence[Sequence[float]], targets: Sequence[float]) -> _Solved | None:
    """Least squares, in fractions; None where the columns do not tell the coefficients."""
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
    values = [float(line[count]) for line in system]
    off = [float(row[-1] - sum(x * line[count] for x, line in zip(row, system, strict=False))) for row in exact]
    spread = sqrt(fmean(x * x for x in off))
    errors = [spread * sqrt(float(line[count + 1 + k])) for k, line in enumerate(system)]
    return _Solved(values, errors, max(map(abs, off)))


def _plainly(value: float, error: float) -> str:
    """A coefficient with the digits that its error leaves."""
    slack = 4 * error + 1e-12 * abs(value)
    return shortest(Between(value - slack, value + slack)) or f"{value:.6g}"


def coefficients(measured: Measured, say: Say) -> Iterator[str]:
    """Two coefficients that do not add up to one, or a second order, as of an average of an average."""
    log = measured.log
    rows = [
        row
        for row in range(2, len(log))
        if None not in (log.shadows[row], log.shadows[row - 1], log.shadows[row - 2]) and isfinite(log.params[row])
    ][:_MOST_ROWS]
    if len(rows) < _FEWEST:
        return
    shadows: Any = log.shadows
    targets = [shadows[row] for row in rows]
    noise = max(4 * log.units[row] + log.param_units[row] + 4 * measured.rounding(row) for row in rows)
    terms: list[list[float]] = [
        [shadows[row - 1] for row in rows],
        [log.params[row] for row in rows],
        [shadows[row - 2] for row in rows],
        [log.params[row - 1] for row in rows],
    ]
    for used in ((0, 1), (0, 2, 1), (0, 1, 3), (0, 2, 1, 3)):
        solved = _solve([*zip(*(terms[term] for term in used), strict=True)], targets)
        if solved is None or solved.worst > noise * (len(used) - 1):
            continue
        if used == (0, 1):
            yield from _of_two(solved, say)
        elif used == (0, 2, 1):
            yield from _of_three(solved, say)
        else:
            names = (
                say("the shadow before"),
                say("the param"),
                say("the shadow two rows before"),
                say("the param of the row before"),
            )
            yield say(
                "each shadow is the sum of {terms}",
                terms=say(", ").join(
                    say("{number} of {what}", number=_plainly(value, error), what=names[term])
                    for term, value, error in zip(used, solved.values, solved.errors, strict=True)
                ),
            )
        return


def _of_two(two: _Solved, say: Say) -> Iterator[str]:
    shadow, param = two.values
    texts = [_plainly(value, error) for value, error in zip(two.values, two.errors, strict=True)]
    total = shadow + param
    if abs(total - 1) <= 8 * sum(two.errors) + 1e-6:
        if shadow > 1 or shadow < 0:
            yield say(
                "the shadow moves away from the param: each shadow is {shadow} of the last one and {param} of the param"
                " (a decay above 1, or a flipped sign)",
                shadow=texts[0],
                param=texts[1],
            )
        return
    told = say(
        "the weights do not add up to 1: each shadow is {shadow} of the last one and {param} of the param, {total}"
        " together",
        shadow=texts[0],
        param=texts[1],
        total=f"{total:.6g}",
    )
    if abs(param - 1) <= 4 * two.errors[1] + 1e-6:
        told += say("; that is a decayed sum (momentum), {times} times an average", times=f"{1 / (1 - shadow):.6g}")
    elif shadow < 1:
        told += say(
            "; as an average with decay {decay}, the param is scaled by {scale}",
            decay=texts[0],
            scale=f"{param / (1 - shadow):.6g}",
        )
    yield told


def _of_three(three: _Solved, say: Say) -> Iterator[str]:
    first, second, param = three.values
    inside = first * first + 4 * second
    if second < 0 and inside > -1e-4:
        root = sqrt(max(inside, 0.0))
        slack = sqrt(sum(three.errors)) if root < 1e-2 else 8 * sum(three.errors) + 1e-6
        high, low = (first + root) / 2, (first - root) / 2
        if root < 1e-2:
            high = low = first / 2
            slack = max(2 * three.errors[0], 1e-7)
        texts = [shortest(Between(x - slack, x + slack)) or short(x) for x in (high, low)]
        if 0 < low <= high < 1 and abs(param - (1 - high) * (1 - low)) < 0.05 * (1 - high) * (1 - low) + slack:
            yield say(
                "an average of an average: it looks smoothed twice, by the decays {first} and {second}",
                first=texts[0],
                second=texts[1],
            )
            return
    yield say(
        "second order: each shadow is {first} of the last one, {second} of the one before it and {param} of the param",
        first=_plainly(first, three.errors[0]),
        second=_plainly(second, three.errors[1]),
        param=_plainly(param, three.errors[2]),
    )
