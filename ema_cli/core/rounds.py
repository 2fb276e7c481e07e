"""Rounds: what a batch of updates did, in columns."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any, SupportsIndex

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ema_cli.core.round import Round


class Rounds:
    """What a batch of updates did, in columns of equal length; iterating gives the rounds one by one.

    >>> from ema_cli import Average
    >>> rounds = Average(rule="torch").advance([1.0, 10.0])
    >>> rounds.actions, rounds.decays, rounds.shadows
    (['copy', 'update'], [None, 0.999], [1.0, 1.0089999437332153])
    >>> rounds
    <Rounds 1..2: shadow 0.0 -> 1.0089999437332153>
    >>> rounds[-1].shadow - rounds.before
    1.0089999437332153
    """

    __slots__ = (
        "actions",
        "before",
        "biased",
        "biased_before",
        "constant",
        "decays",
        "extra",
        "first",
        "params",
        "shadows",
        "steps",
        "weights",
    )

    first: int
    """The number of the first round."""
    steps: Sequence[int | None] | None
    """The value of the counter in each round; None if the rule has none and the script gave none."""
    params: Sequence[Any]
    """The params as the dtype holds them; None where there was none."""
    decays: list[Any]
    """The effective decays; None where the round was no update."""
    weights: list[Any]
    """The weights as the rounds used them."""
    shadows: list[Any]
    """The shadow after each round; None before the first param where it starts there."""
    before: Any
    """The shadow that the first update of these rounds starts from."""
    actions: list[str] | None
    """update, copy or skip for each round; None if all are updates."""
    constant: bool
    """Whether all decays are one."""
    biased: list[Any] | None
    """The accumulator after each round, where the rule debiases and `shadows` follow from it; else None."""
    biased_before: Any
    """The accumulator before the first of these rounds."""
    extra: dict[str, list[Any]]
    """More columns, by their names, that others compute beside."""

    def __init__(
        self,
        first: int,
        steps: Sequence[int | None] | None,
        params: Sequence[Any],
        decays: list[Any],
        weights: list[Any],
        shadows: list[Any],
        before: Any,
        actions: list[str] | None = None,
        constant: bool = False,
        biased: list[Any] | None = None,
        biased_before: Any = None,
    ) -> None:
        self.first, self.steps, self.params, self.decays, self.weights = first, steps, params, decays, weights
        self.shadows, self.before, self.actions = shadows, before, actions
        self.constant, self.biased, self.biased_before = constant, biased, biased_before
        self.extra = {}

    def __len__(self) -> int:
        return len(self.shadows)

    def __getitem__(self, place: SupportsIndex) -> Round:
        """The round at a place among these, from 0; from the end, if it is negative."""
        from ema_cli.core.round import Round

        row = range(len(self))[place]
        step = None if self.steps is None else self.steps[row]
        action = "update" if self.actions is None else self.actions[row]
        return Round(
            self.first + row, step, self.params[row], self.decays[row], self.weights[row], self.shadows[row], action
        )

    def __repr__(self) -> str:
        if not self.shadows:
            return "<Rounds: none>"
        return f"<Rounds {self.first}..{self.first + len(self) - 1}: shadow {self.before} -> {self.shadows[-1]}>"

    def only(self, row: int) -> Rounds:
        """One of the rounds, alone."""

        def pick(column: Any) -> Any:
            return None if column is None else [column[row]]

        before = self.start_of(row)
        params, decays, weights, shadows = map(pick, (self.params, self.decays, self.weights, self.shadows))
        first, steps, actions, biased = self.first + row, pick(self.steps), pick(self.actions), pick(self.biased)
        biased_before = self.biased[row - 1] if row and self.biased is not None else self.biased_before
        one = Rounds(
            first, steps, params, decays, weights, shadows, before, actions, self.constant, biased, biased_before
        )
        one.extra = {name: [column[row]] for name, column in self.extra.items()}
        return one

    def __iter__(self) -> Iterator[Round]:
        """The rounds one by one."""
        from ema_cli.core.round import Round

        steps = self.steps if self.steps is not None else repeat(None)
        actions = self.actions if self.actions is not None else repeat("update")
        columns = zip(steps, self.params, self.decays, self.weights, self.shadows, actions, strict=False)
        return (Round(number, *row) for number, row in enumerate(columns, self.first))

    def start_of(self, row: int) -> Any:
        """The shadow that a round starts from, which stands at a row among these, from 0.

        >>> from ema_cli import Average
        >>> rounds = Average(0.5, rule="fixed", initial=4).advance([8.0, 0.0])
        >>> rounds.start_of(0), rounds.start_of(1)
        (4.0, 6.0)
        """
        shadow = self.shadows[row - 1] if row else self.before
        return self.before if shadow is None else shadow

    def stalled(self) -> list[bool]:
        """Whether each round was an update that rounding lost: the shadow stayed, though the param lies elsewhere. Of a
        debiasing rule it is the accumulator that stays: what is shown still moves.

        >>> from ema_cli import Average
        >>> Average(0.999, dtype="bfloat16", rule="fixed", initial=0.5).advance([1.0, 0.5, 8.0]).stalled()
        [True, False, False]
        """
        states, before = self.shadows, self.before
        if self.biased is not None:
            states, before = self.biased, self.biased_before
        actions = self.actions or ["update"] * len(self)
        return [
            after == previous and param != after and weight != 0 and action == "update"
            for previous, after, param, weight, action in zip(
                [before, *states], states, self.params, self.weights, actions, strict=False
            )
        ]
