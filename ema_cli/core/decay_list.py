"""The decays of a rule, without any params."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from typing import TYPE_CHECKING, Any

from ema_cli.core.average import Average
from ema_cli.core.catalogue import parsed_rule
from ema_cli.core.gates import COPY, SKIP, UPDATE
from ema_cli.core.numbers.literals import LAST_STEP, whole_setting

if TYPE_CHECKING:
    from typing import SupportsIndex

    from ema_cli.core.decay_setting import Constant
    from ema_cli.core.numbers.dtypes import Number
    from ema_cli.core.rounds import Rounds


def decays(rule: str, steps: Iterable[Any] | SupportsIndex, **settings: Any) -> list[Any]:
    """The effective decays of a rule, for your own training loop.

    >>> decays("torch-ema", 3, decay=0.9999)
    [0.18181818181818182, 0.25, 0.3076923076923077]
    >>> decays("warmup", [0, 100, 1000], decay=0.99)
    [0.1, 0.9181818181818182, 0.99]

    Args:
        rule: The name of the rule, with or without parameters.
        steps: The step of each round; or the number of rounds, which are then numbered by the rule itself or from 0.
        **settings: The settings of `Average`.

    Returns:
        The decay of each round, from 0 to 1; None where it copies or skips.

    Raises:
        SettingError: There is no such rule, or a setting or a step is invalid.
    """
    average = Average(rule=rule, **settings)
    if isinstance(steps, Iterable):
        steps = list(steps)
        return average.advance([0.0] * len(steps), steps).decays
    return _first(average, whole_setting("steps", steps, 0, LAST_STEP)).decays


def _first(average: Average, count: int) -> Rounds:
    """The first rounds of an average, numbered by its rule or from 0."""
    stepless = average.counter is None or average.counts_itself
    return average.advance([0.0] * count, None if stepless else range(count))


def first_decays(rule: str, decay: Number | str | Constant = 0.9999, count: int = 3) -> list[Any]:
    """The first decays of a rule.

    >>> first_decays("diffusers")
    [0.0, 0.18181818181818182, 0.25]

    Args:
        rule: The name of the rule, with or without parameters.
        decay: The constant DECAY, between 0 and 1; ignored by a rule that has none.
        count: The number of rounds.

    Returns:
        The decay of each round, or its action (`copy`, `skip`) where it is not an update.

    Raises:
        SettingError: There is no such rule, or its decay is not defined for this constant.
    """
    stated = parsed_rule(rule)[0].decay
    average = Average(decay if stated is not None and not stated.optional else None, rule=rule)
    if average.seed is not None:  # the decays start after the mean
        average.restore(average.state() | {"calls": average.seed.count})
    rounds = _first(average, count)
    return [
        action if action in (COPY, SKIP) else value
        for value, action in zip(rounds.decays, rounds.actions or repeat(UPDATE), strict=False)
    ]
