"""The averages that could have made a log: a rule of the catalogue with all its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.average import Average
from ema_cli.core.catalogue import rules
from ema_cli.core.record import Record
from ema_cli.identify.common_decays import roughness
from ema_cli.languages.language import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.core.decay_setting import Constant
    from ema_cli.core.rule import Rule
    from ema_cli.identify.log import Evidence
    from ema_cli.languages.language import Language


class Candidate(Record):
    """One average with all its settings."""

    rule: str
    parameters: dict[str, str]
    constant: Constant | None
    dtype: str
    initial: str | None
    """As for `Average`; None where the rule takes none."""
    offset: int | None
    """What is added to the script's steps, or what the rule's own counter starts from beyond its first value; None if
    the steps of the script are not the counter."""
    count_from: int | None = None
    """What the updates are numbered from, before the offset, where neither the rule nor the script counts them."""
    continued: bool = False
    """Whether it starts from the first logged shadow, as nothing is known of what was before."""

    def average(self, start: Any = None) -> Average:
        """The average, before its first round."""
        return Average(
            self.constant,
            rule=self.rule,
            parameters=self.parameters,
            dtype=self.dtype,
            initial=self.initial if start is None else start,
            count_from=self.count_from,
        )

    def named(self, language: Language = ENGLISH) -> str:
        """The rule with its constant, in words."""
        return (
            self.rule if self.constant is None else language.say(", ").join([self.rule, told(self.constant, language)])
        )

    @property
    def is_written(self) -> bool:
        """Whether its constant is one that people write, or none."""
        return roughness(rules()[self.rule], self.constant) == 0

    @property
    def is_wide(self) -> bool:
        """Whether a unit in the last place of its dtype is small beside what a decay does."""
        return self.dtype in ("float32", "float64")

    @property
    def simplicity(self) -> tuple[int, ...]:
        """Less is simpler: what is told of several that fit equally starts with the simplest."""
        rough = roughness(rules()[self.rule], self.constant)
        return (self.continued, rough, len(self.parameters), abs(self.offset or 0))


def told(constant: Constant, language: Language) -> str:
    """A constant as it is stated, in words: decay 0.99, span 20."""
    return f"{language.say(constant.kind)} {constant.value}"


def counters(
    average: Average, offset: int | None, evidence: Evidence, rows: Sequence[int] | None = None
) -> list[Any] | None:
    """The steps that an average is given under an offset of its counter, in all rounds or in these."""
    if offset is not None and evidence.steps is not None:
        steps = evidence.steps if rows is None else [evidence.steps[row] for row in rows]
        return [None if step is None else step + offset for step in steps]
    number = numbering(average)
    if number is None or (rows is None and not offset):
        return None
    return [number(row) + (offset or 0) for row in (range(len(evidence)) if rows is None else rows)]


def numbering(average: Average) -> Callable[[int], Any] | None:
    """The counter of each row where the log has no steps; None if the rule has none then."""
    counter = average.counter
    if counter is None:
        return None
    first = counter.first if average.count_from is None else average.count_from
    return None if first is None else lambda row: first + counter.stride * row


def dtypes(rule: Rule, evidence: Evidence) -> tuple[list[str], list[str]]:
    """The dtypes that are tried, and those that are tried if none of these fits: those that could hold the log, or of
    a rounded log first those that the rule is used in.
    """
    held = evidence.dtypes
    if evidence.still:  # what a short type does to a small change
        likely = [*(name for name in held if name != "float64"), rule.dtype]
    elif not evidence.exact:
        likely = [rule.dtype, "float64"]
    else:  # a short param may have a longer shadow
        short = [name for name in ("bfloat16", "float16") if rule.state is not None and held[0] == "float32"]
        likely = [*held.told, *short]
    likely = list(dict.fromkeys(likely))
    return likely, [name for name in held if name not in likely]


def starts(rule: Rule, initial: str | None) -> Iterator[tuple[str | None, bool]]:
    """The initial values that are tried, and whether the first logged shadow is one."""
    if rule.start != "initial":
        yield None, False
    elif initial is not None:
        yield initial, False
    else:
        yield "0", False
        yield "first", False
        yield "0", True
