"""The results of a batch of updates, in columns."""

from __future__ import annotations

from functools import cached_property
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any, SupportsIndex

from ema_cli.core.gates import ACTIONS, COPIES, RESTARTS, UPDATE, UPDATES, UPDATING
from ema_cli.core.record import Record
from ema_cli.core.typed_columns import Parts, both, take_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ema_cli.core.round import Round
    from ema_cli.core.typed_columns import Column

_UPDATED = bytes([UPDATES, RESTARTS])
_WORDS = [UPDATE if code == RESTARTS else word for code, word in enumerate(ACTIONS)]


class Rounds(Record, frozen=False):
    """Results of a batch of updates, in columns of equal length; iterating yields one `Round` at a time.

    The columns are arrays of doubles (lists of fractions in exact arithmetic), with byte masks for absent values.
    `params`, `decays`, `weights`, `shadows`, `biased` and `elapsed` are lists made on demand, with None for absent
    values.

    >>> from ema_cli import Average
    >>> rounds = Average(rule="torch").advance([1.0, 10.0])
    >>> rounds.actions, rounds.decays, rounds.shadows
    (['copy', 'update'], [None, 0.999], [1.0, 1.0089999437332153])
    >>> rounds
    <Rounds 1..2: shadow 0.0 -> 1.0089999437332153>
    >>> rounds[-1].shadow - rounds.before
    1.0089999437332153
    """

    steps: Sequence[int | None] | None
    """The counter in each round; None if the rule keeps none and the script gave none."""
    columns: dict[str, Column]
    """The columns param (in the dtype), decay, weight (as the round used it) and shadow, with a number in every row;
    also biased (the accumulator, if the rule shows another value), elapsed (if the rule uses times) and given (if each
    row had a decay).
    """
    registers: dict[str, Column]
    """The rule's registers after each round: the accumulator s first."""
    start: Mapping[str, Sequence[Any]]
    """The counts and registers before the first round of each part."""
    parts: Parts
    """The rounds of each group, which is a row of the table of states."""
    codes: bytes | None
    """Action of each round, as an index into `gates.ACTIONS`; None if all were updates."""
    present: bytes | None
    """Mask of the rounds that have a param; None if all have one."""
    shows: bytes | None
    """Mask of the rounds that show a shadow; None if all do."""
    timed: bytes | None
    """Mask of the rounds that have an elapsed time; None if all have one, or none does."""
    constant: bool
    """True if all decays are known to be equal."""

    def masked_column(self, name: str) -> tuple[Column, bytes | None]:
        """A column (decay, weight, shadow or biased), and the mask of the rounds that have it; None if all have."""
        column = self.columns.get(name, self.columns["shadow"])
        return column, self.updated if name in ("decay", "weight") else self.shows

    def _list(self, name: str, mask: bytes | None) -> list[Any]:
        """A column as a list, with None where the mask has a zero."""
        column = self.columns[name]
        return [*column] if mask is None else [x if there else None for x, there in zip(column, mask, strict=True)]

    @cached_property
    def extra(self) -> dict[str, list[Any]]:
        """Further columns by their names, computed and stored here by other rooms."""
        return {}

    @property
    def updated(self) -> bytes | None:
        """Mask of the rounds that were updates; None if all were."""
        return None if self.codes is None else self.codes.translate(UPDATING)

    @cached_property
    def params(self) -> list[Any]:
        """The params in the dtype; None in a round without a param."""
        return self._list("param", self.present)

    @cached_property
    def decays(self) -> list[Any]:
        """The effective decays; None where the round was not an update."""
        return self._list("decay", self.updated)

    @cached_property
    def weights(self) -> list[Any]:
        """The weights as the rounds used them; None where the round was not an update."""
        return self._list("weight", self.updated)

    @cached_property
    def shadows(self) -> list[Any]:
        """The shadow after each round; None in a round that shows none."""
        return self._list("shadow", self.shows)

    @cached_property
    def biased(self) -> list[Any] | None:
        """The accumulator after each round, if the rule shows another value; else None."""
        return self._list("biased", self.shows) if "biased" in self.columns else None

    @cached_property
    def elapsed(self) -> list[Any] | None:
        """The time since the last round that was not skipped, if the rule uses times; else None."""
        return self._list("elapsed", self.timed) if "elapsed" in self.columns else None

    @cached_property
    def actions(self) -> list[str] | None:
        """The action of each round (`gates.ACTIONS`; a restart counts as an update); None if all are updates."""
        if self.codes is None or not self.codes.strip(_UPDATED):
            return None
        return [_WORDS[code] for code in self.codes]

    @property
    def first(self) -> int:
        """The number of the first round."""
        return int(self.start["rounds"][0]) + 1

    @property
    def before(self) -> Any:
        """The shadow that the first update of these rounds starts from."""
        return self.start_of(0)

    @cached_property
    def numbers(self) -> Sequence[int]:
        """The number of each round."""
        return self.parts.numbers(self.start["rounds"])

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        """The half-open range of rows of each part."""
        return [*self.parts.spans()]

    def _part_of(self, row: int) -> tuple[int, int]:
        """The number of the part that holds a row, and the first row of that part."""
        from bisect import bisect_right  # loads a shared library, which would slow down a short script

        place = bisect_right(self._spans, row, key=itemgetter(0)) - 1
        return place, self._spans[place][0]

    def hide_gaps(self) -> None:
        """Hide the shadows before the first param: nothing has been averaged yet."""
        if self.present is None or all(self.start["present"]):
            return
        params = self.parts.numbers(self.start["present"], mask=self.present)
        self.hide(bytes([number > 0 for number in params]))

    def hide(self, shows: bytes) -> None:
        """Hide the shadows outside of a mask."""
        self.shows = both(self.shows, shows)

    def __len__(self) -> int:
        return len(self.columns["shadow"])

    def __getitem__(self, place: SupportsIndex) -> Round:
        """One round, by its row in this batch, from 0; a negative row counts from the end."""
        return next(iter(self.picked([range(len(self))[place]])))

    def __repr__(self) -> str:
        if not len(self):
            return "<Rounds: none>"
        return f"<Rounds {self.first}..{self.first + len(self) - 1}: shadow {self.before} -> {self.shadows[-1]}>"

    def picked(self, rows: Sequence[int]) -> Rounds:
        """Some of the rounds, each as a part of its own."""
        numbers, shown = self.numbers, [*map(self.start_of, rows)]
        registers, befores = [self.registers_at(row) for row in rows], [numbers[row] - 1 for row in rows]
        start: dict[str, Any] = {name: [values[name] for values in registers] for name in self.registers}
        start |= {"shown": shown, "begun": [each is not None for each in shown], "rounds": befores}
        start["updates"] = [*map(self.updates_until, rows)]

        optional = {name: getattr(self, name) for name in ("steps", "codes", "present", "shows", "timed")}
        subset = Rounds(
            columns={name: take_rows(column, rows) for name, column in self.columns.items()},
            registers={name: take_rows(column, rows) for name, column in self.registers.items()},
            start=start,
            parts=Parts([self.parts.rows[self._part_of(row)[0]] for row in rows], [1] * len(rows)),
            constant=self.constant,
            **{name: None if values is None else take_rows(values, rows) for name, values in optional.items()},
        )
        subset.extra.update((name, take_rows(column, rows)) for name, column in self.extra.items())
        return subset

    def rows(self) -> list[dict[str, Any]]:
        """The rounds as rows for a data frame, after a row for the shadow that they start from (round 0 at first).

        >>> from ema_cli import Average
        >>> [row["shadow"] for row in Average(0.5, rule="fixed", initial=4).advance([8.0]).rows()]
        [4.0, 6.0]
        """
        from ema_cli.core.round import Round

        start = dict.fromkeys(Round._fields) | {"round": self.first - 1, "shadow": self.before}
        return [start, *(dict(zip(Round._fields, row, strict=True)) for row in self)]

    def _repr_html_(self) -> str:
        """The rounds as an HTML table, for notebooks."""
        from importlib import import_module

        table: str = import_module("ema_cli.formats.notebook").html(self.rows())
        return table

    def __iter__(self) -> Iterator[Round]:
        """The rounds one by one."""
        from ema_cli.core.round import Round

        steps = self.steps if self.steps is not None else repeat(None)
        actions = self.actions if self.actions is not None else repeat(UPDATE)
        columns = zip(steps, self.params, self.decays, self.weights, self.shadows, actions, strict=False)
        return (Round(number, *row) for number, row in enumerate(columns, self.first))

    def start_of(self, row: int) -> Any:
        """The shadow that a round starts from; `row` is its row in this batch, from 0. None if there is no shadow yet.

        >>> from ema_cli import Average
        >>> rounds = Average(0.5, rule="fixed", initial=4).advance([8.0, 0.0])
        >>> rounds.start_of(0), rounds.start_of(1)
        (4.0, 6.0)
        """
        place, first = self._part_of(row)
        if row > first:
            shadow = self.columns["shadow"][row - 1]
            hidden = self.shows is not None and not self.shows[row - 1]
            if not hidden or shadow == shadow:  # a hidden shadow still counts, unless it is NaN: none yet
                return shadow
        return self.start["shown"][place] if self.start["begun"][place] else None

    def registers_at(self, row: int) -> dict[str, Any]:
        """The registers before the round of a row."""
        place, first = self._part_of(row)
        if row == first:
            return {name: self.start[name][place] for name in self.registers}
        return {name: column[row - 1] for name, column in self.registers.items()}

    def updates_until(self, row: int) -> int:
        """The number of updates before the round of a row, those of earlier batches included."""
        mask, (place, first) = self.updated, self._part_of(row)
        return int(self.start["updates"][place]) + (row - first if mask is None else mask.count(1, first, row))

    def forgets(self) -> int | None:
        """Row of the first round that copies or restarts, leaving nothing of the initial value; None if none does."""
        return next((row for row, code in enumerate(self.codes or b"") if code in (COPIES, RESTARTS)), None)

    def stalled(self) -> bytes:
        r"""Mask of the updates that rounding lost: the accumulator stayed, though the param differs from it.

        Under a debiasing rule the shown value may still move.

        >>> from ema_cli import Average
        >>> Average(0.999, dtype="bfloat16", rule="fixed", initial=0.5).advance([1.0, 0.5, 8.0]).stalled()
        b'\x01\x00\x00'
        """
        from ema_cli.core.stalls import stalled

        return stalled(self)
