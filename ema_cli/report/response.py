"""The response of an average to each param: the derivative of the final shadow, ignoring rounding.

The registers of a rule are affine in the params: after a round they are A * registers + B * param, where A and B depend
on the decays alone. Both are found by evaluating the rule's own formulas at zeros and ones. The share of each param is
accumulated backwards (`shares`); sums over all shares are accumulated forwards (`report/share_sums.py`).
"""

from __future__ import annotations

from collections import defaultdict, deque
from itertools import compress, islice
from typing import TYPE_CHECKING, Any

from ema_cli.core.formula import Recurrence, text_in
from ema_cli.core.gates import COPIES, RESTARTS, SEEDS, SKIPS, UPDATES, UPDATING, WAITS
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.report.affine import affine_registers
from ema_cli.report.share_sums import Sums, worth_and_age

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds

    Change = tuple[Any, Any]
    """A and B of a round."""

_CHANGING = bytes(code not in (SKIPS, WAITS) for code in range(256))
"""For `bytes.translate`: 1 for the code of an action that changes the shown value."""


class _Line:
    """The rounds of one group so far."""

    __slots__ = ("blank", "changes", "count", "latest", "shown", "updates")

    def __init__(self, unit: tuple[list[Any], Any]) -> None:
        self.shown, self.latest = unit, unit[0]
        """For the last round that changed the shadow: the response of the shown value, and B."""
        self.count, self.blank = 0, False
        """The number of rounds, and True if the last one has no shadow."""
        self.changes: deque[tuple[int, Change]] = deque()
        """The action and the change of each kept round."""
        self.updates = 0
        """The number of updates among the kept rounds."""

    def shares(self) -> list[Any]:
        """The share of each kept round."""
        weights, direct = self.shown
        zero, shares = direct - direct, []
        for code, (A, B) in reversed(self.changes):
            if code == SKIPS:
                shares.append(zero)
            else:
                shares.append(_dot(weights, B) + direct)
                weights, direct = [_dot(weights, column) for column in zip(*A, strict=True)], zero
        return shares[::-1]


class Response:
    """Follows an average through its rounds, in float64 or, for an average in dtype exact, in fractions (`exact`)."""

    def __init__(self, average: Average, *, exact: bool) -> None:
        num, readout = dtype("exact" if exact else "float64"), average.readout
        names = average.functions(num)
        names |= {name: lambda value: value for name in ("b16", "settle", "floor", "ceil") if name in names}
        steps = [(name, text_in(text, num)) for name, text in average.assignments]
        shown = [("shown", "s" if readout is None else text_in(readout.text, num))]
        self._ahead = () if readout is None else readout.ahead
        self._window = average.form.window
        registers = ["s"] if self._window else [name for name, _ in average.registers]
        self._of_params, self.affine = affine_registers(registers, average.program.shadows, [*steps, *shown])
        """The registers that depend on the params, s first; and True if they and the shown value are affine in them."""
        self._updated, self._shown = Recurrence(registers, steps, num, names), Recurrence(["shown"], shown, num, names)
        self._counts_itself = average.counts_itself
        self._counts = average.scalars.shown_weight is not None  # the operand w is a count
        self._number, one, zero = num.number, num.load(1), num.load(0)
        self._one, self._zero, self._size = one, zero, range(len(self._of_params))
        unchanged = [[one if row == other else zero for other in self._size] for row in self._size]
        self._unit = unchanged[0], zero
        """The response of s to the registers (itself alone), and to the param."""
        shadows = [name in average.program.shadows for name in self._of_params]
        still, copied = [zero for _ in shadows], [one if there else zero for there in shadows]
        copy = [still if there else row for there, row in zip(shadows, unchanged, strict=True)]
        self._fixed: dict[int, Change] = {SKIPS: (unchanged, still), COPIES: (copy, copied), SEEDS: (copy, still)}
        """The change of each action that is not an update: a copied shadow becomes the param, a seed adds its part."""
        if average.seed is not None:
            seed = unchanged, [part / average.seed.count for part in copied]
            self._fixed |= {WAITS: seed, SEEDS: seed}
        self._lines = defaultdict[int, _Line](lambda: _Line(self._unit))
        """The rounds of each group."""
        self._sums = None if self._window else Sums(len(self._of_params), num)

    def follow(self, rounds: Rounds, *, keep: bool) -> None:
        """Follow a batch of rounds. With `keep` they are kept for `shares`, else they are added to sums."""
        for group, a, b in rounds.parts.each():
            if a < b:
                line = self._lines[group]
                line.count += b - a
                line.blank = rounds.shows is not None and not rounds.shows[b - 1]
        if not self.affine or not len(rounds):
            return
        codes = rounds.codes or bytes([UPDATES]) * len(rounds)
        if self._window:  # a mean of the most recent params, which have equal shares while they are kept
            A, B = [[[self._one] * len(rounds)]], [[self._one / self._window] * len(rounds)]
        else:
            A, B = self._changes(rounds, codes)
        if self._sums is not None and not keep:
            self._sums.add(A, B, rounds.parts)
        else:
            self._keep(rounds, codes, A, B)
        self._show(rounds, codes, B)

    def _changes(self, rounds: Rounds, codes: bytes) -> tuple[list[list[Any]], list[Any]]:
        """A and B of the rounds, as a matrix and a vector of columns."""
        before = {name: [None, *column[:-1]] for name, column in rounds.registers.items()}
        for name, column in before.items():
            for (_, a, b), first in zip(rounds.parts.each(), rounds.start[name], strict=True):
                if a < b:
                    column[a] = first
        updated = codes.translate(UPDATING)
        [*by_register, B] = self._responses(self._updated, self._of_params, rounds, before, updated)
        A = [[response[row] for response in by_register] for row in self._size]
        if 0 not in updated and RESTARTS not in codes:
            return A, B

        def spread(column: list[Any], fixed: Callable[[Change], Any]) -> list[Any]:
            """A column of the updates, completed by the entries of rounds with other actions."""
            others, following = {code: fixed(change) for code, change in self._fixed.items()}, iter(column)
            return [next(following) if there else others[code] for code, there in zip(codes, updated, strict=True)]

        for row in self._size:
            B[row] = spread(B[row], lambda change, row=row: change[1][row])  # type: ignore[misc]
            for other in self._size:
                A[row][other] = spread(A[row][other], lambda change, at=(row, other): change[0][at[0]][at[1]])  # type: ignore[misc]
            for place, code in enumerate(codes):
                if code == RESTARTS:  # s becomes the param, then it is updated
                    B[row][place], A[row][0][place] = B[row][place] + A[row][0][place], self._zero
        return A, B

    def _keep(self, rounds: Rounds, codes: bytes, A: list[list[Any]], B: list[Any]) -> None:
        """Keep the changes of rounds, and drop rounds that no longer affect the shadow."""
        changes = zip(zip(*(zip(*row, strict=True) for row in A), strict=True), zip(*B, strict=True), strict=True)
        for group, a, b in rounds.parts.each():
            line = self._lines[group]
            line.changes.extend(zip(codes[a:b], islice(changes, b - a), strict=True))
            line.updates += sum(codes[a:b].translate(UPDATING))
            while self._window and line.updates > self._window:
                line.updates -= UPDATING[line.changes.popleft()[0]]

    def _show(self, rounds: Rounds, codes: bytes, B: list[Any]) -> None:
        """Update the response of the shown value, from the last round of each group that changes it."""
        changing, lasts = codes.translate(_CHANGING), bytearray(len(rounds))
        lines = []
        for group, a, b in rounds.parts.each():
            row = changing.rfind(1, a, b)
            if row >= 0:
                line = self._lines[group]
                line.latest, line.shown = [column[row] for column in B], self._unit
                if UPDATING[codes[row]] and not self._window:
                    lasts[row] = 1
                    lines.append(line)
        [*by_register, by_param] = self._responses(self._shown, ["shown"], rounds, rounds.registers, bytes(lasts))
        for line, direct, *weights in zip(lines, by_param[0], *(each[0] for each in by_register), strict=True):
            line.shown = weights, direct

    def _responses(
        self, recurrence: Recurrence, outputs: list[str], rounds: Rounds, registers: dict[str, Any], mask: bytes
    ) -> list[list[list[Any]]]:
        """The derivatives of the outputs by each register of `_of_params` and by the param, in the rounds of a mask."""
        load = self._number
        decays = [load(x) for x in compress(rounds.columns["decay"], mask)]
        weights, used = [1 - d for d in decays], [load(x) for x in compress(rounds.columns["weight"], mask)]
        if any(abs(w - u) > 1e-4 * abs(w) + 1e-9 for w, u in zip(weights, used, strict=True)):
            weights = used  # the rule's weight is not 1 - decay
        counters: Any = None if rounds.steps is None else [*compress(rounds.steps, mask)]
        numbers = rounds.parts.numbers(rounds.start["updates"], mask=rounds.updated)
        known: dict[str, Any] = {
            "v": decays if "v" not in rounds.columns else [load(x) for x in compress(rounds.columns["v"], mask)],
            "d": decays,
            "w": [1 / w for w in weights] if self._counts else weights,
            "n": counters,
            "k": counters if self._counts_itself else [*compress(numbers, mask)],
            **{name: [*compress(column, mask)] for name, column in registers.items()},
            **{name: [0] * len(decays) for name in self._ahead},
            "p": [*compress(rounds.columns["param"], mask)],
        }

        def at(unit: str) -> list[Any]:
            """The outputs if the register `unit` (or the param, `p`) is 1 and the others of `_of_params` are 0."""
            inputs = dict(known)
            for name in (*self._of_params, "p"):
                value = self._one if name == unit else self._zero
                inputs[name] = [x if x != x or (name == "p" and x - x != 0) else value for x in known[name]]
            results = dict(zip(recurrence.registers, recurrence.apart(inputs), strict=True))
            return [results[name] for name in outputs]

        zero = at("")
        empty = [s != s and p != p for s, p in zip(known["s"], known["p"], strict=True)]  # there was no param yet
        return [
            [
                [self._zero if none else a - b for a, b, none in zip(x, y, empty, strict=True)]
                for x, y in zip(at(unit), zero, strict=True)
            ]
            for unit in (*self._of_params, "p")
        ]

    def worth_and_age(self, group: int = 0) -> tuple[float | None, float | None]:
        """Those of the shares of all rounds; None if the shadow is not affine in the params, or is blank."""
        line = self._lines[group]
        if line.blank or not self.affine:
            return None, None
        if self._sums is not None:
            return self._sums.worth_and_age(group, *line.shown, line.latest)
        shares = line.shares()
        age = sum(age * share for age, share in enumerate(reversed(shares)))
        return worth_and_age(sum(shares), sum(share * share for share in shares), age)

    def shares(self, group: int = 0) -> list[Any]:
        """The share of each round, 0 if it was not kept; None if the shadow is blank or not affine in the params."""
        line = self._lines[group]
        if line.blank or not self.affine:
            return [None] * line.count
        shares = line.shares()
        return [self._zero] * (line.count - len(shares)) + shares


def _dot(one: Any, other: Any) -> Any:
    return sum(x * y for x, y in zip(one, other, strict=True))
