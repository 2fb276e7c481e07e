"""Sums over the shares of all rounds, which follow round by round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.formula import Recurrence
from ema_cli.core.record import Record
from ema_cli.core.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.core.typed_columns import Parts


class Moments(Record):
    """Sums over the shares of all rounds."""

    total: float
    """Their sum."""
    squares: float
    """The sum of their squares."""
    age: float | None
    """The mean age of the params in rounds, the last of age 0; None where there are none."""

    @property
    def worth(self) -> float | None:
        """The number of params with equal shares that would have as much noise."""
        return self.total**2 / self.squares if self.squares else None


def moments(total: Any, squares: Any, age: Any) -> Moments:
    """Moments from the sums of shares, of their squares, and of their products with the ages."""
    return Moments(float(total), float(squares), float(age) / float(total) if total else None)


class Sums:
    """Sums of all params in the registers, for each group.

    Where a round makes A * registers + B * param of the registers, the responses to the earlier params become A times
    what they were, and are a round older. Of the responses x to each param, `t` holds the sums of x, `g` those of x by
    its age, and `q` those of the products of two registers' x.

    Args:
        size: The number of registers that depend on the params.
        num: The number system.
    """

    def __init__(self, size: int, num: Dtype) -> None:
        self._size = range(size)
        steps = [("new_" + name, text) for name, text in self._texts()]
        self._recurrence = Recurrence(
            [name for name, _ in self._texts()], [*steps, *((name[4:], name) for name, _ in steps)], num, {}
        )
        self._table = State(num, dict.fromkeys(self._recurrence.registers, num.number(0)))

    def _texts(self) -> Iterable[tuple[str, str]]:
        """The sums, and what they are after a round."""
        for i in self._size:
            yield f"g{i}", _sum(f"a{i}_{k}*(g{k} + t{k})" for k in self._size)
            yield f"t{i}", _sum([*(f"a{i}_{k}*t{k}" for k in self._size), f"b{i}"])
            for j in self._size:
                halves = (f"a{i}_{k}*({_sum(f'a{j}_{m}*q{k}_{m}' for m in self._size)})" for k in self._size)
                yield f"q{i}_{j}", _sum([*halves, f"b{i}*b{j}"])

    def add(self, A: Sequence[Sequence[Any]], B: Sequence[Any], parts: Parts) -> None:
        """Add rounds, of which each entry of A and B is a column."""
        columns = {f"a{i}_{j}": A[i][j] for i in self._size for j in self._size}
        columns |= {f"b{i}": B[i] for i in self._size}
        names, rows = self._recurrence.registers, parts.rows
        self._table.grow(max(rows) + 1)
        states = [self._table.read(names, row) for row in rows]
        after = self._recurrence.run(states, columns, parts.lengths)
        for row, a, b in parts.each():
            if a < b:
                self._table.set(row, **{name: column[b - 1] for name, column in zip(names, after, strict=True)})

    def moments(self, group: int, weights: Sequence[Any], own: Any, last: Sequence[Any]) -> Moments:
        """Moments of the shares, where what is shown responds to the registers and to the last param.

        Args:
            group: The group.
            weights: The response to each register.
            own: The response to the param of the last round itself.
            last: B of the last round.
        """
        get = self._table.get
        total = sum(weights[i] * get(f"t{i}", group) for i in self._size)
        age = sum(weights[i] * get(f"g{i}", group) for i in self._size)
        squares = sum(weights[i] * weights[j] * get(f"q{i}_{j}", group) for i in self._size for j in self._size)
        latest = sum(weights[i] * last[i] for i in self._size)
        return moments(total + own, squares + 2 * latest * own + own * own, age)


def _sum(terms: Iterable[str]) -> str:
    return " + ".join(terms)
