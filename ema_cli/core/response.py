"""The response of an average to each param: the derivative of the final shadow, rounding aside.

The registers of a rule are affine in the params: after a round they are A * registers + B * param, where A and B follow
from the decays alone. Both are taken from the rule's own formulas, at zeros and ones. What a param has come to in the
end is accumulated backwards (`shares`); what all of them have come to, forwards (`Response.moments`).
"""

from __future__ import annotations

from collections import deque
from itertools import compress
from typing import TYPE_CHECKING, Any

from ema_cli.core.affine import affine_registers, memory
from ema_cli.core.dtypes import dtype
from ema_cli.core.formula import rows_apart, said
from ema_cli.core.gates import COPIES, RESTARTS, SEEDS, UPDATES, WAITS
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds


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


class Response:
    """Follows an average through its rounds.

    Args:
        average: The average.
        exact: Whether to respond in fractions, as the average computes; else in float64.
    """

    def __init__(self, average: Average, *, exact: bool) -> None:
        form, readout = average.form, average.readout
        self.num = dtype("exact" if exact else "float64")
        registers, steps, calls = form.registers, form.steps, [form.names]
        if readout is not None:
            registers, steps = (*registers, *readout.registers), (*readout.before, *steps, *readout.after)
            calls.append(readout.names)
        self._names = {name: call for make in calls if make is not None for name, call in make(self.num).items()}
        self._names |= {name: _same for name in ("b16", "settle") if name in self._names}
        self._steps = [(name, said(text, self.num)) for name, text in steps]
        self._shown = "s" if readout is None else said(readout.text, self.num)
        self._ahead = () if readout is None else readout.ahead
        self.registers = [name for name, _ in registers]
        self.of_params, self.affine = affine_registers(self.registers, [*self._steps, ("shown", self._shown)])
        """The registers that depend on the params, s first; and whether they, and what is shown, do so affinely."""
        self._counts_itself = average.counter is not None and average.counter.first is not None
        self._counts = average.scalars.shown_weight is not None  # the operand w is a count
        size = range(len(self.of_params))
        one, zero = self.num.number(1), self.num.number(0)
        self._one, self._zero = one, zero
        self._memory = memory(self.of_params, self._steps)
        self._waiting: deque[Rounds] = deque()  # the last rounds, of an average that forgets
        self._forgotten = 0
        if average.seed is not None:  # each of the first params has the same part in the mean that the shadow starts at
            part, shadows = one / average.seed.count, ("s", *average.program.shadows)
            kept = [[one if row == column else zero for column in size] for row in size]
            self._seeding = kept, [part if name in shadows else zero for name in self.of_params]
        self._rounds: list[tuple[int, Any, Any]] = []
        self._count, self._blank = 0, False
        self._sum, self._ages = [zero for _ in size], [zero for _ in size]
        self._squares = [[zero for _ in size] for _ in size]
        self._last: tuple[list[Any], Any, list[Any]] = ([one, *[zero] * (len(size) - 1)], zero, [zero for _ in size])

    def follow(self, rounds: Rounds, *, keep: bool) -> None:
        """Respond to a batch of rounds; `keep` remembers them for `shares`, else they go into the moments."""
        if len(rounds):
            self._count += len(rounds)
            self._blank = rounds.shows is not None and not rounds.shows[-1]
        if not self.affine:
            return
        if self._memory is None:
            self._respond(rounds, keep=keep)
            return
        self._waiting.append(rounds)
        while sum(_updating(each).count(1) for each in [*self._waiting][1:]) >= self._memory:
            self._forgotten += len(self._waiting.popleft())

    def _respond(self, rounds: Rounds, *, keep: bool) -> None:
        codes, updating = _codes(rounds), _updating(rounds)
        if self._memory is not None:  # only the last updates have shares
            begin = len(updating)
            for _ in range(min(self._memory, updating.count(1))):
                begin = updating.rindex(1, 0, begin)
            updating = bytes(begin) + updating[begin:]
        changes = iter(self._changes(rounds, updating))
        size = range(len(self.of_params))
        for code, updates in zip(codes, updating, strict=True):
            if code in (WAITS, SEEDS):
                change = self._seeding
            elif code == COPIES:
                change = self._copy()
            elif not updates:
                change = None
            else:
                change, shown = next(changes)
                if code == RESTARTS:
                    change = _after(change, self._copy())
                self._last = *shown, change[1]
            if code in (COPIES, SEEDS) and change is not None:
                self._last = [self._one, *[self._zero] * (len(size) - 1)], self._zero, change[1]
            if keep:
                self._rounds.append(change)  # type: ignore[arg-type]
            else:
                self._add(change)

    def _copy(self) -> tuple[list[list[Any]], list[Any]]:
        """A round that puts the param in the place of s."""
        size = range(len(self.of_params))
        rows = [[self._one if row == column and row else self._zero for column in size] for row in size]
        return rows, [self._zero if place else self._one for place in size]

    def _changes(self, rounds: Rounds, updating: bytes) -> Iterable[tuple[Any, Any]]:
        """A and B of each update, and how what is shown then responds to the registers and to the param."""
        count = updating.count(1)
        if not count:
            return []
        num = self.num
        load = num.number
        decays = [load(x) for x in compress(rounds.columns["decay"], updating)]
        weights = [1 - d for d in decays]
        used = [load(x) for x in compress(rounds.columns["weight"], updating)]
        if any(abs(w - u) > 1e-4 * abs(w) + 1e-9 for w, u in zip(weights, used, strict=True)):
            weights = used  # the rule has a weight that is not 1 - decay
        counters = list(compress(rounds.steps, updating)) if rounds.steps is not None else [None] * count
        first = rounds.updates_before + 1
        known: dict[str, Any] = {
            "v": decays,
            "d": decays,
            "w": [1 / w for w in weights] if self._counts else weights,
            "n": counters,
            "k": counters if self._counts_itself else range(first, first + count),
        }
        before = {}
        after = {}
        for name in self.registers:
            whole = rounds.registers[name]
            before[name] = [*compress([rounds.registers_before[name], *whole[:-1]], updating)]
            after[name] = [*compress(whole, updating)]
        if self._ahead:
            before |= {name: [0] * count for name in self._ahead}
            after |= {name: [0] * count for name in self._ahead}
        params = [*compress(rounds.columns["param"], updating)]
        return self._responses(known, before, after, params, count)

    def _responses(
        self, known: dict[str, Any], before: dict[str, Any], after: dict[str, Any], params: list[Any], count: int
    ) -> Iterable[tuple[Any, Any]]:
        zeros, ones, own = [self._zero] * count, [self._one] * count, self.of_params
        nothing = [x if x - x != 0 else zero for x, zero in zip(params, zeros, strict=True)]  # no number stays none
        something = [x if x - x != 0 else one for x, one in zip(params, ones, strict=True)]
        inputs = [*self.registers, *(name for name in ("p", *known) if name not in self.registers)]
        update = rows_apart(inputs, self._steps, own, self.num, self._names)
        show = rows_apart(inputs, [("shown", self._shown)], ["shown"], self.num, self._names)

        def respond(function: Any, registers: dict[str, Any], numbers: Sequence[int]) -> list[list[Any]]:
            """The outputs where all are zero, and then their changes with each register of params, and the param."""
            found = []
            for unit in numbers:
                given = known | registers | {"p": something if unit == len(own) else nothing}
                for place, name in enumerate(own):
                    column = ones if place == unit else zeros
                    given[name] = [x if x != x else y for x, y in zip(registers[name], column, strict=True)]
                found.append(function(*(given[name] for name in inputs)))
            return [
                [[a - b for a, b in zip(x, y, strict=True)] for x, y in zip(one, found[0], strict=True)]
                for one in found[1:]
            ]

        units = [-1, *range(len(own) + 1)]
        changed = respond(update, before, units)
        shown = respond(show, after, units)
        for row in range(count):
            A = [[changed[column][place][row] for column in range(len(own))] for place in range(len(own))]
            B = [changed[len(own)][place][row] for place in range(len(own))]
            yield (A, B), ([shown[column][0][row] for column in range(len(own))], shown[len(own)][0][row])

    def _add(self, change: tuple[list[list[Any]], list[Any]] | None) -> None:
        """One round more for the moments."""
        total, ages, size = self._sum, self._ages, range(len(self._sum))
        ages = [age + share for age, share in zip(ages, total, strict=True)]  # each is a round older
        if change is not None:
            A, B = change
            rows = [[(place, a) for place, a in enumerate(row) if a] for row in A]  # a window's are mostly zeros
            ages = _times(A, ages)
            total = [x + b for x, b in zip(_times(A, total), B, strict=True)]
            half = [[sum(a * row[other] for other, a in own) for own in rows] for row in self._squares]
            self._squares = [
                [sum(a * half[other][column] for other, a in row) + B[place] * B[column] for column in size]
                for place, row in enumerate(rows)
            ]
        self._sum, self._ages = total, ages

    def moments(self) -> Moments | None:
        """Moments of the shares of rounds that were not kept; None where there are no shares."""
        if self._blank or not self.affine:
            return None
        if self._memory is not None:
            return self._of_shares(self._late_shares())
        weights, own, last = self._last
        latest = sum(w * b for w, b in zip(weights, last, strict=True))
        total = sum(w * x for w, x in zip(weights, self._sum, strict=True))
        squares = sum(w * x for w, x in zip(weights, _times(self._squares, weights), strict=True))
        age = sum(w * x for w, x in zip(weights, self._ages, strict=True))
        whole = float(total + own)
        return Moments(whole, float(squares + 2 * latest * own + own * own), float(age) / whole if whole else None)

    def _of_shares(self, shares: list[Any]) -> Moments:
        """The moments of shares that are known, those of the last rounds."""
        whole = float(sum(shares))
        age = float(sum(age * share for age, share in enumerate(reversed(shares))))
        return Moments(whole, float(sum(share * share for share in shares)), age / whole if whole else None)

    def shares(self) -> list[Any]:
        """The share of each round that was kept; None where the shadow is not affine in the params, or is blank."""
        if self._blank or not self.affine:
            return [None] * self._count
        return [self._zero] * self._forgotten + self._late_shares()

    def _late_shares(self) -> list[Any]:
        """The shares of the rounds that are not forgotten."""
        while self._waiting:
            self._respond(self._waiting.popleft(), keep=True)
        weights, own, _ = self._last
        found: list[Any] = []
        for change in reversed(self._rounds):
            if change is None:
                found.append(self._zero)
                continue
            A, B = change
            if len(B) == 1:
                found.append(weights[0] * B[0] + own)
                weights = [weights[0] * A[0][0]]
            else:
                found.append(sum(w * b for w, b in zip(weights, B, strict=True)) + own)
                weights = [sum(w * row[place] for w, row in zip(weights, A, strict=True)) for place in range(len(B))]
            own = self._zero
        found.reverse()
        return found


def _codes(rounds: Rounds) -> bytes:
    """The action of each round."""
    return rounds.codes if rounds.codes is not None else bytes([UPDATES]) * len(rounds)


def _updating(rounds: Rounds) -> bytes:
    """1 for each round that updates."""
    return bytes(code in (UPDATES, RESTARTS) for code in _codes(rounds))


def _same(value: Any) -> Any:
    return value


def _times(rows: list[list[Any]], column: list[Any]) -> list[Any]:
    return [sum(a * x for a, x in zip(row, column, strict=True)) for row in rows]


def _after(change: tuple[Any, Any], first: tuple[Any, Any]) -> tuple[list[list[Any]], list[Any]]:
    """One change after another."""
    (A, B), (C, D) = change, first
    columns = [list(column) for column in zip(*C, strict=True)]
    product = [[sum(a * c for a, c in zip(row, column, strict=True)) for column in columns] for row in A]
    return product, [x + b for x, b in zip(_times(A, D), B, strict=True)]
