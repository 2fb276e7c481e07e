"""Worksheets: which cells are blank, and which others would give them away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ema_cli.errors import UsageError, shown
from ema_cli.output.layout import MOST_WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ema_cli.columns import Column
    from ema_cli.core.engine import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.output.writer import Writer
    from ema_cli.script.batch import Batch
    from ema_cli.summary import Closing

    Hidden = Callable[[str, int], bool]
    """Whether the value of a kind of column is hidden in a round."""

_SHOWN_BY_WORKING = ("step", "param", "decay", "weight", "shadow", "biased")

_BY_COUNTER = ("decay", "weight")
"""What a counter decides: it is the same in all rounds that have the same one."""

_NEARBY = ("change", "gap", "biased", "debiased", "exact", "error-ulps", "stalled", "logged", "difference", "ulps")

# What a value can be read off: for each kind of column, others, and how many rounds later.
_GIVEN_AWAY_BY: dict[str, tuple[tuple[str, int], ...]] = {
    "shadow": (*((name, 0) for name in _NEARBY), ("change", 1), ("stalled", 1)),
    "decay": (("weight", 0), ("initial-weight", 0)),
    "weight": (("initial-weight", 0),),
    "param": (("gap", 0),),
    "change": (("stalled", 0),),
    "gap": (),
    "debiased": (("biased", 0),),
    "biased": (("debiased", 0),),
    "exact": (("error-ulps", 0),),
    "difference": (("ulps", 0),),
    "working": (*((name, 0) for name in ("decay", "weight", "shadow", *_NEARBY)), ("change", 1), ("stalled", 1)),
}


class _Blank:
    """One --blank, and what it turned out to mean.

    Attributes:
        text: As it was written.
        column: The column it names.
        ranges: First and last rounds; empty for all.
        kinds: The kinds of column it names, and of which average and param; None for all.
    """

    def __init__(self, text: str, column: str, ranges: Sequence[tuple[int, int]] = ()) -> None:
        self.text, self.column, self.ranges = text, column, ranges
        self.kinds: list[tuple[str, int | None, int | None]] = []
        self._counters: dict[tuple[int, int], set[Any]] = {}
        self._alike: dict[tuple[int, int], set[int]] = {}

    def covers(self, number: int) -> bool:
        """Whether it is blank in this round."""
        if not self.ranges:
            return number > 0
        return any(first <= number <= last for first, last in self.ranges)

    def learn(self, first: int, counters: Mapping[tuple[int, int], Sequence[Any]]) -> None:
        """The counters of some rounds: those of its own are remembered."""
        if self.ranges:
            for place, own in counters.items():
                self._counters.setdefault(place, set()).update(n for k, n in enumerate(own, first) if self.covers(k))

    def look(self, first: int, counters: Mapping[tuple[int, int], Sequence[Any]]) -> None:
        """The rounds that come next: which of them have the counter of one of its own."""
        for place, known in self._counters.items():
            self._alike[place] = {k for k, n in enumerate(counters[place], first) if n in known}

    def hides(self, kind: str, number: int, place: tuple[int, int]) -> bool:
        """Whether it hides a kind of column, which it names or which gives away what it names, in this round."""
        return self.covers(number) or (kind in _BY_COUNTER and number in self._alike.get(place, ()))


class Blanks:
    """The blanks of a worksheet.

    Args:
        texts: What was asked for: `COLUMN` or `COLUMN:ROUNDS`, where ROUNDS is `2`, `2..5`, `2,4`.

    Raises:
        UsageError: ROUNDS is no such list.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.blanks = [_read(text) for text in texts]

    def meet(self, column: Column, name: str, bare: str, place: tuple[int, int], scope: str) -> None:
        """A column of the output: blanks may name it, by its kind or by its own name."""
        kinds = (*_SHOWN_BY_WORKING, "working") if column.opened is not None else (column.name,)
        number = place[0] if scope in ("average", "each") else None
        index = place[1] if scope in ("param", "each") else None
        for blank in self.blanks:
            for kind in kinds:
                if blank.column == kind:
                    blank.kinds.append((kind, None, None))
            if blank.column in (name, bare) and blank.column not in kinds:
                blank.kinds.append((column.name.rpartition(" ")[2], number if blank.column == name else None, index))

    def check(self, names: Sequence[str]) -> None:
        """Every blank has a column.

        Raises:
            UsageError: One has none; the message lists those there are.
        """
        for blank in self.blanks:
            if not blank.kinds:
                raise UsageError(
                    f"--blank {shown(blank.column)}: the table has no such column; it has {', '.join(names)};"
                    " --columns adds others"
                )

    @property
    def last(self) -> int:
        """The last round that a blank names; 0 if none names any."""
        return max((last for blank in self.blanks for _, last in blank.ranges), default=0)

    def check_rounds(self, count: int, every: int) -> None:
        """Every blank has a round that is shown.

        Args:
            count: The rounds of the script.
            every: Each which of them is shown, beside the last.

        Raises:
            UsageError: One has none.
        """
        for blank in self.blanks:
            for first, last in blank.ranges:
                if first > count:
                    raise UsageError(f"--blank {shown(blank.text)}: the script ends with round {count}")
                if last // every * every < first and not first <= count <= last:
                    raise UsageError(f"--blank {shown(blank.text)}: --every {every} shows no such round")

    def hidden(self, place: tuple[int, int], kind: str = "working") -> Hidden | None:
        """What is hidden of one average of one param; None if a column of this kind keeps all its cells."""

        def hides(kind: str, number: int) -> bool:
            return any(
                blank.hides(other, number - later, place)
                for blank in self.blanks
                for own, average, param in blank.kinds
                if average in (None, place[0]) and param in (None, place[1])
                for other, later in ((own, 0), *_GIVEN_AWAY_BY.get(own, ()))
                if other == kind
            )

        if kind != "working" and not any(
            other == kind and average in (None, place[0]) and param in (None, place[1])
            for blank in self.blanks
            for own, average, param in blank.kinds
            for other in (own, *(name for name, _ in _GIVEN_AWAY_BY.get(own, ())))
        ):
            return None
        return hides


def _read(text: str) -> _Blank:
    column, colon, rounds = text.rpartition(":")
    if not (column if colon else text):
        raise UsageError(f"--blank {shown(text)} names no column; give COLUMN or COLUMN:ROUNDS, as in shadow:2..5")
    if not colon or not re.fullmatch(r"[0-9.,]*", rounds):  # a column's name may have a colon too
        return _Blank(text, text)
    ranges = []
    for part in rounds.split(","):
        match = re.fullmatch(r"([0-9]{1,18})(?:\.\.([0-9]{1,18}))?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last:
            raise UsageError(f"--blank {shown(text)}: the rounds are counted from 1, as in 2, 2..5 or 2,4")
        ranges.append((first, last))
    return _Blank(text, column, ranges)


class Worksheet:
    """A writer that keeps rounds until those of all blanks have come, and hands them on to another: an answer may stand
    in an earlier round, too.

    Args:
        writer: The other one.
        blanks: The blanks.
        averages: For each average, that of each param.
        every: Each which round the other one shows.
    """

    def __init__(self, writer: Writer, blanks: Blanks, averages: Sequence[Sequence[Average]], every: int) -> None:
        self.writer, self.blanks, self.averages, self.every = writer, blanks, averages, every
        self._kept: list[tuple[int, Batch, Sequence[Sequence[Rounds]]]] = []
        self._count = 0
        self._open = False

    def write(self, first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        """The rounds of a batch.

        Raises:
            UsageError: There are too many before the last blank.
        """
        self._count = first + len(batch) - 1
        if not self._open:
            for blank in self.blanks.blanks:
                blank.learn(first, self._counters(rounds))
            self._kept.append((first, batch, rounds))
            if self._count >= self.blanks.last:
                self._release()
            elif self._count > MOST_WHOLE:
                raise UsageError(f"--blank: a worksheet has its blanks in its first {MOST_WHOLE} rounds")
        else:
            self._pass(first, batch, rounds)

    def flush(self) -> None:
        """Show what is known."""
        self.writer.flush()

    def finish(self, closing: Closing) -> None:
        """That was all.

        Raises:
            UsageError: A blank has no round.
        """
        self.blanks.check_rounds(self._count, self.every)
        self._release()
        self.writer.finish(closing)

    def _release(self) -> None:
        kept, self._kept, self._open = self._kept, [], True
        for some in kept:
            self._pass(*some)

    def _pass(self, first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        for blank in self.blanks.blanks:
            blank.look(first, self._counters(rounds))
        self.writer.write(first, batch, rounds)

    def _counters(self, rounds: Sequence[Sequence[Rounds]]) -> dict[tuple[int, int], Sequence[Any]]:
        """For each average of each param, what its decay follows from, round by round; one value if from nothing."""
        found: dict[tuple[int, int], Sequence[Any]] = {}
        for number, each in enumerate(rounds):
            for index, own in enumerate(each):
                follows = own.steps is not None and "{n}" in self.averages[number][index].family.text
                found[number, index] = own.steps if own.steps is not None and follows else [None] * len(own)
        return found
