"""The response of an average to each param: the derivative of the final shadow, rounding aside.

The registers of a rule are affine in the params: after a round they are A * registers + B * param, where A and B follow
from the decays alone. Both are taken from the rule's own formulas, at zeros and ones. What a param has come to in the
end is accumulated backwards (`shares`); what all of them have come to, forwards (`Response.moments`).
"""

from __future__ import annotations

from collections import deque
from itertools import accumulate, compress, islice
from typing import TYPE_CHECKING, Any

from ema_cli.core.affine import affine_registers, memory
from ema_cli.core.formula import Recurrence, said
from ema_cli.core.gates import COPIES, RESTARTS, SEEDS, UPDATES, WAITS
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds

    Change = tuple[list[list[Any]], list[Any]]
    """A and B of a round."""


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
    """Follows an average through its rounds, in float64; in fractions, if it is `exact` as the average then is."""

    def __init__(self, average: Average, *, exact: bool) -> None:
        num, readout = dtype("exact" if exact else "float64"), average.readout
        names = average.functions(num)
        names |= {name: _same for name in ("b16", "settle", "floor", "ceil") if name in names}
        steps = [(name, said(text, num)) for name, text in average.assignments]
        shown = [("shown", "s" if readout is None else said(readout.text, num))]
        self._ahead = () if readout is None else readout.ahead
        self._registers = [name for name, _ in average.registers]
        self._of_params, self.affine = affine_registers(self._registers, [*steps, *shown])
        """The registers that depend on the params, s first; and whether they, and what is shown, do so affinely."""
        self._memory = memory(self._of_params, steps)
        self._update, self._show = (
            Recurrence(self._registers, steps, num, names),
            Recurrence(["shown"], shown, num, names),
        )
        self._counts_itself = average.counts_itself
        self._counts = average.scalars.shown_weight is not None  # the operand w is a count
        self._number, one, zero = num.number, num.number(1), num.number(0)
        self._one, self._zero, size = one, zero, range(len(self._of_params))
        self._unit = [one if row == 0 else zero for row in size]
        """The response of s itself to the registers."""
        self._copy = [[one if row == other and row else zero for other in size] for row in size], self._unit
        """Change of a round that replaces s by the param."""
        if average.seed is not None:  # each of the first params has the same part in the mean that the shadow starts at
            part, shadows = one / average.seed.count, ("s", *average.program.shadows)
            kept = [[one if row == other else zero for other in size] for row in size]
            self._seed = kept, [part if name in shadows else zero for name in self._of_params]
        self._waiting: deque[Rounds] = deque()  # the last rounds, of an average that forgets
        self._count = self._forgotten = 0
        self._blank = False
        self._changes: list[Change | None] = []
        self._sum, self._ages = [zero for _ in size], [zero for _ in size]
        self._squares = [[zero for _ in size] for _ in size]
        self._last: tuple[list[Any], Any, list[Any]] = self._unit, zero, [zero for _ in size]
        """Of the last round that changed the shadow: its response to the registers and to the param, and B."""

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
        while sum(_updated(each).count(1) for each in [*self._waiting][1:]) >= self._memory:
            self._forgotten += len(self._waiting.popleft())

    def _respond(self, rounds: Rounds, *, keep: bool) -> None:
        updated = _updated(rounds)
        if self._memory is not None:  # only the last updates have shares
            begin = len(updated)
            for _ in range(min(self._memory, updated.count(1))):
                begin = updated.rindex(1, 0, begin)
            updated = bytes(begin) + updated[begin:]
        changes, last = iter(self._changes_of(rounds, updated)), None
        for row, (code, updates) in enumerate(
            zip(rounds.codes or bytes([UPDATES]) * len(rounds), updated, strict=True)
        ):
            change: Change | None = None
            if code in (WAITS, SEEDS):
                change = self._seed
            elif code == COPIES:
                change = self._copy
            elif updates:
                change = next(changes)
                if code == RESTARTS:
                    change = _after(change, self._copy)
            if change is not None and code != WAITS:
                last = row, change[1], bool(updates)
            if keep:
                self._changes.append(change)
            else:
                self._add(change)
        if last is not None:
            row, latest, updates = last
            weights, own = self._shown(rounds, row) if updates else (self._unit, self._zero)
            self._last = weights, own, latest

    def _changes_of(self, rounds: Rounds, mask: bytes) -> list[Change]:
        """A and B of the updates of a mask."""
        first = rounds.registers_at(0)
        before = {name: [first[name], *one[:-1]] for name, one in rounds.registers.items()}
        [*by_register, by_param] = self._responses(self._update, self._of_params, rounds, before, mask)
        size, rows = range(len(self._of_params)), range(mask.count(1))
        return [
            ([[each[place][row] for each in by_register] for place in size], [by_param[place][row] for place in size])
            for row in rows
        ]

    def _shown(self, rounds: Rounds, row: int) -> tuple[list[Any], Any]:
        """Response of the shown value after an update to the registers and to the param."""
        mask = bytes(row) + b"\1" + bytes(len(rounds) - row - 1)
        [*by_register, by_param] = self._responses(self._show, ["shown"], rounds, rounds.registers, mask)
        return [one[0][0] for one in by_register], by_param[0][0]

    def _responses(
        self, recurrence: Recurrence, outputs: list[str], rounds: Rounds, registers: dict[str, Any], mask: bytes
    ) -> list[list[list[Any]]]:
        """The outputs' changes with each register of params, and with the param, in the updates of a mask."""
        own, load = self._of_params, self._number
        decays = [load(x) for x in compress(rounds.columns["decay"], mask)]
        weights, used = [1 - d for d in decays], [load(x) for x in compress(rounds.columns["weight"], mask)]
        if any(abs(w - u) > 1e-4 * abs(w) + 1e-9 for w, u in zip(weights, used, strict=True)):
            weights = used  # the rule has a weight that is not 1 - decay
        counters: Any = None if rounds.steps is None else [*compress(rounds.steps, mask)]
        numbers = islice(accumulate(_updated(rounds), initial=rounds.updates_until(0)), 1, None)
        known: dict[str, Any] = {
            "v": decays if "v" not in rounds.columns else [load(x) for x in compress(rounds.columns["v"], mask)],
            "d": decays,
            "w": [1 / w for w in weights] if self._counts else weights,
            "n": counters,
            "k": counters if self._counts_itself else [*compress(numbers, mask)],
            **{name: [*compress(one, mask)] for name, one in registers.items()},
            **{name: [0] * len(decays) for name in self._ahead},
            "p": [*compress(rounds.columns["param"], mask)],
        }

        def at(unit: str) -> list[Any]:
            """The outputs where one of the registers of params, or the param, is 1 and the others are 0."""
            given = dict(known)
            for name in (*own, "p"):
                value = self._one if name == unit else self._zero
                given[name] = [x if x != x or (name == "p" and x - x != 0) else value for x in known[name]]
            found = dict(zip(recurrence.registers, recurrence.apart(given), strict=True))
            return [found[name] for name in outputs]

        zero = at("")
        empty = [s != s and p != p for s, p in zip(known["s"], known["p"], strict=True)]  # no param is known yet
        return [
            [
                [self._zero if none else a - b for a, b, none in zip(x, y, empty, strict=True)]
                for x, y in zip(at(unit), zero, strict=True)
            ]
            for unit in (*own, "p")
        ]

    def _add(self, change: Change | None) -> None:
        """One round more for the moments."""
        total, size = self._sum, range(len(self._sum))
        ages = [age + share for age, share in zip(self._ages, total, strict=True)]  # each is a round older
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
            shares = self._late_shares()
            total, age = sum(shares), sum(age * share for age, share in enumerate(reversed(shares)))
            squares = sum(share * share for share in shares)
        else:
            weights, own, last = self._last
            latest, total, age = _dot(weights, last), _dot(weights, self._sum) + own, _dot(weights, self._ages)
            squares = _dot(weights, _times(self._squares, weights)) + 2 * latest * own + own * own
        return Moments(float(total), float(squares), float(age) / float(total) if total else None)

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
        for change in reversed(self._changes):
            if change is None:
                found.append(self._zero)
                continue
            A, B = change
            found.append(_dot(weights, B) + own)
            weights, own = [_dot(weights, column) for column in zip(*A, strict=True)], self._zero
        return found[::-1]


def _updated(rounds: Rounds) -> bytes:
    """1 for each round that updates."""
    return rounds.updated or b"\1" * len(rounds)


def _same(value: Any) -> Any:
    return value


def _dot(one: Any, other: Any) -> Any:
    return sum(x * y for x, y in zip(one, other, strict=True))


def _times(rows: list[list[Any]], column: list[Any]) -> list[Any]:
    return [_dot(row, column) for row in rows]


def _after(change: Change, first: Change) -> Change:
    """One change after another."""
    (A, B), (C, D) = change, first
    product = [[_dot(row, column) for column in zip(*C, strict=True)] for row in A]
    return product, [x + b for x, b in zip(_times(A, D), B, strict=True)]
