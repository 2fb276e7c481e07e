"""Someone else's code that uses the Python interface; checked for its types, and run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli import DTYPES, Average, Round, Rounds, Rule, SettingError, __version__, decays, first_decays, rules

if TYPE_CHECKING:
    from fractions import Fraction


def smooth(values: list[float], decay: float) -> list[float]:
    """The shadows of some values."""
    rounds: Rounds = Average(decay, rule="fixed").advance(values)
    return [float(each.shadow) for each in rounds]


def one_step(average: Average, loss: float, step: int) -> float | Fraction:
    """The shadow after one more value."""
    done: Round = average.update(loss, step=step)
    return done.shadow


def with_warm_up(steps: int) -> list[float]:
    """The decays for a training loop."""
    return [float(decay) for decay in decays("torch-ema", steps, decay=0.9999)]


def sources() -> dict[str, str]:
    """Where each rule was read."""
    catalogue: dict[str, Rule] = rules()
    return {name: rule.source for name, rule in catalogue.items()}


def reason(rule: str) -> str:
    """Why a rule cannot be used, or nothing."""
    try:
        first_decays(rule)
    except SettingError as error:
        return str(error)
    return ""


VERSION: str = __version__
TYPES: tuple[str, ...] = DTYPES
