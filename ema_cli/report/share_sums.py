"""Sums over the shares of all rounds, accumulated round by round without keeping the shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.formula import Recurrence
from ema_cli.core.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.core.typed_columns import Parts


def worth_and_age(total: Any, squares: Any, age: Any) -> tuple[float | None, float | None]:
    """The number of params with equal shares that would have as much noise, and the mean age of the params in rounds,
    weighted by share (the last param has age 0); None for one that does not exist.

    Args:
        total: The sum of the shares.
        squares: The sum of the squared shares.
        age: The sum of the shares times the ages of their params.
    """
    worth = float(total) ** 2 / float(squares) if float(squares) else None
    return worth, float(age) / float(total) if total else None


class Sums:
    """Sums over the responses of the registers (`size` of them depend on the params) to all params so far, for each
    group.

    A round that turns the registers into A * registers + B * param multiplies the responses to earlier params by A, and
    makes them a round older. With x_i the response of register i to a param, summed over all params: `t` holds the sums
    of x_i, `g` the sums of x_i times the param's age, and `q` the sums of x_i * x_j.
    """

    def __init__(self, size: int, num: Dtype) -> None:
        self._size = range(size)
        steps = [("new_" + name, text) for name, text in self._texts()]
        self._recurrence = Recurrence(
            [name for name, _ in self._texts()], [*steps, *((name[4:], name) for name, _ in steps)], num, {}
        )
        self._table = State(num, dict.fromkeys(self._recurrence.registers, num.number(0)))

    def _texts(self) -> Iterable[tuple[str, str]]:
        """The name of each sum, and the formula of its value after a round."""
        for i in self._size:
            yield f"g{i}", _sum(f"a{i}_{k}*(g{k} + t{k})" for k in self._size)
            yield f"t{i}", _sum([*(f"a{i}_{k}*t{k}" for k in self._size), f"b{i}"])
            for j in self._size:
                halves = (f"a{i}_{k}*({_sum(f'a{j}_{m}*q{k}_{m}' for m in self._size)})" for k in self._size)
                yield f"q{i}_{j}", _sum([*halves, f"b{i}*b{j}"])

    def add(self, A: Sequence[Sequence[Any]], B: Sequence[Any], parts: Parts) -> None:
        """Add rounds; A is a matrix of columns and B a vector of columns, with a row for each round."""
        columns = {f"a{i}_{j}": A[i][j] for i in self._size for j in self._size}
        columns |= {f"b{i}": B[i] for i in self._size}
        names, rows = self._recurrence.registers, parts.rows
        self._table.grow(max(rows) + 1)
        states = [self._table.read(names, row) for row in rows]
        after = self._recurrence.run(states, columns, parts.lengths)
        for row, a, b in parts.each():
            if a < b:
                self._table.set(row, **{name: column[b - 1] for name, column in zip(names, after, strict=True)})

    def worth_and_age(
        self, group: int, weights: Sequence[Any], direct: Any, last: Sequence[Any]
    ) -> tuple[float | None, float | None]:
        """Those of the shares of a group, for a value that depends on the registers and on the last param.

        Args:
            group: The group.
            weights: The response of the value to each register.
            direct: The direct response of the value to the last round's param.
            last: B of the last round.
        """
        get = self._table.get
        total = sum(weights[i] * get(f"t{i}", group) for i in self._size)
        age = sum(weights[i] * get(f"g{i}", group) for i in self._size)
        squares = sum(weights[i] * weights[j] * get(f"q{i}_{j}", group) for i in self._size for j in self._size)
        latest = sum(weights[i] * last[i] for i in self._size)
        return worth_and_age(total + direct, squares + 2 * latest * direct + direct * direct, age)


def _sum(terms: Iterable[str]) -> str:
    return " + ".join(terms)
