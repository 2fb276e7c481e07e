"""Other people's code with the Python interface; its types are checked, and it is run."""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction
from typing import TYPE_CHECKING, SupportsFloat

from ema_cli import DTYPES, Average, Round, Rounds, Rule, SettingError, __version__, decays, first_decays, rules

if TYPE_CHECKING:
    from collections.abc import Sequence


def smooth(values: list[float], decay: float) -> list[float]:
    """The shadows of some values."""
    rounds: Rounds = Average(decay, rule="fixed").advance(values)
    return [float(each.shadow) for each in rounds]


def last_two(values: Sequence[SupportsFloat]) -> list[Round]:
    """The last rounds of an average over numbers of any kind."""
    rounds = Average(decay="0.9", initial=Fraction(1, 2), dtype="exact").advance(values)
    return [rounds[-2], rounds[-1]]


def one_step(average: Average, loss: float, step: int) -> float | Fraction:
    """The shadow after one more value."""
    done: Round = average.update(loss, step=step)
    return done.shadow


def with_warm_up(steps: int) -> list[float]:
    """The decays for a training loop."""
    return [float(decay) for decay in decays("torch-ema", steps, decay=0.9999)]


def fork(average: Average, loss: SupportsFloat) -> Average:
    """A copy that has seen one more value."""
    other = deepcopy(average)
    other.update(loss)
    return other


def sources() -> dict[str, str]:
    """The source of each rule."""
    catalogue: dict[str, Rule] = rules()
    return {name: rule.source for name, rule in catalogue.items()}


def reason(rule: str) -> str:
    """The reason why a rule cannot be used; empty if it can."""
    try:
        first_decays(rule)
    except SettingError as error:
        return str(error)
    return ""


VERSION: str = __version__
TYPES: tuple[str, ...] = DTYPES
